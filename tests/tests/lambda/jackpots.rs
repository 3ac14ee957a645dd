//! Jackpots on Lambda: contributions by route and by job, and a win from award to payment.

use crate::function::Function;
use crate::withdrawals::token_of_staff;
use crate::{Platform, batch, body, request, work_all};
use evens_contracts::{ContributeJob, Queue};
use evens_jackpots::JackpotGroup;
use evens_ledger::{Amount, UserId};
use evens_queues::OutgoingJob;
use evens_runtime::tokens::Role;
use serde_json::{Value, json};

const OPERATOR: u64 = 900;
const OTHER_OPERATOR: u64 = 902;
const WINNER: u64 = 1;

async fn ask(function: &mut Function, token: &str, route: &str, body: &Value) -> Value {
    let headers = json!({ "authorization": format!("Bearer {token}"), "content-type": "application/json" });
    function.invoke(&request(route, &headers, body)).await
}

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

async fn held(platform: &Platform) -> Amount {
    platform.store.load_jackpot_totals().await.unwrap().get(JackpotGroup::Minor).unwrap().amount
}

/// Jobs in the queue run in order. A job that cannot succeed does not block the others.
#[tokio::test(flavor = "multi_thread")]
async fn a_jackpot_is_opened_fed_and_won_by_functions() {
    let platform = Platform::start().await;
    let mut pools = platform.function("jackpot-pools").await;
    let mut winning = platform.function("jackpot-win").await;
    let operator = token_of_staff(&platform, OPERATOR, Role::Operator).await;
    token_of_staff(&platform, WINNER, Role::Player).await;
    let terms = json!({
        "expectedVersion": 0, "startAmount": 1000, "rate": 0.003, "reserveRate": 0.001, "odds": 1_000_000,
        "reason": "opened",
    });
    let other = token_of_staff(&platform, OTHER_OPERATOR, Role::Operator).await;
    for operator in [&operator, &other] {
        let said = ask(&mut pools, operator, "PATCH /api/jackpots/minor/config", &terms).await;
        assert_eq!(said["statusCode"], 200, "{said}");
    }
    let contribution = json!({ "opId": "op-1", "minor": 4 });
    for _ in 0..2 {
        let made = ask(&mut pools, &operator, "POST /api/jackpots/contribute", &contribution).await;
        assert_eq!(made["statusCode"], 200, "{made}");
        assert_eq!(held(&platform).await, amount("1003"));
    }

    let job = |operation: &str, [minor, major]: [&str; 2]| {
        let [minor, major, mega] = [minor, major, "0"].map(|text| amount(text).into());
        OutgoingJob::of(ContributeJob { operation: operation.to_owned(), minor, major, mega, by: None })
    };
    // No jackpot major is open, and op-1 already names another contribution.
    let jobs = vec![job("op-2", ["0", "4"]), job("op-3", ["8", "0"]), job("op-1", ["5", "0"])];
    platform.queues.send(jobs).await.unwrap();
    let messages = platform.receive(Queue::Jackpots).await;
    assert_eq!(messages.len(), 3);
    let answer = winning.invoke(&batch(&messages)).await;
    assert_eq!(answer, json!({ "batchItemFailures": [] }));
    assert_eq!(held(&platform).await, amount("1009"));
    assert_eq!(platform.queues.depth(Queue::Jackpots).await.unwrap().dead_letters, 2);
    let receipts = messages.into_iter().map(|message| message.receipt).collect();
    platform.queues.delete(Queue::Jackpots, receipts).await.unwrap();

    // The award request waits for the payment, which another function makes.
    let award = json!({ "opId": "win-1", "userId": WINNER, "reason": "a prize" });
    let (won, _) = tokio::join!(
        ask(&mut pools, &operator, "POST /api/jackpots/minor/win", &award),
        work_all(&platform, Queue::Jackpots, &mut winning),
    );
    assert_eq!(won["statusCode"], 200, "{won}");
    assert_eq!((&body(&won)["status"], &body(&won)["winAmount"]), (&json!("WON"), &json!(1009)), "{won}");
    let wallet = platform.store.load_wallet(UserId::new(WINNER).unwrap()).await.unwrap();
    assert_eq!(wallet.balance, amount("1009"));
    assert_eq!(held(&platform).await, amount("1000"));
}
