//! Payments for a deposit: credited once, or put into suspense; and the other ends of a deposit.

use crate::common::world::World;
use crate::common::{
    LARGEST, act, amount, deposit_of, deposit_rules, deposits_a, minute, money, or_usual, payment, rows,
    rupees, user, wallet,
};
use evens_ledger::{Amount, SystemAccount, WalletOwner};
use evens_own_limits::{EXCLUSION_MIN, PerPeriod, Period};
use evens_payments::{
    ActRefusal, Alarm, BonusRefusal, Currency, DepositOrder, DepositPlan, DepositReportRefusal, DepositRules,
    DepositState, DisputeId, DueBonus, ExpireRefusal, History, Money, OpenDepositInput, PaymentReport,
    PaymentState, ReverseRefusal, SettleDepositInput, charge_back, end_unopened, expire_deposit,
    give_first_bonus, open_deposit, refund_deposit, return_unclaimed, settle_deposit,
};
use strum::VariantArray;

fn opened() -> (World, DepositOrder) {
    let mut world = World::new("0");
    let asked = deposit_of("key-1", "100");
    let input = OpenDepositInput { existing: None, owner: WalletOwner::default(), record: &world.record };
    let plan = open_deposit(&asked, input, &deposit_rules(), minute(0)).expect("nothing stands in its way");
    let order = plan.order.clone();
    assert!(world.write(plan));
    (world, order)
}

fn settle(
    world: &World,
    report: &PaymentReport,
    is_blocked: bool,
) -> Result<DepositPlan, DepositReportRefusal> {
    let rules = DepositRules { confirm_above: Some(amount("500")), ..deposit_rules() };
    let World { record, wallet, .. } = world;
    let input = SettleDepositInput { order: &world.deposits[0], record, wallet, is_blocked };
    settle_deposit(report, input, &rules, minute(60))
}

/// The order is for 100 rupees at the sandbox provider, in the state `from`. `_` is the usual value: a payment of
/// exactly this amount, known from our own query, of a player in good order. The result is the state afterwards and the
/// destination of the money.
const PAID: &str = "
    from          report    source    player    result
    CREATED       _         callback  _         COMPLETED/wallet
    PENDING       _         callback  _         COMPLETED/wallet
    FAILED        _         callback  _         AskProvider
    FAILED        _         _         _         COMPLETED/wallet
    EXPIRED       _         _         _         COMPLETED/wallet
    PENDING       99.99     callback  _         AskProvider
    PENDING       99.99     _         _         UNCLAIMED/suspense
    CREATED       100.01    _         _         UNCLAIMED/suspense
    EXPIRED       100.01    _         _         UNCLAIMED/suspense
    PENDING       foreign   _         _         UNCLAIMED/nowhere
    PENDING       provider  _         _         PENDING/suspense
    PENDING       order     _         _         PENDING/suspense
    PENDING       _         callback  blocked   AskProvider
    PENDING       _         _         blocked   UNCLAIMED/suspense
    PENDING       _         _         excluded  UNCLAIMED/suspense
    PENDING       _         _         full      UNCLAIMED/suspense
    PENDING       _         _         limited   COMPLETED/wallet
    FAILED        _         _         limited   UNCLAIMED/suspense
    EXPIRED       _         _         limited   UNCLAIMED/suspense
    COMPLETED     _         callback  _         AskProvider
    COMPLETED     _         _         _         COMPLETED/suspense
    UNCLAIMED     _         _         _         UNCLAIMED/suspense
    RETURNED      _         _         _         RETURNED/suspense
    REFUNDED      _         _         _         REFUNDED/suspense
    DISPUTED      _         _         _         DISPUTED/suspense
    CHARGED_BACK  _         _         _         CHARGED_BACK/suspense
    PENDING       open      _         _         NothingNew
    CREATED       open      _         _         PENDING/nowhere
    CREATED       failed    callback  _         FAILED/nowhere
    PENDING       failed    _         _         FAILED/nowhere
    COMPLETED     failed    _         _         COMPLETED/nowhere
    FAILED        failed    _         _         FAILED/nowhere
";

fn report(order: &DepositOrder, text: &str, source: &str) -> PaymentReport {
    let exact =
        payment(order.terms.id, "pay-1", order.terms.money, PaymentState::Paid, or_usual(source, "asked"));
    match text {
        "_" => exact,
        "foreign" => PaymentReport { money: money("100", Currency::EUR), ..exact },
        "provider" => PaymentReport { provider: crate::common::provider("other"), ..exact },
        "order" => PaymentReport { reference: deposit_of("key-2", "100").order, ..exact },
        "open" => PaymentReport { state: PaymentState::Open, ..exact },
        "failed" => PaymentReport { state: PaymentState::Failed, ..exact },
        text => PaymentReport { money: rupees(text), ..exact },
    }
}

