//! Records as JSON.

use crate::core::{Core, Payment, Payout, PendingCallback, Refund};
use serde_json::{Value, json};

pub(super) fn payment(payment: &Payment, base_url: &str) -> Value {
    json!({
        "id": payment.id,
        "status": payment.status,
        "amount": payment.amount,
        "currency": payment.currency,
        "reference": payment.reference,
        "amountRefunded": payment.amount_refunded,
        "payUrl": format!("{base_url}/pay/{}", payment.id),
        "openedAt": payment.opened_at,
        "changedAt": payment.changed_at,
    })
}

pub(super) fn refund(refund: &Refund) -> Value {
    json!({
        "id": refund.id,
        "paymentId": refund.payment,
        "status": refund.status,
        "amount": refund.amount,
        "currency": refund.currency,
        "reference": refund.reference,
        "changedAt": refund.changed_at,
    })
}

/// Shows only the last characters of the account.
pub(super) fn payout(payout: &Payout) -> Value {
    json!({
        "id": payout.id,
        "status": payout.status,
        "amount": payout.amount,
        "currency": payout.currency,
        "reference": payout.reference,
        "account": payout.account.masked(),
        "acceptedAt": payout.accepted_at,
        "changedAt": payout.changed_at,
    })
}

/// The complete state for tests, including full account numbers.
pub(super) fn everything(core: &Core, base_url: &str) -> Value {
    let payout = |found: &Payout| {
        let mut view = payout(found);
        view["account"] = json!(found.account);
        view
    };
    let callback = |callback: &PendingCallback| {
        json!({
            "id": callback.event.id(),
            "type": callback.event.r#type,
            "attempts": callback.attempts,
            "due": callback.due,
        })
    };
    json!({
        "payments": core.payments().map(|found| payment(found, base_url)).collect::<Vec<_>>(),
        "refunds": core.refunds().map(refund).collect::<Vec<_>>(),
        "payouts": core.payouts().map(payout).collect::<Vec<_>>(),
        "movements": core.movements(),
        "callbacks": core.pending_callbacks().map(callback).collect::<Vec<_>>(),
        "faults": core.pending_faults(),
    })
}
