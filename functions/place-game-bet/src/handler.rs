use crate::recent_exposures::{Basis, RecentExposures};
use axum::extract::{Extension, Path};
use axum::http::StatusCode;
use axum::{Router, routing};
use evens_contracts::{
    PlaceGameBetAnswer, PlaceGameBetRequest, Problem, ProblemKind, WantedGameBet, barred, over_own_limits,
    parse_room, time_in_words, unknown_period,
};
use evens_exclusion_register::Exclusions;
use evens_games::{Exposure, GameBet, PlaceGameBet, PlaceGameBetOutcome, RoomLimits};
use evens_http::{Answer, Caller, IdempotencyKeyHeader, JsonBody, Refusal, RequestId, TracedContext};
use evens_idempotency::BetId;
use evens_runtime::Context;
use evens_runtime::tokens::Role;
use evens_store::{ExposureSource, StoreError};
use evens_switches::SwitchName;

/// `exclusions` decides who may bet. The cache of exposures belongs to the process.
pub fn router(exclusions: Exclusions) -> Router<Context> {
    Router::new()
        .route("/api/games/{gameType}/{duration}/bet", routing::post(place_game_bet))
        .layer(Extension((RecentExposures::default(), exclusions)))
}

async fn place_game_bet(
    TracedContext(context): TracedContext,
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
        session_epoch: caller.session_epoch,
    };
    let stopped = context.stopped_by(SwitchName::Bets).await?;
    let outcome = place(&context, &exposures, &command, stopped.is_none()).await?;
    let (bet, is_replay) = accepted(&command, outcome, stopped)?;
    Ok(Answer::new(StatusCode::ACCEPTED, PlaceGameBetAnswer::from(&bet)).replayed(is_replay))
}

/// Places the bet if the period exists.
async fn place(
    context: &Context,
    exposures: &RecentExposures,
    command: &PlaceGameBet,
    is_open: bool,
) -> Result<PlaceGameBetOutcome, Refusal> {
    let Context { store, settings, clock, .. } = context;
    let about_bet = |error: StoreError| Refusal(Refusal::from(error).0.about_bet(command.bet));
    let period = store.load_period_eventually(command.period).await?.ok_or_else(unknown_period)?;
    let day_offset = settings.players.attendance_offset.offset();
    let limits = settings.games.limits.of(period.id.room, settings.games.bankroll, day_offset);
    let (is_open, decimals) = (settings.betting.is_open && is_open, settings.betting.decimals);
    let limits = RoomLimits { is_open, decimals, ..limits };
    let now = || clock.now();
    // An old period may have very many bets, and any client may name it. It is refused without reading them.
    if period.is_over_for_bets(clock.now()) {
        let none = Exposure::of(period.id.room.game(), []);
        let source = ExposureSource::Recent(&none);
        return store.place_game_bet(command, &period, source, &limits, now).await.map_err(about_bet);
    }
    let bet = exposures.begin(context, &period, command, limits.exposure).await?;
    let basis = bet.basis().await;
    let in_flight = || bet.by_recent();
    let source = match &basis {
        Basis::Recent(others) => ExposureSource::Recent(others),
        Basis::Over(all) => ExposureSource::Known(all),
        Basis::Exact { .. } => ExposureSource::Exact { in_flight: &in_flight },
    };
    let outcome = store.place_game_bet(command, &period, source, &limits, now).await;
    if matches!(outcome, Ok(PlaceGameBetOutcome::Placed(_)) | Err(StoreError::Unavailable(_))) {
        bet.placed();
    }
    outcome.map_err(about_bet)
}

