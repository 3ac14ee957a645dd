//! Reconciliation for cashiers and auditors: the days that differ from the providers' statements, and the differences.

use crate::{Money, ReportCursor, Time};
use evens_payments::{ClosingBalances, Difference, ReconciliationReport, ReportId};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// `200` to `GET /api/operator/reconciliations`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReconciliationListAnswer {
    /// The reports of the newest days, at most 50.
    pub data: Vec<ReconciliationBody>,
    /// `true` if there are more.
    pub has_more: bool,
    /// The value for the query parameter `cursor` of the next page; null on the last page.
    pub next_cursor: Option<String>,
}

impl ReconciliationListAnswer {
    /// A page, and the report before which the next one starts.
    pub fn new(data: Vec<ReconciliationBody>, next_before: Option<ReportId>) -> Self {
        let next_cursor = next_before.map(|before| ReportCursor { before }.to_string());
        Self { data, has_more: next_cursor.is_some(), next_cursor }
    }
}

/// `200` to `GET /api/operator/reconciliations/{reportId}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReconciliationAnswer {
    /// The report.
    pub data: ReconciliationBody,
    /// The first 500 differences.
    pub differences: Vec<DifferenceBody>,
}

/// `201` to `POST /api/operator/reconciliations`: the report is stored. `200`: the same statement was given before, or
/// the day is not final yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ComparedStatementAnswer {
    /// The report.
    pub data: ReconciliationBody,
    /// The first 500 differences.
    pub differences: Vec<DifferenceBody>,
    /// The day is not final before this time (RFC 3339): fees and settlements are not compared, and no report is
    /// stored. null if it is final.
    pub not_final_before: Option<Time>,
}

impl ComparedStatementAnswer {
    /// The report of a comparison.
    pub fn new(report: &ReconciliationReport, not_final_before: Option<Timestamp>) -> Self {
        let ReconciliationAnswer { data, differences } = report.into();
        Self { data, differences, not_final_before: not_final_before.map(Time::from) }
    }
}

/// A report of a provider's day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReconciliationBody {
    /// The report id: day, provider and the SHA-256 of the statement.
    pub report_id: String,
    /// The provider.
    pub provider: String,
    /// The day, by the provider's calendar.
    pub day: String,
    /// Time of the report (RFC 3339).
    pub at: Time,
    /// Number of lines of the statement for the day.
    pub lines: u64,
    /// Number of differences of each kind; empty if nothing differs. The kinds are `unplaced`, `unknown-reference`,
    /// `twice`, `currency`, `amount`, `state`, `missing-in-ledger`, `missing-at-provider`, `unbooked-fee` and
    /// `unsettled`.
    pub counts: BTreeMap<&'static str, u64>,
    /// The balance at the provider at the end of the day.
    pub closing: ClosingBody,
}

/// The balance at a provider, according to both sides. `booked`, `differences` and `onTheWay` add up to `stated`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClosingBody {
    /// At the start of the day, by our ledger.
    pub opening: Money,
    /// At the end of the day, by the provider's lines and fees.
    pub stated: Money,
    /// At the end of the day, by our ledger.
    pub booked: Money,
    /// The amount explained by the differences.
    pub differences: Money,
    /// Movements that one side has on this day and the other on another day.
    pub on_the_way: Money,
}

/// A difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DifferenceBody {
    /// The kind of difference.
    pub kind: &'static str,
    /// The provider's id, or our key if the provider has no record.
    pub subject: String,
    /// The order; null if none is named.
    pub order_id: Option<String>,
    /// The amount by the provider's statement.
    pub stated: Money,
    /// The amount by our ledger.
    pub booked: Money,
}

impl From<&ReconciliationReport> for ReconciliationBody {
    fn from(report: &ReconciliationReport) -> Self {
        let ClosingBalances { opening_units, stated_units, booked_units, open_units, on_the_way_units } =
            report.closing;
        Self {
            report_id: report.id.to_string(),
            provider: report.id.provider.to_string(),
            day: report.id.day.to_string(),
            at: report.at.into(),
            lines: report.lines,
            counts: report.counts.iter().map(|(kind, count)| (kind.into(), *count)).collect(),
            closing: ClosingBody {
                opening: Money::of_units(opening_units),
                stated: Money::of_units(stated_units),
                booked: Money::of_units(booked_units),
                differences: Money::of_units(open_units),
                on_the_way: Money::of_units(on_the_way_units),
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
            stated: Money::of_units(found.stated_units),
            booked: Money::of_units(found.booked_units),
        };
        Self { data: report.into(), differences: report.differences.iter().map(body).collect() }
    }
}
