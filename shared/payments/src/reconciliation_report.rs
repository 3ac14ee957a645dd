//! [`ReconciliationReport`]: what reconciling a day of a provider came to, as it is kept.

use crate::{Closing, Difference, DifferenceKind, Differences, Reconciled};
use evens_ledger::{Digest, ProviderName};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// Marks the provider of a report that was made from files. No provider's name has a point.
const GIVEN: &str = ".file";

/// Which report: of which day of whom, by which statement. A statement that has changed makes another report. As text:
/// `2026-11-02:sandbox:` and the hash of the statement; `2026-11-02:sandbox.file:` of one that was given as files.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReportId {
    /// The provider's day.
    pub day: Date,
    /// Whose.
    pub provider: ProviderName,
    /// Whether the statement was given as files. Anybody can write one, so the day is still to be fetched.
    pub is_given: bool,
    /// The SHA-256 of the statement.
    pub statement: Digest,
}

/// The text is no report's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no id of a report")]
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

/// What reconciling a day came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReconciliationReport {
    /// Which one.
    pub id: ReportId,
    /// When it was made.
    pub at: Timestamp,
    /// How many lines of the statement are of the day.
    pub lines: u64,
    /// How many differences there are of each kind; kinds without any are left out.
    pub counts: BTreeMap<DifferenceKind, u64>,
    /// The first of them, at most [`Differences::KEPT_MAX`].
    pub differences: Vec<Difference>,
    /// The balances.
    pub closing: Closing,
}

impl ReconciliationReport {
    /// The report of what was found.
    pub fn new(id: ReportId, reconciled: Reconciled, at: Timestamp) -> Self {
        let Reconciled { lines, differences, closing } = reconciled;
        let Differences { counts, first, .. } = differences;
        Self { id, at, lines: u64::try_from(lines).unwrap_or(u64::MAX), counts, differences: first, closing }
    }

    /// How much differs.
    pub fn count(&self) -> u64 {
        self.counts.values().sum()
    }

    /// Whether nothing differs.
    pub fn is_clean(&self) -> bool {
        self.counts.is_empty()
    }
}
