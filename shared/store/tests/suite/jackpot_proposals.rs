//! Proposals that need a second operator, and their lists.

use crate::jackpots::{MINOR, award, contributed, opened, terms, update, update_by, wanted};
use crate::scenario::{amount, second, signed_up, user};
use evens_jackpots::{
    AwardRefusal, AwardStep, ConfigStep, JackpotGroup, PROPOSAL_HOLDS_FOR, UpdateConfig, UpdateConfigRefusal,
};
use evens_store::Store;
use futures::future::join_all;
use jiff::Timestamp;

fn to(expected_version: u64, start: &str) -> UpdateConfig {
    UpdateConfig { group: MINOR, expected_version, terms: terms(start) }
}

/// The proposals listed at that time: wins by id, and terms by group and version.
async fn listed(store: &Store, at: Timestamp) -> (Vec<String>, Vec<(JackpotGroup, u64)>) {
    let found = store.list_jackpot_proposals(at).await.unwrap();
    let wins = found.wins.iter().map(|award| award.operation.to_string()).collect();
    (wins, found.terms.iter().map(|proposed| (proposed.config.group, proposed.config.version)).collect())
}

pub(crate) async fn two_operators_change_terms(store: &Store) {
    opened(store).await;
    contributed(store, "a", ["400", "0", "0"]).await;
    let by = async |update: &UpdateConfig, by| update_by(store, update, by).await;
    let wish = to(1, "1200");
    assert!(matches!(by(&wish, 700).await, Ok(ConfigStep::Propose(_))));
    let again = by(&wish, 700).await;
    assert!(matches!(again, Err(UpdateConfigRefusal::ProposedBefore(_))), "{again:?}");
    // A proposal by another operator leaves it in place. One by the same operator replaces it, so it has to be proposed
    // again.
    for start in ["1100", "1101", "1102"] {
        assert!(matches!(by(&to(1, start), 699).await, Ok(ConfigStep::Propose(_))));
    }
    assert_eq!(listed(store, second(5)).await.1, [(MINOR, 2), (MINOR, 2)]);
    assert!(matches!(by(&to(1, "1103"), 700).await, Ok(ConfigStep::Propose(_))));
    assert!(matches!(by(&wish, 701).await, Ok(ConfigStep::Propose(_))));
    assert_eq!(store.load_jackpot_config(MINOR).await.unwrap().unwrap().version, 1);
    // Several operators approve at once, and one of them makes the change.
    let agreed = join_all((702..706).map(|other| by(&wish, other))).await;
    assert_eq!(agreed.iter().filter(|step| matches!(step, Ok(ConfigStep::Change(_)))).count(), 1);
    let late = agreed.iter().filter(|step| matches!(step, Err(UpdateConfigRefusal::Changed(_))));
    assert_eq!(late.count(), 3);
    let now = store.load_jackpot_config(MINOR).await.unwrap().unwrap();
    assert_eq!((now.version, now.terms.start()), (2, amount("1200")));
    // Each of them has a line in the log.
    assert_eq!(store.load_audit_head().await.unwrap().number, 6 + 7);
}

pub(crate) async fn a_jackpot_is_opened_by_two(store: &Store) {
    let wish = UpdateConfig { group: JackpotGroup::Mega, expected_version: 0, terms: terms("500000") };
    for by in [700, 701] {
        assert_eq!(store.load_jackpot_pools().await.unwrap().mega, None);
        update_by(store, &wish, by).await.unwrap();
    }
    assert_eq!(store.load_jackpot_pools().await.unwrap().mega.unwrap().amount, amount("500000"));
}

pub(crate) async fn proposals_are_listed_until_they_are_made_or_lapse(store: &Store) {
    opened(store).await;
    assert_eq!(listed(store, second(5)).await, (vec![], vec![]));
    for (id, winner) in [("first", 1), ("second", 2)] {
        let proposed = award(store, &wanted(id, winner, None), 700, "1000").await.unwrap();
        assert!(matches!(proposed, AwardStep::Propose(_)));
    }
    update_by(store, &to(1, "1200"), 700).await.unwrap();
    let both = vec!["first".to_owned(), "second".to_owned()];
    assert_eq!(listed(store, second(5)).await, (both, vec![(MINOR, 2)]));
    let found = store.list_jackpot_proposals(second(5)).await.unwrap();
    assert_eq!((found.wins[0].proposed_by(), found.terms[0].by), (Some(user(700)), user(700)));
    // An approved proposal is no longer listed.
    award(store, &wanted("first", 1, None), 701, "1000").await.unwrap();
    update(store, MINOR, 1, "1500").await.unwrap();
    assert_eq!(listed(store, second(5)).await, (vec!["second".to_owned()], vec![]));
    // Nor is a lapsed one: the wins were proposed at second 3.
    assert_eq!(listed(store, second(3) + PROPOSAL_HOLDS_FOR).await, (vec![], vec![]));
}

/// Proposals of a former operator fill pages of the list, and hide no others.
pub(crate) async fn proposals_of_who_is_no_operator_hide_no_others(store: &Store) {
    opened(store).await;
    for number in 0..101 {
        award(store, &wanted(&format!("junk-{number}"), 1, None), 700, "1000").await.unwrap();
    }
    award(store, &wanted("earnest", 2, None), 701, "1000").await.unwrap();
    assert_eq!(listed(store, second(5)).await.0.len(), 100);
    signed_up(store, 700, None).await;
    assert_eq!(listed(store, second(5)).await.0, ["earnest"]);
}

pub(crate) async fn a_lapsed_proposal_is_not_agreed_to(store: &Store) {
    opened(store).await;
    let mut old = wanted("old", 1, None);
    // Awards are requested at second 4.
    old.at = second(4) - PROPOSAL_HOLDS_FOR;
    assert!(matches!(award(store, &old, 700, "1000").await, Ok(AwardStep::Propose(_))));
    assert_eq!(award(store, &old, 701, "1000").await, Err(AwardRefusal::ProposalLapsed));
}
