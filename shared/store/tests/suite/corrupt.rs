//! Corrupt items: the error names item and attribute, and the rest of the table is still served.

use crate::engine::Engine;
use crate::raw::{self, Item, number, text, with};
use crate::scenario::{
    ENOUGH, ROUND, amount, bet, code, command, direct, fund, hash, joined, match_of, newcomer, opened, phone,
    place, plan_drawn, refer, refund, refund_terms, round_id, salt, second, seed, settled, signed_up, sums,
    swept_matches, swept_waiting, token, try_place, user, welcomed,
};
use aws_sdk_dynamodb::types::AttributeValue;
use evens_exchange::{Draw, OracleKey, RoundStep, Side};
use evens_ledger::Entry;
use evens_players::{LastLogin, ReferralBonusAfter, Session};
use evens_records::Record;
use evens_store::{JoinOutcome, RefundBetOutcome, Since, Store, StoreError};
use std::collections::HashMap;

pub(crate) async fn every_missing_attribute_is_named(engine: &Engine) {
    let store = &engine.store;
    match_of(store, "10").await;
    bet(store, 3, Side::A, "1", 0).await;
    for order in ["1", "2", "3"] {
        fund(store, 3, order).await;
    }
    let now = crate::books::check(store).await;
    let last = now.entries.values().next_back().expect("an entry");
    raw::put(engine, raw::single(&Entry { user: user(4), number: 1, ..last.clone() })).await;
    let oracle = OracleKey { name: "referee".to_owned(), public_key: [1; 32] };
    let round = opened(store, "oracle", Draw::Oracle(oracle), 0).await;
    let RoundStep::Made(closed) = round.close(second(1)) else { panic!("{round:?}") };
    store.move_round(&round, *closed).await.unwrap();

    for kind in ["wallet", "entries", "entry", "bet", "waiting", "match", "round", "seed"] {
        let items = raw::items(engine, kind).await;
        let item = items.into_iter().max_by_key(HashMap::len).expect("an item");
        for attribute in item.keys().filter(|name| !is_beside_the_value(name)) {
            let wrong = with(&item, &[(attribute, AttributeValue::Bool(true))]);
            let is_of_pages = kind == "wallet" && attribute == "entries";
            let missing = (!may_be_missing(attribute) && !is_of_pages).then(|| without(&item, attribute));
            for broken in missing.into_iter().chain([wrong]) {
                raw::put(engine, broken).await;
                assert_eq!(faults(store).await, [fault(&item, attribute)], "{kind}");
            }
        }
        raw::put(engine, item).await;
        assert_eq!(faults(store).await, Vec::<String>::new());
    }
}

/// An entry in a wallet or page has no key of its own, so the error names the item that holds it.
pub(crate) async fn an_entry_that_cannot_be_is_named_by_its_item(engine: &Engine) {
    let store = &engine.store;
    for order in 1..=5 {
        fund(store, 1, &order.to_string()).await;
    }
    for kind in ["wallet", "entries"] {
        let item = raw::items(engine, kind).await.remove(0);
        let entries = item["entries"].as_l().unwrap();
        let (last, others) = entries.split_last().expect("an entry");
        let lines: Vec<_> = last.as_s().unwrap().split('\n').collect();
        #[rustfmt::skip]
        let wrong = [
            (1, "GIFT"),
            (2, "PIGGY"),
            (3, "1000"), // more than the balance after it
            (4, "nobody"),
            (6, "-1"),
            (7, "yesterday"),
        ];
        let broken = wrong.map(|(line, value)| {
            let mut lines = lines.clone();
            lines[line] = value;
            text(lines.join("\n"))
        });
        let cut_off = (0..lines.len()).map(|line| text(lines[..line].join("\n")));
        for last in broken.into_iter().chain(cut_off).chain([AttributeValue::Bool(true)]) {
            let entries = others.iter().cloned().chain([last]).collect();
            raw::put(engine, with(&item, &[("entries", AttributeValue::L(entries))])).await;
            assert_eq!(faults(store).await, [fault(&item, "entries")], "{kind}");
        }
        raw::put(engine, item).await;
    }
    // More entries than versions.
    let wallet = raw::items(engine, "wallet").await.remove(0);
    raw::put(engine, with(&wallet, &[("version", number(0))])).await;
    assert_eq!(faults(store).await, [fault(&wallet, "entries")]);
}

