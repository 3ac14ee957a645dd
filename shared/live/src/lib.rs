//! The live channel: what a socket may receive, which of two states is newer, and how a connection begins and ends.
//!
//! A push is a state, not a log. A commit gives a hint that something changed; a hub reads it and sends the body that
//! `GET` gives. A lost, doubled or reordered hint is therefore harmless, and catching up is the same read.
//!
//! A new type of event is a variant of [`EventId`] and of [`Revision`], a reader in the hub, and a row of the table of
//! events in `shared/contracts/src/live/event.rs`. The API document and the types of the pages follow from the row.
//!
//! Architecture invariant: no clock and no I/O. A hub drives [`Connection`] and [`Outbox`] with messages and times.

/// So many things that the server may have to read for a message count as one more message.
const READS_PER_MESSAGE: usize = 10;

mod bye;
mod connection;
mod event;
mod hints;
mod known;
mod outbox;
mod revision;
mod room;
mod silence;

pub use bye::{ByeReason, return_within};
pub use connection::{Connection, Reply, Request, RoomRefusal, Session};
pub use event::{EventId, Revision};
pub use hints::Hints;
pub use known::KnownRevisions;
pub use outbox::{Outbox, OutgoingFrame};
pub use revision::{
    BetRevision, GameBetRevision, OrderRevision, PeriodRevision, RevisionError, RoundRevision, WalletRevision,
};
pub use room::{Room, RoomError};
pub use silence::{HELLO_WITHIN, hello_within};
