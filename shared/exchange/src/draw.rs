//! Draws: one bit from a secret seed whose hash was public before the first bet (M7).

use crate::{Match, RoundId, Side};
use evens_ledger::{Digest, DigestError};
use jiff::Timestamp;
use ring::hmac;
use std::fmt;
use std::str::FromStr;

/// A round's secret: 32 random bytes, 64 hexadecimal digits as text. It prints as nothing until it is revealed.
#[derive(Clone, PartialEq, Eq)]
pub struct Seed(Digest);

impl Seed {
    /// The seed of those random bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Digest::from_bytes(bytes))
    }

    /// The SHA-256 of the seed's 32 bytes: public before the first bet.
    pub fn hash(&self) -> Digest {
        Digest::of(self.0.bytes())
    }

    /// The seed's text: to be stored with the secret, and published when the round has closed.
    pub fn reveal(&self) -> String {
        self.0.to_string()
    }

    /// The side that the first bit of HMAC-SHA256(seed, message) names: 0 is A, 1 is B.
    fn draw(&self, message: &str) -> Side {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.bytes());
        let tag = hmac::sign(&key, message.as_bytes());
        if tag.as_ref()[0] & 0x80 == 0 { Side::A } else { Side::B }
    }
}

impl FromStr for Seed {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        text.parse().map(Self)
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Seed(secret)")
    }
}

/// What a draw said, and when it was fixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// The side that wins.
    pub winner: Side,
    /// When it was fixed.
    pub drawn_at: Timestamp,
}

/// The winner of one match, in a round where each match is its own game.
///
/// The message is `match`, the match's id, the id of the bet on side A and the one on side B, one a line.
pub fn draw_match(seed: &Seed, bet_match: &Match) -> Side {
    let Match { id, bet_a, bet_b, .. } = bet_match;
    seed.draw(&format!("match\n{id}\n{bet_a}\n{bet_b}"))
}

/// The winner of a whole round. The message is `round` and the round's id, one a line.
pub fn draw_round(seed: &Seed, round: &RoundId) -> Side {
    seed.draw(&format!("round\n{round}"))
}
