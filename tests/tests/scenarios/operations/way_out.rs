//! Resolving stuck money: operators refund and void by route and by command, dead letters name the possible actions,
//! and ledger entries are found by key and by reference.

use crate::operations::sweep::{TELLS_OF_SWEEPS, await_own_sweep};
use crate::operations::user_commands::run;
use aws_sdk_dynamodb::types::AttributeValue;
use evens_contracts::Queue;
use evens_draws::{Nonce, Seed};
use evens_exchange::{
    Draw, DrawRule, Match, OpposedBets, Outcome, PlaceBet, Round, RoundState, RoundTerms, Side, Stake,
    draw_match, join,
};
use evens_idempotency::BetId;
use evens_ledger::{Amount, UserId};
use evens_runtime::Settings;
use evens_tests::{Answer, Client, Request, Scenario};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::collections::HashMap;

pub(crate) async fn act(client: &Client, path: &str, reason: &str) -> Answer {
    client.send(Request::new("POST", path).json(json!({ "reason": reason }).to_string())).await
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

/// A match of users 41 and 42 over 5, joined this long ago in an even older round.
pub(crate) async fn joined(scenario: &Scenario, round: &str, ago: SignedDuration) -> Match {
    let (store, then) = (&scenario.context().store, Timestamp::now() - ago);
    let terms = RoundTerms::endless(round.parse().unwrap(), Draw::Match, Amount::ZERO);
    let seed = Seed::from_bytes([5; 32]);
    store.open_round(Round::open(terms, &seed, then), &seed).await.unwrap();
    let mut waiting = Vec::new();
    for (number, side) in [(41, Side::A), (42, Side::B)] {
        let user = UserId::new(number).unwrap();
        let command = PlaceBet {
            bet: BetId::derive(user, &round.parse().unwrap()),
            user,
            round: round.parse().unwrap(),
            side,
            stake: Stake::parse("5".parse().unwrap()).unwrap(),
            nonce: Nonce::from_bytes([6; 32]),
            by_staff: false,
            barred: None,
            session_started_at: then,
            session_epoch: 0,
        };
        store.place_bet(&command, Settings::local().betting, then).await.unwrap();
        let bet = store.load_bet(command.bet).await.unwrap().unwrap();
        waiting.push(store.load_waiting(&bet).await.unwrap().unwrap());
    }
    let plan = join(&OpposedBets::of(&waiting[0], &waiting[1], Amount::ZERO).unwrap(), then);
    store.join_bets(&plan, Side::A, &Draw::Match).await.unwrap();
    plan.bet_match
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_gives_back_what_waits() {
    let scenario = Scenario::start().await;
    let player = scenario.funded(41, "100").await;
    let first = player.bet("r", "A", "30").await;
    let second = player.bet("r", "A", "20").await;
    let path = |id: &str| format!("/api/operator/bets/{id}/refund");
    let answer = act(&scenario.operator(), &path(&first.bet_id), "its place is stuck").await.expect(200);
    assert_eq!((&answer["data"]["refunded"], &answer["data"]["balance"]), (&json!(30), &json!(80)));
    let again = act(&scenario.operator(), &path(&first.bet_id), "once more").await;
    assert_eq!(again.problem(), "409 nothing-to-refund -");
    assert_eq!(act(&player, &path(&second.bet_id), "mine").await.status(), 403);
    assert_eq!(
        act(&scenario.operator(), &path(&BetId::derive(player.user, &"x".parse().unwrap()).to_string()), "x")
            .await
            .status(),
        404
    );

    let said = run(&scenario, &["bets", "refund", &second.bet_id, "--reason", "also stuck"]).await;
    assert_eq!(
        (said.code, said.stdout.as_str()),
        (Some(0), format!("Refunded 20 of bet {} to user 41.\n", second.bet_id).as_str()),
        "{}",
        said.stderr
    );
    let said = run(&scenario, &["bets", "refund", &second.bet_id, "--reason", "also stuck"]).await;
    assert!(said.code == Some(1) && said.stderr.contains("has no unmatched part"), "{said:?}");
    assert_eq!(player.balance().await.to_string(), "100");
    let lines = lines(&scenario).await;
    assert_eq!(lines.len(), 2, "{lines:?}");
    let operator = Scenario::OPERATOR.to_string();
    assert_eq!(lines[0], [&*operator, "refund-bet", &first.bet_id, "its place is stuck", "30 waits"]);
    assert_eq!(lines[1][..3], ["command-line", "refund-bet", &second.bet_id].map(str::to_owned));
    assert!(lines[1][3].starts_with("also stuck (by "), "{lines:?}");
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_match_that_nothing_ends_is_voided() {
    let scenario = Scenario::start_with(TELLS_OF_SWEEPS).await;
    // Its sweep would find and settle them.
    await_own_sweep(&scenario).await;
    let (one, other) = (scenario.funded(41, "100").await, scenario.funded(42, "100").await);
    let path = |found: &Match| format!("/api/operator/rounds/{}/matches/{}/void", found.round, found.id);
    let new = joined(&scenario, "new", SignedDuration::from_mins(1)).await;
    let early = act(&scenario.operator(), &path(&new), "too early").await;
    assert_eq!(early.problem(), "409 too-early matchId");
    let old = joined(&scenario, "old", SignedDuration::from_mins(11)).await;
    let answer = act(&scenario.operator(), &path(&old), "its seed is gone").await.expect(200);
    assert_eq!(
        answer["data"],
        json!({ "matchId": old.id.to_string(), "roundId": "old", "status": "VOID", "refunded": 5 })
    );
    assert_eq!(act(&scenario.operator(), &path(&old), "again").await.status(), 409);
    // In a round with a public seed, every client can compute the winner before the draw.
    let public = joined(&scenario, "public", SignedDuration::from_mins(11)).await;
    let store = &scenario.context().store;
    let read = store.load_round(&public.round).await.unwrap().unwrap();
    let state = RoundState::Closed { closed_at: Timestamp::now(), seed: Some(Seed::from_bytes([5; 32])) };
    store.move_round(&read, Round { state, ..read.clone() }).await.unwrap();
    let refused = act(&scenario.operator(), &path(&public), "I have lost it").await;
    assert_eq!(refused.problem(), "409 round-state matchId");
    let oldest = joined(&scenario, "oldest", SignedDuration::from_mins(20)).await;
    let said =
        run(&scenario, &["matches", "void", "oldest", &oldest.id.to_string(), "--reason", "stuck"]).await;
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    scenario.sweep_later().await;
    scenario.await_ended().await;
    let sum = one.balance().await.units() + other.balance().await.units();
    assert_eq!(Amount::from_units(sum).unwrap().to_string(), "200", "one of them has won the new one");
    let actions: Vec<_> =
        lines(&scenario).await.into_iter().map(|[_, action, subject, ..]| (action, subject)).collect();
    let void = |found: &Match| ("void-match".to_owned(), found.id.to_string());
    assert_eq!(actions, [void(&old), void(&oldest)]);
    // A void without its line in the audit log would violate M7: the auditor relies on that line.
    scenario.finish().await;
}

/// A drawn match is voided only if its winner's balance cannot hold the payout.
#[tokio::test(flavor = "multi_thread")]
async fn a_match_whose_winner_cannot_be_paid_is_voided() {
    let scenario = Scenario::start_with(TELLS_OF_SWEEPS).await;
    await_own_sweep(&scenario).await;
    let (one, other) = (scenario.funded(41, "100").await, scenario.funded(42, "100").await);
    let found = joined(&scenario, "full", SignedDuration::from_mins(11)).await;
    let store = &scenario.context().store;
    let winner = draw_match(DrawRule::Nonces, &Seed::from_bytes([5; 32]), &found);
    store.draw_match(&found, Outcome { winner, drawn_at: Timestamp::now() }).await.unwrap();
    let path = format!("/api/operator/rounds/full/matches/{}/void", found.id);
    let refused = act(&scenario.operator(), &path, "I do not like it").await;
    assert_eq!(refused.problem(), "409 round-state matchId");
    // Beside the 95, there is room for the stake of 5 but not for the payout of 10.
    let rest = "99999999999999999992.99999999".parse::<Amount>().unwrap();
    let rest = rest.checked_sub("95".parse().unwrap()).unwrap();
    let id = UserId::new(if winner == Side::A { 41 } else { 42 }).unwrap();
    store.fund_wallet(id, rest, "nearly-full", Timestamp::now()).await.unwrap();
    act(&scenario.operator(), &path, "its winner is rich").await.expect(200);
    let (lucky, unlucky) = if winner == Side::A { (one, other) } else { (other, one) };
    assert_eq!(lucky.balance().await.to_string(), "99999999999999999997.99999999");
    assert_eq!(unlucky.balance().await.to_string(), "100");
    let [[_, action, subject, reason, before]] = lines(&scenario).await.try_into().expect("one line");
    assert_eq!((action, subject), ("void-match".to_owned(), found.id.to_string()));
    assert_eq!((reason.as_str(), before.as_str()), ("its winner is rich", "DRAWN"));
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_letter_names_the_way_out() {
    let scenario = Scenario::start().await;
    let player = scenario.funded(41, "100").await;
    let placed = player.bet("r", "A", "30").await;
    let body = json!({ "type": "payout", "data": { "betId": placed.bet_id } }).to_string();
    let letter = scenario.put_dead_letter(Queue::Refund, "41", &body).await.to_string();
    let way_out = async || {
        let path = format!("/api/operator/dead-letters/{letter}");
        let found = scenario.operator().get(&path).await.expect(200)["data"]["letter"].clone();
        assert_eq!(found["jobId"], format!("refund:{}", placed.bet_id));
        found["now"]["wayOut"].clone()
    };
    let expected = format!("POST /api/operator/bets/{}/refund", placed.bet_id);
    assert_eq!(way_out().await, json!(expected));
    let said = run(&scenario, &["dead-letters", "show", &letter]).await;
    assert!(said.stdout.contains(&format!("way out        {expected}\n")), "{}", said.stdout);
    act(&scenario.operator(), expected.strip_prefix("POST ").unwrap(), "stuck").await.expect(200);
    assert_eq!(way_out().await, Value::Null, "there is nothing to be given back any more");
    scenario.delete_dead_letters(Queue::Refund).await;
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_are_looked_up_by_key_and_by_reference() {
    let scenario = Scenario::start().await;
    let player = scenario.funded(41, "100").await;
    let placed = player.bet("r", "A", "30").await;
    let find = async |query: String| {
        scenario.operator().get(&format!("/api/operator/ledger?{query}")).await.expect(200)
    };
    let key = format!("BET:{}", placed.bet_id);
    for query in [format!("key={key}"), format!("reference={}", placed.bet_id), format!("user=41&key={key}")]
    {
        let found = find(query).await;
        assert_eq!((&found["userId"], &found["complete"]), (&json!(41), &json!(true)));
        assert_eq!(
            (&found["data"][0]["idempotentKey"], &found["data"][0]["betId"]),
            (&json!(key), &json!(placed.bet_id))
        );
        assert_eq!(found["data"].as_array().unwrap().len(), 1);
    }
    assert_eq!(find("key=BET:nobody".to_owned()).await["userId"], Value::Null);
    let said = run(&scenario, &["ledger", "--key", &key]).await;
    assert!(said.code == Some(0) && said.stdout.contains(&key), "{said:?}");
    let said = run(&scenario, &["ledger", "--reference", "nothing"]).await;
    assert!(said.code == Some(1) && said.stderr.contains("--user"), "{said:?}");
    scenario.finish().await;
}

/// D3, D15: internal failures get the old system's texts, without the cause.
#[tokio::test(flavor = "multi_thread")]
async fn a_sign_up_and_a_login_that_fail_inside_say_so_in_the_old_words() {
    let scenario = Scenario::start().await;
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let item = HashMap::from([
        ("pk".to_owned(), text("PHONE#+919876543210")),
        ("sk".to_owned(), text("LOGIN")),
        ("kind".to_owned(), text("login")),
    ]);
    let table = &scenario.context().settings.table;
    scenario.dynamodb().put_item().table_name(table).set_item(Some(item.clone())).send().await.unwrap();
    let body = json!({ "phoneNo": "9876543210", "password": "correct horse" });
    let signed_up = scenario.sign_up(&body).await;
    let logged_in = scenario.log_in("9876543210", "correct horse").await;
    for (answer, said) in [(signed_up, "Error during registration"), (logged_in, "An error occurred")] {
        let actual = ["success", "message", "detail"].map(|name| answer.json()[name].clone());
        assert_eq!((answer.status(), actual), (500, [json!(false), json!(said), json!(said)]));
    }
    let key = HashMap::from(["pk", "sk"].map(|name| (name.to_owned(), item[name].clone())));
    scenario.dynamodb().delete_item().table_name(table).set_key(Some(key)).send().await.unwrap();
    scenario.finish_despite(&["corrupt", "with 500"]).await;
}
