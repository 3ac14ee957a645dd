//! Jobs: their forms on the wire, which are kept for ever, and what is no job.

use crate::common::{BET, MATCH, ROUND, amount};
use evens_contracts::{
    ApplyBonusJob, ApplyReferralBonusJob, CheckAttendanceJob, FinishRoundJob, Job, JobFault, MatchJob,
    NotifyEvent, NotifyJob, Queue, QueuedJob, RecordReferralJob, RefundJob, RegistrationJob, SettleJob,
};
use evens_exchange::{Place, RefundReason, Side};
use evens_ledger::UserId;
use std::collections::BTreeSet;
use std::path::Path;

/// SQS takes at most so many characters as a deduplication id, and no others than visible ASCII.
const DEDUPLICATION_ID_LENGTH_MAX: usize = 128;

fn refund(reason: RefundReason) -> Job {
    Job::Refund(RefundJob { bet_id: BET.parse().expect("a bet"), reason })
}

fn finish_round(round: &str, after_match: Option<&str>) -> Job {
    let round_id = round.parse().expect("a round");
    let after_match = after_match.map(|after| after.parse().expect("a match"));
    Job::FinishRound(FinishRoundJob { round_id, after_match })
}

fn settle(winner: Option<UserId>) -> Job {
    let (match_id, round_id) = (MATCH.parse().expect("a match"), ROUND.parse().expect("a round"));
    Job::Settle(SettleJob { match_id, round_id, winner })
}

fn match_bet(user_id: Option<UserId>) -> Job {
    let place = Place {
        round: ROUND.parse().expect("a round"),
        side: Side::B,
        placed_at: "2026-11-20T09:30:00.123456789Z".parse().expect("a time"),
    };
    Job::Match(MatchJob { bet_id: BET.parse().expect("a bet"), user_id, place: Some(place.into()) })
}

fn match_bet_somewhere() -> Job {
    Job::Match(MatchJob { bet_id: BET.parse().expect("a bet"), user_id: None, place: None })
}

fn user(number: u64) -> UserId {
    UserId::new(number).expect("a player")
}

fn apply_bonus(number: u64) -> Job {
    Job::ApplyBonus(ApplyBonusJob { user_id: user(number) })
}

fn record_referral(number: u64) -> Job {
    let referred_by = "7ZQ4M0XK".parse().expect("a referral code");
    Job::RecordReferral(RecordReferralJob { user_id: user(number), referred_by })
}

fn apply_referral_bonus(number: u64) -> Job {
    Job::ApplyReferralBonus(ApplyReferralBonusJob { user_id: user(number) })
}

fn check_attendance(number: u64) -> Job {
    let date = "2026-11-20".parse().expect("a day");
    Job::CheckAttendance(CheckAttendanceJob { user_id: user(number), date })
}

fn notify(number: u64, event: NotifyEvent, about: &str) -> Job {
    Job::Notify(NotifyJob { user_id: user(number), event, about: about.to_owned() })
}

fn welcome() -> Job {
    notify(42, NotifyEvent::WelcomeBonus { amount: amount("25") }, "42")
}

fn referred() -> Job {
    notify(7, NotifyEvent::ReferralRecorded { referred: user(42) }, "42")
}

fn password_changed() -> Job {
    notify(42, NotifyEvent::PasswordChanged, "1f")
}

/// A form of a job on the wire.
struct Wire {
    file: &'static str,
    /// Whether it is what is written today; older forms are only read.
    is_current: bool,
    queue: Queue,
    id: String,
    job: Job,
}

