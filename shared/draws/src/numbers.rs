//! [`Numbers`]: unbiased numbers from a seed and a message.

use crate::Seed;
use std::fmt;
use std::num::NonZeroU64;

/// An endless sequence of numbers that follow from a seed and a message.
///
/// They are read from a stream of bytes. Block `i` of 32 bytes is HMAC-SHA256(seed, message, a line feed, `i` in
/// decimal digits), starting at 0.
///
/// ```
/// use evens_draws::Seed;
/// use std::num::NonZeroU64;
/// let seed = Seed::from_bytes([7; 32]);
/// let die = NonZeroU64::new(6).ok_or("no die")?;
/// let mut numbers = seed.numbers(b"dice\nfirst throw");
/// let throw = [numbers.below(die) + 1, numbers.below(die) + 1, numbers.below(die) + 1];
/// assert!(throw.iter().all(|shown| (1..=6).contains(shown)));
/// # Ok::<(), &str>(())
/// ```
pub struct Numbers<'seed> {
    seed: &'seed Seed,
    message: Vec<u8>,
    next_block: u64,
    block: [u8; 32],
    /// The number of bytes of the block that are used.
    used: usize,
}

impl Seed {
    pub fn numbers(&self, message: &[u8]) -> Numbers<'_> {
        Numbers { seed: self, message: message.to_vec(), next_block: 0, block: [0; 32], used: 32 }
    }
}

impl Numbers<'_> {
    /// The next number from 0 to `bound` - 1. All of them are equally likely.
    ///
    /// A number is read from the minimum number of bytes that can hold `bound` - 1, most significant byte first. It is
    /// skipped, and the next bytes are read, if it is not below the largest multiple of `bound` in range. The result is
    /// the remainder of a division by `bound`. For example, a byte of 250 to 255 is skipped for a digit, and 252 to 255
    /// for a die.
    pub fn below(&mut self, bound: NonZeroU64) -> u64 {
        let bound = u128::from(bound.get());
        let bytes = bytes_to_say(bound - 1);
        let span = 1_u128 << (8 * bytes);
        let accepted_below = span - span % bound;
        loop {
            let number = (0..bytes).fold(0_u128, |number, _| number << 8 | u128::from(self.byte()));
            if number < accepted_below {
                return u64::try_from(number % bound).unwrap_or(u64::MAX);
            }
        }
    }

    fn byte(&mut self) -> u8 {
        if self.used == self.block.len() {
            let number = self.next_block.to_string();
            self.block = self.seed.tag(&[&self.message, b"\n".as_slice(), number.as_bytes()].concat());
            self.next_block += 1;
            self.used = 0;
        }
        self.used += 1;
        self.block[self.used - 1]
    }
}

impl fmt::Debug for Numbers<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Numbers(secret)")
    }
}

/// The number of bytes that can hold a number. Zero needs one.
fn bytes_to_say(number: u128) -> u32 {
    (u128::BITS - number.leading_zeros()).div_ceil(8).max(1)
}
