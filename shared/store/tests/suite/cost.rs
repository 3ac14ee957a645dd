//! The cost of each operation as the engine reports it: printed, and bounded.

use crate::engine::Engine;
use crate::game_scenario::{
    closed, drawn, game_bet, game_command, game_seed, opened_period, period_id, room_limits, settled_lanes,
};
use crate::scenario::{
    ROUND, amount, code, command, direct, fund, hash, limits, newcomer, opened, phone, plan, plan_drawn,
    refund_terms, round_id, salt, second, seed, set_blocked, token, try_place, user, welcomed,
};
use evens_exchange::{
    BettingLimits, Draw, MatchState, Outcome, PlaceBet, PlaceBetOutcome, RefundReason, Round, RoundId,
    RoundTerms, Side,
};
use evens_games::{
    Entropy, Exposure, Lane, Period, PlaceGameBet, PlaceGameBetOutcome, Selection, ShardCount, draw,
};
use evens_ledger::Digest;
use evens_players::{LastLogin, PendingTask, Recovery, ReferralBonusAfter, SentCode, Session};
use evens_store::{
    Capacity, CapacityMeter, JoinOutcome, PayGameBetsOutcome, RecentPlay, SettleOutcome, Store,
    VoidMatchOutcome,
};
use jiff::tz::Offset;
use std::collections::{BTreeMap, BTreeSet};

/// The most that an operation may cost: calls, read units, write units.
struct Bound(u64, f64, f64);

struct Bill {
    meter: CapacityMeter,
    /// Only the embedded engine must stay within the bounds. The cost of other engines is printed for comparison.
    is_bounded: bool,
    lines: Vec<String>,
}

impl Bill {
    /// Returns the write units of the operation.
    fn line(&mut self, operation: &str, bound: &Bound) -> f64 {
        let cost = self.meter.take();
        let Capacity { calls, read_units, write_units, .. } = cost;
        self.lines.push(format!("{operation:34} {calls:5} {read_units:10} {write_units:11}"));
        let is_within = calls <= bound.0 && read_units <= bound.1 && write_units <= bound.2;
        assert!(is_within || !self.is_bounded, "{operation} costs {cost:?}");
        write_units
    }
}

#[tokio::test]
async fn each_operation_costs_what_it_should() {
    let engines = [(Some(Engine::embedded().await), true), (Engine::named().await, false)];
    for (engine, is_bounded) in engines {
        let Some(engine) = engine else { continue };
        let meter = CapacityMeter::default();
        let store = engine.store.clone().metered(meter.clone());
        let mut bill = Bill { meter, is_bounded, lines: vec![format!("At {}:", engine.url)] };
        bill_bets(&store, &mut bill).await;
        bill_full_wallets(&store, &mut bill).await;
        bill_old_hands(&store, &mut bill).await;
        bill_matches(&store, &mut bill).await;
        bill_commission(&store, &mut bill).await;
        bill_accounts(&store, &mut bill).await;
        bill_sessions(&store, &mut bill).await;
        bill_games(&store, &mut bill).await;
        bill_period(&store, &mut bill).await;
        bill_idle_period(&store, &mut bill).await;
        println!("{:34} calls read units write units\n{}", "operation", bill.lines.join("\n"));
    }
}

async fn bill_bets(store: &Store, bill: &mut Bill) {
    fund(store, 1, "1000").await;
    bill.line("fund, new wallet", &Bound(2, 1.0, 6.0));
    opened(store, ROUND, Draw::Match, 0).await;
    bill.line("open a round", &Bound(1, 0.0, 4.0));
    place(store, 1, "key-0", Side::A).await;
    bill.line("place", &Bound(2, 2.0, 6.0));
    // Two units for each item, even if the wallet carries the maximum number of entries.
    for (key, write_units) in [("key-2", 6.0), ("key-3", 6.0), ("key-4", 8.0)] {
        place(store, 1, key, Side::A).await;
        bill.line("place", &Bound(2, 2.0, write_units));
    }
    place(store, 1, "key-1", Side::A).await;
    bill.line("place", &Bound(2, 2.0, 6.0));
    let command = command(1, "key-1", Side::A, "10");
    try_place(store, &command, second(9)).await.unwrap();
    bill.line("place, repeated", &Bound(2, 2.0, 0.0));
    let bet = store.load_bet(command.bet).await.unwrap().expect("a bet");
    bill.meter.take();
    store.refund_bet(&bet, RefundReason::Requested, refund_terms(), second(9)).await.unwrap();
    bill.line("refund", &Bound(2, 2.0, 6.0));
    store.refund_bet(&bet, RefundReason::Requested, refund_terms(), second(9)).await.unwrap();
    bill.line("refund, nothing waits", &Bound(1, 2.0, 0.0));
    store.list_waiting(&round_id(ROUND), Side::A, None, 10).await.unwrap();
    bill.line("look for an opponent", &Bound(1, 1.0, 0.0));
    store.list_bets(user(1), None, 20).await.unwrap();
    // The wallet, the page, 5 bets, and two units for each of the two items of the 4 unmatched bets.
    bill.line("list 5 bets, of which 1 has ended", &Bound(4, 23.0, 0.0));
    store.load_bet_view(command.bet).await.unwrap();
    bill.line("look at a bet that has ended", &Bound(1, 1.0, 0.0));
}

