//! Finds entries by their key or their reference, and jackpot contributions by their id.
//!
//! No index lists entries by either: it would cost each movement of money more than all lookups together. A key or a
//! reference tells which bet, match or order it is about, and that tells whose ledger it is in. So only that ledger is
//! searched, the newest entries first.

use crate::exchange::entities::bet;
use crate::jackpots::entities::operation;
use crate::payments::entities::order;
use crate::players::entities::account;
use crate::table::item::{Fields, Key};
use crate::wallet::entities::{funding, transfer};
use crate::{Store, StoreError};
use evens_idempotency::BetId;
use evens_jackpots::{Contribution, OperationId};
use evens_ledger::{Entry, EntryKey, EntryPurpose, Transfer, UserId};
use evens_payments::OrderId;
use evens_players::ReferralBonuses;

/// The name by which entries are looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryName {
    /// The idempotency key, which at most one entry has.
    Key(String),
    /// The id of the bet, match or order that the entry is about.
    Reference(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundEntries {
    /// The entries, newest first.
    pub entries: Vec<Entry>,
    /// The transfer between system accounts that has the key.
    pub transfer: Option<Transfer>,
    /// The jackpot contribution that has the id, or whose transfer has the key. Its transfers follow from it.
    pub contribution: Option<Contribution>,
    /// The user whose ledger was searched; `None` if the name does not lead to a user.
    pub searched: Option<UserId>,
    /// `true` if the whole ledger was searched, or the key was found.
    pub is_complete: bool,
}

/// Maximum number of entries of a ledger that are searched.
const SEARCHED_MAX: usize = 20_000;

/// Number of entries read at once.
const PAGE: u16 = 1_000;

impl Store {
    /// Finds entries in the ledger of `user`, or else of the user to whom the name leads. An order, bet, funding or
    /// account is read only for its user.
    ///
    /// # Role
    /// - `GetItem` on `ACCOUNT#`, `BET#`, `FUND#`, `JACKPOT-OP#`, `ORDER#`, `TRANSFER#`, `USER#`
    /// - `Query` on `LEDGER#`
    pub async fn find_entries(
        &self,
        name: &EntryName,
        user: Option<UserId>,
    ) -> Result<FoundEntries, StoreError> {
        let transfer = match name {
            EntryName::Key(key) => self.get(&transfer::key(&EntryKey::from_stored(key.clone()))).await?,
            EntryName::Reference(_) => None,
        };
        let transfer = transfer.as_ref().map(transfer::decode).transpose()?;
        let contribution = match contribution_of(name) {
            Some(operation) => self.load_jackpot_contribution(&operation).await?,
            None => None,
        };
        let searched = match user {
            Some(user) => Some(user),
            None => self.owner_of(name).await?,
        };
        let mut found =
            FoundEntries { entries: Vec::new(), transfer, contribution, searched, is_complete: true };
        if let Some(user) = searched {
            self.search(name, user, &mut found).await?;
        }
        Ok(found)
    }

    async fn search(
        &self,
        name: &EntryName,
        user: UserId,
        found: &mut FoundEntries,
    ) -> Result<(), StoreError> {
        let (mut before, mut searched) = (None, 0);
        loop {
            let entries = self.list_entries(user, before, PAGE).await?;
            (before, searched) = (entries.last().map(|entry| entry.number), searched + entries.len());
            let is_last = entries.len() < usize::from(PAGE);
            found.entries.extend(entries.into_iter().filter(|entry| is_named(entry, name)));
            let is_found = matches!(name, EntryName::Key(_)) && !found.entries.is_empty();
            if is_last || is_found {
                return Ok(());
            }
            if searched >= SEARCHED_MAX {
                found.is_complete = false;
                return Ok(());
            }
        }
    }

    /// The user to whose ledger a name leads, if it leads to one.
    async fn owner_of(&self, name: &EntryName) -> Result<Option<UserId>, StoreError> {
        match name {
            EntryName::Key(key) => {
                let Some((purpose, rest)) = EntryPurpose::split(key) else { return Ok(None) };
                match purpose {
                    EntryPurpose::Bet
                    | EntryPurpose::Refund
                    | EntryPurpose::Game
                    | EntryPurpose::Win
                    | EntryPurpose::GameRefund => {
                        self.player_of_bet(rest.strip_suffix(":BONUS").unwrap_or(rest)).await
                    }
                    EntryPurpose::Settle | EntryPurpose::Commission | EntryPurpose::Void => {
                        Ok(rest.split_once(':').and_then(|(_, user)| user.parse().ok()))
                    }
                    EntryPurpose::Fund => self.player_of(&funding::key(rest), "user").await,
                    EntryPurpose::Bonus => match rest.split_once(':') {
                        Some(("REG" | "DEP", user)) => Ok(user.parse().ok()),
                        Some(("REF", of)) => self.referrer_of(of, ':').await,
                        _ => Ok(None),
                    },
                    EntryPurpose::Deposit
                    | EntryPurpose::DepositRefund
                    | EntryPurpose::Withdraw
                    | EntryPurpose::WithdrawRev => self.player_of_order(rest).await,
                    EntryPurpose::Adjust => Ok(rest.split_once(':').and_then(|(user, _)| user.parse().ok())),
                    EntryPurpose::Jackpot => self.winner_of(rest).await,
                    // These keys hold only the provider's id of a payment or a dispute.
                    EntryPurpose::Chargeback
                    | EntryPurpose::SuspenseOut
                    // These are keys of transfers.
                    | EntryPurpose::Payout
                    | EntryPurpose::PayoutRev
                    | EntryPurpose::PaidAfterReturn
                    | EntryPurpose::PaidTwice
                    | EntryPurpose::OwedBack
                    | EntryPurpose::ChargebackOwed
                    | EntryPurpose::Suspense
                    | EntryPurpose::WriteOff
                    | EntryPurpose::Fee
                    | EntryPurpose::Settlement
                    | EntryPurpose::Funding
                    | EntryPurpose::JackpotStart
                    | EntryPurpose::JackpotIn
                    | EntryPurpose::JackpotReserve
                    | EntryPurpose::JackpotRefill
                    | EntryPurpose::JackpotTopUp => Ok(None),
                }
            }
            EntryName::Reference(reference) => {
                if let Some(user) = reference.strip_prefix("reg_bonus_") {
                    return Ok(user.parse().ok());
                }
                if let Some(of) = reference.strip_prefix("ref_bonus_") {
                    return self.referrer_of(of, '_').await;
                }
                let of_bet = self.player_of_bet(reference).await?;
                let of_order =
                    if of_bet.is_some() { of_bet } else { self.player_of_order(reference).await? };
                if of_order.is_some() {
                    return Ok(of_order);
                }
                let of_win = self.winner_of(reference).await?;
                if of_win.is_some() {
                    return Ok(of_win);
                }
                self.player_of(&funding::key(reference), "user").await
            }
        }
    }

    async fn player_of_bet(&self, id: &str) -> Result<Option<UserId>, StoreError> {
        let Ok(id) = id.parse::<BetId>() else { return Ok(None) };
        self.player_of(&bet::key(id), "user").await
    }

    async fn player_of_order(&self, id: &str) -> Result<Option<UserId>, StoreError> {
        let Ok(id) = id.parse::<OrderId>() else { return Ok(None) };
        self.player_of(&order::key(id), "user").await
    }

    /// The winner of a jackpot in the operation with this id.
    async fn winner_of(&self, operation: &str) -> Result<Option<UserId>, StoreError> {
        self.player_of(&operation::key(&OperationId::from_stored(operation.to_owned())), "user").await
    }

    /// A player above another one in the referral tree: `42` means the referrer of player 42, and `42:2`, with that
    /// separator, the referrer's referrer.
    async fn referrer_of(&self, of: &str, separator: char) -> Result<Option<UserId>, StoreError> {
        let (referred, level) = of.split_once(separator).unwrap_or((of, "1"));
        let (Ok(referred), Ok(level @ 1..=ReferralBonuses::LEVELS_MAX)) = (referred.parse(), level.parse())
        else {
            return Ok(None);
        };
        let mut user: UserId = referred;
        for _ in 0..level {
            let Some(above) = self.player_of(&account::key(user), "referrer").await? else { return Ok(None) };
            user = above;
        }
        Ok(Some(user))
    }

    /// The user named by an item's attribute, if both exist.
    async fn player_of(&self, key: &Key, attribute: &'static str) -> Result<Option<UserId>, StoreError> {
        let Some(item) = self.get(key).await? else { return Ok(None) };
        Fields::of(&item).optional(attribute)
    }
}

/// The contribution that the name may belong to: by its id, or by the key of a transfer of it.
fn contribution_of(name: &EntryName) -> Option<OperationId> {
    match name {
        EntryName::Key(key) => OperationId::of_contribution(key),
        EntryName::Reference(reference) => Some(OperationId::from_stored(reference.clone())),
    }
}

fn is_named(entry: &Entry, name: &EntryName) -> bool {
    match name {
        EntryName::Key(key) => entry.key.as_str() == key,
        EntryName::Reference(reference) => entry.reference == *reference,
    }
}