/// The attributes of an account and of an edge of the referral tree, as a scan finds them.
pub(crate) async fn every_missing_attribute_of_an_account_is_named(engine: &Engine) {
    let store = &engine.store;
    signed_up(store, 1, None).await;
    welcomed(store, 2, Some(1)).await;
    refer(store, 2, 1).await;
    store.update_profile(user(2), Some(&"Asha".parse().unwrap()), Some(7)).await.unwrap();
    let login = LastLogin { at: second(1), address: "203.0.113.7".to_owned() };
    store.record_login(user(2), &login).await.unwrap();
    for kind in ["account", "referral"] {
        let items = raw::items(engine, kind).await;
        let item = items.into_iter().max_by_key(HashMap::len).expect("an item");
        for attribute in item.keys().filter(|name| !is_beside_the_value(name) && *name != "edge_status") {
            let wrong = with(&item, &[(attribute, AttributeValue::Bool(true))]);
            let missing = (!may_be_missing(attribute)).then(|| without(&item, attribute));
            for broken in missing.into_iter().chain([wrong]) {
                raw::put(engine, broken).await;
                assert_eq!(faults(store).await, [fault(&item, attribute)], "{kind}");
            }
        }
        raw::put(engine, item).await;
        assert_eq!(faults(store).await, Vec::<String>::new());
    }
    #[rustfmt::skip]
    let table = [
        ("account",  "phone",                 text("911")),
        ("account",  "user_name",             text("")),
        ("account",  "user_role",             text("king")),
        ("account",  "vip_level",             number("-1")),
        ("account",  "referral_code",         text("U")),
        ("account",  "referrer",              number("0")),
        ("account",  "direct_referral_count", number("0.5")),
        ("account",  "registration",          text("HALF_DONE")),
        ("account",  "created_at",            text("yesterday")),
        ("referral", "referred",              number("0")),
        ("referral", "tree_level",            number("-1")),
    ];
    for (kind, attribute, value) in table {
        let item = raw::items(engine, kind).await.remove(0);
        raw::put(engine, with(&item, &[(attribute, value)])).await;
        assert_eq!(faults(store).await, [fault(&item, attribute)], "{kind}");
        raw::put(engine, item).await;
    }
}

/// Items on which no money depends are read where they are used, and errors are reported there.
pub(crate) async fn every_missing_attribute_of_what_stands_aside_is_named(engine: &Engine) {
    let store = &engine.store;
    welcomed(store, 1, None).await;
    store.open_session(&Session::open(&token(1, 1, 0), second(0))).await.unwrap();
    let day = jiff::civil::date(2024, 1, 1);
    store.record_attendance(user(1), day, second(0)).await.unwrap();
    store.load_round_totals(&round_id(ROUND), second(0)).await.unwrap();
    let read = async |kind: &str| -> Option<StoreError> {
        match kind {
            "login" => store.load_login(&phone(1)).await.err(),
            "referral-code" => store.load_referrer(code(1)).await.err(),
            "totals" => store.load_round_totals(&round_id(ROUND), second(1)).await.err(),
            "session" => store.rotate_session(&token(1, 1, 0), salt(1), second(1)).await.err(),
            _ => store.list_attendance(user(1), day, day, 1).await.err(),
        }
    };
    #[rustfmt::skip]
    let table: [(&str, &[&str]); 5] = [
        ("totals",        &["leases", "taken_at", "free_at"]),
        ("login",         &["user", "password_hash"]),
        ("referral-code", &["user"]),
        ("session",       &["user", "family", "current_hash", "generation", "created_at", "rotated_at", "expires_at"]),
        ("attendance",    &["attendance_date", "has_logged_in_today"]),
    ];
    for (kind, attributes) in table {
        let item = raw::items(engine, kind).await.remove(0);
        for attribute in attributes {
            let wrong = with(&item, &[(attribute, AttributeValue::Bool(true))]);
            for broken in [without(&item, attribute), wrong] {
                raw::put(engine, broken).await;
                let found = read(kind).await.map(|error| error.to_string());
                assert_eq!(found, Some(fault(&item, attribute)), "{kind}");
            }
        }
        raw::put(engine, item).await;
        assert!(read(kind).await.is_none(), "{kind}");
    }
}

