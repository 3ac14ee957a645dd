//! Rows of states that follow from decisions: of staff, about accounts and identities, and of players, about their own
//! settings.

use evens_payments::{Cashier, SettingsEntry};
use evens_players::Account;

pub(crate) const USER_FIELDS: [&str; 3] = ["user", "role", "blocked"];

pub(crate) fn values_of_user(account: &Account) -> [String; USER_FIELDS.len()] {
    [account.user.to_string(), account.role.to_string(), account.is_blocked.to_string()]
}

pub(crate) const PLAYER_FIELDS: [&str; 5] =
    ["user", "identity", "settings", "settingsNumber", "settingsHash"];

pub(crate) fn values_of_player(cashier: &Cashier) -> [String; PLAYER_FIELDS.len()] {
    [
        cashier.user.to_string(),
        cashier.identity.to_string(),
        cashier.settings_text(),
        cashier.settings.number.to_string(),
        cashier.settings.hash.to_string(),
    ]
}

pub(crate) const SETTINGS_FIELDS: [&str; 6] = ["user", "number", "at", "settings", "previousHash", "hash"];

pub(crate) fn values_of_settings(entry: &SettingsEntry) -> [String; SETTINGS_FIELDS.len()] {
    [
        entry.user.to_string(),
        entry.number.to_string(),
        entry.at.to_string(),
        entry.settings.clone(),
        entry.previous_hash.to_string(),
        entry.hash.to_string(),
    ]
}
