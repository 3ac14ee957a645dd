//! Table calls and their hazards.

use super::{Call, Reply};
use crate::dynamo::item::{parse, text};
use crate::dynamo::{Fault, View, reason};
use crate::hazard::Hazard;
use crate::held;
use crate::own_limits;
use crate::public_seeds;
use crate::rewrite::{Kind, Written};
use crate::world::{Who, World};
use serde_json::{Value, json};
use tokio::sync::oneshot;

/// Reasons that blame the request. The simulated engine never returns them, so the code has not caused them.
pub(super) const REJECTIONS: [&str; 2] = ["ValidationError", "ItemCollectionSizeLimitExceeded"];

/// A replacement for the engine's answer.
#[derive(Debug)]
enum Instead {
    Reply(Reply),
    Never,
}

pub(super) async fn serve(mut call: Call) {
    let way = call.way();
    if !way.is_zero() {
        call.world.sleep(way).await;
    }
    if call.who != Who::Auditor {
        call.world.lock().mutate_request(&call.operation, &mut call.request);
    }
    if let Some((what, instead)) = before(&mut call) {
        let described = describe(&call.operation, &call.request);
        call.note(format_args!("{described} -> {what}"));
        return match instead {
            Instead::Reply(reply) => call.answer(reply).await,
            Instead::Never => {}
        };
    }
    if call.who != Who::Auditor && call.world.lock().answers_first(&call.operation, &mut call.request) {
        return answer_first(call).await;
    }
    let is_slow = is_game_bet(&mut call) && call.strike(Hazard::BetLate) || call.strike(Hazard::Slow);
    let slow = if is_slow { call.world.lock().dice.milliseconds(500..=8_000) } else { way };
    if slow > way {
        call.world.sleep(slow).await;
    }
    let mut done = execute(&call).await;
    if let Ok(answer) = &mut done
        && call.who != Who::Auditor
    {
        call.world.lock().mutate_answer(&call.operation, &call.request, call.is_of_refund, answer);
    }
    if let Err(fault) = &done
        && call.who != Who::Auditor
        && call.world.lock().takes_for_done(&call.operation, &mut call.request, &fault.code)
    {
        done = Ok(json!({}));
    }
    if call.who != Who::Auditor {
        let described = describe(&call.operation, &call.request);
        match &done {
            Ok(_) => call.note(format_args!("{described} -> done")),
            Err(fault) => call.note(format_args!("{described} -> {}", fault.summary())),
        }
    }
    if let Err(fault) = &done
        && ["ValidationException", "IdempotentParameterMismatchException"].contains(&fault.code.as_str())
    {
        let described = describe(&call.operation, &call.request);
        let sentence = format!("The table refused {described}: {}", fault.summary());
        call.world.violated(crate::violation::Violation::new("defect", sentence));
    }
    match after(&call) {
        None => {
            let reply = match done {
                Ok(answer) => Reply::Answer(200, answer),
                Err(fault) => Reply::Answer(fault.status, fault.body()),
            };
            call.answer(reply).await;
        }
        Some((what, instead)) => {
            call.note(format_args!("{} {what}", call.operation));
            match instead {
                Instead::Reply(reply) => call.answer(reply).await,
                Instead::Never => {}
            }
        }
    }
}

/// Returns whether it places a bet on a house game. If it is late, the closed period refuses it.
fn is_game_bet(call: &mut Call) -> bool {
    call.operation == "TransactWriteItems"
        && Written::of(&mut call.request).is_some_and(|written| written.kind() == Kind::PlaceGame)
}

/// Answers with success first, and performs the request afterwards, whatever its result.
async fn answer_first(call: Call) {
    let (reply, _) = oneshot::channel();
    let (world, operation, request) = (call.world.clone(), call.operation.clone(), call.request.clone());
    let later = Call { world, who: call.who, operation, request, is_of_refund: call.is_of_refund, reply };
    tokio::spawn(async move {
        let late = later.world.lock().dice.milliseconds(500..=5_000);
        later.world.sleep(late).await;
        let done = execute(&later).await;
        later.note(format_args!("{} after its answer -> {}", later.operation, done.is_ok()));
    });
    call.answer(Reply::Answer(200, json!({}))).await;
}

fn refusal(status: u16, code: &str) -> Instead {
    let fault = Fault::new(status, code);
    Instead::Reply(Reply::Answer(status, fault.body()))
}

