//! What cashiers and auditors see of reconciliation: which days differ from what their providers state, and how.

use crate::Money;
use evens_ledger::Amount;
use evens_payments::{Closing, Difference, ReconciliationReport};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// `200` to `GET /api/operator/reconciliations`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReconciliationListAnswer {
    /// The reports of the newest days, 50 at most.
    pub data: Vec<ReconciliationBody>,
    /// Whether there are more.
    pub has_more: bool,
}

/// `200` to `GET /api/operator/reconciliations/{reportId}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReconciliationAnswer {
    /// The report.
    pub data: ReconciliationBody,
    /// What differs, the first 500.
    pub differences: Vec<DifferenceBody>,
}

/// A report of a provider's day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReconciliationBody {
    /// Its id: day, provider and the SHA-256 of the statement.
    pub report_id: String,
    /// Whose day.
    pub provider: String,
    /// Which day, by the provider's calendar.
    pub day: String,
    /// When it was made (RFC 3339).
    pub at: String,
    /// How many lines of the statement are of the day.
    pub lines: u64,
    /// How many differences there are of each kind; empty where nothing differs. The kinds: `unplaced`,
    /// `unknown-reference`, `twice`, `currency`, `amount`, `state`, `missing-in-ledger`, `missing-at-provider`,
    /// `unbooked-fee` and `unsettled`.
    pub counts: BTreeMap<&'static str, u64>,
    /// What the provider held for us when the day was over.
    pub closing: ClosingBody,
}

/// What a provider held for us, by both sides. `booked`, `differences` and `onTheWay` come to `stated`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClosingBody {
    /// When the day began, by our ledger.
    pub opening: Money,
    /// When it was over, by the provider's lines and fees.
    pub stated: Money,
    /// When it was over, by our ledger.
    pub booked: Money,
    /// What the differences explain.
    pub differences: Money,
    /// What one side has in this day and the other in another one.
    pub on_the_way: Money,
}

/// Something that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DifferenceBody {
    /// How.
    pub kind: &'static str,
    /// What the provider calls it, or our key of what the provider does not have.
    pub subject: String,
    /// The order; null where none is named.
    pub order_id: Option<String>,
    /// What the provider states that it moved.
    pub stated: Money,
    /// What our ledger has of it.
    pub booked: Money,
}

impl From<&ReconciliationReport> for ReconciliationBody {
    fn from(report: &ReconciliationReport) -> Self {
        let Closing { opening_units, stated_units, booked_units, open_units, on_the_way_units } =
            report.closing;
        Self {
            report_id: report.id.to_string(),
            provider: report.id.provider.to_string(),
            day: report.id.day.to_string(),
            at: report.at.to_string(),
            lines: report.lines,
            counts: report.counts.iter().map(|(kind, count)| (kind.into(), *count)).collect(),
            closing: ClosingBody {
                opening: signed(opening_units),
                stated: signed(stated_units),
                booked: signed(booked_units),
                differences: signed(open_units),
                on_the_way: signed(on_the_way_units),
            },
        }
    }
}

impl From<&ReconciliationReport> for ReconciliationAnswer {
    fn from(report: &ReconciliationReport) -> Self {
        let body = |found: &Difference| DifferenceBody {
            kind: found.kind.into(),
            subject: found.subject.clone(),
            order_id: found.order.map(|order| order.to_string()),
            stated: signed(found.stated_units),
            booked: signed(found.booked_units),
        };
        Self { data: report.into(), differences: report.differences.iter().map(body).collect() }
    }
}

/// Units of the last decimal as money with its sign.
fn signed(units: i128) -> Money {
    let amount = Amount::from_units(units.saturating_abs()).unwrap_or_default();
    if units < 0 { Money::taken(amount) } else { amount.into() }
}
