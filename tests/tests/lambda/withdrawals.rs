//! Withdrawals on Lambda, beside the sandbox provider.

use crate::function::Function;
use crate::payments::{Provider, USER};
use crate::{Platform, body, request, work_all};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use evens_contracts::Queue;
use evens_ledger::UserId;
use evens_payments::{OrderId, WithdrawalState};
use evens_players::Account;
use evens_runtime::tokens::Role;
use evens_store::PasswordHash;
use evens_tests::Scenario;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::net::TcpListener;

const OLD: &str = "old:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";
const NEW: &str = "new:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
const ACCOUNT: &str = "IN12345678";

/// The environment of functions with this provider and these payee keys.
fn variables(provider: &Provider, keys: &str) -> Vec<(&'static str, String)> {
    let mut variables = provider.variables().to_vec();
    variables.push(("EVENS_PAYEE_KEYS", keys.to_owned()));
    variables
}

async fn post(function: &mut Function, token: &str, route: &str, body: &Value) -> Value {
    let headers = json!({ "authorization": format!("Bearer {token}"), "content-type": "application/json" });
    function.invoke(&request(route, &headers, body)).await
}

/// The token of a new account with this role and an unusable password.
pub(crate) async fn token_of_staff(platform: &Platform, number: u64, role: Role) -> String {
    let nobodys = PasswordHash::new("$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAA".to_owned());
    let account = Account { role, ..Scenario::account(number, None) };
    platform.store.sign_up(&account, &nobodys).await.unwrap();
    platform.token_of(number, role)
}

async fn add_payee(withdrawing: &mut Function, token: &str) -> String {
    let answer = post(withdrawing, token, "POST /api/payees", &json!({ "account": ACCOUNT })).await;
    assert_eq!(answer["statusCode"], 201, "{answer}");
    assert!(!answer.to_string().contains(ACCOUNT), "{answer}");
    body(&answer)["data"]["payeeId"].as_str().unwrap().to_owned()
}

async fn withdraw(withdrawing: &mut Function, token: &str, payee: &str) -> OrderId {
    let body_sent = json!({ "amount": 40, "payeeId": payee });
    let answer = post(withdrawing, token, "POST /api/withdrawals", &body_sent).await;
    assert_eq!(answer["statusCode"], 202, "{answer}");
    body(&answer)["data"]["orderId"].as_str().unwrap().parse().unwrap()
}

async fn state(platform: &Platform, order: OrderId) -> WithdrawalState {
    platform.store.load_withdrawal(order).await.unwrap().unwrap().state
}

