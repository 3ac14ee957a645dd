use crate::platform;
use axum::extract::{Extension, Path, State};
use axum::http::{StatusCode, Uri};
use axum::{Router, routing};
use evens_contracts::{
    CheckPaymentJob, CheckoutBody, Data, DepositBody, DepositListAnswer, OpenDepositRequest, OrderCursor,
    Problem, ProblemKind, barred, parse_order_id, parse_order_status, time_in_words, unknown_order,
};
use evens_exclusion_register::Exclusions;
use evens_http::{
    Answer, Caller, IdempotencyKeyHeader, JsonBody, PageCursor, Refusal, RequestId, TracedContext,
    parse_parameter,
};
use evens_payments::{
    CallError, DepositEvent, DepositOrder, DepositRules, DepositState, Direction, IdentityStatus,
    OPEN_DEPOSITS_MAX, OpenDeposit, OpenDepositRefusal, OrderId, SettleDepositInput, end_unopened,
    note_provider_id,
};
use evens_providers::{Checkout, PaymentProvider as _, PaymentRequest, Payments, Sending};
use evens_queues::OutgoingJob;
use evens_runtime::{Context, LineAlarm};
use evens_store::{OrderOutcome, PlayerOrder};
use evens_switches::SwitchName;

const PAGE: u16 = 50;

/// `exclusions` decides whether a player may deposit.
pub fn router(payments: Payments, exclusions: Exclusions) -> Router<Context> {
    Router::new()
        .route("/api/deposits", routing::get(list_deposits).post(open_deposit))
        .route("/api/deposits/{orderId}", routing::get(read_deposit))
        .route("/api/deposits/{orderId}/checkout", routing::post(reopen_checkout))
        .route("/api/deposits/{orderId}/check", routing::post(check_deposit))
        .route("/api/platform", routing::get(platform::read))
        .layer(Extension(payments))
        .layer(Extension(exclusions))
}

async fn open_deposit(
    TracedContext(context): TracedContext,
    Extension(payments): Extension<Payments>,
    Extension(exclusions): Extension<Exclusions>,
    Extension(request_id): Extension<RequestId>,
    caller: Caller,
    key: IdempotencyKeyHeader,
    JsonBody(body): JsonBody,
) -> Result<Answer<Data<DepositBody>>, Refusal> {
    let request = OpenDepositRequest::parse(&body, payments.currency)?;
    let key = key.key_or_id_of(&request_id)?;
    let provider = payments.provider_of_new_orders().ok_or_else(|| switched_off("Deposits are"))?;
    let deposit = OpenDeposit {
        order: OrderId::derive(Direction::Deposit, caller.user, &key),
        user: caller.user,
        money: request.money,
        provider: provider.name().clone(),
        barred: exclusions.barred(caller.user).await,
        session_epoch: caller.session_epoch,
    };
    let stopped = context.stopped_by(SwitchName::Deposits).await?;
    let is_open = payments.deposits.is_open && stopped.is_none();
    let rules = DepositRules { is_open, ..payments.deposits.clone() };
    let now = context.clock.now();
    let opened = context.store.open_deposit(&deposit, &rules, now).await?;
    let (order, is_replay) = match opened {
        Ok(order) => (order, false),
        Err(OpenDepositRefusal::OpenedBefore(order)) => (*order, true),
        Err(refusal) => return Err(problem(&refusal, stopped).into()),
    };
    // A player who may no longer deposit still gets the first answer, but without a checkout.
    let may_pay =
        deposit.barred.is_none() && (!is_replay || context.store.may_still_pay(caller.user, now).await?);
    let (order, checkout) = match order.state {
        DepositState::Created | DepositState::Pending if may_pay => {
            let sending = if is_replay { Sending::Repeat } else { Sending::First };
            let call = ProviderCall { sending, key: Some(key.as_str()) };
            send_to_provider(&context, &payments, order, call).await?
        }
        _ => (order, None),
    };
    let data = DepositBody::new(&order, checkout);
    Ok(Answer::new(StatusCode::CREATED, Data { data }).replayed(is_replay))
}

/// A call that opens a payment.
#[derive(Clone, Copy)]
struct ProviderCall<'a> {
    sending: Sending,
    /// The idempotency key with which the player repeats a request without a result.
    key: Option<&'a str>,
}

