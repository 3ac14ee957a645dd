//! [`World`]: the system in the state that the rows assume.

mod tokens;

use crate::blocks;
use crate::decided::{claim, decide, hold_withdrawal, resolve, send_back, send_second_back};
use evens_contracts::{Queue, Rate, RateSubject};
use evens_credentials::{PasswordParameters, Passwords};
use evens_doubles::agree_on_terms;
use evens_draws::{Nonce, Seed};
use evens_exchange::{
    Draw, OpposedBets, PlaceBet, PlaceBetOutcome, Round, RoundTerms, Side, SignedResult, Stake, join,
};
use evens_games::{PeriodId, Room};
use evens_idempotency::BetId;
use evens_jackpots::{JackpotGroup, JackpotTerms, UpdateConfig};
use evens_ledger::{Amount, UserId};
use evens_payments::{ClosingBalances, Differences, PaymentsRecord, Reconciled, ReconciliationReport};
use evens_players::{Account, FamilyId, Password, RefreshToken, Registration, Session};
use evens_runtime::tokens::{Role, TokenSigner};
use evens_tests::{Request, Scenario, await_until, payment_event};
use jiff::{SignedDuration, Timestamp};
use rand::RngCore;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::json;
use std::collections::HashMap;
use std::convert::Infallible;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU32, Ordering};

pub(crate) struct World {
    pub(crate) scenario: Scenario,
    /// An unmatched bet of the player in the round `open`.
    pub(crate) bet_id: String,
    /// An unpaid deposit of the player.
    pub(crate) order_id: String,
    /// An approved withdrawal and a rejected one.
    pub(crate) approved_id: String,
    pub(crate) rejected_id: String,
    /// Deposits whose payments the cashier has sent back: the first was credited, the second could not be.
    pub(crate) refunded_id: String,
    pub(crate) returned_id: String,
    /// A deposit whose payment could not be credited automatically, and which the cashier credited.
    pub(crate) claimed_id: String,
    pub(crate) claimed_payment_id: String,
    /// A deposit that was paid twice, and the second payment, which the cashier has sent back.
    pub(crate) second: [String; 2],
    /// Payouts that the provider refuses: the cashier retries the first and returns the second to the wallet.
    pub(crate) retried_id: String,
    pub(crate) given_back_id: String,
    /// A withdrawal that the player has cancelled.
    pub(crate) withdrawal_id: String,
    /// The player's payee.
    pub(crate) payee_id: String,
    /// A payee that the player has removed.
    pub(crate) removed_payee_id: String,
    tokens: HashMap<String, String>,
}

/// The least remaining time of the current period, so that a prepared request still arrives in time.
const LEFT: SignedDuration = SignedDuration::from_secs(20);

/// Another user, and accounts that are wrong in some way.
const OTHER: u64 = 42;
/// Users whose bets and matches operators refund.
const STUCK: [u64; 2] = [39, 40];
pub(crate) const BLOCKED: u64 = 43;
/// A user whose account operators block and unblock.
pub(crate) const MANAGED: u64 = 45;
const SESSIONS: u64 = 44;
const RECOVERED: u64 = 47;
const NO_ACCOUNT: u64 = 48;
const EXHAUSTED: u64 = 49;
const FORMER_OPERATOR: u64 = 900_003;
const FORMER_ORACLE: u64 = 900_004;
const BLOCKED_OPERATOR: u64 = 900_005;
const BLOCKED_ORACLE: u64 = 900_006;
const CONTRIBUTOR: u64 = 900_007;
/// Accounts whose sessions were all ended.
const ENDED: [(Role, u64); 6] = [
    (Role::Player, 46),
    (Role::Operator, 900_021),
    (Role::Oracle, 900_022),
    (Role::Cashier, 900_023),
    (Role::Auditor, 900_024),
    (Role::Contributor, 900_025),
];

