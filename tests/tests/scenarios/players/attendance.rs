//! Attendance: a login counts for its date in Kolkata by the platform's clock, however late it is recorded.

use crate::beside::Beside;
use evens_contracts::{CheckAttendanceJob, Job, Queue};
use evens_ledger::UserId;
use evens_players::{AttendanceOffset, Month};
use evens_runtime::Clock;
use evens_store::Since;
use evens_tests::{Client, PASSWORD, Request, Scenario, Tokens, phone};
use futures::future::join_all;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde_json::Value;
use std::collections::BTreeSet;

fn job(user: UserId, date: &str) -> Job {
    Job::CheckAttendance(CheckAttendanceJob { user_id: user, date: date.parse().unwrap() })
}

/// The recorded days.
async fn days(scenario: &Scenario, user: UserId) -> Vec<String> {
    let days = scenario.context().store.list_attendance(user, Date::ZERO, Date::MAX, 1_000).await.unwrap();
    days.iter().rev().map(Date::to_string).collect()
}

/// The days of a month on which the player's calendar shows a login.
async fn calendar(client: &Client, month: &str) -> (Vec<String>, Value) {
    let body = client.get(&format!("/api/attendance?month={month}")).await.expect(200)["data"].clone();
    assert_eq!(body["month"], month);
    let days = body["days"].as_array().unwrap();
    let attended = days.iter().filter(|day| day["hasLoggedIn"] == true);
    (attended.map(|day| day["date"].as_str().unwrap().to_owned()).collect(), body)
}

fn today() -> Date {
    AttendanceOffset::INDIA.day(Timestamp::now())
}

/// The day changes at 18:30:00Z by the platform's clock. The job carries the day, so its processing date does not
/// matter.
#[tokio::test(flavor = "multi_thread")]
async fn a_login_around_midnight_is_of_the_day_it_was_in_kolkata() {
    let scenario = Scenario::start().await;
    let rows = [
        ("2025-03-14T18:29:59.000Z", "2025-03-14"),
        ("2025-03-14T18:29:59.999Z", "2025-03-14"),
        ("2025-03-14T18:30:00.000Z", "2025-03-15"),
        ("2025-03-15T00:00:00.000Z", "2025-03-15"),
        ("2025-03-15T18:29:59.000Z", "2025-03-15"),
        ("2024-02-28T18:30:00.000Z", "2024-02-29"),
        ("2024-12-31T18:29:59.000Z", "2024-12-31"),
        ("2024-12-31T18:30:00.000Z", "2025-01-01"),
    ];
    for (number, (now, day)) in (0..).zip(rows) {
        let client = scenario.signed_up(&phone(number), PASSWORD).await;
        let beside = Beside::login(&scenario, Clock::fixed(now.parse().unwrap())).await;
        let answer = beside.send(Scenario::login_request(&phone(number), PASSWORD)).await;
        assert_eq!(answer.expect(200)["data"]["user"]["lastLoginAt"], now, "{now}");
        scenario.await_idle().await;
        assert_eq!(days(&scenario, client.user).await, [day], "{now}");
    }
    scenario.finish().await;
}

