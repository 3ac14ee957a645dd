//! Jackpots: sound books, and one corruption per row with exactly the invariants that it violates.

use crate::common::moved::check_moved;
use crate::common::{Story, amount, check as check_items, second, user};
use evens_audit::Completeness;
use evens_audit_log::{Act, Action, Actor};
use evens_jackpots::{
    Award, AwardAct, AwardInput, AwardStep, ByGroup, Contribution, JackpotConfig, JackpotGroup, JackpotTerms,
    Meter, MeterCount, MeterPart, OperationId, Pool, PoolState, Share, UpdateConfig, Win, WinCause, award,
    contribute, finish_win, group_totals, update_config,
};
use evens_ledger::{Amount, EntryKey, EntryPurpose, Transfer};
use evens_records::{JackpotRecord, Record};
use jiff::SignedDuration;
use std::collections::BTreeMap;

const METERS: u8 = MeterCount::PRODUCTION.get();

const MINOR: JackpotGroup = JackpotGroup::Minor;

/// User 1 has 5. The minor jackpot received 40 and 400, user 1 won it, and then it received 4. A second win of 500 is
/// in progress and has collected half of the meters.
struct Case {
    story: Story,
    configs: Vec<JackpotConfig>,
    pool: Option<Pool>,
    meters: Vec<Meter>,
    contributions: BTreeMap<OperationId, Contribution>,
    awards: BTreeMap<OperationId, Award>,
    wins: Vec<Win>,
    /// A record that is present twice.
    twice: Option<Record>,
}

fn terms() -> JackpotTerms {
    let rates = ["0.003", "0.001"].map(|rate| rate.parse().expect("a rate"));
    JackpotTerms::new(amount("1000"), rates[0], rates[1], amount("1000000"), None).expect("terms")
}

fn id(name: &str) -> OperationId {
    name.parse().expect("an id")
}

fn sound() -> Case {
    let mut story = Story::default();
    story.sign_up(1);
    story.fund(1, "5");
    let update = UpdateConfig { group: MINOR, expected_version: 0, terms: terms() };
    let plan = update_config(&[], &update, Amount::ZERO, story.tick()).expect("the first");
    let (pool, start) = plan.opening.expect("the first");
    story.transfers.insert(start.key.clone(), start);
    let at = second(0);
    let part = || ByGroup::of(|_| MeterPart::default());
    let meter = |number| Meter { number, version: 1, last_modified_at: at, parts: part() };
    let mut case = Case {
        story,
        configs: vec![plan.config],
        pool: Some(pool),
        meters: (0..METERS).map(meter).collect(),
        contributions: BTreeMap::new(),
        awards: BTreeMap::new(),
        wins: Vec::new(),
        twice: None,
    };
    case.story.tell_terms(&case.configs[0]);
    case.contribute("a", "40");
    case.contribute("b", "400");
    case.begin("first", None);
    case.collect("first", METERS);
    case.finish();
    case.contribute("c", "4");
    case
}

impl Case {
    fn pool(&mut self) -> &mut Pool {
        self.pool.as_mut().expect("open")
    }

    fn contribute(&mut self, name: &str, coins: &str) {
        let open = ByGroup::of(|_| Some(terms()));
        let amounts = ByGroup { minor: amount(coins), ..ByGroup::default() };
        let made = contribute(id(name), &amounts, &open, self.story.tick()).expect("open");
        let part = &mut self.meters[usize::from(made.operation.meter(MeterCount::PRODUCTION))].parts.minor;
        part.share = part.share.plus(made.shares.minor);
        self.contributions.insert(made.operation.clone(), made);
    }

    fn book(&mut self, transfers: Vec<Transfer>) {
        self.story.transfers.extend(transfers.into_iter().map(|moved| (moved.key.clone(), moved)));
    }

    fn begin(&mut self, name: &str, requested: Option<&str>) {
        let now = self.story.tick();
        let cause = WinCause::Manual { by: user(700), agreed: None };
        let (operation, requested) = (id(name), requested.map(amount));
        let reason = "a prize".to_owned();
        let (group, winner, must_hit_by, winning, cycle) = (MINOR, user(1), None, None, None);
        let wanted = Award {
            operation,
            group,
            user: winner,
            requested,
            cause,
            reason,
            at: now,
            must_hit_by,
            winning,
            cycle,
        };
        let (pool, terms) = (self.pool.clone().expect("open"), terms());
        let wallet = self.story.wallets[&user(1)].clone();
        let totals = group_totals(&pool, &self.meters);
        let (given_alone, pool_and_terms) = (Amount::ZERO, Some((&pool, &terms)));
        let input = AwardInput {
            existing: None,
            is_proposer_gone: false,
            pool: pool_and_terms,
            totals,
            given_alone,
            wallet: &wallet,
        };
        let Ok(AwardStep::Begin(begun)) = award(&wanted, AwardAct::Draw, input, now) else {
            panic!("refused")
        };
        (self.pool, _) = (Some(begun.pool), self.awards.insert(begun.award.operation.clone(), begun.award));
        self.tell(Action::AwardJackpot, name);
    }

