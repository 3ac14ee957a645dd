//! [`Story`]: sound books, created only by the real rules.

pub(crate) mod case;
mod check;
mod ends;
pub(crate) mod moved;
pub(crate) mod payments;

pub(crate) use check::check;
use evens_audit::{Completeness, Report};
use evens_audit_log::{Act, Action, Actor, AuditHead, AuditLine};
use evens_draws::{Nonce, Seed};
use evens_exchange::{
    Bet, BettingLimits, Draw, Match, MatchId, OpposedBets, OracleKey, PlaceBet, PlaceBetInput,
    PlaceBetOutcome, Round, RoundId, RoundStep, RoundTerms, Side, SignedResult, Stake, UnmatchedBet, join,
    place_bet,
};
use evens_idempotency::{BetId, IdempotencyKey};
use evens_jackpots::JackpotConfig;
use evens_ledger::{
    Amount, Digest, Entry, EntryKey, EntryPurpose, Incoming, Posting, SystemAccount, Transfer, UserId,
    Wallet, WalletOwner,
};
use evens_own_limits::{PlayLimits, PlayRules};
use evens_payments::{DepositOrder, OrderId, Payee, PaymentsRecord, WithdrawalOrder};
use evens_players::{
    Account, Bonuses, PhoneNumber, Referral, ReferralBonuses, ReferralCode, Registration, Role,
    referral_bonus, registration_bonus,
};
use evens_records::{Access, Funding, Name, OrderPlace, Record, StoredLimits};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use ring::signature::{Ed25519KeyPair, KeyPair};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) fn amount(text: &str) -> Amount {
    text.parse().expect("an amount")
}

pub(crate) fn user(number: u64) -> UserId {
    UserId::new(number).expect("a player's number")
}

/// The phone number of the player.
pub(crate) fn phone(player: u64) -> PhoneNumber {
    format!("+9198{player:08}").parse().expect("a phone number")
}

/// The referral code of the player.
pub(crate) fn code(player: u64) -> ReferralCode {
    let [_, _, _, bytes @ ..] = player.to_be_bytes();
    ReferralCode::from_random(bytes)
}

pub(crate) fn round_id(text: &str) -> RoundId {
    text.parse().expect("a round's id")
}

/// A time in 2024, `seconds` after its beginning.
pub(crate) fn second(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_704_067_200 + seconds).expect("a time")
}

/// The oracle of all tests.
pub(crate) fn oracle() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[7; 32]).expect("32 bytes")
}

/// The oracle's signed result.
pub(crate) fn signed(round: &RoundId, winner: Side) -> SignedResult {
    let signature = oracle().sign(SignedResult::message(round, winner).as_bytes());
    SignedResult { winner, signature: signature.as_ref().to_vec() }
}

/// Parses the name of a draw.
pub(crate) fn draw(name: &str) -> Draw {
    match name {
        "match" => Draw::Match,
        "round" => Draw::Round,
        "oracle" => {
            let public_key = oracle().public_key().as_ref().try_into().expect("32 bytes");
            Draw::Oracle(OracleKey { name: "referee".to_owned(), public_key })
        }
        _ => panic!("no draw is called {name}"),
    }
}

/// A seed derived from the round's id.
pub(crate) fn seed_of(round: &RoundId) -> Seed {
    Seed::from_bytes(*evens_ledger::Digest::of(round.as_str().as_bytes()).bytes())
}

/// The nonce of the bet placed at that second.
fn nonce_of(seconds: i64) -> Nonce {
    Nonce::from_bytes(*evens_ledger::Digest::of(&seconds.to_be_bytes()).bytes())
}

/// No limits.
const LIMITS: BettingLimits = BettingLimits {
    is_open: true,
    stake_min: Amount::ZERO,
    decimals: Amount::DECIMALS_MAX,
    waiting_max: usize::MAX,
    refund_after: SignedDuration::from_mins(5),
    day_offset: Offset::UTC,
};

/// The terms of a round without limits or deadlines.
fn terms(id: &RoundId, draw: Draw) -> RoundTerms {
    RoundTerms::endless(id.clone(), draw, Amount::ZERO)
}

