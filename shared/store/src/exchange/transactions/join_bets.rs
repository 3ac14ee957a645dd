//! Joining two opposed bets, and paying the winner in the same transaction if their match is drawn at once.

use super::settle_match::payout_items;
use crate::exchange::entities::{bet_match, waiting};
use crate::table::item::{Fields, Item, number};
use crate::table::layout::Layout;
use crate::table::write::{Change, Write, WriteOutcome, change, delete, put_new};
use crate::wallet::entities::wallet::{self, PlayerGuard};
use crate::wallet::transactions::wallet_items::OwnerCondition;
use crate::{Operation, Store, StoreError, WalletSnapshot};
use evens_exchange::{Draw, Join, Match, MatchState, Outcome, Settlement, Side, UnmatchedBet, settle};
use evens_ledger::Amount;
use evens_own_limits::PlayLimits;
use jiff::Timestamp;

// The positions of these items in a join, counted from zero.
const BET_OF_TAKER: usize = 0;
const BET_OF_OTHER: usize = 1;
const MATCH: usize = 2;
// The positions of the items that a join with payment adds.
const WALLET_OF_WINNER: usize = 3;
const WALLET_OF_LOSER: usize = 4;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JoinOutcome {
    Joined,
    /// Joined, and the winner of the match is paid.
    Settled,
    /// The bet on this side has changed since it was read: it was matched, refunded, joined by an earlier attempt of
    /// this call, or its round has closed. Nothing was changed.
    Changed {
        /// The side of the changed bet; the taker's if both changed.
        side: Side,
        /// The part of it that can still be matched, if any.
        waiting: Option<UnmatchedBet>,
    },
    /// The player on this side is excluded or blocked, the taker's player if both are. Nothing was changed.
    Barred {
        side: Side,
    },
    /// Another transaction is writing one of the bets at the moment. Nothing was changed; take the next candidate.
    Busy,
}

impl Store {
    /// Joins two bets, and pays the winner if their match is drawn with the join: all items, or none. If another
    /// request writes to one of the wallets meanwhile, or the payout does not fit, the bets are only joined, as by
    /// [`Store::join_bets`]. The match is then settled later, by the job or sweep that finds it. The same applies if
    /// the wallet of a player is corrupt: the bet leaves the book, so that it blocks no other bet, and the settlement
    /// reports the error. Wallets that are not in `read_before` are read.
    ///
    /// Returns [`JoinOutcome::Barred`] if a wallet as read says that its player is excluded or blocked. An exclusion or
    /// block after that read changes the wallet, so that condition 3 or 4 fails.
    ///
    /// 1. unmatched bets: as in [`Store::join_bets`]
    /// 2. match: as in [`Store::join_bets`]
    /// 3. wallet of the winner, with the entry `SETTLE:{matchId}:{userId}`, and `COMMISSION:{matchId}:{userId}` if
    ///    there is a commission: version and fence are those read and its owner is not blocked, else as by
    ///    [`Store::join_bets`]
    /// 4. wallet of the loser: fence is the one read and its owner is not blocked, else likewise; has the stake locked,
    ///    else only joined, with an error in the log, as it was locked when placed
    /// 5. bets of winner and loser: exist, and add the stake to the settled part, the payout to the paid amount, and
    ///    the commission to the paid commission; else as in condition 4
    /// 6. page of the winner's ledger that was full, if any: absent, because the wallet's version is the one read; else
    ///    as in condition 4
    ///
    /// # Role
    /// - `BatchGetItem` on `USER#`
    /// - `DeleteItem` on `BOOK#`
    /// - `PutItem` on `LEDGER#`, `MATCHES#`, `MOVED#`
    /// - `UpdateItem` on `BET#`, `BOOK#`, `USER#`
    pub async fn join_and_settle(
        &self,
        plan: &Join,
        taker: Side,
        draw: &Draw,
        read_before: &[WalletSnapshot],
        now: Timestamp,
    ) -> Result<JoinOutcome, StoreError> {
        let MatchState::Drawn(outcome) = plan.bet_match.state else {
            return self.join_bets(plan, taker, draw).await;
        };
        let read = self.load_payable(&plan.bet_match, outcome, read_before).await;
        let (WalletSnapshot { wallet, play, guard: of_winner }, of_loser) = match read {
            Ok(read) => read,
            Err(error @ StoreError::Corrupt { .. }) => {
                return self.join_unpayable(plan, taker, draw, &error).await;
            }
            Err(error) => return Err(error),
        };
        let player = |side| if side == outcome.winner { of_winner.player } else { of_loser.player };
        if let Some(side) = plan.barred_side(taker, player) {
            return Ok(JoinOutcome::Barred { side });
        }
        let Ok(settlement) = settle(&plan.bet_match, outcome, &wallet, now) else {
            return self.join_bets(plan, taker, draw).await;
        };
        let won = match outcome.winner {
            Side::A => &plan.a.0,
            Side::B => &plan.b.0,
        };
        let play = play.pay(settlement.received(), won.placed_at);
        let fences = [&of_winner, &of_loser].map(|guard| guard.fence.as_deref());
        let items = join_and_settle_items(plan, taker, &settlement, (&play, fences), now, self.layout);
        match self.transact(items).await {
            Ok(WriteOutcome::Committed) => {
                self.observe_draw(outcome.winner.as_str());
                self.observe_payout(&settlement);
                Ok(JoinOutcome::Settled)
            }
            Ok(WriteOutcome::Refused { position: WALLET_OF_LOSER, found: Some(loser) })
                if has_locked(&loser, plan.bet_match.amount) =>
            {
                self.join_bets(plan, taker, draw).await
            }
            Ok(WriteOutcome::Refused { position: WALLET_OF_WINNER, .. }) | Err(StoreError::Contended) => {
                self.observe_failure(Operation::JoinBets, &StoreError::Contended);
                self.observe_retry(Operation::JoinBets, &StoreError::Contended);
                self.join_bets(plan, taker, draw).await
            }
            Ok(WriteOutcome::Refused {
                position: position @ (BET_OF_TAKER | BET_OF_OTHER | MATCH),
                found,
            }) => self.not_joined(plan, taker, position, found.as_ref()),
            Ok(WriteOutcome::Refused { position, .. }) => {
                let what = match position {
                    WALLET_OF_LOSER => "the loser's wallet does not have the stake locked",
                    _ => "an unmatched bet is missing, or the ledger page exists already",
                };
                let error = StoreError::corrupt(plan.bet_match.id, what);
                self.join_unpayable(plan, taker, draw, &error).await
            }
            Err(error) => Err(error),
        }
    }

