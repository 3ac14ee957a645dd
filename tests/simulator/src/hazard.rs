//! [`Hazard`]: everything that can go wrong between the code and the engines, and with its processes.

use crate::dice::{Dice, Odds, OwnDice};

macro_rules! hazards {
    ($($name:ident = $weight:literal, $text:literal;)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Hazard {
            $(#[doc = $text] $name,)*
        }

        impl Hazard {
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// A short description.
            pub fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The probability in ten-thousandths in a run where it is frequent.
            fn weight(self) -> Odds {
                match self { $(Self::$name => $weight,)* }
            }
        }
    };
}

hazards! {
    Throttled = 600, "table: throttled, nothing done";
    Trouble = 500, "table: 500, nothing done";
    TroubleAfter = 500, "table: 500 after it was done";
    BadGateway = 300, "table: 502 of somebody in between";
    BadGatewayAfter = 300, "table: 502 after it was done";
    Reset = 400, "table: connection lost, nothing done";
    ResetAfter = 400, "table: connection lost after it was done";
    TimeOut = 200, "table: request lost, no answer";
    TimeOutAfter = 300, "table: done, no answer";
    Slow = 300, "table: does it seconds later";
    Conflict = 4_000, "transaction: conflict at a position";
    ThrottledInside = 300, "transaction: throttled at a position";
    CapacityInside = 300, "transaction: no capacity at a position";
    RejectedInside = 300, "transaction: refused at a position for a reason that stays";
    InProgress = 200, "transaction: in progress";
    Torn = 3_000, "transaction: becomes visible item by item";
    TokenForgotten = 2_000, "transaction: its token is not known";
    Stale = 2_000, "read: an older version";
    ShortPage = 1_500, "read: a short page";
    TornBatch = 2_000, "read: the items of a batch at different moments";
    Unprocessed = 500, "read: keys left out of a batch";
    QueueThrottled = 400, "queue: throttled, nothing done";
    SendTrouble = 500, "queue: 500, nothing sent";
    SendTroubleAfter = 500, "queue: 500 after it was sent";
    SendTimeOutAfter = 300, "queue: sent, no answer";
    EntryRefused = 500, "queue: an entry of a batch is refused";
    MessageLost = 4_000, "queue: a message is lost";
    SettlementLost = 7_000, "queue: the message that a match is to be paid is lost";
    MessageDelayed = 1_500, "queue: a message is late, behind later ones";
    MessageDoubled = 1_500, "queue: a message comes twice";
    MessageRepeated = 500, "queue: a message comes again when its id is forgotten";
    ReceiveTrouble = 300, "queue: 500 to a receive";
    ReceiveLost = 500, "queue: received, answer lost";
    VisibilityShort = 1_500, "queue: visible again while it is worked on";
    DeleteLost = 800, "queue: not deleted, though it says so";
    DeleteLate = 800, "queue: deleted late";
    DeleteTrouble = 500, "queue: 500 to a delete";
    HideTrouble = 800, "queue: 500 to a change of visibility";
    CrashBeforeCall = 150, "process: ends before a call leaves it";
    CrashAfterCall = 150, "process: ends when a call is done, before its answer";
    Stall = 100, "process: stands still before a call leaves it";
    CrashAtTimer = 5_000, "process: ends at any moment";
    SweepSkipped = 2_000, "schedule: a sweep does not run";
    Skew = 5_000, "clock: a process is up to 2 s early or late";
    CallLost = 1_000, "provider: a call is lost, nothing done";
    CallLate = 1_000, "provider: does it up to 90 seconds later";
    CallAnswerLost = 1_500, "provider: done, no answer";
    ProviderTrouble = 3_000, "provider: a call goes wrong there";
    KeyForgotten = 2_000, "provider: an idempotency key is forgotten";
    OtherMoney = 2_000, "provider: other money comes than was agreed";
    LateMoney = 5_000, "provider: money comes after a failure";
    CallbackTrouble = 4_000, "provider: a callback goes wrong there";
    CallbackLost = 1_500, "provider: a callback is lost on its way";
    CallbackAnswerLost = 1_500, "provider: a callback arrives, and its answer is lost";
    PayoutLate = 6_000, "provider: a payout is carried out up to 40 minutes later";
    PayoutKeyForgotten = 4_000, "provider: the idempotency key of a payout is forgotten";
    PayoutReturned = 3_000, "provider: a payout comes back after it was processed";
    PayoutRevived = 7_000, "provider: a payout that failed is processed after all";
    BetLate = 10_000, "table: does a bet against the house seconds later";
    BlockNotYet = 3_000, "blocks: the source does not have it yet";
    BlockLate = 3_000, "blocks: the source answers up to 8 seconds later";
    BlockSilent = 500, "blocks: the source does not answer";
    BlockEarly = 1_500, "blocks: the source tells of one that is stamped too early";
    BlockOfAnotherChain = 1_500, "blocks: the source tells of one of another chain";
    PaymentDisputed = 8_000, "provider: whoever paid gets the money back from their bank";
    DisputeOpened = 8_000, "provider: whoever paid asks for the money back, and does not get it, or not yet";
    RefundKeyForgotten = 4_000, "provider: the idempotency key of a refund is forgotten";
}

/// The probability of each hazard in one run.
#[derive(Debug, Clone)]
pub(crate) struct Odd([Odds; Hazard::ALL.len()]);

impl Odd {
    /// A run without hazards.
    pub(crate) const NONE: Self = Self([0; Hazard::ALL.len()]);

    /// Draws the probabilities of a run: none, low or high for each hazard. One run in twenty has none, so that its
    /// failures come from the code alone. Hazards of the payment provider, of payouts and of games have their own dice,
    /// so that a seed without them gives the same run. Hazards of refunds and disputes only occur in runs that have
    /// these.
    pub(crate) fn draw(dice: &mut Dice, own: &mut OwnDice) -> Self {
        if dice.chance(500) {
            return Self::NONE;
        }
        let mut odds = Self::NONE;
        for hazard in Hazard::ALL {
            let dice = match hazard {
                hazard if *hazard >= Hazard::PaymentDisputed && own.has_returns => &mut own.returns,
                hazard if *hazard >= Hazard::PaymentDisputed => continue,
                hazard if *hazard >= Hazard::BetLate => &mut own.games,
                hazard if *hazard >= Hazard::PayoutLate => &mut own.payouts,
                hazard if *hazard >= Hazard::CallLost => &mut own.provider,
                _ => &mut *dice,
            };
            let share = dice.pick(&[0, 0, 5, 20, 100]).unwrap_or_default();
            odds.0[*hazard as usize] = hazard.weight() * share / 100;
        }
        odds
    }

    pub(crate) fn of(&self, hazard: Hazard) -> Odds {
        self.0[hazard as usize]
    }
}

/// The number of occurrences of each hazard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strikes([u64; Hazard::ALL.len()]);

impl Strikes {
    pub const NONE: Self = Self([0; Hazard::ALL.len()]);

    pub(crate) fn add(&mut self, hazard: Hazard) {
        self.0[hazard as usize] += 1;
    }

    pub fn of(&self, hazard: Hazard) -> u64 {
        self.0[hazard as usize]
    }

    /// Adds the counts of another run.
    pub fn merge(&mut self, other: &Self) {
        for (sum, more) in self.0.iter_mut().zip(other.0) {
            *sum += more;
        }
    }
}