/// The bet is extra information beside an entry. A match that cannot be read must not make its players' ledgers
/// unreadable, because operators need them in that case.
pub(crate) async fn a_match_that_cannot_be_read_takes_no_ledger_away(engine: &Engine) {
    let store = &engine.store;
    let joined = match_of(store, "10").await;
    settled(store, &joined, Side::A).await;
    let item = raw::items(engine, "match").await.remove(0);
    for (broken, bets_told) in [(without(&item, "amount"), 1), (item, 2)] {
        raw::put(engine, broken).await;
        let entries = store.list_entries(user(1), None, 100).await.unwrap();
        let bets = store.bets_of_entries(&entries).await.unwrap();
        assert_eq!((entries.len(), bets.len()), (3, bets_told), "{entries:?}");
        assert!(bets.values().all(|bet| *bet == joined.bet_a));
    }
}

/// A counter that is not a number is an error, rather than zero.
pub(crate) async fn a_counter_that_is_no_number_is_an_error(engine: &Engine) {
    let count = || engine.store.count_requests("login", "203.0.113.7", 7, second(60), 1);
    count().await.unwrap();
    let item = raw::items(engine, "rate").await.remove(0);
    raw::put(engine, with(&item, &[("requests", text("many"))])).await;
    let counted = count().await;
    assert!(matches!(counted, Err(StoreError::Rejected { .. })), "{counted:?}");
}

pub(crate) async fn an_epoch_of_zero_is_corrupt(engine: &Engine) {
    engine.store.sign_up(&newcomer(1, None), &hash(1)).await.unwrap();
    let mut item = raw::items(engine, "account").await.remove(0);
    item.insert("session_epoch".to_owned(), number("0"));
    raw::put(engine, item.clone()).await;
    let error = engine.store.load_account(user(1)).await.expect_err("an account has no epoch instead");
    assert_eq!(error.to_string(), fault(&item, "session_epoch"));
}

/// An unreadable account must not keep other accounts of its shard from their bonuses.
pub(crate) async fn a_corrupt_account_is_named_by_each_step(engine: &Engine) {
    let store = &engine.store;
    signed_up(store, 1, None).await;
    let item = raw::items(engine, "account").await.remove(0);
    raw::put(engine, with(&item, &[("registration", text("HALF_DONE"))])).await;
    let errors = [
        store.load_account(user(1)).await.err(),
        store.load_account_and_wallet(user(1)).await.err(),
        store.apply_registration_bonus(user(1), amount("25"), second(1)).await.err(),
        store.apply_referral_bonus(user(1), direct("10"), None, second(1)).await.err(),
        store.record_referral(user(1), code(1), true, ReferralBonusAfter::SignUp, second(1)).await.err(),
    ];
    for error in errors {
        assert_eq!(error.map(|error| error.to_string()), Some(fault(&item, "registration")));
    }
    let mut found = 0;
    for shard in store.layout().shards() {
        found += store.sweep_registrations(shard, Since::Before(second(1)), None).await.unwrap().found.len();
    }
    assert_eq!(found, 1, "the index says whose it is");
}

