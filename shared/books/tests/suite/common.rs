//! Sample records.

use evens_audit_log::{Act, Action, Actor, AuditHead, AuditLine};
use evens_idempotency::Fingerprint;
use evens_jackpots::{
    Award, JackpotConfig, JackpotGroup, JackpotTerms, OperationId, PendingWin, Pool, PoolState, Ticket, Win,
    WinCause, WinningBet,
};
use evens_ledger::{
    Amount, Digest, EntryKey, EntryPurpose, Posting, SystemAccount, Transfer, UserId, Wallet,
};
use evens_own_limits::RealityCheck;
use evens_payments::{
    Approval, Attempt, Claim, Currency, DepositOrder, DepositState, Direction, History, HistoryLine,
    HoldReason, IdentityStatus, Money, OrderId, OrderTerms, PaymentRefund, PaymentReturn, PaymentsRecord,
    ReceivedPayment, UnclaimedCause, WithdrawalOrder, WithdrawalState,
};
use evens_players::{Account, PhoneNumber, Role};
use evens_records::{DaySeal, SealedDays, SealedParts};
use jiff::Timestamp;

pub(crate) fn user(number: u64) -> UserId {
    UserId::new(number).expect("a user")
}

pub(crate) fn amount(coins: &str) -> Amount {
    coins.parse().expect("an amount")
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::new(1_795_428_000 + seconds, 500_000_000).expect("a time")
}

fn rupees(coins: &str) -> Money {
    Money::parse(amount(coins), Currency::INR).expect("an amount that can be paid")
}

/// A posting from the house or the bonus pool.
pub(crate) fn posting(order: &str, account: SystemAccount, coins: &str) -> Posting {
    let key = EntryKey::new(EntryPurpose::Fund, &[&order]);
    Posting { key, amount: amount(coins), account, reference: order.to_owned() }
}

pub(crate) fn empty() -> Wallet {
    Wallet::empty(user(42))
}

pub(crate) fn transfer(from: SystemAccount, to: SystemAccount, coins: &str) -> Transfer {
    let key = EntryKey::new(EntryPurpose::Fee, &[&"sandbox", &"2026-11-23"]);
    Transfer { key, from, to, amount: amount(coins), reference: "2026-11-23".to_owned(), at: at(0) }
}

fn terms(direction: Direction) -> OrderTerms {
    let digest = Digest::of(b"what was asked for");
    OrderTerms {
        id: OrderId::derive(direction, user(42), &"a key".parse().expect("a key")),
        user: user(42),
        money: rupees("100.50"),
        provider: "sandbox".parse().expect("a provider"),
        fingerprint: Fingerprint::from_stored(digest),
        created_at: at(0),
    }
}

/// A deposit that received more than the agreed amount, and three further payments. One is claimed for the player, one
/// was returned, and one was taken back by its payer.
pub(crate) fn deposit() -> DepositOrder {
    let payment = ReceivedPayment {
        provider: "other".parse().expect("a provider"),
        id: "=pay_1".parse().expect("an id"),
        money: rupees("101"),
        unclaimed: Some(UnclaimedCause::OtherAmount),
    };
    let claim = Claim {
        payment: "pay:2".parse().expect("an id"),
        approvals: vec![approval(700, 1), approval(701, 2)],
        is_given: true,
    };
    let returned = PaymentReturn {
        payment: ReceivedPayment { id: "pay_3".parse().expect("an id"), ..payment.clone() },
        refund: PaymentRefund { since: at(3), attempt: 1, made: None },
    };
    let taken_back = HistoryLine::own("money-taken-back pay_4 dispute_1", at(4));
    DepositOrder {
        terms: terms(Direction::Deposit),
        state: DepositState::Unclaimed,
        provider_id: Some("dep_1".parse().expect("an id")),
        payment: Some(payment),
        refund: None,
        claims: vec![claim],
        returns: vec![returned],
        agreements: Vec::new(),
        pay_until: at(1_800),
        history: History::from_stored(vec![taken_back]),
    }
}

fn approval(by: u64, seconds: i64) -> Approval {
    Approval { by: user(by), at: at(seconds) }
}

