//! [`GameBetRecord`]: the data of a bet that settlement and exposure need, in 42 bytes.

use crate::{GameBet, GameStake, GameStakeError, PeriodId, Selection};
use evens_idempotency::BetId;
use evens_ledger::{Amount, UserId};

/// A bet as it is stored in a shard of its period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GameBetRecord {
    pub bet: BetId,
    pub user: UserId,
    pub selection: Selection,
    pub stake: GameStake,
    /// The part of the stake that the bonus paid. The rest was cash.
    pub bonus: Amount,
}

/// The reason why bytes are not a record, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GameBetRecordError {
    #[error("must have {} bytes", GameBetRecord::LENGTH)]
    Length,
    #[error("has no player")]
    User,
    /// The game has no line with this code.
    #[error("has no selection of the period's game")]
    Selection,
    #[error("has a stake that {0}")]
    Stake(GameStakeError),
    #[error("has a bonus above the stake")]
    Bonus,
}

impl GameBetRecord {
    /// In bytes.
    pub const LENGTH: usize = 42;

    pub fn of(bet: &GameBet) -> Self {
        let GameBet { id, user, selection, stake, parts, .. } = bet;
        Self { bet: *id, user: *user, selection: *selection, stake: *stake, bonus: parts.bonus }
    }

    pub fn cash(&self) -> Amount {
        self.stake.amount().saturating_sub(self.bonus)
    }

    /// The bytes: bet id (16), user (8), selection (2), stake and bonus in units of the last decimal (8 each). Numbers
    /// have the most significant byte first.
    pub fn encode(&self) -> [u8; Self::LENGTH] {
        let units = |amount: Amount| u64::try_from(amount.units()).unwrap_or(u64::MAX);
        let mut bytes = [0; Self::LENGTH];
        bytes[..16].copy_from_slice(self.bet.bytes());
        bytes[16..24].copy_from_slice(&self.user.number().to_be_bytes());
        bytes[24..26].copy_from_slice(&self.selection.code().to_be_bytes());
        bytes[26..34].copy_from_slice(&units(self.stake.amount()).to_be_bytes());
        bytes[34..].copy_from_slice(&units(self.bonus).to_be_bytes());
        bytes
    }

    /// Reads a record of a bet in this period.
    pub fn decode(period: PeriodId, bytes: &[u8]) -> Result<Self, GameBetRecordError> {
        let bytes: &[u8; Self::LENGTH] = bytes.try_into().map_err(|_| GameBetRecordError::Length)?;
        let mut bet = [0; 16];
        bet.copy_from_slice(&bytes[..16]);
        let number = |from: usize, to: usize| {
            bytes[from..to].iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte))
        };
        let units = |from: usize| Amount::from_units(i128::from(number(from, from + 8))).unwrap_or_default();
        let user = UserId::new(number(16, 24)).map_err(|_| GameBetRecordError::User)?;
        let code = u16::from_be_bytes([bytes[24], bytes[25]]);
        let selection = Selection::of_code(period.room.game(), code).ok_or(GameBetRecordError::Selection)?;
        let stake = GameStake::parse(units(26)).map_err(GameBetRecordError::Stake)?;
        let bonus = units(34);
        if bonus > stake.amount() {
            return Err(GameBetRecordError::Bonus);
        }
        Ok(Self { bet: BetId::from_bytes(bet), user, selection, stake, bonus })
    }
}
