//! Refunding both stakes of a match.

use super::end_bet::{BetEnd, end_bet};
use crate::exchange::entities::bet_match;
use crate::table::item::text;
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Change, Write, WriteOutcome, change};
use crate::wallet::entities::{play, wallet};
use crate::wallet::transactions::wallet_items::{Lock, OwnerCondition, post};
use crate::{Store, StoreError};
use evens_audit_log::Act;
use evens_exchange::{Match, MatchState, Outcome, Side, Void, settle, void_match};
use evens_ledger::Wallet;
use evens_own_limits::PlayLimits;
use jiff::Timestamp;
use std::slice::from_ref;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VoidMatchOutcome {
    /// Both stakes are refunded by this call.
    Voided(Box<Void>),
    /// The match was settled or voided before; nothing changed.
    EndedBefore(MatchState),
    /// The winner's balance can hold the payout now, so it must be paid. Nothing changed.
    Payable,
    /// A player's balance cannot hold the stake. A retry cannot change that.
    BalanceTooLarge,
}

impl Store {
    /// Voids a match that is joined or drawn: all items, or none. Its settlement needs the same match DRAWN, so one of
    /// the two loses cleanly.
    ///
    /// 1. match: state is the one read, else read again, and [`VoidMatchOutcome::EndedBefore`] if it has ended
    /// 2. wallet of side A, with the entry `VOID:{matchId}:{userId}`: version is the one read, else read again until
    ///    the deadline
    /// 3. wallet of side B: as in condition 2
    /// 4. bet on side A: exists, and adds the stake to the refunded part
    /// 5. bet on side B: as in condition 4
    /// 6. ledger pages that were full, if any: absent, because the wallets' versions are those read
    ///
    /// # Role
    /// - `BatchGetItem` on `MATCHES#`, `USER#`
    /// - `GetItem` on `BET#`
    /// - `PutItem` on `LEDGER#`, `MOVED#`
    /// - `UpdateItem` on `BET#`, `MATCHES#`, `USER#`
    pub async fn void_match(&self, read: &Match, now: Timestamp) -> Result<VoidMatchOutcome, StoreError> {
        self.void(read, Ground::Round, now).await
    }

    /// Voids a match that an operator considers stuck. Returns [`VoidMatchOutcome::Payable`] if its winner can be paid
    /// and its outcome is fixed, or public although not drawn yet. Each attempt reads the round after the
    /// match: an outcome that becomes public later was unknown to the operator. Adds the head and the line of the audit
    /// log:
    ///
    /// 7. head: is the one read, else read again until the deadline
    /// 8. line: absent, because the head is the one read
    ///
    /// # Role
    /// - `BatchGetItem` on `MATCHES#`, `USER#`
    /// - `GetItem` on `AUDIT`, `BET#`, `ROUND#`
    /// - `PutItem` on `AUDIT`, `AUDIT#`, `LEDGER#`, `MOVED#`
    /// - `UpdateItem` on `BET#`, `MATCHES#`, `USER#`
    pub async fn void_match_by(
        &self,
        read: &Match,
        act: &Act,
        now: Timestamp,
    ) -> Result<VoidMatchOutcome, StoreError> {
        self.void(read, Ground::Operator(act), now).await
    }

    /// Like [`Store::void_match`], for a match whose payout the winner's balance cannot hold. If the wallet whose
    /// version is a condition can hold it, returns [`VoidMatchOutcome::Payable`]. So the ledger proves for each such
    /// void that there was no other way.
    ///
    /// # Role
    /// - `BatchGetItem` on `MATCHES#`, `USER#`
    /// - `GetItem` on `BET#`
    /// - `PutItem` on `LEDGER#`, `MOVED#`
    /// - `UpdateItem` on `BET#`, `MATCHES#`, `USER#`
    pub async fn void_unpayable(
        &self,
        read: &Match,
        outcome: Outcome,
        now: Timestamp,
    ) -> Result<VoidMatchOutcome, StoreError> {
        self.void(read, Ground::Unpayable(outcome), now).await
    }

