//! Jackpots: contributions, wins and terms, one after the other and at once.

use crate::books;
use crate::scenario::{amount, fund, second, user};
use evens_audit_log::{Act, Action, Actor};
use evens_jackpots::{
    Award, AwardAct, AwardRefusal, AwardStep, ByGroup, ConcurrencyViolation, ConfigAct, ConfigStep,
    ConflictDetails, ContributeOutcome, Contribution, GroupTotals, IsClosed, JackpotAction, JackpotConfig,
    JackpotGroup, JackpotTerms, OperationId, Share, UpdateConfig, UpdateConfigRefusal, Win, WinCause,
    contribute,
};
use evens_ledger::{Amount, UserId};
use evens_store::{FinishWinOutcome, Store};
use futures::future::join_all;

pub(crate) const MINOR: JackpotGroup = JackpotGroup::Minor;

pub(crate) fn terms(start: &str) -> JackpotTerms {
    let rates = ["0.003", "0.001"].map(|rate| rate.parse().unwrap());
    JackpotTerms::new(amount(start), rates[0], rates[1], amount("1000000000"), None).unwrap()
}

pub(crate) async fn update(
    store: &Store,
    group: JackpotGroup,
    expected_version: u64,
    start: &str,
) -> Result<JackpotConfig, UpdateConfigRefusal> {
    update_to(store, group, expected_version, terms(start)).await
}

async fn update_to(
    store: &Store,
    group: JackpotGroup,
    expected_version: u64,
    terms: JackpotTerms,
) -> Result<JackpotConfig, UpdateConfigRefusal> {
    let update = UpdateConfig { group, expected_version, terms };
    update_by(store, &update, 700).await?;
    let changed = update_by(store, &update, 701).await;
    changed.map(|step| step.config().clone())
}

pub(crate) async fn update_by(
    store: &Store,
    update: &UpdateConfig,
    by: u64,
) -> Result<ConfigStep, UpdateConfigRefusal> {
    let act = ConfigAct { by: user(by), reason: "why".to_owned() };
    let act_of = |before: Option<&JackpotConfig>, step: &ConfigStep| Act {
        actor: Actor::User(user(by)),
        action: Action::UpdateJackpot,
        subject: update.group.to_string(),
        reason: act.reason.clone(),
        before: before.map_or(0, |config| config.version).to_string(),
        after: step.config().version.to_string(),
    };
    store.update_jackpot_config(update, &act, act_of, second(1)).await.unwrap()
}

/// Opens all three groups.
pub(crate) async fn opened(store: &Store) {
    for (group, start) in [(MINOR, "1000"), (JackpotGroup::Major, "20000"), (JackpotGroup::Mega, "500000")] {
        assert_eq!(update(store, group, 0, start).await.unwrap().version, 1);
    }
}

pub(crate) fn contribution(id: &str, amounts: [&str; 3]) -> Contribution {
    let [minor, major, mega] = amounts.map(amount);
    let operation: OperationId = id.parse().unwrap();
    let open = ByGroup::of(|_| Some(terms("1000")));
    contribute(operation, &ByGroup { minor, major, mega }, &open, second(2)).unwrap()
}

pub(crate) async fn contributed(store: &Store, id: &str, amounts: [&str; 3]) -> ContributeOutcome {
    store.contribute_jackpot(&contribution(id, amounts), None).await.unwrap()
}

pub(crate) async fn load_totals(store: &Store, group: JackpotGroup) -> GroupTotals {
    let seen = store.load_jackpots_snapshot().await.unwrap();
    seen.get(group).as_ref().unwrap().totals
}

pub(crate) fn wanted(id: &str, winner: u64, requested: Option<&str>) -> Award {
    Award {
        operation: id.parse().unwrap(),
        group: MINOR,
        user: user(winner),
        requested: requested.map(amount),
        cause: WinCause::Manual { by: user(700), agreed: None },
        reason: "a prize".to_owned(),
        at: second(3),
        must_hit_by: None,
        winning: None,
        cycle: None,
    }
}

pub(crate) async fn award(
    store: &Store,
    wanted: &Award,
    by: u64,
    two_persons_from: &str,
) -> Result<AwardStep, AwardRefusal> {
    let act = AwardAct::Operator {
        by: user(by),
        logged_in_at: second(1),
        two_persons_from: amount(two_persons_from),
        is_for_player: true,
    };
    let cause = WinCause::Manual { by: user(by), agreed: None };
    let wanted = Award { cause, ..wanted.clone() };
    let act_of = |_: &AwardStep| Some(audit_act(&wanted, user(by)));
    store.award_jackpot(&wanted, act, act_of, second(4)).await.unwrap()
}

