//! Fixing the outcome of a match, before any payment (M7).

use crate::exchange::entities::bet_match;
use crate::table::item::text;
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Change, WriteOutcome};
use crate::{Store, StoreError};
use evens_exchange::{Match, MatchState, Outcome};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DrawOutcome {
    /// Fixed by this call.
    Drawn(Outcome),
    /// The match is not JOINED: it was drawn, settled or voided before.
    Before(MatchState),
}

impl Store {
    /// Fixes the outcome of a joined match. One conditional write:
    ///
    /// 1. match: state is JOINED, else [`DrawOutcome::Before`]
    ///
    /// # Role
    /// - `UpdateItem` on `MATCHES#`
    pub async fn draw_match(&self, joined: &Match, outcome: Outcome) -> Result<DrawOutcome, StoreError> {
        attempt!(self, DrawMatch, {
            let written = self
                .change_one(Change {
                    key: bet_match::key(&joined.round, joined.id),
                    update: "SET #state = :drawn, winner = :winner, drawn_at = :at",
                    condition: "#state = :joined",
                    values: vec![
                        (":joined", text(MatchState::Joined.as_str())),
                        (":drawn", text(MatchState::Drawn(outcome).as_str())),
                        (":winner", text(outcome.winner)),
                        (":at", text(outcome.drawn_at)),
                    ],
                })
                .await?;
            match written {
                WriteOutcome::Committed => {
                    self.observe_draw(outcome.winner.as_str());
                    Ok(Attempt::Done(DrawOutcome::Drawn(outcome)))
                }
                WriteOutcome::Refused { found: Some(item), .. } => {
                    Ok(Attempt::Done(DrawOutcome::Before(bet_match::decode(&item)?.state)))
                }
                WriteOutcome::Refused { found: None, .. } => {
                    Err(StoreError::corrupt(joined.id, "the match is missing"))
                }
            }
        })
    }
}
