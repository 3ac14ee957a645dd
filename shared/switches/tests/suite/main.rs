//! The rule that sets a switch, and the switches that stop a request.

#![cfg(test)]

use evens_audit_log::{Act, Action, Actor};
use evens_switches::{SetSwitch, SetSwitchOutcome, Switch, SwitchName, SwitchState, Switches, set_switch};
use jiff::Timestamp;

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn request(name: SwitchName, state: SwitchState, reason: &str) -> SetSwitch {
    SetSwitch { name, state, by: Actor::CommandLine, reason: reason.to_owned() }
}

/// The switches after these changes.
fn after(changes: &[(SwitchName, SwitchState)]) -> Switches {
    changes.iter().fold(Switches::default(), |found, (name, state)| {
        match set_switch(&found, request(*name, *state, "a reason"), at("2026-11-29T10:00:00Z")) {
            SetSwitchOutcome::Set { switches, .. } | SetSwitchOutcome::SetBefore(switches) => switches,
        }
    })
}

#[test]
fn a_change_is_the_next_revision_with_its_line() {
    let (now, wanted) =
        (at("2026-11-29T10:00:00Z"), request(SwitchName::Bets, SwitchState::Off, "an incident"));
    let switch = Switch {
        state: SwitchState::Off,
        since: now,
        by: Actor::CommandLine,
        reason: "an incident".to_owned(),
    };
    let act = Act {
        actor: Actor::CommandLine,
        action: Action::SetSwitch,
        subject: "bets".to_owned(),
        reason: "an incident".to_owned(),
        before: "on".to_owned(),
        after: "off".to_owned(),
    };
    let switches = Switches { revision: 1, set: [(SwitchName::Bets, switch)].into() };
    assert_eq!(set_switch(&Switches::default(), wanted, now), SetSwitchOutcome::Set { switches, act });
}

#[test]
fn a_switch_that_has_the_state_keeps_its_first_reason() {
    let off = after(&[(SwitchName::Deposits, SwitchState::Off)]);
    let again = request(SwitchName::Deposits, SwitchState::Off, "another reason");
    let later = at("2026-11-29T11:00:00Z");
    assert_eq!(set_switch(&off, again, later), SetSwitchOutcome::SetBefore(off));
    let never_set = request(SwitchName::Deposits, SwitchState::On, "nothing to do");
    let before = Switches::default();
    assert_eq!(set_switch(&before, never_set, later), SetSwitchOutcome::SetBefore(before.clone()));
}

#[test]
fn a_request_is_stopped_by_all_or_by_its_own_switch() {
    use SwitchName::{All, Bets, Deposits, Withdrawals};
    use SwitchState::{Off, On};
    #[rustfmt::skip]
    let table = [
        // changes                                bets        deposits    withdrawals
        (vec![],                                  [None,       None,       None]),
        (vec![(Bets, Off)],                       [Some(Bets), None,       None]),
        (vec![(Bets, Off), (Bets, On)],           [None,       None,       None]),
        (vec![(All, Off)],                        [Some(All),  Some(All),  Some(All)]),
        (vec![(All, Off), (All, On)],             [None,       None,       None]),
        (vec![(Deposits, Off), (All, Off)],       [Some(All),  Some(All),  Some(All)]),
        (vec![(All, Off), (Withdrawals, Off), (All, On)], [None, None, Some(Withdrawals)]),
    ];
    for (changes, stopped) in table {
        let switches = after(&changes);
        let found = [Bets, Deposits, Withdrawals].map(|name| switches.stopped_by(name));
        assert_eq!(found, stopped, "{changes:?}");
    }
}

#[test]
fn names_and_states_are_golden() {
    let names: Vec<_> = SwitchName::ALL.iter().map(|name| name.as_str()).collect();
    assert_eq!(names, ["all", "bets", "deposits", "withdrawals"]);
    assert_eq!([SwitchState::On, SwitchState::Off].map(SwitchState::as_str), ["on", "off"]);
}
