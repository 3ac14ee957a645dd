//! [`WinStep`]: the steps of a jackpot win, as seen between the process and its table.

use crate::steps::Stop;

/// The writes of a win, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WinWrite {
    /// Records a drawn win as owed.
    Owe,
    /// Assigns the pool to the win.
    Begin,
    /// Collects a meter.
    Collect,
    /// Credits the winner and restarts the pool.
    Pay,
}

impl WinWrite {
    /// Recognises the write of a win in a table request, from its keys and conditions.
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

/// The moment at which a write is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// It was sent and has not arrived.
    Sending,
    /// It has taken effect, and its sender does not know it yet.
    Made,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WinStep {
    pub(crate) write: WinWrite,
    pub(crate) moment: Moment,
}

impl WinStep {
    /// All steps. Those of awarded wins come first, because they occur at any time.
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
