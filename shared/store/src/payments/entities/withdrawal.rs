//! A withdrawal, as an [`order`](super::order).

use super::order::{self, OrderList};
use crate::StoreError;
use crate::table::item::{Fields, Item, ItemBuilder};
use crate::table::layout::Layout;
use crate::table::shard::Shard;
use crate::table::texts::{from_or_empty, lines, or_empty, read_texts, texts};
use evens_payments::{
    Approval, Attempt, Direction, ProviderId, Resolution, ResolutionKind, WithdrawalOrder, WithdrawalState,
};
use jiff::Timestamp;
use std::str::FromStr;

/// The attributes that only withdrawals have, and their state.
pub(crate) const ATTRIBUTES: &[&str] = &[
    "state",
    "payee",
    "provider_id",
    "hold_reasons",
    "approvals",
    "attempt",
    "key_since",
    "lease_until",
    "resolution",
    "failed_payouts",
    "paid_after_return",
    "paid_twice",
    "owed_back",
];

/// Encodes the order as revision number `revision`. `next_check_at` is the time of its next check, if any.
pub(crate) fn encode(
    withdrawal: &WithdrawalOrder,
    revision: u64,
    next_check_at: Option<Timestamp>,
    layout: Layout,
) -> Item {
    let attempt = withdrawal.attempt;
    let approvals = withdrawal.approvals.iter().map(|approval| format!("{}\n{}", approval.by, approval.at));
    let item = order::encode_terms(Direction::Withdrawal, &withdrawal.terms, revision)
        .text("state", withdrawal.state)
        .text("payee", &withdrawal.payee)
        .optional_text("provider_id", withdrawal.provider_id.as_ref())
        .value("hold_reasons", texts(withdrawal.hold_reasons.iter().map(ToString::to_string)))
        .value("approvals", texts(approvals))
        .optional_number("attempt", attempt.map(|attempt| attempt.number))
        .optional_text("key_since", attempt.map(|attempt| attempt.key_since))
        .optional_text("lease_until", attempt.map(|attempt| attempt.lease_until))
        .optional_text("resolution", withdrawal.resolution.as_ref().map(encode_resolution))
        .value("failed_payouts", texts(withdrawal.failed_payouts.iter().map(ToString::to_string)))
        .flag("paid_after_return", withdrawal.is_paid_after_return)
        .value("history", order::encode_history(&withdrawal.history));
    let item = with_payouts(item, "paid_twice", &withdrawal.paid_twice);
    let item = with_payouts(item, "owed_back", &withdrawal.owed_back);
    match ended_list_of(withdrawal, layout) {
        Some(partition) => item.unfinished(partition, withdrawal.terms.created_at).build(),
        None => order::listed(item, withdrawal.terms.id, list_of(withdrawal), next_check_at, layout),
    }
}

/// The partition of the `unfinished` index in which a withdrawal stays under the time of its request, once it has
/// ended.
pub(crate) fn ended_list_of(withdrawal: &WithdrawalOrder, layout: Layout) -> Option<String> {
    let has_ended = !withdrawal.state.is_unfinished();
    has_ended.then(|| ended_partition(withdrawal.state, layout.shard_of(withdrawal.terms.id)))
}

/// A shard of the withdrawals that have ended in this state.
pub(crate) fn ended_partition(state: WithdrawalState, shard: Shard) -> String {
    format!("WITHDRAWAL-{state}#{shard}")
}

/// The list in the `unfinished` index to which a withdrawal belongs, if it must still be checked.
pub(crate) fn list_of(withdrawal: &WithdrawalOrder) -> Option<OrderList> {
    match withdrawal.state {
        WithdrawalState::Approved | WithdrawalState::Processing => Some(OrderList::Withdrawals),
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
        resolution: decode_resolution(fields)?,
        failed_payouts: parsed(fields, "failed_payouts")?,
        is_paid_after_return: fields.flag("paid_after_return")?,
        paid_twice: decode_payouts(fields, "paid_twice")?,
        owed_back: decode_payouts(fields, "owed_back")?,
        history: order::decode_history(fields)?,
    })
}

