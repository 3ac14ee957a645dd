//! A report of reconciliation: `RECON` / `{day}:{provider}:{SHA-256 of the statement}`, put once. There is one for a
//! provider's day, so all of them fit into one partition, sorted by day, and one query finds the newest.

use crate::StoreError;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::ScannedRecords;
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use crate::table::layout::Layout;
use crate::table::texts::{read_texts, texts};
use evens_payments::{ClosingBalances, Difference, DifferenceKind, ReconciliationReport, ReportId};
use evens_records::Record;
use std::collections::BTreeMap;

pub(crate) const KIND: &str = "reconciliation";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "report of reconciliation | `RECON` / `2026-11-02:sandbox:e3b0…` *day, provider, SHA-256 of the \
          statement* | `counts` *`state 2`*, `differences` *the first 500*; immutable",
    books: Books::Unread,
    hidden: &[
        "report",
        "at",
        "lines",
        "counts",
        "differences",
        "opening_units",
        "stated_units",
        "booked_units",
        "open_units",
        "on_the_way_units",
    ],
    records,
};

pub(crate) const PARTITION: &str = "RECON";

pub(crate) fn key(id: &ReportId) -> Key {
    Key { partition: PARTITION.to_owned(), sort: id.to_string() }
}

pub(crate) fn encode(report: &ReconciliationReport) -> Item {
    let ClosingBalances { opening_units, stated_units, booked_units, open_units, on_the_way_units } =
        report.closing;
    let counts = report.counts.iter().map(|(kind, count)| format!("{kind} {count}"));
    ItemBuilder::new(&ENTITY, &key(&report.id))
        .text("report", &report.id)
        .text("at", report.at)
        .number("lines", report.lines)
        .value("counts", texts(counts))
        .value("differences", texts(report.differences.iter().map(ToString::to_string)))
        .text("opening_units", opening_units)
        .text("stated_units", stated_units)
        .text("booked_units", booked_units)
        .text("open_units", open_units)
        .text("on_the_way_units", on_the_way_units)
        .build()
}

pub(crate) fn decode(item: &Item) -> Result<ReconciliationReport, StoreError> {
    let fields = Fields::of(item);
    let counts = read_texts(fields, "counts")?.into_iter().map(|text| {
        let (kind, count) = text.split_once(' ')?;
        Some((kind.parse().ok()?, count.parse().ok()?))
    });
    let counts: Option<BTreeMap<DifferenceKind, u64>> = counts.collect();
    let differences: Result<Vec<Difference>, _> =
        read_texts(fields, "differences")?.into_iter().map(str::parse).collect();
    Ok(ReconciliationReport {
        id: fields.get("report")?,
        at: fields.get("at")?,
        lines: fields.get("lines")?,
        counts: counts.ok_or_else(|| fields.corrupt("counts"))?,
        differences: differences.map_err(|_| fields.corrupt("differences"))?,
        closing: ClosingBalances {
            opening_units: fields.get("opening_units")?,
            stated_units: fields.get("stated_units")?,
            booked_units: fields.get("booked_units")?,
            open_units: fields.get("open_units")?,
            on_the_way_units: fields.get("on_the_way_units")?,
        },
    })
}

fn records(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
    Ok(ScannedRecords::at(key(&decode(item)?.id), Record::Aside))
}