/// Opens the payment at the provider, or finds the one opened earlier, and stores the provider's id of it. If the
/// payment was certainly not opened, the order ends at once.
async fn send_to_provider(
    context: &Context,
    payments: &Payments,
    order: DepositOrder,
    ProviderCall { sending, key }: ProviderCall<'_>,
) -> Result<(DepositOrder, Option<CheckoutBody>), Refusal> {
    let Some(provider) = payments.provider(&order.terms.provider) else {
        return Err(switched_off("Deposits through this order's provider are").into());
    };
    let called = provider.open_payment(PaymentRequest { terms: &order.terms, sending }).await;
    let (id, now) = (order.terms.id, context.clock.now());
    let opened = match called {
        Ok(opened) => opened,
        Err(error) => {
            // Only a first attempt can be certain that no payment exists at the provider.
            if sending == Sending::First && error != CallError::Unknown {
                let zone = &payments.deposits.zone;
                let rule = |input: SettleDepositInput<'_>| {
                    end_unopened(input.order, input.record, zone, now).ok_or(())
                };
                context.store.change_deposit(id, now, rule).await?;
            }
            return Err(not_opened(id, key, &error).into());
        }
    };
    let noted = context
        .store
        .change_deposit(id, now, |input| note_provider_id(input.order, &opened.id, now).ok_or(()));
    let order = match noted.await? {
        OrderOutcome::Changed(plan) => plan.order,
        // The order has moved on, or its provider id is already stored.
        OrderOutcome::Refused(()) | OrderOutcome::Unknown => order,
    };
    Ok((order, Some(body(&opened.checkout))))
}

fn body(checkout: &Checkout) -> CheckoutBody {
    CheckoutBody { url: checkout.url().to_string(), parameters: checkout.parameters().clone() }
}

/// The checkout is unknown. If the order is still open, a repeat with the same key asks the provider again.
fn not_opened(id: OrderId, key: Option<&str>, error: &CallError) -> Problem {
    let detail = match error {
        CallError::Unknown => {
            tracing::warn!(
                alarm = LineAlarm::ProviderSilent.name(), "order.id" = %id,
                "The provider did not confirm that it opened the payment of order {id}"
            );
            let repeat = key.map_or_else(
                || "Try again.".to_owned(),
                |key| format!("Repeat the request with the same Idempotency-Key: {key}"),
            );
            format!("The payment provider did not answer. {repeat}")
        }
        CallError::NotSent => {
            tracing::warn!("order.id" = %id, "Could not reach the provider to open the payment of order {id}");
            "The payment provider cannot be reached, so this deposit has failed. Nothing was paid. Open another \
             deposit later."
                .to_owned()
        }
        CallError::Refused { code } => {
            tracing::error!("order.id" = %id, code, "The provider refused to open the payment of order {id}: {code}");
            "The payment provider refused this payment. Nothing was paid. Try another amount or ask \
             support."
                .to_owned()
        }
    };
    Problem::new(ProblemKind::Unavailable, detail)
}

/// `stopped` is the switch that stops deposits.
fn problem(refusal: &OpenDepositRefusal, stopped: Option<SwitchName>) -> Problem {
    match refusal {
        // Unreachable: the caller answers a repeat with the first order.
        OpenDepositRefusal::OpenedBefore(_) => Problem::internal(),
        OpenDepositRefusal::SessionEnded => Problem::sessions_ended(),
        OpenDepositRefusal::AccountBlocked => Problem::blocked(),
        OpenDepositRefusal::KeyUsedForAnotherBody => {
            let detail = "The Idempotency-Key was already used for another deposit. Use a new key.";
            Problem::new(ProblemKind::IdempotencyKeyReused, detail).about_field("Idempotency-Key")
        }
        OpenDepositRefusal::Barred(by) => barred(*by),
        OpenDepositRefusal::DepositsOff => {
            stopped.map_or_else(|| switched_off("Deposits are"), Problem::paused)
        }
        OpenDepositRefusal::Excluded { until } => {
            let until = time_in_words(*until);
            let detail = format!(
                "You have excluded yourself from play until at least {until}. You cannot deposit until then."
            );
            Problem::new(ProblemKind::Excluded, detail)
        }
        OpenDepositRefusal::TooSmall { amount_min } => {
            Problem::invalid("amount", format_args!("is below the minimum deposit of {amount_min}"))
        }
        OpenDepositRefusal::TooLarge { amount_max } => {
            Problem::invalid("amount", format_args!("is above the maximum deposit of {amount_max}"))
        }
        OpenDepositRefusal::TooManyOpen => {
            let detail = format!(
                "You already have {OPEN_DEPOSITS_MAX} open deposits, the maximum. Pay one or wait until one expires."
            );
            Problem::new(ProblemKind::TooManyOpenDeposits, detail)
        }
        OpenDepositRefusal::OverLimit(over) => {
            let detail = format!(
                "Your deposit limit is {} a {}, and {} of it is left. Lower the amount.",
                over.limit, over.period, over.left
            );
            Problem::new(ProblemKind::OverLimit, detail).about_field("amount")
        }
        OpenDepositRefusal::IdentityMissing(missing) => {
            Problem::new(ProblemKind::IdentityMissing, identity_advice(missing.status))
        }
    }
}

