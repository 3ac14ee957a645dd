//! Bonuses: each is given once, recorded in the words of the old system, and owed until then.

use crate::corrupt::fault;
use crate::engine::Engine;
use crate::order_scenario::credited;
use crate::raw::{self, Item, number, text};
use crate::scenario::{
    account, amount, code, direct, edge, edge_at, fund, hash, newcomer, refer, second, set_blocked,
    signed_up, user, welcomed,
};
use aws_sdk_dynamodb::types::AttributeValue;
use evens_ledger::{Amount, UserId};
use evens_players::{
    Account, Bonuses, RecordReferral, ReferralBonusAfter, ReferralBonuses, ReferralCap, Registration,
};
use evens_store::{BonusOutcome, EntryName, ReferralOutcome, Since, Store};
use futures::future::join_all;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::num::NonZeroU32;

pub(crate) async fn eight_bonuses_at_once_are_one(store: &Store) {
    signed_up(store, 1, None).await;
    let eight = (0..8).map(|_| store.apply_registration_bonus(user(1), amount("25"), second(1)));
    let outcomes: Vec<_> = join_all(eight).await.into_iter().map(Result::unwrap).collect();
    let done = account(store, 1).await;
    assert_eq!(done.registration, Registration::Done);
    let applied = outcomes.iter().filter(|outcome| **outcome == BonusOutcome::Applied(done.clone())).count();
    let before = BonusOutcome::AppliedBefore(done);
    assert_eq!((applied, outcomes.iter().filter(|outcome| **outcome == before).count()), (1, 7));
    // D7: also if the amount has changed in the meantime.
    let again = store.apply_registration_bonus(user(1), amount("30"), second(9)).await.unwrap();
    assert_eq!(again, before);
    let wallet = store.load_wallet(user(1)).await.unwrap();
    assert_eq!((wallet.balance, wallet.bonus, wallet.version), (Amount::ZERO, amount("25"), 1));
}

/// The bonus stored with the account at sign-up applies, even if the settings have changed since.
pub(crate) async fn a_bonus_is_what_was_promised(engine: &Engine) {
    let store = &engine.store;
    signed_up(store, 1, None).await;
    let promised = Bonuses { registration: amount("20"), referral: direct("7") };
    let nothing = Bonuses { registration: Amount::ZERO, referral: ReferralBonuses::NONE };
    for (player, bonuses) in [(2, promised), (3, nothing)] {
        let account = Account { bonuses: Some(bonuses), ..newcomer(player, Some(1)) };
        store.sign_up(&account, &hash(player)).await.unwrap();
        assert_eq!(self::account(store, player).await, account);
        let given = store.apply_registration_bonus(user(player), amount("25"), second(1)).await;
        assert!(matches!(given, Ok(BonusOutcome::Applied(_))), "{given:?}");
        let has_bonus = player == 3;
        store
            .record_referral(user(player), code(1), has_bonus, ReferralBonusAfter::SignUp, second(2))
            .await
            .unwrap();
        store.apply_referral_bonus(user(player), direct("10"), None, second(3)).await.unwrap();
        assert_eq!(self::account(store, player).await.registration, Registration::Done);
    }
    assert_eq!(held(store, 1..=3).await, ["7", "20", "0"]);
}

pub(crate) async fn half_of_a_promise_is_corrupt(engine: &Engine) {
    let promised = Bonuses { registration: amount("25"), referral: direct("10") };
    let account = Account { bonuses: Some(promised), ..newcomer(1, None) };
    engine.store.sign_up(&account, &hash(1)).await.unwrap();
    let item = raw::items(engine, "account").await.remove(0);
    for attribute in ["registration_bonus", "referral_bonus"] {
        let mut half = item.clone();
        half.remove(attribute);
        raw::put(engine, half).await;
        let error = engine.store.load_account(user(1)).await.expect_err("half of it is not there");
        assert_eq!(error.to_string(), fault(&item, attribute));
    }
}

