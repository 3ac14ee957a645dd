//! Dead letters: operators list, redrive and delete them, by route and by `evens dead-letters`.

use crate::exchange::operate_rounds::audit_lines;
use crate::operations::user_commands::run;
use evens_audit_log::Actor;
use evens_contracts::{
    ApplyBonusJob, ApplyReferralBonusJob, CheckAttendanceJob, DeadLetterAction, FinishRoundJob, Job,
    JobInGroup, MatchJob, NotifyEvent, NotifyJob, Queue, RecordReferralJob, RefundJob, SettleJob,
};
use evens_dead_letters::Author;
use evens_engines::Engines;
use evens_exchange::RefundReason;
use evens_ledger::UserId;
use evens_players::Role;
use evens_queues::{OutgoingJob, Queues, create_queues};
use evens_runtime::telemetry::chain;
use evens_runtime::{Clients, Context, Endpoints, Identity, Settings};
use evens_tests::{Answer, Request, Scenario, await_until, phone};
use futures::future::join_all;
use serde_json::{Value, json};
use std::time::Duration;

const WITH_BONUS: &[(&str, &str)] = &[("REFERRAL_BONUS", "10")];
const LETTERS: &str = "/api/operator/dead-letters";
const NOWHERE: &str = "00000000-0000-8000-8000-000000000000";

fn day_of(user: u64, day: i8) -> Job {
    let date = jiff::civil::date(2026, 11, day);
    Job::CheckAttendance(CheckAttendanceJob { user_id: UserId::new(user).unwrap(), date })
}

pub(crate) fn settle_nothing() -> Job {
    Job::Settle(SettleJob {
        match_id: NOWHERE.parse().unwrap(),
        round_id: "r".parse().unwrap(),
        winner: None,
    })
}

pub(super) async fn listed(scenario: &Scenario, query: &str) -> Vec<Value> {
    let answer = scenario.operator().get(&format!("{LETTERS}{query}")).await.expect(200);
    answer["data"].as_array().unwrap().clone()
}

/// Waits until this number of dead letters matches the query, and returns them.
pub(crate) async fn await_letters(scenario: &Scenario, query: &str, count: usize) -> Vec<Value> {
    await_until(&format!("{count} dead letters"), Scenario::DEADLINE, async || {
        let found = listed(scenario, query).await;
        (found.len() == count).then_some(found)
    })
    .await
}

pub(super) fn text<'a>(letter: &'a Value, field: &str) -> &'a str {
    letter[field].as_str().unwrap_or_else(|| panic!("{field} of {letter}"))
}