/// A withdrawal approved by two cashiers.
pub(crate) fn withdrawal() -> WithdrawalOrder {
    WithdrawalOrder {
        terms: terms(Direction::Withdrawal),
        payee: "91ab".parse().expect("an id"),
        state: WithdrawalState::Processing,
        provider_id: None,
        hold_reasons: vec![HoldReason::Large, HoldReason::FourEyes],
        approvals: vec![approval(700, 1), approval(701, 2)],
        attempt: Some(Attempt { number: 3, key_since: at(3), lease_until: at(63) }),
        resolution: None,
        failed_payouts: vec!["out_1".parse().expect("an id"), "out_2".parse().expect("an id")],
        is_paid_after_return: false,
        paid_twice: Vec::new(),
        owed_back: Vec::new(),
        history: History::default(),
    }
}

pub(crate) fn blocked_cashier() -> Account {
    let phone = PhoneNumber::parse("+919876543210", "IN".parse().expect("a country")).expect("a number");
    let code = "ABCDEFGH".parse().expect("a code");
    let account = Account::register(user(42), phone, None, code, None, at(0));
    Account { role: Role::Cashier, is_blocked: true, ..account }
}

/// The payments record of a player with a reality check.
pub(crate) fn cashier() -> PaymentsRecord {
    let every = "30".parse().expect("an interval");
    let reality_check = Some(RealityCheck { every, seen_at: at(0) });
    PaymentsRecord { reality_check, identity: IdentityStatus::Pending, ..PaymentsRecord::empty(user(42)) }
}

pub(crate) fn audit_line() -> AuditLine {
    let act = Act {
        actor: Actor::CommandLine,
        action: Action::BlockUser,
        subject: "42".to_owned(),
        reason: "a \"friend\"\nof ours".to_owned(),
        before: "open".to_owned(),
        after: "blocked".to_owned(),
    };
    AuditHead::default().next(act, at(0))
}

pub(crate) fn seal() -> DaySeal {
    let [wallets, accounts, transfers, audit_log] =
        ["wallets", "accounts", "transfers", "log"].map(|part| Digest::of(part.as_bytes()));
    let parts = SealedParts { wallets, accounts, transfers, audit_log };
    let days =
        SealedDays { last: jiff::civil::date(2026, 11, 23), after: Some(jiff::civil::date(2026, 11, 22)) };
    DaySeal { days, previous: Digest::of(b"before"), parts }
}

pub(crate) fn jackpot_config() -> JackpotConfig {
    let rates = ["0.003", "0.001"].map(|rate| rate.parse().expect("a rate"));
    let limit = Some(amount("5000"));
    let terms = JackpotTerms::new(amount("1000"), rates[0], rates[1], amount("1000000"), limit);
    JackpotConfig { group: JackpotGroup::Minor, version: 2, terms: terms.expect("terms"), since: at(0) }
}

/// A win of a bet of 10.
pub(crate) fn jackpot_win() -> Win {
    let period = "wingo-30-20261123000000042".parse().expect("a period");
    let bet = "07070707-0707-0707-0707-070707070707".parse().expect("a bet");
    Win {
        operation: OperationId::of_drawn_win(period, JackpotGroup::Minor),
        group: JackpotGroup::Minor,
        cycle: 0,
        user: user(42),
        amount: amount("1003"),
        pool_before: amount("1003"),
        refill: amount("1"),
        top_up: amount("999"),
        cause: WinCause::Drawn { period, bet, is_forced: false },
        winning: Some(WinningBet { cash: amount("10"), ticket: Ticket(0xf0), terms_version: 2 }),
        reason: String::new(),
        at: at(0),
    }
}

/// A pool from which one win was paid, and which is reserved for another one.
pub(crate) fn jackpot_pool() -> Pool {
    let award = Award {
        operation: "op-7".parse().expect("an operation"),
        group: JackpotGroup::Minor,
        user: user(42),
        requested: Some(amount("500")),
        cause: WinCause::Manual { by: user(800), agreed: Some(user(801)) },
        reason: "a birthday".to_owned(),
        at: at(0),
        must_hit_by: None,
        winning: None,
        cycle: Some(1),
    };
    let pending = PendingWin { award, start: amount("1000"), begun_at: at(5) };
    Pool {
        group: JackpotGroup::Minor,
        version: 4,
        cycle: 1,
        amount: amount("1200"),
        reserve: amount("3"),
        state: PoolState::Winning(Box::new(pending)),
        last_modified_at: at(5),
    }
}
