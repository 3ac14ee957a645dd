//! The payout tables: every outcome and every line of every game, and the return to player.

use crate::common::{amount, drawn, game, selection, stake};
use evens_games::{GAMES, Game, Multiplier, RULES_VERSION, Selection, SelectionError};
use proptest::prelude::*;
use std::collections::HashSet;

/// The lines of each game as in the tables of the specification. `wins` is the number of outcomes in which a line wins,
/// and `price` its highest price. `back` is its return to player in hundredths of a percent, rounded. `*` stands for
/// all values of a type without a row of their own. A line whose price was changed is listed with its code, for example
/// `SIZE:big@13`.
const TABLE: &str = "
    game   line                        wins   price   back
    wingo  NUMBER:*                    1      9       8820
    wingo  COLOR:green                 5      2       9310
    wingo  COLOR:red                   5      2       9310
    wingo  COLOR:violet                2      4.5     8820
    wingo  SIZE:*                      5      2       9800
    wingo  PARITY:*                    5      2       9800
    k3     SUM:3                       1      207.36  9408
    k3     SUM:18                      1      207.36  9408
    k3     SUM:4                       3      69.12   9408
    k3     SUM:17                      3      69.12   9408
    k3     SUM:5                       6      34.56   9408
    k3     SUM:16                      6      34.56   9408
    k3     SUM:6                       10     20.74   9410
    k3     SUM:15                      10     20.74   9410
    k3     SUM:7                       15     13.83   9412
    k3     SUM:14                      15     13.83   9412
    k3     SUM:8                       21     9.88    9413
    k3     SUM:13                      21     9.88    9413
    k3     SUM:9                       25     8.3     9414
    k3     SUM:12                      25     8.3     9414
    k3     SUM:10                      27     7.68    9408
    k3     SUM:11                      27     7.68    9408
    k3     SUM_CATEGORY:*              108    2       9800
    k3     MATCHING_DICE:pair_any      90     2.3     9392
    k3     MATCHING_DICE:triple_any    6      34.56   9408
    k3     MATCHING_DICE:pair_1        15     13.83   9412
    k3     MATCHING_DICE:pair_2        15     13.83   9412
    k3     MATCHING_DICE:pair_3        15     13.83   9412
    k3     MATCHING_DICE:pair_4        15     13.83   9412
    k3     MATCHING_DICE:pair_5        15     13.83   9412
    k3     MATCHING_DICE:pair_6        15     13.83   9412
    k3     MATCHING_DICE:triple_1      1      207.36  9408
    k3     MATCHING_DICE:triple_2      1      207.36  9408
    k3     MATCHING_DICE:triple_3      1      207.36  9408
    k3     MATCHING_DICE:triple_4      1      207.36  9408
    k3     MATCHING_DICE:triple_5      1      207.36  9408
    k3     MATCHING_DICE:triple_6      1      207.36  9408
    k3     MATCHING_DICE:*             3      69.12   9408
    k3     ALL_DIFFERENT:*             6      34.56   9408
    k3     PATTERN:all_different       120    1.72    9364
    k3     PATTERN:straight            24     8.64    9408
    k3     TWO_DIFFERENT:*             30     6.91    9405
    5d     POSITION:*                  10000  9       8820
    5d     POSITION_SIZE:*             50000  2       9800
    5d     POSITION_PARITY:*           50000  2       9800
    5d     SUM_SIZE:*                  50000  2       9800
    5d     SUM_PARITY:*                50000  2       9800
    trx_wix NUMBER:*                    1      9       8820
    trx_wix COLOR:green                 5      2       9310
    trx_wix COLOR:red                   5      2       9310
    trx_wix COLOR:violet                2      4.5     8820
    trx_wix SIZE:*                      5      2       9800
    trx_wix PARITY:*                    5      2       9800
";

/// The number of lines of each game.
const LINES: &[(&str, usize)] = &[("wingo", 17), ("k3", 101), ("5d", 74), ("trx_wix", 17)];

