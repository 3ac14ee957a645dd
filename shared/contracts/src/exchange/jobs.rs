//! Jobs about bets, matches and rounds.

use crate::jobs::{GroupedJob, JobData, JobInGroup};
use evens_exchange::{
    Bet, BookPosition, Match, MatchId, MatchState, RefundReason, RoundId, Side, UnmatchedBet, winner,
};
use evens_idempotency::BetId;
use evens_ledger::UserId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Looks for opponents of a bet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MatchJob {
    /// The bet.
    #[serde(with = "crate::text")]
    pub bet_id: BetId,
    /// The bet's player, if the sender knew them. Their wallet is then read together with the unmatched bet.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::text::optional")]
    pub user_id: Option<UserId>,
    /// The bet's place in the book, if the sender knew it. This saves a read of the bet.
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

    /// The round whose book is read, if the sender knew it.
    fn shared_look(&self) -> Option<&str> {
        self.place.as_ref().map(|place| place.round_id.as_str())
    }
}

impl MatchJob {
    /// The job for a placed bet, in the order of its player's jobs.
    pub fn of_bet(bet: &Bet) -> JobInGroup {
        Self::of(bet.id, bet.user, bet.place())
    }

    /// The job for the unmatched part of a bet, in the order of its player's jobs.
    pub fn of_waiting(waiting: &UnmatchedBet) -> JobInGroup {
        Self::of(waiting.bet, waiting.user, waiting.place())
    }

    fn of(bet_id: BetId, user: UserId, place: BookPosition) -> JobInGroup {
        JobInGroup::of_player(Self { bet_id, user_id: Some(user), place: Some(place.into()) }, user)
    }
}

/// The place of an unmatched bet in the book.
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

impl From<BookPosition> for PlaceBody {
    fn from(BookPosition { round, side, placed_at }: BookPosition) -> Self {
        Self { round_id: round, side, placed_at }
    }
}

impl From<PlaceBody> for BookPosition {
    fn from(PlaceBody { round_id, side, placed_at }: PlaceBody) -> Self {
        Self { round: round_id, side, placed_at }
    }
}

/// Draws a match and pays its winner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SettleJob {
    /// The match.
    #[serde(with = "crate::text")]
    pub match_id: MatchId,
    /// The match's round.
    #[serde(with = "crate::text")]
    pub round_id: RoundId,
    /// The winner, if the match is drawn and the sender knew them. Their wallet is then read together with the match.
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
    /// The job for a match, in the order of the jobs of its player on side A.
    pub fn of_match(found: &Match) -> JobInGroup {
        let winner = match found.state {
            MatchState::Drawn(outcome) => Some(winner(found, outcome)),
            MatchState::Joined | MatchState::Settled(_) | MatchState::Void => None,
        };
        let job = Self { match_id: found.id, round_id: found.round.clone(), winner };
        JobInGroup::of_player(job, found.user_a)
    }

    /// Like [`SettleJob::of_match`], for a match of which only the ids are known.
    pub fn of_unsettled(match_id: MatchId, round_id: RoundId, user_a: UserId) -> JobInGroup {
        JobInGroup::of_player(Self { match_id, round_id, winner: None }, user_a)
    }
}

/// Refunds the unmatched part of a bet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefundJob {
    /// The bet.
    #[serde(with = "crate::text")]
    pub bet_id: BetId,
    /// The reason for the refund.
    #[serde(with = "crate::text")]
    pub reason: RefundReason,
}

impl RefundJob {
    /// The job for the unmatched part of a bet, in the order of its player's jobs.
    pub fn of_waiting(waiting: &UnmatchedBet, reason: RefundReason) -> JobInGroup {
        JobInGroup::of_player(Self { bet_id: waiting.bet, reason }, waiting.user)
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

    /// The old system's other name for a refund (A24): `payout:{betId}`, for an expired bet. A current payout is for an
    /// order and names no bet.
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

/// Refunds the unmatched parts of all bets of a player who is excluded or blocked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefundPlayerJob {
    /// The player.
    #[serde(with = "crate::text")]
    pub user_id: UserId,
}

impl JobData for RefundPlayerJob {
    const TYPE: &'static str = "refund-player";

    fn id(&self) -> String {
        format!("refund-player:{}", self.user_id)
    }

    fn subjects(&self) -> Vec<String> {
        vec![self.user_id.to_string()]
    }
}

impl GroupedJob for RefundPlayerJob {
    fn group(&self) -> String {
        self.user_id.to_string()
    }
}

/// Completes an ended round, page by page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FinishRoundJob {
    /// The round.
    #[serde(with = "crate::text")]
    pub round_id: RoundId,
    /// The last match of the previous page; `None` for the first page.
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
