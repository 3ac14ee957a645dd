//! How much a player has staked, where a withdrawal asks for it.

use crate::{Store, StoreError};
use evens_ledger::{Amount, Wallet};
use evens_payments::{Cashier, Turnover};

impl Store {
    /// How much of their cash a player has staked since the entry that their cashier record names, without the stakes
    /// of bets that have not ended: those can still come back. Nothing is read where nothing is needed, and no more
    /// than is enough; so it may be more than what is answered.
    pub(crate) async fn turnover(&self, cashier: &Cashier, wallet: &Wallet) -> Result<Amount, StoreError> {
        const ENTRIES: u16 = 400;
        if cashier.turnover_needed.is_zero() {
            return Ok(Amount::ZERO);
        }
        let enough = cashier.turnover_needed.saturating_add(wallet.locked);
        let (mut turnover, mut before) = (Turnover::default(), None);
        while turnover.sum() < enough {
            let entries = self.list_entries_of(wallet, before, ENTRIES).await?;
            for entry in entries.iter().take_while(|entry| entry.number > cashier.turnover_since) {
                turnover.count(entry);
            }
            let is_full = entries.len() == usize::from(ENTRIES);
            match entries.last().filter(|last| is_full && last.number > cashier.turnover_since) {
                Some(last) => before = Some(last.number),
                None => break,
            }
        }
        Ok(turnover.sum().saturating_sub(wallet.locked))
    }
}