fn result(before: &World, outcome: Result<DepositPlan, DepositReportRefusal>) -> String {
    let plan = match outcome {
        Ok(plan) => plan,
        Err(refusal) => return format!("{refusal:?}"),
    };
    let mut world = before.clone();
    assert!(world.write(plan.clone()));
    let moved = |account| world.account(&account) != before.account(&account);
    let suspense = ["sandbox", "other"].map(|name| SystemAccount::Suspense(crate::common::provider(name)));
    let went_to = if world.wallet != before.wallet {
        "wallet"
    } else if suspense.into_iter().any(moved) {
        "suspense"
    } else {
        "nowhere"
    };
    let reserved = world.record.deposits.day.reserved;
    assert_eq!(!reserved.is_zero(), plan.order.state.is_reserved(), "its place in the limits");
    format!("{}/{went_to}", plan.order.state)
}

#[test]
fn each_payment_is_credited_or_set_aside() {
    for row @ [from, text, source, player, expected] in rows(PAID) {
        let (mut world, order) = opened();
        world.deposits[0].state = from.parse().expect("a state");
        if !world.deposits[0].state.is_reserved() {
            world.record.deposits = PerPeriod::default();
        }
        match player {
            "excluded" => {
                world.record =
                    world.record.exclude(minute(0) + EXCLUSION_MIN, minute(0)).expect("long enough");
            }
            "full" => world.wallet = wallet(LARGEST),
            "limited" => {
                world.record = world.record.ask_limit(deposits_a(Period::Day), Some(amount("99")), minute(0));
            }
            _ => {}
        }
        let outcome = settle(&world, &report(&order, text, source), player == "blocked");
        if let Ok(plan) = &outcome {
            let added = &plan.order.history.lines()[order.history.lines().len()..];
            assert_eq!(added.len(), 1, "{row:?}");
            assert!(text == "open" || added[0].cause.ends_with("pay-1"), "{row:?} {added:?}");
        }
        assert_eq!(result(&world, outcome), expected, "{row:?}");
    }
}

/// E3: for any number of reports, and for any order of the writes.
#[test]
fn a_payment_is_taken_once() {
    let (mut world, order) = opened();
    let paid = report(&order, "_", "callback");
    let plan = settle(&world, &paid, false).expect("it is credited");
    assert!(world.write(plan.clone()));
    assert!(!world.write(plan), "by a reading of before");
    assert_eq!(settle(&world, &paid, false), Err(DepositReportRefusal::NothingNew));
    let second = payment(order.terms.id, "pay-2", order.terms.money, PaymentState::Paid, "asked");
    let plan = settle(&world, &second, false).expect("it is set aside");
    assert_eq!(plan.alarm, Some(Alarm::MoneyUnclaimed));
    assert!(world.write(plan));
    assert_eq!(settle(&world, &second, false), Err(DepositReportRefusal::NothingNew));
    let own = world.deposits[0].payment.as_ref().map(|own| own.id.as_str());
    assert_eq!((world.wallet.balance, own), (amount("100"), Some("pay-1")));
    assert_eq!(world.account(&SystemAccount::Suspense(crate::common::provider("sandbox"))), 10_000_000_000);
}

/// Only its history line shows that it was already taken. Without the line, each repeat would try a movement that
/// already exists.
#[test]
fn a_second_payment_is_known_however_much_happens_after_it() {
    let (mut world, order) = opened();
    let paid = settle(&world, &report(&order, "_", "callback"), false).expect("it is credited");
    assert!(world.write(paid));
    let (id, agreed) = (order.terms.id, order.terms.money);
    let second = |number| payment(id, &format!("second-{number}"), agreed, PaymentState::Paid, "asked");
    let failed = |number| payment(id, &format!("failed-{number}"), agreed, PaymentState::Failed, "callback");
    for number in 0..40 {
        for report in [second(number), failed(number)] {
            let plan = settle(&world, &report, false).expect("it is noted");
            assert!(world.write(plan), "{report:?}");
        }
    }
    for number in 0..40 {
        let again = settle(&world, &second(number), false);
        assert_eq!(again, Err(DepositReportRefusal::NothingNew), "{number}");
    }
    let lines = world.deposits[0].history.lines();
    let (of_money, others): (Vec<_>, Vec<_>) = lines.iter().partition(|line| line.cause.starts_with("paid "));
    assert_eq!((of_money.len(), others.len()), (41, History::LENGTH_MAX));
    assert_eq!(
        (others[0].cause.as_str(), others[15].cause.as_str()),
        ("opened", "failure-reported failed-39")
    );
    assert_eq!(settle(&world, &failed(39), false), Err(DepositReportRefusal::NothingNew));
}

