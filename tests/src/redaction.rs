//! [`Redaction`]: a whole answer, ready to be compared with a snapshot. What varies is checked before it is replaced.

use jiff::Timestamp;
use serde_json::Value;

/// A body in which what varies is replaced, place by place.
#[derive(Debug, Clone)]
pub struct Redaction {
    body: Value,
    started: Timestamp,
}

impl Redaction {
    /// A body of an answer that came after `started`.
    pub fn of(body: Value, started: Timestamp) -> Self {
        Self { body, started }
    }

    fn replace(&mut self, pointer: &str, replacement: &str) -> Value {
        let shown = self.body.to_string();
        let found = self.body.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer} in {shown}"));
        std::mem::replace(found, Value::from(replacement))
    }

    /// The id at this place is the one that we know.
    #[must_use]
    pub fn id(mut self, pointer: &str, name: &str, expected: &str) -> Self {
        assert_eq!(self.replace(pointer, &format!("[{name}]")), expected, "{pointer}");
        self
    }

    /// The text at this place holds the id that we know.
    #[must_use]
    pub fn id_within(mut self, pointer: &str, name: &str, expected: &str) -> Self {
        let text = self.replace(pointer, "");
        let text = text.as_str().expect("a text").to_owned();
        assert!(text.contains(expected), "{pointer}: {text} does not hold {expected}");
        self.replace(pointer, &text.replace(expected, &format!("[{name}]")));
        self
    }

    /// The time at this place lies between the start of the test and now, and is written in UTC.
    #[must_use]
    pub fn time(mut self, pointer: &str) -> Self {
        let text = self.replace(pointer, "[TIME]");
        let text = text.as_str().expect("a time");
        let time: Timestamp = text.parse().expect("a time");
        // Times are kept to the millisecond.
        let earliest = self.started.as_millisecond();
        assert!(
            (earliest..=Timestamp::now().as_millisecond()).contains(&time.as_millisecond()),
            "{pointer}: {text}"
        );
        assert!(text.ends_with('Z'), "{pointer}: {text}");
        self
    }

    /// The text at this place is a time that is still to come.
    #[must_use]
    pub fn future(mut self, pointer: &str) -> Self {
        let text = self.replace(pointer, "[FUTURE]");
        let time: Timestamp = text.as_str().expect("a time").parse().expect("a time");
        assert!(time > Timestamp::now(), "{pointer}: {text}");
        self
    }

    /// The text at this place is that many lower-case hexadecimal digits.
    #[must_use]
    pub fn hex(mut self, pointer: &str, length: usize) -> Self {
        let text = self.replace(pointer, "[HEX]");
        let text = text.as_str().expect("a text");
        let is_hex = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        assert!(is_hex && text.len() == length, "{pointer}: {text}");
        self
    }

    /// The body, for the snapshot.
    pub fn done(self) -> Value {
        self.body
    }
}
