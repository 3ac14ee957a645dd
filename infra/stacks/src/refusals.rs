//! The refusals of routes that move money, in the order of their rules' checks, with the causes for integrators.

use crate::render::text_of;
use crate::{RenderError, Source};
use evens_contracts::{ProblemKind, barred, over_own_limits};
use evens_ledger::Amount;
use evens_own_limits::{Period, PlayBarrier, PlayLimitKind, PlayRefusal};
use jiff::Timestamp;
use strum::VariantArray;

/// A problem, and the text of its cause.
type Row = (ProblemKind, &'static str);

/// The outcome of a rule: an enum whose variants are in the order of the checks.
struct Outcome {
    name: &'static str,
    source: &'static str,
    /// The rows of each variant; none if it is no refusal, or has the row of the variant before it.
    rows: Vec<(&'static str, Vec<Row>)>,
}

impl Outcome {
    /// The rows in the order of the variants in the code.
    fn ordered(&self, sources: &[Source]) -> Result<Vec<Row>, RenderError> {
        let variants = variants(text_of(sources, self.source)?, self.name);
        let is_listed = |variant: &&str| self.rows.iter().any(|(known, _)| known == variant);
        if variants.len() != self.rows.len() || !variants.iter().all(is_listed) {
            let variants = variants.join(", ");
            return Err(RenderError::OtherVariants { outcome: self.name, variants });
        }
        let rows =
            variants.iter().flat_map(|variant| self.rows.iter().filter(move |(known, _)| known == variant));
        Ok(rows.flat_map(|(_, rows)| rows).copied().collect())
    }
}

/// The variants of an enum in source order, in the layout of rustfmt.
fn variants<'a>(source: &'a str, name: &str) -> Vec<&'a str> {
    let (_, rest) = source.split_once(&format!("pub enum {name} {{\n")).unwrap_or_default();
    let body = rest.split("\n}\n").next().unwrap_or_default();
    let lines = body.lines().filter_map(|line| line.strip_prefix("    "));
    let variants = lines.filter(|line| line.starts_with(|first: char| first.is_ascii_uppercase()));
    variants.map(|line| line.split(|part: char| !part.is_alphanumeric()).next().unwrap_or_default()).collect()
}

/// The rows of the manual's tables, by heading.
///
/// # Errors
/// An outcome whose variants are others than those that are listed here.
pub(crate) fn refusals(sources: &[Source]) -> Result<Vec<(&'static str, Vec<String>)>, RenderError> {
    let (barred, held_back) = (bars().ordered(sources)?, own_limits().ordered(sources)?);
    let row = |(kind, cause): &Row| format!("| {cause} | {} | `{}` |", kind.status(), kind.code());
    let missing = (ProblemKind::SwitchedOff, "no payment provider");
    [
        ("### A bet on a round", None, bet(&barred, &held_back)),
        (
            "### A bet on a house game",
            Some((ProblemKind::NotFound, "unknown room or period")),
            game_bet(&barred, &held_back),
        ),
        ("### A deposit", Some(missing), deposit(&barred)),
        ("### A withdrawal", Some(missing), withdrawal()),
    ]
    .into_iter()
    .map(|(heading, before, outcome)| {
        let rows = outcome.ordered(sources)?;
        Ok((heading, before.iter().chain(&rows).map(row).collect()))
    })
    .collect()
}

fn bars() -> Outcome {
    let unknown = "no answer from the [exclusion register](operator.md#exclusion-register)";
    Outcome {
        name: "PlayBarrier",
        source: "shared/own-limits/src/play_barrier.rs",
        rows: vec![
            ("Unknown", vec![(barred(PlayBarrier::Unknown).kind, unknown)]),
            ("Excluded", vec![(barred(PlayBarrier::Excluded).kind, "player in the register")]),
        ],
    }
}