#[test]
fn a_large_callback_is_asked_about() {
    let (mut world, order) = opened();
    let asks = Err(DepositReportRefusal::AskProvider);
    let table = [
        ("500", "callback", Ok(DepositState::Completed)),
        ("500.01", "callback", asks),
        ("500.01", "asked", Ok(DepositState::Completed)),
    ];
    for (coins, source, expected) in table {
        world.deposits[0].terms.money = rupees(coins);
        let paid = PaymentReport { money: rupees(coins), ..report(&order, "_", source) };
        let settled = settle(&world, &paid, false).map(|plan| plan.order.state);
        assert_eq!(settled, expected, "{coins} {source}");
    }
}

/// All permutations of this many items.
fn orders_of(things: usize) -> Vec<Vec<usize>> {
    (0..things).fold(vec![Vec::new()], |orders, thing| {
        let with = |order: &Vec<usize>, place: usize| {
            let mut longer = order.clone();
            longer.insert(place, thing);
            longer
        };
        orders
            .iter()
            .flat_map(|order| (0..=order.len()).map(|place| with(order, place)).collect::<Vec<_>>())
            .collect()
    })
}

/// True reports, one of them twice, and false ones. If a callback alone is not conclusive, the provider is queried and
/// reports the one payment that it has.
#[test]
fn in_each_of_720_orders_of_six_events_a_deposit_is_credited_once() {
    let rules = DepositRules { confirm_above: Some(Amount::ZERO), ..deposit_rules() };
    let (start, order) = opened();
    let of = |id: &str, paid: Money, state, source| payment(order.terms.id, id, paid, state, source);
    let (succeeded, failed) = (PaymentState::Paid, PaymentState::Failed);
    let has = of("pay-1", rupees("100"), succeeded, "asked");
    let events = [
        of("pay-1", rupees("100"), succeeded, "callback"),
        of("pay-1", rupees("100"), succeeded, "callback"),
        of("pay-1", rupees("100"), failed, "callback"),
        of("pay-1", rupees("10000"), succeeded, "callback"),
        of("pay-2", rupees("100"), succeeded, "callback"),
        of("pay-1", money("100", Currency::EUR), succeeded, "callback"),
    ];
    let orders = orders_of(events.len());
    assert_eq!(orders.len(), 720);
    for order in orders {
        let mut world = start.clone();
        for place in &order {
            let settled = |world: &World, report: &PaymentReport| {
                let World { record, wallet, deposits, .. } = world;
                let input = SettleDepositInput { order: &deposits[0], record, wallet, is_blocked: false };
                settle_deposit(report, input, &rules, minute(60))
            };
            let plan = match settled(&world, &events[*place]) {
                Err(DepositReportRefusal::AskProvider) => settled(&world, &has),
                other => other,
            };
            match plan {
                Ok(plan) => assert!(world.write(plan), "{order:?}"),
                Err(refusal) => assert_eq!(refusal, DepositReportRefusal::NothingNew, "{place} of {order:?}"),
            }
        }
        assert_eq!(world.wallet.balance, amount("100"), "{order:?}");
        assert_eq!(world.deposits[0].state, DepositState::Completed, "{order:?}");
    }
}

#[test]
fn a_credit_is_written_whole() {
    let (world, order) = opened();
    let rules = DepositRules {
        first_bonus: amount("25"),
        is_first_followed: false,
        turnover: "1.5".parse().expect("a factor"),
        ..deposit_rules()
    };
    let World { record, wallet, .. } = &world;
    let input = SettleDepositInput { order: &order, record, wallet, is_blocked: false };
    let told = report(&order, "_", "callback");
    let plan = settle_deposit(&told, input, &rules, minute(60)).expect("credited");
    assert_eq!(
        (order.provider_id, plan.order.provider_id),
        (None, Some(told.id)),
        "it asks for this one later"
    );
    let posted = plan.posted.expect("an entry");
    assert_eq!(posted.entry.key.to_string(), format!("DEPOSIT:{}", order.terms.id));
    assert_eq!(
        (posted.entry.account, posted.wallet.balance),
        (order.terms.provider_account(), amount("100"))
    );
    let record = plan.record.expect("it changes");
    assert_eq!((record.deposits.day.reserved, record.deposits.day.used), (amount("0"), amount("100")));
    assert_eq!((record.totals.actual_deposit_amount, record.turnover_needed), (amount("100"), amount("150")));
    let due = record.bonus_due.expect("a bonus");
    assert_eq!((record.first_deposit, due.amount), (Some(order.terms.id), amount("25")));
    assert_eq!((plan.transfer, plan.alarm), (None, None));
}