/// All records of a store. Each step advances the time by a second.
#[derive(Debug, Clone, Default)]
pub(crate) struct Story {
    pub(crate) wallets: BTreeMap<UserId, Wallet>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) bets: BTreeMap<BetId, Bet>,
    pub(crate) waiting: BTreeMap<BetId, UnmatchedBet>,
    pub(crate) matches: BTreeMap<MatchId, Match>,
    pub(crate) rounds: BTreeMap<RoundId, Round>,
    pub(crate) seeds: BTreeMap<RoundId, Seed>,
    pub(crate) fundings: Vec<Funding>,
    pub(crate) sign_ups: BTreeMap<UserId, Account>,
    pub(crate) names: BTreeMap<Name, UserId>,
    pub(crate) referrals: Vec<Referral>,
    pub(crate) visits: Vec<UserId>,
    pub(crate) transfers: BTreeMap<EntryKey, Transfer>,
    pub(crate) deposits: BTreeMap<OrderId, DepositOrder>,
    pub(crate) withdrawals: BTreeMap<OrderId, WithdrawalOrder>,
    pub(crate) order_places: BTreeSet<OrderPlace>,
    pub(crate) payments_records: BTreeMap<UserId, PaymentsRecord>,
    pub(crate) payees: BTreeMap<UserId, Payee>,
    /// The owner of each bank account.
    pub(crate) payee_owners: BTreeMap<Digest, UserId>,
    pub(crate) audit_lines: Vec<AuditLine>,
    pub(crate) audit_head: AuditHead,
    seconds: i64,
}

impl Story {
    pub(crate) fn tick(&mut self) -> Timestamp {
        self.seconds += 1;
        second(self.seconds)
    }

    /// The time of the last step plus `while_more`.
    pub(crate) fn after(&self, while_more: SignedDuration) -> Timestamp {
        second(self.seconds).checked_add(while_more).expect("not so far")
    }

    fn wallet(&self, user: UserId) -> Wallet {
        self.wallets.get(&user).cloned().unwrap_or_else(|| Wallet::empty(user))
    }

    /// Posts a rule's result. The store adds `locked` to the locked stakes.
    pub(crate) fn post(&mut self, (wallet, entry): (Wallet, Entry), locked_units: i128) {
        let locked = Amount::from_units(wallet.locked.units() + locked_units).expect("locked before");
        self.wallets.insert(wallet.user, Wallet { locked, ..wallet });
        self.entries.push(entry);
    }

    /// Rebuilds the chain of a wallet's entries and adapts the wallet, as an attacker who knows the format could.
    pub(crate) fn chain_again(&mut self, player: u64) {
        let locked = self.wallet(user(player)).locked;
        let mut wallet = Wallet { locked, ..Wallet::empty(user(player)) };
        for entry in self.entries.iter_mut().filter(|entry| entry.user == user(player)) {
            entry.previous_hash = wallet.head;
            entry.number = wallet.version + 1;
            entry.balance_before = wallet.balance_of(entry.balance_kind);
            let after = entry.balance_before.units() + entry.units_signed();
            entry.balance_after = Amount::from_units(after).expect("not negative");
            entry.hash = entry.computed_hash();
            wallet = wallet.follow(entry).expect("one chain");
        }
        self.wallets.insert(user(player), wallet);
    }

    /// Changes the acts of the audit log and rebuilds its chain, as an attacker who knows the format could.
    pub(crate) fn tell_of_acts(&mut self, change: impl Fn(&mut Act)) {
        self.audit_head = AuditHead::default();
        for line in &mut self.audit_lines {
            change(&mut line.act);
            *line = self.audit_head.next(line.act.clone(), line.at);
            self.audit_head = line.head();
        }
    }

    pub(crate) fn fund(&mut self, player: u64, coins: &str) {
        let order = format!("order-{}", self.fundings.len());
        let posting = Posting {
            key: EntryKey::new(EntryPurpose::Fund, &[&order]),
            amount: amount(coins),
            account: SystemAccount::House,
            reference: order.clone(),
        };
        let at = self.tick();
        let posted = self.wallet(user(player)).credit(Incoming::Credit, posting, at).expect("fits");
        let Entry { user, amount, number: entry, .. } = posted.1;
        self.fundings.push(Funding { order, user, amount, entry });
        self.post(posted, 0);
    }

