//! Placing a bet on a period: the order of the refusals, and the writes if there is none.

use crate::common::{
    PERIOD, amount, bet_id, open_period, or_usual, period, period_id, record, rows, second, selection, stake,
    user, wallet,
};
use evens_games::{
    Exposure, ExposureRules, GameBet, GameBetRecord, PlaceGameBet, PlaceGameBetInput, PlaceGameBetOutcome,
    Purse, RoomLimits, place_game_bet,
};
use evens_idempotency::{BetId, ExistingBet};
use evens_ledger::{Amount, BalanceKind, SystemAccount, WalletOwner};
use evens_own_limits::{PerPeriod, PlayBarrier, PlayLimits, PlayRefusal, PlayRules};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

/// Each row is the row above with one fault repaired, so the table proves the precedence.
///
/// - `key` is `new`, or was used for the `same` bet or for a different one. The difference is its `stake`, its `line`
///   or its `purse`, or it was a bet against an `other` player.
/// - `account`: the session of an `ended` player was ended, and so was that of a `blocked` one, by the block. The token
///   of `staff` has a role besides player; for `role`, only the account has it. An exclusion register lists the
///   `ended`, the `blocked` and a `barred` player. It gives no answer about an `unsure` one. The last two are staff
///   too.
/// - `bets` are `off` if the platform accepts none.
/// - `mine` is the number of bets of 60 that the player already has.
/// - `others`: bets of `dear` others may already cost 450. The bets of a `crowd` cost as much and also fill the shard,
///   which takes 6 bets.
/// - `own` is the player's own daily limit of stakes, or `excluded`.
///
/// The period takes bets from second 0 to 25. The room takes stakes of 1 to 100, and from one player 3 bets and 200 in
/// total. The bet is on a number, and the house may lose 700 in the period.
///
/// `_` is the usual value: a new key, an account in good order, bets accepted in a currency with two decimals
/// (`coarse`: one), an open period and second 3. The usual stake is 10, without earlier bets or limits, from 100 in
/// cash and no bonus.
const TABLE: &str = "
    key    account  bets  period     second  stake   mine  others  own       cash   bonus  outcome
    same   ended    off   cancelled  25      0.99    3     crowd   0         0.98   _      SessionEnded
    new    ended    off   cancelled  25      0.99    3     crowd   0         0.98   _      SessionEnded
    same   blocked  off   cancelled  25      0.99    3     crowd   0         0.98   _      PlacedBefore
    new    blocked  off   cancelled  25      0.99    3     crowd   0         0.98   _      AccountBlocked
    stake  blocked  off   cancelled  25      0.99    3     crowd   0         0.98   _      AccountBlocked
    other  blocked  off   cancelled  25      0.99    3     crowd   0         0.98   _      AccountBlocked
    other  barred   off   cancelled  25      0.99    3     crowd   0         0.98   _      KeyUsedForAnotherBody
    stake  barred   off   cancelled  25      0.99    3     crowd   0         0.98   _      KeyUsedForAnotherBody
    line   barred   off   cancelled  25      0.99    3     crowd   0         0.98   _      KeyUsedForAnotherBody
    purse  barred   off   cancelled  25      0.99    3     crowd   0         0.98   _      KeyUsedForAnotherBody
    new    barred   off   cancelled  25      0.99    3     crowd   0         0.98   _      Barred
    new    unsure   off   cancelled  25      0.99    3     crowd   0         0.98   _      Barred
    new    staff    off   cancelled  25      0.99    3     crowd   0         0.98   _      BetsOff
    new    staff    _     cancelled  25      0.99    3     crowd   0         0.98   _      RunsPlatform
    new    role     _     cancelled  25      0.99    3     crowd   0         0.98   _      RunsPlatform
    new    _        _     cancelled  25      0.99    3     crowd   0         0.98   _      PeriodNotOpen
    new    _        _     settled    25      0.99    3     crowd   0         0.98   _      PeriodNotOpen
    new    _        _     resulted   25      0.99    3     crowd   0         0.98   _      PeriodNotOpen
    new    _        _     closed     25      0.99    3     crowd   0         0.98   _      PeriodNotOpen
    new    _        _     closing    25      0.99    3     crowd   0         0.98   _      PeriodNotOpen
    new    _        _     open       -1      0.99    3     crowd   0         0.98   _      PeriodNotYetOpen
    new    _        _     open       25      0.99    3     crowd   0         0.98   _      PeriodPastClosing
    new    _        coarse  open     24      0.99    3     crowd   0         0.98   _      StakeTooFine
    new    _        _     open       24      0.99    3     crowd   0         0.98   _      StakeOutOfRange
    new    _        _     open       24      100.01  3     crowd   0         0.98   _      StakeOutOfRange
    new    _        _     open       24      90      3     crowd   0         0.98   _      TooManyBets
    new    _        _     open       24      90      2     crowd   0         0.98   _      StakedTooMuch
    new    _        _     open       24      80      2     crowd   0         0.98   _      PeriodFull
    new    _        _     open       24      80      2     dear    0         0.98   _      OverExposure
    new    _        _     open       24      80      2     _       excluded  0.98   _      OverOwnLimits
    new    _        _     open       24      80      2     _       79.99     0.98   _      OverOwnLimits
    new    _        _     open       24      80      2     _       80        0.98   _      InsufficientBalance
    new    _        _     open       24      80      2     _       80        79     0.99   InsufficientBalance
    new    _        _     open       24      80      2     _       80        79     1      Placed
    _      _        coarse  _        _       1.23    _     _       _         _      _      StakeTooFine
    _      _        coarse  _        _       1.20    _     _       _         _      _      Placed
    _      _        _     _          0       1       _     _       _         1      _      Placed
    _      _        _     _          _       100     _     _       _         _      _      OverExposure
    _      _        _     _          _       89.51   _     _       _         _      _      Placed
    _      _        _     _          _       89.52   _     _       _         _      _      OverExposure
    _      _        _     _          _       10      _     _       5         _      5      Placed
    _      _        _     _          _       10      _     _       4.99      _      5      OverOwnLimits
    _      _        _     _          _       10      _     _       excluded  _      10     OverOwnLimits
    same   _        _     _          _       _       _     _       _         0      _      PlacedBefore
    same   blocked  _     _          _       _       _     _       _         _      _      PlacedBefore
    same   barred   _     _          _       _       _     _       _         _      _      PlacedBefore
    same   staff    _     _          _       _       _     _       _         _      _      PlacedBefore
    _      _        _     _          _       _       _     _       _         _      _      Placed