    /// Adds an audit log line about it.
    fn tell(&mut self, action: Action, name: &str) {
        self.tell_of(action, name, "");
    }

    fn tell_of(&mut self, action: Action, name: &str, after: &str) {
        let (actor, reason) = (Actor::User(user(700)), "a prize".to_owned());
        let (before, after) = (String::new(), after.to_owned());
        let act = Act { actor, action, subject: name.to_owned(), reason, before, after };
        let line = self.story.audit_head.next(act, self.story.after(SignedDuration::ZERO));
        self.story.audit_head = line.head();
        self.story.audit_lines.push(line);
    }

    fn collect(&mut self, name: &str, meters: u8) {
        let cycle = self.pool().cycle;
        for meter in &mut self.meters[..usize::from(meters)] {
            meter.parts.minor = meter.parts.minor.collect(&id(name), cycle).expect("once");
        }
    }

    fn finish(&mut self) {
        let (pool, now) = (self.pool.clone().expect("open"), self.story.tick());
        let operation = &pool.winning().expect("begun").award.operation;
        let found = self.meters.iter().map(|meter| meter.parts.minor.found_by(operation).expect("collected"));
        let collected = found.fold(Share::default(), Share::plus);
        let wallet = self.story.wallets[&user(1)].clone();
        let plan = finish_win(&pool, collected, &wallet, now).expect("begun").expect("fits");
        self.story.post((plan.wallet, plan.entry), 0);
        self.book(plan.transfers);
        self.pool = Some(plan.pool);
        self.wins.push(plan.win);
    }

    fn items(&self) -> Vec<Record> {
        let configs = self.configs.iter().cloned().map(JackpotRecord::Config);
        let pools = self.pool.iter().cloned().map(JackpotRecord::Pool);
        let meters = self.meters.iter().cloned().map(JackpotRecord::Meter);
        let contributions = self.contributions.values().cloned().map(JackpotRecord::Contribution);
        let awards = self.awards.values().cloned().map(JackpotRecord::Award);
        let wins = self.wins.iter().cloned().map(JackpotRecord::Win);
        let all = configs.chain(pools).chain(meters).chain(contributions).chain(awards).chain(wins);
        let jackpots = all.map(Box::new).map(Record::Jackpot);
        self.story.items().into_iter().chain(jackpots).chain(self.twice.clone()).collect()
    }

    fn transfer(&mut self, key: &str) -> &mut Transfer {
        let key = EntryKey::from_stored(key.to_owned());
        self.story.transfers.get_mut(&key).expect("there")
    }
}

#[test]
fn sound_books_are_sound() {
    let case = sound();
    assert_eq!((case.wins[0].amount, case.wins[0].refill), (amount("1330"), amount("110")));
    let report = check_items(case.items(), Completeness::Ended);
    assert_eq!(report.violations(), []);
    assert_eq!(report.sum_units, 0);
}

#[test]
fn books_add_up_in_the_middle_of_a_win_which_ends_within_the_patience() {
    let mut case = sound();
    case.begin("second", Some("500"));
    case.collect("second", METERS / 2);
    case.contribute("d", "8");
    let items = case.items();
    assert_eq!(check_items(items.clone(), Completeness::Stopped).violations(), []);
    let patience = SignedDuration::from_mins(1);
    let found = |at| {
        let completeness = Completeness::Running { now: second(at), patience };
        check_items(items.clone(), completeness).violations().len()
    };
    assert_eq!((found(30), found(120)), (0, 1));
}

type Corruption = (&'static str, fn(&mut Case), &'static str);

/// Partners choose the ids of operations.
#[test]
fn the_id_of_an_operation_may_be_the_name_of_a_group() {
    let mut case = sound();
    case.contribute("minor", "4");
    case.contribute("0b8f1c52-6c1e-4f0e-9a39-2d1f0c7a9e11", "4");
    let report = check_moved(&case.items(), usize::MAX);
    assert_eq!(report.violations(), &[]);
}