impl World {
    pub(crate) const PLAYER: u64 = 41;
    /// The winner of jackpots.
    pub(crate) const WINNER: u64 = SESSIONS;
    /// The room that requests about games use in paths, and the path of bets in it.
    pub(crate) const ROOM: &'static str = "wingo/300";
    pub(crate) const ROOM_BET: &'static str = "/api/games/wingo/300/bet";
    /// The path for cancelling periods, in a room without bets.
    pub(crate) const ROOM_CANCEL: &'static str = "/api/games/k3/600/cancel";
    /// The id of a daily report of the sandbox provider.
    pub(crate) const REPORT: &'static str =
        "2026-11-02:sandbox:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    /// The query of a statement file of a final day without movements, and the file.
    pub(crate) const STATED_DAY: &'static str = "?provider=sandbox&day=2026-01-05";
    pub(crate) const STATEMENT: &'static [u8] = b"at,kind,id,reference,amount,currency\n";
    /// The idempotency key of the bet, the deposit and the withdrawal.
    pub(crate) const USED_KEY: &'static [u8] = b"used";
    /// Phone numbers as JSON: the player's, a blocked player's, and one that has reached its rate limit.
    pub(crate) const PHONE: &'static str = "\"+919812300041\"";
    pub(crate) const BLOCKED_PHONE: &'static str = "\"+919812300043\"";
    pub(crate) const EXHAUSTED_PHONE: &'static str = "\"+919812300049\"";
    /// The number of an account that requests give a new password.
    pub(crate) const RECOVERED_PHONE: &'static str = "+919812300047";
    /// An address that has reached its rate limit.
    pub(crate) const EXHAUSTED_ADDRESS: &'static str = "192.0.2.49";
    /// Refresh tokens as JSON that were never issued.
    pub(crate) const UNKNOWN_TOKEN: &'static str =
        "\"AAAAAAAAACkAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"";
    pub(crate) const NOBODYS_TOKEN: &'static str =
        "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"";
    pub(crate) const CUT_TOKEN: &'static str =
        "\"AAAAAAAAACkAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"";
    /// The password of every account except the other user's.
    pub(crate) const PASSWORD: &'static str = evens_tests::PASSWORD;
    /// A limit whose increase the player requested a day ago.
    pub(crate) const WANTED_LIMIT: &'static str = "stakes-month";
    /// The bank account of the other user.
    pub(crate) const OTHERS_ACCOUNT: &'static str = "IN-OF-ANOTHER";
    const OTHER_PASSWORD: &'static str = "purple battery";

    /// Player 41 has a balance of 50 and a bet in the round `open`, and so does a blocked player. The round `closed`
    /// takes no bets. The round `with-oracle` waits for its result.
    pub(crate) async fn new() -> Self {
        let second =
            signer("second", &TokenSigner::generate_pkcs8().unwrap(), "evens-local", "evens-api-local");
        let keys = String::leak(second.public_key().to_string());
        let variables = [
            ("EVENS_ARGON2", "m=8,t=1,p=1"),
            ("EVENS_RATE_LIMITS", String::leak(high_rate_limits())),
            ("EVENS_TRUSTED_PROXIES", "127.0.0.0/8"),
            ("EVENS_HOLDS", "from=5"),
            ("EVENS_BLOCK_SOURCE", "none"),
            ("EVENS_TOKEN_PUBLIC_KEYS", keys),
        ];
        let scenario = Scenario::start_with(Vec::leak(variables.to_vec())).await;
        enrol_all_roles(&scenario).await;
        let mut bet_ids = Vec::new();
        for number in [World::PLAYER, BLOCKED] {
            let player = scenario.funded(number, "60").await;
            let used = String::from_utf8_lossy(Self::USED_KEY).into_owned();
            let request = player.bet_request("open", "A", "10").header("idempotency-key", used);
            let answer = player.send(request).await;
            bet_ids.push(answer.expect(202)["data"]["betId"].as_str().unwrap().to_owned());
        }
        scenario.funded(STUCK[0], "10").await;
        let operator = scenario.operator();
        let oracle = json!({ "name": "the bureau", "publicKey": base64(oracle_key().public_key().as_ref()) });
        let rounds = [
            json!({ "roundId": "closed" }),
            json!({ "roundId": "with-oracle", "draw": "oracle", "oracle": oracle }),
            json!({ "roundId": "to-close" }),
            json!({ "roundId": "to-cancel" }),
        ];
        for round in rounds {
            operator.send(Request::new("POST", "/api/rounds").json(round.to_string())).await.expect(201);
        }
        for round in ["closed", "with-oracle"] {
            operator.close_round(round).await.expect(200);
        }
        for number in [BLOCKED, BLOCKED_OPERATOR, BLOCKED_ORACLE] {
            scenario.set_blocked(user(number), true).await;
        }
        for (_, number) in ENDED {
            scenario.set_blocked(user(number), true).await;
            scenario.set_blocked(user(number), false).await;
        }
        want_higher_limit(&scenario).await;
        exhaust(&scenario).await;
        scenario.await_idle().await;
        let order_id =
            scenario.player(Self::PLAYER).deposit("10", &String::from_utf8_lossy(Self::USED_KEY)).await.order;
        let tokens = tokens::all(&scenario, &second);
        let bet_id = bet_ids.swap_remove(0);
        let [payee_id, removed_payee_id] = add_payees(&scenario).await;
        let used = String::from_utf8_lossy(Self::USED_KEY);
        let withdrawal_id = hold_withdrawal(&scenario, &payee_id, &used).await;
        let own = format!("/api/withdrawals/{withdrawal_id}/cancel");
        scenario.player(Self::PLAYER).post(&own).await.expect(200);
        let [approved_id, rejected_id] = decide(&scenario, &payee_id).await;
        let [refunded_id, returned_id] = send_back(&scenario).await;
        let [claimed_id, claimed_payment_id] = claim(&scenario).await;
        let second = send_second_back(&scenario).await;
        let [retried_id, given_back_id] = resolve(&scenario, &payee_id).await;
        keep_report(&scenario).await;
        open_jackpots(&scenario).await;
        blocks::record(&scenario).await;
        scenario.await_idle().await;
        Self {
            scenario,
            bet_id,
            order_id,
            approved_id,
            rejected_id,
            refunded_id,
            returned_id,
            claimed_id,
            claimed_payment_id,
            second,
            retried_id,
            given_back_id,
            withdrawal_id,
            payee_id,
            removed_payee_id,
            tokens,
        }
    }

