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
use crate::rewrite::Rewritten;
use crate::world::State;
use crate::writes::{Kind, Writes};
use ExpectedEffect::{ByGain, Guarded, MadeUpFor, Within};
use evens_ledger::Digest;
use evens_queues::{Message, OutgoingMessage};
use evens_simulated_table::{Answer, Fault, Request};

/// The expected result for a defect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpectedEffect {
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
            pub fn expected(self) -> ExpectedEffect {
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
    PlaceWithoutVersion = Within(10), "a bet takes the stake without checking the wallet's version";
    PlaceWithoutEntry = Within(5), "a bet writes no ledger entry";
    PlaceWithoutWaiting = Within(5), "a bet is not added to the order book";
    PlaceOverBet = Within(10), "a repeated bet is written again";
    PlaceWithoutDebit = Within(5), "a bet does not debit the balance";
    PlaceUnmade = Within(10), "a cancelled transaction of a bet counts as committed";
    PlaceAfterAnswer = Within(10), "a bet is answered, and its job sent, before it is written";
    JoinWithoutTakerCondition = Within(150), "a join does not check the open amount of its own bet";
    JoinWithoutOtherCondition = Within(100), "a join does not check the open amount of the opponent";
    JoinForMore = Within(10), "a match is one unit larger than the amount taken from the bets";
    JoinLeavesAll = Within(10), "a partial join leaves the whole bet in the order book";
    JoinLeavesLess = Within(10), "a partial join leaves one unit too little in the order book";
    JoinKeepsOther = Within(10), "a join leaves the opponent in the order book";
    JoinWithoutIndex = Within(200), "a match to be paid later is not listed as unsettled";
    JoinWithoutMatch = Within(10), "a join does not write the match";
    PayWithoutTakerCondition = Within(200), "a paying join does not check the open amount of its own bet";
    PayWithoutOtherCondition = Within(100), "a paying join does not check the open amount of the opponent";
    PayMatchesMore = Within(10), "a paying join makes a match one unit larger than the amount taken from the bets";
    PayLeavesAll = Within(10), "a partial paying join leaves the whole bet in the order book";
    PayLeavesLess = Within(10), "a partial paying join leaves one unit too little in the order book";
    PayKeepsOther = Within(10), "a paying join leaves the opponent in the order book";
    PayWithoutMatch = Within(10), "a paying join does not write the match";
    PayForOther = Within(10), "a paying join records the wrong winner";
    PayWithoutVersion = Within(60), "a paying join does not check the wallet's version";
    PayWithoutWallet = Within(10), "a paying join does not credit the wallet";
    PayForMore = Within(10), "a paying join credits one unit too much";
    PayToOther = Within(10), "a paying join credits the loser's wallet";
    PayWithoutLoser = Within(10), "a paying join does not release the loser's stake";
    PayWithoutWinnerEnd = Within(10), "a paying join does not settle the winner's bet";
    PayWithoutLoserEnd = Within(10), "a paying join does not settle the loser's bet";
    JoinOfBarred = Within(200), "a join does not look at its players, who may be excluded or blocked";
    DrawAgain = Within(200), "a match is drawn without checking its state";
    DrawOther = Within(15), "the wrong side wins a match to be paid later";
    SettleWithoutState = Within(15), "a settlement does not change the match";
    SettleWithoutCondition = Within(150), "a settlement does not check the state of the match";
    SettleWithoutWallet = Within(15), "a settlement does not credit the wallet";
    SettleForMore = Within(15), "a settlement credits one unit too much";
    SettleWithoutLoser = Within(15), "a settlement does not release the loser's stake";
    SettleWithoutEnd = Within(15), "a settlement does not settle the loser's bet";
    RefundKeepsWaiting = Within(10), "a refund leaves the bet in the order book";
    RefundWithoutCondition = Within(150), "a refund returns the amount that was read, although it has changed";
    RefundWithoutEnd = Within(10), "a refund does not update the bet";
    RefundWithoutVersion = Within(150), "a refund does not check the wallet's version";
    VoidWithoutB = Within(40), "a void returns only the stake of side A";
    VoidWithoutCondition = Guarded, "a void ignores that the match has ended";
    VoidWithoutConditions = Within(80), "a void ignores that the match has ended, and does not check the wallets' versions";
    OpenOverRound = Within(400), "opening a round replaces an existing one";
    MoveWithoutCondition = Within(40), "a step of a round does not check its state";
    MoveWithoutIndex = Within(60), "an ended round is not listed as unfinished";
    BonusWithoutCondition = Within(200), "a bonus does not check the registration step";
    BonusWithoutConditions = Within(80), "a bonus checks neither the registration step nor the wallet's version";
    BonusWithoutLevel = Within(400), "a level above a referrer does not get its promised bonus";
    BonusKeepsDue = Within(10), "a bonus does not advance the registration";
    ReferralWithoutCount = Within(20), "a referral is not counted";
    ReferralTwice = Within(100), "a referral does not check the registration step";
    FundAgain = Within(10), "an order is credited again";
    BlockWithoutWallet = Within(15), "blocking an account does not change its wallet";
    PlaceWhenBlocked = Within(15), "a bet does not check whether its player is blocked";
    CreditKeepsOrder = Within(10), "crediting a deposit does not change its state, so a repeated callback credits it again";
    CreditWithoutOrder = Within(40), "a deposit is credited without checking its state";
    OpenWithoutRevision = Within(40), "a deposit is opened without checking that the player's limits are unchanged";
    AbsenceAsFailure = Within(40), "a payment that is still unknown to the provider counts as failed";
    SweepWithoutDeposits = Within(10), "the sweeper does not find deposits that may still be paid";
    RequestWithoutWallet = Within(40), "a withdrawal request does not check the wallet's version";
    CancelWithoutOrder = Within(500), "a withdrawal is cancelled without checking its state, even after its payout was claimed";
    RejectWithoutOrder = Guarded, "a withdrawal is rejected without checking its state";
    ClaimWithoutOrder = Within(60), "a payout is claimed without checking the state of its withdrawal";
    NewKeyOnRepeat = Within(100), "a resent payout has another idempotency key";
    PayoutAbsenceAsFailure = Within(60), "a payout that is still unknown to the provider counts as failed";
    GiveBackKeepsOrder = Within(10), "returning a withdrawal does not change its state, so it is returned again";
    CompleteWithoutTransfer = Within(10), "a paid withdrawal writes no transfer";
    RefundKeepsDeposit = Within(80), "refunding a deposit does not change its state, so it is refunded again";
    ChargeBackKeepsOrder = Within(80), "a chargeback does not change the deposit's state, so it is charged back again";
    ChargeBackWithoutDebt = Within(100), "the debt left by a chargeback has no transfer";
    DisputeNotAsked = Within(400), "a dispute that the provider does not report at once is ignored";
    CreditOwesNothing = Within(200), "a first deposit does not record its pending bonus";
    PayeeOverOwner = Guarded, "a payee is added without checking who owns the account";
    PlaceUncounted = Within(20), "a bet does not count towards its player's limits";
    PlaceWithoutFence = Within(200), "a bet uses the player's previous limits";
    LimitWithoutWallet = Within(20), "a player's new limit is not copied to the wallet that bets read";
    SweepWithoutWithdrawals = Within(60), "the sweeper does not find open withdrawals";
    GameWithoutFence = Guarded, "a bet against the house ignores the fence of a closing period";
    GameWithoutVersion = Within(20), "a bet against the house does not check the wallet's version";
    GameWithoutEntry = Within(10), "a bet against the house writes no ledger entry";
    GameWithoutRecord = Within(10), "a bet against the house is not recorded in its period";
    WinWithoutCondition = Within(60), "a bet against the house is paid without checking that it is unpaid";
    WinKeepsBet = Within(20), "paying a bet against the house does not mark it as paid, so it is paid again";
    WinWithoutWallet = Within(20), "a payout of a bet against the house does not credit the wallet";
    WinForMore = Within(20), "a payout of a bet against the house credits one unit too much";
    CloseWithoutFence = Within(10), "a period closes without fencing its shards";
    LaneWithoutBets = Within(20), "the settlement of a lane sees none of its bets";
    PeriodSeedEarly = Within(20), "the seed of a period is published at its close, before the fence is set";
    DrawByExposure = Within(20), "the result of a period does not follow from its seed";
    ArchiveKeepsPeriod = Within(20), "a period without bets is archived, and its own item stays";
    ArchiveKeepsSeed = Within(20), "a period without bets is archived, and its secret seed stays";
    CancelDrawn = Guarded, "a period is cancelled although it has been drawn";
    LaterBlock = Within(20), "a period is drawn with the second eligible block";
    SweepWithoutLanes = Within(200), "the sweeper does not find unpaid periods";
    ContributeTwice = Within(60), "a repeated contribution is added to its meter again";
    ContributeWithoutMeter = Within(20), "a contribution is not added to its meter";
    ContributeWithoutRecord = Within(20), "a contribution writes no record of its operation";
    LaneFeedsNothing = Within(40), "a lane does not contribute to the jackpots";
    LaneFeedsAgain = Within(100), "a lane that is settled again contributes again";
    DrawnWinForgotten = Within(60), "a drawn jackpot win is not recorded";
    DrawnToOther = Within(60), "a drawn jackpot win is recorded for another player";
    DrawnByAnotherTicket = Within(60), "a jackpot goes to a bet without the lowest ticket";
    AwardWithoutPool = Guarded, "a jackpot win begins without checking its pool";
    CollectKeepsMeter = Within(40), "collecting a meter does not reset it";
    CollectNothing = Within(40), "a win does not receive the amounts it collects";
    CollectWithoutCondition = Within(200), "the same win collects a meter again";
    JackpotKeepsPool = Within(40), "paying a jackpot win does not change the pool, so it is paid again";
    JackpotPaidTwice = Within(40), "a paid jackpot win is paid again";
    JackpotWithoutTransfer = Within(40), "a pool is refilled without a transfer";
    JackpotWithoutWallet = Within(40), "a jackpot win does not credit the wallet";
    JackpotForMore = Within(40), "a jackpot win credits one unit too much";
    JackpotWithoutRecord = Within(40), "a jackpot win writes no record";
    SweepWithoutJackpots = Within(200), "the sweeper does not find jackpot wins";
    SweepWithoutBets = Within(15), "the sweeper does not find unmatched bets";
    SweepWithoutMatches = Within(200), "the sweeper does not find unsettled matches";
    SweepWithoutRounds = Within(10), "the sweeper does not find ended rounds";
    SweepWithoutRegistrations = Within(10), "the sweeper does not find unfinished registrations";
    WalletOfAnother = Within(10), "a wallet is read by another user's id";
    TornRead = Within(10), "a batch read never returns its last item";
    CloseWithSeed = Within(10), "the seed is published when its round closes, before the order book is closed";
    JoinWhenClosed = Within(500), "a join takes bets that were closed with their round";
    RefundWithoutClosed = Guarded, "a requested refund ignores that its round has closed the bet";
    RefundWhenEnded = Within(40), "players can cancel unmatched bets in ended rounds";
    DrawByIds = ByGain(80), "matches are drawn by the ids of their bets, which players can choose through idempotency keys";
    NonceOfKey = ByGain(80), "the nonce of a bet is derived from its idempotency key";
    NonceOther = Within(10), "the nonce of a bet does not match the hash in the answer";
    DeleteBeforeWork = Within(10), "messages are deleted before their jobs are done";
    DeleteFailed = Within(10), "a failed job is not retried: its message is deleted, not hidden";
    RecordForgotten = Within(20), "a job that is given up leaves no dead letter";
    BatchWithoutGroups = Within(20), "a batch goes on with a group after one of its jobs has failed";
    SweepWithoutNudge = Within(20), "the sweeper resends messages with their old deduplication ids";
    ReleaseNotHinted = Within(300), "the release of a loser's stake gives no hint to the live channel";
    WalletByVersion = Within(240), "a page compares wallets by their version alone";
    EventToOther = Within(240), "an event goes to the page of another player";
    SnapshotShort = Within(240), "a snapshot leaves out its first state";
    SendNothing = MadeUpFor, "only the sweeper sends jobs";
}

