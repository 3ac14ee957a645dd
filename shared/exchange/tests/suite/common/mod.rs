//! Short names for values that the tests often use.

use evens_draws::{Nonce, Seed};
use evens_exchange::{
    CommissionRate, Deadlines, Draw, Match, MatchId, MatchState, OracleKey, Outcome, Round, RoundId,
    RoundOutcome, RoundState, RoundTerms, Side, SignedResult, Stake, UnmatchedBet,
};
use evens_idempotency::{BetId, IdempotencyKey};
use evens_ledger::{Amount, UserId, Wallet};
use jiff::Timestamp;

pub(crate) const ROUND: &str = "round-2024-01-01";

/// The public key of the Ed25519 private key with the bytes 0 to 31. `tests/round.rs` says how to make the signatures.
pub(crate) const ORACLE: [u8; 32] = [
    0x03, 0xa1, 0x07, 0xbf, 0xf3, 0xce, 0x10, 0xbe, 0x1d, 0x70, 0xdd, 0x18, 0xe7, 0x4b, 0xc0, 0x99, 0x67,
    0xe4, 0xd6, 0x30, 0x9b, 0xa5, 0x0d, 0x5f, 0x1d, 0xdc, 0x86, 0x64, 0x12, 0x55, 0x31, 0xb8,
];

pub(crate) fn amount(text: &str) -> Amount {
    text.parse().expect("an amount")
}

pub(crate) fn stake(text: &str) -> Stake {
    Stake::parse(amount(text)).expect("a stake")
}

/// This many seconds after the start of 2024 (UTC).
pub(crate) fn second(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_704_067_200 + seconds).expect("a time")
}

pub(crate) fn user(number: u64) -> UserId {
    UserId::new(number).expect("a player's number")
}

pub(crate) fn round_id(text: &str) -> RoundId {
    text.parse().expect("a round's id")
}

pub(crate) fn bet_id(player: u64, key: &str) -> BetId {
    let key: IdempotencyKey = key.parse().expect("an idempotency key");
    BetId::derive(user(player), &key)
}

pub(crate) fn wallet(player: u64, balance: &str) -> Wallet {
    Wallet { balance: amount(balance), ..Wallet::empty(user(player)) }
}

/// The seed with the bytes 0 to 31: `000102…1e1f`.
pub(crate) fn seed() -> Seed {
    Seed::from_bytes(std::array::from_fn(|index| u8::try_from(index).expect("below 32")))
}

/// A seed that no round in these tests is committed to.
pub(crate) fn other_seed() -> Seed {
    Seed::from_bytes([0xff; 32])
}

/// The nonce of the bet on this side, 32 consecutive bytes: `202122…3e3f` on A, `404142…5e5f` on B.
pub(crate) fn nonce(side: Side) -> Nonce {
    let first = match side {
        Side::A => 0x20,
        Side::B => 0x40,
    };
    Nonce::from_bytes(std::array::from_fn(|index| first + u8::try_from(index).expect("below 32")))
}

pub(crate) fn draw(name: &str) -> Draw {
    match name {
        "match" => Draw::Match,
        "round" => Draw::Round,
        "oracle" => Draw::Oracle(OracleKey { name: "referee".to_owned(), public_key: ORACLE }),
        _ => panic!("no draw is called {name}"),
    }
}

/// The usual round, open since the start of 2024 and committed to [`seed`]. Its first bet opened it, so it has no
/// deadlines and no minimum stake of its own.
pub(crate) fn open_round(draw: Draw) -> Round {
    let terms = RoundTerms::endless(round_id(ROUND), draw, Amount::ZERO);
    Round::open(terms, &seed(), second(0))
}

/// The deadlines of a round that closes by second 100 and has its result by second 200.
pub(crate) fn deadlines() -> Deadlines {
    Deadlines { closes_by: second(100), result_by: second(200) }
}

/// The usual round with this draw, in this state. `closing` and `cancelling` mean closed and cancelled with a seed that
/// is not public yet. The round ended at second 10. If it has a result, side A won, or the side named after the state.
pub(crate) fn round(draw_name: &str, state: &str) -> Round {
    Round { state: round_state(state, second(10), second(20)), ..open_round(draw(draw_name)) }
}

