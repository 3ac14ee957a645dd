//! A deterministic simulator. It runs the real handlers, rules, expressions, batch loop and routes in one thread with
//! virtual time and seeded randomness. The engines are in memory, and every possible fault happens between them and the
//! code.
//!
//! A run follows from its seed, so a seed that breaks an invariant always breaks it. See `README.md`.
//!
//! Architecture invariant: only the auditor's crate, the answers to clients, and the fate of each message decide
//! whether a run is correct. The only clock is the paused one, and all random numbers come from the seed.

mod alarms;
mod answers;
mod asked;
mod attributes;
mod audits;
mod backlog;
mod barred;
mod blocks;
mod campaign;
mod canceller;
mod cashiers;
mod cheater;
mod check;
mod clients;
mod crowd;
mod dealer;
mod deliveries;
mod device;
mod dice;
#[cfg(test)]
mod differential;
mod gain;
mod game_answers;
mod gamer;
mod hazard;
mod held;
mod keys;
mod limiter;
mod made_up;
mod mutation;
mod newcomers;
mod noise;
mod operator;
mod own_limits;
mod pages;
mod past;
mod payer;
mod plan;
mod player;
mod process;
mod provider;
mod public_seeds;
mod queues;
mod rewrite;
mod run;
mod seam;
mod tellers;
mod touched;
mod trace;
mod violation;
mod withdrawer;
mod world;
mod writes;

pub use campaign::{Seeds, Sum, Tried, keep_panics, run_seeds, try_seed};
pub use gain::{Gain, Knows};
pub use hazard::{Hazard, Strikes};
pub use mutation::{ExpectedEffect, Mutation};
pub use past::{StoredItem, stored_items};
pub use run::{Order, Outcome, run};
pub use touched::Touch;
pub use violation::Violation;

use mimalloc::MiMalloc;

/// The same allocator as in `evens`. It makes runs a tenth faster.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;
