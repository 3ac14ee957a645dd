//! Answers to operators: the sockets of the live channel of a process.

use serde::Serialize;
use utoipa::ToSchema;

/// The sockets of one process. Open ones are counted each second, and everything else since the process began to
/// count. It equals the counters of its metrics.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SocketsBody {
    /// Open sockets, by the role of their token. `none` is the role before the first message.
    pub roles: Vec<CountBody>,
    /// Open sockets in rooms of each kind. A socket counts once for each of its rooms.
    pub rooms: Vec<CountBody>,
    /// Refused connections: `origin` (a page of another origin), `address` (the address has too many sockets), and
    /// `full` (all sockets are taken).
    pub refused: Vec<CountBody>,
    /// Ended sockets, by the reason that the server gave. `left` is a client that ended the connection.
    pub ended: Vec<CountBody>,
    /// Frames with events that were sent.
    pub frames: u64,
    /// Older states that were left out, because the client had not read them yet.
    pub conflated: u64,
}

/// A number of sockets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CountBody {
    /// The role, kind of room, or reason.
    pub name: &'static str,
    /// Their number.
    pub count: u64,
}
