//! [`Round`]: what players bet on; it opens, closes, gets its result or is cancelled.

use crate::{DrawRule, Join, Match, MatchState, Outcome, RoundId, Side, draw_match, draw_round};
use evens_draws::Seed;
use evens_ledger::{Amount, Digest, UserId};
use jiff::Timestamp;
use ring::signature::{ED25519, UnparsedPublicKey};

/// How the winners of a round are found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Draw {
    /// Each match is its own game, drawn from the round's seed when it is joined.
    Match,
    /// One outcome for everybody, drawn from the round's seed when the round closes.
    Round,
    /// One outcome for everybody, signed by a named oracle after the round has closed.
    Oracle(OracleKey),
}

impl Draw {
    /// The name in the table and on the wire.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Round => "round",
            Self::Oracle(_) => "oracle",
        }
    }
}

/// Who says the result of a round, and the Ed25519 key that proves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OracleKey {
    /// The oracle's name, for the reader.
    pub name: String,
    /// Its Ed25519 public key.
    pub public_key: [u8; 32],
}

/// What an oracle says of a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedResult {
    /// The side that wins.
    pub winner: Side,
    /// The Ed25519 signature of [`SignedResult::message`].
    pub signature: Vec<u8>,
}

impl SignedResult {
    /// What an oracle signs: `evens-result`, the round's id and the side, one a line.
    pub fn message(round: &RoundId, winner: Side) -> String {
        format!("evens-result\n{round}\n{winner}")
    }

    /// Whether the oracle of that key signed it for that round.
    pub fn is_signed_by(&self, oracle: &OracleKey, round: &RoundId) -> bool {
        UnparsedPublicKey::new(&ED25519, oracle.public_key)
            .verify(Self::message(round, self.winner).as_bytes(), &self.signature)
            .is_ok()
    }
}

/// The one outcome of a round that is not drawn match by match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundOutcome {
    /// The side that wins.
    pub winner: Side,
    /// When it was fixed.
    pub fixed_at: Timestamp,
    /// The oracle's signature, if an oracle said it.
    pub signature: Option<Vec<u8>>,
}

/// The latest moments of a round: one to close, and one to get its result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// From then on it takes no bets, and is closed by the platform.
    pub closes_by: Timestamp,
    /// What is matched and has no result by then is somebody's to look at: its round can be cancelled.
    pub result_by: Timestamp,
}

/// What is fixed about a round when it opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundTerms {
    /// Its id.
    pub id: RoundId,
    /// How winners are found.
    pub draw: Draw,
    /// Who opened it, and so places no bet in it; none where its first bet opened it.
    pub opened_by: Option<UserId>,
    /// The least stake, and the least that is matched.
    pub stake_min: Amount,
    /// Its latest moments; none where its first bet opened it, or where it was opened before there were any.
    pub deadlines: Option<Deadlines>,
}

impl RoundTerms {
    /// The terms of a round that nobody runs and that never has to close, as a first bet opens one.
    pub fn endless(id: RoundId, draw: Draw, stake_min: Amount) -> Self {
        Self { id, draw, opened_by: None, stake_min, deadlines: None }
    }
}

/// A round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// Its id.
    pub id: RoundId,
    /// How winners are found.
    pub draw: Draw,
    /// What the draw of a match is made from.
    pub draw_rule: DrawRule,
    /// The SHA-256 of the seed, public before the first bet.
    pub seed_hash: Digest,
    /// When it opened.
    pub opened_at: Timestamp,
    /// Who opened it, and so places no bet in it; none where its first bet opened it.
    pub opened_by: Option<UserId>,
    /// The least stake, and the least that is matched; zero where it was opened before there was one.
    pub stake_min: Amount,
    /// Its latest moments; none where its first bet opened it, or where it was opened before there were any.
    pub deadlines: Option<Deadlines>,
    /// When its seed was published, by the clock of whoever had closed its book before: everything in the round is
    /// earlier. None until then, and where it was published before this was written down.
    pub published_at: Option<Timestamp>,
    /// Where it stands.
    pub state: RoundState,
}

