//! Lines of YAML.

/// The width of comments. At the largest depth they still fit into 120 columns.
const WIDTH: usize = 106;

/// A comment that is wrapped at the width of the file.
pub(crate) fn comment(text: &str, indent: usize) -> Vec<String> {
    let start = format!("{}#", " ".repeat(indent));
    let mut lines = Vec::new();
    let mut line = start.clone();
    for word in text.split_whitespace() {
        if line.len() + 1 + word.len() > WIDTH && line != start {
            lines.push(std::mem::replace(&mut line, start.clone()));
        }
        line.push(' ');
        line.push_str(word);
    }
    if line != start {
        lines.push(line);
    }
    lines
}

/// A scalar in double quotes.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The lines with this indentation. Empty lines stay empty.
pub(crate) fn indented(lines: impl IntoIterator<Item = String>, indent: usize) -> Vec<String> {
    let pad = " ".repeat(indent);
    lines.into_iter().map(|line| if line.is_empty() { line } else { format!("{pad}{line}") }).collect()
}

/// A flow sequence, or its only item.
pub(crate) fn one_or_all(items: &[String]) -> String {
    match items {
        [one] => one.clone(),
        all => format!("[{}]", all.join(", ")),
    }
}

#[test]
fn comments_are_wrapped() {
    let text = "word ".repeat(40);
    let lines = comment(&text, 6);
    assert_eq!(lines.iter().map(|line| line.matches("word").count()).sum::<usize>(), 40);
    assert!(lines.iter().all(|line| line.len() <= WIDTH && line.starts_with("      # word")), "{lines:?}");
    assert_eq!(comment("", 6), Vec::<String>::new());
}
