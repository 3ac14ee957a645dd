//! [`EntrySubject`]: which bet or match a ledger entry is about.

use crate::{MatchId, RoundId};
use evens_idempotency::BetId;
use evens_ledger::{Entry, EntryPurpose, SystemAccount};

/// Which bet or match a ledger entry is about, as its key says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntrySubject {
    /// `BET:{bet}`, `REFUND:{bet}`; of a house game, whose bets have the same ids, `GAME:{bet}`, `WIN:{bet}` and
    /// `GAME-REFUND:{bet}`, each with `:BONUS` behind it for the other purse.
    Bet(BetId),
    /// `SETTLE:{match}:{user}`, `VOID:{match}:{user}`, of a round's account.
    Match {
        /// In which round.
        round: RoundId,
        /// Which match.
        id: MatchId,
    },
}

impl EntrySubject {
    /// What an entry is about; none where it is about something else.
    pub fn of(entry: &Entry) -> Option<Self> {
        let (purpose, rest) = entry.key.split()?;
        match purpose {
            EntryPurpose::Bet | EntryPurpose::Refund => rest.parse().ok().map(Self::Bet),
            EntryPurpose::Game | EntryPurpose::Win | EntryPurpose::GameRefund => {
                rest.strip_suffix(":BONUS").unwrap_or(rest).parse().ok().map(Self::Bet)
            }
            EntryPurpose::Settle | EntryPurpose::Void => {
                let SystemAccount::Stakes(round) = &entry.account else { return None };
                let (id, _) = rest.split_once(':')?;
                Some(Self::Match { round: round.parse().ok()?, id: id.parse().ok()? })
            }
            _ => None,
        }
    }
}
