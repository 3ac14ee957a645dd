//! The follow-up work of a sign-up: bonus, then referral, then the referrer's bonus. Each happens once, in this order,
//! for any delivery of messages, and none blocks another (K2, K6).

use evens_contracts::{
    ApplyBonusJob, ApplyReferralBonusJob, Job, NotifyEvent, NotifyJob, Queue, RecordReferralJob,
};
use evens_ledger::UserId;
use evens_players::{Account, ReferralBonusAfter, ReferralCode, Registration};
use evens_queues::{Queues, create_queues};
use evens_runtime::{Context, JobDone};
use evens_tests::books::Books;
use evens_tests::{Client, PASSWORD, Scenario, phone};
use futures::future::join_all;
use futures::{StreamExt, stream};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

const WITH_BONUS: &[(&str, &str)] = &[("REFERRAL_BONUS", "10")];

/// The players referred by a player, from the tree. The counter must agree.
fn referred(books: &Books, referrer: UserId) -> BTreeSet<UserId> {
    let edges = books.referrals.iter().filter(|edge| edge.referrer == referrer);
    let found: Vec<_> = edges.map(|edge| edge.referred).collect();
    let distinct: BTreeSet<_> = found.iter().copied().collect();
    assert_eq!(
        (found.len(), books.accounts[&referrer].direct_referral_count),
        (distinct.len(), distinct.len() as u64)
    );
    distinct
}

/// Asserts that each of these players has the sign-up bonus once.
fn assert_bonus(books: &Books, users: impl IntoIterator<Item = UserId>, expected: &str) {
    for user in users {
        let keys: Vec<_> = books.entries[&user].iter().map(|entry| entry.key.to_string()).collect();
        assert_eq!(keys.iter().filter(|key| **key == format!("BONUS:REG:{user}")).count(), 1, "{keys:?}");
        assert_eq!(books.wallets[&user].bonus.to_string(), expected, "{keys:?}");
        assert_eq!(books.accounts[&user].registration, Registration::Done);
    }
}

/// Waits until no registration is unfinished.
async fn await_registered(scenario: &Scenario) -> Books {
    scenario.await_idle().await;
    let books = scenario.books().await;
    let owed: Vec<_> =
        books.accounts.values().filter(|account| account.registration != Registration::Done).collect();
    assert!(owed.is_empty(), "nothing is under way, and something is owed: {owed:?}");
    books
}

/// Creates an account with outstanding work and no message, as if the process had been killed before sending it.
async fn silent(scenario: &Scenario, number: u64, referred_by: Option<ReferralCode>) -> Client {
    scenario.enrol_as(&Scenario::account(number, referred_by)).await
}

fn bonus_job(user: UserId) -> (Job, String) {
    (Job::ApplyBonus(ApplyBonusJob { user_id: user }), user.to_string())
}

/// The death spiral: 100 players sign up under one referrer at the same moment. No request fails, every referral counts
/// once, no bonus is doubled, and no job is given up.
#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_under_one_referrer_at_once_are_all_counted() {
    let scenario = Scenario::start_with(WITH_BONUS).await;
    let referrer = scenario.signed_up(&phone(0), PASSWORD).await;
    let code = referrer.referral_code().await;
    let phones: Vec<_> = (1..=100).map(phone).collect();
    let clients = join_all(phones.iter().map(|phone| scenario.referred(phone, &code))).await;
    let books = await_registered(&scenario).await;
    let users: BTreeSet<_> = clients.iter().map(|client| client.user).collect();
    assert_eq!(users.len(), 100);
    assert_eq!(referred(&books, referrer.user), users);
    assert_bonus(&books, users.clone(), "25");
    assert_bonus(&books, [referrer.user], "1025");
    for user in users {
        assert_eq!(books.accounts[&user].referrer, Some(referrer.user));
    }
    let me = referrer.me().await;
    assert_eq!((&me["directReferralCount"], &me["totalReferrals"]), (&100.into(), &100.into()));
    scenario.finish().await;
}

