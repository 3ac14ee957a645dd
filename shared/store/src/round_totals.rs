//! What is matched and what waits in a round, added up.

use crate::{Store, StoreError};
use evens_exchange::{MatchState, RoundId, Side};
use evens_ledger::Amount;

/// What is matched and what waits in a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoundTotals {
    /// What is matched on either side and was not voided.
    pub matched: Amount,
    /// What waits on side A.
    pub waiting_a: Amount,
    /// What waits on side B.
    pub waiting_b: Amount,
}

impl Store {
    /// Adds up a round. What was joined meanwhile may be counted on neither side or on both.
    pub async fn load_round_totals(&self, id: &RoundId) -> Result<RoundTotals, StoreError> {
        let (matched, waiting_a, waiting_b) = tokio::try_join!(
            self.sum_matched(id),
            self.sum_waiting(id, Side::A),
            self.sum_waiting(id, Side::B),
        )?;
        Ok(RoundTotals { matched, waiting_a, waiting_b })
    }

    async fn sum_waiting(&self, round: &RoundId, side: Side) -> Result<Amount, StoreError> {
        let (mut units, mut after) = (0, None);
        loop {
            let page = self.list_waiting(round, side, after.as_ref(), Self::PAGE).await?;
            units += page.iter().map(|waiting| waiting.open.units()).sum::<i128>();
            if page.len() < Self::PAGE.into() {
                return Ok(Amount::from_units(units).unwrap_or_default());
            }
            after = page.last().cloned();
        }
    }

    async fn sum_matched(&self, round: &RoundId) -> Result<Amount, StoreError> {
        let (mut units, mut after) = (0, None);
        loop {
            let page = self.list_matches(round, after, Self::PAGE).await?;
            let counted = page.matches.iter().filter(|found| found.state != MatchState::Void);
            units += counted.map(|found| found.amount.units()).sum::<i128>();
            after = page.next_after;
            if after.is_none() {
                return Ok(Amount::from_units(units).unwrap_or_default());
            }
        }
    }
}
