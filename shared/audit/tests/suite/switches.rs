//! Switches of the stage and their audit lines: one corruption per row.

use crate::common::second;
use evens_audit::{Books, Completeness};
use evens_audit_log::{Actor, AuditHead, AuditLine};
use evens_ledger::Invariant;
use evens_records::Record;
use evens_switches::{SetSwitch, SetSwitchOutcome, SwitchName, SwitchState, Switches, set_switch};

/// The switches of a stage, with the audit log.
#[derive(Debug, Default, Clone)]
struct Stage {
    switches: Switches,
    lines: Vec<AuditLine>,
    head: AuditHead,
}

impl Stage {
    fn set(&mut self, name: SwitchName, state: SwitchState, at: i64) {
        let (by, reason) = (Actor::CommandLine, format!("reason {at}"));
        let set = set_switch(&self.switches, SetSwitch { name, state, by, reason }, second(at));
        let SetSwitchOutcome::Set { switches, act } = set else { panic!("{set:?}") };
        let line = self.head.next(act, second(at));
        (self.switches, self.head) = (switches, line.head());
        self.lines.push(line);
    }

    /// Withdrawals stopped and allowed again, then bets stopped.
    fn changed() -> Self {
        let mut stage = Self::default();
        stage.set(SwitchName::Withdrawals, SwitchState::Off, 1);
        stage.set(SwitchName::Bets, SwitchState::Off, 2);
        stage.set(SwitchName::Withdrawals, SwitchState::On, 3);
        stage
    }

    /// Removes a line, and rewrites the later ones as an attacker who knows the format could.
    fn forget(&mut self, position: usize) {
        let mut acts: Vec<_> = self.lines.drain(..).map(|line| (line.act, line.at)).collect();
        acts.remove(position);
        self.head = AuditHead::default();
        for (act, at) in acts {
            let line = self.head.next(act, at);
            self.head = line.head();
            self.lines.push(line);
        }
    }

    fn sentences(self) -> Vec<String> {
        let mut books = Books::new();
        if self.switches.revision > 0 {
            books.record(Record::Switches(Box::new(self.switches)));
        }
        books.record(Record::AuditHead(self.head));
        for line in self.lines {
            books.record(Record::AuditLine(Box::new(line)));
        }
        let report = books.check(Completeness::Stopped);
        let violations = report.violations().iter();
        violations
            .map(|violation| {
                assert_eq!(violation.invariant, Invariant::AuditLogIsWhole);
                violation.sentence.clone()
            })
            .collect()
    }
}

#[test]
fn switches_that_operators_set_are_in_order() {
    assert_eq!(Stage::default().sentences(), [""; 0]);
    assert_eq!(Stage::changed().sentences(), [""; 0]);
}

#[test]
fn a_switch_without_its_line_and_a_line_without_its_switch_are_found() {
    type Row = (&'static str, fn(&mut Stage), &'static [&'static str]);
    #[rustfmt::skip]
    let table: &[Row] = &[
        ("a switch is on again without a line",
            |stage| stage.switches.set.get_mut(&SwitchName::Bets).expect("set").state = SwitchState::On,
            &["The switch bets is on (revision 3), but not as line 2 of the audit log says: off."]),
        ("a switch has another reason",
            |stage| stage.switches.set.get_mut(&SwitchName::Bets).expect("set").reason = "other".to_owned(),
            &["The switch bets is off (revision 3), but not as line 2 of the audit log says: off."]),
        ("a switch has another time",
            |stage| stage.switches.set.get_mut(&SwitchName::Bets).expect("set").since = second(9),
            &["The switch bets is off (revision 3), but not as line 2 of the audit log says: off."]),
        ("the switches are gone",
            |stage| stage.switches = Switches::default(),
            &["The switch bets is on (revision 0), but not as line 2 of the audit log says: off.",
              "The switch withdrawals is on (revision 0), but not as line 3 of the audit log says: on.",
              "The switches were set 0 times, but the audit log has 3 lines about them."]),
        ("a switch was set without a line",
            |stage| {
                let bets = stage.switches.set[&SwitchName::Bets].clone();
                stage.switches.set.insert(SwitchName::All, bets);
            },
            &["The switch all is off (revision 3), but the audit log has no line about it."]),
        ("an earlier line is gone",
            |stage| stage.forget(0),
            &["Line 2 of the audit log does not follow the previous line about the switch withdrawals.",
              "The switches were set 3 times, but the audit log has 2 lines about them."]),
        ("the newest line is gone",
            |stage| stage.forget(2),
            &["The switch withdrawals is on (revision 3), but not as line 1 of the audit log says: off.",
              "The switches were set 3 times, but the audit log has 2 lines about them."]),
    ];
    for (what, corrupt, expected) in table {
        let mut stage = Stage::changed();
        corrupt(&mut stage);
        assert_eq!(stage.sentences(), *expected, "{what}");
    }
}