/// K6: A signs up under B while C signs up under A. In the old system, A then held B's lock and waited for C's. Run
/// over many rounds, with the jobs in any order.
#[tokio::test(flavor = "multi_thread")]
async fn a_under_b_while_c_under_a_loses_no_referral() {
    let scenario = Scenario::start_with(WITH_BONUS).await;
    let mut trios = Vec::new();
    for round in 0..20 {
        let (a, b, c) = (1_000 + round, 2_000 + round, 3_000 + round);
        let code = |number| Scenario::account(number, None).referral_code;
        let a = silent(&scenario, a, Some(code(b))).await;
        let b = silent(&scenario, b, None).await;
        let c = silent(&scenario, c, Some(code(a.user.number()))).await;
        let users = [a.user, b.user, c.user];
        let jobs = users.map(|user| scenario.work(bonus_job(user).0));
        for done in join_all(jobs).await {
            assert_eq!(done.unwrap().0, "Bonus applied");
        }
        trios.push(users);
    }
    let books = await_registered(&scenario).await;
    for [a, b, c] in trios {
        assert_eq!(referred(&books, b), BTreeSet::from([a]));
        assert_eq!(referred(&books, a), BTreeSet::from([c]));
        assert_bonus(&books, [a, b], "35");
        assert_bonus(&books, [c], "25");
    }
    scenario.finish().await;
}

/// The same over HTTP: the chain grows while it is used.
#[tokio::test(flavor = "multi_thread")]
async fn chains_grow_while_their_ends_sign_up() {
    let scenario = Scenario::start().await;
    let b = scenario.signed_up(&phone(0), PASSWORD).await;
    let code_b = b.referral_code().await;
    let mut links = Vec::new();
    for round in 0..8 {
        let a = scenario.referred(&phone(10 * round + 1), &code_b).await;
        let code_a = a.referral_code().await;
        // Others sign up under B, and C under A, while A's own referral may still be processed.
        let phones: Vec<_> = (2..6).map(|number| phone(10 * round + number)).collect();
        let codes = [&code_a, &code_b, &code_a, &code_b];
        let signed_up =
            join_all(phones.iter().zip(codes).map(|(phone, code)| scenario.referred(phone, code))).await;
        links.push((a, signed_up));
    }
    let books = await_registered(&scenario).await;
    let mut under_b = BTreeSet::new();
    for (a, signed_up) in &links {
        assert_eq!(referred(&books, a.user), BTreeSet::from([signed_up[0].user, signed_up[2].user]));
        under_b.extend([a.user, signed_up[1].user, signed_up[3].user]);
    }
    assert_eq!(referred(&books, b.user), under_b);
    scenario.finish().await;
}

/// K6: 100 and 101 under each other, and the same pair crosswise in many workers at once.
#[tokio::test(flavor = "multi_thread")]
async fn crossed_pairs_are_not_in_each_others_way() {
    let scenario = Scenario::start_with(WITH_BONUS).await;
    let mut pairs = Vec::new();
    for round in 0..20 {
        let (low, high) = (100 + 2 * round, 101 + 2 * round);
        let code = |number| Scenario::account(number, None).referral_code;
        let low = silent(&scenario, low, Some(code(high))).await.user;
        let high = silent(&scenario, high, Some(code(low.number()))).await.user;
        let jobs = [low, high].into_iter().flat_map(|user| (0..4).map(move |_| user));
        let worked = join_all(jobs.map(|user| scenario.work(bonus_job(user).0))).await;
        assert!(worked.iter().all(Result::is_ok), "{worked:?}");
        pairs.push((low, high));
    }
    let books = await_registered(&scenario).await;
    for (low, high) in pairs {
        assert_eq!(referred(&books, low), BTreeSet::from([high]));
        assert_eq!(referred(&books, high), BTreeSet::from([low]));
        assert_bonus(&books, [low, high], "35");
    }
    scenario.finish().await;
}

/// The registration finishes without a referral, and the bonus is given.
#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_code_costs_the_referral_and_nothing_else() {
    let scenario = Scenario::start().await;
    let client = scenario.referred(&phone(1), "abcd-efgh").await;
    let books = await_registered(&scenario).await;
    assert_bonus(&books, [client.user], "25");
    assert_eq!((books.accounts[&client.user].referrer, books.referrals.len()), (None, 0));
    assert_eq!(client.me().await["referredBy"], "ABCDEFGH");
    // The code had no owner when it was used, so its later owner is not the referrer.
    let later = Account { referral_code: "ABCDEFGH".parse().unwrap(), ..Scenario::account(70, None) };
    scenario.enrol_as(&later).await;
    let (user_id, referred_by) = (client.user, later.referral_code);
    let job = Job::RecordReferral(RecordReferralJob { user_id, referred_by });
    assert_eq!(scenario.work(job).await.unwrap().0, "no referral, as decided before");
    scenario.sweep_later().await;
    scenario.await_idle().await;
    assert!(scenario.books().await.referrals.is_empty());
    scenario.finish().await;
}