    /// The wallet of the winner, and the guard of the loser's. Those not in `read_before` are read in one call.
    async fn load_payable(
        &self,
        drawn: &Match,
        outcome: Outcome,
        read_before: &[WalletSnapshot],
    ) -> Result<(WalletSnapshot, PlayerGuard), StoreError> {
        let [winner, loser] = [outcome.winner, outcome.winner.opposite()].map(|side| drawn.user(side));
        let before = |user| read_before.iter().find(|read| read.wallet.user == user).cloned();
        let (winners, losers) = (before(winner), before(loser));
        let missing = [(winner, winners.is_none()), (loser, losers.is_none())];
        let missing = missing.into_iter().filter(|(_, is_missing)| *is_missing);
        let keys: Vec<_> = missing.map(|(user, _)| wallet::key(user)).collect();
        let read = if keys.is_empty() { Vec::new() } else { self.get_batch_again(&keys).await? };
        let mut read = read.into_iter();
        let mut next = || read.next().flatten();
        let winners = match winners {
            Some(winners) => winners,
            None => wallet::seen(winner, next().as_ref())?,
        };
        let losers = match losers {
            Some(losers) => losers.guard,
            None => wallet::guard(next().as_ref())?,
        };
        Ok((winners, losers))
    }

    /// Joins two bets whose match cannot be paid until the corrupt data is repaired.
    async fn join_unpayable(
        &self,
        plan: &Join,
        taker: Side,
        draw: &Draw,
        error: &StoreError,
    ) -> Result<JoinOutcome, StoreError> {
        let id = plan.bet_match.id;
        tracing::error!("match.id" = %id, %error, "Joined match {id} without paying it, because it cannot be paid");
        self.join_bets(plan, taker, draw).await
    }