fn audit_act(wanted: &Award, by: UserId) -> Act {
    Act {
        actor: Actor::User(by),
        action: Action::AwardJackpot,
        subject: wanted.operation.to_string(),
        reason: wanted.reason.clone(),
        before: String::new(),
        after: String::new(),
    }
}

pub(crate) async fn finished(store: &Store) -> Option<Win> {
    match store.finish_jackpot_win(MINOR, second(5)).await.unwrap() {
        FinishWinOutcome::Paid { win, .. } => Some(*win),
        FinishWinOutcome::NoneUnderWay => None,
        FinishWinOutcome::BalanceTooLarge(pending) => panic!("does not fit: {pending:?}"),
    }
}

pub(crate) async fn won(store: &Store, id: &str, winner: u64, requested: Option<&str>) -> Win {
    let step = award(store, &wanted(id, winner, requested), 700, "100000000").await.unwrap();
    assert!(matches!(step, AwardStep::Begin(_)));
    finished(store).await.unwrap()
}

async fn balance(store: &Store, number: u64) -> Amount {
    store.load_wallet(user(number)).await.unwrap().balance
}

fn totals(pool: &str, reserve: &str) -> GroupTotals {
    GroupTotals { amount: amount(pool), reserve: amount(reserve) }
}

pub(crate) async fn terms_are_compared_at_the_write(store: &Store) {
    let violation = |expected, found| {
        UpdateConfigRefusal::Changed(ConcurrencyViolation {
            operation: JackpotAction::UpdateConfig,
            group: MINOR,
            details: ConflictDetails::Version { expected, found },
        })
    };
    assert_eq!(update(store, MINOR, 1, "1000").await, Err(violation(1, 0)));
    assert_eq!(update(store, MINOR, 0, "1000").await.unwrap().version, 1);
    assert_eq!(update(store, MINOR, 0, "1000").await, Err(violation(0, 1)));
    // Eight operators approve at once: one makes the next version, and the others get a refusal.
    let wanted = UpdateConfig { group: MINOR, expected_version: 1, terms: terms("2000") };
    update_by(store, &wanted, 700).await.unwrap();
    let updates = join_all((701..709).map(|by| update_by(store, &wanted, by))).await;
    let (made, refused): (Vec<_>, Vec<_>) = updates.into_iter().partition(Result::is_ok);
    assert_eq!((made.len(), refused.len()), (1, 7));
    assert!(refused.into_iter().all(|refused| refused == Err(violation(1, 2))));
    let versions = store.list_jackpot_configs(MINOR).await.unwrap();
    assert_eq!(versions.iter().map(|config| config.version).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(store.load_jackpot_config(MINOR).await.unwrap().as_ref(), versions.first());
    assert_eq!(load_totals(store, MINOR).await, totals("1000", "0"));
    assert_eq!(store.load_jackpot_config(JackpotGroup::Mega).await.unwrap(), None);
}

pub(crate) async fn a_contribution_is_made_once_and_to_all_groups_or_none(store: &Store) {
    opened(store).await;
    let made = contribution("a", ["4", "0", "0.00000001"]);
    for is_replay in [false, true, true] {
        let outcome = store.contribute_jackpot(&made, None).await.unwrap();
        assert_eq!(outcome, ContributeOutcome::Contributed { contribution: made.clone(), is_replay });
    }
    assert_eq!(contributed(store, "a", ["4", "0", "0"]).await, ContributeOutcome::OperationReused);
    assert_eq!(load_totals(store, MINOR).await, totals("1003", "1"));
    assert_eq!(load_totals(store, JackpotGroup::Major).await, totals("20000", "0"));
    assert_eq!(load_totals(store, JackpotGroup::Mega).await, totals("500000.00000001", "0"));
}

pub(crate) async fn contributions_at_once_are_all_there(store: &Store) {
    opened(store).await;
    let ids: Vec<String> = (0..200).map(|number| format!("op-{number}")).collect();
    // Each is requested twice.
    let all = ids.iter().chain(&ids).map(|id| contributed(store, id, ["4", "8", "0.00000004"]));
    let outcomes = join_all(all).await;
    let replays = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, ContributeOutcome::Contributed { is_replay: true, .. }));
    assert_eq!(replays.count(), 200);
    assert_eq!(load_totals(store, MINOR).await, totals("1600", "200"));
    assert_eq!(load_totals(store, JackpotGroup::Major).await, totals("21200", "400"));
    assert_eq!(load_totals(store, JackpotGroup::Mega).await, totals("500000.000006", "0.000002"));
}

