//! One file per kind of item: its key, its index keys, and how it is written and read.

pub(crate) mod archived;
pub(crate) mod block;
pub(crate) mod exposure_lock;
pub(crate) mod game_bet;
pub(crate) mod period;
pub(crate) mod play_day;
pub(crate) mod play_now;
pub(crate) mod result;
pub(crate) mod shard;