pub(crate) async fn act(scenario: &Scenario, letter: &Value, action: &str) -> Answer {
    let path = format!("{LETTERS}/{}/{action}", text(letter, "id"));
    scenario.operator().send(Request::new("POST", path).json(r#"{"reason":"its cause is mended"}"#)).await
}

pub(super) async fn act_on_all(scenario: &Scenario, body: &Value) -> Value {
    scenario.operator().send(Request::new("POST", LETTERS).json(body.to_string())).await.expect(200)
}

/// A job about an unknown match becomes a dead letter at once, and again after a redrive.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_was_given_up_is_seen_sent_again_and_deleted() {
    let scenario = Scenario::start().await;
    scenario.send_again([(settle_nothing(), "41".to_owned())]).await;
    let letter = await_letters(&scenario, "", 1).await.remove(0);
    let job_id = format!("settle:{NOWHERE}");
    let state = format!("match {NOWHERE} does not exist in round r");
    let expected = json!({
        "id": letter["id"],
        "queue": "settle",
        "kind": "record",
        "jobType": "settle",
        "jobId": job_id,
        "error": format!("Non-retryable error: Settlement failed for match {NOWHERE}: the match {NOWHERE} does not exist"),
        "attempts": 1,
        "failedAt": letter["failedAt"],
        "requestId": null,
        "now": { "state": state, "redrive": "fails", "wayOut": null },
    });
    assert_eq!(letter, expected);
    let failed_at: jiff::Timestamp = text(&letter, "failedAt").parse().unwrap();
    assert!(failed_at >= scenario.started && failed_at <= jiff::Timestamp::now(), "{failed_at}");
    assert!(text(&letter, "id").starts_with("settle:"), "{letter}");

    let path = format!("{LETTERS}/{}", text(&letter, "id"));
    let shown = scenario.operator().get(&path).await.expect(200)["data"].clone();
    let job: Value = serde_json::from_str(text(&shown, "originalJob")).unwrap();
    assert_eq!(job, json!({ "type": "settle", "data": { "matchId": NOWHERE, "roundId": "r" } }));
    assert_eq!((&shown["letter"], &shown["group"]), (&letter, &json!("41")));
    // Listing leaves the letter in place, with the same id.
    assert_eq!(listed(&scenario, "").await, std::slice::from_ref(&letter));

    let redriven = act(&scenario, &letter, "redrive").await.expect(200);
    let expected = json!({ "data": { "id": letter["id"], "jobId": job_id, "outcome": "redriven" } });
    assert_eq!(redriven, expected);
    let again = await_letters(&scenario, "", 1).await.remove(0);
    assert_ne!(again["id"], letter["id"], "it was given up anew");
    assert_eq!(act(&scenario, &letter, "redrive").await.problem(), "404 not-found deadLetterId");

    let deleted = act(&scenario, &again, "delete").await.expect(200);
    assert_eq!(deleted["data"]["outcome"], "deleted");
    assert_eq!(listed(&scenario, "").await, [json!(null); 0]);
    // The audit log keeps the operator's name after the letters are deleted.
    let operator = scenario.operator().user;
    let sent = format!("{operator} redrive-dead-letter \"its cause is mended\" {job_id} -> to be redriven");
    assert_eq!(audit_lines(&scenario, text(&letter, "id")).await, [sent]);
    let forgotten =
        format!("{operator} delete-dead-letter \"its cause is mended\" {job_id} -> to be deleted");
    assert_eq!(audit_lines(&scenario, text(&again, "id")).await, [forgotten]);
    scenario.finish_despite(&["Gave up job settle"]).await;
}

/// A job that failed for a temporary reason succeeds after a redrive, with the trace of the original request.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_done_once_what_it_failed_of_is_repaired() {
    let scenario = Scenario::start().await;
    let job =
        OutgoingJob::of(JobInGroup { job: day_of(41, 20), group: "41".to_owned() }).traced("request-of-41");
    scenario.context().queues.send(vec![job]).await.unwrap();
    let letter = await_letters(&scenario, "?queue=attendance", 1).await.remove(0);
    assert_eq!(letter["error"], "Non-retryable error: User 41 not found");
    assert_eq!(
        letter["now"],
        json!({ "state": "user 41 does not exist", "redrive": "fails", "wayOut": null })
    );
    assert_eq!(letter["requestId"], "request-of-41");

    scenario.enrol(41, Role::Player).await;
    let letter = listed(&scenario, "?type=checkAttendance").await.remove(0);
    let due = json!({ "state": "attendance of user 41 on 2026-11-20 is not recorded", "redrive": "due", "wayOut": null });
    assert_eq!(letter["now"], due);
    act(&scenario, &letter, "redrive").await.expect(200);
    scenario.await_idle().await;
    let user = UserId::new(41).unwrap();
    let (first, last) = (jiff::civil::date(2026, 11, 1), jiff::civil::date(2026, 11, 30));
    let days = scenario.context().store.list_attendance(user, first, last, 31).await.unwrap();
    assert_eq!(days, [jiff::civil::date(2026, 11, 20)]);
    scenario.finish_despite(&["Gave up job attendance"]).await;
}

/// Every job looks up its subject in the table. If the subject is missing, no retry helps. A bonus that is not owed and
/// a win that has not begun need no retry.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_about_nothing_would_fail_again() {
    let scenario = Scenario::start().await;
    let jobs = evens_stacks::jobs_of_every_type(&evens_stacks::sources());
    for job in &jobs {
        let body = serde_json::to_string(job).unwrap();
        scenario.put_dead_letter(job.queue(), "42", &body).await;
    }
    for letter in await_letters(&scenario, "", jobs.len()).await {
        let expected = match text(&letter, "jobType") {
            "notify" | "sendRecoveryCode" => "repeats",
            "giveFirstBonus" | "jackpot-win" => "done",
            _ => "fails",
        };
        assert_eq!(letter["now"]["redrive"], expected, "{letter}");
    }
    for queue in Queue::ALL {
        scenario.delete_dead_letters(queue).await;
    }
    scenario.finish().await;
}

