//! A deposit, as an [`order`](super::order).

use super::agreements::{self, with_agreements};
use super::order::{self, OrderList};
use crate::StoreError;
use crate::table::item::{Fields, Item};
use crate::table::layout::Layout;
use crate::table::texts::{from_or_empty, lines, or_empty, read_texts, texts};
use evens_payments::{
    Approval, Claim, DepositOrder, DepositState, Direction, Money, PaymentRefund, PaymentReturn,
    ReceivedPayment,
};
use jiff::Timestamp;

/// The attributes that only deposits have, and their state.
pub(crate) const ATTRIBUTES: &[&str] =
    &["state", "provider_id", "payment", "refund", "pay_until", "claims", "returns"];

/// The states of a claim.
const GIVEN: &str = "given";
const WANTED: &str = "wanted";

/// Encodes the order as revision number `revision`. `next_check_at` is the time of its next check, if any.
pub(crate) fn encode(
    deposit: &DepositOrder,
    revision: u64,
    next_check_at: Option<Timestamp>,
    layout: Layout,
) -> Item {
    let item = order::encode_terms(Direction::Deposit, &deposit.terms, revision)
        .text("state", deposit.state)
        .optional_text("provider_id", deposit.provider_id.as_ref())
        .optional_text("payment", deposit.payment.as_ref().map(encode_payment))
        .optional_text("refund", deposit.refund.as_ref().map(encode_refund))
        .text("pay_until", deposit.pay_until)
        .value("history", order::encode_history(&deposit.history));
    let claims: Vec<_> = deposit.claims.iter().map(encode_claim).collect();
    let item = if claims.is_empty() { item } else { item.value("claims", texts(claims)) };
    let item = with_agreements(item, &deposit.agreements);
    let returns: Vec<_> = deposit.returns.iter().map(encode_return).collect();
    let item = if returns.is_empty() { item } else { item.value("returns", texts(returns)) };
    order::listed(item, deposit.terms.id, list_of(deposit), next_check_at, layout)
}

/// The list in the `unfinished` index to which a deposit belongs, if it may still have to be checked.
pub(crate) fn list_of(deposit: &DepositOrder) -> Option<OrderList> {
    if deposit.pending_refund().is_some() {
        return Some(OrderList::Deposits);
    }
    match deposit.state {
        DepositState::Created | DepositState::Pending | DepositState::Failed | DepositState::Expired => {
            Some(OrderList::Deposits)
        }
        DepositState::Unclaimed => Some(OrderList::Unclaimed),
        DepositState::Completed
        | DepositState::Returned
        | DepositState::Claimed
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
        refund: decode_refund(fields)?,
        claims: decode_claims(fields)?,
        returns: decode_returns(fields)?,
        agreements: agreements::decode(fields)?,
        pay_until: fields.get("pay_until")?,
        history: order::decode_history(fields)?,
    })
}

/// Five lines: provider, the provider's id, amount, currency, and the reason for which it was not credited.
fn encode_payment(payment: &ReceivedPayment) -> String {
    let ReceivedPayment { provider, id, money, unclaimed } = payment;
    let (amount, currency) = (money.amount(), money.currency().code());
    format!("{provider}\n{id}\n{amount}\n{currency}\n{}", or_empty(*unclaimed))
}

fn decode_payment(fields: Fields<'_>) -> Result<Option<ReceivedPayment>, StoreError> {
    let Some(text) = fields.optional::<String>("payment")? else { return Ok(None) };
    lines(&text).and_then(read_payment).map(Some).ok_or_else(|| fields.corrupt("payment"))
}

fn read_payment([provider, id, amount, currency, unclaimed]: [&str; 5]) -> Option<ReceivedPayment> {
    Some(ReceivedPayment {
        provider: provider.parse().ok()?,
        id: id.parse().ok()?,
        money: Money::parse(amount.parse().ok()?, order::currency_of(currency)?).ok()?,
        unclaimed: from_or_empty(unclaimed).ok()?,
    })
}

/// The payment, followed by the progress of its refund.
fn encode_return(back: &PaymentReturn) -> String {
    format!("{}\n{}", encode_payment(&back.payment), encode_refund(&back.refund))
}

fn decode_returns(fields: Fields<'_>) -> Result<Vec<PaymentReturn>, StoreError> {
    if fields.optional_list("returns")?.is_none() {
        return Ok(Vec::new());
    }
    let read = |text: &str| {
        let [provider, id, amount, currency, unclaimed, since, attempt, made] = lines(text)?;
        let payment = read_payment([provider, id, amount, currency, unclaimed])?;
        Some(PaymentReturn { payment, refund: read_refund([since, attempt, made])? })
    };
    let returns = read_texts(fields, "returns")?.into_iter().map(read);
    returns.collect::<Option<_>>().ok_or_else(|| fields.corrupt("returns"))
}

/// Three lines: start, number of the attempt, and the provider's id of the refund once it is made.
fn encode_refund(refund: &PaymentRefund) -> String {
    let PaymentRefund { since, attempt, made } = refund;
    format!("{since}\n{attempt}\n{}", or_empty(made.as_ref()))
}

fn decode_refund(fields: Fields<'_>) -> Result<Option<PaymentRefund>, StoreError> {
    let Some(text) = fields.optional::<String>("refund")? else { return Ok(None) };
    lines(&text).and_then(read_refund).map(Some).ok_or_else(|| fields.corrupt("refund"))
}

fn read_refund([since, attempt, made]: [&str; 3]) -> Option<PaymentRefund> {
    let made = from_or_empty(made).ok()?;
    Some(PaymentRefund { since: since.parse().ok()?, attempt: attempt.parse().ok()?, made })
}

/// The provider's id of the payment, whether the claim is granted, and then one line for each approval with cashier and
/// time.
fn encode_claim(claim: &Claim) -> String {
    let Claim { payment, approvals, is_given } = claim;
    let stands = format!("{payment}\n{}", if *is_given { GIVEN } else { WANTED });
    approvals.iter().fold(stands, |text, approval| format!("{text}\n{} {}", approval.by, approval.at))
}

fn decode_claims(fields: Fields<'_>) -> Result<Vec<Claim>, StoreError> {
    if fields.optional_list("claims")?.is_none() {
        return Ok(Vec::new());
    }
    let approval = |line: &str| {
        let (by, at) = line.split_once(' ')?;
        Some(Approval { by: by.parse().ok()?, at: at.parse().ok()? })
    };
    let read = |text: &str| {
        let mut lines = text.split('\n');
        let payment = lines.next()?.parse().ok()?;
        let is_given = match lines.next()? {
            GIVEN => true,
            WANTED => false,
            _ => return None,
        };
        Some(Claim { payment, approvals: lines.map(approval).collect::<Option<_>>()?, is_given })
    };
    let claims = read_texts(fields, "claims")?.into_iter().map(read);
    claims.collect::<Option<_>>().ok_or_else(|| fields.corrupt("claims"))
}
