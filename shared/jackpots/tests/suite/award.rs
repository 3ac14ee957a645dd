//! The rules for awarding a pool, and the time at which a win begins.

use crate::common::{MINOR, amount, minute, pool_of, terms, user, wallet, wanted};
use evens_idempotency::BetId;
use evens_jackpots::{
    Award, AwardAct, AwardInput, AwardRefusal, AwardStep, ConflictDetails, GroupTotals, JackpotGroup,
    JackpotTerms, PROPOSAL_HOLDS_FOR, Pool, Share, WinCause, award, begin_win, finish_win,
};
use evens_ledger::{Amount, UserId};
use jiff::SignedDuration;

const NOW: i64 = 20;

fn operator(by: u64) -> AwardAct {
    AwardAct::Operator {
        by: user(by),
        logged_in_at: minute(NOW - 15),
        two_persons_from: amount("1500"),
        is_for_player: true,
    }
}

fn for_staff(by: u64) -> AwardAct {
    let AwardAct::Operator { by, logged_in_at, two_persons_from, .. } = operator(by) else { unreachable!() };
    AwardAct::Operator { by, logged_in_at, two_persons_from, is_for_player: false }
}

struct World {
    existing: Option<Award>,
    is_proposer_gone: bool,
    pool: Option<Pool>,
    balance: &'static str,
    given_alone: &'static str,
}

impl World {
    fn award(&self, wanted: &Award, act: AwardAct) -> Result<AwardStep, AwardRefusal> {
        let (terms, wallet) = (terms(), wallet(42, self.balance));
        // 1,000 in the pool and 1,000 in the meters.
        let totals = GroupTotals { amount: amount("2000"), reserve: Amount::ZERO };
        let input = AwardInput {
            existing: self.existing.as_ref(),
            is_proposer_gone: self.is_proposer_gone,
            pool: self.pool.as_ref().map(|pool| (pool, &terms)),
            totals,
            given_alone: amount(self.given_alone),
            wallet: &wallet,
        };
        award(wanted, act, input, minute(NOW))
    }
}

fn world() -> World {
    World {
        existing: None,
        is_proposer_gone: false,
        pool: Some(pool_of("1000")),
        balance: "0",
        given_alone: "0",
    }
}

fn held_by(name: &str) -> Pool {
    let other = Award { cycle: Some(0), ..wanted(name, None) };
    begin_win(&pool_of("1000"), other, amount("1000"), minute(1))
}

fn begun(existing: &Award) -> Award {
    Award { cycle: Some(3), ..existing.clone() }
}

#[test]
fn refusals_come_in_their_order() {
    let mine = wanted("a", Some("2000.01"));
    let other = Award { user: user(43), ..mine.clone() };
    let too_old = |by| AwardAct::Operator {
        by: user(by),
        logged_in_at: minute(NOW - 15) - SignedDuration::from_nanos(1),
        two_persons_from: amount("1500"),
        is_for_player: false,
    };
    let too_much = Award { requested: Some(amount("2000.01")), ..wanted("a", None) };
    let forced = Award { cause: drawn_by(true), ..too_much.clone() };
    let fits = wanted("a", Some("2000"));
    let proposed = Some(fits.clone());
    let lapsed = Some(Award { at: minute(NOW) - PROPOSAL_HOLDS_FOR, ..fits.clone() });
    #[rustfmt::skip]
    let table = [
        // existing, pool, balance, wanted, act, refused by
        (Some(begun(&other)), None, "0", &mine, too_old(42), "LoginTooOld"),
        (Some(begun(&other)), None, "0", &mine, for_staff(42), "OwnWin"),
        (Some(begun(&other)), None, "0", &mine, for_staff(700), "OperationReused"),
        (Some(begun(&mine)),  None, "0", &mine, for_staff(700), "BegunBefore"),
        (lapsed, None, "0", &fits, for_staff(701), "ProposalLapsed"),
        (None, None, "0", &mine, for_staff(700), "NoPlayer"),
        (None, None, "0", &mine, operator(700), "NotOpen"),
        (None, Some(held_by("b")), "0", &mine, operator(700), "Held"),
        (None, Some(held_by("b")), FULL, &forced, AwardAct::Draw, "Held"),
        (None, Some(pool_of("1000")), FULL, &forced, AwardAct::Draw, "NeedNotBeWon"),
        (None, Some(pool_of("1000")), FULL, &too_much, operator(700), "MoreThanPool"),
        (proposed.clone(), Some(pool_of("1000")), FULL, &fits, operator(700), "ProposedBefore"),
        (proposed.clone(), Some(pool_of("1000")), FULL, &fits, operator(701), "BalanceTooLarge"),
        (proposed, Some(pool_of("1000")), "0", &fits, operator(701), "begins"),
        (None, Some(pool_of("1000")), "0", &fits, operator(700), "proposes"),
    ];
    for (existing, pool, balance, wanted, act, expected) in table {
        let said = match (World { existing, pool, balance, ..world() }).award(wanted, act) {
            Ok(AwardStep::Begin(_)) => "begins",
            Ok(AwardStep::Propose(_)) => "proposes",
            Err(refusal) => name_of(&refusal),
        };
        assert_eq!(said, expected);
    }
}

