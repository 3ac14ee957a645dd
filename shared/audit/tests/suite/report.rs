//! Reports: counts, sentences, overdue items, and violations confirmed by two checks.

use crate::common::{Story, amount, check, round_id, user};
use evens_audit::{Completeness, Subject, audit_match, audit_round};
use evens_exchange::{Deadlines, MatchState, Outcome, REFUND_AFTER, RoundState, Side};
use evens_ledger::{Amount, Invariant};
use evens_players::Registration;
use evens_records::Record;
use jiff::SignedDuration;

/// Two players who met in the round `demo` for 5, with stakes of 8 and 5; nothing is settled.
fn story(draw: &str) -> Story {
    let mut story = Story::default();
    story.fund(1, "100");
    story.fund(2, "100");
    story.open("demo", draw);
    story.place(1, "demo", Side::A, "8");
    story.place(2, "demo", Side::B, "5");
    story.match_all();
    story
}

fn sentences(story: &Story, completeness: Completeness) -> Vec<String> {
    let report = story.check(completeness);
    report.violations().iter().map(|violation| violation.sentence.clone()).collect()
}

#[test]
fn it_counts_what_it_was_given_and_what_is_on_its_way() {
    let report = story("match").check(Completeness::Stopped);
    assert!(report.is_clean());
    assert_eq!(
        report.counts.by_name(),
        [
            ("wallets", 2),
            ("entries", 4),
            ("transfers", 0),
            ("deposits", 0),
            ("withdrawals", 0),
            ("bets", 2),
            ("waiting", 1),
            ("matches", 1),
            ("rounds", 1),
            ("game-bets", 0),
            ("periods", 0),
            ("seeds", 1),
            ("fundings", 2),
        ]
    );
    assert_eq!(
        (report.on_the_way.waiting, report.on_the_way.unsettled, report.on_the_way.sign_ups),
        (1, 1, 0)
    );
}

#[test]
fn it_counts_violations_and_says_the_first_in_a_sentence() {
    let mut story = story("match");
    for player in [1, 2] {
        story.wallets.get_mut(&user(player)).expect("there").locked = Amount::ZERO;
    }
    let report = story.check(Completeness::Stopped);
    let offenders = report.offenders(Invariant::M2NoOverdraft).expect("offended");
    assert_eq!(offenders.count, 2);
    assert_eq!(offenders.first.subject, Subject::User(user(1)));
    assert_eq!(offenders.first.sentence, "User 1 has 0 locked at version 2, but 8 at risk by 1 bets.");
    assert_eq!(report.offenders(Invariant::M1Conservation), None);
}

#[test]
fn a_changed_balance_shows_in_the_sum() {
    let mut story = story("match");
    story.wallets.get_mut(&user(2)).expect("there").balance = amount("94.5");
    let report = story.check(Completeness::Stopped);
    assert_eq!(report.sum(), "-0.5");
    let first = |invariant| report.offenders(invariant).expect("offended").first.sentence.clone();
    assert_eq!(first(Invariant::M1Conservation), "User 2 holds 94.5, but the 2 entries come to 95.");
    assert_eq!(
        first(Invariant::M4LedgerExplainsWallet),
        "The wallet of user 2 holds 94.5, but its last entry, number 2, leaves 95."
    );
}

#[test]
fn a_changed_bonus_shows_in_the_sum() {
    let mut story = story("match");
    story.bonus(2, "25");
    story.wallets.get_mut(&user(2)).expect("there").bonus = amount("26");
    let report = story.check(Completeness::Stopped);
    assert_eq!(report.sum(), "1");
    let first = |invariant| report.offenders(invariant).expect("offended").first.sentence.clone();
    assert_eq!(first(Invariant::M1Conservation), "User 2 holds 121, but the 3 entries come to 120.");
    assert_eq!(
        first(Invariant::M4LedgerExplainsWallet),
        "The wallet of user 2 holds a bonus of 26, but its last entry, number 3, leaves 25."
    );
}

#[test]
fn an_unmatched_bet_is_overdue_after_the_refund_time_and_a_grace() {
    let patience = REFUND_AFTER + SignedDuration::from_mins(1);
    // The unmatched bet was placed two seconds before the last step, and the match was joined with it.
    let table = [
        ("match", patience - SignedDuration::from_secs(5), 0),
        ("match", patience + SignedDuration::from_secs(5), 2),
        // The winner is not known yet.
        ("round", patience + SignedDuration::from_secs(5), 1),
        ("oracle", patience + SignedDuration::from_secs(5), 1),
    ];
    for (draw, after, expected) in table {
        let story = story(draw);
        let now = story.after(after);
        let report = story.check(Completeness::Running { now, patience });
        let found = report.offenders(Invariant::M6EveryBetEnds).map_or(0, |offenders| offenders.count);
        assert_eq!((found, report.violations().len()), (expected, expected), "{draw} after {after}");
    }
}

#[test]
fn steps_of_a_sign_up_are_overdue_after_the_same_time() {
    let patience = REFUND_AFTER + SignedDuration::from_mins(1);
    for owed in Registration::ALL {
        let mut story = Story::default();
        story.sign_up(1);
        story.sign_ups.get_mut(&user(1)).expect("signed up").registration = owed;
        // A player who never verifies their number is owed nothing.
        let is_owed = usize::from(owed.is_under_way());
        for (after, overdue) in [(patience, 0), (patience + SignedDuration::from_secs(1), is_owed)] {
            let report = story.check(Completeness::Running { now: story.after(after), patience });
            let found = report.offenders(Invariant::M6EveryBetEnds).map_or(0, |offenders| offenders.count);
            assert_eq!((found, report.on_the_way.sign_ups), (overdue, is_owed), "{owed:?} after {after}");
        }
    }
}