/// Every file in `tests/wire`.
fn wire() -> Vec<Wire> {
    let row = |file, is_current, queue, id, job| Wire { file, is_current, queue, id, job };
    #[rustfmt::skip]
    let wire = vec![
        //  file                          now   queue          id                                 job
        row("match.v1.json",              false, Queue::Match, format!("match:{BET}"),            match_bet_somewhere()),
        row("match.v2.json",              false, Queue::Match, format!("match:{BET}"),            match_bet(None)),
        row("match.v3.json",              true, Queue::Match,  format!("match:{BET}"),            match_bet(Some(user(42)))),
        row("settle.v1.json",             true, Queue::Settle, format!("settle:{MATCH}"),         settle(None)),
        row("settle.v2.json",             true, Queue::Settle, format!("settle:{MATCH}"),         settle(Some(user(42)))),
        row("refund-expired.v1.json",     true, Queue::Refund, format!("refund:{BET}"),           refund(RefundReason::Expired)),
        row("refund-requested.v1.json",   true, Queue::Refund, format!("refund:{BET}"),           refund(RefundReason::Requested)),
        row("refund-round-ended.v1.json", true, Queue::Refund, format!("refund:{BET}"),           refund(RefundReason::RoundEnded)),
        row("refund-too-small.v1.json",   true, Queue::Refund, format!("refund:{BET}"),           refund(RefundReason::TooSmall)),
        row("finish-round.v1.json",       true, Queue::Rounds, format!("finish:{ROUND}"),         finish_round(ROUND, None)),
        row("finish-round-page.v1.json",  true, Queue::Rounds, format!("finish:{ROUND}:{}", MATCH.replace('-', "")), finish_round(ROUND, Some(MATCH))),
        // D5, D9, D13, D17
        row("apply-bonus.v1.json",          true, Queue::Registration, "bonus-42".to_owned(),          apply_bonus(42)),
        row("record-referral.v1.json",      true, Queue::Registration, "referral-42".to_owned(),       record_referral(42)),
        row("apply-referral-bonus.v1.json", true, Queue::Registration, "referral-bonus-42".to_owned(), apply_referral_bonus(42)),
        row("check-attendance.v1.json",     true, Queue::Attendance,   "attendance:42:2026-11-20".to_owned(), check_attendance(42)),
        row("notify-welcome-bonus.v1.json",     true, Queue::Notifications, "notify:welcome-bonus:42".to_owned(),     welcome()),
        row("notify-referral-recorded.v1.json", true, Queue::Notifications, "notify:referral-recorded:42".to_owned(), referred()),
        row("notify-password-changed.v1.json",  true, Queue::Notifications, "notify:password-changed:1f".to_owned(),  password_changed()),
    ];
    wire
}

fn directory() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wire")
}

fn text(file: &str) -> String {
    std::fs::read_to_string(directory().join(file)).expect(file)
}

#[test]
fn every_form_that_was_ever_sent_is_read() {
    for Wire { file, queue, id, job, .. } in wire() {
        assert_eq!(Job::parse(queue, &text(file)), Ok(job.clone()), "{file}");
        assert_eq!((job.queue(), job.id()), (queue, id), "{file}");
    }
}

/// Each queue has a type of its own for what comes through it, which takes all of that and nothing else.
#[test]
fn a_job_comes_through_its_own_queue_only() {
    fn comes_through<J: QueuedJob>(job: &Job) -> Option<Queue> {
        match job.clone().through::<J>() {
            Ok(its) => {
                assert_eq!(its.into(), *job);
                Some(J::QUEUE)
            }
            Err(fault) => {
                assert_eq!(fault, JobFault::WrongQueue { job: job.id(), queue: J::QUEUE.name() });
                None
            }
        }
    }
    for Wire { job, queue, .. } in wire() {
        let ways = [
            comes_through::<MatchJob>(&job),
            comes_through::<SettleJob>(&job),
            comes_through::<RefundJob>(&job),
            comes_through::<FinishRoundJob>(&job),
            comes_through::<RegistrationJob>(&job),
            comes_through::<CheckAttendanceJob>(&job),
            comes_through::<NotifyJob>(&job),
        ];
        assert_eq!(ways.into_iter().flatten().collect::<Vec<_>>(), [queue], "{job:?}");
    }
}

