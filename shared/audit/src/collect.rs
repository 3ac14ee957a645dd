//! Collects the records of the books: each record that the share needs, under its name.

use crate::books::Books;
use crate::players::sign_up::SignUp;
use crate::report::Subject;
use crate::wallet::chain::Chain;
use crate::wallet::money;
use evens_audit_log::{Action, AuditLine};
use evens_ledger::{Entry, Invariant, Transfer, UserId};
use evens_payments::{Payee, PaymentsRecord, SettingsEntry};
use evens_players::Referral;
use evens_records::{Access, Funding, JackpotRecord, Record, StoredLimits};

impl Books {
    /// Adds one record. Records may come in any order, each once.
    pub fn record(&mut self, record: Record) {
        match record {
            Record::Wallet(wallet) => {
                self.counts.wallets += 1;
                let (user, replaced) = (wallet.user, self.wallets.insert(wallet.user, wallet));
                self.expect_new(replaced.is_none(), Subject::User(user), "wallet");
            }
            Record::Entry(entry) => self.record_entry(entry),
            Record::Transfer(transfer) => self.record_transfer(transfer),
            Record::Deposit(deposit) => {
                self.counts.deposits += 1;
                let (user, id) = (deposit.terms.user, deposit.terms.id);
                let replaced = self.deposits.insert(id, *deposit);
                self.expect_new(replaced.is_none(), Subject::User(user), "deposit");
            }
            Record::Withdrawal(withdrawal) => {
                self.counts.withdrawals += 1;
                let (user, id) = (withdrawal.terms.user, withdrawal.terms.id);
                let replaced = self.withdrawals.insert(id, *withdrawal);
                self.expect_new(replaced.is_none(), Subject::User(user), "withdrawal");
            }
            Record::Cashier(record) => self.record_cashier(*record),
            Record::Access(user, access) => self.record_access(user, access),
            Record::Settings(entry) => self.record_settings(*entry),
            Record::PlayLimits(play) => self.record_play_limits(*play),
            Record::Payee(payee) => self.record_payee(*payee),
            Record::PayeeOwner(account, user) => {
                let replaced = self.payee_owners.insert(account, user);
                self.expect_new(replaced.is_none(), Subject::User(user), "owner of an account");
            }
            Record::Bet(bet) => {
                self.counts.bets += 1;
                if !self.share.holds_bet(&bet) {
                    return;
                }
                let (id, replaced) = (bet.id, self.bets.insert(bet.id, bet));
                self.expect_new(replaced.is_none(), Subject::Bet(id), "bet");
            }
            Record::Waiting(waiting) => {
                self.counts.waiting += 1;
                let (id, replaced) = (waiting.bet, self.waiting.insert(waiting.bet, waiting));
                self.expect_new(replaced.is_none(), Subject::Bet(id), "unmatched part");
            }
            Record::Match(bet_match) => {
                self.counts.matches += 1;
                if !self.share.holds_match(&bet_match) {
                    return;
                }
                let (id, replaced) = (bet_match.id, self.matches.insert(bet_match.id, bet_match));
                self.expect_new(replaced.is_none(), Subject::Match(id), "match");
            }
            Record::Round(round) => {
                self.counts.rounds += 1;
                let (id, replaced) = (round.id.clone(), self.rounds.insert(round.id.clone(), round));
                self.expect_new(replaced.is_none(), Subject::Round(id), "round");
            }
            Record::Seed(id, seed) => {
                self.counts.seeds += 1;
                let replaced = self.seeds.insert(id.clone(), seed);
                self.expect_new(replaced.is_none(), Subject::Round(id), "seed");
            }
            Record::GameBet(_)
            | Record::Period(_)
            | Record::ArchivedPeriod(_)
            | Record::PeriodShard(_)
            | Record::PeriodResult(..)
            | Record::PeriodSeed(..) => self.record_game(record),
            Record::Jackpot(record) => self.record_jackpot(*record),
            Record::Funding(funding) => self.record_funding(funding),
            Record::Account(account) => {
                let sign_up = SignUp::from(&account);
                let (user, replaced) = (sign_up.user, self.sign_ups.insert(sign_up.user, sign_up));
                self.expect_new(replaced.is_none(), Subject::User(user), "account");
            }
            Record::Name(name, user) => {
                let replaced = self.names.insert(name, user);
                self.expect_new(replaced.is_none(), Subject::User(user), "name");
            }
            Record::Referral(Referral { referrer, referred, .. }) => {
                let is_new = self.referrals.insert((referred, referrer));
                self.expect_new(is_new, Subject::User(referred), "referral");
            }
            Record::Visit(user) => drop(self.visitors.insert(user)),
            Record::AuditLine(line) => self.record_audit_line(*line),
            Record::AuditHead(head) => self.audit_head = head,
            Record::Seal(seal) => {
                let (day, replaced) = (seal.day(), self.seals.insert(seal.day(), *seal));
                self.expect_new(replaced.is_none(), Subject::Books, &format!("seal of {day}"));
            }
            Record::Switches(switches) => {
                let replaced = std::mem::replace(&mut self.switches, *switches);
                self.expect_new(replaced.revision == 0, Subject::Books, "item of switches");
            }
            Record::OrderPlace(place) => drop(self.order_places.insert(place)),
            Record::Aside => {}
        }
    }

