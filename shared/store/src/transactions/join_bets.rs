//! Joining two opposed bets.

use crate::entities::{bet_match, waiting};
use crate::item::{Item, number};
use crate::write::{Change, Written, change, delete, put_new};
use crate::{Operation, Store, StoreError};
use aws_sdk_dynamodb::types::TransactWriteItem;
use evens_exchange::{Draw, Join, MatchState, Side, WaitingBet};
use evens_ledger::Amount;

/// What became of joining two bets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JoinOutcome {
    /// They are joined.
    Joined,
    /// The bet on this side is not what it was any more: matched with another, refunded, or joined by this very call
    /// before. Nothing was changed.
    Changed {
        /// Which one; the taker's, if both are.
        side: Side,
        /// What of it waits now, if anything does.
        waiting: Option<WaitingBet>,
    },
    /// Someone else is writing one of them at this moment. Nothing was changed; take the next candidate.
    Busy,
}

impl Store {
    /// Joins two bets as `plan` says: all three items, or none. One attempt: a lost race is an outcome. `taker` is the side
    /// of the bet that looks for opponents: it is told first that nothing of it waits any more.
    ///
    /// 1. place in the book of the taker's bet: still waits with what was read, else [`JoinOutcome::Changed`]
    /// 2. place in the book of the other bet: likewise
    /// 3. match: absent, as two bets meet at most once, else [`StoreError::Corrupt`]
    pub async fn join_bets(&self, plan: &Join, taker: Side, draw: &Draw) -> Result<JoinOutcome, StoreError> {
        let lost = || self.observe_retry(Operation::JoinBets, &StoreError::Contended);
        match self.transact(join_bets_items(&self.table, plan, taker, draw)?).await {
            Ok(Written::Committed) => {
                // Where each match is its own game, it is drawn with its join.
                if let MatchState::Drawn(outcome) = plan.bet_match.state {
                    self.observe_draw(outcome.winner);
                }
                Ok(JoinOutcome::Joined)
            }
            Ok(Written::Refused { position: position @ (0 | 1), found }) => {
                lost();
                changed(if position == 0 { taker } else { taker.opposite() }, found.as_ref())
            }
            Ok(Written::Refused { .. }) => {
                Err(StoreError::corrupt(plan.bet_match.id, "the match exists while both bets wait"))
            }
            Err(StoreError::Contended) => {
                lost();
                Ok(JoinOutcome::Busy)
            }
            Err(error) => Err(error),
        }
    }
}

fn changed(side: Side, found: Option<&Item>) -> Result<JoinOutcome, StoreError> {
    Ok(JoinOutcome::Changed { side, waiting: found.map(waiting::decode).transpose()? })
}

fn join_bets_items(
    table: &str,
    plan: &Join,
    taker: Side,
    draw: &Draw,
) -> Result<Vec<TransactWriteItem>, StoreError> {
    // A match of a round with one outcome is found through its round when that has ended.
    let indexed = *draw == Draw::Match;
    let (first, second) = match taker {
        Side::A => (&plan.a, &plan.b),
        Side::B => (&plan.b, &plan.a),
    };
    Ok(vec![
        take(table, &first.0, first.1)?,
        take(table, &second.0, second.1)?,
        put_new(table, bet_match::encode(&plan.bet_match, indexed))?,
    ])
}

/// Leaves `remaining` of a waiting bet in the book; nothing remaining takes it out.
fn take(table: &str, read: &WaitingBet, remaining: Amount) -> Result<TransactWriteItem, StoreError> {
    let key = waiting::key_of(read);
    if remaining.is_zero() {
        return delete(table, &key, "amount_open = :read", (":read", number(read.open)));
    }
    let values = vec![(":read", number(read.open)), (":remaining", number(remaining))];
    change(
        table,
        Change { key, update: "SET amount_open = :remaining", condition: "amount_open = :read", values },
    )
}
