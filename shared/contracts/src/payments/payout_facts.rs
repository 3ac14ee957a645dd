//! Facts about a withdrawal for the cashier who decides about it: its player, its bank account, and unusual facts.

use crate::{Money, NamedUserBody, Time};
use evens_ledger::UserId;
use evens_payments::{EarlierPayout, HoldRules, PayoutFacts, PayoutPayee, WithdrawalOrder};
use evens_players::{Account, UserName};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The facts about a withdrawal that are not stored with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PayoutFactsBody {
    /// The order id.
    pub order_id: String,
    /// The player who asks for the withdrawal.
    pub player: PayoutPlayerBody,
    /// The player's money.
    pub money: PayoutMoneyBody,
    /// The player's other orders.
    pub orders: PayoutOrdersBody,
    /// The bank account; null if its record is missing.
    pub payee: Option<PayoutPayeeBody>,
    /// The cashiers who have approved it or its resolution, with their names.
    pub approvers: Vec<NamedUserBody>,
    /// The unusual facts: `player-blocked`, `new-player`, `phone-unverified`, `new-password`, `identity-refused`,
    /// `first-payout`, `new-payee`, `payee-never-paid`, `payee-removed` and `payee-shared`.
    pub signs: Vec<&'static str>,
}

/// The account of a player who asks for a withdrawal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PayoutPlayerBody {
    /// The player's number.
    pub user_id: u64,
    /// The display name; null if there is none.
    pub user_name: Option<String>,
    /// The phone number, in E.164; null for a player without an account.
    pub phone_no: Option<String>,
    /// `true` if the phone number is verified.
    pub is_phone_verified: bool,
    /// `true` if the account is blocked.
    pub is_blocked: bool,
    /// The identity status: `not-asked`, `pending`, `verified` or `refused`.
    pub identity: &'static str,
    /// `true` if every withdrawal of the player is held for a cashier.
    pub is_held: bool,
    /// Time of the sign-up (RFC 3339); null for a player without an account.
    pub created_at: Option<Time>,
    /// Time since which the player has their password (RFC 3339); null for a player without an account.
    pub password_since: Option<Time>,
}

/// A player's money, without the withdrawal to decide, which has left the balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PayoutMoneyBody {
    /// Credited deposits, without refunds and chargebacks.
    pub deposited: Money,
    /// Paid withdrawals, without returned ones.
    pub withdrawn: Money,
    /// Withdrawals that are neither paid nor returned, including the one to decide.
    pub being_withdrawn: Money,
    /// The balance.
    pub balance: Money,
    /// The bonus balance.
    pub bonus_balance: Money,
    /// Stakes of bets that have not ended.
    pub locked_balance: Money,
    /// All balances and withdrawals minus the deposits: the result of play, bonuses and corrections together.
    /// Negative if the player has lost.
    pub above_deposits: Money,
    /// The player's debt.
    pub owed: Money,
}

/// The player's newest 100 orders, counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PayoutOrdersBody {
    /// Number of deposits that the player has.
    pub deposits: u32,
    /// Number of other withdrawals that were paid.
    pub payouts: u32,
    /// Number of these that were paid to the same bank account.
    pub payouts_to_payee: u32,
    /// The one of these that was requested last; null if there is none.
    pub last_payout: Option<EarlierPayoutBody>,
    /// Time of the oldest order that was counted (RFC 3339), if older ones were not; null if all orders were counted.
    pub counted_since: Option<Time>,
}

/// A withdrawal that was paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EarlierPayoutBody {
    /// The order id.
    pub order_id: String,
    /// The amount.
    pub amount: Money,
    /// The last four characters of the bank account; null if its record is missing.
    pub mask: Option<String>,
    /// Time of the request (RFC 3339).
    pub requested_at: Time,
}

