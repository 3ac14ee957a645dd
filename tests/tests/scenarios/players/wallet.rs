//! Wallets and ledgers as their owners see them.

use evens_tests::Scenario;

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_is_read_page_by_page() {
    let scenario = Scenario::start().await;
    let player = scenario.funded(41, "1000").await;
    for _ in 0..104 {
        player.bet("r", "A", "0.1").await;
    }
    let (mut numbers, mut path, mut pages) = (Vec::new(), "/api/wallet/ledger".to_owned(), 0);
    loop {
        let page = player.get(&path).await.expect(200);
        pages += 1;
        numbers
            .extend(page["data"].as_array().unwrap().iter().map(|entry| entry["number"].as_u64().unwrap()));
        let Some(cursor) = page["nextCursor"].as_str() else { break };
        path = format!("/api/wallet/ledger?cursor={cursor}");
    }
    assert_eq!(numbers, (1..=105).rev().collect::<Vec<_>>());
    assert_eq!(pages, 3);
    assert_eq!(player.balance().await.to_string(), "989.6");
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_player_without_money_has_an_empty_wallet() {
    let scenario = Scenario::start().await;
    let player = scenario.player(77);
    let wallet = player.get("/api/wallet").await.expect(200);
    assert_eq!(
        wallet["data"],
        serde_json::json!({ "userId": 77, "balance": 0, "bonusBalance": 0, "lockedBalance": 0, "version": 0, "updatedAt": null })
    );
    let ledger = player.get("/api/wallet/ledger").await.expect(200);
    assert_eq!(ledger, serde_json::json!({ "data": [], "nextCursor": null }));
    let bets = player.get("/api/bets").await.expect(200);
    assert_eq!(bets, serde_json::json!({ "data": [], "nextCursor": null, "readTo": null }));
    scenario.finish().await;
}

/// M8: the token determines the wallet, and no other part of the request can.
#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_is_read_by_its_owner_only() {
    let scenario = Scenario::start().await;
    let (alice, bob) = (scenario.funded(41, "500").await, scenario.funded(42, "1").await);
    alice.bet("r", "A", "5").await;
    for path in ["/api/wallet?userId=41", "/api/wallet/ledger?userId=41", "/api/bets?userId=41"] {
        let own = path.split('?').next().unwrap();
        assert_eq!(bob.get(path).await.expect(200), bob.get(own).await.expect(200), "{path}");
        assert_ne!(bob.get(path).await.json(), alice.get(own).await.json(), "{path}");
    }
    scenario.finish().await;
}
