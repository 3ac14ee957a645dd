//! A function with everything that its part of a template needs.

use crate::environment::{Variable, variables};
use crate::{Allowed, Code, RenderError};
use evens_contracts::{Queue, ROUTES, Route};
use evens_runtime::{Function, Start};
use std::collections::BTreeMap;

pub(crate) struct Parts {
    pub(crate) function: Function,
    /// The rights that its code needs.
    pub(crate) needs: Allowed,
    /// The variables of its environment, in the order of the table.
    pub(crate) variables: Vec<Variable>,
    /// The queue whose worker it is.
    pub(crate) queue: Option<Queue>,
}

impl Parts {
    pub(crate) fn of(
        function: Function,
        code: &Code,
        known: &BTreeMap<String, Allowed>,
    ) -> Result<Self, RenderError> {
        let (needs, variables, queue) = (code.needs(known)?, variables(code), code.queue());
        if matches!(function.start, Start::Jobs) && queue.is_none() {
            return Err(RenderError::NoQueue { function: function.folder.to_owned() });
        }
        Ok(Self { function, needs, variables, queue })
    }

    /// The beginning of the names of its resources, such as `PlaceBet`.
    pub(crate) fn name(&self) -> String {
        name(self.function.folder)
    }

    pub(crate) fn routes(&self) -> impl Iterator<Item = &'static Route> {
        let folder = self.function.folder;
        ROUTES.iter().filter(move |route| route.function == folder)
    }

    pub(crate) fn serves(&self) -> bool {
        self.routes().next().is_some()
    }

    /// The timeout in seconds: that of its schedule or of its queue, or else that of the stack's globals.
    pub(crate) fn timeout_secs(&self) -> u64 {
        match (self.function.start, self.queue) {
            (Start::Schedule(schedule), _) => schedule.timeout_secs.into(),
            (_, Some(queue)) => queue.rules().function_timeout.as_secs(),
            _ => REQUEST_TIMEOUT_SECS,
        }
    }
}

/// The beginning of the names of a function's resources.
pub(crate) fn name(folder: &str) -> String {
    folder.split('-').map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}

/// Above the functions' own deadline (25 s, `evens_http::REQUEST_TIMEOUT`), and below the gateway's (30 s).
pub(crate) const REQUEST_TIMEOUT_SECS: u64 = 28;
