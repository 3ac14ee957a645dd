//! [`EntrySubject`]: the bet or match that a ledger entry is about.

use crate::{MatchId, RoundId};
use evens_idempotency::BetId;
use evens_ledger::{Entry, EntryPurpose, SystemAccount};

/// The bet or match that a ledger entry is about, taken from its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntrySubject {
    /// `BET:{bet}` and `REFUND:{bet}`. House games use the same ids for their bets: `GAME:{bet}`, `WIN:{bet}` and
    /// `GAME-REFUND:{bet}`, each with the suffix `:BONUS` for the bonus balance.
    Bet(BetId),
    /// `SETTLE:{match}:{user}` and `VOID:{match}:{user}`, on the account of a round.
    Match { round: RoundId, id: MatchId },
}

impl EntrySubject {
    /// Returns `None` if the entry is about something else, such as a deposit.
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
