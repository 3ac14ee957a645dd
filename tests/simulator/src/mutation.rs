//! [`Mutation`]: a defect that is put into the code at the seam, to see whether the simulator finds it.
//!
//! Nothing in the product knows of them: a mutation changes what the code asks of the engines, or what it is answered,
//! into what it would be if a condition, an item, an amount or a message were forgotten.

use crate::rewrite::{self, Kind, Part, Written};
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
    PlaceWithoutVersion = 10, "a bet takes the stake from whatever the wallet has become";
    PlaceWithoutEntry = 5, "a bet leaves no ledger entry";
    PlaceWithoutWaiting = 5, "a bet is not put into the book";
    PlaceOverBet = 10, "a repeat of a bet writes it again";
    PlaceWithoutDebit = 5, "a bet leaves the balance as it was";
    PlaceUnmade = 10, "a cancelled transaction of a bet counts as made";
    JoinWithoutTakerCondition = 150, "a join takes the bet that looks for opponents whatever is left of it";
    JoinWithoutOtherCondition = 100, "a join takes the opponent whatever is left of it";
    JoinForMore = 10, "a match is for a unit more than what was taken from the bets";
    JoinKeepsOther = 10, "a join leaves the opponent in the book";
    JoinWithoutIndex = 200, "a match that is to be paid later is not listed as unsettled";
    JoinWithoutMatch = 10, "a join forgets to write the match";
    PayWithoutTakerCondition = 200, "a join that pays takes the bet that looks for opponents whatever is left of it";
    PayWithoutOtherCondition = 100, "a join that pays takes the opponent whatever is left of it";
    PayMatchesMore = 10, "a join that pays makes a match of a unit more than what was taken from the bets";
    PayKeepsOther = 10, "a join that pays leaves the opponent in the book";
    PayWithoutMatch = 10, "a join that pays forgets to write the match";
    PayForOther = 10, "a join that pays says that the side has won that it does not pay";
    PayWithoutVersion = 60, "a join that pays does so into whatever the wallet has become";
    PayWithoutWallet = 10, "a join that pays does not pay the wallet";
    PayForMore = 10, "a join that pays does so with a unit more";
    PayToOther = 10, "a join that pays puts the money into the loser's wallet";
    PayWithoutLoser = 10, "a join that pays does not release the loser's stake";
    PayWithoutWinnerEnd = 10, "a join that pays does not end the winner's bet";
    PayWithoutLoserEnd = 10, "a join that pays does not end the loser's bet";
    DrawAgain = 200, "a match is drawn whatever its state";
    DrawOther = 15, "a match that is to be paid later is won by the other side";
    SettleWithoutState = 15, "a settlement leaves the match as it was";
    SettleWithoutCondition = 150, "a settlement pays whatever the state of the match";
    SettleWithoutWallet = 15, "a settlement does not pay the wallet";
    SettleForMore = 15, "a settlement pays a unit more into the wallet";
    SettleWithoutLoser = 15, "a settlement does not release the loser's stake";
    SettleWithoutEnd = 15, "a settlement does not end the loser's bet";
    RefundKeepsWaiting = 10, "a refund leaves the bet in the book";
    RefundWithoutCondition = 150, "a refund gives back what was read, whatever waits by then";
    RefundWithoutEnd = 10, "a refund does not end the bet";
    RefundWithoutVersion = 40, "a refund pays into whatever the wallet has become";
    VoidWithoutB = 30, "a void gives back the stake of side A only";
    VoidWithoutCondition = 0, "a void ignores that the match has ended";
    VoidWithoutConditions = 80, "a void ignores that the match has ended, and what the wallets have become";
    OpenOverRound = 40, "opening a round replaces the one that is there";
    MoveWithoutCondition = 40, "a step of a round ignores the one before";
    MoveWithoutIndex = 60, "a round that ends is not listed as unfinished";
    BonusWithoutCondition = 200, "a bonus is given whatever the registration owes";
    BonusWithoutConditions = 80, "a bonus is given whatever the registration owes, into whatever the wallet has become";
    BonusKeepsDue = 10, "a bonus leaves the registration as it was";
    ReferralWithoutCount = 20, "a referral is not counted";
    ReferralTwice = 100, "a referral is recorded whatever the registration owes";
    FundAgain = 10, "an order is credited again";
    BlockWithoutWallet = 15, "blocking an account leaves its wallet as it was";
    PlaceWhenBlocked = 15, "a bet does not ask whether its player is blocked";
    SweepWithoutBets = 15, "the sweeper does not see waiting bets";
    SweepWithoutMatches = 200, "the sweeper does not see unsettled matches";
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
        match transaction.kind() {
            Kind::Place => self.rewrite_place(transaction),
            Kind::Join => self.rewrite_join(transaction),
            Kind::Pay => self.rewrite_pay(transaction),
            Kind::Settle => self.rewrite_settle(transaction),
            Kind::Void => self.rewrite_void(transaction),
            Kind::Refund => self.rewrite_refund(transaction),
            kind => self.rewrite_other(kind, transaction),
        }
    }

    fn rewrite_place(self, place: &mut Written<'_>) -> bool {
        match self {
            Self::PlaceWithoutVersion => place.without_version(0),
            Self::PlaceWhenBlocked => place.forget_in_posting(" AND attribute_not_exists(blocked)"),
            Self::PlaceWithoutEntry => place.without_entry(),
            Self::PlaceWithoutWaiting => place.without(Part::New("waiting"), 0),
            Self::PlaceOverBet => {
                place.without_condition(Part::New("bet"), 0)
                    && place.without_condition(Part::New("waiting"), 0)
            }
            Self::PlaceWithoutDebit => place.replace_in_posting("balance = :balance, ", ""),
            _ => false,
        }
    }

    fn rewrite_join(self, join: &mut Written<'_>) -> bool {
        match self {
            Self::JoinWithoutTakerCondition => join.without_condition(Part::Place, 0),
            Self::JoinWithoutOtherCondition => join.without_condition(Part::Place, 1),
            Self::JoinForMore => join.match_more(),
            Self::JoinKeepsOther => join.without(Part::Place, 1),
            Self::JoinWithoutIndex => join.without_index("match"),
            Self::JoinWithoutMatch => join.without(Part::New("match"), 0),
            Self::DrawOther => join.win_other(),
            _ => false,
        }
    }

    fn rewrite_pay(self, pay: &mut Written<'_>) -> bool {
        match self {
            Self::PayWithoutTakerCondition => pay.without_condition(Part::Place, 0),
            Self::PayWithoutOtherCondition => pay.without_condition(Part::Place, 1),
            Self::PayMatchesMore => pay.match_more(),
            Self::PayKeepsOther => pay.without(Part::Place, 1),
            Self::PayWithoutMatch => pay.without(Part::New("match"), 0),
            Self::PayForOther => pay.win_other(),
            Self::PayWithoutVersion => pay.without_version(0),
            Self::PayWithoutWallet => pay.without(Part::Posting, 0),
            Self::PayForMore => pay.post_more(),
            Self::PayToOther => pay.post_to_other(),
            Self::PayWithoutLoser => pay.without(Part::Wallet, 0),
            Self::PayWithoutWinnerEnd => pay.without(Part::Bet, 0),
            Self::PayWithoutLoserEnd => pay.without(Part::Bet, 1),
            _ => false,
        }
    }

    fn rewrite_settle(self, settle: &mut Written<'_>) -> bool {
        match self {
            Self::SettleWithoutState => settle.without(Part::Match, 0),
            Self::SettleWithoutCondition => settle.without_condition(Part::Match, 0),
            Self::SettleWithoutWallet => settle.without(Part::Posting, 0),
            Self::SettleForMore => settle.post_more(),
            Self::SettleWithoutLoser => settle.without(Part::Wallet, 0),
            Self::SettleWithoutEnd => settle.without(Part::Bet, 1),
            _ => false,
        }
    }

    fn rewrite_void(self, void: &mut Written<'_>) -> bool {
        match self {
            Self::VoidWithoutB => void.without(Part::Posting, 1),
            Self::VoidWithoutCondition => void.without_condition(Part::Match, 0),
            Self::VoidWithoutConditions => {
                void.without_condition(Part::Match, 0) && void.without_version(0) && void.without_version(1)
            }
            _ => false,
        }
    }

    fn rewrite_refund(self, refund: &mut Written<'_>) -> bool {
        match self {
            Self::RefundKeepsWaiting => refund.without(Part::Place, 0),
            Self::RefundWithoutCondition => refund.without_condition(Part::Place, 0),
            Self::RefundWithoutEnd => refund.without(Part::Bet, 0),
            Self::RefundWithoutVersion => refund.without_version(0),
            _ => false,
        }
    }

    /// Rounds, registrations, orders and accounts.
    fn rewrite_other(self, kind: Kind, other: &mut Written<'_>) -> bool {
        match (self, kind) {
            (Self::OpenOverRound, Kind::Open) => {
                other.without_condition(Part::New("round"), 0)
                    && other.without_condition(Part::New("seed"), 0)
            }
            (Self::MoveWithoutCondition, Kind::Move) => other.without_condition(Part::New("round"), 0),
            (Self::MoveWithoutIndex, Kind::Move) => other.without_index("round"),
            (Self::BonusWithoutCondition, Kind::Bonus) => other.without_condition(Part::Account, 0),
            (Self::BonusWithoutConditions, Kind::Bonus) => {
                other.without_condition(Part::Account, 0) && other.without_version(0)
            }
            (Self::BonusKeepsDue, Kind::Bonus) => other.without(Part::Account, 0),
            (Self::ReferralWithoutCount, Kind::Referral) => other.without(Part::Account, 1),
            (Self::ReferralTwice, Kind::Referral) => {
                other.without_condition(Part::Account, 0) && other.without_condition(Part::New("referral"), 0)
            }
            (Self::FundAgain, Kind::Fund) => other.without_condition(Part::New("deposit"), 0),
            (Self::BlockWithoutWallet, Kind::Block) => other.without(Part::Wallet, 0),
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
            && Written::of(request).is_some_and(|transaction| transaction.kind() == Kind::Place);
        self.mutated += u64::from(takes);
        takes
    }

    /// Changes what the code is answered.
    pub(crate) fn mutate_answer(&mut self, operation: &str, request: &Value, answer: &mut Value) {
        let Some(mutation) = self.mutation else { return };
        self.mutated += u64::from(mutation.rewrite_answer(operation, request, answer));
    }
}