/// A wallet that carries four entries costs no more than an empty one, with names of rounds of at most 56 letters.
async fn bill_full_wallets(store: &Store, bill: &mut Bill) {
    let now = second(0).checked_add(jiff::SignedDuration::from_millis(123)).unwrap();
    let round: evens_exchange::RoundId =
        "a-round-with-a-long-name-that-still-has-only-56-digits-x".parse().unwrap();
    fund(store, 1_000_042, "99999999.12345678").await;
    let terms = RoundTerms::endless(round.clone(), Draw::Match, amount("0"));
    store.open_round(Round::open(terms, &seed(), now), &seed()).await.unwrap();
    // Two of them write a page.
    for (number, write_units) in [6.0, 6.0, 6.0, 8.0, 6.0, 6.0, 6.0, 8.0, 6.0].into_iter().enumerate() {
        let command = command(1_000_042, &format!("key-{number}"), Side::A, "1234.56");
        let command = evens_exchange::PlaceBet { round: round.clone(), ..command };
        bill.meter.take();
        try_place(store, &command, now).await.unwrap();
        bill.line("place, in a round with a long name", &Bound(3, 2.0, write_units));
    }
}

/// A player with large stakes who bets seldom costs one entry per bet, not a full read.
async fn bill_old_hands(store: &Store, bill: &mut Bill) {
    fund(store, 500, "1000").await;
    let limits = BettingLimits { stake_min: amount("1"), waiting_max: 30, ..limits() };
    let meter = bill.meter.clone();
    let ask = async |number: u64, at| {
        meter.take();
        let command = command(500, &format!("key-{number}"), Side::A, "1");
        let outcome = store.place_bet(&command, limits, second(at)).await.unwrap();
        assert!(matches!(outcome, PlaceBetOutcome::Placed(_)), "{outcome:?}");
    };
    for number in 0..30 {
        ask(number, 0).await;
    }
    ask(30, 10_000).await;
    bill.line("place, the last one was long ago", &Bound(2, 2.0, 8.0));
    for number in 31..36 {
        ask(number, 10_000).await;
    }
    bill.line("place, the 30th last was long ago", &Bound(3, 3.0, 8.0));
}

