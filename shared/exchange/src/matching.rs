//! Matching: two opposed bets are matched in equal amounts (M5).

use crate::{CommissionRate, MatchId, Outcome, PlayerState, RoundId, Side, UnmatchedBet};
use evens_draws::Nonce;
use evens_idempotency::BetId;
use evens_ledger::{Amount, UserId};
use jiff::Timestamp;

/// Equal amounts of two bets, one on each side, that play against each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    pub id: MatchId,
    pub round: RoundId,
    pub bet_a: BetId,
    pub bet_b: BetId,
    pub user_a: UserId,
    pub user_b: UserId,
    /// The nonce of the bet on side A. `None` for bets placed before nonces existed.
    pub nonce_a: Option<Nonce>,
    /// The nonce of the bet on side B. `None` for bets placed before nonces existed.
    pub nonce_b: Option<Nonce>,
    /// The commission rate of the bet on side A. Each bet keeps its own rate, whichever bet it meets.
    pub commission_a: CommissionRate,
    /// The commission rate of the bet on side B.
    pub commission_b: CommissionRate,
    /// The amount that each side put in. The winner is paid twice this amount.
    pub amount: Amount,
    pub joined_at: Timestamp,
    /// True if the join required that neither player was barred. Joins of earlier versions did not.
    pub has_checked_players: bool,
    pub state: MatchState,
}

/// The state of a match. It only moves down this list, or from one of the first two states to void.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchState {
    /// Matched, not drawn.
    Joined,
    /// The outcome is fixed, the winner is not paid yet.
    Drawn(Outcome),
    Settled(Outcome),
    /// Both stakes were refunded.
    Void,
}

impl MatchState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Joined => "JOINED",
            Self::Drawn(_) => "DRAWN",
            Self::Settled(_) => "SETTLED",
            Self::Void => "VOID",
        }
    }

    /// Returns `true` if the state never changes again.
    pub fn is_final(self) -> bool {
        match self {
            Self::Joined | Self::Drawn(_) => false,
            Self::Settled(_) | Self::Void => true,
        }
    }

    /// The outcome if the match has been drawn.
    pub fn outcome(self) -> Option<Outcome> {
        match self {
            Self::Drawn(outcome) | Self::Settled(outcome) => Some(outcome),
            Self::Joined | Self::Void => None,
        }
    }
}

impl Match {
    pub fn bet(&self, side: Side) -> BetId {
        match side {
            Side::A => self.bet_a,
            Side::B => self.bet_b,
        }
    }

    pub fn user(&self, side: Side) -> UserId {
        match side {
            Side::A => self.user_a,
            Side::B => self.user_b,
        }
    }

    /// The commission if this side wins. Its net winnings are the amount of the other side.
    pub fn commission(&self, winner: Side) -> Amount {
        self.commission_rate(winner).of(self.amount)
    }

    pub fn commission_rate(&self, side: Side) -> CommissionRate {
        match side {
            Side::A => self.commission_a,
            Side::B => self.commission_b,
        }
    }
}

/// Two unmatched bets that may be matched: same round, opposite sides, different users, and at least the minimum stake
/// unmatched on both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpposedBets {
    a: UnmatchedBet,
    b: UnmatchedBet,
}

/// The reason why two bets may not be matched, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotOpposed {
    #[error("the bets are in different rounds")]
    OtherRound,
    #[error("the bets are on the same side")]
    SameSide,
    /// Both bets belong to one user, who cannot play against themselves.
    #[error("the bets belong to the same user")]
    SameUser,
    /// Too little of a bet is unmatched: nothing, or less than the minimum stake. Such a rest is refunded, so that the
    /// order book cannot be filled with bets that cost nothing.
    #[error("too little of one of the bets is unmatched")]
    TooLittleOpen,
}

impl OpposedBets {
    /// Pairs two bets, given in either order. No match is smaller than `stake_min`.
    pub fn of(one: &UnmatchedBet, other: &UnmatchedBet, stake_min: Amount) -> Result<Self, NotOpposed> {
        if one.round != other.round {
            return Err(NotOpposed::OtherRound);
        }
        let (a, b) = match (one.side, other.side) {
            (Side::A, Side::B) => (one, other),
            (Side::B, Side::A) => (other, one),
            (Side::A, Side::A) | (Side::B, Side::B) => return Err(NotOpposed::SameSide),
        };
        if a.user == b.user {
            return Err(NotOpposed::SameUser);
        }
        let open = a.open.min(b.open);
        if open.is_zero() || open < stake_min {
            return Err(NotOpposed::TooLittleOpen);
        }
        Ok(Self { a: a.clone(), b: b.clone() })
    }
}

/// The writes of a match: the match itself, and both bets before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Join {
    pub bet_match: Match,
    /// The bet on side A as it was read, and the amount left unmatched afterwards.
    pub a: (UnmatchedBet, Amount),
    /// The bet on side B as it was read, and the amount left unmatched afterwards.
    pub b: (UnmatchedBet, Amount),
}

impl Join {
    /// The side whose player is barred when the bets are joined, so that they must not be; the taker's if both are.
    pub fn barred_side(&self, taker: Side, of: impl Fn(Side) -> PlayerState) -> Option<Side> {
        let is_barred = |side: &Side| of(*side).is_barred(self.bet_match.joined_at);
        [taker, taker.opposite()].into_iter().find(is_barred)
    }
}

/// Matches the largest amount that both bets have. At least one of the bets is used up.
pub fn join(pair: &OpposedBets, at: Timestamp) -> Join {
    let OpposedBets { a, b } = pair;
    let amount = a.open.min(b.open);
    let bet_match = Match {
        id: MatchId::derive(a.bet, b.bet),
        round: a.round.clone(),
        bet_a: a.bet,
        bet_b: b.bet,
        user_a: a.user,
        user_b: b.user,
        nonce_a: a.nonce.clone(),
        nonce_b: b.nonce.clone(),
        commission_a: a.commission,
        commission_b: b.commission,
        amount,
        joined_at: at,
        has_checked_players: true,
        state: MatchState::Joined,
    };
    let remaining = |bet: &UnmatchedBet| (bet.clone(), bet.open.saturating_sub(amount));
    Join { bet_match, a: remaining(a), b: remaining(b) }
}
