//! The functions as they run on Lambda: their own binaries. A server that emulates the Lambda runtime API sends them
//! events of API Gateway, event source mappings and schedules.

#![cfg(test)]

mod accounts;
mod function;
mod jackpots;
mod limits;
mod payments;
mod withdrawals;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use evens_contracts::{Queue, SettleJob};
use evens_draws::Seed;
use evens_engines::Engines;
use evens_exchange::{BetStatus, Draw, OpposedBets, Round, RoundTerms, Side, join};
use evens_idempotency::BetId;
use evens_queues::{Message, OutgoingJob, Queues, create_queues};
use evens_runtime::tokens::{Role, TokenSigner};
use evens_runtime::{Clients, Endpoints, Identity, Settings};
use evens_store::{JoinOutcome, Store};
use evens_tests::await_until;
use function::Function;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

const MINUTE: Duration = Duration::from_mins(1);

/// The table, the queues and the environment of functions.
struct Platform {
    engines: Engines,
    store: Store,
    queues: Queues,
    signer: TokenSigner,
    /// The private key of the signer, in the format of the environment variable.
    signing_key: String,
}

impl Platform {
    async fn start() -> Self {
        let engines = Engines::start(None).await.unwrap();
        let endpoints = Endpoints {
            dynamodb: Some(engines.dynamodb_url()),
            sqs: Some(engines.sqs_url()),
            ..Endpoints::default()
        };
        let identity = Identity::of_engines(engines.access_key());
        let clients = Clients::connect_as(&identity, &endpoints).unwrap();
        evens_store::migrate(&clients.dynamodb, "evens-local").await.unwrap();
        create_queues(&clients.sqs, "local").await.unwrap();
        let pkcs8 = TokenSigner::generate_pkcs8().unwrap();
        Self {
            store: Store::new(clients.dynamodb, "evens-local".to_owned()),
            queues: Queues::resolve(clients.sqs, "local").await.unwrap(),
            signer: TokenSigner::from_pkcs8("test", &pkcs8, "evens-local", "evens-api-local").unwrap(),
            signing_key: format!("test:{}", BASE64_STANDARD.encode(&pkcs8)),
            engines,
        }
    }

    async fn function(&self, name: &str) -> Function {
        self.function_with(name, &[]).await
    }

