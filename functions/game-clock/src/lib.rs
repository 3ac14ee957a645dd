//! Opens the periods of games before their time, closes them, and draws them, second by second; and asks for their
//! payouts.
//!
//! Keeps M7: the hash of a seed is public from the opening on, before the first bet, and the seed is read when the
//! fence is up and not before. What is due follows from the time and from where a period stands, so a second clock, one
//! that is ahead, and one that was away for a while do no harm: whoever comes later finds the step made. A period that
//! nobody opened in time, a period before its first bet, is left out: after a pause a room goes on with the next one
//! but one. One that is there is drawn however late, as nobody knew its seed meanwhile.
//!
//! A period that a block draws waits for it, and is drawn with the first one of its source after the closing, and with
//! no other. Without one it is cancelled, ten minutes after it closed, and its stakes go back.
//!
//! Architecture invariant: nothing here looks at a bet. What a period is drawn from is its seed, its id and its block.

mod asked;
mod clock;
mod step;

pub use clock::GameClock;
