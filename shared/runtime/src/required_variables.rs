//! [`require_set`]: outside the local stage, required variables have no defaults.

use crate::{Stage, StartError};

/// Checks that all of these variables exist. An empty one counts as a deliberate choice of nothing. In the local stage
/// none is required.
///
/// # Errors
/// The first missing variable, in every stage but `local`.
pub fn require_set(
    stage: Stage,
    mut names: impl Iterator<Item = &'static str>,
    lookup: impl Fn(&str) -> Option<String>,
) -> Result<(), StartError> {
    if stage == Stage::Local {
        return Ok(());
    }
    names.find(|name| lookup(name).is_none()).map_or(Ok(()), |missing| {
        let message = format!("{missing} is not set for this function in the stage {}", stage.as_str());
        Err(StartError::new(
            message,
            format!("set {missing} in the function's stack; an empty text means none"),
        ))
    })
}
