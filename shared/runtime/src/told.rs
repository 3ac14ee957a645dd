//! [`require_told`]: outside of somebody's machine, nothing that a function needs is guessed.

use crate::{Stage, StartError};

/// Whether all of these variables are there. One may be empty: then it is said that nothing is set. On somebody's
/// machine none need be there.
///
/// # Errors
/// The first one that is not there, in every stage but `local`.
pub fn require_told(
    stage: Stage,
    mut names: impl Iterator<Item = &'static str>,
    lookup: impl Fn(&str) -> Option<String>,
) -> Result<(), StartError> {
    if stage == Stage::Local {
        return Ok(());
    }
    names.find(|name| lookup(name).is_none()).map_or(Ok(()), |missing| {
        let message = format!("a function of the stage {} is not told {missing}", stage.as_str());
        Err(StartError::new(message, format!("set {missing} in the function's stack, or to nothing")))
    })
}
