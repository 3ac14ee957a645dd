//! What a change of an order writes is decided by the rule that it is given: [`RULES`]; and what needs no role.

use crate::role_calls::Need;

/// Calls that a function makes only on somebody's own machine, where there are no roles: there, a bet may open a round.
pub(crate) const LOCAL_CALLS: &[(&str, &str)] =
    &[("jackpot-pools", "store.clone"), ("place-bet", "store.open_round")];

/// The calls that change an order as a rule decides, which they are given.
pub(crate) const CHANGES: [&str; 5] = [
    "store.act_on_deposit",
    "store.act_on_withdrawal",
    "store.change_deposit",
    "store.change_suspended",
    "store.change_withdrawal",
];

/// What the rules plan by which orders are changed. So whoever only notes something on an order may credit nobody, and
/// whoever takes a withdrawal back cannot write that its money left.
pub(crate) const RULES: &[(&str, &[Need])] = &[
    ("agree_to_resolution", &[("PutItem", &["ORDER#"])]),
    ("approve_withdrawal", &[("PutItem", &["ORDER#"])]),
    ("cancel_withdrawal", &[("PutItem", &["CASHIER#", "LEDGER#", "ORDER#"]), ("UpdateItem", &["USER#"])]),
    ("claim_payout", &[("PutItem", &["ORDER#"])]),
    ("end_unopened", &[("PutItem", &["CASHIER#", "ORDER#"])]),
    ("expire_deposit", &[("PutItem", &["CASHIER#", "ORDER#"])]),
    ("hold_unsent", &[("PutItem", &["ORDER#"])]),
    ("hold_disputed", &[("PutItem", &["CASHIER#", "ORDER#"]), ("UpdateItem", &["USER#"])]),
    ("note_refund", &[("PutItem", &["ORDER#"])]),
    ("note_provider_id", &[("PutItem", &["ORDER#"])]),
    ("reject_withdrawal", &[("PutItem", &["CASHIER#", "LEDGER#", "ORDER#"]), ("UpdateItem", &["USER#"])]),
    ("refund_deposit", &[("PutItem", &["CASHIER#", "LEDGER#", "ORDER#"]), ("UpdateItem", &["USER#"])]),
    ("return_payment", &[("PutItem", &["ORDER#", "TRANSFER#SUSPENSE-OUT:"])]),
    ("return_unclaimed", &[("PutItem", &["ORDER#", "TRANSFER#SUSPENSE-OUT:"])]),
    ("resolve_payout", &[("PutItem", &["CASHIER#", "LEDGER#", "ORDER#"]), ("UpdateItem", &["USER#"])]),
    (
        "settle_deposit",
        &[("PutItem", &["CASHIER#", "LEDGER#", "ORDER#", "TRANSFER#"]), ("UpdateItem", &["USER#"])],
    ),
    (
        "settle_dispute",
        &[("PutItem", &["CASHIER#", "LEDGER#", "ORDER#", "TRANSFER#"]), ("UpdateItem", &["USER#"])],
    ),
    (
        "settle_payout",
        &[("PutItem", &["CASHIER#", "LEDGER#", "ORDER#", "TRANSFER#"]), ("UpdateItem", &["USER#"])],
    ),
];
