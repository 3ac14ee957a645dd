//! A game that is not on offer, to show that a game is one file: a wheel with 37 numbers. Every rule accepts it
//! unchanged.

use crate::common::{amount, bet_id, india, second, seed, stake, user, wallet};
use evens_games::{
    DrawnSymbols, Entropy, Exposure, ExposureRules, Fact, Game, GameBetRecord, Offer, Period, PeriodId,
    PeriodTotals, PlaceGameBet, PlaceGameBetInput, PlaceGameBetOutcome, Purse, Room, RoomLimits, Selection,
    ShardCount, Symbols, draw, place_game_bet, settle_bets, winning_bets,
};
use evens_ledger::{Amount, WalletOwner};
use evens_own_limits::PlayLimits;
use jiff::tz::Offset;
use std::sync::LazyLock;

#[derive(Debug)]
struct Wheel;

impl Game for Wheel {
    fn id(&self) -> &'static str {
        "wheel"
    }

    fn durations_s(&self) -> &'static [u32] {
        &[30]
    }

    fn symbols(&self) -> Symbols {
        Symbols { count: 1, first: 0, last: 36 }
    }

    fn offers(&self) -> &'static [Offer] {
        static OFFERS: LazyLock<Vec<Offer>> = LazyLock::new(|| {
            let mut offers: Vec<_> = (0..=36)
                .map(|number| Offer::at(3600, "STRAIGHT_UP", number, move |drawn| drawn == [number]))
                .collect();
            offers.push(Offer::at(200, "HALF", "low", |drawn| (1..=18).contains(&drawn[0])));
            offers.push(Offer::at(200, "HALF", "high", |drawn| (19..=36).contains(&drawn[0])));
            // The price was changed later.
            offers.push(Offer::at(190, "HALF", "low", |drawn| (1..=18).contains(&drawn[0])));
            offers
        });
        &OFFERS
    }

    fn describe(&self, drawn: &DrawnSymbols) -> Vec<(&'static str, Fact)> {
        vec![("number", Fact::Number(drawn.sum()))]
    }
}

#[test]
fn its_lines_return_what_a_game_may() {
    let outcomes = Wheel.symbols().outcomes();
    for selection in Selection::all(&Wheel) {
        let paid: i128 = outcomes
            .iter()
            .filter_map(|drawn| selection.pays(drawn))
            .map(|price| stake("1").payout(price).units())
            .sum();
        let returned = paid * 10_000 / (37 * amount("1").units());
        assert!((8_500..=9_900).contains(&returned), "{selection:?} returns {returned}");
    }
}

/// A bet at the old price is paid at that price, but new bets no longer get it.
#[test]
fn a_price_changes_by_a_new_line_behind_the_others() {
    let new = Selection::parse(&Wheel, "HALF", "low").expect("a line");
    let old = Selection::of_code(&Wheel, 37).expect("the line of before");
    assert_eq!((new.code(), new.to_string()), (39, old.to_string()));
    let hundredths = |selection: Selection| {
        let drawn = DrawnSymbols::parse(&Wheel, "7").expect("a number");
        selection.pays(&drawn).expect("it wins").in_hundredths()
    };
    assert_eq!((hundredths(old), hundredths(new)), (200, 190));
    let withdrawn: Vec<_> = Selection::all(&Wheel).filter(|line| !line.is_offered()).collect();
    assert_eq!(withdrawn, [old]);
}

#[test]
fn it_is_played_from_bet_to_payout() {
    let room = Room::new(&Wheel, 30).expect("a room");
    let id = PeriodId::at(room, second(0), india());
    assert_eq!(id.to_string(), "wheel-30-20261123000000042");
    let period = Period::open(id, india(), seed().hash(), ShardCount::ONE_PER_LANE);
    let drawn = draw(id, &seed(), Entropy::None).expect("drawn");
    let number = drawn.to_string();
    let command = PlaceGameBet {
        bet: bet_id(1, "key-1"),
        user: user(1),
        period: id,
        selection: Selection::parse(&Wheel, "STRAIGHT_UP", &number).expect("a line"),
        stake: stake("10"),
        purse: Purse::BonusFirst,
        by_staff: false,
        barred: None,
        session_started_at: second(0),
        session_epoch: 0,
    };
    let exposure = Exposure::of(&Wheel, &[]);
    let (held, play) = (wallet(1, "100", "0"), PlayLimits::NONE);
    let input = PlaceGameBetInput {
        existing: None,
        owner: WalletOwner::default(),
        period: &period,
        shard: &[],
        exposure: &exposure,
        wallet: &held,
        play: &play,
    };
    let limits = RoomLimits {
        is_open: true,
        stake_min: amount("1"),
        stake_max: amount("100"),
        decimals: Amount::DECIMALS_MAX,
        bets_max: 50,
        staked_max: amount("200"),
        shard_bets_max: ShardCount::BETS_A_SHARD_MAX,
        exposure: ExposureRules { period_max: amount("1000") },
        day_offset: Offset::UTC,
    };
    let outcome = place_game_bet(&command, input, &limits, second(3));
    let PlaceGameBetOutcome::Placed(placement) = outcome else { panic!("{outcome:?}") };
    let record = GameBetRecord::decode(id, &GameBetRecord::of(&placement.bet).encode()).expect("a record");
    assert_eq!(Exposure::of(&Wheel, &[record]).worst_case(), amount("342.8"));

    let closing = period.close(second(25)).expect("it closes");
    let closed = closing.closed(PeriodTotals { bets: 1, staked: amount("10") }).expect("it is closed");
    let resulted = closed.draw(seed(), second(30)).expect("it is drawn");
    let result = resulted.result().expect("a result");
    assert_eq!(DrawnSymbols::parse(&Wheel, &result.drawn.to_string()), Ok(drawn));
    let won = winning_bets(&[record], &result.drawn);
    let paid = settle_bets(&resulted, &placement.wallet, &play, &won, second(31)).expect("it fits");
    assert_eq!(paid.wallet.balance, amount("442.8"));
}
