//! [`PlayBarrier`]: the answer of an external exclusion register about a player who may not play.

/// The reason why a player may neither bet nor deposit, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlayBarrier {
    /// The register gave no answer, so the player may not play until it does.
    #[error("the self-exclusion register does not answer")]
    Unknown,
    #[error("the player is in the self-exclusion register")]
    Excluded,
}
