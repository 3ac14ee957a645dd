//! M5: bets of excluded and blocked players. Each row is one match, and the state of its players.

use crate::common::{Story, check as check_items, user};
use evens_audit::Completeness;
use evens_audit_log::{Act, Action, Actor};
use evens_exchange::{MatchId, Side};
use evens_ledger::UserId;
use evens_own_limits::Exclusion;
use evens_payments::PaymentsRecord;
use evens_records::Record;
use jiff::{SignedDuration, Timestamp};

/// Users 1 and 2 meet for 10.
struct Case {
    story: Story,
    met: MatchId,
    settings: Vec<Record>,
}

fn case() -> Case {
    let mut story = Story::default();
    for player in [1, 2] {
        story.sign_up(player);
        story.fund(player, "100");
    }
    story.open("r", "match");
    story.place(1, "r", Side::A, "10").expect("holds 100");
    story.place(2, "r", Side::B, "10").expect("holds 100");
    let met = story.match_all()[0];
    story.draw(met);
    story.settle(met);
    Case { story, met, settings: Vec::new() }
}

impl Case {
    /// A time by seconds from the join.
    fn at(&self, seconds: i64) -> Timestamp {
        self.story.matches[&self.met].joined_at + SignedDuration::from_secs(seconds)
    }

    fn exclusion(&self, since: i64, ends_at: Option<i64>) -> Exclusion {
        let (since, ends_at) = (self.at(since), ends_at.map(|seconds| self.at(seconds)));
        Exclusion { since, until: since, ends_at }
    }

    /// Changes the settings of a player to this exclusion.
    fn exclude(&mut self, player: u64, exclusion: Exclusion) {
        let player = user(player);
        let before = self.story.payments_records.remove(&player);
        let before = before.unwrap_or_else(|| PaymentsRecord::empty(player));
        let changed = PaymentsRecord { exclusion: Some(exclusion), ..before };
        let (after, entry) = changed.with_settings_entry(exclusion.since);
        self.settings.push(Record::Settings(Box::new(entry)));
        self.story.payments_records.insert(player, after);
    }

    fn set_blocked(&mut self, player: u64, is_blocked: bool, seconds: i64) {
        let action = if is_blocked { Action::BlockUser } else { Action::UnblockUser };
        let (subject, empty) = (user(player).to_string(), String::new);
        let act = Act {
            actor: Actor::CommandLine,
            action,
            subject,
            reason: empty(),
            before: empty(),
            after: empty(),
        };
        let at = self.at(seconds);
        self.story.sign_ups.get_mut(&user(player)).expect("signed up").is_blocked = is_blocked;
        self.story.log_act_at(act, at);
    }

    fn found(&self) -> Vec<(&'static str, String)> {
        let items = self.story.items().into_iter().chain(self.settings.iter().cloned());
        let report = check_items(items, Completeness::Stopped);
        let found = report.violations().iter();
        found.map(|found| (found.invariant.name(), found.sentence.clone())).collect()
    }
}

#[test]
fn a_match_of_a_barred_player_is_found_five_seconds_later() {
    type Change = fn(&mut Case);
    /// The barred player of the match that is reported, and why.
    type Found = Option<(u64, &'static str)>;
    #[rustfmt::skip]
    let table: [(&str, Change, Found); 14] = [
        ("nothing", |_| {}, None),
        ("excluded after the join", |case| case.exclude(1, case.exclusion(1, None)), None),
        ("excluded 5 s before", |case| case.exclude(1, case.exclusion(-5, None)), None),
        ("excluded 6 s before", |case| case.exclude(1, case.exclusion(-6, None)), Some((1, "excluded"))),
        ("the player on B", |case| case.exclude(2, case.exclusion(-6, None)), Some((2, "excluded"))),
        ("an end is requested", |case| case.exclude(1, case.exclusion(-60, Some(6))), Some((1, "excluded"))),
        ("the exclusion has ended", |case| case.exclude(1, case.exclusion(-60, Some(0))), None),
        ("it had ended, and another one began later", |case| {
            case.exclude(1, case.exclusion(-60, Some(-30)));
            case.exclude(1, case.exclusion(60, None));
        }, None),
        ("its end was taken back", |case| {
            case.exclude(1, case.exclusion(-60, Some(-30)));
            case.exclude(1, case.exclusion(-60, None));
        }, Some((1, "excluded"))),
        ("an earlier exclusion is only in the history", |case| {
            case.exclude(1, case.exclusion(-60, None));
            case.exclude(1, case.exclusion(-60, Some(30)));
            case.exclude(1, case.exclusion(60, None));
        }, Some((1, "excluded"))),
        ("blocked 5 s before", |case| case.set_blocked(2, true, -5), None),
        ("blocked 6 s before", |case| case.set_blocked(2, true, -6), Some((2, "blocked"))),
        ("unblocked in between", |case| {
            case.set_blocked(2, true, -60);
            case.set_blocked(2, false, -1);
        }, None),
        ("a match of an earlier version", |case| {
            case.exclude(1, case.exclusion(-60, None));
            case.story.matches.get_mut(&case.met).expect("a match").has_checked_players = false;
        }, None),
    ];
    for (what, change, expected) in table {
        let mut case = case();
        change(&mut case);
        let found = case.found();
        match expected {
            None => assert_eq!(found.len(), 0, "{what}: {found:?}"),
            Some((player, word)) => {
                let player: UserId = user(player);
                let (name, sentence) = found.first().expect(what);
                assert_eq!((found.len(), *name), (1, "M5"), "{what}: {found:?}");
                assert!(sentence.contains(&format!("user {player} has been {word} since")), "{sentence}");
            }
        }
    }
}
