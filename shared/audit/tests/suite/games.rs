//! Bets against the house: sound books, and one corruption per row with exactly the invariants that it violates.

use crate::common::{Story, amount, check as check_items, second, user};
use evens_audit::{CLOCK_TOLERANCE, Completeness, audit_period};
use evens_draws::Seed;
use evens_games::{
    CancelStep, DrawnSymbols, Entropy, Exposure, ExposureRules, GameBet, GameBetRecord, GameStake, Lane,
    Period, PeriodId, PeriodState, PlaceGameBet, PlaceGameBetInput, PlaceGameBetOutcome, Purse, RoomLimits,
    Selection, ShardCount, draw, pay_bets, place_game_bet,
};
use evens_idempotency::{BetId, Fingerprint, IdempotencyKey};
use evens_ledger::{
    Amount, Digest, Entry, EntryKey, EntryPurpose, Incoming, Posting, SystemAccount, WalletOwner,
};
use evens_own_limits::{PerPeriod, PlayLimits, PlayRules, PlaySum};
use evens_records::{PeriodShard, Record, StoredLimits};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// User 1 has 100 and a bonus of 25, user 2 has 100. In `wingo-300`, drawn and settled, user 1 wins with 10 from the
/// bonus and with 20, 15 of them from the bonus, and user 2 loses 10. In `wingo-60`, which was cancelled, user 2 gets
/// 30 back.
struct Case {
    story: Story,
    periods: BTreeMap<PeriodId, Period>,
    bets: BTreeMap<BetId, GameBet>,
    shards: BTreeMap<(PeriodId, u16), PeriodShard>,
    results: BTreeMap<PeriodId, DrawnSymbols>,
    seeds: BTreeMap<PeriodId, Seed>,
    /// A record that is read twice.
    twice: Option<Record>,
}

pub(crate) fn drawn_id() -> PeriodId {
    "wingo-300-20240101000000000".parse().expect("a period")
}

pub(crate) fn cancelled_id() -> PeriodId {
    "wingo-60-20240101000000000".parse().expect("a period")
}

fn seed() -> Seed {
    Seed::from_bytes([7; 32])
}

/// A bet on the drawn number, or on the next one.
fn number(period: PeriodId, wins: bool) -> Selection {
    let drawn = u32::from(draw(period, &seed(), Entropy::None).expect("drawn").symbols()[0]);
    let value = if wins { drawn } else { (drawn + 1) % 10 };
    Selection::parse(period.room.game(), "NUMBER", &value.to_string()).expect("a selection")
}

fn sound() -> Case {
    let mut story = Story::default();
    for player in [1, 2] {
        story.sign_up(player);
        story.fund(player, "100");
    }
    story.bonus(1, "25");
    let mut case = Case {
        story,
        periods: BTreeMap::new(),
        bets: BTreeMap::new(),
        shards: BTreeMap::new(),
        results: BTreeMap::new(),
        seeds: BTreeMap::new(),
        twice: None,
    };
    let (drawn, cancelled) = (drawn_id(), cancelled_id());
    case.open(drawn);
    case.open(cancelled);
    case.place(1, drawn, true, "10");
    case.place(1, drawn, true, "20");
    case.place(2, drawn, false, "10");
    case.place(2, cancelled, true, "30");
    case.close(drawn);
    case.close(cancelled);
    case.draw(drawn);
    case.cancel(cancelled);
    case.pay(drawn);
    case.pay(cancelled);
    case
}

/// The records of sound books. In the drawn period user 1 has staked 5 in cash, and user 2 has staked 10.
pub(crate) fn sound_items() -> Vec<Record> {
    sound().items()
}

impl Case {
    fn open(&mut self, id: PeriodId) {
        self.periods.insert(id, Period::open(id, Offset::UTC, seed().hash(), ShardCount::ONE_PER_LANE));
        self.seeds.insert(id, seed());
    }

