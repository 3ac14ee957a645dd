//! [`Look`]: the findings of one read, and the repetition of reads until the findings are certain.
//!
//! The table of a running system is not read at one moment: of a concurrent change, one item may be read before it and
//! another after it. So if a running system shows violations, everything is read again, a few times. Only violations
//! with the same wording in two consecutive reads are reported. A violation names the numbers that disagree, or the
//! versions of the items, and none of them returns to an earlier value. A violation that occurs in every read, but in
//! different words, is undecided.

use crate::verification::VerifyFault;
use evens_audit::{Report, Share, Subject};
use evens_ledger::{Invariant, Wallet};
use evens_records::DaySeal;
use std::collections::BTreeSet;
use std::time::Duration;

/// Maximum number of reads of a running system. Violations that still change in the last one are undecided.
const LOOKS_MAX: usize = 6;

/// Pause between two reads, in which a change can finish. A request takes at most its deadline of eight seconds, and
/// nearly all take milliseconds.
const PAUSE: Duration = Duration::from_millis(500);

/// The result of a check.
#[derive(Debug)]
pub struct Findings {
    /// Counts and violations.
    pub report: Report,
    /// Unreadable items, a sentence each.
    pub unreadable: Vec<String>,
    /// Violations that occurred in every read, but with different numbers.
    pub undecided: Vec<(Invariant, Subject)>,
    /// Number of reads of the table.
    pub looks: usize,
    /// The part of the books that was checked completely.
    pub share: Share,
    /// The newest stored seal.
    pub sealed: Option<DaySeal>,
    /// The seal of the requested day; `None` if entries are missing.
    pub seal: Option<DaySeal>,
    /// Wallets with further entries that are still to be checked, as the last checked one left them.
    pub unfinished: Vec<Wallet>,
}

impl Findings {
    /// Number of violations and unreadable items.
    pub fn offenders(&self) -> usize {
        self.report.violations().len() + self.unreadable.len()
    }

    /// The findings of two parts of the books together.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.unreadable.extend(other.unreadable);
        self.undecided.extend(other.undecided);
        Self { report: self.report.and(other.report), looks: self.looks.max(other.looks), ..self }
    }

    /// Returns `true` if all items are readable and everything that a seal covers is in order.
    pub fn is_sealable(&self) -> bool {
        self.unreadable.is_empty() && self.report.is_sealable()
    }
}

/// A check that can be repeated.
pub(crate) trait Check: Sync {
    /// Reads the checked records once. `before` is the read before this one.
    fn look(&self, before: Option<&Look>) -> impl Future<Output = Result<Look, VerifyFault>> + Send;
}

/// Repeats a check until the findings are certain, or for the last time. If nothing moves, it is made once.
///
/// # Errors
/// [`VerifyFault`].
pub(crate) async fn look_until_certain(
    check: &impl Check,
    is_moving: bool,
    sealed: Option<DaySeal>,
) -> Result<Findings, VerifyFault> {
    let mut last = check.look(None).await?;
    if !is_moving || last.is_clean() {
        return Ok(last.into_findings(sealed, 1));
    }
    let (mut always, mut looks) = (last.topics(), 1);
    loop {
        tokio::time::sleep(PAUSE).await;
        looks += 1;
        let next = check.look(Some(&last)).await?;
        always.retain(|topic| next.topics_contain(topic));
        let confirmed = next.confirmed(&last);
        let is_sure = confirmed.size() == next.size();
        if is_sure || looks == LOOKS_MAX {
            let decided = confirmed.topics();
            let undecided = always.difference(&decided).cloned().collect();
            return Ok(Findings { undecided, ..confirmed.into_findings(sealed, looks) });
        }
        last = next;
    }
}

/// The findings of one read of the table.
pub(crate) struct Look {
    pub(crate) report: Report,
    /// Corrupt items.
    pub(crate) unreadable: BTreeSet<String>,
    pub(crate) share: Share,
    pub(crate) seal: Option<DaySeal>,
    pub(crate) unfinished: Vec<Wallet>,
}

impl Look {
    fn is_clean(&self) -> bool {
        self.size() == 0
    }

    fn size(&self) -> usize {
        self.report.violations().len() + self.unreadable.len()
    }

    fn confirmed(&self, earlier: &Self) -> Self {
        Self {
            report: self.report.confirmed(&earlier.report),
            unreadable: self.unreadable.intersection(&earlier.unreadable).cloned().collect(),
            share: self.share,
            seal: self.seal.clone(),
            unfinished: self.unfinished.clone(),
        }
    }

    /// Invariants and subjects of the violations, without their wording.
    fn topics(&self) -> BTreeSet<(Invariant, Subject)> {
        let violations = self.report.violations().iter();
        violations.map(|violation| (violation.invariant, violation.subject.clone())).collect()
    }

    fn topics_contain(&self, topic: &(Invariant, Subject)) -> bool {
        let key = (topic.0, &topic.1);
        let found = self
            .report
            .violations()
            .binary_search_by_key(&key, |violation| (violation.invariant, &violation.subject));
        found.is_ok()
    }

    fn into_findings(self, sealed: Option<DaySeal>, looks: usize) -> Findings {
        let unreadable = self.unreadable.into_iter().collect();
        let Self { report, share, seal, unfinished, .. } = self;
        Findings { report, unreadable, undecided: Vec::new(), looks, share, sealed, seal, unfinished }
    }
}
