//! [`EntryPurpose`]: the purpose of a movement of money, which is the first part of its key.

use std::str::FromStr;
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// The purpose of a movement of money. The rest of the key (`{…}`) names the subject of the movement, so that a key has
/// one effect, ever (M3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[derive(Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "SCREAMING-KEBAB-CASE")]
pub enum EntryPurpose {
    /// `BET:{bet}`: a stake against other players.
    Bet,
    /// `REFUND:{bet}`: the part of a stake that found no opponent.
    Refund,
    /// `SETTLE:{match}:{user}`: the payout of a match.
    Settle,
    /// `COMMISSION:{match}:{user}`: the commission on the winnings of a match.
    Commission,
    /// `VOID:{match}:{user}`: a stake refunded from a voided match.
    Void,
    /// `GAME:{bet}`: a stake against the house. For this and the next two, the bonus part has the suffix `:BONUS`.
    Game,
    /// `WIN:{bet}`: the payout of a bet against the house.
    Win,
    /// `GAME-REFUND:{bet}`: a stake refunded from a period.
    GameRefund,
    /// `FUND:{order}`: a credit from the house.
    Fund,
    /// A bonus: `BONUS:REG:{user}`, `BONUS:DEP:{user}`, or `BONUS:REF:{referred}`, with `:{level}` added above level 1.
    Bonus,
    /// `DEPOSIT:{order}`: a player's deposit.
    Deposit,
    /// `DEPOSIT-REFUND:{order}`: a deposit that was sent back to its source.
    DepositRefund,
    /// `WITHDRAW:{order}`: a player's withdrawal.
    Withdraw,
    /// `WITHDRAW-REV:{order}`: a withdrawal that was not paid goes back to the wallet.
    WithdrawRev,
    /// `PAYOUT:{order}`: a provider has paid the withdrawal.
    Payout,
    /// `PAYOUT-REV:{order}`: a paid withdrawal came back to the provider.
    PayoutRev,
    /// `PAID-AFTER-RETURN:{order}`: a provider paid a withdrawal whose player had already got the money back.
    PaidAfterReturn,
    /// `PAID-TWICE:{order}:{payout}`: a provider paid a withdrawal once more.
    PaidTwice,
    /// `OWED-BACK:{order}:{payout}`: a second payment, which the player owed, came back to the provider.
    OwedBack,
    /// `CHARGEBACK:{dispute}`: the part of a disputed deposit that was taken from the wallet.
    Chargeback,
    /// `CHARGEBACK-OWED:{dispute}`: the part of a disputed deposit that the wallet did not hold.
    ChargebackOwed,
    /// `SUSPENSE:{payment}`: money without a known owner.
    Suspense,
    /// `SUSPENSE-OUT:{payment}`: money without a known owner was credited to a player or sent back.
    SuspenseOut,
    /// `WRITE-OFF:{user}:{number}`: a player's debt is written off.
    WriteOff,
    /// `ADJUST:{user}:{number}`: a correction by cashiers.
    Adjust,
    /// `FEE:{provider}:{day}`: the fees of a provider.
    Fee,
    /// `SETTLEMENT:{settlement}`: money that a provider transferred to our bank.
    Settlement,
    /// `FUNDING:{funding}`: money that our bank transferred to a provider for payouts.
    Funding,
    /// `JACKPOT:{operation}`: a jackpot win.
    Jackpot,
    /// `JACKPOT-START:{group}`: the first amount of a jackpot, from the house.
    JackpotStart,
    /// `JACKPOT-IN:{operation}:{group}`: the part of a contribution that goes to the pool.
    JackpotIn,
    /// `JACKPOT-RESERVE:{operation}:{group}`: the part of a contribution that goes to the reserve.
    JackpotReserve,
    /// `JACKPOT-REFILL:{operation}`: the part of the next pool's start that comes from the reserve.
    JackpotRefill,
    /// `JACKPOT-TOP-UP:{operation}`: the part of the next pool's start that the house adds.
    JackpotTopUp,
}

impl EntryPurpose {
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The first part of a key with this purpose, before the colon.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The purpose of a key and the text after it. Returns `None` if no rule makes such a key.
    pub fn split(key: &str) -> Option<(Self, &str)> {
        let (purpose, rest) = key.split_once(':')?;
        Some((Self::from_str(purpose).ok()?, rest))
    }
}
