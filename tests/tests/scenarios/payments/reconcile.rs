//! `evens reconcile`: compares a day of the sandbox provider with the books, with each kind of difference.

use super::withdrawing::{await_withdrawal, payee, withdraw};
use evens_tests::{Client, OpenedDeposit, Process, Request, Scenario, await_until};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use std::fs;

pub(super) fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date()
}

/// Compares a day with a statement file, or with the provider's own statement. Returns the exit code and the output.
pub(super) async fn reconcile(
    scenario: &Scenario,
    day: Date,
    statement: Option<&str>,
) -> (Option<i32>, Value) {
    let (code, text) = reconcile_as(scenario, day, statement, &["--json"]).await;
    let body = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}"));
    (code, body)
}

async fn reconcile_as(
    scenario: &Scenario,
    day: Date,
    statement: Option<&str>,
    options: &[&str],
) -> (Option<i32>, String) {
    let (day, path) = (day.to_string(), scenario.folder().join("statement.csv"));
    let file = statement.map(|text| {
        fs::write(&path, text).expect("a file");
        path.to_str().expect("its name")
    });
    let mut arguments = vec!["reconcile", "--provider", "sandbox", "--day", &day];
    arguments.extend(file.into_iter().chain(options.iter().copied()));
    let exit = Process::run(scenario.folder(), &arguments, &[]).await;
    (exit.code, if exit.stdout.is_empty() { exit.stderr } else { exit.stdout })
}

/// Makes a credited deposit of 100 and a paid withdrawal of 40. Returns their orders.
pub(super) async fn moved(scenario: &Scenario, player: &Client) -> [String; 2] {
    let deposit = player.deposit("100", "in").await;
    scenario.sandbox().press(&deposit.pay_url, "pay").await;
    scenario.await_deposit(player, &deposit.order, "completed").await;
    let payee = payee(player, "IN12345678").await;
    let withdrawal = withdraw(player, "40", &payee, "out").await;
    await_withdrawal(scenario, player, &withdrawal, "completed").await;
    [deposit.order, withdrawal]
}

