//! The payment system of a payout at Razorpay: by the kind of account, and by the limits of India's payment systems.

use evens_ledger::Amount;
use evens_payments::PayoutLimit;
use serde::Deserialize;

/// The maximum of a UPI payment: 100,000 rupees, in paise.
pub(super) const UPI_PAISE_MAX: i128 = 10_000_000;

/// An amount counts units of 8 decimals, and a paisa is a hundredth.
const UNITS_OF_PAISA: i128 = 1_000_000;

/// The maximum of an IMPS payment: 500,000 rupees, in paise. Above it, RTGS takes any amount.
const IMPS_PAISE_MAX: i128 = 50_000_000;

/// The kind of a fund account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum AccountKind {
    BankAccount,
    /// A UPI address.
    Vpa,
    /// A card, a wallet, or a kind that is not known here.
    #[serde(other)]
    Other,
}

/// The reason why no payment system can make a payout. Its text is the code of the refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoMode {
    #[error("above-upi-limit")]
    AboveUpiLimit,
    #[error("unsupported-account-type")]
    UnsupportedAccount,
}

/// Razorpay's name of the payment system for an amount in paise. IMPS and RTGS pay at any hour.
pub(super) fn of(kind: AccountKind, paise: i128) -> Result<&'static str, NoMode> {
    match kind {
        AccountKind::Vpa if paise <= UPI_PAISE_MAX => Ok("UPI"),
        AccountKind::Vpa => Err(NoMode::AboveUpiLimit),
        AccountKind::BankAccount if paise <= IMPS_PAISE_MAX => Ok("IMPS"),
        AccountKind::BankAccount => Ok("RTGS"),
        AccountKind::Other => Err(NoMode::UnsupportedAccount),
    }
}

/// The limit of payouts to an account of this kind.
pub(super) fn limit(kind: AccountKind) -> Option<PayoutLimit> {
    match kind {
        AccountKind::Vpa => {
            let amount_max = Amount::from_units(UPI_PAISE_MAX * UNITS_OF_PAISA).ok()?;
            Some(PayoutLimit { amount_max, system: "UPI" })
        }
        AccountKind::BankAccount | AccountKind::Other => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{AccountKind, NoMode, of};

    #[test]
    fn the_mode_follows_from_the_account_and_the_amount() {
        #[rustfmt::skip]
        let table = [
            // kind                    paise           mode
            (AccountKind::Vpa,         100,            Ok("UPI")),
            (AccountKind::Vpa,         10_000_000,     Ok("UPI")),
            (AccountKind::Vpa,         10_000_001,     Err(NoMode::AboveUpiLimit)),
            (AccountKind::BankAccount, 100,            Ok("IMPS")),
            (AccountKind::BankAccount, 50_000_000,     Ok("IMPS")),
            (AccountKind::BankAccount, 50_000_001,     Ok("RTGS")),
            (AccountKind::Other,       100,            Err(NoMode::UnsupportedAccount)),
        ];
        for (kind, paise, mode) in table {
            assert_eq!(of(kind, paise), mode, "{kind:?} {paise}");
        }
    }
}