/// The faults before the request takes effect.
fn before(call: &mut Call) -> Option<(&'static str, Instead)> {
    if call.strike(Hazard::Throttled) {
        let codes = ["ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"];
        let code = call.world.lock().dice.pick(&codes).unwrap_or_default();
        return Some(("throttled", refusal(400, code)));
    }
    if call.strike(Hazard::Trouble) {
        return Some(("500, not done", refusal(500, "InternalServerError")));
    }
    if call.strike(Hazard::BadGateway) {
        return Some(("502, not done", Instead::Reply(Reply::Answer(502, json!({})))));
    }
    if call.strike(Hazard::Reset) {
        return Some(("reset, not done", Instead::Reply(Reply::Reset)));
    }
    if call.strike(Hazard::TimeOut) {
        return Some(("lost, not done", Instead::Never));
    }
    if call.operation == "TransactWriteItems" {
        return before_transaction(call);
    }
    None
}

fn before_transaction(call: &mut Call) -> Option<(&'static str, Instead)> {
    if call.strike(Hazard::InProgress) {
        return Some(("in progress", refusal(400, "TransactionInProgressException")));
    }
    let codes = [
        (Hazard::Conflict, "TransactionConflict"),
        (Hazard::ThrottledInside, "ThrottlingError"),
        (Hazard::CapacityInside, "ProvisionedThroughputExceeded"),
    ];
    for (hazard, code) in codes {
        if call.strike(hazard) {
            return Some(cancelled(call, code));
        }
    }
    let is_of_job = Written::of(&mut call.request).is_some_and(|written| written.is_of_job());
    if is_of_job && call.strike(Hazard::RejectedInside) {
        let code = call.world.lock().dice.pick(&REJECTIONS).unwrap_or_default();
        return Some(cancelled(call, code));
    }
    None
}

/// Cancels a transaction because of one of its items.
fn cancelled(call: &Call, code: &'static str) -> (&'static str, Instead) {
    let items = call.request["TransactItems"].as_array().map_or(1, Vec::len);
    let position = call.world.lock().dice.index(items);
    let mut reasons = vec![reason("None"); items];
    reasons[position] = reason(code);
    let fault = Fault::cancelled(reasons);
    (code, Instead::Reply(Reply::Answer(400, fault.body())))
}

/// The faults after the request has taken effect.
fn after(call: &Call) -> Option<(&'static str, Instead)> {
    if call.strike(Hazard::TroubleAfter) {
        return Some(("answers 500", refusal(500, "InternalServerError")));
    }
    if call.strike(Hazard::BadGatewayAfter) {
        return Some(("answers 502", Instead::Reply(Reply::Answer(502, json!({})))));
    }
    if call.strike(Hazard::ResetAfter) {
        return Some(("loses its connection", Instead::Reply(Reply::Reset)));
    }
    if call.strike(Hazard::TimeOutAfter) {
        return Some(("is not answered", Instead::Never));
    }
    None
}

async fn execute(call: &Call) -> Result<Value, Fault> {
    let (world, operation, request) = (&call.world, call.operation.as_str(), &call.request);
    if operation == "TransactWriteItems" {
        return transact(call).await;
    }
    if operation == "BatchGetItem" && call.strike(Hazard::TornBatch) {
        return read_piecemeal(call).await;
    }
    let now_ms = world.now_ms();
    let page_max = page_max(call);
    let is_stale = operation == "Query" && call.strike(Hazard::Stale);
    let mut guard = world.lock();
    let state = &mut *guard;
    let dice = &mut state.dice;
    let mut lag_ms = || if is_stale { dice.number(0..=5_000) } else { 0 };
    let mut view = View { now_ms, lag_ms: &mut lag_ms, page_max };
    if let Some(read) = state.table.read(operation, request, &mut view) {
        return read;
    }
    let written = state.table.write(operation, request, now_ms);
    written.unwrap_or_else(|| Err(Fault::validation(format!("no operation {operation}"))))
}

/// Reads the items of a batch one by one, in random order and with pauses, instead of at one moment.
async fn read_piecemeal(call: &Call) -> Result<Value, Fault> {
    let world = &call.world;
    let (mut responses, mut left) = (json!({}), Vec::new());
    for (table, wanted) in call.request["RequestItems"].as_object().into_iter().flatten() {
        responses[table] = json!([]);
        left.extend(wanted["Keys"].as_array().into_iter().flatten().map(|key| (table, key)));
    }
    while !left.is_empty() {
        let (position, pause) = {
            let mut state = world.lock();
            (state.dice.index(left.len()), state.dice.milliseconds(1..=30))
        };
        let (table, key) = left.swap_remove(position);
        let one = json!({ "RequestItems": { table: { "Keys": [key] } } });
        let read = read_one(world, &one)?;
        let found = read["Responses"][table].as_array().cloned().unwrap_or_default();
        if let Some(responses) = responses[table].as_array_mut() {
            responses.extend(found);
        }
        world.sleep(pause).await;
    }
    Ok(json!({ "Responses": responses }))
}

