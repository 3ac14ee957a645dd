//! [`hello_within`]: how long a new socket may be silent.

use jiff::SignedDuration;

/// The maximum time before the `hello` of a new socket, while at least half of all places are free.
pub const HELLO_WITHIN: SignedDuration = SignedDuration::from_secs(10);

/// The time for the last free place. A slow mobile network needs less for a message.
const SHORTEST: SignedDuration = SignedDuration::from_secs(2);

/// The maximum time before the `hello` of a socket that has taken one of all places and leaves so many free. It is
/// shorter when places are short: sockets that say nothing, of which each address may open many, cannot hold them.
pub fn hello_within(free: usize, places: usize) -> SignedDuration {
    let (free, plenty) = (to_i32(free), to_i32(places / 2).max(1));
    if free >= plenty {
        return HELLO_WITHIN;
    }
    let more = HELLO_WITHIN.saturating_sub(SHORTEST);
    SHORTEST.saturating_add(more.saturating_mul(free) / plenty)
}

/// A process has at most a million sockets.
fn to_i32(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
