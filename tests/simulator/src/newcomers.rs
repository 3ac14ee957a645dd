//! Users who sign up during a run and then deposit, which makes their referrers' waiting bonuses due.

use crate::device::{Device, Login};
use crate::dice::Dice;
use crate::keys::Keys;
use crate::payer::Payer;
use crate::process::Door;
use crate::world::{Who, World};
use evens_ledger::UserId;
use evens_runtime::tokens::Role;
use std::sync::Arc;
use tokio::task::JoinSet;

/// The first device number of newcomers. The initial players have the lower ones.
const FIRST_DEVICE: usize = 100;

pub(crate) struct Newcomers {
    pub(crate) world: World,
    pub(crate) keys: Arc<Keys>,
    pub(crate) doors: Vec<Door>,
    pub(crate) dice: Dice,
    /// The number of times that new sign-ups are looked for.
    pub(crate) looks: u64,
    pub(crate) pause_max_ms: u64,
}

impl Newcomers {
    pub(crate) async fn bring(mut self) {
        let (mut known, mut bringing) = (0, JoinSet::new());
        for _ in 0..self.looks {
            let pause = self.dice.milliseconds(0..=self.pause_max_ms);
            self.world.sleep(pause).await;
            let new: Vec<u64> = self.world.lock().answers.signed_up[known..].to_vec();
            for user in new {
                known += 1;
                // Some never deposit.
                if self.dice.chance(8_000)
                    && let Some(payer) = self.payer(user, FIRST_DEVICE + known)
                {
                    bringing.spawn(payer.bring());
                }
            }
        }
        while bringing.join_next().await.is_some() {}
    }

    fn payer(&mut self, user: u64, number: usize) -> Option<Payer> {
        let login = Login { keys: Arc::clone(&self.keys), user: UserId::new(user).ok()?, role: Role::Player };
        let token = login.token(&self.world)?;
        let (world, who, doors) = (self.world.clone(), Who::Payer(number), self.doors.clone());
        let device = Device { world, who, token, login: Some(login), doors };
        let (deposits, dice, pause_max_ms) = (self.dice.number(1..=2), self.dice.fork(), self.pause_max_ms);
        Some(Payer { user, device, dice, deposits, pause_max_ms })
    }
}
