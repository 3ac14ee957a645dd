//! The restrictions that players set for themselves, and their effect on bets.

use crate::corrupt::without;
use crate::engine::Engine;
use crate::raw::{self, Item, number, text, with};
use crate::scenario::{
    ENOUGH, amount, command, drawn, fund, limits, of_epoch, opened, place, plan_drawn, refund, round_id,
    second, settled, signed_up, try_place, user,
};
use aws_sdk_dynamodb::types::AttributeValue;
use evens_exchange::{BettingLimits, Draw, PlaceBetOutcome, Side};
use evens_ledger::{Amount, UserId};
use evens_own_limits::{
    EXCLUSION_MIN, Exclusion, LimitId, PerPeriod, PlayLimits, PlayRefusal, PlayRules, PlaySum, RealityCheck,
};
use evens_payments::{PaymentsRecord, SETTINGS_CHANGES_MAX, TooManyChanges};
use evens_store::{CapacityMeter, ChangeRefusal, JoinOutcome, Store, StoreError};
use futures::future::join_all;
use jiff::SignedDuration;
use std::convert::Infallible;
use std::sync::atomic::{AtomicU32, Ordering};

fn id(text: &str) -> LimitId {
    text.parse().expect("a limit")
}

/// Sets a limit of a player as of the start of 2024. Money that comes back is deducted from then on.
async fn set(store: &Store, player: u64, which: &str, limit: &str) -> (PaymentsRecord, PlayLimits) {
    let ask = |record: &PaymentsRecord| {
        Ok::<_, Infallible>(record.ask_limit(id(which), Some(amount(limit)), second(0)))
    };
    store.change_limits(user(player), second(-60), ask).await.expect("an answer").expect("a change")
}

async fn exclude(store: &Store, player: UserId) {
    let now = second(5);
    let excluded = store.change_limits(player, now, |record| record.exclude(now + EXCLUSION_MIN, now)).await;
    excluded.expect("a change").expect("long enough");
}

/// The sums that count against the limits of a day.
async fn counted(store: &Store, player: u64) -> (String, String) {
    let (_, play) = store.load_limits(user(player)).await.expect("limits");
    let PlaySum { staked, paid, .. } = play.sums.day;
    (staked.to_string(), paid.to_string())
}

fn sums(staked: &str, paid: &str) -> (String, String) {
    (staked.to_owned(), paid.to_owned())
}

/// The player's first item of a kind.
async fn item_of(engine: &Engine, kind: &str, player: u64) -> Item {
    let items = raw::items(engine, kind).await;
    items.into_iter().find(|item| item["user"] == number(player)).expect("there is one")
}

pub(crate) async fn a_limit_is_stored_once_and_copied_to_the_wallet(engine: &Engine) {
    let store = &engine.store;
    fund(store, 1, ENOUGH).await;
    let untouched = item_of(engine, "wallet", 1).await;
    let (record, play) = set(store, 1, "deposits-day", "50").await;
    assert_eq!((record.revision, play), (1, PlayLimits::NONE));
    assert_eq!(item_of(engine, "wallet", 1).await, untouched, "bets are held to nothing");

    let (record, play) = set(store, 1, "stakes-week", "100.50").await;
    assert_eq!((record.revision, play.rules.stakes.week), (2, Some(amount("100.5"))));
    let written = item_of(engine, "wallet", 1).await;
    assert_eq!(written["play"], text("\n100.5\n\n\n\n\n\n\n\n\n"));
    assert!(written.contains_key("fence") && written["version"] == untouched["version"]);
    let found = store.load_limits(user(1)).await.unwrap();
    assert_eq!((found.0, found.1.rules), (record, play.rules));

    let before = raw::everything(engine).await;
    set(store, 1, "stakes-week", "100.5").await;
    set(store, 1, "deposits-day", "50").await;
    assert_eq!(raw::everything(engine).await, before, "the same again changes nothing");
    let (record, _) = set(store, 1, "stakes-week", "200").await;
    assert_eq!(record.revision, 3);
    assert_eq!(item_of(engine, "wallet", 1).await, written, "a wish does not count");
    let from = second(86_400);
    let confirmed =
        store.change_limits(user(1), from, |record| record.confirm_limit(id("stakes-week"), from)).await;
    assert_eq!(confirmed.unwrap().unwrap().1.rules.stakes.week, Some(amount("200")));
    assert_ne!(item_of(engine, "wallet", 1).await["fence"], written["fence"]);
    crate::books::check(store).await;
}

