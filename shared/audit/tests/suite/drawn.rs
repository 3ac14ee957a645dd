//! Jackpots won by tickets: sound books, and corrupted stored wins.

use crate::common::{amount, check as check_items, second, user};
use crate::fed::{Case, sound_by, terms};
use crate::games::{cancelled_id, drawn_id};
use evens_audit::{Completeness, JackpotTickets, audit_tickets};
use evens_games::{Lanes, Period, PeriodState};
use evens_idempotency::BetId;
use evens_jackpots::{
    Award, ByGroup, CashBet, Contribution, JackpotConfig, JackpotDraw, JackpotGroup, JackpotTerms,
    OperationId, Share, Win, WinCause, WinningBet,
};
use evens_ledger::Amount;
use evens_records::{JackpotRecord, Record};
use jiff::Timestamp;

const MINOR: JackpotGroup = JackpotGroup::Minor;

/// Every ticket wins: the cash stakes are 5 and 10.
fn always() -> JackpotTerms {
    terms("5", "5", None)
}

/// No ticket wins, except with a chance of one in billions.
fn never(limit: Option<&str>) -> JackpotTerms {
    terms("1000", "100000000000", limit)
}

impl Case {
    fn period(&self) -> Period {
        let found = self.items.iter().find_map(|item| match item {
            Record::Period(period) if period.id == drawn_id() => Some((**period).clone()),
            _ => None,
        });
        found.expect("there is one")
    }

    fn bets(&self) -> Vec<CashBet> {
        let bets = self.items.iter().filter_map(|item| match item {
            Record::GameBet(bet) if bet.period == drawn_id() => {
                Some(CashBet { bet: bet.id, user: bet.user, cash: bet.parts.cash })
            }
            _ => None,
        });
        bets.collect()
    }

    /// The win of its tickets by its terms.
    fn award(&self, must_be_won: bool) -> Option<Award> {
        let config =
            JackpotConfig { group: MINOR, version: 1, terms: self.terms, since: Timestamp::UNIX_EPOCH };
        let open = ByGroup { minor: Some(config), ..ByGroup::default() };
        JackpotDraw::of(&self.period(), open).expect("drawn").award(MINOR, &self.bets(), must_be_won)
    }

    /// A cash bet without the lowest ticket.
    fn other(&self) -> CashBet {
        let lowest = lowest_of(&self.tickets());
        let mut others = self.bets().into_iter().filter(|bet| !bet.cash.is_zero() && bet.bet != lowest);
        others.next().expect("there is one")
    }

    fn tickets(&self) -> JackpotTickets {
        let config = JackpotConfig { group: MINOR, version: 1, terms: self.terms, since: second(0) };
        let versions = ByGroup { minor: vec![config], ..ByGroup::default() };
        let mut of = audit_tickets(&self.period(), &self.bets(), &versions);
        assert_eq!(of.len(), 1);
        of.pop().expect("there is one")
    }

    /// An early contribution of an operator, so that the pool held 1,030 when the period was drawn.
    fn contribute_early(&mut self) {
        let operation: OperationId = "early".parse().expect("an id");
        let minor = Share { pool: amount("30"), reserve: amount("10") };
        let shares = ByGroup { minor, ..ByGroup::default() };
        let made = Contribution { operation: operation.clone(), shares, at: second(100), by: None };
        self.contributions.insert(operation, made);
    }
}

fn lowest_of(tickets: &JackpotTickets) -> BetId {
    tickets.lowest.expect("there is one").1.bet
}

/// Books in which the win of the tickets is owed; with `must_be_won`, the forced win.
fn drawn(terms: JackpotTerms, must_be_won: bool) -> Case {
    let mut case = sound_by(terms);
    case.contribute_early();
    case.awards.extend(case.award(must_be_won));
    case
}

fn names(case: Case, completeness: Completeness) -> Vec<&'static str> {
    let report = check_items(case.items(), completeness);
    let mut names: Vec<_> = report.violations().iter().map(|violation| violation.invariant.name()).collect();
    names.dedup();
    names
}

#[test]
fn a_win_that_is_owed_is_no_offence_until_it_is_late() {
    let case = drawn(never(Some("1010")), true);
    assert_eq!(case.awards.len(), 1);
    assert!(case.awards[0].is_forced());
    assert_eq!(names(case, Completeness::Stopped), [""; 0]);
    assert_eq!(names(drawn(never(None), false), Completeness::Ended), [""; 0]);
}

