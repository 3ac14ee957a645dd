//! The final checks: the auditor's invariants over the table, registrations, and the answers to clients.

use crate::attributes;
use crate::blocks;
use crate::clients::urls_of;
use crate::game_answers;
use crate::plan::Plan;
use crate::process::backlog;
use crate::provider::{self, OurBooks, OurPayouts, OurReturns};
use crate::violation::Violation;
use crate::world::World;
use evens_audit::{Books, Completeness, Fundings};
use evens_contracts::Queue;
use evens_ledger::{Amount, Entry, UserId};
use evens_payments::{DepositState, OrderId};
use evens_place_bet::RoundOpener;
use evens_players::{Account, Referral, Registration};
use evens_records::Record;
use evens_runtime::{Context, Settings};
use evens_simulated_table::item::text;
use evens_store::{ScanPace, Store};
use evens_verify::{Findings, HistoryVerification, MovedVerification};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// The reason why the system still has pending work, or `None` (M6).
pub(crate) fn unrest(world: &World) -> Option<String> {
    for queue in Queue::ALL {
        let left = backlog(world, &urls_of(queue).main);
        if left > 0 {
            return Some(format!("The queue {} still holds {left} messages.", queue.name()));
        }
    }
    let state = world.lock();
    let place = |item| format!("{}/{}", text(item, "pk"), text(item, "sk"));
    if let Some(waiting) = state.table.of_kind("waiting").next() {
        return Some(format!("A bet is still unmatched: {}.", place(waiting)));
    }
    let unended =
        |item: &&evens_simulated_table::item::Item| !["SETTLED", "VOID"].contains(&text(item, "state"));
    if let Some(found) = state.table.of_kind("match").find(unended) {
        return Some(format!("A match has not ended: {} is {}.", place(found), text(found, "state")));
    }
    // A registration may wait forever for a first deposit.
    let ends = [Registration::Done, Registration::DepositDue].map(Registration::as_str);
    let owed = |item: &&evens_simulated_table::item::Item| !ends.contains(&text(item, "registration"));
    if let Some(found) = state.table.of_kind("account").find(owed) {
        return Some(format!(
            "A registration has not ended: {} is {}.",
            place(found),
            text(found, "registration")
        ));
    }
    if let Some(sentence) = game_answers::unended_period(&state.table) {
        return Some(sentence);
    }
    // An open round is in the index until its latest closing time. Players and ended rounds are listed there by time.
    let is_listed = |place: &str| {
        ["PLAYERS#", "ROUND-CLOSED#", "ROUND-CANCELLED#"].iter().any(|list| place.starts_with(list))
    };
    let is_unfinished = |item: &&evens_simulated_table::item::Item| {
        item.contains_key("unfinished_pk")
            && !is_listed(text(item, "unfinished_pk"))
            && text(item, "state") != "OPEN"
    };
    // A deposit is in the index as long as a payment may arrive, and the clock never stops opening periods.
    let is_other =
        |item: &&evens_simulated_table::item::Item| !["order", "period"].contains(&text(item, "kind"));
    let mut others = state.table.all().filter(is_other);
    let indexed = others.find(is_unfinished);
    indexed.map(|item| format!("Something is still listed as unfinished: {}.", place(item)))
}

/// The data that is checked beside the auditor's books.
#[derive(Default)]
struct Players {
    accounts: Vec<Account>,
    referrals: Vec<Referral>,
    entries: BTreeMap<String, Entry>,
    deposits: OurBooks,
    withdrawals: OurPayouts,
    returns: OurReturns,
    /// Players' first deposits, and the states of deposits.
    first_deposits: BTreeMap<UserId, OrderId>,
    deposit_states: BTreeMap<OrderId, DepositState>,
}

