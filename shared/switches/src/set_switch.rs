//! Setting a switch.

use crate::{Switch, SwitchName, SwitchState, Switches};
use evens_audit_log::{Act, Action, Actor};
use jiff::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetSwitch {
    pub name: SwitchName,
    pub state: SwitchState,
    pub by: Actor,
    pub reason: String,
}

/// The outcomes, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SetSwitchOutcome {
    /// The switch has this state already. Nothing changes, and the first reason stays.
    SetBefore(Switches),
    Set {
        /// The switches afterwards.
        switches: Switches,
        /// The line of the audit log.
        act: Act,
    },
}

/// Sets a switch of the stage.
pub fn set_switch(found: &Switches, request: SetSwitch, now: Timestamp) -> SetSwitchOutcome {
    let SetSwitch { name, state, by, reason } = request;
    let before = found.state(name);
    if before == state {
        return SetSwitchOutcome::SetBefore(found.clone());
    }
    let mut switches = Switches { revision: found.revision + 1, ..found.clone() };
    switches.set.insert(name, Switch { state, since: now, by, reason: reason.clone() });
    let [before, after] = [before, state].map(|state| state.to_string());
    let act = Act { actor: by, action: Action::SetSwitch, subject: name.to_string(), reason, before, after };
    SetSwitchOutcome::Set { switches, act }
}
