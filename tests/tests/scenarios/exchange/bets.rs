//! Bets as their players see them, and hidden from everyone else.

use crate::games::table::Table;
use evens_tests::{Client, Scenario};
use jiff::Timestamp;
use serde_json::Value;

#[tokio::test(flavor = "multi_thread")]
async fn bets_are_listed_newest_first_page_by_page() {
    let scenario = Scenario::start().await;
    let player = scenario.funded(41, "1000").await;
    let mut placed = Vec::new();
    for number in 0..60 {
        placed.push(player.bet("r", if number % 2 == 0 { "A" } else { "B" }, "1").await.bet_id);
    }
    placed.reverse();
    let first = player.get("/api/bets").await.expect(200);
    let cursor = first["nextCursor"].as_str().expect("more").to_owned();
    let second = player.get(&format!("/api/bets?cursor={cursor}")).await.expect(200);
    let ids = |page: &serde_json::Value| -> Vec<String> {
        page["data"].as_array().unwrap().iter().map(|bet| bet["betId"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!((ids(&first), ids(&second)), (placed[..50].to_vec(), placed[50..].to_vec()));
    assert_eq!(second["nextCursor"], serde_json::Value::Null);
    scenario.finish().await;
}

/// All pages of a list, each with its ids, the times of its bets, and the time to which it has been read.
async fn pages(player: &Client, path: &str) -> Vec<(Vec<(String, Timestamp)>, Option<Timestamp>)> {
    let (mut pages, mut next) = (Vec::new(), None);
    loop {
        let query = next.map(|cursor: String| format!("?cursor={cursor}")).unwrap_or_default();
        let page = player.get(&format!("{path}{query}")).await.expect(200);
        let time = |value: &Value| value.as_str().map(|text| text.parse::<Timestamp>().unwrap());
        let bets = page["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|bet| (bet["betId"].as_str().unwrap().to_owned(), time(&bet["createdAt"]).unwrap()));
        pages.push((bets.collect(), time(&page["readTo"])));
        next = page["nextCursor"].as_str().map(str::to_owned);
        assert_eq!(next.is_none(), page["readTo"].is_null(), "{page}");
        if next.is_none() {
            return pages;
        }
    }
}

/// Both kinds of bets share the ledger. A list that has read far back and found no bets says so. Otherwise its last bet
/// would hide older bets of the other list.
#[tokio::test(flavor = "multi_thread")]
async fn each_list_of_bets_says_to_which_time_it_has_been_read() {
    let scenario = Scenario::start().await;
    let player = scenario.funded(41, "1000").await;
    let table = Table::open(&scenario).await;
    let mut placed = Vec::new();
    for number in 0..60 {
        placed.push(player.bet(&format!("r-{}", number / 20), "A", "1").await.bet_id);
    }
    for _ in 0..470 {
        scenario.fund(41, "1").await;
    }
    table.bet(&player, "PARITY:odd", "10").await.expect(202);

    let games = pages(&player, "/api/games/my-bets").await;
    let rounds = pages(&player, "/api/bets").await;
    let [(first, Some(read_to)), rest @ ..] = games.as_slice() else { panic!("{games:?}") };
    assert_eq!((first.len(), rest.len()), (1, 1), "{games:?}");
    assert!(*read_to < first[0].1, "further back than the last bet on a game");
    let shown: Vec<_> = rounds.iter().flat_map(|(bets, _)| bets).filter(|(_, at)| at >= read_to).collect();
    assert!((25..=40).contains(&shown.len()), "{} bets in rounds are as new as that", shown.len());
    for list in [&games, &rounds] {
        for pair in list.windows(2) {
            let [(newer, Some(read_to)), (older, _)] = pair else { panic!("{pair:?}") };
            assert!(newer.iter().all(|(_, at)| at >= read_to), "{pair:?}");
            assert!(older.iter().all(|(_, at)| at <= read_to), "{pair:?}");
        }
    }
    let found: Vec<_> = rounds.iter().flat_map(|(bets, _)| bets).map(|(id, _)| id.clone()).collect();
    placed.reverse();
    assert_eq!(found, placed);
    scenario.finish().await;
}

/// A12, A13: a bet leads to its matches, with times and without opponents. A payout leads back to the match.
#[tokio::test(flavor = "multi_thread")]
async fn a_bet_lists_its_matches() {
    let scenario = Scenario::start().await;
    let (alice, bob) = (scenario.funded(41, "500").await, scenario.funded(42, "500").await);
    let large = alice.bet("r", "A", "5").await;
    let takers = [bob.bet("r", "B", "2").await, bob.bet("r", "B", "3").await];
    scenario.await_ended().await;
    let path = format!("/api/bets/{}/matches", large.bet_id);
    let page = alice.get(&path).await.expect(200);
    let matches = page["data"].as_array().unwrap();
    assert_eq!((matches.len(), &page["nextCursor"]), (2, &serde_json::Value::Null));
    let joined_at = |found: &serde_json::Value| found["createdAt"].as_str().unwrap().parse::<Timestamp>();
    assert!(joined_at(&matches[0]).unwrap() >= joined_at(&matches[1]).unwrap(), "newest first");
    for found in matches {
        assert_eq!(found["state"], "SETTLED");
        assert!(found["drawnAt"].is_string() && found.get("betBId").is_none(), "{found}");
    }
    for taker in &takers {
        assert!(!page.to_string().contains(&taker.bet_id), "against whom is public with the seed only");
        assert_eq!(bob.get(&path).await.problem(), "404 not-found betId");
    }
    scenario.finish().await;
}

/// M8: a bet of another player is not found, on any route.
#[tokio::test(flavor = "multi_thread")]
async fn another_players_bet_is_not_there() {
    let scenario = Scenario::start().await;
    let (alice, bob) = (scenario.funded(41, "500").await, scenario.funded(42, "500").await);
    let placed = alice.bet("r", "A", "5").await;
    let (read, refund) =
        (format!("/api/bets/{}", placed.bet_id), format!("/api/bets/{}/refund", placed.bet_id));
    for client in [&bob, &scenario.operator(), &scenario.oracle()] {
        assert_eq!(client.get(&read).await.problem(), "404 not-found betId");
        assert_eq!(client.post(&refund).await.problem(), "404 not-found betId");
    }
    assert_eq!(bob.try_bet("r", "A", "1").await.status(), 202);
    let for_alice = alice.bet_request("r", "A", "1");
    assert_eq!(bob.send(for_alice.clone()).await.problem(), "403 forbidden userId");
    assert_eq!(scenario.operator().send(for_alice).await.problem(), "403 forbidden userId");
    // The answers for an unknown bet and for another player's bet are identical.
    let unknown = "/api/bets/00000000-0000-8000-8000-000000000000";
    let detail = |answer: evens_tests::Answer| answer.json()["detail"].clone();
    assert_eq!(detail(bob.get(unknown).await), detail(bob.get(&read).await));
    assert_eq!(alice.balance().await.to_string(), "495");
    assert_eq!(alice.read_bet(&placed.bet_id).await["status"], "PENDING");
    scenario.finish().await;
}