async fn bill_matches(store: &Store, bill: &mut Bill) {
    for player in [2, 3] {
        fund(store, player, "1000").await;
    }
    let mut matches = Vec::new();
    for key in ["key-1", "key-2"] {
        let (a, b) = (place(store, 2, key, Side::A).await, place(store, 3, key, Side::B).await);
        let plan = plan(&a, &b, 1);
        bill.meter.take();
        store.load_place(a.bet, &a.place(), &[], true).await.unwrap();
        bill.line("find an unmatched bet", &Bound(1, 3.0, 0.0));
        store.join_bets(&plan, Side::A, &Draw::Match).await.unwrap();
        // Two units for each item, and two to put the match into the index.
        bill.line("join, and look at two wallets", &Bound(2, 2.0, 8.0));
        matches.push(plan.bet_match);
    }
    let (a, b) = (place(store, 2, "key-3", Side::A).await, place(store, 3, "key-3", Side::B).await);
    bill.meter.take();
    let wallets = store.load_place(a.bet, &a.place(), &[user(2), user(3)], true).await.unwrap().wallets;
    bill.line("find an unmatched bet, and two wallets", &Bound(1, 5.0, 0.0));
    let drawn = plan_drawn(&a, &b, Side::A, 1);
    let settled = store.join_and_settle(&drawn, Side::A, &Draw::Match, &wallets, second(1)).await;
    assert_eq!(settled.unwrap(), JoinOutcome::Settled);
    // Two units for each item: the match is never in the index. The wallet carries four entries at this point.
    bill.line("join and settle, and put a page away", &Bound(1, 0.0, 16.0));
    let outcome = Outcome { winner: Side::A, drawn_at: second(2) };
    store.draw_match(&matches[0], outcome).await.unwrap();
    bill.line("draw, of a round with one outcome", &Bound(1, 0.0, 1.0));
    let (round, id) = (round_id(ROUND), matches[0].id);
    let (_, wallet) = store.load_match_and_wallet(&round, id, user(2)).await.unwrap();
    bill.line("find a match and its winner's wallet", &Bound(1, 2.0, 0.0));
    let settled = store.settle_match(&matches[0], outcome, Some(wallet), second(3)).await.unwrap();
    assert!(matches!(settled, SettleOutcome::Settled(_)));
    bill.line("settle, and look at the winning bet", &Bound(2, 1.0, 12.0));
    let settled = store.settle_match(&matches[0], outcome, None, second(3)).await.unwrap();
    assert_eq!(settled, SettleOutcome::EndedBefore(MatchState::Settled(outcome)));
    bill.line("settle, repeated", &Bound(3, 2.0, 0.0));
    let voided = store.void_match(&matches[1], second(3)).await.unwrap();
    assert!(matches!(voided, VoidMatchOutcome::Voided(_)));
    bill.line("void, and look at both bets", &Bound(4, 5.0, 14.0));
}

/// The commission is another entry of the wallet that the payment writes anyway, so it costs only its share of a page.
async fn bill_commission(store: &Store, bill: &mut Bill) {
    const MATCHES: u32 = 8;
    let table = [
        ("8 matches, placed and settled", "0", [31, 32], 220.0),
        ("8 matches, with a commission", "0.05", [33, 34], 224.0),
    ];
    for (line, rate, [winner, loser], write_units) in table {
        let round: RoundId = format!("rate-{rate}").parse().unwrap();
        let terms = RoundTerms::endless(round.clone(), Draw::Match, amount("0"));
        let terms = RoundTerms { commission: rate.parse().unwrap(), ..terms };
        store.open_round(Round::open(terms, &seed(), second(0)), &seed()).await.unwrap();
        for player in [winner, loser] {
            fund(store, player, "1000").await;
        }
        let place = async |player, key: &str, side| {
            let command = PlaceBet { round: round.clone(), ..command(player, key, side, "10") };
            let placed = try_place(store, &command, second(0)).await.unwrap();
            let PlaceBetOutcome::Placed(placement) = placed else { panic!("{placed:?}") };
            placement.waiting
        };
        bill.meter.take();
        for number in 0..MATCHES {
            let key = format!("key-{number}");
            let (a, b) = (place(winner, &key, Side::A).await, place(loser, &key, Side::B).await);
            let players = [user(winner), user(loser)];
            let wallets = store.load_place(a.bet, &a.place(), &players, true).await.unwrap().wallets;
            let drawn = plan_drawn(&a, &b, Side::A, 1);
            let settled = store.join_and_settle(&drawn, Side::A, &Draw::Match, &wallets, second(1)).await;
            assert_eq!(settled.unwrap(), JoinOutcome::Settled);
        }
        bill.line(line, &Bound(48, 72.0, write_units));
    }
}

