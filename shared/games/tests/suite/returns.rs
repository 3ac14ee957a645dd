//! The return over many periods matches the payout tables, for every line of every game.

use crate::common::{draws, period_id};
use evens_draws::Seed;
use evens_games::{
    Block, BlockId, BlockOrigin, BlockSource, DrawnSymbols, Entropy, GAMES, Game, PeriodId, Room, Selection,
    draw,
};
use evens_ledger::Digest;

/// A block with this number and a pseudo-random id.
fn block(number: u64) -> Block {
    let id = |number: u64| {
        let mut bytes = *Digest::of(&number.to_be_bytes()).bytes();
        bytes[..8].copy_from_slice(&number.to_be_bytes());
        BlockId::from_bytes(bytes)
    };
    Block::new(number, 0, id(number), BlockOrigin::Tron(id(number - 1))).expect("a block")
}

fn drawn(game: &dyn Game, id: PeriodId, number: u64) -> DrawnSymbols {
    let entropy = match game.drawn_by_block() {
        None => Entropy::None,
        Some(_) => Entropy::Block { source: BlockSource::Tron, block: Some(block(number)) },
    };
    draw(id, &Seed::from_bytes([11; 32]), entropy).expect("drawn")
}

/// The sum of the prices in hundredths that a line pays over some draws, and the sum of their squares.
fn paid<'drawn>(selection: Selection, draws: impl Iterator<Item = &'drawn DrawnSymbols>) -> (i128, i128) {
    let prices =
        draws.filter_map(|drawn| selection.pays(drawn)).map(|price| i128::from(price.in_hundredths()));
    prices.fold((0, 0), |(sum, squares), price| (sum + price, squares + price * price))
}

/// Checks that the return is within four standard deviations of the mean. All terms are multiplied by the number of
/// outcomes, so that they are whole numbers. Seed and blocks are fixed, so the result never changes.
#[test]
fn the_return_over_many_periods_is_that_of_the_table() {
    for game in GAMES.iter().copied() {
        let room = Room::of_game(game).next().expect("a room");
        let first = period_id(&format!("{room}-20261123000000000"));
        let later = |number: u64| first.later(i64::try_from(number).expect("not so many"));
        let all: Vec<_> = (1..=draws()).map(|number| drawn(game, later(number), number)).collect();
        let outcomes = game.symbols().outcomes();
        for selection in Selection::all(game) {
            let (sum, _) = paid(selection, all.iter());
            let (sum_of_table, squares_of_table) = paid(selection, outcomes.iter());
            let (periods, count) = (all.len() as i128, outcomes.len() as i128);
            let off = count * sum - periods * sum_of_table;
            let variance = count * squares_of_table - sum_of_table * sum_of_table;
            let says = format!("{} {selection}: {sum} hundredths over {periods} periods", game.id());
            assert!(off * off <= 16 * periods * variance, "{says}");
        }
    }
}
