//! Recognises the store's transactions and removes parts of them.

use crate::dynamo::item::Key;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::str::FromStr;

/// The smallest amount.
const UNIT: Decimal = Decimal::from_parts(1, 0, 0, false, 8);

/// A transaction of the store.
pub(crate) struct Written<'a>(&'a mut Vec<Value>);

/// The kind of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Places a bet.
    Place,
    /// Joins two bets without paying the winner.
    Join,
    /// Joins two bets and pays the winner.
    Pay,
    /// Pays a match that was joined earlier.
    Settle,
    /// Returns both stakes of a match.
    Void,
    /// Refunds the unmatched part of a bet.
    Refund,
    /// Opens a round.
    Open,
    /// Moves a round to its next state.
    Move,
    /// Records a new player's referral.
    Referral,
    /// Gives a bonus.
    Bonus,
    /// Credits an order.
    Fund,
    /// Blocks or unblocks an account.
    Block,
    /// Places a bet on a house game.
    PlaceGame,
    /// Pays or refunds bets on a house game.
    PayGame,
    /// Opens a period of a game.
    OpenPeriod,
    /// Moves a period to its next state.
    MovePeriod,
    /// Draws a period without bets, whose result replaces it.
    ArchivePeriod,
    /// Opens a deposit.
    OpenDeposit,
    /// Credits a payment to the depositing player's wallet.
    CreditDeposit,
    /// Refunds a credited deposit by a cashier.
    RefundDeposit,
    /// Credits money in suspense to its player by a cashier.
    ClaimSuspended,
    /// Charges a disputed payment back.
    ChargeBack,
    /// Adds a payee.
    AddPayee,
    /// Requests a withdrawal.
    RequestWithdrawal,
    /// Cancels a withdrawal by its player.
    CancelWithdrawal,
    /// Rejects a withdrawal by a cashier.
    RejectWithdrawal,
    /// Claims an attempt to send a withdrawal.
    ClaimPayout,
    /// Completes a paid withdrawal.
    CompletePayout,
    /// Returns a failed or reversed withdrawal to the wallet.
    GiveBack,
    /// Applies a player's own limits to their wallet.
    HoldToLimits,
    /// Contributes to jackpots.
    Contribute,
    /// Records a drawn jackpot win as owed.
    OweWin,
    /// Begins a jackpot win.
    BeginWin,
    /// Pays a jackpot win.
    FinishWin,
    /// Any other transaction.
    Other,
}

impl Kind {
    /// Returns whether only jobs write this kind, apart from operators.
    fn is_of_job(self) -> bool {
        match self {
            Self::Join
            | Self::Pay
            | Self::Settle
            | Self::Void
            | Self::Referral
            | Self::Bonus
            | Self::PayGame
            | Self::OpenPeriod
            | Self::MovePeriod
            | Self::ArchivePeriod
            | Self::CreditDeposit
            | Self::ChargeBack
            | Self::ClaimPayout
            | Self::CompletePayout
            | Self::GiveBack
            | Self::OweWin
            | Self::FinishWin => true,
            Self::Place
            | Self::PlaceGame
            | Self::Refund
            | Self::Open
            | Self::Move
            | Self::Fund
            | Self::Block
            | Self::OpenDeposit
            | Self::RefundDeposit
            | Self::ClaimSuspended
            | Self::AddPayee
            | Self::RequestWithdrawal
            | Self::CancelWithdrawal
            | Self::RejectWithdrawal
            | Self::HoldToLimits
            | Self::Contribute
            | Self::BeginWin
            | Self::Other => false,
        }
    }
}

