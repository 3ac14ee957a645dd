//! [`SimulatedQueues`]: the queues as one process calls them, without the SDK. The SDK's retries are absent.

use super::queue::{self, Answer, Fault, Operation, Request};
use crate::world::{Who, World};
use evens_queues::{
    Message, OutgoingMessage, QueueAnswer, QueueCounts, QueueFailure, QueueService, ReceiveRequest,
    RefusedEntry,
};
use evens_runtime::Clients;
use std::future::pending;
use std::time::Duration;
use tokio::time::timeout;

#[derive(Debug)]
pub(crate) struct SimulatedQueues {
    world: World,
    who: Who,
}

impl SimulatedQueues {
    pub(crate) fn new(world: World, who: Who) -> Self {
        Self { world, who }
    }

    /// Performs a call within `limit`. `read` takes the value out of an answer of the right kind.
    fn call<'a, T: 'a>(
        &'a self,
        url: &str,
        operation: Operation,
        limit: Duration,
        read: impl FnOnce(Answer) -> Option<T> + Send + 'a,
    ) -> QueueAnswer<'a, T> {
        let request = Request { url: url.to_owned(), operation };
        Box::pin(async move {
            let replied = async {
                match queue::pass(&self.world, self.who, request).await {
                    Some(reply) => reply,
                    None => pending().await,
                }
            };
            match timeout(limit, replied).await {
                Ok(Ok(answer)) => read(answer).ok_or(QueueFailure::Incomplete("the answer to this call")),
                Ok(Err(fault)) => Err(fault.into()),
                Err(elapsed) => Err(QueueFailure::Unavailable(elapsed.into())),
            }
        })
    }

    fn batch<'a>(&'a self, url: &str, operation: Operation) -> QueueAnswer<'a, Vec<RefusedEntry>> {
        self.call(url, operation, Clients::OPERATION_TIMEOUT, |answer| match answer {
            Answer::Refused(refused) => Some(refused),
            _ => None,
        })
    }
}

impl From<Fault> for QueueFailure {
    fn from(fault: Fault) -> Self {
        let code = fault.kind.rsplit('#').next().unwrap_or_default();
        Self::of_code(code, fault.status >= 500, fault.kind.clone().into())
    }
}