/// D6, X35.
pub(crate) async fn a_bonus_is_recorded_as_the_old_system_did(engine: &Engine) {
    welcomed(&engine.store, 42, None).await;
    let wallet = raw::items(engine, "wallet").await.remove(0);
    let entry = [
        "BONUS:REG:42",
        "CREDIT",
        "BONUS",
        "25",
        "bonus-pool",
        "reg_bonus_42",
        "25",
        &second(1).to_string(),
        "registration_bonus",
        "completed",
        "Welcome bonus for new registration",
        "registration",
        "house_games_only",
        &second(1).to_string(),
    ];
    assert_eq!(wallet["entries"], AttributeValue::L(vec![text(entry.join("\n"))]));
    crate::books::check(&engine.store).await;
}

pub(crate) async fn a_bonus_of_nothing_only_moves_the_account(engine: &Engine) {
    let store = &engine.store;
    signed_up(store, 1, None).await;
    signed_up(store, 2, Some(1)).await;
    let outcome = store.apply_registration_bonus(user(2), Amount::ZERO, second(1)).await.unwrap();
    let BonusOutcome::Applied(account) = outcome else { panic!("{outcome:?}") };
    assert_eq!(account.registration, Registration::ReferralDue);
    assert_eq!(refer(store, 2, 1).await, edge(2, 1));
    let outcome = store.apply_referral_bonus(user(2), ReferralBonuses::NONE, None, second(3)).await.unwrap();
    assert!(matches!(&outcome, BonusOutcome::Applied(account) if account.registration == Registration::Done));
    assert_eq!(raw::items(engine, "entry").await, Vec::<Item>::new());
    for player in [1, 2] {
        assert_eq!(store.load_wallet(user(player)).await.unwrap().version, 0);
    }
}

pub(crate) async fn a_user_without_an_account_gets_no_bonus(engine: &Engine) {
    let store = &engine.store;
    // The user has a wallet and no account.
    fund(store, 1, "5").await;
    let before = raw::everything(engine).await;
    for outcome in [
        store.apply_registration_bonus(user(1), amount("25"), second(1)).await,
        store.apply_referral_bonus(user(1), direct("25"), None, second(1)).await,
    ] {
        assert_eq!(outcome.unwrap(), BonusOutcome::UnknownUser);
    }
    assert_eq!(raw::everything(engine).await, before);
}

pub(crate) async fn a_bonus_beyond_the_balance_is_not_given(engine: &Engine) {
    let store = &engine.store;
    let most = amount("60000000000000000000");
    signed_up(store, 1, None).await;
    store.apply_registration_bonus(user(1), most, second(1)).await.unwrap();
    welcomed(store, 2, Some(1)).await;
    refer(store, 2, 1).await;
    let before = raw::everything(engine).await;
    let outcome =
        store.apply_referral_bonus(user(2), ReferralBonuses::direct(most), None, second(3)).await.unwrap();
    assert_eq!(outcome, BonusOutcome::BalanceTooLarge);
    assert_eq!(raw::everything(engine).await, before, "and it stays owed");
}

