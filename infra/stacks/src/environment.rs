//! Lines that follow from settings: parameters, variables of functions, variables of a box.

use crate::Code;
use crate::manual::plain;
use crate::parts::Parts;
use crate::yaml::quoted;
use evens_runtime::settings_table::{Reading, Setting, Shape, all};

/// A variable of a function, with the setting that it is read from.
#[derive(Clone, Copy)]
pub(crate) struct Variable {
    pub(crate) name: &'static str,
    pub(crate) reading: Reading,
    pub(crate) parameter: &'static str,
}

impl Variable {
    /// The condition of its stack that it needs.
    pub(crate) fn condition(self) -> Option<&'static str> {
        match self.reading {
            Reading::Value | Reading::Name => None,
            Reading::NameIf { condition } | Reading::FieldIf { condition, .. } => Some(condition),
        }
    }

    /// Returns `true` if it names a secret, which the function reads at its start.
    pub(crate) fn names_secret(self) -> bool {
        matches!(self.reading, Reading::Name | Reading::NameIf { .. })
    }

    /// Its value in YAML.
    pub(crate) fn yaml(self) -> String {
        let (parameter, none) = (self.parameter, "!Ref AWS::NoValue");
        match self.reading {
            Reading::Value => format!("!Ref {parameter}"),
            Reading::Name => format!("!Sub evens/${{Stage}}/${{{parameter}}}"),
            Reading::NameIf { condition } => {
                format!("!If [{condition}, !Sub \"evens/${{Stage}}/${{{parameter}}}\", {none}]")
            }
            Reading::FieldIf { condition, field } => {
                let secret = format!("evens/${{Stage}}/${{{parameter}}}:SecretString:{field}");
                format!("!If [{condition}, !Sub \"{{{{resolve:secretsmanager:{secret}}}}}\", {none}]")
            }
        }
    }
}

fn variables_of(setting: &'static Setting) -> impl Iterator<Item = Variable> {
    let parameter = setting.parameter;
    setting.variables.iter().map(move |(name, reading)| Variable { name, reading: *reading, parameter })
}

/// The variables of a function, in the order of the settings.
pub(crate) fn variables(code: &Code) -> Vec<Variable> {
    all().filter(|setting| code.has_use_for(setting)).flat_map(variables_of).collect()
}

/// `table/of_functions.txt`: the variables that each function reads as they are.
pub(crate) fn of_functions(parts: &[Parts]) -> String {
    let mut rows: Vec<_> = parts.iter().map(row).collect();
    rows.sort();
    format!("{HEAD}{}", rows.concat())
}

const HEAD: &str = "# Written by `cargo run -p evens-stacks` from the functions' code.\n";

fn row(part: &Parts) -> String {
    let is_plain = |variable: &&Variable| matches!(variable.reading, Reading::Value);
    let names = part.variables.iter().filter(is_plain).map(|variable| variable.name);
    let words: Vec<_> = [part.function.folder].into_iter().chain(names).collect();
    words.join(" ") + "\n"
}

/// The parameter of a setting in a template that is deployed by itself.
pub(crate) fn parameter(setting: &Setting) -> Vec<String> {
    let mut lines = vec![
        format!("{}:", setting.parameter),
        "  Type: String".to_owned(),
        format!("  Description: {}", quoted(&plain(setting.about))),
    ];
    match setting.shape {
        Shape::Any => {}
        Shape::Pattern(pattern) => lines.push(format!("  AllowedPattern: {}", quoted(pattern))),
        Shape::Values(values) => {
            let values: Vec<_> = values.iter().map(|value| quoted(value)).collect();
            lines.push(format!("  AllowedValues: [{}]", values.join(", ")));
        }
    }
    lines.extend(setting.length_max.map(|length| format!("  MaxLength: {length}")));
    lines.push(format!("  Default: {}", quoted(setting.default)));
    lines
}

/// The lines of a file of variables, with this value for each setting that is read as it is.
pub(crate) fn assignments(
    settings: impl Iterator<Item = &'static Setting>,
    value: impl Fn(&Setting) -> String,
) -> Vec<String> {
    let line = |setting: &'static Setting| Some(format!("{}={}", setting.plain_variable()?, value(setting)));
    settings.filter_map(line).collect()
}