async fn bill_accounts(store: &Store, bill: &mut Bill) {
    let new = [newcomer(11, None), newcomer(12, Some(11))];
    for account in &new {
        let hash = hash(account.user.number());
        bill.meter.take();
        store.sign_up(account, &hash).await.unwrap();
        // Two units for each item, and one each to put the account and the player into the index.
        bill.line("sign up", &Bound(1, 0.0, 12.0));
    }
    store.sign_up(&newcomer(12, None), &hash(12)).await.unwrap();
    bill.line("sign up, repeated", &Bound(2, 1.0, 0.0));
    store.apply_registration_bonus(user(11), amount("25"), second(1)).await.unwrap();
    // Two units for each item, and two to take the account out of the index.
    bill.line("bonus, nothing follows", &Bound(2, 2.0, 7.0));
    store.apply_registration_bonus(user(12), amount("25"), second(1)).await.unwrap();
    // The account stays in the index, whose attributes do not change.
    bill.line("bonus, a referral follows", &Bound(2, 2.0, 6.0));
    store.apply_registration_bonus(user(12), amount("25"), second(1)).await.unwrap();
    bill.line("bonus, repeated", &Bound(1, 2.0, 0.0));
    store.record_referral(user(12), code(11), true, ReferralBonusAfter::SignUp, second(2)).await.unwrap();
    bill.line("referral", &Bound(2, 3.0, 6.0));
    store.record_referral(user(12), code(11), true, ReferralBonusAfter::SignUp, second(2)).await.unwrap();
    bill.line("referral, repeated", &Bound(1, 3.0, 0.0));
    store.apply_referral_bonus(user(12), direct("10"), None, second(3)).await.unwrap();
    bill.line("referral bonus", &Bound(3, 2.0, 6.0));
    store.load_account_and_wallet(user(12)).await.unwrap();
    bill.line("read account and wallet", &Bound(1, 2.0, 0.0));
    set_blocked(store, user(12), true).await.unwrap();
    bill.line("block", &Bound(4, 3.0, 8.0));
}

async fn bill_sessions(store: &Store, bill: &mut Bill) {
    store.load_login(&phone(11)).await.unwrap();
    bill.line("read a login", &Bound(1, 1.0, 0.0));
    store
        .record_login(user(11), &LastLogin { at: second(4), address: "203.0.113.7".to_owned() })
        .await
        .unwrap();
    bill.line("record a login", &Bound(1, 0.0, 1.0));
    store.open_session(&Session::open(&token(11, 1, 0), second(4))).await.unwrap();
    bill.line("open a session", &Bound(1, 0.0, 1.0));
    store.rotate_session(&token(11, 1, 0), salt(1), second(5)).await.unwrap();
    bill.line("refresh", &Bound(2, 1.0, 1.0));
    store.end_session(user(11), token(11, 1, 0).family()).await.unwrap();
    bill.line("log out", &Bound(1, 0.0, 1.0));
    let day = jiff::civil::date(2024, 1, 1);
    let login = Session::open(&token(11, 2, 0), second(4)).owing(PendingTask::Day(day));
    store.open_session(&login).await.unwrap();
    // Plus one unit to put it into the index.
    bill.line("open a session that owes a day", &Bound(1, 0.0, 2.0));
    store.clear_owed(user(11), &PendingTask::Day(day)).await.unwrap();
    bill.line("a day that is owed no more", &Bound(2, 1.0, 2.0));
    let begun = Recovery::new(Digest::of(b"id"), phone(11), Digest::of(b"code"), second(5));
    store.keep_recovery(&begun).await.unwrap();
    bill.line("request a recovery", &Bound(1, 0.0, 1.0));
    store.keep_phone_code(&SentCode::new(user(11), Digest::of(b"code"), second(5))).await.unwrap();
    let sent = store.try_phone_code(user(11), second(5)).await.unwrap().expect("a try");
    store.verify_phone(&sent).await.unwrap();
    bill.meter.take();
    store.load_recovery(begun.key).await.unwrap();
    store.user_of_phone(&begun.phone).await.unwrap();
    let tried = store.try_recovery(begun.key, second(6)).await.unwrap().expect("a try");
    store.recover(&tried, user(11), &hash(9), second(7)).await.unwrap();
    // One for the try, two for each item, and one to put the recovery into the index.
    bill.line("recover", &Bound(5, 3.0, 10.0));
    store.clear_recovery_notice(begun.key).await.unwrap();
    bill.line("a notice of a recovery that is owed no more", &Bound(1, 0.0, 2.0));
    for outcome in ["attendance", "attendance, repeated"] {
        store.record_attendance(user(11), jiff::civil::date(2024, 1, 1), second(4)).await.unwrap();
        bill.line(outcome, &Bound(1, 0.0, 1.0));
    }
    for line in ["request, first of a window", "request"] {
        store.count_requests("login", "203.0.113.7", 7, second(60), 1).await.unwrap();
        bill.line(line, &Bound(1, 0.0, 1.0));
    }
}

