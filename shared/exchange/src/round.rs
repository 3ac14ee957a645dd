//! [`Round`]: players bet on its outcome. It opens, closes, and then has a result or is cancelled.

use crate::{
    CommissionRate, Deadlines, DrawRule, Join, Match, MatchState, Outcome, RoundId, RoundTerms, Side,
    draw_match, draw_round,
};
use evens_draws::Seed;
use evens_ledger::{Amount, Digest, UserId};
use jiff::Timestamp;
use ring::signature::{ED25519, UnparsedPublicKey};

/// How the winners of a round are decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Draw {
    /// Each match is drawn by itself, from the seed of the round, when it is made.
    Match,
    /// One outcome for all bets, drawn from the seed of the round when it closes.
    Round,
    /// One outcome for all bets, signed by a named oracle after the round has closed.
    Oracle(OracleKey),
}

impl Draw {
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Round => "round",
            Self::Oracle(_) => "oracle",
        }
    }
}

/// The oracle that decides the result of a round, and the Ed25519 key that proves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OracleKey {
    /// The name of the oracle, for readers only.
    pub name: String,
    pub public_key: [u8; 32],
}

/// The result of a round, signed by its oracle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedResult {
    pub winner: Side,
    /// The Ed25519 signature of [`SignedResult::message`].
    pub signature: Vec<u8>,
}

impl SignedResult {
    /// The message that an oracle signs, in three lines: `evens-result`, the id of the round, and the winning side.
    pub fn message(round: &RoundId, winner: Side) -> String {
        format!("evens-result\n{round}\n{winner}")
    }

    /// Returns `true` if this oracle signed the result for this round.
    pub fn is_signed_by(&self, oracle: &OracleKey, round: &RoundId) -> bool {
        UnparsedPublicKey::new(&ED25519, oracle.public_key)
            .verify(Self::message(round, self.winner).as_bytes(), &self.signature)
            .is_ok()
    }
}

/// The one outcome of a round that is not drawn match by match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundOutcome {
    pub winner: Side,
    pub fixed_at: Timestamp,
    /// The signature, if the outcome came from an oracle.
    pub signature: Option<Vec<u8>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    pub id: RoundId,
    pub draw: Draw,
    /// The inputs to the draw of a match.
    pub draw_rule: DrawRule,
    /// The SHA-256 of the seed, public before the first bet.
    pub seed_hash: Digest,
    pub opened_at: Timestamp,
    /// The user who opened the round and may therefore not bet in it. `None` if its first bet opened it.
    pub opened_by: Option<UserId>,
    /// The minimum stake, and the minimum that can be matched. Zero if the round was opened before there was a minimum.
    pub stake_min: Amount,
    /// The commission rate of bets that are placed in the round.
    pub commission: CommissionRate,
    /// `None` if the first bet opened the round, or if it was opened before deadlines existed.
    pub deadlines: Option<Deadlines>,
    /// When the seed was published, by the clock of the process that had closed the order book. Everything in the round
    /// is earlier. `None` before that, and for rounds published before this field existed.
    pub published_at: Option<Timestamp>,
    pub state: RoundState,
}

/// The state of a round, with everything that is public in that state. It only moves down this list.
///
/// A round ends in two steps. First it takes no more bets, and its bets can be neither matched nor cancelled by
/// players; nothing is public yet. Then every unmatched bet in its order book is closed, so that a job that saw the
/// round open can no longer match one. Only after that is the seed published, with the outcome if it follows from the
/// seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoundState {
    Open,
    Closed {
        closed_at: Timestamp,
        /// `None` until the seed is published.
        seed: Option<Seed>,
    },
    /// Its one outcome is fixed, and its seed is public.
    Resulted {
        closed_at: Timestamp,
        seed: Seed,
        outcome: RoundOutcome,
    },
    /// Everything that is not settled is refunded.
    Cancelled {
        cancelled_at: Timestamp,
        /// `None` until the seed is published.
        seed: Option<Seed>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoundStateName {
    Open,
    Closed,
    Resulted,
    Cancelled,
}

impl RoundStateName {
    /// The name in the table and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Closed => "CLOSED",
            Self::Resulted => "RESULTED",
            Self::Cancelled => "CANCELLED",
        }
    }
}

impl RoundState {
    pub fn name(&self) -> RoundStateName {
        match self {
            Self::Open => RoundStateName::Open,
            Self::Closed { .. } => RoundStateName::Closed,
            Self::Resulted { .. } => RoundStateName::Resulted,
            Self::Cancelled { .. } => RoundStateName::Cancelled,
        }
    }

    pub fn seed(&self) -> Option<&Seed> {
        match self {
            Self::Open => None,
            Self::Resulted { seed, .. } => Some(seed),
            Self::Closed { seed, .. } | Self::Cancelled { seed, .. } => seed.as_ref(),
        }
    }