/// Another version would make every earlier period unreadable: `docs/decisions/044-a-price-changes-by-a-new-line.md`.
#[test]
fn the_tables_have_one_version_for_ever() {
    assert_eq!(RULES_VERSION, 1, "a price is changed by a new line behind the others");
}

/// The name of a line in the table, and the name of all values of its type.
fn names(selection: Selection) -> [String; 2] {
    let withdrawn = if selection.is_offered() { String::new() } else { format!("@{}", selection.code()) };
    [format!("{selection}{withdrawn}"), format!("{}:*", selection.bet_type())]
}

fn row(game: &dyn Game, selection: Selection) -> [&'static str; 5] {
    let rows = crate::common::rows::<5>(TABLE);
    let [line, any] = names(selection);
    let of_game = || rows.iter().filter(|row| row[0] == game.id());
    let found = of_game().find(|row| row[1] == line).or_else(|| of_game().find(|row| row[1] == any));
    *found.unwrap_or_else(|| panic!("{} has no row for {line}", game.id()))
}

#[test]
fn every_line_wins_as_often_and_pays_as_much_as_the_tables_say() {
    for game in GAMES {
        let outcomes = game.symbols().outcomes();
        let actual = Selection::returns_to_player(*game);
        for selection in Selection::all(*game) {
            let [_, line, wins, price, back] = row(*game, selection);
            let prices: Vec<_> = outcomes.iter().filter_map(|drawn| selection.pays(drawn)).collect();
            let highest = prices.iter().max().expect("it wins on something");
            assert_eq!(
                [prices.len().to_string(), highest.to_string()],
                [wins, price],
                "{selection:?} ({line})"
            );
            // A stake of 1 on each outcome: the payouts in hundredths of a percent of all stakes.
            let one = stake("1");
            let paid: i128 = prices.iter().map(|price| one.payout(*price).units()).sum();
            let all = i128::try_from(outcomes.len()).expect("not that many") * amount("1").units();
            let returned = (paid * 10_000 + all / 2) / all;
            assert_eq!(returned.to_string(), back, "{selection:?} ({line})");
            assert_eq!(actual[usize::from(selection.code())].to_string(), back);
            assert!((8_500..=9_900).contains(&returned), "{selection:?} returns {returned}");
        }
    }
}

#[test]
fn every_row_of_the_table_is_of_a_line_and_every_game_has_its_lines() {
    for [id, line, ..] in crate::common::rows::<5>(TABLE) {
        let is_row = |selection: Selection| names(selection).contains(&line.to_owned());
        assert!(Selection::all(game(id)).any(is_row), "{id} {line}");
    }
    let lines: Vec<_> = GAMES.iter().map(|game| (game.id(), Selection::all(*game).count())).collect();
    assert_eq!(lines, LINES);
}

#[test]
fn only_5d_has_another_name() {
    let other: Vec<_> = GAMES.iter().flat_map(|game| game.other_ids()).collect();
    assert_eq!((game("5d").other_ids(), other), (&["fiveD"][..], vec![&"fiveD"]));
}

