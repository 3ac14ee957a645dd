//! M7: recomputes every draw from the seed whose hash was public first, or from the oracle's signed result.

use crate::books::{Books, Secrets};
use crate::report::{Subject, Violations, coins};
use crate::wallet::movement::Purpose;
use evens_draws::{Nonce, Seed};
use evens_exchange::{
    Bet, Draw, Match, MatchId, MatchState, OracleKey, Round, RoundOutcome, RoundState, Side, SignedResult,
    draw_match, draw_round,
};
use evens_idempotency::BetId;
use evens_ledger::{Amount, Digest, Invariant};
use jiff::{SignedDuration, Timestamp};

const RULE: Invariant = Invariant::M7DrawWasFixed;

/// Allowed difference between times written by different hosts. Clocks differ by up to 2 s, and a transaction is
/// retried for up to 8 s.
pub const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_secs(10);

/// How much earlier than its round a bet may have been placed. A request that waited for its round, for up to 25 s, may
/// have read the clock before the request that opened it.
const OPENING_TOLERANCE: SignedDuration = SignedDuration::from_secs(35);

/// One match and its recomputed winner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchAudit {
    pub id: MatchId,
    pub bet_a: BetId,
    pub bet_b: BetId,
    pub state: MatchState,
    /// The winner by seed or oracle; `None` if neither is known (yet).
    pub recomputed: Option<Side>,
    /// The violation, as the end of a sentence that begins with the match.
    pub fault: Option<String>,
}

/// Violations of a round's own draw, as ends of sentences that begin with the round. Needs public data only.
pub fn audit_round(round: &Round) -> Vec<String> {
    let mut faults = Vec::new();
    if round.state.seed().is_some_and(|seed| !seed.opens(&round.seed_hash)) {
        faults.push("has published a seed that does not have the round's seed hash".to_owned());
    }
    // A round whose oracle never answered is cancelled long after its seed became public.
    if let RoundState::Closed { closed_at, .. } | RoundState::Resulted { closed_at, .. } = &round.state
        && let Some(published_at) =
            round.published_at.filter(|published_at| is_before(*published_at, *closed_at))
    {
        faults.push(format!("published its seed at {published_at}, but closed at {closed_at}"));
    }
    match &round.state {
        RoundState::Resulted { closed_at, seed, outcome } => {
            faults.extend(outcome_fault(round, seed, outcome));
            if is_before(outcome.fixed_at, *closed_at) {
                let fixed_at = outcome.fixed_at;
                faults.push(format!("got its outcome at {fixed_at}, but closed at {closed_at}"));
            }
        }
        RoundState::Open | RoundState::Closed { .. } | RoundState::Cancelled { .. } => {}
    }
    faults
}

fn outcome_fault(round: &Round, seed: &Seed, outcome: &RoundOutcome) -> Option<String> {
    let winner = outcome.winner;
    match &round.draw {
        Draw::Match => Some(format!("has the outcome {winner}, but each of its matches is drawn separately")),
        Draw::Round => {
            let drawn = draw_round(seed, &round.id);
            (drawn != winner).then(|| format!("has the outcome {winner}, but its seed gives {drawn}"))
        }
        Draw::Oracle(oracle) => (!is_signed(oracle, round, outcome))
            .then(|| format!("has the outcome {winner}, but no signature of {} for it", oracle.name)),
    }
}

fn is_signed(oracle: &OracleKey, round: &Round, outcome: &RoundOutcome) -> bool {
    outcome.signature.clone().is_some_and(|signature| {
        SignedResult { winner: outcome.winner, signature }.is_signed_by(oracle, &round.id)
    })
}