    /// Gives a new account this role, with its audit line.
    pub(crate) fn enrol(&mut self, staff: u64, role: Role) {
        self.sign_up(staff);
        self.set_role(staff, role);
    }

    /// Changes the role of an account, with its audit line.
    pub(crate) fn set_role(&mut self, staff: u64, role: Role) {
        self.sign_ups.get_mut(&user(staff)).expect("signed up").role = role;
        self.note_operator(Action::SetRole, staff, role.as_str());
    }

    /// Blocks or unblocks an account, with its audit line.
    pub(crate) fn set_blocked(&mut self, player: u64, is_blocked: bool) {
        self.sign_ups.get_mut(&user(player)).expect("signed up").is_blocked = is_blocked;
        let action = if is_blocked { Action::BlockUser } else { Action::UnblockUser };
        self.note_operator(action, player, "");
    }

    /// Two operators agree on these terms, with their audit lines. Operators 700 and 701 have no accounts.
    pub(crate) fn tell_terms(&mut self, config: &JackpotConfig) {
        let JackpotConfig { group, version, terms, since } = config;
        let by = terms.must_hit_by().map_or_else(String::new, |by| format!(", won by {by}"));
        let (start, rate, reserve, odds) = (terms.start(), terms.rate(), terms.reserve_rate(), terms.odds());
        let text = format!("version {version}: start {start}, rate {rate} and {reserve}, odds {odds}{by}");
        for (operator, after) in [(700, format!("proposed: {text}")), (701, text)] {
            self.note_operator(Action::SetRole, operator, Role::Operator.as_str());
            let (actor, action, subject) =
                (Actor::User(user(operator)), Action::UpdateJackpot, group.to_string());
            let act = Act { actor, action, subject, reason: "why".to_owned(), before: String::new(), after };
            self.log_act_at(act, *since);
        }
    }

    /// Adds a line to the audit log.
    pub(crate) fn log_act(&mut self, act: Act) {
        let at = self.tick();
        self.log_act_at(act, at);
    }

    pub(crate) fn log_act_at(&mut self, act: Act, at: Timestamp) {
        let line = self.audit_head.next(act, at);
        self.audit_head = line.head();
        self.audit_lines.push(line);
    }

    #[expect(clippy::needless_pass_by_value, reason = "numbers and texts are written in place")]
    pub(crate) fn note_operator(&mut self, action: Action, about: impl ToString, after: &str) {
        let (before, reason) = (String::new(), "by root".to_owned());
        let (subject, after) = (about.to_string(), after.to_owned());
        self.log_act(Act { actor: Actor::CommandLine, action, subject, reason, before, after });
    }

    /// Signs a player up without any bonuses.
    pub(crate) fn sign_up(&mut self, player: u64) {
        let nothing = Bonuses { registration: Amount::ZERO, referral: ReferralBonuses::NONE };
        self.sign_up_with(player, None, nothing);
    }

    /// Signs a player up with all bonuses already given.
    fn sign_up_with(&mut self, player: u64, referrer: Option<u64>, bonuses: Bonuses) {
        let (user, at) = (user(player), self.tick());
        let registered = Account::register(user, phone(player), None, code(player), referrer.map(code), at);
        let sign_up = Account {
            referrer: referrer.map(self::user),
            registration: Registration::Done,
            bonuses: Some(bonuses),
            ..registered
        };
        self.names.extend([(Name::Phone(phone(player)), user), (Name::Code(code(player)), user)]);
        self.sign_ups.insert(user, sign_up);
        self.visits.extend([user, user]);
    }

