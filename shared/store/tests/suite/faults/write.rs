//! Every write of the store, prepared so that it can happen, with its outcome in a word.

use crate::engine::Engine;
use crate::scenario::{
    amount, bet, command, drawn, fund, match_of, minutes, opened, plan, round_id, second, seed, user,
};
use evens_exchange::{
    Bet, Draw, Join, Match, MatchState, Outcome, PlaceBetOutcome, RefundReason, Round, RoundStep, Side,
};
use evens_store::{
    DrawOutcome, FundOutcome, JoinOutcome, RefundBetOutcome, RoundWrite, SettleOutcome, Store, StoreError,
    VoidMatchOutcome,
};

/// A write that can happen once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Write {
    Place,
    Fund,
    Join,
    Draw,
    Settle,
    Void,
    Refund,
    OpenRound,
    MoveRound,
}

impl Write {
    pub(crate) const ALL: [Self; 9] = [
        Self::Place,
        Self::Fund,
        Self::Join,
        Self::Draw,
        Self::Settle,
        Self::Void,
        Self::Refund,
        Self::OpenRound,
        Self::MoveRound,
    ];

    /// The operation of the engine that writes.
    pub(crate) fn operation(self) -> &'static str {
        match self {
            Self::Draw => "UpdateItem",
            _ => "TransactWriteItems",
        }
    }

    /// How many items it writes.
    pub(crate) fn items(self) -> usize {
        match self {
            Self::Place | Self::Refund => 4,
            Self::Fund | Self::Join => 3,
            Self::Settle => 6,
            Self::Void => 7,
            Self::OpenRound => 2,
            Self::MoveRound | Self::Draw => 1,
        }
    }

    /// Brings the table to where the write can happen.
    pub(crate) async fn prepare(self, engine: &Engine) -> Prepared {
        let store = &engine.store;
        match self {
            Self::Place => {
                bet(store, 1, Side::B, "1", 0).await;
                Prepared::Place
            }
            Self::Fund => {
                fund(store, 1, "5").await;
                Prepared::Fund
            }
            Self::Join => {
                let a = bet(store, 1, Side::A, "10", 0).await;
                let b = bet(store, 2, Side::B, "4", 1).await;
                Prepared::Join(plan(&a.waiting, &b.waiting, 2))
            }
            Self::Draw => Prepared::Draw(match_of(store, "10").await),
            Self::Void => Prepared::Void(match_of(store, "10").await),
            Self::Settle => {
                let joined = match_of(store, "10").await;
                let outcome = drawn(store, &joined, Side::A).await;
                Prepared::Settle(joined, outcome)
            }
            Self::Refund => Prepared::Refund(bet(store, 1, Side::A, "10", 0).await.bet),
            Self::OpenRound => Prepared::OpenRound,
            Self::MoveRound => Prepared::MoveRound(opened(store, "round", Draw::Match, 0).await),
        }
    }
}

/// A write with all that it needs.
pub(crate) enum Prepared {
    Place,
    Fund,
    Join(Join),
    Draw(Match),
    Settle(Match, Outcome),
    Void(Match),
    Refund(Bet),
    OpenRound,
    MoveRound(Round),
}

impl Prepared {
    /// Writes, and says in a word what came of it: `now`, `before`, something else, or the error's name.
    pub(crate) async fn write(&self, store: &Store) -> &'static str {
        self.try_to_write(store).await.unwrap_or_else(|error| word(&error))
    }

    async fn try_to_write(&self, store: &Store) -> Result<&'static str, StoreError> {
        let now = second(50);
        Ok(match self {
            Self::Place => match store.place_bet(&command(1, "key-2", Side::A, "10"), &seed(), now).await? {
                PlaceBetOutcome::Placed(_) => "now",
                PlaceBetOutcome::PlacedBefore(_) => "before",
                _ => "refused",
            },
            Self::Fund => match store.fund_wallet(user(1), amount("7"), "order", now).await? {
                FundOutcome::Funded(_) => "now",
                FundOutcome::FundedBefore => "before",
                FundOutcome::OrderUsedForAnother => "another",
                FundOutcome::BalanceTooLarge => "refused",
            },
            Self::Join(plan) => match store.join_bets(plan, &Draw::Match).await? {
                JoinOutcome::Joined => "now",
                JoinOutcome::Changed { side: Side::A, .. } => "changed A",
                JoinOutcome::Changed { side: Side::B, .. } => "changed B",
                JoinOutcome::Busy => "busy",
            },
            Self::Draw(joined) => {
                let outcome = Outcome { winner: Side::B, drawn_at: now };
                match store.draw_match(joined, outcome).await? {
                    DrawOutcome::Drawn(_) => "now",
                    DrawOutcome::Before(MatchState::Drawn(found)) if found == outcome => "before",
                    DrawOutcome::Before(_) => "refused",
                }
            }
            Self::Settle(drawn, outcome) => match store.settle_match(drawn, *outcome, now).await? {
                SettleOutcome::Settled(_) => "now",
                SettleOutcome::EndedBefore(MatchState::Settled(_)) => "before",
                _ => "refused",
            },
            Self::Void(joined) => match store.void_match(joined, now).await? {
                VoidMatchOutcome::Voided(_) => "now",
                VoidMatchOutcome::EndedBefore(MatchState::Void) => "before",
                _ => "refused",
            },
            Self::Refund(bet) => {
                match store.refund_bet(bet, RefundReason::Requested, minutes(5), now).await? {
                    RefundBetOutcome::Refunded(_) => "now",
                    RefundBetOutcome::NothingWaits => "before",
                    _ => "refused",
                }
            }
            Self::OpenRound => {
                let round = Round::open(round_id("round"), Draw::Match, &seed(), now);
                of_round(&store.open_round(round.clone(), &seed()).await?, &round)
            }
            Self::MoveRound(read) => {
                let RoundStep::Made(closed) = read.close(&seed(), now) else { panic!("{read:?}") };
                of_round(&store.move_round(read, *closed.clone()).await?, &closed)
            }
        })
    }
}

fn of_round(written: &RoundWrite, wanted: &Round) -> &'static str {
    match written {
        RoundWrite::Written(_) => "now",
        RoundWrite::Found(found) if found == wanted => "before",
        RoundWrite::Found(_) => "refused",
    }
}

/// The error's name.
pub(crate) fn word(error: &StoreError) -> &'static str {
    match error {
        StoreError::Contended => "contended",
        StoreError::Throttled => "throttled",
        StoreError::Unavailable(_) => "unavailable",
        StoreError::Rejected { .. } => "rejected",
        StoreError::Corrupt { .. } => "corrupt",
    }
}
