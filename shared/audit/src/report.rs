//! [`Report`]: what a check found.

use evens_exchange::{MatchId, RoundId};
use evens_games::PeriodId;
use evens_idempotency::BetId;
use evens_ledger::{Amount, Invariant, UserId};
use std::collections::BTreeSet;
use std::fmt;

/// How many of each kind were looked at, of those that money is in or moved by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Wallets.
    pub wallets: usize,
    /// Ledger entries.
    pub entries: usize,
    /// Transfers between accounts of the system.
    pub transfers: usize,
    /// Deposits.
    pub deposits: usize,
    /// Withdrawals.
    pub withdrawals: usize,
    /// Bets.
    pub bets: usize,
    /// Unmatched bets.
    pub waiting: usize,
    /// Matches.
    pub matches: usize,
    /// Rounds.
    pub rounds: usize,
    /// Bets against the house.
    pub game_bets: usize,
    /// Periods of games.
    pub periods: usize,
    /// Secrets of rounds and periods.
    pub seeds: usize,
    /// Wallets funded by the house.
    pub fundings: usize,
}

impl Counts {
    /// Each kind by its name in the plural.
    pub fn by_name(&self) -> [(&'static str, usize); 13] {
        [
            ("wallets", self.wallets),
            ("entries", self.entries),
            ("transfers", self.transfers),
            ("deposits", self.deposits),
            ("withdrawals", self.withdrawals),
            ("bets", self.bets),
            ("waiting", self.waiting),
            ("matches", self.matches),
            ("rounds", self.rounds),
            ("game-bets", self.game_bets),
            ("periods", self.periods),
            ("seeds", self.seeds),
            ("fundings", self.fundings),
        ]
    }

    /// All of them together.
    pub fn total(&self) -> usize {
        self.by_name().iter().map(|(_, count)| count).sum()
    }
}

/// What has not ended yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OnTheWay {
    /// Bets of which something waits for an opponent.
    pub waiting: usize,
    /// Matches that are neither settled nor void.
    pub unsettled: usize,
    /// Sign-ups for which something is still owed.
    pub sign_ups: usize,
    /// Bets against the house whose periods have not ended.
    pub game_bets: usize,
}

/// Whom or what a violation is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A player's wallet.
    User(UserId),
    /// A round.
    Round(RoundId),
    /// A period of a game.
    Period(PeriodId),
    /// A bet.
    Bet(BetId),
    /// A match.
    Match(MatchId),
    /// The books as a whole.
    Books,
}

impl fmt::Display for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(formatter, "user {id}"),
            Self::Round(id) => write!(formatter, "round {id}"),
            Self::Period(id) => write!(formatter, "period {id}"),
            Self::Bet(id) => write!(formatter, "bet {id}"),
            Self::Match(id) => write!(formatter, "match {id}"),
            Self::Books => formatter.write_str("the books"),
        }
    }
}

/// An invariant that does not hold, and for what.
///
/// The sentence names the numbers that do not agree, and with every sum how many things were added up. Those never
/// return to an earlier value, so the same sentence in two checks means that nothing has changed in between.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Violation {
    /// What does not hold.
    pub invariant: Invariant,
    /// For whom or what.
    pub subject: Subject,
    /// In words, with the ids.
    pub sentence: String,
}

/// A growing list of violations.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Violations(Vec<Violation>);

impl Violations {
    pub(crate) fn add(&mut self, invariant: Invariant, subject: Subject, sentence: String) {
        self.0.push(Violation { invariant, subject, sentence });
    }
}

/// Notes what is wrong with the one effect of a key (M3), if something is.
pub(crate) fn add(violations: &mut Violations, subject: Subject, fault: Option<String>) {
    if let Some(sentence) = fault {
        violations.add(Invariant::M3OneEffect, subject, sentence);
    }
}

/// All that offends one invariant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offenders<'a> {
    /// How many violations.
    pub count: usize,
    /// The first one, in the order of subjects.
    pub first: &'a Violation,
}

/// What a check found. The same books give the same report, in whatever order they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// How many of each kind were looked at.
    pub counts: Counts,
    /// What has not ended yet.
    pub on_the_way: OnTheWay,
    /// Wallets, stakes at risk and system accounts together, in units of the last decimal: zero (M1).
    pub sum_units: i128,
    /// By invariant, then by subject.
    violations: Vec<Violation>,
}

impl Report {
    pub(crate) fn new(counts: Counts, on_the_way: OnTheWay, sum_units: i128, violations: Violations) -> Self {
        let mut violations = violations.0;
        violations.sort_unstable();
        Self { counts, on_the_way, sum_units, violations }
    }

    /// [`Report::sum_units`] in coins, as text.
    pub fn sum(&self) -> String {
        coins(self.sum_units)
    }

    /// Whether everything that was checked holds.
    pub fn is_clean(&self) -> bool {
        self.violations.is_empty()
    }

    /// Everything that does not hold, by invariant, then by subject.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// What offends one invariant, if anything does.
    pub fn offenders(&self, invariant: Invariant) -> Option<Offenders<'_>> {
        let mut of_invariant = self.violations.iter().filter(|violation| violation.invariant == invariant);
        let first = of_invariant.next()?;
        Some(Offenders { count: 1 + of_invariant.count(), first })
    }

    /// This report without the violations that were not in an earlier one in the same words: what is left has stayed as
    /// it is, and is no trace of a change under way while the books were read.
    #[must_use]
    pub fn confirmed(&self, earlier: &Report) -> Report {
        let known: BTreeSet<_> = earlier.violations.iter().collect();
        let violations =
            self.violations.iter().filter(|violation| known.contains(violation)).cloned().collect();
        Report { violations, ..self.clone() }
    }
}

/// A sum of money that may be negative, in coins.
pub(crate) fn coins(units: i128) -> String {
    let sign = if units < 0 { "-" } else { "" };
    let size = i128::try_from(units.unsigned_abs()).ok().and_then(|units| Amount::from_units(units).ok());
    size.map_or_else(|| format!("{units} units"), |amount| format!("{sign}{amount}"))
}