/// A missing subject means that the job does not come from this system. No retry helps, and an operator must see it.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_about_a_bet_that_is_not_there_is_permanent() {
    let scenario = Scenario::start().await;
    let bet_id = NOWHERE.parse().unwrap();
    for job in [
        Job::Match(MatchJob { bet_id, user_id: None, place: None }),
        Job::Refund(RefundJob { bet_id, reason: RefundReason::Expired }),
    ] {
        let error = scenario.work(job).await.unwrap_err();
        assert!(!error.is_retryable(), "{error:?}");
        let said = chain(&error);
        assert_eq!(said, format!("Non-retryable error: the bet {NOWHERE} does not exist"));
    }
    scenario.finish().await;
}

/// Jobs that are already done: a redrive changes nothing in the table, and no job becomes a dead letter.
#[tokio::test(flavor = "multi_thread")]
async fn a_redrive_of_what_is_done_changes_nothing() {
    let scenario = Scenario::start_with(WITH_BONUS).await;
    let referrer = scenario.signed_up(&phone(1), evens_tests::PASSWORD).await;
    let code = referrer.referral_code().await;
    let player = scenario.referred(&phone(2), &code).await;
    scenario.log_in(&phone(2), evens_tests::PASSWORD).await.expect(200);
    for client in [&referrer, &player] {
        scenario.fund(client.user.number(), "10").await;
    }
    let refunded = player.bet("r", "A", "1").await;
    player.post(&format!("/api/bets/{}/refund", refunded.bet_id)).await.expect(200);
    let matched = player.bet("r", "A", "2").await;
    let other = referrer.bet("r", "B", "2").await;
    player.await_status(&matched.bet_id, "SETTLED").await;
    referrer.await_status(&other.bet_id, "SETTLED").await;
    scenario.operator().close_round("r").await.expect(200);
    scenario.await_idle().await;

    let before = scenario.books().await;
    let [found] = before.matches.as_slice() else { panic!("{:?}", before.matches) };
    let user_id = player.user;
    let date = scenario.context().settings.players.attendance_offset.day(jiff::Timestamp::now());
    let jobs = [
        (Job::Match(MatchJob { bet_id: matched.id(), user_id: None, place: None }), "done"),
        (SettleJob::of_match(found).job, "done"),
        (Job::Refund(RefundJob { bet_id: refunded.id(), reason: RefundReason::Requested }), "done"),
        (Job::FinishRound(FinishRoundJob { round_id: found.round.clone(), after_match: None }), "due"),
        (Job::ApplyBonus(ApplyBonusJob { user_id }), "done"),
        (Job::RecordReferral(RecordReferralJob { user_id, referred_by: code.parse().unwrap() }), "done"),
        (Job::ApplyReferralBonus(ApplyReferralBonusJob { user_id }), "done"),
        (Job::CheckAttendance(CheckAttendanceJob { user_id, date }), "done"),
        (
            Job::Notify(NotifyJob {
                user_id,
                event: NotifyEvent::PasswordChanged { recovery: None },
                about: "1".to_owned(),
            }),
            "repeats",
        ),
    ];
    for (job, _) in &jobs {
        let body = serde_json::to_string(job).unwrap();
        scenario.put_dead_letter(job.queue(), &user_id.to_string(), &body).await;
    }
    let letters = await_letters(&scenario, "", jobs.len()).await;
    for (job, redrive) in &jobs {
        let letter = letters.iter().find(|letter| letter["jobId"] == job.id()).unwrap();
        assert_eq!(
            (&letter["kind"], &letter["now"]["redrive"]),
            (&json!("moved"), &json!(redrive)),
            "{letter}"
        );
    }
    // An operator who is disconnected between sending a job and deleting its letter sends the job once more.
    scenario.send_again(jobs.iter().map(|(job, _)| (job.clone(), user_id.to_string()))).await;
    let about = json!({ "action": "redrive", "about": user_id.to_string(), "reason": "its cause is mended" });
    let mut on_trial = about.clone();
    on_trial["dryRun"] = true.into();
    let tried = act_on_all(&scenario, &on_trial).await;
    assert_eq!(tried["matched"], jobs.len());
    assert!(tried["data"].as_array().unwrap().iter().all(|one| one["outcome"] == "would-redrive"), "{tried}");
    let redriven = act_on_all(&scenario, &about).await;
    assert_eq!((&redriven["matched"], &redriven["unseen"]), (&json!(jobs.len()), &json!(0)));
    assert!(
        redriven["data"].as_array().unwrap().iter().all(|one| one["outcome"] == "redriven"),
        "{redriven}"
    );
    scenario.await_idle().await;
    assert_eq!(scenario.finish().await, before);
}

