//! Background activity: sign-ups, blocks, funding, and redriven dead letters.

use crate::clients::urls_of;
use crate::dice::Dice;
use crate::made_up::MadeUp;
use crate::process::{Door, run_in};
use crate::seam::{change, send_now};
use crate::violation::Violation;
use crate::world::{Who, World};
use embedded_sqs::core::requests::{DeleteMessage, Deletion, QueueName, ReceiveMessage};
use embedded_sqs::core::{Delivery, ReceivedMessage};
use evens_audit_log::{Act, Action, Actor};
use evens_contracts::{ApplyBonusJob, Queue, RefundPlayerJob};
use evens_ledger::{Amount, UserId};
use evens_players::{Account, Bonuses, Country, PhoneNumber, ReferralCode};
use evens_queues::{OutgoingJob, OutgoingMessage};
use evens_runtime::Context;
use evens_store::{AccountWrite, PasswordHash, SignUpOutcome};
use serde_json::{Value, json};
use std::time::Duration;

/// A new account, different for each number.
pub(crate) fn new_account(
    world: &World,
    number: u64,
    referred_by: Option<ReferralCode>,
) -> anyhow::Result<Account> {
    let phone = PhoneNumber::parse(&format!("98765{number:05}"), Country::INDIA)?;
    let [.., a, b, c, d] = number.to_be_bytes();
    let code = ReferralCode::from_random([7, a, b, c, d]);
    Ok(Account::register(UserId::new(1_000 + number)?, phone, None, code, referred_by, world.now()))
}

/// Signs users up, with the code of an earlier user, an unknown one, or their own.
pub(crate) async fn sign_people_up(
    world: World,
    doors: Vec<Door>,
    mut dice: Dice,
    count: u64,
    pause_max_ms: u64,
) {
    let mut codes: Vec<ReferralCode> = Vec::new();
    for number in 1..=count {
        let pause = dice.milliseconds(0..=pause_max_ms);
        world.sleep(pause).await;
        let referred_by = match dice.number(0..=9) {
            0..=3 => dice.pick(&codes),
            4 => Some(ReferralCode::from_random([9; 5])),
            5 => new_account(&world, number, None).ok().map(|account| account.referral_code),
            _ => None,
        };
        let Ok(account) = new_account(&world, number, referred_by) else { continue };
        world.note(Who::World, format_args!("user {} signs up, referred by {referred_by:?}", account.user));
        for _ in 0..dice.number(1..=3) {
            let Some(door) = dice.pick(&doors) else { return };
            let asked = account.clone();
            match run_in(&door, |context| sign_up(context, asked)).await.flatten() {
                Some(SignUpOutcome::SignedUp) => {
                    // A code is shared only after its owner has it.
                    codes.push(account.referral_code);
                    world.lock().answers.signed_up.push(account.user.number());
                    hurry_registration(&world, &mut dice, &account);
                    break;
                }
                Some(outcome) => {
                    let sentence = format!("The sign-up of {} came to {outcome:?}.", account.user);
                    world.violated(Violation::new("M3", sentence));
                }
                None => {}
            }
        }
    }
}

/// Sends each step of a registration too early, several times at once.
fn hurry_registration(world: &World, dice: &mut Dice, account: &Account) {
    let user = account.user.to_string();
    let mut send = |name: &str, data: &Value| {
        let copies = dice.number(0..=3);
        MadeUp::registration(name, data).send(world, dice, &format!("{name}:{user}"), copies);
    };
    send("applyBonus", &json!({ "userId": user }));
    if let Some(code) = account.referred_by {
        send("recordReferral", &json!({ "userId": user, "referredBy": code.to_string() }));
    }
    send("applyReferralBonus", &json!({ "userId": user }));
}

/// The number of tries to block a player.
const BLOCK_TRIES_MAX: usize = 5;

/// The number of tries to unblock a player, a second apart. All processes may be down for a while.
const UNBLOCK_TRIES_MAX: usize = 100;