/// A day with 50 bets on games.
async fn bill_games(store: &Store, bill: &mut Bill) {
    const DAY_S: i64 = 24 * 60 * 60;
    let period = opened_period(store).await;
    fund(store, 21, "1000").await;
    bill.meter.take();
    for key in 0..50 {
        game_bet(store, &game_command(21, &format!("key-{key}"), key % 2 == 0, "1"), &period).await;
    }
    bill.line("place 50 bets on a game", &Bound(150, 250.0, 600.0));
    let drawn = drawn(store, &closed(store, &period).await).await;
    settled_lanes(store, &drawn).await;
    bill.meter.take();
    for (line, at, bound) in [
        ("statistics, of 50 bets today", 40, Bound(9, 80.0, 0.0)),
        ("statistics, of 50 bets yesterday", DAY_S, Bound(9, 80.0, 1.0)),
        ("statistics, of days that are kept", DAY_S, Bound(3, 20.0, 0.0)),
    ] {
        store.load_play_statistics(user(21), Offset::UTC, second(at)).await.unwrap();
        bill.line(line, &bound);
    }
    let days = store.load_play_statistics(user(21), Offset::UTC, second(DAY_S)).await.unwrap();
    bill.meter.take();
    store.keep_play(user(21), &RecentPlay { as_of: second(DAY_S), days }).await.unwrap();
    bill.line("statistics, kept for five minutes", &Bound(1, 0.0, 2.0));
    let today = Offset::UTC.to_datetime(second(DAY_S)).date();
    assert!(store.recall_play(user(21), today, second(DAY_S)).await.unwrap().is_some());
    bill.line("statistics, recalled", &Bound(1, 1.0, 0.0));
}

/// A period from its opening to its end. All its writes, divided by the number of bets for which its shards are sized,
/// cost at most nine units a bet if four in ten win.
#[expect(clippy::float_arithmetic, reason = "units of the table, not money")]
async fn bill_period(store: &Store, bill: &mut Bill) {
    const BETS: u32 = 20;
    /// Write units of a condition in a transaction.
    const CHECK: f64 = 2.0;
    let (cash, bonus, few) = (61, 62, 71..71 + u64::from(BETS));
    for player in few.clone().chain([cash]) {
        fund(store, player, "1000").await;
    }
    welcomed(store, bonus, None).await;
    bill.meter.take();
    let (id, seed) = (period_id().next(), game_seed());
    let opening = Period::open(id, Offset::UTC, seed.hash(), ShardCount::ONE_PER_LANE);
    let period = store.open_period(opening, &seed).await.unwrap().into_period();
    let mut of_period = bill.line("open a period", &Bound(1, 0.0, 8.0));
    let number = draw(id, &seed, Entropy::None).unwrap().to_string();
    let selection = Selection::parse(id.room.game(), "NUMBER", &number).unwrap();
    let place = async |player: u64, key: u32| {
        let command = game_command(player, &format!("key-{key}"), true, "1");
        let command = PlaceGameBet { period: id, selection, ..command };
        let exposure = Exposure::of(id.room.game(), []);
        let at = || second(40);
        let placed = store.place_game_bet(&command, &period, &exposure, &room_limits(), at).await.unwrap();
        assert!(matches!(placed, PlaceGameBetOutcome::Placed(_)), "{placed:?}");
    };
    let mut placed: f64 = 0.0;
    for (line, player) in [("place 20 bets with cash", cash), ("place 20 bets with a bonus", bonus)] {
        for key in 0..BETS {
            place(player, key).await;
        }
        // The first bet of a shard also checks the period.
        placed = placed.max(bill.line(line, &Bound(60, 40.0, 132.0)) - CHECK);
    }
    let shard_of = |player: u64| period.shards.shard_of(user(player));
    let existing = BTreeSet::from([cash, bonus].map(shard_of));
    let new = few.clone().map(shard_of).filter(|shard| !existing.contains(shard)).collect::<BTreeSet<_>>();
    let created = CHECK * f64::from(u32::try_from(new.len()).unwrap());
    for player in few.clone() {
        place(player, 0).await;
    }
    let line = bill.line("place a bet each of 20 players", &Bound(60, 40.0, 130.0 + created));
    placed = placed.max(line - created);
    of_period += CHECK * f64::from(period.shards.get());
    let closing = period.close(second(55)).unwrap();
    let closing = store.move_period(&period, closing).await.unwrap().into_period();
    of_period += bill.line("put up the fence of a period", &Bound(1, 0.0, 4.0));
    let closed = store.close_period(&closing, second(55)).await.unwrap();
    of_period += bill.line("close 16 shards and the period", &Bound(17, 0.0, 24.0));
    let seed = store.load_period_seed(&closed).await.unwrap().unwrap();
    let drawn = closed.draw(seed, second(60)).unwrap();
    let drawn = store.draw_period(&closed, drawn).await.unwrap().into_period();
    of_period += bill.line("draw a period", &Bound(2, 1.0, 8.0));
    let mut owed = BTreeMap::new();
    for lane in Lane::all() {
        let shards = store.load_lane(&drawn, lane).await.unwrap();
        for won in shards.iter().flat_map(|shard| drawn.owed_for(&shard.bets)) {
            owed.entry(won.record.user).or_insert_with(Vec::new).push(won);
        }
    }
    bill.line("read the bets of 16 lanes", &Bound(16, 40.0, 0.0));
    let pay = async |player: u64| {
        let paid = store.pay_game_bets(&drawn, user(player), &owed[&user(player)], second(61)).await.unwrap();
        assert!(matches!(paid, PayGameBetsOutcome::Paid(_)), "{paid:?}");
    };
    let mut paid: f64 = 0.0;
    for (line, player) in [("pay 20 bets of a player", cash), ("pay 20 bets of a bonus", bonus)] {
        pay(player).await;
        paid = paid.max(bill.line(line, &Bound(2, 1.0, 60.0)));
    }
    for player in few {
        pay(player).await;
    }
    paid = paid.max(bill.line("pay a bet each of 20 players", &Bound(40, 20.0, 90.0)));
    for lane in Lane::all() {
        store.end_lane(id, lane).await.unwrap();
    }
    of_period += bill.line("end 16 lanes", &Bound(32, 16.0, 64.0));
    let bets = f64::from(BETS);
    let of_a_bet = placed / bets + 0.4 * paid / bets + of_period / (16.0 * bets);
    bill.lines.push(format!("a bet on a period, at most {:30} {of_a_bet:11.2}", ""));
    assert!(of_a_bet <= 9.0 || !bill.is_bounded, "a bet costs {of_a_bet} write units");
}

