//! Placing a bet: the order of the refusals, and the writes if there is none.

use crate::common::{
    ROUND, amount, bet_id, deadlines, nonce, open_round, or_usual, round_id, rows, second, stake, user,
    wallet,
};
use evens_draws::Nonce;
use evens_exchange::{
    Bet, BettingLimits, CommissionRate, Draw, PlaceBet, PlaceBetInput, PlaceBetOutcome, Placement,
    REFUND_AFTER, Round, RoundStateName, Side, UnmatchedBet, place_bet,
};
use evens_idempotency::ExistingBet;
use evens_ledger::{Amount, EntryKind, SystemAccount, Wallet, WalletOwner};
use evens_own_limits::{PerPeriod, Period, PlayBarrier, PlayLimitKind, PlayLimits, PlayRefusal, PlayRules};
use jiff::tz::Offset;

/// Each row is the row above with one fault repaired, so the table proves the precedence.
///
/// - `key` is `new`, or was used for the `same` bet or for a different one. The difference is its `side`, its `stake`
///   or its `round`, or it was a bet on a house `game`.
/// - `account`: the session of an `ended` player was ended, and so was that of a `blocked` one, by the block. An
///   exclusion register lists both, and a `barred` player. It gives no answer about an `unsure` one.
/// - `bets` are `off` if the platform accepts none.
/// - `round` is its state, or `none` if there is no round. A `dear` round is open with a minimum stake of 5. Every
///   round closes by second 100.
/// - `opener` is `self` if the player opened the round. With `other`, an operator opened it and the player's token has
///   a role too; with `role`, only the account has it.
///
/// The platform has a minimum stake of 1, a currency with 2 decimals, and allows 3 unmatched bets. `_` is the usual
/// value: a new key, an account in good order, an open round of another user and second 3. The usual stake is 10, with
/// no unmatched bets and a balance of 100.
const TABLE: &str = "
    key    account  bets  round       second  opener  stake          waiting  own   balance     outcome
    same   ended    off   cancelled   100     self    0.99           3        0     0.98        SessionEnded
    new    ended    off   cancelled   100     self    0.99           3        0     0.98        SessionEnded
    same   blocked  off   cancelled   100     self    0.99           3        0     0.98        PlacedBefore
    new    blocked  off   cancelled   100     self    0.99           3        0     0.98        AccountBlocked
    round  blocked  off   cancelled   100     self    0.99           3        0     0.98        AccountBlocked
    game   blocked  off   cancelled   100     self    0.99           3        0     0.98        AccountBlocked
    game   barred   off   cancelled   100     self    0.99           3        0     0.98        KeyUsedForAnotherBody
    round  barred   off   cancelled   100     self    0.99           3        0     0.98        KeyUsedForAnotherBody
    stake  barred   off   cancelled   100     self    0.99           3        0     0.98        KeyUsedForAnotherBody
    side   barred   off   cancelled   100     self    0.99           3        0     0.98        KeyUsedForAnotherBody
    new    barred   off   cancelled   100     self    0.99           3        0     0.98        Barred
    new    unsure   off   cancelled   100     self    0.99           3        0     0.98        Barred
    new    _        off   cancelled   100     self    0.99           3        0     0.98        BetsOff
    new    _        _     cancelled   100     self    0.99           3        0     0.98        RoundNotOpen
    new    _        _     cancelling  100     self    0.99           3        0     0.98        RoundNotOpen
    new    _        _     resulted    100     self    0.99           3        0     0.98        RoundNotOpen
    new    _        _     closed      100     self    0.99           3        0     0.98        RoundNotOpen
    new    _        _     closing     100     self    0.99           3        0     0.98        RoundNotOpen
    new    _        _     open        100     self    0.99           3        0     0.98        RoundPastClosing
    new    _        _     open        99      self    0.99           3        0     0.98        RunsRound
    new    _        _     open        99      other   0.99           3        0     0.98        RunsRound
    new    _        _     open        99      role    0.99           3        0     0.98        RunsRound
    new    _        _     open        99      _       0.991          3        0     0.98        StakeTooFine
    new    _        _     open        99      _       0.99           3        0     0.98        StakeTooSmall
    new    _        _     open        99      _       1              3        0     0.98        TooManyWaiting
    new    _        _     open        99      _       1              2        0     0.98        OverOwnLimits
    _      _        _     none        99      _       1              2        0     0.98        OverOwnLimits
    new    _        _     open        99      _       1              2        _     0.98        InsufficientBalance
    _      _        _     none        99      _       1              2        _     0.98        InsufficientBalance
    _      _        _     none        99      _       1              2        _     1           UnknownRound
    _      _        _     open        99      _       1              2        _     1           Placed
    _      blocked  _     none        _       _       0.99           3        _     0.98        AccountBlocked
    _      _        _     none        _       _       0.99           3        _     0.98        StakeTooSmall
    _      _        _     none        _       other   1              3        _     0.98        TooManyWaiting
    _      _        _     none        _       _       1              2        _     0.98        InsufficientBalance
    _      _        _     _           101     _       _              _        _     _           RoundPastClosing
    _      _        _     _           _       _       0.00000001     _        _     _           StakeTooFine
    _      _        _     _           _       _       1.23456789     _        _     _           StakeTooFine
    _      _        _     none        _       _       1.001          _        _     _           StakeTooFine
    _      _        _     _           _       _       1.230000       _        _     _           Placed
    _      _        _     _           _       _       0.99           _        _     _           StakeTooSmall
    _      _        _     _           _       _       1              _        _     _           Placed
    _      _        _     dear        _       _       4.99           _        _     _           StakeTooSmall
    _      _        _     dear        _       _       5              _        _     _           Placed
    _      _        _     _           _       _       _              4        _     _           TooManyWaiting
    _      _        _     _           _       _       10.00          _        9     9.99999999  OverOwnLimits
    _      _        _     _           _       _       10.00          _        _     9.99999999  InsufficientBalance
    _      _        _     _           _       _       10.00          _        _     10.00       Placed
    _      _        _     _           _       _       1000000000000  _        _     _           InsufficientBalance
    _      _        _     _           _       _       1e12           _        _     1e12        Placed
    same   _        _     _           _       _       _              _        _     0           PlacedBefore
    same   _        _     none        _       _       _              _        _     _           PlacedBefore
    same   blocked  _     _           _       _       _              _        _     _           PlacedBefore
    same   barred   _     _           _       _       _              _        _     _           PlacedBefore
    side   _        _     _           _       _       _              _        _     _           KeyUsedForAnotherBody
    _      _        _     _           _       _       _              _        _     _           Placed
