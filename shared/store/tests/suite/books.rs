//! The books: checks that the table's content keeps M1 to M5, without any knowledge of how it was written.

use evens_draws::Seed;
use evens_exchange::{Bet, Match, MatchId, MatchState, Round, Side, UnmatchedBet};
use evens_idempotency::BetId;
use evens_ledger::{
    BalanceKind, Digest, Entry, EntryKey, EntryPurpose, Invariant, SystemAccount, UserId, Wallet,
};
use evens_payments::Payee;
use evens_players::{Account, Referral, Registration};
use evens_records::Record;
use evens_store::{ScanPace, Store, StoreError};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::ControlFlow;

#[derive(Debug, Default, PartialEq)]
pub(crate) struct Books {
    pub(crate) wallets: HashMap<UserId, Wallet>,
    pub(crate) entries: BTreeMap<(UserId, u64), Entry>,
    pub(crate) bets: HashMap<BetId, Bet>,
    pub(crate) waiting: HashMap<BetId, UnmatchedBet>,
    pub(crate) matches: HashMap<MatchId, Match>,
    pub(crate) rounds: Vec<Round>,
    pub(crate) seeds: Vec<(evens_exchange::RoundId, Seed)>,
    pub(crate) fundings: usize,
    pub(crate) accounts: HashMap<UserId, evens_players::Account>,
    pub(crate) referrals: BTreeMap<(UserId, UserId), Referral>,
    pub(crate) orders: crate::order_books::OrderBooks,
    pub(crate) games: crate::game_books::GameBooks,
    pub(crate) jackpots: crate::jackpot_books::JackpotBooks,
}

/// Reads the whole table and panics if an invariant is broken.
pub(crate) async fn check(store: &Store) -> Books {
    let books = Books::read(store).await;
    books.check_chains();
    books.check_one_effect();
    books.check_stakes_at_risk();
    books.check_locked();
    books.check_matches();
    books.check_bets();
    books.check_seeds();
    books.check_accounts();
    books.orders.check(&books);
    books.games.check(&books);
    books.jackpots.check(&books);
    check_without_secrets(store).await;
    books
}

/// A scheduled scan finds the same records, in one segment or in several, except secrets and records on which nothing
/// depends.
async fn check_without_secrets(store: &Store) {
    let sorted = |mut records: Vec<String>| {
        records.sort_unstable();
        records
    };
    let mut all = Vec::new();
    let each = |record| all.extend(without_secrets(record));
    store.scan(each).await.expect("the table can be read");
    let all = sorted(all);
    let one_by_one = ScanPace { segments: 1, page: 3, rests: 1 };
    for pace in [one_by_one, ScanPace { segments: 3, page: 1_000, rests: 0 }] {
        let mut seen = Vec::new();
        let each = |record| {
            seen.extend(without_secrets(record));
            ControlFlow::Continue(())
        };
        store.scan_books(pace, each).await.expect("the table can be read");
        assert_eq!(sorted(seen), all, "{pace:?}");
    }
}

/// The part of a record that a scan without secrets shows.
fn without_secrets(record: Result<Record, StoreError>) -> Option<String> {
    let seen = match record.expect("no item is corrupt") {
        Record::Seed(..) | Record::PeriodSeed(..) | Record::Aside => return None,
        Record::Payee(payee) => Record::Payee(Box::new(Payee { sealed: String::new(), ..*payee })),
        Record::Account(account) => Record::Account(Account {
            name: None,
            picture: None,
            is_phone_verified: false,
            last_login: None,
            ..account
        }),
        other => other,
    };
    Some(format!("{seen:?}"))
}

impl Books {
    pub(crate) async fn read(store: &Store) -> Self {
        let mut books = Self::default();
        let scanned = store.scan(|record| books.add(record.expect("no item is corrupt"))).await;
        scanned.expect("the table can be read");
        books
    }

