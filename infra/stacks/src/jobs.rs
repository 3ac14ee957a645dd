//! The jobs that a function creates, read from its sources. Jobs are enumerated from their wire formats.

use crate::Source;
use evens_contracts::{Job, Queue};
use std::collections::BTreeMap;

/// A job with its names in code.
pub(crate) struct KnownJob {
    /// The variant, such as `FinishRound` of `Job::FinishRound`.
    variant: String,
    /// The type, such as `FinishRoundJob`.
    pub(crate) name: String,
    queue: Queue,
}

/// A job of every type, from the wire files in the functions' folders.
///
/// # Panics
/// If a type has no wire file.
pub fn jobs_of_every_type(sources: &[Source]) -> Vec<Job> {
    let is_form = |path: &str| path.starts_with("functions/") && path.contains("/wire/");
    let forms = sources.iter().filter(|source| is_form(&source.path));
    let jobs = forms.filter_map(|form| Job::read(form.text().lines().next()?).ok());
    let by_type: BTreeMap<_, _> = jobs.map(|job| (job.kind(), job)).collect();
    for kind in Job::TYPES {
        assert!(by_type.contains_key(kind), "{kind} has no form on the wire");
    }
    by_type.into_values().collect()
}

pub(crate) fn jobs(sources: &[Source]) -> Vec<KnownJob> {
    jobs_of_every_type(sources).iter().map(KnownJob::of).collect()
}

impl KnownJob {
    fn of(job: &Job) -> Self {
        let shown = format!("{job:?}");
        let (variant, rest) = shown.split_once('(').unwrap_or_default();
        let (name, _) = rest.split_once(' ').unwrap_or_default();
        Self { variant: variant.to_owned(), name: name.to_owned(), queue: job.queue() }
    }

    pub(crate) fn queue(&self) -> Queue {
        self.queue
    }

    /// Returns whether code without white space constructs this job. Destructuring does not count.
    pub(crate) fn is_made_in(&self, text: &str) -> bool {
        let (literal, pattern) = (format!("{}{{", self.name), format!("::{}(", self.variant));
        let is_made = |at: usize| {
            let before = &text[..at];
            !before.ends_with("let") && !before.ends_with(&pattern)
        };
        let maker = format!("{}::", self.name);
        text.match_indices(&maker).any(|(at, _)| text[at + maker.len()..].starts_with(char::is_lowercase))
            || text
                .match_indices(&literal)
                .any(|(at, _)| is_made(at) && !is_parameter(&text[at..], &self.name))
    }
}

/// Returns whether the literal is a destructured parameter, which is followed by its type.
fn is_parameter(text: &str, name: &str) -> bool {
    text.split_once('}').is_some_and(|(_, rest)| rest.starts_with(&format!(":{name}")))
}

#[test]
fn making_a_job_is_distinguished_from_matching_on_it() {
    let jobs = jobs(&crate::sources());
    let job = jobs.iter().find(|job| job.name == "RefundJob").unwrap();
    #[rustfmt::skip]
    let table = [
        ("letjob=RefundJob{bet_id,reason};",              true),
        ("Outgoing::of(RefundJob{bet_id,reason})",        true),
        ("Outgoing::of(RefundJob::of_waiting(bet))",      true),
        ("map(|bet|RefundJob::new(bet))",                 true),
        ("RefundJob::TYPE",                               false),
        ("letRefundJob{bet_id,reason}=job;",              false),
        ("Job::Refund(RefundJob{bet_id,..})=>",           false),
        ("fnrefund(RefundJob{bet_id,..}:RefundJob,",      false),
        ("fnrefund(job:RefundJob)",                       false),
        ("letjob=ARefundJobs{}",                          false),
    ];
    for (text, expected) in table {
        assert_eq!(job.is_made_in(text), expected, "{text}");
    }
}
