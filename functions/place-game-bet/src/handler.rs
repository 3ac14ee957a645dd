use crate::recent_exposures::RecentExposures;
use axum::extract::{Extension, Path};
use axum::http::StatusCode;
use axum::{Router, routing};
use evens_contracts::{
    PlaceGameBetAnswer, PlaceGameBetRequest, Problem, ProblemKind, WantedGameBet, barred, held_back,
    parse_room, unknown_period,
};
use evens_exclusion_register::Exclusions;
use evens_games::{Exposure, GameBet, PlaceGameBet, PlaceGameBetOutcome, RoomLimits};
use evens_http::{Answer, Caller, IdempotencyKeyHeader, JsonBody, Refusal, RequestId, Traced};
use evens_idempotency::BetId;
use evens_runtime::Context;
use evens_runtime::tokens::Role;
use evens_store::StoreError;

/// `exclusions` decides who may bet. The cache of exposures belongs to the process.
pub fn router(exclusions: Exclusions) -> Router<Context> {
    Router::new()
        .route("/api/games/{gameType}/{duration}/bet", routing::post(place_game_bet))
        .layer(Extension((RecentExposures::default(), exclusions)))
}

async fn place_game_bet(
    Traced(context): Traced,
    Extension((exposures, exclusions)): Extension<(RecentExposures, Exclusions)>,
    Extension(request_id): Extension<RequestId>,
    caller: Caller,
    Path((game_type, duration)): Path<(String, String)>,
    key: IdempotencyKeyHeader,
    JsonBody(body): JsonBody,
) -> Result<Answer<PlaceGameBetAnswer>, Refusal> {
    let request = PlaceGameBetRequest::parse(&body)?;
    let key = key.key_or_id_of(&request_id)?;
    let WantedGameBet { period, selection } = request.in_room(parse_room(&game_type, &duration)?)?;
    let command = PlaceGameBet {
        bet: BetId::derive(caller.user, &key),
        user: caller.user,
        period,
        selection,
        stake: request.stake,
        purse: request.purse,
        by_staff: caller.role != Role::Player,
        barred: exclusions.barred(caller.user).await,
        session_started_at: caller.session_started_at,
    };
    let outcome = place(&context, &exposures, &command).await?;
    let (bet, is_replay) = accepted(&command, outcome)?;
    Ok(Answer::new(StatusCode::ACCEPTED, PlaceGameBetAnswer::from(&bet)).replayed(is_replay))
}

/// Places the bet if the period exists.
async fn place(
    context: &Context,
    exposures: &RecentExposures,
    command: &PlaceGameBet,
) -> Result<PlaceGameBetOutcome, Refusal> {
    let Context { store, settings, clock, .. } = context;
    let about_bet = |error: StoreError| Refusal(Refusal::from(error).0.about_bet(command.bet));
    let period = store.look_at_period(command.period).await?.ok_or_else(unknown_period)?;
    let shard = period.shards.shard_of(command.user);
    // An old period may have very many bets, and any client may name it. It is refused without reading them.
    let others = if period.is_over_for_bets(clock.now()) {
        Exposure::of(period.id.room.game(), [])
    } else {
        exposures.without_shard(context, &period, shard).await?
    };
    let day_offset = settings.attendance_offset.offset();
    let limits = settings.games_limits.of(period.id.room, settings.games_bankroll, day_offset);
    let limits = RoomLimits { is_open: settings.betting.is_open, ..limits };
    let now = || clock.now();
    let outcome = store.place_game_bet(command, &period, &others, &limits, now).await.map_err(about_bet)?;
    if let PlaceGameBetOutcome::Placed(placement) = &outcome {
        exposures.add(&period, &placement.bet);
    }
    Ok(outcome)
}

/// The accepted bet and whether it is a repeat, or the reason for the refusal.
fn accepted(command: &PlaceGameBet, outcome: PlaceGameBetOutcome) -> Result<(GameBet, bool), Problem> {
    let period = command.period.digits();
    let period_state = |detail: String| {
        Problem::new(ProblemKind::PeriodState, format!("The period {period} {detail}."))
            .about_field("periodId")
    };
    match outcome {
        PlaceGameBetOutcome::Placed(placement) => Ok((placement.bet, false)),
        PlaceGameBetOutcome::PlacedBefore(bet) => Ok((*bet, true)),
        PlaceGameBetOutcome::AccountBlocked => Err(Problem::blocked()),
        PlaceGameBetOutcome::KeyUsedForAnotherBody { bet } => {
            let detail =
                format!("The Idempotency-Key was used for the bet {bet}, which differs. Use a new key.");
            Err(Problem::new(ProblemKind::IdempotencyKeyReused, detail)
                .about_field("Idempotency-Key")
                .about_bet(bet))
        }
        PlaceGameBetOutcome::Barred(by) => Err(barred(by)),
        PlaceGameBetOutcome::BetsOff => Err(Problem::bets_off()),
        PlaceGameBetOutcome::RunsPlatform => {
            let detail = "Whoever has a role beside playing places no bets on games of the house.";
            Err(Problem::new(ProblemKind::Forbidden, detail))
        }
        PlaceGameBetOutcome::PeriodNotOpen { state } => {
            Err(period_state(format!("takes no bets: it is {}", state.as_str())))
        }
        PlaceGameBetOutcome::PeriodNotYetOpen { opens_at } => {
            Err(period_state(format!("takes bets from {opens_at} on")))
        }
        PlaceGameBetOutcome::PeriodPastClosing { closes_at } => {
            Err(period_state(format!("takes no bets: it closed at {closes_at}")))
        }
        PlaceGameBetOutcome::StakeOutOfRange { stake_min, stake_max } => {
            Err(Problem::invalid("betAmount", format_args!("is not from {stake_min} to {stake_max}")))
        }
        PlaceGameBetOutcome::TooManyBets { bets_max } => {
            let detail =
                format!("You have {bets_max} bets on the period {period}, which is as many as may be.");
            Err(Problem::new(ProblemKind::TooManyGameBets, detail).about_field("periodId"))
        }
        PlaceGameBetOutcome::StakedTooMuch { staked_max, left } => {
            let detail =
                format!("Of the {staked_max} that you may stake on the period {period}, {left} is left.");
            Err(Problem::new(ProblemKind::OverLimit, detail).about_field("betAmount"))
        }
        PlaceGameBetOutcome::PeriodFull { shard_bets_max } => {
            let detail = format!(
                "The part of the period {period} that your bets are in has {shard_bets_max}, and can take no more. \
                 Bet on the next one."
            );
            Err(Problem::new(ProblemKind::PeriodFull, detail).about_field("periodId"))
        }
        PlaceGameBetOutcome::OverExposure { selection, period_max } => {
            let detail = format!(
                "The house takes no more on {selection} in the period {period}: it could cost more than {period_max}."
            );
            Err(Problem::new(ProblemKind::ExposureLimit, detail).about_field("betAmount"))
        }
        PlaceGameBetOutcome::HeldBack(refusal) => Err(held_back(&refusal, "betAmount")),
        PlaceGameBetOutcome::InsufficientBalance { balance, stake } => {
            let detail = format!(
                "The stake is {stake} but the purse holds {balance}. Deposit {} or more, or lower the stake.",
                stake.saturating_sub(balance)
            );
            Err(Problem::new(ProblemKind::InsufficientBalance, detail).about_field("betAmount"))
        }
    }
}