const FULL: &str = "99999999999999999999.99999999";

fn name_of(refusal: &AwardRefusal) -> &'static str {
    match refusal {
        AwardRefusal::LoginTooOld => "LoginTooOld",
        AwardRefusal::OwnWin => "OwnWin",
        AwardRefusal::OperationReused(_) => "OperationReused",
        AwardRefusal::BegunBefore(_) => "BegunBefore",
        AwardRefusal::ProposalLapsed => "ProposalLapsed",
        AwardRefusal::NoPlayer => "NoPlayer",
        AwardRefusal::NotOpen(_) => "NotOpen",
        AwardRefusal::Held(_) => "Held",
        AwardRefusal::NeedNotBeWon(_) => "NeedNotBeWon",
        AwardRefusal::MoreThanPool(_) => "MoreThanPool",
        AwardRefusal::ProposedBefore => "ProposedBefore",
        AwardRefusal::BalanceTooLarge => "BalanceTooLarge",
    }
}

#[test]
fn below_the_threshold_one_operator_is_enough_and_from_it_on_two() {
    let by = |step: Result<AwardStep, AwardRefusal>| match step.unwrap() {
        AwardStep::Begin(begun) => Some(begun.award.cause),
        AwardStep::Propose(_) => None,
    };
    let manual = |by, agreed: Option<UserId>| WinCause::Manual { by: user(by), agreed };
    let small = wanted("a", Some("1499.99999999"));
    assert_eq!(by(world().award(&small, operator(700))), Some(manual(700, None)));
    // A request for the whole pool counts as its content, including the meters.
    for large in [wanted("a", Some("1500")), wanted("a", None)] {
        assert_eq!(by(world().award(&large, operator(700))), None);
        let proposed = World { existing: Some(large.clone()), ..world() };
        let again = Award { reason: "in other words".to_owned(), ..large.clone() };
        let other = Award { cause: manual(701, None), ..again };
        assert_eq!(by(proposed.award(&other, operator(701))), Some(manual(700, Some(user(701)))));
    }
}

/// Contributions that arrive while the win is in progress belong to the pool, not to the award of an operator. A drawn
/// win has no sum of its own.
#[test]
fn an_operators_award_of_a_whole_pool_begins_with_its_sum() {
    let AwardAct::Operator { by, logged_in_at, is_for_player, .. } = operator(700) else { unreachable!() };
    let alone =
        AwardAct::Operator { by, logged_in_at, two_persons_from: amount("2000.00000001"), is_for_player };
    let all = wanted("a", None);
    let drawn = Award { cause: drawn_by(false), ..all.clone() };
    for (wanted, act, requested) in [(&all, alone, Some(amount("2000"))), (&drawn, AwardAct::Draw, None)] {
        let AwardStep::Begin(begun) = world().award(wanted, act).unwrap() else { panic!("proposed") };
        assert_eq!(begun.award.requested, requested, "{wanted:?}");
    }
}