/// An unmatched bet is written under the key that follows from its content. At any other key it could never be taken.
pub(crate) async fn an_unmatched_bet_that_lies_elsewhere_is_corrupt(engine: &Engine) {
    let store = &engine.store;
    bet(store, 1, Side::A, "1", 0).await;
    let item = raw::items(engine, "waiting").await.remove(0);
    raw::put(engine, with(&item, &[("placed_at", text(second(1)))])).await;
    assert_eq!(faults(store).await, [fault(&item, "sk")]);
    assert_eq!(listed(store).await, [(0, 1)]);
}

/// For each page of one unmatched bet on side A of the usual round: the number of bets found, and of those left out.
async fn listed(store: &Store) -> Vec<(usize, usize)> {
    let (mut pages, mut start) = (Vec::new(), None);
    loop {
        let page = store.list_waiting(&round_id(ROUND), Side::A, start, 1).await.unwrap();
        start = page.next;
        if !page.found.is_empty() || page.left_out > 0 {
            pages.push((page.found.len(), page.left_out));
        }
        if start.is_none() {
            return pages;
        }
    }
}

/// A list continues after an unreadable item, and reports that it is incomplete.
pub(crate) async fn a_round_is_listed_and_added_up_over_a_corrupt_item(engine: &Engine) {
    let store = &engine.store;
    for (player, at) in [(11, 0), (12, 1), (13, 2)] {
        bet(store, player, Side::A, "1", at).await;
    }
    let mut places = raw::items(engine, "waiting").await;
    places.sort_by_key(raw::key);
    raw::put(engine, without(&places[0], "amount_open")).await;
    assert_eq!(listed(store).await, [(0, 1), (1, 0), (1, 0)]);
    assert!(store.has_waiting_bets(&round_id(ROUND), Side::A).await.unwrap());

    for number in 0..4 {
        let a = bet(store, 100 + 2 * number, Side::B, "10", 0).await;
        let b = bet(store, 101 + 2 * number, Side::A, "10", 1).await;
        joined(store, &a.waiting, &b.waiting, 10).await;
    }
    let mut matches = raw::items(engine, "match").await;
    matches.sort_by_key(raw::key);
    for (at, attribute) in [(1, "amount"), (3, "match")] {
        raw::put(engine, without(&matches[at], attribute)).await;
    }
    // The last key is not that of a match.
    let last = with(&matches[3], &[("sk", text("MATCH#not-an-id"))]);
    raw::put(engine, without(&last, "amount")).await;
    for limit in [1, 2, 3, 10] {
        let (mut found, mut left_out, mut after) = (Vec::new(), 0, None);
        loop {
            let page = store.list_readable_matches(&round_id(ROUND), after, limit).await.unwrap();
            found.extend(page.matches.into_iter().map(|found| text(found.id)));
            left_out += page.left_out;
            after = page.next_after;
            if after.is_none() {
                break;
            }
        }
        let readable = [0, 2].map(|at| matches[at]["match"].clone());
        assert_eq!((found, left_out), (readable.to_vec(), 3), "limit {limit}");
    }
    let whole = store.list_matches(&round_id(ROUND), None, 10).await;
    assert!(matches!(whole, Err(StoreError::Corrupt { attribute: "amount", .. })), "{whole:?}");
    let totals = store.load_round_totals(&round_id(ROUND), second(0)).await.unwrap().totals;
    assert_eq!((sums(&totals), totals.is_complete), (["20", "2", "0"].map(str::to_owned), false));
}