/// A body that is not a job can be viewed and deleted, but not redriven.
#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_dead_letter_is_shown_unchanged_and_never_redriven() {
    let scenario = Scenario::start().await;
    // Sent by hand. The worker gives it up and writes a record.
    let sent = scenario.sqs().send_message().queue_url(scenario.queue_url(Queue::Match).await);
    let sent = sent.message_group_id("41").message_deduplication_id("by-hand").message_body("not {json");
    sent.send().await.unwrap();
    // Put into the dead-letter queue by hand.
    scenario.put_dead_letter(Queue::Refund, "41", "\u{9b}2J\u{202e}gar\u{200b}bage\n").await;
    let letters = await_letters(&scenario, "?about=41", 2).await;
    // Characters that could turn the page or the terminal are shown as escapes.
    let shown = "\\u{9b}2J\\u{202e}gar\\u{200b}bage\n";
    for (queue, kind, body) in [("match", "record", "not {json"), ("refund", "unreadable", shown)] {
        let letter = letters.iter().find(|letter| letter["queue"] == queue).unwrap();
        assert_eq!(
            (&letter["kind"], &letter["jobId"], &letter["jobType"]),
            (&json!(kind), &json!(null), &json!(null))
        );
        assert!(text(letter, "error").ends_with("malformed job"), "{letter}");
        assert_eq!(
            letter["now"],
            json!({ "state": "the message is not a job", "redrive": "fails", "wayOut": null })
        );
        let path = format!("{LETTERS}/{}", text(letter, "id"));
        assert_eq!(scenario.operator().get(&path).await.expect(200)["data"]["originalJob"], body);
        let shown = run(&scenario, &["dead-letters", "show", text(letter, "id")]).await;
        assert_eq!(shown.code, Some(0), "{}", shown.stderr);
        let told = shown.stdout.chars().filter(|c| evens_players::disturbs(*c) && *c != '\n');
        assert_eq!(told.count(), 0, "a terminal is told what to do: {:?}", shown.stdout);
        assert_eq!(act(&scenario, letter, "redrive").await.problem(), "409 not-a-job -");
        let refused =
            run(&scenario, &["dead-letters", "redrive", text(letter, "id"), "--reason", "mended"]).await;
        assert_eq!(refused.code, Some(1), "{refused:?}");
        act(&scenario, letter, "delete").await.expect(200);
    }
    scenario.finish_despite(&["Gave up job unreadable"]).await;
}

/// A failing table causes dead letters. They are listed all the same, and kept until the table is repaired.
#[tokio::test(flavor = "multi_thread")]
async fn letters_are_seen_while_the_table_fails() {
    let engines = Engines::start(None).await.unwrap();
    let queues_at = Endpoints {
        sqs: Some(engines.sqs_url()),
        dynamodb: Some("http://127.0.0.1:9".to_owned()),
        ..Endpoints::default()
    };
    let context = beside(&Identity::of_engines(engines.access_key()), &queues_at).await;
    context
        .queues
        .send(vec![OutgoingJob::of(JobInGroup { job: day_of(41, 20), group: "41".to_owned() })])
        .await
        .unwrap();
    // Each attempt ends without an answer, so that SQS moves the message itself.
    let rules = Queue::Attendance.rules();
    for _ in 0..rules.attempts_max {
        let received = context.queues.receive(Queue::Attendance, Duration::ZERO).await.unwrap();
        let receipts = received.into_iter().map(|message| message.receipt).collect();
        context.queues.hide(Queue::Attendance, receipts, Duration::ZERO).await.unwrap();
    }
    assert_eq!(context.queues.receive(Queue::Attendance, Duration::ZERO).await.unwrap(), []);

    let filter = evens_contracts::DeadLetterFilter::default();
    let look = evens_dead_letters::list(&context, &filter, 10).await.unwrap();
    let [found] = look.found.as_slice() else { panic!("{look:?}") };
    assert_eq!(found.letter.kind, evens_dead_letters::LetterKind::Moved);
    assert_eq!(
        (found.letter.attempts, found.letter.job.as_ref().unwrap()),
        (rules.attempts_max, &day_of(41, 20))
    );
    assert_eq!(found.standing.redrive, evens_dead_letters::Redrive::Unknown);

    // A redrive needs the audit log, and that is in the table.
    let (id, redrive) = (&found.letter.id, DeadLetterAction::Redrive);
    let author = Author { actor: Actor::CommandLine, reason: "a test".to_owned() };
    let kept = evens_dead_letters::act_on_one(&context, id, redrive, &author).await.unwrap().unwrap();
    assert_eq!(kept.outcome, evens_dead_letters::ActionOutcome::Kept);
    assert_eq!(context.queues.receive(Queue::Attendance, Duration::ZERO).await.unwrap(), []);
    assert_eq!(context.queues.depth(Queue::Attendance).await.unwrap().dead_letters, 1);
    engines.stop().await;
}

