//! A cashier gives a statement file by the API. The report is that of `evens reconcile`, and the audit log has a line.

use super::reconcile::{moved, reconcile, today};
use super::withdrawing::audit_lines;
use evens_contracts::FILE_TYPE;
use evens_http::FILE_SIZE_MAX;
use evens_ledger::{Digest, UserId};
use evens_runtime::tokens::Role;
use evens_tests::{Answer, Client, Request, Scenario};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::time::Duration;

const HEAD: &str = "at,kind,id,reference,amount,currency\n";

/// A day that is final, and without movements.
const DAY: &str = "2026-01-05";

async fn give(cashier: &Client, query: &str, statement: &str) -> Answer {
    let request = Request::new("POST", format!("/api/operator/reconciliations?{query}"));
    cashier.send(Request { body: statement.into(), ..request }.header("content-type", FILE_TYPE)).await
}

pub(super) async fn give_of(cashier: &Client, day: &str, statement: &str) -> Answer {
    give(cashier, &format!("provider=sandbox&day={day}"), statement).await
}

/// The parts of a report that the command prints, too.
fn printed(report: &Value) -> Value {
    json!({
        "at": report["data"]["at"],
        "lines": report["data"]["lines"],
        "counts": report["data"]["counts"],
        "closing": report["data"]["closing"],
        "differences": report["differences"],
        "notFinalBefore": report["notFinalBefore"],
    })
}