    /// The current version of the terms of the jackpot `mega`.
    pub(crate) async fn jackpot_version(&self) -> u64 {
        let config = self.scenario.context().store.load_jackpot_config(JackpotGroup::Mega).await.unwrap();
        config.map_or(0, |config| config.version)
    }

    /// The current period in [`Self::ROOM`], once it stays open for bets long enough.
    pub(crate) async fn period(&self) -> String {
        let offset = self.scenario.context().settings.players.attendance_offset.offset();
        await_until("a period that goes on for a while", Scenario::DEADLINE, async || {
            let period = self.period_in("wingo-300");
            let is_long = period.times(offset).closes_at.duration_since(Timestamp::now()) > LEFT;
            is_long.then(|| period.digits())
        })
        .await
    }

    /// The current period in the room of [`Self::ROOM_CANCEL`], which has no bets.
    pub(crate) fn period_to_cancel(&self) -> String {
        self.period_in("k3-600").digits()
    }

    fn period_in(&self, room: &str) -> PeriodId {
        let room: Room = room.parse().unwrap();
        let offset = self.scenario.context().settings.players.attendance_offset.offset();
        PeriodId::at(room, Timestamp::now(), offset)
    }

    /// A signed callback of the sandbox provider about the player's deposit that changes nothing.
    pub(crate) fn callback(&self) -> Request {
        let event = payment_event("payment.failed", "pay_none", &self.order_id, 1_000, "INR");
        self.scenario.sandbox().callback("msg_contract", &event)
    }

    /// The refresh token of a new session.
    pub(crate) async fn fresh_refresh_token(&self) -> String {
        let random = |bytes: &mut [u8]| rand::rng().fill_bytes(bytes);
        let (mut family, mut secret) = ([0; 16], [0; 32]);
        random(&mut family);
        random(&mut secret);
        let token = RefreshToken::new(user(SESSIONS), FamilyId::from_random(family), secret);
        let session = Session::open(&token, Timestamp::now());
        self.scenario.context().store.open_session(&session).await.unwrap();
        token.reveal()
    }

    /// Creates a dead letter with a harmless job. It has a message group of its own, so that receiving one does not
    /// hide others.
    pub(crate) async fn fresh_dead_letter(&self) -> String {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let job = json!({
            "type": "notify",
            "data": { "userId": "41", "event": "password-changed", "about": "contract" },
        });
        let group = COUNT.fetch_add(1, Ordering::Relaxed).to_string();
        self.scenario.put_dead_letter(Queue::Notifications, &group, &job.to_string()).await.to_string()
    }

