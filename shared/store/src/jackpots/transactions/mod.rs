//! One transaction per file, its conditions numbered like its items.

pub(crate) mod award_jackpot;
pub(crate) mod begin_drawn_win;
pub(crate) mod contribute_jackpot;
pub(crate) mod finish_jackpot_win;
pub(crate) mod owe_jackpot_win;
pub(crate) mod update_jackpot_config;
