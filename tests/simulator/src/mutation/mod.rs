//! [`Mutation`]: a defect injected between code and engines, to test whether the simulator detects it.
//!
//! The product code does not know about mutations. A mutation changes a request or an answer as if the code had
//! forgotten a condition, an item, an amount or a message.

mod jackpots;
mod periods;
mod queues;
mod rounds;
mod table;

pub(crate) use queues::is_of_sweep;

use crate::asked::nonce_of_key;
use crate::rewrite::{Kind, Written};
use crate::world::State;
use Expected::{ByGain, Guarded, MadeUpFor, Within};
use evens_ledger::Digest;
use serde_json::Value;

/// The expected result for a defect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// Found within this many seeds.
    Within(u64),
    /// No invariant breaks, but a cheater's gain over this many seeds exceeds chance.
    ByGain(u64),
    /// Other conditions of the same transaction prevent nearly all effects, so detection cannot be predicted.
    Guarded,
    /// Nothing breaks: a job is a hint, and the sweeper finds the work without it.
    MadeUpFor,
}

macro_rules! mutations {
    ($($name:ident = $expected:expr, $text:literal;)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Mutation {
            $(#[doc = $text] $name,)*
        }

        impl Mutation {
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The name on the command line.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }

            /// The simulator's expected result.
            pub fn expected(self) -> Expected {
                match self { $(Self::$name => $expected,)* }
            }

            /// A description of the defect.
            pub fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

mutations! {
    PlaceWithoutVersion = Within(10), "a bet takes the stake from whatever the wallet has become";
    PlaceWithoutEntry = Within(5), "a bet leaves no ledger entry";
    PlaceWithoutWaiting = Within(5), "a bet is not put into the book";
    PlaceOverBet = Within(10), "a repeat of a bet writes it again";
    PlaceWithoutDebit = Within(5), "a bet leaves the balance as it was";
    PlaceUnmade = Within(10), "a cancelled transaction of a bet counts as made";
    PlaceAfterAnswer = Within(10), "a bet is answered, and its job sent, before it is written";
    JoinWithoutTakerCondition = Within(150), "a join takes the bet that looks for opponents whatever is left of it";
    JoinWithoutOtherCondition = Within(100), "a join takes the opponent whatever is left of it";
    JoinForMore = Within(10), "a match is for a unit more than what was taken from the bets";
    JoinLeavesAll = Within(10), "a join in part leaves all of the bet in the book";
    JoinLeavesLess = Within(10), "a join in part leaves a unit less of the bet in the book than remains";
    JoinKeepsOther = Within(10), "a join leaves the opponent in the book";
    JoinWithoutIndex = Within(200), "a match that is to be paid later is not listed as unsettled";
    JoinWithoutMatch = Within(10), "a join forgets to write the match";
    PayWithoutTakerCondition = Within(200), "a join that pays takes the bet that looks for opponents whatever is left of it";
    PayWithoutOtherCondition = Within(100), "a join that pays takes the opponent whatever is left of it";
    PayMatchesMore = Within(10), "a join that pays makes a match of a unit more than what was taken from the bets";
    PayLeavesAll = Within(10), "a join in part that pays leaves all of the bet in the book";
    PayLeavesLess = Within(10), "a join in part that pays leaves a unit less of the bet in the book than remains";
    PayKeepsOther = Within(10), "a join that pays leaves the opponent in the book";
    PayWithoutMatch = Within(10), "a join that pays forgets to write the match";
    PayForOther = Within(10), "a join that pays says that the side has won that it does not pay";
    PayWithoutVersion = Within(60), "a join that pays does so into whatever the wallet has become";
    PayWithoutWallet = Within(10), "a join that pays does not pay the wallet";
    PayForMore = Within(10), "a join that pays does so with a unit more";
    PayToOther = Within(10), "a join that pays puts the money into the loser's wallet";
    PayWithoutLoser = Within(10), "a join that pays does not release the loser's stake";
    PayWithoutWinnerEnd = Within(10), "a join that pays does not end the winner's bet";
    PayWithoutLoserEnd = Within(10), "a join that pays does not end the loser's bet";
    DrawAgain = Within(200), "a match is drawn whatever its state";
    DrawOther = Within(15), "a match that is to be paid later is won by the other side";
    SettleWithoutState = Within(15), "a settlement leaves the match as it was";
    SettleWithoutCondition = Within(150), "a settlement pays whatever the state of the match";
    SettleWithoutWallet = Within(15), "a settlement does not pay the wallet";
    SettleForMore = Within(15), "a settlement pays a unit more into the wallet";
    SettleWithoutLoser = Within(15), "a settlement does not release the loser's stake";
    SettleWithoutEnd = Within(15), "a settlement does not end the loser's bet";
    RefundKeepsWaiting = Within(10), "a refund leaves the bet in the book";
    RefundWithoutCondition = Within(150), "a refund gives back what was read, whatever waits by then";
    RefundWithoutEnd = Within(10), "a refund does not end the bet";
    RefundWithoutVersion = Within(150), "a refund pays into whatever the wallet has become";
    VoidWithoutB = Within(40), "a void gives back the stake of side A only";
    VoidWithoutCondition = Guarded, "a void ignores that the match has ended";
    VoidWithoutConditions = Within(80), "a void ignores that the match has ended, and what the wallets have become";
    OpenOverRound = Within(400), "opening a round replaces the one that is there";
    MoveWithoutCondition = Within(40), "a step of a round ignores the one before";
    MoveWithoutIndex = Within(60), "a round that ends is not listed as unfinished";
    BonusWithoutCondition = Within(200), "a bonus is given whatever the registration owes";
    BonusWithoutConditions = Within(80), "a bonus is given whatever the registration owes, into whatever the wallet has become";
    BonusWithoutLevel = Within(250), "a level above a referrer gets nothing of what it was promised";
    BonusKeepsDue = Within(10), "a bonus leaves the registration as it was";
    ReferralWithoutCount = Within(20), "a referral is not counted";
    ReferralTwice = Within(100), "a referral is recorded whatever the registration owes";
    FundAgain = Within(10), "an order is credited again";
    BlockWithoutWallet = Within(15), "blocking an account leaves its wallet as it was";
    PlaceWhenBlocked = Within(15), "a bet does not ask whether its player is blocked";
    CreditKeepsOrder = Within(10), "a deposit stays as it was when it is credited, so that a callback that comes twice credits twice";
    CreditWithoutOrder = Within(40), "a deposit is credited whatever it has become";
    OpenWithoutRevision = Within(40), "a deposit is opened whatever its player's limits count by then";
    AbsenceAsFailure = Within(40), "a payment that the provider does not know of yet counts as failed";
    SweepWithoutDeposits = Within(10), "the sweeper does not see deposits that may still be paid";
    RequestWithoutWallet = Within(40), "a withdrawal is requested whatever the wallet has become";
    CancelWithoutOrder = Within(200), "a withdrawal is taken back whatever it has become, although its payout is claimed";
    RejectWithoutOrder = Guarded, "a withdrawal is rejected whatever it has become";
    ClaimWithoutOrder = Within(60), "a payout is claimed whatever its withdrawal has become";
    NewKeyOnRepeat = Within(20), "a payout that is sent again has another key";
    PayoutAbsenceAsFailure = Within(60), "a payout that the provider does not know of yet counts as failed";
    GiveBackKeepsOrder = Within(10), "a withdrawal stays as it was when it is given back, so that it is given back again";
    CompleteWithoutTransfer = Within(10), "a withdrawal that is paid leaves no transfer";
    RefundKeepsDeposit = Within(80), "a deposit stays as it was when a cashier gives it back, so that it is given back again";
    ChargeBackKeepsOrder = Within(80), "a deposit stays as it was when it is charged back, so that it is charged back again";
    ChargeBackWithoutDebt = Within(100), "what a charge-back does not find in the wallet is owed, and no transfer says so";
    DisputeNotAsked = Within(200), "a dispute that the provider does not tell of at once is none";
    CreditOwesNothing = Within(200), "a first deposit leaves nothing that says what follows it";
    PayeeOverOwner = Guarded, "a payee is added whoever the account has come to belong to";
    PlaceUncounted = Within(20), "a bet does not count against what its player has set";
    PlaceWithoutFence = Within(200), "a bet is placed by what its player had set before";
    LimitWithoutWallet = Within(20), "a limit that a player sets does not reach the wallet that bets look at";
    SweepWithoutWithdrawals = Within(60), "the sweeper does not see withdrawals that are on their way";
    GameWithoutFence = Guarded, "a bet against the house goes into its period although the fence is up";
    GameWithoutVersion = Within(20), "a bet against the house takes the stake from whatever the wallet has become";
    GameWithoutEntry = Within(10), "a bet against the house leaves no ledger entry";
    GameWithoutRecord = Within(10), "a bet against the house is not put among those of its period";
    WinWithoutCondition = Within(60), "a bet against the house is paid although it was paid";
    WinKeepsBet = Within(20), "a bet against the house stays as it was when it is paid, so that it is paid again";
    WinWithoutWallet = Within(20), "a payout of a bet against the house does not reach the wallet";
    WinForMore = Within(20), "a payout of a bet against the house is a unit more";
    CloseWithoutFence = Within(10), "a period closes without a fence in its shards";
    LaneWithoutBets = Within(20), "who pays a lane of a period sees none of its bets";
    PeriodSeedEarly = Within(20), "the seed of a period is in its item from its closing on, before the fence is up";
    DrawByExposure = Within(20), "what a period draws is not what follows from its seed";
    CancelDrawn = Guarded, "a period is cancelled although it was drawn meanwhile";
    LaterBlock = Within(20), "a period is drawn with the second block that it may have";
    SweepWithoutLanes = Within(200), "the sweeper does not see periods that owe something";
    ContributeTwice = Within(60), "a contribution that is repeated adds to its meter again";
    ContributeWithoutMeter = Within(20), "a contribution does not reach its meter";
    ContributeWithoutRecord = Within(20), "a contribution leaves no record of its operation";
    LaneFeedsNothing = Within(40), "a lane of a period contributes nothing to the jackpots";
    LaneFeedsAgain = Within(100), "a lane of a period that is settled again contributes again";
    DrawnWinForgotten = Within(60), "a win of a jackpot that was drawn is not put down";
    DrawnToOther = Within(60), "a win of a jackpot that was drawn is put down as another player's";
    DrawnByAnotherTicket = Within(60), "a jackpot goes to another bet of its period than that of the lowest ticket";
    AwardWithoutPool = Guarded, "a win of a jackpot begins whatever its pool has become";
    CollectKeepsMeter = Within(40), "a meter stays as it was when a win collects it";
    CollectNothing = Within(40), "a win does not get what it collects";
    CollectWithoutCondition = Within(200), "a meter is collected again by the same win";
    JackpotKeepsPool = Within(40), "a win of a jackpot leaves the pool as it was when it is paid, so that it is paid again";
    JackpotPaidTwice = Within(40), "a win of a jackpot that was paid is paid again";
    JackpotWithoutTransfer = Within(40), "a pool starts again, and no transfer says from what";
    JackpotWithoutWallet = Within(40), "a win of a jackpot does not reach the wallet";
    JackpotForMore = Within(40), "a win of a jackpot is a unit more";
    JackpotWithoutRecord = Within(40), "a win of a jackpot leaves no record";
    SweepWithoutJackpots = Within(200), "the sweeper does not see wins of jackpots";
    SweepWithoutBets = Within(15), "the sweeper does not see waiting bets";
    SweepWithoutMatches = Within(200), "the sweeper does not see unsettled matches";
    SweepWithoutRounds = Within(10), "the sweeper does not see ended rounds";
    SweepWithoutRegistrations = Within(10), "the sweeper does not see unfinished registrations";
    WalletOfAnother = Within(10), "a wallet is read by the number of another user";
    TornRead = Within(10), "of several items that are read at once the last is always absent";
    CloseWithSeed = Within(10), "the seed is published with the close of its round, before the book is closed";
    JoinWhenClosed = Within(200), "a join takes bets over which their round has closed";
    RefundWithoutClosed = Guarded, "a refund that a player asks for ignores that its round has closed over the bet meanwhile";
    RefundWhenEnded = Within(40), "players take back what waits in rounds that have ended";
    DrawByIds = ByGain(80), "matches are drawn by the ids of their bets, which follow from idempotency keys";
    NonceOfKey = ByGain(80), "the nonce of a bet follows from its idempotency key";
    NonceOther = Within(10), "the nonce of a bet is not the one whose hash was answered";
    DeleteBeforeWork = Within(10), "messages are deleted before their jobs are done";
    DeleteFailed = Within(10), "a job that failed is not tried again: its message is deleted, not hidden";
    RecordForgotten = Within(20), "a job that is given up leaves no record in the dead-letter queue";
    BatchWithoutGroups = Within(20), "a batch goes on with a group after one of its jobs has failed";
    SweepWithoutNudge = Within(20), "what the sweeper sends again has the id of what was sent before";
    SendNothing = MadeUpFor, "nothing is sent but by the sweeper";
}

impl Mutation {
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|mutation| mutation.name().eq_ignore_ascii_case(name))
    }
}

impl State {
    /// Returns whether this is the run's defect, and if so counts it as effective.
    pub(crate) fn has(&mut self, mutation: Mutation) -> bool {
        let is = self.mutation == Some(mutation);
        self.mutated += u64::from(is);
        is
    }

    /// Mutates a request to the table.
    pub(crate) fn mutate_request(&mut self, operation: &str, request: &mut Value) {
        let Some(mutation) = self.mutation else { return };
        let changed = if operation == "TransactWriteItems" {
            Written::of(request).is_some_and(|mut transaction| {
                mutation.rewrite(&mut transaction)
                    || mutation.rewrite_step(&mut transaction, &self.table)
                    || mutation.rewrite_period(&mut transaction, &self.table)
                    || mutation.rewrite_jackpot(&mut transaction, &self.table)
            })
        } else {
            mutation.rewrite_one(operation, request) || mutation.rewrite_collection(operation, request)
        };
        self.mutated += u64::from(changed);
    }

    /// Returns whether a refused request counts as done.
    pub(crate) fn takes_for_done(&mut self, operation: &str, request: &mut Value, code: &str) -> bool {
        code == "TransactionCanceledException"
            && is_place(operation, request)
            && self.has(Mutation::PlaceUnmade)
    }

    /// Returns whether a request is answered before it takes effect.
    pub(crate) fn answers_first(&mut self, operation: &str, request: &mut Value) -> bool {
        is_place(operation, request) && self.has(Mutation::PlaceAfterAnswer)
    }

    /// Mutates an answer of the table. `is_of_refund` marks a player's refund of a bet.
    pub(crate) fn mutate_answer(
        &mut self,
        operation: &str,
        request: &Value,
        is_of_refund: bool,
        answer: &mut Value,
    ) {
        let Some(mutation) = self.mutation else { return };
        let changed = mutation.rewrite_answer(operation, request, answer)
            || is_of_refund && mutation.rewrite_read_of_refund(answer);
        self.mutated += u64::from(changed);
    }

    /// The digest that replaces a bet's nonce, if any.
    pub(crate) fn mutate_nonce(&mut self) -> Option<Digest> {
        let nonce = if self.mutation == Some(Mutation::NonceOfKey) { nonce_of_key() } else { None };
        self.mutated += u64::from(nonce.is_some());
        nonce
    }

    /// Mutates jobs sent to the queue with this short name.
    pub(crate) fn mutate_sending(&mut self, queue: &str, request: &mut Value) {
        let Some(mutation) = self.mutation else { return };
        self.mutated += u64::from(mutation.rewrite_sending(queue, request));
    }

    /// Mutates received messages.
    pub(crate) fn mutate_received(&mut self, answer: &mut Value) {
        let Some(mutation) = self.mutation else { return };
        self.mutated += u64::from(mutation.rewrite_received(answer));
    }
}

fn is_place(operation: &str, request: &mut Value) -> bool {
    operation == "TransactWriteItems"
        && Written::of(request).is_some_and(|transaction| transaction.kind() == Kind::Place)
}
