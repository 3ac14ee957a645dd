//! `contribute`: several groups in one step, exact to the last decimal.

use crate::common::{amount, minute, open_terms, operation, terms, user};
use evens_games::{GameBetRecord, GameStake, Lane, PeriodId, Selection};
use evens_idempotency::BetId;
use evens_jackpots::{
    ByGroup, ContributeRefusal, JackpotGroup, JackpotTerms, MeterCount, OperationId, Share, cash_of,
    contribute, contribution_of_stakes,
};
use evens_ledger::{Amount, SystemAccount};

const METERS: u8 = MeterCount::PRODUCTION.get();

fn amounts(minor: &str, major: &str, mega: &str) -> ByGroup<Amount> {
    ByGroup { minor: amount(minor), major: amount(major), mega: amount(mega) }
}

/// Nothing goes into the reserve.
fn other_terms() -> JackpotTerms {
    let (rate, none) = ("0.005".parse().unwrap(), "0".parse().unwrap());
    JackpotTerms::new(amount("10"), rate, none, amount("1000"), None).unwrap()
}

#[test]
fn refusals_of_a_contribution_have_their_order() {
    let only_minor = ByGroup { minor: Some(terms()), ..ByGroup::default() };
    #[rustfmt::skip]
    let table = [
        // amounts,               terms,             refused
        (amounts("0", "0", "0"),  ByGroup::default(), Some(ContributeRefusal::Nothing)),
        (amounts("1", "1", "1"),  ByGroup::default(), Some(ContributeRefusal::NotOpen(JackpotGroup::Minor))),
        (amounts("1", "0", "1"),  only_minor,         Some(ContributeRefusal::NotOpen(JackpotGroup::Mega))),
        (amounts("1", "0", "0"),  only_minor,         None),
        (amounts("1", "1", "1"),  open_terms(),       None),
    ];
    for (amounts, terms, refused) in table {
        let made = contribute(operation("a"), &amounts, &terms, minute(1));
        assert_eq!(made.err(), refused, "{amounts:?}");
    }
}

/// A contributor to a group with a limit could choose the time of the win.
#[test]
fn stakes_alone_bring_a_group_to_its_limit() {
    let limited = |limit| {
        let of = terms();
        JackpotTerms::new(of.start(), of.rate(), of.reserve_rate(), of.odds(), Some(amount(limit))).unwrap()
    };
    let of = |minor, major| ByGroup { minor: Some(minor), major: Some(major), mega: None };
    let has_limit = |group, limit| Err(ContributeRefusal::HasLimit(group, amount(limit)));
    let (minor, major) = (JackpotGroup::Minor, JackpotGroup::Major);
    #[rustfmt::skip]
    let table = [
        // amounts,             terms,                                refused
        (amounts("1", "1", "0"), of(terms(), terms()),                 Ok(())),
        (amounts("1", "0", "0"), of(terms(), limited("5000")),         Ok(())),
        (amounts("1", "1", "0"), of(terms(), limited("5000")),         has_limit(major, "5000")),
        (amounts("1", "1", "0"), of(limited("2000"), limited("5000")), has_limit(minor, "2000")),
    ];
    for (amounts, terms, refused) in table {
        let made = contribute(operation("a"), &amounts, &terms, minute(1)).unwrap();
        assert_eq!(made.brings_none_to_its_limit(&terms), refused, "{amounts:?}");
    }
}

#[test]
fn an_amount_is_divided_as_the_rates_stand_and_nothing_is_lost() {
    #[rustfmt::skip]
    let table = [
        ("4",          "3",          "1"),
        ("0.00000001", "0.00000001", "0"),
        ("0.00000007", "0.00000006", "0.00000001"),
        ("1000000",    "750000",     "250000"),
    ];
    for (whole, pool, reserve) in table {
        let made = contribute(operation("a"), &amounts(whole, "0", whole), &open_terms(), minute(1)).unwrap();
        let share = Share { pool: amount(pool), reserve: amount(reserve) };
        assert_eq!(made.shares, ByGroup { minor: share, major: Share::default(), mega: share });
        let dearer = ByGroup::of(|_| Some(other_terms()));
        let again = contribute(operation("a"), &amounts(whole, "0", whole), &dearer, minute(9)).unwrap();
        assert!(made.is_same(&again));
        let other = contribute(operation("a"), &amounts(whole, "1", whole), &dearer, minute(9)).unwrap();
        assert!(!made.is_same(&other));
    }
}

/// A contribution without a known caller matches a repeat by any caller.
#[test]
fn the_same_by_another_caller_is_another_contribution() {
    let made = || contribute(operation("a"), &amounts("4", "0", "0"), &open_terms(), minute(1)).unwrap();
    let by = |caller: Option<u64>| caller.map_or_else(made, |caller| made().made_by(user(caller)));
    #[rustfmt::skip]
    let table = [
        (None,      None,      true),
        (None,      Some(700), true),
        (Some(700), None,      true),
        (Some(700), Some(700), true),
        (Some(700), Some(701), false),
    ];
    for (first, again, is_same) in table {
        assert_eq!(by(first).is_same(&by(again)), is_same, "{first:?} {again:?}");
    }
}

#[test]
fn stakes_contribute_each_rate_of_them() {
    let of = |staked: &str, terms: &ByGroup<Option<JackpotTerms>>| {
        contribution_of_stakes(operation("a"), amount(staked), terms, minute(1))
    };
    let made = of("100", &open_terms()).unwrap();
    assert_eq!(made.shares.minor, Share { pool: amount("0.3"), reserve: amount("0.1") });
    assert_eq!(made.total(), amount("1.2"));
    assert_eq!(of("0.000001", &open_terms()), None);
    assert_eq!(of("100", &ByGroup::default()), None);
}

