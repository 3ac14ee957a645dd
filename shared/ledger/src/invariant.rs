//! [`Invariant`]: the numbered rules that hold after every commit. The simulation and `evens verify` name its variants.

/// A rule that holds after every commit, under any interleaving, crash, retry, duplicate or reordering.
/// [`Invariant::sentence`] states each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Invariant {
    M1Conservation,
    M2NoOverdraft,
    M3OneEffect,
    M4LedgerExplainsWallet,
    M5MatchedValueIsEqual,
    M6EveryBetEnds,
    M7DrawWasFixed,
    M8NobodyElses,
    M9JackpotAddsUp,
    /// Has no number, because it is not about money.
    AuditLogIsWhole,
    /// Has no number, because it is about books that the other rules have already checked.
    SealsHold,
}

impl Invariant {
    pub const ALL: [Self; 11] = [
        Self::M1Conservation,
        Self::M2NoOverdraft,
        Self::M3OneEffect,
        Self::M4LedgerExplainsWallet,
        Self::M5MatchedValueIsEqual,
        Self::M6EveryBetEnds,
        Self::M7DrawWasFixed,
        Self::M8NobodyElses,
        Self::M9JackpotAddsUp,
        Self::AuditLogIsWhole,
        Self::SealsHold,
    ];

    /// The short name, such as `M1`.
    pub fn name(self) -> &'static str {
        match self {
            Self::M1Conservation => "M1",
            Self::M2NoOverdraft => "M2",
            Self::M3OneEffect => "M3",
            Self::M4LedgerExplainsWallet => "M4",
            Self::M5MatchedValueIsEqual => "M5",
            Self::M6EveryBetEnds => "M6",
            Self::M7DrawWasFixed => "M7",
            Self::M8NobodyElses => "M8",
            Self::M9JackpotAddsUp => "M9",
            Self::AuditLogIsWhole => "LOG",
            Self::SealsHold => "DAY",
        }
    }

    pub fn sentence(self) -> &'static str {
        match self {
            Self::M1Conservation => "Wallets, stakes at risk and system accounts sum to exactly zero.",
            Self::M2NoOverdraft => "No wallet balance is ever negative.",
            Self::M3OneEffect => "An idempotency key moves money at most once, forever.",
            Self::M4LedgerExplainsWallet => {
                "Entries of a wallet are numbered without gaps, each continues the previous one, and the last \
                 equals the balance."
            }
            Self::M5MatchedValueIsEqual => "A match joins exactly equal amounts on side A and side B.",
            Self::M6EveryBetEnds => "Every bet reaches SETTLED or REFUNDED.",
            Self::M7DrawWasFixed => {
                "The outcome follows from a secret whose hash was public before the first bet."
            }
            Self::M8NobodyElses => {
                "No request reads or moves the wallet of a user other than the token's subject."
            }
            Self::M9JackpotAddsUp => {
                "Start amounts and contributions of a jackpot equal its wins, pool, meters and reserve; no win \
                 exceeds its pool."
            }
            Self::AuditLogIsWhole => {
                "Lines of the audit log are numbered without gaps, each continues the previous one, and every \
                 act has a line."
            }
            Self::SealsHold => {
                "The books up to the end of each sealed day still match its seal, and no seal is missing."
            }
        }
    }
}
