//! Pending acts that need more approvals, in an order or a payments record. Each is a text: the act on the first line,
//! then one line for each approval with cashier and time. Also the adjustments made to a wallet: an id and a hash each.

use crate::StoreError;
use crate::table::item::{Fields, ItemBuilder};
use crate::table::texts::{read_texts, texts};
use evens_idempotency::Fingerprint;
use evens_payments::{AdjustmentRequest, Agreement, Approval};

pub(crate) const AGREEMENTS: &str = "agreements";
pub(crate) const ADJUSTMENTS: &str = "adjustments";

/// Few items have any, so the attribute is absent if there are none.
pub(crate) fn with_agreements(item: ItemBuilder, agreements: &[Agreement]) -> ItemBuilder {
    let encode = |Agreement { wanted, approvals }: &Agreement| {
        let line = |text, approval: &Approval| format!("{text}\n{} {}", approval.by, approval.at);
        approvals.iter().fold(wanted.clone(), line)
    };
    with_lines(item, AGREEMENTS, agreements, encode)
}

pub(crate) fn decode(fields: Fields<'_>) -> Result<Vec<Agreement>, StoreError> {
    let approval = |line: &str| {
        let (by, at) = line.split_once(' ')?;
        Some(Approval { by: by.parse().ok()?, at: at.parse().ok()? })
    };
    let read = |text: &str| {
        let (wanted, approvals) = text.split_once('\n')?;
        let approvals = approvals.split('\n').map(approval).collect::<Option<_>>()?;
        Some(Agreement { wanted: wanted.to_owned(), approvals })
    };
    decode_lines(fields, AGREEMENTS, read)
}

/// Few players have any, so the attribute is absent if there are none.
pub(crate) fn with_adjustments(item: ItemBuilder, made: &[AdjustmentRequest]) -> ItemBuilder {
    let encode =
        |AdjustmentRequest { id, fingerprint }: &AdjustmentRequest| format!("{id}\n{}", fingerprint.digest());
    with_lines(item, ADJUSTMENTS, made, encode)
}

pub(crate) fn decode_adjustments(fields: Fields<'_>) -> Result<Vec<AdjustmentRequest>, StoreError> {
    let read = |text: &str| {
        let (id, digest) = text.split_once('\n')?;
        let fingerprint = Fingerprint::from_stored(digest.parse().ok()?);
        Some(AdjustmentRequest { id: id.parse().ok()?, fingerprint })
    };
    decode_lines(fields, ADJUSTMENTS, read)
}

/// One text for each value. Without values the attribute is absent.
fn with_lines<T>(
    item: ItemBuilder,
    name: &'static str,
    all: &[T],
    encode: impl FnMut(&T) -> String,
) -> ItemBuilder {
    if all.is_empty() { item } else { item.value(name, texts(all.iter().map(encode))) }
}

fn decode_lines<T>(
    fields: Fields<'_>,
    name: &'static str,
    read: impl FnMut(&str) -> Option<T>,
) -> Result<Vec<T>, StoreError> {
    if fields.optional_list(name)?.is_none() {
        return Ok(Vec::new());
    }
    let all = read_texts(fields, name)?.into_iter().map(read);
    all.collect::<Option<_>>().ok_or_else(|| fields.corrupt(name))
}
