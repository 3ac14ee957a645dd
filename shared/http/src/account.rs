//! [`find_account`]: the account that a path names.

use crate::Refusal;
use evens_contracts::{parse_user_id, unknown_user};
use evens_ledger::UserId;
use evens_runtime::Context;

/// The user of an account that staff name in a path. Without this check, an unknown account would have empty lists.
///
/// # Errors
/// `404` if the number is malformed or has no account.
///
/// # Role
/// - `GetItem` on `ACCOUNT#`
pub async fn find_account(context: &Context, text: &str) -> Result<UserId, Refusal> {
    let user = parse_user_id(text)?;
    context.store.load_account(user).await?.ok_or_else(unknown_user)?;
    Ok(user)
}
