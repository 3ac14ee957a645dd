//! [`Job`]: what is asked for through a queue. A job is a hint, never the truth: the truth is the table.

use crate::{NotifyJob, Queue};
use evens_exchange::{
    Bet, BetId, Match, MatchId, MatchState, Place, RefundReason, RoundId, Side, UnmatchedBet, winner,
};
use evens_ledger::UserId;
use evens_players::ReferralCode;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A job as it is written: `{"type": "match", "data": {"betId": "…"}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data", rename_all = "kebab-case")]
pub enum Job {
    /// Look for opponents of a bet.
    Match(MatchJob),
    /// Draw a match and pay its winner.
    Settle(SettleJob),
    /// Refund what of a bet still waits.
    Refund(RefundJob),
    /// Bring what is left of an ended round to its end.
    FinishRound(FinishRoundJob),
    /// Give a new player the bonus for signing up.
    #[serde(rename = "applyBonus")]
    ApplyBonus(ApplyBonusJob),
    /// Record who referred a new player.
    #[serde(rename = "recordReferral")]
    RecordReferral(RecordReferralJob),
    /// Give a referrer the bonus for a new player.
    #[serde(rename = "applyReferralBonus")]
    ApplyReferralBonus(ApplyReferralBonusJob),
    /// Record the day of a login.
    #[serde(rename = "checkAttendance")]
    CheckAttendance(CheckAttendanceJob),
    /// Tell a player something.
    Notify(NotifyJob),
}

/// Look for opponents of a bet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MatchJob {
    /// Of which bet.
    #[serde(with = "crate::text")]
    pub bet_id: BetId,
    /// Whose it is, if the sender knew: his wallet is read with its place.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::text::optional")]
    pub user_id: Option<UserId>,
    /// Where it waits, if the sender knew: it saves a look at the bet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<PlaceBody>,
}

impl From<&Bet> for MatchJob {
    fn from(bet: &Bet) -> Self {
        Self { bet_id: bet.id, user_id: Some(bet.user), place: Some(bet.place().into()) }
    }
}

impl From<&UnmatchedBet> for MatchJob {
    fn from(waiting: &UnmatchedBet) -> Self {
        Self { bet_id: waiting.bet, user_id: Some(waiting.user), place: Some(waiting.place().into()) }
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
    /// In which round.
    #[serde(with = "crate::text")]
    pub round_id: RoundId,
    /// Who wins it, if it was drawn and the sender knew: his wallet is read with the match.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::text::optional")]
    pub winner: Option<UserId>,
}

impl From<&Match> for SettleJob {
    fn from(found: &Match) -> Self {
        let winner = match found.state {
            MatchState::Drawn(outcome) => Some(winner(found, outcome)),
            MatchState::Joined | MatchState::Settled(_) | MatchState::Void => None,
        };
        Self { match_id: found.id, round_id: found.round.clone(), winner }
    }
}

/// Refund what of a bet still waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefundJob {
    /// Of which bet.
    #[serde(with = "crate::text")]
    pub bet_id: BetId,
    /// Why.
    #[serde(with = "crate::text")]
    pub reason: RefundReason,
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

/// Give a new player the bonus for signing up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApplyBonusJob {
    /// Which player.
    #[serde(with = "crate::text")]
    pub user_id: UserId,
}

/// Record who referred a new player.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordReferralJob {
    /// Which player.
    #[serde(with = "crate::text")]
    pub user_id: UserId,
    /// The referral code that he signed up with.
    #[serde(with = "crate::text")]
    pub referred_by: ReferralCode,
}

/// Give a referrer the bonus for a new player.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApplyReferralBonusJob {
    /// Who was referred.
    #[serde(with = "crate::text")]
    pub user_id: UserId,
}

/// Record the day of a login.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckAttendanceJob {
    /// Which player.
    #[serde(with = "crate::text")]
    pub user_id: UserId,
    /// The day, fixed at login; whoever works on the job later does not look at a clock.
    #[serde(with = "crate::text")]
    pub date: Date,
}

/// Why a message is not a job, in the order of the checks. No other try can change that.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JobFault {
    /// Not JSON of a job's shape.
    #[error("malformed job")]
    Malformed,
    /// A type that nobody handles.
    #[error("Unknown job type: {0}")]
    UnknownType(String),
    /// A job that belongs into another queue.
    #[error("a {job} job came through the queue {queue}")]
    WrongQueue {
        /// The job's id.
        job: String,
        /// Where it came from.
        queue: &'static str,
    },
}

impl Job {
    /// Every type, as it is written.
    pub const TYPES: [&str; 9] = [
        "match",
        "settle",
        "refund",
        "finish-round",
        "applyBonus",
        "recordReferral",
        "applyReferralBonus",
        "checkAttendance",
        "notify",
    ];

    /// The longest type name that is repeated in a fault.
    const TYPE_LENGTH_MAX: usize = 64;

    /// Reads the body of a message that came through `queue`.
    pub fn parse(queue: Queue, body: &str) -> Result<Self, JobFault> {
        let job = Self::read(body)?;
        if job.queue() == queue { Ok(job) } else { Err(job.in_wrong_queue(queue)) }
    }

    /// Reads the body of a message. See [`Job::through`] for what its queue has to do with it.
    ///
    /// # Errors
    /// It is malformed, or of a type that nobody handles.
    pub fn read(body: &str) -> Result<Self, JobFault> {
        #[derive(Deserialize)]
        struct Head<'a> {
            #[serde(rename = "type", borrow)]
            kind: Cow<'a, str>,
        }
        let head: Head<'_> = serde_json::from_str(body).map_err(|_| JobFault::Malformed)?;
        if !Self::TYPES.contains(&head.kind.as_ref()) {
            return Err(JobFault::UnknownType(head.kind.chars().take(Self::TYPE_LENGTH_MAX).collect()));
        }
        serde_json::from_str(body).map_err(|_| JobFault::Malformed)
    }

    pub(crate) fn in_wrong_queue(&self, queue: Queue) -> JobFault {
        JobFault::WrongQueue { job: self.id(), queue: queue.name() }
    }

    /// The job's type, as it is written.
    pub fn kind(&self) -> &'static str {
        let [find, settle, refund, finish, bonus, referral, referral_bonus, attendance, notify] = Self::TYPES;
        match self {
            Self::Match(_) => find,
            Self::Settle(_) => settle,
            Self::Refund(_) => refund,
            Self::FinishRound(_) => finish,
            Self::ApplyBonus(_) => bonus,
            Self::RecordReferral(_) => referral,
            Self::ApplyReferralBonus(_) => referral_bonus,
            Self::CheckAttendance(_) => attendance,
            Self::Notify(_) => notify,
        }
    }

    /// The round in whose book the job looks for somebody, if it says so. Two jobs that look into one book at the same time
    /// reach for the same bets.
    pub fn book(&self) -> Option<&RoundId> {
        match self {
            Self::Match(job) => job.place.as_ref().map(|place| &place.round_id),
            _ => None,
        }
    }

    /// The ids of the bet, match, round or user that the job names.
    pub fn subjects(&self) -> Vec<String> {
        match self {
            Self::Match(job) => vec![job.bet_id.to_string()],
            Self::Settle(job) => vec![job.match_id.to_string(), job.round_id.to_string()],
            Self::Refund(job) => vec![job.bet_id.to_string()],
            Self::FinishRound(job) => vec![job.round_id.to_string()],
            Self::ApplyBonus(job) => vec![job.user_id.to_string()],
            Self::RecordReferral(job) => vec![job.user_id.to_string()],
            Self::ApplyReferralBonus(job) => vec![job.user_id.to_string()],
            Self::CheckAttendance(job) => vec![job.user_id.to_string()],
            Self::Notify(job) => vec![job.user_id.to_string()],
        }
    }

    /// The queue that the job goes through.
    pub fn queue(&self) -> Queue {
        match self {
            Self::Match(_) => Queue::Match,
            Self::Settle(_) => Queue::Settle,
            Self::Refund(_) => Queue::Refund,
            Self::FinishRound(_) => Queue::Rounds,
            Self::ApplyBonus(_) | Self::RecordReferral(_) | Self::ApplyReferralBonus(_) => {
                Queue::Registration
            }
            Self::CheckAttendance(_) => Queue::Attendance,
            Self::Notify(_) => Queue::Notifications,
        }
    }

    /// The job's id: names it in logs and dead letters, and is its deduplication id. It only saves work (M3 never
    /// rests on it).
    ///
    /// SQS takes 128 visible ASCII characters: each id fits, with a colon and a number behind it that sets a later
    /// message about the same job apart.
    pub fn id(&self) -> String {
        match self {
            Self::Match(job) => format!("match:{}", job.bet_id),
            Self::Settle(job) => format!("settle:{}", job.match_id),
            Self::Refund(job) => format!("refund:{}", job.bet_id),
            Self::FinishRound(FinishRoundJob { round_id, after_match: None }) => format!("finish:{round_id}"),
            Self::FinishRound(FinishRoundJob { round_id, after_match: Some(after) }) => {
                format!("finish:{round_id}:{}", after.to_string().replace('-', ""))
            }
            Self::ApplyBonus(job) => format!("bonus-{}", job.user_id),
            Self::RecordReferral(job) => format!("referral-{}", job.user_id),
            Self::ApplyReferralBonus(job) => format!("referral-bonus-{}", job.user_id),
            Self::CheckAttendance(job) => format!("attendance:{}:{}", job.user_id, job.date),
            Self::Notify(job) => format!("notify:{}", job.event_id()),
        }
    }
}
