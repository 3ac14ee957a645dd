//! The daily limit of contributions by route holds for any number of concurrent requests.

use crate::jackpots::{MINOR, contribution, load_totals, opened};
use crate::scenario::{amount, second};
use evens_games::{Lane, PeriodId};
use evens_jackpots::{ContributeOutcome, Contribution, DayIsFull, JackpotGroup, OperationId};
use evens_store::Store;
use futures::future::join_all;
use jiff::SignedDuration;

/// Ten for each of 64 meters.
const DAY_MAX: &str = "640";

async fn brought(store: &Store, made: &Contribution) -> ContributeOutcome {
    store.contribute_jackpot(made, Some(amount(DAY_MAX))).await.unwrap()
}

fn is_made(outcome: &ContributeOutcome) -> bool {
    matches!(outcome, ContributeOutcome::Contributed { is_replay: false, .. })
}

fn full(left: &str) -> ContributeOutcome {
    let until = second(24 * 60 * 60);
    ContributeOutcome::DayIsFull(DayIsFull {
        group: MINOR,
        brought: amount(DAY_MAX),
        left: amount(left),
        until,
    })
}

pub(crate) async fn contributions_by_route_bring_so_much_in_a_day(store: &Store) {
    opened(store).await;
    let all: Vec<_> =
        (0..100).map(|number| contribution(&format!("op-{number}"), ["10", "0", "0"])).collect();
    let outcomes = join_all(all.iter().map(|made| brought(store, made))).await;
    // Every meter with room is used.
    assert_eq!(outcomes.iter().filter(|outcome| is_made(outcome)).count(), 64);
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == full("0")).count(), 36, "{outcomes:?}");
    assert_eq!(load_totals(store, MINOR).await.amount, amount("1480"));
    // A contribution to several groups is refused entirely if one of them has no room.
    assert_eq!(brought(store, &contribution("both", ["0.00000001", "4", "0"])).await, full("0"));
    assert_eq!(load_totals(store, JackpotGroup::Major).await.amount, amount("20000"));
    assert!(is_made(&brought(store, &contribution("major", ["0", "4", "4"])).await));
    // A repeat gets its first answer.
    let first = outcomes.iter().position(is_made).unwrap();
    let again = brought(store, &all[first]).await;
    assert!(matches!(again, ContributeOutcome::Contributed { is_replay: true, .. }), "{again:?}");
}

pub(crate) async fn queued_and_fed_contributions_have_no_daily_limit_and_a_day_ends(store: &Store) {
    opened(store).await;
    for number in 0..64 {
        assert!(is_made(&brought(store, &contribution(&format!("op-{number}"), ["10", "0", "0"])).await));
    }
    let more = contribution("more", ["4", "0", "0"]);
    assert_eq!(brought(store, &more).await, full("0"));
    assert!(is_made(&store.contribute_jackpot(&more, None).await.unwrap()));
    let period: PeriodId = "wingo-30-20261123000000042".parse().unwrap();
    let fed = OperationId::of_lane(period, Lane::all().next().unwrap());
    let fed = Contribution { operation: fed, ..more.clone() };
    assert!(is_made(&store.contribute_jackpot(&fed, None).await.unwrap()));
    assert_eq!(load_totals(store, MINOR).await.amount, amount("1486"));
    // The next day has the same limit again. A late clock cannot return to the earlier day.
    let on_day = |id: &str, days: i64| {
        let made = contribution(id, ["10", "0", "0"]);
        Contribution { at: made.at + SignedDuration::from_hours(24 * days), ..made }
    };
    for number in 0..64 {
        assert!(is_made(&brought(store, &on_day(&format!("next-{number}"), 1)).await));
    }
    for days in [0, 1] {
        let refused = brought(store, &on_day("late", days)).await;
        assert!(matches!(refused, ContributeOutcome::DayIsFull(full) if full.left.is_zero()), "{refused:?}");
    }
    assert!(is_made(&brought(store, &on_day("later", 9)).await));
}