    fn add(&mut self, record: Record) {
        let is_new = match record {
            Record::Wallet(wallet) => self.wallets.insert(wallet.user, wallet).is_none(),
            Record::Entry(entry) => self.entries.insert((entry.user, entry.number), entry).is_none(),
            Record::Bet(bet) => self.bets.insert(bet.id, bet).is_none(),
            Record::Waiting(waiting) => self.waiting.insert(waiting.bet, waiting).is_none(),
            Record::Match(bet_match) => self.matches.insert(bet_match.id, bet_match).is_none(),
            Record::Round(round) => {
                self.rounds.push(round);
                true
            }
            Record::Seed(round, seed) => {
                self.seeds.push((round, seed));
                true
            }
            Record::Funding(_) => {
                self.fundings += 1;
                true
            }
            Record::Account(account) => self.accounts.insert(account.user, account).is_none(),
            Record::Referral(edge) => self.referrals.insert((edge.referrer, edge.referred), edge).is_none(),
            Record::Transfer(transfer) => self.orders.add_transfer(transfer),
            Record::Deposit(order) => self.orders.add_deposit(*order),
            Record::Withdrawal(order) => self.orders.add_withdrawal(*order),
            Record::Cashier(record) => self.orders.add_cashier(*record),
            Record::OrderPlace(place) => self.orders.add_place(place),
            Record::GameBet(bet) => self.games.bets.insert(bet.id, *bet).is_none(),
            Record::Period(period) => self.games.periods.insert(period.id, *period).is_none(),
            Record::ArchivedPeriod(period) => self.games.archived.insert(period.id, *period).is_none(),
            Record::PeriodShard(shard) => {
                self.games.shards.push(shard);
                true
            }
            Record::PeriodSeed(id, seed) => self.games.seeds.insert(id, seed).is_none(),
            Record::PeriodResult(id, drawn) => self.games.results.insert(id, drawn).is_none(),
            Record::Jackpot(record) => self.jackpots.add(*record),
            Record::Payee(_)
            | Record::PayeeOwner(..)
            | Record::AuditLine(_)
            | Record::AuditHead(_)
            | Record::Access(..)
            | Record::Settings(_)
            | Record::PlayLimits(..)
            | Record::Name(..)
            | Record::Visit(_)
            | Record::Seal(_)
            | Record::Switches(_)
            | Record::Aside => true,
        };
        assert!(is_new, "a scan hands out each item once");
    }

    /// The balance of a system account in units, derived from the entries and transfers.
    pub(crate) fn account_units(&self, account: &SystemAccount) -> i128 {
        let entries = self.entries.values().filter(|entry| entry.account == *account);
        self.orders.transferred_units(account) - entries.map(Entry::units_signed).sum::<i128>()
    }

    /// The entries of a purpose, which is the prefix of their keys.
    pub(crate) fn entries_of(&self, purpose: &str) -> Vec<&Entry> {
        let prefix = format!("{purpose}:");
        self.entries.values().filter(|entry| entry.key.as_str().starts_with(&prefix)).collect()
    }

    /// M2 and M4: each wallet is explained by its chain of entries.
    fn check_chains(&self) {
        let rule = Invariant::M4LedgerExplainsWallet;
        let empty = |wallet: &Wallet| Wallet { locked: wallet.locked, ..Wallet::empty(wallet.user) };
        let mut explained: HashMap<UserId, Wallet> =
            self.wallets.iter().map(|(user, wallet)| (*user, empty(wallet))).collect();
        for entry in self.entries.values() {
            let wallet = explained.get_mut(&entry.user);
            let wallet = wallet.unwrap_or_else(|| panic!("{rule:?}: no wallet has {entry:?}"));
            match wallet.follow(entry) {
                Ok(after) => *wallet = after,
                Err(fault) => panic!("{rule:?}: {fault}: {entry:?}"),
            }
        }
        assert_eq!(explained, self.wallets, "{rule:?}");
    }

