//! Short names for the common steps of the suite. A test does the steps itself that it is about.

use evens_audit_log::{Act, Action, Actor};
use evens_draws::{Nonce, Seed};
use evens_exchange::{
    Bet, BettingLimits, Draw, Join, Match, MatchState, OpposedBets, Outcome, PlaceBet, PlaceBetOutcome,
    Placement, RefundReason, RefundTerms, Round, RoundId, RoundTerms, RoundTotals, Side, Stake, UnmatchedBet,
    join,
};
use evens_idempotency::{BetId, IdempotencyKey};
use evens_ledger::{Amount, Digest, UserId, Wallet};
use evens_players::{
    Account, FamilyId, PhoneNumber, RecordReferral, Referral, ReferralBonusAfter, ReferralBonuses,
    ReferralCode, RefreshToken, Role, Session, SuccessorSalt,
};
use evens_store::{
    AccountWrite, BonusOutcome, CountedTotals, DrawOutcome, FundOutcome, JoinOutcome, PasswordHash,
    ReferralOutcome, RefundBetOutcome, RoundWrite, SettleOutcome, SignUpOutcome, Since, Store, StoreError,
    UnsettledMatch,
};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use std::sync::atomic::{AtomicI64, Ordering};

/// The round of tests that need only one.
pub(crate) const ROUND: &str = "round-2024-01-01";
/// A balance that is enough for any bet in a test.
pub(crate) const ENOUGH: &str = "1000";

pub(crate) fn amount(text: &str) -> Amount {
    text.parse().expect("an amount")
}

/// The bonus of a direct referrer.
pub(crate) fn direct(text: &str) -> ReferralBonuses {
    ReferralBonuses::direct(amount(text))
}

pub(crate) fn stake(text: &str) -> Stake {
    Stake::parse(amount(text)).expect("a stake")
}

pub(crate) fn user(number: u64) -> UserId {
    UserId::new(number).expect("a player's number")
}

pub(crate) fn round_id(text: &str) -> RoundId {
    text.parse().expect("a round's id")
}

/// `seconds` seconds after the start of 2024.
pub(crate) fn second(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_704_067_200 + seconds).expect("a time")
}

pub(crate) fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

pub(crate) fn seed() -> Seed {
    Seed::from_bytes([7; 32])
}

/// The command for a bet under a key, in the usual round.
pub(crate) fn command(player: u64, key: &str, side: Side, staked: &str) -> PlaceBet {
    let key: IdempotencyKey = key.parse().expect("an idempotency key");
    let bet = BetId::derive(user(player), &key);
    let nonce = nonce_of(player, key.as_str());
    PlaceBet {
        bet,
        user: user(player),
        round: round_id(ROUND),
        side,
        stake: stake(staked),
        nonce,
        by_staff: false,
        barred: None,
        session_started_at: second(0),
        session_epoch: 0,
    }
}

/// The same command by a token of this epoch.
pub(crate) fn of_epoch(session_epoch: u64, command: PlaceBet) -> PlaceBet {
    PlaceBet { session_epoch, ..command }
}

pub(crate) fn nonce_of(player: u64, key: &str) -> Nonce {
    Nonce::from_bytes(*Digest::of(format!("{player} {key}").as_bytes()).bytes())
}

/// No limits beyond those of the rule.
pub(crate) fn limits() -> BettingLimits {
    let (stake_min, day_offset) = (Amount::ZERO, Offset::UTC);
    BettingLimits {
        is_open: true,
        stake_min,
        decimals: Amount::DECIMALS_MAX,
        waiting_max: usize::MAX,
        refund_after: minutes(5),
        day_offset,
    }
}

pub(crate) fn refund_terms() -> RefundTerms {
    RefundTerms { refund_after: minutes(5), stake_min: Amount::ZERO }
}

/// The terms of a round that is open for all players for ever.
pub(crate) fn terms(id: &str, draw: Draw) -> RoundTerms {
    RoundTerms::endless(round_id(id), draw, Amount::ZERO)
}

