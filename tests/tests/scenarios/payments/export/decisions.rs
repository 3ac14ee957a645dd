//! Manipulations of decisions and of the states that follow from them, which the other verifiers accept.

use super::copy::{Copy, Row, first, has_python, hash_line, place, set, text, verify, verify_decisions};
use super::tamperings::{Tampering, end_audit_log_at_last_line};
use super::{SET_ASIDE, export, played, seal_days};
use crate::payments::identity::note;
use evens_tests::Request;
use serde_json::json;

#[rustfmt::skip]
const IN_THE_DECISIONS: &[Tampering] = &[
    ("a held withdrawal is released", |copy| {
        copy.edit("orders", |rows| set(first(rows, "state", "HELD"), "state", "APPROVED"));
    }, "was held and is APPROVED without the approvals that it needs"),
    ("a held withdrawal needed two cashiers, and has one", |copy| {
        copy.edit("orders", |rows| set(first(rows, "amount", "60"), "holdReasons", "large four-eyes"));
    }, "was held and is COMPLETED without the approvals that it needs"),
    ("the player has approved a withdrawal", |copy| {
        forge(copy, "approve-withdrawal", "actor", "42");
        copy.edit("orders", |rows| set(first(rows, "amount", "60"), "approvals", "42@2026-11-23T10:00:00Z"));
    }, "without the approvals that it needs"),
    ("the hold of a withdrawal is gone", |copy| {
        copy.edit("orders", |rows| set(first(rows, "amount", "60"), "holdReasons", ""));
    }, "does not have the approval of "),
    ("a withdrawal has a second attempt", |copy| {
        copy.edit("orders", |rows| set(first(rows, "amount", "60"), "attempt", "2"));
    }, "has more attempts than retries"),
    ("a withdrawal that was rejected was cancelled", |copy| {
        copy.edit("orders", |rows| set(first(rows, "state", "REJECTED"), "state", "CANCELLED"));
    }, "differ about a rejection"),
    ("a deposit was refunded, says the log", |copy| {
        let order = text(first(&mut copy.rows("orders"), "state", "COMPLETED"), "order").to_owned();
        copy.edit("audit", |rows| {
            let line = first(rows, "action", "note-identity");
            for (field, value) in [("action", "refund-deposit"), ("subject", &order), ("after", "REFUNDED")] {
                set(line, field, value);
            }
        });
        log_anew(copy);
    }, "differ about refund-deposit"),
    ("a player is an operator", |copy| {
        copy.edit("users", |rows| set(first(rows, "role", "player"), "role", "operator"));
    }, "another role than operator"),
    ("a player is blocked", |copy| {
        copy.edit("users", |rows| set(first(rows, "role", "player"), "blocked", "true"));
    }, "differ about a block"),
    ("a block did not end", |copy| {
        forge(copy, "unblock-user", "action", "block-user");
    }, "differ about a block"),
    ("an operator has approved a withdrawal", |copy| {
        let of_operator = |row: &&Row| text(row, "after") == "operator";
        let operator = copy.rows("audit").iter().find(of_operator).map(|row| text(row, "subject").to_owned());
        forge(copy, "reject-withdrawal", "actor", &operator.expect("an operator"));
    }, "its actor had no role for reject-withdrawal"),
    ("a player is verified without a word", |copy| {
        copy.edit("players", |rows| set(first(rows, "identity", "not-asked"), "identity", "verified"));
    }, "does not say that the identity of user "),
    ("a check of identity failed", |copy| {
        forge(copy, "note-identity", "after", "refused");
    }, "does not say that the identity of user 42 is verified"),
    ("a limit is gone from the record", |copy| {
        copy.edit("players", |rows| set(first(rows, "settings", "deposits-day"), "settings", ""));
    }, "are not those of their newest change"),
    ("a limit is gone from the record and from its change", |copy| {
        copy.edit("players", |rows| set(first(rows, "settings", "deposits-day"), "settings", ""));
        copy.edit("settings", |rows| set(first(rows, "settings", "deposits-day"), "settings", ""));
    }, "of the settings of user 41 does not follow the previous one"),
    ("the newest change of a limit is gone", |copy| {
        copy.edit("settings", |rows| drop(rows.pop()));
    }, "is not the one of their record"),
    ("a player with changes has no record", |copy| {
        copy.edit("players", |rows| drop(rows.remove(place(rows, "settings", "deposits-day"))));
    }, "have changed settings, but have no record"),
    ("the newest seal is gone", |copy| {
        copy.edit("seals", |rows| drop(rows.pop()));
    }, "was sealed, but that seal is missing"),
    ("a seal is of no line", |copy| {
        copy.edit("seals", |rows| {
            let mut more = rows[1].clone();
            set(&mut more, "day", "2999-01-01");
            rows.push(more);
        });
    }, "has no line about the seal of 2999-01-01"),
];

/// Changes a field of the first line of this action.
fn forge(copy: &Copy, action: &str, field: &str, value: &str) {
    copy.edit("audit", |rows| set(first(rows, "action", action), field, value));
    log_anew(copy);
}

/// Recomputes all hashes of the audit log.
fn log_anew(copy: &Copy) {
    copy.edit("audit", |rows| {
        let mut before = text(&rows[0], "previousHash").to_owned();
        for line in rows.iter_mut() {
            set(line, "previousHash", &before);
            hash_line(line);
            text(line, "hash").clone_into(&mut before);
        }
    });
    end_audit_log_at_last_line(copy);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_verifier_of_decisions_finds_each_state_without_its_decision() {
    if !has_python() {
        eprintln!("skipped: there is no python3 to run docs/books/verify_decisions.py");
        return;
    }
    let scenario = played().await;
    note(&scenario.cashier(), &scenario.player(42), "verified").await.expect(200);
    for limit in [500, 400] {
        let body = json!({ "kind": "deposits", "period": "day", "limit": limit }).to_string();
        let request = Request::new("POST", "/api/limits").json(body);
        scenario.player(41).send(request).await.expect(200);
    }
    seal_days(&scenario).await;
    let folder = tempfile::tempdir().unwrap();
    let books = folder.path().join("books");
    export(&scenario, &books).await;
    // `evens verify` agrees.
    scenario.finish_despite(&[SET_ASIDE]).await;
    for verdict in [verify(&books, None), verify_decisions(&books)] {
        assert_eq!(verdict.code, Some(0), "{verdict:?}");
    }
    for (what, tamper, found) in IN_THE_DECISIONS {
        let copy = Copy::of(&books);
        tamper(&copy);
        copy.cover_up();
        let verdict = verify_decisions(copy.folder());
        assert!(verdict.code == Some(1) && verdict.said.contains(found), "{what}: {verdict:?}");
    }
}
