//! `updateConfig`: all terms change together, compared with the version that was read.

use crate::common::{MINOR, amount, minute, opened, terms, user};
use evens_jackpots::{
    ConfigAct, ConfigStep, ConflictDetails, JackpotAction, JackpotConfig, JackpotConfigInput, JackpotTerms,
    PROPOSAL_HOLDS_FOR, PoolState, ProposedConfig, UpdateConfig, UpdateConfigRefusal, change_config,
    terms_at, update_config,
};
use evens_ledger::{Amount, SystemAccount};
use jiff::SignedDuration;
use std::slice::from_ref;

fn update(expected_version: u64) -> UpdateConfig {
    UpdateConfig { group: MINOR, expected_version, terms: terms() }
}

#[test]
fn a_version_other_than_the_expected_one_is_a_conflict_that_says_both() {
    let (read, _) = opened(MINOR);
    let fifth = JackpotConfig { version: 5, ..read };
    #[rustfmt::skip]
    let table = [
        // there,       expected, then
        (None,          0,        Ok(1)),
        (None,          1,        Err((1, 0))),
        (Some(&fifth),  0,        Err((0, 5))),
        (Some(&fifth),  4,        Err((4, 5))),
        (Some(&fifth),  5,        Ok(6)),
        (Some(&fifth),  6,        Err((6, 5))),
    ];
    for (there, expected, then) in table {
        let updated = update_config(there.map_or(&[], from_ref), &update(expected), Amount::ZERO, minute(1));
        match then {
            Ok(version) => assert_eq!(updated.unwrap().config.version, version),
            Err((expected, found)) => {
                let Err(UpdateConfigRefusal::Changed(violation)) = updated else { panic!("{updated:?}") };
                assert_eq!(violation.operation, JackpotAction::UpdateConfig);
                assert_eq!(violation.group, MINOR);
                assert_eq!(violation.details, ConflictDetails::Version { expected, found });
            }
        }
    }
}

/// The audit log has this text, and an auditor compares it with the version.
#[test]
fn terms_and_conflicts_are_told_in_a_line() {
    let (config, _) = opened(MINOR);
    assert_eq!(config.to_string(), "version 1: start 1000, rate 0.003 and 0.001, odds 1000000");
    let of = terms();
    let limited =
        JackpotTerms::new(of.start(), of.rate(), of.reserve_rate(), of.odds(), Some(amount("5000"))).unwrap();
    let second = JackpotConfig { version: 2, terms: limited, ..config };
    let text = "version 2: start 1000, rate 0.003 and 0.001, odds 1000000, won by 5000";
    assert_eq!(second.to_string(), text);
    let details = [
        (ConflictDetails::Version { expected: 1, found: 2 }, "the version is 2, not 1"),
        (
            ConflictDetails::Held { by: "a".parse().unwrap(), since: minute(1) },
            "win a has been in progress since 1970-01-01T00:01:00Z",
        ),
    ];
    for (details, said) in details {
        assert_eq!(details.to_string(), said);
    }
    let names = JackpotAction::ALL.map(JackpotAction::as_str);
    assert_eq!(names, ["contribute", "processWin", "updateConfig"]);
}

#[test]
fn the_first_version_opens_the_pool_with_money_of_the_house() {
    let plan = update_config(&[], &update(0), Amount::ZERO, minute(1)).unwrap();
    let (pool, transfer) = plan.opening.unwrap();
    assert_eq!((pool.amount, pool.cycle, pool.state), (amount("1000"), 0, PoolState::Open));
    assert_eq!(transfer.key.as_str(), "JACKPOT-START:minor");
    assert_eq!((transfer.from, transfer.to), (SystemAccount::House, MINOR.pool_account()));
    assert_eq!(transfer.amount, pool.amount);
    let second = update_config(from_ref(&plan.config), &update(1), amount("1000"), minute(2)).unwrap();
    assert_eq!(second.opening, None);
}