#[test]
fn a_bonus_feeds_no_jackpot() {
    let period: PeriodId = "wingo-30-20261123000000042".parse().unwrap();
    let selection = Selection::parse(period.room.game(), "SIZE", "big").unwrap();
    let bet = |stake: &str, bonus: &str| GameBetRecord {
        bet: BetId::from_bytes([7; 16]),
        user: user(1),
        selection,
        stake: GameStake::parse(amount(stake)).unwrap(),
        bonus: amount(bonus),
    };
    let bets = [bet("10", "0"), bet("10", "10"), bet("20", "19.99")];
    assert_eq!(cash_of(&bets), amount("10.01"));
    assert_eq!(cash_of(&[]), Amount::ZERO);
}

#[test]
fn the_transfers_of_a_contribution_follow_from_it() {
    let made =
        contribute(operation("a"), &amounts("4", "0", "0.00000001"), &open_terms(), minute(1)).unwrap();
    let moved: Vec<_> =
        made.transfers().into_iter().map(|moved| (moved.key.to_string(), moved.to, moved.amount)).collect();
    let (minor, mega) = (JackpotGroup::Minor, JackpotGroup::Mega);
    let expected = [
        ("JACKPOT-IN:a:minor".to_owned(), minor.pool_account(), amount("3")),
        ("JACKPOT-RESERVE:a:minor".to_owned(), minor.reserve_account(), amount("1")),
        ("JACKPOT-IN:a:mega".to_owned(), mega.pool_account(), amount("0.00000001")),
    ];
    assert_eq!(moved, expected);
    assert!(made.transfers().iter().all(|moved| moved.from == SystemAccount::House && moved.at == minute(1)));
}

#[test]
fn each_group_has_a_value_of_its_own() {
    let mut numbers = ByGroup { minor: 1, major: 2, mega: 3 };
    for (group, number) in JackpotGroup::ALL.into_iter().zip([1, 2, 3]) {
        assert_eq!(*numbers.get(group), number, "{group}");
        *numbers.get_mut(group) *= 10;
    }
    assert_eq!(numbers, ByGroup { minor: 10, major: 20, mega: 30 });
    let names = numbers.iter().map(|(group, number)| format!("{group} {number}")).collect::<Vec<_>>();
    assert_eq!(names, ["minor 10", "major 20", "mega 30"]);
    for group in JackpotGroup::ALL {
        assert_eq!(group.to_string().parse(), Ok(group));
    }
    assert!("Minor".parse::<JackpotGroup>().is_err());
}

#[test]
fn operations_spread_over_all_meters_and_each_always_finds_its_own() {
    let mut used = [0_u32; METERS as usize];
    for number in 0..10_000 {
        let id: OperationId = format!("op-{number}").parse().unwrap();
        assert_eq!(
            id.meter(MeterCount::PRODUCTION),
            OperationId::from_stored(id.to_string()).meter(MeterCount::PRODUCTION)
        );
        used[usize::from(id.meter(MeterCount::PRODUCTION))] += 1;
    }
    assert!(used.iter().all(|used| (90..230).contains(used)), "{used:?}");
}

#[test]
fn a_client_cannot_choose_the_id_of_a_period() {
    let period = "wingo-30-20261123000000042".parse().unwrap();
    let of_lane = |number| OperationId::of_lane(period, Lane::new(number).unwrap());
    for id in [of_lane(0), OperationId::of_drawn_win(period, JackpotGroup::Mega)] {
        assert!(id.as_str().parse::<OperationId>().is_err(), "{id}");
    }
    assert_eq!(of_lane(15).as_str(), "period:wingo-30-20261123000000042:15");
    assert!(of_lane(1).is_of_play() && !OperationId::of_drawn_win(period, JackpotGroup::Mega).is_of_play());
    assert!(!operation("period").is_of_play());
    let drawn = OperationId::of_drawn_win(period, JackpotGroup::Mega);
    assert_eq!(
        (of_lane(1).period(), drawn.period(), operation("period").period()),
        (Some(period), None, None)
    );
    assert_eq!(drawn.drawn_win(), Some((period, JackpotGroup::Mega)));
    assert_eq!(of_lane(1).drawn_win(), None);
    assert_eq!(operation("drawn").drawn_win(), None);
    for wrong in ["", "a b", "a:b", "ä", &"x".repeat(65)] {
        assert!(wrong.parse::<OperationId>().is_err(), "{wrong:?}");
    }
}

#[test]
fn a_contribution_is_found_by_the_key_of_what_it_moved() {
    let play = "period:wingo-30-20261123000000042:3";
    let key = format!("JACKPOT-IN:{play}:mega");
    #[rustfmt::skip]
    let table = [
        ("JACKPOT-IN:op-1:minor",      Some("op-1")),
        ("JACKPOT-RESERVE:op-1:major", Some("op-1")),
        (key.as_str(),                 Some(play)),
        ("JACKPOT-IN:op-1:maxi",       None),
        ("JACKPOT-IN:minor",           None),
        ("JACKPOT-INS:op-1:minor",     None),
        ("JACKPOT-START:minor",        None),
    ];
    for (key, found) in table {
        assert_eq!(OperationId::of_contribution(key).as_ref().map(OperationId::as_str), found, "{key}");
    }
    let made = contribute(operation("op-1"), &amounts("4", "0", "4"), &open_terms(), minute(1)).unwrap();
    for transfer in made.transfers() {
        assert_eq!(OperationId::of_contribution(transfer.key.as_str()), Some(operation("op-1")));
    }
}
