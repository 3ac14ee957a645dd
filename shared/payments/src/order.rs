//! [`DepositOrder`] and [`WithdrawalOrder`]: one movement of money in or out, as far as it has come.

use crate::{
    Agreement, Claim, DepositState, History, HoldReason, Money, OrderId, PayeeId, ProviderId, Resolution,
    WithdrawalState,
};
use evens_idempotency::Fingerprint;
use evens_ledger::{Amount, ProviderName, SystemAccount, UserId};
use jiff::Timestamp;
use strum::{AsRefStr, Display, EnumString, IntoStaticStr, VariantArray};

/// Which way the money goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[derive(AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum Direction {
    /// From a player to us.
    Deposit,
    /// From us to a player.
    Withdrawal,
}

/// What was agreed when an order was given. It never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderTerms {
    /// Its id, which is also its reference at the provider.
    pub id: OrderId,
    /// Whose order it is.
    pub user: UserId,
    /// How much, in which currency.
    pub money: Money,
    /// Through whom.
    pub provider: ProviderName,
    /// What was asked for, to tell a repeat from another request under the same key.
    pub fingerprint: Fingerprint,
    /// When it was given.
    pub created_at: Timestamp,
}

impl OrderTerms {
    /// How much.
    pub fn amount(&self) -> Amount {
        self.money.amount()
    }

    /// The account of the order's provider.
    pub fn provider_account(&self) -> SystemAccount {
        SystemAccount::PaymentProvider(Some(self.provider.clone()))
    }
}

/// Money that a player brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DepositOrder {
    /// What was agreed.
    pub terms: OrderTerms,
    /// Where it stands.
    pub state: DepositState,
    /// What the provider calls it, once that is known.
    pub provider_id: Option<ProviderId>,
    /// The payment that was credited, or put into suspense for this order.
    pub payment: Option<ReceivedPayment>,
    /// How far its payment has gone back, where cashiers want that.
    pub refund: Option<PaymentRefund>,
    /// What of the money in suspense for it cashiers want to be its player's.
    pub claims: Vec<Claim>,
    /// What came beside its own payment and goes back.
    pub returns: Vec<PaymentReturn>,
    /// What cashiers want and others must agree to.
    pub agreements: Vec<Agreement>,
    /// Until when the player can pay.
    pub pay_until: Timestamp,
    /// What happened to it.
    pub history: History,
}

/// That a payment goes back to whoever paid. Our books have let it go; the provider is asked until it has, too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentRefund {
    /// Since when.
    pub since: Timestamp,
    /// 1 for the first; a new one only after the provider's record says that the last one failed.
    pub attempt: u32,
    /// What the provider calls it, once it is made.
    pub made: Option<ProviderId>,
}

/// A payment that came beside an order's own one, and goes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentReturn {
    /// The payment.
    pub payment: ReceivedPayment,
    /// How far it is.
    pub refund: PaymentRefund,
}

impl DepositOrder {
    /// The payment that is to go back first, and how far that is, while the provider has not made it.
    pub fn pending_refund(&self) -> Option<(&ReceivedPayment, &PaymentRefund)> {
        self.pending_refunds().next()
    }

    /// All that are to go back, while the provider has not made them.
    pub fn pending_refunds(&self) -> impl Iterator<Item = (&ReceivedPayment, &PaymentRefund)> {
        self.refunds().filter(|(_, refund)| refund.made.is_none())
    }

    /// Those, and all that went back.
    pub fn refunds(&self) -> impl Iterator<Item = (&ReceivedPayment, &PaymentRefund)> {
        let own = self.payment.as_ref().zip(self.refund.as_ref());
        let beside = self.returns.iter().map(|back| (&back.payment, &back.refund));
        own.into_iter().chain(beside)
    }
}

/// A payment that arrived for a deposit, credited or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedPayment {
    /// Through whom; for a payment that was not credited it may be another than the order's.
    pub provider: ProviderName,
    /// What they call it.
    pub id: ProviderId,
    /// How much came.
    pub money: Money,
    /// Why it was not credited, if it was not.
    pub unclaimed: Option<UnclaimedCause>,
}

/// Why money that came may not be credited, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[derive(AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum UnclaimedCause {
    /// It came for another order, or through another provider.
    OtherOrder,
    /// The order has had its payment.
    SecondPayment,
    /// It is of another currency.
    OtherCurrency,
    /// It is more or less than was agreed.
    OtherAmount,
    /// The player's account is blocked.
    AccountBlocked,
    /// The player has excluded themselves.
    Excluded,
    /// It came after the order had given up its place in the player's limits, and they have no room for it now.
    OverLimit,
    /// It must be known first who the player is.
    IdentityMissing,
    /// The wallet cannot hold so much.
    BalanceTooLarge,
}

/// Money that a player takes home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawalOrder {
    /// What was agreed.
    pub terms: OrderTerms,
    /// To where it is paid.
    pub payee: PayeeId,
    /// Where it stands.
    pub state: WithdrawalState,
    /// What the provider calls it, once that is known.
    pub provider_id: Option<ProviderId>,
    /// Why cashiers look at it.
    pub hold_reasons: Vec<HoldReason>,
    /// The cashiers who agreed, in their order.
    pub approvals: Vec<Approval>,
    /// The newest attempt to send it; none before the first.
    pub attempt: Option<Attempt>,
    /// What cashiers want to become of it, where it does not come to its end; or that it is stopped until they say so.
    pub resolution: Option<Resolution>,
    /// What the provider calls the attempts that failed before it, and that cashiers let be followed by another.
    pub failed_payouts: Vec<ProviderId>,
    /// Whether the provider paid it although its money had been given back: then its player owes it.
    pub is_paid_after_return: bool,
    /// What the provider calls payouts that it made beside the order's own one: its player owes each.
    pub paid_twice: Vec<ProviderId>,
    /// Those payouts that the player owed and that came back: they owe them no more.
    pub owed_back: Vec<ProviderId>,
    /// What happened to it.
    pub history: History,
}

impl WithdrawalOrder {
    /// Whether its player owes a payout of it, or has owed it.
    pub(crate) fn owes(&self, payout: &ProviderId) -> bool {
        let is_own = self.is_paid_after_return && self.provider_id.as_ref() == Some(payout);
        is_own || self.paid_twice.contains(payout)
    }
}

/// That a cashier agreed to a withdrawal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

/// An attempt to send a payout. The provider knows it by a key that follows from the order and the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// 1 for the first.
    pub number: u32,
    /// Since when the provider may have its key, which it forgets some day.
    pub key_since: Timestamp,
    /// Until when nobody else claims it.
    pub lease_until: Timestamp,
}

impl Attempt {
    /// Whether nobody has claimed it, so that its key was never sent.
    pub fn is_unclaimed(self) -> bool {
        self.lease_until == self.key_since
    }
}
