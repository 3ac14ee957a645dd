//! [`RateLimits`]: the size of each budget.

use crate::{Stage, StartError};
use evens_contracts::{Rate, RateSubject};
use evens_players::Budget;

/// The budgets of this process. A rate without a budget is not counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateLimits([Option<Budget>; Rate::ALL.len()]);

impl RateLimits {
    /// Counts nothing.
    pub const OFF: Self = Self([None; Rate::ALL.len()]);

    /// The default budgets. In the local stage nothing is counted by address, because all clients share one.
    pub fn of_stage(stage: Stage) -> Self {
        Self(Rate::ALL.map(|rate| {
            let rules = rate.rules();
            let is_counted = stage != Stage::Local || rules.subject != RateSubject::Address;
            is_counted.then_some(rules.budget)
        }))
    }

    /// The defaults, changed by `name=budget` pairs; or `off`, which prod does not accept.
    pub(crate) fn parse(stage: Stage, text: &str) -> Result<Self, StartError> {
        let hint =
            "set EVENS_RATE_LIMITS to pairs such as bets=600/1m,login=20/15m; docs/manual.md lists the names";
        if text == "off" {
            if stage == Stage::Prod {
                return Err(StartError::new("EVENS_RATE_LIMITS cannot be off in the stage prod", hint));
            }
            return Ok(Self::OFF);
        }
        let mut limits = Self::of_stage(stage);
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let wrong = || {
                StartError::new(
                    format!("EVENS_RATE_LIMITS contains {part:?}, which is not a valid limit"),
                    hint,
                )
            };
            let (name, budget) = part.split_once('=').ok_or_else(wrong)?;
            let position = Rate::ALL.iter().position(|rate| rate.rules().name == name).ok_or_else(wrong)?;
            limits.0[position] = Some(budget.parse().map_err(|_| wrong())?);
        }
        Ok(limits)
    }

    /// The budget of a rate, or `None` if it is not counted.
    pub fn budget(&self, rate: Rate) -> Option<Budget> {
        let position = Rate::ALL.iter().position(|known| *known == rate);
        position.and_then(|position| self.0[position])
    }
}
