//! `evens verify round`: repeats the draws of a round from public data.
//!
//! It never reads the secret of a round, only the published seed. So any user who may read rounds can run it. If the
//! seed of a round is not public, the output reveals nothing, not even the nonces of bets.

use crate::cli::VerifyRoundArgs;
use crate::commands::output;
use crate::commands::verify::{cannot_read, open_store};
use crate::home::{Home, OpenMode};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use evens_audit::{MatchAudit, audit_match, audit_round};
use evens_contracts::Time;
use evens_draws::{Nonce, Seed};
use evens_exchange::{Draw, DrawRule, Match, Round, RoundOutcome, RoundState, Side};
use evens_idempotency::BetId;
use evens_runtime::StartError;
use evens_store::Store;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::process::ExitCode;

pub(crate) async fn run(args: VerifyRoundArgs) -> Result<ExitCode, StartError> {
    let home = Home::open(&args.shared.home.data, OpenMode::Beside).await?;
    let found = match open_store(&home).await {
        Ok(store) => audit(&store, &args).await,
        Err(error) => Err(error),
    };
    home.close().await;
    let audit = found?;
    if args.shared.json {
        output::line(audit.json());
    } else {
        output::data(audit.text());
    }
    Ok(ExitCode::from(u8::from(audit.fault_count() > 0)))
}

async fn audit(store: &Store, args: &VerifyRoundArgs) -> Result<RoundAudit, StartError> {
    let Some(round) = store.load_round(&args.id).await.map_err(cannot_read)? else {
        let message = format!("the round {} does not exist", args.id);
        return Err(StartError::new(message, "check the id and the data folder (--data)"));
    };
    let (mut matches, mut nonces, mut after) = (Vec::new(), BTreeMap::new(), None);
    loop {
        let page = store.list_matches(&round.id, after, 1_000).await.map_err(cannot_read)?;
        matches.extend(page.matches.iter().map(|found| audit_match(&round, round.state.seed(), found)));
        if is_drawn_from_nonces(&round) {
            nonces.extend(page.matches.into_iter().flat_map(nonces_of));
        }
        after = page.next_after;
        if after.is_none() {
            return Ok(RoundAudit { faults: audit_round(&round), round, matches, nonces });
        }
    }
}

/// Returns whether the round's draws use the nonces of bets and can be repeated.
fn is_drawn_from_nonces(round: &Round) -> bool {
    round.draw == Draw::Match && round.draw_rule == DrawRule::Nonces && round.state.seed().is_some()
}

fn nonces_of(found: Match) -> [(BetId, Option<Nonce>); 2] {
    let Match { bet_a, bet_b, nonce_a, nonce_b, .. } = found;
    [(bet_a, nonce_a), (bet_b, nonce_b)]
}

/// A round and its repeated draws.
struct RoundAudit {
    round: Round,
    faults: Vec<String>,
    matches: Vec<MatchAudit>,
    /// The nonce of each matched bet, if draws use nonces and they may be published.
    nonces: BTreeMap<BetId, Option<Nonce>>,
}

impl RoundAudit {
    fn fault_count(&self) -> usize {
        self.faults.len() + self.matches.iter().filter(|found| found.fault.is_some()).count()
    }

    fn outcome(&self) -> Option<&RoundOutcome> {
        match &self.round.state {
            RoundState::Resulted { outcome, .. } => Some(outcome),
            RoundState::Open | RoundState::Closed { .. } | RoundState::Cancelled { .. } => None,
        }
    }

    fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self
            .write_round(&mut text)
            .and_then(|()| self.write_matches(&mut text))
            .and_then(|()| self.write_nonces(&mut text))
            .and_then(|()| self.write_faults(&mut text));
        text
    }

    fn write_round(&self, text: &mut String) -> fmt::Result {
        let Round { id, draw, draw_rule, seed_hash, state, .. } = &self.round;
        writeln!(text, "round      {id}")?;
        writeln!(text, "state      {}", state.name().as_str())?;
        match draw {
            Draw::Match => writeln!(text, "draw       match, by rule {}", draw_rule.number())?,
            Draw::Round | Draw::Oracle(_) => writeln!(text, "draw       {}", draw.as_str())?,
        }
        writeln!(text, "seed hash  {seed_hash}")?;
        match state.seed() {
            Some(seed) => writeln!(text, "seed       {}", seed.reveal())?,
            None => writeln!(text, "seed       {}", self.why_no_seed())?,
        }
        if let Draw::Oracle(oracle) = draw {
            let key = BASE64_STANDARD.encode(oracle.public_key);
            writeln!(text, "oracle     {}, public key {key}", oracle.name)?;
        }
        if let Some(outcome) = self.outcome() {
            writeln!(text, "winner     {}, fixed at {}", outcome.winner, outcome.fixed_at)?;
            if let Some(signature) = &outcome.signature {
                writeln!(text, "signature  {}", BASE64_STANDARD.encode(signature))?;
            }
        }
        Ok(())
    }

    fn write_matches(&self, text: &mut String) -> fmt::Result {
        let side = |side: Option<Side>| side.map_or("-", Side::as_str);
        writeln!(text)?;
        if !self.matches.is_empty() {
            let columns = ["match", "bet on A", "bet on B", "state"];
            let [id, bet_a, bet_b, state] = columns;
            writeln!(text, "{id:<38}{bet_a:<38}{bet_b:<38}{state:<9}winner  recomputed")?;
        }
        for found in &self.matches {
            let MatchAudit { id, bet_a, bet_b, state, recomputed, .. } = found;
            let stored = side(state.outcome().map(|outcome| outcome.winner));
            let (state, recomputed) = (state.as_str(), side(*recomputed));
            writeln!(text, "{id}  {bet_a}  {bet_b}  {state:<9}{stored:<8}{recomputed}")?;
        }
        if !self.matches.is_empty() {
            writeln!(text)?;
        }
        Ok(())
    }

    fn write_nonces(&self, text: &mut String) -> fmt::Result {
        if self.nonces.is_empty() {
            return Ok(());
        }
        writeln!(text, "{:<38}nonce", "bet")?;
        for (bet, nonce) in &self.nonces {
            let nonce = nonce.as_ref().map_or_else(|| "none".to_owned(), Nonce::reveal);
            writeln!(text, "{bet}  {nonce}")?;
        }
        writeln!(text)
    }

    fn write_faults(&self, text: &mut String) -> fmt::Result {
        for fault in &self.faults {
            writeln!(text, "The round {} {fault}.", self.round.id)?;
        }
        for (found, fault) in self.matches.iter().filter_map(|found| Some((found, found.fault.as_ref()?))) {
            writeln!(text, "The match {} {fault}.", found.id)?;
        }
        writeln!(text, "{}", self.conclusion())
    }

    /// The reason why the seed is not public: the round is open, or has closed just now.
    fn why_no_seed(&self) -> &'static str {
        match self.round.state {
            RoundState::Open => "not public until the round has closed",
            RoundState::Closed { .. } | RoundState::Resulted { .. } | RoundState::Cancelled { .. } => {
                "not public until the last bets of the round are matched or refunded"
            }
        }
    }

    fn conclusion(&self) -> String {
        match (self.fault_count(), self.round.state.seed()) {
            (0, Some(_)) => "Every draw agrees with the public seed or the oracle.".to_owned(),
            (0, None) => format!("Nothing was recomputed: the seed is {}.", self.why_no_seed()),
            (_, _) => "The draws are NOT in order.".to_owned(),
        }
    }

    fn json(&self) -> Value {
        let Round { id, draw, draw_rule, seed_hash, state, .. } = &self.round;
        let oracle = match draw {
            Draw::Oracle(oracle) => {
                Some(json!({ "name": oracle.name, "publicKey": BASE64_STANDARD.encode(oracle.public_key) }))
            }
            Draw::Match | Draw::Round => None,
        };
        let outcome = self.outcome().map(|outcome| {
            json!({
                "winner": outcome.winner.as_str(),
                "fixedAt": Time::from(outcome.fixed_at),
                "signature": outcome.signature.as_ref().map(|bytes| BASE64_STANDARD.encode(bytes)),
            })
        });
        json!({
            "round": id.as_str(),
            "state": state.name().as_str(),
            "draw": draw.as_str(),
            "drawRule": draw_rule.number(),
            "seedHash": seed_hash.to_string(),
            "seed": state.seed().map(Seed::reveal),
            "oracle": oracle,
            "outcome": outcome,
            "faults": self.faults,
            "matches": self.matches.iter().map(|found| self.json_match(found)).collect::<Vec<_>>(),
            "offenders": self.fault_count(),
        })
    }

    fn json_match(&self, found: &MatchAudit) -> Value {
        let nonce = |bet| self.nonces.get(bet).and_then(Option::as_ref).map(Nonce::reveal);
        json!({
            "match": found.id.to_string(),
            "betA": found.bet_a.to_string(),
            "betB": found.bet_b.to_string(),
            "nonceA": nonce(&found.bet_a),
            "nonceB": nonce(&found.bet_b),
            "state": found.state.as_str(),
            "winner": found.state.outcome().map(|outcome| outcome.winner.as_str()),
            "recomputed": found.recomputed.map(Side::as_str),
            "fault": found.fault,
        })
    }
}
