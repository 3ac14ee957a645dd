//! Which jobs a function makes, read from its sources. Every job is known by a form of it on the wire.

use evens_contracts::{Job, Queue};

/// A job, by what it is called in code.
pub(crate) struct KnownJob {
    /// `FinishRound`, of `Job::FinishRound`.
    variant: String,
    /// `FinishRoundJob`.
    pub(crate) name: String,
    queue: Queue,
}

/// All jobs.
pub(crate) fn jobs() -> Vec<KnownJob> {
    evens_tests::jobs_of_every_type().iter().map(KnownJob::of).collect()
}

impl KnownJob {
    fn of(job: &Job) -> Self {
        let shown = format!("{job:?}");
        let (variant, rest) = shown.split_once('(').unwrap();
        let (name, _) = rest.split_once(' ').unwrap();
        Self { variant: variant.to_owned(), name: name.to_owned(), queue: job.queue() }
    }

    pub(crate) fn queue(&self) -> Queue {
        self.queue
    }

    /// Whether code without white space makes such a job. To take one apart is not to make one.
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

/// Whether a literal is a parameter that is taken apart: its type follows.
fn is_parameter(text: &str, name: &str) -> bool {
    text.split_once('}').is_some_and(|(_, rest)| rest.starts_with(&format!(":{name}")))
}

#[test]
fn what_makes_a_job_is_told_from_what_takes_it_apart() {
    let jobs = jobs();
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