/// Blocks a player for a while. Between the acknowledged block and the unblock, none of their bets may be accepted.
pub(crate) async fn block_random_player(
    world: World,
    doors: Vec<Door>,
    mut dice: Dice,
    users: Vec<u64>,
    pause_max_ms: u64,
) {
    let (pause, blocked_for) =
        (dice.milliseconds(0..=2 * pause_max_ms), dice.milliseconds(0..=8 * pause_max_ms));
    world.sleep(pause).await;
    let Some(number) = dice.pick(&users) else { return };
    let Ok(user) = UserId::new(number) else { return };
    for (is_blocked, then) in [(true, blocked_for), (false, Duration::ZERO)] {
        world.lock().blocked = None;
        // Most tries are to unblock, because the page of a player who stays blocked has no connection.
        for _ in 0..if is_blocked { BLOCK_TRIES_MAX } else { UNBLOCK_TRIES_MAX } {
            let Some(door) = dice.pick(&doors) else { return };
            let setting = run_in(&door, async move |context: Context| {
                let action = if is_blocked { Action::BlockUser } else { Action::UnblockUser };
                let (act, now) = (act_on_account(action, user, ""), context.clock.now());
                let written = context.store.set_blocked(user, is_blocked, &act, now).await.ok()?;
                let job = OutgoingJob::of(RefundPlayerJob { user_id: user });
                // If sending fails, the matcher and the sweeper find the player's bets.
                let _ = context.queues.send(vec![job]).await;
                Some(written)
            });
            world.note(Who::World, format_args!("user {user} is to be blocked: {is_blocked}"));
            if let Some(AccountWrite::Written(_)) = setting.await.flatten() {
                world.note(Who::World, format_args!("user {user} is blocked: {is_blocked}"));
                world.lock().blocked = is_blocked.then_some(number);
                break;
            }
            if !is_blocked {
                world.sleep(Duration::from_secs(1)).await;
            }
        }
        world.sleep(then).await;
    }
}

/// The audit line of an operator's command about an account.
pub(crate) fn act_on_account(action: Action, user: UserId, after: &str) -> Act {
    let (before, after) = (String::new(), after.to_owned());
    let (actor, subject, reason) = (Actor::CommandLine, user.to_string(), String::new());
    Act { actor, action, subject, reason, before, after }
}

/// Credits orders through any process, some of them repeatedly.
pub(crate) async fn fund(world: World, doors: Vec<Door>, mut dice: Dice, users: Vec<u64>, pause_max_ms: u64) {
    for number in 0..dice.number(0..=3) {
        let pause = dice.milliseconds(0..=pause_max_ms);
        world.sleep(pause).await;
        let Some(user) = dice.pick(&users).and_then(|user| UserId::new(user).ok()) else { return };
        for _ in 0..dice.number(1..=3) {
            let Some(door) = dice.pick(&doors) else { return };
            let amount = Amount::from_units(1_000_000_001).unwrap_or_default();
            let funding = run_in(&door, async move |context: Context| {
                let (order, now) = (format!("again-{number}"), context.clock.now());
                context.store.fund_wallet(user, amount, &order, now).await.ok()
            });
            let funded = funding.await.flatten();
            world.note(Who::World, format_args!("funds user {user} by order again-{number}: {funded:?}"));
        }
    }
}

/// Redrives all messages in the dead-letter queues.
pub(crate) fn redrive(world: &World) {
    for queue in Queue::ALL {
        let urls = urls_of(queue);
        for delivery in dead_letters(world, &urls.dead_letter) {
            let handle = delivery.handle.clone();
            let letter = ReceivedMessage::new(delivery, &receive_all(&urls.dead_letter));
            let record: Value = serde_json::from_str(&letter.body).unwrap_or_default();
            // SQS moves the job itself, while the code writes a record with the job.
            let job = match &record["originalJob"] {
                Value::Null => letter.body.clone(),
                Value::String(text) => text.clone(),
                job => job.to_string(),
            };
            let group = letter.attributes.get("MessageGroupId").cloned().unwrap_or_default();
            world.note(Who::World, format_args!("redrives {job}"));
            let deduplication_id = format!("redrive:{}", letter.message_id);
            let message =
                OutgoingMessage { body: job, group, deduplication_id, trace: None, traceparent: None };
            send_now(world, &urls.main, &message);
            let request = DeleteMessage {
                queue: QueueName::from_url(&urls.dead_letter),
                deletion: Deletion { receipt_handle: handle },
            };
            let _ = change(world, |core, now| core.delete_message(&request, now));
        }
    }
}

fn receive_all(url: &str) -> ReceiveMessage {
    ReceiveMessage {
        queue: QueueName::from_url(url),
        max_number_of_messages: Some(10),
        message_system_attribute_names: vec!["All".to_owned()],
        ..ReceiveMessage::default()
    }
}

fn dead_letters(world: &World, url: &str) -> Vec<Delivery> {
    let request = receive_all(url);
    change(world, |core, now| core.receive_message(&request, now))
        .map(|received| received.deliveries)
        .unwrap_or_default()
}

/// Signs a user up like `evens-register`, after the password is hashed and the numbers are drawn.
async fn sign_up(context: Context, account: Account) -> Option<SignUpOutcome> {
    let password = PasswordHash::new("$argon2id$of-no-password".to_owned());
    let (registration, referral) =
        (context.settings.players.registration_bonus, context.settings.players.referral_bonus);
    let account = Account { bonuses: Some(Bonuses { registration, referral }), ..account };
    let outcome = context.store.sign_up(&account, &password).await.ok()?;
    if outcome == SignUpOutcome::SignedUp {
        let job = ApplyBonusJob { user_id: account.user };
        // If sending fails, the sweeper sends the job.
        let _ = context.queues.send(vec![OutgoingJob::of(job)]).await;
    }
    Some(outcome)
}
