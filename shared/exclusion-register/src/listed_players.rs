//! [`ListedPlayers`]: a register for development.

use crate::{ExclusionRegister, NoAnswer};
use evens_ledger::UserId;
use futures::future::{self, BoxFuture, FutureExt};
use std::collections::BTreeSet;

/// The players listed in a setting. It always answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPlayers(BTreeSet<UserId>);

impl ListedPlayers {
    pub fn new(players: impl IntoIterator<Item = UserId>) -> Self {
        Self(players.into_iter().collect())
    }
}

impl ExclusionRegister for ListedPlayers {
    fn has(&self, user: UserId) -> BoxFuture<'_, Result<bool, NoAnswer>> {
        future::ready(Ok(self.0.contains(&user))).boxed()
    }
}
