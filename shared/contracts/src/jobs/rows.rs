//! `queues!`: makes [`Queue`](crate::Queue) and [`Job`](crate::Job), and all that follows from their rows.

/// One row for each queue: its name, its rules, and the jobs that go through it.
///
/// A queue through which jobs of several types go names, before them, the enum that its worker takes. A row that is not
/// whole does not compile.
macro_rules! queues {
    ($(
        $(#[$doc:meta])*
        $queue:ident = $name:literal {
            rules: $rules:expr,
            jobs: $($group:ident)? [$($variant:ident($body:ty)),+ $(,)?] $(,)?
        }
    )+) => {
        /// A queue of jobs. Each has a dead-letter queue of its own.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Queue {
            $($(#[$doc])* $queue,)+
        }

        impl Queue {
            /// All queues.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$queue),+];

            /// Their short names, as in `match, settle`. Made by the compiler: LLVM optimises a `join` of an array of
            /// about twenty for minutes.
            pub const NAMES: &'static str = concat!($(", ", $name),+).split_at(2).1;

            /// The queue's short name, as in its URL `evens-{stage}-{name}.fifo`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$queue => $name,)+
                }
            }

            /// The queue's rules.
            pub const fn rules(self) -> QueueRules {
                match self {
                    $(Self::$queue => $rules,)+
                }
            }
        }

        /// A job. It is written as `{"type": "match", "data": {"betId": "…"}}`.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Job {
            $($(
                #[doc = concat!("See [`", stringify!($body), "`].")]
                $variant($body),
            )+)+
        }

        impl Job {
            /// Every type, as it is written.
            pub const TYPES: [&str; [$($(stringify!($variant)),+),+].len()] = [$($(<$body>::TYPE),+),+];

            /// Reads what a job of that type is about; none where nobody handles that type.
            pub(super) fn read_data(kind: &str, data: &str) -> Option<serde_json::Result<Self>> {
                let old: &[fn(&str, &str) -> Option<Self>] =
                    &[$($(|kind, data| <$body>::of_old(kind, data).map(Self::$variant)),+),+];
                if let Some(job) = old.iter().find_map(|of_old| of_old(kind, data)) {
                    return Some(Ok(job));
                }
                match kind {
                    $($(<$body>::TYPE => Some(serde_json::from_str(data).map(Self::$variant)),)+)+
                    _ => None,
                }
            }

            /// The job's type, as it is written.
            pub fn kind(&self) -> &'static str {
                match self {
                    $($(Self::$variant(_) => <$body>::TYPE,)+)+
                }
            }

            /// The queue that the job goes through.
            pub fn queue(&self) -> Queue {
                match self {
                    $($(Self::$variant(_))|+ => Queue::$queue,)+
                }
            }

            /// The job's id, as [`JobData::id`] has it.
            pub fn id(&self) -> String {
                match self {
                    $($(Self::$variant(job) => job.id(),)+)+
                }
            }

            /// The ids of the bet, match, round or user that the job names.
            pub fn subjects(&self) -> Vec<String> {
                match self {
                    $($(Self::$variant(job) => job.subjects(),)+)+
                }
            }

            /// What the job reaches into, as [`JobData::shared_look`] has it.
            pub fn shared_look(&self) -> Option<&str> {
                match self {
                    $($(Self::$variant(job) => job.shared_look(),)+)+
                }
            }
        }

        impl Serialize for Job {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $($(Self::$variant(data) => written(<$body>::TYPE, data, serializer),)+)+
                }
            }
        }

        $($(
            impl From<$body> for Job {
                fn from(job: $body) -> Self {
                    Self::$variant(job)
                }
            }
        )+)+

        $(queued_job!($queue $($group)? [$($variant($body)),+]);)+
    };
}

/// What the worker of a queue takes: the only type of job that goes through it, or an enum of all of them.
macro_rules! queued_job {
    ($queue:ident [$variant:ident($body:ty)]) => {
        impl QueuedJob for $body {
            const QUEUE: Queue = Queue::$queue;

            fn of(job: Job) -> Result<Self, Job> {
                match job {
                    Job::$variant(job) => Ok(job),
                    other => Err(other),
                }
            }
        }
    };
    ($queue:ident $group:ident [$($variant:ident($body:ty)),+]) => {
        #[doc = concat!("A job of the queue [`Queue::", stringify!($queue), "`].")]
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $group {
            $(
                #[doc = concat!("See [`", stringify!($body), "`].")]
                $variant($body),
            )+
        }

        impl QueuedJob for $group {
            const QUEUE: Queue = Queue::$queue;

            fn of(job: Job) -> Result<Self, Job> {
                match job {
                    $(Job::$variant(job) => Ok(Self::$variant(job)),)+
                    other => Err(other),
                }
            }
        }

        impl From<$group> for Job {
            fn from(job: $group) -> Self {
                match job {
                    $($group::$variant(job) => Self::$variant(job),)+
                }
            }
        }
    };
}

pub(super) use {queued_job, queues};
