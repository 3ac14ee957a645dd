//! [`Events`]: the events that invoke functions, as API Gateway and event source mappings send them.

use crate::platform::{Platform, Transport};
use crate::process::Program;
use anyhow::Result;
use evens_contracts::{Job, MatchJob};
use evens_draws::{Nonce, Seed};
use evens_exchange::{Draw, PlaceBet, PlaceBetOutcome, Round, RoundTerms, Side, Stake};
use evens_idempotency::BetId;
use evens_ledger::{Amount, UserId};
use evens_runtime::tokens::Role;
use evens_runtime::{Clock, Settings};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The lifetime of a token.
const MINUTE: Duration = Duration::from_mins(1);

/// Two events, and a text that a good answer to each contains.
#[derive(Debug)]
pub(crate) struct Events {
    events: [String; 2],
    expected: &'static str,
}

impl Events {
    /// The events for a function, if it has any.
    pub(crate) async fn of(platform: &Platform, name: &str, transport: Transport) -> Result<Option<Self>> {
        if transport == Transport::Aws {
            return Ok(None);
        }
        Ok(match name {
            "empty" => Some(Self::echoed()),
            Program::NODE => Some(Self::of_node()),
            "status" => Some(Self::health()),
            "place-bet" => Some(Self::bets(platform).await?),
            "match" => Some(Self::match_jobs(platform).await?),
            _ => None,
        })
    }

    /// The events in the form for [`crate::runtime_api::measure`].
    pub(crate) fn parts(&self) -> (&[String; 2], &str) {
        (&self.events, self.expected)
    }

    fn echoed() -> Self {
        let event = json!({ "echoed": true }).to_string();
        Self { events: [event.clone(), event], expected: "echoed" }
    }

    fn of_node() -> Self {
        Self { expected: "202", ..Self::echoed() }
    }

    fn health() -> Self {
        let event = request("GET /health", &json!({}), "").to_string();
        Self { events: [event.clone(), event], expected: r#""statusCode":200"# }
    }

    /// Two bets of a new, funded user.
    async fn bets(platform: &Platform) -> Result<Self> {
        let user = funded(platform).await?;
        let token = platform.signer.sign(user, Role::Player, Clock::system().now(), MINUTE)?;
        let headers =
            json!({ "authorization": format!("Bearer {token}"), "content-type": "application/json" });
        let body = json!({ "roundId": "start", "amount": 1, "side": "A" }).to_string();
        let event = request("POST /api/bets", &headers, &body).to_string();
        Ok(Self { events: [event.clone(), event], expected: r#""statusCode":202"# })
    }

    /// Two jobs, each for a bet on side A with an unmatched opponent.
    async fn match_jobs(platform: &Platform) -> Result<Self> {
        let mut events = [const { String::new() }; 2];
        for event in &mut events {
            place(platform, Side::B).await?;
            let job = place(platform, Side::A).await?;
            let body = serde_json::to_string(&job)?;
            *event = batch(&body).to_string();
        }
        Ok(Self { events, expected: r#""batchItemFailures":[]"# })
    }
}

async fn funded(platform: &Platform) -> Result<UserId> {
    static USERS: AtomicU64 = AtomicU64::new(1);
    let number = USERS.fetch_add(1, Ordering::Relaxed);
    let user = UserId::new(number)?;
    platform.store.fund_wallet(user, "100".parse()?, &number.to_string(), Clock::system().now()).await?;
    Ok(user)
}

/// Places a bet of a new user. Returns its match job.
async fn place(platform: &Platform, side: Side) -> Result<Job> {
    let user = funded(platform).await?;
    let bet = BetId::derive(user, &"start".parse()?);
    let stake = Stake::parse("1".parse()?)?;
    let command = PlaceBet {
        bet,
        user,
        round: "start-match".parse()?,
        side,
        stake,
        nonce: Nonce::from_bytes([8; 32]),
        by_staff: false,
        barred: None,
        session_started_at: Clock::system().now(),
        session_epoch: 0,
    };
    let (seed, now) = (Seed::from_bytes([7; 32]), Clock::system().now());
    let terms = RoundTerms::endless(command.round.clone(), Draw::Match, Amount::ZERO);
    platform.store.open_round(Round::open(terms, &seed, now), &seed).await?;
    match platform.store.place_bet(&command, Settings::local().betting, now).await? {
        PlaceBetOutcome::Placed(placement) => Ok(MatchJob::of_bet(&placement.bet).job),
        refused => anyhow::bail!("a bet of a new user is not placed: {refused:?}"),
    }
}

/// The event of API Gateway for a route.
fn request(route: &str, headers: &Value, body: &str) -> Value {
    let (method, path) = route.split_once(' ').unwrap_or((route, "/"));
    json!({
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": "",
        "headers": headers,
        "requestContext": {
            "accountId": "123456789012", "apiId": "api", "domainName": "api.example.com", "domainPrefix": "api",
            "http": { "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "start" },
            "requestId": "request", "routeKey": route, "stage": "$default",
            "time": "20/Nov/2026:09:00:00 +0000", "timeEpoch": 1_795_165_200_000_i64,
        },
        "body": body,
        "isBase64Encoded": false,
    })
}

/// The event of an event source mapping for one message.
fn batch(body: &str) -> Value {
    json!({ "Records": [{
        "messageId": "message", "receiptHandle": "receipt", "body": body,
        "attributes": {
            "ApproximateReceiveCount": "1", "MessageGroupId": "1",
            "SentTimestamp": "1795165200000", "SequenceNumber": "1", "MessageDeduplicationId": "message",
        },
        "messageAttributes": {}, "md5OfBody": "", "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:queue.fifo", "awsRegion": "us-east-1",
    }]})
}
