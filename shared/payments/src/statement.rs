//! [`StatementLine`]: one movement as a provider states it afterwards, for the books of a day.

use crate::{DisputeId, Money, OrderId, ProviderId, keys};
use evens_ledger::{Amount, EntryKey, ProviderName, SystemAccount, Transfer};
use jiff::Timestamp;
use jiff::civil::Date;
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
    /// The settlement that it was a part of, once there was one.
    pub settlement: Option<ProviderId>,
    /// When, by the provider's clock.
    pub at: Timestamp,
}

impl StatementLine {
    /// What the movement adds to what the provider holds for us, in units of the last decimal; without its fee.
    pub fn units_signed(&self) -> i128 {
        match self.kind {
            StatementKind::Payment | StatementKind::PayoutReturn => self.money.amount().units(),
            StatementKind::Refund
            | StatementKind::ChargeBack
            | StatementKind::Payout
            | StatementKind::Settlement => -self.money.amount().units(),
        }
    }

    /// The keys under which our ledger may have it, the most exact first. A charge-back may have two movements, one
    /// for what the wallet held and one for what is owed; of all others exactly one is there.
    pub(crate) fn ledger_keys(&self) -> Vec<EntryKey> {
        let dispute = self.dispute.as_ref();
        let keys = match self.kind {
            StatementKind::Payment => [Some(keys::suspense(&self.id)), self.reference.map(keys::deposit)],
            StatementKind::Refund => {
                [Some(keys::suspense_out(&self.id)), self.reference.map(keys::deposit_refund)]
            }
            StatementKind::ChargeBack => {
                [dispute.map(keys::charge_back), dispute.map(keys::charge_back_owed)]
            }
            StatementKind::Payout => {
                [self.reference.map(keys::payout), self.reference.map(keys::paid_after_return)]
            }
            StatementKind::PayoutReturn => [self.reference.map(keys::payout_back), None],
            StatementKind::Settlement => [Some(keys::settlement(&self.id)), None],
        };
        keys.into_iter().flatten().collect()
    }
}

/// The transfer that books what a provider charged on a day, of which these are the lines in the ledger's currency;
/// none where it charged nothing.
pub fn book_fees<'a>(
    provider: &ProviderName,
    day: Date,
    lines: impl IntoIterator<Item = &'a StatementLine>,
    now: Timestamp,
) -> Option<Transfer> {
    let fees = lines.into_iter().fold(Amount::ZERO, |sum, line| sum.saturating_add(line.fee));
    let (from, to) = (SystemAccount::ProviderFees(provider.clone()), keys::account_of(provider));
    let key = keys::fee(provider, day);
    (!fees.is_zero()).then(|| keys::transfer(key, from, to, fees, &day, now))
}

/// The transfer that books money which went to our bank; none where the line is about something else.
pub fn book_settlement(provider: &ProviderName, line: &StatementLine, now: Timestamp) -> Option<Transfer> {
    let (from, to) = (SystemAccount::Bank, keys::account_of(provider));
    let is_settlement = line.kind == StatementKind::Settlement;
    let key = keys::settlement(&line.id);
    is_settlement.then(|| keys::transfer(key, from, to, line.money.amount(), &line.id, now))
}

/// Whether a transfer is one that books what only a statement tells: fees of a day, or a settlement. The statement is
/// its reason, and is not in the books.
pub fn is_booked_by_statement(transfer: &Transfer) -> bool {
    let Transfer { key, from, to, reference, .. } = transfer;
    let SystemAccount::PaymentProvider(Some(provider)) = to else { return false };
    match from {
        SystemAccount::ProviderFees(name) => {
            let day: Result<Date, _> = reference.parse();
            name == provider && day.is_ok_and(|day| *key == keys::fee(provider, day))
        }
        SystemAccount::Bank => {
            let id: Result<ProviderId, _> = reference.parse();
            id.is_ok_and(|id| *key == keys::settlement(&id))
        }
        _ => false,
    }
}
