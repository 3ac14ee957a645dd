use crate::players::entities::listed_player::{self, ListedPlayer};
use crate::players::entities::login::{Login, PasswordHash};
use crate::players::entities::{account, login, referral_code};
use crate::table::layout::Layout;
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Write, WriteOutcome, check, put_new, put_new_secret};
use crate::wallet::entities::wallet;
use crate::{Store, StoreError};
use evens_players::Account;

// Positions of items in the transaction below.
const LOGIN: usize = 0;
const LOGIN_OF_OTHER_SPELLING: usize = 5;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignUpOutcome {
    SignedUp,
    /// Another account has the phone number; nothing changed.
    PhoneNumberTaken,
    /// Another account has the user's number or the referral code. Nothing changed; draw others.
    Collision,
}

impl Store {
    /// Creates an account: all five items, or none. Only a number with two spellings has the sixth condition.
    ///
    /// 1. login of the phone number: absent, else [`SignUpOutcome::PhoneNumberTaken`], unless an earlier attempt of
    ///    the same call put it there
    /// 2. referral code: absent, else [`SignUpOutcome::Collision`]
    /// 3. account: absent, else the same
    /// 4. wallet: absent, else the same
    /// 5. place in the lists of players: absent, as the account is
    /// 6. login of the other spelling of the phone number: absent, else [`SignUpOutcome::PhoneNumberTaken`]
    ///
    /// # Role
    /// - `ConditionCheckItem` on `PHONE#`
    /// - `GetItem` on `PHONE#`
    /// - `PutItem` on `ACCOUNT#`, `PHONE#`, `PLAYERS#`, `REFERRAL-CODE#`, `USER#`
    pub async fn sign_up(
        &self,
        account: &Account,
        password: &PasswordHash,
    ) -> Result<SignUpOutcome, StoreError> {
        attempt!(self, SignUp, {
            match self.transact(sign_up_items(account, password, self.layout)).await? {
                WriteOutcome::Committed => Ok(Attempt::Done(SignUpOutcome::SignedUp)),
                // The refusal does not return the stored login, so it is read again.
                WriteOutcome::Refused { position: LOGIN, .. } => match self.load_login(&account.phone).await?
                {
                    Some(found) if found.user == account.user => Ok(Attempt::Done(SignUpOutcome::SignedUp)),
                    Some(_) => Ok(Attempt::Done(SignUpOutcome::PhoneNumberTaken)),
                    None => Ok(Attempt::Again(StoreError::Contended)),
                },
                WriteOutcome::Refused { position: LOGIN_OF_OTHER_SPELLING, .. } => {
                    Ok(Attempt::Done(SignUpOutcome::PhoneNumberTaken))
                }
                WriteOutcome::Refused { .. } => Ok(Attempt::Done(SignUpOutcome::Collision)),
            }
        })
    }
}

fn sign_up_items(account: &Account, password: &PasswordHash, layout: Layout) -> Vec<Write> {
    let login = Login { user: account.user, password: password.clone() };
    let mut items = vec![
        put_new_secret(login::encode(&account.phone, &login)),
        put_new(referral_code::encode(account.referral_code, account.user)),
        put_new(account::encode_new(account, layout)),
        put_new(wallet::encode_empty(account.user)),
        put_new(listed_player::encode(&ListedPlayer::of(account), layout)),
    ];
    if let Some(other) = account.phone.other_spelling() {
        items.push(check(&login::key(&other), "attribute_not_exists(pk)", vec![]));
    }
    items
}
