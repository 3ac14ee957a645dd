//! [`RoundOpener`]: whether bets or only operators open rounds.

use evens_runtime::{Stage, StartError, variable};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoundOpener {
    /// The first bet in an unknown round opens it. For the local stage.
    Bets,
    /// Operators only: otherwise a player could take any round name for the price of a bet.
    Operators,
}

impl RoundOpener {
    const VARIABLE: &str = "EVENS_ROUNDS_OPENED_BY";

    /// Reads `EVENS_ROUNDS_OPENED_BY`: `operators`, or `bets`. `bets` is allowed in the local stage only and is the
    /// default there.
    ///
    /// # Errors
    /// Any other value, or `bets` in another stage.
    pub fn from_env(stage: Stage) -> Result<Self, StartError> {
        Self::of_text(stage, variable(Self::VARIABLE).as_deref().unwrap_or_default())
    }

    fn of_text(stage: Stage, text: &str) -> Result<Self, StartError> {
        match (text, stage) {
            ("" | "bets", Stage::Local) => Ok(Self::Bets),
            ("" | "operators", _) => Ok(Self::Operators),
            ("bets", _) => {
                let message = format!("bets cannot open rounds in the stage {}", stage.as_str());
                Err(StartError::new(message, format!("set {} to operators, or unset it", Self::VARIABLE)))
            }
            (other, _) => {
                let message = format!("{} cannot be {other:?}", Self::VARIABLE);
                Err(StartError::new(message, format!("set {} to bets or operators", Self::VARIABLE)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RoundOpener;
    use evens_runtime::Stage;

    /// Bets open rounds in the local stage only. Elsewhere a player could take any round name that way.
    #[test]
    fn rounds_are_opened_by_operators_where_the_stage_is_not_local() {
        #[rustfmt::skip]
        let table = [
            (Stage::Local,   "",          Some(RoundOpener::Bets)),
            (Stage::Local,   "bets",      Some(RoundOpener::Bets)),
            (Stage::Local,   "operators", Some(RoundOpener::Operators)),
            (Stage::Local,   "bet",       None),
            (Stage::Local,   "players",   None),
            (Stage::Dev,     "",          Some(RoundOpener::Operators)),
            (Stage::Dev,     "operators", Some(RoundOpener::Operators)),
            (Stage::Dev,     "bets",      None),
            (Stage::Staging, "",          Some(RoundOpener::Operators)),
            (Stage::Staging, "bets",      None),
            (Stage::Prod,    "",          Some(RoundOpener::Operators)),
            (Stage::Prod,    "operators", Some(RoundOpener::Operators)),
            (Stage::Prod,    "bets",      None),
            (Stage::Prod,    "Operators", None),
        ];
        for (stage, text, expected) in table {
            match (RoundOpener::of_text(stage, text), expected) {
                (Ok(found), Some(expected)) => assert_eq!(found, expected, "{stage:?} {text:?}"),
                (Err(error), None) => {
                    assert!(error.hint().contains("EVENS_ROUNDS_OPENED_BY"), "{stage:?}: {error:?}");
                }
                (found, _) => panic!("{stage:?} {text:?}: {found:?}"),
            }
        }
    }
}
