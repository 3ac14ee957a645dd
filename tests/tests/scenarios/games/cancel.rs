//! Operators view the bets on a period and cancel it, by route and by command. Every stake is refunded, the audit log
//! has its line, and a drawn period is final.

use crate::games::table::Table;
use crate::operations::user_commands::run;
use evens_tests::{Answer, Client, Request, Scenario};
use serde_json::{Value, json};

async fn cancel(client: &Client, table: &Table<'_>, reason: &str) -> Answer {
    let body = json!({ "periodId": table.period.digits(), "reason": reason });
    client.send(Request::new("POST", "/api/games/wingo/300/cancel").json(body.to_string())).await
}

/// The lines of the audit log: actor, action, subject, reason and previous state.
async fn lines(scenario: &Scenario) -> Vec<[String; 5]> {
    let said = scenario.auditor().get(Scenario::AUDIT_LOG).await.expect(200);
    let text = |line: &Value, name: &str| line[name].as_str().map_or(line[name].to_string(), str::to_owned);
    let lines = said["data"].as_array().unwrap().iter();
    lines
        .map(|line| ["actor", "action", "subject", "reason", "before"].map(|name| text(line, name)))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_cancels_a_period_and_every_stake_goes_back() {
    let scenario = Scenario::start().await;
    let table = Table::open(&scenario).await;
    let (one, other) = (scenario.funded(41, "100").await, scenario.funded(42, "100").await);
    for (player, on, stake) in
        [(&one, "SIZE:big", "10"), (&one, "SIZE:big", "5"), (&other, "NUMBER:7", "20.5")]
    {
        table.bet(player, on, stake).await.expect(202);
    }
    let path = format!("/api/games/wingo/300/period/{}/distribution", table.period.digits());
    let actual = scenario.operator().get(&path).await.expect(200);
    let selections = json!([
        { "betType": "NUMBER", "betValue": "7", "bets": 1, "betAmount": 20.5 },
        { "betType": "SIZE", "betValue": "big", "bets": 2, "betAmount": 15 },
    ]);
    assert_eq!(actual["data"]["selections"], selections, "{actual}");
    assert_eq!(actual["data"]["openLanes"], json!([]), "it owes nothing yet");
    // 7 pays 20.5 × 0.98 × 9 and 15 × 0.98 × 2, less the stakes.
    assert_eq!(
        ["state", "players", "bets", "betAmount", "worstCase"].map(|name| actual["data"][name].clone()),
        [json!("OPEN"), json!(2), json!(3), json!(35.5), json!(174.71)]
    );
    assert_eq!((one.get(&path).await.status(), cancel(&one, &table, "mine").await.status()), (403, 403));

    let operator = scenario.operator();
    let cancelled = cancel(&operator, &table, "its seed is gone").await;
    assert_eq!(
        (&cancelled.expect(200)["data"]["state"], cancelled.is_replay()),
        (&json!("CANCELLED"), false)
    );
    let again = cancel(&operator, &table, "once more").await;
    assert!(again.status() == 200 && again.is_replay());
    assert_eq!(table.bet(&one, "SIZE:big", "1").await.problem(), "409 period-state periodId");
    table.await_state("REFUNDED").await;
    assert_eq!(
        (one.balance().await.to_string(), other.balance().await.to_string()),
        ("100".into(), "100".into())
    );
    let bets = one.get("/api/games/my-bets").await.expect(200);
    assert_eq!((&bets["data"][0]["status"], &bets["data"][0]["winAmount"]), (&json!("REFUNDED"), &json!(5)));

    let (before, next) = (table.period.to_string(), table.period.next().to_string());
    let said = run(&scenario, &["periods", "cancel", &before, "--reason", "still"]).await;
    assert_eq!(
        (said.code, said.stdout.as_str()),
        (Some(0), format!("The period {before} was already cancelled.\n").as_str()),
        "{}",
        said.stderr
    );
    let said = run(&scenario, &["periods", "cancel", &next, "--reason", "also gone"]).await;
    assert_eq!(
        (said.code, said.stdout.as_str()),
        (Some(0), format!("Cancelled period {next}: the stakes of 0 bets are returned.\n").as_str()),
        "{}",
        said.stderr
    );
    let lines = lines(&scenario).await;
    let operator = Scenario::OPERATOR.to_string();
    // Closing is logged before cancellation.
    assert_eq!(lines[0], [&*operator, "cancel-period", &before, "its seed is gone", "OPEN"]);
    assert_eq!(lines[1], [&*operator, "cancel-period", &before, "its seed is gone", "CLOSED"]);
    assert_eq!(lines[2][..3], ["command-line", "cancel-period", &next].map(str::to_owned));
    assert!(lines[2][3].starts_with("also gone (by "), "{lines:?}");
    assert_eq!(lines.len(), 4, "{lines:?}");
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drawn_period_is_not_cancelled() {
    let scenario = Scenario::start().await;
    let table = Table::open(&scenario).await;
    table.end().await;
    let settled = table.await_state("SETTLED").await;
    let refused = cancel(&scenario.operator(), &table, "a friend has lost").await;
    assert_eq!(refused.problem(), "409 period-state periodId");
    let id = table.period.to_string();
    let said = run(&scenario, &["periods", "cancel", &id, "--reason", "the same"]).await;
    assert!(said.code == Some(1) && said.stderr.contains("is SETTLED"), "{said:?}");
    assert_eq!(table.await_state("SETTLED").await, settled);
    assert_eq!(lines(&scenario).await, [[""; 5]; 0]);
    scenario.finish().await;
}
