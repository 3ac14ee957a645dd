//! Jobs about periods of games.

use crate::jobs::{GroupedJob, JobData};
use evens_games::{Lane, PeriodId};
use serde::{Deserialize, Serialize};

/// Pays the bets of one lane of a period: payouts, or stakes if it was cancelled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SettlePeriodJob {
    /// The period.
    #[serde(with = "crate::text")]
    pub period_id: PeriodId,
    /// The lane.
    #[serde(with = "crate::text")]
    pub lane: Lane,
}

impl JobData for SettlePeriodJob {
    const TYPE: &'static str = "settle-period";

    fn id(&self) -> String {
        format!("settle-period:{}:{}", self.period_id, self.lane)
    }

    fn subjects(&self) -> Vec<String> {
        vec![self.period_id.to_string()]
    }
}

impl GroupedJob for SettlePeriodJob {
    fn group(&self) -> String {
        format!("{}:{}", self.period_id, self.lane)
    }
}
