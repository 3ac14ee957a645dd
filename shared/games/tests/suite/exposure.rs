//! The possible cost of a period: exact if a game's lines are one group, never too low otherwise.

use crate::common::{amount, bet_id, game, record, selection, stake, user};
use evens_games::{
    DrawnSymbols, Exposure, ExposureRules, GAMES, GameBetRecord, GameStake, Period, Selection, winning_bets,
};
use evens_ledger::Amount;
use proptest::prelude::*;

#[test]
fn the_worst_draw_is_what_a_period_can_cost() {
    #[rustfmt::skip]
    let table: [(&[(&str, &str)], &str); 6] = [
        (&[],                                                  "0"),
        (&[("NUMBER:7", "10")],                                "78.2"),
        // One bet of the two always loses.
        (&[("NUMBER:7", "10"), ("NUMBER:8", "10")],            "68.2"),
        (&[("SIZE:big", "10"), ("SIZE:small", "10")],          "0"),
        (&[("COLOR:green", "10"), ("COLOR:violet", "10")],     "38.8"),
        (&[("NUMBER:7", "10"), ("SIZE:big", "10")],            "87.8"),
    ];
    for (bets, expected) in table {
        let records: Vec<_> = bets.iter().map(|(on, staked)| record(1, "a", on, staked, "0")).collect();
        assert_eq!(Exposure::of(game("wingo"), &records).worst_case(), amount(expected), "{bets:?}");
    }
}

#[test]
fn a_bet_is_over_where_it_makes_the_worst_draw_dearer_than_may_be() {
    let records = [record(1, "a", "NUMBER:7", "10", "0")];
    let exposure = Exposure::of(game("wingo"), &records);
    let is_over = |on, staked, period_max| {
        let rules = ExposureRules { period_max: amount(period_max) };
        exposure.is_over_with(selection("wingo", on), stake(staked), rules)
    };
    assert!(!is_over("NUMBER:7", "1", "86.02"));
    assert!(is_over("NUMBER:7", "1", "86.01"));
    // The period is above the limit already; a bet that lowers its cost is allowed.
    assert!(!is_over("NUMBER:8", "1", "50"));
}

#[test]
fn a_bet_that_moves_the_worst_draw_but_not_its_cost_is_allowed() {
    // Without the second bet, big costs 24 x 0.96. With it, small costs 49 x 0.96 - 24.
    let exposure = Exposure::of(game("wingo"), &[record(1, "a", "SIZE:big", "24", "0")]);
    let small = selection("wingo", "SIZE:small");
    let rules = ExposureRules { period_max: amount("20") };
    assert_eq!(exposure.worst_case(), amount("23.04"));
    let costs = ["48.99", "49", "49.01"]
        .map(|staked| exposure.with(&[record(2, "b", "SIZE:small", staked, "0")]).worst_case());
    assert_eq!(costs, ["23.0304", "23.04", "23.0496"].map(amount));
    let over = ["48.99", "49", "49.01"].map(|staked| exposure.is_over_with(small, stake(staked), rules));
    assert_eq!(over, [false, false, true]);
}

/// A bet may cost a 32nd of the limit, and the period a half.
#[test]
fn large_bets_and_bets_above_half_of_the_limit_need_the_exact_exposure() {
    const TWO: &str = "NUMBER:7=103.91 NUMBER:8=100";
    #[rustfmt::skip]
    let table = [
        // limit      bets so far        on            stake    needs the exact exposure
        // A bet may cost 9.6, which is 10 on a size.
        ("307.2",     "",                "SIZE:big",   "10",    false),
        ("307.2",     "",                "SIZE:big",   "10.01", true),
        // The period may cost 153.6, which is 160 on a size.
        ("307.2",     "SIZE:big=150",    "SIZE:big",   "10",    false),
        ("307.2",     "SIZE:big=150.01", "SIZE:big",   "10",    true),
        // A bet that lowers the cost needs no exact exposure, unless it is large.
        ("307.2",     "SIZE:big=300",    "SIZE:small", "10",    false),
        ("307.2",     "SIZE:big=300",    "SIZE:small", "11",    true),
        // The cost stays at 712.5762: 103.91 x 7.82 - 100 before, and 104.41 x 7.82 - 103.91 after the bet of 4.41.
        ("1104",      TWO,               "NUMBER:8",   "4.40",  false),
        ("1104",      TWO,               "NUMBER:8",   "4.41",  false),
        ("1104",      TWO,               "NUMBER:8",   "4.42",  true),
    ];
    for (period_max, bets, on, staked, expected) in table {
        let bet = |bet: &str| bet.split_once('=').map(|(on, staked)| record(1, "a", on, staked, "0"));
        let records: Vec<_> = bets.split_whitespace().filter_map(bet).collect();
        let exposure = Exposure::of(game("wingo"), &records);
        let rules = ExposureRules { period_max: amount(period_max) };
        let needs = exposure.needs_exact_check(selection("wingo", on), stake(staked), rules);
        assert_eq!(needs, expected, "{bets} {on} {staked}");
    }
}