/// Opens the usual round with a commission.
pub(crate) async fn open_with_commission(store: &Store, rate: &str) {
    let terms = RoundTerms { commission: rate.parse().expect("a rate"), ..terms(ROUND, Draw::Match) };
    store.open_round(Round::open(terms, &seed(), second(0)), &seed()).await.expect("open");
}

/// Requests a bet, in a round that is opened if it does not exist.
pub(crate) async fn try_place(
    store: &Store,
    command: &PlaceBet,
    now: Timestamp,
) -> Result<PlaceBetOutcome, StoreError> {
    let outcome = store.place_bet(command, limits(), now).await?;
    if outcome != PlaceBetOutcome::UnknownRound {
        return Ok(outcome);
    }
    let terms = RoundTerms::endless(command.round.clone(), Draw::Match, Amount::ZERO);
    store.open_round(Round::open(terms, &seed(), now), &seed()).await?;
    store.place_bet(command, limits(), now).await
}

/// A funding under an order that names player and amount.
pub(crate) async fn fund(store: &Store, player: u64, text: &str) -> Wallet {
    let order = format!("order-{player}-{text}");
    match store.fund_wallet(user(player), amount(text), &order, second(0)).await {
        Ok(FundOutcome::Funded(wallet)) => wallet,
        other => panic!("player {player} is not funded: {other:?}"),
    }
}

pub(crate) async fn place(store: &Store, command: &PlaceBet, now: Timestamp) -> Placement {
    match try_place(store, command, now).await {
        Ok(PlaceBetOutcome::Placed(placement)) => *placement,
        other => panic!("{command:?} is not placed: {other:?}"),
    }
}

/// Funds a player and places their bet, `at` seconds after the start of 2024.
pub(crate) async fn bet(store: &Store, player: u64, side: Side, staked: &str, at: i64) -> Placement {
    fund(store, player, ENOUGH).await;
    place(store, &command(player, "key-1", side, staked), second(at)).await
}

/// The plan to join two unmatched bets.
pub(crate) fn plan(one: &UnmatchedBet, other: &UnmatchedBet, at: i64) -> Join {
    join(&OpposedBets::of(one, other, Amount::ZERO).expect("opposed bets"), second(at))
}

/// The plan to join two unmatched bets whose match this side wins.
pub(crate) fn plan_drawn(one: &UnmatchedBet, other: &UnmatchedBet, winner: Side, at: i64) -> Join {
    let mut plan = plan(one, other, at);
    plan.bet_match.state = MatchState::Drawn(Outcome { winner, drawn_at: second(at) });
    plan
}

/// Joins two unmatched bets, in a round that draws each match.
pub(crate) async fn joined(store: &Store, one: &UnmatchedBet, other: &UnmatchedBet, at: i64) -> Match {
    let plan = plan(one, other, at);
    let outcome = store.join_bets(&plan, Side::A, &Draw::Match).await;
    assert!(matches!(outcome, Ok(JoinOutcome::Joined)), "{outcome:?}");
    plan.bet_match
}

pub(crate) async fn drawn(store: &Store, bet_match: &Match, winner: Side) -> Outcome {
    let outcome = Outcome { winner, drawn_at: second(20) };
    let drawn = store.draw_match(bet_match, outcome).await.expect("a draw");
    assert_eq!(drawn, DrawOutcome::Drawn(outcome));
    outcome
}

/// Fixes the outcome of a joined match and pays its winner.
pub(crate) async fn settled(store: &Store, bet_match: &Match, winner: Side) -> Outcome {
    let outcome = drawn(store, bet_match, winner).await;
    let settled = store.settle_match(bet_match, outcome, None, second(30)).await.expect("a settlement");
    assert!(matches!(settled, SettleOutcome::Settled(_)), "{settled:?}");
    outcome
}