/// A real case: the whole pool was proposed at 179 and approved at 5,752.33, because contributions had come in between.
#[test]
fn an_agreement_to_a_whole_pool_means_its_sum_at_the_proposal() {
    let AwardStep::Propose(proposed) = world().award(&wanted("a", None), operator(700)).unwrap() else {
        panic!("begun")
    };
    assert_eq!(proposed.requested, Some(amount("2000")));
    let lower = Award { requested: Some(amount("1600")), ..*proposed };
    for requested in [None, Some(amount("1600"))] {
        let other =
            Award { cause: WinCause::Manual { by: user(701), agreed: None }, requested, ..lower.clone() };
        let world = World { existing: Some(lower.clone()), ..world() };
        let AwardStep::Begin(begun) = world.award(&other, operator(701)).unwrap() else { panic!("proposed") };
        assert_eq!(begun.award.requested, Some(amount("1600")));
    }
}

/// An operator who was blocked or lost the role does not count as one of the two.
#[test]
fn a_proposal_of_a_former_operator_is_not_agreed_to() {
    let large = wanted("a", Some("1500"));
    let other = Award { cause: WinCause::Manual { by: user(701), agreed: None }, ..large.clone() };
    let world = World { existing: Some(large), is_proposer_gone: true, ..world() };
    assert_eq!(world.award(&other, operator(701)), Err(AwardRefusal::ProposalLapsed));
}

/// Awards by a single operator within a day are added up, so that a pool cannot be given away in small parts.
#[test]
fn awards_by_one_operator_count_towards_the_threshold() {
    let one = wanted("a", Some("500"));
    for (given_alone, begins) in [("999.99999999", true), ("1000", false), (FULL, false)] {
        let step = World { given_alone, ..world() }.award(&one, operator(700)).unwrap();
        assert_eq!(matches!(step, AwardStep::Begin(_)), begins, "{given_alone}");
    }
    // A draw is not an award by an operator.
    let drawn = Award { cause: drawn_by(false), ..one };
    assert!(World { given_alone: FULL, ..world() }.award(&drawn, AwardAct::Draw).is_ok());
}

/// The threshold may not apply to a proposal any longer when it is approved. The approving operator is recorded in any
/// case.
#[test]
fn the_agreeing_operator_is_named_even_if_one_is_enough() {
    let small = wanted("a", Some("500"));
    for (by, agreed) in [(700, None), (701, Some(user(701)))] {
        let proposed = World { existing: Some(small.clone()), ..world() };
        let other = Award { cause: WinCause::Manual { by: user(by), agreed: None }, ..small.clone() };
        let AwardStep::Begin(begun) = proposed.award(&other, operator(by)).unwrap() else {
            panic!("proposed")
        };
        assert_eq!(begun.award.cause, WinCause::Manual { by: user(700), agreed });
    }
}

/// Drawn wins and wins that have begun never lapse.
#[test]
fn a_proposal_lapses_after_a_week() {
    let proposed = wanted("a", None);
    let end = proposed.at + SignedDuration::from_hours(168);
    let drawn = Award { cause: drawn_by(false), ..proposed.clone() };
    #[rustfmt::skip]
    let table = [
        (&proposed,         end - SignedDuration::from_nanos(1), false),
        (&proposed,         end,                                 true),
        (&begun(&proposed), end,                                 false),
        (&drawn,            end,                                 false),
    ];
    for (award, at, has_lapsed) in table {
        assert_eq!(award.has_lapsed(at), has_lapsed, "{award:?} {at}");
    }
}

fn drawn_by(is_forced: bool) -> WinCause {
    let (period, bet) = ("wingo-30-20261123000000042".parse().unwrap(), BetId::from_bytes([7; 16]));
    WinCause::Drawn { period, bet, is_forced }
}

