//! [`name_given_twice`]: finds a name that occurs twice in an object of a JSON text.

use std::borrow::Cow;
use std::collections::HashSet;

/// The first name that occurs twice in an object, at any depth and in any notation. The text must be valid JSON.
pub(super) fn name_given_twice(json: &[u8]) -> Option<String> {
    let mut names_of_open = Vec::<HashSet<Cow<str>>>::new();
    let mut last_text: &[u8] = b"";
    let mut rest = json;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'{' => names_of_open.push(HashSet::new()),
            b'}' => drop(names_of_open.pop()),
            b'"' => (last_text, rest) = after.split_at(text_length(after)),
            // Outside of strings, a colon only follows the name of a field.
            b':' => {
                let name = name_of(last_text);
                let names = names_of_open.last_mut()?;
                if names.contains(&name) {
                    return Some(name.into_owned());
                }
                names.insert(name);
            }
            _ => {}
        }
    }
    None
}

/// The length of a string up to and including its closing quote, after its opening quote.
fn text_length(text: &[u8]) -> usize {
    let mut is_escaped = false;
    let end = text.iter().position(|byte| {
        let is_end = *byte == b'"' && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
        is_end
    });
    end.map_or(text.len(), |quote| quote + 1)
}

/// The name in this JSON string, which ends with its closing quote.
fn name_of(written: &[u8]) -> Cow<'_, str> {
    let inside = written.strip_suffix(b"\"").unwrap_or(written);
    match str::from_utf8(inside) {
        Ok(plain) if !plain.contains('\\') => Cow::Borrowed(plain),
        _ => {
            let quoted = [b"\"", written].concat();
            let name = serde_json::from_slice(&quoted);
            Cow::Owned(name.unwrap_or_else(|_| String::from_utf8_lossy(inside).into_owned()))
        }
    }
}
