//! Bets on house games, as players place them.

use crate::ask::Ask;
use crate::target::Answer;
use crate::{Connection, Player, ReadError, Target};
use evens_games::{PeriodId, PeriodStateName, Room};
use hyper::StatusCode;
use serde::{Deserialize, Deserializer};

/// A bet on a period of a game, in the terms of its table of selections.
#[derive(Debug, Clone, Copy)]
pub struct GameOrder<'a> {
    pub period: PeriodId,
    pub bet_type: &'a str,
    pub bet_value: &'a str,
    /// The stake in whole units.
    pub amount: u32,
}

impl Target {
    /// Places a bet on a house game once. Returns the status of the answer.
    ///
    /// # Errors
    /// [`ReadError::NoAnswer`].
    pub async fn place_game_bet(
        &self,
        connection: &mut Connection,
        player: &Player,
        order: GameOrder<'_>,
        key: &str,
    ) -> Result<StatusCode, ReadError> {
        let GameOrder { period, bet_type, bet_value, amount } = order;
        let (room, id) = (path_of_room(period.room), period.digits());
        let body = format!(
            r#"{{"periodId":"{id}","betType":"{bet_type}","betValue":"{bet_value}","betAmount":{amount}}}"#
        );
        let path = format!("{room}/bet");
        let (status, _) = self.ask(connection, player, &Ask::post(&path, body).with_key(key)).await?;
        Ok(status)
    }

    /// Reads a room: its current period and its latest results.
    ///
    /// # Errors
    /// In the order of [`ReadError`].
    pub async fn read_room(
        &self,
        connection: &mut Connection,
        player: &Player,
        room: Room,
    ) -> Result<(), ReadError> {
        let path = path_of_room(room);
        self.read(connection, player, &path).await?;
        self.read(connection, player, &format!("{path}/statistics")).await?;
        Ok(())
    }

    /// Reads the state of a period.
    ///
    /// # Errors
    /// In the order of [`ReadError`].
    pub async fn read_period(
        &self,
        connection: &mut Connection,
        player: &Player,
        period: PeriodId,
    ) -> Result<PeriodStateName, ReadError> {
        let path = format!("{}/period/{}", path_of_room(period.room), period.digits());
        let body = self.read(connection, player, &path).await?;
        Ok(serde_json::from_slice::<Answer<PeriodBody>>(&body)?.data.state)
    }
}

fn path_of_room(room: Room) -> String {
    format!("/api/games/{}/{}", room.game().id(), room.duration_s())
}

#[derive(Deserialize)]
struct PeriodBody {
    #[serde(deserialize_with = "state")]
    state: PeriodStateName,
}

fn state<'de, D: Deserializer<'de>>(from: D) -> Result<PeriodStateName, D::Error> {
    let text = String::deserialize(from)?;
    text.parse().map_err(serde::de::Error::custom)
}
