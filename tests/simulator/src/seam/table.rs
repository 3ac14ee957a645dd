//! Table calls and their hazards.

use super::{Call, leave};
use crate::asked;
use crate::barred;
use crate::hazard::Hazard;
use crate::held;
use crate::own_limits;
use crate::public_seeds;
use crate::touched::touches;
use crate::violation::Violation;
use crate::world::{Who, World};
use crate::writes::{Kind, Writes};
use evens_simulated_table::item::key_of;
use evens_simulated_table::{Answer, Fault, Request, Transaction, View, reason};
use evens_table::{FoundBatch, Item, Write};
use tokio::sync::oneshot;

/// Reasons that blame the request. The simulated engine never returns them, so the code has not caused them.
pub(super) const REJECTIONS: [&str; 2] = ["ValidationError", "ItemCollectionSizeLimitExceeded"];

type TableCall = Call<Request, Reply>;

/// The reply to a call.
#[derive(Debug)]
pub(super) enum Reply {
    Answer(Result<Answer, Fault>),
    /// An answer of a proxy before the engine.
    BadGateway,
    /// The connection was lost.
    Reset,
}

/// A replacement for the engine's answer.
#[derive(Debug)]
enum Instead {
    Reply(Reply),
    Never,
}

/// Sends a request and waits for the reply. `None` if there will be none.
pub(super) async fn pass(world: &World, who: Who, request: Request) -> Option<Reply> {
    let operation = request.operation();
    leave(world, who, operation).await;
    let (reply, answer) = oneshot::channel();
    world.lock().touched.extend(touches(&request));
    let is_of_refund = asked::is_refund();
    tokio::spawn(serve(Call { world: world.clone(), who, operation, request, is_of_refund, reply }));
    let answer = answer.await;
    world.go_on(who).await;
    answer.ok()
}

async fn serve(mut call: TableCall) {
    let way = call.way();
    if !way.is_zero() {
        call.world.sleep(way).await;
    }
    if call.who == Who::Auditor {
        let done = execute(&call).await;
        report_defect(&call, &done);
        return call.answer(Reply::Answer(done)).await;
    }
    call.world.lock().mutate_request(&mut call.request);
    if let Some((what, instead)) = before(&call) {
        call.note(format_args!("{} -> {what}", describe(&call.request)));
        return match instead {
            Instead::Reply(reply) => call.answer(reply).await,
            Instead::Never => {}
        };
    }
    if call.world.lock().answers_first(&call.request) {
        return answer_first(call).await;
    }
    let is_slow = is_game_bet(&call.request) && call.strike(Hazard::BetLate) || call.strike(Hazard::Slow);
    let slow = if is_slow { call.world.lock().dice.milliseconds(500..=8_000) } else { way };
    if slow > way {
        call.world.sleep(slow).await;
    }
    let mut done = execute(&call).await;
    if let Ok(answer) = &mut done {
        call.world.lock().mutate_answer(&call.request, call.is_of_refund, answer);
    }
    if let Err(fault) = &done
        && call.world.lock().takes_for_done(&call.request, fault)
    {
        done = Ok(Answer::Done);
    }
    match &done {
        Ok(_) => call.note(format_args!("{} -> done", describe(&call.request))),
        Err(fault) => call.note(format_args!("{} -> {}", describe(&call.request), fault.summary())),
    }
    report_defect(&call, &done);
    match after(&call) {
        None => call.answer(Reply::Answer(done)).await,
        Some((what, instead)) => {
            call.note(format_args!("{} {what}", call.operation));
            match instead {
                Instead::Reply(reply) => call.answer(reply).await,
                Instead::Never => {}
            }
        }
    }
}

/// Reports a refusal that only a defect of the store causes.
fn report_defect(call: &TableCall, done: &Result<Answer, Fault>) {
    if let Err(fault) = done
        && fault.is_defect()
    {
        let sentence = format!("The table refused {}: {}", describe(&call.request), fault.summary());
        call.world.violated(Violation::new("defect", sentence));
    }
}

/// Returns whether it places a bet on a house game. If it is late, the closed period refuses it.
fn is_game_bet(request: &Request) -> bool {
    request.writes().is_some_and(|writes| Writes(writes).kind() == Kind::PlaceGame)
}