pub(crate) async fn a_referral_bonus_goes_to_the_referrer_once(store: &Store) {
    welcomed(store, 1, None).await;
    signed_up(store, 2, Some(1)).await;
    let owed = |outcome: BonusOutcome| matches!(outcome, BonusOutcome::NotDue(_));
    assert!(owed(store.apply_referral_bonus(user(2), direct("10"), None, second(1)).await.unwrap()));
    store.apply_registration_bonus(user(2), amount("25"), second(1)).await.unwrap();
    assert!(owed(store.apply_referral_bonus(user(2), direct("10"), None, second(1)).await.unwrap()));
    assert_eq!(refer(store, 2, 1).await, edge(2, 1));

    let eight = (0..8).map(|_| store.apply_referral_bonus(user(2), direct("10"), None, second(3)));
    let outcomes = join_all(eight).await;
    let applied = outcomes.iter().filter(|outcome| matches!(outcome, Ok(BonusOutcome::Applied(_)))).count();
    let before =
        outcomes.iter().filter(|outcome| matches!(outcome, Ok(BonusOutcome::AppliedBefore(_)))).count();
    assert_eq!((applied, before), (1, 7), "{outcomes:?}");
    for (player, bonus) in [(1, "35"), (2, "25")] {
        let wallet = store.load_wallet(user(player)).await.unwrap();
        assert_eq!((wallet.balance, wallet.bonus), (Amount::ZERO, amount(bonus)), "player {player}");
    }
    let entries = store.list_entries(user(1), None, 1).await.unwrap();
    assert_eq!(entries[0].key.as_str(), "BONUS:REF:2");
    assert_eq!(entries[0].transaction().map(|said| said.kind), Some("referral_bonus"));
}

/// Bonuses of many new players for one referrer are credited to one wallet.
pub(crate) async fn bonuses_for_one_referrer_are_all_given(store: &Store) {
    signed_up(store, 1, None).await;
    for player in 2..=21 {
        welcomed(store, player, Some(1)).await;
        assert_eq!(refer(store, player, 1).await, edge(player, 1));
    }
    let bonuses =
        (2..=21).map(|player| store.apply_referral_bonus(user(player), direct("10"), None, second(3)));
    let own = store.apply_registration_bonus(user(1), amount("25"), second(3));
    let (outcomes, own) = tokio::join!(join_all(bonuses), own);
    assert!(matches!(own, Ok(BonusOutcome::Applied(_))), "{own:?}");
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Ok(BonusOutcome::Applied(_)))), "{outcomes:?}");
    let wallet = store.load_wallet(user(1)).await.unwrap();
    assert_eq!((wallet.bonus, wallet.version), (amount("225"), 21));
}

/// Concurrent requests never give more bonuses than the daily cap. A bonus that is not given is no longer promised.
pub(crate) async fn no_more_bonuses_of_a_day_are_given_than_there_are(store: &Store) {
    signed_up(store, 1, None).await;
    let promised = Bonuses { registration: amount("25"), referral: direct("10") };
    for player in 2..=11 {
        let new = Account { bonuses: Some(promised), ..newcomer(player, Some(1)) };
        store.sign_up(&new, &hash(player)).await.unwrap();
        store.apply_registration_bonus(user(player), amount("25"), second(1)).await.unwrap();
        assert_eq!(refer(store, player, 1).await, edge(player, 1));
    }
    let cap = |day| {
        let max = NonZeroU32::new(3).expect("more than none");
        Some(ReferralCap { day: jiff::civil::date(2026, 11, day), max })
    };
    let mut given = Vec::new();
    for (players, day) in [(2..=9, 20), (10..=11, 21)] {
        let bonuses = players
            .clone()
            .map(|player| store.apply_referral_bonus(user(player), direct("10"), cap(day), second(3)));
        for (player, outcome) in players.zip(join_all(bonuses).await) {
            let done = account(store, player).await;
            assert_eq!(done.registration, Registration::Done);
            let kept = done.bonuses.expect("what was promised").referral;
            match outcome.unwrap() {
                BonusOutcome::Applied(_) => {
                    assert_eq!(kept, promised.referral);
                    given.push(day);
                }
                outcome => {
                    assert_eq!((kept, outcome), (ReferralBonuses::NONE, BonusOutcome::Withheld(done)));
                }
            }
            let again = store.apply_referral_bonus(user(player), direct("10"), cap(day), second(4)).await;
            assert!(matches!(again, Ok(BonusOutcome::AppliedBefore(_))), "{again:?}");
        }
    }
    given.sort_unstable();
    assert_eq!(given, [20, 20, 20, 21, 21]);
    assert_eq!(store.load_wallet(user(1)).await.unwrap().bonus, amount("50"));
}

