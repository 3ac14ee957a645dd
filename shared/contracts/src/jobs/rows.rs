//! `queues!`: defines [`Queue`](crate::Queue), [`Job`](crate::Job), and everything that follows from their rows.

/// One row for each queue: its name, its rules, and its jobs.
///
/// A queue with several types of jobs also names the enum that its worker takes. An incomplete row does not compile.
macro_rules! queues {
    ($(
        $(#[$doc:meta])*
        $queue:ident = $name:literal {
            rules: $rules:expr,
            jobs: $($group:ident)? [$($variant:ident($body:ty)),+ $(,)?] $(,)?
        }
    )+) => {
        /// A queue of jobs. Each has its own dead-letter queue.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Queue {
            $($(#[$doc])* $queue,)+
        }

        impl Queue {
            /// Every queue.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$queue),+];

            /// The short names of all queues, as in `match, settle`. Built at compile time, because LLVM optimises a
            /// `join` of an array of about twenty for minutes.
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

        /// A job, written as `{"type": "match", "data": {"betId": "…"}}`.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Job {
            $($(
                #[doc = concat!("See [`", stringify!($body), "`].")]
                $variant($body),
            )+)+
        }

        impl Job {
            /// Every type's name on the wire.
            pub const TYPES: [&str; [$($(stringify!($variant)),+),+].len()] = [$($(<$body>::TYPE),+),+];

            /// Reads the data of a job of this type. `None` if the type is unknown.
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

            /// The job's type on the wire.
            pub fn kind(&self) -> &'static str {
                match self {
                    $($(Self::$variant(_) => <$body>::TYPE,)+)+
                }
            }

            /// The job's queue.
            pub fn queue(&self) -> Queue {
                match self {
                    $($(Self::$variant(_))|+ => Queue::$queue,)+
                }
            }

            /// The job's id, as in [`JobData::id`].
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

            /// The data that the job works on, as in [`JobData::shared_look`].
            pub fn shared_look(&self) -> Option<&str> {
                match self {
                    $($(Self::$variant(job) => job.shared_look(),)+)+
                }
            }
        }

        impl Serialize for Job {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $($(Self::$variant(data) => serialize_job(<$body>::TYPE, data, serializer),)+)+
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

/// The type that a queue's worker takes: its only type of job, or an enum of all of them.
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
