//! [`PaymentNeed`]: the payment settings that a function uses.

/// A payment setting that only some functions use. A function reads only the settings that it lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentNeed {
    /// For functions that read or compare money.
    Currency,
    /// For functions that open deposits.
    Deposits,
    /// The minimum deposit.
    DepositMin,
    /// The maximum deposit.
    DepositMax,
    /// For functions that credit deposits.
    FirstDepositBonus,
    /// For functions that credit money with a turnover requirement.
    TurnoverFactor,
    /// For functions that accept withdrawals.
    Withdrawals,
    /// The minimum withdrawal.
    WithdrawalMin,
    /// For functions that decide which withdrawals wait for a cashier, or how many cashiers must approve.
    Holds,
    /// For functions that credit or release money only identified players may have.
    KycAbove,
    /// For functions that act on callbacks.
    ConfirmAbove,
}

impl PaymentNeed {
    pub const ALL: [Self; 11] = [
        Self::Currency,
        Self::Deposits,
        Self::DepositMin,
        Self::DepositMax,
        Self::FirstDepositBonus,
        Self::TurnoverFactor,
        Self::Withdrawals,
        Self::WithdrawalMin,
        Self::Holds,
        Self::KycAbove,
        Self::ConfirmAbove,
    ];

    /// Settings that protect money, and whose default is no protection.
    pub(crate) const PROTECTIVE: [Self; 2] = [Self::Holds, Self::KycAbove];

    /// The environment variable.
    pub fn variable(self) -> &'static str {
        match self {
            Self::Currency => "EVENS_CURRENCY",
            Self::Deposits => "EVENS_DEPOSITS",
            Self::DepositMin => "EVENS_DEPOSIT_MIN",
            Self::DepositMax => "EVENS_DEPOSIT_MAX",
            Self::FirstDepositBonus => "EVENS_FIRST_DEPOSIT_BONUS",
            Self::TurnoverFactor => "EVENS_TURNOVER_FACTOR",
            Self::Withdrawals => "EVENS_WITHDRAWALS",
            Self::WithdrawalMin => "EVENS_WITHDRAWAL_MIN",
            Self::Holds => "EVENS_HOLDS",
            Self::KycAbove => "EVENS_KYC_ABOVE",
            Self::ConfirmAbove => "EVENS_CONFIRM_ABOVE",
        }
    }
}