/// Recomputes the draw of a match of the round. `seed` is the round's seed, if it is visible.
pub fn audit_match(round: &Round, seed: Option<&Seed>, bet_match: &Match) -> MatchAudit {
    let Match { id, bet_a, bet_b, state, .. } = *bet_match;
    let recomputed = recompute(round, seed, bet_match);
    let fault = state.outcome().and_then(|stored| {
        let winner = stored.winner;
        match (recomputed, round_outcome(round)) {
            (Some(recomputed), _) if recomputed != winner => {
                Some(format!("was won by {winner}, but must have been won by {recomputed}"))
            }
            (None, _) if round.draw != Draw::Match => {
                Some(format!("was won by {winner}, but its round has no outcome"))
            }
            (Some(_), Some(outcome)) if is_before(stored.drawn_at, outcome.fixed_at) => {
                let (drawn_at, fixed_at) = (stored.drawn_at, outcome.fixed_at);
                Some(format!("was drawn at {drawn_at}, but the outcome of its round was fixed at {fixed_at}"))
            }
            _ => None,
        }
    });
    MatchAudit { id, bet_a, bet_b, state, recomputed, fault }
}

fn recompute(round: &Round, seed: Option<&Seed>, bet_match: &Match) -> Option<Side> {
    match (&round.draw, round_outcome(round)) {
        (Draw::Match, _) => seed.map(|seed| draw_match(round.draw_rule, seed, bet_match)),
        (Draw::Round, Some(_)) => seed.map(|seed| draw_round(seed, &round.id)),
        // The oracle's signature is checked once, with the round.
        (Draw::Oracle(_), Some(outcome)) => Some(outcome.winner),
        (Draw::Round | Draw::Oracle(_), None) => None,
    }
}

fn round_outcome(round: &Round) -> Option<&RoundOutcome> {
    match &round.state {
        RoundState::Resulted { outcome, .. } => Some(outcome),
        RoundState::Open | RoundState::Closed { .. } | RoundState::Cancelled { .. } => None,
    }
}

fn is_before(one: Timestamp, other: Timestamp) -> bool {
    other.duration_since(one) > CLOCK_TOLERANCE
}

pub(crate) fn check(books: &Books, violations: &mut Violations) {
    for round in books.rounds.values() {
        let faults = audit_round(round).into_iter().chain(secret_fault(books, round));
        for fault in faults {
            let sentence = format!("The round {} {fault}.", round.id);
            violations.add(RULE, Subject::Round(round.id.clone()), sentence);
        }
    }
    for id in books.seeds.keys().filter(|id| !books.rounds.contains_key(id)) {
        let sentence = format!("There is a seed of the round {id}, but no round.");
        violations.add(RULE, Subject::Round(id.clone()), sentence);
    }
    for bet in books.bets.values() {
        if let Some(fault) = bet_fault(books, bet) {
            violations.add(RULE, Subject::Bet(bet.id), format!("The bet {} {fault}.", bet.id));
        }
    }
    for bet_match in books.matches.values() {
        for fault in match_faults(books, bet_match) {
            let sentence = format!("The match {} {fault}.", bet_match.id);
            violations.add(RULE, Subject::Match(bet_match.id), sentence);
        }
    }
}

fn secret_fault(books: &Books, round: &Round) -> Option<String> {
    let of = SeedCommitment { what: "round", hash: &round.seed_hash, published: round.state.seed() };
    of.fault(books.secrets, books.seeds.get(&round.id))
}

/// The commitment to a seed of a round or a period: its hash, and the seed itself once it is public.
pub(crate) struct SeedCommitment<'a> {
    pub(crate) what: &'static str,
    pub(crate) hash: &'a Digest,
    pub(crate) published: Option<&'a Seed>,
}

impl SeedCommitment<'_> {
    /// Checks that the secret matches the hash and the published seed. Without visible secrets nothing is checked.
    pub(crate) fn fault(&self, secrets: Secrets, secret: Option<&Seed>) -> Option<String> {
        let Self { what, hash, published } = self;
        if secrets == Secrets::Unseen {
            return None;
        }
        let Some(secret) = secret else {
            return Some("has no seed".to_owned());
        };
        if !secret.opens(hash) {
            return Some(format!("has a seed that does not have the {what}'s seed hash"));
        }
        let differs = published.is_some_and(|published| published != secret);
        differs.then(|| "has published a seed other than its own".to_owned())
    }
}

