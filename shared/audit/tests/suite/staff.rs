//! Roles, blocks and the actors of audit lines: one corruption per row.

use crate::common::case::{Case, check};
use crate::common::{check as check_items, second, user};
use evens_audit::{Completeness, is_equal};
use evens_audit_log::{Act, Action, Actor};
use evens_players::Role;
use evens_records::{Access, Pair, Record};

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
    // Each of them lost a role or was blocked. User 82 was blocked by an earlier version, which did not count.
    for player in [80, 81] {
        case.sign_up(player).session_epoch = 1;
    }
    // A new password ends sessions without a line.
    (case.sign_up(1).session_epoch, case.sign_up(1).password_changes) = (1, 1);
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
        ("sessions were ended", |case| case.sign_up(1).session_epoch = 1, "LOG"),
        ("sessions were ended more often than blocked", |case| {
            with_operator(case);
            case.sign_up(81).session_epoch = 2;
        }, "LOG"),
        ("sessions were ended more often than by a new password", |case| {
            case.sign_up(1).password_changes = 1;
            case.sign_up(1).session_epoch = 2;
        }, "LOG"),
        ("a wallet has a later epoch than its account", |case| {
            case.twice = Some(Record::Access(user(1), Access { session_epoch: 1, ..Access::default() }));
        }, "LOG"),
        ("a wallet without an account has an epoch", |case| {
            case.twice = Some(Record::Access(user(99), Access { session_epoch: 1, ..Access::default() }));
        }, "LOG"),
        ("sessions were ended by a role that was given", |case| {
            case.story.enrol(83, Role::Cashier);
            case.sign_up(83).session_epoch = 1;
        }, "LOG"),
        ("a wallet does not know of a recovery", |case| {
            (case.sign_up(1).session_epoch, case.sign_up(1).password_changes) = (1, 1);
            case.sign_up(1).recovered_at = Some(second(7));
            case.twice = Some(Record::Access(user(1), Access { session_epoch: 1, ..Access::default() }));
        }, "M3 LOG"),
        ("a wallet has a role", |case| {
            case.twice = Some(Record::Access(user(1), Access { role: Role::Operator, ..Access::default() }));
        }, "LOG"),
        ("a wallet without an account has a block", |case| {
            case.twice = Some(Record::Access(user(99), Access { is_blocked: true, ..Access::default() }));
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

/// A block and its end may fall between the reads of account and wallet, twice in the same words.
#[test]
fn a_pair_that_is_equal_at_one_moment_is_no_violation() {
    let mut case = crate::common::case::case();
    with_operator(&mut case);
    let account = case.story.sign_ups[&user(81)].clone();
    assert!(!account.is_blocked);
    let pair = Pair::Access(user(81));
    let wallet = |is_blocked| Record::Access(user(81), Access { is_blocked, ..Access::default() });
    let items = case.story.items().into_iter().chain([wallet(true)]);
    let report = check_items(items, Completeness::Ended);
    let found: Vec<_> = report.violations().iter().filter_map(|found| found.pair).collect();
    assert_eq!(found, [pair]);
    assert!(report.without(&[pair].into()).is_clean());
    assert!(!report.without(&[Pair::Access(user(82)), Pair::PlayRules(user(81))].into()).is_clean());
    let account = Record::Account(account);
    assert!(is_equal(pair, [account.clone()]));
    assert!(!is_equal(pair, [account, wallet(true)]));
}

#[test]
fn a_state_unlike_its_newest_line_names_the_line() {
    let mut case = crate::common::case::case();
    with_operator(&mut case);
    case.sign_up(82).is_blocked = false;
    let newest = case.story.audit_lines.last().expect("a line").number;
    let report = case.story.check(Completeness::Ended);
    let sentences: Vec<_> = report.violations().iter().map(|found| found.sentence.clone()).collect();
    let expected =
        format!("User 82 is not blocked, but line {newest} of the audit log says that they are blocked.");
    assert!(sentences.contains(&expected), "{sentences:?}");
}
