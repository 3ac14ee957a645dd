//! A period without bets: it leaves one item in the table, and every route answers about it as about any other period.

use crate::games::every::check_by_strangers;
use crate::games::table::{Table, path_of};
use evens_records::Record;
use evens_tests::{Request, Scenario};
use serde_json::{Value, json};

/// The kinds of the period's records.
async fn records(scenario: &Scenario, table: &Table<'_>) -> Vec<&'static str> {
    let mut found = Vec::new();
    let each = |record| match record {
        Ok(Record::Period(period)) if period.id == table.period => found.push("period"),
        Ok(Record::ArchivedPeriod(period)) if period.id == table.period => found.push("archived period"),
        Ok(Record::PeriodResult(id, _)) if id == table.period => found.push("result"),
        Ok(Record::PeriodSeed(id, _)) if id == table.period => found.push("seed"),
        Ok(Record::PeriodShard(shard)) if shard.period == table.period => found.push("shard"),
        Ok(_) => {}
        Err(error) => panic!("{error}"),
    };
    scenario.context().store.scan(each).await.expect("the table");
    found.sort_unstable();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_period_without_bets_is_one_item_and_answers_as_any_other() {
    let scenario = Scenario::start().await;
    let table = Table::open(&scenario).await;
    let player = scenario.funded(41, "100").await;
    assert_eq!(records(&scenario, &table).await, ["period", "seed"]);
    table.close().await;
    let closed = table.await_state("CLOSED").await;
    table.end().await;
    let settled = table.await_state("SETTLED").await;
    assert_eq!(records(&scenario, &table).await, ["archived period"]);

    for name in ["gameType", "duration", "periodId", "rules", "opensAt", "closesAt", "endsAt"] {
        assert_eq!(settled[name], closed[name], "{name}");
    }
    assert_eq!(settled["verification"]["seedHash"], table.seed_hash);
    assert_eq!(settled["verification"]["source"], closed["verification"]["source"]);
    let names = |value: &Value| {
        let names: Vec<_> = value.as_object().expect("an object").keys().cloned().collect();
        names.join(" ")
    };
    let said = "closesAt duration endsAt gameType opensAt periodId result rules state verification";
    assert_eq!(names(&settled), said);
    let said = "block blockId blockTime entropy hash link message seed seedHash signature source time";
    assert_eq!(names(&settled["verification"]), said);
    // The command and the script recompute the draw from the answer.
    check_by_strangers(&scenario, &table).await;

    let (path, id) = (path_of(table.period.room), table.period.digits());
    let last = scenario.visitor().get(&format!("{path}/last-result")).await.expect(200);
    let history = scenario.visitor().get(&format!("{path}/history")).await.expect(200);
    assert_eq!((&last["data"], &last["data"]["result"]), (&history["data"][0], &settled["result"]));
    assert_eq!(history["data"][0]["eventId"], table.period.to_string());
    let shown = scenario.visitor().get(&format!("{path}/period/{id}")).await;
    assert_eq!(shown.header("cache-control"), Some("public, max-age=31536000, immutable"));

    let late = table.bet(&player, "PARITY:odd", "10").await;
    assert_eq!(late.problem(), "409 period-state periodId");
    let operator = scenario.operator();
    let distribution = operator.get(&format!("{path}/period/{id}/distribution")).await.expect(200);
    assert_eq!(
        ["state", "players", "bets", "openLanes"].map(|name| distribution["data"][name].clone()),
        [json!("SETTLED"), json!(0), json!(0), json!([])]
    );
    let body = json!({ "periodId": id, "reason": "too late" }).to_string();
    let cancelled = operator.send(Request::new("POST", format!("{path}/cancel")).json(body)).await;
    assert_eq!(cancelled.problem(), "409 period-state periodId");
    scenario.finish().await;
}