fn own_limits() -> Outcome {
    let (at, kind, limit) = (Timestamp::UNIX_EPOCH, PlayLimitKind::VARIANTS[0], Amount::ZERO);
    let over = PlayRefusal::OverLimit { kind, period: Period::VARIANTS[0], limit, left: limit };
    let row = |refusal, cause| vec![(over_own_limits(&refusal, "amount").kind, cause)];
    Outcome {
        name: "PlayRefusal",
        source: "shared/own-limits/src/play_limits.rs",
        rows: vec![
            ("Excluded", row(PlayRefusal::Excluded { until: at }, "player [excluded](#player-limits)")),
            ("Held", row(PlayRefusal::Held, "player [held](cashier.md#debts-and-holds)")),
            (
                "RealityCheckDue",
                row(PlayRefusal::RealityCheckDue { since: at }, "[reality check](#player-limits) due"),
            ),
            ("OverLimit", row(over, "stake above a player's [limit](#player-limits)")),
        ],
    }
}

/// The first checks of each route.
fn first(repeated: &'static str) -> Vec<(&'static str, Vec<Row>)> {
    vec![
        ("SessionEnded", vec![(ProblemKind::Unauthorized, "session [ended](operator.md#ended-sessions)")]),
        (repeated, vec![]),
        ("AccountBlocked", vec![(ProblemKind::AccountBlocked, "account blocked")]),
        ("KeyUsedForAnotherBody", vec![(ProblemKind::IdempotencyKeyReused, "key used for another request")]),
    ]
}

/// The switches of the operators: for good, and for a while.
fn off(switched_off: &'static str, paused: &'static str) -> Vec<Row> {
    vec![(ProblemKind::SwitchedOff, switched_off), (ProblemKind::Paused, paused)]
}

fn bets_off() -> Vec<Row> {
    off("bets switched off", "bets [paused](operator.md#pause-the-stage)")
}

const INSUFFICIENT: Row = (ProblemKind::InsufficientBalance, "balance too low");

fn bet(barred: &[Row], held_back: &[Row]) -> Outcome {
    use ProblemKind::{Forbidden, Invalid, NotFound, RoundState, TooManyWaitingBets};
    let runs_round = "operators run the round, and the player has a staff role or opened it";
    let too_fine = "stake with more decimals than the currency, or below the round's minimum";
    let mut rows = first("PlacedBefore");
    rows.extend([
        ("Barred", barred.to_vec()),
        ("BetsOff", bets_off()),
        ("RoundNotOpen", vec![(RoundState, "round not open, or closed")]),
        ("RoundPastClosing", vec![]),
        ("RunsRound", vec![(Forbidden, runs_round)]),
        ("StakeTooFine", vec![(Invalid, too_fine)]),
        ("StakeTooSmall", vec![]),
        ("TooManyWaiting", vec![(TooManyWaitingBets, "too many unmatched bets of the player in the round")]),
        ("OverOwnLimits", held_back.to_vec()),
        ("InsufficientBalance", vec![INSUFFICIENT]),
        ("UnknownRound", vec![(NotFound, "unknown round, and bets open none")]),
        ("Placed", vec![]),
    ]);
    Outcome { name: "PlaceBetOutcome", source: "shared/exchange/src/place_bet.rs", rows }
}

fn game_bet(barred: &[Row], held_back: &[Row]) -> Outcome {
    use ProblemKind::{
        ExposureLimit, Forbidden, Invalid, OverLimit, PeriodFull, PeriodState, TooManyGameBets,
    };
    let too_fine = "stake with more decimals than the currency, or outside the room's limits";
    let mut rows = first("PlacedBefore");
    rows.extend([
        ("Barred", barred.to_vec()),
        ("BetsOff", bets_off()),
        ("RunsPlatform", vec![(Forbidden, "player has a staff role")]),
        ("PeriodNotOpen", vec![(PeriodState, "period not open yet, or closed")]),
        ("PeriodNotYetOpen", vec![]),
        ("PeriodPastClosing", vec![]),
        ("StakeTooFine", vec![(Invalid, too_fine)]),
        ("StakeOutOfRange", vec![]),
        ("TooManyBets", vec![(TooManyGameBets, "too many bets of the player on the period")]),
        ("StakedTooMuch", vec![(OverLimit, "player's stakes on the period above the room's limit")]),
        ("PeriodFull", vec![(PeriodFull, "period full; the next one takes bets")]),
        ("OverExposure", vec![(ExposureLimit, "period would cost the house more than its share")]),
        ("OverOwnLimits", held_back.to_vec()),
        ("InsufficientBalance", vec![INSUFFICIENT]),
        ("Placed", vec![]),
    ]);
    Outcome { name: "PlaceGameBetOutcome", source: "shared/games/src/place_bet.rs", rows }
}

