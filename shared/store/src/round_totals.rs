//! What is matched and what waits in a round, added up.

use crate::{Store, StoreError};
use evens_exchange::{MatchState, RoundId, RoundTotals, Side};
use evens_ledger::Amount;

/// What a list adds up to, and whether that is the whole list.
struct Sum {
    amount: Amount,
    is_complete: bool,
}

impl Store {
    /// Adds up a round: at most `counted_max` of its matches, and as many of the bets that wait on either side. What was
    /// joined meanwhile may be counted on neither side or on both. What cannot be read is left out, and then that is not all.
    pub async fn load_round_totals(
        &self,
        id: &RoundId,
        counted_max: usize,
    ) -> Result<RoundTotals, StoreError> {
        let (matched, waiting_a, waiting_b) = tokio::try_join!(
            self.sum_matched(id, counted_max),
            self.sum_waiting(id, Side::A, counted_max),
            self.sum_waiting(id, Side::B, counted_max),
        )?;
        Ok(RoundTotals {
            is_complete: matched.is_complete && waiting_a.is_complete && waiting_b.is_complete,
            matched: matched.amount,
            waiting_a: waiting_a.amount,
            waiting_b: waiting_b.amount,
        })
    }

    async fn sum_waiting(&self, round: &RoundId, side: Side, counted_max: usize) -> Result<Sum, StoreError> {
        let (mut units, mut left, mut left_out, mut start) = (0, counted_max, 0, None);
        loop {
            let page = self.list_waiting(round, side, start, page_of(left)).await?;
            units += page.found.iter().map(|waiting| waiting.open.units()).sum::<i128>();
            left -= page.found.len() + page.left_out;
            left_out += page.left_out;
            start = page.next;
            if start.is_none() || left == 0 {
                let amount = Amount::from_units(units).unwrap_or_default();
                return Ok(Sum { amount, is_complete: start.is_none() && left_out == 0 });
            }
        }
    }

    async fn sum_matched(&self, round: &RoundId, counted_max: usize) -> Result<Sum, StoreError> {
        let (mut units, mut left, mut left_out, mut after) = (0, counted_max, 0, None);
        loop {
            let page = self.list_readable_matches(round, after, page_of(left)).await?;
            let counted = page.matches.iter().filter(|found| found.state != MatchState::Void);
            units += counted.map(|found| found.amount.units()).sum::<i128>();
            left -= page.matches.len() + page.left_out;
            left_out += page.left_out;
            after = page.next_after;
            if after.is_none() || left == 0 {
                let amount = Amount::from_units(units).unwrap_or_default();
                return Ok(Sum { amount, is_complete: after.is_none() && left_out == 0 });
            }
        }
    }
}

/// How many of those that are left are read at once.
fn page_of(left: usize) -> u16 {
    u16::try_from(left).unwrap_or(Store::PAGE).min(Store::PAGE)
}