";

macro_rules! walk {
    ($($variant:ident)*) => {
        /// Every variant, in the order of the checks.
        const OUTCOMES: &[&str] = &[$(stringify!($variant)),*];

        fn name(outcome: &PlaceBetOutcome) -> &'static str {
            match outcome {
                $(PlaceBetOutcome::$variant { .. } => stringify!($variant),)*
            }
        }
    };
}

walk!(SessionEnded PlacedBefore AccountBlocked KeyUsedForAnotherBody Barred BetsOff RoundNotOpen RoundPastClosing RunsRound
    StakeTooFine StakeTooSmall TooManyWaiting OverOwnLimits InsufficientBalance UnknownRound Placed);

fn limits() -> BettingLimits {
    let (stake_min, day_offset) = (amount("1"), Offset::UTC);
    BettingLimits {
        is_open: true,
        stake_min,
        decimals: 2,
        waiting_max: 3,
        refund_after: REFUND_AFTER,
        day_offset,
    }
}

fn command(staked: &str) -> PlaceBet {
    PlaceBet {
        bet: bet_id(1, "key-1"),
        user: user(1),
        round: round_id(ROUND),
        side: Side::A,
        stake: stake(staked),
        nonce: nonce(Side::A),
        by_staff: false,
        barred: None,
        session_started_at: second(0),
        session_epoch: 0,
    }
}

/// The commission rate of the round.
fn commission() -> CommissionRate {
    "0.025".parse().expect("a rate")
}

/// The round of the table. Player 9 opened it.
fn round(state: &str) -> Option<Round> {
    let (state, stake_min) = match state {
        "none" => return None,
        "dear" => ("open", "5"),
        state => (state, "0"),
    };
    Some(Round {
        opened_by: Some(user(9)),
        stake_min: amount(stake_min),
        commission: commission(),
        deadlines: Some(deadlines()),
        ..crate::common::round("match", state)
    })
}

/// The state in which nothing prevents a bet.
fn nothing_in_the_way<'a>(round: &'a Round, wallet: &'a Wallet) -> PlaceBetInput<'a> {
    let play = &PlayLimits::NONE;
    PlaceBetInput {
        existing: None,
        owner: WalletOwner::default(),
        round: Some(round),
        waiting: 0,
        wallet,
        play,
    }
}

/// Places the bet in an open round with this wallet.
fn place(command: &PlaceBet, wallet: &Wallet) -> PlaceBetOutcome {
    let round = round("open").expect("there is one");
    place_bet(command, nothing_in_the_way(&round, wallet), limits(), second(3))
}

/// The bet that this command placed under the key earlier, when the minimum stake was lower. Its stake is settled now.
fn placed(command: &PlaceBet) -> Bet {
    let round = Round { id: command.round.clone(), ..open_round(Draw::Match) };
    let limits = BettingLimits { stake_min: Amount::ZERO, decimals: Amount::DECIMALS_MAX, ..limits() };
    let full = wallet(1, "9e15");
    // The exclusion register did not list the player at that time.
    let command = &PlaceBet { barred: None, ..command.clone() };
    match place_bet(command, nothing_in_the_way(&round, &full), limits, second(0)) {
        PlaceBetOutcome::Placed(placement) => Bet { settled: command.stake.amount(), ..placement.bet },
        refused => panic!("{refused:?}"),
    }
}

