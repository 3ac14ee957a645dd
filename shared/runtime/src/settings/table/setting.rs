//! [`Setting`]: a row of the table.

/// A setting.
#[derive(Debug)]
pub struct Setting {
    pub parameter: &'static str,
    /// The variables that a function reads it from.
    pub variables: &'static [(&'static str, Reading)],
    /// The default, which the code reads, too. Empty for none.
    pub default: &'static str,
    pub shape: Shape,
    /// The largest length in characters, if the shape does not limit it.
    pub length_max: Option<u16>,
    /// Its meaning, as Markdown of the manual.
    pub about: &'static str,
    /// The default in words, where it is more than a value.
    pub default_is: &'static str,
    /// The field of [`crate::Settings`] with its value, as functions write it. Empty for none.
    pub field: &'static str,
    /// What else in a function has use for it.
    pub uses: &'static [Use],
    /// `true` if it protects money, and its default is no protection.
    pub is_protective: bool,
}

/// The values that a parameter takes.
#[derive(Debug)]
pub enum Shape {
    Any,
    Pattern(&'static str),
    Values(&'static [&'static str]),
}

/// The way from a parameter to a variable. A condition is that the parameter is not empty.
#[derive(Debug, Clone, Copy)]
pub enum Reading {
    Value,
    /// The name of a secret of the stage, which the function reads itself.
    Name,
    NameIf {
        condition: &'static str,
    },
    /// A field of a secret. `CloudFormation` reads it when it creates or changes the function. So the secret is in
    /// neither the template nor the parameters, but the function's configuration shows it.
    FieldIf {
        condition: &'static str,
        field: &'static str,
    },
}

/// What makes a function read a setting.
#[derive(Debug, Clone, Copy)]
pub enum Use {
    /// This text in its code, without white space.
    Code(&'static str),
    /// A crate that it depends on.
    Dependency(&'static str),
    /// A route of it that takes a token, or tokens that it signs.
    Tokens,
    /// A route of it that has a budget.
    Budgets,
}

impl Setting {
    pub(super) const fn new(parameter: &'static str, variables: &'static [(&'static str, Reading)]) -> Self {
        Self {
            parameter,
            variables,
            default: "",
            shape: Shape::Any,
            length_max: None,
            about: "",
            default_is: "",
            field: "",
            uses: &[],
            is_protective: false,
        }
    }

    pub(super) const fn default(self, default: &'static str) -> Self {
        Self { default, ..self }
    }

    pub(super) const fn pattern(self, pattern: &'static str) -> Self {
        Self { shape: Shape::Pattern(pattern), ..self }
    }

    pub(super) const fn values(self, values: &'static [&'static str]) -> Self {
        Self { shape: Shape::Values(values), ..self }
    }

    pub(super) const fn length_max(self, characters: u16) -> Self {
        Self { length_max: Some(characters), ..self }
    }

    pub(super) const fn default_is(self, words: &'static str) -> Self {
        Self { default_is: words, ..self }
    }

    /// The text of a documentation begins with a space.
    pub(super) const fn about(self, about: &'static str) -> Self {
        Self { about: about.trim_ascii_start(), ..self }
    }

    pub(super) const fn field(self, field: &'static str) -> Self {
        Self { field, ..self }
    }

    pub(super) const fn used_by(self, uses: &'static [Use]) -> Self {
        Self { uses, ..self }
    }

    pub(super) const fn protective(self) -> Self {
        Self { is_protective: true, ..self }
    }

    /// The variable that it is read from as it is.
    pub fn plain_variable(&self) -> Option<&'static str> {
        match self.variables {
            [(variable, Reading::Value)] => Some(variable),
            _ => None,
        }
    }
}
