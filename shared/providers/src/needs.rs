//! [`PaymentNeed`]: a setting of money in and out that only some functions have use for.

/// A setting of money in and out that only some functions have use for. What a function does not ask for is not read,
/// nor is it told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentNeed {
    /// It reads or compares money.
    Currency,
    /// It opens deposits.
    Deposits,
    /// The least deposit.
    DepositMin,
    /// The largest one.
    DepositMax,
    /// It credits deposits.
    FirstDepositBonus,
    /// It credits money that is to be staked.
    TurnoverFactor,
    /// It takes withdrawals.
    Withdrawals,
    /// The least withdrawal.
    WithdrawalMin,
    /// It decides which withdrawals wait for a cashier, or how many cashiers must agree.
    Holds,
    /// It credits or opens what only a known player may have.
    KycAbove,
    /// It believes callbacks.
    ConfirmAbove,
}

impl PaymentNeed {
    /// Every one.
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

    /// Those that protect money, and whose default is that nothing does.
    pub(crate) const PROTECTIVE: [Self; 2] = [Self::Holds, Self::KycAbove];

    /// The variable that says it.
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
