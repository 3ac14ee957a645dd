//! Jobs: their forms on the wire, which are kept forever, and the bodies that are not jobs.

use crate::common::{BET, MATCH, ROUND, amount};
use evens_contracts::{
    ApplyBonusJob, ApplyReferralBonusJob, CheckAttendanceJob, FinishRoundJob, GroupedJob, Job, JobFault,
    JobInGroup, MatchJob, NotifyEvent, NotifyJob, PayoutJob, Queue, QueuedJob, RecordReferralJob, RefundJob,
    RefundPlayerJob, RegistrationJob, SendRecoveryCodeJob, SettleJob,
};
use evens_exchange::{BookPosition, CommissionRate, OpposedBets, RefundReason, Side, UnmatchedBet, join};
use evens_idempotency::BetId;
use evens_ledger::{Amount, Digest, UserId};
use evens_payments::{Direction, OrderId};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// SQS takes at most this many characters as a deduplication id, and only visible ASCII.
const DEDUPLICATION_ID_LENGTH_MAX: usize = 128;

fn finish_round(round: &str, after_match: Option<&str>) -> Job {
    let round_id = round.parse().expect("a round");
    let after_match = after_match.map(|after| after.parse().expect("a match"));
    Job::FinishRound(FinishRoundJob { round_id, after_match })
}

fn settle() -> Job {
    let (match_id, round_id) = (MATCH.parse().expect("a match"), ROUND.parse().expect("a round"));
    Job::Settle(SettleJob { match_id, round_id, winner: None })
}

fn match_bet(place: Option<BookPosition>) -> Job {
    let place = place.map(Into::into);
    Job::Match(MatchJob { bet_id: BET.parse().expect("a bet"), user_id: None, place })
}

fn user(number: u64) -> UserId {
    UserId::new(number).expect("a player")
}

fn notify(event: NotifyEvent, about: &str) -> NotifyJob {
    NotifyJob { user_id: user(42), event, about: about.to_owned() }
}

/// One form of a job on the wire: a file in the folder `wire` of the function that works on the job.
///
/// There is one file for each form of each version of each job. The files are kept forever: while a new version is
/// rolled out, old functions still send the old form, and dead letters keep it for days. When the form of a job
/// changes, add a file `*.v2` beside `*.v1`; the first line of an existing file never changes.
pub(crate) struct Wire {
    file: String,
    pub(crate) body: String,
    queue: Queue,
    id: String,
    /// The form in which the same job is written today.
    pub(crate) now: String,
}

/// The second line of a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireSample {
    queue: String,
    id: String,
    now: Option<Box<RawValue>>,
}

impl Wire {
    fn read(path: &Path) -> Self {
        let file = path.file_name().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(path).expect(&file);
        let [body, known] = text.lines().collect::<Vec<_>>()[..] else { panic!("{file} has no two lines") };
        let WireSample { queue, id, now } = serde_json::from_str(known).expect(&file);
        let now = now.map_or_else(|| body.to_owned(), |now| now.get().to_owned());
        Self { body: body.to_owned(), queue: queue.parse().expect(&file), id, now, file }
    }

    pub(crate) fn job(&self) -> Job {
        Job::parse(self.queue, &self.body).expect(&self.file)
    }
}

/// The files of all functions.
fn paths() -> Vec<PathBuf> {
    let functions = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../functions");
    let folders = std::fs::read_dir(functions).unwrap().map(|folder| folder.unwrap().path().join("wire"));
    let files =
        folders.filter(|folder| folder.is_dir()).flat_map(|folder| std::fs::read_dir(folder).unwrap());
    files.map(|file| file.unwrap().path()).collect()
}

/// Every form that exists.
pub(crate) fn wire() -> Vec<Wire> {
    paths().iter().map(|path| Wire::read(path)).collect()
}

fn text(file: &str) -> String {
    let name = format!("{file}.jsonl");
    let path = paths().into_iter().find(|path| path.ends_with(&name)).expect(file);
    Wire::read(&path).body
}

#[test]
fn every_form_that_was_ever_sent_is_read() {
    for wire in wire() {
        let Wire { file, queue, id, .. } = &wire;
        let job = wire.job();
        assert_eq!((job.queue(), &job.id()), (*queue, id), "{file}");
        assert_eq!(Job::parse(*queue, &wire.now), Ok(job), "{file}");
    }
}

#[test]
fn the_current_form_is_what_is_written() {
    for wire in wire() {
        assert_eq!(serde_json::to_string(&wire.job()).unwrap(), wire.now, "{}", wire.file);
    }
}