/// Answers with success first, and performs the request afterwards, whatever its result.
async fn answer_first(call: TableCall) {
    let (reply, _) = oneshot::channel();
    let (world, who, operation, request) =
        (call.world.clone(), call.who, call.operation, call.request.clone());
    let later = Call { world, who, operation, request, is_of_refund: call.is_of_refund, reply };
    tokio::spawn(async move {
        let late = later.world.lock().dice.milliseconds(500..=5_000);
        later.world.sleep(late).await;
        let done = execute(&later).await;
        later.note(format_args!("{} after its answer -> {}", later.operation, done.is_ok()));
    });
    call.answer(Reply::Answer(Ok(Answer::Done))).await;
}

fn refusal(status: u16, code: &'static str) -> Instead {
    Instead::Reply(Reply::Answer(Err(Fault::refused(status, code))))
}

/// The faults before the request takes effect.
fn before(call: &TableCall) -> Option<(&'static str, Instead)> {
    if call.strike(Hazard::Throttled) {
        let codes = ["ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"];
        let code = call.world.lock().dice.pick(&codes).unwrap_or_default();
        return Some(("throttled", refusal(400, code)));
    }
    if call.strike(Hazard::Trouble) {
        return Some(("500, not done", refusal(500, "InternalServerError")));
    }
    if call.strike(Hazard::BadGateway) {
        return Some(("502, not done", Instead::Reply(Reply::BadGateway)));
    }
    if call.strike(Hazard::Reset) {
        return Some(("reset, not done", Instead::Reply(Reply::Reset)));
    }
    if call.strike(Hazard::TimeOut) {
        return Some(("lost, not done", Instead::Never));
    }
    call.request.writes().and_then(|writes| before_transaction(call, writes))
}

fn before_transaction(call: &TableCall, writes: &[Write]) -> Option<(&'static str, Instead)> {
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
            return Some(cancelled(call, writes, code));
        }
    }
    if Writes(writes).is_of_job() && call.strike(Hazard::RejectedInside) {
        let code = call.world.lock().dice.pick(&REJECTIONS).unwrap_or_default();
        return Some(cancelled(call, writes, code));
    }
    None
}

/// Cancels a transaction because of one of its items.
fn cancelled(call: &TableCall, writes: &[Write], code: &'static str) -> (&'static str, Instead) {
    let position = call.world.lock().dice.index(writes.len());
    let mut reasons = vec![None; writes.len()];
    if let Some(at) = reasons.get_mut(position) {
        *at = Some(reason(code));
    }
    (code, Instead::Reply(Reply::Answer(Err(Fault::Cancelled(reasons)))))
}

/// The faults after the request has taken effect.
fn after(call: &TableCall) -> Option<(&'static str, Instead)> {
    if call.strike(Hazard::TroubleAfter) {
        return Some(("answers 500", refusal(500, "InternalServerError")));
    }
    if call.strike(Hazard::BadGatewayAfter) {
        return Some(("answers 502", Instead::Reply(Reply::BadGateway)));
    }
    if call.strike(Hazard::ResetAfter) {
        return Some(("loses its connection", Instead::Reply(Reply::Reset)));
    }
    if call.strike(Hazard::TimeOutAfter) {
        return Some(("is not answered", Instead::Never));
    }
    None
}

async fn execute(call: &TableCall) -> Result<Answer, Fault> {
    if let Request::Transact { writes, token } = &call.request {
        return transact(call, writes, token.as_deref()).await;
    }
    if let Request::GetBatch(keys) = &call.request
        && call.strike(Hazard::TornBatch)
    {
        return read_piecemeal(&call.world, keys.clone()).await;
    }
    let now_ms = call.world.now_ms();
    let page_max = page_max(call);
    let is_stale = matches!(call.request, Request::Query(_)) && call.strike(Hazard::Stale);
    let mut guard = call.world.lock();
    let state = &mut *guard;
    let dice = &mut state.dice;
    let mut lag_ms = || if is_stale { dice.number(0..=5_000) } else { 0 };
    state
        .table
        .perform(&call.request, &mut View { now_ms, lag_ms: &mut lag_ms, page_max, bytes_max: usize::MAX })
}

