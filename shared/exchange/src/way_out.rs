//! Whether an operator may give the stakes of a match back.

use crate::{Draw, Match, MatchState, Round, RoundState};
use jiff::{SignedDuration, Timestamp};

/// For how long a match is left to whoever settles it: all attempts of its job and several sweeps are over by then.
pub const STUCK_AFTER: SignedDuration = SignedDuration::from_mins(10);

/// Why a match may not be voided by an operator, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VoidRefusal {
    /// It has ended.
    #[error("it is {}", .0.as_str())]
    Ended(MatchState),
    /// It waits for the result of its round, as all others there do.
    #[error("it waits for the result of its round; cancel the round")]
    WaitsForRound,
    /// It may still be settled.
    #[error("it may still be settled, until {until}")]
    MayStillEnd {
        /// Until when it is left alone.
        until: Timestamp,
    },
}

/// Why a match of a round, if that is there, may not be voided by an operator now. A fixed outcome is not looked at:
/// that it is paid where it can be is for whoever reads the wallets, as is one that is public
/// ([`Round::public_winner`]).
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