/// The subject of one write of a transaction. Items are recognised by their content, not by their position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    /// A new item of a kind.
    New(&'a str),
    /// An unmatched bet that shrinks or goes. In a join, the taker's comes first.
    Place,
    /// A change of a match.
    Match,
    /// A wallet with a movement of money. In a void, that of side A comes first.
    Posting,
    /// A wallet without a movement: a lost stake is released, or its owner is blocked.
    Wallet,
    /// A change of an account.
    Account,
    /// The ended part of a bet. In a payout, the winner's comes first.
    Bet,
    /// The shard of a period that a bet on a house game goes into.
    Shard,
    /// A period that is deleted because it is archived.
    Period,
    /// The secret seed of a period that is deleted because it is archived.
    PeriodSeed,
    /// The jackpot meter that a contribution goes into.
    Meter,
}

/// The subject of this write, if it is one of these.
fn part(item: &Value) -> Option<Part<'_>> {
    let (write, fields) = item.as_object()?.iter().next()?;
    if write == "Put" {
        return fields["Item"]["kind"]["S"].as_str().map(Part::New);
    }
    let is_posting = fields["ExpressionAttributeValues"].get(":balance").is_some();
    match (fields["Key"]["pk"]["S"].as_str()?, fields["Key"]["sk"]["S"].as_str()?) {
        (_, "WALLET") => Some(if is_posting { Part::Posting } else { Part::Wallet }),
        (_, "ACCOUNT") => Some(Part::Account),
        (_, "BET") => Some(Part::Bet),
        (_, sort) if sort.starts_with("MATCH#") => Some(Part::Match),
        (partition, _) if partition.starts_with("BOOK#") => Some(Part::Place),
        (partition, _) if partition.starts_with("PERIOD-BETS#") => Some(Part::Shard),
        (partition, "PERIOD") if write == "Delete" && partition.starts_with("PERIOD#") => Some(Part::Period),
        (partition, "SEED") if write == "Delete" && partition.starts_with("SEED#") => Some(Part::PeriodSeed),
        (_, "METER") => Some(Part::Meter),
        _ => None,
    }
}

impl<'a> Written<'a> {
    pub(crate) fn of(request: &'a mut Value) -> Option<Self> {
        request["TransactItems"].as_array_mut().map(Self)
    }

    /// Returns whether a job writes this, so that no request reports its failure. Operators' actions have an audit
    /// line. An operator who cancels a period also performs the clock's steps on it.
    pub(crate) fn is_of_job(&self) -> bool {
        let is_of_operator = self.position(Part::New("audit-line"), 0).is_some()
            || matches!(self.new_text("period", "state"), Some("CLOSING" | "CLOSED" | "CANCELLED"));
        self.kind().is_of_job() && !is_of_operator
    }