/// A bank account without its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PayoutPayeeBody {
    /// The payee.
    pub payee_id: String,
    /// The last four characters of the account number.
    pub mask: String,
    /// Time at which the player added it (RFC 3339).
    pub created_at: Time,
    /// Time at which the player removed it (RFC 3339); null if they have not.
    pub removed_at: Option<Time>,
    /// Another player who has or had the account, or for whom cashiers keep it; null if none is known.
    pub shared_with: Option<NamedUserBody>,
}

impl PayoutFactsBody {
    /// The facts about a withdrawal, with the names of the other users among them.
    pub fn new(
        order: &WithdrawalOrder,
        facts: &PayoutFacts,
        names: &BTreeMap<UserId, UserName>,
        rules: &HoldRules,
        now: Timestamp,
    ) -> Self {
        let approvers = order.all_approvers().into_iter().map(|user| NamedUserBody::new(user, names));
        Self {
            order_id: order.terms.id.to_string(),
            player: PayoutPlayerBody::from(facts),
            money: PayoutMoneyBody::from(facts),
            orders: PayoutOrdersBody::from(facts),
            payee: facts.payee.as_ref().map(|payee| PayoutPayeeBody::new(payee, names)),
            approvers: approvers.collect(),
            signs: facts.signs(rules, now).into_iter().map(<&str>::from).collect(),
        }
    }
}

impl From<&PayoutFacts> for PayoutPlayerBody {
    fn from(PayoutFacts { player, .. }: &PayoutFacts) -> Self {
        let account = player.account.as_ref().map(|(account, _)| account);
        let is_so = |is_so: fn(&Account) -> bool| account.is_some_and(is_so);
        let record = &player.record;
        Self {
            user_id: record.user.number(),
            user_name: account.and_then(|account| account.name.as_ref()).map(UserName::to_string),
            phone_no: account.map(|account| account.phone.to_string()),
            is_phone_verified: is_so(|account| account.is_phone_verified),
            is_blocked: is_so(|account| account.is_blocked),
            identity: record.identity.into(),
            is_held: record.is_held,
            created_at: account.map(|account| account.created_at.into()),
            password_since: player.account.as_ref().map(|(_, since)| (*since).into()),
        }
    }
}

impl From<&PayoutFacts> for PayoutMoneyBody {
    fn from(facts: &PayoutFacts) -> Self {
        let (record, wallet) = (&facts.player.record, &facts.player.wallet);
        Self {
            deposited: record.totals.actual_deposit_amount.into(),
            withdrawn: record.totals.withdrawn.into(),
            being_withdrawn: record.being_withdrawn.into(),
            balance: wallet.balance.into(),
            bonus_balance: wallet.bonus.into(),
            locked_balance: wallet.locked.into(),
            above_deposits: Money::of_units(facts.units_above_deposits()),
            owed: record.owed.into(),
        }
    }
}

impl From<&PayoutFacts> for PayoutOrdersBody {
    fn from(PayoutFacts { orders, .. }: &PayoutFacts) -> Self {
        Self {
            deposits: orders.deposits,
            payouts: orders.payouts,
            payouts_to_payee: orders.payouts_to_payee,
            last_payout: orders.last_payout.as_ref().map(EarlierPayoutBody::from),
            counted_since: orders.counted_since.map(Time::from),
        }
    }
}

impl From<&EarlierPayout> for EarlierPayoutBody {
    fn from(payout: &EarlierPayout) -> Self {
        Self {
            order_id: payout.order.to_string(),
            amount: payout.amount.into(),
            mask: payout.mask.as_ref().map(ToString::to_string),
            requested_at: payout.requested_at.into(),
        }
    }
}

impl PayoutPayeeBody {
    fn new(payee: &PayoutPayee, names: &BTreeMap<UserId, UserName>) -> Self {
        Self {
            payee_id: payee.id.to_string(),
            mask: payee.mask.to_string(),
            created_at: payee.since.into(),
            removed_at: payee.removed_at.map(Time::from),
            shared_with: payee.shared_with.map(|user| NamedUserBody::new(user, names)),
        }
    }
}
