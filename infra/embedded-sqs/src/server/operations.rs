//! Maps operation names and JSON to calls of the core, and their answers to JSON.

use std::sync::Arc;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;

use super::{faults::Fault, polling, state::State};
use crate::core::{
    ACCOUNT, Core, EmptyAnswer, QueueNames, ReceivedMessages, Refusal, Timestamp,
    requests::{
        CancelMessageMoveTask, CreateQueue, GetQueueAttributes, GetQueueUrl, ListMessageMoveTasks,
        ListQueues, OnQueue, QueueName, StartMessageMoveTask,
    },
};

/// Performs an operation. The answer is on disk when this returns.
pub(super) async fn perform(
    state: &Arc<State>,
    operation: &str,
    host: &str,
    body: &[u8],
) -> Result<Vec<u8>, Fault> {
    match operation {
        "ReceiveMessage" => {
            let request = decode(body)?;
            let deliveries = polling::receive(state, &request).await?;
            encode(&ReceivedMessages::of(deliveries, &request))
        }
        "SendMessage" => change(state, body, Core::send_message).await,
        "SendMessageBatch" => change(state, body, Core::send_message_batch).await,
        "DeleteMessage" => done(state, body, |core, request, now| core.delete_message(&request, now)).await,
        "DeleteMessageBatch" => change(state, body, Core::delete_message_batch).await,
        "ChangeMessageVisibility" => {
            done(state, body, |core, request, now| core.change_message_visibility(&request, now)).await
        }
        "ChangeMessageVisibilityBatch" => change(state, body, Core::change_message_visibility_batch).await,
        _ => administer(state, operation, host, body).await,
    }
}

async fn administer(state: &Arc<State>, operation: &str, host: &str, body: &[u8]) -> Result<Vec<u8>, Fault> {
    match operation {
        "CreateQueue" => {
            let request: CreateQueue = decode(body)?;
            let name = state.change(|core, now| core.create_queue(request, now)).await??;
            encode(&json!({ "QueueUrl": url(host, &name) }))
        }
        "GetQueueUrl" => {
            let request: GetQueueUrl = decode(body)?;
            if request.queue_name.is_empty() {
                return Err(Refusal::MissingParameter("QueueName").into());
            }
            let name = QueueName(request.queue_name);
            state.read(|core, _| core.queue_id(&name))??;
            encode(&json!({ "QueueUrl": url(host, &name.0) }))
        }
        "ListQueues" => {
            let request: ListQueues = decode(body)?;
            encode_names("QueueUrls", host, state.read(|core, _| core.list_queues(&request))??)
        }
        "ListDeadLetterSourceQueues" => {
            let request: ListQueues = decode(body)?;
            let names = state.read(|core, _| core.list_dead_letter_source_queues(&request))??;
            encode_names("queueUrls", host, names)
        }
        "GetQueueAttributes" => {
            let request: GetQueueAttributes = decode(body)?;
            // Advancing the queue's time may drop messages, so this is a change.
            let attributes = state.change(|core, now| core.queue_attributes(&request, now)).await??;
            if attributes.is_empty() {
                encode(&EmptyAnswer {})
            } else {
                encode(&json!({ "Attributes": attributes }))
            }
        }
        "SetQueueAttributes" => {
            done(state, body, |core, request, now| core.set_queue_attributes(&request, now)).await
        }
        "PurgeQueue" => done(state, body, |core, request, now| core.purge_queue(&request, now)).await,
        "DeleteQueue" => done(state, body, |core, request, _| core.delete_queue(&request)).await,
        "TagQueue" => done(state, body, Core::tag_queue).await,
        "UntagQueue" => done(state, body, |core, request, now| core.untag_queue(&request, now)).await,
        "ListQueueTags" => {
            let request: OnQueue = decode(body)?;
            encode(&json!({ "Tags": state.read(|core, _| core.queue_tags(&request))?? }))
        }
        _ => move_messages(state, operation, body).await,
    }
}

async fn move_messages(state: &Arc<State>, operation: &str, body: &[u8]) -> Result<Vec<u8>, Fault> {
    match operation {
        "StartMessageMoveTask" => {
            let request: StartMessageMoveTask = decode(body)?;
            let handle = state.change(|core, now| core.start_message_move_task(request, now)).await??;
            state.wake_clock();
            encode(&json!({ "TaskHandle": handle }))
        }
        "ListMessageMoveTasks" => {
            let request: ListMessageMoveTasks = decode(body)?;
            encode(&json!({ "Results": state.read(|core, _| core.list_message_move_tasks(&request))?? }))
        }
        "CancelMessageMoveTask" => {
            let request: CancelMessageMoveTask = decode(body)?;
            let moved = state.change(|core, _| core.cancel_message_move_task(&request)).await??;
            encode(&json!({ "ApproximateNumberOfMessagesMoved": moved }))
        }
        _ => Err(Fault::UnknownOperation(operation.to_owned())),
    }
}

/// A changing call whose answer is encoded as JSON.
async fn change<Request: DeserializeOwned, Answer: Serialize>(
    state: &Arc<State>,
    body: &[u8],
    call: impl FnOnce(&mut Core, Request, Timestamp) -> Result<Answer, Refusal>,
) -> Result<Vec<u8>, Fault> {
    let request = decode(body)?;
    let answer = state.change(|core, now| call(core, request, now)).await??;
    encode(&answer)
}

/// A changing call without an answer.
async fn done<Request: DeserializeOwned>(
    state: &Arc<State>,
    body: &[u8],
    call: impl FnOnce(&mut Core, Request, Timestamp) -> Result<(), Refusal>,
) -> Result<Vec<u8>, Fault> {
    change(state, body, |core, request, now| call(core, request, now).map(|()| EmptyAnswer {})).await
}

fn url(host: &str, name: &str) -> String {
    format!("http://{host}/{ACCOUNT}/{name}")
}

fn encode_names(field: &str, host: &str, names: QueueNames) -> Result<Vec<u8>, Fault> {
    let urls: Vec<String> = names.names.iter().map(|name| url(host, name)).collect();
    let mut answer = json!({ field: urls });
    if let Some(token) = names.next_token {
        answer["NextToken"] = token.into();
    }
    encode(&answer)
}

fn decode<Request: DeserializeOwned>(body: &[u8]) -> Result<Request, Fault> {
    serde_json::from_slice(body)
        .map_err(|error| Fault::Malformed(format!("The request cannot be read: {error}.")))
}

fn encode(answer: &impl Serialize) -> Result<Vec<u8>, Fault> {
    serde_json::to_vec(answer)
        .map_err(|error| Fault::Malformed(format!("The answer cannot be encoded: {error}.")))
}
