//! The books, read from the table item by item, for comparisons and for the auditor.

use anyhow::{Context as _, ensure};
use evens_audit::Completeness;
use evens_audit_log::Action;
use evens_draws::Seed;
use evens_exchange::{Bet, Match, Round, RoundId, UnmatchedBet};
use evens_games::PeriodState;
use evens_idempotency::BetId;
use evens_ledger::{Entry, Transfer, UserId, Wallet};
use evens_payments::{DepositOrder, OrderId, PaymentsRecord, WithdrawalOrder};
use evens_players::{Account, Referral};
use evens_records::{Funding, Name, Record, StoredLimits};
use evens_store::Store;
use std::collections::BTreeMap;

/// The contents of the whole table.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Books {
    pub wallets: BTreeMap<UserId, Wallet>,
    /// The ledger of each wallet, oldest entry first.
    pub entries: BTreeMap<UserId, Vec<Entry>>,
    pub bets: BTreeMap<BetId, Bet>,
    /// The unmatched bets.
    pub waiting: BTreeMap<BetId, UnmatchedBet>,
    pub matches: Vec<Match>,
    pub rounds: BTreeMap<RoundId, Round>,
    /// The secret seeds of rounds.
    pub seeds: BTreeMap<RoundId, String>,
    /// The credited orders.
    pub fundings: Vec<Funding>,
    /// Transfers between system accounts.
    pub transfers: Vec<Transfer>,
    pub deposits: BTreeMap<OrderId, DepositOrder>,
    pub withdrawals: BTreeMap<OrderId, WithdrawalOrder>,
    /// The payment records of players.
    pub cashiers: BTreeMap<UserId, PaymentsRecord>,
    pub accounts: BTreeMap<UserId, Account>,
    /// The names that lead to accounts.
    pub names: BTreeMap<Name, UserId>,
    /// The referral tree.
    pub referrals: Vec<Referral>,
    /// Records that only the auditor checks.
    for_the_auditor: ForTheAuditor,
}

/// Records that only the auditor checks. Equality ignores game periods, which the clock changes during any test, and
/// notes about dead letters, because a redrive alone moves no money.
#[derive(Debug, Default)]
struct ForTheAuditor(Vec<Record>);

impl ForTheAuditor {
    fn of_the_books(&self) -> impl Iterator<Item = &Record> {
        self.0.iter().filter(|record| !is_beside_them(record))
    }
}

impl PartialEq for ForTheAuditor {
    fn eq(&self, other: &Self) -> bool {
        self.of_the_books().eq(other.of_the_books())
    }
}

impl Eq for ForTheAuditor {}

fn is_beside_them(record: &Record) -> bool {
    match record {
        Record::ArchivedPeriod(_)
        | Record::PeriodResult(..)
        | Record::PeriodSeed(..)
        | Record::AuditHead(_) => true,
        Record::AuditLine(line) => {
            matches!(line.act.action, Action::RedriveDeadLetter | Action::DeleteDeadLetter)
        }
        Record::PeriodShard(shard) => shard.bets.is_empty(),
        Record::Period(period) => {
            !matches!(period.state, PeriodState::Cancelled(..) | PeriodState::Refunded(_))
        }
        _ => false,
    }
}

impl Books {
    /// Reads the whole table. The result may be inconsistent if other writes happen meanwhile.
    pub async fn read(store: &Store) -> anyhow::Result<Self> {
        let mut books = Self::default();
        let mut corrupt = Vec::new();
        let scanned = store.scan(|record| match record {
            Ok(record) => books.add(record),
            Err(error) => corrupt.push(error),
        });
        scanned.await.context("the table cannot be read")?;
        ensure!(corrupt.is_empty(), "some items cannot be read: {corrupt:?}");
        for entries in books.entries.values_mut() {
            entries.sort_by_key(|entry| entry.number);
        }
        books.matches.sort_by_key(|found| (found.joined_at, found.id));
        books.fundings.sort_by(|one, other| one.order.cmp(&other.order));
        Ok(books)
    }