/// Every attribute about limits that a wallet may have, with invalid values.
pub(crate) async fn limits_in_a_wallet_are_read(engine: &Engine) {
    let store = &engine.store;
    fund(store, 1, "10").await;
    let item = item_of(engine, "wallet", 1).await;
    let read = async |play: AttributeValue, sums: AttributeValue| {
        raw::put(engine, with(&item, &[("play", play), ("play_sums", sums)])).await;
        store.load_limits(user(1)).await.map(|(_, play)| play)
    };
    let at = "2024-01-01T00:00:00Z";
    let good_play = format!("1\n2\n3\n4\n5\n6\n{at}\n2024-01-01T00:01:00Z\n2024-01-01T00:02:00Z\n30\n{at}");
    let good_sums = format!("{at}\n7\n8\n{at}\n9\n10\n{at}\n11\n12");
    let limit = |units: &str| Some(amount(units));
    let sum =
        |staked: &str, paid: &str| PlaySum { since: second(0), staked: amount(staked), paid: amount(paid) };
    let expected = PlayLimits {
        rules: PlayRules {
            exclusion: Some(Exclusion { since: second(0), until: second(60), ends_at: Some(second(120)) }),
            stakes: PerPeriod { day: limit("1"), week: limit("2"), month: limit("3") },
            losses: PerPeriod { day: limit("4"), week: limit("5"), month: limit("6") },
            reality_check: Some(RealityCheck { every: "30".parse().unwrap(), seen_at: second(0) }),
            is_held: false,
        },
        sums: PerPeriod { day: sum("7", "8"), week: sum("9", "10"), month: sum("11", "12") },
    };
    assert_eq!(read(text(&good_play), text(&good_sums)).await.unwrap(), expected);
    #[rustfmt::skip]
    let wrong = [
        "", "1\n2\n3", "x\n\n\n\n\n\n\n\n\n\n", "\n\n\n\n\n\n2024-01-01T00:00:00Z\n\n\n\n",
        "\n\n\n\n\n\n\n\n2024-01-01T00:00:00Z\n\n", "\n\n\n\n\n\n\n\n\n30\n", "\n\n\n\n\n\n\n\n\n3\n2024-01-01T00:00:00Z",
    ];
    for wrong in wrong {
        let fault = read(text(wrong), text(&good_sums)).await;
        assert!(matches!(&fault, Err(StoreError::Corrupt { .. })), "{wrong:?}: {fault:?}");
        let refused = try_place(store, &command(1, "key", Side::A, "1"), second(5)).await;
        assert!(matches!(&refused, Err(StoreError::Corrupt { .. })), "{wrong:?}: {refused:?}");
    }
    for wrong in ["", "2024-01-01T00:00:00Z\n7\n8", "x\n1\n1\nx\n1\n1\nx\n1\n1"] {
        let fault = read(text(&good_play), text(wrong)).await;
        assert!(matches!(&fault, Err(StoreError::Corrupt { .. })), "{wrong:?}: {fault:?}");
    }
}

