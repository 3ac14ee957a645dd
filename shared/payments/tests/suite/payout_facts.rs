//! The facts that a cashier sees before a decision about a withdrawal, and the signs of the unusual ones.

use crate::common::world::World;
use crate::common::{
    amount, deposit_of, deposit_rules, minute, old_payee, payment, rows, rupees, user, withdrawal_of,
    withdrawal_rules,
};
use evens_ledger::WalletOwner;
use evens_payments::{
    EarlierPayout, HoldRules, IdentityStatus, OpenDepositInput, OrdersSoFar, PaymentState, PaymentsRecord,
    PayoutFacts, PayoutPayee, PayoutPlayer, PayoutSign, RequestWithdrawal, RequestWithdrawalInput,
    SettleDepositInput, Totals, WithdrawalOrder, WithdrawalState, open_deposit, request_withdrawal,
    settle_deposit,
};
use evens_players::{Account, PhoneNumber, ReferralCode};
use jiff::SignedDuration;
use strum::VariantArray;

const NOW: i64 = 100_000;
const HOUR: i64 = 60;

/// Each row is the usual player with one fact changed: ages in hours, whether the account is blocked or the phone
/// unverified, and the bank account. The usual player has been there for long, was paid before, and to this account.
const TABLE: &str = "
    player  password  is         identity  withdrawn  payee  payee-is  paid-to  signs
    _       _         _          _         _          _      _         _        -
    _       _         blocked    _         _          _      _         _        player-blocked
    167     _         _          _         _          _      _         _        new-player
    168     _         _          _         _          _      _         _        -
    _       _         unproven   _         _          _      _         _        phone-unverified
    _       23        _          _         _          _      _         _        new-password
    _       24        _          _         _          _      _         _        -
    _       _         _          refused   _          _      _         _        identity-refused
    _       _         _          pending   _          _      _         _        -
    _       _         _          _         0          _      _         _        first-payout
    _       _         _          _         _          23     _         _        new-payee
    _       _         _          _         _          24     _         _        -
    _       _         _          _         _          _      _         0        payee-never-paid
    _       _         _          _         _          _      removed   _        payee-removed
    _       _         _          _         _          _      shared    _        payee-shared
    _       _         _          _         _          _      gone      _        -
    _       _         gone       _         _          _      _         _        phone-unverified
    20      20        _          _         0          19     _         0        new-player,first-payout,new-payee,payee-never-paid
";

fn hours(cell: &str, usual: i64) -> jiff::Timestamp {
    minute(NOW - HOUR * if cell == "_" { usual } else { cell.parse().expect("hours") })
}

fn account() -> Account {
    let phone: PhoneNumber = "+919812300042".parse().expect("a number");
    let code = ReferralCode::from_random([7; 5]);
    let account = Account::register(user(42), phone, None, code, None, minute(0));
    Account { is_phone_verified: true, ..account }
}

fn facts([player, password, is, identity, withdrawn, payee, payee_is, paid_to, _]: [&str; 9]) -> PayoutFacts {
    let created_at = hours(player, 1_000);
    let account =
        Account { is_blocked: is == "blocked", is_phone_verified: is != "unproven", created_at, ..account() };
    let record = PaymentsRecord {
        identity: if identity == "_" {
            IdentityStatus::Verified
        } else {
            identity.parse().expect("a status")
        },
        totals: Totals {
            withdrawn: amount(if withdrawn == "_" { "5" } else { withdrawn }),
            ..Totals::default()
        },
        ..PaymentsRecord::empty(user(42))
    };
    let password_since = if password == player { created_at } else { hours(password, 1_000) };
    let known = PayoutPayee {
        id: "payee-1".parse().expect("an id"),
        mask: "5678".parse().expect("a mask"),
        since: hours(payee, 1_000),
        removed_at: (payee_is == "removed").then(|| minute(1)),
        shared_with: (payee_is == "shared").then(|| user(43)),
    };
    PayoutFacts {
        player: PayoutPlayer {
            account: (is != "gone").then_some((account, password_since)),
            record,
            wallet: World::new("100").wallet,
        },
        payee: (payee_is != "gone").then_some(known),
        orders: OrdersSoFar { payouts_to_payee: u32::from(paid_to == "_"), ..OrdersSoFar::default() },
    }
}

#[test]
fn unusual_facts_have_signs() {
    let mut seen = Vec::new();
    for row in rows::<9>(TABLE) {
        let signs = facts(row).signs(&HoldRules::default(), minute(NOW));
        let expected: Vec<PayoutSign> =
            row[8].split(',').filter(|sign| *sign != "-").map(|sign| sign.parse().expect("a sign")).collect();
        assert_eq!(signs, expected, "{row:?}");
        seen.extend(signs);
    }
    assert!(PayoutSign::VARIANTS.iter().all(|sign| seen.contains(sign)), "{seen:?}");
}

