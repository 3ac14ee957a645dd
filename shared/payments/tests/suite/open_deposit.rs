//! Opening a deposit: the order of the refusals, and the writes if there is none.

use crate::common::{amount, deposit_of, deposit_rules, deposits_a, minute, or_usual, rows, rupees};
use evens_ledger::WalletOwner;
use evens_own_limits::{EXCLUSION_MIN, Period, PlayBarrier};
use evens_payments::{
    DepositOrder, DepositPlan, DepositRules, DepositState, OpenDeposit, OpenDepositInput, OpenDepositRefusal,
    PaymentsRecord, open_deposit,
};

/// Each row is the row above with one fault repaired, so the table proves the precedence.
///
/// The session of an `ended` player was ended, and so was that of a `blocked` one, by the block. An exclusion register
/// lists both, and a `barred` player. It gives no answer about an `unsure` one. `taken` is the sum of the player's
/// deposits today, under a limit of 500 a day. An `unknown` player must be identified above 499. `_` is the usual
/// value: a new key, an account in good order, deposits accepted, no exclusion, 100, no open deposits, nothing
/// deposited today.
const TABLE: &str = "
    key    account  deposits  player    amount  open  taken  outcome
    same   ended    off       excluded  9       20    500    SessionEnded
    _      ended    off       excluded  9       20    500    SessionEnded
    same   blocked  off       excluded  9       20    500    OpenedBefore
    other  blocked  off       excluded  9       20    500    AccountBlocked
    other  barred   off       excluded  9       20    500    KeyUsedForAnotherBody
    _      barred   off       excluded  9       20    500    Barred
    _      unsure   off       excluded  9       20    500    Barred
    _      _        off       excluded  9       20    500    DepositsOff
    _      _        _         excluded  9       20    500    Excluded
    _      _        _         _         9       20    500    TooSmall
    _      _        _         _         1001    20    500    TooLarge
    _      _        _         _         10      20    500    TooManyOpen
    _      _        _         _         10      19    500    OverLimit
    _      _        _         unknown   10      _     500    OverLimit
    _      _        _         unknown   10      _     490    IdentityMissing
    _      _        _         _         10      _     490    Opened
    same   _        _         unknown   _       _     500    OpenedBefore
    same   barred   _         _         _       _     _      OpenedBefore
    _      _        _         _         100     _     401    OverLimit
    _      _        _         _         100     _     400    Opened
    _      _        _         _         501     _     _      OverLimit
    _      _        _         _         500     _     _      Opened
    _      _        _         _         1000    _     _      OverLimit
";

fn name(outcome: &Result<DepositPlan, OpenDepositRefusal>) -> &'static str {
    match outcome {
        Ok(_) => "Opened",
        Err(OpenDepositRefusal::SessionEnded) => "SessionEnded",
        Err(OpenDepositRefusal::OpenedBefore(_)) => "OpenedBefore",
        Err(OpenDepositRefusal::AccountBlocked) => "AccountBlocked",
        Err(OpenDepositRefusal::KeyUsedForAnotherBody) => "KeyUsedForAnotherBody",
        Err(OpenDepositRefusal::Barred(_)) => "Barred",
        Err(OpenDepositRefusal::DepositsOff) => "DepositsOff",
        Err(OpenDepositRefusal::Excluded { .. }) => "Excluded",
        Err(OpenDepositRefusal::TooSmall { .. }) => "TooSmall",
        Err(OpenDepositRefusal::TooLarge { .. }) => "TooLarge",
        Err(OpenDepositRefusal::TooManyOpen) => "TooManyOpen",
        Err(OpenDepositRefusal::OverLimit(_)) => "OverLimit",
        Err(OpenDepositRefusal::IdentityMissing(_)) => "IdentityMissing",
    }
}

fn open(asked: &OpenDeposit, record: &PaymentsRecord) -> DepositPlan {
    let input = OpenDepositInput { existing: None, owner: WalletOwner::default(), record };
    open_deposit(asked, input, &deposit_rules(), minute(1)).expect("nothing stands in its way")
}

fn existing(key: &str, asked: &OpenDeposit) -> Option<DepositOrder> {
    let earlier = match key {
        "_" => return None,
        "same" => OpenDeposit { barred: None, ..asked.clone() },
        "other" => OpenDeposit { money: rupees("11"), barred: None, ..asked.clone() },
        _ => panic!("no key is called {key}"),
    };
    let input = OpenDepositInput {
        existing: None,
        owner: WalletOwner::default(),
        record: &PaymentsRecord::empty(asked.user),
    };
    let rules = DepositRules { amount_min: amount("0"), amount_max: amount("1e6"), ..deposit_rules() };
    Some(open_deposit(&earlier, input, &rules, minute(0)).expect("it was opened").order)
}