/// A context with queues and without a process.
async fn beside(identity: &Identity, endpoints: &Endpoints) -> Context {
    let clients = Clients::connect_as(identity, endpoints).unwrap();
    create_queues(&clients.sqs, "local").await.unwrap();
    let context = Context::from_settings_as(identity, Settings::local(), endpoints).await.unwrap();
    Context { queues: Queues::resolve(clients.sqs, "local").await.unwrap(), ..context }
}

/// More letters than one SQS receive returns, all about one user, listed by several operators at once.
#[tokio::test(flavor = "multi_thread")]
async fn a_listing_loses_nothing_and_hides_nothing_for_long() {
    const DAYS: i8 = 25;
    let scenario = Scenario::start().await;
    scenario.send_again((1..=DAYS).map(|day| (day_of(77, day), "77".to_owned()))).await;
    let letters = await_letters(&scenario, "?about=77", DAYS.unsigned_abs().into()).await;
    let failed_at = |letter: &Value| text(letter, "failedAt").parse::<jiff::Timestamp>().unwrap();
    let times: Vec<_> = letters.iter().map(failed_at).collect();
    assert!(times.is_sorted(), "the oldest first: {times:?}");
    assert_eq!(listed(&scenario, "?about=77&limit=3").await, letters[..3]);

    // Each list is partial and says so. Each operator finds the letter they ask for by id.
    let looks = join_all((0..4).map(|_| async {
        let operator = scenario.operator();
        operator.get(&format!("{LETTERS}?queue=attendance")).await.expect(200)
    }));
    let operator = &scenario.operator();
    let shows = join_all(letters[..4].iter().map(|letter| async move {
        let path = format!("{LETTERS}/{}", text(letter, "id"));
        assert_eq!(operator.get(&path).await.expect(200)["data"]["letter"]["id"], letter["id"]);
    }));
    let (looks, _) = futures::future::join(looks, shows).await;
    for look in &looks {
        let found = look["data"].as_array().unwrap();
        assert!(found.len() == letters.len() || look["unseen"] != 0, "{} of {}", found.len(), letters.len());
    }
    let after = await_letters(&scenario, "", letters.len()).await;
    assert_eq!(after, letters, "nothing is lost by looking");
    let filter = format!("?about=77&until={}", text(&letters[10], "failedAt"));
    let expected = times.iter().filter(|time| **time < times[10]).count();
    assert_eq!(listed(&scenario, &filter).await.len(), expected);
    // Deletes the oldest letters. The others remain visible to every operator.
    let some =
        act_on_all(&scenario, &json!({ "action": "delete", "about": "77", "limit": 5, "reason": "old" }))
            .await;
    let ids = |letters: &[Value]| letters.iter().map(|one| text(one, "id").to_owned()).collect::<Vec<_>>();
    assert_eq!(ids(some["data"].as_array().unwrap()), ids(&letters[..5]));
    assert_eq!(some["matched"], letters.len());
    assert_eq!(listed(&scenario, "").await, letters[5..]);
    let deleted =
        act_on_all(&scenario, &json!({ "action": "delete", "error": "USER 77 not", "reason": "old" })).await;
    assert_eq!(deleted["matched"], letters.len() - 5);
    scenario.finish_despite(&["Gave up job attendance"]).await;
}

