use crate::platform;
use axum::extract::{Extension, Path, State};
use axum::http::{StatusCode, Uri};
use axum::{Router, routing};
use evens_contracts::{
    CheckoutBody, DepositAnswer, DepositBody, DepositListAnswer, OpenDepositRequest, OrderCursor, Problem,
    ProblemKind, barred, parse_order_id, parse_order_status, time_in_words, unknown_order,
};
use evens_exclusion_register::Exclusions;
use evens_http::{
    Answer, Caller, IdempotencyKeyHeader, JsonBody, PageCursor, Refusal, RequestId, TracedContext,
    parse_parameter,
};
use evens_payments::{
    CallError, DepositOrder, DepositState, Direction, IdentityStatus, OPEN_DEPOSITS_MAX, OpenDeposit,
    OpenDepositRefusal, OrderId, SettleDepositInput, end_unopened, note_provider_id,
};
use evens_providers::{Checkout, PaymentProvider as _, PaymentRequest, Payments, Sending};
use evens_runtime::Context;
use evens_store::{OrderOutcome, PlayerOrder};

const PAGE: u16 = 50;

/// `exclusions` decides whether a player may deposit.
pub fn router(payments: Payments, exclusions: Exclusions) -> Router<Context> {
    Router::new()
        .route("/api/deposits", routing::get(list_deposits).post(open_deposit))
        .route("/api/deposits/{orderId}", routing::get(read_deposit))
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
) -> Result<Answer<DepositAnswer>, Refusal> {
    let request = OpenDepositRequest::parse(&body, payments.currency)?;
    let key = key.key_or_id_of(&request_id)?;
    let provider = payments.provider_of_new_orders().ok_or_else(|| switched_off("Deposits are"))?;
    let deposit = OpenDeposit {
        order: OrderId::derive(Direction::Deposit, caller.user, &key),
        user: caller.user,
        money: request.money,
        provider: provider.name().clone(),
        barred: exclusions.barred(caller.user).await,
    };
    let now = context.clock.now();
    let opened = context.store.open_deposit(&deposit, &payments.deposits, now).await?;
    let (order, is_replay) = match opened {
        Ok(order) => (order, false),
        Err(OpenDepositRefusal::OpenedBefore(order)) => (*order, true),
        Err(refusal) => return Err(problem(&refusal).into()),
    };
    // A player who may no longer deposit still gets the first answer, but without a checkout.
    let may_pay =
        deposit.barred.is_none() && (!is_replay || context.store.may_still_pay(caller.user, now).await?);
    let (order, checkout) = match order.state {
        DepositState::Created | DepositState::Pending if may_pay => {
            let sending = if is_replay { Sending::Repeat } else { Sending::First };
            send_to_provider(&context, &payments, order, sending, key.as_str()).await?
        }
        _ => (order, None),
    };
    let data = DepositBody::new(&order, checkout);
    Ok(Answer::new(StatusCode::CREATED, DepositAnswer { data }).replayed(is_replay))
}

/// Opens the payment at the provider, or finds the one opened earlier, and stores the provider's id of it. If the
/// payment was certainly not opened, the order ends at once.
async fn send_to_provider(
    context: &Context,
    payments: &Payments,
    order: DepositOrder,
    sending: Sending,
    key: &str,
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
fn not_opened(id: OrderId, key: &str, error: &CallError) -> Problem {
    let detail = match error {
        CallError::Unknown => {
            tracing::warn!("order.id" = %id, "The provider did not confirm that it opened the payment of order {id}");
            format!(
                "The payment provider did not answer. Repeat the request with the same Idempotency-Key: {key}"
            )
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

fn problem(refusal: &OpenDepositRefusal) -> Problem {
    match refusal {
        // Unreachable: the caller answers a repeat with the first order.
        OpenDepositRefusal::OpenedBefore(_) => Problem::internal(),
        OpenDepositRefusal::AccountBlocked => Problem::blocked(),
        OpenDepositRefusal::KeyUsedForAnotherBody => {
            let detail = "The Idempotency-Key was already used for another deposit. Use a new key.";
            Problem::new(ProblemKind::IdempotencyKeyReused, detail).about_field("Idempotency-Key")
        }
        OpenDepositRefusal::Barred(by) => barred(*by),
        OpenDepositRefusal::DepositsOff => switched_off("Deposits are"),
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
) -> Result<Answer<DepositAnswer>, Refusal> {
    let found = context.store.load_deposit(parse_order_id(&order_id, Direction::Deposit)?).await?;
    let Some(order) = found.filter(|order| order.terms.user == caller.user) else {
        return Err(unknown_order(Direction::Deposit).into());
    };
    Ok(Answer::ok(DepositAnswer { data: DepositBody::new(&order, None) }))
}