#[test]
fn a_bankroll_is_shared_by_rooms_and_their_undrawn_periods() {
    let of = |rooms| ExposureRules::of_bankroll(amount("1200000"), rooms).period_max;
    assert_eq!([of(1), of(2), of(16)], [amount("12000"), amount("8000"), amount("1000")]);
    for rooms in 2..=16 {
        let all = of(rooms).units() * i128::try_from(rooms * (Period::UNDRAWN_MAX + 1)).expect("few");
        assert!(
            all <= amount("48000").units(),
            "all that are undrawn at a time cost four hundredths at most"
        );
    }
}

/// Exposures of parts of a period add up to that of the whole.
#[test]
fn exposures_are_added_and_taken_apart() {
    let (one, other) = (record(1, "a", "NUMBER:7", "10", "0"), record(2, "b", "NUMBER:8", "4", "0"));
    let more = record(2, "c", "NUMBER:7", "1.5", "0");
    let of = |records: &[GameBetRecord]| Exposure::of(game("wingo"), records);
    let staked = |exposure: &Exposure| {
        exposure.staked().map(|(on, staked)| format!("{on} {staked}")).collect::<Vec<_>>()
    };
    let all = of(&[one, other, more]);
    assert_eq!(staked(&all), ["NUMBER:7 11.5", "NUMBER:8 4"]);
    assert_eq!(staked(&of(&[one]).plus(&of(&[other, more]))), staked(&all));
    assert_eq!(staked(&of(&[one]).with(&[other, more])), staked(&all));
    assert_eq!(staked(&all.without(&of(&[one, other]))), ["NUMBER:7 1.5"]);
    assert_eq!(staked(&all.without(&all)), Vec::<String>::new());
    assert_eq!(all.of_same_game().worst_case(), Amount::ZERO);
    let mut added = all.of_same_game();
    added.add(one.selection, one.stake);
    assert_eq!(added.worst_case(), amount("78.2"));
}

/// The loss of the house for this result.
fn cost(records: &[GameBetRecord], drawn: &DrawnSymbols) -> i128 {
    let paid: i128 = winning_bets(records, drawn).iter().map(|won| won.payout.units()).sum();
    paid - records.iter().map(|record| record.stake.amount().units()).sum::<i128>()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_draw_costs_more(which in 0..GAMES.len(), bets in proptest::collection::vec((0_u16..200, 1_i128..100_000), 0..12)) {
        let game = GAMES[which];
        let lines = u16::try_from(game.offers().len()).expect("few");
        let bet = |(code, cents): &(u16, i128)| GameBetRecord {
            bet: bet_id(1, "key"),
            user: user(1),
            selection: Selection::of_code(game, code % lines).expect("a line"),
            stake: GameStake::parse(Amount::from_units(cents * 1_000_000).expect("an amount")).expect("a stake"),
            bonus: Amount::ZERO,
        };
        let records: Vec<_> = bets.iter().map(bet).collect();
        let worst = Exposure::of(game, &records).worst_case().units();
        let outcomes = game.symbols().outcomes();
        // Samples the outcomes of a game with very many of them.
        let step = (outcomes.len() / 1_000).max(1);
        let costs = outcomes.iter().step_by(step).map(|drawn| cost(&records, drawn));
        let dearest = costs.max().unwrap_or(0).max(0);
        prop_assert!(dearest <= worst);
        prop_assert!(step > 1 || dearest == worst);
    }
}
