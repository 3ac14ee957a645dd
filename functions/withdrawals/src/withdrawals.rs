//! The routes of withdrawals.

use crate::payees::unknown_payee;
use axum::extract::{Extension, Path, State};
use axum::http::{StatusCode, Uri};
use axum::{Router, routing};
use evens_contracts::{
    Data, OrderCursor, PayoutJob, Problem, ProblemKind, RequestedWithdrawalBody, WithdrawalBody,
    WithdrawalListAnswer, WithdrawalRequest, parse_order_id, parse_order_status, time_in_words,
    unknown_order,
};
use evens_exclusion_register::Exclusions;
use evens_http::{
    Answer, Caller, IdempotencyKeyHeader, JsonBody, PageCursor, Refusal, RequestId, TracedContext,
    parse_parameter,
};
use evens_ledger::Amount;
use evens_payments::{
    DecideRefusal, Direction, OrderId, Payee, PayoutLimit, RequestWithdrawal, RequestWithdrawalRefusal,
    WithdrawalOrder, WithdrawalRules, WithdrawalState, cancel_withdrawal,
};
use evens_providers::{GuardedProvider, PayeeAccount, PaymentProvider as _, Payments};
use evens_queues::OutgoingJob;
use evens_runtime::Context;
use evens_runtime::telemetry::chain;
use evens_sealing::SealingKeys;
use evens_store::{OrderOutcome, PlayerOrder, StoreError, WithdrawalFacts};
use evens_switches::SwitchName;
use jiff::Timestamp;

const PAGE: u16 = 50;

pub(crate) fn router() -> Router<Context> {
    Router::new()
        .route("/api/withdrawals", routing::get(list_withdrawals).post(request))
        .route("/api/withdrawals/{orderId}", routing::get(read_withdrawal))
        .route("/api/withdrawals/{orderId}/cancel", routing::post(cancel))
}

type Services = (Extension<Payments>, Extension<Exclusions>, Extension<SealingKeys>);

async fn request(
    TracedContext(context): TracedContext,
    (Extension(payments), Extension(exclusions), Extension(keys)): Services,
    Extension(request_id): Extension<RequestId>,
    caller: Caller,
    key: IdempotencyKeyHeader,
    JsonBody(body): JsonBody,
) -> Result<Answer<Data<RequestedWithdrawalBody>>, Refusal> {
    let request = WithdrawalRequest::parse(&body, payments.currency)?;
    let key = key.key_or_id_of(&request_id)?;
    let provider = payments.provider_of_new_orders().ok_or_else(switched_off)?;
    let now = context.clock.now();
    let withdrawal = RequestWithdrawal {
        order: OrderId::derive(Direction::Withdrawal, caller.user, &key),
        user: caller.user,
        money: request.money,
        payee: request.payee,
        provider: provider.name().clone(),
        session_epoch: caller.session_epoch,
    };
    let password_since = password_since(&context, &payments, caller).await?;
    let payout_limit = payout_limit(&context, &keys, provider, &withdrawal).await?;
    let may_bet = context.settings.betting.is_open && context.stopped_by(SwitchName::Bets).await?.is_none();
    let facts = WithdrawalFacts { password_since, may_bet, payout_limit };
    let stopped = context.stopped_by(SwitchName::Withdrawals).await?;
    let is_open = payments.withdrawals.is_open && stopped.is_none();
    let rules = &WithdrawalRules { is_open, ..payments.withdrawals.clone() };
    let mut requested = context.store.request_withdrawal(&withdrawal, facts, rules, now).await?;
    // The external register is queried only if the player still owes turnover.
    let must_stake = matches!(requested, Err(RequestWithdrawalRefusal::TurnoverMissing { .. }));
    if must_stake && exclusions.barred(caller.user).await.is_some() {
        let barred = WithdrawalFacts { may_bet: false, ..facts };
        requested = context.store.request_withdrawal(&withdrawal, barred, rules, now).await?;
    }
    match requested {
        Ok(plan) => {
            ask_for_payout(&context, &plan.order).await;
            let balance = plan.posted.as_ref().map_or(Amount::ZERO, |posted| posted.wallet.balance);
            Ok(accepted(&plan.order, balance))
        }
        Err(RequestWithdrawalRefusal::RequestedBefore(order)) => {
            ask_for_payout(&context, &order).await;
            let balance = context.store.load_wallet(caller.user).await?.balance;
            Ok(accepted(&order, balance).replayed(true))
        }
        Err(refusal) => Err(problem(&refusal, stopped).into()),
    }
}