/// Otherwise the operator would give the content of the pool to the bets of the next period.
#[test]
fn a_pool_that_holds_so_much_does_not_have_to_be_won_by_less() {
    let by = |limit: Option<&str>| {
        let (of, limit) = (terms(), limit.map(amount));
        JackpotTerms::new(of.start(), of.rate(), of.reserve_rate(), of.odds(), limit).unwrap()
    };
    let (config, _) = opened(MINOR);
    #[rustfmt::skip]
    let table = [
        // there,      expected, wanted,       then
        (None,         0,        Some("5000"), "Changed"),
        (None,         1,        Some("5000"), "LimitReached"),
        (None,         1,        Some("5000.00000001"), "changes"),
        (None,         1,        None,         "changes"),
        (Some("4000"), 1,        Some("5000"), "LimitReached"),
        // The limit was reached through stakes.
        (Some("4000"), 1,        Some("4000"), "changes"),
    ];
    for (there, expected_version, limit, then) in table {
        let there = JackpotConfig { terms: by(there), ..config.clone() };
        let update = UpdateConfig { group: MINOR, expected_version, terms: by(limit) };
        let said = match update_config(from_ref(&there), &update, amount("5000"), minute(1)) {
            Ok(_) => "changes",
            Err(UpdateConfigRefusal::Changed(_)) => "Changed",
            Err(UpdateConfigRefusal::LimitReached(pool_amount)) if pool_amount == amount("5000") => {
                "LimitReached"
            }
            Err(refusal) => panic!("{refusal}"),
        };
        assert_eq!(said, then, "{limit:?}");
    }
}

/// The terms of the documentation with another start amount.
fn from(start: &str) -> JackpotTerms {
    let of = terms();
    JackpotTerms::new(amount(start), of.rate(), of.reserve_rate(), of.odds(), None).unwrap()
}

fn change(
    newest: Option<&JackpotConfig>,
    proposed: &[ProposedConfig],
    (wanted, by): (JackpotTerms, u64),
    pool_amount: &str,
) -> Result<ConfigStep, UpdateConfigRefusal> {
    let expected_version = newest.map_or(0, |newest| newest.version);
    let update = UpdateConfig { group: MINOR, expected_version, terms: wanted };
    let act = ConfigAct { by: user(by), reason: "why".to_owned() };
    change_config(
        &update,
        &act,
        JackpotConfigInput {
            versions: newest.map_or(&[], from_ref),
            proposed,
            pool_amount: amount(pool_amount),
        },
        minute(20_000),
    )
}

fn said(step: Result<ConfigStep, UpdateConfigRefusal>) -> &'static str {
    match step {
        Ok(ConfigStep::Propose(_)) => "proposes",
        Ok(ConfigStep::Change(_)) => "changes",
        Err(UpdateConfigRefusal::ProposedBefore(_)) => "ProposedBefore",
        Err(refusal) => panic!("{refusal}"),
    }
}

/// Applies to the smallest change and to any content of the pool.
#[test]
fn terms_are_changed_by_two() {
    let of = terms();
    let least =
        JackpotTerms::new(amount("0.00000001"), of.rate(), of.reserve_rate(), of.odds(), None).unwrap();
    let newest = opened(MINOR).0;
    #[rustfmt::skip]
    let table = [
        // there,       wanted,          held
        (None,          least,           "0"),
        (None,          from("1000000"), "0"),
        (Some(&newest), newest.terms,    "1000"),
        (Some(&newest), least,           "0"),
    ];
    for (newest, wanted, pool_amount) in table {
        assert_eq!(
            said(change(newest, &[], (wanted, 700), pool_amount)),
            "proposes",
            "{wanted:?} of {pool_amount}"
        );
        let config = JackpotConfig {
            group: MINOR,
            version: newest.map_or(1, |newest| newest.version + 1),
            terms: wanted,
            since: minute(19_999),
        };
        let proposed = ProposedConfig {
            config,
            by: user(700),
            reason: "why".to_owned(),
            pool_amount: amount(pool_amount),
        };
        assert_eq!(said(change(newest, &[proposed], (wanted, 701), pool_amount)), "changes");
    }
}

/// Otherwise a contribution decided under the old terms could bring the pool to its limit.
#[test]
fn a_limit_comes_and_goes_while_contributions_are_closed() {
    let with = |limit: Option<&str>| {
        let (of, limit) = (terms(), limit.map(amount));
        JackpotTerms::new(of.start(), of.rate(), of.reserve_rate(), of.odds(), limit).unwrap()
    };
    #[rustfmt::skip]
    let table = [
        // there,             wanted,       seconds
        (None,                None,         None),
        (None,                Some("5000"), Some(30)),
        (Some(None),          None,         None),
        (Some(None),          Some("5000"), Some(30)),
        (Some(Some("5000")),  Some("5000"), None),
        (Some(Some("5000")),  Some("6000"), Some(1_800)),
        (Some(Some("5000")),  None,         Some(1_800)),
    ];
    for (there, wanted, seconds) in table {
        let there = there.map(|limit| JackpotConfig { terms: with(limit), ..opened(MINOR).0 });
        let expected_version = there.as_ref().map_or(0, |there| there.version);
        let update = UpdateConfig { group: MINOR, expected_version, terms: with(wanted) };
        let plan = update_config(there.as_slice(), &update, amount("1000"), minute(1)).unwrap();
        let until = seconds.map(|seconds| minute(1) + SignedDuration::from_secs(seconds));
        assert_eq!(plan.closed_until, until, "{there:?} {wanted:?}");
        assert_eq!(ConfigStep::Change(Box::new(plan)).closed_until(), until);
    }
}

