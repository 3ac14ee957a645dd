//! [`Accounts`]: the balances of system accounts, derived from entries and transfers (M1).

use evens_ledger::{Entry, SystemAccount, Transfer, UserId};
use std::collections::HashMap;

/// Index of an account in [`Accounts`]: four bytes per entry instead of the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AccountIndex(u32);

/// The balance of an account.
#[derive(Debug, Clone)]
pub(crate) struct Balance {
    pub(crate) account: SystemAccount,
    /// Negative if the account gave more than it received.
    pub(crate) units: i128,
    /// Number of entries in the sum.
    pub(crate) entries: usize,
}

/// The balances of all accounts that entries and transfers name.
#[derive(Debug, Default)]
pub(crate) struct Accounts {
    indexes: HashMap<SystemAccount, AccountIndex>,
    balances: Vec<Balance>,
}

impl Accounts {
    /// Adds an entry's amount to the account on its other side.
    pub(crate) fn post(&mut self, entry: &Entry) -> AccountIndex {
        let index = self.index(&entry.account);
        let balance = &mut self.balances[index.0 as usize];
        balance.units -= entry.units_signed();
        balance.entries += 1;
        index
    }

    /// Moves a transfer's amount from one account to another.
    pub(crate) fn transfer(&mut self, transfer: &Transfer) {
        let units = transfer.amount.units();
        for (account, units) in [(&transfer.from, -units), (&transfer.to, units)] {
            let index = self.index(account);
            self.balances[index.0 as usize].units += units;
        }
    }

    fn index(&mut self, account: &SystemAccount) -> AccountIndex {
        match self.indexes.get(account) {
            Some(index) => *index,
            None => self.open(account),
        }
    }

    fn open(&mut self, account: &SystemAccount) -> AccountIndex {
        // More than four billion accounts would not fit into memory anyway.
        let index = AccountIndex(u32::try_from(self.balances.len()).unwrap_or(u32::MAX));
        self.balances.push(Balance { account: account.clone(), units: 0, entries: 0 });
        self.indexes.insert(account.clone(), index);
        index
    }

    pub(crate) fn account(&self, index: AccountIndex) -> &SystemAccount {
        &self.balances[index.0 as usize].account
    }

    /// The stakes at risk per round.
    pub(crate) fn stakes(&self) -> impl Iterator<Item = (&str, &Balance)> {
        self.balances.iter().filter_map(|balance| match &balance.account {
            SystemAccount::Stakes(round) => Some((round.as_str(), balance)),
            _ => None,
        })
    }

    /// The balance of each period's account.
    pub(crate) fn periods(&self) -> impl Iterator<Item = (&str, &Balance)> {
        self.balances.iter().filter_map(|balance| match &balance.account {
            SystemAccount::Period(period) => Some((period.as_str(), balance)),
            _ => None,
        })
    }

    /// Each player's debt, in units.
    pub(crate) fn debts(&self) -> impl Iterator<Item = (UserId, i128)> {
        self.balances.iter().filter_map(|balance| match &balance.account {
            SystemAccount::Receivable(user) => Some((*user, -balance.units)),
            _ => None,
        })
    }

    /// The balance of one account, in units.
    pub(crate) fn units_on(&self, account: &SystemAccount) -> i128 {
        self.indexes.get(account).map_or(0, |index| self.balances[index.0 as usize].units)
    }

    /// The balance of one account in units, and the number of entries in it.
    pub(crate) fn sum_on(&self, account: &SystemAccount) -> (i128, usize) {
        let balance = self.indexes.get(account).map(|index| &self.balances[index.0 as usize]);
        balance.map_or((0, 0), |balance| (balance.units, balance.entries))
    }

    pub(crate) fn units_in_all(&self) -> i128 {
        self.balances.iter().map(|balance| balance.units).sum()
    }
}
