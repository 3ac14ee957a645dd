//! Opens the three jackpots of the local stage, so that a newcomer sees them without two operators. A jackpot that is
//! open stays as it is, so its terms can be changed afterwards as in any stage.

use evens_audit_log::{Act, Action, Actor};
use evens_jackpots::{
    ConfigAct, ConfigStep, JackpotConfig, JackpotGroup, JackpotTerms, Rate, UpdateConfig, UpdateConfigRefusal,
};
use evens_ledger::{Amount, UserId};
use evens_runtime::telemetry::chain;
use evens_runtime::{Context, Stage, StartError, parse_switch};
use evens_store::StoreError;

const VARIABLE: &str = "EVENS_LOCAL_JACKPOTS";

/// The last two user ids, which no account has. Every change of terms needs two proposers.
const PROPOSERS: [u64; 2] = [i64::MAX.unsigned_abs() - 1, i64::MAX.unsigned_abs()];

/// Reads `EVENS_LOCAL_JACKPOTS`: `on` or `off`. The default is on in the local stage.
///
/// # Errors
/// It is neither, or `on` in another stage.
pub(crate) fn is_on(stage: Stage, lookup: impl Fn(&str) -> Option<String>) -> Result<bool, StartError> {
    let text = lookup(VARIABLE).filter(|text| !text.is_empty());
    let is_local = stage == Stage::Local;
    let is_on = text.map_or(Ok(is_local), |text| parse_switch(VARIABLE, &text))?;
    if is_on && !is_local {
        let message = format!("operators open the jackpots of the stage {}", stage.as_str());
        return Err(StartError::new(message, format!("set {VARIABLE} to off, or leave it out")));
    }
    Ok(is_on)
}

/// Opens the jackpots that are not open. If that fails, the next start tries again.
pub(crate) async fn open(context: Context) {
    for group in JackpotGroup::ALL {
        match open_group(&context, group).await {
            Ok(true) => tracing::info!(group = group.as_str(), "Opened the jackpot {group}"),
            Ok(false) => {}
            Err(error) => {
                let error = chain(&error);
                tracing::warn!(error, group = group.as_str(), "Could not open the jackpot {group}");
            }
        }
    }
}

/// Returns `true` if this call has opened the jackpot.
async fn open_group(context: &Context, group: JackpotGroup) -> Result<bool, StoreError> {
    let (store, now) = (&context.store, context.clock.now());
    if store.load_jackpot_config(group).await?.is_some() {
        return Ok(false);
    }
    let Some(terms) = terms(group) else { return Ok(false) };
    let update = UpdateConfig { group, expected_version: 0, terms };
    let act_of = |_: Option<&JackpotConfig>, step: &ConfigStep| Act {
        actor: Actor::CommandLine,
        action: Action::UpdateJackpot,
        subject: group.to_string(),
        reason: "the local stage begins with open jackpots".to_owned(),
        before: "not open".to_owned(),
        after: match step {
            ConfigStep::Propose(_) => format!("proposed: {}", step.config()),
            ConfigStep::Change(_) => step.config().to_string(),
        },
    };
    for by in PROPOSERS.into_iter().filter_map(|number| UserId::new(number).ok()) {
        let act = ConfigAct { by, reason: String::new() };
        match store.update_jackpot_config(&update, &act, act_of, now).await? {
            Ok(ConfigStep::Change(_)) => return Ok(true),
            // An earlier start has proposed it, or proposes it now.
            Ok(ConfigStep::Propose(_)) | Err(UpdateConfigRefusal::ProposedBefore(_)) => {}
            // Another process has opened it, or operators have.
            Err(
                UpdateConfigRefusal::Changed(_)
                | UpdateConfigRefusal::LimitReached(_)
                | UpdateConfigRefusal::StartUnderOldLimit { .. },
            ) => return Ok(false),
        }
    }
    Ok(false)
}

/// The terms that `docs/jackpots.md` begins with. A test holds that each group has some.
fn terms(group: JackpotGroup) -> Option<JackpotTerms> {
    let (start, rate, odds) = match group {
        JackpotGroup::Minor => ("1000", 3_000, "1000000"),
        JackpotGroup::Major => ("20000", 2_000, "20000000"),
        JackpotGroup::Mega => ("500000", 2_000, "500000000"),
    };
    let (start, odds): (Amount, Amount) = (start.parse().ok()?, odds.parse().ok()?);
    let [rate, reserve_rate] = [rate, 1_000].map(Rate::from_millionths);
    JackpotTerms::new(start, rate.ok()?, reserve_rate.ok()?, odds, None).ok()
}

#[cfg(test)]
mod tests {
    use super::{is_on, terms};
    use evens_jackpots::JackpotGroup;
    use evens_runtime::Stage;

    #[test]
    fn each_jackpot_has_terms() {
        assert!(JackpotGroup::ALL.into_iter().all(|group| terms(group).is_some()));
    }

    #[test]
    fn jackpots_open_by_themselves_in_the_local_stage_alone() {
        #[rustfmt::skip]
        let table = [
            (Stage::Local, "",    Some(true)),
            (Stage::Local, "on",  Some(true)),
            (Stage::Local, "off", Some(false)),
            (Stage::Local, "no",  None),
            (Stage::Prod,  "",    Some(false)),
            (Stage::Prod,  "off", Some(false)),
            (Stage::Prod,  "on",  None),
        ];
        for (stage, text, expected) in table {
            assert_eq!(is_on(stage, |_| Some(text.to_owned())).ok(), expected, "{stage:?} {text:?}");
        }
    }
}
