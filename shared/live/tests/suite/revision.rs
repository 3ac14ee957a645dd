//! Which state is newer.

use crate::world::{resulted, round, second, seed, view, wallet};
use evens_exchange::RoundState;
use evens_games::GameBetStatus;
use evens_ledger::Amount;
use evens_live::{BetRevision, GameBetRevision, Revision, RoundRevision, WalletRevision};

#[test]
fn each_step_of_a_bet_is_newer() {
    #[rustfmt::skip]
    let table = [
        // open, settled, refunded       revision
        (["100",     "0",    "0"],       "0"),
        (["70",      "0",    "0"],       "30"),
        (["70",      "30",   "0"],       "60"),
        (["69.5",    "30",   "0"],       "60.5"),
        (["69.5",    "30",   "0.5"],     "61"),
        (["0",       "30",   "70"],      "200"),
    ];
    let revisions = table.map(|(parts, _)| BetRevision::from(&view(1, parts)));
    assert_eq!(revisions.map(|revision| revision.to_string()), table.map(|(_, text)| text.to_owned()));
    assert!(revisions.is_sorted_by(|one, next| one < next), "{revisions:?}");
    for revision in revisions {
        assert_eq!(revision.to_string().parse(), Ok(revision));
    }
}

#[test]
fn a_wallet_is_newer_by_its_version_and_then_by_less_that_is_locked() {
    #[rustfmt::skip]
    let table = [
        (1, "0",     "1/0"),
        (2, "100.5", "2/100.5"),
        // A lost stake leaves without an entry.
        (2, "50",    "2/50"),
        (2, "0",     "2/0"),
        (3, "70",    "3/70"),
    ];
    let revisions = table.map(|(version, locked, _)| WalletRevision::from(&wallet(version, locked)));
    assert_eq!(revisions.map(|revision| revision.to_string()), table.map(|(_, _, text)| text.to_owned()));
    assert!(revisions.is_sorted_by(|one, next| one < next), "{revisions:?}");
    for revision in revisions {
        assert_eq!(revision.to_string().parse(), Ok(revision));
    }
}

#[test]
fn a_round_is_newer_by_its_step_and_then_by_its_totals() {
    let closed = |seed| RoundState::Closed { closed_at: second(1), seed };
    let cancelled = |seed| RoundState::Cancelled { cancelled_at: second(1), seed };
    let table = [
        (RoundState::Open, 5, "0/1970-01-01T00:00:05Z"),
        (RoundState::Open, 6, "0/1970-01-01T00:00:06Z"),
        (closed(None), 4, "1/1970-01-01T00:00:04Z"),
        (closed(Some(seed())), 4, "2/1970-01-01T00:00:04Z"),
        (cancelled(None), 3, "3/1970-01-01T00:00:03Z"),
        (cancelled(Some(seed())), 3, "4/1970-01-01T00:00:03Z"),
        (resulted(), 4, "4/1970-01-01T00:00:04Z"),
    ];
    let revision = |(state, totals_at, _): &(RoundState, i64, &str)| {
        RoundRevision::new(&round(state.clone()), second(*totals_at))
    };
    let revisions: Vec<_> = table.iter().map(revision).collect();
    let texts: Vec<_> = revisions.iter().map(RoundRevision::to_string).collect();
    assert_eq!(texts, table.each_ref().map(|(_, _, text)| *text));
    assert!(revisions.is_sorted_by(|one, next| one < next), "{revisions:?}");
}

#[test]
fn an_ended_bet_on_a_game_is_newer_than_a_pending_one() {
    let statuses = [GameBetStatus::Won(Amount::ZERO), GameBetStatus::Lost, GameBetStatus::Refunded];
    let pending = GameBetRevision::from(GameBetStatus::Pending);
    for status in statuses {
        let ended = GameBetRevision::from(status);
        assert!(Revision::GameBet(ended).is_newer_than(Revision::GameBet(pending)), "{status:?}");
        assert!(!Revision::GameBet(ended).is_newer_than(Revision::GameBet(ended)), "{status:?}");
        assert_eq!([pending, ended].map(|revision| revision.to_string()), ["0", "1"]);
    }
}

#[test]
fn a_result_is_never_newer_than_itself() {
    assert!(!Revision::GameResult.is_newer_than(Revision::GameResult));
}

#[test]
fn revisions_of_different_types_are_not_compared() {
    let bet = Revision::Bet((&view(1, ["0", "100", "0"])).into());
    let wallet = Revision::Wallet((&wallet(1, "0")).into());
    assert!(!bet.is_newer_than(wallet) && !wallet.is_newer_than(bet));
}

#[test]
fn a_text_that_no_server_sent_is_no_revision() {
    for text in ["", "-1", "1e3", "1/", "many"] {
        assert!(text.parse::<WalletRevision>().is_err(), "{text:?}");
    }
    for text in ["", "-1", "1/1", "many"] {
        assert!(text.parse::<BetRevision>().is_err(), "{text:?}");
    }
}