    async fn void(
        &self,
        read: &Match,
        ground: Ground<'_>,
        now: Timestamp,
    ) -> Result<VoidMatchOutcome, StoreError> {
        attempt!(self, VoidMatch, {
            let keys =
                [bet_match::key(&read.round, read.id), wallet::key(read.user_a), wallet::key(read.user_b)];
            let [Some(found), Some(wallet_a), Some(wallet_b)] = self.get_several(keys).await? else {
                return Err(StoreError::corrupt(read.id, "the match or a wallet is missing"));
            };
            let found = bet_match::decode(&found)?;
            let wallets: [Wallet; 2] = [wallet::decode(&wallet_a)?, wallet::decode(&wallet_b)?];
            let fixed = match (ground, found.state) {
                (Ground::Operator(_), MatchState::Joined) => self.public_outcome(&found, now).await?,
                (ground, state) => ground.fixed_outcome(state),
            };
            if fixed.is_some_and(|outcome| can_be_paid(&found, outcome, &wallets, now)) {
                return Ok(Attempt::Done(VoidMatchOutcome::Payable));
            }
            let plan = match void_match(&found, &wallets[0], &wallets[1], now) {
                Ok(Some(plan)) => plan,
                Ok(None) => {
                    self.observe_end(&found);
                    return Ok(Attempt::Done(VoidMatchOutcome::EndedBefore(found.state)));
                }
                Err(_) => return Ok(Attempt::Done(VoidMatchOutcome::BalanceTooLarge)),
            };
            let mut play = [play::of(Some(&wallet_a))?, play::of(Some(&wallet_b))?];
            for (play, bet) in play.iter_mut().zip([found.bet_a, found.bet_b]) {
                *play = play.give_back(found.amount, self.placed_at(bet).await?);
            }
            let mut items = void_match_items(&plan, &play, now);
            let log_at = items.len();
            if let Ground::Operator(act) = ground {
                let (before, after) = (found.state.as_str().to_owned(), MatchState::Void.as_str().to_owned());
                items.extend(self.log_items(Act { before, after, ..act.clone() }, now).await?);
            }
            match self.transact(items).await? {
                WriteOutcome::Committed => {
                    self.observe_entries(&[&plan.a.1, &plan.b.1]);
                    self.observe_end(&found);
                    Ok(Attempt::Done(VoidMatchOutcome::Voided(Box::new(plan))))
                }
                WriteOutcome::Refused { position, .. } if position <= 2 || position >= log_at => {
                    Ok(Attempt::Again(StoreError::Contended))
                }
                WriteOutcome::Refused { .. } => {
                    Err(StoreError::corrupt(read.id, "a bet is missing, or a ledger page exists already"))
                }
            }
        })
    }

    /// The outcome of an undrawn match, if it is already public.
    async fn public_outcome(&self, found: &Match, now: Timestamp) -> Result<Option<Outcome>, StoreError> {
        let round = self.load_round(&found.round).await?;
        let winner = round.and_then(|round| round.public_winner(found));
        Ok(winner.map(|winner| Outcome { winner, drawn_at: now }))
    }
}

/// The reason for voiding a match.
#[derive(Clone, Copy)]
enum Ground<'a> {
    Round,
    Unpayable(Outcome),
    /// An operator considers the match stuck.
    Operator(&'a Act),
}

impl Ground<'_> {
    /// The outcome by which the match must be paid if possible, as far as the match shows it.
    fn fixed_outcome(self, state: MatchState) -> Option<Outcome> {
        match (self, state) {
            (Self::Unpayable(outcome), _) | (Self::Operator(_), MatchState::Drawn(outcome)) => Some(outcome),
            (Self::Round | Self::Operator(_), _) => None,
        }
    }
}

fn can_be_paid(found: &Match, outcome: Outcome, wallets: &[Wallet; 2], now: Timestamp) -> bool {
    let [a, b] = wallets;
    let winners = match outcome.winner {
        Side::A => a,
        Side::B => b,
    };
    !found.state.is_final() && settle(found, outcome, winners, now).is_ok()
}

fn void_match_items(plan: &Void, [play_a, play_b]: &[PlayLimits; 2], now: Timestamp) -> Vec<Write> {
    let Void { bet_match: read, a, b } = plan;
    let stake = read.amount;
    let voided = change(Change {
        key: bet_match::key(&read.round, read.id),
        update: "SET #state = :void REMOVE unfinished_pk, unfinished_sk",
        condition: "#state = :read",
        values: vec![(":read", text(read.state.as_str())), (":void", text(MatchState::Void.as_str()))],
    });
    let a = post(&a.0, from_ref(&a.1), Lock::Release(stake, play_a), OwnerCondition::Any);
    let b = post(&b.0, from_ref(&b.1), Lock::Release(stake, play_b), OwnerCondition::Any);
    let items = [
        voided,
        a.wallet,
        b.wallet,
        end_bet(read.bet_a, BetEnd::Refunded(stake), now),
        end_bet(read.bet_b, BetEnd::Refunded(stake), now),
    ];
    items.into_iter().chain(a.added).chain(b.added).collect()
}