/// The time of the last password change, if a rule needs it. A user without an account has none.
async fn password_since(
    context: &Context,
    payments: &Payments,
    caller: Caller,
) -> Result<Timestamp, StoreError> {
    if payments.withdrawals.holds.password_age_min.is_none() {
        return Ok(Timestamp::MIN);
    }
    Ok(context.store.password_since(caller.user).await?.unwrap_or(Timestamp::MIN))
}

/// The limit of the payee's account, if the amount can exceed one. If the provider does not answer, the withdrawal is
/// accepted, and a payout above the limit is refused when it is sent.
async fn payout_limit(
    context: &Context,
    keys: &SealingKeys,
    provider: &GuardedProvider,
    withdrawal: &RequestWithdrawal,
) -> Result<Option<PayoutLimit>, StoreError> {
    if !provider.may_exceed_payout_limit(withdrawal.money) {
        return Ok(None);
    }
    let Some(payee) = context.store.load_payee(withdrawal.user, &withdrawal.payee).await? else {
        return Ok(None);
    };
    let place = Payee::place_of_seal(withdrawal.user, &payee.id);
    let opened = keys.open_stored(&payee.sealed, &place).ok();
    let Some(account) = opened.and_then(|text| text.parse::<PayeeAccount>().ok()) else {
        tracing::error!("payee.id" = %payee.id, "Could not decrypt the account of payee {}", payee.id);
        return Ok(None);
    };
    let limit = provider.find_payout_limit(&account).await.unwrap_or_else(|error| {
        let (order, error) = (withdrawal.order, chain(&error));
        tracing::warn!("order.id" = %order, error, "Could not read the payout limit for order {order}");
        None
    });
    Ok(limit)
}

fn accepted(order: &WithdrawalOrder, balance: Amount) -> Answer<Data<RequestedWithdrawalBody>> {
    Answer::new(StatusCode::ACCEPTED, Data::<RequestedWithdrawalBody>::new(order, balance))
}

async fn ask_for_payout(context: &Context, order: &WithdrawalOrder) {
    if order.state == WithdrawalState::Approved {
        let id = order.terms.id;
        let job = OutgoingJob::of(PayoutJob::of_order(id, order.terms.user));
        context.ask_for(vec![job], || format!("the payout of {id}")).await;
    }
}

/// `stopped` is the switch that stops withdrawals.
fn problem(refusal: &RequestWithdrawalRefusal, stopped: Option<SwitchName>) -> Problem {
    use RequestWithdrawalRefusal as Refused;
    match refusal {
        // Unreachable: the caller answers a repeat with the first order.
        Refused::RequestedBefore(_) => Problem::internal(),
        Refused::SessionEnded => Problem::sessions_ended(),
        Refused::AccountBlocked => Problem::blocked(),
        Refused::KeyUsedForAnotherBody => {
            let detail = "The Idempotency-Key was already used for another withdrawal. Use a new key.";
            Problem::new(ProblemKind::IdempotencyKeyReused, detail).about_field("Idempotency-Key")
        }
        Refused::WithdrawalsOff => stopped.map_or_else(switched_off, Problem::paused),
        Refused::UnknownPayee => unknown_payee(),
        Refused::PayeeNotUsable { usable_from } => {
            let usable_from = time_in_words(*usable_from);
            let detail = format!(
                "You can withdraw to this bank account from {usable_from}. Wait until then, or choose another one."
            );
            Problem::new(ProblemKind::PayeeNotUsable, detail).about_field("payeeId")
        }
        Refused::TooSmall { amount_min } => {
            Problem::invalid("amount", format_args!("is below the minimum withdrawal of {amount_min}"))
        }
        Refused::AbovePayoutLimit(PayoutLimit { amount_max, system }) => {
            let detail = format_args!(
                "is above {amount_max}, the maximum of a {system} payment. Withdraw less at a time, or to a \
                 bank account"
            );
            Problem::invalid("amount", detail)
        }
        Refused::TurnoverMissing { missing } => {
            let detail = format!("You must stake {missing} more before you can withdraw.");
            Problem::new(ProblemKind::TurnoverMissing, detail)
        }
        Refused::InsufficientBalance(short) => {
            let (amount, balance) = (short.amount, short.balance);
            let detail =
                format!("The withdrawal is {amount}, but the balance is {balance}. Lower the amount.");
            Problem::new(ProblemKind::InsufficientBalance, detail).about_field("amount")
        }
    }
}

