//! Two operators who agree on the terms of a jackpot.

use crate::staff;
use evens_audit_log::{Act, Action, Actor};
use evens_jackpots::{ConfigAct, ConfigStep, JackpotConfig, UpdateConfig};
use evens_ledger::UserId;
use evens_players::{Account, ReferralCode, Registration, Role};
use evens_store::{PasswordHash, Store};
use jiff::Timestamp;

/// Opens a jackpot or changes its terms, effective at this time.
pub async fn agree_on_terms(store: &Store, update: &UpdateConfig, at: Timestamp) {
    for (operator, is_second) in [(700, false), (701, true)] {
        let by = UserId::new(operator).unwrap();
        enrol(store, by, at).await;
        let act = ConfigAct { by, reason: String::new() };
        let act_of = |_: Option<&JackpotConfig>, step: &ConfigStep| act_of(by, step);
        let step = store.update_jackpot_config(update, &act, act_of, at).await.unwrap().unwrap();
        assert_eq!(matches!(step, ConfigStep::Change(_)), is_second, "{step:?}");
    }
}

/// Creates the operator's account on first use.
async fn enrol(store: &Store, operator: UserId, at: Timestamp) {
    if store.load_account(operator).await.unwrap().is_some() {
        return;
    }
    let phone = format!("+919700000{operator}").parse().unwrap();
    let code = ReferralCode::from_random([0, 0, 0, 0, operator.number().to_le_bytes()[0]]);
    let new = Account::register(operator, phone, None, code, None, at);
    let account = Account { role: Role::Operator, registration: Registration::Done, ..new };
    staff::enrol(store, &account, &PasswordHash::new(String::new())).await;
}

fn act_of(by: UserId, step: &ConfigStep) -> Act {
    let JackpotConfig { group, version, terms, .. } = step.config();
    let limit = terms.must_hit_by().map_or_else(String::new, |limit| format!(", won by {limit}"));
    let (start, rate, reserve, odds) = (terms.start(), terms.rate(), terms.reserve_rate(), terms.odds());
    let after = format!("version {version}: start {start}, rate {rate} and {reserve}, odds {odds}{limit}");
    Act {
        actor: Actor::User(by),
        action: Action::UpdateJackpot,
        subject: group.to_string(),
        reason: String::new(),
        before: String::new(),
        after: match step {
            ConfigStep::Propose(_) => format!("proposed: {after}"),
            ConfigStep::Change(_) => after,
        },
    }
}
