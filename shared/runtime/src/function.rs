//! [`Function`]: what a Lambda function asks of its host. `infra/stacks` writes the templates from it.
//!
//! Rights, settings, routes and queues are not in it. They follow from the code, the table of routes and the table of
//! queues.

use strum::{IntoStaticStr, VariantArray};

/// The demands of a function on its host. Constants begin with [`Function::REQUESTS`] or [`Function::JOBS`].
#[derive(Debug, Clone, Copy)]
pub struct Function {
    /// The folder in `functions/`. The function of a stage is called `evens-{stage}-{folder}`.
    pub folder: &'static str,
    /// The stack that deploys it.
    pub stack: Stack,
    /// The comment above it in the template, about its limits and their reasons. Empty for none.
    pub about: &'static str,
    pub start: Start,
    pub slow: Slow,
    pub memory: Size,
    /// The disk, if Lambda's 512 MB are too few.
    pub disk: Option<Size>,
    /// The reason why its jobs send jobs to its own queue. Lambda stops any other function that calls itself, after
    /// about 16 calls.
    pub chain: Option<&'static str>,
    /// The parameter of its stack with the values that publish a new version of it when they change.
    pub values: &'static str,
}

/// A stack of functions: the file `infra/stacks/{name}.yaml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum Stack {
    Exchange,
    Games,
    Jackpots,
    Notifications,
    Operations,
    Payments,
    Players,
}

impl Stack {
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The name of its file.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// What starts a function.
#[derive(Debug, Clone, Copy)]
pub enum Start {
    /// Requests of the API. So many run at once, so that no function starves the others.
    Requests(Stages),
    /// Jobs of the queue whose worker it is. The table of queues says how many batches run at once.
    Jobs,
    Schedule(Schedule),
}

/// A number for each stage.
#[derive(Debug, Clone, Copy)]
pub struct Stages {
    pub local: u16,
    pub dev: u16,
    pub staging: u16,
    pub prod: u16,
}

/// When a function starts by itself.
#[derive(Debug, Clone, Copy)]
pub struct Schedule {
    /// The name of the event in the template.
    pub name: &'static str,
    /// The expression of `EventBridge`.
    pub expression: &'static str,
    pub timeout_secs: u16,
    /// How many run at once.
    pub at_once: u16,
    /// The age at which a call that could not start is dropped.
    pub event_age_max_secs: u16,
    pub retries_max: u8,
    /// The comment in the template: why these times and numbers.
    pub reason: &'static str,
}

/// The durations from which calls are slow, and too slow.
#[derive(Debug, Clone, Copy)]
pub struct Slow {
    pub calls: Calls,
    pub warn_ms: u32,
    pub page_ms: u32,
}

/// How many calls an alarm can judge by.
#[derive(Debug, Clone, Copy, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum Calls {
    Many,
    Few,
    Scheduled,
}

impl Calls {
    /// The value in the template.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// A size in MB, and the reason for it.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub mb: u16,
    pub reason: &'static str,
}

impl Function {
    /// The memory of functions that do not ask for more.
    pub const MEMORY: Size = Size { mb: 512, reason: "not measured yet" };

    /// A function behind the API. A second call at the same time would get 503 if it ran only once.
    pub const REQUESTS: Self = Self {
        folder: "",
        stack: Stack::Operations,
        about: "",
        start: Start::Requests(Stages { local: 2, dev: 2, staging: 2, prod: 2 }),
        slow: Slow { calls: Calls::Few, warn_ms: 1_000, page_ms: 5_000 },
        memory: Self::MEMORY,
        disk: None,
        chain: None,
        values: "ParameterValues",
    };

    /// The worker of a queue.
    pub const JOBS: Self = Self {
        start: Start::Jobs,
        slow: Slow { calls: Calls::Few, warn_ms: 5_000, page_ms: 8_000 },
        ..Self::REQUESTS
    };
}