/// Checks a dead-letter record: job, error, attempts and time.
fn assert_record(scenario: &Scenario, record: &Value, job: &Value, error: &str) {
    assert_eq!(&record["originalJob"], job, "{record}");
    let said = record["error"].as_str().unwrap();
    assert_eq!(said, format!("Non-retryable error: {error}"));
    assert_eq!(record["attempts"], 1, "at once: {record}");
    assert_eq!(record["queue"], "registration");
    let failed_at: jiff::Timestamp = record["failedAt"].as_str().unwrap().parse().unwrap();
    assert!((scenario.started..=jiff::Timestamp::now()).contains(&failed_at), "{record}");
    assert!(!record["messageId"].as_str().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_players_own_code_refers_no_player() {
    let scenario = Scenario::start_with(WITH_BONUS).await;
    let own = Scenario::account(100, None).referral_code;
    let client = silent(&scenario, 100, Some(own)).await;
    scenario.send_again([bonus_job(client.user)]).await;
    let books = await_registered(&scenario).await;
    assert_bonus(&books, [client.user], "25");
    assert_eq!((books.accounts[&client.user].direct_referral_count, books.referrals.len()), (0, 0));
    scenario.finish().await;
}

/// Jobs about unknown users or referrals become dead letters at once, and the queue continues.
#[tokio::test(flavor = "multi_thread")]
async fn jobs_about_unknown_users_are_dead_letters() {
    let scenario = Scenario::start().await;
    let (nobody, code) = (UserId::new(77).unwrap(), "ABCDEFGH".parse().unwrap());
    let unreferred = scenario.signed_up(&phone(1), PASSWORD).await;
    scenario.await_idle().await;
    let rows = [
        (bonus_job(nobody), "User 77 not found".to_owned()),
        (
            (Job::RecordReferral(RecordReferralJob { user_id: nobody, referred_by: code }), "77".to_owned()),
            "User 77 not found".to_owned(),
        ),
        (
            (Job::ApplyReferralBonus(ApplyReferralBonusJob { user_id: nobody }), "77".to_owned()),
            "User 77 not found".to_owned(),
        ),
        (
            (
                Job::RecordReferral(RecordReferralJob { user_id: unreferred.user, referred_by: code }),
                unreferred.user.to_string(),
            ),
            format!("User {} did not sign up with the referral code ABCDEFGH", unreferred.user),
        ),
    ];
    for ((job, group), error) in rows {
        let written = serde_json::to_value(&job).unwrap();
        scenario.send_again([(job, group)]).await;
        let record = scenario.take_dead_letter(Queue::Registration).await;
        assert_record(&scenario, &record, &written, &error);
    }
    let next = scenario.signed_up(&phone(2), PASSWORD).await;
    assert_bonus(&await_registered(&scenario).await, [unreferred.user, next.user], "25");
    scenario.finish_despite(&["not found", "did not sign up with the referral code"]).await;
}

/// M6 for registrations: the sweeper finds each step whose message was lost.
#[tokio::test(flavor = "multi_thread")]
async fn steps_whose_message_was_never_sent_are_found() {
    let scenario = Scenario::start_with(WITH_BONUS).await;
    let referrer = scenario.signed_up(&phone(0), PASSWORD).await;
    scenario.await_idle().await;
    let code: ReferralCode = referrer.referral_code().await.parse().unwrap();
    let (store, now) = (&scenario.context().store, jiff::Timestamp::now());
    let [nothing, bonus, referral] = [
        silent(&scenario, 101, Some(code)).await,
        silent(&scenario, 102, Some(code)).await,
        silent(&scenario, 103, Some(code)).await,
    ];
    for client in [&bonus, &referral] {
        store.apply_registration_bonus(client.user, "25".parse().unwrap(), now).await.unwrap();
    }
    store.record_referral(referral.user, code, true, ReferralBonusAfter::SignUp, now).await.unwrap();
    scenario.await_idle().await;
    let owed = [nothing.user, bonus.user, referral.user]
        .map(async |user| store.load_account(user).await.unwrap().unwrap().registration);
    let owed = join_all(owed).await;
    assert_eq!(owed, [Registration::BonusDue, Registration::ReferralDue, Registration::ReferralBonusDue]);
    // Items younger than a minute are skipped, since their own job may still be on its way.
    scenario.sweep_after(jiff::SignedDuration::from_secs(30)).await;
    scenario.await_idle().await;
    assert!(!scenario.books().await.entries.contains_key(&nothing.user));
    scenario.sweep_later().await;
    let books = await_registered(&scenario).await;
    assert_bonus(&books, [nothing.user, bonus.user, referral.user], "25");
    assert_bonus(&books, [referrer.user], "55");
    assert_eq!(referred(&books, referrer.user), BTreeSet::from([nothing.user, bonus.user, referral.user]));
    scenario.finish().await;
}

/// The process that gave a bonus may be killed before it sends the notification. The next run reports the amount given,
/// not the current setting.
#[tokio::test(flavor = "multi_thread")]
async fn a_bonus_that_was_given_before_is_told_as_it_was_given() {
    let scenario = Scenario::start().await;
    // Queues without pollers.
    create_queues(scenario.sqs(), "beside").await.unwrap();
    let queues = Queues::resolve(scenario.sqs().clone(), "beside").await.unwrap();
    let now = jiff::Timestamp::now();
    for (number, given, setting, actual) in [(101, "0", "25", None), (102, "25", "50", Some("25"))] {
        let user = silent(&scenario, number, None).await.user;
        let mut context = Context { queues: queues.clone(), ..scenario.context().clone() };
        context.store.apply_registration_bonus(user, given.parse().unwrap(), now).await.unwrap();
        Arc::make_mut(&mut context.settings).players.registration_bonus = setting.parse().unwrap();
        evens_registration::handle(&context, bonus_job(user).0.through().unwrap(), now).await.unwrap();
        let messages = queues.receive(Queue::Notifications, Duration::ZERO).await.unwrap();
        let jobs = messages.iter().map(|message| Job::parse(Queue::Notifications, &message.body).unwrap());
        let expected = actual.map(|amount| {
            let event = NotifyEvent::WelcomeBonus { amount: amount.parse().unwrap() };
            Job::Notify(NotifyJob { user_id: user, event, about: user.to_string() })
        });
        assert_eq!(jobs.collect::<Vec<_>>(), Vec::from_iter(expected));
    }
    scenario.finish().await;
}

/// Every possible job of a registration is sent twice more in any order, during and after processing.
#[tokio::test(flavor = "multi_thread")]
async fn jobs_that_come_again_do_nothing() {
    let scenario = Scenario::start_with(WITH_BONUS).await;
    let referrer = scenario.signed_up(&phone(0), PASSWORD).await;
    let code = referrer.referral_code().await;
    let phones: Vec<_> = (1..=10).map(phone).collect();
    let clients = join_all(phones.iter().map(|phone| scenario.referred(phone, &code))).await;
    let code: ReferralCode = code.parse().unwrap();
    let jobs: Vec<_> = clients
        .iter()
        .flat_map(|client| {
            let (user, group) = (client.user, client.user.to_string());
            let referral = Job::RecordReferral(RecordReferralJob { user_id: user, referred_by: code });
            let bonus = Job::ApplyReferralBonus(ApplyReferralBonusJob { user_id: user });
            [bonus_job(user), (referral, group.clone()), (bonus, group), bonus_job(user)]
        })
        .collect();
    // Jobs that come too early are retried until their turn, while the pollers run too.
    let worked: Vec<_> =
        stream::iter(jobs.clone()).map(|(job, _)| scenario.work(job)).buffered(16).collect().await;
    for error in worked.iter().filter_map(|worked| worked.as_ref().err()) {
        assert!(
            error.is_retryable() && error.to_string().contains("the previous registration step"),
            "{error}"
        );
    }
    let before = await_registered(&scenario).await;
    assert_bonus(&before, clients.iter().map(|client| client.user), "25");
    assert_bonus(&before, [referrer.user], "125");
    scenario.send_again(jobs.clone()).await;
    scenario.send_again(jobs).await;
    scenario.await_idle().await;
    scenario.sweep_later().await;
    scenario.await_idle().await;
    // D7, D11: with the texts of the old system.
    let again = bonus_job(clients[0].user).0;
    assert_eq!(scenario.work(again).await.unwrap(), JobDone("Bonus already applied"));
    let again = Job::RecordReferral(RecordReferralJob { user_id: clients[0].user, referred_by: code });
    assert_eq!(scenario.work(again).await.unwrap(), JobDone("Referral already recorded"));
    assert_eq!(scenario.finish().await, before);
}

/// Off by default. When set, it is given once per referred player, as an entry that names its purpose.
#[tokio::test(flavor = "multi_thread")]
async fn a_referrer_gets_the_bonus_that_is_set_once() {
    for (variables, bonus) in [(&[][..], "25"), (WITH_BONUS, "35")] {
        let scenario = Scenario::start_with(variables).await;
        let referrer = scenario.signed_up(&phone(0), PASSWORD).await;
        let client = scenario.referred(&phone(1), &referrer.referral_code().await).await;
        let books = await_registered(&scenario).await;
        assert_bonus(&books, [referrer.user], bonus);
        assert_bonus(&books, [client.user], "25");
        let ledger = referrer.get("/api/wallet/ledger").await.expect(200);
        let newest = &ledger["data"][0];
        if bonus == "35" {
            assert_eq!(newest["idempotentKey"], format!("BONUS:REF:{}", client.user));
            assert_eq!(
                (&newest["amount"], &newest["transaction"]["type"]),
                (&10.into(), &"referral_bonus".into())
            );
            let job = Job::ApplyReferralBonus(ApplyReferralBonusJob { user_id: client.user });
            assert_eq!(scenario.work(job).await.unwrap().0, "Bonus already applied");
        } else {
            assert_eq!(newest["transaction"]["type"], "registration_bonus");
        }
        scenario.finish().await;
    }
}

/// Levels above 1: the referrer's referrer gets the second amount, and the next one up the third.
#[tokio::test(flavor = "multi_thread")]
async fn those_above_the_referrer_get_what_is_set_for_their_level() {
    let scenario = Scenario::start_with(&[("REFERRAL_BONUS", "10,5,2.5")]).await;
    let mut chain = vec![scenario.signed_up(&phone(0), PASSWORD).await];
    for number in 1..=4 {
        let code = chain[chain.len() - 1].referral_code().await;
        chain.push(scenario.referred(&phone(number), &code).await);
        // The levels above are known once a player's own referral is recorded.
        await_registered(&scenario).await;
    }
    let books = await_registered(&scenario).await;
    // Each sum includes the player's own 25. Under the first player there are levels 1, 2 and 3, and one at level 4,
    // which pays nothing.
    let expected = ["42.5", "42.5", "40", "35", "25"];
    for (client, bonus) in chain.iter().zip(expected) {
        assert_bonus(&books, [client.user], bonus);
    }
    let ledger = chain[0].get("/api/wallet/ledger").await.expect(200);
    let newest = &ledger["data"][0];
    assert_eq!(newest["idempotentKey"], format!("BONUS:REF:{}:3", chain[3].user));
    assert_eq!(newest["referenceId"], format!("ref_bonus_{}_3", chain[3].user));
    assert_eq!(
        (newest["amount"].to_string(), &newest["transaction"]["type"]),
        ("2.5".to_owned(), &"referral_bonus".into())
    );
    let job = Job::ApplyReferralBonus(ApplyReferralBonusJob { user_id: chain[4].user });
    assert_eq!(scenario.work(job).await.unwrap().0, "Bonus already applied");
    scenario.finish().await;
}

/// `GET /api/users/me/referrals`: only the players who used this player's code, page by page.
#[tokio::test(flavor = "multi_thread")]
async fn a_player_sees_whom_they_brought() {
    let scenario = Scenario::start().await;
    let (referrer, other) =
        (scenario.signed_up(&phone(0), PASSWORD).await, scenario.signed_up(&phone(1), PASSWORD).await);
    let code: ReferralCode = referrer.referral_code().await.parse().unwrap();
    for number in 1_000..1_060 {
        silent(&scenario, number, Some(code)).await;
    }
    scenario.sweep_later().await;
    await_registered(&scenario).await;
    let first = referrer.get("/api/users/me/referrals").await.expect(200);
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = referrer.get(&format!("/api/users/me/referrals?cursor={cursor}")).await.expect(200);
    assert_eq!(second["nextCursor"], Value::Null);
    let rows = [&first, &second].map(|page| page["data"].as_array().unwrap().clone());
    let numbers: Vec<_> = rows.iter().flatten().map(|row| row["referredId"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1_000..1_060).rev().collect::<Vec<_>>());
    assert!(rows.iter().flatten().all(|row| row["level"] == 1 && row["status"] == "active"));
    assert_eq!(other.get("/api/users/me/referrals").await.expect(200)["data"], json!([]));
    scenario.finish().await;
}
