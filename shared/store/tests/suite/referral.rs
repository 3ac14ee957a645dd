//! Referrals: every outcome of the rule, with one edge and one count each, also under concurrent referrals.

use crate::engine::Engine;
use crate::raw;
use crate::scenario::{
    account, amount, code, direct, edge, newcomer, refer, second, signed_up, user, welcomed,
};
use evens_players::{ImportReferral, RecordReferral, Referral, ReferralBonusAfter, Registration};
use evens_store::{BonusOutcome, ImportReferralOutcome, ReferralOutcome, Store, StoreError};
use futures::future::join_all;

pub(crate) async fn each_outcome_leaves_what_it_says(engine: &Engine) {
    use RecordReferral::{BonusFirst, EndedBefore, NotReferred, RecordedBefore, SelfReferral, UnknownCode};
    use Registration::{BonusDue, Done, ReferralBonusDue};

    let store = &engine.store;
    let before = raw::everything(engine).await;
    let unknown =
        store.record_referral(user(9), code(1), true, ReferralBonusAfter::SignUp, second(2)).await.unwrap();
    assert_eq!(unknown, ReferralOutcome::UnknownUser);
    assert_eq!(raw::everything(engine).await, before);

    welcomed(store, 1, None).await;
    welcomed(store, 2, Some(2)).await;
    welcomed(store, 3, Some(99)).await;
    signed_up(store, 4, Some(1)).await;
    welcomed(store, 5, Some(1)).await;
    #[rustfmt::skip]
    let table = [
        // player  code  outcome                  what is owed then   changes
        (1,        1,    NotReferred,             Done,               false),
        (2,        2,    SelfReferral,            Done,               true),
        (2,        2,    EndedBefore,             Done,               false),
        (3,        99,   UnknownCode,             Done,               true),
        (3,        99,   EndedBefore,             Done,               false),
        (4,        1,    BonusFirst,              BonusDue,           false),
        (5,        1,    edge(5, 1),              ReferralBonusDue,   true),
        (5,        1,    RecordedBefore(user(1)), ReferralBonusDue,   false),
        // Also if another code is given later.
        (5,        2,    RecordedBefore(user(1)), ReferralBonusDue,   false),
    ];
    for (player, named, expected, owed, changes) in table {
        let before = raw::everything(engine).await;
        assert_eq!(refer(store, player, named).await, expected, "player {player}, code of {named}");
        assert_eq!(account(store, player).await.registration, owed, "player {player}");
        assert_eq!(raw::everything(engine).await != before, changes, "player {player}: {expected:?}");
    }
    let [referrer, referred] = [account(store, 1).await, account(store, 5).await];
    assert_eq!((referrer.direct_referral_count, referrer.referrer), (1, None));
    assert_eq!((referred.direct_referral_count, referred.referrer), (0, Some(user(1))));
    let item = raw::items(engine, "referral").await.remove(0);
    assert_eq!((&item["tree_level"], &item["edge_status"]), (&raw::number(1), &raw::text("active")));
    crate::books::check(store).await;
}

/// J17: many accounts under one referrer. No edge is lost and none counts twice.
pub(crate) async fn a_hundred_referrals_of_one_referrer_at_once_are_all_counted(store: &Store) {
    signed_up(store, 1, None).await;
    join_all((2..=101).map(|player| welcomed(store, player, Some(1)))).await;
    let referred = join_all((2..=101).map(|player| refer(store, player, 1))).await;
    assert!(referred.iter().all(|decided| matches!(decided, RecordReferral::Recorded(_))), "{referred:?}");
    assert_eq!(account(store, 1).await.direct_referral_count, 100);
    let page = store.list_referrals(user(1), None, 1_000).await.unwrap();
    let listed: Vec<_> = page.referrals.iter().map(|edge| edge.referred).collect();
    assert_eq!(listed, (2..=101).rev().map(user).collect::<Vec<_>>());
    assert_eq!(page.next_before, None);
}

