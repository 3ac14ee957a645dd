//! The unmatched bets of a player, found through the ledger entries of their stakes: counts those in a round before
//! another bet is placed, if the maximum may be reached, and lists all of them.
//!
//! Two bets of one player are never placed at the same moment, because each requires the wallet version with which the
//! count was made.
//!
//! The reads are bounded: entries that this process already read are not read again, and the newest bets are looked up
//! first, until fewer than the maximum can be unmatched.

use crate::exchange::entities::waiting;
use crate::exchange::unmatched_bets::{Candidate, Candidates};
use crate::{Store, StoreError};
use evens_exchange::{BettingLimits, RoundId, Side};
use evens_idempotency::BetId;
use evens_ledger::{Entry, EntryPurpose, SystemAccount, UserId, Wallet};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// Time that a due refund may take. The sweep runs every minute, and only every tenth minute if the queue of refunds is
/// long.
const LATE: SignedDuration = SignedDuration::from_mins(15);

/// Number of bets that are looked up first. Each further call looks up twice as many.
const LOOKED_UP_FIRST: usize = 5;

/// Number of bets that one call looks up, on both sides.
const LOOKED_UP_MAX: usize = Store::BATCH_MAX / Side::ALL.len();

impl Store {
    /// Number of a player's unmatched bets in a round. Counting stops below the maximum: then the number may include
    /// bets that were matched since. Returns zero without counting if the maximum cannot be reached. Unmatched stakes
    /// are locked, and each is at least the minimum stake, so nothing is read if less is locked. Each bet has also
    /// changed the wallet: if the wallet has changed less often, at most one entry is read.
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
        let since = oldest_unmatched(limits.refund_after, now);
        let known = self.unmatched.of(wallet.user, wallet.version);
        if known.is_none() && !self.has_moved_often(wallet, limits.waiting_max, since).await? {
            return Ok(0);
        }
        let mut candidates = self.list_placed(wallet, known.unwrap_or_default(), since).await?;
        let bets = candidates.by_round.remove(round).unwrap_or_default();
        let bets = self.drop_matched(round, bets, limits.waiting_max).await?;
        let waiting = bets.len();
        if waiting > 0 {
            candidates.by_round.insert(round.clone(), bets);
        }
        self.unmatched.keep(wallet.user, candidates);
        Ok(waiting)
    }

    /// The bets of a player of which a part is unmatched, by round, oldest first. Reads the ledger back to the time of
    /// the oldest such bet. A bet whose refund has been due for longer than [`LATE`] is left to the sweep.
    ///
    /// # Role
    /// - `BatchGetItem` on `BOOK#`
    /// - `GetItem` on `USER#`
    /// - `Query` on `LEDGER#`
    pub async fn list_unmatched(
        &self,
        user: UserId,
        refund_after: SignedDuration,
        now: Timestamp,
    ) -> Result<Vec<BetId>, StoreError> {
        let (wallet, since) = (self.load_wallet(user).await?, oldest_unmatched(refund_after, now));
        let candidates = self.list_placed(&wallet, Candidates::default(), since).await?;
        let mut unmatched = Vec::new();
        let by_round: BTreeMap<_, _> = candidates.by_round.into_iter().collect();
        for (round, bets) in by_round {
            for some in bets.chunks(LOOKED_UP_MAX) {
                let found = self.look_up(&round, some.to_vec()).await?;
                unmatched.extend(found.into_iter().map(|candidate| candidate.bet));
            }
        }
        Ok(unmatched)
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

    /// The player's bets that are recent enough to be unmatched: those known, and those of the stakes that the wallet
    /// paid since.
    async fn list_placed(
        &self,
        wallet: &Wallet,
        mut known: Candidates,
        since: Timestamp,
    ) -> Result<Candidates, StoreError> {
        const ENTRIES: u64 = 100;
        let (mut placed, mut before) = (Vec::new(), wallet.version + 1);
        loop {
            // Entries are numbered from 1, without gaps.
            let unread = before.saturating_sub(known.version + 1).min(ENTRIES);
            if unread == 0 {
                break;
            }
            let limit = u16::try_from(unread).unwrap_or(u16::MAX);
            let entries = self.list_entries_of(wallet, Some(before), limit).await?;
            placed.extend(entries.iter().filter(|entry| entry.at >= since).filter_map(candidate));
            match entries.last().filter(|last| last.at >= since) {
                Some(last) => before = last.number,
                None => break,
            }
        }
        known.version = wallet.version;
        known.drop_before(since);
        for (round, candidate) in placed.into_iter().rev() {
            known.by_round.entry(round).or_default().push(candidate);
        }
        Ok(known)
    }

    /// Drops bets that are no longer in the book, newest first, until fewer than `waiting_max` remain or all were
    /// looked up.
    async fn drop_matched(
        &self,
        round: &RoundId,
        bets: Vec<Candidate>,
        waiting_max: usize,
    ) -> Result<Vec<Candidate>, StoreError> {
        let (mut unchecked, mut unmatched) = (bets, Vec::new());
        let mut at_once = LOOKED_UP_FIRST;
        while !unchecked.is_empty() && unchecked.len() + unmatched.len() >= waiting_max {
            let newest = unchecked.split_off(unchecked.len().saturating_sub(at_once));
            let mut found = self.look_up(round, newest).await?;
            found.append(&mut unmatched);
            unmatched = found;
            at_once = (at_once * 2).min(LOOKED_UP_MAX);
        }
        unchecked.append(&mut unmatched);
        Ok(unchecked)
    }

    /// The bets that are in the book, with their sides, in the same order.
    async fn look_up(&self, round: &RoundId, bets: Vec<Candidate>) -> Result<Vec<Candidate>, StoreError> {
        let (mut looked_up, mut keys) = (Vec::new(), Vec::new());
        for candidate in bets {
            let sides =
                Side::ALL.into_iter().filter(|side| candidate.side.is_none_or(|known| known == *side));
            for side in sides {
                looked_up.push(Candidate { side: Some(side), ..candidate });
                let Candidate { placed_at, bet, .. } = candidate;
                keys.push(waiting::key(round, side, placed_at, bet, self.layout));
            }
        }
        let found = self.get_batch(&keys).await?;
        let in_book = looked_up.into_iter().zip(found).filter(|(_, item)| item.is_some());
        Ok(in_book.map(|(candidate, _)| candidate).collect())
    }
}

/// The earliest time at which a bet that is still unmatched may have been placed.
fn oldest_unmatched(refund_after: SignedDuration, now: Timestamp) -> Timestamp {
    let due = now.saturating_sub(refund_after);
    due.and_then(|due| due.saturating_sub(LATE)).unwrap_or(Timestamp::MIN)
}

/// The bet that an entry placed, if any, with its round.
fn candidate(entry: &Entry) -> Option<(RoundId, Candidate)> {
    let SystemAccount::Stakes(round) = &entry.account else { return None };
    let bet = entry.key.of_purpose(EntryPurpose::Bet)?.parse().ok()?;
    Some((round.parse().ok()?, Candidate { bet, placed_at: entry.at, side: None }))
}