#[test]
fn an_agreement_needs_another_operator_and_the_same_terms_within_a_week() {
    let newest = opened(MINOR).0;
    let at = minute(20_000);
    let proposal = |version, terms, since| ProposedConfig {
        config: JackpotConfig { version, terms, since, ..newest.clone() },
        by: user(700),
        reason: "why".to_owned(),
        pool_amount: amount("1000"),
    };
    let lapsed = proposal(2, from("1500"), at - PROPOSAL_HOLDS_FOR);
    #[rustfmt::skip]
    let table = [
        // proposed,                       by,  then
        (proposal(2, from("1500"), at),    700, "ProposedBefore"),
        (proposal(2, from("1500"), at),    701, "changes"),
        (proposal(2, from("1499"), at),    701, "proposes"),
        (proposal(1, from("1500"), at),    701, "proposes"),
        (lapsed,                           701, "proposes"),
    ];
    for (proposed, by, then) in table {
        let step = change(Some(&newest), from_ref(&proposed), (from("1500"), by), "1000");
        assert_eq!(said(step), then, "{proposed:?} {by}");
    }
    // Proposals of other operators do not affect it: it waits for an approval.
    let (wanted, other) = (proposal(2, from("1500"), at), proposal(2, from("1499"), at));
    let several = [
        ProposedConfig { by: user(699), ..other.clone() },
        wanted,
        ProposedConfig { by: user(701), ..other },
    ];
    assert_eq!(said(change(Some(&newest), &several, (from("1500"), 701), "1000")), "changes");
    assert_eq!(said(change(Some(&newest), &several, (from("1500"), 700), "1000")), "ProposedBefore");
    let Ok(ConfigStep::Propose(proposed)) = change(Some(&newest), &[], (from("1500"), 701), "1000") else {
        panic!("changed")
    };
    let config = JackpotConfig { version: 2, terms: from("1500"), since: at, ..newest };
    let pool_amount = amount("1000");
    assert_eq!(*proposed, ProposedConfig { config, by: user(701), reason: "why".to_owned(), pool_amount });
}

/// A real case: a limit of 8,000 was proposed for a pool of 1,000. A contribution of 6,999.998 was made before the
/// approval, and the next bet of a friend won everything.
#[test]
fn a_limit_that_the_pool_has_come_near_is_not_agreed_to() {
    let newest = opened(MINOR).0;
    let of = terms();
    let limited =
        JackpotTerms::new(of.start(), of.rate(), of.reserve_rate(), of.odds(), Some(amount("8000"))).unwrap();
    let proposed = |by, pool_amount| {
        let config = JackpotConfig {
            version: newest.version + 1,
            terms: limited,
            since: minute(19_999),
            ..newest.clone()
        };
        ProposedConfig { config, by: user(by), reason: "why".to_owned(), pool_amount: amount(pool_amount) }
    };
    #[rustfmt::skip]
    let table = [
        // held then, held now,         then
        ("1000",      "1000",           "changes"),
        ("1000",      "1699.99999999",  "changes"),
        ("1000",      "1700",           "proposes"),
        ("1000",      "7999.998",       "proposes"),
        // The pool was won in between.
        ("5000",      "1000",           "changes"),
    ];
    for (then, now, expected) in table {
        let step = change(Some(&newest), &[proposed(700, then)], (limited, 701), now);
        assert_eq!(said(step), expected, "{then} {now}");
    }
}

#[test]
fn the_terms_of_a_moment_are_the_newest_of_before_it() {
    let (first, _) = opened(MINOR);
    let dearer = JackpotTerms::new(
        amount("2000"),
        "0.002".parse().unwrap(),
        "0.001".parse().unwrap(),
        amount("1000000"),
        None,
    )
    .unwrap();
    let second = JackpotConfig { version: 2, terms: dearer, since: minute(10), ..first.clone() };
    let versions = [second.clone(), first.clone()];
    let table = [(-1, None), (0, Some(&first)), (9, Some(&first)), (10, Some(&second)), (11, Some(&second))];
    for (at, pool_amount) in table {
        assert_eq!(terms_at(&versions, minute(at)), pool_amount, "minute {at}");
    }
}