/// Where a round stands, and what is public by then. It only moves down this list.
///
/// It ends in two steps. First it takes no bets any more, and nothing of it is matched or taken back by players;
/// nothing is public. Then every bet that waits in its book is closed, so that no job which saw it open can still join
/// one; and only then its seed is published, with the outcome where the seed says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoundState {
    /// Takes bets.
    Open,
    /// Takes no bets any more.
    Closed {
        /// When it closed.
        closed_at: Timestamp,
        /// The seed, once it is public.
        seed: Option<Seed>,
    },
    /// Its one outcome is fixed, and its seed is public.
    Resulted {
        /// When it closed.
        closed_at: Timestamp,
        /// The seed.
        seed: Seed,
        /// The outcome.
        outcome: RoundOutcome,
    },
    /// Everything that is not settled goes back.
    Cancelled {
        /// When it was cancelled.
        cancelled_at: Timestamp,
        /// The seed, once it is public.
        seed: Option<Seed>,
    },
}

/// The name of a [`RoundState`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoundStateName {
    /// Takes bets.
    Open,
    /// Takes no bets any more.
    Closed,
    /// Its outcome is fixed.
    Resulted,
    /// Was cancelled.
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
    /// The state's name.
    pub fn name(&self) -> RoundStateName {
        match self {
            Self::Open => RoundStateName::Open,
            Self::Closed { .. } => RoundStateName::Closed,
            Self::Resulted { .. } => RoundStateName::Resulted,
            Self::Cancelled { .. } => RoundStateName::Cancelled,
        }
    }

    /// The seed, once it is public.
    pub fn seed(&self) -> Option<&Seed> {
        match self {
            Self::Open => None,
            Self::Resulted { seed, .. } => Some(seed),
            Self::Closed { seed, .. } | Self::Cancelled { seed, .. } => seed.as_ref(),
        }
    }

    /// When it stopped to take bets; none while it takes them.
    pub fn ended_at(&self) -> Option<Timestamp> {
        match self {
            Self::Open => None,
            Self::Closed { closed_at, .. } | Self::Resulted { closed_at, .. } => Some(*closed_at),
            Self::Cancelled { cancelled_at, .. } => Some(*cancelled_at),
        }
    }
}

/// What becomes of a step, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoundStep {
    /// The seed is not the one whose hash the round has carried since it opened; it is not published (M7).
    WrongSeed,
    /// The result of a round comes from an oracle, and this round has none.
    NoOracle,
    /// The oracle of this round did not sign that result.
    BadSignature,
    /// The round stands where the step does not apply.
    NotPossible {
        /// Where it stands.
        state: RoundStateName,
    },
    /// The round has just closed, and jobs that saw it open may still match in it. A moment later it is possible.
    StillClosing,
    /// The round got another result before.
    ResultedOtherwise,
    /// The same step was made before; nothing changes.
    MadeBefore,
    /// The step can be made; the round afterwards.
    Made(Box<Round>),
}

/// What is to become of a match, by the state of its round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchVerdict {
    /// This side wins.
    Winner(Side),
    /// Both stakes go back.
    Void,
    /// Nothing yet: the round has no result.
    Wait,
    /// Nothing, ever: the seed is not the one whose hash the round has carried since it opened (M7).
    WrongSeed,
}

impl Round {
    /// A new round on these terms. `seed` stays secret; the round carries its hash.
    pub fn open(terms: RoundTerms, seed: &Seed, now: Timestamp) -> Self {
        let RoundTerms { id, draw, opened_by, stake_min, deadlines } = terms;
        Self {
            id,
            draw,
            draw_rule: DrawRule::Nonces,
            seed_hash: seed.hash(),
            opened_at: now,
            opened_by,
            stake_min,
            deadlines,
            published_at: None,
            state: RoundState::Open,
        }
    }

    /// Whether bets are taken and matched at that moment.
    pub fn takes_bets(&self, now: Timestamp) -> bool {
        matches!(self.state, RoundState::Open) && !self.is_past_closing(now)
    }

