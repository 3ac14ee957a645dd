//! Proposals that need a second operator, as operators see them.

use super::answer::JackpotTermsBody;
use crate::{Money, Time};
use evens_jackpots::{Award, PROPOSAL_HOLDS_FOR, ProposedConfig};
use evens_ledger::UserId;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// `200` to `GET /api/operator/jackpots/proposals`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JackpotProposalListAnswer {
    /// Oldest first.
    pub wins: Vec<ProposedWinBody>,
    /// Smallest jackpot first.
    pub terms: Vec<ProposedTermsBody>,
}

/// A win that another operator must approve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProposedWinBody {
    /// The operation id.
    pub op_id: String,
    /// `minor`, `major` or `mega`.
    pub group: &'static str,
    /// The proposed winner.
    pub user_id: u64,
    /// The amount. For a whole pool, its amount at the time of the proposal.
    pub amount: Option<Money>,
    /// The operator who proposed it.
    pub proposed_by: Option<u64>,
    /// The reason.
    pub reason: String,
    /// Time of the proposal.
    pub at: Time,
    /// Time from which it can no longer be approved.
    pub lapses_at: Time,
}

/// Terms that another operator must approve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProposedTermsBody {
    /// `minor`, `major` or `mega`.
    pub group: &'static str,
    /// The terms; `since` is the time of the proposal.
    pub terms: JackpotTermsBody,
    /// The operator who proposed them.
    pub proposed_by: u64,
    /// The reason.
    pub reason: String,
    /// The amount that could be won at the time of the proposal. If it is a tenth closer to a new `mustHitBy` by the
    /// time of the approval, the approval counts as a new proposal.
    pub held: Money,
    /// Time from which they can no longer be approved.
    pub lapses_at: Time,
}

impl JackpotProposalListAnswer {
    /// The list of these wins and terms.
    pub fn new(wins: &[Award], terms: &[ProposedConfig]) -> Self {
        Self { wins: wins.iter().map(Into::into).collect(), terms: terms.iter().map(Into::into).collect() }
    }
}

impl From<&Award> for ProposedWinBody {
    fn from(award: &Award) -> Self {
        Self {
            op_id: award.operation.to_string(),
            group: award.group.as_str(),
            user_id: award.user.number(),
            amount: award.requested.map(Money::from),
            proposed_by: award.proposed_by().map(UserId::number),
            reason: award.reason.clone(),
            at: award.at.into(),
            lapses_at: lapses_at(award.at),
        }
    }
}

impl From<&ProposedConfig> for ProposedTermsBody {
    fn from(proposed: &ProposedConfig) -> Self {
        let ProposedConfig { config, by, reason, pool_amount } = proposed;
        Self {
            group: config.group.as_str(),
            terms: config.into(),
            proposed_by: by.number(),
            reason: reason.clone(),
            held: (*pool_amount).into(),
            lapses_at: lapses_at(config.since),
        }
    }
}

fn lapses_at(proposed_at: Timestamp) -> Time {
    proposed_at.saturating_add(PROPOSAL_HOLDS_FOR).unwrap_or(Timestamp::MAX).into()
}
