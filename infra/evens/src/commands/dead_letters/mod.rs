//! `evens dead-letters`: lists and shows jobs that were given up, sends them again, or deletes their letters.

mod act;
mod print;

use crate::cli::{DeadLettersArgs, DeadLettersCommand};
use crate::commands::output;
use crate::home::{Home, OpenMode};
use evens_contracts::{DeadLetterAction, DeadLetterAnswer, DeadLetterId, DeadLetterListAnswer};
use evens_dead_letters::{find, list};
use evens_queues::QueueError;
use evens_runtime::{Context, StartError};
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;

pub(crate) async fn run(args: DeadLettersArgs) -> Result<ExitCode, StartError> {
    if let DeadLettersCommand::Redrive(args) | DeadLettersCommand::Delete(args) = &args.command {
        act::check(args)?;
    }
    let home = Home::open(folder(&args.command), OpenMode::Beside).await?;
    let done = match home.context(home.settings.clone()).await {
        Ok(context) => carry_out(&context, &args.command).await,
        Err(error) => Err(error),
    };
    home.close().await;
    let (text, exit) = done?;
    output::data(text);
    Ok(exit)
}

fn folder(command: &DeadLettersCommand) -> &PathBuf {
    match command {
        DeadLettersCommand::List(args) => &args.shared.home.data,
        DeadLettersCommand::Show(args) => &args.shared.home.data,
        DeadLettersCommand::Redrive(args) | DeadLettersCommand::Delete(args) => &args.shared.home.data,
    }
}

/// Returns the text for stdout and the exit code.
async fn carry_out(
    context: &Context,
    command: &DeadLettersCommand,
) -> Result<(String, ExitCode), StartError> {
    let success = |text: String| Ok((text, ExitCode::SUCCESS));
    match command {
        DeadLettersCommand::List(args) => {
            let look = list(context, &args.filter.filter(), args.limit).await.map_err(cannot_look)?;
            print::warn_of_unseen(look.unseen);
            if args.shared.json {
                return success(format!("{}\n", json!(DeadLetterListAnswer::from(&look))));
            }
            success(print::list(&look))
        }
        DeadLettersCommand::Show(args) => {
            let found = find(context, &args.id).await.map_err(cannot_look)?;
            let found = found.ok_or_else(|| not_there(&args.id))?;
            if args.shared.json {
                return success(format!("{}\n", json!(DeadLetterAnswer { data: (&found).into() })));
            }
            success(print::one(&found))
        }
        DeadLettersCommand::Redrive(args) => act::run(context, args, DeadLetterAction::Redrive).await,
        DeadLettersCommand::Delete(args) => act::run(context, args, DeadLetterAction::Delete).await,
    }
}

/// The error for queues that do not answer.
pub(crate) fn cannot_look(error: QueueError) -> StartError {
    StartError::new("cannot read the queues", "check their health with GET /health").caused_by(error)
}

fn not_there(id: &DeadLetterId) -> StartError {
    let message = format!("the dead letter {id} does not exist or is not visible now");
    StartError::new(
        message,
        "run `evens dead-letters list`; if another operator is reading it, try again in a minute",
    )
}
