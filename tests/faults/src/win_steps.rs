//! [`WinStep`]: the steps of a win of a jackpot, as whoever stands between the process and its table sees them.

use crate::steps::Stop;

/// What a win writes, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WinWrite {
    /// A drawn win is put down, and owed.
    Owe,
    /// The pool belongs to the win.
    Begin,
    /// A meter is collected.
    Collect,
    /// The winner is credited, and the pool starts again.
    Pay,
}

impl WinWrite {
    /// What a request to the table writes of a win, by the keys and conditions in it.
    pub(crate) fn of(request: &[u8]) -> Option<Self> {
        let request = String::from_utf8_lossy(request);
        let has = |said: &str| request.contains(said);
        if !has("TransactItems") {
            return (has("JACKPOT-METER#") && has("_wins < ")).then_some(Self::Collect);
        }
        match (has("\"JACKPOT-WINS#"), has("\"POOL\""), has("\"JACKPOT-OP#drawn:")) {
            (true, _, _) => Some(Self::Pay),
            (false, true, _) if has("\"JACKPOT-OP#") => Some(Self::Begin),
            (false, false, true) if !has("JACKPOT-METER#") => Some(Self::Owe),
            _ => None,
        }
    }
}

/// When a write is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// It was sent, and has not arrived.
    Sending,
    /// It is made, and its sender does not know.
    Made,
}

/// A step of a win.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WinStep {
    pub(crate) write: WinWrite,
    pub(crate) moment: Moment,
}

impl WinStep {
    /// All of them, those of a win that an operator awards first: they are there at any time.
    pub(crate) const ALL: [Self; 8] = [
        Self { write: WinWrite::Begin, moment: Moment::Made },
        Self { write: WinWrite::Collect, moment: Moment::Made },
        Self { write: WinWrite::Pay, moment: Moment::Made },
        Self { write: WinWrite::Owe, moment: Moment::Made },
        Self { write: WinWrite::Begin, moment: Moment::Sending },
        Self { write: WinWrite::Collect, moment: Moment::Sending },
        Self { write: WinWrite::Pay, moment: Moment::Sending },
        Self { write: WinWrite::Owe, moment: Moment::Sending },
    ];
}

impl Stop for WinStep {
    fn holds(self) -> bool {
        true
    }
}