#[test]
fn a_win_is_compared_with_its_award_and_its_pool_among_the_newest_entries() {
    let faults = |corrupt: fn(&mut Case)| {
        let mut case = sound();
        corrupt(&mut case);
        let report = check_moved(&case.items(), usize::MAX);
        report.violations().iter().map(|found| found.sentence.clone()).collect::<Vec<_>>()
    };
    assert_eq!(faults(|_| {}), [""; 0]);
    let of_pool = faults(|case| case.wins[0].pool_before = amount("1"));
    assert!(of_pool.iter().any(|sentence| sentence.contains("of a pool of 1.")), "{of_pool:?}");
    let of_award = faults(|case| {
        case.awards.get_mut(&id("first")).expect("an award").requested = Some(amount("1"));
    });
    assert_eq!(of_award, ["The win first differs from its award."]);
}

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

fn coin() -> Amount {
    amount("0.00000001")
}

fn more(of: &mut Amount) {
    *of = of.checked_add(coin()).expect("fits");
}

#[test]
#[rustfmt::skip]
fn of_money() {
    check(&[
        ("the pool holds a coin more", |case| more(&mut case.pool().amount), "M9"),
        ("the reserve holds a coin more", |case| more(&mut case.pool().reserve), "M9"),
        ("a meter holds a coin more", |case| more(&mut case.meters[5].parts.minor.share.pool), "M9"),
        ("a meter is gone", |case| {
            let full = case.meters.iter().position(|meter| meter.parts.minor.share != Share::default());
            case.meters.remove(full.expect("what came after the win"));
        }, "M9"),
        ("a meter was never collected", |case| {
            let collected = case.meters.iter_mut().find(|meter| {
                meter.parts.minor.won.as_ref().is_some_and(|won| won.share != Share::default())
            });
            let part = &mut collected.expect("some").parts.minor;
            part.share = part.share.plus(part.won.take().expect("won").share);
        }, "M9"),
        ("a meter has a coin of a group that is not there", |case| more(&mut case.meters[5].parts.mega.share.pool), "M9"),
        ("a meter was collected by a win of the future", |case| case.meters[5].parts.minor.cycle = 2, "M9"),
        ("the pool is gone", |case| case.pool = None, "M3 M9"),
        ("a win was larger than its pool", |case| {
            case.wins[0].pool_before = amount("1329.99999999");
        }, "M3 M9"),
        ("a contribution was larger", |case| {
            let made = case.contributions.get_mut(&id("a")).expect("made");
            more(&mut made.shares.minor.pool);
        }, "M9"),
        ("a contribution is gone", |case| drop(case.contributions.remove(&id("a"))), "M9"),
        ("a transfer that a contribution makes is also a record", |case| {
            let made = case.contributions.get(&id("a")).expect("made").transfers();
            case.book(made);
        }, "M3 M9"),
        ("a contribution was never made", |case| {
            let made = case.contributions.get(&id("a")).expect("made").clone();
            let operation = id("z");
            case.contributions.insert(operation.clone(), Contribution { operation, ..made });
        }, "M9"),
        ("the house started it with more", |case| more(&mut case.transfer("JACKPOT-START:minor").amount), "M3 M9"),
        ("the house topped it up with more", |case| more(&mut case.transfer("JACKPOT-TOP-UP:first").amount), "M3 M9"),
        ("a transfer that nothing explains", |case| {
            let extra = Transfer { key: EntryKey::new(EntryPurpose::JackpotIn, &[&"x", &MINOR]), ..case.transfer("JACKPOT-START:minor").clone() };
            case.book(vec![extra]);
        }, "M3 M9"),
    ]);
}

/// An award that began, by its line.
#[test]
#[rustfmt::skip]
fn of_lines_about_awards() {
    check(&[
        ("the line of an award says that it began", |case| {
            case.tell_of(Action::AwardJackpot, "first", "won: all of minor to user 1");
        }, ""),
        ("a line says that an award began, which is not there", |case| {
            case.tell_of(Action::AwardJackpot, "gone", "won: all of minor to user 1");
        }, "LOG"),
        ("a line says that an award began, which is a proposal", |case| {
            let award = Award { operation: id("quiet"), cycle: None, ..case.awards[&id("first")].clone() };
            case.awards.insert(id("quiet"), award);
            case.tell_of(Action::AwardJackpot, "quiet", "won: all of minor to user 1");
        }, "LOG"),
    ]);
}