/// A chain: each player from 2 on is referred by the previous one. The players above the last one get their bonuses
/// once. A bonus that no player gets is no longer promised.
pub(crate) async fn those_above_get_their_bonuses_once(engine: &Engine) {
    let store = &engine.store;
    let bonuses: ReferralBonuses = "10,5,0,1,3".parse().unwrap();
    signed_up(store, 1, None).await;
    for player in 2..=5 {
        let referral = if player == 5 { bonuses } else { ReferralBonuses::NONE };
        brought(store, player, player - 1, referral).await;
    }
    let eight =
        join_all((0..8).map(|_| store.apply_referral_bonus(user(5), direct("99"), None, second(3)))).await;
    let done = account(store, 5).await;
    let kept = done.bonuses.map(|bonuses| bonuses.referral.to_string());
    assert_eq!((done.registration, kept.as_deref()), (Registration::Done, Some("10,5,0,1")));
    let applied =
        eight.iter().filter(|one| matches!(one, Ok(BonusOutcome::Applied(account)) if *account == done));
    assert_eq!(applied.count(), 1, "{eight:?}");
    assert_eq!(held(store, 1..=5).await, ["1", "0", "5", "10", "0"]);
    for (name, owner) in [("BONUS:REF:5", 4), ("BONUS:REF:5:2", 3), ("BONUS:REF:5:4", 1)] {
        let found = store.find_entries(&EntryName::Key(name.to_owned()), None).await.unwrap();
        let of = EntryName::Reference(name.replace("BONUS:REF:", "ref_bonus_").replace(':', "_"));
        assert_eq!(found.entries, store.find_entries(&of, None).await.unwrap().entries, "{name}");
        assert_eq!((found.entries.len(), found.searched), (1, Some(user(owner))), "{name}");
    }
    for name in ["BONUS:REF:5:5", "BONUS:REF:5:0", "BONUS:REF:5:9", "BONUS:REF:5:x"] {
        let found = store.find_entries(&EntryName::Key(name.to_owned()), None).await.unwrap();
        assert_eq!((found.entries.len(), found.searched), (0, None), "{name}");
    }
    let item = raw::everything(engine).await.remove("ACCOUNT#5 ACCOUNT").expect("an account");
    assert_eq!((&item["referral_bonus"], &item["referral_bonuses_above"]), (&number("10"), &text("5,0,1")));
    let mut broken = item;
    broken.insert("referral_bonuses_above".to_owned(), text("5,many"));
    raw::put(engine, broken.clone()).await;
    let error = store.load_account(user(5)).await.expect_err("it is no list");
    assert_eq!(error.to_string(), fault(&broken, "referral_bonuses_above"));
}

/// A player who was referred by a player they referred gets no bonus for themselves.
pub(crate) async fn a_player_is_not_their_own_referrer(store: &Store) {
    let bonuses: ReferralBonuses = "10,5,1".parse().unwrap();
    for (player, other) in [(1, 2), (2, 1)] {
        let referral = Bonuses { registration: Amount::ZERO, referral: bonuses };
        let new = Account { bonuses: Some(referral), ..newcomer(player, Some(other)) };
        store.sign_up(&new, &hash(player)).await.unwrap();
        store.apply_registration_bonus(user(player), Amount::ZERO, second(1)).await.unwrap();
    }
    for (player, other) in [(1, 2), (2, 1)] {
        assert_eq!(refer(store, player, other).await, edge(player, other));
    }
    for player in [1, 2] {
        store.apply_referral_bonus(user(player), ReferralBonuses::NONE, None, second(3)).await.unwrap();
        assert_eq!(account(store, player).await.bonuses.map(|own| own.referral), Some(direct("10")));
    }
    assert_eq!(held(store, 1..=2).await, ["10", "10"]);
}

