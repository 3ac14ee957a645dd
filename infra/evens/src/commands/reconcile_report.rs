//! The output of `evens reconcile`.

use crate::commands::text_table::text_table;
use crate::commands::{moment, plural};
use evens_contracts::Time;
use evens_payments::{ClosingBalances, Difference, ReconciliationReport, SignedAmount};
use evens_reconciliation::DayResult;
use serde_json::{Map, Value, json};
use std::fmt::{self, Write};

/// The findings as text for a terminal.
pub(crate) fn text(found: &DayResult) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_text(&mut text, found);
    text
}

fn write_text(text: &mut String, found: &DayResult) -> fmt::Result {
    let DayResult { report, not_final_before } = found;
    let ReconciliationReport { id, at, lines, counts, differences, closing } = report;
    let (day, provider) = (id.day, &id.provider);
    let lines = plural(usize::try_from(*lines).unwrap_or(usize::MAX), "line");
    writeln!(text, "The statement of {provider} for {day} has {lines}; its SHA-256 is {}.", id.statement)?;
    match not_final_before {
        Some(from) => writeln!(
            text,
            "The day is not final before {}: fees and settlements are not compared, and no report is stored.",
            moment(*from)
        )?,
        None => writeln!(text, "Reconciled at {}; the report is stored.", moment(*at))?,
    }
    writeln!(text)?;
    for (kind, count) in counts {
        writeln!(text, "  {count:>6}  {kind}")?;
    }
    if !differences.is_empty() {
        writeln!(text, "\n{}", table(differences))?;
    }
    let left = report.count() - u64::try_from(differences.len()).unwrap_or_default();
    if left > 0 {
        writeln!(text, "... and {left} more.\n")?;
    }
    let ClosingBalances { stated_units, booked_units, open_units, on_the_way_units, .. } = *closing;
    let [stated, booked, open, on_the_way] =
        [stated_units, booked_units, open_units, on_the_way_units].map(SignedAmount);
    writeln!(
        text,
        "payment-provider:{provider}: booked {booked}, differences {open}, in transit {on_the_way}, stated {stated}: {}.",
        if closing.is_explained() { "explained" } else { "NOT explained" }
    )?;
    writeln!(text, "{}", conclusion(report))
}

fn table(differences: &[Difference]) -> String {
    let rows = differences.iter().map(|found| {
        let order = found.order.map(|order| order.to_string()).unwrap_or_default();
        let [stated, booked] =
            [found.stated_units, found.booked_units].map(|units| SignedAmount(units).to_string());
        [found.kind.to_string(), stated, booked, found.subject.clone(), order]
    });
    text_table(["KIND", "STATED", "BOOKED", "WHAT", "ORDER"], rows)
}

fn conclusion(report: &ReconciliationReport) -> String {
    match report.count() {
        0 => "Nothing differs.".to_owned(),
        count => format!("{} found.", plural(usize::try_from(count).unwrap_or(usize::MAX), "difference")),
    }
}

/// The findings as one JSON object.
pub(crate) fn json(found: &DayResult) -> Value {
    let DayResult { report, not_final_before } = found;
    let ReconciliationReport { id, at, lines, counts, differences, closing } = report;
    let counts: Map<_, _> =
        counts.iter().map(|(kind, count)| (kind.as_ref().to_owned(), (*count).into())).collect();
    let differences = differences.iter().map(|found| {
        json!({
            "kind": found.kind.as_ref(),
            "subject": found.subject,
            "orderId": found.order.map(|order| order.to_string()),
            "stated": SignedAmount(found.stated_units).to_string(),
            "booked": SignedAmount(found.booked_units).to_string(),
        })
    });
    json!({
        "verdict": if report.is_clean() { "clean" } else { "differs" },
        "provider": id.provider.as_str(),
        "day": id.day.to_string(),
        "statement": id.statement.to_string(),
        "at": Time::from(*at),
        "notFinalBefore": not_final_before.map(Time::from),
        "lines": lines,
        "counts": counts,
        "differences": differences.collect::<Vec<_>>(),
        "closing": {
            "opening": SignedAmount(closing.opening_units).to_string(),
            "stated": SignedAmount(closing.stated_units).to_string(),
            "booked": SignedAmount(closing.booked_units).to_string(),
            "differences": SignedAmount(closing.open_units).to_string(),
            "onTheWay": SignedAmount(closing.on_the_way_units).to_string(),
        },
    })
}