fn switched_off() -> Problem {
    Problem::new(ProblemKind::SwitchedOff, "Withdrawals are switched off. Try again later.")
}

async fn list_withdrawals(
    State(context): State<Context>,
    caller: Caller,
    uri: Uri,
    PageCursor(cursor): PageCursor<OrderCursor>,
) -> Result<Answer<WithdrawalListAnswer>, Refusal> {
    let status = parse_order_status(parse_parameter(&uri, "status")?)?;
    let before = cursor.map(|cursor| cursor.before);
    let page = context.store.list_orders(caller.user, Some(Direction::Withdrawal), before, PAGE).await?;
    let withdrawals = page.orders.iter().filter_map(PlayerOrder::withdrawal);
    let withdrawals =
        withdrawals.filter(|order| status.is_none_or(|status| order.state.wire_status() == status));
    Ok(Answer::ok(WithdrawalListAnswer::new(withdrawals, page.next_before)))
}

async fn read_withdrawal(
    State(context): State<Context>,
    caller: Caller,
    Path(order_id): Path<String>,
) -> Result<Answer<Data<WithdrawalBody>>, Refusal> {
    let order = own(&context, caller, &order_id).await?;
    Ok(Answer::ok(Data { data: WithdrawalBody::from(&order) }))
}

/// Loads the caller's withdrawal of that id.
async fn own(context: &Context, caller: Caller, order_id: &str) -> Result<WithdrawalOrder, Refusal> {
    let found = context.store.load_withdrawal(parse_order_id(order_id, Direction::Withdrawal)?).await?;
    let Some(order) = found.filter(|order| order.terms.user == caller.user) else {
        return Err(unknown_order(Direction::Withdrawal).into());
    };
    Ok(order)
}

async fn cancel(
    State(context): State<Context>,
    caller: Caller,
    Path(order_id): Path<String>,
) -> Result<Answer<Data<WithdrawalBody>>, Refusal> {
    let (order, now) = (own(&context, caller, &order_id).await?, context.clock.now());
    let rule = |input: evens_payments::SettlePayoutInput<'_>| {
        cancel_withdrawal(input.order, input.record, input.wallet, now)
    };
    match context.store.change_withdrawal(order.terms.id, now, rule).await? {
        OrderOutcome::Changed(plan) => Ok(Answer::ok(Data { data: WithdrawalBody::from(&plan.order) })),
        OrderOutcome::Refused(DecideRefusal::InState(WithdrawalState::Cancelled)) => {
            // It may have been cancelled since it was read above.
            let cancelled = own(&context, caller, &order_id).await?;
            Ok(Answer::ok(Data { data: WithdrawalBody::from(&cancelled) }).replayed(true))
        }
        OrderOutcome::Refused(refusal) => {
            let detail = match refusal {
                DecideRefusal::InState(WithdrawalState::Processing) => {
                    "The withdrawal was already sent, so it cannot be cancelled.".to_owned()
                }
                DecideRefusal::InState(_) => {
                    "The withdrawal has already ended, so it cannot be cancelled.".to_owned()
                }
                refusal => format!("The withdrawal cannot be cancelled: {refusal}."),
            };
            Err(Problem::new(ProblemKind::OrderState, detail).about_field("orderId").into())
        }
        OrderOutcome::Unknown => Err(Problem::internal().into()),
    }
}