impl QueueService for SimulatedQueues {
    fn send_batch<'a>(
        &'a self,
        url: &'a str,
        messages: Vec<OutgoingMessage>,
    ) -> QueueAnswer<'a, Vec<RefusedEntry>> {
        self.batch(url, Operation::SendBatch(messages))
    }

    fn send<'a>(&'a self, url: &'a str, message: OutgoingMessage) -> QueueAnswer<'a, ()> {
        self.call(url, Operation::Send(message), Clients::OPERATION_TIMEOUT, |_| Some(()))
    }

    fn receive<'a>(&'a self, url: &'a str, request: ReceiveRequest) -> QueueAnswer<'a, Vec<Message>> {
        // An answer may be late by the latency of both ways.
        let limit = request.wait + Clients::OPERATION_TIMEOUT;
        self.call(url, Operation::Receive(request), limit, |answer| match answer {
            Answer::Received(messages) => Some(messages),
            _ => None,
        })
    }

    fn delete_batch<'a>(&'a self, url: &'a str, receipts: Vec<String>) -> QueueAnswer<'a, Vec<RefusedEntry>> {
        self.batch(url, Operation::DeleteBatch(receipts))
    }

    fn hide_batch<'a>(
        &'a self,
        url: &'a str,
        receipts: Vec<String>,
        seconds: u32,
    ) -> QueueAnswer<'a, Vec<RefusedEntry>> {
        self.batch(url, Operation::HideBatch(receipts, seconds))
    }

    fn counts<'a>(&'a self, url: &'a str) -> QueueAnswer<'a, QueueCounts> {
        self.call(url, Operation::Count, Clients::OPERATION_TIMEOUT, |answer| match answer {
            Answer::Counts(counts) => Some(counts),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::SimulatedQueues;
    use crate::clients::{queue_client, urls};
    use crate::dice::Dice;
    use crate::hazard::{Hazard, Odd};
    use crate::queues::create_queues;
    use crate::trace::Trace;
    use crate::world::{State, Who, World};
    use evens_contracts::{ApplyBonusJob, Queue};
    use evens_ledger::UserId;
    use evens_queues::{
        DeadLetter, Message, OutgoingJob, OutgoingMessage, QueueFailure, QueueService, Queues,
    };
    use std::sync::Arc;
    use std::time::Duration;
    use tokio::time::Instant;

    fn world(odds: Odd) -> World {
        let state = State::new(0, Dice::new(0), Trace::new(false));
        let world = World::new(State { odds, latency_max_ms: 1, ..state });
        create_queues(&world).expect("queues");
        world
    }

    #[tokio::test(start_paused = true)]
    async fn each_hazard_of_a_send_has_its_answer_and_sends_or_does_not() {
        #[rustfmt::skip]
        let table = [
            // hazard                   answer                    is sent  seconds
            (Hazard::QueueThrottled,    None,                     false,   0),
            (Hazard::SendTrouble,       None,                     false,   0),
            (Hazard::SendTroubleAfter,  None,                     true,    0),
            (Hazard::SendTimeOutAfter,  None,                     true,    5),
            (Hazard::EntryRefused,      Some(vec![0]),            false,   0),
            (Hazard::MessageLost,       Some(Vec::new()),         false,   0),
            (Hazard::SettlementLost,    Some(Vec::new()),         true,    0),
        ];
        for (hazard, expected, is_sent, seconds) in table {
            let world = world(Odd::always(hazard));
            let url = &urls().of(Queue::Match).main.clone();
            let (body, group) = ("{}".to_owned(), "1".to_owned());
            let deduplication_id = "match:1".to_owned();
            let message = OutgoingMessage { body, group, deduplication_id, trace: None, traceparent: None };
            let began = Instant::now();
            let called = SimulatedQueues::new(world.clone(), Who::Process(0));
            let answer = match called.send_batch(url, vec![message]).await {
                Ok(refused) => Some(refused.iter().map(|entry| entry.index).collect::<Vec<_>>()),
                Err(QueueFailure::Unavailable(_)) => None,
                Err(failure) => panic!("{hazard:?}: {failure:?}"),
            };
            assert_eq!(answer, expected, "{hazard:?}");
            assert_eq!(began.elapsed().as_secs(), seconds, "{hazard:?}");
            assert_eq!(crate::process::backlog(&world, url), u64::from(is_sent), "{hazard:?}");
        }
    }

    /// The results of all calls of the queues, in order.
    async fn results(queues: Queues) -> Vec<String> {
        let job = |user| OutgoingJob::of(ApplyBonusJob { user_id: UserId::new(user).expect("a user") });
        let traced = queues.traced("request-1").following(crate::process::sweep_step());
        let (queue, wait) = (Queue::Registration, Duration::from_secs(1));
        let mut results = Vec::new();
        results.push(format!("{:?}", traced.send((1..=12).map(job).collect()).await));
        results.push(format!("{:?}", queues.depth(queue).await));
        let received: Vec<Message> = queues.receive(queue, wait).await.expect("messages");
        results.push(format!("{received:?}"));
        let receipts: Vec<_> = received.iter().map(|message| message.receipt.clone()).collect();
        let (hidden, deleted) = receipts.split_at(2);
        results.push(format!("{:?}", queues.hide(queue, hidden.to_vec(), wait).await));
        results.push(format!("{:?}", queues.delete(queue, deleted.to_vec()).await));
        let letter = DeadLetter::new(&received[0], "an error".to_owned(), jiff::Timestamp::UNIX_EPOCH);
        results.push(format!("{:?}", queues.dead_letter(queue, letter).await));
        results.push(format!("{:?}", queues.depth(queue).await));
        tokio::time::sleep(2 * wait).await;
        results.push(format!("{:?}", queues.receive(queue, wait).await));
        let refused = queues.hide(queue, vec!["no receipt".to_owned()], wait).await;
        results.push(refused.expect_err("a refusal").to_string());
        results.push(format!("{:?}", queues.probe().await));
        results
    }

    #[tokio::test(start_paused = true)]
    async fn queues_answer_alike_by_types_and_through_the_sdk() {
        let by_types = SimulatedQueues::new(world(Odd::NONE), Who::Auditor);
        let expected = results(Queues::over(Arc::new(by_types), urls())).await;
        // Made only now, because the time of a world runs from its start.
        let by_sdk = queue_client(&world(Odd::NONE), Who::Auditor);
        let found = results(Queues::new(by_sdk, urls())).await;
        assert!(expected[2].contains("request-1"), "{}", expected[2]);
        for (number, (found, expected)) in found.iter().zip(&expected).enumerate() {
            assert_eq!(found, expected, "call {number}");
        }
        assert_eq!(found.len(), expected.len());
    }
}
