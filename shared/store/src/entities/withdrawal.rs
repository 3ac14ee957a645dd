//! A withdrawal, as an [`order`](super::order): what a player takes home.

use super::order::{self, OrderList};
use crate::StoreError;
use crate::entities::Shard;
use crate::item::{Fields, Item};
use evens_payments::{Approval, Attempt, Direction, WithdrawalOrder, WithdrawalState};
use jiff::Timestamp;
use std::str::FromStr;

/// The order as its revision of that number, which somebody looks at next at that moment, if they must.
pub(crate) fn encode(withdrawal: &WithdrawalOrder, revision: u64, look_at: Option<Timestamp>) -> Item {
    let attempt = withdrawal.attempt;
    let approvals = withdrawal.approvals.iter().map(|approval| format!("{}\n{}", approval.by, approval.at));
    let item = order::encode_terms(Direction::Withdrawal, &withdrawal.terms, revision)
        .text("state", withdrawal.state)
        .text("payee", &withdrawal.payee)
        .optional_text("provider_id", withdrawal.provider_id.as_ref())
        .value("hold_reasons", order::texts(withdrawal.hold_reasons.iter().map(ToString::to_string)))
        .value("approvals", order::texts(approvals))
        .optional_number("attempt", attempt.map(|attempt| attempt.number))
        .optional_text("key_since", attempt.map(|attempt| attempt.key_since))
        .optional_text("lease_until", attempt.map(|attempt| attempt.lease_until))
        .value("failed_payouts", order::texts(withdrawal.failed_payouts.iter().map(ToString::to_string)))
        .optional_text("paid_after_return", withdrawal.is_paid_after_return.then_some("yes"))
        .value("history", order::encode_history(&withdrawal.history));
    match (list_of(withdrawal), look_at) {
        (Some(list), Some(at)) => item.unfinished(list.partition(Shard::of(withdrawal.terms.id)), at),
        _ => item,
    }
    .build()
}

/// In which list of unfinished things a withdrawal stands, if somebody must still look at it.
pub(crate) fn list_of(withdrawal: &WithdrawalOrder) -> Option<OrderList> {
    match withdrawal.state {
        WithdrawalState::Requested | WithdrawalState::Approved | WithdrawalState::Processing => {
            Some(OrderList::Withdrawals)
        }
        WithdrawalState::Held => Some(OrderList::Held),
        WithdrawalState::Completed
        | WithdrawalState::Failed
        | WithdrawalState::Rejected
        | WithdrawalState::Cancelled
        | WithdrawalState::Returned => None,
    }
}

pub(crate) fn decode(item: &Item) -> Result<WithdrawalOrder, StoreError> {
    let fields = Fields::of(item);
    Ok(WithdrawalOrder {
        terms: order::decode_terms(fields)?,
        payee: fields.get("payee")?,
        state: fields.get("state")?,
        provider_id: fields.optional("provider_id")?,
        hold_reasons: parsed(fields, "hold_reasons")?,
        approvals: decode_approvals(fields)?,
        attempt: decode_attempt(fields)?,
        failed_payouts: parsed(fields, "failed_payouts")?,
        is_paid_after_return: item.contains_key("paid_after_return"),
        history: order::decode_history(fields)?,
    })
}

fn parsed<T: FromStr>(fields: Fields<'_>, name: &'static str) -> Result<Vec<T>, StoreError> {
    let texts = order::read_texts(fields, name)?;
    texts.into_iter().map(str::parse).collect::<Result<_, _>>().map_err(|_| fields.corrupt(name))
}

fn decode_approvals(fields: Fields<'_>) -> Result<Vec<Approval>, StoreError> {
    let approvals = order::read_texts(fields, "approvals")?.into_iter().map(|text| {
        let (by, at) = text.split_once('\n')?;
        Some(Approval { by: by.parse().ok()?, at: at.parse().ok()? })
    });
    approvals.collect::<Option<_>>().ok_or_else(|| fields.corrupt("approvals"))
}

fn decode_attempt(fields: Fields<'_>) -> Result<Option<Attempt>, StoreError> {
    let Some(number) = fields.optional("attempt")? else { return Ok(None) };
    let (key_since, lease_until) = (fields.get("key_since")?, fields.get("lease_until")?);
    Ok(Some(Attempt { number, key_since, lease_until }))
}
