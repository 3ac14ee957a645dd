//! [`QueuedJob`]: the jobs of one queue, as whoever works on it takes them.

use crate::{
    ApplyBonusJob, ApplyReferralBonusJob, CheckAttendanceJob, FinishRoundJob, Job, JobFault, MatchJob,
    NotifyJob, Queue, RecordReferralJob, RefundJob, SettleJob,
};

/// The jobs of one queue. Who handles them is given nothing else, and need not ask what came.
pub trait QueuedJob: Into<Job> + Clone + Send + Sync {
    /// Through which queue they go.
    const QUEUE: Queue;

    /// The job, if it is one of these; otherwise as it was.
    fn of(job: Job) -> Result<Self, Job>;
}

/// What a new player is owed, step by step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegistrationJob {
    /// Give him the bonus for signing up.
    ApplyBonus(ApplyBonusJob),
    /// Record who referred him.
    RecordReferral(RecordReferralJob),
    /// Give his referrer the bonus for him.
    ApplyReferralBonus(ApplyReferralBonusJob),
}

impl QueuedJob for RegistrationJob {
    const QUEUE: Queue = Queue::Registration;

    fn of(job: Job) -> Result<Self, Job> {
        match job {
            Job::ApplyBonus(job) => Ok(Self::ApplyBonus(job)),
            Job::RecordReferral(job) => Ok(Self::RecordReferral(job)),
            Job::ApplyReferralBonus(job) => Ok(Self::ApplyReferralBonus(job)),
            other => Err(other),
        }
    }
}

impl From<RegistrationJob> for Job {
    fn from(job: RegistrationJob) -> Self {
        match job {
            RegistrationJob::ApplyBonus(job) => Self::ApplyBonus(job),
            RegistrationJob::RecordReferral(job) => Self::RecordReferral(job),
            RegistrationJob::ApplyReferralBonus(job) => Self::ApplyReferralBonus(job),
        }
    }
}

/// A queue through which jobs of one type go.
macro_rules! only_job_of {
    ($($queue:ident: $variant:ident($job:ty)),* $(,)?) => {$(
        impl QueuedJob for $job {
            const QUEUE: Queue = Queue::$queue;

            fn of(job: Job) -> Result<Self, Job> {
                match job {
                    Job::$variant(job) => Ok(job),
                    other => Err(other),
                }
            }
        }

        impl From<$job> for Job {
            fn from(job: $job) -> Self {
                Self::$variant(job)
            }
        }
    )*};
}

only_job_of! {
    Match: Match(MatchJob),
    Settle: Settle(SettleJob),
    Refund: Refund(RefundJob),
    Rounds: FinishRound(FinishRoundJob),
    Attendance: CheckAttendance(CheckAttendanceJob),
    Notifications: Notify(NotifyJob),
}

impl Job {
    /// The job as whoever works on its queue takes it.
    ///
    /// # Errors
    /// It belongs into another queue.
    pub fn through<J: QueuedJob>(self) -> Result<J, JobFault> {
        J::of(self).map_err(|other| other.in_wrong_queue(J::QUEUE))
    }
}