#[test]
fn matches_of_a_round_that_ended_are_overdue_from_its_end() {
    let patience = SignedDuration::from_mins(6);
    for draw in ["round", "oracle"] {
        let mut story = story(draw);
        story.refund_all();
        match draw {
            "round" => story.close("demo"),
            _ => story.cancel("demo"),
        }
        let running = |after| Completeness::Running { now: story.after(after), patience };
        assert_eq!(sentences(&story, running(patience)), Vec::<String>::new());
        assert_eq!(sentences(&story, running(patience + SignedDuration::from_secs(1))).len(), 1, "{draw}");
    }
}

#[test]
fn an_overdue_round_with_matches_is_reported() {
    let mut story = story("oracle");
    story.refund_all();
    let now = story.after(SignedDuration::ZERO);
    let (closes_by, result_by) = (now, now + SignedDuration::from_secs(10));
    let round = story.rounds.values_mut().next().expect("a round");
    round.deadlines = Some(Deadlines { closes_by, result_by });
    let patience = SignedDuration::from_mins(6);
    for (seconds, expected) in [(9, 0), (10, 1), (1_000, 1)] {
        let now = story.after(SignedDuration::from_secs(seconds));
        let found = sentences(&story, Completeness::Running { now, patience });
        assert_eq!(found.len(), expected, "{seconds}: {found:?}");
    }
    story.close("demo");
    let now = story.after(SignedDuration::from_secs(100));
    assert_eq!(sentences(&story, Completeness::Running { now, patience }).len(), 1, "closed, and no word");
    story.result("demo", Side::A);
    assert_eq!(sentences(&story, Completeness::Running { now, patience }), Vec::<String>::new());
}

#[test]
fn only_what_stays_in_the_same_words_is_confirmed() {
    let mut story = story("match");
    let early = story.check(Completeness::Stopped);
    story.wallets.get_mut(&user(1)).expect("there").locked = Amount::ZERO;
    story.wallets.get_mut(&user(2)).expect("there").locked = amount("1");
    let torn = story.check(Completeness::Stopped);
    assert!(torn.confirmed(&early).is_clean(), "violations of one look only are no violations");
    assert_eq!(torn.confirmed(&torn), torn);
    // User 1 keeps betting, so their violation now has another sentence. User 2 is unchanged.
    story.place(1, "demo", Side::A, "1");
    let later = story.check(Completeness::Stopped);
    let confirmed = later.confirmed(&torn);
    assert_eq!(later.violations().len(), 2);
    assert_eq!(confirmed.violations().len(), 1);
    assert_eq!(confirmed.violations()[0].subject, Subject::User(user(2)));
}

#[test]
fn a_gap_is_found_in_whatever_order_the_entries_come() {
    let mut story = story("match");
    for _ in 0..6 {
        story.place(1, "demo", Side::A, "1");
    }
    let items = story.items();
    let is_entry = |item: &Record, number| matches!(item, Record::Entry(entry) if entry.user == user(1) && entry.number == number);
    let without_four: Vec<_> = items.iter().filter(|item| !is_entry(item, 4)).cloned().collect();
    let said = |items: Vec<Record>| {
        let report = check(items, Completeness::Stopped);
        let offenders = report.offenders(Invariant::M4LedgerExplainsWallet);
        offenders.map(|offenders| (offenders.count, offenders.first.sentence.clone()))
    };
    assert_eq!(said(items.iter().rev().cloned().collect()), None);
    let in_order = said(without_four.clone()).expect("offended");
    assert_eq!(in_order.0, 1);
    assert!(in_order.1.starts_with("Entry 5 of user 1 (BET:"), "{}", in_order.1);
    assert!(in_order.1.ends_with("): the number does not follow the previous one."), "{}", in_order.1);
    assert_eq!(said(without_four.into_iter().rev().collect()), Some(in_order));
}

#[test]
fn a_draw_is_made_again_only_from_what_may_be_known() {
    let mut story = story("match");
    let id = *story.matches.keys().next().expect("joined");
    story.draw(id);
    let (round, drawn) = (&story.rounds[&round_id("demo")], &story.matches[&id]);
    let winner = drawn.state.outcome().expect("drawn").winner;
    let secret = &story.seeds[&round_id("demo")];

    assert_eq!(audit_round(round), Vec::<String>::new());
    let unknown = audit_match(round, round.state.seed(), drawn);
    assert_eq!((unknown.recomputed, unknown.fault), (None, None));
    let known = audit_match(round, Some(secret), drawn);
    assert_eq!((known.recomputed, known.fault), (Some(winner), None));

    let mut swapped = drawn.clone();
    let outcome = Outcome { winner: winner.opposite(), ..drawn.state.outcome().expect("drawn") };
    swapped.state = MatchState::Drawn(outcome);
    let fault = audit_match(round, Some(secret), &swapped).fault.expect("swapped");
    assert_eq!(fault, format!("was won by {}, but must have been won by {winner}", winner.opposite()));
}

#[test]
fn a_published_seed_is_held_against_the_hash() {
    let mut story = story("round");
    story.close("demo");
    let round = story.rounds.get_mut(&round_id("demo")).expect("there");
    assert_eq!(audit_round(round), Vec::<String>::new());
    let RoundState::Resulted { outcome, .. } = &mut round.state else { panic!("drawn when it closed") };
    outcome.winner = outcome.winner.opposite();
    let [said, drawn] = [outcome.winner, outcome.winner.opposite()];
    assert_eq!(audit_round(round), [format!("has the outcome {said}, but its seed gives {drawn}")]);
}
