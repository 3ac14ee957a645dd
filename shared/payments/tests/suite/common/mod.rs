//! Short names for values that the tests often use, and the usual orders of one player.

pub(crate) mod world;

use evens_ledger::{
    Amount, Digest, EntryKey, Incoming, Posting, ProviderName, SystemAccount, UserId, Wallet,
};
use evens_own_limits::{LimitId, LimitKind, Period};
use evens_payments::{
    CashierAct, Currency, DepositRules, Direction, HoldRules, Money, OpenDeposit, OrderId, PayeeSnapshot,
    PaymentReport, PaymentState, PayoutReport, PayoutState, ReportSource, RequestWithdrawal, TurnoverFactor,
    WithdrawalRules,
};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// The largest amount that a wallet can hold.
pub(crate) const LARGEST: &str = "99999999999999999999.99999999";

/// Rules without holds, under which two cashiers decide about every amount.
pub(crate) const FOUR_EYES: HoldRules = HoldRules {
    four_eyes_above: Some(Amount::ZERO),
    amount_from: None,
    payee_age_min: None,
    password_age_min: None,
    recovered_for: HoldRules::RECOVERED_FOR,
    first_withdrawal: false,
    open_max: None,
    day_sum_max: None,
    identity_above: None,
};

pub(crate) fn amount(text: &str) -> Amount {
    text.parse().expect("an amount")
}

pub(crate) fn rupees(text: &str) -> Money {
    money(text, Currency::INR)
}

pub(crate) fn money(text: &str, currency: Currency) -> Money {
    Money::parse(amount(text), currency).expect("an amount that can be paid")
}

pub(crate) fn user(number: u64) -> UserId {
    UserId::new(number).expect("a player's number")
}

/// This many minutes after the start of 2026-11-02 (UTC), a Monday.
pub(crate) fn minute(minutes: i64) -> Timestamp {
    let start: Timestamp = "2026-11-02T00:00:00Z".parse().expect("a time");
    start + SignedDuration::from_mins(minutes)
}

pub(crate) fn provider(name: &str) -> ProviderName {
    name.parse().expect("a provider's name")
}

/// The order of player 42 under this key.
pub(crate) fn order_id(direction: Direction, key: &str) -> OrderId {
    OrderId::derive(direction, user(42), &key.parse().expect("a key"))
}

/// The wallet of player 42, credited with this amount by the house.
pub(crate) fn wallet(balance: &str) -> Wallet {
    let empty = Wallet::empty(user(42));
    let posting = Posting {
        key: EntryKey::from_stored(format!("TEST:{balance}")),
        amount: amount(balance),
        account: SystemAccount::House,
        reference: "test".to_owned(),
    };
    empty.credit(Incoming::Credit, posting, minute(0)).expect("it fits").0
}

/// Settings without limits: deposits of 10 to 1,000, no bonus.
pub(crate) fn deposit_rules() -> DepositRules {
    DepositRules {
        is_open: true,
        amount_min: amount("10"),
        amount_max: amount("1000"),
        pay_within: SignedDuration::from_mins(30),
        zone: TimeZone::UTC,
        confirm_above: None,
        first_bonus: Amount::ZERO,
        is_first_followed: false,
        turnover: TurnoverFactor::default(),
        identity_above: None,
    }
}

/// Settings without holds: withdrawals of 10 and more.
pub(crate) fn withdrawal_rules() -> WithdrawalRules {
    WithdrawalRules {
        is_open: true,
        amount_min: amount("10"),
        holds: HoldRules::default(),
        confirm_above: None,
        zone: TimeZone::UTC,
    }
}

/// A request of player 42 for a deposit in rupees.
pub(crate) fn deposit_of(key: &str, brought: &str) -> OpenDeposit {
    OpenDeposit {
        order: order_id(Direction::Deposit, key),
        user: user(42),
        money: rupees(brought),
        provider: provider("sandbox"),
        barred: None,
        session_epoch: 0,
    }
}

/// A request of player 42 for a withdrawal in rupees.
pub(crate) fn withdrawal_of(key: &str, taken: &str) -> RequestWithdrawal {
    RequestWithdrawal {
        order: order_id(Direction::Withdrawal, key),
        user: user(42),
        money: rupees(taken),
        payee: "payee-1".parse().expect("an id"),
        provider: provider("sandbox"),
        session_epoch: 0,
    }
}

/// A payee that was added long ago.
pub(crate) fn old_payee() -> PayeeSnapshot {
    PayeeSnapshot { since: minute(-100_000), usable_from: minute(-90_000) }
}

/// An act of a cashier with a reason and a new login.
pub(crate) fn act(by: u64, now: Timestamp) -> CashierAct {
    CashierAct { by: user(by), logged_in_at: now, reason: "looked at it".parse().expect("a reason") }
}

/// Parses the source of a report in a table.
pub(crate) fn source(text: &str) -> ReportSource {
    match text {
        "asked" => ReportSource::Asked,
        "callback" => ReportSource::Callback(Digest::of(b"a callback")),
        _ => panic!("no source is called {text}"),
    }
}

pub(crate) fn payment(of: OrderId, id: &str, paid: Money, state: PaymentState, from: &str) -> PaymentReport {
    PaymentReport {
        provider: provider("sandbox"),
        id: id.parse().expect("an id"),
        reference: of,
        money: paid,
        state,
        at: None,
        source: source(from),
    }
}

pub(crate) fn payout(of: OrderId, id: &str, paid: Money, state: PayoutState, from: &str) -> PayoutReport {
    PayoutReport {
        provider: provider("sandbox"),
        id: id.parse().expect("an id"),
        reference: of,
        money: paid,
        state,
        at: None,
        source: source(from),
    }
}

/// The rows of a table in a test: its lines without the header, each split at white space.
pub(crate) fn rows<const COLUMNS: usize>(table: &str) -> Vec<[&str; COLUMNS]> {
    let lines = table.lines().filter(|line| !line.trim().is_empty()).skip(1);
    let cells = lines.map(|line| line.split_whitespace().collect::<Vec<_>>());
    cells.map(|cells| cells.try_into().expect("one cell for each column")).collect()
}

/// The value of a cell, where `_` means the usual value.
pub(crate) fn or_usual<'a>(cell: &'a str, usual: &'a str) -> &'a str {
    if cell == "_" { usual } else { cell }
}

/// The limit on deposits for this period.
pub(crate) fn deposits_a(period: Period) -> LimitId {
    LimitId { kind: LimitKind::Deposits, period }
}