/// A period without bets, which leaves one item.
async fn bill_idle_period(store: &Store, bill: &mut Bill) {
    bill.meter.take();
    let (id, seed) = (period_id().later(2), game_seed());
    let opening = Period::open(id, Offset::UTC, seed.hash(), ShardCount::ONE_PER_LANE);
    let period = store.open_period(opening, &seed).await.unwrap().into_period();
    bill.line("open an idle period", &Bound(1, 0.0, 8.0));
    let closing = period.close(second(85)).unwrap();
    let closing = store.move_period(&period, closing).await.unwrap().into_period();
    bill.line("put up its fence", &Bound(1, 0.0, 4.0));
    let closed = store.close_period(&closing, second(85)).await.unwrap();
    bill.line("close it", &Bound(17, 0.0, 24.0));
    let seed = store.load_period_seed(&closed).await.unwrap().unwrap();
    let drawn = closed.draw(seed, second(90)).unwrap().ended_if_empty();
    store.draw_period(&closed, drawn).await.unwrap();
    bill.line("draw and archive it", &Bound(2, 1.0, 8.0));
    assert!(store.load_period(id).await.unwrap().is_some());
    bill.line("read an archived period", &Bound(2, 2.0, 0.0));
    assert!(store.load_period_eventually(id).await.unwrap().is_some());
    bill.line("show an archived period", &Bound(2, 1.5, 0.0));
    assert!(store.load_period_eventually(id.next()).await.unwrap().is_none());
    bill.line("show a period that does not exist", &Bound(3, 3.5, 0.0));
}

async fn place(store: &Store, player: u64, key: &str, side: Side) -> evens_exchange::UnmatchedBet {
    let placed = try_place(store, &command(player, key, side, "10"), second(0)).await.unwrap();
    let PlaceBetOutcome::Placed(placement) = placed else { panic!("{placed:?}") };
    placement.waiting
}
