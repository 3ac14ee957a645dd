//! A deposit, as an [`order`](super::order): what a player brings.

use super::order::{self, OrderList};
use crate::StoreError;
use crate::entities::Shard;
use crate::item::{Fields, Item};
use evens_payments::{DepositOrder, DepositState, Direction, Money, ReceivedPayment};
use jiff::Timestamp;

/// The order as its revision of that number, which somebody looks at next at that moment, if they must.
pub(crate) fn encode(deposit: &DepositOrder, revision: u64, look_at: Option<Timestamp>) -> Item {
    let item = order::encode_terms(Direction::Deposit, &deposit.terms, revision)
        .text("state", deposit.state)
        .optional_text("provider_id", deposit.provider_id.as_ref())
        .optional_text("payment", deposit.payment.as_ref().map(encode_payment))
        .text("pay_until", deposit.pay_until)
        .value("history", order::encode_history(&deposit.history));
    match (list_of(deposit), look_at) {
        (Some(list), Some(at)) => item.unfinished(list.partition(Shard::of(deposit.terms.id)), at),
        _ => item,
    }
    .build()
}

/// In which list of unfinished things a deposit stands, if somebody may still have to look at it.
pub(crate) fn list_of(deposit: &DepositOrder) -> Option<OrderList> {
    match deposit.state {
        DepositState::Created | DepositState::Pending | DepositState::Failed | DepositState::Expired => {
            Some(OrderList::Deposits)
        }
        DepositState::Unclaimed => Some(OrderList::Unclaimed),
        DepositState::Completed
        | DepositState::Returned
        | DepositState::Refunded
        | DepositState::Disputed
        | DepositState::ChargedBack => None,
    }
}

pub(crate) fn decode(item: &Item) -> Result<DepositOrder, StoreError> {
    let fields = Fields::of(item);
    Ok(DepositOrder {
        terms: order::decode_terms(fields)?,
        state: fields.get("state")?,
        provider_id: fields.optional("provider_id")?,
        payment: decode_payment(fields)?,
        pay_until: fields.get("pay_until")?,
        history: order::decode_history(fields)?,
    })
}

/// Provider, its id, amount, currency, and why it was not credited, one a line.
fn encode_payment(payment: &ReceivedPayment) -> String {
    let ReceivedPayment { provider, id, money, unclaimed } = payment;
    let (amount, currency) = (money.amount(), money.currency().code());
    format!("{provider}\n{id}\n{amount}\n{currency}\n{}", order::or_empty(*unclaimed))
}

fn decode_payment(fields: Fields<'_>) -> Result<Option<ReceivedPayment>, StoreError> {
    let Some(text) = fields.optional::<String>("payment")? else { return Ok(None) };
    let mut lines = text.split('\n');
    let mut line = || lines.next();
    let mut read = || {
        Some(ReceivedPayment {
            provider: line()?.parse().ok()?,
            id: line()?.parse().ok()?,
            money: Money::parse(line()?.parse().ok()?, order::currency_of(line()?)?).ok()?,
            unclaimed: order::from_or_empty(line()?).ok()?,
        })
    };
    read().map(Some).ok_or_else(|| fields.corrupt("payment"))
}
