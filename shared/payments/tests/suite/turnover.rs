//! The stakes required of a deposit: counted from the ledger, required once.

use crate::common::world::World;
use crate::common::{
    amount, deposit_of, deposit_rules, minute, old_payee, payment, rupees, wallet, withdrawal_of,
    withdrawal_rules,
};
use evens_ledger::{BalanceKind, Entry, EntryKey, Incoming, Posting, SystemAccount, UserId, WalletOwner};
use evens_payments::{
    DepositRules, OpenDepositInput, Opponents, PaymentState, PaymentsRecord, RequestWithdrawalInput,
    SettleDepositInput, Turnover, open_deposit, request_withdrawal, settle_deposit,
};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn posting(account: SystemAccount, coins: &str) -> Posting {
    let key = EntryKey::from_stored(format!("TEST:{account}:{coins}"));
    Posting { key, amount: amount(coins), account, reference: "test".to_owned() }
}

fn paid(account: SystemAccount, coins: &str) -> Entry {
    wallet("1000").debit(posting(account, coins), minute(1)).expect("there is enough").1
}

fn got(incoming: Incoming, account: SystemAccount, coins: &str) -> Entry {
    wallet("1000").credit(incoming, posting(account, coins), minute(1)).expect("it fits").1
}

fn sum_of(entries: &[Entry]) -> String {
    let mut turnover = Turnover::default();
    for entry in entries {
        turnover.count(entry, entry.account == SystemAccount::Period("drawn".to_owned()));
    }
    turnover.sum().to_string()
}

#[test]
fn stakes_of_cash_count_without_what_came_back() {
    let round = || SystemAccount::Stakes("round-1".to_owned());
    let period = || SystemAccount::Period("drawn".to_owned());
    let open = || SystemAccount::Period("open".to_owned());
    assert_eq!(sum_of(&[]), "0");
    assert_eq!(sum_of(&[paid(round(), "10"), paid(period(), "2.5")]), "12.5");
    assert_eq!(sum_of(&[got(Incoming::Refund, round(), "4"), paid(round(), "10")]), "6");
    assert_eq!(sum_of(&[got(Incoming::Refund, round(), "4")]), "0", "its stake is older");
    assert_eq!(sum_of(&[paid(open(), "10"), paid(period(), "1")]), "1", "it can still come back");
    let cancelled = [got(Incoming::Refund, open(), "10"), paid(open(), "10"), paid(round(), "1")];
    assert_eq!(sum_of(&cancelled), "1", "it came back");
    assert_eq!(sum_of(&[got(Incoming::Credit, round(), "20"), paid(round(), "10")]), "10", "what was won");
    let other = [
        paid(SystemAccount::Withdrawals, "10"),
        paid(SystemAccount::House, "10"),
        got(Incoming::Refund, SystemAccount::Withdrawals, "10"),
    ];
    assert_eq!(sum_of(&other), "0");
    let bonus = Entry { balance_kind: BalanceKind::Bonus, ..paid(period(), "10") };
    assert_eq!(sum_of(&[bonus]), "0", "nobody has brought a bonus");
}

fn opponent(number: u64) -> UserId {
    UserId::new(number).expect("a user")
}

#[test]
fn the_fourth_win_against_one_opponent_does_not_count() {
    #[rustfmt::skip]
    let table: [(&[(u64, &str)], &str); 6] = [
        (&[(2, "10"), (2, "10"), (2, "10")],               "100"),
        (&[(2, "10"), (2, "10"), (2, "10"), (2, "10")],    "80"),
        (&[(2, "10"), (2, "10"), (2, "10"), (3, "10")],    "100"),
        // The newest three wins count, whatever their stakes are.
        (&[(2, "1"), (2, "1"), (2, "1"), (2, "30")],       "40"),
        (&[(2, "1"), (2, "1"), (2, "1"), (2, "60")],       "0"),
        (&[(2, "9"), (3, "9"), (4, "9"), (5, "9")],        "100"),
    ];
    for (wins, expected) in table {
        let mut turnover = Turnover::default();
        turnover.count(&paid(SystemAccount::Stakes("round-1".to_owned()), "100"), false);
        for (user, staked) in wins {
            turnover.count_win(opponent(*user), amount(staked));
        }
        assert_eq!(turnover.sum().to_string(), expected, "{wins:?}");
        // A repeated opponent takes nothing off from stakes on house games.
        turnover.count(&paid(SystemAccount::Period("drawn".to_owned()), "7"), true);
        assert_eq!(turnover.sum(), amount(expected).checked_add(amount("7")).unwrap(), "{wins:?}");
    }
}