/// Each level has its own daily count. A bonus withheld at one level is still given at the others.
pub(crate) async fn a_cap_keeps_one_level_from_its_bonus_alone(store: &Store) {
    let bonuses: ReferralBonuses = "10,5".parse().unwrap();
    let cap = NonZeroU32::new(1).map(|max| ReferralCap { day: jiff::civil::date(2026, 11, 20), max });
    signed_up(store, 1, None).await;
    brought(store, 2, 1, bonuses).await;
    // The first bonus of the day.
    let given = store.apply_referral_bonus(user(2), bonuses, cap, second(3)).await.unwrap();
    assert!(matches!(given, BonusOutcome::Applied(_)), "{given:?}");
    for (player, referrer, expected) in [(3, 2, "10"), (4, 2, "0"), (5, 3, "10")] {
        brought(store, player, referrer, bonuses).await;
        let outcome = store.apply_referral_bonus(user(player), bonuses, cap, second(3)).await.unwrap();
        let done = account(store, player).await;
        assert_eq!(done.bonuses.map(|own| own.referral.to_string()).as_deref(), Some(expected), "{player}");
        let is_withheld = expected == "0";
        let expected = if is_withheld { BonusOutcome::Withheld(done) } else { BonusOutcome::Applied(done) };
        assert_eq!(outcome, expected, "{player}");
    }
    // Player 2 already has the bonus for player 3 when player 5 signs up.
    assert_eq!(held(store, 1..=5).await, ["10", "10", "10", "0", "0"]);
    let other = ReferralCap { day: jiff::civil::date(2026, 11, 21), max: NonZeroU32::MIN };
    brought(store, 6, 2, bonuses).await;
    brought(store, 7, 6, bonuses).await;
    store.apply_referral_bonus(user(6), bonuses, Some(other), second(3)).await.unwrap();
    let outcome = store.apply_referral_bonus(user(7), bonuses, Some(other), second(3)).await.unwrap();
    assert!(matches!(outcome, BonusOutcome::Applied(_)), "{outcome:?}");
    assert_eq!(account(store, 7).await.bonuses.map(|own| own.referral), Some(direct("10")));
    assert_eq!(held(store, [1, 2, 6]).await, ["15", "20", "10"]);
    // The next level gets its bonus although the direct referrer has reached the cap.
    let third = ReferralCap { day: jiff::civil::date(2026, 11, 22), max: NonZeroU32::MIN };
    brought(store, 8, 6, direct("10")).await;
    brought(store, 9, 6, bonuses).await;
    store.apply_referral_bonus(user(8), bonuses, Some(third), second(3)).await.unwrap();
    let outcome = store.apply_referral_bonus(user(9), bonuses, Some(third), second(3)).await.unwrap();
    let done = account(store, 9).await;
    assert_eq!(done.bonuses.map(|own| own.referral.to_string()).as_deref(), Some("0,5"));
    assert_eq!(outcome, BonusOutcome::Withheld(done));
    assert_eq!(held(store, [2, 6]).await, ["25", "20"]);
}

/// Signs up a player with a recorded referral and these bonuses for the players above.
async fn brought(store: &Store, player: u64, referrer: u64, referral: ReferralBonuses) {
    let bonuses = Bonuses { registration: Amount::ZERO, referral };
    let new = Account { bonuses: Some(bonuses), ..newcomer(player, Some(referrer)) };
    store.sign_up(&new, &hash(player)).await.unwrap();
    store.apply_registration_bonus(user(player), Amount::ZERO, second(1)).await.unwrap();
    assert_eq!(refer(store, player, referrer).await, edge(player, referrer));
}

async fn held(store: &Store, players: impl IntoIterator<Item = u64>) -> Vec<String> {
    let mut held = Vec::new();
    for player in players {
        held.push(store.load_wallet(user(player)).await.unwrap().bonus.to_string());
    }
    held
}

