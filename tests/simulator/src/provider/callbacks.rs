//! The provider's callbacks, signed with its own signer and posted to any process.

use super::adapter::{ProviderSetup, callback_path};
use crate::hazard::Hazard;
use crate::process::{Ask, Door};
use crate::world::{Who, World};
use axum::body::Body;
use axum::http::Request;
use evens_sandbox_provider::core::Delivery;
use std::pin::pin;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// Sends due callbacks to these processes until the set is dropped. Callbacks in progress at that time are sent again
/// by the next set.
pub(crate) fn send_callbacks(world: &World, setup: &ProviderSetup, doors: &[Door]) -> JoinSet<()> {
    let mut sending = JoinSet::new();
    let sender = Sender { world: world.clone(), setup: setup.clone(), doors: doors.to_vec() };
    sending.spawn(sender.run());
    sending
}

#[derive(Clone)]
struct Sender {
    world: World,
    setup: ProviderSetup,
    doors: Vec<Door>,
}

impl Sender {
    async fn run(self) {
        let mut under_way = JoinSet::new();
        let stirred = self.world.lock().provider.stirred.clone();
        loop {
            let (deliveries, next) = self.take_due();
            for delivery in deliveries {
                let sender = self.clone();
                under_way.spawn(async move { sender.deliver(delivery).await });
            }
            let mut pause = pin!(async {
                match next {
                    Some(pause) => self.world.sleep(pause).await,
                    None => std::future::pending().await,
                }
            });
            tokio::select! {
                biased;
                () = stirred.notified() => {}
                () = &mut pause => {}
                Some(_) = under_way.join_next() => {}
            }
        }
    }

    /// The due callbacks, and the time until more may be due.
    fn take_due(&self) -> (Vec<Delivery>, Option<Duration>) {
        let now = self.world.now();
        let mut state = self.world.lock();
        state.provider.core.advance(now);
        let mut deliveries = Vec::new();
        loop {
            if state.provider.core.next_deadline().is_none_or(|deadline| deadline > now) {
                break;
            }
            state.provoke_callback();
            deliveries.extend(state.provider.core.take_due_callbacks(1, now));
        }
        let next = state.provider.core.next_deadline();
        // Time advances by at least a millisecond.
        let pause = |deadline: jiff::Timestamp| {
            Duration::try_from(deadline.duration_since(now)).unwrap_or_default().max(Duration::from_millis(1))
        };
        (deliveries, next.map(pause))
    }

    async fn deliver(self, delivery: Delivery) {
        let world = &self.world;
        let status =
            if world.lock().strike(Hazard::CallbackLost) { None } else { self.post(&delivery).await };
        let id = &delivery.id;
        match status {
            Some(status) => world.note(Who::Provider, format_args!("calls back {id}: {status}")),
            None => world.note(Who::Provider, format_args!("calls back {id}: no answer")),
        }
        let is_answered = status.is_some_and(|status| (200..300).contains(&status));
        let is_taken = is_answered && !world.lock().strike(Hazard::CallbackAnswerLost);
        let now = world.now();
        let mut state = world.lock();
        if is_answered {
            state.provider.note_taken(&delivery);
        }
        state.provider.core.note_delivery(delivery.callback, is_taken, now);
        state.provider.stirred.notify_one();
    }

    async fn post(&self, delivery: &Delivery) -> Option<u16> {
        let (answer_within, door) = {
            let mut state = self.world.lock();
            (state.provider.core.settings().callbacks.answer_within, state.dice.pick(&self.doors)?)
        };
        let request = Request::post(callback_path()).header("content-type", "application/json");
        let headers = self.setup.signer.headers(delivery);
        let request = headers.into_iter().fold(request, |request, (name, value)| request.header(name, value));
        let request = request.body(Body::from(delivery.body.clone())).ok()?;
        let (answer, answered) = oneshot::channel();
        door.send(Ask::Http(Box::new(request), answer)).ok()?;
        let response = timeout(answer_within, answered).await.ok()?.ok()?;
        Some(response.status().as_u16())
    }
}