fn deposit(barred: &[Row]) -> Outcome {
    use ProblemKind::{Excluded, IdentityMissing, Invalid, OverLimit, TooManyOpenDeposits};
    let mut rows = first("OpenedBefore");
    rows.extend([
        ("Barred", barred.to_vec()),
        ("DepositsOff", off("deposits switched off", "deposits [paused](operator.md#pause-the-stage)")),
        ("Excluded", vec![(Excluded, "player [excluded](#player-limits)")]),
        ("TooSmall", vec![(Invalid, "amount below the minimum or above the maximum")]),
        ("TooLarge", vec![]),
        ("TooManyOpen", vec![(TooManyOpenDeposits, "player has 20 open deposits")]),
        ("OverLimit", vec![(OverLimit, "amount above a player's [limit](#player-limits)")]),
        (
            "IdentityMissing",
            vec![(IdentityMissing, "player must be [verified](cashier.md#player-identity) first")],
        ),
    ]);
    Outcome { name: "OpenDepositRefusal", source: "shared/payments/src/deposits/open_deposit.rs", rows }
}

fn withdrawal() -> Outcome {
    use ProblemKind::{Invalid, NotFound, PayeeNotUsable, TurnoverMissing};
    let too_small = "amount below the minimum, or above the limit of the payee's payment system";
    let mut rows = first("RequestedBefore");
    rows.extend([
        (
            "WithdrawalsOff",
            off("withdrawals switched off", "withdrawals [paused](operator.md#pause-the-stage)"),
        ),
        ("UnknownPayee", vec![(NotFound, "payee not the player's")]),
        ("PayeeNotUsable", vec![(PayeeNotUsable, "payee cannot be paid yet")]),
        ("TooSmall", vec![(Invalid, too_small)]),
        ("AbovePayoutLimit", vec![]),
        ("TurnoverMissing", vec![(TurnoverMissing, "more stakes required first")]),
        ("InsufficientBalance", vec![INSUFFICIENT]),
    ]);
    Outcome {
        name: "RequestWithdrawalRefusal",
        source: "shared/payments/src/withdrawals/request_withdrawal.rs",
        rows,
    }
}

#[test]
fn rows_have_the_order_of_the_variants() {
    let of = |text: &str| {
        let bytes = format!("pub enum Outcome {{\n{text}}}\n").into_bytes();
        let rows = vec![
            ("First", vec![(ProblemKind::Forbidden, "a"), INSUFFICIENT]),
            ("Second", vec![(ProblemKind::Invalid, "b")]),
        ];
        let causes = |rows: Vec<Row>| rows.into_iter().map(|(_, cause)| cause).collect::<Vec<_>>();
        let outcome = Outcome { name: "Outcome", source: "a.rs", rows };
        outcome.ordered(&[Source { path: "a.rs".to_owned(), bytes }]).map(causes)
    };
    let (first, second) =
        ("    /// Why.\n    First,\n", "    Second {\n        /// More.\n        More: u8,\n    },\n");
    assert_eq!(of(&[first, second].concat()), Ok(vec!["a", "balance too low", "b"]));
    assert_eq!(of(&[second, first].concat()), Ok(vec!["b", "a", "balance too low"]));
    for others in [first.to_owned(), [first, second, "    Third,\n"].concat(), String::new()] {
        assert!(of(&others).is_err(), "{others}");
    }
}
