//! Manipulations of payments in suspense and of the acts that took them out. Claims, returns and disputes each end
//! suspense once.

use super::copy::{Copy, Row, first, has_python, set, text, verify, verify_decisions, verify_suspense};
use super::tamperings::Tampering;
use super::{SET_ASIDE, claimed, export};
use crate::payments::depositing::{load, pay_again};
use crate::payments::disputes::taken_from_suspense;
use evens_tests::{Client, Request, Scenario, await_until};
use serde_json::json;

#[rustfmt::skip]
const IN_SUSPENSE: &[Tampering] = &[
    ("another cashier has approved a claim", |copy| change_claim(copy, |_, payment| format!("given:7:{payment}")),
        "no audit line says that 7 approved the claim of "),
    ("a claim has no cashiers", |copy| change_claim(copy, |_, payment| format!("given::{payment}")),
        "was given to the player without an approval"),
    ("a claim is of another payment", |copy| change_claim(copy, |by, _| format!("given:{by}:pay_none")),
        "to the player, and the deposit ['pay_none']"),
    ("a claim is gone", |copy| change_claim(copy, |_, _| String::new()), "to the player, and the deposit []"),
    ("a claim still waits", |copy| change_claim(copy, |by, payment| format!("waits:{by}:{payment}")),
        "to the player, and the deposit []"),
    ("a claim is not the last one, says the log", |copy| {
        copy.edit("audit", |rows| {
            let line = first(rows, "action", "claim-suspended");
            let after = text(line, "after").replace(", given", "");
            set(line, "after", &after);
        });
    }, "the audit log gives [] to the player"),
    ("a claim is of another payment, says the log", |copy| {
        copy.edit("audit", |rows| {
            set(first(rows, "action", "claim-suspended"), "after", "CLAIMED, pay_none with 1 approvals, given");
        });
    }, "the audit log gives ['pay_none'] to the player"),
    ("a claim has no line", |copy| {
        copy.edit("audit", |rows| rows.retain(|row| text(row, "action") != "claim-suspended"));
    }, "the audit log gives [] to the player"),
    ("a claim is of a deposit that is not there", |copy| {
        copy.edit("audit", |rows| set(first(rows, "action", "claim-suspended"), "subject", "none"));
    }, "there is no deposit none, about which the audit log has claim-suspended"),
    ("a claimed deposit still waits", |copy| {
        copy.edit("orders", |rows| set(first(rows, "state", "CLAIMED"), "state", "UNCLAIMED"));
    }, "is UNCLAIMED, which its claims do not explain"),
    ("a deposit is claimed without a claim", |copy| {
        copy.edit("orders", |rows| set(first(rows, "state", "UNCLAIMED"), "state", "CLAIMED"));
    }, "is CLAIMED, which its claims do not explain"),
    ("a claimed payment is still in suspense", |copy| {
        copy.edit("entries", |rows| rows.retain(|row| !text(row, "key").starts_with("SUSPENSE-OUT:")));
    }, "[] went from suspense to the wallet, not "),
    ("an additional payment was not returned", |copy| {
        copy.edit("orders", |rows| set(returning(rows), "returns", ""));
    }, "and the deposit does not"),
    ("another additional payment was returned", |copy| {
        copy.edit("orders", |rows| set(returning(rows), "returns", "pay_none"));
    }, "and the deposit does not"),
    ("a return has no line", |copy| {
        let order = text(returning(&mut copy.rows("orders")), "order").to_owned();
        copy.edit("audit", |rows| rows.retain(|row| text(row, "subject") != order));
    }, "the audit log has 0 lines about 1 that were sent back"),
    ("a returned deposit has no line", |copy| {
        let order = text(first(&mut copy.rows("orders"), "state", "RETURNED"), "order").to_owned();
        copy.edit("audit", |rows| rows.retain(|row| text(row, "subject") != order));
    }, "the audit log has 0 lines about 1 that were sent back"),
    ("a returned deposit still waits", |copy| {
        copy.edit("orders", |rows| set(first(rows, "state", "RETURNED"), "state", "UNCLAIMED"));
    }, "went back from suspense, not []"),
    ("no payer took a payment back", |copy| {
        copy.edit("orders", |rows| {
            let taken = rows.iter_mut().find(|row| !text(row, "takenBack").is_empty());
            set(taken.expect("one was taken back"), "takenBack", "");
        });
    }, "went back from suspense, not []"),
    ("a payment went back for another deposit", |copy| {
        copy.edit("transfers", |rows| set(first(rows, "key", "SUSPENSE-OUT:"), "reference", "none"));
    }, "no order explains what left suspense for none"),
];

