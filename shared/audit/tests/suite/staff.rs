//! Roles, blocks and the actors of audit lines: one corruption per row.

use crate::common::case::{Case, check};
use crate::common::user;
use evens_audit::Completeness;
use evens_audit_log::{Act, Action, Actor};
use evens_players::Role;
use evens_records::{Access, Record};

/// An operator voids a match, and loses the role after that.
fn with_operator(case: &mut Case) {
    case.story.enrol(80, Role::Operator);
    void(case, 80);
    case.story.set_role(80, Role::Player);
    case.story.sign_up(81);
    case.story.set_blocked(81, true);
    case.story.set_blocked(81, false);
    case.story.sign_up(82);
    case.story.set_blocked(82, true);
}

/// A line that says that a user voided the match that is void.
fn void(case: &mut Case, by: u64) {
    let (actor, action, subject) = (Actor::User(user(by)), Action::VoidMatch, case.void.to_string());
    let (reason, before, after) = ("asked".to_owned(), String::new(), String::new());
    case.story.log_act(Act { actor, action, subject, reason, before, after });
}

#[test]
fn roles_that_operators_gave_are_in_order() {
    let mut case = crate::common::case::case();
    with_operator(&mut case);
    assert_eq!(case.story.check(Completeness::Ended).violations(), &[]);
}

#[test]
#[rustfmt::skip]
fn of_roles_and_blocks() {
    check(&[
        ("a player became a cashier", |case| case.sign_up(1).role = Role::Cashier, "LOG"),
        ("a role is gone", |case| { with_operator(case); case.story.set_role(81, Role::Cashier); case.sign_up(81).role = Role::Player; }, "LOG"),
        ("an account is blocked", |case| case.sign_up(1).is_blocked = true, "LOG"),
        ("an account was unblocked", |case| { with_operator(case); case.sign_up(82).is_blocked = false; }, "LOG"),
        ("an account is blocked again", |case| { with_operator(case); case.sign_up(81).is_blocked = true; }, "LOG"),
        ("a wallet has a role", |case| {
            case.twice = Some(Record::Access(user(1), Access { role: Role::Operator, is_blocked: false }));
        }, "LOG"),
        ("a wallet without an account has a block", |case| {
            case.twice = Some(Record::Access(user(99), Access { role: Role::Player, is_blocked: true }));
        }, "LOG"),
        ("an act of a user without a role", |case| void(case, 1), "LOG"),
        ("an act of a user who lost the role", |case| {
            with_operator(case);
            // Staff keep their role for the minute in which a request may still end.
            for _ in 0..61 { case.story.tick(); }
            void(case, 80);
        }, "LOG"),
        ("an act of a user with another role", |case| { case.story.enrol(80, Role::Cashier); void(case, 80); }, "LOG"),
        ("an act that no role permits", |case| {
            with_operator(case);
            let (actor, action, subject) = (Actor::User(user(80)), Action::SetRole, "80".to_owned());
            let (reason, before, after) = (String::new(), String::new(), Role::Player.to_string());
            case.story.log_act(Act { actor, action, subject, reason, before, after });
        }, "LOG"),
    ]);
}