    /// Gives a referral bonus for a new referred player, a different one each time.
    pub(crate) fn bonus(&mut self, player: u64, coins: &str) {
        if !self.sign_ups.contains_key(&user(player)) {
            self.sign_up(player);
        }
        let referred = 1_000 + self.sign_ups.len() as u64;
        let bonuses =
            Bonuses { registration: Amount::ZERO, referral: ReferralBonuses::direct(amount(coins)) };
        self.sign_up_with(referred, Some(player), bonuses);
        self.sign_ups.get_mut(&user(player)).expect("signed up").direct_referral_count += 1;
        let (referrer, recorded_at) = (user(player), self.tick());
        self.referrals.push(Referral { referrer, referred: user(referred), level: 1, recorded_at });
        self.give(player, referral_bonus(user(referred), 1, amount(coins)));
    }

    /// Signs a player up and gives the sign-up bonus.
    pub(crate) fn welcome(&mut self, player: u64, coins: &str) {
        let bonuses = Bonuses { registration: amount(coins), referral: ReferralBonuses::NONE };
        self.sign_up_with(player, None, bonuses);
        self.give(player, registration_bonus(user(player), amount(coins)));
    }

    /// Gives a bonus.
    pub(crate) fn give(&mut self, player: u64, posting: Posting) {
        let at = self.tick();
        let posted = self.wallet(user(player)).credit_bonus(posting, at).expect("fits");
        self.post(posted, 0);
    }

    pub(crate) fn open(&mut self, id: &str, draw_name: &str) {
        let (id, now) = (round_id(id), self.tick());
        let seed = seed_of(&id);
        self.rounds.insert(id.clone(), Round::open(terms(&id, draw(draw_name)), &seed, now));
        self.seeds.insert(id, seed);
    }

    /// Sets the commission of a round that has no bets yet.
    pub(crate) fn charge(&mut self, round: &str, rate: &str) {
        self.rounds.get_mut(&round_id(round)).expect("open").commission = rate.parse().expect("a rate");
    }

    /// Places a bet. `None` if the balance is too small.
    pub(crate) fn place(&mut self, player: u64, round: &str, side: Side, coins: &str) -> Option<BetId> {
        let now = self.tick();
        let key: IdempotencyKey = format!("key-{}", self.seconds).parse().expect("a key");
        let command = PlaceBet {
            bet: BetId::derive(user(player), &key),
            user: user(player),
            round: round_id(round),
            side,
            stake: Stake::parse(amount(coins)).expect("a stake"),
            nonce: nonce_of(self.seconds),
            by_staff: false,
            barred: None,
            session_started_at: now,
            session_epoch: 0,
        };
        let wallet = &self.wallet(command.user);
        let round = Some(&self.rounds[&command.round]);
        let play = &PlayLimits::NONE;
        let input =
            PlaceBetInput { existing: None, owner: WalletOwner::default(), round, waiting: 0, wallet, play };
        match place_bet(&command, input, LIMITS, now) {
            PlaceBetOutcome::Placed(placement) => {
                self.bets.insert(command.bet, placement.bet);
                self.waiting.insert(command.bet, placement.waiting);
                self.post((placement.wallet, placement.entry), command.stake.amount().units());
                Some(command.bet)
            }
            PlaceBetOutcome::InsufficientBalance { .. } => None,
            refused => panic!("{refused:?}"),
        }
    }

    /// Joins the oldest opposed bets of all rounds until none are left.
    pub(crate) fn match_all(&mut self) -> Vec<MatchId> {
        let mut joined = Vec::new();
        while let Some(pair) = self.oldest_pair() {
            let plan = join(&pair, self.tick());
            for (before, open) in [plan.a, plan.b] {
                if open.is_zero() {
                    self.waiting.remove(&before.bet);
                } else {
                    self.waiting.insert(before.bet, UnmatchedBet { open, ..before });
                }
            }
            joined.push(plan.bet_match.id);
            self.matches.insert(plan.bet_match.id, plan.bet_match);
        }
        joined
    }

    fn oldest_pair(&self) -> Option<OpposedBets> {
        let mut book: Vec<_> = self.waiting.values().collect();
        book.sort_by_key(|bet| bet.placed_at);
        let mut pairs = book.iter().flat_map(|one| book.iter().map(move |other| (one, other)));
        pairs.find_map(|(one, other)| OpposedBets::of(one, other, Amount::ZERO).ok())
    }