/// What the stage holds for longer is new for longer.
#[test]
fn a_payee_and_a_password_are_new_for_as_long_as_the_rules_say() {
    let two_days = Some(SignedDuration::from_hours(48));
    let rules = HoldRules { payee_age_min: two_days, password_age_min: two_days, ..HoldRules::default() };
    let signs = |hours: &'static str| {
        facts(["_", hours, "_", "_", "_", hours, "_", "_", "-"]).signs(&rules, minute(NOW))
    };
    assert_eq!(signs("47"), [PayoutSign::NewPassword, PayoutSign::NewPayee]);
    assert_eq!(signs("48"), []);
}

fn withdrawal(key: &str, payee: &str, taken: &str, at: i64, state: WithdrawalState) -> WithdrawalOrder {
    let world = World::new("1000");
    let asked = RequestWithdrawal { payee: payee.parse().expect("an id"), ..withdrawal_of(key, taken) };
    let input = RequestWithdrawalInput {
        existing: None,
        owner: WalletOwner::default(),
        payee: Some(old_payee()),
        password_since: minute(-100_000),
        record: &world.record,
        wallet: &world.wallet,
        turnover: amount("0"),
        may_bet: true,
        payout_limit: None,
    };
    let plan = request_withdrawal(&asked, input, &withdrawal_rules(), minute(at));
    WithdrawalOrder { state, ..plan.expect("a withdrawal").order }
}

#[test]
fn paid_orders_are_counted_and_the_newest_payout_is_named() {
    let decided = withdrawal("decided", "payee-1", "50", 9, WithdrawalState::Held);
    let mut orders = OrdersSoFar::default();
    for (key, payee, at, state) in [
        ("a", "payee-1", 1, WithdrawalState::Completed),
        ("b", "payee-2", 5, WithdrawalState::Completed),
        ("c", "payee-2", 3, WithdrawalState::Completed),
        ("d", "payee-1", 7, WithdrawalState::Returned),
        ("e", "payee-1", 8, WithdrawalState::Processing),
    ] {
        orders.count_withdrawal(&withdrawal(key, payee, "20", at, state), &decided);
    }
    // Itself, after it was paid.
    let paid = WithdrawalOrder { state: WithdrawalState::Completed, ..decided.clone() };
    orders.count_withdrawal(&paid, &decided);
    let newest = withdrawal("b", "payee-2", "20", 5, WithdrawalState::Completed);
    let expected = OrdersSoFar {
        payouts: 3,
        payouts_to_payee: 1,
        last_payout: Some(EarlierPayout {
            order: newest.terms.id,
            amount: amount("20"),
            payee: newest.payee,
            mask: None,
            requested_at: minute(5),
        }),
        ..OrdersSoFar::default()
    };
    assert_eq!(orders, expected);
}

#[test]
fn a_deposit_counts_once_the_player_has_it() {
    let mut world = World::new("0");
    let asked = deposit_of("one", "100");
    let input = OpenDepositInput { existing: None, owner: WalletOwner::default(), record: &world.record };
    let opened = open_deposit(&asked, input, &deposit_rules(), minute(0)).expect("a deposit");
    let order = opened.order.clone();
    assert!(world.write(opened));
    let mut orders = OrdersSoFar::default();
    orders.count_deposit(&order);
    assert_eq!(orders.deposits, 0, "it is not paid yet");
    let report = payment(order.terms.id, "pay-1", rupees("100"), PaymentState::Paid, "asked");
    let input =
        SettleDepositInput { order: &order, record: &world.record, wallet: &world.wallet, is_blocked: false };
    let paid = settle_deposit(&report, input, &deposit_rules(), minute(1)).expect("it is credited");
    orders.count_deposit(&paid.order);
    assert_eq!(orders.deposits, 1);
    assert!(world.write(paid));
    let facts = PayoutFacts {
        player: PayoutPlayer { account: None, record: world.record, wallet: world.wallet },
        payee: None,
        orders,
    };
    assert_eq!(facts.units_above_deposits(), 0, "what was paid in is no gain");
}

/// What the wallet has and was paid out, less what was paid in: also below zero, and with stakes of open bets.
#[test]
fn the_gain_of_a_player_is_exact() {
    let mut facts = facts(["_"; 9]);
    let totals = Totals { actual_deposit_amount: amount("1000.00000001"), withdrawn: amount("300") };
    let record = PaymentsRecord { totals, being_withdrawn: amount("200"), ..facts.player.record.clone() };
    facts.player.record = record;
    facts.player.wallet.bonus = amount("7");
    facts.player.wallet.locked = amount("3");
    let expected = amount("610").units() - amount("1000.00000001").units();
    assert_eq!(facts.units_above_deposits(), expected);
}
