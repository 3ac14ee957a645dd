//! Permissions on jackpots: actions that need two operators, and actions that a partner's system may take.

use super::{
    OTHER_OPERATOR, agree, amount, amount_of, ask, contribute, started, started_with, terms, win_body,
};
use crate::operations::user_commands::run;
use evens_ledger::UserId;
use evens_runtime::tokens::Role;
use evens_tests::Scenario;
use futures::future::join_all;
use jiff::Timestamp;
use serde_json::{Value, json};

/// The account of a partner's system.
const CONTRIBUTOR: u64 = 900_032;

/// An operator who set terms alone could let a friend win on the old terms, contribute, or change them during a win.
/// That works with small starts and long odds as well as with large ones.
#[tokio::test(flavor = "multi_thread")]
async fn terms_are_changed_by_two_operators_whatever_they_are() {
    let scenario = started().await;
    let operator = scenario.operator();
    let other = scenario.client(OTHER_OPERATOR, Role::Operator);
    let (mut least, mut long) = (terms(0, 1), terms(1, 1));
    (least["startAmount"], least["rate"]) = (json!("0.00000001"), json!(0.000_001));
    long["odds"] = json!(100_000_000_000_u64);
    for small in [least, long] {
        let asked =
            [(&operator, "PROPOSED", false), (&operator, "PROPOSED", true), (&other, "CHANGED", false)];
        for (client, status, is_replay) in asked {
            let said = ask(client, "PATCH", "mega/config", small.clone()).await;
            assert_eq!(
                (&said.expect(200)["status"], said.is_replay()),
                (&json!(status), is_replay),
                "{small}"
            );
        }
    }
    for id in ["op-1", "op-2"] {
        contribute(&scenario, id, json!({ "minor": 10_000 })).await.expect(200);
    }
    ask(&operator, "POST", "minor/win", win_body("much", None)).await.expect(200);
    // A different proposal by another operator is separate and leaves the first in place.
    for (client, start) in [(&operator, 1_001), (&other, 1_002)] {
        let proposed = ask(client, "PATCH", "minor/config", terms(1, start)).await.expect(200);
        assert_eq!(proposed["status"], json!("PROPOSED"));
    }
    let listed = operator.get("/api/operator/jackpots/proposals").await.expect(200);
    let mut of_terms = proposed_starts(&listed);
    of_terms.sort_unstable();
    assert_eq!(of_terms, [(1_001, Scenario::OPERATOR), (1_002, OTHER_OPERATOR)]);
    let of = |kind: &str, field: &str| listed[kind][0][field].clone();
    assert_eq!(of("terms", "group"), json!("minor"));
    assert_eq!((of("wins", "opId"), of("wins", "proposedBy")), (json!("much"), json!(Scenario::OPERATOR)));
    // The proposal of an operator who has since been blocked does not count.
    let blocked = UserId::new(OTHER_OPERATOR).unwrap();
    scenario.set_blocked(blocked, true).await;
    let listed = operator.get("/api/operator/jackpots/proposals").await.expect(200);
    assert_eq!(proposed_starts(&listed), [(1_001, Scenario::OPERATOR)]);
    assert_eq!(listed["wins"].as_array().unwrap().len(), 1);
    let alone = ask(&operator, "PATCH", "minor/config", terms(1, 1_002)).await.expect(200);
    assert_eq!(alone["status"], json!("PROPOSED"));
    scenario.finish().await;
}