";

macro_rules! walk {
    ($($variant:ident)*) => {
        /// Every variant, in the order of the checks.
        const OUTCOMES: &[&str] = &[$(stringify!($variant)),*];

        fn name(outcome: &PlaceGameBetOutcome) -> &'static str {
            match outcome {
                $(PlaceGameBetOutcome::$variant { .. } => stringify!($variant),)*
            }
        }
    };
}

walk!(SessionEnded PlacedBefore AccountBlocked KeyUsedForAnotherBody Barred BetsOff RunsPlatform PeriodNotOpen PeriodNotYetOpen
    PeriodPastClosing StakeTooFine StakeOutOfRange TooManyBets StakedTooMuch PeriodFull OverExposure OverOwnLimits
    InsufficientBalance Placed);

fn limits() -> RoomLimits {
    RoomLimits {
        is_open: true,
        stake_min: amount("1"),
        stake_max: amount("100"),
        decimals: 2,
        bets_max: 3,
        staked_max: amount("200"),
        shard_bets_max: 6,
        exposure: ExposureRules { period_max: amount("700") },
        day_offset: Offset::UTC,
    }
}

fn command(staked: &str) -> PlaceGameBet {
    PlaceGameBet {
        bet: bet_id(1, "key-1"),
        user: user(1),
        period: period_id(PERIOD),
        selection: selection("wingo", "NUMBER:7"),
        stake: stake(staked),
        purse: Purse::BonusFirst,
        by_staff: false,
        barred: None,
        session_started_at: second(0),
        session_epoch: 0,
    }
}

/// The bet that this command placed under the key earlier.
fn placed(command: &PlaceGameBet) -> GameBet {
    let limits = RoomLimits {
        stake_min: amount("0"),
        stake_max: amount("1000"),
        decimals: Amount::DECIMALS_MAX,
        ..limits()
    };
    // The player had no role and was not in a register at that time.
    let command = &PlaceGameBet { by_staff: false, barred: None, ..command.clone() };
    match place(command, &limits, &PlayLimits::NONE, ("1000", "0"), 3) {
        PlaceGameBetOutcome::Placed(placement) => placement.bet,
        refused => panic!("{refused:?}"),
    }
}

