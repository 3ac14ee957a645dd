//! [`Codes`]: what is kept of a code that proves a phone number, and whether a code is the one that was sent.

use evens_players::{Account, SentCode, VerificationCode};
use evens_runtime::tokens::TokenSigner;
use jiff::Timestamp;
use std::sync::Arc;

/// What sets these hashes apart from those of any other use of the key.
const PURPOSE: &str = "phone code";

/// Hashes codes and checks them. There are a million codes, so a hash without a key would be found by trying. Cheap to
/// clone.
#[derive(Debug, Clone)]
pub struct Codes(Arc<TokenSigner>);

impl Codes {
    /// Codes that are hashed with a key that follows from the one that signs tokens: with another one, codes that were
    /// sent hold no more, as after ten minutes.
    pub(crate) fn new(signer: Arc<TokenSigner>) -> Self {
        Self(signer)
    }

    /// What is kept of a code that an account is sent now.
    pub fn kept(&self, account: &Account, code: &VerificationCode, now: Timestamp) -> SentCode {
        let hash = self.0.keyed_hash(PURPOSE, &hashed(account, code, now));
        SentCode::new(account.user, hash, now)
    }

    /// Whether a code is the one that was sent. It takes as long to find out, whichever digits are wrong.
    pub fn is_right(&self, account: &Account, sent: &SentCode, code: &VerificationCode) -> bool {
        self.0.is_keyed_hash(PURPOSE, &hashed(account, code, sent.sent_at), &sent.hash)
    }
}

/// A code is one for one player, one number and one moment.
fn hashed(account: &Account, code: &VerificationCode, sent_at: Timestamp) -> String {
    format!("{}\n{}\n{sent_at}\n{}", account.user, account.phone, code.reveal())
}