    /// Places a bet and returns its id.
    pub(crate) async fn fresh_bet(&self) -> String {
        self.scenario.player(STUCK[0]).bet("to-refund", "A", "0.01").await.bet_id
    }

    /// Creates a match that is overdue and not settled yet.
    pub(crate) async fn fresh_match(&self) -> String {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("stuck-{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let (key, stake) = (name.parse().unwrap(), "1".parse().unwrap());
        let (store, betting) = (&self.scenario.context().store, self.scenario.context().settings.betting);
        let then = Timestamp::now() - SignedDuration::from_mins(11);
        let terms = RoundTerms::endless("stuck".parse().unwrap(), Draw::Match, Amount::ZERO);
        let seed = Seed::from_bytes([5; 32]);
        store.open_round(Round::open(terms, &seed, then), &seed).await.unwrap();
        let mut waiting = Vec::new();
        for (number, side) in STUCK.into_iter().zip(Side::ALL) {
            let command = PlaceBet {
                bet: BetId::derive(user(number), &key),
                user: user(number),
                round: "stuck".parse().unwrap(),
                side,
                stake: Stake::parse(stake).unwrap(),
                nonce: Nonce::from_bytes([6; 32]),
                by_staff: false,
                barred: None,
                session_started_at: then,
                session_epoch: 0,
            };
            store.fund_wallet(user(number), stake, &format!("{name}-{side}"), then).await.unwrap();
            let outcome = store.place_bet(&command, betting, then).await.unwrap();
            assert!(matches!(outcome, PlaceBetOutcome::Placed(_)), "{outcome:?}");
            let bet = store.load_bet(command.bet).await.unwrap().unwrap();
            waiting.push(store.load_waiting(&bet).await.unwrap().unwrap());
        }
        let [a, b] = &waiting[..] else { panic!("two bets") };
        let plan = join(&OpposedBets::of(a, b, Amount::ZERO).unwrap(), then);
        store.join_bets(&plan, Side::A, &Draw::Match).await.unwrap();
        plan.bet_match.id.to_string()
    }

    /// Ends the world and checks its books. Only the rows may have left dead letters.
    pub(crate) async fn finish(self) {
        self.scenario.delete_dead_letters(Queue::Notifications).await;
        // Settles the matches that were not refunded.
        self.scenario.sweep_later().await;
        // Operators are alerted to the orders that needed a cashier's decision.
        self.scenario.finish_despite(&["A person must look at order"]).await;
    }

    pub(crate) fn token(&self, name: &str) -> &str {
        self.tokens.get(name).unwrap_or_else(|| panic!("there is no token {name}"))
    }

    pub(crate) fn oracle_signature() -> Vec<u8> {
        let message = SignedResult::message(&"with-oracle".parse().unwrap(), Side::A);
        oracle_key().sign(message.as_bytes()).as_ref().to_vec()
    }
}

pub(crate) fn oracle_key() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap()
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::prelude::BASE64_STANDARD.encode(bytes)
}