fn read_one(world: &World, batch: &Value) -> Result<Value, Fault> {
    let mut view = View { now_ms: world.now_ms(), lag_ms: &mut || 0, page_max: usize::MAX };
    let read = world.lock().table.read("BatchGetItem", batch, &mut view);
    read.unwrap_or_else(|| Err(Fault::validation("no batch")))
}

/// The largest number of items in an answer.
fn page_max(call: &Call) -> usize {
    let hazard = match call.operation.as_str() {
        "Query" => Hazard::ShortPage,
        "BatchGetItem" => Hazard::Unprocessed,
        _ => return usize::MAX,
    };
    if call.strike(hazard) { call.world.lock().dice.index(3) } else { usize::MAX }
}

/// Performs a transaction: it is decided at once, and becomes visible then, perhaps item by item.
async fn transact(call: &Call) -> Result<Value, Fault> {
    let world = &call.world;
    let mut request = call.request.clone();
    if call.strike(Hazard::TokenForgotten) {
        request["ClientRequestToken"] = Value::Null;
    }
    let now_ms = world.now_ms();
    let (prepared, broken) = {
        let mut state = world.lock();
        let broken = public_seeds::broken_by(&state.table, &mut request, now_ms);
        let broken = broken.or_else(|| own_limits::broken_by(&state.table, &mut request));
        let broken = broken.or_else(|| held::broken_by(&state.table, &mut request));
        (state.table.prepare(&request)?, broken)
    };
    let Some(mut transaction) = prepared else {
        return Ok(json!({}));
    };
    if let Some(broken) = broken {
        world.violated(broken);
    }
    if call.strike(Hazard::Torn) {
        while transaction.writes.len() > 1 {
            let pause = {
                let now_ms = world.now_ms();
                let mut state = world.lock();
                let position = state.dice.index(transaction.writes.len());
                state.table.apply(transaction.writes.swap_remove(position), now_ms);
                state.dice.milliseconds(1..=20)
            };
            world.sleep(pause).await;
        }
    }
    finish(world, transaction);
    if Written::of(&mut request).is_some_and(|written| written.kind() == Kind::Move) {
        world.lock().rounds.move_on();
    }
    Ok(json!({}))
}

fn finish(world: &World, transaction: crate::dynamo::Transaction) {
    let now_ms = world.now_ms();
    world.lock().table.finish(transaction, now_ms);
}

/// A short description of a request.
fn describe(operation: &str, request: &Value) -> String {
    let place = |key: &Value| {
        let item = parse(key).unwrap_or_default();
        format!("{}/{}", text(&item, "pk"), text(&item, "sk"))
    };
    let about = match operation {
        "TransactWriteItems" => {
            let items = request["TransactItems"].as_array().into_iter().flatten();
            let each = items.filter_map(Value::as_object).flat_map(|item| {
                item.iter().map(|(kind, fields)| {
                    let key = if kind == "Put" { &fields["Item"] } else { &fields["Key"] };
                    format!("{kind} {}", place(key))
                })
            });
            each.collect::<Vec<_>>().join(", ")
        }
        "Query" => {
            // Sorted by name, because the SDK's order is that of a HashMap.
            let values = request["ExpressionAttributeValues"].as_object().into_iter().flatten();
            let mut values: Vec<_> = values.map(|(name, value)| format!("{name}={}", value["S"])).collect();
            values.sort();
            values.join(" ")
        }
        "BatchGetItem" => {
            let tables = request["RequestItems"].as_object().into_iter().flatten();
            let keys = tables.flat_map(|(_, wanted)| wanted["Keys"].as_array().into_iter().flatten());
            keys.map(place).collect::<Vec<_>>().join(", ")
        }
        "TransactGetItems" => {
            let items = request["TransactItems"].as_array().into_iter().flatten();
            items.map(|item| place(&item["Get"]["Key"])).collect::<Vec<_>>().join(", ")
        }
        "PutItem" => place(&request["Item"]),
        _ => place(&request["Key"]),
    };
    format!("{operation} {about}")
}
