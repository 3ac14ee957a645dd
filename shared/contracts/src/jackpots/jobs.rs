//! Jobs about jackpots.

use crate::Money;
use crate::jobs::{GroupedJob, JobData};
use evens_games::PeriodId;
use evens_jackpots::{ByGroup, JackpotGroup, MeterCount, OperationId};
use evens_ledger::{Amount, UserId};
use serde::{Deserialize, Serialize};

/// Completes the win in progress of a group. If a period is named whose bets are owed a win, completes that win too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JackpotWinJob {
    /// The group.
    #[serde(with = "crate::text")]
    pub jackpot: JackpotGroup,
    /// The period whose bets won, if any.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::text::optional")]
    pub period_id: Option<PeriodId>,
}

/// Makes a contribution that could not be made in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContributeJob {
    /// The operation id.
    pub operation: String,
    /// The amount for the smallest group.
    pub minor: Money,
    /// The amount for the middle group.
    pub major: Money,
    /// The amount for the largest group.
    pub mega: Money,
    /// The user who requested it; `None` in jobs from before this was included.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::text::optional")]
    pub by: Option<UserId>,
}

impl JobData for JackpotWinJob {
    const TYPE: &'static str = "jackpot-win";

    fn id(&self) -> String {
        match self.period_id {
            None => format!("jackpot-win:{}", self.jackpot),
            Some(period) => format!("jackpot-win:{}:{period}", self.jackpot),
        }
    }

    fn subjects(&self) -> Vec<String> {
        vec![self.jackpot.to_string()]
    }
}

/// The wins of a group are handled in order.
impl GroupedJob for JackpotWinJob {
    fn group(&self) -> String {
        format!("jackpot:{}", self.jackpot)
    }
}

impl ContributeJob {
    /// The amount for each group.
    pub fn amounts(&self) -> ByGroup<Amount> {
        ByGroup { minor: self.minor.amount(), major: self.major.amount(), mega: self.mega.amount() }
    }
}

impl JobData for ContributeJob {
    const TYPE: &'static str = "contribute";

    fn id(&self) -> String {
        match self.by {
            None => format!("contribute:{}", self.operation),
            // Without the user, the queue would drop one of two jobs whose callers chose the same id.
            Some(by) => format!("contribute:{}:{by}", self.operation),
        }
    }

    fn subjects(&self) -> Vec<String> {
        vec![self.operation.clone()]
    }
}

/// Contributions conflict only on the same meter. With fewer meters than in production, jobs of several groups may
/// conflict.
impl GroupedJob for ContributeJob {
    fn group(&self) -> String {
        format!("meter:{}", OperationId::from_stored(self.operation.clone()).meter(MeterCount::PRODUCTION))
    }
}