/// During a win the pool is empty, and it is refilled with the previous start amount.
#[test]
fn a_limit_is_above_what_a_win_that_is_under_way_leaves() {
    let of = terms();
    let there = JackpotConfig { terms: from("2000"), ..opened(MINOR).0 };
    let limited = |limit| {
        JackpotTerms::new(of.start(), of.rate(), of.reserve_rate(), of.odds(), Some(amount(limit))).unwrap()
    };
    for (limit, is_refused) in [("2000", true), ("2000.00000001", false)] {
        let update = UpdateConfig { group: MINOR, expected_version: 1, terms: limited(limit) };
        let refused = update_config(from_ref(&there), &update, Amount::ZERO, minute(1)).err();
        let reached = UpdateConfigRefusal::LimitReached(amount("2000"));
        assert_eq!(refused, is_refused.then_some(reached), "{limit}");
    }
}

/// A real case: a pool of 1,000 was won at a limit of 5,000 and then started with 6,000. Every period that had opened
/// under the old limit won it again.
#[test]
fn a_pool_starts_with_more_when_no_period_is_won_by_another_limit() {
    let config = |version, since, start: &str, limit: Option<&str>| {
        let of = terms();
        let (start, limit) = (amount(start), limit.map(amount));
        let terms = JackpotTerms::new(start, of.rate(), of.reserve_rate(), of.odds(), limit).unwrap();
        JackpotConfig { group: MINOR, version, terms, since: minute(since) }
    };
    let of = |version, since, limit| config(version, since, "1000", limit);
    let (five, twenty) = (Some("5000"), Some("20000"));
    #[rustfmt::skip]
    let table = [
        // versions there, newest first,                           wanted,           at, then, and until when
        (vec![of(1, 0, five)],                                     ("6000", twenty), 90, Err(("5000", None))),
        (vec![of(1, 0, five)],                                     ("6000", None),   90, Err(("5000", None))),
        // The start amount need not reach the limit: one more bet would do that.
        (vec![of(1, 0, five)],                                     ("1001", twenty), 90, Err(("5000", None))),
        // The approving operator can see the effect.
        (vec![of(1, 0, five)],                                     ("1001", five),   90, Ok(())),
        (vec![of(1, 0, five)],                                     ("1000", twenty), 90, Ok(())),
        (vec![of(1, 0, five)],                                     ("999", twenty),  90, Ok(())),
        (vec![of(2, 60, twenty), of(1, 0, five)],                  ("6000", twenty), 89, Err(("5000", Some(90)))),
        (vec![of(2, 60, twenty), of(1, 0, five)],                  ("6000", twenty), 90, Ok(())),
        // Applies to any number of later versions.
        (vec![of(3, 70, None), of(2, 60, twenty), of(1, 0, five)], ("6000", None),   89, Err(("20000", Some(100)))),
        (vec![of(3, 70, None), of(2, 60, None), of(1, 0, five)],   ("6000", None),   89, Err(("5000", Some(90)))),
        (vec![of(3, 70, None), of(2, 60, None), of(1, 0, five)],   ("6000", None),   90, Ok(())),
        (vec![of(1, 89, None)],                                    ("6000", twenty), 90, Ok(())),
        (vec![],                                                   ("6000", twenty), 90, Ok(())),
    ];
    for (there, (start, limit), at, then) in table {
        let expected_version = there.first().map_or(0, |newest| newest.version);
        let terms = config(0, 0, start, limit).terms;
        let update = UpdateConfig { group: MINOR, expected_version, terms };
        let refused = update_config(&there, &update, amount("1000"), minute(at)).map(drop);
        let expected = then.map_err(|(limit, until)| UpdateConfigRefusal::StartUnderOldLimit {
            limit: amount(limit),
            until: until.map(minute),
        });
        assert_eq!(refused, expected, "{there:?} {start} {limit:?} {at}");
        if let Err((_, Some(until))) = then {
            let then = update_config(&there, &update, amount("1000"), minute(until)).map(drop);
            assert_eq!(then, Ok(()), "{there:?} {start} {limit:?} {until}");
        }
    }
}