/// Reads the items of a batch one by one, in random order and with pauses, instead of at one moment.
async fn read_piecemeal(world: &World, mut left: Vec<Item>) -> Result<Answer, Fault> {
    let mut items = Vec::new();
    while !left.is_empty() {
        let (one, pause) = {
            let mut state = world.lock();
            let position = state.dice.index(left.len());
            (Request::GetBatch(vec![left.swap_remove(position)]), state.dice.milliseconds(1..=30))
        };
        if let Answer::Batch(found) = read_now(world, &one)? {
            items.extend(found.items);
        }
        world.sleep(pause).await;
    }
    Ok(Answer::Batch(FoundBatch { items, is_complete: true }))
}

fn read_now(world: &World, request: &Request) -> Result<Answer, Fault> {
    let mut view =
        View { now_ms: world.now_ms(), lag_ms: &mut || 0, page_max: usize::MAX, bytes_max: usize::MAX };
    world.lock().table.perform(request, &mut view)
}

/// The largest number of items in an answer.
fn page_max(call: &TableCall) -> usize {
    let hazard = match call.request {
        Request::Query(_) => Hazard::ShortPage,
        Request::GetBatch(_) => Hazard::Unprocessed,
        _ => return usize::MAX,
    };
    if call.strike(hazard) { call.world.lock().dice.index(3) } else { usize::MAX }
}

/// Performs a transaction: it is decided at once, and becomes visible then, perhaps item by item.
async fn transact(call: &TableCall, writes: &[Write], token: Option<&str>) -> Result<Answer, Fault> {
    let world = &call.world;
    // Without the SDK there is no token to be forgotten.
    let token = token.filter(|_| !call.strike(Hazard::TokenForgotten));
    let now_ms = world.now_ms();
    let (prepared, broken) = {
        let mut state = world.lock();
        if barred::is_too_late(writes, now_ms) {
            return Err(Fault::refused(400, "ThrottlingException"));
        }
        let broken = public_seeds::broken_by(&state.table, writes, now_ms);
        let broken = broken.or_else(|| own_limits::broken_by(&state.table, writes));
        let broken = broken.or_else(|| held::broken_by(&state.table, writes));
        let broken = broken.or_else(|| barred::broken_by(&state.table, writes));
        (state.table.prepare(writes, token)?, broken)
    };
    let Some(mut transaction) = prepared else {
        return Ok(Answer::Done);
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
    if Writes(writes).kind() == Kind::Move {
        world.lock().rounds.move_on();
    }
    Ok(Answer::Done)
}

fn finish(world: &World, transaction: Transaction) {
    let now_ms = world.now_ms();
    world.lock().table.finish(transaction, now_ms);
}

/// A short description of a request.
fn describe(request: &Request) -> String {
    let place = |key: &Item| match key_of(key) {
        Ok((pk, sk)) => format!("{pk}/{sk}"),
        Err(_) => "no key".to_owned(),
    };
    let places = |keys: &[Item]| keys.iter().map(place).collect::<Vec<_>>().join(", ");
    let about = match request {
        Request::Get(get) => place(&get.key),
        Request::GetBatch(keys) | Request::GetAtOnce(keys) => places(keys),
        Request::Query(query) => {
            // Sorted by name, because the order of a map is random.
            let values = query.placeholders.values.iter();
            let mut values: Vec<_> = values
                .map(|(name, value)| format!("{name}={}", value.as_text().unwrap_or_default()))
                .collect();
            values.sort();
            values.join(" ")
        }
        Request::Scan(_) => String::new(),
        Request::Put(put) => place(&put.item),
        Request::Update(update, _) => place(&update.key),
        Request::Delete(delete) => place(&delete.key),
        Request::Transact { writes, .. } => {
            let each = writes.iter().map(|write| match write {
                Write::Put(put) => format!("Put {}", place(&put.item)),
                Write::Update(update) => format!("Update {}", place(&update.key)),
                Write::Delete(delete) => format!("Delete {}", place(&delete.key)),
                Write::Check(check) => format!("ConditionCheck {}", place(&check.key)),
            });
            each.collect::<Vec<_>>().join(", ")
        }
    };
    format!("{} {about}", request.operation())
}