pub(crate) async fn contributors_never_wait_for_a_win(store: &Store) {
    opened(store).await;
    contributed(store, "before", ["4", "0", "0"]).await;
    award(store, &wanted("win", 1, None), 700, "100000000").await.unwrap();
    // The win is in progress, and no process continues it.
    for number in 0..100 {
        contributed(store, &format!("op-{number}"), ["4", "0", "0"]).await;
    }
    assert_eq!(load_totals(store, MINOR).await, totals("1303", "101"));
    // The operator decided about the amount at that time. Later contributions start the next pool.
    let win = finished(store).await.unwrap();
    assert_eq!((win.amount, win.pool_before), (amount("1003"), amount("1303")));
    assert_eq!(load_totals(store, MINOR).await, totals("1000", "0"));
}

pub(crate) async fn a_pool_is_won_once_and_starts_again(store: &Store) {
    opened(store).await;
    fund(store, 1, "5").await;
    contributed(store, "a", ["400", "400", "0"]).await;
    let win = won(store, "win", 1, None).await;
    assert_eq!((win.amount, win.pool_before, win.cycle), (amount("1300"), amount("1300"), 0));
    assert_eq!((win.refill, win.top_up), (amount("100"), amount("900")));
    assert_eq!(balance(store, 1).await, amount("1305"));
    assert_eq!(load_totals(store, MINOR).await, totals("1000", "0"));
    assert_eq!(load_totals(store, JackpotGroup::Major).await, totals("20300", "100"));
    // Neither the same operation nor another completion changes anything.
    let again = award(store, &wanted("win", 1, None), 701, "100000000").await;
    assert_eq!(again, Err(AwardRefusal::BegunBefore(0)));
    assert_eq!(finished(store).await, None);
    assert_eq!(balance(store, 1).await, amount("1305"));
    assert_eq!(store.load_jackpot_win(MINOR, 0).await.unwrap(), Some(win));
}

pub(crate) async fn part_of_a_pool_is_won(store: &Store) {
    opened(store).await;
    contributed(store, "a", ["4000", "0", "0"]).await;
    let refused = award(store, &wanted("b", 1, Some("4000.00000001")), 700, "100000000").await;
    assert_eq!(refused, Err(AwardRefusal::MoreThanPool(amount("4000"))));
    assert_eq!(won(store, "c", 1, Some("2500")).await.amount, amount("2500"));
    assert_eq!(load_totals(store, MINOR).await, totals("1500", "1000"));
    assert_eq!(won(store, "d", 1, Some("1500")).await.refill, amount("1000"));
    assert_eq!(load_totals(store, MINOR).await, totals("1000", "0"));
    assert_eq!(balance(store, 1).await, amount("4000"));
}

pub(crate) async fn an_id_means_one_thing(store: &Store) {
    opened(store).await;
    contributed(store, "a", ["4", "0", "0"]).await;
    let reused = |id: &str| Err(AwardRefusal::OperationReused(id.parse().unwrap()));
    assert_eq!(award(store, &wanted("a", 1, None), 700, "100000000").await, reused("a"));
    won(store, "b", 1, None).await;
    assert_eq!(award(store, &wanted("b", 2, None), 700, "100000000").await, reused("b"));
    assert_eq!(contributed(store, "b", ["4", "0", "0"]).await, ContributeOutcome::OperationReused);
}

/// Each finds the group held, completes the win that holds it, and tries again.
pub(crate) async fn of_wins_at_once_each_takes_what_is_there(store: &Store) {
    opened(store).await;
    contributed(store, "a", ["400", "0", "0"]).await;
    let win = async |number: u64| loop {
        match award(store, &wanted(&format!("win-{number}"), number, None), 700, "100000000").await {
            Ok(_) | Err(AwardRefusal::BegunBefore(_)) => return drop(finished(store).await),
            Err(AwardRefusal::Held(_)) => drop(finished(store).await),
            Err(refusal) => panic!("{refusal}"),
        }
    };
    join_all((1..=6).map(win)).await;
    finished(store).await;
    let books = books::check(store).await;
    let mut amounts: Vec<_> = books.jackpots.wins.values().map(|win| win.amount).collect();
    amounts.sort_unstable();
    let [all @ .., largest] = amounts.as_slice() else { panic!("no wins") };
    assert_eq!((all, *largest), ([amount("1000"); 5].as_slice(), amount("1300")));
}

