//! [`Reader`]: a cheater with a copy of the table's file, including secret seeds and unmatched bets. They choose an
//! idempotency key by its draw, if the draw follows from the key.
//!
//! They bet only in rounds with one draw per match. The seed of a round with a single outcome reveals that outcome,
//! which is [documented](../../../../docs/correctness.md).

use super::{ACCOUNTS, Account, as_drawn};
use crate::answers::Order;
use crate::asked::nonce_of;
use crate::dice::Dice;
use crate::player::send;
use evens_draws::{Nonce, Seed};
use evens_exchange::{DrawRule, Side, draw_match};
use evens_idempotency::BetId;
use evens_ledger::UserId;
use evens_simulated_table::Table;
use evens_simulated_table::item::{Attribute, Item, text};
use rust_decimal::Decimal;

/// The number of keys tried for one bet. It is very unlikely that all of them lose.
const KEYS: u64 = 32;

/// The largest stake in coins. Many equal stakes are statistically stronger than a large one.
const STAKE_MAX: Decimal = Decimal::TEN;

pub(super) struct Reader {
    account: Account,
    dice: Dice,
    rounds: Vec<String>,
    keys: u64,
}

/// The owner of an unmatched bet, from the table's file.
struct Opponent {
    round: String,
    side: Side,
    bet: BetId,
    nonce: Option<Nonce>,
    open: Decimal,
    seed: Seed,
    rule: DrawRule,
}

/// Returns whether another player owns the unmatched bet.
fn is_other(waiting: &Item) -> bool {
    ACCOUNTS.iter().all(|user| waiting.get("user") != Some(&Attribute::Number(Decimal::from(*user))))
}

impl Reader {
    pub(super) fn new(account: Account, dice: Dice, rounds: Vec<String>) -> Self {
        Self { account, dice, rounds, keys: 0 }
    }

    /// Reads and bets repeatedly.
    pub(super) async fn play(mut self, actions: u64, pause_max_ms: u64) {
        for _ in 0..actions {
            let pause = self.dice.milliseconds(0..=pause_max_ms);
            self.account.device.world.sleep(pause).await;
            let found = {
                let state = self.account.device.world.lock();
                let each = self.rounds.iter().flat_map(|round| Side::ALL.map(|side| (round, side)));
                each.filter_map(|(round, side)| Self::first_of(&state.table, round, side)).collect::<Vec<_>>()
            };
            let opponent = self.dice.index(found.len());
            if let Some(opponent) = found.get(opponent) {
                let order = self.order_against(opponent);
                send(&self.account.device, &order).await;
            }
        }
    }

    /// The unmatched bet that a bet on the other side would be joined with first.
    fn first_of(table: &Table, round: &str, side: Side) -> Option<Opponent> {
        let found = table.get(&(format!("ROUND#{round}"), "ROUND".to_owned()))?;
        let secret = table.get(&(format!("SEED#{round}"), "SEED".to_owned()))?;
        if text(found, "state") != "OPEN" || text(found, "draw") != "match" {
            return None;
        }
        let is_meant = |item: &&Item| {
            text(item, "round") == round && text(item, "side") == side.as_str() && is_other(item)
        };
        let first = table.of_kind("waiting").find(is_meant)?;
        let number = |item: &Item, name: &str| match item.get(name) {
            Some(Attribute::Number(number)) => Some(*number),
            _ => None,
        };
        let rule = number(found, "draw_rule").and_then(|rule| rule.try_into().ok());
        Some(Opponent {
            round: round.to_owned(),
            side,
            bet: text(first, "bet").parse().ok()?,
            nonce: text(first, "nonce").parse().ok(),
            open: number(first, "amount_open")?,
            seed: text(secret, "seed").parse().ok()?,
            rule: rule.and_then(DrawRule::of_number)?,
        })
    }

    /// A bet against the opponent, with a key whose draw wins: by the ids, or by the nonce that would follow from the
    /// key.
    fn order_against(&mut self, opponent: &Opponent) -> Order {
        let side = opponent.side.opposite();
        let keys = self.keys..self.keys + KEYS;
        self.keys += KEYS;
        let keys: Vec<String> = keys.map(|number| format!("chosen-{number}")).collect();
        let wins = |key: &&String| self.draw(opponent, key) == Some(side);
        let key = keys.iter().find(wins).or(keys.first()).cloned().unwrap_or_default();
        Order {
            user: self.account.user,
            key,
            round: opponent.round.clone(),
            side: side.as_str(),
            stake: opponent.open.min(STAKE_MAX).to_string(),
        }
    }

    fn draw(&self, opponent: &Opponent, key: &str) -> Option<Side> {
        let own = BetId::derive(UserId::new(self.account.user).ok()?, &key.parse().ok()?);
        let own = (own, Some(Nonce::from_bytes(*nonce_of(key).bytes())));
        let other = (opponent.bet, opponent.nonce.clone());
        let (a, b) = if opponent.side == Side::A { (other, own) } else { (own, other) };
        Some(draw_match(opponent.rule, &opponent.seed, &as_drawn(a, b)?))
    }
}
