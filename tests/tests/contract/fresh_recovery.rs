//! A recovery for a request that finishes it.

use crate::world::World;
use evens_players::{PhoneNumber, RecoveryId};
use jiff::Timestamp;
use rand::RngCore;

impl World {
    /// The code of each recovery.
    pub(crate) const RECOVERY_CODE: &'static str = "01234567";

    /// Begins a recovery of an account of its own, and returns its id.
    pub(crate) async fn fresh_recovery(&self) -> String {
        let mut random = [0; 16];
        rand::rng().fill_bytes(&mut random);
        let (id, code) = (RecoveryId::from_random(random), Self::RECOVERY_CODE.parse().expect("a code"));
        let phone: PhoneNumber = Self::RECOVERED_PHONE.parse().expect("a number");
        let begun = self.scenario.codes().begun(&id, &phone, &code, Timestamp::now());
        self.scenario.context().store.keep_recovery(&begun).await.unwrap();
        id.reveal()
    }
}
