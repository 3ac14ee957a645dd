//! Answers about jackpots. The amounts of reserves are never published.

use crate::{Cursor, Money, Time};
use evens_jackpots::{
    Award, ConfigStep, Contribution, GroupTotals, JackpotConfig, JackpotGroup, JackpotTerms, ProposedConfig,
    Share, Win, WinCause,
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// `200` to `GET /api/jackpots`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JackpotListAnswer {
    /// The open jackpots, smallest first.
    pub data: Vec<JackpotBody>,
    /// Time of the amounts, at most a second ago.
    pub as_of: Time,
}

/// A jackpot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JackpotBody {
    /// `minor`, `major` or `mega`.
    pub group: &'static str,
    /// The amount that can be won.
    pub amount: Money,
    /// The terms by which it is funded and won.
    pub terms: JackpotTermsBody,
    /// Number of wins.
    pub wins: u64,
    /// The newest wins, newest first.
    pub last_wins: Vec<JackpotWinBody>,
}

/// The terms by which a jackpot is funded and won.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JackpotTermsBody {
    /// The version of the terms.
    pub version: u64,
    /// Time from which they apply.
    pub since: Time,
    /// The amount with which it starts after a win.
    pub start_amount: Money,
    /// The share of a cash stake that it receives.
    pub rate: Money,
    /// The share of a cash stake that is reserved for its next start.
    pub reserve_rate: Money,
    /// The amount staked for each win, on average.
    pub odds: Money,
    /// The pool amount from which the next period is certain to have a winner; null if there is no such limit.
    pub must_hit_by: Option<Money>,
}

/// A win of a jackpot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JackpotWinBody {
    /// The number of the win in its group, from 0.
    pub number: u64,
    /// The amount.
    pub win_amount: Money,
    /// Time of the payment.
    pub at: Time,
    /// `manual`, `drawn`, or `forced` if the pool had to be won.
    pub cause: &'static str,
    /// The period of the draw; null for a manual win.
    pub period_id: Option<String>,
    /// The winning bet; null for a manual win.
    pub bet_id: Option<String>,
    /// The cash part of that bet's stake; null for a manual win, and for wins from before this was stored.
    pub cash: Option<Money>,
    /// The bet's ticket, in 16 hexadecimal digits; null in the same cases as `cash`.
    pub ticket: Option<String>,
    /// The version of the terms by which it was drawn; null in the same cases as `cash`.
    pub terms_version: Option<u64>,
}

/// `200` to `GET /api/jackpots/{group}/terms`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JackpotTermsListAnswer {
    /// The versions of the terms, newest first.
    pub data: Vec<JackpotTermsBody>,
    /// Start of the next page; null on the last page.
    pub next_cursor: Option<String>,
}

/// `200` to `GET /api/jackpots/{group}/wins`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JackpotWinListAnswer {
    /// The wins.
    pub data: Vec<JackpotWinBody>,
    /// Start of the next page; null on the last page.
    pub next_cursor: Option<String>,
}

/// `200` to `POST /api/jackpots/contribute`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContributeAnswer {
    /// The operation id.
    pub op_id: String,
    /// The total amount.
    pub total_contribution: Money,
    /// The amounts by group.
    pub contributions: Vec<ContributionBody>,
}

/// The contribution to a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContributionBody {
    /// `minor`, `major` or `mega`.
    pub group: &'static str,
    /// The amount for its pool.
    pub pool: Money,
    /// The amount for its reserve.
    pub reserve: Money,
}

/// `200` to `POST /api/jackpots/{group}/win`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AwardAnswer {
    /// The operation id.
    pub op_id: String,
    /// `minor`, `major` or `mega`.
    pub group: &'static str,
    /// The winner.
    pub user_id: u64,
    /// `PROPOSED` if another operator must approve, else `WON`.
    pub status: &'static str,
    /// The amount; null while it is proposed.
    pub win_amount: Option<Money>,
}

/// `200` to `PATCH /api/jackpots/{group}/config`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JackpotConfigAnswer {
    /// `minor`, `major` or `mega`.
    pub group: &'static str,
    /// `PROPOSED` if another operator must approve, else `CHANGED`.
    pub status: &'static str,
    /// The terms. For proposed terms, `since` is the time of the proposal.
    pub terms: JackpotTermsBody,
}

impl JackpotListAnswer {
    /// The jackpots as of a time.
    pub fn new(data: Vec<JackpotBody>, as_of: Timestamp) -> Self {
        Self { data, as_of: as_of.into() }
    }
}

