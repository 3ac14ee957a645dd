//! Draws: one bit from a secret seed and from the nonces that the server drew for both bets. The hash of the seed was
//! public before the first bet (M7).

use crate::{Match, RoundId, Side};
use evens_draws::{Nonce, Seed};
use jiff::Timestamp;

/// The side that the first bit of HMAC-SHA256(seed, message) names: 0 is A, 1 is B.
fn draw(seed: &Seed, message: &str) -> Side {
    let [first, ..] = seed.tag(message.as_bytes());
    if first & 0x80 == 0 { Side::A } else { Side::B }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    pub winner: Side,
    pub drawn_at: Timestamp,
}

/// The inputs to the draw of a match. A round always keeps the rule that it was opened with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DrawRule {
    /// Rule 1, for rounds opened before nonces existed: the ids of the match and of both bets. A player who knows the
    /// seed can choose an idempotency key, and with it a bet id, that wins.
    Ids,
    /// Rule 2: the ids, and the nonces that the server drew for both bets. A player cannot know the nonce when they
    /// place a bet.
    Nonces,
}

impl DrawRule {
    /// All rules, oldest first.
    pub const ALL: [Self; 2] = [Self::Ids, Self::Nonces];

    /// The number in the table and on the wire.
    pub fn number(self) -> u8 {
        match self {
            Self::Ids => 1,
            Self::Nonces => 2,
        }
    }

    /// Returns `None` if no rule has this number.
    pub fn of_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.number() == number)
    }
}

/// The winner of one match, in a round where each match is drawn by itself.
///
/// The message has one item per line: `match`, the id of the match, and the ids of the bets on side A and side B.
/// [`DrawRule::Nonces`] adds two lines: the nonces of the bets on side A and side B. The line of a bet placed before
/// nonces existed is empty.
pub fn draw_match(rule: DrawRule, seed: &Seed, bet_match: &Match) -> Side {
    let Match { id, bet_a, bet_b, nonce_a, nonce_b, .. } = bet_match;
    let ids = format!("match\n{id}\n{bet_a}\n{bet_b}");
    let line = |nonce: &Option<Nonce>| nonce.as_ref().map(Nonce::reveal).unwrap_or_default();
    match rule {
        DrawRule::Ids => draw(seed, &ids),
        DrawRule::Nonces => draw(seed, &format!("{ids}\n{}\n{}", line(nonce_a), line(nonce_b))),
    }
}

/// The winner of a whole round. The message has two lines: `round` and the id of the round.
pub fn draw_round(seed: &Seed, round: &RoundId) -> Side {
    draw(seed, &format!("round\n{round}"))
}