pub(crate) async fn terms_changed_in_play_hold_from_the_next_win(store: &Store) {
    opened(store).await;
    award(store, &wanted("a", 1, None), 700, "100000000").await.unwrap();
    assert_eq!(update(store, MINOR, 1, "3000").await.unwrap().version, 2);
    finished(store).await.unwrap();
    assert_eq!(load_totals(store, MINOR).await, totals("1000", "0"));
    won(store, "b", 1, None).await;
    assert_eq!(load_totals(store, MINOR).await, totals("3000", "0"));
}

pub(crate) async fn two_operators_award_what_is_much(store: &Store) {
    opened(store).await;
    let much = wanted("a", 1, Some("1000"));
    let proposed = award(store, &much, 700, "1000").await.unwrap();
    assert!(matches!(proposed, AwardStep::Propose(_)));
    assert_eq!(award(store, &much, 700, "1000").await, Err(AwardRefusal::ProposedBefore));
    assert_eq!(finished(store).await, None);
    // Several operators approve at once, and one of them is the second.
    let agreed = join_all((701..705).map(|by| award(store, &much, by, "1000"))).await;
    assert_eq!(agreed.iter().filter(|agreed| agreed.is_ok()).count(), 1);
    let others = agreed.iter().filter(|agreed| **agreed == Err(AwardRefusal::BegunBefore(0)));
    assert_eq!(others.count(), 3);
    let win = finished(store).await.unwrap();
    let WinCause::Manual { by, agreed: Some(second) } = win.cause else { panic!("{:?}", win.cause) };
    assert!(by == user(700) && second != by);
    assert_eq!(store.load_audit_head().await.unwrap().number, 6 + 2);
}

/// The amounts in the meters count, too.
pub(crate) async fn terms_give_nothing_away_that_is_there(store: &Store) {
    opened(store).await;
    contributed(store, "a", ["400", "0", "0"]).await;
    let of = terms("1000");
    let by = |limit| {
        JackpotTerms::new(of.start(), of.rate(), of.reserve_rate(), of.odds(), Some(amount(limit))).unwrap()
    };
    let refused = update_to(store, MINOR, 1, by("1300")).await;
    assert_eq!(refused, Err(UpdateConfigRefusal::LimitReached(amount("1300"))));
    assert_eq!(update_to(store, MINOR, 1, by("1300.00000001")).await.unwrap().version, 2);
    // Periods are won by that limit for a while, regardless of newer terms.
    for version in 2..8 {
        update(store, MINOR, version, "1000").await.unwrap();
    }
    let refused = update(store, MINOR, 8, "1000.00000001").await;
    let (limit, until) = (amount("1300.00000001"), Some(second(1 + 30 * 60)));
    assert_eq!(refused, Err(UpdateConfigRefusal::StartUnderOldLimit { limit, until }));
}