/// Places the bet in an open period without bets.
fn place(
    command: &PlaceGameBet,
    limits: &RoomLimits,
    play: &PlayLimits,
    (cash, bonus): (&str, &str),
    at: i64,
) -> PlaceGameBetOutcome {
    let (period, wallet) = (open_period(), wallet(1, cash, bonus));
    let exposure = &Exposure::of(period.id.room.game(), &[]);
    let input = PlaceGameBetInput {
        existing: None,
        owner: WalletOwner::default(),
        period: &period,
        shard: &[],
        exposure,
        wallet: &wallet,
        play,
    };
    place_game_bet(command, input, limits, second(at))
}

fn existing(key: &str, command: &PlaceGameBet) -> Option<ExistingBet<GameBet>> {
    let other = match key {
        "new" => return None,
        "other" => return Some(ExistingBet::OtherKind),
        "same" => command.clone(),
        "stake" => PlaceGameBet { stake: stake("11"), ..command.clone() },
        "line" => PlaceGameBet { selection: selection("wingo", "NUMBER:8"), ..command.clone() },
        "purse" => PlaceGameBet { purse: Purse::CashOnly, ..command.clone() },
        _ => panic!("no key is called {key}"),
    };
    Some(ExistingBet::Bet(placed(&other)))
}

fn own(limit: &str) -> PlayLimits {
    let none = PlayRules::NONE;
    let rules = match limit {
        "_" => none,
        "excluded" => {
            let until = Timestamp::MAX;
            let exclusion = evens_own_limits::Exclusion { since: second(-100), until, ends_at: None };
            PlayRules { exclusion: Some(exclusion), ..none }
        }
        limit => PlayRules { stakes: PerPeriod { day: Some(amount(limit)), ..PerPeriod::default() }, ..none },
    };
    PlayLimits { rules, ..PlayLimits::NONE }
}

fn check(row: [&str; 12]) -> PlaceGameBetOutcome {
    let [key, account, bets, state, at, staked, mine, others, limit, cash, bonus, _] = row;
    let by_staff = !["_", "blocked", "ended", "role"].contains(&account);
    let barred = match account {
        "barred" | "blocked" | "ended" => Some(PlayBarrier::Excluded),
        "unsure" => Some(PlayBarrier::Unknown),
        _ => None,
    };
    let command = PlaceGameBet { by_staff, barred, ..command(or_usual(staked, "10")) };
    let mine = 0..or_usual(mine, "0").parse::<u8>().expect("a number");
    let mine: Vec<_> =
        mine.map(|number| record(1, &format!("mine-{number}"), "SIZE:big", "60", "0")).collect();
    let crowd = 0..if others == "crowd" { 6 } else { 0 };
    let crowd: Vec<_> =
        crowd.map(|number| record(3, &format!("crowd-{number}"), "SIZE:big", "1", "0")).collect();
    let others: Vec<_> =
        (others != "_").then(|| record(2, "key-1", "NUMBER:7", "57.51", "0")).into_iter().collect();
    let (period, shard) = (period(or_usual(state, "open")), [mine, crowd, others.clone()].concat());
    let input = PlaceGameBetInput {
        existing: existing(or_usual(key, "new"), &command),
        owner: WalletOwner {
            is_blocked: account == "blocked",
            is_staff: account == "role",
            session_epoch: u64::from(["blocked", "ended"].contains(&account)),
            recovered_at: None,
        },
        period: &period,
        shard: &shard,
        exposure: &Exposure::of(period.id.room.game(), &others),
        wallet: &wallet(1, or_usual(cash, "100"), or_usual(bonus, "0")),
        play: &own(limit),
    };
    place_game_bet(
        &command,
        input,
        &RoomLimits { is_open: bets != "off", decimals: if bets == "coarse" { 1 } else { 2 }, ..limits() },
        second(or_usual(at, "3").parse().expect("a number")),
    )
}

#[test]
fn refusals_have_their_order() {
    for row in rows(TABLE) {
        assert_eq!(name(&check(row)), row[11], "{row:?}");
    }
}