/// Joins bets of this stake by player 1 on A and player 2 on B.
pub(crate) async fn match_of(store: &Store, staked: &str) -> Match {
    let a = bet(store, 1, Side::A, staked, 0).await;
    let b = bet(store, 2, Side::B, staked, 1).await;
    joined(store, &a.waiting, &b.waiting, 10).await
}

/// Refunds the unmatched part of a bet at its player's request.
pub(crate) async fn refund(store: &Store, bet: &Bet) -> RefundBetOutcome {
    let refunded = store.refund_bet(bet, RefundReason::Requested, refund_terms(), second(40)).await;
    refunded.expect("a refund")
}

pub(crate) async fn opened(store: &Store, id: &str, draw: Draw, at: i64) -> Round {
    let round = Round::open(terms(id, draw), &seed(), second(at));
    let written = store.open_round(round, &seed()).await.expect("a round");
    let RoundWrite::Written(round) = written else { panic!("round {id} was there") };
    round
}

/// The wallet's balance and its locked amount.
pub(crate) async fn money(store: &Store, player: u64) -> (String, String) {
    let wallet = store.load_wallet(user(player)).await.expect("a wallet");
    (wallet.balance.to_string(), wallet.locked.to_string())
}

/// The expected value of [`money`].
pub(crate) fn holds(balance: &str, locked: &str) -> (String, String) {
    (balance.to_owned(), locked.to_owned())
}

/// The matched amount in the usual round, and the unmatched ones on sides A and B, added up by this call.
pub(crate) async fn totals(store: &Store) -> [String; 3] {
    static LOOKS: AtomicI64 = AtomicI64::new(0);
    let now = second(100_000 + LOOKS.fetch_add(1, Ordering::Relaxed));
    let CountedTotals { totals, as_of } =
        store.load_round_totals(&round_id(ROUND), now).await.expect("totals");
    assert!(totals.is_complete && as_of == now, "{totals:?} {as_of}");
    sums(&totals)
}

/// The matched amount, and the unmatched ones on sides A and B.
pub(crate) fn sums(totals: &RoundTotals) -> [String; 3] {
    [totals.matched, totals.waiting_a, totals.waiting_b].map(|amount| amount.to_string())
}

/// Every unmatched bet that a sweep finds.
pub(crate) async fn swept_waiting(store: &Store) -> Vec<UnmatchedBet> {
    let mut found = Vec::new();
    for shard in store.layout().shards() {
        let mut start = None;
        loop {
            let page = store.sweep_waiting(shard, start).await.expect("a page");
            found.extend(page.found);
            start = page.next;
            if start.is_none() {
                break;
            }
        }
    }
    found
}

/// Every unsettled match that a sweep finds, joined before that time.
pub(crate) async fn swept_matches(store: &Store, before: Timestamp) -> Vec<UnsettledMatch> {
    let mut found = Vec::new();
    for shard in store.layout().shards() {
        found.extend(swept_matches_of(store, shard, before).await);
    }
    found
}

/// The unsettled matches of one shard.
pub(crate) async fn swept_matches_of(store: &Store, shard: u8, before: Timestamp) -> Vec<UnsettledMatch> {
    let (mut found, mut start) = (Vec::new(), None);
    loop {
        let page = store.sweep_matches(shard, Since::Before(before), start).await.expect("a page");
        found.extend(page.found);
        start = page.next;
        if start.is_none() {
            return found;
        }
    }
}

pub(crate) fn code(player: u64) -> ReferralCode {
    let [_, _, _, bytes @ ..] = player.to_be_bytes();
    ReferralCode::from_random(bytes)
}

pub(crate) fn phone(player: u64) -> PhoneNumber {
    format!("+9198{player:08}").parse().expect("a phone number")
}

pub(crate) fn hash(player: u64) -> PasswordHash {
    PasswordHash::new(format!("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA{player}"))
}

/// The account of a player who signs up with the code of `referred_by` at the start of 2024.
pub(crate) fn newcomer(player: u64, referred_by: Option<u64>) -> Account {
    Account::register(user(player), phone(player), None, code(player), referred_by.map(code), second(0))
}

