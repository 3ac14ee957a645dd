//! Short names for the common steps of tests about orders. There are no holds and no limits, unless a test sets them.

use crate::payees::payee_of;
use crate::raw::{Item, number, text};
use crate::scenario::{amount, second, user};
use evens_ledger::ProviderName;
use evens_payments::{
    CashierAct, Currency, DepositOrder, DepositPlan, DepositReportRefusal, DepositRules, Direction,
    HoldReason, HoldRules, Money, OpenDeposit, OrderId, OrderTerms, Payee, PaymentReport, PaymentState,
    PayoutReport, PayoutReportRefusal, PayoutState, PayoutTiming, ReportSource, RequestWithdrawal,
    TurnoverFactor, WithdrawalOrder, WithdrawalPlan, WithdrawalRules, claim_payout, settle_deposit,
    settle_payout,
};
use evens_store::{OrderOutcome, Store, WithdrawalFacts};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

pub(crate) fn rupees(coins: &str) -> Money {
    Money::parse(amount(coins), Currency::INR).expect("an amount that can be paid")
}

pub(crate) fn sandbox() -> ProviderName {
    "sandbox".parse().expect("a provider's name")
}

/// Includes a bonus of 25 for the first deposit.
pub(crate) fn deposit_rules() -> DepositRules {
    DepositRules {
        is_open: true,
        amount_min: amount("1"),
        amount_max: amount("10000"),
        pay_within: SignedDuration::from_mins(30),
        zone: TimeZone::UTC,
        confirm_above: None,
        first_bonus: amount("25"),
        is_first_followed: false,
        turnover: TurnoverFactor::default(),
        identity_above: None,
    }
}

pub(crate) fn withdrawal_rules() -> WithdrawalRules {
    WithdrawalRules {
        is_open: true,
        amount_min: amount("1"),
        holds: HoldRules::default(),
        confirm_above: None,
        zone: TimeZone::UTC,
    }
}

/// Rules by which a cashier reviews every withdrawal.
pub(crate) fn holding_rules() -> WithdrawalRules {
    let holds = HoldRules { amount_from: Some(amount("1")), ..HoldRules::default() };
    WithdrawalRules { holds, ..withdrawal_rules() }
}

pub(crate) fn deposit_of(player: u64, key: &str, coins: &str) -> OpenDeposit {
    OpenDeposit {
        order: OrderId::derive(Direction::Deposit, user(player), &key.parse().expect("a key")),
        user: user(player),
        money: rupees(coins),
        provider: sandbox(),
        barred: None,
        session_epoch: 0,
    }
}

pub(crate) fn withdrawal_of(player: u64, key: &str, coins: &str) -> RequestWithdrawal {
    RequestWithdrawal {
        order: OrderId::derive(Direction::Withdrawal, user(player), &key.parse().expect("a key")),
        user: user(player),
        money: rupees(coins),
        payee: old_payee(player).id,
        provider: sandbox(),
        session_epoch: 0,
    }
}

/// A payee that the player has had for a long time.
fn old_payee(player: u64) -> Payee {
    let (since, usable_from) = (second(-2_000_000), second(-1_000_000));
    Payee { since, usable_from, ..payee_of(player, &format!("bank-{player}")) }
}

/// Gives a player the payee of [`withdrawal_of`].
pub(crate) async fn give_payee(store: &Store, player: u64) {
    store.add_payee(&old_payee(player)).await.expect("a payee");
}

/// Facts of a player whose password is old.
pub(crate) fn facts() -> WithdrawalFacts {
    WithdrawalFacts { password_since: second(-2_000_000), may_bet: true, payout_limit: None }
}

/// A report of a payment for the deposit, from our own query.
pub(crate) fn payment(order: &DepositOrder, id: &str) -> PaymentReport {
    PaymentReport {
        provider: sandbox(),
        id: id.parse().expect("an id"),
        reference: order.terms.id,
        money: order.terms.money,
        state: PaymentState::Paid,
        at: None,
        source: ReportSource::Asked,
    }
}

/// A report of a payout from the provider's current record.
pub(crate) fn payout(order: &WithdrawalOrder, state: PayoutState) -> PayoutReport {
    PayoutReport {
        provider: sandbox(),
        id: "payout-1".parse().expect("an id"),
        reference: order.terms.id,
        money: order.terms.money,
        state,
        at: None,
        source: ReportSource::Asked,
    }
}

/// An act of a cashier who has just logged in.
pub(crate) fn act(by: u64, now: Timestamp) -> CashierAct {
    CashierAct { by: user(by), logged_in_at: now, reason: "looked at it".parse().expect("a reason") }
}

pub(crate) async fn opened(store: &Store, player: u64, key: &str, coins: &str, at: i64) -> DepositOrder {
    let asked = deposit_of(player, key, coins);
    let opened = store.open_deposit(&asked, &deposit_rules(), second(at)).await.expect("a deposit");
    opened.expect("nothing stands in its way")
}

pub(crate) type Settled = OrderOutcome<DepositOrder, DepositReportRefusal>;

