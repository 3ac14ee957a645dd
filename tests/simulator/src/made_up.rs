//! Invented jobs: repeated, too early, for a wrong reason, about nothing, and several at once.

use crate::clients::urls_of;
use crate::dice::{Dice, Odds};
use crate::seam::send_now;
use crate::world::{Who, World};
use evens_contracts::{CallbackJob, JobData, Queue};
use evens_games::{Lane, PeriodId};
use evens_ledger::Digest;
use evens_payments::{DisputeReport, ProviderEvent};
use evens_players::Registration;
use evens_queues::OutgoingMessage;
use evens_simulated_table::item::{Item, text};
use serde_json::{Value, json};

/// An id without an item.
const NOBODY: &str = "6f1e6ac8-7b3c-8f4e-9f5d-1a2b3c4d5e6f";

/// The share of jobs about unfinished items, if there are any.
const ABOUT_UNENDED: Odds = 7_000;

/// A job and its queue.
pub(crate) struct MadeUp {
    queue: Queue,
    body: Value,
}

impl MadeUp {
    fn of(queue: Queue, name: &str, data: &Value) -> Self {
        Self { queue, body: json!({ "type": name, "data": data }) }
    }

    /// A settlement of a match.
    fn settlement(id: &str, round: &str) -> Self {
        Self::of(Queue::Settle, "settle", &json!({ "matchId": id, "roundId": round }))
    }

    /// A query to the payment provider about an order.
    pub(crate) fn payment_check(order: &str) -> Self {
        Self::of(Queue::Payments, "checkPayment", &json!({ "orderId": order }))
    }

    /// A provider's report of a dispute.
    pub(crate) fn dispute(report: DisputeReport, name: &str) -> Self {
        let (provider, digest) = (report.provider.clone(), Digest::of(name.as_bytes()));
        let job = CallbackJob::new(provider, digest, 0, &ProviderEvent::Dispute(report));
        Self::of(Queue::Payments, CallbackJob::TYPE, &json!(job))
    }

    /// A step of a withdrawal.
    pub(crate) fn payout(order: &str) -> Self {
        Self::of(Queue::Withdrawals, "payout", &json!({ "orderId": order }))
    }

    /// The payouts of a period's lane.
    pub(crate) fn lane(period: PeriodId, lane: Lane) -> Self {
        Self::of(
            Queue::Periods,
            "settle-period",
            &json!({ "periodId": period.to_string(), "lane": lane.to_string() }),
        )
    }

    /// A step of a registration.
    pub(crate) fn registration(name: &str, data: &Value) -> Self {
        Self::of(Queue::Registration, name, data)
    }

    fn draw(world: &World, dice: &mut Dice) -> Self {
        let named = |item: Option<Item>, name: &str| {
            item.map_or_else(|| NOBODY.to_owned(), |item| text(&item, name).to_owned())
        };
        match dice.number(0..=9) {
            0..=1 => {
                let bet = named(pick(world, dice, "bet"), "bet");
                Self::of(Queue::Match, "match", &json!({ "betId": bet }))
            }
            2..=4 => match pick(world, dice, "match") {
                Some(found) => Self::settlement(text(&found, "match"), text(&found, "round")),
                None => Self::settlement(NOBODY, "r0"),
            },
            5..=6 => {
                let kind = dice.pick(&["bet", "waiting"]).unwrap_or_default();
                let bet = named(pick(world, dice, kind), "bet");
                let reason = dice.pick(&["expired", "round-ended"]).unwrap_or_default();
                Self::of(Queue::Refund, "refund", &json!({ "betId": bet, "reason": reason }))
            }
            7 => {
                let round = pick(world, dice, "round").map(|round| text(&round, "round").to_owned());
                Self::of(Queue::Rounds, "finish-round", &json!({ "roundId": round.unwrap_or_default() }))
            }
            8 => {
                let name = dice.pick(&["applyBonus", "applyReferralBonus"]).unwrap_or_default();
                let account = named(pick(world, dice, "account"), "pk");
                Self::registration(name, &json!({ "userId": account.trim_start_matches("ACCOUNT#") }))
            }
            _ => Self::of(Queue::Match, "dance", &json!({})),
        }
    }

    /// Sends the job this many times at once, in different groups so that the copies run in parallel.
    pub(crate) fn send(&self, world: &World, dice: &mut Dice, name: &str, copies: u64) {
        if copies > 0 {
            world.note(Who::World, format_args!("makes up {copies} of {}", self.body));
        }
        let moment_ms = 4 * world.lock().latency_max_ms;
        let first = dice.number(1..=9);
        for copy in 0..copies {
            let message = OutgoingMessage {
                body: self.body.to_string(),
                group: (first + copy).to_string(),
                deduplication_id: format!("{name}:{copy}"),
                trace: None,
                traceparent: None,
            };
            let (world, url, late) =
                (world.clone(), urls_of(self.queue).main, dice.milliseconds(0..=moment_ms));
            tokio::spawn(async move {
                world.sleep(late).await;
                send_now(&world, &url, &message);
            });
        }
    }
}

/// An item of a kind, usually an unfinished one if there is any.
fn pick(world: &World, dice: &mut Dice, kind: &str) -> Option<Item> {
    let state = world.lock();
    let all: Vec<&Item> = state.table.of_kind(kind).collect();
    let unended: Vec<&Item> = all.iter().copied().filter(|item| !has_ended(item)).collect();
    let is_unended = dice.chance(ABOUT_UNENDED) && !unended.is_empty();
    dice.pick(if is_unended { &unended } else { &all }).cloned()
}

fn has_ended(item: &Item) -> bool {
    match text(item, "kind") {
        "match" => ["SETTLED", "VOID"].contains(&text(item, "state")),
        "account" => text(item, "registration") == Registration::Done.as_str(),
        _ => false,
    }
}

/// Sends a number of invented jobs.
pub(crate) async fn make_jobs_up(world: World, mut dice: Dice, count: u64, pause_max_ms: u64) {
    for number in 0..count {
        let pause = dice.milliseconds(0..=pause_max_ms);
        world.sleep(pause).await;
        let job = MadeUp::draw(&world, &mut dice);
        let copies = dice.pick(&[1, 1, 2, 4]).unwrap_or(1);
        job.send(&world, &mut dice, &format!("noise:{number}"), copies);
    }
}

/// Sends settlement jobs for the unfinished matches of a round, several for each.
pub(crate) fn hurry(world: &World, dice: &mut Dice, round: &str) {
    const MATCHES_MAX: usize = 6;
    let matches: Vec<String> = {
        let state = world.lock();
        let unended =
            state.table.of_kind("match").filter(|item| text(item, "round") == round && !has_ended(item));
        unended.take(MATCHES_MAX).map(|item| text(item, "match").to_owned()).collect()
    };
    let now_ms = world.elapsed_ms();
    for id in matches {
        let copies = dice.number(1..=3);
        MadeUp::settlement(&id, round).send(world, dice, &format!("hurry:{id}:{now_ms}"), copies);
    }
}