/// Nothing is given for an unverified number, and no sweep looks for it.
pub(crate) async fn a_sign_up_waits_for_its_number(store: &Store) {
    let waiting = Account { registration: Registration::VerificationDue, ..newcomer(1, Some(2)) };
    store.sign_up(&waiting, &hash(1)).await.unwrap();
    let outcome = store.apply_registration_bonus(user(1), amount("25"), second(1)).await.unwrap();
    assert_eq!(outcome, BonusOutcome::NotDue(waiting.clone()));
    let outcome = store.apply_referral_bonus(user(1), direct("10"), None, second(1)).await.unwrap();
    assert_eq!(outcome, BonusOutcome::NotDue(waiting.clone()));
    assert_eq!(refer(store, 1, 2).await, RecordReferral::BonusFirst);
    assert_eq!(account(store, 1).await, waiting);
    assert!(!swept(store, Timestamp::MAX).await.contains(&user(1)));
    assert_eq!(store.load_wallet(user(1)).await.unwrap().bonus, Amount::ZERO);
}

/// An account is in the `unfinished` index exactly while a step of its sign-up is due.
pub(crate) async fn an_account_is_listed_until_nothing_is_owed(engine: &Engine) {
    let store = &engine.store;
    let is_listed = async |player: u64| {
        let item =
            raw::everything(engine).await.remove(&format!("ACCOUNT#{player} ACCOUNT")).expect("an account");
        assert_eq!(item.contains_key("unfinished_pk"), item.contains_key("unfinished_sk"));
        let swept = swept(store, Timestamp::MAX).await.contains(&user(player));
        assert_eq!(item.contains_key("unfinished_pk"), swept, "player {player}");
        swept
    };
    welcomed(store, 1, None).await;
    assert!(!is_listed(1).await, "nothing follows their bonus");

    signed_up(store, 2, Some(1)).await;
    assert!(is_listed(2).await);
    store.apply_registration_bonus(user(2), amount("25"), second(1)).await.unwrap();
    assert!(is_listed(2).await, "the referral is owed");
    refer(store, 2, 1).await;
    assert!(is_listed(2).await, "the referrer's bonus is owed");
    store.apply_referral_bonus(user(2), direct("10"), None, second(3)).await.unwrap();
    assert!(!is_listed(2).await);

    welcomed(store, 3, Some(1)).await;
    store
        .record_referral(user(3), crate::scenario::code(1), false, ReferralBonusAfter::SignUp, second(2))
        .await
        .unwrap();
    assert!(!is_listed(3).await, "referrers are paid nothing");
    welcomed(store, 4, Some(99)).await;
    assert_eq!(refer(store, 4, 99).await, RecordReferral::UnknownCode);
    assert!(!is_listed(4).await, "nobody has the code");

    welcomed(store, 6, Some(1)).await;
    let after = ReferralBonusAfter::FirstDeposit;
    store.record_referral(user(6), crate::scenario::code(1), true, after, second(2)).await.unwrap();
    assert!(!is_listed(6).await, "nothing is owed before a deposit");
    assert!(!store.owe_referral_bonus(user(6)).await.unwrap());
    let early = store.apply_referral_bonus(user(6), direct("10"), None, second(3)).await;
    assert!(matches!(early, Ok(BonusOutcome::NotDue(_))), "{early:?}");
    credited(store, 6, "key-1", "100", 3).await;
    let eight = join_all((0..8).map(|_| store.owe_referral_bonus(user(6)))).await;
    assert!(eight.into_iter().all(Result::unwrap));
    assert!(is_listed(6).await, "it is owed once there is one");
    let given = store.apply_referral_bonus(user(6), direct("10"), None, second(4)).await;
    assert!(matches!(given, Ok(BonusOutcome::Applied(_))), "{given:?}");
    assert!(!is_listed(6).await);
    assert!(!store.owe_referral_bonus(user(6)).await.unwrap(), "it was given");

    // The deposit was credited before anything waited for it, so no later event would make the bonus due.
    welcomed(store, 7, Some(1)).await;
    credited(store, 7, "key-1", "100", 3).await;
    assert!(!store.owe_referral_bonus(user(7)).await.unwrap());
    let recorded = store.record_referral(user(7), crate::scenario::code(1), true, after, second(4)).await;
    let owed = ReferralOutcome::Decided(edge_at(7, 1, second(4)), Registration::ReferralBonusDue);
    assert_eq!(recorded.unwrap(), owed);
    assert!(is_listed(7).await, "the deposit was there before");
    store.apply_referral_bonus(user(7), direct("10"), None, second(5)).await.unwrap();
    assert!(!is_listed(7).await);

    // Other changes of an account leave it in the index, or out of it.
    signed_up(store, 5, Some(1)).await;
    for player in [4, 5] {
        set_blocked(store, user(player), true).await.unwrap();
        set_blocked(store, user(player), false).await.unwrap();
        store.update_profile(user(player), None, Some(7)).await.unwrap();
        assert_eq!(is_listed(player).await, player == 5);
    }
    assert_eq!(account(store, 1).await.direct_referral_count, 4);
}