#[test]
#[rustfmt::skip]
fn of_wins_and_awards() {
    check(&[
        ("a win is gone", |case| drop(case.wins.pop()), "M3"),
        ("a win is there twice", |case| {
            let win = JackpotRecord::Win(case.wins[0].clone());
            case.twice = Some(Record::Jackpot(Box::new(win)));
        }, "M3"),
        ("a win has another number", |case| case.wins[0].cycle = 1, "M3"),
        ("a win says more than was paid", |case| {
            more(&mut case.wins[0].amount);
            more(&mut case.wins[0].pool_before);
        }, "M3"),
        ("somebody else was paid", |case| case.wins[0].user = user(2), "M3"),
        ("a win was paid under another id", |case| case.wins[0].operation = id("other"), "M3"),
        ("a win was never awarded", |case| drop(case.awards.remove(&id("first"))), "M3"),
        ("a win was awarded to somebody else", |case| {
            case.awards.get_mut(&id("first")).expect("there").user = user(2);
        }, "M3"),
        ("less was awarded", |case| {
            case.awards.get_mut(&id("first")).expect("there").requested = Some(amount("1"));
        }, "M3"),
        ("an award began and is no win", |case| {
            let award = case.awards[&id("first")].clone();
            let operation = id("lost");
            case.awards.insert(operation.clone(), Award { operation, ..award });
            case.tell(Action::AwardJackpot, "lost");
        }, "M3"),
        ("an id is a contribution, too", |case| {
            let award = Award { operation: id("a"), cycle: None, ..case.awards[&id("first")].clone() };
            case.awards.insert(id("a"), award);
            case.tell(Action::AwardJackpot, "a");
        }, "M3"),
        ("an award has no line in the audit log", |case| {
            let award = Award { operation: id("quiet"), cycle: None, ..case.awards[&id("first")].clone() };
            case.awards.insert(id("quiet"), award);
        }, "LOG"),
        ("whoever agreed has no line in the audit log", |case| {
            let cause = WinCause::Manual { by: user(700), agreed: Some(user(701)) };
            case.awards.get_mut(&id("first")).expect("there").cause = cause;
            case.wins[0].cause = cause;
        }, "LOG"),
        ("a win is under way for ever", |case| {
            case.begin("second", None);
            assert_ne!(case.pool().state, PoolState::Open);
        }, "M9"),
        ("a version of the terms is there twice", |case| {
            let config = JackpotRecord::Config(case.configs[0].clone());
            case.twice = Some(Record::Jackpot(Box::new(config)));
        }, "M3"),
        ("the terms say another start", |case| {
            let rates = ["0.003", "0.001"].map(|rate| rate.parse().expect("a rate"));
            let terms = JackpotTerms::new(amount("999"), rates[0], rates[1], amount("1000000"), None);
            case.configs[0].terms = terms.expect("terms");
        }, "M3 M9 LOG"),
        ("the terms say other odds", |case| {
            let rates = ["0.003", "0.001"].map(|rate| rate.parse().expect("a rate"));
            let terms = JackpotTerms::new(amount("1000"), rates[0], rates[1], amount("1000001"), None);
            case.configs[0].terms = terms.expect("terms");
        }, "LOG"),
        ("the terms hold since later", |case| case.configs[0].since = second(1), "M3 LOG"),
        ("one operator changed the terms alone", |case| {
            case.story.tell_of_acts(|act| {
                if act.action == Action::UpdateJackpot { act.actor = Actor::User(user(700)); }
            });
        }, "LOG"),
        ("the audit log has a version more", |case| {
            let config = JackpotConfig { version: 2, since: second(900), ..case.configs[0].clone() };
            case.story.tell_terms(&config);
        }, "LOG"),
        ("a version of the terms has no line in the audit log", |case| {
            case.configs.push(JackpotConfig { version: 2, since: second(900), ..case.configs[0].clone() });
        }, "LOG"),
        ("a version of the terms was only proposed", |case| {
            case.configs.push(JackpotConfig { version: 2, since: second(900), ..case.configs[0].clone() });
            case.story.tell_terms(&case.configs[1]);
            case.story.audit_lines.pop();
            case.story.audit_head = case.story.audit_lines.last().expect("the proposal").head();
        }, "LOG"),
        ("a version of the terms is missing", |case| {
            case.configs.push(JackpotConfig { version: 3, since: second(900), ..case.configs[0].clone() });
            case.story.tell_terms(&case.configs[1]);
        }, "M3"),
        ("the house started a pool again with more than its terms say", |case| {
            more(&mut case.wins[0].top_up);
            more(&mut case.pool().amount);
            more(&mut case.transfer("JACKPOT-TOP-UP:first").amount);
        }, "M9"),
        ("so do terms that held only later", |case| {
            let rates = ["0.003", "0.001"].map(|rate| rate.parse().expect("a rate"));
            let terms = JackpotTerms::new(amount("1000.00000001"), rates[0], rates[1], amount("1000000"), None);
            let (terms, since) = (terms.expect("terms"), second(900));
            case.configs.push(JackpotConfig { version: 2, terms, since, ..case.configs[0].clone() });
            case.story.tell_terms(&case.configs[1]);
            more(&mut case.wins[0].top_up);
            more(&mut case.pool().amount);
            more(&mut case.transfer("JACKPOT-TOP-UP:first").amount);
        }, "M9"),
    ]);
}