    /// The kind of this transaction.
    pub(crate) fn kind(&self) -> Kind {
        let parts: Vec<_> = self.0.iter().filter_map(part).collect();
        let has = |wanted: Part<'_>| parts.contains(&wanted);
        let sets =
            |name| self.0.iter().any(|item| item["Update"]["ExpressionAttributeValues"].get(name).is_some());
        let is_of = |direction| self.new_text("order", "direction") == Some(direction);
        let is_in = |state| self.new_text("order", "state") == Some(state);
        let becomes = |state| is_of("withdrawal") && is_in(state);
        let posts = is_of("deposit") && has(Part::Posting);
        let is_new = has(Part::New("order-place"));
        // Bets between players are paid in parts, each with the stake it was paid for.
        let pays_game_bet = self.0.iter().any(|item| {
            let values = &item["Update"]["ExpressionAttributeValues"];
            part(item) == Some(Part::Bet) && values.get(":paid").is_some() && values.get(":stake").is_none()
        });
        let kinds = [
            (Kind::Place, has(Part::New("bet"))),
            (Kind::PlaceGame, has(Part::New("game-bet"))),
            (Kind::PayGame, pays_game_bet),
            (Kind::OpenPeriod, has(Part::New("period-seed"))),
            (Kind::ArchivePeriod, has(Part::New("archived-period"))),
            (Kind::MovePeriod, has(Part::New("period"))),
            (Kind::Pay, has(Part::New("match")) && has(Part::Posting)),
            (Kind::Join, has(Part::New("match"))),
            (Kind::Settle, has(Part::Match) && sets(":settled")),
            (Kind::Void, has(Part::Match) && sets(":void")),
            (Kind::Refund, has(Part::Place) && has(Part::Posting)),
            (Kind::Open, has(Part::New("round")) && has(Part::New("seed"))),
            (Kind::Move, has(Part::New("round"))),
            (Kind::Referral, has(Part::New("referral"))),
            (Kind::Bonus, has(Part::Account) && has(Part::Posting)),
            (Kind::Fund, has(Part::New("funding"))),
            (Kind::Block, has(Part::Account) && has(Part::Wallet)),
            (Kind::OpenDeposit, is_new && is_of("deposit")),
            (Kind::RefundDeposit, posts && is_in("REFUNDED")),
            (Kind::ClaimSuspended, posts && has(Part::New("audit-line"))),
            (Kind::ChargeBack, is_of("deposit") && has(Part::New("cashier")) && is_in("CHARGED_BACK")),
            (Kind::CreditDeposit, posts),
            (Kind::AddPayee, has(Part::New("payee"))),
            (Kind::RequestWithdrawal, is_new && is_of("withdrawal")),
            (Kind::CancelWithdrawal, becomes("CANCELLED")),
            (Kind::RejectWithdrawal, becomes("REJECTED")),
            (Kind::ClaimPayout, becomes("PROCESSING")),
            (Kind::CompletePayout, becomes("COMPLETED")),
            (Kind::GiveBack, becomes("FAILED") || becomes("RETURNED")),
            (Kind::HoldToLimits, has(Part::New("cashier")) && has(Part::Wallet)),
            (Kind::Contribute, has(Part::New("jackpot-contribution"))),
            (Kind::FinishWin, has(Part::New("jackpot-win"))),
            (Kind::BeginWin, has(Part::New("jackpot-award")) && has(Part::New("jackpot-pool"))),
            (Kind::OweWin, self.is_owed_win()),
        ];
        kinds.into_iter().find(|(_, is)| *is).map_or(Kind::Other, |(kind, _)| kind)
    }

    /// Returns whether it records a drawn jackpot win that is still to begin.
    fn is_owed_win(&self) -> bool {
        let position = self.position(Part::New("jackpot-award"), 0);
        position.is_some_and(|position| self.0[position]["Put"]["Item"].get("unfinished_pk").is_some())
    }

    /// The position of the part with this number, counted from zero.
    fn position(&self, wanted: Part<'_>, number: usize) -> Option<usize> {
        let positions = self.0.iter().enumerate().filter(|(_, item)| part(item) == Some(wanted));
        positions.map(|(position, _)| position).nth(number)
    }

    /// The fields of the write of the part with this number.
    fn fields(&mut self, part: Part<'_>, number: usize) -> Option<&mut Value> {
        let position = self.position(part, number)?;
        self.0.get_mut(position)?.as_object_mut()?.values_mut().next()
    }

    /// Removes a part. It is replaced by the deletion of an absent item, so that answers refer to the same positions.
    pub(crate) fn without(&mut self, part: Part<'_>, number: usize) -> bool {
        let Some(position) = self.position(part, number) else { return false };
        let item = &mut self.0[position];
        let key =
            json!({ "pk": { "S": "NOTHING" }, "sk": { "S": position.to_string() + &item.to_string() } });
        *item = json!({ "Delete": { "Key": key } });
        true
    }

    /// Removes the condition of the part with this number.
    pub(crate) fn without_condition(&mut self, part: Part<'_>, number: usize) -> bool {
        self.fields(part, number).is_some_and(without_condition)
    }

    /// Removes the condition on the wallet's version from the movement with this number.
    pub(crate) fn without_version(&mut self, number: usize) -> bool {
        self.without_condition(Part::Posting, number)
    }

    /// Removes the ledger entry of a movement of money.
    pub(crate) fn without_entry(&mut self) -> bool {
        self.fields(Part::Posting, 0).is_some_and(|fields| {
            fields["ExpressionAttributeValues"][":entries"] = json!({ "L": [] });
            true
        })
    }