/// Checks everything that must hold at the end.
pub(crate) async fn check(world: &World, store: &Store, plan: &Plan) -> Vec<Violation> {
    let (mut found, players) = audit(store, Completeness::Ended).await;
    found.extend(players.check(&plan.settings));
    found.extend(players.missing_first_bonuses(plan.provider.first_bonus()));
    let state = world.lock();
    found.extend(state.answers.check(&state.table));
    found.extend(blocks::check(&state.table));
    found.extend(attributes::check(&state.table));
    found.extend(provider::check(&state.provider, &players.deposits));
    found.extend(provider::check_lists(&state.table));
    found.extend(provider::check_payouts(&state, &players.withdrawals));
    found.extend(provider::check_returns(&state, &players.returns));
    if plan.rounds_opened_by == RoundOpener::Operators {
        // Round names are valuable, so no bet may create a round.
        let squatted = state.table.of_kind("round").filter(|round| !round.contains_key("opened_by"));
        let sentence = |round| format!("The round {} was opened by a bet.", text(round, "round"));
        found.extend(squatted.map(|round| Violation::new("squat", sentence(round))));
    }
    found
}

/// Violations that the hourly check finds, which reads only recent movements: here those of the whole run.
pub(crate) async fn check_moved(world: &World, auditor: &Context) -> Vec<Violation> {
    let run = SignedDuration::from_millis(i64::try_from(world.elapsed_ms()).unwrap_or(i64::MAX));
    let verification = MovedVerification {
        store: &auditor.store,
        clock: &auditor.clock,
        pace: ScanPace::WITHOUT_RESTS,
        fundings: Fundings::Permitted,
        since: world.now().saturating_sub(run).unwrap_or(Timestamp::UNIX_EPOCH),
        sealed: None,
        days: None,
    };
    match verification.run().await {
        Ok(found) => violations_of(&found),
        Err(fault) => vec![Violation::new("defect", format!("The movements cannot be checked: {fault}."))],
    }
}

/// Violations that the check of the history finds, which reads small parts of each ledger.
pub(crate) async fn check_history(auditor: &Context) -> Vec<Violation> {
    let verification = HistoryVerification {
        store: &auditor.store,
        fundings: Fundings::Permitted,
        page: 50,
        entries_max: 10,
    };
    match verification.run(auditor.clock.now()).await {
        Ok((_, found)) => violations_of(&found),
        Err(fault) => vec![Violation::new("defect", format!("The history cannot be checked: {fault}."))],
    }
}

fn violations_of(found: &Findings) -> Vec<Violation> {
    let unreadable = found.unreadable.iter().map(|sentence| Violation::new("defect", sentence.clone()));
    let violations = found.report.violations().iter();
    let violations =
        violations.map(|violation| Violation::new(violation.invariant.name(), violation.sentence.clone()));
    violations.chain(unreadable).collect()
}

/// Checks everything that must hold after each commit.
pub(crate) async fn check_in_mid_run(store: &Store) -> Vec<Violation> {
    audit(store, Completeness::Stopped).await.0
}

/// Violations of the auditor's invariants, and the data that the auditor does not check.
async fn audit(store: &Store, completeness: Completeness) -> (Vec<Violation>, Players) {
    let (mut books, mut players, mut found) = (Books::new(), Players::default(), Vec::new());
    let scanned = store.scan(|record| match record {
        Ok(record) => take_in(record, &mut books, &mut players),
        Err(error) => found.push(Violation::new("defect", format!("An item cannot be read: {error}."))),
    });
    let scanned = scanned.await;
    if let Err(error) = scanned {
        found.push(Violation::new("defect", format!("The table cannot be read: {error}.")));
    }
    let report = books.check(completeness);
    found.extend(
        report
            .violations()
            .iter()
            .map(|violation| Violation::new(violation.invariant.name(), violation.sentence.clone())),
    );
    (found, players)
}

fn take_in(record: Record, books: &mut Books, players: &mut Players) {
    players.deposits.take_in(&record);
    players.withdrawals.take_in(&record);
    players.returns.take_in(&record);
    match &record {
        Record::Deposit(deposit) => {
            players.deposit_states.insert(deposit.terms.id, deposit.state);
        }
        Record::Cashier(cashier) => {
            // A player who excludes themselves gives up the bonus.
            let first = cashier.first_deposit.filter(|_| cashier.exclusion.is_none());
            players.first_deposits.extend(first.map(|first| (cashier.user, first)));
        }
        Record::Entry(entry) => drop(players.entries.insert(entry.key.to_string(), entry.clone())),
        Record::Account(account) => players.accounts.push(account.clone()),
        Record::Referral(edge) => players.referrals.push(*edge),
        _ => {}
    }
    books.record(record);
}

