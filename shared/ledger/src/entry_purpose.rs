//! [`EntryPurpose`]: what a movement of money is for, as its key begins.

use std::str::FromStr;
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// What a movement is for: what its key begins with. A key of each purpose names, behind it, what the movement is about
/// (`{…}`), so that it has one effect for ever (M3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[derive(Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "SCREAMING-KEBAB-CASE")]
pub enum EntryPurpose {
    /// `BET:{bet}`: a stake against other players.
    Bet,
    /// `REFUND:{bet}`: what of it found no opponent.
    Refund,
    /// `SETTLE:{match}:{user}`: the payout of a match.
    Settle,
    /// `VOID:{match}:{user}`: a stake that comes back from a match.
    Void,
    /// `GAME:{bet}`: a stake against the house, with `:BONUS` behind it for what a bonus paid; so for the next two.
    Game,
    /// `WIN:{bet}`: its payout.
    Win,
    /// `GAME-REFUND:{bet}`: a stake that comes back from a period.
    GameRefund,
    /// `FUND:{order}`: an order by which the house credited a wallet.
    Fund,
    /// `BONUS:REG:{user}`, `BONUS:REF:{referred}` with `:{level}` above 1, `BONUS:DEP:{user}`: a bonus.
    Bonus,
    /// `DEPOSIT:{order}`: what a player brought.
    Deposit,
    /// `DEPOSIT-REFUND:{order}`: a deposit that went back to where it came from.
    DepositRefund,
    /// `WITHDRAW:{order}`: what a player takes home.
    Withdraw,
    /// `WITHDRAW-REV:{order}`: a withdrawal that was not paid.
    WithdrawRev,
    /// `PAYOUT:{order}`: a provider has paid it.
    Payout,
    /// `PAYOUT-REV:{order}`: what it had paid came back.
    PayoutRev,
    /// `PAID-AFTER-RETURN:{order}`: it was paid although its player had it back.
    PaidAfterReturn,
    /// `PAID-TWICE:{order}:{payout}`: it was paid once more.
    PaidTwice,
    /// `OWED-BACK:{order}:{payout}`: what was paid once more was owed back.
    OwedBack,
    /// `CHARGEBACK:{dispute}`: what was taken back of a deposit that was disputed.
    Chargeback,
    /// `CHARGEBACK-OWED:{dispute}`: what of it its player did not have.
    ChargebackOwed,
    /// `SUSPENSE:{payment}`: money of which nobody knows whose it is.
    Suspense,
    /// `SUSPENSE-OUT:{payment}`: it was given to whom it belongs, or back.
    SuspenseOut,
    /// `WRITE-OFF:{user}:{number}`: what a player owes is given up.
    WriteOff,
    /// `ADJUST:{user}:{number}`: what cashiers put right by hand.
    Adjust,
    /// `FEE:{provider}:{day}`: what a provider keeps.
    Fee,
    /// `SETTLEMENT:{settlement}`: what a provider handed over.
    Settlement,
    /// `FUNDING:{funding}`: what a provider was given to pay with.
    Funding,
    /// `JACKPOT:{operation}`: what was won of a jackpot.
    Jackpot,
    /// `JACKPOT-START:{group}`: what the house begins one with.
    JackpotStart,
    /// `JACKPOT-IN:{operation}:{group}`: what a contribution gives to a pool.
    JackpotIn,
    /// `JACKPOT-RESERVE:{operation}:{group}`: what it gives to a reserve.
    JackpotReserve,
    /// `JACKPOT-REFILL:{operation}`: what the reserve begins the next one with.
    JackpotRefill,
    /// `JACKPOT-TOP-UP:{operation}`: what the house adds to that.
    JackpotTopUp,
}

impl EntryPurpose {
    /// Every one.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// What keys of it begin with, before the colon.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// What a key is for, and what stands behind that; none where no rule makes such a key.
    pub fn split(key: &str) -> Option<(Self, &str)> {
        let (purpose, rest) = key.split_once(':')?;
        Some((Self::from_str(purpose).ok()?, rest))
    }
}
