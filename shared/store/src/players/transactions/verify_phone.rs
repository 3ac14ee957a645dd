//! Phone verification: a code is stored, tried and used up.

use crate::players::entities::{account, phone_code};
use crate::table::item::{number, text};
use crate::table::layout::Layout;
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Change, WriteOutcome, change, delete};
use crate::{Store, StoreError};
use evens_ledger::UserId;
use evens_players::{Account, Registration, SentCode};
use jiff::Timestamp;

// The position of this item in the transaction below.
const ACCOUNT: usize = 0;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VerifyPhoneOutcome {
    /// Verified; the account afterwards.
    Verified(Box<Account>),
    /// A newer code was sent in the meantime; nothing changed.
    Replaced,
    UnknownUser,
}

impl Store {
    /// Stores a code that is sent to a player now. The previous code becomes invalid.
    ///
    /// # Role
    /// - `PutItem` on `PHONE-CODE#`
    pub async fn keep_phone_code(&self, sent: &SentCode) -> Result<(), StoreError> {
        let item = phone_code::encode(sent);
        attempt!(self, WriteAccount, { self.put(item.clone()).await.map(Attempt::Done) })
    }

    /// Takes one of the tries of a player's newest code, before the code is compared. Returns `None` if there is no
    /// valid code, or no try is left. Concurrent requests cannot exceed the number of tries. A try whose answer was
    /// lost may be counted twice.
    ///
    /// 1. code: has tries left, and is valid
    ///
    /// # Role
    /// - `UpdateItem` on `PHONE-CODE#`
    pub async fn try_phone_code(&self, user: UserId, now: Timestamp) -> Result<Option<SentCode>, StoreError> {
        attempt!(self, WriteAccount, {
            let tried = Change {
                key: phone_code::key(user),
                update: "SET tries = tries + :one",
                condition: "tries < :most AND expires_at > :now",
                values: vec![
                    (":one", number(1)),
                    (":most", number(SentCode::TRIES_MAX)),
                    (":now", number(now.as_second())),
                ],
            };
            match self.change_and_read(tried).await? {
                Ok(item) => phone_code::decode(&item).map(|sent| Attempt::Done(Some(sent))),
                Err(_) => Ok(Attempt::Done(None)),
            }
        })
    }

    /// Marks a player's phone number as verified by a code, and deletes the code. Bonuses that waited for the
    /// verification become due. Both items, or none.
    ///
    /// 1. account: its registration is the one read, and its number is not verified, else read again
    /// 2. code: the one that was tried, else [`VerifyPhoneOutcome::Replaced`]
    ///
    /// # Role
    /// - `DeleteItem` on `PHONE-CODE#`
    /// - `GetItem` on `ACCOUNT#`
    /// - `UpdateItem` on `ACCOUNT#`
    pub async fn verify_phone(&self, tried: &SentCode) -> Result<VerifyPhoneOutcome, StoreError> {
        attempt!(self, WriteAccount, {
            let Some(read) = self.load_account(tried.user).await? else {
                return Ok(Attempt::Done(VerifyPhoneOutcome::UnknownUser));
            };
            if read.is_phone_verified {
                // An earlier attempt of this call whose answer was lost, or a concurrent call.
                return Ok(Attempt::Done(VerifyPhoneOutcome::Verified(Box::new(read))));
            }
            let code = phone_code::key(tried.user);
            let items = vec![
                change(verified(&read, self.layout)),
                delete(&code, "code_hash = :tried", vec![(":tried", text(tried.hash))]),
            ];
            match self.transact(items).await? {
                WriteOutcome::Committed => {
                    let registration = owed_from_now(read.registration);
                    let account = Account { is_phone_verified: true, registration, ..read };
                    Ok(Attempt::Done(VerifyPhoneOutcome::Verified(Box::new(account))))
                }
                WriteOutcome::Refused { position: ACCOUNT, .. } => Ok(Attempt::Again(StoreError::Contended)),
                WriteOutcome::Refused { .. } => Ok(Attempt::Done(VerifyPhoneOutcome::Replaced)),
            }
        })
    }
}

/// A bonus that waited for the verification is due now.
fn owed_from_now(read: Registration) -> Registration {
    if read == Registration::VerificationDue { Registration::BonusDue } else { read }
}

fn verified(read: &Account, layout: Layout) -> Change<'static> {
    let mut values = vec![(":yes", text("yes")), (":read", text(read.registration.as_str()))];
    let update = if read.registration == Registration::VerificationDue {
        values.push((":next", text(owed_from_now(read.registration).as_str())));
        values.extend(account::listing(read, layout));
        "SET phone_verified = :yes, registration = :next, unfinished_pk = :pk, unfinished_sk = :sk"
    } else {
        "SET phone_verified = :yes"
    };
    let condition = "registration = :read AND attribute_not_exists(phone_verified)";
    Change { key: account::key(read.user), update, condition, values }
}
