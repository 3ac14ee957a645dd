//! [`idempotency_key`]: the key under which a provider carries out a call at most once.

use evens_ledger::Digest;
use evens_payments::{OrderId, PayoutKey, ProviderId};

/// A call that a provider carries out once per key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyedCall<'a> {
    /// Opens the payment of a deposit.
    OpenPayment,
    /// Refunds a payment. A deposit can have several.
    Refund(&'a ProviderId),
    /// Sends a payout. Its key is a [`PayoutKey`].
    SendPayout,
}

/// The key of an attempt: a version-8 UUID, derived from the call, the order and the attempt only. A repeat of the
/// attempt therefore has the same key. The derivation must never change: another key would repeat a call that was
/// carried out.
pub fn idempotency_key(call: KeyedCall<'_>, order: OrderId, attempt: u32) -> String {
    match call {
        KeyedCall::OpenPayment => of_text(&format!("payment\n{order}\n{attempt}")),
        KeyedCall::Refund(payment) => of_text(&format!("refund\n{order}\n{payment}\n{attempt}")),
        KeyedCall::SendPayout => PayoutKey::derive(order, attempt).to_string(),
    }
}

/// The first 16 bytes of the SHA-256 with the version and variant bits of such a UUID, as in [`PayoutKey`].
fn of_text(text: &str) -> String {
    let digest = Digest::of(text.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.bytes()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid().to_string()
}