/// The commands beside the running system.
#[tokio::test(flavor = "multi_thread")]
async fn operators_work_with_the_commands() {
    let scenario = Scenario::start().await;
    scenario.send_again([(settle_nothing(), "41".to_owned()), (day_of(77, 1), "77".to_owned())]).await;
    let letters = await_letters(&scenario, "", 2).await;
    // The original message is deleted only after its record is stored.
    scenario.await_idle().await;
    let evens = async |arguments: &[&str]| {
        let said = run(&scenario, arguments).await;
        assert_eq!(said.code, Some(0), "{arguments:?}: {}", said.stderr);
        said
    };
    let queues = evens(&["queues"]).await.stdout;
    let row = queues.lines().find(|line| line.starts_with("settle")).unwrap();
    let cells: Vec<_> = row.split_whitespace().collect();
    assert_eq!(cells[..6], ["settle", "0", "0", "0", "-", "1"], "{queues}");
    let queues: Value = serde_json::from_str(&evens(&["queues", "--json"]).await.stdout).unwrap();
    let over_http = scenario.operator().get("/api/operator/queues").await.expect(200);
    assert_eq!(queues, over_http, "the command and the route say the same");
    assert_eq!(queues["data"].as_array().unwrap().len(), Queue::ALL.len());

    let listed = evens(&["dead-letters", "list", "--since", "1h"]).await.stdout;
    assert_eq!(listed.lines().count(), 3, "{listed}");
    for letter in &letters {
        assert!(listed.contains(text(letter, "id")) && listed.contains(text(letter, "error")), "{listed}");
    }
    let nothing = evens(&["dead-letters", "list", "--queue", "match"]).await;
    assert!(nothing.stderr.contains("No matching dead letters."), "{}", nothing.stderr);
    let json: Value = serde_json::from_str(&evens(&["dead-letters", "list", "--json"]).await.stdout).unwrap();
    assert_eq!(json["data"], json!(letters));

    let settle = letters.iter().find(|letter| letter["queue"] == "settle").unwrap();
    let id = text(settle, "id");
    let shown = evens(&["dead-letters", "show", id]).await.stdout;
    assert!(shown.contains("original job") && shown.contains(r#""type":"settle""#), "{shown}");

    // To act on all letters, the operator must say so. A dry run changes nothing.
    for arguments in [
        &["dead-letters", "delete", "--reason", "old"][..],
        &["dead-letters", "delete", "--all", "--reason", "old"],
        &["dead-letters", "delete", id, "--all", "--reason", "old"],
        &["dead-letters", "delete", id, "--queue", "settle", "--reason", "old"],
        &["dead-letters", "delete", id],
        &["dead-letters", "delete", id, "--reason", ""],
        &["dead-letters", "delete", id, "--reason", "old", "--dry-run"],
        &["dead-letters", "redrive", "settle", "--reason", "mended"],
        &["dead-letters", "list", "--queue", "none"],
        &["dead-letters", "list", "--type", "none"],
        &["dead-letters", "list", "--since", "yesterday"],
    ] {
        let refused = run(&scenario, arguments).await;
        assert_ne!(refused.code, Some(0), "{arguments:?}: {refused:?}");
        assert_eq!(refused.stdout, "", "{arguments:?}");
    }
    let tried = evens(&["dead-letters", "redrive", "--all", "--queue", "settle", "--dry-run"]).await;
    assert_eq!(tried.stdout, format!("Would send settle:{NOWHERE} again and delete {id}.\n"));
    assert_eq!(tried.stderr, "", "nothing was changed");
    assert_eq!(scenario.dead_letters(Queue::Settle).await, 1);

    let redriven = evens(&["dead-letters", "redrive", id, "--reason", "mended"]).await;
    assert_eq!(redriven.stdout, format!("Sent settle:{NOWHERE} again and deleted {id}.\n"));
    let did = format!("redrove dead letter {id} of job settle:{NOWHERE}  os.uid=");
    assert!(redriven.stderr.contains(&did), "{}", redriven.stderr);
    let line = audit_lines(&scenario, id).await.remove(0);
    assert!(line.contains("redrive-dead-letter \"mended (by "), "{line}");
    await_letters(&scenario, "?queue=settle", 1).await;

    let deleted = evens(&["dead-letters", "delete", "--all", "--yes", "--json", "--reason", "old"]).await;
    let json: Value = serde_json::from_str(&deleted.stdout).unwrap();
    assert_eq!((&json["matched"], &json["unseen"]), (&json!(2), &json!(0)));
    assert_eq!(deleted.stderr.matches("deleted dead letter").count(), 2, "{}", deleted.stderr);
    let gone = run(&scenario, &["dead-letters", "show", id]).await;
    assert_eq!(gone.code, Some(1));
    assert!(gone.stderr.contains("does not exist or is not visible now"), "{}", gone.stderr);
    scenario.finish_despite(&["Gave up job"]).await;
}
