//! The names of the records that explain movements.

use crate::books::Books;
use crate::wallet::movement::{Movement, Purpose};
use evens_exchange::{MatchId, RoundId};
use evens_jackpots::{JackpotGroup, OperationId};
use evens_ledger::{EntryKey, EntryPurpose, SystemAccount, Transfer, UserId};
use evens_records::{Name, RecordName};
use std::collections::BTreeSet;

/// Returns `true` if a line of the audit log may explain an entry or a transfer with this key, because operators can
/// move money in this way.
pub fn may_be_of_operators(key: &EntryKey) -> bool {
    [EntryPurpose::Adjust, EntryPurpose::Void, EntryPurpose::WriteOff]
        .into_iter()
        .any(|purpose| key.of_purpose(purpose).is_some())
}

impl Books {
    /// The names of the records that [`Books::check_moved`] needs, as far as the present ones tell. Those that are
    /// present may be among them.
    pub fn wanted(&self) -> BTreeSet<RecordName> {
        let mut wanted = BTreeSet::new();
        for (purpose, movement) in self.movements.iter() {
            self.want_causes(purpose, movement, &mut wanted);
        }
        wanted.extend(self.transfers.values().flat_map(causes_of_transfer));
        for found in self.matches.values() {
            wanted.extend([found.bet_a, found.bet_b].map(RecordName::Bet));
        }
        let rounds = self.bets.values().map(|bet| &bet.round);
        wanted.extend(rounds.cloned().map(RecordName::Round));
        wanted.extend(self.game_bets.values().map(|bet| RecordName::Period(bet.period)));
        let begun = self.jackpots.awards.values().filter_map(|award| Some((award.group, award.cycle?)));
        wanted.extend(begun.map(|(group, number)| RecordName::JackpotWin(group, number)));
        wanted
    }

    fn want_causes(&self, purpose: &Purpose, movement: &Movement, wanted: &mut BTreeSet<RecordName>) {
        let account = movement.account(&self.accounts);
        match purpose {
            Purpose::Bet(bet)
            | Purpose::Refund(bet)
            | Purpose::GameStake(bet, _)
            | Purpose::GamePayout(bet, _)
            | Purpose::GameRefund(bet, _) => {
                wanted.insert(RecordName::Bet(*bet));
            }
            Purpose::Settle(id, _) | Purpose::Void(id, _) => wanted.extend(match_in(account, *id)),
            Purpose::Fund(order) => drop(wanted.insert(RecordName::Funding(order.clone()))),
            Purpose::RegistrationBonus(user) => drop(wanted.insert(RecordName::Account(*user))),
            Purpose::ReferralBonus(referred, level) => self.want_referrers(*referred, *level, wanted),
            Purpose::DepositBonus(user) => drop(wanted.insert(RecordName::Cashier(*user))),
            Purpose::Deposit(order)
            | Purpose::DepositRefund(order)
            | Purpose::Withdrawal(order)
            | Purpose::WithdrawalBack(order) => drop(wanted.insert(RecordName::Order(*order))),
            Purpose::Claim(payment) => {
                wanted.insert(RecordName::Transfer(EntryKey::new(EntryPurpose::Suspense, &[payment])));
            }
            Purpose::ChargeBack(dispute) => {
                wanted.extend(self.disputes.orders_of(dispute).map(RecordName::Order));
            }
            Purpose::JackpotWin(operation) => {
                let operation = OperationId::from_stored(operation.clone());
                wanted.insert(RecordName::Operation(operation));
            }
            // The payout that was made with a commission names the match. The audit log explains an adjustment, and
            // nothing another key.
            Purpose::Commission(..) | Purpose::Adjustment(..) | Purpose::Other(_) => {}
        }
    }

    /// The account of a referred player, and those above it in the referral tree, as far as they are known.
    fn want_referrers(&self, referred: UserId, level: u32, wanted: &mut BTreeSet<RecordName>) {
        let (mut user, mut seen) = (referred, BTreeSet::new());
        for _ in 0..=level {
            // Two imported players may have referred each other.
            if !seen.insert(user) {
                return;
            }
            wanted.insert(RecordName::Account(user));
            let Some(sign_up) = self.sign_ups.get(&user) else { return };
            if let Some(code) = sign_up.referred_by {
                wanted.insert(RecordName::Code(code));
                wanted.extend(self.names.get(&Name::Code(code)).copied().map(RecordName::Account));
            }
            let Some(referrer) = sign_up.referrer else { return };
            user = referrer;
        }
    }
}

/// The match whose stakes an account holds.
fn match_in(account: &SystemAccount, id: MatchId) -> Option<RecordName> {
    let SystemAccount::Stakes(round) = account else { return None };
    let round: RoundId = round.parse().ok()?;
    Some(RecordName::Match(round, id))
}

/// The records that may require a transfer: an order, or one of jackpots. The id of an operation may look like that of
/// an order or a group.
fn causes_of_transfer(transfer: &Transfer) -> Vec<RecordName> {
    let reference = &transfer.reference;
    let order = reference.parse().ok().map(RecordName::Order);
    let terms = reference.parse().ok().map(|group: JackpotGroup| RecordName::JackpotTerms(group, 1));
    let operation = RecordName::Operation(OperationId::from_stored(reference.clone()));
    order.into_iter().chain(terms).chain([operation]).collect()
}