    /// When the round stopped taking bets. `None` while it is open.
    pub fn ended_at(&self) -> Option<Timestamp> {
        match self {
            Self::Open => None,
            Self::Closed { closed_at, .. } | Self::Resulted { closed_at, .. } => Some(*closed_at),
            Self::Cancelled { cancelled_at, .. } => Some(*cancelled_at),
        }
    }
}

/// The answer to a step of a round, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoundStep {
    /// The hash of the seed is not the one that the round has carried since it opened. The seed is not published (M7).
    WrongSeed,
    /// The step needs an oracle, and this round has none.
    NoOracle,
    /// The oracle of this round did not sign the result.
    BadSignature,
    /// The step does not apply in the current state of the round.
    NotPossible {
        state: RoundStateName,
    },
    /// The round has just closed, and jobs that saw it open may still match bets in it. The caller can retry in a
    /// moment.
    StillClosing,
    ResultedOtherwise,
    /// The step was made earlier; nothing changes.
    MadeBefore,
    /// The step can be made; this is the round afterwards.
    Made(Box<Round>),
}

/// The verdict on a match, given the state of its round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchVerdict {
    Winner(Side),
    Void,
    /// The round has no result yet.
    Wait,
    /// The match can never be drawn: the hash of the seed is not the one the round has carried since it opened (M7).
    WrongSeed,
}

impl Round {
    /// Opens a round on these terms. `seed` stays secret; the round carries its hash.
    pub fn open(terms: RoundTerms, seed: &Seed, now: Timestamp) -> Self {
        let RoundTerms { id, draw, opened_by, stake_min, commission, deadlines } = terms;
        Self {
            id,
            draw,
            draw_rule: DrawRule::Nonces,
            seed_hash: seed.hash(),
            opened_at: now,
            opened_by,
            stake_min,
            commission,
            deadlines,
            published_at: None,
            state: RoundState::Open,
        }
    }

    /// Returns `true` if bets are taken and matched at `now`.
    pub fn takes_bets(&self, now: Timestamp) -> bool {
        matches!(self.state, RoundState::Open) && !self.is_past_closing(now)
    }

    /// Returns `true` if the round should be closed at `now`.
    pub fn is_past_closing(&self, now: Timestamp) -> bool {
        self.deadlines.is_some_and(|deadlines| now >= deadlines.closes_by)
    }