/// A corrupt wallet must not keep other players from an opponent.
pub(crate) async fn bets_of_a_corrupt_wallet_are_only_joined(engine: &Engine) {
    let store = &engine.store;
    #[rustfmt::skip]
    let table = [
        // Attribute missing from player 1 on side A, winner, and outcome.
        (Some("balance"), Side::A, JoinOutcome::Joined),
        (Some("locked"),  Side::A, JoinOutcome::Joined),
        (Some("locked"),  Side::B, JoinOutcome::Joined),
        // The bet is missing.
        (None,            Side::A, JoinOutcome::Joined),
        (None,            Side::B, JoinOutcome::Joined),
        // The balance of a loser is not read.
        (Some("balance"), Side::B, JoinOutcome::Settled),
    ];
    fund(store, 1, ENOUGH).await;
    for (number, (missing, winner, expected)) in (2..).zip(table) {
        let key = format!("key-{number}");
        let a = place(store, &command(1, &key, Side::A, "1"), second(0)).await;
        let b = bet(store, number, Side::B, "1", 0).await;
        let item = raw::everything(engine).await["USER#1 WALLET"].clone();
        match missing {
            Some(attribute) => raw::put(engine, without(&item, attribute)).await,
            None => raw::delete(engine, &format!("BET#{}", a.bet.id), "BET").await,
        }
        let place = store.load_place(b.bet.id, &b.bet.place(), &[user(1), user(number)], true).await.unwrap();
        assert_eq!(place.wallets.len(), if missing.is_some() { 1 } else { 2 });
        let plan = plan_drawn(&a.waiting, &b.waiting, winner, 3);
        let joined = store.join_and_settle(&plan, Side::B, &Draw::Match, &place.wallets, second(3)).await;
        assert_eq!(joined.unwrap(), expected, "{missing:?} {winner}");
        let found = store.load_match(&plan.bet_match.round, plan.bet_match.id).await.unwrap();
        let found = found.expect("the match").state;
        assert_eq!(found.is_final(), expected == JoinOutcome::Settled, "{found:?}");
        if expected == JoinOutcome::Joined {
            raw::put(engine, item).await;
        }
    }
    assert_eq!(
        swept_matches(store, second(1_000)).await.len(),
        5,
        "they are found, and then somebody hears of it"
    );
}

pub(crate) async fn a_wrong_value_is_named(engine: &Engine) {
    let store = &engine.store;
    match_of(store, "10").await;
    #[rustfmt::skip]
    let table = [
        ("wallet", "balance", number("-1")),
        ("wallet", "balance", number("0.000000001")),
        ("wallet", "bonus",   number("-1")),
        ("wallet", "version", number("1.5")),
        ("wallet", "head",    text("00")),
        ("bet",    "stake",   number("0")),
        ("bet",    "side",    text("C")),
        ("match",  "state",   text("LOST")),
        ("match",  "user_a",  number("0")),
        ("match",  "joined_at", text("yesterday")),
        ("round",  "draw",    text("dice")),
        ("round",  "state",   text("AJAR")),
        ("round",  "kind",    text("square")),
    ];
    for (kind, attribute, value) in table {
        let item = raw::items(engine, kind).await.remove(0);
        raw::put(engine, with(&item, &[(attribute, value)])).await;
        assert_eq!(faults(store).await, [fault(&item, attribute)], "{kind}");
        raw::put(engine, item).await;
    }
}

/// An unreadable item must not keep the other bets of its shard from ending (M6).
pub(crate) async fn a_sweep_passes_over_a_corrupt_item(engine: &Engine) {
    let store = &engine.store;
    for (player, at) in [(11, 0), (12, 1), (13, 2)] {
        bet(store, player, Side::A, "1", at).await;
    }
    match_of(store, "1").await;
    let waiting = raw::items(engine, "waiting").await.into_iter();
    let oldest = waiting.min_by_key(|item| item["sk"].as_s().unwrap().clone()).expect("it waits");
    raw::put(engine, without(&oldest, "amount_open")).await;
    let found = raw::items(engine, "match").await.remove(0);
    let broken = with(&found, &[("sk", text("MATCH#not-an-id")), ("unfinished_sk", text("1704067200000"))]);
    raw::put(engine, broken).await;

    assert_eq!(swept_waiting(store).await.len(), 2);
    assert_eq!(swept_matches(store, second(1_000)).await.len(), 1);
}

