//! Proving a phone number: a code is kept, tried, and used up.

use crate::players::entities::{account, phone_code};
use crate::table::item::{number, text};
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Change, Written, change, delete};
use crate::{Store, StoreError};
use evens_ledger::UserId;
use evens_players::{Account, Registration, SentCode};
use jiff::Timestamp;

/// What became of a number whose code was right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VerifyPhoneOutcome {
    /// It is proved; the account afterwards.
    Verified(Box<Account>),
    /// Another code was sent meanwhile; nothing changed.
    Replaced,
    /// There is no such player.
    UnknownUser,
}

impl Store {
    /// Keeps a code that a player is sent now. The one before holds no more.
    ///
    /// # Role
    /// - `PutItem` on `PHONE-CODE#`
    pub async fn keep_phone_code(&self, sent: &SentCode) -> Result<(), StoreError> {
        let item = phone_code::encode(sent);
        attempt!(self, WriteAccount, { self.put(item.clone()).await.map(Attempt::Done) })
    }

    /// Takes one of the tries of a player's newest code, before anybody looks whether it is right; none where there is
    /// no code that holds, or no try left. Of tries at once no more are let through than there are. One whose answer
    /// was lost may be taken twice.
    ///
    /// 1. code: has tries left, and holds
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

    /// Says that a player's number is proved by that code, which is used up by it; where bonuses have waited for it,
    /// they are owed from now on. Both items, or none.
    ///
    /// 1. account: its registration is the one read, and its number is not proved, else read again
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
                // An earlier attempt of this call, whose answer was lost, or another one beside it.
                return Ok(Attempt::Done(VerifyPhoneOutcome::Verified(Box::new(read))));
            }
            let code = phone_code::key(tried.user);
            let items = vec![
                change(&self.table, verified(&read))?,
                delete(&self.table, &code, "code_hash = :tried", (":tried", text(tried.hash)))?,
            ];
            match self.transact(items).await? {
                Written::Committed => {
                    let registration = owed_from_now(read.registration);
                    let account = Account { is_phone_verified: true, registration, ..read };
                    Ok(Attempt::Done(VerifyPhoneOutcome::Verified(Box::new(account))))
                }
                Written::Refused { position: 0, .. } => Ok(Attempt::Again(StoreError::Contended)),
                Written::Refused { .. } => Ok(Attempt::Done(VerifyPhoneOutcome::Replaced)),
            }
        })
    }
}

/// What has waited for the number is owed now.
fn owed_from_now(read: Registration) -> Registration {
    if read == Registration::VerificationDue { Registration::BonusDue } else { read }
}

fn verified(read: &Account) -> Change<'static> {
    let mut values = vec![(":yes", text("yes")), (":read", text(read.registration.as_str()))];
    let update = if read.registration == Registration::VerificationDue {
        values.push((":next", text(owed_from_now(read.registration).as_str())));
        values.extend(account::listing(read));
        "SET phone_verified = :yes, registration = :next, unfinished_pk = :pk, unfinished_sk = :sk"
    } else {
        "SET phone_verified = :yes"
    };
    let condition = "registration = :read AND attribute_not_exists(phone_verified)";
    Change { key: account::key(read.user), update, condition, values }
}
