//! [`Books`]: collects all records of the books, then checks them.

use crate::exchange::{barred, draws, effects, endings, matching};
use crate::games;
use crate::jackpots::{self, JackpotBooks};
use crate::operations::day_ends::DayEnds;
use crate::operations::lines::Lines;
use crate::operations::{acts, agreed};
use crate::operations::{seals, staff, switches};
use crate::payments::deposits::Disputes;
use crate::payments::{decisions, limits, order_items, orders, payees, reviews, settings};
use crate::players::sign_up::SignUp;
use crate::players::{bonuses, names};
use crate::report::{Counts, OnTheWay, Part, Report, Subject, Violations};
use crate::share::Share;
use crate::wallet::accounts::Accounts;
use crate::wallet::chain::Chain;
use crate::wallet::movement::Movements;
use crate::wallet::{money, transfers};
use evens_audit_log::{AuditHead, AuditLine};
use evens_draws::Seed;
use evens_exchange::{Bet, Match, MatchId, Round, RoundId, UnmatchedBet};
use evens_games::{DrawnSymbols, GameBet, Period, PeriodId};
use evens_idempotency::BetId;
use evens_ledger::{Digest, Entry, EntryKey, Invariant, Transfer, UserId, Wallet};
use evens_payments::{DepositOrder, OrderId, Payee, PayeeId, PaymentsRecord, SettingsEntry, WithdrawalOrder};
use evens_records::{Access, DaySeal, Funding, Name, OrderPlace, PeriodShard, SealedDays, StoredLimits};
use evens_switches::Switches;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// How complete the books must be for M6.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completeness {
    /// A quiet system whose refund time has passed: everything must have ended.
    Ended,
    /// A running system: nothing may be unfinished for longer than `patience`.
    Running {
        /// Time of the check.
        now: Timestamp,
        /// The refund time plus a margin for the workers.
        patience: SignedDuration,
    },
    /// A system stopped at any moment: unfinished items are only counted.
    Stopped,
}

/// Visibility of the secrets of rounds and periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Secrets {
    /// Visible: every draw is recomputed.
    #[default]
    Seen,
    /// Not visible: only draws with a public seed are recomputed, and secret seeds are not checked.
    Unseen,
}

/// Whether wallets may have been credited by `evens fund`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fundings {
    /// In the stage `local`.
    #[default]
    Permitted,
    /// In the others, where nothing funds a wallet.
    Forbidden,
}

/// All records of the books. Entries are not kept; only the movement of each key and the state that each wallet's
/// entries explain are.
#[derive(Debug, Default)]
pub struct Books {
    pub(crate) counts: Counts,
    pub(crate) wallets: BTreeMap<UserId, Wallet>,
    pub(crate) chains: BTreeMap<UserId, Chain>,
    /// The users of whom all entries are here, in a check of old movements.
    pub(crate) whole_ledgers: BTreeSet<UserId>,
    pub(crate) accounts: Accounts,
    pub(crate) movements: Movements,
    pub(crate) transfers: BTreeMap<EntryKey, Transfer>,
    pub(crate) deposits: BTreeMap<OrderId, DepositOrder>,
    pub(crate) disputes: Disputes,
    pub(crate) withdrawals: BTreeMap<OrderId, WithdrawalOrder>,
    /// The lists of players' orders.
    pub(crate) order_places: BTreeSet<OrderPlace>,
    pub(crate) payments_records: BTreeMap<UserId, PaymentsRecord>,
    /// Limits of bets, for users who have any.
    pub(crate) play: BTreeMap<UserId, StoredLimits>,
    /// The restrictions of accounts that wallets have, for users who have any.
    pub(crate) access: BTreeMap<UserId, Access>,
    /// Changes of players' own settings, by number.
    pub(crate) settings: BTreeMap<(UserId, u64), SettingsEntry>,
    pub(crate) payees: BTreeMap<(UserId, PayeeId), Payee>,
    /// The owner of each bank account, by its fingerprint.
    pub(crate) payee_owners: BTreeMap<Digest, UserId>,
    pub(crate) bets: BTreeMap<BetId, Bet>,
    pub(crate) waiting: BTreeMap<BetId, UnmatchedBet>,
    pub(crate) matches: BTreeMap<MatchId, Match>,
    pub(crate) rounds: BTreeMap<RoundId, Round>,
    pub(crate) seeds: BTreeMap<RoundId, Seed>,
    pub(crate) game_bets: BTreeMap<BetId, GameBet>,
    pub(crate) periods: BTreeMap<PeriodId, Period>,
    /// The periods without bets whose result is their only item.
    pub(crate) archived_periods: BTreeSet<PeriodId>,
    /// Keyed by shard number.
    pub(crate) period_shards: BTreeMap<(PeriodId, u16), PeriodShard>,
    /// The public history of each room.
    pub(crate) period_results: BTreeMap<PeriodId, DrawnSymbols>,
    pub(crate) period_seeds: BTreeMap<PeriodId, Seed>,
    pub(crate) jackpots: JackpotBooks,
    pub(crate) fundings: BTreeMap<String, Funding>,
    pub(crate) sign_ups: BTreeMap<UserId, SignUp>,
    pub(crate) names: BTreeMap<Name, UserId>,
    /// Pairs of referrer and referred player, as recorded in the referral tree.
    pub(crate) referrals: BTreeSet<(UserId, UserId)>,
    pub(crate) visitors: BTreeSet<UserId>,
    /// Actions of operators, by line number.
    pub(crate) audit_lines: BTreeMap<u64, AuditLine>,
    pub(crate) audit_head: AuditHead,
    /// Ids of matches voided by operators, according to the audit log.
    pub(crate) voided_by_operators: BTreeSet<String>,
    pub(crate) seals: BTreeMap<Date, DaySeal>,
    /// The switches of the stage.
    pub(crate) switches: Switches,
    /// The state of the books at the ends of some days.
    pub(crate) day_ends: DayEnds,
    pub(crate) secrets: Secrets,
    /// Whether fundings may be among the entries.
    pub(crate) may_fund: Fundings,
    pub(crate) share: Share,
    /// Violations found while collecting records.
    pub(crate) found: Violations,
}