/// The proposed start amounts with their proposers.
fn proposed_starts(listed: &Value) -> Vec<(u64, u64)> {
    let of = |proposed: &Value| {
        Some((proposed["terms"]["startAmount"].as_u64()?, proposed["proposedBy"].as_u64()?))
    };
    listed["terms"].as_array().into_iter().flatten().filter_map(of).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contributor_contributes_and_does_nothing_else() {
    let scenario = started().await;
    scenario.enrol(CONTRIBUTOR, Role::Contributor).await;
    let partner = scenario.client(CONTRIBUTOR, Role::Contributor);
    let body = json!({ "opId": "op-1", "minor": 10_000 });
    for is_replay in [false, true] {
        let made = ask(&partner, "POST", "contribute", body.clone()).await;
        assert_eq!((made.status(), made.is_replay()), (200, is_replay));
    }
    // An operation id belongs to its caller. Another caller cannot use it.
    let others = ask(&scenario.operator(), "POST", "contribute", body).await;
    assert_eq!(others.problem(), "409 idempotency-key-reused opId");
    let more = json!({ "opId": "op-2", "minor": 1, "major": "10000.00000001" });
    assert_eq!(ask(&partner, "POST", "contribute", more).await.problem(), "422 invalid major");
    for (method, path, body) in
        [("POST", "minor/win", win_body("win", Some("1"))), ("PATCH", "minor/config", terms(1, 2_000))]
    {
        assert_eq!(ask(&partner, method, path, body).await.problem(), "403 forbidden -");
    }
    assert_eq!(partner.get("/api/operator/jackpots/proposals").await.problem(), "403 forbidden -");
    scenario.finish().await;
}

/// A contributor to a jackpot with a forced win would choose the time, and a friend would bet then. With a limit just
/// above the start, one operator alone made the house pay the start again and again.
#[tokio::test(flavor = "multi_thread")]
async fn a_jackpot_with_a_limit_takes_no_contributions_by_route() {
    let scenario = started().await;
    let operator = scenario.operator();
    let before = json!({ "opId": "before", "major": 4 });
    ask(&operator, "POST", "contribute", before.clone()).await.expect(200);
    let mut drain = terms(1, 9_000);
    (drain["rate"], drain["reserveRate"]) = (json!(0.000_001), json!(0));
    (drain["odds"], drain["mustHitBy"]) = (json!(100_000_000_000_u64), json!(9_002));
    agree(&scenario, "major", drain).await;
    scenario.enrol(CONTRIBUTOR, Role::Contributor).await;
    let partner = scenario.client(CONTRIBUTOR, Role::Contributor);
    for client in [&operator, &partner] {
        let both = json!({ "opId": "drain", "minor": 2, "major": 2 });
        assert_eq!(ask(client, "POST", "contribute", both).await.problem(), "409 jackpot-state major");
    }
    // Earlier contributions are still returned, and a used id keeps its meaning.
    let again = ask(&operator, "POST", "contribute", before).await;
    assert!(again.is_replay(), "{}", again.expect(200));
    let other_amount = json!({ "opId": "before", "major": 5 });
    let reused = ask(&operator, "POST", "contribute", other_amount).await;
    assert_eq!(reused.problem(), "409 idempotency-key-reused opId");
    // After the limit is removed, periods that opened earlier still use it for a while.
    agree(&scenario, "major", terms(2, 1_000)).await;
    let refused = contribute(&scenario, "after", json!({ "minor": 2, "major": 2 })).await;
    assert_eq!(refused.problem(), "409 jackpot-state major");
    assert_eq!(amount_of(&scenario, 1).await, amount("1003"));
    contribute(&scenario, "minor", json!({ "minor": 2 })).await.expect(200);
    scenario.finish().await;
}

/// The daily sum that one operator may award covers all groups, even for two awards at the same moment.
#[tokio::test(flavor = "multi_thread")]
async fn one_operator_gives_away_no_more_of_all_groups_than_of_one() {
    let scenario = started_with(&[("JACKPOT_TWO_PERSONS_FROM", "1001")]).await;
    let operators = [scenario.operator(), scenario.client(OTHER_OPERATOR, Role::Operator)];
    let groups = ["minor", "major"];
    let at_once = operators.iter().zip(groups).map(async |(operator, group)| {
        let won = ask(operator, "POST", &format!("{group}/win"), win_body(group, Some("600"))).await;
        won.expect(200)["status"].clone()
    });
    let mut statuses = join_all(at_once).await;
    statuses.sort_by_key(Value::to_string);
    assert_eq!(statuses, [json!("PROPOSED"), json!("WON")]);
    // The rest of the daily sum, and one unit more.
    for (group, id, amount, status) in
        [("minor", "a", "400.99999999", "WON"), ("major", "b", "0.00000001", "PROPOSED")]
    {
        let path = format!("{group}/win");
        let said = ask(&operators[0], "POST", &path, win_body(id, Some(amount))).await;
        // The award that was only proposed at that moment takes nothing from the sum.
        assert_eq!(said.expect(200)["status"], json!(status), "{id}");
    }
    scenario.finish().await;
}

/// The holder of a partner's token can contribute at most this amount of the house's money per day.
#[tokio::test(flavor = "multi_thread")]
async fn contributions_by_route_are_bounded_in_sum() {
    let scenario =
        started_with(&[("JACKPOT_CONTRIBUTION_MAX", "10"), ("JACKPOT_CONTRIBUTIONS_PER_DAY_MAX", "640")])
            .await;
    scenario.enrol(CONTRIBUTOR, Role::Contributor).await;
    let partner = scenario.client(CONTRIBUTOR, Role::Contributor);
    let body = |number: u32| json!({ "opId": format!("op-{number}"), "minor": 10 });
    for number in 0..64 {
        ask(&partner, "POST", "contribute", body(number)).await.expect(200);
    }
    let day = Timestamp::now().to_string()[..10].to_owned();
    let refused = ask(&partner, "POST", "contribute", body(64)).await;
    if Timestamp::now().to_string()[..10] != day {
        return eprintln!("skipped: the day has ended meanwhile");
    }
    assert_eq!(refused.problem(), "429 too-many-requests minor");
    let wait: u64 = refused.header("retry-after").expect("when to send it again").parse().unwrap();
    assert!((1..=86_400).contains(&wait), "{wait}");
    let said = refused.json();
    let detail = said["detail"].as_str().unwrap();
    assert!(
        detail.contains("received contributions of 640 today, and at most 0 more is accepted until "),
        "{detail}"
    );
    // No group got a part of the refused contribution. Earlier contributions are still returned, and other callers have
    // their own daily sum.
    let both = json!({ "opId": "both", "minor": 1, "major": 1 });
    assert_eq!(ask(&partner, "POST", "contribute", both).await.status(), 429);
    assert_eq!(amount_of(&scenario, 0).await, amount("1480"));
    assert_eq!(amount_of(&scenario, 1).await, amount("1000"));
    assert!(ask(&partner, "POST", "contribute", body(0)).await.is_replay());
    ask(&partner, "POST", "contribute", json!({ "opId": "op-major", "major": 10 })).await.expect(200);
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contributor_is_found_in_the_ledger() {
    let scenario = started().await;
    scenario.enrol(CONTRIBUTOR, Role::Contributor).await;
    let partner = scenario.client(CONTRIBUTOR, Role::Contributor);
    ask(&partner, "POST", "contribute", json!({ "opId": "op-1", "minor": 4 })).await.expect(200);
    let (head, by) = ("The contribution op-1 was made at ", format!(" by user {CONTRIBUTOR}."));
    let moved = "The transfer JACKPOT-IN:op-1:minor moved 3 from house to jackpot-pool:minor.";
    for name in
        [["--reference", "op-1"], ["--key", "JACKPOT-IN:op-1:minor"], ["--key", "JACKPOT-RESERVE:op-1:minor"]]
    {
        let said = run(&scenario, &["ledger", name[0], name[1]]).await;
        assert_eq!(said.code, Some(0), "{said:?}");
        let text = &said.stdout;
        assert!(text.starts_with(head) && text.contains(&by) && text.contains(moved), "{text}");
        let said = run(&scenario, &["ledger", name[0], name[1], "--json"]).await;
        let json: Value = serde_json::from_str(&said.stdout).unwrap();
        assert_eq!(json["contribution"]["userId"], json!(CONTRIBUTOR));
        assert_eq!(json["contribution"]["transfers"][1]["amount"], json!(1));
        let query = format!("{}={}", &name[0][2..], name[1]);
        let found = scenario.operator().get(&format!("/api/operator/ledger?{query}")).await.expect(200);
        assert_eq!(found, json);
    }
    assert_ne!(run(&scenario, &["ledger", "--reference", "op-2"]).await.code, Some(0));
    scenario.finish().await;
}