/// K17, C19: a login succeeds while the queue is unavailable. The session owes the day even after it has ended, and the
/// sweeper finds it.
#[tokio::test(flavor = "multi_thread")]
async fn a_day_outlives_a_queue_that_is_away() {
    let scenario = Scenario::start().await;
    let (one, other) = (phone(1), phone(2));
    let stays = scenario.signed_up(&one, PASSWORD).await.user;
    let leaves = scenario.signed_up(&other, PASSWORD).await.user;
    let beside = Beside::login_without_queues(&scenario).await;
    let before = today();
    // After any number of logins, one job records everything owed.
    for _ in 0..3 {
        beside.send(Scenario::login_request(&one, PASSWORD)).await.expect(200);
    }
    let left = Tokens::of(&beside.send(Scenario::login_request(&other, PASSWORD)).await);
    assert_eq!(scenario.log_out(&left.refresh).await.status(), 200);
    assert_eq!(scenario.refresh(&left.refresh).await.problem(), "401 session-ended -");
    // Items younger than a minute are skipped, since their own job may still be on its way.
    scenario.sweep_after(jiff::SignedDuration::from_secs(30)).await;
    scenario.await_idle().await;
    assert!(days(&scenario, stays).await.is_empty());
    scenario.sweep_later().await;
    // Logins on both sides of midnight owe one more day.
    let days_of_logins = if before == today() { 2 } else { 3 };
    let actual = scenario.context().metrics.prometheus();
    let swept = actual
        .lines()
        .find_map(|line| line.strip_prefix("evens_sweeper_finds_total{kind=\"session_debt\"} "));
    let swept: usize = swept.and_then(|count| count.parse().ok()).expect("the sweeper says it");
    assert!((2..=days_of_logins).contains(&swept), "{swept} jobs");
    scenario.await_idle().await;
    // The test may run across midnight.
    let possible = [before, today()].map(|day| vec![day.to_string()]);
    for user in [stays, leaves] {
        assert!(possible.contains(&days(&scenario, user).await));
    }
    // Afterwards, nothing is owed.
    for shard in scenario.context().store.layout().shards() {
        let opened = Since::Before(Timestamp::MAX);
        let debts = scenario.context().store.sweep_session_debts(shard, opened, None).await.unwrap();
        assert_eq!(debts.found, []);
    }
    scenario.finish().await;
}

/// A day is recorded once and permanently, for any order and number of its jobs.
#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_written_once_in_whatever_order() {
    let scenario = Scenario::start().await;
    let client = scenario.signed_up(&phone(1), PASSWORD).await;
    let user = client.user;
    let dates = ["2025-03-15", "2025-03-14", "2025-03-16", "2025-03-14", "2025-03-15"];
    let mut done = Vec::new();
    for date in dates {
        done.push(scenario.work(job(user, date)).await.unwrap().0);
    }
    assert_eq!(done, ["recorded", "recorded", "recorded", "recorded before", "recorded before"]);
    // Many jobs at once, directly and through the pollers.
    let worked = join_all((0..16).map(|_| scenario.work(job(user, "2025-03-17")))).await;
    let recorded = worked.iter().filter(|done| done.as_ref().unwrap().0 == "recorded").count();
    assert_eq!(recorded, 1);
    scenario.send_again((0..8).map(|_| (job(user, "2025-03-17"), user.to_string()))).await;
    scenario.await_idle().await;
    assert_eq!(days(&scenario, user).await, ["2025-03-14", "2025-03-15", "2025-03-16", "2025-03-17"]);
    // Months later, the records are unchanged.
    let later = "2025-09-01T00:00:00Z".parse().unwrap();
    let again = scenario.work_at(job(user, "2025-03-14"), later).await.unwrap();
    assert_eq!(again.0, "recorded before");
    let (attended, _) = calendar(&client, "2025-03").await;
    assert_eq!(attended, ["2025-03-14", "2025-03-15", "2025-03-16", "2025-03-17"]);
    scenario.finish().await;
}