/// D11.
pub(crate) async fn a_referral_that_is_asked_for_eight_times_counts_once(store: &Store) {
    signed_up(store, 1, None).await;
    welcomed(store, 2, Some(1)).await;
    let outcomes = join_all((0..8).map(|_| refer(store, 2, 1))).await;
    let recorded = outcomes.iter().filter(|decided| **decided == edge(2, 1)).count();
    let before =
        outcomes.iter().filter(|decided| **decided == RecordReferral::RecordedBefore(user(1))).count();
    assert_eq!((recorded, before), (1, 7), "{outcomes:?}");
    assert_eq!(account(store, 1).await.direct_referral_count, 1);
}

/// K6: A registers under B while C registers under A, round after round.
pub(crate) async fn a_chain_that_is_made_at_once_is_whole(store: &Store) {
    for round in 0..30 {
        let [a, b, c] = [1, 2, 3].map(|number| 10 * round + number);
        signed_up(store, b, None).await;
        welcomed(store, a, Some(b)).await;
        welcomed(store, c, Some(a)).await;
        let (one, other) = tokio::join!(refer(store, a, b), refer(store, c, a));
        assert_eq!((one, other), (edge(a, b), edge(c, a)), "round {round}");
        let counts = [account(store, a).await, account(store, b).await, account(store, c).await];
        assert_eq!(counts.map(|account| account.direct_referral_count), [1, 1, 0], "round {round}");
    }
}

/// K6: users 100 and 50 are locked in opposite order. Here each signed up with the other's code. Both referrals are
/// recorded and both bonuses given concurrently.
pub(crate) async fn crossed_pairs_lose_no_referral(store: &Store) {
    for round in 0..30 {
        let [high, low] = [100, 50].map(|number| 1_000 * round + number);
        // Both codes are known before either account exists.
        tokio::join!(welcomed(store, high, Some(low)), welcomed(store, low, Some(high)));
        let (one, other) = tokio::join!(refer(store, high, low), refer(store, low, high));
        assert_eq!((one, other), (edge(high, low), edge(low, high)), "round {round}");
        let bonuses =
            [high, low].map(|player| store.apply_referral_bonus(user(player), direct("10"), None, second(3)));
        for outcome in join_all(bonuses).await {
            assert!(matches!(outcome, Ok(BonusOutcome::Applied(_))), "round {round}: {outcome:?}");
        }
        for (player, referrer) in [(high, low), (low, high)] {
            let found = account(store, player).await;
            assert_eq!((found.direct_referral_count, found.referrer), (1, Some(user(referrer))));
            assert_eq!(store.load_wallet(user(player)).await.unwrap().bonus, amount("35"));
        }
    }
}

/// X34: two workers hold users 100 and 101 crosswise, each with referrals of the other.
pub(crate) async fn two_referrers_with_crossed_referrals_count_exactly(store: &Store) {
    for referrer in [100, 101] {
        signed_up(store, referrer, None).await;
    }
    let pairs: Vec<_> = (1..=40).map(|player| (player, 100 + player % 2)).collect();
    join_all(pairs.iter().map(|(player, referrer)| welcomed(store, *player, Some(*referrer)))).await;
    let (up, down) = (pairs.iter(), pairs.iter().rev());
    let both = up.zip(down).flat_map(|(one, other)| [one, other]);
    let decided = join_all(both.map(|(player, referrer)| refer(store, *player, *referrer))).await;
    let recorded = decided.iter().filter(|decided| matches!(decided, RecordReferral::Recorded(_))).count();
    assert_eq!((recorded, decided.len()), (40, 80), "each is asked for twice");
    for referrer in [100, 101] {
        assert_eq!(account(store, referrer).await.direct_referral_count, 20);
    }
}

