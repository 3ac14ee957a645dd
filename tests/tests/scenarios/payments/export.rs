//! `evens export` and its verifier, which knows only `docs/books.md`. The verifier agrees with `evens verify` on intact
//! books and detects tampering.

mod copy;
mod decisions;
mod kinds;
mod suspense;
mod tamperings;

use super::withdrawing::{await_withdrawal, payee, withdraw};
use crate::operations::user_commands::run;
use copy::{Copy, each_is_found, first, has_python, set, verify, verify_seals};
use evens_audit::{Books, DayEnds};
use evens_ledger::{BalanceKind, Digest};
use evens_records::{DaySeal, SealedDays};
use evens_tests::{Client, PASSWORD, Request, Scenario, await_until, phone};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use tamperings::{BY_THE_SEAL, IN_THE_MANIFEST, IN_THE_ROWS, IN_THE_SEALS};

const SETTINGS: &[(&str, &str)] = &[("EVENS_HOLDS", "from=50"), ("EVENS_COMMISSION", "0.05")];
/// A player's bank account.
const ACCOUNT: &str = "IN00112233445566";
/// The log line about a payment that differs from its order.
const SET_ASIDE: &str = "A person must look at";

/// Books with everything that an export covers. Players 41 and 42 bet, and the winner pays a commission. Player 41
/// deposits, once with a payment that a cashier credited. Player 42 withdraws, and player 43 was funded twice. One more
/// player signed up, has a bonus, and was blocked for a while. Deposits were stopped for a while.
async fn played() -> Scenario {
    let scenario = Scenario::start_with(SETTINGS).await;
    let (one, other) = (scenario.funded(41, "300").await, scenario.funded(42, "300.00000001").await);
    scenario.fund(43, "500").await;
    scenario.fund(43, "25").await;
    let placed = [one.bet("derby", "A", "10").await, other.bet("derby", "B", "10").await];
    one.await_status(&placed[0].bet_id, "SETTLED").await;
    other.await_status(&placed[1].bet_id, "SETTLED").await;

    let paid = one.deposit("100.50", "paid").await;
    scenario.sandbox().press(&paid.pay_url, "pay").await;
    scenario.await_deposit(&one, &paid.order, "completed").await;
    let set_aside = one.deposit("10", "set aside").await;
    scenario.sandbox().fault("payment", "wrong-amount", 1).await;
    scenario.sandbox().press(&set_aside.pay_url, "pay").await;
    scenario.await_deposit(&one, &set_aside.order, "processing").await;
    one.deposit("7", "left").await;

    let payee = payee(&other, ACCOUNT).await;
    let [agreed, refused] =
        [withdraw(&other, "60", &payee, "agreed").await, withdraw(&other, "70", &payee, "refused").await];
    withdraw(&other, "65", &payee, "=held").await;
    for (order, decision) in [(&agreed, "approve"), (&refused, "reject")] {
        let path = format!("/api/operator/withdrawals/{order}/{decision}");
        let reason = json!({ "reason": "=1+1 \\n" }).to_string();
        scenario.cashier().send(Request::new("POST", path).json(reason)).await.expect(200);
    }
    await_withdrawal(&scenario, &other, &agreed, "completed").await;

    claimed(&scenario, &one).await;

    scenario.signed_up(&phone(7), PASSWORD).await;
    for act in ["block", "unblock"] {
        let acted = run(&scenario, &["user", act, &phone(7)]).await;
        assert_eq!(acted.code, Some(0), "{acted:?}");
    }
    for state in ["off", "on"] {
        let reason = ["--reason", "the bank is closed"];
        let set = [["switches", "set", "deposits", state].as_slice(), &reason].concat();
        assert_eq!(run(&scenario, &set).await.code, Some(0));
    }
    let has_bonus = async || {
        let entries = scenario.books().await.entries;
        entries.values().flatten().any(|entry| entry.balance_kind == BalanceKind::Bonus).then_some(())
    };
    await_until("the bonus of a sign-up", Scenario::DEADLINE, has_bonus).await;
    scenario.await_ended().await;
    scenario
}

