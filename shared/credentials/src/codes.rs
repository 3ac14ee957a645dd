//! [`Codes`]: hashes and checks the codes that verify phone numbers, and those that set new passwords.

use evens_players::{Account, PhoneNumber, Recovery, RecoveryCode, RecoveryId, SentCode, VerificationCode};
use evens_runtime::tokens::TokenSigner;
use jiff::Timestamp;
use std::sync::Arc;

// Each kind of code has a purpose, so that none is valid in place of another, and no other use of the key makes one.
const PHONE: &str = "phone code";
const RECOVERY: &str = "recovery code";

/// Hashes and checks codes. There are so few that an unkeyed hash could be reversed by trying all. Cheap to clone.
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
        let hash = self.0.keyed_hash(PHONE, &of_account(account, code, now));
        SentCode::new(account.user, hash, now)
    }

    /// Returns `true` if this is the code that was sent. Compares in constant time.
    pub fn is_right(&self, account: &Account, sent: &SentCode, code: &VerificationCode) -> bool {
        self.0.is_keyed_hash(PHONE, &of_account(account, code, sent.sent_at), &sent.hash)
    }

    /// The record to store for a recovery that begins now with this code.
    pub fn begun(
        &self,
        id: &RecoveryId,
        phone: &PhoneNumber,
        code: &RecoveryCode,
        now: Timestamp,
    ) -> Recovery {
        let hash = self.0.keyed_hash(RECOVERY, &of_recovery(id, phone, code, now));
        Recovery::new(id.digest(), phone.clone(), hash, now)
    }

    /// Returns `true` if this is the code of the recovery with this id. Compares in constant time.
    pub fn recovers(&self, id: &RecoveryId, begun: &Recovery, code: &RecoveryCode) -> bool {
        self.0.is_keyed_hash(RECOVERY, &of_recovery(id, &begun.phone, code, begun.sent_at), &begun.hash)
    }
}

/// A code is valid for one player, one number and one time of sending.
fn of_account(account: &Account, code: &VerificationCode, sent_at: Timestamp) -> String {
    format!("{}\n{}\n{sent_at}\n{}", account.user, account.phone, code.reveal())
}

/// A code is valid for one id, which only the client of the recovery has, one number and one time of sending.
fn of_recovery(id: &RecoveryId, phone: &PhoneNumber, code: &RecoveryCode, sent_at: Timestamp) -> String {
    format!("{}\n{phone}\n{sent_at}\n{}", id.reveal(), code.reveal())
}