/// The device's clock is ignored, as is everything else in the request.
#[tokio::test(flavor = "multi_thread")]
async fn a_device_whose_clock_lies_is_not_asked() {
    let scenario = Scenario::start().await;
    let client = scenario.signed_up(&phone(1), PASSWORD).await;
    let before = today();
    for date in ["Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 2100 23:59:59 GMT", "garbage"] {
        let body = format!(
            r#"{{"phoneNo":"{}","password":"{PASSWORD}","date":"2099-01-01","lastLoginAt":"2099-01-01T00:00:00Z"}}"#,
            phone(1)
        );
        let request = Request::new("POST", "/api/users/login").json(body);
        let request = request.header("date", date).header("x-timezone", "America/New_York");
        scenario.visitor().send(request).await.expect(200);
    }
    scenario.await_idle().await;
    // The test may run across midnight.
    let possible: BTreeSet<_> = [before, today()].iter().map(Date::to_string).collect();
    let found: BTreeSet<_> = days(&scenario, client.user).await.into_iter().collect();
    assert!(!found.is_empty() && found.is_subset(&possible), "{found:?}");
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_attendance_of_an_unknown_user_is_a_dead_letter() {
    let scenario = Scenario::start().await;
    let nobody = UserId::new(77).unwrap();
    scenario.send_again([(job(nobody, "2025-03-14"), "77".to_owned())]).await;
    let record = scenario.take_dead_letter(Queue::Attendance).await;
    assert_eq!(record["originalJob"], serde_json::to_value(job(nobody, "2025-03-14")).unwrap());
    assert_eq!(record["error"], "Non-retryable error: User 77 not found");
    assert_eq!((&record["attempts"], &record["queue"]), (&1.into(), &"attendance".into()));
    assert!(record["failedAt"].as_str().unwrap().parse::<Timestamp>().unwrap() >= scenario.started);
    assert!(days(&scenario, nobody).await.is_empty());
    // A job with an invalid date also becomes a dead letter.
    let url = scenario.queue_url(Queue::Attendance).await;
    let body = r#"{"type":"checkAttendance","data":{"userId":"77","date":"2025-02-30"}}"#;
    let sent = scenario.sqs().send_message().queue_url(url).message_body(body);
    sent.message_group_id("77").message_deduplication_id("no-day").send().await.unwrap();
    let record = scenario.take_dead_letter(Queue::Attendance).await;
    assert_eq!(record["error"], "Non-retryable error: malformed job");
    scenario.finish_despite(&["User 77 not found", "malformed job"]).await;
}

/// `GET /api/attendance`: the month as a calendar, and the streak up to today or yesterday.
#[tokio::test(flavor = "multi_thread")]
async fn a_player_sees_their_month_and_their_streak() {
    let scenario = Scenario::start().await;
    let client = scenario.signed_up(&phone(1), PASSWORD).await;
    let other = scenario.signed_up(&phone(2), PASSWORD).await;
    let streak = async || client.get("/api/attendance").await.expect(200)["data"]["streak"].clone();
    assert_eq!(streak().await, 0);
    let today = today();
    let record = async |days_ago: i32| {
        let date = today.checked_sub(days_ago.days()).unwrap();
        scenario.work(job(client.user, &date.to_string())).await.unwrap();
    };
    // More days than one page of the store, with a gap. Today is not recorded yet.
    for days_ago in (1..=100).chain(102..=110) {
        record(days_ago).await;
    }
    assert_eq!(streak().await, 100);
    record(0).await;
    assert_eq!(streak().await, 101);
    record(101).await;
    assert_eq!(streak().await, 111);

    let month = Month::of(today);
    let (attended, body) = calendar(&client, &month.to_string()).await;
    let so_far: Vec<_> = month.days().filter(|day| *day <= today).map(|day| day.to_string()).collect();
    assert_eq!(attended, so_far);
    assert_eq!(body["days"].as_array().unwrap().len(), so_far.len(), "no day of the future");
    assert_eq!((&body["today"], &body["streak"]), (&today.to_string().into(), &111.into()));
    let (attended, body) = calendar(&client, "2024-02").await;
    assert_eq!((attended.len(), body["days"].as_array().unwrap().len()), (0, 29));
    let (attended, body) = calendar(&client, "2100-01").await;
    assert_eq!((attended.len(), body["days"].as_array().unwrap().len()), (0, 0));
    // Days belong to one player.
    assert_eq!(other.get("/api/attendance").await.expect(200)["data"]["streak"], 0);
    // A gap of two days ends a streak.
    let lapsed = scenario.signed_up(&phone(3), PASSWORD).await;
    let date = today.checked_sub(2.days()).unwrap();
    scenario.work(job(lapsed.user, &date.to_string())).await.unwrap();
    assert_eq!(lapsed.get("/api/attendance").await.expect(200)["data"]["streak"], 0);
    scenario.finish().await;
}

/// Several logins on a day are one record, and the calendar shows today.
#[tokio::test(flavor = "multi_thread")]
async fn many_logins_of_a_day_are_one_record() {
    let scenario = Scenario::start().await;
    let client = scenario.signed_up(&phone(1), PASSWORD).await;
    let before = today();
    let phone = phone(1);
    let answers = join_all((0..8).map(|_| scenario.log_in(&phone, PASSWORD))).await;
    assert!(answers.iter().all(|answer| answer.status() == 200), "{answers:?}");
    scenario.await_idle().await;
    let expected = if before == today() { 1 } else { 2 };
    assert!(days(&scenario, client.user).await.len() <= expected);
    assert_eq!(
        client.get("/api/attendance").await.expect(200)["data"]["streak"],
        days(&scenario, client.user).await.len()
    );
    scenario.finish().await;
}
