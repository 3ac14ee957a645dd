//! [`Plan`]: all writes of one rule, made in one transaction.

use crate::{DepositOrder, PaymentsRecord, WithdrawalOrder};
use evens_ledger::{Entry, Transfer, Wallet};
use strum::{AsRefStr, Display, EnumString, IntoStaticStr, VariantArray};

/// The writes for an order and its player, all or nothing. They are made under these conditions:
///
/// 1. the order has the revision with which it was read; if none was read, there is none;
/// 2. the payments record has the revision before the one here;
/// 3. the wallet has the version before the one here;
/// 4. the keys of the entry and of the transfer are unused; if only that of the transfer is used, the same plan was
///    written earlier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan<Order> {
    /// The order as it was read. `None` if it must not exist.
    pub read: Option<Order>,
    pub order: Order,
    /// The payments record afterwards, if it changes.
    pub record: Option<PaymentsRecord>,
    /// The wallet afterwards with its new entry, if it changes.
    pub posted: Option<PostedEntry>,
    /// The movement between two system accounts, if there is one.
    pub transfer: Option<Transfer>,
    pub alarm: Option<Alarm>,
}

pub type DepositPlan = Plan<DepositOrder>;

pub type WithdrawalPlan = Plan<WithdrawalOrder>;

/// A wallet after a new entry, with the entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedEntry {
    pub wallet: Wallet,
    pub entry: Entry,
}

/// An alarm for people, raised at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[derive(AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum Alarm {
    /// A withdrawal was paid after its money had been returned to the wallet. The player owes it.
    PaidAfterReturn,
    PaidTwice,
    /// A deposit was charged back after the player had spent it. They owe the rest.
    ChargeBackOwed,
    /// Money arrived that may not be credited. It is in suspense until a cashier decides.
    MoneyUnclaimed,
}

impl<Order> Plan<Order> {
    /// A plan that changes only the order.
    pub(crate) fn of(read: Option<Order>, order: Order) -> Self {
        Self { read, order, record: None, posted: None, transfer: None, alarm: None }
    }
}

impl From<(Wallet, Entry)> for PostedEntry {
    fn from((wallet, entry): (Wallet, Entry)) -> Self {
        Self { wallet, entry }
    }
}
