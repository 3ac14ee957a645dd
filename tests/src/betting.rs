//! Bets through the API: placing, reading and waiting.

use crate::{Answer, Client, Request, Scenario, await_until};
use evens_idempotency::BetId;
use evens_ledger::Amount;

/// An accepted bet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    pub bet_id: String,
    /// The balance after the bet.
    pub balance: Amount,
}

impl Client {
    /// The request for a bet.
    pub fn bet_request(&self, round: &str, side: &str, amount: &str) -> Request {
        let body =
            format!(r#"{{"userId":{},"roundId":"{round}","amount":{amount},"side":"{side}"}}"#, self.user);
        Request::new("POST", "/api/bets").json(body)
    }

    /// Places a bet, which must be accepted.
    pub async fn bet(&self, round: &str, side: &str, amount: &str) -> Placed {
        let answer = self.send(self.bet_request(round, side, amount)).await;
        Placed::of(&answer)
    }

    /// Places a bet and returns any answer.
    pub async fn try_bet(&self, round: &str, side: &str, amount: &str) -> Answer {
        self.send(self.bet_request(round, side, amount)).await
    }

    /// Reads a bet.
    pub async fn read_bet(&self, bet_id: &str) -> serde_json::Value {
        self.get(&format!("/api/bets/{bet_id}")).await.expect(200)["data"].clone()
    }

    /// Closes a round, as an operator.
    pub async fn close_round(&self, round: &str) -> Answer {
        let path = format!("/api/rounds/{round}/close");
        self.send(Request::new("POST", path).json(r#"{"reason":"betting is over"}"#)).await
    }

    /// The spendable balance.
    pub async fn balance(&self) -> Amount {
        self.get("/api/wallet").await.amount("data.balance")
    }

    /// Waits until a bet has this status.
    pub async fn await_status(&self, bet_id: &str, status: &str) -> serde_json::Value {
        await_until(&format!("bet {bet_id} is {status}"), Scenario::DEADLINE, async || {
            let bet = self.read_bet(bet_id).await;
            (bet["status"] == status).then_some(bet)
        })
        .await
    }
}

impl Placed {
    /// Parses the answer to an accepted bet.
    pub fn of(answer: &Answer) -> Self {
        let body = answer.expect(202);
        let bet_id = body["data"]["betId"].as_str().expect("an id").to_owned();
        Self { bet_id, balance: answer.amount("data.balance") }
    }

    /// The parsed bet id.
    pub fn id(&self) -> BetId {
        self.bet_id.parse().expect("an id")
    }
}