    fn place(&mut self, player: u64, id: PeriodId, wins: bool, coins: &str) {
        let now = self.story.tick();
        let key: IdempotencyKey = format!("key-{}", self.bets.len()).parse().expect("a key");
        let command = PlaceGameBet {
            bet: BetId::derive(user(player), &key),
            user: user(player),
            period: id,
            selection: number(id, wins),
            stake: GameStake::parse(amount(coins)).expect("a stake"),
            purse: Purse::BonusFirst,
            by_staff: false,
            barred: None,
            session_started_at: now,
            session_epoch: 0,
        };
        let most = amount("1000000");
        let limits = RoomLimits {
            is_open: true,
            stake_min: Amount::ZERO,
            stake_max: most,
            decimals: Amount::DECIMALS_MAX,
            bets_max: 50,
            staked_max: most,
            shard_bets_max: ShardCount::BETS_A_SHARD_MAX,
            exposure: ExposureRules { period_max: most },
            day_offset: Offset::UTC,
        };
        let wallet = self.story.wallets[&user(player)].clone();
        let input = PlaceGameBetInput {
            existing: None,
            owner: WalletOwner::default(),
            period: &self.periods[&id],
            shard: &[],
            exposure: &Exposure::of(id.room.game(), []),
            wallet: &wallet,
            play: &PlayLimits::NONE,
        };
        let placed = match place_game_bet(&command, input, &limits, now) {
            PlaceGameBetOutcome::Placed(placed) => placed,
            other => panic!("not placed: {other:?}"),
        };
        for entry in placed.entries {
            self.story.post((placed.wallet.clone(), entry), 0);
        }
        let number = ShardCount::ONE_PER_LANE.shard_of(user(player));
        let empty = PeriodShard { period: id, number, closed_at: None, bets: Vec::new() };
        let shard = self.shards.entry((id, number)).or_insert(empty);
        shard.bets.push(GameBetRecord::of(&placed.bet));
        self.bets.insert(placed.bet.id, placed.bet);
    }

    fn close(&mut self, id: PeriodId) {
        let period = self.periods[&id].close(second(300)).expect("open");
        let mut totals = evens_games::PeriodTotals::default();
        for number in 0..period.shards.get() {
            let empty = PeriodShard { period: id, number, closed_at: None, bets: Vec::new() };
            let shard = self.shards.entry((id, number)).or_insert(empty);
            shard.closed_at = Some(second(300));
            for record in &shard.bets {
                totals.bets += 1;
                totals.staked = totals.staked.saturating_add(record.stake.amount());
            }
        }
        self.periods.insert(id, period.closed(totals).expect("closing"));
    }

    fn draw(&mut self, id: PeriodId) {
        let period = self.periods[&id].draw(seed(), second(301)).expect("closed");
        self.results.insert(id, period.result().expect("drawn").drawn.clone());
        self.periods.insert(id, period);
    }

    fn cancel(&mut self, id: PeriodId) {
        let Ok(CancelStep::Cancelled(period)) = self.periods[&id].cancel(second(299)) else {
            panic!("not cancelled")
        };
        self.periods.insert(id, *period);
    }

    fn pay(&mut self, id: PeriodId) {
        let period = self.periods[&id].clone();
        let shards = self.shards.values().filter(|shard| shard.period == id);
        let owed: Vec<_> = shards.flat_map(|shard| period.owed_for(&shard.bets)).collect();
        for owed in owed {
            let at = self.story.tick();
            let wallet = self.story.wallets[&owed.record.user].clone();
            let paid = pay_bets(&period, &wallet, &PlayLimits::NONE, &[owed], at).expect("fits");
            for entry in paid.entries {
                self.story.post((paid.wallet.clone(), entry), 0);
            }
            self.bets.get_mut(&owed.record.bet).expect("a bet").paid = Some((owed.amount, at));
        }
        let ended = Lane::all().fold(period, |period, lane| period.lane_done(lane).expect("owes"));
        self.periods.insert(id, ended);
    }

    fn items(self) -> Vec<Record> {
        let mut items: Vec<_> = self.story.items().into_iter().collect();
        items.extend(self.periods.into_values().map(|period| Record::Period(Box::new(period))));
        items.extend(self.bets.into_values().map(|bet| Record::GameBet(Box::new(bet))));
        items.extend(self.shards.into_values().map(Record::PeriodShard));
        items.extend(self.results.into_iter().map(|(id, drawn)| Record::PeriodResult(id, drawn)));
        items.extend(self.seeds.into_iter().map(|(id, seed)| Record::PeriodSeed(id, seed)));
        items.extend(self.twice);
        items
    }