    /// M3: no key has moved money twice.
    fn check_one_effect(&self) {
        let mut keys: HashSet<&EntryKey> = HashSet::new();
        for entry in self.entries.values() {
            assert!(keys.insert(&entry.key), "{:?}: {entry:?}", Invariant::M3OneEffect);
        }
        assert_eq!(self.entries_of("FUND").len(), self.fundings, "{:?}", Invariant::M3OneEffect);
    }

    /// M1: the stakes at risk of a round by its entries are those of its bets.
    fn check_stakes_at_risk(&self) {
        let mut at_risk: HashMap<SystemAccount, i128> = HashMap::new();
        for bet in self.bets.values() {
            *at_risk.entry(SystemAccount::Stakes(bet.round.to_string())).or_default() += units_at_risk(bet);
        }
        let accounts = self.entries.values().map(|entry| &entry.account);
        for account in accounts.filter(|account| matches!(account, SystemAccount::Stakes(_))) {
            let by_bets = at_risk.get(account).copied().unwrap_or_default();
            assert_eq!(self.account_units(account), by_bets, "{:?}: {account}", Invariant::M1Conservation);
        }
    }

    /// The locked amount of a wallet is the sum at risk of its bets.
    fn check_locked(&self) {
        let mut locked: HashMap<UserId, i128> = HashMap::new();
        for bet in self.bets.values() {
            *locked.entry(bet.user).or_default() += units_at_risk(bet);
        }
        for wallet in self.wallets.values() {
            let by_bets = locked.get(&wallet.user).copied().unwrap_or_default();
            assert_eq!(wallet.locked.units(), by_bets, "locked of user {}", wallet.user);
        }
    }

    /// M5: a match joins two bets of one round, one on each side, of different users.
    fn check_matches(&self) {
        for bet_match in self.matches.values() {
            let rule = Invariant::M5MatchedValueIsEqual;
            assert!(!bet_match.amount.is_zero(), "{rule:?}: {bet_match:?}");
            assert_ne!(bet_match.user_a, bet_match.user_b, "{rule:?}: {bet_match:?}");
            assert_eq!(bet_match.id, MatchId::derive(bet_match.bet_a, bet_match.bet_b));
            for side in Side::ALL {
                let bet = &self.bets[&bet_match.bet(side)];
                let found = (bet.side, bet.user, &bet.round);
                assert_eq!(found, (side, bet_match.user(side), &bet_match.round), "{rule:?}: {bet_match:?}");
            }
        }
    }

    /// Every part of every stake is where the bet says: unmatched, matched, settled or refunded.
    fn check_bets(&self) {
        for bet in self.bets.values() {
            let parts = self.parts_by_items(bet);
            let at_risk = units_at_risk(bet);
            assert_eq!(parts.settled, bet.settled.units(), "settled of {bet:?}");
            assert_eq!(parts.paid, bet.paid.units(), "paid of {bet:?}");
            assert_eq!(parts.refunded, bet.refunded.units(), "refunded of {bet:?}");
            assert_eq!(parts.open + parts.matched, at_risk, "at risk of {bet:?}");
            let debit =
                self.entries.values().find(|entry| entry.key == EntryKey::new(EntryPurpose::Bet, &[&bet.id]));
            let debit = debit.expect("every bet was paid for");
            assert_eq!((debit.amount, debit.balance_after), (bet.stake.amount(), bet.balance_after));
        }
        assert_eq!(self.entries_of("BET").len(), self.bets.len(), "every stake has its bet");
        assert!(self.waiting.keys().all(|id| self.bets.contains_key(id)), "what waits is a bet");
    }

