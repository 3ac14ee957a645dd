//! Names of dead letters, and the choice of dead letters by a filter.

use crate::job::wire;
use evens_contracts::{DeadLetterFacts, DeadLetterFilter, DeadLetterId, Job, Queue};
use jiff::Timestamp;

const USER: &str = "42";
const MATCH: &str = "0ef1a0a4-5d7e-8f6b-9a51-1f9d6e2f9a10";

#[test]
fn an_id_names_a_queue_and_a_message() {
    for queue in Queue::ALL {
        let id = DeadLetterId::new(queue, "5f2c0b9e-0000-4000-8000-00000000000a");
        assert_eq!(id.to_string().parse(), Ok(id));
    }
    let long = format!("settle:{}", "a".repeat(101));
    for text in
        ["", ":", "settle", "settle:", "nothing:a", "Settle:a", "settle:a b", "settle:a:b", "settle:ä", &long]
    {
        assert!(text.parse::<DeadLetterId>().is_err(), "{text}");
    }
}

#[test]
fn every_type_of_jobs_has_its_name() {
    let mut seen = std::collections::BTreeSet::new();
    for wire in wire() {
        let (body, job) = (&wire.body, wire.job());
        let written: serde_json::Value = serde_json::from_str(&wire.now).unwrap();
        assert_eq!(written["type"], job.kind());
        let ids = job.subjects();
        assert!(!ids.is_empty() && ids.iter().all(|id| body.contains(id.as_str())), "{ids:?} of {body}");
        seen.insert(job.kind());
    }
    assert_eq!(seen, Job::TYPES.into());
}

/// Each row sets one condition, and says whether the filter fits the dead letter of a settlement that failed at eight
/// o'clock.
#[test]
fn a_filter_means_what_fits_in_all_that_it_says() {
    let body = format!(r#"{{"type":"settle","data":{{"matchId":"{MATCH}","roundId":"round-1"}}}}"#);
    let job = Job::parse(Queue::Settle, &body).unwrap();
    let letter = DeadLetterFacts {
        queue: Queue::Settle,
        job: Some(&job),
        group: USER,
        error: "Contended: the Table was written by others",
        failed_at: Some("2026-11-20T08:00:00Z".parse().unwrap()),
    };
    let at = |text: &str| text.parse::<Timestamp>().ok();
    let of = |text: &str| Some(text.to_owned());
    let all = DeadLetterFilter::default;
    #[rustfmt::skip]
    let table = [
        (all(), true),
        (DeadLetterFilter { queue: Some(Queue::Settle), ..all() }, true),
        (DeadLetterFilter { queue: Some(Queue::Match), ..all() }, false),
        (DeadLetterFilter { job_type: "settle".parse().ok(), ..all() }, true),
        (DeadLetterFilter { job_type: "match".parse().ok(), ..all() }, false),
        (DeadLetterFilter { about: of(USER), ..all() }, true),
        (DeadLetterFilter { about: of(MATCH), ..all() }, true),
        (DeadLetterFilter { about: of("round-1"), ..all() }, true),
        // The whole id must be the same: a part of it does not fit.
        (DeadLetterFilter { about: of("round"), ..all() }, false),
        (DeadLetterFilter { about: of("4"), ..all() }, false),
        (DeadLetterFilter { error: of("the table"), ..all() }, true),
        (DeadLetterFilter { error: of("CONTENDED"), ..all() }, true),
        (DeadLetterFilter { error: of("throttled"), ..all() }, false),
        // The first moment of the range is included, and the last one is not.
        (DeadLetterFilter { since: at("2026-11-20T08:00:00Z"), ..all() }, true),
        (DeadLetterFilter { since: at("2026-11-20T08:00:00.000000001Z"), ..all() }, false),
        (DeadLetterFilter { until: at("2026-11-20T08:00:00.000000001Z"), ..all() }, true),
        (DeadLetterFilter { until: at("2026-11-20T08:00:00Z"), ..all() }, false),
        // All conditions must hold: it is not enough that some do.
        (DeadLetterFilter { queue: Some(Queue::Settle), about: of(USER), error: of("table"), ..all() }, true),
        (DeadLetterFilter { queue: Some(Queue::Settle), about: of("43"), error: of("table"), ..all() }, false),
    ];
    for (filter, is_meant) in &table {
        assert_eq!(filter.fits(letter), *is_meant, "{filter:?}");
        assert_eq!(filter.is_empty(), *filter == all(), "{filter:?}");
    }
    // A body that is not a job has no type, and a letter without a time is in no range.
    let unreadable = DeadLetterFacts { job: None, failed_at: None, ..letter };
    let fitting: Vec<_> = table.iter().filter(|(filter, _)| filter.fits(unreadable)).collect();
    let says_too_much = |filter: &DeadLetterFilter| {
        filter.job_type.is_some() || filter.since.is_some() || filter.until.is_some()
    };
    assert!(fitting.len() > 4 && !fitting.iter().any(|(filter, _)| says_too_much(filter)), "{fitting:?}");
    assert_eq!(DeadLetterFilter::default().queues(), Queue::ALL);
    assert_eq!(table[1].0.queues(), [Queue::Settle]);
}
