//! Books with the kinds of movements that [`super`] lacks. They cover house games with cash and bonus, a jackpot with
//! contributions, and deposits charged back from a wallet and from suspense. They also cover a payout that arrived
//! after its refund, and a debt that was written off.

use super::copy::{Row, each_is_found, first, has_python, hash_entry, set, text, verify, verify_suspense};
use super::tamperings::Tampering;
use super::{SET_ASIDE, export};
use crate::games::table::Table;
use crate::payments::debts::{paid_after_all, settle};
use crate::payments::disputes::{Disputed, disputed, taken_from_suspense};
use evens_runtime::tokens::Role;
use evens_tests::{PASSWORD, Request, Scenario, await_until, phone};
use serde_json::json;

/// The second operator, who approves a jackpot's terms.
const OTHER_OPERATOR: u64 = 900_031;

#[rustfmt::skip]
const OF_MORE_KINDS: &[Tampering] = &[
    ("a bet on a house game was won by more", |copy| {
        copy.edit("entries", |rows| {
            let entry = first(rows, "key", "WIN:");
            set(entry, "amount", "1000");
            hash_entry(entry);
        });
    }, "does not follow"),
    ("a contribution is there twice", |copy| {
        copy.edit("transfers", |rows| {
            let more = first(rows, "key", "JACKPOT-IN:").clone();
            rows.push(more);
        });
    }, "moved money twice"),
    ("a contribution goes to a friend", |copy| {
        copy.edit("transfers", |rows| set(first(rows, "key", "JACKPOT-IN:"), "to", "receivable:43"));
    }, "no TRANSFER from house to receivable:43 "),
    ("a debt that was given up is another's", |copy| {
        copy.edit("transfers", |rows| set(first(rows, "key", "WRITE-OFF:"), "to", "receivable:43"));
    }, "no TRANSFER from bad-debt to receivable:43 "),
    ("a charge-back has taken nothing", |copy| {
        copy.edit("entries", |rows| rows.retain(|row| !text(row, "key").starts_with("CHARGEBACK:")));
    }, "the wallet of user 41 is not what its entries leave"),
    ("less is owed of what was charged back", |copy| {
        copy.edit("transfers", |rows| set(first(rows, "key", "CHARGEBACK-OWED:"), "amount", "1"));
    }, "not what was charged back of "),
    ("a charge-back is of no order", |copy| {
        copy.edit("transfers", |rows| set(first(rows, "key", "CHARGEBACK-OWED:"), "reference", "none"));
    }, "no order explains CHARGEBACK-OWED:"),
    ("an order that was charged back says that it stays", |copy| {
        copy.edit("orders", |rows| {
            let is_it = |row: &&mut Row| text(row, "state") == "CHARGED_BACK" && text(row, "unclaimed").is_empty();
            set(rows.iter_mut().find(is_it).expect("one that was in a wallet"), "state", "COMPLETED");
        });
    }, "not what was charged back of "),
    ("what a dispute took out of suspense is gone", |copy| {
        copy.edit("transfers", |rows| rows.retain(|row| !text(row, "key").starts_with("SUSPENSE-OUT:")));
    }, "SUSPENSE-OUT:"),
    ("what a dispute took out of suspense went to a friend", |copy| {
        copy.edit("transfers", |rows| set(first(rows, "key", "SUSPENSE-OUT:"), "to", "receivable:43"));
    }, "SUSPENSE-OUT:"),
    ("what a dispute took out of suspense still waits", |copy| {
        copy.edit("orders", |rows| set(first(rows, "unclaimed", "other-amount"), "state", "UNCLAIMED"));
    }, "no order explains SUSPENSE-OUT:"),
    ("a payout after its return is gone", |copy| {
        copy.edit("transfers", |rows| rows.retain(|row| !text(row, "key").starts_with("PAID-AFTER-RETURN:")));
    }, "PAID-AFTER-RETURN:"),
];

pub(super) async fn played(scenario: &Scenario) {
    let terms = json!({
        "expectedVersion": 0, "startAmount": 1_000, "rate": 0.003, "reserveRate": 0.001, "odds": 1_000_000,
        "reason": "a good start",
    });
    scenario.enrol(OTHER_OPERATOR, Role::Operator).await;
    for operator in [scenario.operator(), scenario.client(OTHER_OPERATOR, Role::Operator)] {
        let wanted = Request::new("PATCH", "/api/jackpots/minor/config").json(terms.to_string());
        operator.send(wanted).await.expect(200);
    }
    let contribution = json!({ "opId": "op-1", "minor": 4 }).to_string();
    let contributed = Request::new("POST", "/api/jackpots/contribute").json(contribution);
    scenario.operator().send(contributed).await.expect(200);
    let table = Table::open(scenario).await;
    let player = scenario.signed_up(&phone(1), PASSWORD).await;
    scenario.fund(player.user.number(), "100").await;
    await_until("the bonus of the sign-up", Scenario::DEADLINE, async || {
        let wallet = player.get("/api/wallet").await.expect(200);
        (wallet["data"]["bonusBalance"] == json!(25)).then_some(())
    })
    .await;
    // Stakes are taken from the bonus first, and the rest from cash.
    for on in ["SIZE:big", "SIZE:small"] {
        table.bet(&player, on, "20").await.expect(202);
    }
    table.end().await;
    table.await_state("SETTLED").await;
}

async fn owed(scenario: &Scenario) {
    let player = scenario.funded(42, "100").await;
    paid_after_all(scenario, &player).await;
    settle(&scenario.cashier(), &player, "write-off").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn books_of_games_jackpots_and_debts_are_checked_by_the_page_alone() {
    if !has_python() {
        eprintln!("skipped: there is no python3 to run docs/books/verify_books.py");
        return;
    }
    let scenario = Scenario::start().await;
    played(&scenario).await;
    owed(&scenario).await;
    let Disputed { player, taken, .. } = disputed(&scenario, scenario.player(41)).await;
    taken_from_suspense(&scenario, &scenario.player(43)).await;
    // The dispute may already hold the withdrawal, or may have come too late for that.
    let _ = player.post(&format!("/api/withdrawals/{taken}/cancel")).await;
    scenario.await_ended().await;
    let folder = tempfile::tempdir().unwrap();
    let books = folder.path().join("books");
    let seal = export(&scenario, &books).await;
    // `evens verify` agrees.
    scenario.finish_despite(&[SET_ASIDE]).await;
    for verdict in [verify(&books, Some(&seal)), verify_suspense(&books)] {
        assert_eq!(verdict.code, Some(0), "{verdict:?}");
    }
    each_is_found(&books, OF_MORE_KINDS);
}
