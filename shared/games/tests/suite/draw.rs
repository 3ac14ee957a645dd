//! Draws: those that anybody else makes of the same seed, and every symbol as likely as every other.

use crate::common::{game, period_id, second, seed, tron};
use evens_draws::Seed;
use evens_games::{Drawn, DrawnError, Entropy, GAMES, Room, draw};
use proptest::prelude::*;
use std::collections::HashMap;

/// By the seed of the bytes 0 to 31. They were made apart from this code, with the `hmac` of Python's standard library:
///
/// ```text
/// for byte in HMAC-SHA256(seed, "game\n{period}\nnone\n{0, 1, …}"): skip it from 250 on (252 for dice);
/// else byte % 10 (byte % 6 + 1)
/// ```
///
/// The first byte of the first row by openssl, 0x6c, which is 108:
///
/// ```text
/// printf 'game\nwingo-30-20261123000000042\nnone\n0' | openssl dgst -sha256 -mac HMAC -macopt hexkey:000102…1e1f
/// 6ce88c94c8c5f4b345aac0c5472473472464c50…
/// ```
#[test]
fn what_a_seed_says_of_a_period_never_changes() {
    #[rustfmt::skip]
    let table = [
        ("wingo-30-20261123000000042",  "8"),
        ("wingo-30-20261123000000043",  "7"),
        ("wingo-300-20261231000000287", "0"),
        ("k3-60-20261123000000042",     "2,4,1"),
        ("k3-600-20260101000000000",    "4,4,3"),
        ("5d-60-20261123000000042",     "3,2,7,1,9"),
        ("5d-180-20240229000000479",    "2,1,5,7,6"),
    ];
    for (period, expected) in table {
        assert_eq!(
            draw(period_id(period), &seed(), Entropy::None).expect("drawn").to_string(),
            expected,
            "{period}"
        );
    }
    let others = [
        ("5d-60-20261123000000042", ["1,5,0,7,4", "5,6,3,1,4"]),
        ("k3-60-20261123000000042", ["6,1,6", "4,4,6"]),
    ];
    for (period, expected) in others {
        let by = |byte| draw(period_id(period), &Seed::from_bytes([byte; 32]), Entropy::None);
        let by = |byte| by(byte).expect("drawn").to_string();
        assert_eq!([by(7), by(255)], expected, "{period}");
    }
}

/// Chi-square of each symbol of each game over the periods of one seed, as in `shared/draws/tests`: the sum over all
/// numbers of (seen - expected)² / expected, here times expected and numbers, which are whole then. The limit is the
/// degrees of freedom and four standard deviations more. The seed is fixed, so this is one try for ever.
#[test]
fn each_symbol_is_as_likely_as_every_other() {
    const COUNT: u64 = 20_000;
    for game in GAMES.iter().filter(|game| game.drawn_by_block().is_none()) {
        let room = Room::of_game(*game).next().expect("a room");
        let (symbols, mut id) = (game.symbols(), period_id(&format!("{room}-20261123000000000")));
        let mut seen: HashMap<(usize, u8), u64> = HashMap::new();
        let mut pairs: HashMap<(u8, u8), u64> = HashMap::new();
        let mut before = None;
        for _ in 0..COUNT {
            let drawn = draw(id, &Seed::from_bytes([9; 32]), Entropy::None).expect("drawn");
            for (at, symbol) in drawn.symbols().iter().enumerate() {
                *seen.entry((at, *symbol)).or_default() += 1;
            }
            let first = drawn.symbols()[0];
            if let Some(before) = before.replace(first) {
                *pairs.entry((before, first)).or_default() += 1;
            }
            id = id.next();
        }
        let chi_square = |seen: &mut dyn Iterator<Item = u64>, numbers: u64, count: u64| {
            let sum: u64 = seen.map(|seen| (seen * numbers).abs_diff(count).pow(2)).sum();
            sum / (count * numbers)
        };
        let each = symbols.each();
        for at in 0..symbols.count {
            let mut of_place = (symbols.first..=symbols.last).map(|symbol| seen[&(at, symbol)]);
            assert!(chi_square(&mut of_place, each, COUNT) < 27, "{} {at}", game.id());
        }
        // What follows does not depend on what was before.
        let limit =
            [(36, 69), (100, 156)].into_iter().find(|(pairs, _)| *pairs == each * each).expect("a limit");
        assert!(chi_square(&mut pairs.values().copied(), each * each, COUNT - 1) < limit.1, "{}", game.id());
    }
}

#[test]
fn what_was_drawn_comes_back_from_its_text() {
    #[rustfmt::skip]
    let table = [
        ("wingo", "0", true), ("wingo", "9", true), ("wingo", "10", false), ("wingo", "", false), ("wingo", "1,2", false),
        ("wingo", "01", false), ("k3", "1,2,6", true), ("k3", "0,2,6", false), ("k3", "1,2,7", false), ("k3", "1,2", false),
        ("k3", "1, 2,3", false), ("5d", "0,0,0,0,9", true), ("5d", "00009", false),
    ];
    for (id, text, is_drawn) in table {
        let parsed = Drawn::parse(game(id), text).map(|drawn| drawn.to_string());
        assert_eq!(parsed, if is_drawn { Ok(text.to_owned()) } else { Err(DrawnError) }, "{id} {text:?}");
    }
}

proptest! {
    #[test]
    fn a_draw_is_whole_and_follows_from_seed_period_and_block(
        bytes in any::<[u8; 32]>(),
        later in -10_000_i64..10_000,
    ) {
        let seed = Seed::from_bytes(bytes);
        for (room, entropy) in Room::all().flat_map(|room| [(room, Entropy::None), (room, tron(second(27)))]) {
            let id = period_id(&format!("{room}-20261123000000000")).later(later);
            let drawn = draw(id, &seed, entropy);
            prop_assert_eq!(&drawn, &draw(id, &seed, entropy));
            prop_assert_eq!(drawn.is_none(), room.needs_blocks() && entropy == Entropy::None);
            if let Some(drawn) = drawn {
                prop_assert_eq!(Drawn::parse(room.game(), &drawn.to_string()), Ok(drawn));
            }
        }
    }
}