/// Waits until the provider has this number of movements of a kind.
async fn await_movements(scenario: &Scenario, kind: &str, count: usize) {
    await_until(&format!("{count} of {kind}"), Scenario::DEADLINE, async || {
        let statement = scenario.sandbox().statement(today()).await;
        let yesterday = scenario.sandbox().statement(today().yesterday().expect("a day")).await;
        let quoted = format!("\"{kind}\"");
        (statement.matches(&quoted).count() + yesterday.matches(&quoted).count() >= count).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_on_which_all_went_well_is_clean() {
    let scenario = Scenario::start().await;
    let player = scenario.funded(41, "10").await;
    let day = today();
    moved(&scenario, &player).await;
    let (code, found) = reconcile(&scenario, day, None).await;
    assert_eq!(
        (code, &found["verdict"], &found["counts"]),
        (Some(0), &json!("clean"), &json!({})),
        "{found}"
    );
    assert_eq!((&found["lines"], &found["provider"]), (&json!(2), &json!("sandbox")), "{found}");
    // Fees of 2 % of 100, and 5 for a payout. They are reported once the day is final.
    let closing =
        json!({ "opening": "0", "stated": "53", "booked": "60", "differences": "0", "onTheWay": "-7" });
    assert_eq!(found["closing"], closing);
    let (code, text) = reconcile_as(&scenario, day, None, &[]).await;
    assert_eq!(code, Some(0), "{text}");
    for said in [
        "The statement of sandbox for ",
        "The day is not final before ",
        "payment-provider:sandbox: booked 60, differences 0, in transit -7, stated 53: explained.",
        "Nothing differs.",
    ] {
        assert!(text.contains(said), "{said} is not in {text}");
    }
    scenario.finish().await;
}

/// A lost callback is detected, and a job queries the provider.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_callback_is_named_and_made_up_for() {
    let scenario = Scenario::start().await;
    let (player, day) = (scenario.player(41), today());
    scenario.sandbox().fault("payment.succeeded", "fail-before-effect", 1).await;
    let deposit = player.deposit("100", "lost").await;
    scenario.sandbox().press(&deposit.pay_url, "pay").await;
    await_movements(&scenario, "payment", 1).await;
    let (code, found) = reconcile(&scenario, day, None).await;
    assert_eq!((code, &found["counts"]), (Some(1), &json!({ "state": 1 })), "{found}");
    let difference = &found["differences"][0];
    assert_eq!((&difference["orderId"], &difference["stated"]), (&json!(deposit.order), &json!("100")));
    scenario.await_deposit(&player, &deposit.order, "completed").await;
    let (code, found) = reconcile(&scenario, day, None).await;
    assert_eq!(code, Some(0), "{found}");
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payout_that_came_back_untold_is_named_and_given_back() {
    let scenario = Scenario::start().await;
    let (player, day) = (scenario.funded(41, "100").await, today());
    scenario.sandbox().fault("payout.reversed", "fail-before-effect", 1).await;
    let payee = payee(&player, "return-1234").await;
    let order = withdraw(&player, "30", &payee, "out").await;
    await_withdrawal(&scenario, &player, &order, "completed").await;
    await_movements(&scenario, "payout-reversal", 1).await;
    let (code, found) = reconcile(&scenario, day, None).await;
    assert_eq!((code, &found["counts"]), (Some(1), &json!({ "state": 1 })), "{found}");
    await_withdrawal(&scenario, &player, &order, "failed").await;
    let (code, found) = reconcile(&scenario, day, None).await;
    assert_eq!(code, Some(0), "{found}");
    assert_eq!(player.balance().await.to_string(), "100");
    scenario.finish().await;
}

/// Every difference between a file and the books is classified, and none of them is repaired.
#[tokio::test(flavor = "multi_thread")]
async fn each_way_in_which_a_file_differs_has_its_kind() {
    let scenario = Scenario::start().await;
    let (player, day) = (scenario.funded(41, "10").await, today());
    let [deposit, _] = moved(&scenario, &player).await;
    let good = scenario.sandbox().statement(day).await;
    let line_of = |kind: &str| {
        let quoted = format!("\"{kind}\"");
        good.lines().find(|line| line.contains(&quoted)).expect("a line").to_owned()
    };
    let (payment, at) = (line_of("payment"), line_of("payment").split(',').next().unwrap().to_owned());
    let twice = payment.replacen("\"pay_", "\"pay_again_", 1);
    assert_ne!(twice, payment, "{good}");
    let foreign = format!("{at},\"payment\",\"=cmd|'/C\",\"=cmd|' /C calc'!A0\",100,\"INR\"");
    let of_lines = |lines: Vec<&str>| lines.join("\n") + "\n";
    let without = of_lines(good.lines().filter(|line| !line.contains(&deposit)).collect());
    let none = of_lines(good.lines().take(1).collect());
    #[rustfmt::skip]
    let table = [
        (good.clone(),                                                    json!({})),
        (good.replace(",10000,", ",9900,"),                               json!({ "amount": 1 })),
        (payment_in(&good, &payment, "EUR"),                              json!({ "currency": 1 })),
        (format!("{good}{twice}\n"),                                      json!({ "twice": 1 })),
        (format!("{good}{foreign}\n"),                                    json!({ "unknown-reference": 1 })),
        (without,                                                         json!({ "missing-at-provider": 1 })),
        (none,                                                            json!({ "missing-at-provider": 2 })),
    ];
    let before = scenario.books().await;
    for (statement, counts) in table {
        let (code, found) = reconcile(&scenario, day, Some(&statement)).await;
        let expected = if counts == json!({}) { Some(0) } else { Some(1) };
        assert_eq!((code, &found["counts"]), (expected, &counts), "{statement}\n{found}");
    }
    let (_, text) = reconcile_as(&scenario, day, Some(&format!("{good}{foreign}\n")), &[]).await;
    assert!(text.contains("unknown-reference  1"), "{text}");
    let after = scenario.books().await;
    assert_eq!((before.transfers, before.wallets), (after.transfers, after.wallets), "nothing is repaired");
    scenario.finish().await;
}

/// The payment and its fee in another currency.
fn payment_in(statement: &str, payment: &str, currency: &str) -> String {
    let id = payment.split(',').nth(2).expect("its id");
    let line = |line: &str| {
        let line = if line.contains(id) { line.replace("INR", currency) } else { line.to_owned() };
        format!("{line}\n")
    };
    statement.lines().map(line).collect()
}

/// An invalid file, an unfinished day, or an unknown provider is reported, and nothing is compared.
#[tokio::test(flavor = "multi_thread")]
async fn a_day_that_cannot_be_compared_is_reported() {
    let scenario = Scenario::start().await;
    let head = "at,kind,id,reference,amount,currency\n";
    let at = Timestamp::now();
    let table = [
        (format!("{head}{at},payment,pay_1,x,1,INR\nnot,a,line\n"), "line 3: it has 3 fields instead of 6"),
        (format!("{head}{at},payment,pay_1,x,=1+1,INR\n"), "line 2: its field amount is not a whole number"),
        (
            format!("{head}{at},gift,pay_1,x,1,INR\n"),
            "line 2: the books have no account for this kind of movement",
        ),
        ("no statement".to_owned(), "its first line is not the header at,kind,id,reference,amount,currency"),
        (String::new(), "it is empty"),
    ];
    for (statement, said) in table {
        let (code, text) = reconcile_as(&scenario, today(), Some(&statement), &[]).await;
        assert!(code == Some(2) && text.contains(said), "{code:?}: {text}");
    }
    let tomorrow = today().checked_add(jiff::Span::new().days(2)).expect("a day");
    let (code, text) = reconcile_as(&scenario, tomorrow, None, &[]).await;
    assert!(code == Some(2) && text.contains("has not begun"), "{code:?}: {text}");
    let missing = scenario.folder().join("nothing.csv");
    let (day, missing) = (today().to_string(), missing.to_str().unwrap());
    for (arguments, said) in [
        (vec!["--provider", "sandbox", "--day", &day, missing], "cannot read"),
        (vec!["--provider", "other", "--day", &day], "the payment provider other is not configured"),
        (vec!["--provider", "sandbox", "--day", "2026-02-30"], "invalid value"),
    ] {
        let arguments: Vec<_> = ["reconcile"].into_iter().chain(arguments).collect();
        let exit = Process::run(scenario.folder(), &arguments, &[]).await;
        assert!(exit.code == Some(2) && exit.stderr.contains(said), "{exit:?}");
    }
    scenario.sandbox().fault("statement", "429", 1).await;
    let (code, text) = reconcile_as(&scenario, today(), None, &[]).await;
    assert!(code == Some(2) && text.contains("the provider has no statement for"), "{code:?}: {text}");
    scenario.finish().await;
}

/// A final day has one report per statement, which staff can read.
#[tokio::test(flavor = "multi_thread")]
async fn a_final_day_has_a_report_for_each_statement() {
    let scenario = Scenario::start().await;
    let (cashier, auditor) = (scenario.cashier(), scenario.auditor());
    let path = "/api/operator/reconciliations";
    assert_eq!(auditor.get(path).await.expect(200)["data"], json!([]));
    let day: Date = "2026-01-05".parse().expect("a day");
    let head = "at,kind,id,reference,amount,currency\n";
    let long =
        (0..100_000).map(|number| format!("2026-01-05T08:00:00Z,payment,pay_{number},{number},100,INR\n"));
    let long: String = [head.to_owned()].into_iter().chain(long).collect();
    let (code, found) = reconcile(&scenario, day, Some(&long)).await;
    assert_eq!((code, &found["lines"]), (Some(1), &json!(100_000)));
    assert_eq!(found["counts"], json!({ "unknown-reference": 100_000 }));
    assert_eq!(found["differences"].as_array().map(Vec::len), Some(500));
    let (code, again) = reconcile(&scenario, day, Some(&long)).await;
    assert_eq!((code, &again), (Some(1), &found), "the same statement has the same report");
    let (code, other) = reconcile(&scenario, day, Some(head)).await;
    assert_eq!((code, &other["verdict"]), (Some(0), &json!("clean")), "a changed one has its own");

    let listed = cashier.get(path).await.expect(200);
    let ids: Vec<_> =
        listed["data"].as_array().unwrap().iter().map(|one| one["reportId"].as_str().unwrap()).collect();
    let id = format!("2026-01-05:sandbox.file:{}", found["statement"].as_str().unwrap());
    assert!(ids.len() == 2 && ids.contains(&id.as_str()), "{listed}");
    let one = auditor.get(&format!("{path}/{id}")).await.expect(200);
    assert_eq!((&one["data"]["lines"], &one["data"]["at"]), (&json!(100_000), &found["at"]));
    assert_eq!(one["differences"][499]["kind"], "unknown-reference");
    assert_eq!(one["data"]["closing"]["stated"], json!(100_000));
    assert_eq!(auditor.get(&format!("{path}/2026-01-06")).await.problem(), "404 not-found reportId");
    assert_eq!(scenario.player(41).get(path).await.problem(), "403 forbidden -");
    scenario.finish().await;
}

/// Deposits that were opened and never paid are no difference.
#[tokio::test(flavor = "multi_thread")]
async fn an_unpaid_deposit_is_no_difference() {
    let scenario = Scenario::start().await;
    let OpenedDeposit { order, .. } = scenario.player(41).deposit("5", "open").await;
    let (code, found) = reconcile(&scenario, today(), None).await;
    assert_eq!((code, &found["lines"]), (Some(0), &json!(0)), "{order}: {found}");
    scenario.finish().await;
}

/// The ledger identifies movements out of suspense by the payment, the provider by its refund or dispute.
#[tokio::test(flavor = "multi_thread")]
async fn movements_out_of_suspense_agree() {
    let scenario = Scenario::start().await;
    let (player, cashier, day) = (scenario.player(41), scenario.cashier(), today());
    let mut orders = Vec::new();
    for key in ["returned", "disputed"] {
        scenario.sandbox().fault("payment", "wrong-amount", 1).await;
        if key == "disputed" {
            scenario.sandbox().fault("payment", "dispute", 1).await;
        }
        let opened = player.deposit("100", key).await;
        scenario.sandbox().press(&opened.pay_url, "pay").await;
        scenario.await_deposit(&player, &opened.order, "processing").await;
        orders.push(opened.order);
    }
    let path = format!("/api/operator/deposits/{}/return", orders[0]);
    let reason = json!({ "reason": "more came than was agreed" }).to_string();
    cashier.send(Request::new("POST", path).json(reason)).await.expect(200);
    await_movements(&scenario, "refund", 1).await;
    scenario.await_deposit(&player, &orders[1], "cancelled").await;
    scenario.await_idle().await;
    let (code, found) = reconcile(&scenario, day, None).await;
    assert_eq!((code, &found["counts"]), (Some(0), &json!({})), "{found}");
    scenario.finish_despite(&["A person must look at"]).await;
}
