//! The jackpot wins of a period's bets, from its seed and the terms that applied when it opened.

use crate::common::{MINOR, amount, terms, user};
use evens_draws::Seed;
use evens_games::{GameBetRecord, GameStake, Period, PeriodId, PeriodTotals, Selection, ShardCount};
use evens_idempotency::BetId;
use evens_jackpots::{
    ByGroup, CashBet, JackpotConfig, JackpotDraw, JackpotGroup, JackpotTerms, OperationId, Ticket, WinCause,
    WinningBet, ticket,
};
use evens_ledger::Amount;
use jiff::tz::Offset;

fn id() -> PeriodId {
    "wingo-30-20261123000000042".parse().unwrap()
}

fn seed() -> Seed {
    Seed::from_bytes([7; 32])
}

fn closed() -> Period {
    let open = Period::open(id(), Offset::UTC, seed().hash(), ShardCount::ONE_PER_LANE);
    let closing = open.close(open.times.closes_at).unwrap();
    closing.closed(PeriodTotals { bets: 2, staked: amount("2") }).unwrap()
}

fn drawn() -> Period {
    let closed = closed();
    closed.draw(seed(), closed.times.ends_at).unwrap()
}

/// Every ticket with this stake wins.
fn with(odds: &str, limit: Option<&str>) -> ByGroup<Option<JackpotConfig>> {
    let of = terms();
    let limit = limit.map(amount);
    let terms = JackpotTerms::new(of.start(), of.rate(), of.reserve_rate(), amount(odds), limit).unwrap();
    let config = JackpotConfig { group: MINOR, version: 3, terms, since: closed().times.opens_at };
    ByGroup { minor: Some(config), ..ByGroup::default() }
}

fn bets(cash: &str) -> Vec<CashBet> {
    let bet = |number| CashBet {
        bet: BetId::from_bytes([number; 16]),
        user: user(u64::from(number) + 1),
        cash: amount(cash),
    };
    (0..9).map(bet).collect()
}

#[test]
fn the_lowest_winning_ticket_of_the_period_takes_the_pool_for_every_lane() {
    let draw = JackpotDraw::of(&drawn(), with("1000", None)).unwrap();
    let mut all = bets("1000");
    let lowest = *all.iter().min_by_key(|bet| ticket(&seed(), MINOR, bet.bet, "none")).unwrap();
    let award = draw.award(MINOR, &all, false).unwrap();
    assert_eq!((award.operation.clone(), award.user), (OperationId::of_drawn_win(id(), MINOR), lowest.user));
    assert_eq!(award.cause, WinCause::Drawn { period: id(), bet: lowest.bet, is_forced: false });
    assert_eq!((award.requested, award.cycle, award.at), (None, None, drawn().times.ends_at));
    let ticket = ticket(&seed(), MINOR, lowest.bet, "none");
    assert_eq!(award.winning, Some(WinningBet { cash: amount("1000"), ticket, terms_version: 3 }));
    all.reverse();
    assert_eq!(draw.award(MINOR, &all, true), Some(award));
    assert_eq!(draw.award(JackpotGroup::Mega, &all, true), None);
}

#[test]
fn a_lane_looks_at_the_others_only_where_one_of_its_own_bets_wins() {
    let draw = JackpotDraw::of(&drawn(), with("1000000", None)).unwrap();
    assert!(!draw.has_winner(MINOR, &bets("1")));
    assert!(draw.has_winner(MINOR, &bets("1000000")));
    assert!(!draw.has_winner(JackpotGroup::Mega, &bets("1000000")));
    assert!(!draw.has_limit());
}

#[test]
fn a_pool_that_has_reached_its_limit_is_won_by_the_lowest_ticket() {
    let draw = JackpotDraw::of(&drawn(), with("1000000", Some("5000"))).unwrap();
    assert!(draw.has_limit());
    for (held, expected) in [("4999.99999999", false), ("5000", true), ("5000.00000001", true)] {
        assert_eq!(draw.must_be_won(MINOR, amount(held)), expected, "{held}");
    }
    assert!(!draw.must_be_won(JackpotGroup::Mega, amount("5000")));
    let all = bets("1");
    assert_eq!(draw.award(MINOR, &all, false), None);
    let lowest = all.iter().min_by_key(|bet| ticket(&seed(), MINOR, bet.bet, "none")).unwrap();
    let award = draw.award(MINOR, &all, true).unwrap();
    assert_eq!(award.cause, WinCause::Drawn { period: id(), bet: lowest.bet, is_forced: true });
    assert_eq!(award.must_hit_by, Some(amount("5000")));
}

#[test]
fn tickets_come_back_from_their_text() {
    for ticket in [Ticket(0), Ticket(0xf0), Ticket(u64::MAX)] {
        assert_eq!(ticket.to_string().parse(), Ok(ticket));
    }
    assert_eq!(Ticket(0xf0).to_string(), "00000000000000f0");
    for wrong in ["", "f0", "+0000000000000f0", "00000000000000000", "000000000000000g"] {
        assert!(wrong.parse::<Ticket>().is_err(), "{wrong}");
    }
}

#[test]
fn a_period_that_is_not_drawn_wins_nothing() {
    assert!(JackpotDraw::of(&closed(), with("1000", None)).is_none());
}

#[test]
fn a_stake_paid_by_a_bonus_wins_no_jackpot() {
    let selection = Selection::parse(id().room.game(), "SIZE", "big").unwrap();
    let record = |bonus: &str| GameBetRecord {
        bet: BetId::from_bytes([7; 16]),
        user: user(1),
        selection,
        stake: GameStake::parse(amount("10")).unwrap(),
        bonus: amount(bonus),
    };
    assert_eq!(CashBet::of(&record("9.99")).cash, amount("0.01"));
    assert_eq!(CashBet::of(&record("10")).cash, Amount::ZERO);
}