/// The accepted bet and whether it is a repeat, or the reason for the refusal. `stopped` is the switch that stops bets.
fn accepted(
    command: &PlaceGameBet,
    outcome: PlaceGameBetOutcome,
    stopped: Option<SwitchName>,
) -> Result<(GameBet, bool), Problem> {
    let period = command.period.digits();
    let period_state = |detail: String| {
        Problem::new(ProblemKind::PeriodState, format!("Period {period} {detail}.")).about_field("periodId")
    };
    match outcome {
        PlaceGameBetOutcome::Placed(placement) => Ok((placement.bet, false)),
        PlaceGameBetOutcome::PlacedBefore(bet) => Ok((*bet, true)),
        PlaceGameBetOutcome::SessionEnded => Err(Problem::sessions_ended()),
        PlaceGameBetOutcome::AccountBlocked => Err(Problem::blocked()),
        PlaceGameBetOutcome::KeyUsedForAnotherBody { bet } => {
            let detail =
                format!("The Idempotency-Key was already used for another bet, {bet}. Use a new key.");
            Err(Problem::new(ProblemKind::IdempotencyKeyReused, detail)
                .about_field("Idempotency-Key")
                .about_bet(bet))
        }
        PlaceGameBetOutcome::Barred(by) => Err(barred(by)),
        PlaceGameBetOutcome::BetsOff => Err(stopped.map_or_else(Problem::bets_off, Problem::paused)),
        PlaceGameBetOutcome::RunsPlatform => {
            let detail = "Staff accounts cannot bet on house games.";
            Err(Problem::new(ProblemKind::Forbidden, detail))
        }
        PlaceGameBetOutcome::PeriodNotOpen { state } => {
            Err(period_state(format!("takes no bets: it is {}. Bet on the current period", state.as_str())))
        }
        PlaceGameBetOutcome::PeriodNotYetOpen { opens_at } => {
            Err(period_state(format!("takes no bets before {}", time_in_words(opens_at))))
        }
        PlaceGameBetOutcome::PeriodPastClosing { closes_at } => {
            let closes_at = time_in_words(closes_at);
            Err(period_state(format!("takes no bets: it closed at {closes_at}. Bet on the current period")))
        }
        PlaceGameBetOutcome::StakeTooFine { decimals } => {
            Err(Problem::invalid("betAmount", format_args!("must have at most {decimals} decimals")))
        }
        PlaceGameBetOutcome::StakeOutOfRange { stake_min, stake_max } => {
            Err(Problem::invalid("betAmount", format_args!("must be from {stake_min} to {stake_max}")))
        }
        PlaceGameBetOutcome::TooManyBets { bets_max } => {
            let detail = format!(
                "You already have {bets_max} bets on period {period}, the maximum. Bet on the next period."
            );
            Err(Problem::new(ProblemKind::TooManyGameBets, detail).about_field("periodId"))
        }
        PlaceGameBetOutcome::StakedTooMuch { staked_max, left } => {
            let detail = format!(
                "You may stake at most {staked_max} on period {period}, and {left} of it is left. Lower \
                         the stake."
            );
            Err(Problem::new(ProblemKind::OverLimit, detail).about_field("betAmount"))
        }
        PlaceGameBetOutcome::PeriodFull { .. } => {
            let detail = format!("Period {period} is full. Bet on the next period.");
            Err(Problem::new(ProblemKind::PeriodFull, detail).about_field("periodId"))
        }
        PlaceGameBetOutcome::OverExposure { selection, period_max } => {
            let detail = format!(
                "A bet of this size on {selection} is not accepted in period {period}: the house pays at most \
                 {period_max} for a period. Lower the stake or bet on the next period."
            );
            Err(Problem::new(ProblemKind::ExposureLimit, detail).about_field("betAmount"))
        }
        PlaceGameBetOutcome::OverOwnLimits(refusal) => Err(over_own_limits(&refusal, "betAmount")),
        PlaceGameBetOutcome::InsufficientBalance { balance, stake } => {
            let detail = format!(
                "The stake is {stake}, but the balance for this bet is {balance}. Deposit at least {} or lower \
                 the stake.",
                stake.saturating_sub(balance)
            );
            Err(Problem::new(ProblemKind::InsufficientBalance, detail).about_field("betAmount"))
        }
    }
}
