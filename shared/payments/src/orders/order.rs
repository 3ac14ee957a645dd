//! [`DepositOrder`] and [`WithdrawalOrder`]: a movement of money in or out, in its current state.

use crate::{
    Agreement, Claim, DepositState, History, HoldReason, Money, OrderId, PayeeId, ProviderId, Resolution,
    WithdrawalState,
};
use evens_idempotency::Fingerprint;
use evens_ledger::{Amount, ProviderName, SystemAccount, UserId};
use jiff::Timestamp;
use strum::{AsRefStr, Display, EnumString, IntoStaticStr, VariantArray};

/// The direction of the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[derive(AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum Direction {
    /// From a player to us.
    Deposit,
    /// From us to a player.
    Withdrawal,
}

/// The terms of an order. They never change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderTerms {
    /// The id, which is also our reference at the provider.
    pub id: OrderId,
    pub user: UserId,
    pub money: Money,
    pub provider: ProviderName,
    /// The hash of the request, which tells a repeat from another request under the same key.
    pub fingerprint: Fingerprint,
    pub created_at: Timestamp,
}

impl OrderTerms {
    pub fn amount(&self) -> Amount {
        self.money.amount()
    }

    pub fn provider_account(&self) -> SystemAccount {
        SystemAccount::PaymentProvider(Some(self.provider.clone()))
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DepositOrder {
    pub terms: OrderTerms,
    pub state: DepositState,
    /// The provider's id, once it is known.
    pub provider_id: Option<ProviderId>,
    /// The payment that was credited, or put into suspense for this order.
    pub payment: Option<ReceivedPayment>,
    /// The refund of this payment, if cashiers want one.
    pub refund: Option<PaymentRefund>,
    /// Payments in suspense that cashiers want to credit to the player.
    pub claims: Vec<Claim>,
    /// Extra payments, besides the order's own one, that are sent back.
    pub returns: Vec<PaymentReturn>,
    /// Acts of cashiers that wait for more approvals.
    pub agreements: Vec<Agreement>,
    /// The time until which the player can pay.
    pub pay_until: Timestamp,
    pub history: History,
}

/// A refund of a payment to its payer. Our books have released the money, and the provider is queried until it has too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentRefund {
    pub since: Timestamp,
    /// 1 for the first attempt. A new attempt follows only after the provider's record shows that the last one failed.
    pub attempt: u32,
    /// The provider's id of the refund, once it is made.
    pub made: Option<ProviderId>,
}

/// An extra payment, besides the order's own one, that is sent back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentReturn {
    pub payment: ReceivedPayment,
    pub refund: PaymentRefund,
}

impl DepositOrder {
    /// The first refund that the provider has not made yet, with its payment.
    pub fn pending_refund(&self) -> Option<(&ReceivedPayment, &PaymentRefund)> {
        self.pending_refunds().next()
    }

    /// All refunds that the provider has not made yet, with their payments.
    pub fn pending_refunds(&self) -> impl Iterator<Item = (&ReceivedPayment, &PaymentRefund)> {
        self.refunds().filter(|(_, refund)| refund.made.is_none())
    }

    pub fn refunds(&self) -> impl Iterator<Item = (&ReceivedPayment, &PaymentRefund)> {
        let own = self.payment.as_ref().zip(self.refund.as_ref());
        let beside = self.returns.iter().map(|back| (&back.payment, &back.refund));
        own.into_iter().chain(beside)
    }
}

/// A payment that arrived for a deposit, credited or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedPayment {
    /// For a payment that was not credited, this may not be the provider of the order.
    pub provider: ProviderName,
    pub id: ProviderId,
    pub money: Money,
    pub unclaimed: Option<UnclaimedCause>,
}

/// The reason why money that arrived may not be credited, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[derive(AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum UnclaimedCause {
    /// It arrived for another order or through another provider.
    OtherOrder,
    /// The order has already had its payment.
    SecondPayment,
    OtherCurrency,
    OtherAmount,
    AccountBlocked,
    Excluded,
    /// It arrived after the order had lost its reservation in the player's limits, which have no room for it now.
    OverLimit,
    IdentityMissing,
    BalanceTooLarge,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawalOrder {
    pub terms: OrderTerms,
    pub payee: PayeeId,
    pub state: WithdrawalState,
    /// The provider's id, once it is known.
    pub provider_id: Option<ProviderId>,
    /// The reasons why cashiers review it.
    pub hold_reasons: Vec<HoldReason>,
    /// The approving cashiers, in their order.
    pub approvals: Vec<Approval>,
    /// The newest attempt to send it. `None` before the first.
    pub attempt: Option<Attempt>,
    /// The decision of cashiers about a payout without a result, or a stop until they decide.
    pub resolution: Option<Resolution>,
    /// The provider's ids of failed attempts that cashiers allowed to be retried.
    pub failed_payouts: Vec<ProviderId>,
    /// True if the provider paid it after the money had been returned to the wallet. The player then owes it.
    pub is_paid_after_return: bool,
    /// The provider's ids of extra payouts, besides the order's own one. The player owes each of them.
    pub paid_twice: Vec<ProviderId>,
    /// The extra payouts that came back, so that the player no longer owes them.
    pub owed_back: Vec<ProviderId>,
    pub history: History,
}

impl WithdrawalOrder {
    /// Returns `true` if the player owes this payout or has owed it.
    pub(crate) fn owes(&self, payout: &ProviderId) -> bool {
        let is_own = self.is_paid_after_return && self.provider_id.as_ref() == Some(payout);
        is_own || self.paid_twice.contains(payout)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    pub by: UserId,
    pub at: Timestamp,
}

/// An attempt to send a payout. Its key at the provider follows from the order and the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// 1 for the first attempt.
    pub number: u32,
    /// The time since when the provider may have the key, which it forgets at some point.
    pub key_since: Timestamp,
    /// The end of the claim; until then no other process claims the attempt.
    pub lease_until: Timestamp,
}

impl Attempt {
    /// Returns `true` if no process has claimed the attempt, so that its key was never sent.
    pub fn is_unclaimed(self) -> bool {
        self.lease_until == self.key_since
    }
}