pub(crate) async fn a_sweep_finds_exactly_those_that_owe(store: &Store) {
    assert_eq!(swept(store, Timestamp::MAX).await, BTreeSet::new());
    let mut owing = BTreeSet::new();
    signed_up(store, 100, None).await;
    owing.insert(user(100));
    for player in 1..=40 {
        match player % 4 {
            0 => drop(signed_up(store, player, None).await),
            1 => drop(welcomed(store, player, Some(100)).await),
            2 => drop(welcomed(store, player, None).await),
            _ => {
                welcomed(store, player, Some(100)).await;
                refer(store, player, 100).await;
            }
        }
        if player % 4 != 2 {
            owing.insert(user(player));
        }
    }
    assert_eq!(swept(store, Timestamp::MAX).await, owing);
    assert_eq!(swept(store, second(1)).await, owing);
    assert_eq!(swept(store, second(0)).await, BTreeSet::new(), "all were made at that time, none before");
}

/// More items than fit into one answer of the engine.
pub(crate) async fn a_sweep_of_many_registrations_has_pages(engine: &Engine) {
    signed_up(&engine.store, 1, None).await;
    let original = raw::items(engine, "account").await.remove(0);
    let copies = (2..=1_201).map(|player: u64| {
        let pk = text(format!("ACCOUNT#{player}"));
        raw::with(&original, &[("pk", pk), ("user", number(player))])
    });
    raw::put_all(engine, copies).await;
    assert_eq!(swept(&engine.store, Timestamp::MAX).await, (1..=1_201).map(user).collect());
}

/// The users whose accounts a sweep finds, created before that time.
async fn swept(store: &Store, before: Timestamp) -> BTreeSet<UserId> {
    let mut found = Vec::new();
    for shard in store.layout().shards() {
        let mut start = None;
        loop {
            let page = store.sweep_registrations(shard, Since::Before(before), start).await.expect("a page");
            found.extend(page.found.into_iter().map(|found| found.user));
            start = page.next;
            if start.is_none() {
                break;
            }
        }
    }
    let users: BTreeSet<_> = found.iter().copied().collect();
    assert_eq!(users.len(), found.len(), "each once: {found:?}");
    users
}

/// K2: bonus and referral of one user, requested concurrently in either order, until both are done.
pub(crate) async fn bonus_and_referral_at_once_are_both_done(store: &Store) {
    signed_up(store, 1, None).await;
    for player in 2..=11 {
        signed_up(store, player, Some(1)).await;
        let bonus = store.apply_registration_bonus(user(player), amount("25"), second(1));
        let referral = async {
            while refer(store, player, 1).await == RecordReferral::BonusFirst {
                tokio::task::yield_now().await;
            }
        };
        let (given, ()) = tokio::join!(bonus, referral);
        assert!(matches!(given, Ok(BonusOutcome::Applied(Account { .. }))), "{given:?}");
    }
    assert_eq!(account(store, 1).await.direct_referral_count, 10);
}
