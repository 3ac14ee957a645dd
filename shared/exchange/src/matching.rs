//! Matching: two opposed bets are joined in equal amounts (M5).

use crate::{MatchId, Outcome, RoundId, Side, UnmatchedBet};
use evens_draws::Nonce;
use evens_idempotency::BetId;
use evens_ledger::{Amount, UserId};
use jiff::Timestamp;

/// Equal amounts of two bets, one on each side, that play against each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// Its id.
    pub id: MatchId,
    /// In which round.
    pub round: RoundId,
    /// The bet on side A.
    pub bet_a: BetId,
    /// The bet on side B.
    pub bet_b: BetId,
    /// Who placed the bet on side A.
    pub user_a: UserId,
    /// Who placed the bet on side B.
    pub user_b: UserId,
    /// The nonce of the bet on side A; none where it was placed before there were nonces.
    pub nonce_a: Option<Nonce>,
    /// The nonce of the bet on side B; none where it was placed before there were nonces.
    pub nonce_b: Option<Nonce>,
    /// What each side put in; the winner is paid twice this.
    pub amount: Amount,
    /// When it was joined.
    pub joined_at: Timestamp,
    /// Where it stands.
    pub state: MatchState,
}

/// Where a match stands. It only moves down this list, or from either of the first two to void.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchState {
    /// Joined, not drawn.
    Joined,
    /// The outcome is fixed, nobody is paid yet.
    Drawn(Outcome),
    /// The winner is paid.
    Settled(Outcome),
    /// Both stakes were given back.
    Void,
}

impl MatchState {
    /// The name in the table and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Joined => "JOINED",
            Self::Drawn(_) => "DRAWN",
            Self::Settled(_) => "SETTLED",
            Self::Void => "VOID",
        }
    }

    /// Whether nothing will change it any more.
    pub fn is_final(self) -> bool {
        match self {
            Self::Joined | Self::Drawn(_) => false,
            Self::Settled(_) | Self::Void => true,
        }
    }

    /// What was drawn, if it was.
    pub fn outcome(self) -> Option<Outcome> {
        match self {
            Self::Drawn(outcome) | Self::Settled(outcome) => Some(outcome),
            Self::Joined | Self::Void => None,
        }
    }
}

impl Match {
    /// The bet on a side.
    pub fn bet(&self, side: Side) -> BetId {
        match side {
            Side::A => self.bet_a,
            Side::B => self.bet_b,
        }
    }

    /// Who placed the bet on a side.
    pub fn user(&self, side: Side) -> UserId {
        match side {
            Side::A => self.user_a,
            Side::B => self.user_b,
        }
    }
}

/// Two waiting bets that may be joined: one round, opposite sides, different users, at least the least stake open on
/// both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpposedBets {
    a: UnmatchedBet,
    b: UnmatchedBet,
}

/// Why two bets may not be joined, in the order in which it is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotOpposed {
    /// They are bets in different rounds.
    #[error("the bets are in different rounds")]
    OtherRound,
    /// They are on the same side.
    #[error("the bets are on the same side")]
    SameSide,
    /// They are of one user: nobody plays against themselves.
    #[error("the bets are of the same user")]
    SameUser,
    /// Of one of them nothing waits any more, or less than the least stake: such a rest is given back, so that nobody
    /// can fill a book with bets that cost nothing.
    #[error("too little of one of the bets waits")]
    TooLittleOpen,
}

impl OpposedBets {
    /// The pair of these two bets, in whichever order they come. No match is made of less than `stake_min`.
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

/// What joining a pair writes: the match, and both bets with what they were and what of them still waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Join {
    /// The new match.
    pub bet_match: Match,
    /// The bet on side A as it was read, and what of it waits afterwards.
    pub a: (UnmatchedBet, Amount),
    /// The bet on side B as it was read, and what of it waits afterwards.
    pub b: (UnmatchedBet, Amount),
}

/// Joins as much of two opposed bets as both have: the smaller one is used up.
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
        amount,
        joined_at: at,
        state: MatchState::Joined,
    };
    let remaining = |bet: &UnmatchedBet| (bet.clone(), bet.open.saturating_sub(amount));
    Join { bet_match, a: remaining(a), b: remaining(b) }
}