proptest! {
    /// Wins never raise the turnover, and take off at most twice the stakes of repetitions. The pairs that staff see
    /// are those whose stakes do not count.
    #[test]
    fn wins_take_off_repetitions_only(wins in vec((2_u64..6, 1_u64..100), 0..40)) {
        let mut turnover = Turnover::default();
        turnover.count(&paid(SystemAccount::Stakes("round-1".to_owned()), "1000"), false);
        let (mut opponents, mut by_opponent) = (Opponents::default(), BTreeMap::<u64, Vec<u64>>::new());
        for (user, staked) in wins {
            let before = turnover.sum();
            turnover.count_win(opponent(user), amount(&staked.to_string()));
            opponents.count(opponent(user), amount(&staked.to_string()));
            let of_opponent = by_opponent.entry(user).or_default();
            of_opponent.push(staked);
            let taken_off = if of_opponent.len() > 3 { 2 * staked } else { 0 };
            prop_assert_eq!(turnover.sum(), before.saturating_sub(amount(&taken_off.to_string())));
        }
        let repeated: BTreeMap<_, _> = by_opponent.into_iter().filter(|(_, wins)| wins.len() > 3).collect();
        let listed = opponents.repeated();
        prop_assert_eq!(listed.len(), repeated.len());
        for (user, meetings) in listed {
            let wins = &repeated[&user.number()];
            prop_assert_eq!(meetings.won as usize, wins.len());
            prop_assert_eq!(meetings.staked, amount(&wins.iter().sum::<u64>().to_string()));
        }
    }
}

#[test]
fn a_turnover_requirement_is_used_up_once() {
    let mut world = World::new("1000");
    let input = |world: &World, key: &str, turnover: &str| {
        let input = RequestWithdrawalInput {
            existing: None,
            owner: WalletOwner::default(),
            payee: Some(old_payee()),
            password_since: minute(-100_000),
            record: &world.record,
            wallet: &world.wallet,
            turnover: amount(turnover),
            may_bet: true,
            payout_limit: None,
        };
        request_withdrawal(&withdrawal_of(key, "10"), input, &withdrawal_rules(), minute(1))
    };
    assert!(world.write(input(&world, "nothing", "0").expect("nothing is needed")));
    world.record.turnover_needed = amount("50");
    assert!(input(&world, "less", "49.99").is_err());
    assert!(world.write(input(&world, "enough", "50").expect("it was staked")));
    assert_eq!(world.record.turnover_needed, amount("0"));
    assert!(world.write(input(&world, "again", "0").expect("nothing more is needed")));
}

/// Opens and credits a deposit of 100.
fn bring(world: &mut World, key: &str, rules: &DepositRules) {
    let input = OpenDepositInput { existing: None, owner: WalletOwner::default(), record: &world.record };
    let opened =
        open_deposit(&deposit_of(key, "100"), input, rules, minute(0)).expect("nothing stands in its way");
    let order = opened.order.clone();
    assert!(world.write(opened));
    let report = payment(order.terms.id, key, rupees("100"), PaymentState::Paid, "asked");
    let World { record, wallet, .. } = &*world;
    let input = SettleDepositInput { order: &order, record, wallet, is_blocked: false };
    let credited = settle_deposit(&report, input, rules, minute(1)).expect("it is credited");
    assert!(world.write(credited));
}

/// Otherwise a player who staked a lot after fulfilling all requirements could deposit and withdraw without playing.
#[test]
fn stakes_count_that_come_behind_the_first_deposit_that_asks_for_them() {
    let rules = DepositRules { turnover: "1".parse().expect("a factor"), ..deposit_rules() };
    let mut world = World::new("1000");
    world.wallet.version = 7;
    for (key, needed, since) in [("first", "100", 7), ("second", "200", 7)] {
        bring(&mut world, key, &rules);
        let PaymentsRecord { turnover_needed, turnover_since, .. } = world.record;
        assert_eq!((turnover_needed, turnover_since), (amount(needed), since), "{key}");
    }
    world.record.turnover_needed = amount("0");
    let behind = world.wallet.version;
    bring(&mut world, "third", &rules);
    assert_eq!((world.record.turnover_needed, world.record.turnover_since), (amount("100"), behind));
    // Without a requirement nothing is recorded.
    world.record.turnover_needed = amount("0");
    bring(&mut world, "fourth", &deposit_rules());
    assert_eq!((world.record.turnover_needed, world.record.turnover_since), (amount("0"), behind));
}
