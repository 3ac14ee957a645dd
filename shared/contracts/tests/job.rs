//! Jobs: their forms on the wire, which are kept for ever, and what is no job.

#![cfg(test)]

mod common;

use common::{BET, MATCH, ROUND};
use evens_contracts::{FinishRoundJob, Job, JobFault, MatchJob, Queue, RefundJob, SettleJob};
use evens_exchange::RefundReason;
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

fn settle() -> Job {
    Job::Settle(SettleJob {
        match_id: MATCH.parse().expect("a match"),
        round_id: ROUND.parse().expect("a round"),
    })
}

fn match_bet() -> Job {
    Job::Match(MatchJob { bet_id: BET.parse().expect("a bet") })
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
        row("match.v1.json",              true, Queue::Match,  format!("match:{BET}"),            match_bet()),
        row("settle.v1.json",             true, Queue::Settle, format!("settle:{MATCH}"),         settle()),
        row("refund-expired.v1.json",     true, Queue::Refund, format!("refund:{BET}"),           refund(RefundReason::Expired)),
        row("refund-requested.v1.json",   true, Queue::Refund, format!("refund:{BET}"),           refund(RefundReason::Requested)),
        row("refund-round-ended.v1.json", true, Queue::Refund, format!("refund:{BET}"),           refund(RefundReason::RoundEnded)),
        row("finish-round.v1.json",       true, Queue::Rounds, format!("finish:{ROUND}"),         finish_round(ROUND, None)),
        row("finish-round-page.v1.json",  true, Queue::Rounds, format!("finish:{ROUND}:{}", MATCH.replace('-', "")), finish_round(ROUND, Some(MATCH))),
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
    };
    let current: BTreeSet<_> =
        wire().iter().filter(|wire| wire.is_current).map(|wire| kind(&wire.job)).collect();
    assert_eq!(current, BTreeSet::from(["match", "settle", "refund", "finish-round"]));
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
        assert_eq!(Job::parse(Queue::Match, &body), Ok(match_bet()), "{body}");
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
        (r#"{"type":"applyBonus","data":{}} x"#,                 Err(JobFault::Malformed)),
        (r#"{"type":"applyBonus","data":{}}"#,                   Err(unknown("applyBonus"))),
        (r#"{"type":"applyBonus"}"#,                             Err(unknown("applyBonus"))),
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
        (&text("settle.v1.json"),                                Ok(settle())),
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
    assert_eq!(fault(Queue::Match, r#"{"type":"applyBonus"}"#), "Unknown job type: applyBonus");
    let wrong = format!("a settle:{MATCH} job came through the queue match");
    assert_eq!(fault(Queue::Match, &text("settle.v1.json")), wrong);
}

#[test]
fn ids_of_jobs_are_deduplication_ids_also_with_a_number_behind_them() {
    let longest_round = "r".repeat(64);
    let pages = [None, Some(MATCH)];
    let rounds = ["r", ROUND, &longest_round];
    let finishing = rounds.iter().flat_map(|round| pages.iter().map(|page| finish_round(round, *page)));
    for job in wire().into_iter().map(|wire| wire.job).chain(finishing) {
        let again = format!("{}:{}", job.id(), u64::MAX);
        assert!(again.len() <= DEDUPLICATION_ID_LENGTH_MAX, "{again} has {} characters", again.len());
        assert!(again.bytes().all(|byte| byte.is_ascii_graphic()), "{again:?}");
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