/// E4: once per user, and only for a deposit that was not taken back.
#[test]
fn the_first_deposit_earns_a_bonus_once() {
    let (mut world, order) = opened();
    assert_eq!(give_first_bonus(&world.record, &world.wallet, minute(1)), Err(BonusRefusal::NotDue));
    let paid = settle(&world, &report(&order, "_", "asked"), false).expect("credited");
    assert!(world.write(paid));
    world.record.bonus_due = Some(DueBonus { amount: amount("25"), since: minute(0) });
    let plan = give_first_bonus(&world.record, &world.wallet, minute(1)).expect("it is due");
    assert_eq!(plan.posted.as_ref().expect("an entry").entry.key.to_string(), "BONUS:DEP:42");
    assert!(world.write(plan));
    assert_eq!((world.wallet.bonus, world.record.has_received_first_bonus), (amount("25"), true));
    assert_eq!(give_first_bonus(&world.record, &world.wallet, minute(2)), Err(BonusRefusal::GivenBefore));
    let World { record, wallet, deposits, .. } = &world;
    let refund = refund_deposit(&deposits[0], record, wallet, &act(1, minute(2)), minute(2));
    assert_eq!(refund, Err(ReverseRefusal::BonusGiven));
}

/// If only the referrer gets a bonus, nothing moves for the player, and the step counts as done.
#[test]
fn a_first_deposit_is_followed_by_no_bonus_of_the_players_own() {
    for (is_first_followed, due) in [(true, Some(Amount::ZERO)), (false, None)] {
        let (world, order) = opened();
        let rules = DepositRules { is_first_followed, ..deposit_rules() };
        let World { record, wallet, deposits, .. } = &world;
        let input = SettleDepositInput { order: &deposits[0], record, wallet, is_blocked: false };
        let plan = settle_deposit(&report(&order, "_", "asked"), input, &rules, minute(1)).expect("credited");
        let credited = plan.record.expect("it changes");
        assert_eq!(credited.bonus_due.map(|due| due.amount), due);
        let Some(_) = due else { continue };
        let plan = give_first_bonus(&credited, wallet, minute(2)).expect("it is due");
        assert_eq!((plan.posted, plan.record.bonus_due), (None, None));
        assert!(!plan.record.has_received_first_bonus);
        assert_eq!(give_first_bonus(&plan.record, wallet, minute(3)), Err(BonusRefusal::NotDue));
    }
}

#[test]
fn an_open_deposit_expires_after_the_provider_was_asked() {
    let (world, order) = opened();
    let paid = report(&order, "_", "asked");
    let zone = deposit_rules().zone;
    let expire = |found: &[PaymentReport], at| {
        expire_deposit(&world.deposits[0], &world.record, found, &zone, minute(at))
    };
    assert_eq!(expire(&[], 29), Err(ExpireRefusal::NotDue { pay_until: minute(30) }));
    assert_eq!(expire(std::slice::from_ref(&paid), 30), Err(ExpireRefusal::PaymentFound(Box::new(paid))));
    let plan = expire(&[report(&order, "open", "asked")], 30).expect("it is time");
    assert_eq!(plan.order.state, DepositState::Expired);
    assert_eq!(plan.record.expect("it gives its place up").deposits.day.reserved, amount("0"));
    let closed = DepositOrder { state: DepositState::Completed, ..order };
    let again = expire_deposit(&closed, &world.record, &[], &zone, minute(30));
    assert_eq!(again, Err(ExpireRefusal::NotOpen(DepositState::Completed)));
}

/// Once the provider has it, or another process may have called, a refusal is not conclusive.
#[test]
fn a_deposit_whose_opening_is_refused_fails_and_gives_its_place_up() {
    for state in DepositState::VARIANTS {
        let (world, order) = opened();
        let order = DepositOrder { state: *state, ..order };
        let plan = end_unopened(&order, &world.record, &deposit_rules().zone, minute(1));
        assert_eq!(plan.is_some(), *state == DepositState::Created, "{state}");
        let Some(plan) = plan else { continue };
        assert_eq!(plan.order.state, DepositState::Failed);
        let record = plan.record.expect("it gives its place up");
        assert_eq!((record.deposits.day.reserved, record.open_deposits), (amount("0"), 0));
    }
}

