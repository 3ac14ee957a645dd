//! Two operators who agree on the terms of a jackpot.

use evens_audit_log::{Act, Action, Actor};
use evens_jackpots::{ConfigAct, ConfigStep, JackpotConfig, UpdateConfig};
use evens_ledger::UserId;
use evens_store::Store;
use jiff::Timestamp;

/// Opens a jackpot or changes its terms, effective at this time.
pub async fn agree_on_terms(store: &Store, update: &UpdateConfig, at: Timestamp) {
    let told = |_: Option<&JackpotConfig>, _: &ConfigStep| Act {
        actor: Actor::CommandLine,
        action: Action::UpdateJackpot,
        subject: update.group.to_string(),
        reason: String::new(),
        before: String::new(),
        after: "open".to_owned(),
    };
    for (operator, is_second) in [(700, false), (701, true)] {
        let act = ConfigAct { by: UserId::new(operator).unwrap(), reason: String::new() };
        let step = store.update_jackpot_config(update, &act, told, at).await.unwrap().unwrap();
        assert_eq!(matches!(step, ConfigStep::Change(_)), is_second, "{step:?}");
    }
}
