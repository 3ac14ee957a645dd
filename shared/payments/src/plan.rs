//! [`Plan`]: all that one rule wants written, in one transaction.

use crate::{Cashier, DepositOrder, WithdrawalOrder};
use evens_ledger::{Entry, Transfer, Wallet};
use strum::{AsRefStr, Display, EnumString, IntoStaticStr, VariantArray};

/// What is written of an order and what belongs to it: all of it, or nothing. It is written under these conditions:
///
/// 1. the order is as it was read: its state, and, since some changes leave the state as it is, its attempt with
///    the lease, its approvals, its payment and whether it was paid after its return; where none was read, there is
///    none;
/// 2. the cashier record has the revision before the one here;
/// 3. the wallet has the version before the one here;
/// 4. the keys of the entry and of the transfer are unused; where the transfer's alone is used, the same was done
///    before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan<Order> {
    /// The order as it was read; none where there must be none.
    pub read: Option<Order>,
    /// The order afterwards.
    pub order: Order,
    /// The player's cashier record afterwards, where it changes.
    pub cashier: Option<Cashier>,
    /// The player's wallet afterwards, where it changes, and why.
    pub posted: Option<Posted>,
    /// The movement between two accounts of the system, where there is one.
    pub transfer: Option<Transfer>,
    /// What people are told about at once.
    pub alarm: Option<Alarm>,
}

/// What is written of a deposit.
pub type DepositPlan = Plan<DepositOrder>;

/// What is written of a withdrawal.
pub type WithdrawalPlan = Plan<WithdrawalOrder>;

/// A wallet after one more entry, and the entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// The wallet afterwards.
    pub wallet: Wallet,
    /// The entry that says why.
    pub entry: Entry,
}

/// What people are told about at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[derive(AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum Alarm {
    /// A withdrawal was paid after its money had been given back: the player owes it.
    PaidAfterReturn,
    /// A provider has two payouts for one withdrawal.
    PaidTwice,
    /// A deposit was taken back and the player had spent it: they owe the rest.
    ChargeBackOwed,
    /// Money came that may not be credited; it waits for a cashier.
    MoneyUnclaimed,
}

impl<Order> Plan<Order> {
    /// A plan that changes the order alone.
    pub(crate) fn of(read: Option<Order>, order: Order) -> Self {
        Self { read, order, cashier: None, posted: None, transfer: None, alarm: None }
    }
}

impl From<(Wallet, Entry)> for Posted {
    fn from((wallet, entry): (Wallet, Entry)) -> Self {
        Self { wallet, entry }
    }
}