    fn add(&mut self, record: Record) {
        match record {
            Record::Wallet(wallet) => drop(self.wallets.insert(wallet.user, wallet)),
            Record::Entry(entry) => self.entries.entry(entry.user).or_default().push(entry),
            Record::Bet(bet) => drop(self.bets.insert(bet.id, bet)),
            Record::Waiting(waiting) => drop(self.waiting.insert(waiting.bet, waiting)),
            Record::Match(found) => self.matches.push(found),
            Record::Round(round) => drop(self.rounds.insert(round.id.clone(), round)),
            Record::Seed(round, seed) => drop(self.seeds.insert(round, Seed::reveal(&seed))),
            Record::Funding(funding) => self.fundings.push(funding),
            Record::Transfer(transfer) => self.transfers.push(transfer),
            Record::Deposit(found) => drop(self.deposits.insert(found.terms.id, *found)),
            Record::Withdrawal(found) => drop(self.withdrawals.insert(found.terms.id, *found)),
            Record::Cashier(cashier) => drop(self.cashiers.insert(cashier.user, *cashier)),
            Record::Account(account) => drop(self.accounts.insert(account.user, account)),
            Record::Referral(edge) => self.referrals.push(edge),
            Record::Name(name, user) => drop(self.names.insert(name, user)),
            // A fence only tells writes apart. Jobs replace it without another change.
            Record::PlayLimits(limits) => {
                let limits = StoredLimits { fence: None, ..*limits };
                self.for_the_auditor.0.push(Record::PlayLimits(Box::new(limits)));
            }
            Record::Payee(_)
            | Record::PayeeOwner(..)
            | Record::OrderPlace(_)
            | Record::Access(..)
            | Record::Settings(_)
            | Record::AuditLine(_)
            | Record::AuditHead(_)
            | Record::GameBet(_)
            | Record::Period(_)
            | Record::ArchivedPeriod(_)
            | Record::PeriodShard(_)
            | Record::PeriodResult(..)
            | Record::PeriodSeed(..)
            | Record::Jackpot(_)
            | Record::Seal(_)
            | Record::Switches(_) => {
                self.for_the_auditor.0.push(record);
            }
            Record::Visit(_) | Record::Aside => {}
        }
    }

    /// The number of bets and matches that have not ended (M6).
    pub fn unended(&self) -> usize {
        self.waiting.len() + self.matches.iter().filter(|found| !found.state.is_final()).count()
    }

    /// Checks M1 to M5 and M7 with the auditor, and describes each violation.
    pub fn violations(&self) -> Vec<String> {
        let mut audited = evens_audit::Books::new();
        let Self { wallets, entries, bets, waiting, matches, rounds, seeds, fundings, .. } = self;
        let wallets = wallets.values().cloned().map(Record::Wallet);
        let entries = entries.values().flatten().cloned().map(Record::Entry);
        let bets = bets.values().cloned().map(Record::Bet);
        let waiting = waiting.values().cloned().map(Record::Waiting);
        let matches = matches.iter().cloned().map(Record::Match);
        let rounds = rounds.values().cloned().map(Record::Round);
        let fundings = fundings.iter().cloned().map(Record::Funding);
        let sign_ups = self.accounts.values().cloned().map(Record::Account);
        let names = self.names.iter().map(|(name, user)| Record::Name(name.clone(), *user));
        let referrals = self.referrals.iter().copied().map(Record::Referral);
        let transfers = self.transfers.iter().cloned().map(Record::Transfer);
        let deposits = self.deposits.values().cloned().map(Box::new).map(Record::Deposit);
        let withdrawals = self.withdrawals.values().cloned().map(Box::new).map(Record::Withdrawal);
        let cashiers = self.cashiers.values().cloned().map(Box::new).map(Record::Cashier);
        let others = self.for_the_auditor.0.iter().cloned();
        let of_payments = transfers.chain(deposits).chain(withdrawals).chain(cashiers);
        let of_players = sign_ups.chain(names).chain(referrals);
        let of_bets = bets.chain(waiting).chain(matches).chain(rounds);
        for record in wallets
            .chain(entries)
            .chain(of_bets)
            .chain(fundings)
            .chain(of_payments)
            .chain(of_players)
            .chain(others)
        {
            audited.record(record);
        }
        for (round, seed) in seeds {
            let seed = seed.parse().expect("a seed");
            audited.record(Record::Seed(round.clone(), seed));
        }
        let report = audited.check(Completeness::Stopped);
        report
            .violations()
            .iter()
            .map(|violation| format!("{}: {}", violation.invariant.name(), violation.sentence))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A violation must be detected, since a green run relies on this check alone.
    #[test]
    fn a_wallet_that_no_entry_explains_is_found() {
        let user = UserId::new(1).unwrap();
        let mut books = Books::default();
        assert!(books.violations().is_empty());
        let rich = Wallet { balance: "1".parse().unwrap(), version: 1, ..Wallet::empty(user) };
        books.wallets.insert(user, rich);
        assert!(!books.violations().is_empty());
    }
}
