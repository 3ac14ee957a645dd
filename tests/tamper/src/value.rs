//! Attributes by their path within an item, and the values that a person could write in their place.

use crate::books::Item;
use evens_table::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use std::fmt;

/// A step into a map or a list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    Name(String),
    Element(usize),
}

/// The place of an attribute within an item.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Path(pub(crate) Vec<Step>);

impl fmt::Display for Path {
    /// The names, joined by dots. All elements of a list have the same name.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, step) in self.0.iter().enumerate() {
            match step {
                Step::Name(name) if number == 0 => formatter.write_str(name)?,
                // The names of a map below are often ids.
                Step::Name(name) if name.bytes().any(|byte| byte.is_ascii_digit()) => {
                    formatter.write_str(".*")?;
                }
                Step::Name(name) => write!(formatter, ".{name}")?,
                Step::Element(_) => formatter.write_str("[]")?,
            }
        }
        Ok(())
    }
}

/// Attributes of the key, and the kind. An item with another key is unreadable, which tests of the store show.
const OF_THE_KEY: [&str; 3] = ["pk", "sk", "kind"];

/// All attributes of an item, with those nested in maps and lists. Of a list only the first and the last element.
pub(crate) fn paths(item: &Item) -> Vec<Path> {
    let mut found = Vec::new();
    for (name, value) in item.iter().filter(|(name, _)| !OF_THE_KEY.contains(&name.as_str())) {
        add_paths(Path(vec![Step::Name(name.clone())]), value, &mut found);
    }
    found.sort();
    found
}

fn add_paths(path: Path, value: &AttributeValue, found: &mut Vec<Path>) {
    let below = |step| Path(path.0.iter().cloned().chain([step]).collect());
    match value {
        AttributeValue::M(map) => {
            for (name, value) in map {
                add_paths(below(Step::Name(name.clone())), value, found);
            }
        }
        AttributeValue::L(list) => {
            let last = list.len().saturating_sub(1);
            for (number, value) in list.iter().enumerate().filter(|(number, _)| [0, last].contains(number)) {
                add_paths(below(Step::Element(number)), value, found);
            }
        }
        _ => {}
    }
    found.push(path);
}

pub(crate) fn get<'a>(item: &'a Item, path: &Path) -> Option<&'a AttributeValue> {
    let (first, rest) = path.0.split_first()?;
    let Step::Name(name) = first else { return None };
    rest.iter().try_fold(item.get(name)?, |value, step| match (step, value) {
        (Step::Name(name), AttributeValue::M(map)) => map.get(name),
        (Step::Element(number), AttributeValue::L(list)) => list.get(*number),
        _ => None,
    })
}

/// The item with another value at this path, or without the attribute if there is no value.
pub(crate) fn with(item: &Item, path: &Path, value: Option<AttributeValue>) -> Item {
    let mut changed = item.clone();
    if let Some((Step::Name(first), rest)) = path.0.split_first() {
        if rest.is_empty() {
            put(&mut changed, first, value);
        } else if let Some(inner) = changed.get_mut(first) {
            put_below(inner, rest, value);
        }
    }
    changed
}

fn put(map: &mut Item, name: &str, value: Option<AttributeValue>) {
    match value {
        Some(value) => drop(map.insert(name.to_owned(), value)),
        None => drop(map.remove(name)),
    }
}

fn put_below(inner: &mut AttributeValue, path: &[Step], value: Option<AttributeValue>) {
    let Some((step, rest)) = path.split_first() else { return };
    match (step, inner) {
        (Step::Name(name), AttributeValue::M(map)) if rest.is_empty() => put(map, name, value),
        (Step::Name(name), AttributeValue::M(map)) => {
            if let Some(inner) = map.get_mut(name) {
                put_below(inner, rest, value);
            }
        }
        (Step::Element(number), AttributeValue::L(list)) if rest.is_empty() => match value {
            Some(value) => list[*number] = value,
            None => drop(list.remove(*number)),
        },
        (Step::Element(number), AttributeValue::L(list)) => put_below(&mut list[*number], rest, value),
        _ => {}
    }
}

/// Other values of the same type that are likely to be valid.
pub(crate) fn variants(value: &AttributeValue) -> Vec<AttributeValue> {
    match value {
        AttributeValue::N(number) => numbers(number).into_iter().map(AttributeValue::N).collect(),
        AttributeValue::S(text) => texts(text).into_iter().map(AttributeValue::S).collect(),
        AttributeValue::Bs(set) if set.len() > 1 => vec![AttributeValue::Bs(set[1..].to_vec())],
        _ => Vec::new(),
    }
}

/// A larger number and zero, or none if the text is no number.
fn numbers(number: &str) -> Vec<String> {
    let (whole, rest) = number.find('.').map_or((number, ""), |point| number.split_at(point));
    let Ok(whole) = whole.parse::<i64>() else { return Vec::new() };
    let larger = format!("{}{rest}", whole.saturating_add(1));
    [larger].into_iter().chain((number != "0").then(|| "0".to_owned())).collect()
}

/// An earlier and a later time, or a text whose last letter or digit differs.
fn texts(text: &str) -> Vec<String> {
    if let Ok(at) = text.parse::<Timestamp>() {
        let hour = SignedDuration::from_hours(1);
        let around = [at.saturating_sub(hour), at.saturating_add(hour)];
        return around.into_iter().flatten().map(|at| at.to_string()).collect();
    }
    if text.contains('.') || text.len() < 18 {
        let larger = numbers(text);
        if !larger.is_empty() {
            return larger;
        }
    }
    let Some(position) = text.rfind(|letter: char| letter.is_ascii_alphanumeric()) else { return Vec::new() };
    let other = if text.as_bytes()[position] == b'0' { "1" } else { "0" };
    let (start, end) = (&text[..position], &text[position + 1..]);
    vec![format!("{start}{other}{end}")]
}

#[cfg(test)]
mod tests {
    use super::{Path, Step, get, paths, texts, with};
    use crate::books::Item;
    use evens_table::AttributeValue;

    fn text(value: &str) -> AttributeValue {
        AttributeValue::S(value.to_owned())
    }

    #[test]
    fn nested_attributes_are_found_replaced_and_removed() {
        let line = |cause: &str| AttributeValue::M([("cause".to_owned(), text(cause))].into());
        let history = AttributeValue::L(vec![line("a"), line("b"), line("c")]);
        let item = Item::from([("pk".to_owned(), text("ORDER#1")), ("history".to_owned(), history)]);
        let found: Vec<_> = paths(&item).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["history", "history[]", "history[].cause", "history[]", "history[].cause"]);
        let step = |name: &str| Step::Name(name.to_owned());
        let path = Path(vec![step("history"), Step::Element(2), step("cause")]);
        assert_eq!(get(&item, &path), Some(&text("c")));
        let changed = with(&item, &path, Some(text("d")));
        assert_eq!(get(&changed, &path), Some(&text("d")));
        assert_eq!(get(&with(&item, &path, None), &path), None);
    }

    #[test]
    fn other_values_are_of_the_same_format() {
        let table = [
            ("2026-11-20T10:00:00Z", vec!["2026-11-20T09:00:00Z", "2026-11-20T11:00:00Z"]),
            ("7", vec!["8", "0"]),
            ("0.5", vec!["1.5", "0"]),
            ("abc", vec!["ab0"]),
            ("a0:", vec!["a1:"]),
        ];
        for (value, expected) in table {
            assert_eq!(texts(value), expected, "{value}");
        }
    }
}