pub(crate) async fn stakes_at_once_pass_no_limit(store: &Store) {
    fund(store, 1, ENOUGH).await;
    set(store, 1, "stakes-day", "100").await;
    set(store, 1, "losses-month", "55").await;
    let commands: Vec<_> =
        (0..12).map(|number| command(1, &format!("key-{number}"), Side::A, "10")).collect();
    opened(store, crate::scenario::ROUND, Draw::Match, 0).await;
    let outcomes = join_all(commands.iter().map(|command| try_place(store, command, second(5)))).await;
    let (mut placed, mut refused) = (0, 0);
    for outcome in outcomes {
        match outcome.expect("an outcome") {
            PlaceBetOutcome::Placed(_) => placed += 1,
            PlaceBetOutcome::OverOwnLimits(PlayRefusal::OverLimit { left, .. }) => {
                assert_eq!(left, amount("5"));
                refused += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((placed, refused), (5, 7));
    assert_eq!(counted(store, 1).await, sums("50", "0"));
    // Bets placed before are found, whatever the limits are now.
    let mut repeats = 0;
    for command in &commands {
        let again = try_place(store, command, second(6)).await.expect("an outcome");
        repeats += u32::from(matches!(again, PlaceBetOutcome::PlacedBefore(_)));
    }
    assert_eq!(repeats, 5);
    // The platform's month begins five and a half hours earlier.
    let offset = jiff::tz::Offset::from_seconds(19_800).expect("an offset");
    let in_india = BettingLimits { day_offset: offset, ..limits() };
    let ask = |key: &str, at| (command(1, key, Side::A, "10"), second(at));
    let (before, just_before) = ask("january", 31 * 86_400 - 19_800 - 1);
    let refused = store.place_bet(&before, in_india, just_before).await.unwrap();
    assert!(matches!(refused, PlaceBetOutcome::OverOwnLimits(_)), "{refused:?}");
    let (after, midnight) = ask("february", 31 * 86_400 - 19_800);
    let placed = store.place_bet(&after, in_india, midnight).await.unwrap();
    assert!(matches!(placed, PlaceBetOutcome::Placed(_)), "{placed:?}");
}

/// Once an exclusion has been answered, no bet is placed, regardless of earlier reads.
pub(crate) async fn no_bet_is_placed_after_its_player_was_excluded(store: &Store) {
    signed_up(store, 1, None).await;
    fund(store, 1, ENOUGH).await;
    let placed = AtomicU32::new(0);
    let storm = |one: u32| {
        let placed = &placed;
        async move {
            for number in 0.. {
                let command = command(1, &format!("key-{one}-{number}"), Side::A, "0.01");
                match try_place(store, &command, second(5)).await.expect("an outcome") {
                    PlaceBetOutcome::Placed(_) => placed.fetch_add(1, Ordering::SeqCst),
                    PlaceBetOutcome::OverOwnLimits(PlayRefusal::Excluded { .. }) => return,
                    other => panic!("{other:?}"),
                };
            }
        }
    };
    let exclusion = async {
        while placed.load(Ordering::SeqCst) < 20 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        exclude(store, user(1)).await;
        store.load_wallet(user(1)).await.unwrap()
    };
    let (_, when_excluded) = tokio::join!(join_all((0..8).map(storm)), exclusion);
    assert_eq!(store.load_wallet(user(1)).await.unwrap(), when_excluded);
}

/// Refunds, payouts with a join and after a draw, and voids: each counts in the periods of the stake.
pub(crate) async fn returned_money_lowers_the_sums_in_every_way_of_return(store: &Store) {
    for player in [1, 2] {
        fund(store, player, ENOUGH).await;
        set(store, player, "stakes-day", "1000").await;
    }
    let place =
        async |player, key: &str, side, at| place(store, &command(player, key, side, "10"), second(at)).await;
    let refunded = place(1, "refunded", Side::A, 0).await;
    assert_eq!(counted(store, 1).await, sums("10", "0"));
    refund(store, &refunded.bet).await;
    assert_eq!(counted(store, 1).await, sums("0", "0"));

    let (a, b) = (place(1, "joined", Side::A, 1).await, place(2, "joined", Side::B, 1).await);
    let plan = plan_drawn(&a.waiting, &b.waiting, Side::A, 2);
    let joined = store.join_and_settle(&plan, Side::A, &Draw::Match, &[], second(3)).await.unwrap();
    assert_eq!(joined, JoinOutcome::Settled);
    assert_eq!((counted(store, 1).await, counted(store, 2).await), (sums("10", "20"), sums("10", "0")));

    let (a, b) = (place(1, "drawn", Side::A, 1).await, place(2, "drawn", Side::B, 1).await);
    let found = crate::scenario::joined(store, &a.waiting, &b.waiting, 2).await;
    settled(store, &found, Side::B).await;
    assert_eq!((counted(store, 1).await, counted(store, 2).await), (sums("20", "20"), sums("20", "20")));

    let (a, b) = (place(1, "void", Side::A, 1).await, place(2, "void", Side::B, 1).await);
    let found = crate::scenario::joined(store, &a.waiting, &b.waiting, 2).await;
    drawn(store, &found, Side::A).await;
    store
        .void_match(
            &store.load_match(&round_id(crate::scenario::ROUND), found.id).await.unwrap().unwrap(),
            second(3),
        )
        .await
        .unwrap();
    assert_eq!((counted(store, 1).await, counted(store, 2).await), (sums("20", "20"), sums("20", "20")));

    // A stake of yesterday that is paid today does not count today.
    let (a, b) = (place(1, "yesterday", Side::A, 4).await, place(2, "yesterday", Side::B, 4).await);
    place(1, "today", Side::B, 86_400).await;
    let plan = plan_drawn(&a.waiting, &b.waiting, Side::A, 86_401);
    store.join_and_settle(&plan, Side::A, &Draw::Match, &[], second(86_402)).await.unwrap();
    assert_eq!(counted(store, 1).await, sums("10", "0"));
    let (_, play) = store.load_limits(user(1)).await.unwrap();
    let week = play.sums.week;
    assert_eq!((week.staked, week.paid), (amount("40"), amount("40")));
}

/// Stakes and payouts of a player who has never set a limit.
pub(crate) async fn sums_are_counted_without_limits(store: &Store) {
    for player in [1, 2] {
        fund(store, player, ENOUGH).await;
        assert_eq!(counted(store, player).await, sums("0", "0"));
    }
    let a = place(store, &command(1, "key-1", Side::A, "10"), second(0)).await;
    let b = place(store, &command(2, "key-1", Side::B, "4"), second(0)).await;
    assert_eq!((counted(store, 1).await, counted(store, 2).await), (sums("10", "0"), sums("4", "0")));
    let plan = plan_drawn(&a.waiting, &b.waiting, Side::A, 1);
    store.join_and_settle(&plan, Side::A, &Draw::Match, &[], second(1)).await.unwrap();
    refund(store, &a.bet).await;
    assert_eq!((counted(store, 1).await, counted(store, 2).await), (sums("4", "8"), sums("4", "0")));
    // The limit applies to the stakes before it, too.
    set(store, 2, "stakes-day", "10").await;
    let refused = try_place(store, &command(2, "key-2", Side::B, "6.01"), second(2)).await.unwrap();
    let PlaceBetOutcome::OverOwnLimits(PlayRefusal::OverLimit { left, .. }) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(left, amount("6"));
}

/// A wallet of an earlier version carries no sums. They begin after its last movement, and say so.
pub(crate) async fn sums_of_an_old_wallet_begin_after_its_last_movement(engine: &Engine) {
    let store = &engine.store;
    fund(store, 1, ENOUGH).await;
    let old = place(store, &command(1, "old", Side::A, "10"), second(5)).await;
    raw::put(engine, without(&item_of(engine, "wallet", 1).await, "play_sums")).await;
    let since = second(5) + SignedDuration::from_nanos(1);
    let begun = PlaySum { since, ..PlaySum::default() };
    let read = async || store.load_limits(user(1)).await.expect("limits").1.sums.day;
    assert_eq!(read().await, begun);
    place(store, &command(1, "new", Side::A, "3"), second(6)).await;
    assert_eq!(read().await, PlaySum { staked: amount("3"), ..begun });
    // The earlier stake was not counted, so its refund is not subtracted.
    refund(store, &old.bet).await;
    assert_eq!(read().await, PlaySum { staked: amount("3"), ..begun });
    crate::books::check(store).await;
}

/// A player changes their settings as often as a day permits. Then only stricter settings are made, and no further
/// entry is kept.
pub(crate) async fn changes_of_a_day_have_an_end(store: &Store) {
    let now = second(0);
    let wish = |limit: u32| {
        move |record: &PaymentsRecord| {
            Ok::<_, Infallible>(record.ask_limit(id("losses-day"), limit.to_string().parse().ok(), now))
        }
    };
    set(store, 1, "losses-day", "10").await;
    // A wish for another higher limit replaces the one before.
    for limit in 1..SETTINGS_CHANGES_MAX {
        store.change_limits(user(1), now, wish(10 + limit)).await.unwrap().unwrap();
    }
    let until = second(-60) + SignedDuration::from_hours(24);
    let refused = store.change_limits(user(1), now, wish(9_999)).await.unwrap().unwrap_err();
    assert_eq!(refused, ChangeRefusal::TooMany(TooManyChanges { until }));
    for lower in ["9", "8"] {
        let (record, play) = set(store, 1, "losses-day", lower).await;
        assert_eq!(record.settings.number, u64::from(SETTINGS_CHANGES_MAX));
        assert_eq!(play.rules.losses.day, Some(amount(lower)));
    }
    exclude(store, user(1)).await;
    let (record, play) = store.load_limits(user(1)).await.unwrap();
    assert_eq!(record.settings.number, u64::from(SETTINGS_CHANGES_MAX));
    assert!(play.rules.exclusion.is_some() && record.exclusion.is_some());
    crate::books::check(store).await;
    store.change_limits(user(1), until, wish(9_999)).await.unwrap().unwrap();
    crate::books::check(store).await;
}

pub(crate) async fn settings_at_once_are_all_made(store: &Store) {
    fund(store, 1, ENOUGH).await;
    let every: Vec<_> = LimitId::all().map(|id| id.to_string()).collect();
    join_all(every.iter().map(|which| set(store, 1, which, "100"))).await;
    let (record, play) = store.load_limits(user(1)).await.unwrap();
    assert_eq!(record.revision, 9);
    assert!(LimitId::all().all(|id| record.limit(id).current == Some(amount("100"))), "{record:?}");
    assert_eq!(play.rules, record.play_rules());
}

pub(crate) async fn limits_apply_to_a_player_without_a_wallet(store: &Store) {
    exclude(store, user(1)).await;
    fund(store, 1, ENOUGH).await;
    let refused = try_place(store, &command(1, "key-1", Side::A, "1"), second(6)).await.unwrap();
    let until = second(5) + EXCLUSION_MIN;
    assert_eq!(refused, PlaceBetOutcome::OverOwnLimits(PlayRefusal::Excluded { until }));
    // Open bets end as usual.
    let found = match_of_excluded(store).await;
    assert_eq!(found, ("1000010".to_owned(), Amount::ZERO));
}

/// Player 3 is excluded while their bet is matched, and paid.
async fn match_of_excluded(store: &Store) -> (String, Amount) {
    fund(store, 3, "1000000").await;
    fund(store, 4, ENOUGH).await;
    let a = place(store, &command(3, "open", Side::A, "10"), second(1)).await;
    let b = place(store, &command(4, "open", Side::B, "10"), second(1)).await;
    let found = crate::scenario::joined(store, &a.waiting, &b.waiting, 2).await;
    exclude(store, user(3)).await;
    settled(store, &found, Side::A).await;
    let wallet = store.load_wallet(user(3)).await.unwrap();
    (wallet.balance.to_string(), wallet.locked)
}

/// A wallet with four entries and everything that a player may have who bets, with usual sums, is read and written as
/// one kilobyte. A blocked, held or excluded player places no bets, so their wallet may be larger.
#[tokio::test]
async fn the_largest_wallet_costs_one_unit() {
    let engine = &Engine::embedded().await;
    let meter = CapacityMeter::default();
    let store = &engine.store.clone().metered(meter.clone());
    fund(store, 1_000_042, "99999.50").await;
    for which in LimitId::all() {
        set(store, 1_000_042, &which.to_string(), "25000.50").await;
    }
    let every = "60".parse().expect("minutes");
    let remind = |record: &PaymentsRecord| record.set_reality_check(Some(every), second(0), second(0));
    meter.take();
    store.change_limits(user(1_000_042), second(0), remind).await.unwrap().unwrap();
    let cost = meter.take();
    assert!(cost.calls == 2 && cost.write_units <= 6.0, "a setting costs {cost:?}");
    let ended = ("session_epoch", number(1_000));
    raw::put(engine, with(&item_of(engine, "wallet", 1_000_042).await, &[ended])).await;
    opened(store, crate::scenario::ROUND, Draw::Match, 0).await;
    let mut largest = 0;
    for (number, write_units) in [6.0, 6.0, 6.0, 8.0, 6.0, 6.0, 6.0, 8.0].into_iter().enumerate() {
        let command = of_epoch(1_000, command(1_000_042, &format!("key-{number}"), Side::A, "123.45"));
        let now = second(0) + SignedDuration::from_millis(123);
        meter.take();
        place(store, &command, now).await;
        let cost = meter.take();
        assert!(cost.write_units <= write_units, "bet {number} costs {cost:?}");
        largest = largest.max(size(&item_of(engine, "wallet", 1_000_042).await));
    }
    println!("the wallet has {largest} bytes");
    assert!(largest <= 1_024, "the wallet has {largest} bytes");
}

/// As DynamoDB counts it: names, texts, numbers with two digits per byte, and three bytes for a list.
fn size(item: &Item) -> usize {
    fn bytes(value: &AttributeValue) -> usize {
        match value {
            AttributeValue::S(text) => text.len(),
            AttributeValue::N(number) => number.len().div_ceil(2) + 1,
            AttributeValue::L(values) => values.iter().map(|one| bytes(one) + 1).sum::<usize>() + 3,
            other => panic!("no wallet has {other:?}"),
        }
    }
    item.iter().map(|(name, of)| name.len() + bytes(of)).sum()
}