fn check(
    [key, account, deposits, player, brought, open_deposits, taken, _]: [&str; 8],
) -> Result<DepositPlan, OpenDepositRefusal> {
    let barred = match account {
        "barred" | "blocked" | "ended" => Some(PlayBarrier::Excluded),
        "unsure" => Some(PlayBarrier::Unknown),
        _ => None,
    };
    let asked = OpenDeposit { barred, ..deposit_of("key-1", or_usual(brought, "100")) };
    let mut record = PaymentsRecord::empty(asked.user);
    if taken != "_" {
        record = open(&deposit_of("key-0", taken), &record).record.expect("it is reserved");
    }
    record = record.ask_limit(deposits_a(Period::Day), Some(amount("500")), minute(0));
    if player == "excluded" {
        record = record.exclude(minute(0) + EXCLUSION_MIN, minute(0)).expect("long enough");
    }
    record.open_deposits = or_usual(open_deposits, "0").parse().expect("a number");
    let existing = existing(key, &asked);
    let owner = WalletOwner {
        is_blocked: account == "blocked",
        session_epoch: u64::from(["blocked", "ended"].contains(&account)),
        ..WalletOwner::default()
    };
    let input = OpenDepositInput { existing: existing.as_ref(), owner, record: &record };
    let identity_above = (player == "unknown").then(|| amount("499"));
    let rules = DepositRules { is_open: deposits != "off", identity_above, ..deposit_rules() };
    open_deposit(&asked, input, &rules, minute(2))
}

#[test]
fn refusals_have_their_order() {
    for row in rows(TABLE) {
        assert_eq!(name(&check(row)), row[7], "{row:?}");
    }
}

#[test]
fn an_opened_deposit_is_written_whole() {
    let asked = deposit_of("key-1", "100");
    let plan = open(&asked, &PaymentsRecord::empty(asked.user));
    assert_eq!((plan.read, plan.posted, plan.transfer, plan.alarm), (None, None, None, None));
    let order = plan.order;
    assert_eq!(
        (order.state, order.terms.id, order.terms.money),
        (DepositState::Created, asked.order, asked.money)
    );
    assert_eq!((order.terms.created_at, order.pay_until), (minute(1), minute(31)));
    let record = plan.record.expect("its place in the limits");
    assert_eq!((record.revision, record.deposits.day.reserved), (1, amount("100")));
    assert_eq!(record.deposits.month.starts_on.to_string(), "2026-11-01");
    assert_eq!(record.totals.actual_deposit_amount, amount("0"));
}

/// The limit with the least left is reported, and past periods do not count.
#[test]
fn the_lowest_limit_applies() {
    let day = 24 * 60;
    #[rustfmt::skip]
    let table = [
        // asked at (a Monday)   amount  refused by
        (0,                      "100",  None),
        (1,                      "201",  Some((Period::Day, "200"))),
        (day,                    "301",  Some((Period::Day, "300"))),
        (day,                    "300",  None),
        (2 * day,                "201",  Some((Period::Week, "100"))),
        (2 * day,                "100",  None),
        (7 * day,                "300",  None),
        (8 * day,                "200",  Some((Period::Month, "100"))),
        (29 * day,               "300",  None),
    ];
    let mut record = PaymentsRecord::empty(deposit_of("key", "10").user);
    for (period, limit) in [(Period::Day, "300"), (Period::Week, "500"), (Period::Month, "900")] {
        record = record.ask_limit(deposits_a(period), Some(amount(limit)), minute(0));
    }
    for (at, brought, refused) in table {
        let asked = deposit_of(&format!("key-{at}-{brought}"), brought);
        let input = OpenDepositInput { existing: None, owner: WalletOwner::default(), record: &record };
        let outcome = open_deposit(&asked, input, &deposit_rules(), minute(at));
        let actual = match &outcome {
            Err(OpenDepositRefusal::OverLimit(over)) => Some((over.period, over.left)),
            Ok(_) => None,
            Err(other) => panic!("{other:?}"),
        };
        assert_eq!(actual, refused.map(|(period, left)| (period, amount(left))), "{at} {brought}");
        if let Some(after) = outcome.ok().and_then(|plan| plan.record) {
            record = after;
        }
    }
}

/// The day's sum starts anew at midnight, but the limit stays.
#[test]
fn a_limit_that_is_raised_before_midnight_is_no_higher_after_it() {
    let (day, asked_at) = (deposits_a(Period::Day), 24 * 60 - 1);
    let record =
        PaymentsRecord::empty(crate::common::user(42)).ask_limit(day, Some(amount("100")), minute(0));
    let mut record = record.ask_limit(day, Some(amount("1000")), minute(asked_at));
    let outcome = |record: &PaymentsRecord, coins: &str, at: i64| {
        let input = OpenDepositInput { existing: None, owner: WalletOwner::default(), record };
        name(&open_deposit(&deposit_of("key-1", coins), input, &deposit_rules(), minute(at)))
    };
    #[rustfmt::skip]
    let table = [
        // amount  minutes after request   confirmed  outcome
        ("100",    0,                      false,     "Opened"),
        ("101",    0,                      false,     "OverLimit"),
        ("100",    2,                      false,     "Opened"),
        ("101",    2,                      true,      "OverLimit"),
        ("101",    24 * 60 - 1,            true,      "OverLimit"),
        ("101",    24 * 60,                false,     "OverLimit"),
        ("1000",   24 * 60,                true,      "Opened"),
    ];
    for (coins, after, is_confirmed, expected) in table {
        let at = asked_at + after;
        if is_confirmed && let Ok(confirmed) = record.confirm_limit(day, minute(at)) {
            record = confirmed;
        }
        assert_eq!(outcome(&record, coins, at), expected, "{coins} after {after} minutes");
    }
}
