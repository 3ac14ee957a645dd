//! Permissions of calls that change an order. The rule passed to the call decides what it writes: [`RULES`]. Also calls
//! that need no permission.

/// A table permission: an action, and the prefixes of its partition keys.
pub(crate) type RowNeed = (&'static str, &'static [&'static str]);

/// Calls that a function makes only on a developer's machine, without roles. There, a bet may open a round.
pub const LOCAL_CALLS: &[(&str, &str)] =
    &[("jackpot-pools", "store.clone"), ("place-bet", "store.open_round")];

/// Calls that change an order by the rule passed to them.
pub(crate) const CHANGES: [&str; 5] = [
    "store.act_on_deposit",
    "store.act_on_withdrawal",
    "store.change_deposit",
    "store.change_suspended",
    "store.change_withdrawal",
];

/// The writes of each rule on orders. A function that only adds a note to an order cannot credit a wallet. A function
/// that cancels a withdrawal cannot record its payout.
pub(crate) const RULES: &[(&str, &[RowNeed])] = &[
    ("agree_to_resolution", &[("PutItem", &["ORDER#"])]),
    ("approve_withdrawal", &[("PutItem", &["ORDER#"])]),
    (
        "cancel_withdrawal",
        &[("PutItem", &["CASHIER#", "LEDGER#", "MOVED#", "ORDER#"]), ("UpdateItem", &["USER#"])],
    ),
    ("claim_payout", &[("PutItem", &["ORDER#"])]),
    ("end_unopened", &[("PutItem", &["CASHIER#", "ORDER#"])]),
    ("expire_deposit", &[("PutItem", &["CASHIER#", "ORDER#"])]),
    ("hold_unsent", &[("PutItem", &["ORDER#"])]),
    ("hold_disputed", &[("PutItem", &["CASHIER#", "ORDER#"]), ("UpdateItem", &["USER#"])]),
    ("note_refund", &[("PutItem", &["ORDER#"])]),
    ("note_provider_id", &[("PutItem", &["ORDER#"])]),
    (
        "reject_withdrawal",
        &[("PutItem", &["CASHIER#", "LEDGER#", "MOVED#", "ORDER#"]), ("UpdateItem", &["USER#"])],
    ),
    (
        "refund_deposit",
        &[("PutItem", &["CASHIER#", "LEDGER#", "MOVED#", "ORDER#"]), ("UpdateItem", &["USER#"])],
    ),
    ("return_payment", &[("PutItem", &["MOVED#", "ORDER#", "TRANSFER#SUSPENSE-OUT:"])]),
    ("return_unclaimed", &[("PutItem", &["MOVED#", "ORDER#", "TRANSFER#SUSPENSE-OUT:"])]),
    (
        "resolve_payout",
        &[("PutItem", &["CASHIER#", "LEDGER#", "MOVED#", "ORDER#"]), ("UpdateItem", &["USER#"])],
    ),
    (
        "settle_deposit",
        &[("PutItem", &["CASHIER#", "LEDGER#", "MOVED#", "ORDER#", "TRANSFER#"]), ("UpdateItem", &["USER#"])],
    ),
    (
        "settle_dispute",
        &[("PutItem", &["CASHIER#", "LEDGER#", "MOVED#", "ORDER#", "TRANSFER#"]), ("UpdateItem", &["USER#"])],
    ),
    (
        "settle_payout",
        &[("PutItem", &["CASHIER#", "LEDGER#", "MOVED#", "ORDER#", "TRANSFER#"]), ("UpdateItem", &["USER#"])],
    ),
];
