//! `evens user`: shows accounts and makes the changes that only an operator may make.

mod change;
mod list;
mod opponents;
mod show;

use crate::cli::{UserArgs, UserCommand};
use crate::commands::find_user::find;
use crate::commands::output;
use crate::commands::verify::open_store;
use crate::home::{Home, OpenMode};
use evens_players::{Account, Country};
use evens_runtime::StartError;
use evens_store::Store;
use std::path::PathBuf;
use std::process::ExitCode;

pub(crate) async fn run(args: UserArgs) -> Result<ExitCode, StartError> {
    let home = Home::open(folder(&args.command), OpenMode::Beside).await?;
    let done = match open_store(&home).await {
        Ok(store) => carry_out(&home, &store, &args.command).await,
        Err(error) => Err(error),
    };
    home.close().await;
    output::data(done?);
    Ok(ExitCode::SUCCESS)
}

fn folder(command: &UserCommand) -> &PathBuf {
    match command {
        UserCommand::List(args) => &args.shared.home.data,
        UserCommand::Show(args) | UserCommand::Opponents(args) => &args.who.home.data,
        UserCommand::Block(args) | UserCommand::Unblock(args) => &args.home.data,
        UserCommand::Role(args) => &args.home.data,
    }
}

/// Returns the text for stdout.
async fn carry_out(home: &Home, store: &Store, command: &UserCommand) -> Result<String, StartError> {
    let country: Country = home.settings.players.phone_country;
    let account = async |text: &str| -> Result<Account, StartError> { find(store, country, text).await };
    match command {
        UserCommand::List(args) => list::list(store, args).await,
        UserCommand::Show(args) => {
            show::show(store, &home.settings, account(&args.who.user).await?, args.json).await
        }
        UserCommand::Opponents(args) => {
            opponents::list(store, account(&args.who.user).await?.user, args.json).await
        }
        UserCommand::Block(args) => {
            let context = home.context(home.settings.clone()).await?;
            change::block(&context, &account(&args.user).await?).await
        }
        UserCommand::Unblock(args) => change::unblock(store, &account(&args.user).await?).await,
        UserCommand::Role(args) => {
            change::set_role(store, &account(&args.user).await?, args.role.role()).await
        }
    }
}
