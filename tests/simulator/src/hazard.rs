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
    BadGateway = 300, "table: 502 of a proxy, nothing done";
    BadGatewayAfter = 300, "table: 502 after it was done";
    Reset = 400, "table: connection lost, nothing done";
    ResetAfter = 400, "table: connection lost after it was done";
    TimeOut = 200, "table: request lost, no answer";
    TimeOutAfter = 300, "table: done, no answer";
    Slow = 300, "table: done seconds later";
    Conflict = 4_000, "transaction: conflict at a position";
    ThrottledInside = 300, "transaction: throttled at a position";
    CapacityInside = 300, "transaction: no capacity at a position";
    RejectedInside = 300, "transaction: permanently refused at a position";
    InProgress = 200, "transaction: in progress";
    Torn = 3_000, "transaction: becomes visible item by item";
    TokenForgotten = 2_000, "transaction: its token is unknown";
    Stale = 2_000, "read: an older version";
    ShortPage = 1_500, "read: a short page";
    TornBatch = 2_000, "read: items of a batch from different times";
    Unprocessed = 500, "read: unprocessed keys of a batch";
    QueueThrottled = 400, "queue: throttled, nothing done";
    SendTrouble = 500, "queue: 500, nothing sent";
    SendTroubleAfter = 500, "queue: 500 after it was sent";
    SendTimeOutAfter = 300, "queue: sent, no answer";
    EntryRefused = 500, "queue: a batch entry is refused";
    MessageLost = 4_000, "queue: a message is lost";
    SettlementLost = 7_000, "queue: the settle message of a match is lost";
    MessageDelayed = 1_500, "queue: a message is delayed behind later ones";
    MessageDoubled = 1_500, "queue: a message is delivered twice";
    MessageRepeated = 500, "queue: a message is repeated after its deduplication id expired";
    ReceiveTrouble = 300, "queue: 500 to a receive";
    ReceiveLost = 500, "queue: received, answer lost";
    VisibilityShort = 1_500, "queue: visible again during processing";
    DeleteLost = 800, "queue: not deleted, but reported as deleted";
    DeleteLate = 800, "queue: deleted late";
    DeleteTrouble = 500, "queue: 500 to a delete";
    HideTrouble = 800, "queue: 500 to a change of visibility";
    CrashBeforeCall = 150, "process: killed before a call is sent";
    CrashAfterCall = 150, "process: killed after a call is done, before its answer";
    Stall = 100, "process: stalls before a call is sent";
    CrashAtTimer = 5_000, "process: killed at any time";
    SweepSkipped = 2_000, "schedule: a sweep is skipped";
    Skew = 5_000, "clock: a process is up to 2 s early or late";
    CallLost = 1_000, "provider: a call is lost, nothing done";
    CallLate = 1_000, "provider: done up to 90 seconds later";
    CallAnswerLost = 1_500, "provider: done, no answer";
    ProviderTrouble = 3_000, "provider: a call fails";
    KeyForgotten = 2_000, "provider: a payment's idempotency key is forgotten";
    OtherMoney = 2_000, "provider: another amount is paid than agreed";
    LateMoney = 5_000, "provider: paid after a failure";
    CallbackTrouble = 4_000, "provider: a callback fails";
    CallbackLost = 1_500, "provider: a callback is lost";
    CallbackAnswerLost = 1_500, "provider: a callback arrives, but its answer is lost";
    PayoutLate = 6_000, "provider: a payout is made up to 40 minutes later";
    PayoutKeyForgotten = 4_000, "provider: a payout's idempotency key is forgotten";
    PayoutReturned = 3_000, "provider: a processed payout is returned";
    PayoutRevived = 7_000, "provider: a failed payout is processed after all";
    BetLate = 10_000, "table: a bet against the house is done seconds later";
    BlockNotYet = 3_000, "blocks: the source does not have the block yet";
    BlockLate = 3_000, "blocks: the source answers up to 8 seconds later";
    BlockSilent = 500, "blocks: the source does not answer";
    BlockEarly = 1_500, "blocks: the source returns a block with too early a timestamp";
    BlockOfAnotherChain = 1_500, "blocks: the source returns a block of another chain";
    PaymentDisputed = 8_000, "provider: the payer wins a chargeback";
    DisputeOpened = 8_000, "provider: the payer opens a dispute that is lost or pending";
    RefundKeyForgotten = 4_000, "provider: a refund's idempotency key is forgotten";
    HintLost = 4_000, "live: a hint to a hub is lost";
    HintLate = 3_000, "live: a hint is overtaken by later ones";
    HintDoubled = 3_000, "live: a hint comes again";
    ConnectionLost = 1_000, "live: a page loses its connection and a frame";
    PageSlow = 2_000, "live: a page reads slowly";
}

/// The probability of each hazard in one run.
#[derive(Debug, Clone)]
pub(crate) struct Odd([Odds; Hazard::ALL.len()]);

impl Odd {
    /// A run without hazards.
    pub(crate) const NONE: Self = Self([0; Hazard::ALL.len()]);

    /// Draws the probabilities of a run: none, low or high for each hazard. One run in twenty has none, so that its
    /// failures come from the code alone. Hazards of the payment provider, of payouts and of games have their own dice,
    /// so that a seed without them gives the same run. Hazards of refunds and disputes, and of the live channel, only
    /// occur in runs that have these.
    pub(crate) fn draw(dice: &mut Dice, own: &mut OwnDice) -> Self {
        if dice.chance(500) {
            return Self::NONE;
        }
        let mut odds = Self::NONE;
        for hazard in Hazard::ALL {
            let dice = match hazard {
                hazard if *hazard >= Hazard::HintLost && own.has_pages => &mut own.pages,
                hazard if *hazard >= Hazard::HintLost => continue,
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

    /// A run in which only this hazard strikes, and always.
    #[cfg(test)]
    pub(crate) fn always(hazard: Hazard) -> Self {
        let mut odds = Self::NONE;
        odds.0[hazard as usize] = 10_000;
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