    fn parts_by_items(&self, bet: &Bet) -> Parts {
        let mut parts = Parts::default();
        if let Some(waiting) = self.waiting.get(&bet.id) {
            let place = (waiting.user, &waiting.round, waiting.side, waiting.placed_at);
            assert_eq!(place, (bet.user, &bet.round, bet.side, bet.placed_at), "{bet:?}");
            assert!(!waiting.open.is_zero(), "something waits: {waiting:?}");
            parts.open = waiting.open.units();
        }
        for bet_match in self.matches.values().filter(|found| found.bet(bet.side) == bet.id) {
            let units = bet_match.amount.units();
            match bet_match.state {
                MatchState::Joined | MatchState::Drawn(_) => parts.matched += units,
                MatchState::Void => parts.refunded += units,
                MatchState::Settled(outcome) => {
                    parts.settled += units;
                    parts.paid += if outcome.winner == bet.side { 2 * units } else { 0 };
                }
            }
        }
        let refund = EntryKey::new(EntryPurpose::Refund, &[&bet.id]);
        let refunds = self.entries.values().filter(|entry| entry.key == refund);
        parts.refunded += refunds.map(|entry| entry.amount.units()).sum::<i128>();
        parts
    }

    /// Each account has its wallet, its count is the number of its edges, and its bonuses were given as its state says.
    fn check_accounts(&self) {
        for account in self.accounts.values() {
            assert!(self.wallets.contains_key(&account.user), "{account:?} has no wallet");
            let referred = self.referrals.keys().filter(|(referrer, _)| *referrer == account.user);
            assert_eq!(referred.count() as u64, account.direct_referral_count, "{account:?}");
            let edges: Vec<_> =
                self.referrals.keys().filter(|(_, referred)| *referred == account.user).collect();
            let referrers: Vec<_> = edges.iter().map(|(referrer, _)| Some(*referrer)).collect();
            assert_eq!(referrers, account.referrer.map(Some).into_iter().collect::<Vec<_>>(), "{account:?}");
        }
        for entry in self.entries_of("BONUS") {
            let mut parts = entry.key.as_str().split(':').skip(1);
            let [what, whose] = [(); 2].map(|()| parts.next().expect("a part"));
            let level: u32 = parts.next().map_or(1, |level| level.parse().expect("a level"));
            let whose = whose.parse().expect("a player's number");
            if what == "DEP" {
                let found = (entry.user, entry.balance_kind, self.orders.has_received_first_bonus(whose));
                assert_eq!(found, (whose, BalanceKind::Bonus, true), "{entry:?}");
                continue;
            }
            let account = &self.accounts[&whose];
            let (paid_to, step) = match what {
                "REG" => (Some(account.user), Registration::BonusDue),
                "REF" => (self.above(account, level), Registration::ReferralBonusDue),
                _ => panic!("{entry:?}"),
            };
            assert_eq!((paid_to, entry.balance_kind), (Some(entry.user), BalanceKind::Bonus), "{entry:?}");
            let steps = Registration::ALL.into_iter();
            let is_owed = steps.skip_while(|known| *known != account.registration).any(|known| known == step);
            assert!(!is_owed, "{:?}: {entry:?} and {account:?}", Invariant::M3OneEffect);
        }
    }

    /// The user at a level above a player in the referral tree.
    fn above(&self, account: &Account, level: u32) -> Option<UserId> {
        (1..level).try_fold(account.referrer?, |user, _| self.accounts[&user].referrer)
    }

    /// M7: each round has the secret whose hash it shows.
    fn check_seeds(&self) {
        let hashes: HashMap<_, Digest> =
            self.seeds.iter().map(|(round, seed)| (round, seed.hash())).collect();
        assert_eq!(hashes.len(), self.rounds.len(), "{:?}", Invariant::M7DrawWasFixed);
        for round in &self.rounds {
            assert_eq!(hashes.get(&round.id), Some(&round.seed_hash), "{:?}", Invariant::M7DrawWasFixed);
        }
    }
}

/// The parts of a stake in units, according to all items except the bet itself.
#[derive(Default)]
struct Parts {
    open: i128,
    matched: i128,
    settled: i128,
    refunded: i128,
    paid: i128,
}

fn units_at_risk(bet: &Bet) -> i128 {
    bet.stake.amount().units() - bet.settled.units() - bet.refunded.units()
}
