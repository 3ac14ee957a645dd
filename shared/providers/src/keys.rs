//! [`idempotency_key`]: the name under which a provider makes one thing, however often it is asked.

use evens_ledger::Digest;
use evens_payments::{OrderId, PayoutKey, ProviderId};

/// A call that a provider carries out once for each key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyedCall<'a> {
    /// Opening the payment of a deposit.
    OpenPayment,
    /// Giving a payment back. A deposit can have had two.
    Refund(&'a ProviderId),
    /// Paying out. Its key is [`PayoutKey`].
    SendPayout,
}

/// The key of an attempt: a version-8 UUID. It follows from the call, the order and the attempt and from nothing else,
/// so whoever repeats the attempt has the same one. It is kept for ever: another key for a call that was made would
/// make it again.
pub fn idempotency_key(call: KeyedCall<'_>, order: OrderId, attempt: u32) -> String {
    match call {
        KeyedCall::OpenPayment => of_text(&format!("payment\n{order}\n{attempt}")),
        KeyedCall::Refund(payment) => of_text(&format!("refund\n{order}\n{payment}\n{attempt}")),
        KeyedCall::SendPayout => PayoutKey::derive(order, attempt).to_string(),
    }
}

/// The first 16 bytes of the SHA-256 with the version and variant of such a UUID, as a [`PayoutKey`] has them.
fn of_text(text: &str) -> String {
    let digest = Digest::of(text.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.bytes()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid().to_string()
}
