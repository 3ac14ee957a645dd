//! `EVENS_DURABILITY`: whether the embedded table answers before or after the disk has a commit.

use evens_engines::Answering;
use evens_runtime::{Stage, StartError, variable};

const VARIABLE: &str = "EVENS_DURABILITY";

/// Reads the environment. By default only the stage `local` answers before the disk has the commit.
pub(crate) fn answering_from_env(stage: Stage) -> Result<Answering, StartError> {
    answering(stage, variable(VARIABLE).as_deref())
}

fn answering(stage: Stage, value: Option<&str>) -> Result<Answering, StartError> {
    match value.filter(|value| !value.is_empty()) {
        Some("synced") => Ok(Answering::Synced),
        Some("fast") => Ok(Answering::Fast),
        Some(other) => {
            let message = format!("{VARIABLE} cannot be {other:?}");
            Err(StartError::new(message, format!("set {VARIABLE} to synced or fast")))
        }
        None if stage == Stage::Local => Ok(Answering::Fast),
        None => Ok(Answering::Synced),
    }
}

#[cfg(test)]
mod tests {
    use super::answering;
    use evens_engines::Answering::{self, Fast, Synced};
    use evens_runtime::Stage;

    #[test]
    fn money_waits_for_the_disk_unless_a_setting_says_otherwise() {
        let rows: [(Stage, Option<&str>, Option<Answering>); 8] = [
            (Stage::Local, None, Some(Fast)),
            (Stage::Local, Some(""), Some(Fast)),
            (Stage::Local, Some("synced"), Some(Synced)),
            (Stage::Dev, None, Some(Synced)),
            (Stage::Prod, Some(""), Some(Synced)),
            (Stage::Prod, Some("fast"), Some(Fast)),
            (Stage::Prod, Some("Synced"), None),
            (Stage::Local, Some("full"), None),
        ];
        for (stage, value, expected) in rows {
            let found = answering(stage, value);
            assert_eq!(found.as_ref().ok().copied(), expected, "{stage:?} {value:?}");
            if let Err(error) = found {
                assert!(error.hint().contains("EVENS_DURABILITY"), "{error:?}");
            }
        }
    }
}