    /// Whether the round should have closed by then.
    pub fn is_past_closing(&self, now: Timestamp) -> bool {
        self.deadlines.is_some_and(|deadlines| now >= deadlines.closes_by)
    }

    /// Whether the round should have ended by then and has not: what is matched in it waits for somebody.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        let is_undecided = matches!(self.state, RoundState::Open | RoundState::Closed { .. });
        let is_left = match (&self.state, &self.draw) {
            // Each of its matches was a game of its own.
            (RoundState::Closed { seed, .. }, Draw::Match) => seed.is_none(),
            _ => is_undecided,
        };
        is_left && self.deadlines.is_some_and(|deadlines| now >= deadlines.result_by)
    }

    /// Closes the round to bets. Nothing is public by that: see [`Round::publish`].
    pub fn close(&self, now: Timestamp) -> RoundStep {
        match self.state {
            RoundState::Open => self.made(RoundState::Closed { closed_at: now, seed: None }),
            RoundState::Closed { .. } | RoundState::Resulted { .. } => RoundStep::MadeBefore,
            RoundState::Cancelled { .. } => RoundStep::NotPossible { state: self.state.name() },
        }
    }

    /// The open round with an earlier latest moment to close; `None` where it is not open, or closes by then anyway.
    #[must_use]
    pub fn close_sooner(&self, closes_by: Timestamp) -> Option<Self> {
        let deadlines = self.deadlines.filter(|_| self.state == RoundState::Open)?;
        let sooner = Deadlines { closes_by, ..deadlines };
        (closes_by < deadlines.closes_by).then(|| Self { deadlines: Some(sooner), ..self.clone() })
    }

    /// Publishes the seed of a round that has closed or was cancelled; a round that draws from its seed gets its
    /// outcome with it. To be called only when nothing that saw the round open can be matched in it any more (M7).
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

    /// Takes the oracle's word for the outcome of a closed round.
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
                self.made(RoundState::Resulted { closed_at: *closed_at, seed: seed.clone(), outcome })
            }
        }
    }

    /// Cancels a round that has no result: what waits is refunded, what is matched and not settled is voided.
    pub fn cancel(&self, now: Timestamp) -> RoundStep {
        match &self.state {
            RoundState::Open => self.made(RoundState::Cancelled { cancelled_at: now, seed: None }),
            RoundState::Closed { seed, .. } => {
                self.made(RoundState::Cancelled { cancelled_at: now, seed: seed.clone() })
            }
            RoundState::Resulted { .. } => RoundStep::NotPossible { state: self.state.name() },
            RoundState::Cancelled { .. } => RoundStep::MadeBefore,
        }
    }

    /// Whether this is the seed whose hash was public before the first bet (M7).
    fn committed_to(&self, seed: &Seed) -> bool {
        seed.opens(&self.seed_hash)
    }

    fn made(&self, state: RoundState) -> RoundStep {
        RoundStep::Made(Box::new(Self { state, ..self.clone() }))
    }

    /// What joining a pair in this round writes: where each match is its own game, the match is drawn with it. Where it
    /// cannot be drawn now, it is joined all the same, and whoever settles it finds out why.
    #[must_use]
    pub fn draw_with(&self, mut plan: Join, seed: &Seed) -> Join {
        if let (Draw::Match, MatchVerdict::Winner(winner)) = (&self.draw, self.verdict(&plan.bet_match, seed))
        {
            plan.bet_match.state = MatchState::Drawn(Outcome { winner, drawn_at: plan.bet_match.joined_at });
        }
        plan
    }

    /// Who wins one of the round's matches by what is public of the round. Whoever knows that must not undo the match.
    pub fn public_winner(&self, bet_match: &Match) -> Option<Side> {
        match self.verdict(bet_match, self.state.seed()?) {
            MatchVerdict::Winner(winner) => Some(winner),
            MatchVerdict::Void | MatchVerdict::WrongSeed | MatchVerdict::Wait => None,
        }
    }

    /// What is to become of one of the round's matches. What has ended stays so, and what is drawn stays drawn, also
    /// where the round was cancelled afterwards: nobody can undo a draw that they have seen (M7).
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
