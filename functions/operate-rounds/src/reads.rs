//! `GET /api/operator/rounds`, the rounds that are not finished; the ended ones; and the unmatched bets of a round.

use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::{Router, routing};
use evens_contracts::{
    Data, EndedRoundCursor, EndedRoundListAnswer, Problem, ProblemKind, RoundBody, UnfinishedRoundListAnswer,
    WaitingBetBody, WaitingBetListAnswer, parse_round_id,
};
use evens_exchange::{Round, RoundPlace, Side};
use evens_http::{Answer, Refusal, Staff, parse_parameter, parse_span};
use evens_runtime::Context;
use evens_store::{CountedTotals, RoundEnd, TimeSpan};

/// Maximum number of rounds in a list.
const ROUNDS_MAX: usize = 100;
/// Maximum number of ended rounds per page.
const PAGE: u16 = 50;
/// Maximum number of unmatched bets on each side.
const BETS_MAX: u16 = 100;

pub(crate) fn router() -> Router<Context> {
    Router::new()
        .route("/api/operator/rounds", routing::get(list_unfinished))
        .route("/api/operator/rounds/ended", routing::get(list_ended))
        .route("/api/operator/rounds/{roundId}/waiting", routing::get(list_waiting))
}

async fn list_unfinished(
    State(context): State<Context>,
    Staff(_): Staff,
) -> Result<Answer<UnfinishedRoundListAnswer>, Refusal> {
    let now = context.clock.now();
    let mut rounds: Vec<Round> = Vec::new();
    for shard in context.store.layout().shards() {
        for unfinished in context.store.sweep_rounds(shard, now).await? {
            // It may have been finished in the meantime; the index is a little behind.
            rounds.extend(context.store.load_round(&unfinished.id).await?);
        }
    }
    rounds.sort_by_key(|round| round.opened_at);
    let has_more = rounds.len() > ROUNDS_MAX;
    rounds.truncate(ROUNDS_MAX);
    let mut answers = Vec::with_capacity(rounds.len());
    for round in &rounds {
        let CountedTotals { totals, as_of } = context.store.load_round_totals(&round.id, now).await?;
        answers.push(Data::<RoundBody>::new(round, &totals, as_of));
    }
    Ok(Answer::ok(UnfinishedRoundListAnswer::new(answers, has_more)))
}

/// The requested rounds. As an extractor it rejects invalid parameters with `422`.
struct EndedQuery {
    end: RoundEnd,
    span: TimeSpan,
    before: Option<RoundPlace>,
}

impl<S: Sync> FromRequestParts<S> for EndedQuery {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let state: Option<String> = parse_parameter(&parts.uri, "state")?;
        let end = match state.as_deref() {
            None | Some("closed") => RoundEnd::Closed,
            Some("cancelled") => RoundEnd::Cancelled,
            Some(_) => return Err(Problem::invalid("state", "must be closed or cancelled").into()),
        };
        let span = parse_span(&parts.uri)?;
        let cursor: Option<EndedRoundCursor> = parse_parameter(&parts.uri, "cursor")?;
        Ok(Self { end, span, before: cursor.map(|cursor| cursor.before) })
    }
}

async fn list_ended(
    State(context): State<Context>,
    Staff(_): Staff,
    EndedQuery { end, span, before }: EndedQuery,
) -> Result<Answer<EndedRoundListAnswer>, Refusal> {
    let now = context.clock.now();
    let page = context.store.list_ended_rounds(end, span, before.as_ref(), PAGE, now).await?;
    Ok(Answer::ok(EndedRoundListAnswer::new(&page.rounds, page.next_before)))
}

async fn list_waiting(
    State(context): State<Context>,
    Staff(_): Staff,
    Path(round_id): Path<String>,
) -> Result<Answer<WaitingBetListAnswer>, Refusal> {
    let round = parse_round_id(&round_id)?;
    if context.store.load_round(&round).await?.is_none() {
        let detail = "There is no round with this id.";
        return Err(Problem::new(ProblemKind::NotFound, detail).about_field("roundId").into());
    }
    let (mut data, mut has_more) = (Vec::new(), false);
    for side in [Side::A, Side::B] {
        let page = context.store.list_waiting(&round, side, None, BETS_MAX).await?;
        has_more |= page.next.is_some();
        data.extend(page.found.iter().map(WaitingBetBody::from));
    }
    Ok(Answer::ok(WaitingBetListAnswer { data, has_more }))
}