/// The state with this name. The round ended at `ended_at`, and its outcome was fixed at `fixed_at`.
pub(crate) fn round_state(name: &str, ended_at: Timestamp, fixed_at: Timestamp) -> RoundState {
    let public = Some(seed());
    let resulted = |winner| {
        let outcome = RoundOutcome { winner, fixed_at, signature: None };
        RoundState::Resulted { closed_at: ended_at, seed: seed(), outcome }
    };
    match name {
        "open" => RoundState::Open,
        "closing" => RoundState::Closed { closed_at: ended_at, seed: None },
        "closed" => RoundState::Closed { closed_at: ended_at, seed: public },
        "cancelling" => RoundState::Cancelled { cancelled_at: ended_at, seed: None },
        "cancelled" => RoundState::Cancelled { cancelled_at: ended_at, seed: public },
        "resulted" => resulted(Side::A),
        "resulted-B" => resulted(Side::B),
        _ => panic!("no state is called {name}"),
    }
}

/// The oracle's result: side A.
pub(crate) fn signed_a() -> SignedResult {
    signed(
        Side::A,
        "fb9021b1ef2717b91360df7a82819f50a1f9977afed351ca9c59ef57230faecf\
         ea211e587fc03954f6ffbffb9672415fa0262f3ba04140c7ea6698de93b16700",
    )
}

/// The oracle's result: side B.
pub(crate) fn signed_b() -> SignedResult {
    signed(
        Side::B,
        "be7ad64a16a7afcaa7543af918bcda6d2d5d2f733e7228ba7407b794d2327248\
         b7714860c24f73b1c508865cc28505c23819aa42f884d7edbc3079b73b7a7c0f",
    )
}

/// The oracle's result for the round `round-2024-01-02`: side A.
pub(crate) fn signed_a_for_the_next_round() -> SignedResult {
    signed(
        Side::A,
        "11e1555c3e7a76317a98f0e2b80f2139cff73ef41f1fffc89add19c7a100fdca\
         53f0a82adf1ff79df4b855bcf4c8152478c9dd42909cb2abb3596763bd504207",
    )
}

fn signed(winner: Side, signature: &str) -> SignedResult {
    SignedResult { winner, signature: hex::decode(signature).expect("hexadecimal digits") }
}

/// The unmatched part of player 1's bet on side A, or of player 2's bet on side B.
pub(crate) fn waiting(side: Side, open: &str) -> UnmatchedBet {
    let player = match side {
        Side::A => 1,
        Side::B => 2,
    };
    UnmatchedBet {
        bet: bet_id(player, "key-1"),
        user: user(player),
        round: round_id(ROUND),
        side,
        placed_at: second(0),
        nonce: Some(nonce(side)),
        commission: CommissionRate::NONE,
        open: amount(open),
        is_closed: false,
    }
}

/// The match between player 1 on side A and player 2 on side B.
pub(crate) fn bet_match(matched: &str, state: MatchState) -> Match {
    let (bet_a, bet_b) = (bet_id(1, "key-1"), bet_id(2, "key-1"));
    Match {
        id: MatchId::derive(bet_a, bet_b),
        round: round_id(ROUND),
        bet_a,
        bet_b,
        user_a: user(1),
        user_b: user(2),
        nonce_a: Some(nonce(Side::A)),
        nonce_b: Some(nonce(Side::B)),
        commission_a: CommissionRate::NONE,
        commission_b: CommissionRate::NONE,
        amount: amount(matched),
        joined_at: second(1),
        has_checked_players: true,
        state,
    }
}

/// An outcome drawn two seconds into 2024.
pub(crate) fn outcome(winner: Side) -> Outcome {
    Outcome { winner, drawn_at: second(2) }
}

/// The rows of a table in a test: its lines without the header, each split at white space.
pub(crate) fn rows<const COLUMNS: usize>(table: &str) -> Vec<[&str; COLUMNS]> {
    let lines = table.lines().filter(|line| !line.trim().is_empty()).skip(1);
    let cells = lines.map(|line| line.split_whitespace().collect::<Vec<_>>());
    cells.map(|cells| cells.try_into().expect("one cell for each column")).collect()
}

/// The value of a cell, where `_` means the usual value.
pub(crate) fn or_usual<'a>(cell: &'a str, usual: &'a str) -> &'a str {
    if cell == "_" { usual } else { cell }
}