/// A bet must be placed while its round is open: after the hash and before the seed became public.
fn bet_fault(books: &Books, bet: &Bet) -> Option<String> {
    let Some(round) = books.rounds.get(&bet.round) else {
        return Some(format!("is in the round {}, which does not exist", bet.round));
    };
    let (placed_at, opened_at) = (bet.placed_at, round.opened_at);
    if opened_at.duration_since(placed_at) > OPENING_TOLERANCE {
        return Some(format!("was placed at {placed_at}, but its round opened at {opened_at}"));
    }
    late_fault(round, "placed", placed_at)
}

/// No bet or match may enter a round once its seed may be known, that is, once its end was written. The round's own
/// closing time is no limit, because a process may be suspended between reading the clock and writing.
fn late_fault(round: &Round, verb: &str, at: Timestamp) -> Option<String> {
    round.state.seed()?;
    let over_at = round.published_at.or_else(|| round.state.ended_at())?;
    is_before(over_at, at).then(|| format!("was {verb} at {at}, but its round was over at {over_at}"))
}

fn match_faults(books: &Books, bet_match: &Match) -> Vec<String> {
    let Some(round) = books.rounds.get(&bet_match.round) else {
        return vec![format!("is in the round {}, which does not exist", bet_match.round)];
    };
    let audit = audit_match(round, books.seeds.get(&round.id).or(round.state.seed()), bet_match);
    let late = late_fault(round, "joined", bet_match.joined_at);
    let void = void_fault(books, round, bet_match, audit.recomputed);
    audit.fault.into_iter().chain(late).chain(void).chain(nonce_fault(books, bet_match)).collect()
}

/// A match must be drawn from the nonces of its bets, whose hashes the players got when they placed them.
fn nonce_fault(books: &Books, bet_match: &Match) -> Option<String> {
    let Match { bet_a, bet_b, nonce_a, nonce_b, .. } = bet_match;
    let differs =
        |(id, nonce): &(BetId, &Option<Nonce>)| books.bets.get(id).is_some_and(|bet| bet.nonce != **nonce);
    let other = [(*bet_a, nonce_a), (*bet_b, nonce_b)].into_iter().find(differs);
    other.map(|(id, _)| format!("has a different nonce than its bet {id}"))
}

/// Stakes may be returned in three cases: the round was cancelled; the winner's balance at that moment could not hold
/// the payout; or, according to the audit log, an operator voided a match that was stuck before its draw. Any other
/// void would undo a draw, or save a player from one.
fn void_fault(books: &Books, round: &Round, bet_match: &Match, winner: Option<Side>) -> Option<String> {
    match (bet_match.state, &round.state) {
        (MatchState::Joined | MatchState::Drawn(_) | MatchState::Settled(_), _)
        | (_, RoundState::Cancelled { .. }) => return None,
        (MatchState::Void, RoundState::Open | RoundState::Closed { .. } | RoundState::Resulted { .. }) => {}
    }
    if books.voided_by_operators.contains(&bet_match.id.to_string()) {
        return None;
    }
    // Without the seed the winner is unknown.
    if books.secrets == Secrets::Unseen && round.draw == Draw::Match && round.state.seed().is_none() {
        return None;
    }
    let state = round.state.name().as_str();
    let Some(winner) = winner.map(|side| bet_match.user(side)) else {
        return Some(format!("is void, but its round is {state} and has no winner"));
    };
    if !books.share.has_user(winner) {
        return None;
    }
    let stake = bet_match.amount.units();
    // Without its entry, the check of effects reports the match.
    let returned = books.movements.get(&Purpose::Void(bet_match.id, winner))?;
    let before = returned.balance_after.units() - stake;
    Amount::from_units(before + 2 * stake).ok().map(|_| {
        let (payout, before) = (coins(2 * stake), coins(before));
        format!(
            "is void, but its round is {state}, and user {winner} with a balance of {before} could be paid \
                 {payout}"
        )
    })
}
