//! `evens bets refund`, `evens matches void` and `evens periods cancel`: the same actions as the operators' routes, for
//! an operator with access to the table.

use crate::cli::{
    BetsArgs, BetsCommand, CancelPeriodArgs, MatchesArgs, MatchesCommand, PeriodsArgs, PeriodsCommand,
    RefundArgs, VoidArgs,
};
use crate::commands::operator::{record, signed_reason};
use crate::commands::output;
use crate::home::{Home, OpenMode};
use evens_audit_log::Actor;
use evens_operate_bets::{RefundDone, VoidDone, refund_bet, void_match};
use evens_operate_games::cancel_period;
use evens_runtime::{Clock, Context, StartError};
use evens_store::{CancelPeriodOutcome, StoreError};
use std::process::ExitCode;

pub(crate) async fn run_bets(args: BetsArgs) -> Result<ExitCode, StartError> {
    let BetsCommand::Refund(args) = args.command;
    let home = Home::open(&args.home.data, OpenMode::Beside).await?;
    let done = refund(&home, &args).await;
    home.close().await;
    output::line(done?);
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn run_matches(args: MatchesArgs) -> Result<ExitCode, StartError> {
    let MatchesCommand::Void(args) = args.command;
    let home = Home::open(&args.home.data, OpenMode::Beside).await?;
    let done = void(&home, &args).await;
    home.close().await;
    output::line(done?);
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn run_periods(args: PeriodsArgs) -> Result<ExitCode, StartError> {
    let PeriodsCommand::Cancel(args) = args.command;
    let home = Home::open(&args.home.data, OpenMode::Beside).await?;
    let done = cancel(&home, &args).await;
    home.close().await;
    output::line(done?);
    Ok(ExitCode::SUCCESS)
}

async fn refund(home: &Home, args: &RefundArgs) -> Result<String, StartError> {
    let (id, context) = (args.id, context(home).await?);
    let (actor, reason, now) = (Actor::CommandLine, signed_reason(&args.reason), Clock::system().now());
    let done = refund_bet(&context.store, id, actor, &reason, now).await.map_err(unknown_result)?;
    let refund = match done {
        RefundDone::Refunded(refund) => refund,
        RefundDone::Unknown => {
            return Err(no_change(
                format!("the bet {id} does not exist"),
                "find the id with `GET /api/bets`",
            ));
        }
        RefundDone::NothingWaits => {
            let hint = "if its match is stuck, void the match";
            return Err(no_change(format!("the bet {id} has no unmatched part"), hint));
        }
        RefundDone::BalanceTooLarge => return Err(too_large()),
    };
    let (user, amount) = (refund.wallet.user, refund.entry.amount);
    record(&format!("refunded {amount} of bet {id} to user {user}"), &format!("bet.id={id} user.id={user}"));
    Ok(format!("Refunded {amount} of bet {id} to user {user}."))
}

async fn void(home: &Home, args: &VoidArgs) -> Result<String, StartError> {
    let (round, id, context) = (&args.round, args.id, context(home).await?);
    let (actor, reason, now) = (Actor::CommandLine, signed_reason(&args.reason), Clock::system().now());
    let done = void_match(&context.store, round, id, actor, &reason, now).await.map_err(unknown_result)?;
    let void = match done {
        VoidDone::Voided(void) => void,
        VoidDone::Unknown => {
            return Err(no_change(
                format!("the match {id} does not exist in round {round}"),
                "find the ids in the log line about the match",
            ));
        }
        VoidDone::Refused(refusal) => {
            return Err(no_change(format!("the match {id} cannot be voided: {refusal}"), "nothing changed"));
        }
        VoidDone::Payable => {
            let message = format!("the winner of match {id} can be paid");
            return Err(no_change(message, "resend its settle job with `evens dead-letters redrive`"));
        }
        VoidDone::BalanceTooLarge => return Err(too_large()),
    };
    let amount = void.bet_match.amount;
    record(&format!("voided match {id} of round {round}"), &format!("match.id={id} round.id={round}"));
    Ok(format!("Voided match {id}: both players got their {amount} back."))
}

async fn cancel(home: &Home, args: &CancelPeriodArgs) -> Result<String, StartError> {
    let (id, context) = (args.id, context(home).await?);
    let (actor, reason, now) = (Actor::CommandLine, signed_reason(&args.reason), Clock::system().now());
    let done = cancel_period(&context, id, actor, &reason, now).await.map_err(unknown_result)?;
    let period = match done {
        CancelPeriodOutcome::Cancelled(period) => period,
        CancelPeriodOutcome::CancelledBefore(_) => {
            return Ok(format!("The period {id} was already cancelled."));
        }
        CancelPeriodOutcome::Decided(period) => {
            let message = format!("the period {id} is {}", period.state.name().as_str());
            let hint = match period.result() {
                Some(_) => "a drawn result is final, and its winners are paid",
                None => "a block decides it; without a block it is cancelled automatically",
            };
            return Err(no_change(message, hint));
        }
        CancelPeriodOutcome::Unknown => {
            let hint = "write the room and 17 digits, such as wingo-30-20261123000000042";
            return Err(no_change(format!("the period {id} does not exist"), hint));
        }
    };
    let bets = period.totals().unwrap_or_default().bets;
    record(&format!("cancelled period {id} with {bets} bets"), &format!("period.id={id}"));
    Ok(format!("Cancelled period {id}: the stakes of {bets} bets are returned."))
}

async fn context(home: &Home) -> Result<Context, StartError> {
    home.context(home.settings.clone()).await
}

fn no_change(message: String, hint: &'static str) -> StartError {
    StartError::new(message, hint)
}

fn too_large() -> StartError {
    StartError::new(
        "a balance cannot hold the amount",
        "repeat the command after the player has spent some money",
    )
}

fn unknown_result(error: StoreError) -> StartError {
    let hint = "repeat the command; a repeat is harmless";
    StartError::new("it is unknown whether the change was made", hint).caused_by(error)
}
