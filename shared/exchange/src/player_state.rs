//! [`PlayerState`]: whether a player's unmatched bets may still be matched.

use evens_own_limits::Exclusion;
use jiff::Timestamp;

/// The part of a player's state that decides about their unmatched bets. The default is a player who may play.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PlayerState {
    pub is_blocked: bool,
    /// The last exclusion, which may have ended.
    pub exclusion: Option<Exclusion>,
}

impl PlayerState {
    /// Returns `true` if the player is blocked or excluded at a point in time. Their bets are then not matched, and the
    /// unmatched parts are refunded.
    pub fn is_barred(self, at: Timestamp) -> bool {
        self.is_blocked || self.exclusion.is_some_and(|exclusion| exclusion.is_in_force(at))
    }
}