    /// Returns `true` if the round should have a result at `now` and has none, so that its matches need an operator.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        let is_undecided = matches!(self.state, RoundState::Open | RoundState::Closed { .. });
        let is_left = match (&self.state, &self.draw) {
            // Its matches were each drawn by themselves, so only the seed can be missing.
            (RoundState::Closed { seed, .. }, Draw::Match) => seed.is_none(),
            _ => is_undecided,
        };
        is_left && self.deadlines.is_some_and(|deadlines| now >= deadlines.result_by)
    }

    /// Closes the round to bets. This publishes nothing: see [`Round::publish`].
    pub fn close(&self, now: Timestamp) -> RoundStep {
        match self.state {
            RoundState::Open => self.step_to(RoundState::Closed { closed_at: now, seed: None }),
            RoundState::Closed { .. } | RoundState::Resulted { .. } => RoundStep::MadeBefore,
            RoundState::Cancelled { .. } => RoundStep::NotPossible { state: self.state.name() },
        }
    }

    /// The open round with an earlier time to close. `None` if it is not open, or closes no later anyway.
    #[must_use]
    pub fn close_sooner(&self, closes_by: Timestamp) -> Option<Self> {
        let deadlines = self.deadlines.filter(|_| self.state == RoundState::Open)?;
        let sooner = Deadlines { closes_by, ..deadlines };
        (closes_by < deadlines.closes_by).then(|| Self { deadlines: Some(sooner), ..self.clone() })
    }

    /// Publishes the seed of a closed or cancelled round. If the round draws from its seed, the outcome is fixed with
    /// it.
    ///
    /// Call this only once no job that saw the round open can still match bets in it (M7).
    pub fn publish(&self, seed: &Seed, now: Timestamp) -> RoundStep {
        if !self.committed_to(seed) {
            return RoundStep::WrongSeed;
        }
        let public = Some(seed.clone());
        let state = match (&self.state, &self.draw) {
            (RoundState::Open, _) => return RoundStep::NotPossible { state: self.state.name() },
            (RoundState::Closed { closed_at, seed: None }, Draw::Match | Draw::Oracle(_)) => {
                RoundState::Closed { closed_at: *closed_at, seed: public }
            }
            (RoundState::Closed { closed_at, seed: None }, Draw::Round) => {
                let outcome =
                    RoundOutcome { winner: draw_round(seed, &self.id), fixed_at: now, signature: None };
                RoundState::Resulted { closed_at: *closed_at, seed: seed.clone(), outcome }
            }
            (RoundState::Cancelled { cancelled_at, seed: None }, _) => {
                RoundState::Cancelled { cancelled_at: *cancelled_at, seed: public }
            }
            (RoundState::Closed { .. } | RoundState::Resulted { .. } | RoundState::Cancelled { .. }, _) => {
                return RoundStep::MadeBefore;
            }
        };
        RoundStep::Made(Box::new(Self { state, published_at: Some(now), ..self.clone() }))
    }

    /// Accepts the oracle's result for a closed round.
    pub fn take_result(&self, result: SignedResult, now: Timestamp) -> RoundStep {
        let Draw::Oracle(oracle) = &self.draw else {
            return RoundStep::NoOracle;
        };
        if !result.is_signed_by(oracle, &self.id) {
            return RoundStep::BadSignature;
        }
        match &self.state {
            RoundState::Open | RoundState::Cancelled { .. } => {
                RoundStep::NotPossible { state: self.state.name() }
            }
            RoundState::Closed { seed: None, .. } => RoundStep::StillClosing,
            RoundState::Resulted { outcome, .. } if outcome.winner != result.winner => {
                RoundStep::ResultedOtherwise
            }
            RoundState::Resulted { .. } => RoundStep::MadeBefore,
            RoundState::Closed { closed_at, seed: Some(seed) } => {
                let SignedResult { winner, signature } = result;
                let outcome = RoundOutcome { winner, fixed_at: now, signature: Some(signature) };
                self.step_to(RoundState::Resulted { closed_at: *closed_at, seed: seed.clone(), outcome })
            }
        }
    }

    /// Cancels a round without a result: unmatched bets are refunded, and matches that are not settled are voided.
    pub fn cancel(&self, now: Timestamp) -> RoundStep {
        match &self.state {
            RoundState::Open => self.step_to(RoundState::Cancelled { cancelled_at: now, seed: None }),
            RoundState::Closed { seed, .. } => {
                self.step_to(RoundState::Cancelled { cancelled_at: now, seed: seed.clone() })
            }
            RoundState::Resulted { .. } => RoundStep::NotPossible { state: self.state.name() },
            RoundState::Cancelled { .. } => RoundStep::MadeBefore,
        }
    }

    /// Returns `true` if this is the seed whose hash was public before the first bet (M7).
    fn committed_to(&self, seed: &Seed) -> bool {
        seed.opens(&self.seed_hash)
    }

    fn step_to(&self, state: RoundState) -> RoundStep {
        RoundStep::Made(Box::new(Self { state, ..self.clone() }))
    }

    /// Adds the draw to a new match if each match of the round is drawn by itself. If it cannot be drawn now, the match
    /// is made without a draw, and settlement reports the reason.
    #[must_use]
    pub fn draw_with(&self, mut plan: Join, seed: &Seed) -> Join {
        if let (Draw::Match, MatchVerdict::Winner(winner)) = (&self.draw, self.verdict(&plan.bet_match, seed))
        {
            plan.bet_match.state = MatchState::Drawn(Outcome { winner, drawn_at: plan.bet_match.joined_at });
        }
        plan
    }

    /// The winner of a match if it follows from the public state of the round. Such a match must not be voided.
    pub fn public_winner(&self, bet_match: &Match) -> Option<Side> {
        match self.verdict(bet_match, self.state.seed()?) {
            MatchVerdict::Winner(winner) => Some(winner),
            MatchVerdict::Void | MatchVerdict::WrongSeed | MatchVerdict::Wait => None,
        }
    }

    /// Decides what happens to a match of this round. A match that has ended stays as it is. A drawn match stays drawn
    /// even if the round was cancelled afterwards: a draw that could be seen cannot be undone (M7).
    pub fn verdict(&self, bet_match: &Match, seed: &Seed) -> MatchVerdict {
        match (bet_match.state, &self.state, &self.draw) {
            (MatchState::Drawn(outcome) | MatchState::Settled(outcome), _, _) => {
                MatchVerdict::Winner(outcome.winner)
            }
            (MatchState::Void, _, _) | (MatchState::Joined, RoundState::Cancelled { .. }, _) => {
                MatchVerdict::Void
            }
            (MatchState::Joined, _, Draw::Match) if !self.committed_to(seed) => MatchVerdict::WrongSeed,
            (MatchState::Joined, _, Draw::Match) => {
                MatchVerdict::Winner(draw_match(self.draw_rule, seed, bet_match))
            }
            (MatchState::Joined, RoundState::Resulted { outcome, .. }, _) => {
                MatchVerdict::Winner(outcome.winner)
            }
            (MatchState::Joined, RoundState::Open | RoundState::Closed { .. }, _) => MatchVerdict::Wait,
        }
    }
}
