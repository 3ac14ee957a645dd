//! [`SimulatedTable`]: the table as one process calls it, without the SDK.
//!
//! The SDK's retries and its idempotency token are absent, as in `infra/engines/src/direct`. The store's own retries
//! cover them.

use super::table::{self, Reply};
use crate::dynamo::call::CallItem;
use crate::dynamo::{Answer as TableAnswer, Fault, Request};
use crate::world::{Who, World};
use evens_runtime::Clients;
use evens_table::{
    Answer, AnswerWithCost, Delete, Failure, FoundBatch, Get, Page, Put, Query, ReturnValues, Scan, Table,
    Update, Write,
};
use std::future::pending;
use tokio::time::timeout;

#[derive(Debug)]
pub(crate) struct SimulatedTable {
    world: World,
    who: Who,
}

impl SimulatedTable {
    pub(crate) fn new(world: World, who: Who) -> Self {
        Self { world, who }
    }

    /// Performs a call. `read` takes the value out of an answer of the right kind.
    fn call<T: 'static>(
        &self,
        request: Request,
        read: impl FnOnce(TableAnswer) -> Option<T> + Send + 'static,
    ) -> Answer<'_, T> {
        Box::pin(async move {
            let replied = async {
                match table::pass(&self.world, self.who, request).await {
                    Some(reply) => reply,
                    None => pending().await,
                }
            };
            match timeout(Clients::OPERATION_TIMEOUT, replied).await {
                Ok(Reply::Answer(Ok(answer))) => match read(answer) {
                    Some(value) => Ok(AnswerWithCost { value, consumed: None }),
                    None => Err(Failure::NoAnswer("an answer to another call".into())),
                },
                Ok(Reply::Answer(Err(fault))) => Err(fault.into()),
                Ok(Reply::BadGateway) => Err(Fault::refused(502, "BadGateway").into()),
                Ok(Reply::Reset) => Err(Failure::NoAnswer("the connection was lost".into())),
                Err(elapsed) => Err(Failure::NoAnswer(elapsed.into())),
            }
        })
    }

    fn write(&self, request: Request) -> Answer<'_, ()> {
        self.call(request, |_| Some(()))
    }

    fn page(&self, request: Request) -> Answer<'_, Page> {
        self.call(request, |answer| match answer {
            TableAnswer::Page(page) => Some(page),
            _ => None,
        })
    }
}

impl Table for SimulatedTable {
    fn get(&self, get: Get, _: bool) -> Answer<'_, Option<CallItem>> {
        self.call(Request::Get(get), |answer| match answer {
            TableAnswer::Item(item) => Some(item),
            _ => None,
        })
    }

    fn get_batch(&self, keys: Vec<CallItem>, _: bool) -> Answer<'_, FoundBatch> {
        self.call(Request::GetBatch(keys), |answer| match answer {
            TableAnswer::Batch(batch) => Some(batch),
            _ => None,
        })
    }

    fn get_at_once(&self, keys: Vec<CallItem>, _: bool) -> Answer<'_, Vec<Option<CallItem>>> {
        self.call(Request::GetAtOnce(keys), |answer| match answer {
            TableAnswer::Items(items) => Some(items),
            _ => None,
        })
    }

    fn query(&self, query: Query, _: bool) -> Answer<'_, Page> {
        self.page(Request::Query(query))
    }

    fn scan(&self, scan: Scan, _: bool) -> Answer<'_, Page> {
        self.page(Request::Scan(scan))
    }

    fn put(&self, put: Put, _: bool) -> Answer<'_, ()> {
        self.write(Request::Put(put))
    }

    fn update(&self, update: Update, returned: ReturnValues, _: bool) -> Answer<'_, CallItem> {
        self.call(Request::Update(update, returned), |answer| match answer {
            TableAnswer::Changed(attributes) => Some(attributes),
            _ => None,
        })
    }

    fn delete(&self, delete: Delete, _: bool) -> Answer<'_, ()> {
        self.write(Request::Delete(delete))
    }

    fn transact(&self, writes: Vec<Write>, _: bool) -> Answer<'_, ()> {
        self.write(Request::Transact { writes, token: None })
    }
}

#[cfg(test)]
mod tests {
    use super::SimulatedTable;
    use crate::dice::Dice;
    use crate::dynamo::call::{CallItem, set_text};
    use crate::hazard::{Hazard, Odd};
    use crate::trace::Trace;
    use crate::world::{State, Who, World};
    use evens_table::{Failure, Put, Table, Write};
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
            let called = SimulatedTable::new(world.clone(), Who::Process(0));
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
