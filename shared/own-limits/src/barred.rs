//! [`Barred`]: what a register of exclusions, kept by somebody else, says against a player.

/// Why a player neither bets nor brings money, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Barred {
    /// Nobody can say whether they may.
    #[error("the register of exclusions does not answer")]
    Unknown,
    /// They are in the register.
    #[error("the player is in the register of exclusions")]
    Excluded,
}
