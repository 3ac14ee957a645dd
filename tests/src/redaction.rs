//! [`Redaction`]: prepares a whole answer for a snapshot. Varying parts are checked before they are replaced.

use jiff::Timestamp;
use serde_json::Value;

/// A body whose varying parts are replaced one by one.
#[derive(Debug, Clone)]
pub struct Redaction {
    body: Value,
    started: Timestamp,
}

impl Redaction {
    /// The body of an answer that came after `started`.
    pub fn of(body: Value, started: Timestamp) -> Self {
        Self { body, started }
    }

    fn replace(&mut self, pointer: &str, replacement: &str) -> Value {
        let shown = self.body.to_string();
        let found = self.body.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer} in {shown}"));
        std::mem::replace(found, Value::from(replacement))
    }

    /// Checks that this is the expected id.
    #[must_use]
    pub fn id(mut self, pointer: &str, name: &str, expected: &str) -> Self {
        assert_eq!(self.replace(pointer, &format!("[{name}]")), expected, "{pointer}");
        self
    }

    /// Checks that this text contains the expected id.
    #[must_use]
    pub fn id_within(mut self, pointer: &str, name: &str, expected: &str) -> Self {
        let text = self.replace(pointer, "");
        let text = text.as_str().expect("a text").to_owned();
        assert!(text.contains(expected), "{pointer}: {text} does not hold {expected}");
        self.replace(pointer, &text.replace(expected, &format!("[{name}]")));
        self
    }

    /// Checks that this time is between the start of the test and now, and in UTC.
    #[must_use]
    pub fn time(mut self, pointer: &str) -> Self {
        let text = self.replace(pointer, "[TIME]");
        let text = text.as_str().expect("a time");
        let time: Timestamp = text.parse().expect("a time");
        // Times are stored with millisecond precision.
        let earliest = self.started.as_millisecond();
        assert!(
            (earliest..=Timestamp::now().as_millisecond()).contains(&time.as_millisecond()),
            "{pointer}: {text}"
        );
        assert!(text.ends_with('Z'), "{pointer}: {text}");
        self
    }

    /// Checks that this time is in the future.
    #[must_use]
    pub fn future(mut self, pointer: &str) -> Self {
        let text = self.replace(pointer, "[FUTURE]");
        let time: Timestamp = text.as_str().expect("a time").parse().expect("a time");
        assert!(time > Timestamp::now(), "{pointer}: {text}");
        self
    }

    /// Checks that this text has this number of lower-case hexadecimal digits.
    #[must_use]
    pub fn hex(mut self, pointer: &str, length: usize) -> Self {
        let text = self.replace(pointer, "[HEX]");
        let text = text.as_str().expect("a text");
        let is_hex = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        assert!(is_hex && text.len() == length, "{pointer}: {text}");
        self
    }

    /// The body for the snapshot.
    pub fn done(self) -> Value {
        self.body
    }
}