#[test]
fn the_current_form_is_what_is_written() {
    for Wire { file, job, .. } in wire().into_iter().filter(|wire| wire.is_current) {
        assert_eq!(serde_json::to_string(&job).unwrap(), text(file).trim_end(), "{file}");
    }
}

#[test]
fn every_file_has_a_row_and_every_job_a_current_file() {
    let files = std::fs::read_dir(directory()).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    let files: BTreeSet<_> =
        files.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    assert_eq!(files, wire().iter().map(|wire| wire.file.to_owned()).collect());
    // A new kind of job does not compile here until it has a name, nor pass until it has a file.
    let kind = |job: &Job| match job {
        Job::Match(_) => "match",
        Job::Settle(_) => "settle",
        Job::Refund(_) => "refund",
        Job::FinishRound(_) => "finish-round",
        Job::ApplyBonus(_) => "applyBonus",
        Job::RecordReferral(_) => "recordReferral",
        Job::ApplyReferralBonus(_) => "applyReferralBonus",
        Job::CheckAttendance(_) => "checkAttendance",
        Job::Notify(NotifyJob { event: NotifyEvent::WelcomeBonus { .. }, .. }) => "welcome-bonus",
        Job::Notify(NotifyJob { event: NotifyEvent::ReferralRecorded { .. }, .. }) => "referral-recorded",
        Job::Notify(NotifyJob { event: NotifyEvent::PasswordChanged, .. }) => "password-changed",
    };
    let current: BTreeSet<_> =
        wire().iter().filter(|wire| wire.is_current).map(|wire| kind(&wire.job)).collect();
    #[rustfmt::skip]
    let kinds = [
        "match", "settle", "refund", "finish-round", "applyBonus", "recordReferral", "applyReferralBonus",
        "checkAttendance", "welcome-bonus", "referral-recorded", "password-changed",
    ];
    assert_eq!(current, BTreeSet::from(kinds));
    let queues: BTreeSet<_> = wire().iter().map(|wire| wire.queue).collect();
    assert_eq!(queues, BTreeSet::from(Queue::ALL));
}

