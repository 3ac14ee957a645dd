//! Rows of the manual's table of settings, and descriptions of parameters: the same text, with and without links.

use crate::RenderError;
use evens_runtime::settings_table::{GROUPS, Setting};

/// The manual with the rows of all settings that are read as they are. A row stays where it is; a new one comes after
/// the last one of its group.
///
/// # Errors
/// A group without any row.
pub(crate) fn manual(text: &str) -> Result<String, RenderError> {
    let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
    for (group, lists) in GROUPS {
        let mut last = None;
        for setting in lists.iter().copied().flatten() {
            let Some(variable) = setting.plain_variable() else { continue };
            let start = format!("| `{variable}` |");
            let place = lines.iter().position(|line| line.starts_with(&start));
            match (place, last) {
                (Some(place), _) => {
                    lines[place] = row(variable, setting);
                    last = Some(place);
                }
                (None, Some(above)) => {
                    lines.insert(above + 1, row(variable, setting));
                    last = Some(above + 1);
                }
                (None, None) => return Err(RenderError::NoRow { group: group.to_owned() }),
            }
        }
    }
    Ok(lines.join("\n") + "\n")
}

fn row(variable: &str, setting: &Setting) -> String {
    let default = match (setting.default_is, setting.default) {
        ("", "") => "none".to_owned(),
        ("", default) => format!("`{default}`"),
        (words, _) => words.to_owned(),
    };
    let about = setting.about.trim_end_matches('.');
    let mut letters = about.chars();
    // An abbreviation keeps its capitals.
    let about = match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => {
            format!("{}{}", first.to_lowercase(), &about[first.len_utf8()..])
        }
        _ => about.to_owned(),
    };
    format!("| `{variable}` | {about} | {default} | all, as `{}` |", setting.parameter)
}

/// A text without links and marks of code.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("](") {
        let (_, after) = after.split_once(')').unwrap_or(("", after));
        plain.push_str(before);
        rest = after;
    }
    plain.push_str(rest);
    plain.replace(['`', '['], "")
}

#[test]
fn rows_stay_and_new_ones_follow_their_group() {
    let first = |group: &str| -> Vec<String> {
        let (_, lists) = GROUPS.iter().find(|(known, _)| *known == group).copied().unwrap_or(("", &[]));
        lists.iter().copied().flatten().filter_map(Setting::plain_variable).map(str::to_owned).collect()
    };
    let all: Vec<_> = GROUPS.iter().filter_map(|(group, _)| first(group).first().cloned()).collect();
    let rows: Vec<_> = all.iter().map(|variable| format!("| `{variable}` | old |")).collect();
    let written = manual(&rows.join("\n")).unwrap_or_default();
    let names: Vec<_> = written.lines().filter_map(|line| line.split('`').nth(1)).collect();
    let expected: Vec<_> = GROUPS.iter().flat_map(|(group, _)| first(group)).collect();
    assert_eq!(names, expected);
    assert!(!written.contains("| old |"));
    assert_eq!(manual(&written), Ok(written.clone()), "it stays as it is");
    assert!(manual("").is_err());
}

#[test]
fn a_description_has_no_links() {
    assert_eq!(
        plain("Rules that [hold](a.md#b), as in `a=1`; [more](c)."),
        "Rules that hold, as in a=1; more."
    );
}