/// A24: this is the old system's other name for a refund. A body that names an order, or both, is not a refund.
#[test]
fn a_payout_of_a_bet_is_a_refund_and_one_of_an_order_is_not() {
    let read = |data: &str| Job::read(&format!(r#"{{"type":"payout","data":{data}}}"#));
    let (bet, order) = (format!(r#""betId":"{BET}""#), format!(r#""orderId":"{MATCH}""#));
    let queue = |data: String| read(&data).map(|job| job.queue());
    assert_eq!(queue(format!("{{{bet}}}")), Ok(Queue::Refund));
    assert_eq!(queue(format!("{{{order}}}")), Ok(Queue::Withdrawals));
    assert_eq!(queue(format!("{{{bet},{order}}}")), Ok(Queue::Withdrawals));
    assert_eq!(queue(r#"{"betId":"none"}"#.to_owned()), Err(JobFault::Malformed));
    assert_eq!(queue("{}".to_owned()), Err(JobFault::Malformed));
}

/// The meaning of the forms, for one of each job that holds more than an id.
#[test]
fn a_form_means_what_it_says() {
    let place = BookPosition {
        round: ROUND.parse().expect("a round"),
        side: Side::B,
        placed_at: "2026-11-20T09:30:00.123456789Z".parse().expect("a time"),
    };
    let bet_id = BET.parse().expect("a bet");
    let referred_by = "7ZQ4M0XK".parse().expect("a referral code");
    let date = "2026-11-20".parse().expect("a day");
    let welcome = NotifyEvent::WelcomeBonus { amount: amount("25") };
    let recovery = "6d1f7e3a0c5b4e2f9a8d7c6b5a4f3e2d1c0b9a8f7e6d5c4b3a2f1e0d9c8b7a6f";
    let recovery: Digest = recovery.parse().expect("a digest");
    let by_recovery = NotifyEvent::PasswordChanged { recovery: Some(recovery) };
    #[rustfmt::skip]
    let table = [
        ("match.v1",                match_bet(None)),
        ("match.v2",                match_bet(Some(place.clone()))),
        ("match.v3",                MatchJob { bet_id, user_id: Some(user(42)), place: Some(place.into()) }.into()),
        ("settle.v1",               settle()),
        ("refund-requested.v1",     RefundJob { bet_id, reason: RefundReason::Requested }.into()),
        ("refund-barred.v1",        RefundJob { bet_id, reason: RefundReason::Barred }.into()),
        ("refund-player.v1",        RefundPlayerJob { user_id: user(42) }.into()),
        ("payout-of-bet.v1",        RefundJob { bet_id, reason: RefundReason::Expired }.into()),
        ("finish-round.v1",         finish_round(ROUND, None)),
        ("finish-round-page.v1",    finish_round(ROUND, Some(MATCH))),
        ("apply-bonus.v1",          ApplyBonusJob { user_id: user(42) }.into()),
        ("record-referral.v1",      RecordReferralJob { user_id: user(42), referred_by }.into()),
        ("apply-referral-bonus.v1", ApplyReferralBonusJob { user_id: user(42) }.into()),
        ("check-attendance.v1",     CheckAttendanceJob { user_id: user(42), date }.into()),
        ("send-recovery-code.v1",   SendRecoveryCodeJob { recovery, code: "01234567".parse().expect("a code") }.into()),
        ("notify-password-changed.v2", notify(by_recovery, &recovery.to_string()).into()),
        ("notify-welcome-bonus.v1", notify(welcome, "42").into()),
    ];
    for (file, job) in table {
        assert_eq!(Job::read(&text(file)), Ok(job), "{file}");
    }
}

/// The function that works on a queue takes all jobs of that queue, and no others.
#[test]
fn a_job_comes_through_its_own_queue_only() {
    fn comes_through<J: QueuedJob>(job: &Job) -> bool {
        let came = job.clone().through::<J>().map(Into::into);
        let wrong = JobFault::WrongQueue { job: job.id(), queue: J::QUEUE.name() };
        assert_eq!(came, if job.queue() == J::QUEUE { Ok(job.clone()) } else { Err(wrong) });
        came.is_ok()
    }
    let (mut of_one, mut of_several) = (BTreeSet::new(), BTreeSet::new());
    for job in wire().iter().map(Wire::job) {
        if comes_through::<MatchJob>(&job) {
            of_one.insert(job.kind());
        }
        if comes_through::<RegistrationJob>(&job) {
            of_several.insert(job.kind());
        }
    }
    assert_eq!(of_one, ["match"].into());
    assert_eq!(of_several, ["applyBonus", "recordReferral", "applyReferralBonus"].into());
}

#[test]
fn every_job_and_every_event_has_a_file() {
    let jobs: Vec<_> = wire().iter().map(Wire::job).collect();
    assert_eq!(jobs.iter().map(Job::kind).collect::<BTreeSet<_>>(), Job::TYPES.into());
    assert_eq!(jobs.iter().map(Job::queue).collect::<BTreeSet<_>>(), Queue::ALL.into());
    // A new event does not compile here until it has a number, and the test does not pass until it has a file.
    let number = |event: &NotifyEvent| match event {
        NotifyEvent::WelcomeBonus { .. } => 0,
        NotifyEvent::ReferralRecorded { .. } => 1,
        NotifyEvent::PasswordChanged { .. } => 2,
        NotifyEvent::PhoneCode { .. } => 3,
    };
    let events = jobs.iter().filter_map(|job| match job {
        Job::Notify(notify) => Some(number(&notify.event)),
        _ => None,
    });
    assert_eq!(events.collect::<BTreeSet<_>>(), (0..4).collect());
}

/// A job whose form on the wire does not name its player is made together with its group.
#[test]
fn jobs_of_a_player_have_the_players_group() {
    let waiting = |key: &str, number: u64, side: Side| UnmatchedBet {
        bet: BetId::derive(user(number), &key.parse().expect("a key")),
        user: user(number),
        round: ROUND.parse().expect("a round"),
        side,
        placed_at: Timestamp::UNIX_EPOCH,
        nonce: None,
        commission: CommissionRate::NONE,
        open: amount("10"),
        is_closed: false,
    };
    let (a, b) = (waiting("key-1", 42, Side::A), waiting("key-1", 43, Side::B));
    let pair = OpposedBets::of(&a, &b, Amount::ZERO).expect("opponents");
    let found = join(&pair, Timestamp::UNIX_EPOCH).bet_match;
    let order = OrderId::derive(Direction::Withdrawal, user(44), &"key-1".parse().expect("a key"));
    let table = [
        (MatchJob::of_waiting(&a), format!("match:{}", a.bet), "42"),
        (SettleJob::of_match(&found), format!("settle:{}", found.id), "42"),
        (
            SettleJob::of_unsettled(found.id, found.round.clone(), found.user_a),
            format!("settle:{}", found.id),
            "42",
        ),
        (RefundJob::of_waiting(&b, RefundReason::Expired), format!("refund:{}", b.bet), "43"),
        (PayoutJob::of_order(order, user(44)), format!("payout:{order}"), "44"),
    ];
    for (JobInGroup { job, group }, id, expected) in table {
        assert_eq!((job.id(), group.as_str()), (id, expected));
    }
}

/// Jobs about the same thing are in one group, no matter which function sends them.
#[test]
fn the_group_is_whom_or_what_the_job_is_about() {
    fn group(job: &impl GroupedJob) -> String {
        assert_eq!(job.subjects(), [job.group()]);
        job.group()
    }
    let Job::FinishRound(page) = finish_round(ROUND, Some(MATCH)) else { panic!("another job") };
    assert_eq!(group(&page), ROUND);
    assert_eq!(group(&ApplyReferralBonusJob { user_id: user(42) }), "42");
    assert_eq!(group(&RefundPlayerJob { user_id: user(42) }), "42");
    assert_eq!(group(&notify(NotifyEvent::PasswordChanged { recovery: None }, "1f")), "42");
}

#[test]
fn a_job_is_read_however_its_json_is_written() {
    let bodies = [
        format!(r#"{{"data":{{"betId":"{BET}"}},"type":"match"}}"#),
        format!(" {{ \"type\" : \"match\" ,\n\t\"data\" : {{ \"betId\" : \"{BET}\" }} }} "),
        format!(r#"{{"\u0074ype":"m\u0061tch","data":{{"b\u0065tId":"{}"}}}}"#, BET.replace('-', "\\u002d")),
        // A later version may add such a field.
        format!(r#"{{"type":"match","data":{{"betId":"{BET}","more":[1]}},"version":2}}"#),
    ];
    for body in bodies {
        assert_eq!(Job::parse(Queue::Match, &body), Ok(match_bet(None)), "{body}");
    }
    let first_page = format!(r#"{{"type":"finish-round","data":{{"roundId":"{ROUND}","afterMatch":null}}}}"#);
    assert_eq!(Job::parse(Queue::Rounds, &first_page), Ok(finish_round(ROUND, None)));
}

/// Each row repairs one fault of the row above, or is wrong in another way.
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
        (&text("match.v1"),                                 Err(wrong_queue(format!("match:{BET}")))),
        (r#"{"type":"settle","data":{"matchId":"0820039d-26b6-8139-91b0-9302aa2376d7"}}"#, Err(JobFault::Malformed)),
        (&text("settle.v1").replace(ROUND, "a/b"),          Err(JobFault::Malformed)),
        (&text("refund-expired.v1").replace("expired", "because"), Err(JobFault::Malformed)),
        (r#"{"type":"applyBonus"}"#,                             Err(JobFault::Malformed)),
        (r#"{"type":"applyBonus","data":{}}"#,                   Err(JobFault::Malformed)),
        (r#"{"type":"applyBonus","data":{"userId":"0"}}"#,       Err(JobFault::Malformed)),
        (r#"{"type":"applyBonus","data":{"userId":"-1"}}"#,      Err(JobFault::Malformed)),
        (r#"{"type":"applyBonus","data":{"userId":42}}"#,        Err(JobFault::Malformed)),
        (&text("apply-bonus.v1"),                           Err(wrong_queue("bonus-42".to_owned()))),
        (r#"{"type":"recordReferral","data":{"userId":"42"}}"#,  Err(JobFault::Malformed)),
        (r#"{"type":"recordReferral","data":{"userId":"42","referredBy":"U"}}"#, Err(JobFault::Malformed)),
        (&text("record-referral.v1"),                       Err(wrong_queue("referral-42".to_owned()))),
        (&text("apply-referral-bonus.v1"),                  Err(wrong_queue("referral-bonus-42".to_owned()))),
        (r#"{"type":"checkAttendance","data":{"userId":"42"}}"#, Err(JobFault::Malformed)),
        (r#"{"type":"checkAttendance","data":{"userId":"42","date":"2026-02-30"}}"#, Err(JobFault::Malformed)),
        (&text("check-attendance.v1"),                      Err(wrong_queue("attendance:42:2026-11-20".to_owned()))),
        (r#"{"type":"notify","data":{"userId":"42","about":"x"}}"#, Err(JobFault::Malformed)),
        (r#"{"type":"notify","data":{"userId":"42","event":"birthday","about":"x"}}"#, Err(JobFault::Malformed)),
        (r#"{"type":"notify","data":{"userId":"42","event":"welcome-bonus","about":"42"}}"#, Err(JobFault::Malformed)),
        (r#"{"type":"notify","data":{"userId":"42","event":"welcome-bonus","amount":"-1","about":"42"}}"#, Err(JobFault::Malformed)),
        (&text("notify-welcome-bonus.v1"),                  Err(wrong_queue("notify:welcome-bonus:42".to_owned()))),
        (&text("settle.v1"),                                Ok(settle())),
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
    let wrong = format!("a settle:{MATCH} job arrived in the queue match, to which it does not belong");
    assert_eq!(fault(Queue::Match, &text("settle.v1")), wrong);
}

#[test]
fn ids_of_jobs_are_deduplication_ids_also_with_a_number_behind_them() {
    let longest_round = "r".repeat(64);
    let pages = [None, Some(MATCH)];
    let rounds = ["r", ROUND, &longest_round];
    let finishing = rounds.iter().flat_map(|round| pages.iter().map(|page| finish_round(round, *page)));
    // A body that names user 42 may also name the last user.
    let last = i64::MAX.to_string();
    let jobs = wire().into_iter().flat_map(|wire| {
        let of_the_last_user = wire.body.replace("\"42\"", &format!("\"{last}\""));
        [wire.body, of_the_last_user].map(|body| Job::read(&body).unwrap())
    });
    for job in jobs.chain(finishing) {
        let again = format!("{}:{}", job.id(), u64::MAX);
        assert!(again.len() <= DEDUPLICATION_ID_LENGTH_MAX, "{again} has {} characters", again.len());
        assert!(again.bytes().all(|byte| byte.is_ascii_graphic()), "{again:?}");
    }
}

/// C14: a second, different job must not be taken for a repeat of the first.
#[test]
fn jobs_of_different_kinds_never_share_an_id() {
    // Several forms of one job count as that one job.
    let kinds: BTreeSet<_> = wire().iter().map(|wire| (wire.id.clone(), wire.job().kind())).collect();
    let ids: BTreeSet<_> = wire().into_iter().map(|wire| wire.id).collect();
    assert_eq!(kinds.len(), ids.len(), "{kinds:?}");
}

/// The receiver can recognize a repeat by the id: the same event has the same id, and another event has another id.
#[test]
fn events_are_told_apart_by_kind_and_subject() {
    let phone_code = NotifyEvent::PhoneCode {
        code: "012345".parse().expect("six digits"),
        expires_at: "2026-11-20T09:40:00Z".parse().expect("a time"),
    };
    let events = [
        (notify(NotifyEvent::WelcomeBonus { amount: amount("25") }, "42"), "welcome-bonus:42"),
        (notify(NotifyEvent::ReferralRecorded { referred: user(42) }, "42"), "referral-recorded:42"),
        (notify(NotifyEvent::PasswordChanged { recovery: None }, "1f"), "password-changed:1f"),
        (notify(phone_code, "42-1"), "phone-code:42-1"),
    ];
    for (notify, expected) in events {
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