pub(crate) async fn referrals_are_listed_page_by_page(store: &Store) {
    signed_up(store, 1, None).await;
    for player in [2, 9, 10, 100, 1_000_000] {
        welcomed(store, player, Some(1)).await;
        assert_eq!(refer(store, player, 1).await, edge(player, 1));
    }
    #[rustfmt::skip]
    let table: [(_, _, &[u64], _); 8] = [
        // before    limit  referred                    next
        (None,       2,     &[1_000_000, 100],          Some(100)),
        (Some(100),  2,     &[10, 9],                   Some(9)),
        (Some(9),    2,     &[2],                       None),
        (Some(2),    2,     &[],                        None),
        (Some(0),    2,     &[],                        None),
        (None,       5,     &[1_000_000, 100, 10, 9, 2], None),
        (None,       4,     &[1_000_000, 100, 10, 9],   Some(9)),
        (Some(u64::MAX), 1, &[1_000_000],               Some(1_000_000)),
    ];
    for (before, limit, expected, next) in table {
        let page = store.list_referrals(user(1), before, limit).await.unwrap();
        let found: Vec<_> = page.referrals.iter().map(|edge| edge.referred.number()).collect();
        assert_eq!(
            (found.as_slice(), page.next_before),
            (expected, next),
            "before {before:?}, limit {limit}"
        );
    }
    assert_eq!(store.list_referrals(user(2), None, 10).await.unwrap().referrals, Vec::<Referral>::new());
}

/// A step that finds only half of the related items must fail.
pub(crate) async fn a_referral_that_cannot_be_is_corrupt(engine: &Engine) {
    let store = &engine.store;
    signed_up(store, 1, None).await;
    welcomed(store, 2, Some(1)).await;
    raw::delete(engine, "ACCOUNT#1", "ACCOUNT").await;
    let recorded = store.record_referral(user(2), code(1), true, ReferralBonusAfter::SignUp, second(2)).await;
    assert!(matches!(recorded, Err(StoreError::Corrupt { .. })), "{recorded:?}");
    assert_eq!(account(store, 2).await.registration, Registration::ReferralDue);

    let unreferred =
        evens_players::Account { registration: Registration::ReferralBonusDue, ..newcomer(3, Some(1)) };
    store.sign_up(&unreferred, &crate::scenario::hash(3)).await.unwrap();
    let paid = store.apply_referral_bonus(user(3), direct("10"), None, second(3)).await;
    assert!(matches!(paid, Err(StoreError::Corrupt { .. })), "{paid:?}");
}

/// D10: many concurrent imports, with duplicates, into existing accounts.
pub(crate) async fn a_tree_that_was_kept_elsewhere_is_taken_over_once(store: &Store) {
    use ImportReferralOutcome::{Decided, UnknownUser};
    for player in 1..=8 {
        welcomed(store, player, None).await;
    }
    welcomed(store, 9, Some(1)).await;
    let import = async |referrer, referred| {
        store.import_referral(user(referrer), user(referred), second(50)).await.unwrap()
    };
    // Players 2 to 5 eight times each, and player 6 by two referrers.
    let twice = (2..=5).flat_map(|referred| [referred; 8]);
    let imported = join_all(twice.map(|referred| import(1, referred))).await;
    let recorded = imported.iter().filter(|one| matches!(one, Decided(ImportReferral::Recorded(_))));
    assert_eq!(recorded.count(), 4, "{imported:?}");
    let others = imported.iter().filter(|one| matches!(one, Decided(ImportReferral::RecordedBefore)));
    assert_eq!(others.count(), 28, "{imported:?}");
    let of_two = join_all([1, 7].map(|referrer| import(referrer, 6))).await;
    let refused = of_two.iter().filter(|one| matches!(one, Decided(ImportReferral::ReferredByAnother(_))));
    assert_eq!(refused.count(), 1, "{of_two:?}");
    assert_eq!(import(8, 8).await, Decided(ImportReferral::SelfReferral));
    assert_eq!(import(8, 9).await, Decided(ImportReferral::UnderWay));
    assert_eq!(import(8, 77).await, UnknownUser(user(77)));
    assert_eq!(import(77, 8).await, UnknownUser(user(77)));
    let counts = [account(store, 1).await, account(store, 7).await].map(|one| one.direct_referral_count);
    assert_eq!(counts.iter().sum::<u64>(), 5, "{counts:?}");
    assert_eq!(account(store, 8).await.referrer, None);
    assert_eq!(refer(store, 9, 1).await, edge(9, 1), "a sign-up that was under way goes on");
}