#[test]
fn tickets_are_made_again_from_what_is_public() {
    let case = sound_by(never(Some("1010")));
    let tickets = case.tickets();
    assert_eq!((tickets.count, tickets.winning.len(), tickets.limit), (2, 0, Some(amount("1010"))));
    let award = case.award(true).expect("forced");
    assert_eq!(
        award.cause,
        WinCause::Drawn { period: drawn_id(), bet: lowest_of(&tickets), is_forced: true }
    );
    assert_eq!(tickets.fault(&case.period(), Some(&award)), None);
    assert_eq!(tickets.fault(&case.period(), None), None);
}

/// Changes the forced win.
fn change(case: &mut Case, to: impl FnOnce(Award) -> Award) {
    let award = case.awards.pop().expect("there is one");
    case.awards.push(to(award));
}

/// The corruption's name, the corruption, and the violated invariant.
type Corruption = (&'static str, fn(&mut Case), &'static str);

#[test]
#[rustfmt::skip]
fn a_wrongly_recorded_drawn_win_is_found() {
    let table: [Corruption; 9] = [
        ("another bet than the lowest", |case| {
            let CashBet { bet, user, .. } = case.other();
            let cause = WinCause::Drawn { period: drawn_id(), bet, is_forced: true };
            change(case, |award| Award { user, cause, ..award });
        }, "M7"),
        ("by other terms", |case| {
            change(case, |award| Award { must_hit_by: Some(amount("1009")), ..award });
        }, "M7"),
        ("another stake", |case| {
            let winning = case.awards[0].winning.map(|winning| WinningBet { cash: amount("1"), ..winning });
            change(case, |award| Award { winning, ..award });
        }, "M7"),
        ("terms of another time", |case| {
            let winning = case.awards[0].winning.map(|winning| WinningBet { terms_version: 2, ..winning });
            change(case, |award| Award { winning, ..award });
        }, "M7"),
        ("another player", |case| change(case, |award| Award { user: user(9), ..award }), "M7"),
        ("no pool had to be won", |case| case.terms = never(None), "M7"),
        ("a ticket that does not win", |case| {
            let bet = lowest_of(&case.tickets());
            let cause = WinCause::Drawn { period: drawn_id(), bet, is_forced: false };
            change(case, |award| Award { cause, ..award });
        }, "M7"),
        ("a period that was cancelled", |case| {
            let operation = OperationId::of_drawn_win(cancelled_id(), MINOR);
            let award = Award { operation, ..case.awards[0].clone() };
            case.awards.push(award);
        }, "M7"),
        ("a pool that has to be won is left", |case| case.awards.clear(), "M9"),
    ];
    for (what, corrupt, expected) in table {
        let mut case = drawn(never(Some("1010")), true);
        corrupt(&mut case);
        assert_eq!(names(case, Completeness::Stopped), [expected], "{what}");
    }
}

#[test]
fn a_win_that_follows_from_the_tickets_is_owed_before_its_lane_is_done() {
    let case = || drawn(always(), false);
    assert_eq!(names(case(), Completeness::Stopped), [""; 0]);
    assert_eq!(names(case(), Completeness::Ended), ["M9"]);
    let mut forgotten = case();
    forgotten.awards.clear();
    assert_eq!(names(forgotten, Completeness::Stopped), ["M7"]);
    let mut on_the_way = case();
    on_the_way.awards.clear();
    on_the_way.contributions.retain(|id, _| !id.is_of_play());
    for item in &mut on_the_way.items {
        if let Record::Period(period) = item
            && let PeriodState::Settled(totals, result) = &period.state
        {
            period.state = PeriodState::Resulted(*totals, result.clone(), Lanes::NONE);
        }
    }
    assert_eq!(names(on_the_way, Completeness::Stopped), [""; 0]);
}

#[test]
fn a_forced_win_of_a_pool_below_its_limit_is_found() {
    for (pool, expected) in [("1009.99999999", true), ("1010", false)] {
        let case = drawn(never(Some("1010")), true);
        let Award { operation, group, user, cause, winning, reason, .. } = case.awards[0].clone();
        let (cycle, pool_before, at) = (0, amount(pool), second(500));
        let (refill, top_up) = (Amount::ZERO, Amount::ZERO);
        let amount = pool_before;
        let win = Win {
            operation,
            group,
            cycle,
            user,
            amount,
            pool_before,
            refill,
            top_up,
            cause,
            winning,
            reason,
            at,
        };
        let mut items = case.items();
        items.push(Record::Jackpot(Box::new(JackpotRecord::Win(win))));
        let report = check_items(items, Completeness::Stopped);
        let says_so = |sentence: &str| sentence.contains("which did not have to be won");
        let found = report.violations().iter().any(|violation| says_so(&violation.sentence));
        assert_eq!(found, expected, "{pool}");
    }
}