    /// Joins two bets as `plan` says: all three items, or none. One attempt: a lost race is an outcome. `taker` is the
    /// side of the bet that looks for opponents. Its condition comes first, so that it is the first to be reported as
    /// changed.
    ///
    /// Reads both wallets just before, and returns [`JoinOutcome::Barred`] if a player is excluded or blocked. A wallet
    /// that cannot be read bars nothing, so that its bet leaves the book.
    ///
    /// 1. unmatched bet of the taker: open amount is the one read, and its round has not closed, else
    ///    [`JoinOutcome::Changed`]
    /// 2. unmatched bet of the other player: likewise
    /// 3. match: absent, as two bets meet at most once, else [`StoreError::Corrupt`]
    pub async fn join_bets(&self, plan: &Join, taker: Side, draw: &Draw) -> Result<JoinOutcome, StoreError> {
        let players = Side::ALL.map(|side| wallet::key(plan.bet_match.user(side)));
        let [on_a, on_b] = self.get_several_again(players).await?;
        let player = |side| {
            let item = if side == Side::A { &on_a } else { &on_b };
            wallet::guard(item.as_ref()).map(|guard| guard.player).unwrap_or_default()
        };
        if let Some(side) = plan.barred_side(taker, player) {
            return Ok(JoinOutcome::Barred { side });
        }
        match self.transact(join_bets_items(plan, taker, draw, self.layout)).await {
            Ok(WriteOutcome::Committed) => {
                // If each match is its own game, it is drawn with its join.
                if let MatchState::Drawn(outcome) = plan.bet_match.state {
                    self.observe_draw(outcome.winner.as_str());
                }
                self.observe_bets(&plan.bet_match);
                Ok(JoinOutcome::Joined)
            }
            Ok(WriteOutcome::Refused { position, found }) => {
                self.not_joined(plan, taker, position, found.as_ref())
            }
            Err(StoreError::Contended) => {
                self.observe_failure(Operation::JoinBets, &StoreError::Contended);
                Ok(JoinOutcome::Busy)
            }
            Err(error) => Err(error),
        }
    }

    /// The outcome of a refusal by one of the first three conditions of a join.
    fn not_joined(
        &self,
        plan: &Join,
        taker: Side,
        position: usize,
        found: Option<&Item>,
    ) -> Result<JoinOutcome, StoreError> {
        let side = match position {
            BET_OF_TAKER => taker,
            BET_OF_OTHER => taker.opposite(),
            _ => {
                return Err(StoreError::corrupt(
                    plan.bet_match.id,
                    "the match exists although both bets are unmatched",
                ));
            }
        };
        // An earlier attempt of this call may have joined and paid them.
        self.observe_end(&plan.bet_match);
        self.observe_failure(Operation::JoinBets, &StoreError::Contended);
        let waiting = found.map(|item| waiting::decode(item, self.layout)).transpose()?;
        let waiting = waiting.filter(|waiting| !waiting.is_closed);
        Ok(JoinOutcome::Changed { side, waiting })
    }
}

fn join_bets_items(plan: &Join, taker: Side, draw: &Draw, layout: Layout) -> Vec<Write> {
    // A match of a round with one outcome for all is found through its round when that has ended.
    let indexed = *draw == Draw::Match;
    let [first, second] = take_both(plan, taker, layout);
    vec![first, second, put_new(bet_match::encode(&plan.bet_match, indexed, layout))]
}

fn join_and_settle_items(
    plan: &Join,
    taker: Side,
    settlement: &Settlement,
    (play, [of_winner, of_loser]): (&PlayLimits, [Option<&str>; 2]),
    now: Timestamp,
    layout: Layout,
) -> Vec<Write> {
    let [first, second] = take_both(plan, taker, layout);
    let settled = Match { state: MatchState::Settled(settlement.outcome), ..plan.bet_match.clone() };
    let mut items = vec![first, second, put_new(bet_match::encode(&settled, false, layout))];
    let [of_winner, of_loser] = [of_winner, of_loser].map(|fence| OwnerCondition::MayBeMatched { fence });
    let owners = (of_winner, of_loser);
    items.extend(payout_items(settlement, play, owners, now));
    items
}

/// Returns `true` if a wallet has a stake locked, so that another condition on it failed.
fn has_locked(item: &Item, stake: Amount) -> bool {
    Fields::of(item).get::<Amount>("locked").is_ok_and(|locked| locked >= stake)
}

/// Takes the joined amounts out of the book, the taker's first.
fn take_both(plan: &Join, taker: Side, layout: Layout) -> [Write; 2] {
    let (first, second) = match taker {
        Side::A => (&plan.a, &plan.b),
        Side::B => (&plan.b, &plan.a),
    };
    [take(&first.0, first.1, layout), take(&second.0, second.1, layout)]
}

/// Leaves `remaining` of an unmatched bet in the book, or deletes it if nothing remains.
fn take(read: &UnmatchedBet, remaining: Amount, layout: Layout) -> Write {
    let key = waiting::key_of(read, layout);
    let condition = "amount_open = :read AND attribute_not_exists(closed_at)";
    if remaining.is_zero() {
        return delete(&key, condition, vec![(":read", number(read.open))]);
    }
    let values = vec![(":read", number(read.open)), (":remaining", number(remaining))];
    change(Change { key, update: "SET amount_open = :remaining", condition, values })
}
