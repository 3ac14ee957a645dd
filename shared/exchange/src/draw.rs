//! Draws: one bit from a secret seed whose hash was public before the first bet, and from what the server drew for each
//! of the two bets when they were placed (M7).

use crate::{Match, RoundId, Side};
use evens_draws::{Nonce, Seed};
use jiff::Timestamp;

/// The side that the first bit of HMAC-SHA256(seed, message) names: 0 is A, 1 is B.
fn draw(seed: &Seed, message: &str) -> Side {
    let [first, ..] = seed.tag(message.as_bytes());
    if first & 0x80 == 0 { Side::A } else { Side::B }
}

/// What a draw said, and when it was fixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// The side that wins.
    pub winner: Side,
    /// When it was fixed.
    pub drawn_at: Timestamp,
}

/// What the draw of a match is made from. A round keeps the rule that it was opened with, for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DrawRule {
    /// Rule 1, of rounds that were opened before there were nonces: the ids of the match and of its bets. Whoever knows
    /// the seed can choose an idempotency key, and with it a bet's id, by its outcome.
    Ids,
    /// Rule 2: the ids, and the nonces that the server drew for both bets. Nobody who places a bet knows its nonce.
    Nonces,
}

impl DrawRule {
    /// Every rule, oldest first.
    pub const ALL: [Self; 2] = [Self::Ids, Self::Nonces];

    /// Its number in the table and on the wire.
    pub fn number(self) -> u8 {
        match self {
            Self::Ids => 1,
            Self::Nonces => 2,
        }
    }

    /// The rule of that number, if there is one.
    pub fn of_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.number() == number)
    }
}

/// The winner of one match, in a round where each match is its own game.
///
/// The message is `match`, the match's id, the id of the bet on side A and the one on side B, one a line; by
/// [`DrawRule::Nonces`] two lines more, the nonce of the bet on side A and the one on side B. Of a bet that was placed
/// before there were nonces, that line is empty.
pub fn draw_match(rule: DrawRule, seed: &Seed, bet_match: &Match) -> Side {
    let Match { id, bet_a, bet_b, nonce_a, nonce_b, .. } = bet_match;
    let ids = format!("match\n{id}\n{bet_a}\n{bet_b}");
    let line = |nonce: &Option<Nonce>| nonce.as_ref().map(Nonce::reveal).unwrap_or_default();
    match rule {
        DrawRule::Ids => draw(seed, &ids),
        DrawRule::Nonces => draw(seed, &format!("{ids}\n{}\n{}", line(nonce_a), line(nonce_b))),
    }
}

/// The winner of a whole round. The message is `round` and the round's id, one a line.
pub fn draw_round(seed: &Seed, round: &RoundId) -> Side {
    draw(seed, &format!("round\n{round}"))
}