/// Explains why an unverified player cannot deposit, and what to do next.
fn identity_advice(status: IdentityStatus) -> &'static str {
    match status {
        IdentityStatus::Pending => {
            "Your identity is being verified. You can deposit more when that is done. You can withdraw at any time."
        }
        IdentityStatus::Refused => {
            "Your identity could not be verified, so you cannot deposit. You can withdraw at any time. Ask support."
        }
        IdentityStatus::NotAsked | IdentityStatus::Verified => {
            "Your identity must be verified before a deposit of this size. Ask support. You can withdraw at any time."
        }
    }
}

fn switched_off(what: &str) -> Problem {
    Problem::new(
        ProblemKind::SwitchedOff,
        format!("{what} switched off. Try again later. Withdrawals are not affected."),
    )
}

async fn list_deposits(
    State(context): State<Context>,
    caller: Caller,
    uri: Uri,
    PageCursor(cursor): PageCursor<OrderCursor>,
) -> Result<Answer<DepositListAnswer>, Refusal> {
    let status = parse_order_status(parse_parameter(&uri, "status")?)?;
    let before = cursor.map(|cursor| cursor.before);
    let page = context.store.list_orders(caller.user, Some(Direction::Deposit), before, PAGE).await?;
    let deposits = page.orders.iter().filter_map(PlayerOrder::deposit);
    let deposits = deposits.filter(|order| status.is_none_or(|status| order.state.wire_status() == status));
    Ok(Answer::ok(DepositListAnswer::new(deposits, page.next_before)))
}

async fn read_deposit(
    State(context): State<Context>,
    caller: Caller,
    Path(order_id): Path<String>,
) -> Result<Answer<Data<DepositBody>>, Refusal> {
    let found = context.store.load_deposit(parse_order_id(&order_id, Direction::Deposit)?).await?;
    Ok(Answer::ok(Data { data: DepositBody::new(&own(found, &caller)?, None) }))
}

/// The order, if it is the caller's. Another player's order is `404`, like an unknown one.
fn own(found: Option<DepositOrder>, caller: &Caller) -> Result<DepositOrder, Refusal> {
    let own = found.filter(|order| order.terms.user == caller.user);
    own.ok_or_else(|| unknown_order(Direction::Deposit).into())
}

/// The page where an open deposit is paid. It is read from the provider and never stored, because its address lets its
/// holder see and pay the amount. Null if the deposit has ended, or if the player may no longer pay.
async fn reopen_checkout(
    TracedContext(context): TracedContext,
    Extension(payments): Extension<Payments>,
    Extension(exclusions): Extension<Exclusions>,
    caller: Caller,
    Path(order_id): Path<String>,
) -> Result<Answer<Data<DepositBody>>, Refusal> {
    let found = context.store.load_deposit(parse_order_id(&order_id, Direction::Deposit)?).await?;
    let (order, now) = (own(found, &caller)?, context.clock.now());
    let is_open =
        matches!(order.state, DepositState::Created | DepositState::Pending) && now < order.pay_until;
    let may_pay = is_open
        && exclusions.barred(caller.user).await.is_none()
        && context.store.may_still_pay(caller.user, now).await?;
    let (order, checkout) = if may_pay {
        let call = ProviderCall { sending: Sending::Repeat, key: None };
        send_to_provider(&context, &payments, order, call).await?
    } else {
        (order, None)
    };
    Ok(Answer::ok(Data { data: DepositBody::new(&order, checkout) }))
}

/// Seconds in which repeated requests cause one query.
const CHECK_SECONDS: i64 = 5;

/// Sends the job that asks the provider about the deposit, so that a player who comes back from paying need not wait
/// for the sweeper if the callback was lost. If the job cannot be sent, the sweeper sends it later.
async fn check_deposit(
    TracedContext(context): TracedContext,
    caller: Caller,
    Path(order_id): Path<String>,
) -> Result<Answer<Data<DepositBody>>, Refusal> {
    let found = context.store.load_deposit(parse_order_id(&order_id, Direction::Deposit)?).await?;
    let (order, now) = (own(found, &caller)?, context.clock.now());
    // Money may still come for a failed or expired order, as long as the sweeper asks about it.
    let is_uncredited = order.state.after(DepositEvent::Credited).is_some();
    if is_uncredited && order.next_check_at(now).is_some() {
        let order_id = order.terms.id;
        let nudge = now.as_second().div_euclid(CHECK_SECONDS).unsigned_abs();
        let job = OutgoingJob::of(CheckPaymentJob { order_id }).nudged(nudge);
        context.ask_for(vec![job], || format!("the check of deposit {order_id}")).await;
    }
    let data = DepositBody::new(&order, None);
    Ok(Answer::new(StatusCode::ACCEPTED, Data { data }))
}