impl Mutation {
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|mutation| mutation.name().eq_ignore_ascii_case(name))
    }

    /// Returns whether only pages on the live channel show the defect.
    pub fn is_of_pages(self) -> bool {
        matches!(
            self,
            Self::ReleaseNotHinted | Self::WalletByVersion | Self::EventToOther | Self::SnapshotShort
        )
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
    pub(crate) fn mutate_request(&mut self, request: &mut Request) {
        let Some(mutation) = self.mutation else { return };
        let changed = match request {
            Request::Transact { writes, .. } => {
                let mut transaction = Rewritten(writes);
                mutation.rewrite(&mut transaction)
                    || mutation.rewrite_step(&mut transaction, &self.table)
                    || mutation.rewrite_period(&mut transaction, &self.table)
                    || mutation.rewrite_jackpot(&mut transaction, &self.table)
            }
            request => mutation.rewrite_one(request) || mutation.rewrite_collection(request),
        };
        self.mutated += u64::from(changed);
    }

    /// Returns whether a refused request counts as done.
    pub(crate) fn takes_for_done(&mut self, request: &Request, fault: &Fault) -> bool {
        matches!(fault, Fault::Cancelled(_)) && is_place(request) && self.has(Mutation::PlaceUnmade)
    }

    /// Returns whether a request is answered before it takes effect.
    pub(crate) fn answers_first(&mut self, request: &Request) -> bool {
        is_place(request) && self.has(Mutation::PlaceAfterAnswer)
    }

    /// Mutates an answer of the table. `is_of_refund` marks a player's refund of a bet.
    pub(crate) fn mutate_answer(&mut self, request: &Request, is_of_refund: bool, answer: &mut Answer) {
        let Some(mutation) = self.mutation else { return };
        let changed = mutation.rewrite_answer(request, answer)
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
    pub(crate) fn mutate_sending(&mut self, queue: &str, messages: &mut Vec<OutgoingMessage>) {
        let Some(mutation) = self.mutation else { return };
        self.mutated += u64::from(mutation.rewrite_sending(queue, messages));
    }

    /// Mutates received messages.
    pub(crate) fn mutate_received(&mut self, messages: &mut [Message]) {
        let Some(mutation) = self.mutation else { return };
        self.mutated += u64::from(mutation.rewrite_received(messages));
    }
}

fn is_place(request: &Request) -> bool {
    request.writes().is_some_and(|writes| Writes(writes).kind() == Kind::Place)
}