/// Replaces the claim that was given. The change gets its cashiers and its payment.
fn change_claim(copy: &Copy, change: fn(&str, &str) -> String) {
    copy.edit("orders", |rows| {
        let order = first(rows, "claims", "given:");
        let claim = text(order, "claims").to_owned();
        let [_, by, payment] = claim.splitn(3, ':').collect::<Vec<_>>().try_into().expect("a claim");
        set(order, "claims", &change(by, payment));
    });
}

/// The deposit with an additional payment that was returned.
fn returning(rows: &mut [Row]) -> &mut Row {
    rows.iter_mut().find(|row| !text(row, "returns").is_empty()).expect("one was returned")
}

/// A cashier sends back a payment of this deposit.
pub(super) async fn send_back(scenario: &Scenario, order: &str, step: &str) {
    let path = format!("/api/operator/deposits/{order}/{step}");
    let reason = json!({ "reason": "they asked for it" }).to_string();
    scenario.cashier().send(Request::new("POST", path).json(reason)).await.expect(200);
    await_until("a payment that went back", Scenario::DEADLINE, async || {
        load(scenario, order).await.pending_refund().is_none().then_some(())
    })
    .await;
}

/// A deposit whose payment has the wrong amount.
pub(super) async fn set_aside(scenario: &Scenario, player: &Client, key: &str) -> String {
    let opened = player.deposit("100", key).await;
    scenario.sandbox().fault("payment", "wrong-amount", 1).await;
    scenario.sandbox().press(&opened.pay_url, "pay").await;
    scenario.await_deposit(player, &opened.order, "processing").await;
    opened.order
}

#[tokio::test(flavor = "multi_thread")]
async fn each_way_out_of_suspense_has_its_act() {
    if !has_python() {
        eprintln!("skipped: there is no python3 to run docs/books/verify_suspense.py");
        return;
    }
    let scenario = Scenario::start().await;
    let player = scenario.player(41);
    claimed(&scenario, &player).await;
    set_aside(&scenario, &player, "waits").await;
    let returned = set_aside(&scenario, &player, "returned").await;
    send_back(&scenario, &returned, "return").await;
    let twice = player.deposit("100", "twice").await;
    scenario.sandbox().press(&twice.pay_url, "pay").await;
    scenario.await_deposit(&player, &twice.order, "completed").await;
    let second = pay_again(&scenario, &twice.order).await;
    send_back(&scenario, &twice.order, &format!("payments/{second}/return")).await;
    taken_from_suspense(&scenario, &scenario.player(43)).await;
    scenario.await_ended().await;
    let folder = tempfile::tempdir().unwrap();
    let books = folder.path().join("books");
    export(&scenario, &books).await;
    // `evens verify` agrees.
    scenario.finish_despite(&[SET_ASIDE]).await;
    for verdict in [verify(&books, None), verify_decisions(&books)] {
        assert_eq!(verdict.code, Some(0), "{verdict:?}");
    }
    let verdict = verify_suspense(&books);
    let said = "Payments left suspense by a decision or a dispute: 4 payments.\n";
    assert_eq!((verdict.code, verdict.said.as_str()), (Some(0), said));
    for (what, tamper, found) in IN_SUSPENSE {
        let copy = Copy::of(&books);
        tamper(&copy);
        let verdict = verify_suspense(copy.folder());
        assert!(verdict.code == Some(1) && verdict.said.contains(found), "{what}: {verdict:?}");
    }
}