    fn step(&mut self, id: &str, step: impl FnOnce(&Round, &Seed, Timestamp) -> RoundStep) {
        let (id, now) = (round_id(id), self.tick());
        match step(&self.rounds[&id], &self.seeds[&id], now) {
            RoundStep::Made(round) => drop(self.rounds.insert(id, *round)),
            refused => panic!("{refused:?}"),
        }
    }

    /// Publishes the seed at the time of the last step, so that nothing happens between the end of the round and the
    /// publication.
    fn publish(&mut self, id: &str) {
        let (id, now) = (round_id(id), second(self.seconds));
        match self.rounds[&id].publish(&self.seeds[&id], now) {
            RoundStep::Made(round) => drop(self.rounds.insert(id, *round)),
            refused => panic!("{refused:?}"),
        }
    }

    pub(crate) fn close(&mut self, round: &str) {
        self.step(round, |round, _, now| round.close(now));
        self.publish(round);
    }

    /// Cancels a round, with its audit line.
    pub(crate) fn cancel(&mut self, round: &str) {
        self.note_operator(Action::CancelRound, round, "");
        self.step(round, |round, _, now| round.cancel(now));
        self.publish(round);
    }

    pub(crate) fn result(&mut self, round: &str, winner: Side) {
        self.step(round, |round, _, now| round.take_result(signed(&round.id, winner), now));
    }

    /// All records, ordered by kind.
    pub(crate) fn items(&self) -> Vec<Record> {
        let mut items: Vec<_> = self.entries.iter().cloned().map(Record::Entry).collect();
        items.extend(self.wallets.values().cloned().map(Record::Wallet));
        items.extend(self.bets.values().cloned().map(Record::Bet));
        items.extend(self.waiting.values().cloned().map(Record::Waiting));
        items.extend(self.matches.values().cloned().map(Record::Match));
        items.extend(self.rounds.values().cloned().map(Record::Round));
        items.extend(self.seeds.iter().map(|(id, seed)| Record::Seed(id.clone(), seed.clone())));
        items.extend(self.fundings.iter().cloned().map(Record::Funding));
        items.extend(self.sign_ups.values().cloned().map(Record::Account));
        // Wallets have a copy.
        let access = self.sign_ups.values().map(|account| {
            let Account { role, is_blocked, session_epoch, recovered_at, .. } = *account;
            (account.user, Access { role, is_blocked, session_epoch, recovered_at })
        });
        let access = access.filter(|(_, access)| *access != Access::default());
        items.extend(access.map(|(user, access)| Record::Access(user, access)));
        items.extend(self.names.iter().map(|(name, user)| Record::Name(name.clone(), *user)));
        items.extend(self.referrals.iter().copied().map(Record::Referral));
        items.extend(self.visits.iter().copied().map(Record::Visit));
        items.extend(self.transfers.values().cloned().map(Record::Transfer));
        items.extend(self.deposits.values().cloned().map(Box::new).map(Record::Deposit));
        items.extend(self.withdrawals.values().cloned().map(Box::new).map(Record::Withdrawal));
        items.extend(self.order_places.iter().copied().map(Record::OrderPlace));
        items.extend(self.payments_records.values().cloned().map(Box::new).map(Record::Cashier));
        // Rules that restrict bets are in the wallet, too.
        let rules = self.payments_records.values().map(|record| (record.user, record.play_rules()));
        let rules = rules.filter(|(_, rules)| *rules != PlayRules::NONE);
        let limits = rules.map(|(user, rules)| StoredLimits { user, rules, sums: None, fence: None });
        items.extend(limits.map(Box::new).map(Record::PlayLimits));
        items.extend(self.payees.values().cloned().map(Box::new).map(Record::Payee));
        items.extend(self.payee_owners.iter().map(|(account, owner)| Record::PayeeOwner(*account, *owner)));
        items.extend(self.audit_lines.iter().cloned().map(Box::new).map(Record::AuditLine));
        items.push(Record::AuditHead(self.audit_head));
        items
    }

    pub(crate) fn check(&self, completeness: Completeness) -> Report {
        check(self.items(), completeness)
    }
}