/// A job that finds only some of the items that belong together must fail.
pub(crate) async fn a_missing_item_of_a_group_is_corrupt(engine: &Engine) {
    let store = &engine.store;
    let (one, other) = (bet(store, 1, Side::A, "1", 0).await, bet(store, 2, Side::A, "1", 0).await);
    raw::delete(engine, "USER#1", "WALLET").await;
    let refunded =
        store.refund_bet(&one.bet, evens_exchange::RefundReason::Requested, refund_terms(), second(9)).await;
    assert!(matches!(refunded, Err(StoreError::Corrupt { .. })), "{refunded:?}");

    raw::delete(engine, &format!("BET#{}", other.bet.id), "BET").await;
    let listed = store.list_bets(user(2), None, 10).await;
    assert!(matches!(listed, Err(StoreError::Corrupt { .. })), "{listed:?}");
    let refunded = store
        .refund_bet(&other.bet, evens_exchange::RefundReason::Requested, refund_terms(), second(9))
        .await;
    assert!(matches!(refunded, Err(StoreError::Corrupt { .. })), "{refunded:?}");
    let third = bet(store, 3, Side::B, "1", 0).await;
    assert!(matches!(refund(store, &third.bet).await, RefundBetOutcome::Refunded(_)));

    raw::delete(engine, &format!("ROUND#{ROUND}"), "ROUND").await;
    assert_eq!(store.load_round(&round_id(ROUND)).await.unwrap(), None);
    let mut command = crate::scenario::command(3, "key-2", Side::A, "1");
    command.round = round_id(ROUND);
    let placed = try_place(store, &command, second(9)).await;
    assert!(matches!(placed, Err(StoreError::Corrupt { .. })), "a seed without a round: {placed:?}");
}

/// Attributes that only the engine uses, or that give an item's place rather than its content.
fn is_beside_the_value(attribute: &str) -> bool {
    ["pk", "sk", "unfinished_pk", "unfinished_sk"].contains(&attribute)
}

/// Attributes that items from before bonuses lack, and those that only some accounts have.
fn may_be_missing(attribute: &str) -> bool {
    let of_some_accounts =
        ["user_name", "picture", "referred_by", "referrer", "last_login_at", "last_login_address", "listed"];
    // Added later: bonuses, nonces, rules of draws, minimum stakes, commissions, checks of players and sums.
    let newer = [
        "bonus",
        "has_checked_players",
        "play_sums",
        "purse",
        "nonce",
        "nonce_a",
        "nonce_b",
        "draw_rule",
        "stake_min",
        "commission",
        "commission_a",
        "commission_b",
        "commission_paid",
    ];
    newer.contains(&attribute) || of_some_accounts.contains(&attribute)
}

pub(crate) fn without(item: &Item, attribute: &str) -> Item {
    let mut item = item.clone();
    item.remove(attribute);
    item
}

pub(crate) fn fault(item: &Item, attribute: &str) -> String {
    format!("the item {} is corrupt: {attribute}", raw::key(item))
}

pub(crate) async fn faults(store: &Store) -> Vec<String> {
    let mut faults = Vec::new();
    let each =
        |record: Result<Record, StoreError>| faults.extend(record.err().map(|error| error.to_string()));
    store.scan(each).await.unwrap();
    faults
}

/// A job that does not draw does not read the secret, so it does not miss it.
pub(crate) async fn a_place_is_found_without_the_secret_of_its_round(engine: &Engine) {
    let store = &engine.store;
    let placed = bet(store, 1, Side::A, "10", 0).await.bet;
    let place = placed.place();
    let find = async |with_seed| store.load_place(placed.id, &place, &[user(1)], with_seed).await;
    let (found, with_secret) = (find(false).await.unwrap(), find(true).await.unwrap());
    assert_eq!((found.seed, with_secret.seed), (None, Some(seed())));
    assert_eq!((found.waiting, found.round), (with_secret.waiting, with_secret.round));
    assert_eq!(found.wallets, with_secret.wallets);
    raw::delete(engine, &format!("SEED#{}", placed.round), "SEED").await;
    assert!(find(false).await.is_ok_and(|found| found.waiting.is_some() && found.wallets.len() == 1));
    assert!(matches!(find(true).await, Err(StoreError::Corrupt { .. })));
}