#[test]
fn a_forced_win_begins_only_while_the_pool_must_be_won() {
    let wanted = Award { cause: drawn_by(true), ..wanted("a", None) };
    let (pool, wallet) = (pool_of("1000"), wallet(42, "0"));
    let totals = GroupTotals { amount: amount("2000"), reserve: Amount::ZERO };
    for (limit, begins) in [(None, false), (Some("2000.00000001"), false), (Some("2000"), true)] {
        let of = terms();
        let limit = limit.map(amount);
        let terms = JackpotTerms::new(of.start(), of.rate(), of.reserve_rate(), of.odds(), limit).unwrap();
        let (pool, given_alone) = (Some((&pool, &terms)), Amount::ZERO);
        let input = AwardInput {
            existing: None,
            is_proposer_gone: false,
            pool,
            totals,
            given_alone,
            wallet: &wallet,
        };
        let step = award(&wanted, AwardAct::Draw, input, minute(NOW));
        assert_eq!(step.is_ok(), begins, "{step:?}");
    }
}

/// Newer terms do not revoke a win that is owed under older terms.
#[test]
fn a_forced_win_is_judged_by_the_terms_of_its_period() {
    for (limit, begins) in [("2000.00000001", false), ("2000", true)] {
        let must_hit_by = Some(amount(limit));
        let wanted = Award { cause: drawn_by(true), must_hit_by, ..wanted("a", None) };
        assert_eq!(world().award(&wanted, AwardAct::Draw).is_ok(), begins, "{limit}");
    }
}

#[test]
fn a_drawn_win_is_owed_until_it_begins() {
    let drawn = Award { cause: drawn_by(false), ..wanted("a", None) };
    assert!(drawn.is_owed() && !drawn.is_forced());
    assert!(!begun(&drawn).is_owed());
    assert!(!wanted("a", None).is_owed());
    assert!(Award { cause: drawn_by(true), ..drawn }.is_forced());
}

#[test]
fn a_draw_needs_no_operator() {
    let cause = drawn_by(false);
    let drawn = Award { cause, ..wanted("a", None) };
    let AwardStep::Begin(begun) = world().award(&drawn, AwardAct::Draw).unwrap() else { panic!("proposed") };
    assert_eq!((begun.award.cycle, begun.award.cause), (Some(0), cause));
    assert_eq!(begun.pool.winning().map(|win| win.start), Some(amount("1000")));
    assert_eq!((begun.pool.version, begun.pool.last_modified_at), (2, minute(NOW)));
}

#[test]
fn an_award_in_a_held_group_names_the_holding_win() {
    let held = World { pool: Some(held_by("b")), ..world() };
    let Err(AwardRefusal::Held(violation)) = held.award(&wanted("a", None), operator(700)) else {
        panic!("not held")
    };
    assert_eq!(violation.group, MINOR);
    let by = wanted("b", None).operation;
    assert_eq!(violation.details, ConflictDetails::Held { by, since: minute(1) });
}

/// Each row differs from the award above it in one fact. A request for the whole pool is the same as a fixed sum.
#[test]
fn an_award_is_the_same_for_one_group_winner_sum_and_cause() {
    let part = wanted("a", Some("500"));
    let manual = |by| WinCause::Manual { by: user(by), agreed: None };
    let of_draw = |is_forced| Award { cause: drawn_by(is_forced), requested: None, ..part.clone() };
    #[rustfmt::skip]
    let table = [
        (part.clone(),         part.clone(),                                                 true),
        (part.clone(),         Award { cause: manual(701), ..part.clone() },                 true),
        (part.clone(),         Award { reason: "other words".to_owned(), ..part.clone() },   true),
        (part.clone(),         Award { user: user(43), ..part.clone() },                     false),
        (part.clone(),         Award { group: JackpotGroup::Mega, ..part.clone() },          false),
        (part.clone(),         wanted("a", Some("501")),                                     false),
        // The sum of a proposal or of a win is fixed.
        (part.clone(),         wanted("a", None),                                            true),
        (begun(&part),         wanted("a", None),                                            true),
        (wanted("a", None),    part.clone(),                                                 false),
        // A draw is no act of an operator.
        (of_draw(false),       of_draw(false),                                               true),
        (of_draw(false),       of_draw(true),                                                false),
        (of_draw(false),       wanted("a", None),                                            false),
        (part.clone(),         Award { cause: drawn_by(false), ..part.clone() },             false),
        (Award { cycle: None, ..of_draw(false) }, Award { requested: Some(amount("1")), ..of_draw(false) }, false),
    ];
    for (existing, other, expected) in table {
        assert_eq!(existing.is_same(&other), expected, "{existing:?} {other:?}");
    }
}

