//! [`StartError`]: a failed start, with a hint.

use std::error::Error;
use std::fmt;

/// The reason why the program did not start, with a separate hint that names a variable or command.
pub struct StartError {
    message: String,
    hint: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl StartError {
    /// Creates an error with a hint.
    pub fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: hint.into(), source: None }
    }

    /// Adds the underlying error.
    #[must_use]
    pub fn caused_by(self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { source: Some(source.into()), ..self }
    }

    /// The remedy.
    pub fn hint(&self) -> &str {
        &self.hint
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

/// Written for people, because a main that returns an error prints it in this form.
impl fmt::Debug for StartError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)?;
        let mut source = self.source();
        while let Some(error) = source {
            write!(formatter, ": {error}")?;
            source = error.source();
        }
        write!(formatter, "\nhint: {}", self.hint)
    }
}

impl Error for StartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}
