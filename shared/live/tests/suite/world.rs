//! Players, rounds, bets and wallets as tests want them.

use evens_draws::Seed;
use evens_exchange::{
    Bet, BetView, CommissionRate, Draw, Round, RoundOutcome, RoundState, RoundTerms, Side, Stake,
};
use evens_idempotency::BetId;
use evens_ledger::{Amount, UserId, Wallet};
use jiff::Timestamp;

pub(crate) fn user(number: u64) -> UserId {
    UserId::new(number).unwrap()
}

pub(crate) fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

pub(crate) fn second(number: i64) -> Timestamp {
    Timestamp::from_second(number).unwrap()
}

pub(crate) fn bet_id(number: u8) -> BetId {
    format!("00000000-0000-4000-8000-0000000000{number:02x}").parse().unwrap()
}

/// A bet of player 42 on 100, of which so much is open, settled and refunded.
pub(crate) fn view(number: u8, [open, settled, refunded]: [&str; 3]) -> BetView {
    let round = "r".parse().unwrap();
    let stake = Stake::parse(amount("100")).unwrap();
    let bet = Bet {
        id: bet_id(number),
        user: user(42),
        fingerprint: Bet::fingerprint_of(user(42), &round, Side::A, stake),
        round,
        side: Side::A,
        stake,
        nonce: None,
        commission: CommissionRate::NONE,
        balance_after: Amount::ZERO,
        placed_at: second(0),
        settled: amount(settled),
        refunded: amount(refunded),
        paid: Amount::ZERO,
        commission_paid: Amount::ZERO,
        updated_at: second(0),
    };
    BetView { bet, open: amount(open) }
}

pub(crate) fn wallet(version: u64, locked: &str) -> Wallet {
    Wallet { version, locked: amount(locked), ..Wallet::empty(user(42)) }
}

pub(crate) fn round(state: RoundState) -> Round {
    let terms = RoundTerms::endless("r".parse().unwrap(), Draw::Round, Amount::ZERO);
    Round { state, ..Round::open(terms, &seed(), second(0)) }
}

pub(crate) fn seed() -> Seed {
    Seed::from_bytes([7; 32])
}

pub(crate) fn resulted() -> RoundState {
    let outcome = RoundOutcome { winner: Side::A, fixed_at: second(2), signature: None };
    RoundState::Resulted { closed_at: second(1), seed: seed(), outcome }
}
