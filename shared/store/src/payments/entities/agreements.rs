//! What cashiers want and others must agree to, in an order or a cashier record: what, then who agrees and when, a line
//! each. And which adjustments of a wallet were made: an id and a hash each.

use super::order::{read_texts, texts};
use crate::StoreError;
use crate::table::item::{Fields, ItemBuilder};
use evens_payments::{Agreement, Approval, Fingerprint, MadeAdjustment};

const AGREEMENTS: &str = "agreements";
const ADJUSTMENTS: &str = "adjustments";

/// Few items have any.
pub(crate) fn with_agreements(item: ItemBuilder, agreements: &[Agreement]) -> ItemBuilder {
    let encode = |Agreement { wanted, approvals }: &Agreement| {
        let line = |text, approval: &Approval| format!("{text}\n{} {}", approval.by, approval.at);
        approvals.iter().fold(wanted.clone(), line)
    };
    let is_needed = !agreements.is_empty();
    let listed = || texts(agreements.iter().map(encode));
    if is_needed { item.value(AGREEMENTS, listed()) } else { item }
}

pub(crate) fn decode(fields: Fields<'_>) -> Result<Vec<Agreement>, StoreError> {
    if fields.optional_list(AGREEMENTS)?.is_none() {
        return Ok(Vec::new());
    }
    let approval = |line: &str| {
        let (by, at) = line.split_once(' ')?;
        Some(Approval { by: by.parse().ok()?, at: at.parse().ok()? })
    };
    let read = |text: &str| {
        let (wanted, approvals) = text.split_once('\n')?;
        let approvals = approvals.split('\n').map(approval).collect::<Option<_>>()?;
        Some(Agreement { wanted: wanted.to_owned(), approvals })
    };
    let agreements = read_texts(fields, AGREEMENTS)?.into_iter().map(read);
    agreements.collect::<Option<_>>().ok_or_else(|| fields.corrupt(AGREEMENTS))
}

/// Few players have any.
pub(crate) fn with_adjustments(item: ItemBuilder, made: &[MadeAdjustment]) -> ItemBuilder {
    let encode =
        |MadeAdjustment { id, fingerprint }: &MadeAdjustment| format!("{id}\n{}", fingerprint.digest());
    if made.is_empty() { item } else { item.value(ADJUSTMENTS, texts(made.iter().map(encode))) }
}

pub(crate) fn decode_adjustments(fields: Fields<'_>) -> Result<Vec<MadeAdjustment>, StoreError> {
    if fields.optional_list(ADJUSTMENTS)?.is_none() {
        return Ok(Vec::new());
    }
    let read = |text: &str| {
        let (id, digest) = text.split_once('\n')?;
        let fingerprint = Fingerprint::from_stored(digest.parse().ok()?);
        Some(MadeAdjustment { id: id.parse().ok()?, fingerprint })
    };
    let made = read_texts(fields, ADJUSTMENTS)?.into_iter().map(read);
    made.collect::<Option<_>>().ok_or_else(|| fields.corrupt(ADJUSTMENTS))
}