#[test]
fn a_job_is_read_however_its_json_is_written() {
    let bodies = [
        format!(r#"{{"data":{{"betId":"{BET}"}},"type":"match"}}"#),
        format!(" {{ \"type\" : \"match\" ,\n\t\"data\" : {{ \"betId\" : \"{BET}\" }} }} "),
        format!(r#"{{"\u0074ype":"m\u0061tch","data":{{"b\u0065tId":"{}"}}}}"#, BET.replace('-', "\\u002d")),
        // What a later version may add.
        format!(r#"{{"type":"match","data":{{"betId":"{BET}","more":[1]}},"version":2}}"#),
    ];
    for body in bodies {
        assert_eq!(Job::parse(Queue::Match, &body), Ok(match_bet_somewhere()), "{body}");
    }
    let first_page = format!(r#"{{"type":"finish-round","data":{{"roundId":"{ROUND}","afterMatch":null}}}}"#);
    assert_eq!(Job::parse(Queue::Rounds, &first_page), Ok(finish_round(ROUND, None)));
}

/// Each row is the row above with one fault repaired, or is wrong in another way.
#[test]
fn faults_are_found_in_their_order() {
    let unknown = |kind: &str| JobFault::UnknownType(kind.to_owned());
    let wrong_queue = |job: String| JobFault::WrongQueue { job, queue: "settle" };
    let deep = format!(r#"{{"type":"match","data":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let long = format!(r#"{{"type":"{}"}}"#, "é".repeat(1_000));
    #[rustfmt::skip]
    let table = [
        ("",                                                     Err(JobFault::Malformed)),
        ("null",                                                 Err(JobFault::Malformed)),
        ("[]",                                                   Err(JobFault::Malformed)),
        ("\"settle\"",                                           Err(JobFault::Malformed)),
        ("{}",                                                   Err(JobFault::Malformed)),
        (r#"{"data":{}}"#,                                       Err(JobFault::Malformed)),
        (r#"{"type":null}"#,                                     Err(JobFault::Malformed)),
        (r#"{"type":5}"#,                                        Err(JobFault::Malformed)),
        (r#"{"type":"settle","type":"match"}"#,                  Err(JobFault::Malformed)),
        (r#"{"type":"cashOut","data":{}} x"#,                    Err(JobFault::Malformed)),
        (r#"{"type":"cashOut","data":{}}"#,                      Err(unknown("cashOut"))),
        (r#"{"type":"cashOut"}"#,                                Err(unknown("cashOut"))),
        (r#"{"type":"ApplyBonus","data":{"userId":"42"}}"#,      Err(unknown("ApplyBonus"))),
        (r#"{"type":"apply-bonus","data":{"userId":"42"}}"#,     Err(unknown("apply-bonus"))),
        (r#"{"type":""}"#,                                       Err(unknown(""))),
        (r#"{"type":"Match"}"#,                                  Err(unknown("Match"))),
        (r#"{"type":"finishRound"}"#,                            Err(unknown("finishRound"))),
        (&long,                                                  Err(unknown(&"é".repeat(64)))),
        (r#"{"type":"match"}"#,                                  Err(JobFault::Malformed)),
        (r#"{"type":"match","data":null}"#,                      Err(JobFault::Malformed)),
        (r#"{"type":"match","data":{}}"#,                        Err(JobFault::Malformed)),
        (r#"{"type":"match","data":{"betId":5}}"#,               Err(JobFault::Malformed)),
        (r#"{"type":"match","data":{"betId":"bet-abc-123"}}"#,   Err(JobFault::Malformed)),
        (r#"{"type":"match","data":{"bet_id":"c6d110f3-7eb3-8322-875b-644f690fa954"}}"#, Err(JobFault::Malformed)),
        (&deep,                                                  Err(JobFault::Malformed)),
        (&text("match.v1.json"),                                 Err(wrong_queue(format!("match:{BET}")))),
        (r#"{"type":"settle","data":{"matchId":"0820039d-26b6-8139-91b0-9302aa2376d7"}}"#, Err(JobFault::Malformed)),
        (&text("settle.v1.json").replace(ROUND, "a/b"),          Err(JobFault::Malformed)),
        (&text("refund-expired.v1.json").replace("expired", "because"), Err(JobFault::Malformed)),
        (r#"{"type":"applyBonus"}"#,                             Err(JobFault::Malformed)),
        (r#"{"type":"applyBonus","data":{}}"#,                   Err(JobFault::Malformed)),
        (r#"{"type":"applyBonus","data":{"userId":"0"}}"#,       Err(JobFault::Malformed)),
        (r#"{"type":"applyBonus","data":{"userId":"-1"}}"#,      Err(JobFault::Malformed)),
        (r#"{"type":"applyBonus","data":{"userId":42}}"#,        Err(JobFault::Malformed)),
        (&text("apply-bonus.v1.json"),                           Err(wrong_queue("bonus-42".to_owned()))),
        (r#"{"type":"recordReferral","data":{"userId":"42"}}"#,  Err(JobFault::Malformed)),
        (r#"{"type":"recordReferral","data":{"userId":"42","referredBy":"U"}}"#, Err(JobFault::Malformed)),
        (&text("record-referral.v1.json"),                       Err(wrong_queue("referral-42".to_owned()))),
        (&text("apply-referral-bonus.v1.json"),                  Err(wrong_queue("referral-bonus-42".to_owned()))),
        (r#"{"type":"checkAttendance","data":{"userId":"42"}}"#, Err(JobFault::Malformed)),
        (r#"{"type":"checkAttendance","data":{"userId":"42","date":"2026-02-30"}}"#, Err(JobFault::Malformed)),
        (&text("check-attendance.v1.json"),                      Err(wrong_queue("attendance:42:2026-11-20".to_owned()))),
        (r#"{"type":"notify","data":{"userId":"42","about":"x"}}"#, Err(JobFault::Malformed)),
        (r#"{"type":"notify","data":{"userId":"42","event":"birthday","about":"x"}}"#, Err(JobFault::Malformed)),
        (r#"{"type":"notify","data":{"userId":"42","event":"welcome-bonus","about":"42"}}"#, Err(JobFault::Malformed)),
        (r#"{"type":"notify","data":{"userId":"42","event":"welcome-bonus","amount":"-1","about":"42"}}"#, Err(JobFault::Malformed)),
        (&text("notify-welcome-bonus.v1.json"),                  Err(wrong_queue("notify:welcome-bonus:42".to_owned()))),
        (&text("settle.v1.json"),                                Ok(settle(None))),
    ];
    for (body, expected) in table {
        assert_eq!(
            Job::parse(Queue::Settle, body),
            expected,
            "{}",
            body.chars().take(80).collect::<String>()
        );
    }
}

#[test]
fn faults_say_what_happened() {
    let fault = |queue, body: &str| Job::parse(queue, body).unwrap_err().to_string();
    assert_eq!(fault(Queue::Match, "{"), "malformed job");
    assert_eq!(fault(Queue::Match, r#"{"type":"cashOut"}"#), "Unknown job type: cashOut");
    let wrong = format!("a settle:{MATCH} job came through the queue match");
    assert_eq!(fault(Queue::Match, &text("settle.v1.json")), wrong);
}

#[test]
fn ids_of_jobs_are_deduplication_ids_also_with_a_number_behind_them() {
    let longest_round = "r".repeat(64);
    let pages = [None, Some(MATCH)];
    let rounds = ["r", ROUND, &longest_round];
    let finishing = rounds.iter().flat_map(|round| pages.iter().map(|page| finish_round(round, *page)));
    let most = i64::MAX.unsigned_abs();
    let of_the_last_user =
        [apply_bonus, record_referral, apply_referral_bonus, check_attendance].map(|of| of(most));
    let jobs = wire().into_iter().map(|wire| wire.job);
    for job in jobs.chain(finishing).chain(of_the_last_user) {
        let again = format!("{}:{}", job.id(), u64::MAX);
        assert!(again.len() <= DEDUPLICATION_ID_LENGTH_MAX, "{again} has {} characters", again.len());
        assert!(again.bytes().all(|byte| byte.is_ascii_graphic()), "{again:?}");
    }
}

/// C14: a second, different job must not be taken for a repeat of the first.
#[test]
fn jobs_of_different_kinds_never_share_an_id() {
    // Several forms of one job are that job.
    let is_another = |wire: &Wire| !wire.file.starts_with("refund") && wire.file != "settle.v1.json";
    let current = wire().into_iter().filter(|wire| wire.is_current);
    let jobs = current.filter(is_another).map(|wire| wire.job);
    let ids: Vec<_> = jobs.map(|job| job.id()).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{ids:?}");
}

/// Whoever is told may tell a repeat by it: the same event has the same id, another event another one.
#[test]
fn events_are_told_apart_by_kind_and_subject() {
    let events = [
        (welcome(), "welcome-bonus:42"),
        (referred(), "referral-recorded:42"),
        (password_changed(), "password-changed:1f"),
    ];
    for (job, expected) in events {
        let Job::Notify(notify) = job else { panic!("{job:?}") };
        assert_eq!(notify.event_id(), expected);
        assert!(expected.starts_with(notify.event.name()));
    }
}

#[test]
fn pages_of_a_round_have_different_ids() {
    let longest_round = "r".repeat(64);
    for round in [ROUND, &longest_round] {
        let afters = [None, Some(MATCH), Some(BET)];
        let ids: BTreeSet<_> = afters.iter().map(|after| finish_round(round, *after).id()).collect();
        assert_eq!(ids.len(), afters.len(), "{ids:?}");
    }
}
