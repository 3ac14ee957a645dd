//! [`Mutation`]: a defect that is put into the code at the seam, to see whether the simulator finds it.
//!
//! Nothing in the product knows of them: a mutation changes what the code asks of the engines, or what it is answered,
//! into what it would be if a condition, an item, an amount or a message were forgotten.

use crate::rewrite::{self, Written};
use crate::world::State;
use serde_json::{Value, json};

macro_rules! mutations {
    ($($name:ident = $within:literal, $text:literal;)*) => {
        /// A defect.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Mutation {
            $(#[doc = $text] $name,)*
        }

        impl Mutation {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its name on the command line.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }

            /// Within how many seeds it must be found; 0 where other conditions of the same transaction guard against
            /// nearly all that it lets through, so that nobody can say.
            pub fn found_within(self) -> u64 {
                match self { $(Self::$name => $within,)* }
            }

            /// What is wrong with the code then.
            pub fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

mutations! {
    PlaceWithoutVersion = 15, "a bet takes the stake from whatever the wallet has become";
    PlaceWithoutEntry = 5, "a bet leaves no ledger entry";
    PlaceWithoutWaiting = 5, "a bet is not put into the book";
    PlaceOverBet = 10, "a repeat of a bet writes it again";
    PlaceWithoutDebit = 5, "a bet leaves the balance as it was";
    PlaceUnmade = 10, "a cancelled transaction of a bet counts as made";
    JoinWithoutTakerCondition = 100, "a join takes the bet that looks for opponents whatever is left of it";
    JoinWithoutOtherCondition = 60, "a join takes the opponent whatever is left of it";
    JoinForMore = 10, "a match is for a unit more than what was taken from the bets";
    JoinKeepsOther = 10, "a join leaves the opponent in the book";
    JoinWithoutIndex = 100, "a match is not listed as unsettled";
    JoinWithoutMatch = 10, "a join forgets to write the match";
    DrawAgain = 400, "a match is drawn whatever its state";
    DrawOther = 10, "a match is won by the other side";
    SettleWithoutState = 10, "a settlement leaves the match as it was";
    SettleWithoutCondition = 100, "a settlement pays whatever the state of the match";
    SettleWithoutWallet = 10, "a settlement does not pay the wallet";
    SettleForMore = 10, "a settlement pays a unit more into the wallet";
    SettleWithoutLoser = 10, "a settlement does not release the loser's stake";
    SettleWithoutEnd = 10, "a settlement does not end the loser's bet";
    RefundKeepsWaiting = 10, "a refund leaves the bet in the book";
    RefundWithoutCondition = 400, "a refund gives back what was read, whatever waits by then";
    RefundWithoutEnd = 10, "a refund does not end the bet";
    RefundWithoutVersion = 60, "a refund pays into whatever the wallet has become";
    VoidWithoutB = 40, "a void gives back the stake of side A only";
    VoidWithoutCondition = 0, "a void ignores that the match was settled";
    OpenOverRound = 60, "opening a round replaces the one that is there";
    MoveWithoutCondition = 400, "a step of a round ignores the one before";
    MoveWithoutIndex = 1000, "a round that ends is not listed as unfinished";
    BonusWithoutCondition = 0, "a bonus is given whatever the registration owes";
    BonusKeepsDue = 10, "a bonus leaves the registration as it was";
    ReferralWithoutCount = 40, "a referral is not counted";
    ReferralTwice = 3000, "a referral is recorded whatever the registration owes";
    FundAgain = 20, "an order is credited again";
    BlockWithoutWallet = 30, "blocking an account leaves its wallet as it was";
    PlaceWhenBlocked = 30, "a bet does not ask whether its player is blocked";
    SweepWithoutBets = 20, "the sweeper does not see waiting bets";
    SweepWithoutMatches = 100, "the sweeper does not see unsettled matches";
    SweepWithoutRounds = 10, "the sweeper does not see ended rounds";
    SweepWithoutRegistrations = 10, "the sweeper does not see unfinished registrations";
    WalletOfAnother = 10, "a wallet is read by the number of another user";
    TornRead = 10, "of several items that are read at once the last is always absent";
}

impl Mutation {
    /// The mutation of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|mutation| mutation.name().eq_ignore_ascii_case(name))
    }

    /// What it does to a transaction; whether anything.
    fn rewrite(self, transaction: &mut Written<'_>) -> bool {
        match self {
            Self::PlaceWithoutVersion => transaction.is_place() && transaction.without_condition(1),
            Self::PlaceWhenBlocked => {
                transaction.is_place()
                    && transaction.replace_in_condition(1, " AND attribute_not_exists(blocked)")
            }
            Self::PlaceWithoutEntry => transaction.is_place() && transaction.without_entry(1),
            Self::PlaceWithoutWaiting => transaction.is_place() && transaction.without(2),
            Self::PlaceOverBet => {
                transaction.is_place() && transaction.without_condition(0) && transaction.without_condition(2)
            }
            Self::PlaceWithoutDebit => {
                transaction.is_place() && transaction.replace(1, "balance = :balance, ", "")
            }
            Self::JoinWithoutTakerCondition => transaction.is_join() && transaction.without_condition(0),
            Self::JoinWithoutOtherCondition => transaction.is_join() && transaction.without_condition(1),
            Self::JoinForMore => transaction.is_join() && transaction.add(2, "amount"),
            Self::JoinKeepsOther => transaction.is_join() && transaction.without(1),
            Self::JoinWithoutIndex => transaction.is_join() && transaction.without_index(2),
            Self::JoinWithoutMatch => transaction.is_join() && transaction.without(2),
            Self::DrawOther => transaction.is_join() && transaction.win_other(2),
            Self::SettleWithoutState => transaction.is_settle() && transaction.without(0),
            Self::SettleWithoutCondition => transaction.is_settle() && transaction.without_condition(0),
            Self::SettleWithoutWallet => transaction.is_settle() && transaction.without(1),
            Self::SettleForMore => transaction.is_settle() && transaction.add_to_value(1, ":balance"),
            Self::SettleWithoutLoser => transaction.is_settle() && transaction.without(2),
            Self::SettleWithoutEnd => transaction.is_settle() && transaction.without(4),
            Self::RefundKeepsWaiting => transaction.is_refund() && transaction.without(0),
            Self::RefundWithoutCondition => transaction.is_refund() && transaction.without_condition(0),
            Self::RefundWithoutEnd => transaction.is_refund() && transaction.without(2),
            Self::RefundWithoutVersion => transaction.is_refund() && transaction.without_condition(1),
            Self::VoidWithoutB => transaction.is_void() && transaction.without(2),
            Self::VoidWithoutCondition => transaction.is_void() && transaction.without_condition(0),
            Self::OpenOverRound => {
                transaction.is_open() && transaction.without_condition(0) && transaction.without_condition(1)
            }
            Self::MoveWithoutCondition => transaction.is_move() && transaction.without_condition(0),
            Self::MoveWithoutIndex => transaction.is_move() && transaction.without_index(0),
            Self::BonusWithoutCondition => transaction.is_bonus() && transaction.without_condition(0),
            Self::BonusKeepsDue => transaction.is_bonus() && transaction.without(0),
            Self::ReferralWithoutCount => transaction.is_referral() && transaction.without(2),
            Self::ReferralTwice => {
                transaction.is_referral()
                    && transaction.without_condition(0)
                    && transaction.without_condition(1)
            }
            Self::FundAgain => transaction.is_fund() && transaction.without_condition(0),
            Self::BlockWithoutWallet => transaction.is_block() && transaction.without(1),
            _ => false,
        }
    }

    /// What it does to a write of one item, or to a read; whether anything.
    fn rewrite_one(self, operation: &str, request: &mut Value) -> bool {
        match (self, operation) {
            (Self::DrawAgain, "UpdateItem") => {
                rewrite::is_draw(request) && rewrite::without_condition(request)
            }
            (Self::DrawOther, "UpdateItem") if rewrite::is_draw(request) => {
                rewrite::name_other_side(&mut request["ExpressionAttributeValues"][":winner"]["S"])
            }
            (Self::WalletOfAnother, "GetItem") if request["Key"]["sk"]["S"] == "WALLET" => {
                let is_one = request["Key"]["pk"]["S"] == "USER#1";
                request["Key"]["pk"]["S"] = json!(if is_one { "USER#2" } else { "USER#1" });
                true
            }
            _ => false,
        }
    }

    /// What it does to an answer; whether anything.
    fn rewrite_answer(self, operation: &str, request: &Value, answer: &mut Value) -> bool {
        let partition = request["ExpressionAttributeValues"][":pk"]["S"].as_str().unwrap_or_default();
        let is_index = request["IndexName"].is_string();
        let is_sweep_of_book =
            request["KeyConditionExpression"] == "pk = :pk" && partition.starts_with("BOOK#");
        let is_blind = operation == "Query"
            && match self {
                Self::SweepWithoutBets => is_sweep_of_book,
                Self::SweepWithoutMatches => is_index && partition.starts_with("MATCH#"),
                Self::SweepWithoutRounds => is_index && partition.starts_with("ROUND#"),
                Self::SweepWithoutRegistrations => is_index && partition.starts_with("REGISTRATION#"),
                _ => false,
            };
        if is_blind {
            let had_any = answer["Items"].as_array().is_some_and(|items| !items.is_empty());
            *answer = json!({ "Items": [] });
            return had_any;
        }
        if self == Self::PlaceWhenBlocked && operation == "BatchGetItem" {
            // And the wallet's own condition is forgotten with it: see `rewrite`.
            let tables = answer["Responses"].as_object_mut();
            let items = tables.and_then(|tables| tables.values_mut().next()).and_then(Value::as_array_mut);
            let blocked =
                items.into_iter().flatten().filter_map(|item| item.as_object_mut()?.remove("blocked"));
            return blocked.count() > 0;
        }
        if self == Self::TornRead && operation == "BatchGetItem" {
            let tables = answer["Responses"].as_object_mut();
            let items = tables.and_then(|tables| tables.values_mut().next()).and_then(Value::as_array_mut);
            return items.is_some_and(|items| items.len() > 1 && items.pop().is_some());
        }
        false
    }
}

impl State {
    /// Changes what the code asks for.
    pub(crate) fn mutate_request(&mut self, operation: &str, request: &mut Value) {
        let Some(mutation) = self.mutation else { return };
        let changed = if operation == "TransactWriteItems" {
            Written::of(request).is_some_and(|mut transaction| mutation.rewrite(&mut transaction))
        } else {
            mutation.rewrite_one(operation, request)
        };
        self.mutated += u64::from(changed);
    }

    /// Whether what was refused counts as done.
    pub(crate) fn takes_for_done(&mut self, operation: &str, request: &mut Value, code: &str) -> bool {
        let takes = self.mutation == Some(Mutation::PlaceUnmade)
            && operation == "TransactWriteItems"
            && code == "TransactionCanceledException"
            && Written::of(request).is_some_and(|transaction| transaction.is_place());
        self.mutated += u64::from(takes);
        takes
    }

    /// Changes what the code is answered.
    pub(crate) fn mutate_answer(&mut self, operation: &str, request: &Value, answer: &mut Value) {
        let Some(mutation) = self.mutation else { return };
        self.mutated += u64::from(mutation.rewrite_answer(operation, request, answer));
    }
}