/// The same parts of the command's output, in which amounts are texts.
fn printed_by_command(found: &Value) -> Value {
    let number =
        |text: &Value| -> Value { serde_json::from_str(text.as_str().expect("a text")).expect("a number") };
    let mut found = found.clone();
    for (_, amount) in found["closing"].as_object_mut().expect("the balances") {
        *amount = number(amount);
    }
    for difference in found["differences"].as_array_mut().expect("differences") {
        for side in ["stated", "booked"] {
            difference[side] = number(&difference[side]);
        }
    }
    json!({
        "at": found["at"],
        "lines": found["lines"],
        "counts": found["counts"],
        "closing": found["closing"],
        "differences": found["differences"],
        "notFinalBefore": found["notFinalBefore"],
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_has_the_report_of_the_command_and_a_line_of_the_log() {
    let scenario = Scenario::start().await;
    let (cashier, auditor) = (scenario.cashier(), scenario.auditor());
    let statement = format!("{HEAD}{DAY}T08:00:00Z,payment,pay_1,none-of-ours,100,INR\n");
    let given = give_of(&cashier, DAY, &statement).await;
    let report = given.expect(201);
    assert!(!given.is_replay());
    let id = format!("{DAY}:sandbox.file:{}", Digest::of(statement.as_bytes()));
    assert_eq!((&report["data"]["reportId"], &report["data"]["lines"]), (&json!(id), &json!(1)), "{report}");
    assert_eq!(report["data"]["counts"], json!({ "unknown-reference": 1 }));
    let found = json!([{ "kind": "unknown-reference", "subject": "pay_1", "orderId": null, "stated": 1, "booked": 0 }]);
    assert_eq!((&report["differences"], &report["notFinalBefore"]), (&found, &json!(null)));
    let line = (Scenario::CASHIER.to_string(), "compare-statement".to_owned(), id.clone());
    assert_eq!(audit_lines(&scenario).await, std::slice::from_ref(&line));

    let again = give_of(&cashier, DAY, &statement).await;
    assert_eq!((again.expect(200), again.is_replay()), (report.clone(), true));
    assert_eq!(audit_lines(&scenario).await, [line], "a repeat adds no line");
    let (code, found) = reconcile(&scenario, DAY.parse().expect("a day"), Some(&statement)).await;
    assert_eq!((code, printed_by_command(&found)), (Some(1), printed(&report)));
    let stored = auditor.get(&format!("/api/operator/reconciliations/{id}")).await.expect(200);
    assert_eq!((&stored["data"], &stored["differences"]), (&report["data"], &report["differences"]));
    scenario.finish().await;
}

/// A day that is not final has a report that is not stored, so each comparison has its line.
#[tokio::test(flavor = "multi_thread")]
async fn a_day_that_is_not_final_is_compared_and_no_report_is_stored() {
    let scenario = Scenario::start().await;
    let (player, cashier, day) = (scenario.funded(41, "10").await, scenario.cashier(), today());
    let [deposit, _] = moved(&scenario, &player).await;
    let good = scenario.sandbox().statement(day).await;
    let without: Vec<_> = good.lines().filter(|line| !line.contains(&deposit)).collect();
    let without = without.join("\n") + "\n";
    let before = scenario.books().await;
    for (statement, counts) in [(&good, json!({})), (&without, json!({ "missing-at-provider": 1 }))] {
        let report = give_of(&cashier, &day.to_string(), statement).await.expect(200);
        assert_eq!(report["data"]["counts"], counts, "{report}");
        assert!(report["notFinalBefore"].is_string(), "{report}");
        let (_, found) = reconcile(&scenario, day, Some(statement)).await;
        let [mut given, mut commanded] = [printed(&report), printed_by_command(&found)];
        for compared in [&mut given, &mut commanded] {
            compared["at"] = json!("the time of the comparison");
        }
        assert_eq!(given, commanded);
    }
    let after = scenario.books().await;
    assert_eq!((before.transfers, before.wallets), (after.transfers, after.wallets), "nothing is repaired");
    assert_eq!(audit_lines(&scenario).await.len(), 2);
    assert_eq!(cashier.get("/api/operator/reconciliations").await.expect(200)["data"], json!([]));
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_compared_is_refused_and_names_its_line() {
    let scenario = Scenario::start().await;
    let cashier = scenario.cashier();
    let bad = format!("{HEAD}{DAY}T08:00:00Z,payment,pay_1,x,1,INR\nnot,a,line\n");
    let refused = give_of(&cashier, DAY, &bad).await;
    assert_eq!(refused.problem(), "422 invalid statement");
    let said = "statement cannot be read: line 3: it has 3 fields instead of 6";
    assert_eq!(refused.json()["detail"], said);
    for (query, said) in [
        ("provider=sandbox", "day is missing"),
        ("provider=sandbox&day=2999-01-05", "day has not begun"),
        ("day=2026-01-05", "provider is missing"),
        ("provider=other&day=2026-01-05", "provider must be sandbox"),
    ] {
        let refused = give(&cashier, query, HEAD).await;
        assert_eq!(refused.status(), 422, "{query}: {refused:?}");
        let detail = refused.json()["detail"].as_str().expect("a detail").to_owned();
        assert!(detail.starts_with(said), "{query}: {detail}");
    }
    // Lines of 64 KiB, so that only the file is too large.
    let long = format!("{HEAD}{}", format!("{}\n", "x".repeat(65_535)).repeat(48));
    assert!(long.len() > FILE_SIZE_MAX, "{}", long.len());
    assert_eq!(give_of(&cashier, DAY, &long).await.problem(), "413 payload-too-large -");
    let as_json = Request::new("POST", format!("/api/operator/reconciliations?provider=sandbox&day={DAY}"));
    assert_eq!(cashier.send(as_json.json("{}")).await.problem(), "415 unsupported-media-type -");
    assert_eq!(audit_lines(&scenario).await, []);
    scenario.finish().await;
}

/// A file of nearly 3 MiB is taken, although other bodies have at most 64 KiB.
#[tokio::test(flavor = "multi_thread")]
async fn a_large_file_is_compared() {
    let scenario = Scenario::start().await;
    let lines = (0..50_000).map(|number| format!("{DAY}T08:00:00Z,payment,pay_{number},x{number},100,INR\n"));
    let statement: String = [HEAD.to_owned()].into_iter().chain(lines).collect();
    assert!((FILE_SIZE_MAX * 3 / 4..FILE_SIZE_MAX).contains(&statement.len()), "{}", statement.len());
    let report = give_of(&scenario.cashier(), DAY, &statement).await.expect(201);
    assert_eq!(report["data"]["counts"], json!({ "unknown-reference": 50_000 }));
    assert_eq!(report["differences"].as_array().map(Vec::len), Some(500));
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_cashier_who_logged_in_just_now_gives_a_statement() {
    let scenario = Scenario::start().await;
    for client in [scenario.operator(), scenario.auditor(), scenario.player(41)] {
        assert_eq!(give_of(&client, DAY, HEAD).await.problem(), "403 forbidden -");
    }
    let (cashier, earlier) = (UserId::new(Scenario::CASHIER).unwrap(), SignedDuration::from_mins(16));
    let hour = Duration::from_hours(1);
    let old = scenario.signer().sign(cashier, Role::Cashier, Timestamp::now() - earlier, hour);
    let old = scenario.bearer(old.expect("a token"));
    assert_eq!(give_of(&old, DAY, HEAD).await.problem(), "403 login-too-old -");
    assert_eq!(audit_lines(&scenario).await, []);
    give_of(&scenario.cashier(), DAY, HEAD).await.expect(201);
    scenario.finish().await;
}

/// Each comparison reads the whole table.
#[tokio::test(flavor = "multi_thread")]
async fn statements_have_a_budget_of_their_own() {
    let scenario = Scenario::start_with(&[("EVENS_RATE_LIMITS", "statements=3/24h")]).await;
    let cashier = scenario.cashier();
    for day in ["2026-01-05", "2026-01-06", "2026-01-07"] {
        give_of(&cashier, day, HEAD).await.expect(201);
    }
    let refused = give_of(&cashier, "2026-01-08", HEAD).await;
    assert_eq!(
        (refused.status(), refused.header("ratelimit-policy")),
        (429, Some("\"statements\";q=3;w=86400"))
    );
    assert_eq!(audit_lines(&scenario).await.len(), 3);
    cashier.get("/api/operator/reconciliations").await.expect(200);
    scenario.finish().await;
}

/// In an earlier version, fifty statements of a later day hid all reports before it from the auditor.
#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_in_the_list_however_many_follow() {
    let scenario = Scenario::start_with(&[("EVENS_RATE_LIMITS", "statements=200/1m")]).await;
    let (cashier, auditor) = (scenario.cashier(), scenario.auditor());
    let differs = format!("{HEAD}{DAY}T08:00:00Z,payment,pay_1,none-of-ours,100,INR\n");
    let hidden = give_of(&cashier, DAY, &differs).await.expect(201)["data"]["reportId"].clone();
    for number in 0..51 {
        let other = format!("{HEAD}2026-01-01T08:00:00Z,payment,pay_{number},x,100,INR\n");
        give_of(&cashier, "2026-01-07", &other).await.expect(201);
    }
    let (mut found, mut path) = (Vec::new(), "/api/operator/reconciliations".to_owned());
    loop {
        let page = auditor.get(&path).await.expect(200);
        found.extend(
            page["data"].as_array().expect("reports").iter().map(|report| report["reportId"].clone()),
        );
        assert_eq!(page["hasMore"], json!(page["nextCursor"].is_string()));
        let Some(cursor) = page["nextCursor"].as_str() else { break };
        path = format!("/api/operator/reconciliations?cursor={cursor}");
    }
    assert_eq!((found.len(), found.last()), (52, Some(&hidden)));
    let wrong = auditor.get("/api/operator/reconciliations?cursor=x").await;
    assert_eq!(wrong.problem(), "422 invalid cursor");
    scenario.finish().await;
}
