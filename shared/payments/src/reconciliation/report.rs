//! [`ReconciliationReport`]: the stored result of reconciling a day of a provider.

use crate::{ClosingBalances, Difference, DifferenceKind, Differences, Reconciled};
use evens_ledger::{Digest, ProviderName};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// Marks the provider in the id of a report from uploaded files. Names of providers contain no point.
const GIVEN: &str = ".file";

/// The id of a report: the day, the provider and the statement. A changed statement gives another report. Its text is
/// `2026-11-02:sandbox:` and the hash of the statement, or `2026-11-02:sandbox.file:` for uploaded files.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReportId {
    /// The provider's day.
    pub day: Date,
    pub provider: ProviderName,
    /// True if the statement was uploaded as files. These are not proof, so the day still has to be fetched from the
    /// provider.
    pub is_given: bool,
    pub statement: Digest,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not the id of a report")]
pub struct ReportIdError;

impl fmt::Display for ReportId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.is_given { GIVEN } else { "" };
        write!(formatter, "{}:{}{mark}:{}", self.day, self.provider, self.statement)
    }
}

impl FromStr for ReportId {
    type Err = ReportIdError;

    fn from_str(text: &str) -> Result<Self, ReportIdError> {
        let parts: Vec<&str> = text.split(':').collect();
        let [day, provider, statement] = parts.as_slice() else { return Err(ReportIdError) };
        let (provider, is_given) =
            provider.strip_suffix(GIVEN).map_or((*provider, false), |provider| (provider, true));
        let id = Self {
            is_given,
            day: day.parse().map_err(|_| ReportIdError)?,
            provider: provider.parse().map_err(|_| ReportIdError)?,
            statement: statement.parse().map_err(|_| ReportIdError)?,
        };
        if id.to_string() == text { Ok(id) } else { Err(ReportIdError) }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReconciliationReport {
    pub id: ReportId,
    pub at: Timestamp,
    /// The number of lines of the day.
    pub lines: u64,
    /// The number of differences by kind, without kinds that do not occur.
    pub counts: BTreeMap<DifferenceKind, u64>,
    /// The first differences, at most [`Differences::KEPT_MAX`].
    pub differences: Vec<Difference>,
    pub closing: ClosingBalances,
}

impl ReconciliationReport {
    pub fn new(id: ReportId, reconciled: Reconciled, at: Timestamp) -> Self {
        let Reconciled { lines, differences, closing } = reconciled;
        let Differences { counts, first, .. } = differences;
        Self { id, at, lines: u64::try_from(lines).unwrap_or(u64::MAX), counts, differences: first, closing }
    }

    pub fn count(&self) -> u64 {
        self.counts.values().sum()
    }

    pub fn is_clean(&self) -> bool {
        self.counts.is_empty()
    }
}
