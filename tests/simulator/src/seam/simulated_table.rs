//! [`SimulatedTable`]: the table as one process calls it, without the SDK.
//!
//! The SDK's retries and its idempotency token are absent, as in `infra/engines/src/direct`. The store's own retries
//! cover them.

use super::table::{self, Reply};
use crate::world::{Who, World};
use evens_runtime::Clients;
use evens_simulated_table::{Answer, Endpoint, Fault, Request, TypedTable};
use evens_table::{Failure, Table};
use std::future::pending;
use std::sync::Arc;
use tokio::time::timeout;

#[derive(Debug)]
pub(crate) struct SimulatedTable {
    world: World,
    who: Who,
}

impl SimulatedTable {
    pub(crate) fn of(world: World, who: Who) -> Arc<dyn Table> {
        Arc::new(TypedTable(Self { world, who }))
    }
}

impl Endpoint for SimulatedTable {
    async fn call(&self, request: Request) -> Result<Answer, Failure> {
        let replied = async {
            match table::pass(&self.world, self.who, request).await {
                Some(reply) => reply,
                None => pending().await,
            }
        };
        match timeout(Clients::OPERATION_TIMEOUT, replied).await {
            Ok(Reply::Answer(done)) => done.map_err(Failure::from),
            Ok(Reply::BadGateway) => Err(Fault::refused(502, "BadGateway").into()),
            Ok(Reply::Reset) => Err(Failure::NoAnswer("the connection was lost".into())),
            Err(elapsed) => Err(Failure::NoAnswer(elapsed.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::SimulatedTable;
    use crate::dice::Dice;
    use crate::hazard::{Hazard, Odd};
    use crate::trace::Trace;
    use crate::world::{State, Who, World};
    use evens_simulated_table::call::{CallItem, set_text};
    use evens_table::{Failure, Put, Write};
    use std::time::Duration;
    use tokio::time::Instant;

    /// A short description of a failure.
    fn kind(failure: &Failure) -> String {
        match failure {
            Failure::Refused { is_server_error: true, .. } => "server error".to_owned(),
            Failure::Refused { .. } => "refused".to_owned(),
            Failure::NoAnswer(_) => "no answer".to_owned(),
            Failure::Cancelled { reasons, .. } => {
                reasons.iter().flatten().map(|reason| &*reason.code).collect()
            }
            Failure::ConditionFailed { .. } | Failure::NotSent(_) => format!("{failure:?}"),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn each_hazard_has_its_failure_and_writes_or_does_not() {
        #[rustfmt::skip]
        let table = [
            // hazard                  failure                          is written  seconds
            (Hazard::Trouble,          "server error",                  false,      0),
            (Hazard::TroubleAfter,     "server error",                  true,       0),
            (Hazard::BadGateway,       "server error",                  false,      0),
            (Hazard::BadGatewayAfter,  "server error",                  true,       0),
            (Hazard::Throttled,        "refused",                       false,      0),
            (Hazard::InProgress,       "refused",                       false,      0),
            (Hazard::Reset,            "no answer",                     false,      0),
            (Hazard::ResetAfter,       "no answer",                     true,       0),
            (Hazard::TimeOut,          "no answer",                     false,      5),
            (Hazard::TimeOutAfter,     "no answer",                     true,       5),
            (Hazard::Conflict,         "TransactionConflict",           false,      0),
            (Hazard::ThrottledInside,  "ThrottlingError",               false,      0),
            (Hazard::CapacityInside,   "ProvisionedThroughputExceeded", false,      0),
        ];
        for (hazard, expected, is_written, seconds) in table {
            let state = State::new(0, Dice::new(0), Trace::new(false));
            let world = World::new(State { odds: Odd::always(hazard), latency_max_ms: 1, ..state });
            let (mut item, key) = (CallItem::new(), ("P".to_owned(), "S".to_owned()));
            set_text(&mut item, "pk", "P");
            set_text(&mut item, "sk", "S");
            let began = Instant::now();
            let called = SimulatedTable::of(world.clone(), Who::Process(0));
            let write = Write::Put(Put { item, condition: None });
            let failure = called.transact(vec![write], false).await.expect_err("a failure");
            assert_eq!(kind(&failure), expected, "{hazard:?}");
            assert_eq!(world.lock().table.get(&key).is_some(), is_written, "{hazard:?}");
            let elapsed = began.elapsed();
            let expected = Duration::from_secs(seconds);
            assert!(
                (expected..=expected + Duration::from_millis(2)).contains(&elapsed),
                "{hazard:?}: {elapsed:?}"
            );
        }
    }
}