fn existing(key: &str, command: &PlaceBet) -> Option<ExistingBet<Bet>> {
    let other = match key {
        "new" => return None,
        "game" => return Some(ExistingBet::OtherKind),
        "same" => command.clone(),
        "side" => PlaceBet { side: Side::B, ..command.clone() },
        "stake" => PlaceBet { stake: stake("11"), ..command.clone() },
        "round" => PlaceBet { round: round_id("another"), ..command.clone() },
        _ => panic!("no key is called {key}"),
    };
    Some(ExistingBet::Bet(placed(&other)))
}

fn barred(account: &str) -> Option<PlayBarrier> {
    match account {
        "barred" | "blocked" | "ended" => Some(PlayBarrier::Excluded),
        "unsure" => Some(PlayBarrier::Unknown),
        _ => None,
    }
}

/// The player's own daily limit of stakes, if any.
fn limited(own: &str) -> PlayLimits {
    let stakes = PerPeriod { day: (own != "_").then(|| amount(own)), ..PerPeriod::default() };
    PlayLimits { rules: PlayRules { stakes, ..PlayRules::NONE }, ..PlayLimits::NONE }
}

fn check(
    [key, account, bets, state, at, opener, staked, waiting, own, balance, _]: [&str; 11],
) -> PlaceBetOutcome {
    let (by_staff, barred) = (opener == "other", barred(account));
    let command = PlaceBet { by_staff, barred, ..command(or_usual(staked, "10")) };
    let mut round = round(or_usual(state, "open"));
    if let Some(round) = round.as_mut().filter(|_| opener == "self") {
        round.opened_by = Some(command.user);
    }
    let input = PlaceBetInput {
        existing: existing(or_usual(key, "new"), &command),
        owner: WalletOwner {
            is_blocked: account == "blocked",
            is_staff: opener == "role",
            session_epoch: u64::from(["blocked", "ended"].contains(&account)),
            recovered_at: None,
        },
        round: round.as_ref(),
        waiting: or_usual(waiting, "0").parse().expect("a number"),
        wallet: &wallet(1, or_usual(balance, "100")),
        play: &limited(own),
    };
    let limits = BettingLimits { is_open: bets != "off", ..limits() };
    place_bet(&command, input, limits, second(or_usual(at, "3").parse().expect("a number")))
}

#[test]
fn refusals_have_their_order() {
    for row in rows(TABLE) {
        assert_eq!(name(&check(row)), row[10], "{row:?}");
    }
}

#[test]
fn every_outcome_has_a_row_and_first_appears_in_its_place() {
    let mut input: Vec<&str> = rows::<11>(TABLE).iter().map(|row| row[10]).collect();
    let mut first = std::collections::HashSet::new();
    input.retain(|outcome| first.insert(*outcome));
    assert_eq!(input, OUTCOMES);
}

#[test]
fn refusals_say_what_they_are_about() {
    let refused = |row: &str| check(rows(&format!("header\n{row}"))[0]);
    let used = PlaceBetOutcome::KeyUsedForAnotherBody { bet: bet_id(1, "key-1") };
    assert_eq!(refused("side _ _ _ _ _ _ _ _ _ ?"), used);
    let closed = PlaceBetOutcome::RoundNotOpen { state: RoundStateName::Closed };
    assert_eq!(
        [refused("_ _ _ closing _ _ _ _ _ _ ?"), refused("_ _ _ closed _ _ _ _ _ _ ?")],
        [closed.clone(), closed]
    );
    let late = PlaceBetOutcome::RoundPastClosing { closes_by: second(100) };
    assert_eq!(refused("_ _ _ _ 120 _ _ _ _ _ ?"), late);
    for (round, stake_min) in [("open", "1"), ("none", "1"), ("dear", "5")] {
        let small = PlaceBetOutcome::StakeTooSmall { stake_min: amount(stake_min) };
        assert_eq!(refused(&format!("_ _ _ {round} _ _ 0.5 _ _ _ ?")), small, "{round}");
    }
    let many = PlaceBetOutcome::TooManyWaiting { waiting_max: 3 };
    assert_eq!(refused("_ _ _ _ _ _ _ 3 _ _ ?"), many);
    let over = PlayRefusal::OverLimit {
        kind: PlayLimitKind::Stakes,
        period: Period::Day,
        limit: amount("9"),
        left: amount("9"),
    };
    assert_eq!(refused("_ _ _ none _ _ _ _ 9 _ ?"), PlaceBetOutcome::OverOwnLimits(over));
    let low = PlaceBetOutcome::InsufficientBalance { balance: amount("5"), stake: amount("10") };
    assert_eq!(refused("_ _ _ _ _ _ 10.00 _ _ 5.00 ?"), low);
}