#[test]
fn an_award_is_a_proposal_until_it_begins() {
    let manual = wanted("a", Some("500"));
    let drawn = Award { cause: drawn_by(false), ..manual.clone() };
    let found = [&manual, &begun(&manual), &drawn, &begun(&drawn)]
        .map(|award| (award.is_proposed(), award.proposed_by()));
    assert_eq!(found, [(true, Some(user(700))), (false, Some(user(700))), (false, None), (false, None)]);
}

/// The sum of awards by one operator alone. Draws and awards by two do not count.
#[test]
fn one_operator_gives_away_what_no_other_agreed_to() {
    let two = WinCause::Manual { by: user(700), agreed: Some(user(701)) };
    #[rustfmt::skip]
    let table = [
        (WinCause::Manual { by: user(700), agreed: None }, "500"),
        (two,                                              "0"),
        (drawn_by(false),                                  "0"),
    ];
    for (cause, expected) in table {
        let award = Award { cause, ..wanted("a", Some("500")) };
        assert_eq!(award.given_alone(), amount(expected), "{cause}");
        let pool = begin_win(&pool_of("1000"), begun(&award), amount("1000"), minute(1));
        let win = finish_win(&pool, Share::default(), &wallet(42, "0"), minute(2)).unwrap().unwrap().win;
        assert_eq!(win.given_alone(), amount(expected), "{cause}");
    }
    assert_eq!(wanted("a", None).given_alone(), Amount::ZERO);
}

#[test]
fn a_refusal_depends_on_the_content_of_the_group_or_not() {
    let held = held_by("b");
    let Err(of_group) = (World { pool: Some(held), ..world() }).award(&wanted("a", None), operator(700))
    else {
        panic!("not held")
    };
    let of_amount = [
        AwardRefusal::NeedNotBeWon(amount("1")),
        AwardRefusal::MoreThanPool(amount("1")),
        AwardRefusal::BalanceTooLarge,
    ];
    assert!(of_amount.iter().all(AwardRefusal::is_of_amount));
    let others = [
        AwardRefusal::LoginTooOld,
        AwardRefusal::OwnWin,
        AwardRefusal::OperationReused(wanted("a", None).operation),
        AwardRefusal::BegunBefore(1),
        AwardRefusal::ProposalLapsed,
        AwardRefusal::NoPlayer,
        AwardRefusal::NotOpen(MINOR),
        of_group,
        AwardRefusal::ProposedBefore,
    ];
    assert!(!others.iter().any(AwardRefusal::is_of_amount));
}

#[test]
fn causes_come_back_from_their_text() {
    let (period, bet) = ("wingo-30-20261123000000042".parse().unwrap(), BetId::from_bytes([7; 16]));
    let causes = [
        WinCause::Manual { by: user(700), agreed: None },
        WinCause::Manual { by: user(700), agreed: Some(user(701)) },
        WinCause::Drawn { period, bet, is_forced: false },
        WinCause::Drawn { period, bet, is_forced: true },
    ];
    for cause in causes {
        assert_eq!(cause.to_string().parse(), Ok(cause));
    }
    for wrong in ["", "manual", "manual x", "drawn 1 2", "manual 1 2 3"] {
        assert!(wrong.parse::<WinCause>().is_err(), "{wrong}");
    }
}
