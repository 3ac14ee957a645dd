//! Seals of days: compares them with the [state of the books](super::day_ends), with each other, and with the audit
//! log.
//!
//! Only the days that the caller asked for are recomputed. A wallet's hash covers all of its earlier entries, so the
//! newest seals stand for most of what was sealed before.

use crate::books::Books;
use crate::operations::lines::Lines;
use crate::report::{Subject, Violations};
use evens_audit_log::{Action, AuditLine};
use evens_ledger::{Digest, Invariant};
use evens_records::{DaySeal, SealedDays};
use jiff::civil::Date;

const RULE: Invariant = Invariant::SealsHold;

/// A seal is as its line in the audit log says, and none was removed since its line was written. Seals from before
/// there were such lines have none.
pub(crate) fn check_lines(books: &Books, lines: &Lines<'_>, violations: &mut Violations) {
    let seal_lines = lines.subjects(Action::SealDay);
    for day in &seal_lines {
        let seal = day.parse().ok().and_then(|day: Date| books.seals.get(&day));
        let digest = seal.map(|seal| seal.digest().to_string());
        let has_it = |line: &&AuditLine| digest.as_deref() == Some(line.act.after.as_str());
        if !lines.about(Action::SealDay, day).iter().all(has_it) {
            let sentence = format!("The audit log says that {day} was sealed, but that seal is missing.");
            violations.add(RULE, Subject::Books, sentence);
        }
    }
    let days = books.seals.keys().map(ToString::to_string);
    for day in days.filter(|day| seal_lines.first().is_some_and(|first| *first < day.as_str())) {
        if !seal_lines.contains(day.as_str()) {
            let sentence = format!("There is a seal of {day}, but the audit log has no line about it.");
            violations.add(RULE, Subject::Books, sentence);
        }
    }
}

/// The seal of days whose end was computed.
pub(crate) fn seal_of(books: &Books, days: SealedDays, previous: Digest) -> Option<DaySeal> {
    Some(DaySeal { days, previous, parts: books.day_ends.parts(days, books)? })
}

pub(crate) fn check(books: &Books, violations: &mut Violations) {
    let (mut previous, mut previous_day) = (Digest::ZERO, None);
    for (day, seal) in &books.seals {
        let is_next = seal.days.after.is_none() || seal.days.after == previous_day;
        if seal.previous != previous || !is_next {
            let sentence = format!("The seal of {day} does not follow the previous one.");
            violations.add(RULE, Subject::Books, sentence);
        }
        (previous, previous_day) = (seal.digest(), Some(*day));
        let Some(found) = seal_of(books, seal.days, seal.previous) else { continue };
        let parts = seal.parts.by_name().into_iter().zip(found.parts.by_name());
        for ((part, sealed), (_, found)) in parts.filter(|((_, sealed), (_, found))| sealed != found) {
            let sentence = format!(
                "In the books up to the end of {day}, the sealed {part} is {sealed}, but the books come to {found}."
            );
            violations.add(RULE, Subject::Books, sentence);
        }
    }
}