/// Lines that win equally often must not stand for each other.
#[test]
fn a_result_wins_on_these_lines_and_on_no_other() {
    #[rustfmt::skip]
    let table = [
        ("wingo", "0",     "NUMBER:0 COLOR:red COLOR:violet SIZE:small PARITY:even"),
        ("wingo", "4",     "NUMBER:4 COLOR:red SIZE:small PARITY:even"),
        ("wingo", "5",     "NUMBER:5 COLOR:green COLOR:violet SIZE:big PARITY:odd"),
        ("trx_wix", "9",   "NUMBER:9 COLOR:green SIZE:big PARITY:odd"),
        ("k3", "3,1,1",    "SUM:5 SUM_CATEGORY:small SUM_CATEGORY:odd MATCHING_DICE:pair_1 MATCHING_DICE:pair_1_3 \
                            MATCHING_DICE:pair_any TWO_DIFFERENT:1,3"),
        ("k3", "4,2,3",    "SUM:9 SUM_CATEGORY:small SUM_CATEGORY:odd ALL_DIFFERENT:2,3,4 PATTERN:all_different \
                            PATTERN:straight TWO_DIFFERENT:2,3 TWO_DIFFERENT:2,4 TWO_DIFFERENT:3,4"),
        ("k3", "1,4,5",    "SUM:10 SUM_CATEGORY:small SUM_CATEGORY:even ALL_DIFFERENT:1,4,5 PATTERN:all_different \
                            TWO_DIFFERENT:1,4 TWO_DIFFERENT:1,5 TWO_DIFFERENT:4,5"),
        ("k3", "5,1,5",    "SUM:11 SUM_CATEGORY:big SUM_CATEGORY:odd MATCHING_DICE:pair_5 MATCHING_DICE:pair_5_1 \
                            MATCHING_DICE:pair_any TWO_DIFFERENT:1,5"),
        ("k3", "6,6,6",    "SUM:18 SUM_CATEGORY:big SUM_CATEGORY:even MATCHING_DICE:triple_6 \
                            MATCHING_DICE:triple_any"),
        ("5d", "5,4,0,9,4", "POSITION:A_5 POSITION:B_4 POSITION:C_0 POSITION:D_9 POSITION:E_4 POSITION_SIZE:A_big \
                            POSITION_SIZE:B_small POSITION_SIZE:C_small POSITION_SIZE:D_big POSITION_SIZE:E_small \
                            POSITION_PARITY:A_odd POSITION_PARITY:B_even POSITION_PARITY:C_even \
                            POSITION_PARITY:D_odd POSITION_PARITY:E_even SUM_SIZE:small SUM_PARITY:even"),
        ("5d", "0,9,9,5,0", "POSITION:A_0 POSITION:B_9 POSITION:C_9 POSITION:D_5 POSITION:E_0 POSITION_SIZE:A_small \
                            POSITION_SIZE:B_big POSITION_SIZE:C_big POSITION_SIZE:D_big POSITION_SIZE:E_small \
                            POSITION_PARITY:A_even POSITION_PARITY:B_odd POSITION_PARITY:C_odd \
                            POSITION_PARITY:D_odd POSITION_PARITY:E_even SUM_SIZE:big SUM_PARITY:odd"),
    ];
    for (id, text, expected) in table {
        let result = drawn(id, text);
        let won = Selection::all(game(id)).filter(|line| line.is_offered() && line.pays(&result).is_some());
        let mut won: Vec<_> = won.map(|line| line.to_string()).collect();
        let mut expected: Vec<_> = expected.split_whitespace().map(str::to_owned).collect();
        won.sort();
        expected.sort();
        assert_eq!(won, expected, "{id} {text}");
    }
}

/// Records of bets contain the code, so it must always mean the same line.
#[test]
fn codes_never_change() {
    #[rustfmt::skip]
    let table = [
        ("wingo", 0, "NUMBER:0"), ("wingo", 10, "COLOR:green"), ("wingo", 12, "COLOR:violet"),
        ("wingo", 13, "SIZE:big"), ("wingo", 16, "PARITY:even"),
        ("k3", 0, "SUM:3"), ("k3", 16, "SUM_CATEGORY:big"), ("k3", 20, "MATCHING_DICE:pair_1"),
        ("k3", 26, "MATCHING_DICE:pair_1_2"), ("k3", 56, "MATCHING_DICE:triple_1"),
        ("k3", 62, "MATCHING_DICE:triple_any"), ("k3", 63, "MATCHING_DICE:pair_any"),
        ("k3", 64, "ALL_DIFFERENT:1,2,3"), ("k3", 84, "PATTERN:all_different"), ("k3", 85, "PATTERN:straight"),
        ("k3", 86, "TWO_DIFFERENT:1,2"), ("k3", 100, "TWO_DIFFERENT:5,6"),
        ("5d", 0, "POSITION:A_0"), ("5d", 49, "POSITION:E_9"), ("5d", 50, "POSITION_SIZE:A_big"),
        ("5d", 60, "POSITION_PARITY:A_odd"), ("5d", 70, "SUM_SIZE:big"), ("5d", 73, "SUM_PARITY:even"),
    ];
    for (id, code, line) in table {
        let of_code = Selection::of_code(game(id), code).expect("a line");
        assert_eq!((of_code.to_string().as_str(), of_code.code()), (line, code));
    }
    for (id, lines) in LINES {
        assert_eq!(Selection::of_code(game(id), u16::try_from(*lines).expect("few")), None);
    }
}