/// X35: a bonus pays for house games only.
#[test]
fn a_bonus_pays_for_no_bet() {
    let with_bonus = Wallet { bonus: amount("1000"), ..wallet(1, "5") };
    let low = PlaceBetOutcome::InsufficientBalance { balance: amount("5"), stake: amount("10") };
    assert_eq!(place(&command("10.00"), &with_bonus), low);
}

/// The answer to a repeat when everything else is in order.
fn repeat(command: &PlaceBet, existing: Bet, at: i64) -> PlaceBetOutcome {
    let (round, wallet) = (round("open").expect("there is one"), wallet(1, "100"));
    let input =
        PlaceBetInput { existing: Some(ExistingBet::Bet(existing)), ..nothing_in_the_way(&round, &wallet) };
    place_bet(command, input, limits(), second(at))
}

#[test]
fn a_repeat_finds_the_bet_as_it_stands_now() {
    let command = command("10.00");
    let bet = Bet { paid: amount("20"), ..placed(&command) };
    assert_eq!(repeat(&command, bet.clone(), 9), PlaceBetOutcome::PlacedBefore(Box::new(bet)));
}

/// The server draws a nonce for each request. The bet keeps the nonce it was placed with.
#[test]
fn a_repeat_finds_the_nonce_of_the_first_request() {
    let first = placed(&command("10"));
    let again = PlaceBet { nonce: Nonce::from_bytes([7; 32]), ..command("10") };
    assert_eq!(again.fingerprint(), command("10").fingerprint());
    let PlaceBetOutcome::PlacedBefore(found) = repeat(&again, first, 4) else {
        panic!("it is the same request");
    };
    assert_eq!(found.nonce, Some(nonce(Side::A)));
}

#[test]
fn a_placement_is_written_whole() {
    let (command, before) = (command("100.50"), wallet(1, "500"));
    let PlaceBetOutcome::Placed(placement) = place(&command, &before) else {
        panic!("the bet can be placed");
    };
    let Placement { wallet, entry, bet, waiting, play } = *placement;
    let staked = [play.sums.day, play.sums.week, play.sums.month].map(|sum| sum.staked);
    assert_eq!((play.rules, staked), (PlayRules::NONE, [amount("100.5"); 3]), "counted without a limit");
    let expected_bet = Bet {
        id: command.bet,
        user: user(1),
        round: round_id(ROUND),
        side: Side::A,
        stake: stake("100.5"),
        fingerprint: command.fingerprint(),
        nonce: Some(nonce(Side::A)),
        commission: commission(),
        balance_after: amount("399.5"),
        placed_at: second(3),
        settled: Amount::ZERO,
        refunded: Amount::ZERO,
        paid: Amount::ZERO,
        commission_paid: Amount::ZERO,
        updated_at: second(3),
    };
    let expected_waiting = UnmatchedBet {
        bet: command.bet,
        user: user(1),
        round: round_id(ROUND),
        side: Side::A,
        placed_at: second(3),
        nonce: Some(nonce(Side::A)),
        commission: commission(),
        open: amount("100.5"),
        is_closed: false,
    };
    assert_eq!((bet, waiting), (expected_bet, expected_waiting));
    assert_eq!(entry.key.to_string(), format!("BET:{}", command.bet));
    assert_eq!((entry.kind, entry.units_signed()), (EntryKind::Debit, -10_050_000_000));
    assert_eq!(entry.account, SystemAccount::Stakes(ROUND.to_owned()));
    assert_eq!((entry.reference.clone(), entry.at), (command.bet.to_string(), second(3)));
    let explained = self::wallet(1, "500").follow(&entry).unwrap();
    assert_eq!(wallet, Wallet { newest: vec![entry.clone()], ..explained });
    assert_eq!((wallet.balance, wallet.version, wallet.head), (amount("399.5"), 1, entry.hash));
}

#[test]
fn a_request_is_the_same_however_its_stake_is_written() {
    let [one, other] = ["100.50", "1005e-1"].map(|staked| command(staked).fingerprint());
    assert_eq!(one, other);
}

#[test]
fn the_clock_is_no_part_of_a_request() {
    let first = placed(&command("10"));
    assert_eq!(repeat(&command("10"), first.clone(), 86_400), PlaceBetOutcome::PlacedBefore(Box::new(first)));
}

#[test]
#[should_panic(expected = "M8NobodyElses")]
fn a_bet_from_another_players_wallet_is_refused() {
    let _ = place(&command("10"), &wallet(2, "100"));
}