/// Applies a report of a payment.
pub(crate) async fn report(store: &Store, report: &PaymentReport, at: i64) -> Settled {
    let (now, rules) = (second(at), deposit_rules());
    let changed =
        store.change_deposit(report.reference, now, |input| settle_deposit(report, input, &rules, now));
    changed.await.expect("a change")
}

/// The plan of an outcome, which must be a change.
pub(crate) fn planned<Order: std::fmt::Debug, Refusal: std::fmt::Debug>(
    outcome: OrderOutcome<Order, Refusal>,
) -> evens_payments::Plan<Order> {
    let OrderOutcome::Changed(plan) = outcome else { panic!("nothing was changed: {outcome:?}") };
    *plan
}

/// Opens a deposit, and pays it two seconds later.
pub(crate) async fn credited(store: &Store, player: u64, key: &str, coins: &str, at: i64) -> DepositOrder {
    let order = opened(store, player, key, coins, at).await;
    let paid = payment(&order, &format!("pay-{player}-{key}"));
    planned(report(store, &paid, at + 2).await).order
}

/// Changes a deposit by a rule that must succeed.
pub(crate) async fn changed<Refusal: std::fmt::Debug>(
    store: &Store,
    order: &DepositOrder,
    at: i64,
    rule: impl Fn(evens_payments::SettleDepositInput<'_>, Timestamp) -> Result<DepositPlan, Refusal>,
) -> DepositPlan {
    let now = second(at);
    planned(store.change_deposit(order.terms.id, now, |input| rule(input, now)).await.expect("a change"))
}

/// Changes a withdrawal by a rule that must succeed.
pub(crate) async fn moved<Refusal: std::fmt::Debug>(
    store: &Store,
    order: &WithdrawalOrder,
    at: i64,
    rule: impl Fn(evens_payments::SettlePayoutInput<'_>, Timestamp) -> Result<WithdrawalPlan, Refusal>,
) -> WithdrawalPlan {
    let now = second(at);
    planned(store.change_withdrawal(order.terms.id, now, |input| rule(input, now)).await.expect("a change"))
}

pub(crate) async fn requested(
    store: &Store,
    player: u64,
    key: &str,
    coins: &str,
    at: i64,
) -> WithdrawalOrder {
    requested_by(store, &withdrawal_rules(), player, key, coins, at).await
}

/// Requests a withdrawal that is held for a cashier.
pub(crate) async fn held(store: &Store, player: u64, key: &str, coins: &str, at: i64) -> WithdrawalOrder {
    let order = requested_by(store, &holding_rules(), player, key, coins, at).await;
    assert_eq!(order.hold_reasons, [HoldReason::Large]);
    order
}

async fn requested_by(
    store: &Store,
    rules: &WithdrawalRules,
    player: u64,
    key: &str,
    coins: &str,
    at: i64,
) -> WithdrawalOrder {
    give_payee(store, player).await;
    let asked = withdrawal_of(player, key, coins);
    let plan = store.request_withdrawal(&asked, facts(), rules, second(at)).await.expect("a withdrawal");
    plan.expect("nothing stands in its way").order
}

/// Claims the attempt to send a withdrawal.
pub(crate) async fn claimed(store: &Store, order: &WithdrawalOrder, at: i64) -> WithdrawalOrder {
    moved(store, order, at, |input, now| claim_payout(input.order, PayoutTiming::default(), now)).await.order
}

/// Applies a provider's report of a payout.
pub(crate) async fn payout_reported(
    store: &Store,
    order: &WithdrawalOrder,
    state: PayoutState,
    at: i64,
) -> OrderOutcome<WithdrawalOrder, PayoutReportRefusal> {
    let (now, rules, report) = (second(at), withdrawal_rules(), payout(order, state));
    let changed = store.change_withdrawal(order.terms.id, now, |input| {
        settle_payout(&report, Some(input.order), input, &rules, now)
    });
    changed.await.expect("a change")
}

/// Requests a withdrawal, and pays it a second later.
pub(crate) async fn paid_out(store: &Store, player: u64, key: &str, coins: &str, at: i64) -> WithdrawalOrder {
    let order = requested(store, player, key, coins, at).await;
    claimed(store, &order, at + 1).await;
    planned(payout_reported(store, &order, PayoutState::Paid, at + 1).await).order
}

/// The item of a transfer for an order, of its whole amount.
pub(crate) fn transfer_item(purpose: &str, terms: &OrderTerms) -> Item {
    let key = format!("{purpose}:{}", terms.id);
    let attributes = [
        ("pk", text(format!("TRANSFER#{key}"))),
        ("sk", text("TRANSFER")),
        ("kind", text("transfer")),
        ("key", text(&key)),
        ("from", text("withdrawals")),
        ("to", text("payment-provider:sandbox")),
        ("amount", number(terms.money.amount())),
        ("reference", text(terms.id)),
        ("at", text(second(0))),
    ];
    attributes.map(|(name, value)| (name.to_owned(), value)).into()
}
