//! Without visible secrets the auditor does not judge them, and checks the rest unchanged.

use crate::common::case::{Case, case};
use crate::games::sound_items;
use evens_audit::{Books, Completeness, Secrets};
use evens_exchange::Side;
use evens_records::Record;

/// The violations with or without visible seeds.
fn offended(case: &Case, secrets: Secrets) -> Vec<&'static str> {
    offended_by(case.story.items(), secrets)
}

fn offended_by(items: impl IntoIterator<Item = Record>, secrets: Secrets) -> Vec<&'static str> {
    let mut books = Books::new().with_secrets(secrets);
    let is_secret = |record: &Record| matches!(record, Record::Seed(..) | Record::PeriodSeed(..));
    let records = items.into_iter().filter(|record| !is_secret(record));
    records.for_each(|record| books.record(record));
    let report = books.check(Completeness::Ended);
    let mut names: Vec<_> = report.violations().iter().map(|violation| violation.invariant.name()).collect();
    names.dedup();
    names
}

#[test]
fn a_seed_that_is_not_seen_is_not_missing() {
    let mut case = case();
    assert_eq!(offended(&case, Secrets::Unseen), [""; 0]);
    assert_eq!(offended(&case, Secrets::Seen), ["M7"]);
    // A match drawn with a seed that is still secret, and one that could not be paid.
    case.story.open("secret", "match");
    for player in [1, 2] {
        let side = if player == 1 { Side::A } else { Side::B };
        case.story.place(player, "secret", side, "3").expect("it fits");
    }
    let drawn = case.story.match_all()[0];
    case.story.draw(drawn);
    case.story.settle(drawn);
    assert_eq!(offended(&case, Secrets::Unseen), [""; 0]);
}

/// Regression: scheduled runs reported every period as lacking its seed, and sealed no day.
#[test]
fn a_periods_seed_that_is_not_seen_is_not_missing() {
    assert_eq!(offended_by(sound_items(), Secrets::Unseen), [""; 0]);
    assert_eq!(offended_by(sound_items(), Secrets::Seen), ["M7"]);
}

#[test]
fn a_draw_whose_seed_is_public_is_made_again() {
    let mut case = case();
    let id = case.settled;
    let found = case.a_match(id);
    let evens_exchange::MatchState::Settled(outcome) = &mut found.state else { panic!("it is settled") };
    outcome.winner = if outcome.winner == Side::A { Side::B } else { Side::A };
    assert!(offended(&case, Secrets::Unseen).contains(&"M7"));
}
