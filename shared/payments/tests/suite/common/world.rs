//! [`World`]: the wallet, orders and payments record of one player, written as the table would write them. A plan is
//! written as a whole, and only if the state is as it was read and the keys are unused.

use crate::common::{user, wallet};
use evens_ledger::{EntryKey, SystemAccount, Transfer, Wallet};
use evens_payments::{
    AdjustPlan, BonusPlan, DepositOrder, DepositPlan, OrderId, PaymentsRecord, PostedEntry, WithdrawalOrder,
    WithdrawalPlan, WriteOffPlan,
};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) wallet: Wallet,
    pub(crate) record: PaymentsRecord,
    /// In order of creation.
    pub(crate) deposits: Vec<DepositOrder>,
    /// In order of creation.
    pub(crate) withdrawals: Vec<WithdrawalOrder>,
    /// The balances of system accounts, from entries and transfers, in units of the last decimal.
    pub(crate) accounts: BTreeMap<SystemAccount, i128>,
    pub(crate) keys: BTreeSet<EntryKey>,
    pub(crate) transfers: BTreeMap<EntryKey, Transfer>,
}

/// The writes of one transaction.
#[derive(Debug, Clone, Default)]
pub(crate) struct Change {
    deposit: Option<(Option<DepositOrder>, DepositOrder)>,
    withdrawal: Option<(Option<WithdrawalOrder>, WithdrawalOrder)>,
    record: Option<PaymentsRecord>,
    posted: Option<PostedEntry>,
    transfer: Option<Transfer>,
}

impl World {
    /// A player whose wallet was credited with this amount by the house, without orders.
    pub(crate) fn new(balance: &str) -> Self {
        let wallet = wallet(balance);
        Self {
            accounts: [(SystemAccount::House, -wallet.balance.units())].into(),
            wallet,
            record: PaymentsRecord::empty(user(42)),
            deposits: Vec::new(),
            withdrawals: Vec::new(),
            keys: BTreeSet::new(),
            transfers: BTreeMap::new(),
        }
    }

    /// Writes a change if all of its conditions hold. Returns whether they did.
    pub(crate) fn write(&mut self, change: impl Into<Change>) -> bool {
        let change = change.into();
        if !self.holds(&change) {
            return false;
        }
        let Change { deposit, withdrawal, record, posted, transfer } = change;
        check_histories(deposit.as_ref(), withdrawal.as_ref());
        if let Some((_, order)) = deposit {
            replace(&mut self.deposits, order, |order| order.terms.id);
        }
        if let Some((_, order)) = withdrawal {
            replace(&mut self.withdrawals, order, |order| order.terms.id);
        }
        self.record = record.unwrap_or(self.record.clone());
        if let Some(PostedEntry { wallet, entry }) = posted {
            assert!(self.keys.insert(entry.key.clone()), "{} is used again", entry.key);
            *self.accounts.entry(entry.account.clone()).or_default() -= entry.units_signed();
            assert_eq!(self.wallet.follow(&entry).map(|after| after.balance), Ok(wallet.balance));
            self.wallet = wallet;
        }
        if let Some(Transfer { key, from, to, amount, .. }) = transfer.clone() {
            self.transfers.extend(transfer.map(|moved| (key.clone(), moved)));
            self.keys.insert(key);
            *self.accounts.entry(from).or_default() -= amount.units();
            *self.accounts.entry(to).or_default() += amount.units();
        }
        true
    }

    fn holds(&self, change: &Change) -> bool {
        let Change { deposit, withdrawal, record, posted, transfer } = change;
        let is_deposit = deposit.as_ref().is_none_or(|(read, order)| {
            read.as_ref() == self.deposits.iter().find(|known| known.terms.id == order.terms.id)
        });
        let is_withdrawal = withdrawal.as_ref().is_none_or(|(read, order)| {
            read.as_ref() == self.withdrawals.iter().find(|known| known.terms.id == order.terms.id)
        });
        is_deposit
            && is_withdrawal
            && record.as_ref().is_none_or(|after| after.revision == self.record.revision + 1)
            && posted.as_ref().is_none_or(|posted| posted.wallet.version == self.wallet.version + 1)
            && transfer.as_ref().is_none_or(|transfer| !self.keys.contains(&transfer.key))
    }

    pub(crate) fn account(&self, account: &SystemAccount) -> i128 {
        self.accounts.get(account).copied().unwrap_or_default()
    }

    /// Returns `true` if there is a movement of the order with this purpose.
    pub(crate) fn has_moved(&self, purpose: &str, order: OrderId) -> bool {
        self.keys.contains(&EntryKey::from_stored(format!("{purpose}:{order}")))
    }
}

/// Each change of an order adds a line to its history. One line can explain several payouts.
fn check_histories(
    deposit: Option<&(Option<DepositOrder>, DepositOrder)>,
    withdrawal: Option<&(Option<WithdrawalOrder>, WithdrawalOrder)>,
) {
    if let Some((Some(read), order)) = deposit {
        assert_ne!(read.history, order.history, "{order:?}");
    }
    if let Some((Some(read), order)) = withdrawal {
        let payouts = |order: &WithdrawalOrder| (order.paid_twice.clone(), order.failed_payouts.clone());
        assert!(read.history != order.history || payouts(read) != payouts(order), "{order:?}");
    }
}

fn replace<Order>(orders: &mut Vec<Order>, order: Order, id: impl Fn(&Order) -> OrderId) {
    match orders.iter_mut().find(|known| id(known) == id(&order)) {
        Some(known) => *known = order,
        None => orders.push(order),
    }
}

impl From<DepositPlan> for Change {
    fn from(plan: DepositPlan) -> Self {
        let DepositPlan { read, order, record, posted, transfer, alarm: _ } = plan;
        Self { deposit: Some((read, order)), record, posted, transfer, ..Self::default() }
    }
}

impl From<WithdrawalPlan> for Change {
    fn from(plan: WithdrawalPlan) -> Self {
        let WithdrawalPlan { read, order, record, posted, transfer, alarm: _ } = plan;
        Self { withdrawal: Some((read, order)), record, posted, transfer, ..Self::default() }
    }
}

impl From<BonusPlan> for Change {
    fn from(BonusPlan { record, posted }: BonusPlan) -> Self {
        Self { record: Some(record), posted, ..Self::default() }
    }
}

impl From<WriteOffPlan> for Change {
    fn from(WriteOffPlan { record, transfer }: WriteOffPlan) -> Self {
        Self { record: Some(record), transfer: Some(transfer), ..Self::default() }
    }
}

impl From<AdjustPlan> for Change {
    fn from(AdjustPlan { record, posted }: AdjustPlan) -> Self {
        Self { record: Some(record), posted, ..Self::default() }
    }
}

impl From<PaymentsRecord> for Change {
    fn from(record: PaymentsRecord) -> Self {
        Self { record: Some(record), ..Self::default() }
    }
}

impl From<PostedEntry> for Change {
    fn from(posted: PostedEntry) -> Self {
        Self { posted: Some(posted), ..Self::default() }
    }
}
