//! Short names for things that the tests write often.

use evens_contracts::Problem;
use evens_ledger::Amount;

/// The bet of user 42 under `key-1`.
pub(crate) const BET: &str = "c6d110f3-7eb3-8322-875b-644f690fa954";
/// Its match with the bet of user 43 under `key-1`.
pub(crate) const MATCH: &str = "0820039d-26b6-8139-91b0-9302aa2376d7";
/// A round.
pub(crate) const ROUND: &str = "round-2024-01-01";
/// 32 bytes in base64.
pub(crate) const PUBLIC_KEY: &str = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";
/// 64 bytes in base64.
pub(crate) const SIGNATURE: &str =
    "+5Ahse8nF7kTYN96goGfUKH5l3r+01HKnFnvVyMPrs/qIR5Yf8A5VPb/v/uWckFfoCYvO6BBQMfqZpjek7FnAA==";

/// The amount that is written in the text.
pub(crate) fn amount(text: &str) -> Amount {
    text.parse().expect("an amount")
}

/// A refusal in one line: its code, field and detail.
pub(crate) fn line(problem: &Problem) -> String {
    format!("{} {}: {}", problem.kind.code(), problem.field.unwrap_or("-"), problem.detail)
}

/// The refusal of a field, as [`line`] writes it.
pub(crate) fn invalid(field: &str, detail: &str) -> String {
    format!("invalid {field}: {field} {detail}")
}
