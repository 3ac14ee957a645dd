//! [`ByeReason`]: why the server ends a connection.

use std::time::Duration;

/// Why the server ends a connection. The names are part of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ByeReason {
    /// The first message was not `hello`, or none with a valid token came in time.
    NoHello,
    /// The token has expired.
    TokenExpired,
    /// The account is blocked.
    Blocked,
    /// The account has lost the token's role.
    RoleLost,
    /// The user opened more sockets than they may have; the oldest is closed.
    Replaced,
    /// The budget of messages is used up.
    TooManyMessages,
    /// A frame that is too large, not text, or not a JSON object.
    Malformed,
    /// The client did not read for too long.
    Slow,
    /// The server stops.
    GoingAway,
}

impl ByeReason {
    /// Every reason.
    pub const ALL: [Self; 9] = [
        Self::NoHello,
        Self::TokenExpired,
        Self::Blocked,
        Self::RoleLost,
        Self::Replaced,
        Self::TooManyMessages,
        Self::Malformed,
        Self::Slow,
        Self::GoingAway,
    ];

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        self.row().0
    }

    /// The close code of the WebSocket.
    pub fn close_code(self) -> u16 {
        self.row().1
    }

    fn row(self) -> (&'static str, u16) {
        match self {
            Self::NoHello => ("no-hello", 4_408),
            Self::TokenExpired => ("token-expired", 4_401),
            Self::Blocked => ("blocked", 4_403),
            Self::RoleLost => ("role-lost", 4_403),
            Self::Replaced => ("replaced", 4_409),
            Self::TooManyMessages => ("too-many-messages", 4_429),
            Self::Malformed => ("malformed", 4_400),
            Self::Slow => ("slow", 4_408),
            Self::GoingAway => ("going-away", 1_001),
        }
    }
}

/// The time within which the clients of a server that stops come back, at random moments: a second for each hundred of
/// them, at most a minute. Each reads its states again, so a thousand at once would read more than a new table gives.
pub fn return_within(sockets: usize) -> Duration {
    let seconds = sockets.div_ceil(100).clamp(1, 60);
    Duration::from_secs(u64::try_from(seconds).unwrap_or(60))
}