impl Books {
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets whether secrets are visible.
    #[must_use]
    pub fn with_secrets(self, secrets: Secrets) -> Self {
        Self { secrets, ..self }
    }

    /// Sets whether wallets may have been funded.
    #[must_use]
    pub fn with_fundings(self, fundings: Fundings) -> Self {
        Self { may_fund: fundings, ..self }
    }

    /// Checks only this part of the books completely. Must be called before the first record.
    #[must_use]
    pub fn with_share(self, share: Share) -> Self {
        Self { share, ..self }
    }

    /// Also computes the state of the books at the ends of some days. Must be called before the first record.
    #[must_use]
    pub fn with_day_ends(self, day_ends: DayEnds) -> Self {
        Self { day_ends, ..self }
    }

    /// Users whose wallets have more entries than were read, with the number of the last one present. On a running
    /// system these entries were moved from the wallet to a page already read. [`Books::record_missed`] adds them.
    pub fn missed(&self) -> Vec<(UserId, u64)> {
        let behind = |wallet: &Wallet| {
            let seen = self.chains.get(&wallet.user).map_or(0, Chain::last);
            (seen < wallet.version).then_some((wallet.user, seen))
        };
        self.wallets.values().filter_map(behind).collect()
    }

    /// Adds an entry that may already be present.
    pub fn record_missed(&mut self, entry: Entry) {
        if !self.chains.get(&entry.user).is_some_and(|chain| chain.has(entry.number)) {
            self.record_entry(entry);
        }
    }

    /// The seal of days passed to [`Books::with_day_ends`], chained to the previous seal's digest.
    pub fn seal_of(&self, days: SealedDays, previous: Digest) -> Option<DaySeal> {
        seals::seal_of(self, days, previous)
    }

    /// Checks M1 to M7, M9, and the part of M8 that is visible in the books.
    pub fn check(mut self, completeness: Completeness) -> Report {
        let mut violations = std::mem::take(&mut self.found);
        money::check(&self, &mut violations);
        effects::check(&self, &mut violations);
        games::bets::check(&self, &mut violations);
        transfers::check(&self, &mut violations);
        orders::check(&self, &mut violations);
        bonuses::check(&self, &mut violations);
        let lines = Lines::of(&self.audit_lines);
        acts::check(&self, &lines, &mut violations);
        agreed::check(&self, &lines, &mut violations);
        decisions::check(&self, &lines, &mut violations);
        reviews::check(&self, &lines, &mut violations);
        staff::check(&self, &lines, &mut violations);
        switches::check(&self, &lines, &mut violations);
        seals::check(&self, &mut violations);
        seals::check_lines(&self, &lines, &mut violations);
        for (user, chain) in &self.chains {
            chain.check(self.wallets.get(user), &mut violations);
        }
        self.check_wallets_without_entries(&mut violations);
        jackpots::check(&self, completeness, &lines, &mut violations);
        violations.begin(Part::Unsealed);
        names::check(&self, &mut violations);
        payees::check(&self, &mut violations);
        order_items::check(&self, &mut violations);
        limits::check(&self, &mut violations);
        settings::check(&self, &mut violations);
        games::shards::check(&self, &mut violations);
        matching::check(&self, &mut violations);
        barred::check(&self, &mut violations);
        let on_the_way = endings::check(&self, completeness, &mut violations);
        draws::check(&self, &mut violations);
        games::draws::check(&self, &mut violations);
        games::endings::check(&self, completeness, &mut violations);
        let sum_units = self.units_in_wallets() + self.accounts.units_in_all();
        Report::new(self.counts, on_the_way, sum_units, violations)
    }

    fn check_wallets_without_entries(&self, violations: &mut Violations) {
        for wallet in self.wallets.values().filter(|wallet| !self.chains.contains_key(&wallet.user)) {
            if *wallet != (Wallet { locked: wallet.locked, ..Wallet::empty(wallet.user) }) {
                let Wallet { user, balance, bonus, version, .. } = wallet;
                let sentence = format!(
                    "The wallet of user {user} holds {balance} and a bonus of {bonus} at version {version}, but has no \
                     entry."
                );
                violations.add(Invariant::M4LedgerExplainsWallet, Subject::User(*user), sentence);
            }
        }
    }

    fn units_in_wallets(&self) -> i128 {
        self.wallets.values().map(money::units_held).sum()
    }

    /// Counts unfinished items. The module [`endings`] judges them.
    pub(crate) fn on_the_way(&self) -> OnTheWay {
        let unsettled = self.matches.values().filter(|bet_match| !bet_match.state.is_final());
        let sign_ups = self.sign_ups.values().filter(|sign_up| sign_up.registration.is_under_way());
        let (unsettled, sign_ups) = (unsettled.count(), sign_ups.count());
        let game_bets = games::endings::on_the_way(self);
        OnTheWay { waiting: self.waiting.len(), unsettled, sign_ups, game_bets }
    }
}

/// The part of a stake that is neither settled nor refunded according to the bet. Negative if the bet is corrupt.
pub(crate) fn units_at_risk(bet: &Bet) -> i128 {
    bet.stake.amount().units() - bet.settled.units() - bet.refunded.units()
}
