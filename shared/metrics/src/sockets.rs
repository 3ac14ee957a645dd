//! The sockets of the live channel. Roles, rooms and reasons are the names of the caller's tables.

use crate::{Metric, Metrics};

/// A number of sockets with a role, in a kind of room, or with a reason.
pub type SocketCount = (&'static str, u64);

/// The sockets of a process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SocketReport {
    /// Open sockets by role.
    pub roles: Vec<SocketCount>,
    /// Open sockets by kind of room.
    pub rooms: Vec<SocketCount>,
    /// Refused connections by reason.
    pub refused: Vec<SocketCount>,
    /// Ended sockets by reason.
    pub ended: Vec<SocketCount>,
    /// Frames with events that were sent.
    pub frames: u64,
    /// Older states that were left out.
    pub conflated: u64,
}

/// Why a connection is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SocketRefusal {
    /// A page of another origin.
    Origin,
    /// The address has too many sockets.
    Address,
    /// The address tries to open sockets too often.
    Budget,
    /// The client speaks another version of the protocol.
    Version,
    /// All sockets are taken.
    Full,
}

impl SocketRefusal {
    fn as_str(self) -> &'static str {
        match self {
            Self::Origin => "origin",
            Self::Address => "address",
            Self::Budget => "budget",
            Self::Version => "version",
            Self::Full => "full",
        }
    }
}

impl Metrics {
    /// Records the open sockets by role and by kind of room. A name that is left out keeps its last number.
    pub fn sockets_open(&self, roles: &[SocketCount], rooms: &[SocketCount]) {
        for (role, count) in roles {
            self.set(Metric::Sockets, &[role], (*count).into());
        }
        for (room, count) in rooms {
            self.set(Metric::SocketRooms, &[room], (*count).into());
        }
    }

    pub fn socket_refused(&self, refusal: SocketRefusal) {
        self.add(Metric::SocketsRefused, &[refusal.as_str()], 1);
    }

    /// Records an ended socket, with the reason that the server gave or `left`.
    pub fn socket_ended(&self, reason: &'static str) {
        self.add(Metric::SocketsEnded, &[reason], 1);
    }

    /// Records a frame with events, and the older states that it leaves out.
    pub fn frame_sent(&self, conflated: u64) {
        self.add(Metric::LiveFrames, &[], 1);
        self.add(Metric::LiveConflated, &[], conflated.into());
    }

    pub fn announcements_unreadable(&self, count: usize) {
        self.add(Metric::LiveUnreadable, &[], u64::try_from(count).unwrap_or(u64::MAX).into());
    }

    /// The sockets of this process. `None` if it has no live channel, as on Lambda.
    pub fn socket_report(&self) -> Option<SocketReport> {
        let roles = self.counts(Metric::Sockets);
        let sum = |metric| self.counts(metric).into_iter().map(|(_, count)| count).sum();
        (!roles.is_empty()).then(|| SocketReport {
            roles,
            rooms: self.counts(Metric::SocketRooms),
            refused: self.counts(Metric::SocketsRefused),
            ended: self.counts(Metric::SocketsEnded),
            frames: sum(Metric::LiveFrames),
            conflated: sum(Metric::LiveConflated),
        })
    }

    /// The series of a metric with at most one label.
    fn counts(&self, metric: Metric) -> Vec<SocketCount> {
        let count = |value: i128| u64::try_from(value).unwrap_or_default();
        self.series(metric).iter().map(|([name, ..], series)| (*name, count(series.value))).collect()
    }
}
