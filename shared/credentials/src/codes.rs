//! [`Codes`]: hashes and checks the codes that verify phone numbers.

use evens_players::{Account, SentCode, VerificationCode};
use evens_runtime::tokens::TokenSigner;
use jiff::Timestamp;
use std::sync::Arc;

/// Separates these hashes from other uses of the key.
const PURPOSE: &str = "phone code";

/// Hashes and checks codes. There are only a million codes, so an unkeyed hash could be reversed by trying all. Cheap
/// to clone.
#[derive(Debug, Clone)]
pub struct Codes(Arc<TokenSigner>);

impl Codes {
    /// The hash key derives from the token signing key. If that key is replaced, codes already sent become invalid;
    /// they expire after ten minutes anyway.
    pub(crate) fn new(signer: Arc<TokenSigner>) -> Self {
        Self(signer)
    }

    /// The record to store for a code that is sent now.
    pub fn kept(&self, account: &Account, code: &VerificationCode, now: Timestamp) -> SentCode {
        let hash = self.0.keyed_hash(PURPOSE, &hashed(account, code, now));
        SentCode::new(account.user, hash, now)
    }

    /// Returns `true` if this is the code that was sent. Compares in constant time.
    pub fn is_right(&self, account: &Account, sent: &SentCode, code: &VerificationCode) -> bool {
        self.0.is_keyed_hash(PURPOSE, &hashed(account, code, sent.sent_at), &sent.hash)
    }
}

/// A code is valid for one player, one number and one time of sending.
fn hashed(account: &Account, code: &VerificationCode, sent_at: Timestamp) -> String {
    format!("{}\n{}\n{sent_at}\n{}", account.user, account.phone, code.reveal())
}
