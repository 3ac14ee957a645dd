//! [`Report`]: the result of a check.

use evens_exchange::{MatchId, RoundId};
use evens_games::PeriodId;
use evens_idempotency::BetId;
use evens_ledger::{Amount, Invariant, UserId};
use evens_records::Pair;
use std::collections::BTreeSet;
use std::fmt;

/// Number of checked items per kind, for kinds that hold or move money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub wallets: usize,
    /// Number of ledger entries.
    pub entries: usize,
    /// Number of transfers between system accounts.
    pub transfers: usize,
    pub deposits: usize,
    pub withdrawals: usize,
    pub bets: usize,
    /// Number of unmatched bets.
    pub waiting: usize,
    pub matches: usize,
    pub rounds: usize,
    /// Number of bets against the house.
    pub game_bets: usize,
    /// Number of game periods.
    pub periods: usize,
    /// Number of secrets of rounds and periods.
    pub seeds: usize,
    /// Number of wallets funded by the house.
    pub fundings: usize,
}

impl Counts {
    /// Each kind with its plural name.
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

    fn and(self, other: Self) -> Self {
        Self {
            wallets: self.wallets + other.wallets,
            entries: self.entries + other.entries,
            transfers: self.transfers + other.transfers,
            deposits: self.deposits + other.deposits,
            withdrawals: self.withdrawals + other.withdrawals,
            bets: self.bets + other.bets,
            waiting: self.waiting + other.waiting,
            matches: self.matches + other.matches,
            rounds: self.rounds + other.rounds,
            game_bets: self.game_bets + other.game_bets,
            periods: self.periods + other.periods,
            seeds: self.seeds + other.seeds,
            fundings: self.fundings + other.fundings,
        }
    }

    pub fn total(&self) -> usize {
        self.by_name().iter().map(|(_, count)| count).sum()
    }
}

/// Unfinished items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OnTheWay {
    /// Number of bets with an unmatched part.
    pub waiting: usize,
    /// Number of matches that are neither settled nor void.
    pub unsettled: usize,
    /// Number of sign-ups with a bonus or step still owed.
    pub sign_ups: usize,
    /// Number of bets against the house whose periods have not ended.
    pub game_bets: usize,
}

/// The subject of a violation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    User(UserId),
    Round(RoundId),
    Period(PeriodId),
    Bet(BetId),
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

/// A violated invariant and its subject.
///
/// The sentence contains the numbers that disagree, and with every sum the number of its items. Those never return to
/// an earlier value, so the same sentence in two checks means that nothing has changed in between. Where items have no
/// such number, as a role and its copy, the violation names the pair.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Violation {
    pub invariant: Invariant,
    pub subject: Subject,
    /// In words, with ids.
    pub sentence: String,
    pub part: Part,
    /// The items to read again in one transaction before the violation counts in a running system.
    pub pair: Option<Pair>,
}

/// The parts of the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Part {
    /// Entries, transfers and the audit log, and everything that explains them. A seal covers them.
    #[default]
    Sealed,
    /// Everything else, such as limits of bets, draws, and late items.
    Unsealed,
}

/// A growing list of violations.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Violations {
    part: Part,
    found: Vec<Violation>,
}

impl Violations {
    pub(crate) fn add(&mut self, invariant: Invariant, subject: Subject, sentence: String) {
        self.found.push(Violation { invariant, subject, sentence, part: self.part, pair: None });
    }

    /// Adds a violation of two items about a user that differ.
    pub(crate) fn add_pair(&mut self, invariant: Invariant, pair: Pair, sentence: String) {
        let (Pair::PlayRules(user) | Pair::Access(user)) = pair;
        let (subject, part) = (Subject::User(user), self.part);
        self.found.push(Violation { invariant, subject, sentence, part, pair: Some(pair) });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Sets the part to which the next violations belong.
    pub(crate) fn begin(&mut self, part: Part) {
        self.part = part;
    }
}

/// Adds a violation of M3, if there is a fault.
pub(crate) fn add(violations: &mut Violations, subject: Subject, fault: Option<String>) {
    if let Some(sentence) = fault {
        violations.add(Invariant::M3OneEffect, subject, sentence);
    }
}

/// All violations of one invariant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offenders<'a> {
    pub count: usize,
    /// The first violation, in the order of subjects.
    pub first: &'a Violation,
}

/// The result of a check. The same books give the same report, in any order of records.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    pub counts: Counts,
    /// Unfinished items.
    pub on_the_way: OnTheWay,
    /// Sum of wallets, stakes at risk and system accounts, in units of the last decimal. It must be zero (M1).
    pub sum_units: i128,
    /// Sorted by invariant, then by subject.
    violations: Vec<Violation>,
}

impl Report {
    pub(crate) fn new(counts: Counts, on_the_way: OnTheWay, sum_units: i128, violations: Violations) -> Self {
        let mut violations = violations.found;
        violations.sort_unstable();
        violations.dedup();
        Self { counts, on_the_way, sum_units, violations }
    }

    /// The report of both parts of the books together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let mut violations = self.violations;
        violations.extend(other.violations);
        violations.sort_unstable();
        violations.dedup();
        Self {
            counts: self.counts.and(other.counts),
            on_the_way: self.on_the_way,
            sum_units: self.sum_units + other.sum_units,
            violations,
        }
    }

    /// [`Report::sum_units`] in coins, as text.
    pub fn sum(&self) -> String {
        coins(self.sum_units)
    }

    /// Returns `true` if there are no violations.
    pub fn is_clean(&self) -> bool {
        self.violations.is_empty()
    }

    /// All violations, sorted by invariant, then by subject.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// Returns `true` if everything that a seal covers is in order.
    pub fn is_sealable(&self) -> bool {
        self.violations.iter().all(|violation| violation.part != Part::Sealed)
    }

    /// The violations of one invariant, if there are any.
    pub fn offenders(&self, invariant: Invariant) -> Option<Offenders<'_>> {
        let mut of_invariant = self.violations.iter().filter(|violation| violation.invariant == invariant);
        let first = of_invariant.next()?;
        Some(Offenders { count: 1 + of_invariant.count(), first })
    }

    /// Removes the violations of pairs of items that do not differ.
    #[must_use]
    pub fn without(&self, equal: &BTreeSet<Pair>) -> Report {
        let is_left = |violation: &&Violation| violation.pair.is_none_or(|pair| !equal.contains(&pair));
        let violations = self.violations.iter().filter(is_left).cloned().collect();
        Report { violations, ..self.clone() }
    }

    /// Keeps only the violations that an earlier report contains with the same wording. Those have not changed in
    /// between, so they are not an artifact of a concurrent change.
    #[must_use]
    pub fn confirmed(&self, earlier: &Report) -> Report {
        let known: BTreeSet<_> = earlier.violations.iter().collect();
        let violations =
            self.violations.iter().filter(|violation| known.contains(violation)).cloned().collect();
        Report { violations, ..self.clone() }
    }
}

/// A sum of money in coins; it may be negative.
pub(crate) fn coins(units: i128) -> String {
    let sign = if units < 0 { "-" } else { "" };
    let size = i128::try_from(units.unsigned_abs()).ok().and_then(|units| Amount::from_units(units).ok());
    size.map_or_else(|| format!("{units} units"), |amount| format!("{sign}{amount}"))
}
