//! `POST /api/users/signup`: creates an account in one transaction, opens a session, requests the bonus, and answers
//! 201.
//!
//! The phone number and the referral code are unique because each is an item of its own in that transaction. The
//! account itself owes the new player's bonuses until they are given. If the message is lost, the sweeper finds them.
//!
//! Architecture invariant: the request does nothing but the password hash, the transaction and the session.
//!
//! Not in simulated runs: simulated players have no passwords.

mod handler;

pub use handler::router;

use evens_runtime::{Function, Size, Stack, Stages, Start};

pub const FUNCTION: Function = Function {
    folder: "register",
    stack: Stack::Players,
    start: Start::Requests(Stages { local: 5, dev: 5, staging: 18, prod: 18 }),
    memory: Size {
        mb: 1_769,
        reason: "from this size on, Lambda gives a full vCPU; with less, each password hash takes longer and costs \
            the same",
    },
    ..Function::REQUESTS
};