/// Contributions decided under the earlier terms are refused, because they could bring the pool to its limit.
/// Contributions decided without the limit are refused while periods opened under it are drawn.
pub(crate) async fn a_group_takes_no_contributions_while_its_limit_comes_or_goes(store: &Store) {
    opened(store).await;
    let of = terms("1000");
    let by = |limit: Option<&str>| {
        let limit = limit.map(amount);
        JackpotTerms::new(of.start(), of.rate(), of.reserve_rate(), of.odds(), limit).unwrap()
    };
    contributed(store, "before", ["4", "0", "0"]).await;
    let closed = |seconds: i64| {
        let until = second(1 + seconds);
        ContributeOutcome::IsClosed(IsClosed { group: MINOR, until })
    };
    let at = async |id: &str, seconds: i64, amounts| {
        let contribution = Contribution { at: second(1 + seconds), ..contribution(id, amounts) };
        store.contribute_jackpot(&contribution, Some(amount("10000"))).await.unwrap()
    };
    let is_made = |outcome: &ContributeOutcome| {
        matches!(outcome, ContributeOutcome::Contributed { is_replay: false, .. })
    };
    for (version, limit, seconds) in [(1, Some("5000"), 30), (2, None, 30 * 60)] {
        update_to(store, MINOR, version, by(limit)).await.unwrap();
        // The largest id uses a meter of its own, as the smallest does.
        for number in 0..8 {
            let id = format!("late-{version}-{number}");
            assert_eq!(at(&id, seconds - 1, ["4", "4", "0"]).await, closed(seconds));
        }
        let others = at(&format!("others-{version}"), seconds - 1, ["0", "4", "0"]).await;
        assert!(is_made(&others), "{others:?}");
        let later = at(&format!("later-{version}"), seconds, ["4", "0", "0"]).await;
        assert!(is_made(&later), "{later:?}");
    }
    // Earlier contributions are answered as before, contributions by bets are added, and terms with the same limit
    // close nothing.
    let again = contributed(store, "before", ["4", "0", "0"]).await;
    assert!(matches!(again, ContributeOutcome::Contributed { is_replay: true, .. }), "{again:?}");
    update(store, MINOR, 3, "999").await.unwrap();
    assert_eq!(at("same", 30 * 60 - 1, ["4", "0", "0"]).await, closed(30 * 60));
    let staked = contribution("staked", ["4", "0", "0"]);
    let lane = "period:wingo-30-20260101000000001:00".to_owned();
    let staked = Contribution { operation: OperationId::from_stored(lane), ..staked };
    assert!(is_made(&store.contribute_jackpot(&staked, None).await.unwrap()));
    assert_eq!(load_totals(store, MINOR).await, totals("1012", "4"));
}

/// Two operators must approve if the sum of a day's small awards is large.
pub(crate) async fn a_pool_is_not_given_away_in_pieces(store: &Store) {
    opened(store).await;
    for number in 0..3 {
        let step = award(store, &wanted(&format!("piece-{number}"), 1, Some("300")), 700, "1000").await;
        assert!(matches!(step, Ok(AwardStep::Begin(_))), "{step:?}");
        finished(store).await.unwrap();
    }
    // Any operator is refused. If two try at once, at most one begins.
    let more = [wanted("other", 2, Some("99.99999999")), wanted("another", 2, Some("99.99999999"))];
    let at_once =
        join_all([(&more[0], 701), (&more[1], 702)].map(|(more, by)| award(store, more, by, "1000")));
    let begun = at_once.await.iter().filter(|step| matches!(step, Ok(AwardStep::Begin(_)))).count();
    assert_eq!(begun, 1);
    finished(store).await.unwrap();
    let last = wanted("last", 1, Some("0.00000001"));
    assert!(matches!(award(store, &last, 700, "1000").await, Ok(AwardStep::Propose(_))));
    assert!(matches!(award(store, &last, 701, "1000").await, Ok(AwardStep::Begin(_))));
    finished(store).await.unwrap();
    // All groups share one sum, including wins in progress.
    let of_other =
        |id: &str, coins: &'static str| Award { group: JackpotGroup::Major, ..wanted(id, 1, Some(coins)) };
    let proposed = award(store, &of_other("of-major", "0.00000001"), 700, "1000").await;
    assert!(matches!(proposed, Ok(AwardStep::Propose(_))), "{proposed:?}");
    let begun = award(store, &of_other("more-of-major", "500"), 700, "2000").await;
    assert!(matches!(begun, Ok(AwardStep::Begin(_))), "{begun:?}");
    let left = wanted("of-minor", 1, Some("500.00000001"));
    let proposed = award(store, &left, 700, "2000").await;
    assert!(matches!(proposed, Ok(AwardStep::Propose(_))), "{proposed:?}");
    let begun = award(store, &wanted("of-minor-less", 1, Some("500")), 700, "2000").await;
    assert!(matches!(begun, Ok(AwardStep::Begin(_))), "{begun:?}");
}

pub(crate) async fn wins_are_listed_newest_first_page_by_page(store: &Store) {
    opened(store).await;
    for number in 0..5 {
        won(store, &format!("win-{number}"), 1, None).await;
    }
    let (mut found, mut before) = (Vec::new(), None);
    loop {
        let page = store.list_jackpot_wins(MINOR, before, 2).await.unwrap();
        found.extend(page.wins.iter().map(|win| win.cycle));
        before = page.next_before;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(found, [4, 3, 2, 1, 0]);
    assert_eq!(store.list_jackpot_wins(MINOR, Some(0), 2).await.unwrap().wins, []);
    assert_eq!(store.list_jackpot_wins(JackpotGroup::Mega, None, 2).await.unwrap().wins, []);
    assert_eq!(Share::default().total(), Amount::ZERO);
}
