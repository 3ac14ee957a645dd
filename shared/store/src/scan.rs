//! The whole table, item by item: for `evens verify` and for tests, never in a function.

use crate::entities::{
    account, attendance, bet, bet_match, deposit, entry, login, rate, referral, referral_code, round,
    session, waiting, wallet,
};
use crate::item::{Fields, Item, Key};
use crate::{Store, StoreError};
use evens_accounts::{Account, Referral};
use evens_exchange::{Bet, Match, Round, RoundId, Seed, WaitingBet};
use evens_ledger::{Amount, Entry, UserId, Wallet};
use std::iter::once;

/// What is in one item of the table, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// A wallet, without the entries that it carries.
    Wallet(Wallet),
    /// A ledger entry.
    Entry(Entry),
    /// A bet.
    Bet(Bet),
    /// A place in the book.
    Waiting(WaitingBet),
    /// A match.
    Match(Match),
    /// A round.
    Round(Round),
    /// A round's secret.
    Seed(RoundId, Seed),
    /// A deposit.
    Deposit {
        /// The order that was credited.
        order: String,
        /// Who was credited.
        user: UserId,
        /// How much.
        amount: Amount,
        /// The number of the entry that did it.
        entry: u64,
    },
    /// An account.
    Account(Account),
    /// An edge of the referral tree.
    Referral(Referral),
    /// What no money depends on: what a phone number logs in to, a referral code, a session, a day, a counter.
    Aside,
}

impl Store {
    /// Hands what is in every item of the table to `each`: strongly consistent, in no particular order.
    pub async fn scan(&self, mut each: impl FnMut(Result<Record, StoreError>)) -> Result<(), StoreError> {
        let mut start = None;
        loop {
            let request =
                self.client.scan().table_name(&self.table).consistent_read(true).limit(Self::PAGE.into());
            let output = request.set_exclusive_start_key(start).send().await?;
            for item in output.items() {
                match records(item) {
                    Ok(records) => records.into_iter().map(Ok).for_each(&mut each),
                    Err(error) => each(Err(error)),
                }
            }
            start = output.last_evaluated_key;
            if start.is_none() {
                return Ok(());
            }
        }
    }
}

fn records(item: &Item) -> Result<Vec<Record>, StoreError> {
    match Fields::of(item).get::<String>("kind")?.as_str() {
        wallet::KIND => {
            let mut wallet = wallet::decode(item)?;
            let newest = std::mem::take(&mut wallet.newest);
            Ok(once(Record::Wallet(wallet)).chain(newest.into_iter().map(Record::Entry)).collect())
        }
        entry::KIND | entry::PAGE_KIND => {
            Ok(entry::decode_item(item)?.into_iter().map(Record::Entry).collect())
        }
        kind => Ok(vec![record(item, kind)?]),
    }
}

/// What is in an item of a kind that holds one thing.
fn record(item: &Item, kind: &str) -> Result<Record, StoreError> {
    let fields = Fields::of(item);
    match kind {
        bet::KIND => bet::decode(item).map(Record::Bet),
        waiting::KIND => waiting::decode(item).map(Record::Waiting),
        bet_match::KIND => bet_match::decode(item).map(Record::Match),
        round::KIND => round::decode(item).map(Record::Round),
        deposit::KIND => credited(item),
        account::KIND => account::decode(item).map(Record::Account),
        referral::KIND => referral::decode(item).map(Record::Referral),
        login::KIND | referral_code::KIND | session::KIND | attendance::KIND | rate::KIND => {
            Ok(Record::Aside)
        }
        "seed" => Ok(Record::Seed(fields.get("round")?, round::seed::decode(item)?)),
        _ => Err(fields.corrupt("kind")),
    }
}

/// A deposit. Its place is what keeps its order from being credited again, so it lies where that is looked for.
fn credited(item: &Item) -> Result<Record, StoreError> {
    let (fields, (user, amount)) = (Fields::of(item), deposit::decode(item)?);
    let order: String = fields.get("order")?;
    if Key::of(item)? != deposit::key(&order) {
        return Err(fields.corrupt("order"));
    }
    Ok(Record::Deposit { order, user, amount, entry: fields.get("entry")? })
}
