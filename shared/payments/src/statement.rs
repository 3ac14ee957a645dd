//! [`StatementLine`]: one movement as a provider states it afterwards, for the books of a day.

use crate::{DisputeId, Money, OrderId, ProviderId, keys};
use evens_ledger::{Amount, EntryKey, ProviderName, SystemAccount, Transfer};
use jiff::Timestamp;
use jiff::civil::Date;
use std::ops::Range;
use strum::{AsRefStr, Display, EnumString, IntoStaticStr, VariantArray};

/// What a line of a provider's statement is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[derive(AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum StatementKind {
    /// Money came from a player.
    Payment,
    /// Money of a player went back to them.
    Refund,
    /// A player got a payment back.
    ChargeBack,
    /// Money went to a player.
    Payout,
    /// A payout came back.
    PayoutReturn,
    /// Money went to our bank.
    Settlement,
    /// Money came from our bank.
    Funding,
    /// Something that the books have no place for added to what the provider holds.
    OtherIn,
    /// Something that the books have no place for took from it.
    OtherOut,
}

impl StatementKind {
    /// Whether it is about an order. What moves between a provider and our bank is about none, and only the statement
    /// tells of it.
    pub(crate) fn is_of_order(self) -> bool {
        !self.is_of_bank() && !self.is_unplaced()
    }

    /// Whether it moved between a provider and our bank.
    pub fn is_of_bank(self) -> bool {
        matches!(self, Self::Settlement | Self::Funding)
    }

    /// Whether the books have no place for it, so that a person finds out what it is.
    pub fn is_unplaced(self) -> bool {
        matches!(self, Self::OtherIn | Self::OtherOut)
    }
}

/// A movement as a provider states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementLine {
    /// What the provider calls it.
    pub id: ProviderId,
    /// What it is about.
    pub kind: StatementKind,
    /// Our order, if the provider states one that can be read.
    pub reference: Option<OrderId>,
    /// The dispute of a charge-back.
    pub dispute: Option<DisputeId>,
    /// How much, before fees.
    pub money: Money,
    /// What the provider charged for it, in the same currency.
    pub fee: Amount,
    /// When it charged that, by its clock: at once, or when the movement was settled, however late that is.
    pub charged_at: Timestamp,
    /// The settlement that it was a part of, once there was one.
    pub settlement: Option<ProviderId>,
    /// When, by the provider's clock.
    pub at: Timestamp,
}

impl StatementLine {
    /// What the movement adds to what the provider holds for us, in units of the last decimal; without its fee.
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

    /// What the provider charged for it within some time.
    pub fn charged_within(&self, time: &Range<Timestamp>) -> Amount {
        if time.contains(&self.charged_at) { self.fee } else { Amount::ZERO }
    }

    /// The keys under which our ledger may have it, the most exact first. A charge-back may have two movements, one
    /// for what the wallet held and one for what is owed; of all others exactly one is there.
    pub(crate) fn ledger_keys(&self) -> Vec<EntryKey> {
        let dispute = self.dispute.as_ref();
        let keys = match self.kind {
            StatementKind::Payment => vec![Some(keys::suspense(&self.id)), self.reference.map(keys::deposit)],
            // What left suspense has the payment's id there, which the line does not state.
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

/// The transfer that books what a provider charged on a day, in the ledger's currency; none where it charged nothing.
pub fn book_fees(provider: &ProviderName, day: Date, fees: Amount, now: Timestamp) -> Option<Transfer> {
    let (from, to) = (SystemAccount::ProviderFees(provider.clone()), keys::account_of(provider));
    let key = keys::fee(provider, day);
    (!fees.is_zero()).then(|| keys::transfer(key, from, to, fees, &day, now))
}

/// The transfer that books money which went to our bank, or came from there; none where the line is about something
/// else. The account of a provider is negative by what it holds, so money that went to the bank is taken from that one.
pub fn book_bank_movement(provider: &ProviderName, line: &StatementLine, now: Timestamp) -> Option<Transfer> {
    let account = keys::account_of(provider);
    let (key, from, to) = match line.kind {
        StatementKind::Settlement => (keys::settlement(&line.id), SystemAccount::Bank, account),
        StatementKind::Funding => (keys::funding(&line.id), account, SystemAccount::Bank),
        _ => return None,
    };
    Some(keys::transfer(key, from, to, line.money.amount(), &line.id, now))
}

/// Whether a transfer is one that books what only a statement tells: fees of a day, or what moved between a provider
/// and our bank. The statement is its reason, and is not in the books.
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
