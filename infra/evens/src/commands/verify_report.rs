//! The output of `evens verify`.

use crate::commands::verify::COULD_NOT_LOOK;
use evens_audit::{OnTheWay, Report};
use evens_ledger::Invariant;
use evens_records::DaySeal;
use evens_verify::Findings;
use serde_json::{Map, Value, json};
use std::fmt::{self, Write};

fn has_offenders(findings: &Findings) -> bool {
    findings.offenders() > 0
}

pub(crate) fn exit_code(findings: &Findings) -> u8 {
    match (has_offenders(findings), findings.undecided.is_empty()) {
        (true, _) => 1,
        (false, false) => COULD_NOT_LOOK,
        (false, true) => 0,
    }
}

pub(crate) fn verdict(findings: &Findings) -> &'static str {
    match (has_offenders(findings), findings.undecided.is_empty()) {
        (true, _) => "offenders",
        (false, false) => "undecided",
        (false, true) => "clean",
    }
}

/// The findings as text for a terminal: each violation if `has_all`, else the first of each invariant and the number of
/// the others.
pub(crate) fn text(table: &str, findings: &Findings, is_moving: bool, has_all: bool) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_text(&mut text, table, findings, is_moving, has_all);
    text
}

fn write_text(
    text: &mut String,
    table: &str,
    findings: &Findings,
    is_moving: bool,
    has_all: bool,
) -> fmt::Result {
    let Findings { report, unreadable, undecided, looks, sealed, .. } = findings;
    let counts = report.counts.by_name().map(|(name, count)| format!("{count} {name}")).join(", ");
    writeln!(text, "The table {table} holds {counts}.")?;
    let OnTheWay { waiting, unsettled, sign_ups, game_bets } = report.on_the_way;
    writeln!(
        text,
        "In progress: {waiting} unmatched bets, {unsettled} unsettled matches, {game_bets} bets against the \
         house, {sign_ups} sign-ups."
    )?;
    if is_moving && *looks > 1 {
        writeln!(
            text,
            "It was read {looks} times, because it may have changed in between; the last read counts."
        )?;
    } else {
        writeln!(text, "Sum of wallets, stakes at risk and system accounts: {}.", report.sum())?;
    }
    writeln!(text)?;
    for invariant in Invariant::ALL {
        let of_invariant = report.violations().iter().filter(|violation| violation.invariant == invariant);
        let sentences: Vec<_> = of_invariant.map(|violation| &violation.sentence).collect();
        let word = match (invariant, sentences.len()) {
            (Invariant::M8NobodyElses, 0) => "none seen".to_owned(),
            (_, 0) => "holds".to_owned(),
            (_, count) => plural(count, "violation"),
        };
        writeln!(text, "  {:<4}{word:<14}{}", invariant.name(), invariant.sentence())?;
        write_sentences(text, &sentences, has_all)?;
    }
    if !unreadable.is_empty() {
        let word = plural(unreadable.len(), "violation");
        writeln!(text, "  --  {word:<14}Every item can be read.")?;
        write_sentences(text, &unreadable.iter().collect::<Vec<_>>(), has_all)?;
    }
    writeln!(text)?;
    if let Some(seal) = sealed {
        writeln!(text, "The books up to the end of {} are sealed as {}.", seal.day(), seal.digest())?;
    }
    for (invariant, subject) in undecided.iter().take(1) {
        let (count, name) = (undecided.len(), invariant.name());
        writeln!(
            text,
            "Undecided: {count}, because they changed on each read; the first is {name} of {subject}."
        )?;
    }
    writeln!(text, "{}", conclusion_of("The books", findings))
}

/// Writes the sentences of one invariant, or the first one and the number of the others.
fn write_sentences(text: &mut String, sentences: &[&String], has_all: bool) -> fmt::Result {
    let shown = if has_all { sentences.len() } else { 1 };
    for sentence in sentences.iter().take(shown) {
        writeln!(text, "{:20}{sentence}", "")?;
    }
    match sentences.len().saturating_sub(shown) {
        0 => Ok(()),
        left => writeln!(text, "{:20}and {} more: evens verify --all", "", left),
    }
}

/// Writes all violations, a line each.
pub(crate) fn write_violations(text: &mut String, findings: &Findings) {
    // Writing to a string cannot fail.
    for violation in findings.report.violations() {
        let _ = writeln!(text, "  {:<4}{}", violation.invariant.name(), violation.sentence);
    }
    for sentence in &findings.unreadable {
        let _ = writeln!(text, "  --  {sentence}");
    }
}

/// All violations.
pub(crate) fn json_violations(findings: &Findings) -> Value {
    let violations = findings.report.violations().iter().map(|violation| {
        json!({
            "name": violation.invariant.name(),
            "subject": violation.subject.to_string(),
            "sentence": violation.sentence,
        })
    });
    violations.collect()
}

/// The last line about `checked`, such as "The books".
pub(crate) fn conclusion_of(checked: &str, findings: &Findings) -> String {
    match verdict(findings) {
        "clean" => format!("{checked} are in order."),
        "undecided" => "No violations were found, but some records kept changing: verify again.".to_owned(),
        _ => {
            format!("{checked} are NOT in order: {}.", plural(findings.offenders(), "violation"))
        }
    }
}

fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// The findings as one JSON object. If `has_all`, `violations` and `unreadableItems` have all of them.
pub(crate) fn json(table: &str, findings: &Findings, has_all: bool) -> Value {
    let mut object = json_of(table, findings);
    if has_all {
        object["violations"] = json_violations(findings);
        object["unreadableItems"] = findings.unreadable.iter().cloned().collect();
    }
    object
}

fn json_of(table: &str, findings: &Findings) -> Value {
    let Findings { report, unreadable, undecided, looks, sealed, .. } = findings;
    let counts: Map<_, _> =
        report.counts.by_name().into_iter().map(|(name, count)| (name.to_owned(), count.into())).collect();
    let undecided = undecided.iter();
    json!({
        "verdict": verdict(findings),
        "table": table,
        "looks": looks,
        "counts": counts,
        "onTheWay": {
            "waiting": report.on_the_way.waiting,
            "unsettled": report.on_the_way.unsettled,
            "gameBets": report.on_the_way.game_bets,
            "signUps": report.on_the_way.sign_ups,
        },
        "sum": report.sum(),
        "invariants": Invariant::ALL.map(|invariant| json_invariant(report, invariant)),
        "unreadable": { "offenders": unreadable.len(), "first": unreadable.first() },
        "sealed": sealed.as_ref().map(json_seal),
        "undecided": undecided
            .map(|(invariant, subject)| json!({ "name": invariant.name(), "subject": subject.to_string() }))
            .collect::<Vec<_>>(),
    })
}

fn json_seal(seal: &DaySeal) -> Value {
    json!({ "day": seal.day().to_string(), "seal": seal.digest().to_string() })
}

/// The count of M8 is null instead of zero without offenders, because the books can show violations of M8 but cannot
/// prove that there are none.
fn json_invariant(report: &Report, invariant: Invariant) -> Value {
    let offenders = report.offenders(invariant);
    let count = match (invariant, offenders) {
        (Invariant::M8NobodyElses, None) => None,
        (_, offenders) => Some(offenders.map_or(0, |offenders| offenders.count)),
    };
    let first = offenders.map(|offenders| {
        json!({ "subject": offenders.first.subject.to_string(), "sentence": offenders.first.sentence })
    });
    json!({ "name": invariant.name(), "sentence": invariant.sentence(), "offenders": count, "first": first })
}