/// Every game has a line with the code 0.
#[test]
fn a_line_is_its_game_and_its_code() {
    #[rustfmt::skip]
    let table = [
        ("wingo", 0, true),
        ("wingo", 1, false),
        ("k3",    0, false),
    ];
    for (id, code, is_same) in table {
        let line = Selection::of_code(game(id), code);
        assert_eq!(line == Selection::of_code(game("wingo"), 0), is_same, "{line:?}");
    }
}

#[test]
fn lines_are_found_by_their_names_and_by_older_ones() {
    #[rustfmt::skip]
    let table = [
        ("wingo", "COLOR",         "green",         Ok("COLOR:green")),
        ("wingo", "COLOUR",        "green",         Err(SelectionError::BetType)),
        ("wingo", "COLOR",         "blue",          Err(SelectionError::BetValue)),
        ("wingo", "NUMBER",        "10",            Err(SelectionError::BetValue)),
        ("wingo", "NUMBER",        "07",            Err(SelectionError::BetValue)),
        ("k3",    "SUM_CATEGORY",  "big",           Ok("SUM_CATEGORY:big")),
        ("k3",    "SUM_SIZE",      "small",         Ok("SUM_CATEGORY:small")),
        ("k3",    "SUM_PARITY",    "odd",           Ok("SUM_CATEGORY:odd")),
        ("k3",    "PATTERN",       "two_different", Ok("MATCHING_DICE:pair_any")),
        ("k3",    "ALL_DIFFERENT", "3,1,2",         Ok("ALL_DIFFERENT:1,2,3")),
        ("k3",    "ALL_DIFFERENT", "1,1,2",         Err(SelectionError::BetValue)),
        ("k3",    "TWO_DIFFERENT", "6,5",           Ok("TWO_DIFFERENT:5,6")),
        ("k3",    "TWO_DIFFERENT", "5",             Err(SelectionError::BetValue)),
        ("k3",    "MATCHING_DICE", "pair_2_2",      Err(SelectionError::BetValue)),
        ("5d",    "SUM",           "big",           Ok("SUM_SIZE:big")),
        ("5d",    "SUM",           "SUM_big",       Ok("SUM_SIZE:big")),
        ("5d",    "SUM_SIZE",      "SUM_small",     Ok("SUM_SIZE:small")),
        ("5d",    "SUM",           "odd",           Ok("SUM_PARITY:odd")),
        ("5d",    "SUM",           "23",            Err(SelectionError::BetType)),
        ("5d",    "POSITION",      "F_1",           Err(SelectionError::BetValue)),
    ];
    for (id, bet_type, bet_value, expected) in table {
        let found = Selection::parse(game(id), bet_type, bet_value).map(|found| found.to_string());
        assert_eq!(found, expected.map(str::to_owned), "{id} {bet_type}:{bet_value}");
    }
    for game in GAMES {
        for selection in Selection::all(*game) {
            let found = Selection::parse(*game, selection.bet_type(), selection.bet_value());
            assert_eq!(found == Ok(selection), selection.is_offered(), "{selection:?}: {found:?}");
        }
    }
}

#[test]
fn prices_are_told_highest_first() {
    let prices = |id, line| selection(id, line).prices().iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(prices("wingo", "COLOR:green"), ["2", "1.5"]);
    assert_eq!(prices("k3", "SUM:6"), ["20.74"]);
    assert_eq!(prices("5d", "SUM_SIZE:big"), ["2"]);
}

