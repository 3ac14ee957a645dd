//! Rules for an operator who wants to void a match.

use crate::{Draw, Match, MatchState, Round, RoundState};
use jiff::{SignedDuration, Timestamp};

/// The time for which a match is left to its settlement. All attempts of its job and several sweeps are over after
/// that.
pub const STUCK_AFTER: SignedDuration = SignedDuration::from_mins(10);

/// The reason why an operator may not void a match, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VoidRefusal {
    #[error("it is {}", .0.as_str())]
    Ended(MatchState),
    /// The match waits for the result of its round, like all others there.
    #[error("it waits for the result of its round. Cancel the round instead")]
    WaitsForRound,
    #[error("it may still be settled by its job. Try again after {until}")]
    MayStillEnd { until: Timestamp },
}

/// Returns the reason why an operator may not void a match now. `round` is `None` if the round does not exist.
///
/// A fixed or public outcome ([`Round::public_winner`]) is not checked here. The caller, which reads the wallets, pays
/// it where possible.
pub fn refuse_void(found: &Match, round: Option<&Round>, now: Timestamp) -> Option<VoidRefusal> {
    if found.state.is_final() {
        return Some(VoidRefusal::Ended(found.state));
    }
    let payable_since = match round.map(|round| (&round.draw, &round.state)) {
        None | Some((Draw::Match, RoundState::Open | RoundState::Closed { .. })) => found.joined_at,
        Some((_, RoundState::Resulted { outcome, .. })) => outcome.fixed_at.max(found.joined_at),
        Some((_, RoundState::Cancelled { cancelled_at, .. })) => (*cancelled_at).max(found.joined_at),
        Some((Draw::Round | Draw::Oracle(_), RoundState::Open | RoundState::Closed { .. })) => {
            return Some(VoidRefusal::WaitsForRound);
        }
    };
    let until = payable_since.saturating_add(STUCK_AFTER).unwrap_or(Timestamp::MAX);
    (now < until).then_some(VoidRefusal::MayStillEnd { until })
}
