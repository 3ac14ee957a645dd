//! The list of queues and their jobs. To add a queue or a job, add a row here.

use super::rows::{queued_job, queues};
use super::{JobData, QueuedJob, serialize_job};
use crate::exchange::jobs::{FinishRoundJob, MatchJob, RefundJob, RefundPlayerJob, SettleJob};
use crate::games::jobs::SettlePeriodJob;
use crate::jackpots::jobs::{ContributeJob, JackpotWinJob};
use crate::jobs::queue::{Backoff, QueueRules};
use crate::notifications::jobs::{NotifyJob, SendRecoveryCodeJob};
use crate::payments::jobs::{CallbackJob, CheckPaymentJob, GiveFirstBonusJob, PayoutJob};
use crate::players::jobs::{ApplyBonusJob, ApplyReferralBonusJob, CheckAttendanceJob, RecordReferralJob};
use serde::{Serialize, Serializer};
use std::time::Duration;

/// The rules of most queues.
const COMMON: QueueRules = QueueRules {
    attempts_max: 5,
    backoff: Backoff::Exponential(Duration::from_secs(2)),
    wait_max: None,
    concurrency: 3,
    batch_size: 10,
    function_timeout: Duration::from_secs(10),
    visibility_timeout: Duration::from_mins(1),
    dead_letter_retention: Duration::from_hours(14 * 24),
};

/// A day: an event of a bonus is of little use later, and a provider that is away for longer needs people anyway. A
/// queue keeps messages for four days.
const WAIT_MAX: Option<Duration> = Some(Duration::from_hours(24));

queues! {
    /// Unmatched bets that look for opponents.
    Match = "match" {
        rules: QueueRules { concurrency: 5, ..COMMON },
        jobs: [Match(MatchJob)],
    }
    /// Matches to draw and pay.
    Settle = "settle" {
        rules: QueueRules {
            attempts_max: 3,
            backoff: Backoff::Exponential(Duration::from_secs(5)),
            ..COMMON
        },
        jobs: [Settle(SettleJob)],
    }
    /// Stakes to refund.
    Refund = "refund" {
        rules: COMMON,
        jobs: RefundsJob [
            Refund(RefundJob),
            RefundPlayer(RefundPlayerJob),
        ],
    }
    /// Rounds to complete.
    Rounds = "rounds" {
        rules: QueueRules { concurrency: 2, ..COMMON },
        jobs: [FinishRound(FinishRoundJob)],
    }
    /// Lanes of game periods to pay.
    Periods = "periods" {
        rules: QueueRules { concurrency: 10, ..COMMON },
        jobs: [SettlePeriod(SettlePeriodJob)],
    }
    /// Jackpot wins to pay, and contributions that could not be made in time.
    Jackpots = "jackpots" {
        rules: QueueRules { concurrency: 10, ..COMMON },
        jobs: JackpotsJob [
            JackpotWin(JackpotWinJob),
            Contribute(ContributeJob),
        ],
    }
    /// The steps of a sign-up: bonus, then referral.
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
    /// Follow-ups of credited deposits.
    Deposits = "deposits" {
        rules: QueueRules { concurrency: 12, ..COMMON },
        jobs: [GiveFirstBonus(GiveFirstBonusJob)],
    }
    /// Callbacks of payment providers, and queries to them about orders.
    Payments = "payments" {
        rules: QueueRules { concurrency: 15, wait_max: WAIT_MAX, ..COMMON },
        jobs: PaymentsJob [
            Callback(CallbackJob),
            CheckPayment(CheckPaymentJob),
        ],
    }
    /// Withdrawals to send.
    Withdrawals = "withdrawals" {
        rules: QueueRules { concurrency: 10, ..COMMON },
        jobs: [Payout(PayoutJob)],
    }
    /// Notifications to players.
    Notifications = "notifications" {
        rules: QueueRules { wait_max: WAIT_MAX, ..COMMON },
        jobs: NotificationsJob [
            Notify(NotifyJob),
            SendRecoveryCode(SendRecoveryCodeJob),
        ],
    }
}
