//! What is asked for about bets, matches and rounds.

use crate::jobs::{Grouped, GroupedJob, JobData};
use evens_exchange::{
    Bet, Match, MatchId, MatchState, Place, RefundReason, RoundId, Side, UnmatchedBet, winner,
};
use evens_idempotency::BetId;
use evens_ledger::UserId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Look for opponents of a bet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MatchJob {
    /// Of which bet.
    #[serde(with = "crate::text")]
    pub bet_id: BetId,
    /// Whose it is, if the sender knew: their wallet is read with its place.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::text::optional")]
    pub user_id: Option<UserId>,
    /// Where it waits, if the sender knew: it saves a look at the bet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<PlaceBody>,
}

impl JobData for MatchJob {
    const TYPE: &'static str = "match";

    fn id(&self) -> String {
        format!("match:{}", self.bet_id)
    }

    fn subjects(&self) -> Vec<String> {
        vec![self.bet_id.to_string()]
    }

    /// The book of the bet's round, if the sender knew it.
    fn shared_look(&self) -> Option<&str> {
        self.place.as_ref().map(|place| place.round_id.as_str())
    }
}

impl MatchJob {
    /// The job of a bet that was placed, in the order of its player.
    pub fn of_bet(bet: &Bet) -> Grouped {
        Self::of(bet.id, bet.user, bet.place())
    }

    /// The job of what of a bet still waits, in the order of its player.
    pub fn of_waiting(waiting: &UnmatchedBet) -> Grouped {
        Self::of(waiting.bet, waiting.user, waiting.place())
    }

    fn of(bet_id: BetId, user: UserId, place: Place) -> Grouped {
        Grouped::of_player(Self { bet_id, user_id: Some(user), place: Some(place.into()) }, user)
    }
}

/// Where in the book a bet waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlaceBody {
    #[serde(with = "crate::text")]
    round_id: RoundId,
    #[serde(with = "crate::text")]
    side: Side,
    #[serde(with = "crate::text")]
    placed_at: Timestamp,
}

impl From<Place> for PlaceBody {
    fn from(Place { round, side, placed_at }: Place) -> Self {
        Self { round_id: round, side, placed_at }
    }
}

impl From<PlaceBody> for Place {
    fn from(PlaceBody { round_id, side, placed_at }: PlaceBody) -> Self {
        Self { round: round_id, side, placed_at }
    }
}

/// Draw a match and pay its winner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SettleJob {
    /// Which match.
    #[serde(with = "crate::text")]
    pub match_id: MatchId,
    /// The round.
    #[serde(with = "crate::text")]
    pub round_id: RoundId,
    /// Who wins it, if it was drawn and the sender knew: their wallet is read with the match.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::text::optional")]
    pub winner: Option<UserId>,
}

impl JobData for SettleJob {
    const TYPE: &'static str = "settle";

    fn id(&self) -> String {
        format!("settle:{}", self.match_id)
    }

    fn subjects(&self) -> Vec<String> {
        vec![self.match_id.to_string(), self.round_id.to_string()]
    }
}

impl SettleJob {
    /// The job of a match, in the order of its player on side A.
    pub fn of_match(found: &Match) -> Grouped {
        let winner = match found.state {
            MatchState::Drawn(outcome) => Some(winner(found, outcome)),
            MatchState::Joined | MatchState::Settled(_) | MatchState::Void => None,
        };
        let job = Self { match_id: found.id, round_id: found.round.clone(), winner };
        Grouped::of_player(job, found.user_a)
    }

    /// The same of a match of which no more is known.
    pub fn of_unsettled(match_id: MatchId, round_id: RoundId, user_a: UserId) -> Grouped {
        Grouped::of_player(Self { match_id, round_id, winner: None }, user_a)
    }
}

/// Refund what of a bet still waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefundJob {
    /// Of which bet.
    #[serde(with = "crate::text")]
    pub bet_id: BetId,
    /// The reason.
    #[serde(with = "crate::text")]
    pub reason: RefundReason,
}

impl RefundJob {
    /// The job of what of a bet still waits, in the order of its player.
    pub fn of_waiting(waiting: &UnmatchedBet, reason: RefundReason) -> Grouped {
        Grouped::of_player(Self { bet_id: waiting.bet, reason }, waiting.user)
    }
}

impl JobData for RefundJob {
    const TYPE: &'static str = "refund";

    fn id(&self) -> String {
        format!("refund:{}", self.bet_id)
    }

    fn subjects(&self) -> Vec<String> {
        vec![self.bet_id.to_string()]
    }

    /// The other name that the old system had for a refund (A24): `payout:{betId}`, of a bet whose time had come. Today
    /// a payout is of an order, and names no bet.
    fn of_old(kind: &str, data: &str) -> Option<Self> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        struct OldPayout {
            #[serde(with = "crate::text")]
            bet_id: BetId,
        }
        let OldPayout { bet_id } = (kind == "payout").then(|| serde_json::from_str(data).ok())??;
        Some(Self { bet_id, reason: RefundReason::Expired })
    }
}

/// Bring what is left of an ended round to its end, page by page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FinishRoundJob {
    /// Which round.
    #[serde(with = "crate::text")]
    pub round_id: RoundId,
    /// The last match of the page before; none for the first page.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::text::optional")]
    pub after_match: Option<MatchId>,
}

impl JobData for FinishRoundJob {
    const TYPE: &'static str = "finish-round";

    fn id(&self) -> String {
        match &self.after_match {
            None => format!("finish:{}", self.round_id),
            Some(after) => format!("finish:{}:{}", self.round_id, after.to_string().replace('-', "")),
        }
    }

    fn subjects(&self) -> Vec<String> {
        vec![self.round_id.to_string()]
    }
}

impl GroupedJob for FinishRoundJob {
    fn group(&self) -> String {
        self.round_id.to_string()
    }
}