    fn entry(&mut self, purpose: &str) -> &mut Entry {
        let found = self.story.entries.iter_mut().find(|entry| entry.key.as_str().starts_with(purpose));
        found.expect("there is one")
    }

    /// A winning bet.
    fn winner(&mut self) -> &mut GameBet {
        self.bets.values_mut().find(|bet| bet.user == user(1)).expect("there is one")
    }

    /// The losing bet.
    fn loser(&mut self) -> &mut GameBet {
        let of_loser = |bet: &&mut GameBet| bet.user == user(2) && bet.period == drawn_id();
        self.bets.values_mut().find(of_loser).expect("there is one")
    }

    fn period(&mut self, id: PeriodId) -> &mut Period {
        self.periods.get_mut(&id).expect("there is one")
    }

    /// The shard of the player's bets in the drawn period.
    fn shard(&mut self, player: u64) -> &mut PeriodShard {
        let number = ShardCount::ONE_PER_LANE.shard_of(user(player));
        self.shards.get_mut(&(drawn_id(), number)).expect("there is one")
    }

    /// Appends a well-formed payment out of a period to a wallet.
    fn pay_extra(&mut self, player: u64, key: EntryKey, coins: &str, reference: String) {
        let at = self.story.tick();
        let account = SystemAccount::Period(drawn_id().to_string());
        let posting = Posting { key, amount: amount(coins), account, reference };
        let posted = self.story.wallets[&user(player)].credit(Incoming::Credit, posting, at).expect("fits");
        self.story.post(posted, 0);
    }

    /// Removes the payouts of a player's bets, as if they had been forgotten.
    fn forget_payouts(&mut self, player: u64) {
        self.story
            .entries
            .retain(|entry| entry.user != user(player) || !entry.key.as_str().starts_with("WIN:"));
        self.story.chain_again(player);
        for bet in self.bets.values_mut().filter(|bet| bet.user == user(player)) {
            bet.paid = None;
        }
    }
}

#[test]
fn sound_books_are_sound() {
    let mut case = sound();
    // 30 × 0.98 × 9 for 30; the bonus gets its share.
    assert_eq!(case.story.wallets[&user(1)].balance, amount("139.1"));
    assert_eq!(case.story.wallets[&user(1)].bonus, amount("220.5"));
    assert_eq!(case.story.wallets[&user(2)].balance, amount("90"));
    assert!(!case.winner().parts.bonus.is_zero());
    let audit = audit_period(&case.periods[&drawn_id()]);
    assert_eq!(audit.faults, Vec::<String>::new());
    assert_eq!(audit.recomputed.as_ref(), case.results.get(&drawn_id()));
    let report = check_items(case.items(), Completeness::Ended);
    assert_eq!(report.violations(), []);
    assert_eq!(report.sum_units, 0);
}

#[test]
fn a_period_with_bets_ends_within_the_patience() {
    let mut case = sound();
    let state = case.periods[&drawn_id()].clone();
    let PeriodState::Settled(totals, _) = state.state else { panic!("{state:?}") };
    case.period(drawn_id()).state = PeriodState::Closed(totals);
    case.results.clear();
    case.forget_payouts(1);
    let (now, patience) = (second(400), SignedDuration::from_mins(1));
    let items = case.items();
    let found = |completeness| check_items(items.clone(), completeness).violations().len();
    assert_eq!(found(Completeness::Running { now, patience }), 1);
    assert_eq!(found(Completeness::Running { now: second(350), patience }), 0);
    assert_eq!(found(Completeness::Ended), 1);
    assert_eq!(found(Completeness::Stopped), 0);
    assert_eq!(check_items(items, Completeness::Stopped).on_the_way.game_bets, 3);
}

type Corruption = (&'static str, fn(&mut Case), &'static str);

fn check(table: &[Corruption]) {
    for (what, corrupt, expected) in table {
        let mut case = sound();
        corrupt(&mut case);
        let report = check_items(case.items(), Completeness::Ended);
        let mut names: Vec<_> =
            report.violations().iter().map(|violation| violation.invariant.name()).collect();
        names.dedup();
        assert_eq!(names.join(" "), *expected, "{what}: {:#?}", report.violations());
    }
}

