//! What is asked for about jackpots.

use crate::Money;
use crate::jobs::{GroupedJob, JobData};
use evens_games::PeriodId;
use evens_jackpots::{ByGroup, JackpotGroup, OperationId};
use evens_ledger::{Amount, UserId};
use serde::{Deserialize, Serialize};

/// Go on with the win that is under way in a group, to its end; and where a period is named whose bets are owed one,
/// with that one, too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JackpotWinJob {
    /// Of which group.
    #[serde(with = "crate::text")]
    pub jackpot: JackpotGroup,
    /// Which period's bets have won it, where they have.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::text::optional")]
    pub period_id: Option<PeriodId>,
}

/// Make a contribution that could not be made in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContributeJob {
    /// Under which id.
    pub operation: String,
    /// How much to the smallest group.
    pub minor: Money,
    /// How much to the one in between.
    pub major: Money,
    /// How much to the largest.
    pub mega: Money,
    /// Who wanted it; none of a job of before that was said.
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

/// The wins of a group follow each other.
impl GroupedJob for JackpotWinJob {
    fn group(&self) -> String {
        format!("jackpot:{}", self.jackpot)
    }
}

impl ContributeJob {
    /// How much goes to each group.
    pub fn amounts(&self) -> ByGroup<Amount> {
        ByGroup { minor: self.minor.amount(), major: self.major.amount(), mega: self.mega.amount() }
    }
}

impl JobData for ContributeJob {
    const TYPE: &'static str = "contribute";

    fn id(&self) -> String {
        match self.by {
            None => format!("contribute:{}", self.operation),
            // Of two callers who chose the same id, the queue forgets neither.
            Some(by) => format!("contribute:{}:{by}", self.operation),
        }
    }

    fn subjects(&self) -> Vec<String> {
        vec![self.operation.clone()]
    }
}

/// Contributions are in nobody's way but on the same meter.
impl GroupedJob for ContributeJob {
    fn group(&self) -> String {
        format!("meter:{}", OperationId::from_stored(self.operation.clone()).meter())
    }
}