/// All outcomes and the telling outcomes give the same combinations of wins in a group.
#[test]
fn outcomes_that_tell_have_everything_that_a_group_can_win() {
    for game in GAMES {
        let winning = |outcomes: Vec<evens_games::DrawnSymbols>| {
            let of_outcome = |drawn: &evens_games::DrawnSymbols| {
                let mut groups = std::collections::BTreeMap::<&str, Vec<(u16, Multiplier)>>::new();
                for selection in Selection::all(*game) {
                    let won = groups.entry(selection.group()).or_default();
                    won.extend(selection.pays(drawn).map(|price| (selection.code(), price)));
                }
                groups.into_iter().collect::<Vec<_>>()
            };
            outcomes.iter().flat_map(of_outcome).collect::<HashSet<_>>()
        };
        let (all, telling) = (winning(game.symbols().outcomes()), winning(game.telling_outcomes()));
        assert_eq!(all, telling, "{}", game.id());
    }
    // Each bet iterates over all of them. The order of three dice does not matter, nor that of 5D's digits.
    let counts = ["wingo", "k3", "5d"].map(|id| game(id).telling_outcomes().len());
    assert_eq!(counts, [10, 56, 10]);
}

#[test]
fn results_are_described_by_the_names_that_clients_know() {
    #[rustfmt::skip]
    let table = [
        ("wingo", "0",         r#"[("number", Number(0)), ("color", Word("red,violet")), ("size", Word("small")), ("parity", Word("even"))]"#),
        ("wingo", "4",         r#"[("number", Number(4)), ("color", Word("red")), ("size", Word("small")), ("parity", Word("even"))]"#),
        ("wingo", "5",         r#"[("number", Number(5)), ("color", Word("green,violet")), ("size", Word("big")), ("parity", Word("odd"))]"#),
        ("wingo", "7",         r#"[("number", Number(7)), ("color", Word("green")), ("size", Word("big")), ("parity", Word("odd"))]"#),
        ("trx_wix", "5",       r#"[("number", Number(5)), ("color", Word("green,violet")), ("size", Word("big")), ("parity", Word("odd"))]"#),
        ("k3",    "4,3,3",     r#"[("dice_1", Number(4)), ("dice_2", Number(3)), ("dice_3", Number(3)), ("sum", Number(10)), ("sum_size", Word("small")), ("sum_parity", Word("even"))]"#),
        ("k3",    "1,4,6",     r#"[("dice_1", Number(1)), ("dice_2", Number(4)), ("dice_3", Number(6)), ("sum", Number(11)), ("sum_size", Word("big")), ("sum_parity", Word("odd"))]"#),
        ("5d",    "0,9,8,5,0", r#"[("A", Number(0)), ("B", Number(9)), ("C", Number(8)), ("D", Number(5)), ("E", Number(0)), ("sum", Number(22)), ("sum_size", Word("small")), ("sum_parity", Word("even"))]"#),
        ("5d",    "0,9,9,5,0", r#"[("A", Number(0)), ("B", Number(9)), ("C", Number(9)), ("D", Number(5)), ("E", Number(0)), ("sum", Number(23)), ("sum_size", Word("big")), ("sum_parity", Word("odd"))]"#),
    ];
    for (id, text, expected) in table {
        assert_eq!(format!("{:?}", game(id).describe(&drawn(id, text))), expected);
    }
}

/// The house keeps 2 % of each stake.
#[test]
fn a_fee_is_two_hundredths_of_a_stake() {
    for (staked, fee, net) in [("10", "0.2", "9.8"), ("0.01", "0.0002", "0.0098"), ("100.5", "2.01", "98.49")]
    {
        assert_eq!((stake(staked).fee(), stake(staked).net()), (amount(fee), amount(net)), "{staked}");
    }
}

proptest! {
    /// Payouts are not rounded: the stake in cents, times 98, times the price in hundredths.
    #[test]
    fn payouts_are_exact(cents in 1..=10_000_000_i128, hundredths in 1..=30_000_u32) {
        let staked = evens_ledger::Amount::from_units(cents * 1_000_000).expect("an amount");
        let staked = evens_games::GameStake::parse(staked).expect("a stake");
        let payout = staked.payout(Multiplier::hundredths(hundredths));
        prop_assert_eq!(payout.units(), cents * 98 * i128::from(hundredths) * 100);
        prop_assert_eq!(staked.fee().units() + staked.net().units(), staked.amount().units());
    }
}
