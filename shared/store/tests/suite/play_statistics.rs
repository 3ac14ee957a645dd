//! Statistics of a player's bets on games: they agree with the money at every stage, and finished days are read once.

use crate::game_scenario::{
    cancel, closed, drawn, game_bet, game_command, opened_period, purses, settled_lane, settled_lanes,
};
use crate::scenario::{amount, fund, second, user, welcomed};
use evens_games::{Lane, PlayStatistics, StatisticsPeriod};
use evens_store::{CancelPeriodOutcome, RecentPlay, Store};
use jiff::tz::Offset;

const DAY_S: i64 = 24 * 60 * 60;

/// The statistics of player 1 for those days, as of that second of 2024.
async fn came_to(store: &Store, period: StatisticsPeriod, at: i64) -> PlayStatistics {
    store.load_play_statistics(user(1), Offset::UTC, second(at)).await.unwrap().over(period)
}

fn statistics(bets: u64, winning: u64, losing: u64, staked: &str, won: &str) -> PlayStatistics {
    PlayStatistics { bets, winning, losing, staked: amount(staked), won: amount(won) }
}

pub(crate) async fn statistics_agree_with_money_at_every_stage(store: &Store) {
    use StatisticsPeriod::{ThisMonth, ThisWeek, Today, Yesterday};
    let period = opened_period(store).await;
    welcomed(store, 1, None).await;
    fund(store, 1, "100").await;
    assert_eq!(came_to(store, Today, 9).await, PlayStatistics::default());
    // The bonus of 25 pays first, so the winning stake has two entries.
    game_bet(store, &game_command(1, "wins", true, "40"), &period).await;
    game_bet(store, &game_command(1, "loses", false, "10"), &period).await;
    let pending = statistics(2, 0, 0, "50", "0");
    assert_eq!(came_to(store, Today, 12).await, pending);
    let drawn = drawn(store, &closed(store, &period).await).await;
    // The period is drawn, and nothing is paid. A bet counts as lost once all winners of its lane are paid, independent
    // of other lanes.
    assert_eq!(came_to(store, Today, 30).await, pending);
    let own = Lane::of_shard(period.shards.shard_of(user(1)));
    let other = Lane::all().find(|lane| *lane != own).expect("a lane");
    settled_lane(store, &drawn, other).await;
    assert_eq!(came_to(store, Today, 30).await, pending);
    settled_lane(store, &drawn, own).await;
    let ended = statistics(2, 1, 1, "50", "352.8");
    assert_eq!(came_to(store, Today, 31).await, ended);
    settled_lanes(store, &drawn).await;
    for days in [Today, ThisWeek, ThisMonth] {
        assert_eq!(came_to(store, days, 32).await, ended, "{days:?}");
    }
    assert_eq!(came_to(store, Yesterday, 32).await, PlayStatistics::default());
    // 125 with the bonus, less the stakes, plus the payout.
    let (cash, bonus) = purses(store, 1).await;
    assert_eq!(amount(&cash).checked_add(amount(&bonus)).unwrap(), amount("427.8"));
    // The day after, twice: the second time the day is stored.
    for at in [DAY_S + 5, DAY_S + 6] {
        assert_eq!(came_to(store, Today, at).await, PlayStatistics::default());
        assert_eq!(came_to(store, Yesterday, at).await, ended);
        assert_eq!(came_to(store, ThisMonth, at).await, ended);
    }
    assert_eq!(came_to(store, ThisMonth, 31 * DAY_S).await, PlayStatistics::default(), "in February");
}

pub(crate) async fn a_stake_that_came_back_counts_for_nothing(store: &Store) {
    let period = opened_period(store).await;
    fund(store, 1, "100").await;
    game_bet(store, &game_command(1, "one", true, "20"), &period).await;
    let cancelled = cancel(store, period.id, 12).await;
    let CancelPeriodOutcome::Cancelled(cancelled) = cancelled else { panic!("{cancelled:?}") };
    assert_eq!(came_to(store, StatisticsPeriod::Today, 13).await, statistics(1, 0, 0, "20", "0"));
    settled_lanes(store, &cancelled).await;
    assert_eq!(came_to(store, StatisticsPeriod::Today, 14).await, PlayStatistics::default());
    assert_eq!(came_to(store, StatisticsPeriod::Yesterday, DAY_S + 1).await, PlayStatistics::default());
}

pub(crate) async fn bets_beyond_one_answer_are_added_up(store: &Store) {
    let period = opened_period(store).await;
    fund(store, 1, "1000").await;
    for key in 0..50 {
        // Other money moves meanwhile, so that there are more entries than one answer holds.
        for order in 0..4 {
            store.fund_wallet(user(1), amount("1"), &format!("{key}-{order}"), second(9)).await.unwrap();
        }
        game_bet(store, &game_command(1, &format!("key-{key}"), false, "1"), &period).await;
    }
    assert_eq!(came_to(store, StatisticsPeriod::Today, 12).await, statistics(50, 0, 0, "50", "0"));
    let drawn = drawn(store, &closed(store, &period).await).await;
    settled_lanes(store, &drawn).await;
    for at in [40, DAY_S + 1] {
        assert_eq!(came_to(store, StatisticsPeriod::ThisWeek, at).await, statistics(50, 0, 50, "50", "0"));
    }
}

/// Statistics are valid for five minutes on their day, and never replace newer ones.
pub(crate) async fn cached_statistics_are_read_while_they_are_valid(store: &Store) {
    let period = opened_period(store).await;
    fund(store, 1, "100").await;
    game_bet(store, &game_command(1, "one", true, "20"), &period).await;
    let today = jiff::civil::date(2024, 1, 1);
    let recall = async |at: i64| store.recall_play(user(1), today, second(at)).await.unwrap();
    assert_eq!(recall(40).await, None);
    let days = store.load_play_statistics(user(1), Offset::UTC, second(40)).await.unwrap();
    let recent = RecentPlay { as_of: second(40), days };
    store.keep_play(user(1), &recent).await.unwrap();
    let older = RecentPlay { as_of: second(39), ..recent.clone() };
    store.keep_play(user(1), &older).await.unwrap();
    for (at, is_good) in [(39, false), (40, true), (339, true), (340, false)] {
        assert_eq!(recall(at).await, is_good.then(|| recent.clone()), "second {at}");
    }
    let tomorrow = jiff::civil::date(2024, 1, 2);
    assert_eq!(store.recall_play(user(1), tomorrow, second(41)).await.unwrap(), None);
    assert_eq!(store.recall_play(user(2), today, second(41)).await.unwrap(), None);
    let newer = RecentPlay { as_of: second(341), ..recent };
    store.keep_play(user(1), &newer).await.unwrap();
    assert_eq!(recall(342).await, Some(newer));
    // They are not one of the stored days.
    assert_eq!(came_to(store, StatisticsPeriod::Yesterday, DAY_S + 5).await.bets, 1);
}
