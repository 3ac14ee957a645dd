//! Finds a user by id or phone number.

use crate::commands::cannot_read;
use evens_ledger::UserId;
use evens_players::{Account, Country, PhoneNumber};
use evens_runtime::StartError;
use evens_store::Store;

const HINT: &str = "check `evens user list` and the data folder (--data)";

/// The account for a text that may be a user id or a phone number. Digits can be both: an error if they identify two
/// users.
pub(crate) async fn find(store: &Store, country: Country, text: &str) -> Result<Account, StartError> {
    let (user, phone) = (text.parse::<UserId>().ok(), PhoneNumber::parse(text, country));
    let by_number = match user {
        Some(user) => store.load_account(user).await.map_err(cannot_read)?,
        None => None,
    };
    let by_phone = match &phone {
        Ok(phone) => load_by_phone(store, phone).await?,
        Err(_) => None,
    };
    match (by_number, by_phone) {
        (Some(one), Some(other)) if one.user != other.user => {
            let message = format!("{text} is the id of one user and the phone number of another");
            Err(StartError::new(message, format!("use {} for the phone number", other.phone)))
        }
        (Some(found), _) | (None, Some(found)) => Ok(found),
        (None, None) => Err(match (user, phone) {
            (Some(_), Ok(phone)) => {
                let message = format!("no user has the id {text} or the phone number {phone}");
                StartError::new(message, HINT)
            }
            (Some(user), Err(_)) => StartError::new(format!("user {user} does not exist"), HINT),
            (None, Ok(phone)) => no_user_with(&phone, HINT),
            (None, Err(_)) => {
                let message = format!("{text:?} is neither a user id nor a phone number");
                StartError::new(message, "use a user id, or a phone number such as +919876543210")
            }
        }),
    }
}

pub(crate) async fn find_by_number(store: &Store, user: UserId, hint: &str) -> Result<Account, StartError> {
    let found = store.load_account(user).await.map_err(cannot_read)?;
    found.ok_or_else(|| StartError::new(format!("user {user} does not exist"), hint))
}

pub(crate) async fn find_by_phone(
    store: &Store,
    country: Country,
    text: &str,
    hint: &str,
) -> Result<Account, StartError> {
    let phone = PhoneNumber::parse(text, country).map_err(|error| {
        StartError::new(format!("{text:?} {error}"), "use the phone number of the sign-up")
    })?;
    load_by_phone(store, &phone).await?.ok_or_else(|| no_user_with(&phone, hint))
}

async fn load_by_phone(store: &Store, phone: &PhoneNumber) -> Result<Option<Account>, StartError> {
    match store.load_login(phone).await.map_err(cannot_read)? {
        Some(login) => store.load_account(login.user).await.map_err(cannot_read),
        None => Ok(None),
    }
}

fn no_user_with(phone: &PhoneNumber, hint: &str) -> StartError {
    StartError::new(format!("no user has the phone number {phone}"), hint)
}