/// Only the cash part of a house bet, and the cash it pays, count against the player's limits.
#[test]
fn limits_of_players_count_what_the_house_pays() {
    #[rustfmt::skip]
    let table = [
        // user  staked  paid           violates
        (1,      "5",    "44.1",        ""),
        (1,      "4.9",  "44.1",        "M1"),
        (1,      "5",    "44.10000001", "M1"),
        (2,      "10",   "0",           ""),
        (2,      "9.9",  "0",           "M1"),
    ];
    for (player, staked, paid, expected) in table {
        let mut case = sound();
        let sum = PlaySum { staked: amount(staked), paid: amount(paid), ..PlaySum::default() };
        let sums = Some(PerPeriod {
            day: sum,
            week: PlaySum { since: Timestamp::MAX, ..PlaySum::default() },
            month: sum,
        });
        let stored = StoredLimits { user: user(player), rules: PlayRules::NONE, sums, fence: None };
        case.twice = Some(Record::PlayLimits(Box::new(stored)));
        let report = check_items(case.items(), Completeness::Ended);
        let mut names: Vec<_> =
            report.violations().iter().map(|violation| violation.invariant.name()).collect();
        names.dedup();
        assert_eq!(names.join(" "), expected, "{player} {staked} {paid}: {:#?}", report.violations());
    }
}

#[test]
#[rustfmt::skip]
fn of_money() {
    check(&[
        ("a winner is forgotten", |case| case.forget_payouts(1), "M6"),
        ("a winner is paid, and the bet does not know", |case| case.winner().paid = None, "M1 M6"),
        ("a bet says that it was paid more", |case| {
            let bet = case.winner();
            bet.paid = bet.paid.map(|(_, at)| (amount("1000"), at));
        }, "M1 M3"),
        ("a winner is paid again under another key", |case| {
            let bet = case.winner().id;
            case.pay_extra(1, EntryKey::new(EntryPurpose::Win, &[&bet, &"again"]), "88.2", bet.to_string());
        }, "M1 M3"),
        ("the loser is paid", |case| {
            let bet = case.loser().id;
            case.loser().paid = Some((amount("1"), second(310)));
            case.pay_extra(2, EntryKey::new(EntryPurpose::Win, &[&bet]), "1", bet.to_string());
        }, "M3"),
        ("the loser is paid, and the bet does not say so", |case| {
            let bet = case.loser().id;
            case.pay_extra(2, EntryKey::new(EntryPurpose::Win, &[&bet]), "1", bet.to_string());
        }, "M1 M3"),
        ("a winner has the stake back, too", |case| {
            let bet = case.winner().id;
            case.pay_extra(1, EntryKey::new(EntryPurpose::GameRefund, &[&bet]), "10", bet.to_string());
        }, "M1 M3"),
        ("a bonus won cash", |case| {
            let key = case.entry("WIN:").key.clone();
            let bonus = case.entry(&format!("WIN:{}", key.as_str().split(':').nth(1).expect("a bet")));
            bonus.amount = amount("1");
        }, "M1 M2 M3 M4"),
        ("a stake has no entry", |case| {
            case.story.entries.retain(|entry| !entry.key.as_str().starts_with("GAME:") || entry.user != user(2));
            case.story.chain_again(2);
            let left = case.story.wallets[&user(2)].balance;
            assert!(left > amount("100"));
        }, "M1 M3"),
        ("a key nobody makes", |case| {
            case.pay_extra(2, EntryKey::from_stored("WINS:x".to_owned()), "1", "x".to_owned());
        }, "M1 M3"),
    ]);
}