#[test]
fn a_cashier_gives_back_what_the_player_still_has() {
    #[rustfmt::skip]
    let table = [
        // state                 by  balance   outcome
        (DepositState::Pending,   42, "99.99", Some(ReverseRefusal::InState(DepositState::Pending))),
        (DepositState::Completed, 42, "99.99", Some(ReverseRefusal::Act(ActRefusal::OwnOrder))),
        (DepositState::Completed, 1,  "99.99", Some(ReverseRefusal::Spent(evens_ledger::InsufficientBalance {
            balance: amount("99.99"), amount: amount("100"),
        }))),
        (DepositState::Completed, 1,  "100",   None),
    ];
    let (world, order) = opened();
    for (state, by, balance, expected) in table {
        let order = DepositOrder { state, ..order.clone() };
        let outcome = refund_deposit(&order, &world.record, &wallet(balance), &act(by, minute(1)), minute(1));
        assert_eq!(outcome.err(), expected, "{state} {by} {balance}");
    }
}

/// Money that was spent before it was taken back is owed, and all withdrawals of the player are reviewed.
#[test]
fn a_charge_back_of_spent_money_is_owed() {
    #[rustfmt::skip]
    let table = [
        // balance  afterwards  owed
        ("0",       "0",        "100"),
        ("30",      "0",        "70"),
        ("100",     "0",        "0"),
        ("130",     "30",       "0"),
    ];
    let dispute: DisputeId = "dispute-1".parse().expect("an id");
    for (balance, left, owed) in table {
        let (world, order) = opened();
        let order = DepositOrder { state: DepositState::Completed, ..order };
        let plan =
            charge_back(&order, &dispute, &world.record, &wallet(balance), minute(1)).expect("taken back");
        let record = plan.record.expect("it changes");
        let is_owed = owed != "0";
        assert_eq!((record.owed, record.is_held), (amount(owed), is_owed), "{balance}");
        assert_eq!(plan.alarm.is_some(), is_owed);
        let posted = plan.posted.map(|posted| (posted.entry.key.to_string(), posted.wallet.balance));
        assert_eq!(posted, (balance != "0").then(|| ("CHARGEBACK:dispute-1".to_owned(), amount(left))));
        let transfer =
            plan.transfer.map(|transfer| (transfer.key.to_string(), transfer.from, transfer.amount));
        let receivable = SystemAccount::Receivable(user(42));
        let expected = ("CHARGEBACK-OWED:dispute-1".to_owned(), receivable, amount(owed));
        assert_eq!(transfer, is_owed.then_some(expected));
        assert_eq!(charge_back(&plan.order, &dispute, &world.record, &wallet("0"), minute(1)), None);
    }
}

/// A bonus that is due for the first deposit is forfeited with it, and with no other deposit.
#[test]
fn a_charge_back_of_the_first_deposit_takes_its_bonus() {
    let dispute: DisputeId = "dispute-1".parse().expect("an id");
    let due = Some(DueBonus { amount: amount("25"), since: minute(0) });
    for (is_first, left) in [(true, None), (false, due)] {
        let (mut world, order) = opened();
        let other = deposit_of("another", "100").order;
        world.record.first_deposit = Some(if is_first { order.terms.id } else { other });
        world.record.bonus_due = due;
        let order = DepositOrder { state: DepositState::Completed, ..order };
        let taken = charge_back(&order, &dispute, &world.record, &wallet("100"), minute(1));
        assert_eq!(taken.and_then(|plan| plan.record).expect("it changes").bonus_due, left, "{is_first}");
        let returned = refund_deposit(&order, &world.record, &wallet("100"), &act(1, minute(1)), minute(1));
        assert_eq!(returned.expect("it goes back").record.expect("it changes").bonus_due, left, "{is_first}");
    }
}

#[test]
fn unclaimed_money_goes_back_once() {
    let (mut world, order) = opened();
    let plan = settle(&world, &report(&order, "7", "asked"), false).expect("it is set aside");
    assert!(world.write(plan));
    let plan = return_unclaimed(&world.deposits[0], &act(1, minute(2)), minute(2)).expect("it is there");
    let transfer = plan.transfer.clone().expect("out of suspense");
    assert_eq!((transfer.key.to_string(), transfer.amount), ("SUSPENSE-OUT:pay-1".to_owned(), amount("7")));
    assert!(world.write(plan));
    assert_eq!(world.account(&SystemAccount::Suspense(crate::common::provider("sandbox"))), 0);
    let again = return_unclaimed(&world.deposits[0], &act(1, minute(2)), minute(2));
    assert_eq!(again, Err(ReverseRefusal::InState(DepositState::Returned)));
    assert_eq!(world.wallet.balance, Amount::ZERO);
}
