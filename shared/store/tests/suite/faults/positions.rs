//! The outcome for each failed condition of a transaction.

use super::script::{Fault, Script};
use super::write::Write;
use super::{Came, FAILED, cancelled_at, write_through};
use std::time::Duration;

/// The outcome for each failed condition. The engine answers with it once, and returns no item.
#[tokio::test]
async fn the_position_of_a_failed_condition_decides() {
    #[rustfmt::skip]
    let table: [(Write, &[&str]); 23] = [
        (Write::Place,         &["now", "now", "now", "now"]),
        (Write::Fund,          &["now", "now", "now"]),
        (Write::Join,          &["changed A", "changed B", "corrupt"]),
        (
            Write::JoinAndSettle,
            &["changed A", "changed B", "corrupt", "joined", "joined", "joined", "joined", "joined"],
        ),
        (Write::Settle,        &["corrupt", "now", "corrupt", "corrupt", "corrupt", "corrupt"]),
        (Write::Void,          &["now", "now", "now", "corrupt", "corrupt", "corrupt", "corrupt"]),
        (Write::Refund,        &["now", "now", "corrupt", "corrupt"]),
        (Write::OpenRound,     &["now", "corrupt"]),
        (Write::MoveRound,     &["corrupt"]),
        (Write::SignUp,        &["now", "collision", "collision", "collision"]),
        (Write::Bonus,         &["now", "now", "now"]),
        (Write::Referral,      &["now", "now", "corrupt"]),
        (Write::ReferralBonus, &["now", "now", "now"]),
        (Write::Block,         &["now", "corrupt"]),
        (Write::ReplacePassword, &["refused", "corrupt", "corrupt"]),
        (Write::Recover,       &["refused", "now", "now", "corrupt"]),
        (Write::AddPayee,      &["now", "now", "now"]),
        (Write::RemovePayee,   &["now", "now", "now"]),
        (Write::OpenDeposit,   &["now", "now", "corrupt"]),
        (Write::Credit,        &["now", "now", "now", "corrupt"]),
        (Write::Withdraw,      &["now", "now", "now", "corrupt", "corrupt"]),
        (Write::Payout,        &["now", "now", "corrupt"]),
        (Write::FirstBonus,    &["now", "now", "corrupt"]),
    ];
    assert!(Write::transactions().eq(table.iter().map(|(write, _)| *write)));
    for (write, outcomes) in table {
        assert_eq!(outcomes.len(), write.items());
        for (position, outcome) in outcomes.iter().enumerate() {
            let script = Script::of(write.operation(), &[cancelled_at(write, position, FAILED)]);
            let came = write_through(write, &script, Duration::from_secs(20)).await;
            let expected = match *outcome {
                "now" | "joined" => Came::of(outcome, 2, 1),
                _ => Came::of(outcome, 1, 0),
            };
            assert_eq!(came, expected, "{write:?}, position {position}");
        }
    }
}

/// While another transaction is being written, some of its items may be visible and others not yet. A condition that
/// fails above a conflict does not prove that anything is corrupt.
#[tokio::test]
async fn a_conflict_below_a_failed_condition_is_tried_again() {
    for write in [
        Write::Settle,
        Write::Void,
        Write::Refund,
        Write::SignUp,
        Write::Referral,
        Write::Block,
        Write::ReplacePassword,
        Write::AddPayee,
        Write::RemovePayee,
        Write::OpenDeposit,
        Write::Credit,
        Write::Withdraw,
        Write::Payout,
        Write::FirstBonus,
    ] {
        let mut reasons = vec!["None"; write.items()];
        reasons[0] = "TransactionConflict";
        *reasons.last_mut().unwrap() = FAILED;
        let script = Script::of(write.operation(), &[Fault::cancelled(&reasons)]);
        let came = write_through(write, &script, Duration::from_secs(20)).await;
        assert_eq!(came, Came::of("now", 2, 1), "{write:?}");
    }
}