#[test]
#[rustfmt::skip]
fn of_bets_and_records() {
    check(&[
        ("a record is dropped", |case| { case.shard(1).bets.pop(); }, "M3"),
        ("a record says more", |case| {
            case.shard(2).bets[0].stake = GameStake::parse(amount("20")).expect("a stake");
        }, "M3"),
        ("a record lies in another shard", |case| {
            let moved = case.shard(1).bets.pop().expect("a bet");
            case.shard(2).bets.push(moved);
        }, "M3"),
        ("a record is there twice", |case| {
            let record = case.shard(1).bets[0];
            case.shard(2).bets.push(record);
        }, "M3"),
        ("a shard is open", |case| case.shard(1).closed_at = None, "M3"),
        ("a shard with bets is dropped", |case| {
            let number = (0..16).find(|number| !case.shards[&(drawn_id(), *number)].bets.is_empty());
            case.shards.remove(&(drawn_id(), number.expect("one with bets")));
        }, "M3"),
        ("a bet is dropped", |case| {
            let id = case.loser().id;
            case.bets.remove(&id);
        }, "M1 M3"),
        ("a fingerprint is another one", |case| {
            case.loser().fingerprint = Fingerprint::from_stored(Digest::ZERO);
        }, "M3"),
        ("the answer told another balance", |case| case.loser().balance_after = amount("1"), "M3"),
        ("the answer told another bonus", |case| case.loser().bonus_after = amount("1"), "M3"),
        ("a bet is on another number", |case| case.loser().selection = number(drawn_id(), true), "M3 M6"),
        ("a bet is read twice", |case| {
            case.twice = Some(Record::GameBet(Box::new(case.loser().clone())));
        }, "M3"),
        ("a bet came too early", |case| case.loser().placed_at = second(-100), "M7"),
        ("a bet came too late", |case| {
            let closes_at = case.period(drawn_id()).times.closes_at;
            case.loser().placed_at = closes_at + CLOCK_TOLERANCE + SignedDuration::from_secs(1);
        }, "M7"),
    ]);
}

#[test]
#[rustfmt::skip]
fn of_periods() {
    check(&[
        ("a period is dropped", |case| { case.periods.remove(&drawn_id()); }, "M3 M7"),
        ("a period closes later", |case| {
            case.period(drawn_id()).times.closes_at += SignedDuration::from_secs(1);
        }, "M7"),
        ("a seed is dropped", |case| { case.seeds.remove(&drawn_id()); }, "M7"),
        ("a seed is of no period", |case| { case.seeds.insert(drawn_id().next(), seed()); }, "M7"),
        ("a seed is another one", |case| { case.seeds.insert(drawn_id(), Seed::from_bytes([8; 32])); }, "M7"),
        ("a seed hash is another one", |case| case.period(drawn_id()).seed_hash = Digest::ZERO, "M7"),
        ("a result is chosen", |case| {
            let chosen = number(drawn_id(), false).bet_value();
            let game = drawn_id().room.game();
            let chosen = DrawnSymbols::parse(game, chosen).expect("drawn");
            let period = case.period(drawn_id());
            let PeriodState::Settled(_, result) = &mut period.state else { panic!("settled") };
            result.drawn = chosen.clone();
            case.results.insert(drawn_id(), chosen);
        }, "M3 M6 M7"),
        ("the history shows another result", |case| {
            let other = DrawnSymbols::parse(drawn_id().room.game(), number(drawn_id(), false).bet_value());
            case.results.insert(drawn_id(), other.expect("drawn"));
        }, "M7"),
        ("the history has no result", |case| case.results.clear(), "M7"),
        ("the history has a result of a cancelled period", |case| {
            let drawn = draw(cancelled_id(), &seed(), Entropy::None).expect("drawn");
            case.results.insert(cancelled_id(), drawn);
        }, "M7"),
        ("it was drawn before it closed", |case| {
            let period = case.period(drawn_id());
            let PeriodState::Settled(_, result) = &mut period.state else { panic!("settled") };
            result.drawn_at = second(0);
        }, "M7"),
        ("its totals are others", |case| {
            let period = case.period(drawn_id());
            let PeriodState::Settled(totals, _) = &mut period.state else { panic!("settled") };
            totals.bets += 1;
        }, "M3"),
        ("it was cancelled after its result", |case| {
            let totals = case.period(drawn_id()).totals().expect("closed");
            case.period(drawn_id()).state = PeriodState::Refunded(totals);
        }, "M3 M6 M7"),
        ("it has not ended", |case| {
            let period = case.period(cancelled_id());
            let totals = period.totals().expect("closed");
            period.state = PeriodState::Closed(totals);
        }, "M3 M6"),
    ]);
}