pub(crate) async fn signed_up(store: &Store, player: u64, referred_by: Option<u64>) -> Account {
    let account = newcomer(player, referred_by);
    let outcome = store.sign_up(&account, &hash(player)).await.expect("a sign-up");
    assert_eq!(outcome, SignUpOutcome::SignedUp, "player {player}");
    account
}

/// Signs a player up and gives them the bonus of 25.
pub(crate) async fn welcomed(store: &Store, player: u64, referred_by: Option<u64>) -> Account {
    signed_up(store, player, referred_by).await;
    let outcome = store.apply_registration_bonus(user(player), amount("25"), second(1)).await;
    match outcome {
        Ok(BonusOutcome::Applied(account)) => account,
        other => panic!("player {player} gets no bonus: {other:?}"),
    }
}

/// Records the referral of a player, with a bonus to follow.
pub(crate) async fn refer(store: &Store, player: u64, referrer: u64) -> RecordReferral {
    let outcome = store
        .record_referral(user(player), code(referrer), true, ReferralBonusAfter::SignUp, second(2))
        .await;
    match outcome {
        Ok(ReferralOutcome::Decided(decided, _)) => decided,
        other => panic!("nothing is decided on player {player}: {other:?}"),
    }
}

/// The referral of a player, as [`refer`] records it.
pub(crate) fn edge(player: u64, referrer: u64) -> RecordReferral {
    edge_at(player, referrer, second(2))
}

/// The referral of a player, recorded at that time.
pub(crate) fn edge_at(player: u64, referrer: u64, recorded_at: Timestamp) -> RecordReferral {
    let (referrer, referred) = (user(referrer), user(player));
    RecordReferral::Recorded(Referral { referrer, referred, level: 1, recorded_at })
}

pub(crate) async fn account(store: &Store, player: u64) -> Account {
    store.load_account(user(player)).await.expect("a read").expect("an account")
}

/// A player's refresh token. Tokens of one family differ by their number.
pub(crate) fn token(player: u64, family: u8, number: u8) -> RefreshToken {
    RefreshToken::new(user(player), FamilyId::from_random([family; 16]), [number; 32])
}

/// The salt with 16 times this byte.
pub(crate) fn salt(byte: u8) -> SuccessorSalt {
    SuccessorSalt::from_random([byte; 16])
}

pub(crate) async fn opened_session(store: &Store, token: &RefreshToken) -> Session {
    let session = Session::open(token, second(0));
    store.open_session(&session).await.expect("a session");
    session
}

/// Fills a wallet up to the largest possible balance.
pub(crate) async fn fill_up(store: &Store, player: UserId) {
    let most = amount("99999999999999999999.99999999");
    let balance = store.load_wallet(player).await.unwrap().balance;
    let rest = most.checked_sub(balance).expect("something is missing");
    store.fund_wallet(player, rest, "fill-up", second(25)).await.unwrap();
}

/// Blocks or unblocks an account, as the operator's command does.
pub(crate) async fn set_blocked(
    store: &Store,
    user: UserId,
    is_blocked: bool,
) -> Result<AccountWrite, StoreError> {
    let action = if is_blocked { Action::BlockUser } else { Action::UnblockUser };
    store.set_blocked(user, is_blocked, &act_on_account(action, user, ""), second(0)).await
}

/// Gives an account a role, as the operator's command does.
pub(crate) async fn set_role(store: &Store, user: UserId, role: Role) -> Result<AccountWrite, StoreError> {
    store.set_role(user, role, &act_on_account(Action::SetRole, user, role.as_str()), second(0)).await
}

pub(crate) fn act_on_account(action: Action, user: UserId, after: &str) -> Act {
    let (before, after) = (String::new(), after.to_owned());
    let (actor, subject, reason) = (Actor::CommandLine, user.to_string(), String::new());
    Act { actor, action, subject, reason, before, after }
}