/// The bank accounts that the provider has paid for an order, from its own records.
async fn paid_to(provider: &Provider, order: OrderId) -> Vec<String> {
    let state = provider.sandbox.state().await;
    let payouts = state["payouts"].as_array().unwrap().iter();
    let of_order = payouts.filter(|payout| payout["reference"] == order.to_string());
    of_order.map(|payout| payout["account"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_is_requested_sent_called_back_and_completed_by_functions() {
    let (platform, mut provider) = (Platform::start().await, Provider::start().await);
    let mut withdrawing = platform.function_with("withdrawals", &variables(&provider, OLD)).await;
    // The player starts with 100.
    let token = platform.token_of_funded(USER).await;
    let payee = add_payee(&mut withdrawing, &token).await;
    let order = withdraw(&mut withdrawing, &token, &payee).await;
    assert_eq!(state(&platform, order).await, WithdrawalState::Approved);

    // A newer key was added. The older one still opens payees sealed with it.
    let both = format!("{NEW},{OLD}");
    let mut sending = platform.function_with("send-payouts", &variables(&provider, &both)).await;
    let messages = work_all(&platform, Queue::Withdrawals, &mut sending).await;
    assert_eq!(messages.iter().map(|message| message.group.as_str()).collect::<Vec<_>>(), [USER.to_string()]);
    assert_eq!(state(&platform, order).await, WithdrawalState::Processing);

    let mut taking = platform.function_with("payment-callbacks", &provider.variables()).await;
    let answer = taking.invoke(&provider.next_posted().await.event(true)).await;
    assert_eq!(answer["statusCode"], 200, "{answer}");
    let mut following = platform.function_with("follow-payments", &provider.variables()).await;
    work_all(&platform, Queue::Payments, &mut following).await;
    assert_eq!(state(&platform, order).await, WithdrawalState::Completed);
    assert_eq!(paid_to(&provider, order).await, [ACCOUNT]);
    let wallet = platform.store.load_wallet(UserId::new(USER).unwrap()).await.unwrap();
    assert_eq!(wallet.balance.to_string(), "60");
}

/// The payout is stopped, nothing is sent, and the money stays in the order.
#[tokio::test(flavor = "multi_thread")]
async fn a_payee_without_its_key_is_not_paid() {
    let (platform, provider) = (Platform::start().await, Provider::start().await);
    let mut withdrawing = platform.function_with("withdrawals", &variables(&provider, OLD)).await;
    let token = platform.token_of_funded(USER).await;
    let payee = add_payee(&mut withdrawing, &token).await;
    let order = withdraw(&mut withdrawing, &token, &payee).await;
    let mut sending = platform.function_with("send-payouts", &variables(&provider, NEW)).await;
    work_all(&platform, Queue::Withdrawals, &mut sending).await;
    assert_eq!(state(&platform, order).await, WithdrawalState::Processing);
    assert_eq!(paid_to(&provider, order).await, Vec::<String>::new());
}

/// Answers queries about Razorpay's fund accounts. Only the UPI address and the bank account are known.
async fn start_razorpay() -> String {
    let kind = |Path(id): Path<String>| async move {
        match id.as_str() {
            "fa_upi" => Ok(Json(json!({ "id": id, "account_type": "vpa" }))),
            "fa_bank" => Ok(Json(json!({ "id": id, "account_type": "bank_account" }))),
            _ => Err(StatusCode::INTERNAL_SERVER_ERROR),
        }
    };
    let router = Router::new().route("/v1/fund_accounts/{id}", get(kind));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

/// UPI pays at most 100,000 rupees. Without an answer of the provider the withdrawal is accepted.
#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_above_the_limit_of_its_payment_system_is_refused() {
    let platform = Platform::start().await;
    let razorpay = json!({
        "provider": "razorpay", "keyId": "rzp_test_1", "keySecret": "0123456789abcdef", "secret": "0123456789abcdef",
        "account": "7878780080316316", "shop": "Evens", "returnTo": "https://evens.example/",
        "url": start_razorpay().await,
    });
    let known = [("EVENS_PAYMENT_PROVIDER", razorpay.to_string()), ("EVENS_PAYEE_KEYS", OLD.to_owned())];
    let mut withdrawing = platform.function_with("withdrawals", &known).await;
    let token = platform.token_of_funded(USER).await;
    let user = UserId::new(USER).unwrap();
    platform.store.fund_wallet(user, "1000000".parse().unwrap(), "more", Timestamp::now()).await.unwrap();
    let table = [
        ("fa_upi", "100001", 422),
        ("fa_upi", "100000", 202),
        ("fa_bank", "100001", 202),
        ("fa_silent", "100001", 202),
    ];
    for (account, amount, expected) in table {
        let added = post(&mut withdrawing, &token, "POST /api/payees", &json!({ "account": account })).await;
        let payee = body(&added)["data"]["payeeId"].clone();
        let wanted = json!({ "amount": amount, "payeeId": payee });
        let headers = json!({
            "authorization": format!("Bearer {token}"), "content-type": "application/json",
            "idempotency-key": format!("{account} {amount}"),
        });
        let answer = withdrawing.invoke(&request("POST /api/withdrawals", &headers, &wanted)).await;
        assert_eq!(answer["statusCode"], expected, "{account} {amount}: {answer}");
        if expected == 422 {
            let problem = body(&answer);
            let detail = "amount is above 100000, the maximum of a UPI payment. Withdraw less at a time, or to a bank \
                          account";
            assert_eq!((&problem["field"], &problem["detail"]), (&json!("amount"), &json!(detail)));
        }
    }
    assert_eq!(platform.store.load_wallet(user).await.unwrap().balance.to_string(), "700098");
}

/// If functions have no provider configured, withdrawals are refused, but players can still add payees.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_provider_withdrawals_are_off() {
    let platform = Platform::start().await;
    let keys = [("EVENS_PAYEE_KEYS", OLD.to_owned())];
    let mut withdrawing = platform.function_with("withdrawals", &keys).await;
    let token = platform.token_of_funded(USER).await;
    let payee = add_payee(&mut withdrawing, &token).await;
    let body_sent = json!({ "amount": 40, "payeeId": payee });
    let answer = post(&mut withdrawing, &token, "POST /api/withdrawals", &body_sent).await;
    assert_eq!((&answer["statusCode"], &body(&answer)["code"]), (&503.into(), &"switched-off".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_function_that_seals_or_opens_starts_without_keys() {
    let platform = Platform::start().await;
    for name in ["withdrawals", "send-payouts"] {
        for (keys, expected) in [("", "no key to encrypt payee accounts is set"), ("old:AgIC", "are invalid")]
        {
            let said = platform.variables(&[("EVENS_PAYEE_KEYS", keys.to_owned())]);
            let stderr = Function::start_error(name, &said).await;
            assert!(stderr.contains(expected) && stderr.contains("evens key generate --payees"), "{stderr}");
            assert!(!stderr.contains("AgIC"), "{name} tells what is secret");
        }
    }
}

/// A held withdrawal is sent once two cashiers have approved it, and their audit log can be read.
#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_that_is_held_is_decided_by_a_function() {
    let (platform, provider) = (Platform::start().await, Provider::start().await);
    let mut known = variables(&provider, OLD);
    known.push(("EVENS_HOLDS", "four-eyes-above=10".to_owned()));
    let mut withdrawing = platform.function_with("withdrawals", &known).await;
    let token = platform.token_of_funded(USER).await;
    let payee = add_payee(&mut withdrawing, &token).await;
    let order = withdraw(&mut withdrawing, &token, &payee).await;
    assert_eq!(state(&platform, order).await, WithdrawalState::Held);

    let holds: Vec<_> = known.into_iter().filter(|(name, _)| *name != "EVENS_PAYEE_KEYS").collect();
    let mut operating = platform.function_with("operate-payments", &holds).await;
    let approve = format!("POST /api/operator/withdrawals/{order}/approve");
    let agreed = json!({ "reason": "seen their passport" });
    for (cashier, expected) in [(700, WithdrawalState::Held), (701, WithdrawalState::Approved)] {
        let token = token_of_staff(&platform, cashier, Role::Cashier).await;
        let answer = post(&mut operating, &token, &approve, &agreed).await;
        assert_eq!(
            (&answer["statusCode"], state(&platform, order).await),
            (&200.into(), expected),
            "{answer}"
        );
    }
    let token = token_of_staff(&platform, 702, Role::Auditor).await;
    let answer = post(&mut operating, &token, "GET /api/operator/audit", &Value::Null).await;
    let lines = body(&answer)["data"].clone();
    let link_of = |number: usize| (lines[number]["actor"].clone(), lines[number]["previousHash"].clone());
    assert_eq!(link_of(0), ("700".into(), "0".repeat(64).into()), "{answer}");
    assert_eq!(link_of(1), ("701".into(), lines[0]["hash"].clone()), "{answer}");

    let mut sending = platform.function_with("send-payouts", &variables(&provider, OLD)).await;
    work_all(&platform, Queue::Withdrawals, &mut sending).await;
    assert_eq!(paid_to(&provider, order).await, [ACCOUNT]);
}
