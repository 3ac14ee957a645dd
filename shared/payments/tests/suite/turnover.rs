//! The stakes required of a deposit: counted from the ledger, required once.

use crate::common::world::World;
use crate::common::{
    amount, deposit_of, deposit_rules, minute, old_payee, payment, rupees, wallet, withdrawal_of,
    withdrawal_rules,
};
use evens_ledger::{BalanceKind, Entry, EntryKey, Incoming, Posting, SystemAccount};
use evens_payments::{
    DepositRules, OpenDepositInput, PaymentState, PaymentsRecord, RequestWithdrawalInput, SettleDepositInput,
    Turnover, open_deposit, request_withdrawal, settle_deposit,
};

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

#[test]
fn a_turnover_requirement_is_used_up_once() {
    let mut world = World::new("1000");
    let input = |world: &World, key: &str, turnover: &str| {
        let input = RequestWithdrawalInput {
            existing: None,
            is_blocked: false,
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
    let input = OpenDepositInput { existing: None, is_blocked: false, record: &world.record };
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