impl Players {
    /// A player whose first deposit was credited and not reversed must have the first-deposit bonus, if one is set.
    fn missing_first_bonuses(&self, amount: Amount) -> Vec<Violation> {
        let is_missing = |(user, first): &(&UserId, &OrderId)| {
            let state = self.deposit_states.get(first);
            let stays = matches!(state, Some(DepositState::Completed | DepositState::Disputed));
            stays && !amount.is_zero() && !self.entries.contains_key(&format!("BONUS:DEP:{user}"))
        };
        let missing = self.first_deposits.iter().filter(is_missing);
        let sentence = |user| format!("User {user} made a first deposit, but has no bonus for it.");
        missing.map(|(user, _)| Violation::new("M3", sentence(user))).collect()
    }

    /// A referral bonus that waits for a deposit must not have been given, and no lasting deposit may have been
    /// credited.
    fn unpaid_referral(&self, user: UserId) -> Option<Violation> {
        let first = self.first_deposits.get(&user);
        let state = first.and_then(|first| self.deposit_states.get(first));
        let is_earned = matches!(state, Some(DepositState::Completed | DepositState::Disputed));
        let is_given = self.entries.contains_key(&format!("BONUS:REF:{user}"));
        let sentence = || {
            format!(
                "The bonus for referring user {user} is waiting for a deposit, but the first one is {state:?}."
            )
        };
        (is_earned || is_given).then(|| Violation::new("M3", sentence()))
    }

    /// Each player has the bonus once, and a referral if their code has an owner.
    fn check(&self, settings: &Settings) -> Vec<Violation> {
        let mut found = Vec::new();
        let by_code: BTreeMap<_, _> =
            self.accounts.iter().map(|account| (account.referral_code, account.user)).collect();
        let mut brought: BTreeMap<UserId, u64> = BTreeMap::new();
        for account in &self.accounts {
            let user = account.user;
            let mut expect = |key: String, of: UserId, amount, why: &str| {
                let entry = self.entries.get(&key);
                let is_right = entry.is_some_and(|entry| entry.user == of && entry.amount == amount);
                if !is_right {
                    found.push(Violation::new(
                        "M3",
                        format!("User {user} {why}: the entry {key} is {entry:?}."),
                    ));
                }
            };
            if !settings.players.registration_bonus.is_zero() {
                expect(
                    format!("BONUS:REG:{user}"),
                    user,
                    settings.players.registration_bonus,
                    "has signed up",
                );
            }
            let referrer = account.referred_by.and_then(|code| by_code.get(&code)).filter(|of| **of != user);
            if account.referrer != referrer.copied() {
                let (is, expected) = (account.referrer, referrer);
                found.push(Violation::new(
                    "M3",
                    format!("User {user} is referred by {is:?}, not by {expected:?}."),
                ));
            }
            let Some(referrer) = referrer else { continue };
            *brought.entry(*referrer).or_default() += 1;
            let edges =
                self.referrals.iter().filter(|edge| edge.referred == user && edge.referrer == *referrer);
            let edges = edges.count();
            if edges != 1 {
                found.push(Violation::new(
                    "M3",
                    format!("The referral of {user} by {referrer} has {edges} edges."),
                ));
            }
            if account.registration == Registration::DepositDue {
                found.extend(self.unpaid_referral(user));
            } else if !settings.players.referral_bonus.is_zero() {
                let (key, amount) =
                    (format!("BONUS:REF:{user}"), settings.players.referral_bonus.of_level(1));
                let entry = self.entries.get(&key);
                if entry.is_none_or(|entry| entry.user != *referrer || entry.amount != amount) {
                    found.push(Violation::new("M3", format!("The entry {key} of {referrer} is {entry:?}.")));
                }
            }
        }
        for account in &self.accounts {
            let expected = brought.get(&account.user).copied().unwrap_or_default();
            let (user, counted) = (account.user, account.direct_referral_count);
            if counted != expected {
                let sentence = format!("User {user} counts {counted} referrals, but has {expected}.");
                found.push(Violation::new("M3", sentence));
            }
        }
        found
    }
}