/// Creates a deposit with a payment of the wrong amount, which a cashier credits to the player.
async fn claimed(scenario: &Scenario, player: &Client) {
    let opened = player.deposit("12", "claimed").await;
    scenario.sandbox().fault("payment", "wrong-amount", 1).await;
    scenario.sandbox().press(&opened.pay_url, "pay").await;
    scenario.await_deposit(player, &opened.order, "processing").await;
    let path = format!("/api/operator/deposits/{}", opened.order);
    let seen = scenario.cashier().get(&path).await.expect(200);
    let payment = seen["data"]["payment"]["providerId"].as_str().unwrap();
    let request = Request::new("POST", format!("{path}/payments/{payment}/claim"));
    let reason = json!({ "reason": "they want what came" }).to_string();
    scenario.cashier().send(request.json(reason)).await.expect(200);
}

/// Exports the books and returns the printed seal.
async fn export(scenario: &Scenario, folder: &Path) -> String {
    let exported = run(scenario, &["export", folder.to_str().unwrap()]).await;
    assert_eq!((exported.code, exported.stderr.as_str()), (Some(0), ""), "{exported:?}");
    exported.stdout.lines().last().unwrap().to_owned()
}

fn files(folder: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let file = |entry: fs::DirEntry| {
        let name = entry.file_name().into_string().unwrap();
        (name, fs::read_to_string(entry.path()).unwrap())
    };
    entries.map(file).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_whole_repeatable_and_tells_no_secret() {
    let scenario = played().await;
    let folder = tempfile::tempdir().unwrap();
    let [first, second] = ["first", "second"].map(|name| folder.path().join(name));
    fs::create_dir(&second).unwrap();
    export(&scenario, &first).await;
    export(&scenario, &second).await;
    let (mut books, mut again) = (files(&first), files(&second));
    let manifest: Value = serde_json::from_str(&books.remove("manifest.json").unwrap()).unwrap();
    again.remove("manifest.json");
    assert_eq!(books, again, "the same books are the same bytes");
    assert_eq!(manifest["format"], "evens-books/5");
    // Four lines give staff their roles.
    assert_eq!(manifest["auditHead"]["number"], "11");
    let accounts = &manifest["accounts"];
    assert_eq!((&accounts["withdrawals"], &accounts["wallets:bonus"]), (&json!("65"), &json!("25")));
    let names: Vec<_> = books.keys().map(String::as_str).collect();
    let said: Vec<_> = manifest["files"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!((names.len(), names), (21, said));
    for file in fs::read_dir(&first).unwrap() {
        assert_eq!(file.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(fs::metadata(&first).unwrap().permissions().mode() & 0o777, 0o700);
    // Text that a spreadsheet would evaluate stays text, and amounts stay amounts.
    assert!(books["audit.csv"].contains(",'=1+1 \\n,"), "{}", books["audit.csv"]);
    assert!(books["trial_balance.csv"].contains("house,0,"), "{}", books["trial_balance.csv"]);
    for (name, text) in &books {
        for secret in [ACCOUNT, "argon2", "set aside", &phone(7)[3..]] {
            assert!(!text.contains(secret), "{name} has {secret}");
        }
    }

    let taken = run(&scenario, &["export", first.to_str().unwrap()]).await;
    assert_eq!(taken.code, Some(2));
    assert!(taken.stderr.contains("is not empty"), "{}", taken.stderr);
    let nowhere = run(&scenario, &["export", folder.path().join("no/such").to_str().unwrap()]).await;
    assert_eq!(nowhere.code, Some(2));
    assert!(nowhere.stderr.contains("cannot create the folder"), "{}", nowhere.stderr);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing unfinished is left");
    scenario.finish_despite(&[SET_ASIDE]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_verifier_finds_changes_in_an_export() {
    if !has_python() {
        eprintln!("skipped: there is no python3 to run docs/books/verify_books.py");
        return;
    }
    let scenario = played().await;
    let folder = tempfile::tempdir().unwrap();
    let books = folder.path().join("books");
    let seal = export(&scenario, &books).await;
    // `evens verify` agrees.
    scenario.finish_despite(&[SET_ASIDE]).await;
    let verdict = verify(&books, Some(&seal));
    assert_eq!(verdict.code, Some(0), "{verdict:?}");
    assert!(verdict.said.starts_with("The books are in order: "), "{verdict:?}");
    bookings_of_a_statement_belong_to_no_order(&books);

    each_is_found(&books, IN_THE_ROWS);
    for (what, tamper, found) in IN_THE_MANIFEST {
        let copy = Copy::of(&books);
        tamper(&copy);
        let verdict = verify(copy.folder(), None);
        assert!(verdict.code == Some(1) && verdict.said.contains(found), "{what}: {verdict:?}");
    }
    for (what, tamper) in BY_THE_SEAL {
        let copy = Copy::of(&books);
        tamper(&copy);
        assert_eq!(verify(copy.folder(), None).code, Some(1), "{what}");
        copy.cover_up();
        let unseen = verify(copy.folder(), None);
        assert_eq!(unseen.code, Some(0), "{what}: {unseen:?}");
        let sealed = verify(copy.folder(), Some(&seal));
        let said = "manifest.json is not the one that was sealed\n";
        assert_eq!((sealed.code, sealed.said.as_str()), (Some(1), said), "{what}");
    }
}

/// Seals yesterday, and tomorrow, which covers everything so far. Returns the day and hash of the last seal.
async fn seal_days(scenario: &Scenario) -> [String; 2] {
    let (store, today) = (&scenario.context().store, Timestamp::now().to_zoned(TimeZone::UTC).date());
    let (mut last, mut after) = ([String::new(), Digest::ZERO.to_string()], None);
    for day in [today.yesterday().unwrap(), today.tomorrow().unwrap()] {
        let days = SealedDays { last: day, after };
        let mut books = Books::new().with_day_ends(DayEnds::of([days]));
        store.scan(|record| books.record(record.unwrap())).await.unwrap();
        let seal = books.seal_of(days, last[1].parse().unwrap()).unwrap();
        // Its line in the log is of a later day, as for a day that is over.
        let later = DaySeal::end_of(day).unwrap();
        assert_eq!(store.keep_seal(&seal, later).await.unwrap(), seal);
        last = [day.to_string(), seal.digest().to_string()];
        after = Some(day);
    }
    last
}

#[tokio::test(flavor = "multi_thread")]
async fn the_seal_of_a_day_reveals_changes_before_it() {
    if !has_python() {
        eprintln!("skipped: there is no python3 to run docs/books/verify_seals.py");
        return;
    }
    let scenario = played().await;
    let kept = seal_days(&scenario).await;
    let folder = tempfile::tempdir().unwrap();
    let books = folder.path().join("books");
    export(&scenario, &books).await;
    // `evens verify` agrees.
    scenario.finish_despite(&[SET_ASIDE]).await;
    let kept = kept.each_ref().map(String::as_str);
    for kept in [None, Some(kept)] {
        let verdict = verify_seals(&books, kept);
        assert_eq!((verdict.code, verdict.said.as_str()), (Some(0), "The seals hold: 2 days.\n"));
    }
    let verdict = verify(&books, None);
    assert_eq!(verdict.code, Some(0), "{verdict:?}");
    // Changes that the other files do not reveal.
    for (what, tamper) in BY_THE_SEAL {
        let copy = Copy::of(&books);
        tamper(&copy);
        copy.cover_up();
        let verdict = verify_seals(copy.folder(), None);
        assert!(
            verdict.code == Some(1) && verdict.said.contains("do not match the books"),
            "{what}: {verdict:?}"
        );
    }
    for (what, tamper, found) in IN_THE_SEALS {
        let copy = Copy::of(&books);
        tamper(&copy);
        copy.cover_up();
        assert_eq!(verify(copy.folder(), None).code, Some(0), "{what}");
        let verdict = verify_seals(copy.folder(), Some(kept));
        assert!(verdict.code == Some(1) && verdict.said.contains(found), "{what}: {verdict:?}");
    }
}

/// Movements that only a provider's statement reveals: a day's fees, and transfers to or from the bank.
fn bookings_of_a_statement_belong_to_no_order(books: &Path) {
    let copy = Copy::of(books);
    copy.edit("transfers", |rows| {
        let account = "payment-provider:sandbox";
        for (key, from, to, reference) in [
            ("FEE:sandbox:2026-11-02", "provider-fees:sandbox", account, "2026-11-02"),
            ("SETTLEMENT:set-1", "bank", account, "set-1"),
            ("FUNDING:set-1", account, "bank", "set-1"),
        ] {
            let mut more = first(rows, "key", "PAYOUT:").clone();
            for (field, value) in [("key", key), ("from", from), ("to", to), ("reference", reference)] {
                set(&mut more, field, value);
            }
            rows.push(more);
        }
    });
    copy.cover_up();
    let verdict = verify(copy.folder(), None);
    assert_eq!(verdict.code, Some(0), "{verdict:?}");
}