impl JackpotBody {
    /// A jackpot with its newest wins.
    pub fn new(config: &JackpotConfig, totals: GroupTotals, wins: u64, last: &[Win]) -> Self {
        Self {
            group: config.group.as_str(),
            amount: totals.amount.into(),
            terms: config.into(),
            wins,
            last_wins: last.iter().map(JackpotWinBody::from).collect(),
        }
    }
}

impl From<&JackpotConfig> for JackpotTermsBody {
    fn from(config: &JackpotConfig) -> Self {
        let JackpotConfig { version, terms, since, .. } = config;
        let rate = |rate: evens_jackpots::Rate| Money::from(rate.as_amount());
        Self {
            version: *version,
            since: (*since).into(),
            start_amount: JackpotTerms::start(terms).into(),
            rate: rate(terms.rate()),
            reserve_rate: rate(terms.reserve_rate()),
            odds: terms.odds().into(),
            must_hit_by: terms.must_hit_by().map(Money::from),
        }
    }
}

impl From<&ConfigStep> for JackpotConfigAnswer {
    fn from(step: &ConfigStep) -> Self {
        match step {
            ConfigStep::Propose(proposed) => proposed.as_ref().into(),
            ConfigStep::Change(plan) => Self::of(&plan.config, "CHANGED"),
        }
    }
}

impl From<&ProposedConfig> for JackpotConfigAnswer {
    fn from(proposed: &ProposedConfig) -> Self {
        Self::of(&proposed.config, "PROPOSED")
    }
}

impl JackpotConfigAnswer {
    fn of(config: &JackpotConfig, status: &'static str) -> Self {
        Self { group: config.group.as_str(), status, terms: config.into() }
    }
}

impl From<&Win> for JackpotWinBody {
    fn from(win: &Win) -> Self {
        let (cause, drawn) = match win.cause {
            WinCause::Manual { .. } => ("manual", None),
            WinCause::Drawn { period, bet, is_forced: false } => ("drawn", Some((period, bet))),
            WinCause::Drawn { period, bet, is_forced: true } => ("forced", Some((period, bet))),
        };
        Self {
            number: win.cycle,
            win_amount: win.amount.into(),
            at: win.at.into(),
            cause,
            period_id: drawn.map(|(period, _)| period.to_string()),
            bet_id: drawn.map(|(_, bet)| bet.to_string()),
            cash: win.winning.map(|winning| winning.cash.into()),
            ticket: win.winning.map(|winning| winning.ticket.to_string()),
            terms_version: win.winning.map(|winning| winning.terms_version),
        }
    }
}

impl JackpotWinListAnswer {
    /// A page of wins. The next page starts before the win number `next`.
    pub fn new(wins: &[Win], next: Option<u64>) -> Self {
        let next_cursor = next.map(|before| Cursor { before }.to_string());
        Self { data: wins.iter().map(JackpotWinBody::from).collect(), next_cursor }
    }
}

impl JackpotTermsListAnswer {
    /// A page of versions. The next page starts before the version `next`.
    pub fn new(configs: &[JackpotConfig], next: Option<u64>) -> Self {
        let next_cursor = next.map(|before| Cursor { before }.to_string());
        Self { data: configs.iter().map(JackpotTermsBody::from).collect(), next_cursor }
    }
}

impl From<&Contribution> for ContributeAnswer {
    fn from(made: &Contribution) -> Self {
        let body = |(group, share): (JackpotGroup, &Share)| ContributionBody {
            group: group.as_str(),
            pool: share.pool.into(),
            reserve: share.reserve.into(),
        };
        let some = made.shares.iter().filter(|(_, share)| !share.total().is_zero());
        Self {
            op_id: made.operation.to_string(),
            total_contribution: made.total().into(),
            contributions: some.map(body).collect(),
        }
    }
}

impl AwardAnswer {
    /// An award that needs the approval of another operator.
    pub fn proposed(award: &Award) -> Self {
        Self::of(award, "PROPOSED", None)
    }

    /// A paid award.
    pub fn won(award: &Award, win: &Win) -> Self {
        Self::of(award, "WON", Some(win.amount.into()))
    }

    fn of(award: &Award, status: &'static str, win_amount: Option<Money>) -> Self {
        Self {
            op_id: award.operation.to_string(),
            group: award.group.as_str(),
            user_id: award.user.number(),
            status,
            win_amount,
        }
    }
}