/// Few orders have any, so the attribute is absent if there are none.
fn with_payouts(item: ItemBuilder, name: &'static str, payouts: &[ProviderId]) -> ItemBuilder {
    let is_needed = !payouts.is_empty();
    let texts = || texts(payouts.iter().map(ToString::to_string));
    if is_needed { item.value(name, texts()) } else { item }
}

fn decode_payouts(fields: Fields<'_>, name: &'static str) -> Result<Vec<ProviderId>, StoreError> {
    if fields.optional_list(name)?.is_none() { Ok(Vec::new()) } else { parsed(fields, name) }
}

fn parsed<T: FromStr>(fields: Fields<'_>, name: &'static str) -> Result<Vec<T>, StoreError> {
    let texts = read_texts(fields, name)?;
    texts.into_iter().map(str::parse).collect::<Result<_, _>>().map_err(|_| fields.corrupt(name))
}

fn decode_approvals(fields: Fields<'_>) -> Result<Vec<Approval>, StoreError> {
    let approvals = read_texts(fields, "approvals")?.into_iter().map(|text| {
        let [by, at] = lines(text)?;
        Some(Approval { by: by.parse().ok()?, at: at.parse().ok()? })
    });
    approvals.collect::<Option<_>>().ok_or_else(|| fields.corrupt("approvals"))
}

/// A stopped payout is stored as a retry without approvals. Earlier versions wrote the same, and do not send a payout
/// without approvals.
const STOPPED: ResolutionKind = ResolutionKind::Retry;

/// Three lines for the act: kind, start, and due time. Then one line for each approval with cashier and time.
fn encode_resolution(resolution: &Resolution) -> String {
    let Resolution { kind, since, approvals, due_at } = resolution;
    let kind = kind.unwrap_or(STOPPED);
    let wanted = format!("{kind}\n{since}\n{}", or_empty(*due_at));
    approvals.iter().fold(wanted, |text, approval| format!("{text}\n{} {}", approval.by, approval.at))
}

fn decode_resolution(fields: Fields<'_>) -> Result<Option<Resolution>, StoreError> {
    let Some(text) = fields.optional::<String>("resolution")? else { return Ok(None) };
    let read = || {
        let mut lines = text.split('\n');
        let (kind, since, due_at) = (lines.next()?, lines.next()?, lines.next()?);
        let approval = |line: &str| {
            let (by, at) = line.split_once(' ')?;
            Some(Approval { by: by.parse().ok()?, at: at.parse().ok()? })
        };
        let kind: ResolutionKind = kind.parse().ok()?;
        let approvals: Vec<Approval> = lines.map(approval).collect::<Option<_>>()?;
        let is_stopped = kind == STOPPED && approvals.is_empty();
        Some(Resolution {
            kind: (!is_stopped).then_some(kind),
            since: since.parse().ok()?,
            approvals,
            due_at: from_or_empty(due_at).ok()?,
        })
    };
    read().map(Some).ok_or_else(|| fields.corrupt("resolution"))
}

/// Either all attributes are present or none. A lost attempt would be repeated under another age of its idempotency
/// key.
fn decode_attempt(fields: Fields<'_>) -> Result<Option<Attempt>, StoreError> {
    let number = fields.optional("attempt")?;
    let times = (fields.optional("key_since")?, fields.optional("lease_until")?);
    match (number, times) {
        (None, (None, None)) => Ok(None),
        (Some(number), (Some(key_since), Some(lease_until))) => {
            Ok(Some(Attempt { number, key_since, lease_until }))
        }
        (None, _) => Err(fields.corrupt("attempt")),
        (Some(_), (None, _)) => Err(fields.corrupt("key_since")),
        (Some(_), (Some(_), None)) => Err(fields.corrupt("lease_until")),
    }
}
