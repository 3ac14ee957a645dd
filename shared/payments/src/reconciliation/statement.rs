//! [`StatementLine`]: a movement in a provider's statement of a day.

use crate::{DisputeId, Money, OrderId, ProviderId, keys};
use evens_ledger::{Amount, EntryKey, ProviderName, SystemAccount, Transfer};
use jiff::Timestamp;
use jiff::civil::Date;
use std::ops::Range;
use strum::{AsRefStr, Display, EnumString, IntoStaticStr, VariantArray};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[derive(AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum StatementKind {
    /// Money came from a player.
    Payment,
    /// A player's money was sent back to them.
    Refund,
    /// A player got a payment back by a dispute.
    ChargeBack,
    /// Money went to a player.
    Payout,
    /// A payout came back.
    PayoutReturn,
    /// Money went to our bank.
    Settlement,
    /// Money came from our bank.
    Funding,
    /// A movement without an account in our books increased the provider's balance.
    OtherIn,
    /// A movement without an account in our books decreased the provider's balance.
    OtherOut,
}

impl StatementKind {
    /// Returns `true` if the movement belongs to an order. Transfers between a provider and our bank do not; they are
    /// known only from the statement.
    pub(crate) fn is_of_order(self) -> bool {
        !self.is_of_bank() && !self.is_unplaced()
    }

    /// Returns `true` for transfers between a provider and our bank.
    pub fn is_of_bank(self) -> bool {
        matches!(self, Self::Settlement | Self::Funding)
    }

    /// Returns `true` if our books have no account for the movement, so that a person must find out.
    pub fn is_unplaced(self) -> bool {
        matches!(self, Self::OtherIn | Self::OtherOut)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementLine {
    /// The provider's id of the movement.
    pub id: ProviderId,
    pub kind: StatementKind,
    /// Our order, if the provider states a readable one.
    pub reference: Option<OrderId>,
    /// The provider's record that the line is about, and through which it names our order if it has no reference: the
    /// payout of a reversal, the payment of a refund or dispute.
    pub record: Option<ProviderId>,
    pub dispute: Option<DisputeId>,
    /// Before fees.
    pub money: Money,
    /// The provider's fee for it, in the same currency.
    pub fee: Amount,
    /// When the fee was charged, by the provider's clock: at once, or when the movement was settled, which may be much
    /// later.
    pub charged_at: Timestamp,
    /// The settlement that includes it, once there is one.
    pub settlement: Option<ProviderId>,
    /// By the provider's clock.
    pub at: Timestamp,
}

impl StatementLine {
    /// The change of the provider's balance in units of the last decimal, without the fee.
    pub fn units_signed(&self) -> i128 {
        match self.kind {
            StatementKind::Payment
            | StatementKind::PayoutReturn
            | StatementKind::Funding
            | StatementKind::OtherIn => self.money.amount().units(),
            StatementKind::Refund
            | StatementKind::ChargeBack
            | StatementKind::Payout
            | StatementKind::Settlement
            | StatementKind::OtherOut => -self.money.amount().units(),
        }
    }

    /// The fee if it was charged in this time, else zero.
    pub fn charged_within(&self, time: &Range<Timestamp>) -> Amount {
        if time.contains(&self.charged_at) { self.fee } else { Amount::ZERO }
    }

    /// The keys under which our ledger may have the movement, most specific first. A charge-back may have two
    /// movements, one for the wallet's part and one for the owed part. All others have exactly one.
    pub(crate) fn ledger_keys(&self) -> Vec<EntryKey> {
        let dispute = self.dispute.as_ref();
        let keys = match self.kind {
            StatementKind::Payment => vec![Some(keys::suspense(&self.id)), self.reference.map(keys::deposit)],
            // A refund out of suspense is booked under the id of the payment, which the line does not contain.
            StatementKind::Refund => vec![self.reference.map(keys::deposit_refund)],
            StatementKind::ChargeBack => {
                vec![dispute.map(keys::charge_back), dispute.map(keys::charge_back_owed)]
            }
            StatementKind::Payout => {
                let beside = self.reference.map(|order| keys::paid_twice(order, &self.id));
                vec![beside, self.reference.map(keys::payout), self.reference.map(keys::paid_after_return)]
            }
            StatementKind::PayoutReturn => {
                let owed = self.reference.map(|order| keys::owed_back(order, &self.id));
                vec![owed, self.reference.map(keys::payout_back)]
            }
            StatementKind::Settlement => vec![Some(keys::settlement(&self.id))],
            StatementKind::Funding => vec![Some(keys::funding(&self.id))],
            StatementKind::OtherIn | StatementKind::OtherOut => Vec::new(),
        };
        keys.into_iter().flatten().collect()
    }
}

/// The transfer that books a provider's fees of a day, in the ledger's currency. Returns `None` if there are none.
pub fn book_fees(provider: &ProviderName, day: Date, fees: Amount, now: Timestamp) -> Option<Transfer> {
    let (from, to) = (SystemAccount::ProviderFees(provider.clone()), keys::account_of(provider));
    let key = keys::fee(provider, day);
    (!fees.is_zero()).then(|| keys::transfer(key, from, to, fees, &day, now))
}

/// The transfer that books money to or from our bank. Returns `None` for other lines. The provider's account is
/// negative by the money that the provider holds, so a settlement increases it.
pub fn book_bank_movement(provider: &ProviderName, line: &StatementLine, now: Timestamp) -> Option<Transfer> {
    let account = keys::account_of(provider);
    let (key, from, to) = match line.kind {
        StatementKind::Settlement => (keys::settlement(&line.id), SystemAccount::Bank, account),
        StatementKind::Funding => (keys::funding(&line.id), account, SystemAccount::Bank),
        _ => return None,
    };
    Some(keys::transfer(key, from, to, line.money.amount(), &line.id, now))
}

/// Returns `true` for transfers that are booked from a statement: daily fees, and money to or from our bank. Their
/// proof is the statement, which is not in the books.
pub fn is_booked_by_statement(transfer: &Transfer) -> bool {
    use SystemAccount::{Bank, PaymentProvider, ProviderFees};
    let Transfer { key, from, to, reference, .. } = transfer;
    let is_of_bank = |key_of: fn(&ProviderId) -> EntryKey| {
        reference.parse().is_ok_and(|id: ProviderId| *key == key_of(&id))
    };
    match (from, to) {
        (ProviderFees(name), PaymentProvider(Some(provider))) => {
            let day: Result<Date, _> = reference.parse();
            name == provider && day.is_ok_and(|day| *key == keys::fee(provider, day))
        }
        (Bank, PaymentProvider(Some(_))) => is_of_bank(keys::settlement),
        (PaymentProvider(Some(_)), Bank) => is_of_bank(keys::funding),
        _ => false,
    }
}