#[test]
fn every_outcome_has_a_row_and_first_appears_in_its_place() {
    let mut input: Vec<&str> = rows::<12>(TABLE).iter().map(|row| row[11]).collect();
    let mut first = std::collections::HashSet::new();
    input.retain(|outcome| first.insert(*outcome));
    assert_eq!(input, OUTCOMES);
}

#[test]
fn refusals_say_what_they_are_about() {
    let refused = |row: &str| check(rows(&format!("header\n{row}"))[0]);
    let used: BetId = bet_id(1, "key-1");
    let times = open_period().times;
    let table = [
        ("line _ _ _ _ _ _ _ _ _ _ ?", PlaceGameBetOutcome::KeyUsedForAnotherBody { bet: used }),
        ("_ _ _ _ -1 _ _ _ _ _ _ ?", PlaceGameBetOutcome::PeriodNotYetOpen { opens_at: times.opens_at }),
        ("_ _ _ _ 25 _ _ _ _ _ _ ?", PlaceGameBetOutcome::PeriodPastClosing { closes_at: times.closes_at }),
        ("_ _ _ _ _ _ 3 _ _ _ _ ?", PlaceGameBetOutcome::TooManyBets { bets_max: 3 }),
        (
            "_ _ _ _ _ 90 2 _ _ _ _ ?",
            PlaceGameBetOutcome::StakedTooMuch { staked_max: amount("200"), left: amount("80") },
        ),
        (
            "_ _ _ _ _ 60 _ dear _ _ _ ?",
            PlaceGameBetOutcome::OverExposure {
                selection: selection("wingo", "NUMBER:7"),
                period_max: amount("700"),
            },
        ),
        (
            "_ _ _ _ _ _ _ _ _ 3 4 ?",
            PlaceGameBetOutcome::InsufficientBalance { balance: amount("7"), stake: amount("10") },
        ),
    ];
    for (row, expected) in table {
        assert_eq!(refused(row), expected, "{row}");
    }
    assert!(matches!(
        refused("_ _ _ _ _ _ _ _ excluded _ _ ?"),
        PlaceGameBetOutcome::OverOwnLimits(PlayRefusal::Excluded { .. })
    ));
}

/// The bonus pays first, then cash. Only the cash part counts towards the player's own limits.
#[test]
fn a_bet_is_taken_from_the_purse_that_was_asked_for() {
    #[rustfmt::skip]
    let table = [
        // purse, bonus held; entries
        (Purse::BonusFirst, "4",  vec![(BalanceKind::Cash, "6"), (BalanceKind::Bonus, "4")]),
        (Purse::BonusFirst, "25", vec![(BalanceKind::Bonus, "10")]),
        (Purse::BonusFirst, "0",  vec![(BalanceKind::Cash, "10")]),
        (Purse::CashOnly,   "25", vec![(BalanceKind::Cash, "10")]),
    ];
    for (purse, bonus, expected) in table {
        let command = PlaceGameBet { purse, ..command("10") };
        let outcome = place(&command, &limits(), &own("100"), ("100", bonus), 3);
        let PlaceGameBetOutcome::Placed(placement) = outcome else { panic!("{outcome:?}") };
        let entries: Vec<_> =
            placement.entries.iter().map(|entry| (entry.balance_kind, entry.amount)).collect();
        let expected: Vec<_> = expected.into_iter().map(|(kind, text)| (kind, amount(text))).collect();
        assert_eq!(entries, expected, "{purse:?} {bonus}");
        for entry in &placement.entries {
            let key = format!("GAME:{}", command.bet);
            assert_eq!(
                entry.key.as_str(),
                key + if entry.balance_kind == BalanceKind::Bonus { ":BONUS" } else { "" }
            );
            assert_eq!(entry.account, SystemAccount::Period(PERIOD.to_owned()));
            assert_eq!(entry.reference, command.bet.to_string());
        }
        let bet = &placement.bet;
        assert_eq!((bet.balance_after, bet.bonus_after), (placement.wallet.balance, placement.wallet.bonus));
        assert_eq!(placement.play.sums.day.staked, bet.parts.cash);
        let record = GameBetRecord::of(bet);
        assert_eq!((record.stake.amount(), record.bonus), (amount("10"), bet.parts.bonus));
        assert_eq!(bet.placed_at.duration_since(second(3)), SignedDuration::ZERO);
    }
}
