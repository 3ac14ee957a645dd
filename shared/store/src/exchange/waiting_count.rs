//! Counts the unmatched bets of a player in a round before another bet is placed, if the maximum may be reached.
//!
//! Two bets of one player are never placed at the same moment, because each requires the wallet version with which the
//! count was made.

use crate::exchange::entities::waiting;
use crate::table::item::Key;
use crate::{Store, StoreError};
use evens_exchange::{BettingLimits, RoundId, Side};
use evens_idempotency::BetId;
use evens_ledger::{Entry, EntryPurpose, SystemAccount, Wallet};
use jiff::{SignedDuration, Timestamp};

/// Time that a due refund may take. The sweep runs every minute, and only every tenth minute if the queue of refunds is
/// long.
const LATE: SignedDuration = SignedDuration::from_mins(15);

/// A bet that may be unmatched: everything that the key of its unmatched bet follows from except the side.
struct Candidate {
    bet: BetId,
    placed_at: Timestamp,
}

impl Store {
    /// Number of a player's unmatched bets in a round. Returns zero without counting if the maximum cannot be reached.
    /// Unmatched stakes are locked, and each is at least the minimum stake, so nothing is read if less is locked. Each
    /// bet has also changed the wallet: if the wallet has changed less often, at most one entry is read.
    ///
    /// A bet whose refund has been due for longer than [`LATE`] is not counted.
    pub(crate) async fn count_waiting(
        &self,
        wallet: &Wallet,
        round: &RoundId,
        limits: BettingLimits,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let fit = wallet.locked.units() / limits.stake_min.units().max(1);
        if usize::try_from(fit).is_ok_and(|fit| fit < limits.waiting_max) {
            return Ok(0);
        }
        let due = now.saturating_sub(limits.refund_after);
        let since = due.and_then(|due| due.saturating_sub(LATE)).unwrap_or(Timestamp::MIN);
        if !self.has_moved_often(wallet, limits.waiting_max, since).await? {
            return Ok(0);
        }
        let placed = self.list_placed(wallet, round, since).await?;
        if placed.len() < limits.waiting_max {
            return Ok(placed.len());
        }
        let mut waiting = 0;
        for some in placed.chunks(Self::BATCH_MAX / Side::ALL.len()) {
            let keys = some.iter().flat_map(|candidate| places_of(round, candidate));
            let found = self.get_batch(&keys.collect::<Vec<_>>()).await?;
            waiting += found.iter().flatten().count();
        }
        Ok(waiting)
    }

    /// Returns `true` if a wallet has changed at least `times` times since a moment.
    async fn has_moved_often(
        &self,
        wallet: &Wallet,
        times: usize,
        since: Timestamp,
    ) -> Result<bool, StoreError> {
        let times = u64::try_from(times).unwrap_or(u64::MAX);
        // The oldest of that many entries. Entries are numbered from 1.
        let Some(number) = wallet.version.checked_sub(times).map(|before| before + 1) else {
            return Ok(false);
        };
        let is_before = |entry: &Entry| number < entry.number && entry.at < since;
        if wallet.newest.first().is_some_and(is_before) {
            return Ok(false);
        }
        let entries = self.list_entries_of(wallet, Some(number + 1), 1).await?;
        Ok(entries.first().is_some_and(|entry| entry.at >= since))
    }

    /// The player's bets in a round that are recent enough to be unmatched, found by the entries of their stakes.
    async fn list_placed(
        &self,
        wallet: &Wallet,
        round: &RoundId,
        since: Timestamp,
    ) -> Result<Vec<Candidate>, StoreError> {
        const ENTRIES: u16 = 100;
        let stakes = SystemAccount::Stakes(round.to_string());
        let (mut placed, mut before) = (Vec::new(), None);
        loop {
            let entries = self.list_entries_of(wallet, before, ENTRIES).await?;
            let young = entries.iter().take_while(|entry| entry.at >= since);
            placed.extend(young.filter(|entry| entry.account == stakes).filter_map(candidate));
            let Some(last) = entries.last().filter(|last| last.at >= since) else { return Ok(placed) };
            if entries.len() < usize::from(ENTRIES) {
                return Ok(placed);
            }
            before = Some(last.number);
        }
    }
}

/// The bet that an entry placed, if any.
fn candidate(entry: &Entry) -> Option<Candidate> {
    let bet = entry.key.of_purpose(EntryPurpose::Bet)?.parse().ok()?;
    Some(Candidate { bet, placed_at: entry.at })
}

/// The keys under which the bet may be unmatched, one for each side.
fn places_of(round: &RoundId, candidate: &Candidate) -> [Key; 2] {
    Side::ALL.map(|side| waiting::key(round, side, candidate.placed_at, candidate.bet))
}