    /// Replaces a part of the update expression of a wallet with a movement.
    pub(crate) fn replace_in_posting(&mut self, words: &str, by: &str) -> bool {
        let Some(fields) = self.fields(Part::Posting, 0) else { return false };
        let update = fields["UpdateExpression"].as_str().unwrap_or_default().to_owned();
        fields["UpdateExpression"] = json!(update.replacen(words, by, 1));
        prune(fields);
        update.contains(words)
    }

    /// Removes a part of the condition of the part with this number.
    pub(crate) fn forget(&mut self, part: Part<'_>, number: usize, words: &str) -> bool {
        let Some(fields) = self.fields(part, number) else { return false };
        let condition = fields["ConditionExpression"].as_str().unwrap_or_default().to_owned();
        fields["ConditionExpression"] = json!(condition.replacen(words, "", 1));
        prune(fields);
        condition.contains(words)
    }

    /// Credits one unit more to the wallet.
    pub(crate) fn post_more(&mut self) -> bool {
        self.fields(Part::Posting, 0)
            .is_some_and(|fields| add(&mut fields["ExpressionAttributeValues"][":balance"]["N"], UNIT))
    }

    /// Swaps the wallet that is credited and the wallet whose stake is released.
    pub(crate) fn post_to_other(&mut self) -> bool {
        let key = |fields: Option<&mut Value>| fields.map(|fields| fields["Key"].clone());
        let posted = key(self.fields(Part::Posting, 0));
        let Some((posted, released)) = posted.zip(key(self.fields(Part::Wallet, 0))) else { return false };
        // In this order, because each part must still be recognised when it is changed.
        for (part, key) in [(Part::Posting, released), (Part::Wallet, posted)] {
            if let Some(fields) = self.fields(part, 0) {
                fields["Key"] = key;
                without_condition(fields);
            }
        }
        true
    }

    /// The key of the wallet with a movement of money, and the values of its update.
    pub(crate) fn posting(&self) -> Option<(Key, &Value)> {
        let update = &self.0[self.position(Part::Posting, 0)?]["Update"];
        let part = |name: &str| update["Key"][name]["S"].as_str().map(str::to_owned);
        Some(((part("pk")?, part("sk")?), &update["ExpressionAttributeValues"]))
    }

    pub(crate) fn new_item(&mut self, kind: &str) -> Option<&mut Value> {
        self.fields(Part::New(kind), 0).map(|fields| &mut fields["Item"])
    }

    /// A text attribute of a new item of this kind.
    pub(crate) fn new_text(&self, kind: &str, name: &str) -> Option<&str> {
        let position = self.position(Part::New(kind), 0)?;
        self.0[position]["Put"]["Item"][name]["S"].as_str()
    }

    /// A numeric attribute of a new item of this kind.
    pub(crate) fn new_number(&self, kind: &str, name: &str) -> Option<u16> {
        let position = self.position(Part::New(kind), 0)?;
        self.0[position]["Put"]["Item"][name]["N"].as_str()?.parse().ok()
    }

    /// The keys of the unmatched bets that it writes.
    pub(crate) fn places(&self) -> impl Iterator<Item = (String, String)> {
        let places = self.0.iter().filter(|item| part(item) == Some(Part::Place));
        let keys = places.filter_map(|item| item.as_object()?.values().next().map(|fields| &fields["Key"]));
        let text = |value: &Value| value["S"].as_str().unwrap_or_default().to_owned();
        keys.map(move |key| (text(&key["pk"]), text(&key["sk"])))
    }

    /// Removes a new item from the index of unfinished items.
    pub(crate) fn without_index(&mut self, kind: &str) -> bool {
        let item = self.fields(Part::New(kind), 0).and_then(|fields| fields["Item"].as_object_mut());
        item.is_some_and(|item| {
            item.remove("unfinished_sk");
            item.remove("unfinished_pk").is_some()
        })
    }

