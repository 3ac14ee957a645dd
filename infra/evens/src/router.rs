//! One router with the routes of every function.

use crate::live::{self, Sockets};
use crate::server::bodies::{self, Admission};
use crate::server::connection_slots::{self, ConnectionSlots};
use crate::server::turns::Turns;
use axum::Router;
use axum::middleware;
use evens_credentials::Credentials;
use evens_exclusion_register::Exclusions;
use evens_place_bet::RoundOpener;
use evens_runtime::Context;
use evens_workers::Outside;
use std::sync::Arc;

/// The parts that only this host has.
pub(crate) struct Host {
    pub(crate) opener: RoundOpener,
    pub(crate) is_embedded: bool,
    pub(crate) slots: ConnectionSlots,
    pub(crate) sockets: Arc<Sockets>,
}

/// The routes of every function, with the layers that all of them share.
pub(crate) fn router(
    context: Context,
    credentials: Credentials,
    outside: &Outside,
    exclusions: &Exclusions,
    host: Host,
) -> Router {
    let Host { opener, is_embedded, slots, sockets } = host;
    let context = evens_http::for_requests(context);
    let admission = |turns| Admission { context: context.clone(), turns };
    let in_turns = Router::new()
        .merge(evens_account::router())
        .merge(evens_bets::router())
        .merge(evens_operate_bets::router())
        .merge(evens_operate_switches::router())
        .merge(evens_operate_games::router())
        .merge(evens_operate_payments::router(
            outside.payments.withdrawals.holds,
            outside.payments.deposits.clone(),
            outside.payments.currency,
        ))
        .merge(evens_game_bets::router())
        .merge(evens_jackpot_pools::quick_router())
        .merge(evens_limits::router())
        .merge(evens_operate_rounds::router())
        .merge(evens_operate_users::router())
        .merge(evens_periods::router())
        .merge(evens_place_bet::router(exclusions.clone(), opener))
        .merge(evens_place_game_bet::router(exclusions.clone()))
        .merge(evens_record_block::router())
        .merge(evens_request_refund::router())
        .merge(evens_withdrawals::router(
            outside.payments.clone(),
            outside.payee_keys.clone(),
            exclusions.clone(),
        ))
        .merge(evens_rounds::router())
        .merge(evens_wallet::router())
        .route_layer(middleware::from_fn_with_state(
            admission(Turns::of_table(is_embedded)),
            bodies::admit_then_read,
        ));
    // Hashing a password takes longer than placing a bet, so these routes have their own turns.
    let out_of_turn = evens_login::router(credentials.clone())
        .merge(evens_register::router(credentials))
        // Opening a deposit waits for the provider.
        .merge(evens_deposits::router(outside.payments.clone(), exclusions.clone()))
        // Callbacks are accepted even if the table is busy or unavailable.
        .merge(evens_payment_callbacks::router(outside.payments.clone()))
        // Awarding a jackpot waits until it is paid.
        .merge(evens_jackpot_pools::award_router())
        // Reading dead letters waits seconds for the queues and would block turns at the table.
        .merge(evens_dead_letters::router())
        // Health is answered even if the system is busy.
        .merge(evens_status::router())
        .route_layer(middleware::from_fn_with_state(admission(Turns::UNBOUNDED), bodies::admit_then_read));
    // Comparing a statement reads the whole table.
    let one_at_a_time = evens_compare_statements::router(outside.payments.clone())
        .route_layer(middleware::from_fn_with_state(admission(Turns::single()), bodies::admit_then_read));
    let routes = in_turns
        .merge(out_of_turn)
        .merge(one_at_a_time)
        .merge(live::router(sockets))
        .route_layer(middleware::from_fn(connection_slots::refuse_beyond_share));
    evens_http::serve_layers(routes, context)
        .layer(middleware::from_fn(bodies::leave_too_large))
        .layer(middleware::from_fn_with_state(slots, connection_slots::hold))
}