    async fn function_with(&self, name: &str, more: &[(&'static str, String)]) -> Function {
        Function::start(name, &self.variables(more)).await
    }

    fn variables(&self, more: &[(&'static str, String)]) -> Vec<(&'static str, String)> {
        let mut variables = vec![
            ("AWS_ENDPOINT_URL_DYNAMODB", self.engines.dynamodb_url()),
            ("AWS_ENDPOINT_URL_SQS", self.engines.sqs_url()),
            ("AWS_ACCESS_KEY_ID", self.engines.access_key().to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "any".to_owned()),
            ("EVENS_TOKEN_PUBLIC_KEYS", self.signer.public_key().to_string()),
        ];
        variables.extend_from_slice(more);
        variables
    }

    /// Opens a round that any player may bet in.
    async fn open(&self, id: &str) {
        let seed = Seed::from_bytes([7; 32]);
        let terms = RoundTerms::endless(id.parse().unwrap(), Draw::Match, evens_ledger::Amount::ZERO);
        self.store.open_round(Round::open(terms, &seed, Timestamp::now()), &seed).await.unwrap();
    }

    async fn token_of_funded(&self, number: u64) -> String {
        let (user, now) = (evens_ledger::UserId::new(number).unwrap(), Timestamp::now());
        self.store.fund_wallet(user, "100".parse().unwrap(), &number.to_string(), now).await.unwrap();
        self.token_of(number, Role::Player)
    }

    /// A token issued now. It outlives the building and starting of functions before its use.
    fn token_of(&self, number: u64, role: Role) -> String {
        let user = evens_ledger::UserId::new(number).unwrap();
        self.signer.sign(user, role, Timestamp::now(), Duration::from_hours(1)).unwrap()
    }

    async fn receive(&self, queue: Queue) -> Vec<Message> {
        self.queues.receive(queue, Duration::from_secs(5)).await.unwrap()
    }

    /// Runs a function on the messages in its queue. Returns the messages.
    async fn work(&self, queue: Queue, name: &str) -> Vec<Message> {
        let mut working = self.function(name).await;
        let messages = self.receive(queue).await;
        assert!(!messages.is_empty(), "nothing in the queue {name}");
        let answer = working.invoke(&batch(&messages)).await;
        assert_eq!(answer, json!({ "batchItemFailures": [] }), "{name}");
        let line = working.next_line().await;
        assert_eq!(line["bullmq_jobs_total"], messages.len(), "{line}");
        assert_eq!((&line["queue"], &line["status"]), (&json!(name), &json!("completed")), "{line}");
        assert_eq!(line["function"], name, "{line}");
        messages
    }

    /// Two opposed bets, placed by the function.
    async fn pair(&self) -> [BetId; 2] {
        let mut placing = self.function("place-bet").await;
        let mut bets = Vec::new();
        for (number, side) in [(1, "A"), (2, "B")] {
            let token = self.token_of_funded(number).await;
            let body = json!({ "roundId": "lambda", "amount": 40, "side": side });
            let answer = placing.invoke(&place_bet(&token, &body)).await;
            assert_eq!(answer["statusCode"], 202, "{answer}");
            let line = placing.next_line().await;
            assert_eq!(line["_aws"]["CloudWatchMetrics"][0]["Namespace"], "Evens/local");
            let (requests, moved) = (&line["evens_http_requests_total"], &line["evens_money_moved_total"]);
            assert_eq!((requests, moved), (&json!(1), &json!(40)), "{line}");
            assert_eq!((&line["route"], &line["type"]), (&json!("/api/bets"), &json!("DEBIT")), "{line}");
            let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
            bets.push(body["data"]["betId"].as_str().unwrap().parse().unwrap());
        }
        bets.try_into().unwrap()
    }

    async fn expect_settled(&self, bets: [BetId; 2]) {
        for bet in bets {
            let view = self.store.load_bet_view(bet).await.unwrap().unwrap();
            assert_eq!(view.status(), BetStatus::Settled);
        }
    }
}

/// The trace id in the gateway's header.
const TRACE: &str = "5759e988bd862e3fe1be46a994272793";

/// The API Gateway event for `POST /api/bets`.
fn place_bet(token: &str, body: &Value) -> Value {
    let headers = json!({
        "authorization": format!("Bearer {token}"), "content-type": "application/json",
        "x-amzn-trace-id": "Root=1-5759e988-bd862e3fe1be46a994272793",
    });
    request("POST /api/bets", &headers, body)
}

/// The API Gateway event for a route, from 192.0.2.1.
fn request(route: &str, headers: &Value, body: &Value) -> Value {
    let (method, path) = route.split_once(' ').unwrap();
    json!({
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": "",
        "headers": headers,
        "requestContext": {
            "accountId": "123456789012", "apiId": "api", "domainName": "api.example.com", "domainPrefix": "api",
            "http": { "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "test" },
            "requestId": "request", "routeKey": route, "stage": "$default",
            "time": "20/Nov/2026:09:00:00 +0000", "timeEpoch": 1_795_165_200_000_i64,
        },
        "body": body.to_string(),
        "isBase64Encoded": false,
    })
}

/// The event of an event source mapping for these messages.
fn batch(messages: &[Message]) -> Value {
    let record = |message: &Message| {
        let traceparent = message.traceparent.map(|parent| parent.to_string());
        let attributes = traceparent.map(|text| json!({ "stringValue": text, "dataType": "String" }));
        let attributes = attributes.map_or(json!({}), |attribute| json!({ "traceparent": attribute }));
        json!({
            "messageId": message.id, "receiptHandle": message.receipt, "body": message.body,
            "attributes": {
                "ApproximateReceiveCount": message.attempt.to_string(), "MessageGroupId": message.group,
                "SentTimestamp": "1795165200000", "SequenceNumber": "1", "MessageDeduplicationId": message.id,
            },
            "messageAttributes": attributes, "md5OfBody": "", "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:queue.fifo", "awsRegion": "us-east-1",
        })
    };
    json!({ "Records": messages.iter().map(record).collect::<Vec<_>>() })
}

fn body(answer: &Value) -> Value {
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap()
}

/// Sends all messages in a queue to its function, which completes all of them.
async fn work_all(platform: &Platform, queue: Queue, function: &mut Function) -> Vec<Message> {
    let messages = platform.receive(queue).await;
    assert!(!messages.is_empty(), "nothing in the queue {}", queue.name());
    let answer = function.invoke(&batch(&messages)).await;
    assert_eq!(answer, json!({ "batchItemFailures": [] }), "{}", queue.name());
    let receipts = messages.iter().map(|message| message.receipt.clone()).collect();
    platform.queues.delete(queue, receipts).await.unwrap();
    messages
}

#[tokio::test(flavor = "multi_thread")]
async fn two_bets_are_placed_matched_and_settled_by_functions() {
    let platform = Platform::start().await;
    let bets = platform.pair().await;
    // The first bet found no opponent and sent no job.
    let [message] = &platform.work(Queue::Match, "match").await[..] else { panic!("one message") };
    assert!(message.body.contains(&bets[1].to_string()), "{message:?}");
    assert_eq!(message.traceparent.unwrap().trace_id(), TRACE, "{message:?}");
    platform.expect_settled(bets).await;
}

/// As happens if a conflict on the winner's wallet prevented payment during the join.
#[tokio::test(flavor = "multi_thread")]
async fn two_bets_that_are_only_joined_are_settled_by_a_function() {
    let platform = Platform::start().await;
    let (store, bets, now) = (&platform.store, platform.pair().await, Timestamp::now());
    let [a, b] = bets.map(|bet| async move {
        let bet = store.load_bet(bet).await.unwrap().unwrap();
        store.load_waiting(&bet).await.unwrap().unwrap()
    });
    let pair = OpposedBets::of(&a.await, &b.await, evens_ledger::Amount::ZERO).unwrap();
    let (round, seed) = store.load_round_and_seed(&"lambda".parse().unwrap()).await.unwrap().unwrap();
    let plan = round.draw_with(join(&pair, now), &seed);
    assert_eq!(store.join_bets(&plan, Side::A, &round.draw).await.unwrap(), JoinOutcome::Joined);
    let job = OutgoingJob::of(SettleJob::of_match(&plan.bet_match));
    platform.queues.send(vec![job]).await.unwrap();
    platform.work(Queue::Settle, "settle").await;
    platform.expect_settled(bets).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_leaves_a_function_as_a_problem() {
    let platform = Platform::start().await;
    let mut placing = platform.function("place-bet").await;
    let answer = placing.invoke(&place_bet("garbage", &json!({}))).await;
    assert_eq!(answer["statusCode"], 401, "{answer}");
    let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["type"], "urn:evens:problem:unauthorized");
    assert_eq!(answer["headers"]["content-type"], "application/problem+json");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_message_becomes_a_dead_letter_and_is_not_returned() {
    let platform = Platform::start().await;
    let mut matching = platform.function("match").await;
    let message = Message {
        id: "message-1".to_owned(),
        group: "1".to_owned(),
        body: "no job".to_owned(),
        receipt: "receipt".to_owned(),
        attempt: 1,
        sent_at: None,
        trace: None,
        traceparent: None,
    };
    let answer = matching.invoke(&batch(&[message])).await;
    assert_eq!(answer, json!({ "batchItemFailures": [] }));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_monitor_tells_what_queues_hold() {
    let platform = Platform::start().await;
    let mut looking = platform.function("monitor").await;
    looking.invoke(&json!({ "source": "aws.scheduler" })).await;
    let mut queues = BTreeSet::new();
    for _ in Queue::ALL {
        let line = looking.next_line().await;
        assert_eq!(
            (&line["evens_queue_waiting"], &line["evens_dead_letters"]),
            (&json!(0), &json!(0)),
            "{line}"
        );
        queues.insert(line["queue"].as_str().unwrap().to_owned());
    }
    assert_eq!(queues, Queue::ALL.map(|queue| queue.name().to_owned()).into());
}

#[tokio::test(flavor = "multi_thread")]
async fn all_books_are_verified_on_a_schedule() {
    let platform = Platform::start().await;
    platform.token_of_funded(1).await;
    let mut looking = platform.function("verify").await;
    looking.invoke(&json!({ "source": "aws.scheduler" })).await;
    let line = looking.next_line().await;
    assert_eq!(line["evens_books_violations"], 0, "{line}");
    assert!(line["evens_books_verified_timestamp_seconds"].as_i64() > Some(1_700_000_000), "{line}");
    assert!(platform.store.newest_seal().await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sweep_runs_on_its_schedule() {
    let platform = Platform::start().await;
    let placed_at = Timestamp::now() - jiff::SignedDuration::from_mins(2);
    platform.open("swept").await;
    let place = async |number: u64, side: Side| {
        platform.token_of_funded(number).await;
        let user = evens_ledger::UserId::new(number).unwrap();
        let command = evens_exchange::PlaceBet {
            bet: BetId::derive(user, &"key".parse().unwrap()),
            user,
            round: "swept".parse().unwrap(),
            side,
            stake: evens_exchange::Stake::parse("5".parse().unwrap()).unwrap(),
            nonce: evens_draws::Nonce::from_bytes([8; 32]),
            by_staff: false,
            barred: None,
            session_started_at: placed_at,
            session_epoch: 0,
        };
        platform.store.place_bet(&command, Settings::local().betting, placed_at).await.unwrap();
        command.bet
    };
    let (event, bet) = (json!({ "source": "aws.scheduler" }), place(1, Side::A).await);
    let mut sweeping = platform.function("sweep").await;
    sweeping.invoke(&event).await;
    // No opposed bet is waiting.
    assert!(platform.queues.receive(Queue::Match, Duration::ZERO).await.unwrap().is_empty());
    let other = place(2, Side::B).await;
    sweeping.invoke(&event).await;
    let mut asked_for = BTreeSet::new();
    await_until("the jobs of both bets", MINUTE, async || {
        asked_for.extend(platform.receive(Queue::Match).await.into_iter().map(|message| message.body));
        (asked_for.len() == 2).then_some(())
    })
    .await;
    for bet in [bet, other] {
        assert!(asked_for.iter().any(|body| body.contains(&bet.to_string())), "{asked_for:?}");
    }
}
