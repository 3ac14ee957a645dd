//! The list of queues, and of the jobs that go through each. Both are open: a new one is a row here.

use super::rows::{queued_job, queues};
use super::{JobData, QueuedJob, written};
use crate::exchange::jobs::{FinishRoundJob, MatchJob, RefundJob, SettleJob};
use crate::games::jobs::SettlePeriodJob;
use crate::jackpots::jobs::{ContributeJob, JackpotWinJob};
use crate::jobs::queue::{Backoff, QueueRules};
use crate::notifications::jobs::NotifyJob;
use crate::payments::jobs::{CallbackJob, CheckPaymentJob, GiveFirstBonusJob, PayoutJob};
use crate::players::jobs::{ApplyBonusJob, ApplyReferralBonusJob, CheckAttendanceJob, RecordReferralJob};
use serde::{Serialize, Serializer};
use std::time::Duration;

/// What most queues have.
const COMMON: QueueRules = QueueRules {
    attempts_max: 5,
    backoff: Backoff::Exponential(Duration::from_secs(2)),
    concurrency: 3,
    batch_size: 10,
    function_timeout: Duration::from_secs(10),
    visibility_timeout: Duration::from_mins(1),
    dead_letter_retention: Duration::from_hours(14 * 24),
};

queues! {
    /// Bets that look for opponents.
    Match = "match" {
        rules: QueueRules { concurrency: 5, ..COMMON },
        jobs: [Match(MatchJob)],
    }
    /// Matches to be drawn and paid.
    Settle = "settle" {
        rules: QueueRules {
            attempts_max: 3,
            backoff: Backoff::Exponential(Duration::from_secs(5)),
            ..COMMON
        },
        jobs: [Settle(SettleJob)],
    }
    /// Stakes to be given back.
    Refund = "refund" {
        rules: COMMON,
        jobs: [Refund(RefundJob)],
    }
    /// Rounds to be brought to their end.
    Rounds = "rounds" {
        rules: QueueRules { concurrency: 2, ..COMMON },
        jobs: [FinishRound(FinishRoundJob)],
    }
    /// Lanes of periods of games to be paid.
    Periods = "periods" {
        rules: QueueRules { concurrency: 10, ..COMMON },
        jobs: [SettlePeriod(SettlePeriodJob)],
    }
    /// Wins of jackpots to be paid, and contributions that could not be made in time.
    Jackpots = "jackpots" {
        rules: QueueRules { concurrency: 10, ..COMMON },
        jobs: JackpotsJob [
            JackpotWin(JackpotWinJob),
            Contribute(ContributeJob),
        ],
    }
    /// What is owed to players who have signed up, step by step: bonus, then referral.
    Registration = "registration" {
        rules: QueueRules { attempts_max: 3, concurrency: 8, ..COMMON },
        jobs: RegistrationJob [
            ApplyBonus(ApplyBonusJob),
            RecordReferral(RecordReferralJob),
            ApplyReferralBonus(ApplyReferralBonusJob),
        ],
    }
    /// Days on which players logged in.
    Attendance = "attendance" {
        rules: QueueRules {
            attempts_max: 2,
            backoff: Backoff::Fixed(Duration::from_secs(5)),
            concurrency: 15,
            ..COMMON
        },
        jobs: [CheckAttendance(CheckAttendanceJob)],
    }
    /// What follows deposits that were credited.
    Deposits = "deposits" {
        rules: QueueRules { concurrency: 12, ..COMMON },
        jobs: [GiveFirstBonus(GiveFirstBonusJob)],
    }
    /// What payment providers told of orders, and what they are asked about them.
    Payments = "payments" {
        rules: QueueRules { concurrency: 15, ..COMMON },
        jobs: PaymentsJob [
            Callback(CallbackJob),
            CheckPayment(CheckPaymentJob),
        ],
    }
    /// Withdrawals to be sent.
    Withdrawals = "withdrawals" {
        rules: QueueRules { concurrency: 10, ..COMMON },
        jobs: [Payout(PayoutJob)],
    }
    /// What players are told.
    Notifications = "notifications" {
        rules: COMMON,
        jobs: [Notify(NotifyJob)],
    }
}
