//! [`Sockets`]: how many sockets there may be, from which addresses, and opened by which pages.

use crate::server::connection_slots::ConnectionSlots;
use axum::http::HeaderValue;
use evens_contracts::Rate;
use evens_http::AddressCount;
use evens_hub::Hub;
use evens_runtime::{Context, stopped};
use std::sync::Arc;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

/// The sockets of the process, and the hub that serves them.
#[derive(Debug)]
pub(crate) struct Sockets {
    pub(super) hub: Arc<Hub>,
    /// Shared by all sockets, because each copy takes memory.
    pub(super) context: Context,
    pub(super) count_max: usize,
    /// A permit for each socket that may still be opened.
    pub(super) free: Arc<Semaphore>,
    pub(super) slots: ConnectionSlots,
    /// The budget of upgrades of each address.
    pub(super) attempts: AddressCount,
    /// Pages of these other origins may open sockets.
    pub(super) origins: Vec<HeaderValue>,
    stop: watch::Receiver<bool>,
}

impl Sockets {
    /// No address has more than one of so many parts of the sockets.
    const SHARES: usize = 8;

    /// No sockets yet. The hub hears of changes that the context's store makes.
    pub(crate) fn new(
        context: &Context,
        sockets_max: usize,
        origins: Vec<HeaderValue>,
        stop: watch::Receiver<bool>,
    ) -> Arc<Self> {
        let share = (sockets_max / Self::SHARES).max(1);
        Arc::new(Self {
            hub: Hub::new(context, stop.clone()),
            context: context.clone(),
            count_max: sockets_max,
            free: Arc::new(Semaphore::new(sockets_max)),
            attempts: AddressCount::new(Rate::Upgrades),
            slots: ConnectionSlots::new(share, &context.settings.trusted_proxies),
            origins,
            stop,
        })
    }

    /// Starts the hub, and a worker that ends when it is time to stop and all sockets are closed.
    pub(crate) fn start(self: &Arc<Self>, context: &Context, workers: &mut JoinSet<()>) {
        self.hub.start(context, workers);
        let sockets = self.clone();
        workers.spawn(async move {
            stopped(sockets.stop.clone()).await;
            // A permit is back when its socket is closed.
            let _ = sockets.free.acquire_many(u32::try_from(sockets.count_max).unwrap_or(u32::MAX)).await;
        });
    }
}