    fn record_funding(&mut self, funding: Funding) {
        self.counts.fundings += 1;
        if self.share.has_user(funding.user) {
            let (user, replaced) = (funding.user, self.fundings.insert(funding.order.clone(), funding));
            self.expect_new(replaced.is_none(), Subject::User(user), "funding");
        }
    }

    fn record_cashier(&mut self, record: PaymentsRecord) {
        let user = record.user;
        let replaced = self.payments_records.insert(user, record);
        self.expect_new(replaced.is_none(), Subject::User(user), "payments record");
    }

    fn record_access(&mut self, user: UserId, access: Access) {
        let replaced = self.access.insert(user, access);
        self.expect_new(replaced.is_none(), Subject::User(user), "wallet");
    }

    fn record_settings(&mut self, entry: SettingsEntry) {
        let user = entry.user;
        let replaced = self.settings.insert((user, entry.number), entry);
        self.expect_new(replaced.is_none(), Subject::User(user), "change of settings");
    }

    fn record_play_limits(&mut self, play: StoredLimits) {
        if self.share.holds_limits(&play) {
            let (user, replaced) = (play.user, self.play.insert(play.user, play));
            self.expect_new(replaced.is_none(), Subject::User(user), "wallet");
        }
    }

    fn record_payee(&mut self, payee: Payee) {
        let user = payee.user;
        let replaced = self.payees.insert((user, payee.id.clone()), payee);
        self.expect_new(replaced.is_none(), Subject::User(user), "payee");
    }

    fn record_game(&mut self, record: Record) {
        match record {
            Record::GameBet(bet) => {
                self.counts.game_bets += 1;
                if !self.share.holds_game_bet(&bet) {
                    return;
                }
                let (id, replaced) = (bet.id, self.game_bets.insert(bet.id, *bet));
                self.expect_new(replaced.is_none(), Subject::Bet(id), "bet");
            }
            Record::Period(period) => {
                self.counts.periods += 1;
                if !self.share.holds_period(&period) {
                    return;
                }
                let (id, replaced) = (period.id, self.periods.insert(period.id, *period));
                self.expect_new(replaced.is_none(), Subject::Period(id), "period");
            }
            Record::ArchivedPeriod(period) => {
                self.counts.periods += 1;
                if !self.share.has_period(period.id) {
                    return;
                }
                self.archived_periods.insert(period.id);
                let (id, replaced) = (period.id, self.periods.insert(period.id, *period));
                self.expect_new(replaced.is_none(), Subject::Period(id), "period");
            }
            Record::PeriodShard(shard) => {
                if !self.share.has_period(shard.period) {
                    return;
                }
                let (period, number) = (shard.period, shard.number);
                let replaced = self.period_shards.insert((period, number), shard);
                self.expect_new(replaced.is_none(), Subject::Period(period), "shard");
            }
            Record::PeriodResult(id, drawn) => {
                if !self.share.has_period(id) {
                    return;
                }
                let replaced = self.period_results.insert(id, drawn);
                self.expect_new(replaced.is_none(), Subject::Period(id), "result");
            }
            Record::PeriodSeed(id, seed) => {
                self.counts.seeds += 1;
                if !self.share.has_period(id) {
                    return;
                }
                let replaced = self.period_seeds.insert(id, seed);
                self.expect_new(replaced.is_none(), Subject::Period(id), "seed");
            }
            _ => {}
        }
    }

    /// Transfers of a contribution follow from it, and there may be a million, so none is held.
    fn record_jackpot(&mut self, record: JackpotRecord) {
        if let JackpotRecord::Contribution(made) = &record {
            for transfer in made.transfers() {
                self.counts.transfers += 1;
                self.accounts.transfer(&transfer);
            }
        }
        if let Some(what) = self.jackpots.record(record) {
            self.expect_new(false, Subject::Books, &what);
        }
    }

    fn record_transfer(&mut self, transfer: Transfer) {
        self.counts.transfers += 1;
        self.accounts.transfer(&transfer);
        self.disputes.add(&transfer.key, &transfer.reference);
        let replaced = self.transfers.insert(transfer.key.clone(), transfer);
        self.expect_new(replaced.is_none(), Subject::Books, "transfer");
    }

    fn record_audit_line(&mut self, line: AuditLine) {
        if line.act.action == Action::VoidMatch {
            self.voided_by_operators.insert(line.act.subject.clone());
        }
        let (number, replaced) = (line.number, self.audit_lines.insert(line.number, line));
        self.expect_new(replaced.is_none(), Subject::Books, &format!("line {number} of the audit log"));
    }

    pub(crate) fn record_entry(&mut self, entry: Entry) {
        self.counts.entries += 1;
        money::check_entry(&entry, &mut self.found);
        self.disputes.add(&entry.key, &entry.reference);
        let account = self.accounts.post(&entry);
        if self.share.has_user(entry.user) {
            self.movements.add(&entry, account, &mut self.found);
        }
        let chain = self.chains.entry(entry.user).or_insert_with(|| Chain::new(entry.user));
        chain.add(entry, &mut self.day_ends, &mut self.found);
    }

    /// Reports two items of one name. Only one of them was checked, so the other moved money unchecked.
    fn expect_new(&mut self, is_new: bool, subject: Subject, what: &str) {
        if !is_new {
            let sentence = format!("There are two items for the {what} of {subject}.");
            self.found.add(Invariant::M3OneEffect, subject, sentence);
        }
    }
}