fn base64url(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn user(number: u64) -> UserId {
    UserId::new(number).unwrap()
}

fn signer(kid: &str, key: &[u8], issuer: &str, audience: &str) -> TokenSigner {
    TokenSigner::from_pkcs8(kid, key, issuer, audience).unwrap()
}

/// Gives the player and the other user a payee each, and the player a second one, which they remove. Returns the
/// player's payees.
async fn add_payees(scenario: &Scenario) -> [String; 2] {
    let add = async |number, account| {
        let body = json!({ "account": account }).to_string();
        let added = scenario.player(number).send(Request::new("POST", "/api/payees").json(body)).await;
        added.expect(201)["data"]["payeeId"].as_str().unwrap().to_owned()
    };
    add(OTHER, World::OTHERS_ACCOUNT).await;
    let removed = add(World::PLAYER, "IN-REMOVED").await;
    let path = format!("/api/payees/{removed}/remove");
    scenario.player(World::PLAYER).post(&path).await.expect(200);
    [add(World::PLAYER, "IN12345678").await, removed]
}

async fn open_jackpots(scenario: &Scenario) {
    let store = &scenario.context().store;
    for group in JackpotGroup::ALL {
        let [rate, reserve] = ["0.003", "0.001"].map(|rate| rate.parse().unwrap());
        let (start, odds) = ("1000".parse().unwrap(), "10000000".parse().unwrap());
        let terms = JackpotTerms::new(start, rate, reserve, odds, None).unwrap();
        let update = UpdateConfig { group, expected_version: 0, terms };
        agree_on_terms(store, &update, Timestamp::now()).await;
    }
}

/// Stores the reconciliation of a day without movements.
async fn keep_report(scenario: &Scenario) {
    let closing = ClosingBalances {
        opening_units: 0,
        stated_units: 0,
        booked_units: 0,
        open_units: 0,
        on_the_way_units: 0,
    };
    let reconciled = Reconciled { lines: 0, differences: Differences::default(), closing };
    let report = ReconciliationReport::new(World::REPORT.parse().unwrap(), reconciled, Timestamp::now());
    scenario.context().store.keep_report(&report).await.unwrap();
}

/// Creates accounts with no outstanding jobs, so that only the requests change the table.
async fn enrol_all_roles(scenario: &Scenario) {
    let weak = PasswordParameters { memory_kib: 8, passes: 1, lanes: 1 };
    let passwords = Passwords::new(weak, NonZeroUsize::MIN).unwrap();
    let accounts = [
        (World::PLAYER, Role::Player),
        (OTHER, Role::Player),
        (BLOCKED, Role::Player),
        (SESSIONS, Role::Player),
        (RECOVERED, Role::Player),
        (MANAGED, Role::Player),
        (FORMER_OPERATOR, Role::Player),
        (FORMER_ORACLE, Role::Operator),
        (BLOCKED_OPERATOR, Role::Operator),
        (BLOCKED_ORACLE, Role::Oracle),
        (CONTRIBUTOR, Role::Contributor),
    ];
    for (number, role) in accounts.into_iter().chain(ENDED.map(|(role, number)| (number, role))) {
        let password = if number == OTHER { World::OTHER_PASSWORD } else { World::PASSWORD };
        let hash = passwords.hash(Password::presented(password.to_owned())).await.unwrap();
        let phone = format!("+9198123{:05}", number % 100_000).parse().unwrap();
        let registration = Registration::Done;
        let is_phone_verified = [World::PLAYER, RECOVERED].contains(&number);
        let account =
            Account { phone, role, registration, is_phone_verified, ..Scenario::account(number, None) };
        scenario.enrol_with(&account, &hash).await;
    }
}

/// Rate limits so high that only subjects exhausted on purpose reach them during a test.
fn high_rate_limits() -> String {
    Rate::ALL.map(|rate| format!("{}=100000/24h", rate.rules().name)).join(",")
}

/// Exhausts every rate limit for one user, one address and one phone number, for today and tomorrow.
async fn exhaust(scenario: &Scenario) {
    let context = scenario.context();
    for rate in Rate::ALL {
        let subject = match rate.rules().subject {
            RateSubject::Address => World::EXHAUSTED_ADDRESS.to_owned(),
            RateSubject::Phone => World::EXHAUSTED_PHONE.trim_matches('"').to_owned(),
            RateSubject::User => EXHAUSTED.to_string(),
        };
        let budget = context.settings.rate_limits.budget(rate).unwrap();
        let today = budget.window_at(Timestamp::now());
        for window in [today, budget.window_at(today.ends_at)] {
            let (name, number) = (rate.rules().name, window.number);
            let counted =
                context.store.count_requests(name, &subject, number, window.ends_at, budget.limit).await;
            assert_eq!(counted.unwrap(), u64::from(budget.limit));
        }
    }
}

/// Gives the player a limit and a requested increase that is old enough to be confirmed.
async fn want_higher_limit(scenario: &Scenario) {
    let (id, store) = (World::WANTED_LIMIT.parse().unwrap(), &scenario.context().store);
    let then = Timestamp::now() - SignedDuration::from_hours(25);
    for limit in ["1000000", "2000000"].map(|limit| limit.parse().ok()) {
        let ask = |record: &PaymentsRecord| Ok::<_, Infallible>(record.ask_limit(id, limit, then));
        store.change_limits(user(World::PLAYER), Timestamp::now(), ask).await.unwrap().unwrap();
    }
}