    /// Removes the follow-up work of a first deposit.
    pub(crate) fn owe_no_bonus(&mut self) -> bool {
        self.without_index("cashier");
        let cashier = self.new_item("cashier").and_then(Value::as_object_mut);
        cashier.is_some_and(|cashier| cashier.remove("bonus_due").is_some())
    }

    /// Adds a unit to the amount of the match.
    pub(crate) fn match_more(&mut self) -> bool {
        self.fields(Part::New("match"), 0).is_some_and(|fields| add(&mut fields["Item"]["amount"]["N"], UNIT))
    }

    /// Leaves the full amount of a partly joined bet in the book.
    pub(crate) fn leave_all(&mut self) -> bool {
        self.values_of_remaining().is_some_and(|values| {
            values[":remaining"] = values[":read"].clone();
            true
        })
    }

    /// Leaves one unit too little of a partly joined bet in the book.
    pub(crate) fn leave_less(&mut self) -> bool {
        self.values_of_remaining().is_some_and(|values| add(&mut values[":remaining"]["N"], -UNIT))
    }

    /// The values of the write of an unmatched bet with a remainder.
    fn values_of_remaining(&mut self) -> Option<&mut Value> {
        let places = self.0.iter_mut().filter(|item| part(item) == Some(Part::Place));
        let mut values = places.filter_map(|item| item.pointer_mut("/Update/ExpressionAttributeValues"));
        values.find(|values| values.get(":remaining").is_some())
    }

    /// Swaps the winner if the match has one.
    pub(crate) fn win_other(&mut self) -> bool {
        let winner =
            self.fields(Part::New("match"), 0).and_then(|fields| fields.pointer_mut("/Item/winner/S"));
        winner.is_some_and(name_other_side)
    }
}

fn add(number: &mut Value, more: Decimal) -> bool {
    let sum =
        number.as_str().and_then(|text| Decimal::from_str(text).ok()).and_then(|old| old.checked_add(more));
    let Some(sum) = sum else { return false };
    *number = json!(sum.to_string());
    true
}

/// Replaces side A by side B, and side B by side A.
pub(crate) fn name_other_side(side: &mut Value) -> bool {
    let other = match side.as_str() {
        Some("A") => "B",
        Some("B") => "A",
        _ => return false,
    };
    *side = json!(other);
    true
}

/// Removes the condition of a write.
pub(crate) fn without_condition(fields: &mut Value) -> bool {
    let removed = fields.as_object_mut().and_then(|fields| fields.remove("ConditionExpression"));
    prune(fields);
    removed.is_some()
}

/// Replaces a part of the update of a write.
pub(crate) fn replace_update(fields: &mut Value, words: &str, by: &str) -> bool {
    let update = fields["UpdateExpression"].as_str().unwrap_or_default().to_owned();
    if !update.contains(words) {
        return false;
    }
    fields["UpdateExpression"] = json!(update.replacen(words, by, 1));
    prune(fields);
    true
}

/// Removes the names and values that no expression uses, because the engine would refuse them.
fn prune(fields: &mut Value) {
    let text = |name: &str| fields[name].as_str().unwrap_or_default().to_owned();
    let used = text("UpdateExpression") + " " + &text("ConditionExpression");
    let is_used = |name: &str| {
        used.split(|character: char| {
            !character.is_ascii_alphanumeric() && !matches!(character, '#' | ':' | '_')
        })
        .any(|word| word == name)
    };
    for map in ["ExpressionAttributeNames", "ExpressionAttributeValues"] {
        if let Some(map) = fields[map].as_object_mut() {
            map.retain(|name, _| is_used(name));
        }
    }
}

/// Returns whether the request stores the draw of a match.
pub(crate) fn is_draw(request: &Value) -> bool {
    request["ExpressionAttributeValues"].get(":drawn").is_some()
}

/// Returns whether the write claims an attempt to send a payout, or records that the provider has it.
pub(crate) fn is_claim(request: &Value) -> bool {
    let item = &request["Item"];
    item["direction"]["S"] == "withdrawal" && item["state"]["S"] == "PROCESSING"
}
