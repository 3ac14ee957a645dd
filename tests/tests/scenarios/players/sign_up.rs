//! `POST /api/users/signup`: the answer, the stored items, and concurrent sign-ups.

use crate::beside::Beside;
use evens_ledger::UserId;
use evens_players::Registration;
use evens_tests::{Client, PASSWORD, Redaction, Request, Scenario, Tokens, phone};
use futures::future::join_all;
use insta::assert_json_snapshot;
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[tokio::test(flavor = "multi_thread")]
async fn the_first_sign_up() {
    let scenario = Scenario::start_with(&[("EVENS_ARGON2", "")]).await;
    let body = json!({ "phoneNo": "098765 43210", "password": PASSWORD, "userName": " Asha " });
    let answer = scenario.sign_up(&body).await;
    let body = answer.expect(201);
    let user = body["data"]["user"].clone();
    let (number, code) = (user["userId"].as_u64().unwrap(), user["referringCode"].as_str().unwrap());
    assert!((1..1 << 53).contains(&number), "{number}");
    assert_eq!(
        (code.len(), code.parse::<evens_players::ReferralCode>().unwrap().to_string()),
        (8, code.into())
    );
    let Tokens { access, refresh } = Tokens::of(&answer);
    let mut shown = Redaction::of(body.clone(), scenario.started)
        .id("/data/user/referringCode", "CODE", code)
        .id("/data/tokens/accessToken", "ACCESS", &access)
        .id("/data/tokens/refreshToken", "REFRESH", &refresh)
        .id("/data/user/referring_code", "CODE", code)
        .time("/data/user/createdAt")
        .done();
    for name in ["userId", "user_id"] {
        assert_eq!(shown["data"]["user"][name], number);
        shown["data"]["user"][name] = "[USER]".into();
    }
    assert_json_snapshot!(shown, @r#"
    {
      "data": {
        "tokens": {
          "accessToken": "[ACCESS]",
          "expiresIn": 900,
          "refreshToken": "[REFRESH]",
          "tokenType": "Bearer"
        },
        "user": {
          "createdAt": "[TIME]",
          "directReferralCount": 0,
          "direct_referral_count": 0,
          "isBlocked": false,
          "isPhoneVerified": false,
          "is_blocked": false,
          "is_phone_verified": false,
          "lastLoginAt": null,
          "lastLoginIp": null,
          "last_login_at": null,
          "last_login_ip": null,
          "phoneNo": "+919876543210",
          "phone_no": "+919876543210",
          "profilePictureId": null,
          "profile_picture_id": null,
          "referredBy": null,
          "referred_by": null,
          "referringCode": "[CODE]",
          "referring_code": "[CODE]",
          "role": "player",
          "totalReferrals": 0,
          "total_referrals": 0,
          "userId": "[USER]",
          "userName": "Asha",
          "user_id": "[USER]",
          "user_name": "Asha",
          "vipLevel": 0,
          "vip_level": 0,
          "walletBalance": 0,
          "wallet_balance": 0
        }
      },
      "message": "User registered successfully",
      "success": true
    }
    "#);

    // Creates the account, its number and code, and an empty wallet. The token belongs to the player.
    let store = &scenario.context().store;
    let account = store.load_account(UserId::new(number).unwrap()).await.unwrap().unwrap();
    let login = store.load_login(&account.phone).await.unwrap().unwrap();
    assert_eq!(login.user, account.user);
    assert!(login.password.as_phc().starts_with("$argon2id$v=19$m=9216,t=4,p=1$"), "the defaults");
    assert_eq!(store.load_referrer(account.referral_code).await.unwrap(), Some(account.user));
    let client = scenario.session_of(&answer);
    assert_eq!(client.me().await["phoneNo"], "+919876543210");
    scenario.await_idle().await;

    assert_bonus(&scenario, &client).await;
    let books = scenario.finish().await;
    assert_eq!(books.accounts[&account.user].registration, Registration::Done);
}

/// D4, D9, D14: requests with the old system's field names work, and so do its names in answers.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_of_the_old_system_signs_up_and_logs_in() {
    let scenario = Scenario::start().await;
    let first = json!({ "phone_no": phone(1), "password": PASSWORD, "user_name": "Asha" });
    let first = scenario.sign_up(&first).await.expect(201)["data"]["user"].clone();
    assert_eq!((&first["phone_no"], &first["user_name"]), (&first["phoneNo"], &json!("Asha")));
    let second =
        json!({ "phone_no": phone(2), "password": PASSWORD, "referred_by": first["referring_code"] });
    let second = scenario.sign_up(&second).await.expect(201)["data"]["user"].clone();
    assert_eq!(second["referred_by"], first["referring_code"]);
    let login = json!({ "phone_no": phone(2), "password": PASSWORD }).to_string();
    let login = scenario.visitor().send(Request::new("POST", "/api/users/login").json(login)).await;
    let user = login.expect(200)["data"]["user"].clone();
    for (old, today) in [
        ("user_id", "userId"),
        ("phone_no", "phoneNo"),
        ("wallet_balance", "walletBalance"),
        ("vip_level", "vipLevel"),
        ("profile_picture_id", "profilePictureId"),
        ("is_phone_verified", "isPhoneVerified"),
        ("is_blocked", "isBlocked"),
        ("referring_code", "referringCode"),
        ("last_login_at", "lastLoginAt"),
        ("last_login_ip", "lastLoginIp"),
    ] {
        assert!(!user[old].is_null() || user[today].is_null(), "{user}");
        assert_eq!(user[old], user[today], "{old}");
    }
}

/// Asserts that the bonus is one entry in a balance of its own.
async fn assert_bonus(scenario: &Scenario, client: &Client) {
    let number = client.user;
    let wallet = client.get("/api/wallet").await;
    let amounts = ["balance", "bonusBalance", "lockedBalance"];
    let amounts = amounts.map(|name| wallet.amount(&format!("data.{name}")).to_string());
    assert_eq!(amounts, ["0", "25", "0"]);
    let ledger = client.get("/api/wallet/ledger").await.expect(200);
    let entries = ledger["data"].as_array().unwrap();
    assert_eq!(entries.len(), 1, "{ledger}");
    let entry = Redaction::of(entries[0].clone(), scenario.started)
        .id("/idempotentKey", "BONUS:REG:{USER}", &format!("BONUS:REG:{number}"))
        .id("/referenceId", "reg_bonus_{USER}", &format!("reg_bonus_{number}"))
        .id("/transaction/referenceId", "reg_bonus_{USER}", &format!("reg_bonus_{number}"))
        .time("/createdAt")
        .time("/transaction/metadata/appliedAt")
        .hex("/hash", 64)
        .id("/previousHash", "ZEROS", &"0".repeat(64))
        .done();
    assert_json_snapshot!(entry, @r#"
    {
      "account": "bonus-pool",
      "amount": 25,
      "balanceAfter": 25,
      "balanceBefore": 0,
      "betId": null,
      "createdAt": "[TIME]",
      "hash": "[HEX]",
      "idempotentKey": "[BONUS:REG:{USER}]",
      "number": 1,
      "previousHash": "[ZEROS]",
      "purse": "BONUS",
      "referenceId": "[reg_bonus_{USER}]",
      "transaction": {
        "description": "Welcome bonus for new registration",
        "metadata": {
          "appliedAt": "[TIME]",
          "bonusType": "registration",
          "usageRestriction": "house_games_only"
        },
        "referenceId": "[reg_bonus_{USER}]",
        "status": "completed",
        "type": "registration_bonus"
      },
      "type": "CREDIT"
    }
    "#);
}

/// A bonus cannot be staked on bets against players.
#[tokio::test(flavor = "multi_thread")]
async fn a_bonus_pays_for_no_bet() {
    let scenario = Scenario::start().await;
    let client = scenario.signed_up(&phone(1), PASSWORD).await;
    scenario.await_idle().await;
    assert_eq!(client.get("/api/wallet").await.amount("data.bonusBalance").to_string(), "25");
    assert_eq!(client.try_bet("r", "A", "1").await.problem(), "400 insufficient-balance amount");
    scenario.fund(client.user.number(), "5").await;
    assert_eq!(client.bet("r", "A", "4").await.balance.to_string(), "1");
    assert_eq!(client.me().await["walletBalance"], 1);
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_has_one_account_however_it_is_written() {
    let scenario = Scenario::start().await;
    let first = scenario.signed_up("+919876543210", PASSWORD).await;
    let before = scenario.context().store.load_account(first.user).await.unwrap();
    for written in ["+919876543210", "9876543210", "098765 43210", "+91 98765-43210", "00919876543210"] {
        let body = json!({ "phoneNo": written, "password": "another horse", "userName": "Mallory" });
        let answer = scenario.sign_up(&body).await;
        assert_eq!(answer.problem(), "409 phone-number-taken phoneNo", "{written}");
        assert_eq!(answer.json()["success"], false);
    }
    assert_eq!(scenario.context().store.load_account(first.user).await.unwrap().unwrap().name, None);
    assert_eq!(before.unwrap().phone.to_string(), "+919876543210");
    assert_eq!(scenario.log_in("9876543210", "another horse").await.status(), 401);
    assert_eq!(scenario.log_in("9876543210", PASSWORD).await.status(), 200);
    let books = scenario.finish().await;
    assert_eq!(books.accounts.len(), Scenario::STAFF + 1);
}

/// J17: none of ten simultaneous sign-ups fails.
#[tokio::test(flavor = "multi_thread")]
async fn ten_sign_ups_at_once_make_ten_accounts() {
    let scenario = Scenario::start().await;
    let phones: Vec<_> = (0..10).map(phone).collect();
    let clients = join_all(phones.iter().map(|phone| scenario.signed_up(phone, PASSWORD))).await;
    let users: BTreeSet<_> = clients.iter().map(|client| client.user).collect();
    let codes: BTreeSet<_> =
        join_all(clients.iter().map(evens_tests::Client::referral_code)).await.into_iter().collect();
    assert_eq!((users.len(), codes.len()), (10, 10));
    scenario.await_idle().await;
    let books = scenario.finish().await;
    for user in users {
        assert_eq!(books.wallets[&user].bonus.to_string(), "25");
        assert_eq!(books.entries[&user].len(), 1);
    }
}

/// Many clients sign up for one number at the same moment: one succeeds, and the others learn that it is taken.
#[tokio::test(flavor = "multi_thread")]
async fn twenty_sign_ups_for_one_number_make_one_account() {
    let scenario = Scenario::start_with(&[("EVENS_RATE_LIMITS", "phone=1000/24h")]).await;
    for round in 0..5 {
        let passwords: Vec<_> = (0..20).map(|number| format!("password of {number}")).collect();
        let bodies: Vec<_> = passwords
            .iter()
            .map(|password| json!({ "phoneNo": phone(round), "password": password }))
            .collect();
        let answers = join_all(bodies.iter().map(|body| scenario.sign_up(body))).await;
        let winners: Vec<_> = (0..20).filter(|number| answers[*number].status() == 201).collect();
        let [winner] = winners[..] else { panic!("{winners:?}") };
        for answer in answers.iter().filter(|answer| answer.status() != 201) {
            assert_eq!(answer.problem(), "409 phone-number-taken phoneNo");
        }
        // The account has the password of the successful sign-up.
        let logged_in = scenario.log_in(&phone(round), &passwords[winner]).await;
        assert_eq!(
            logged_in.expect(200)["data"]["user"]["userId"],
            answers[winner].json()["data"]["user"]["userId"]
        );
        assert_eq!(scenario.log_in(&phone(round), &passwords[(winner + 1) % 20]).await.status(), 401);
    }
    let books = scenario.finish().await;
    assert_eq!(books.accounts.len(), Scenario::STAFF + 5);
    assert_eq!(books.wallets.values().filter(|wallet| wallet.bonus.to_string() == "25").count(), 5);
}

/// Neither the log nor an answer about the account shows a password, hash or token.
#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_shown() {
    let scenario = Scenario::start_with(&[("RUST_LOG", "debug")]).await;
    let secret = "a secret of my own";
    let client = scenario.signed_up(&phone(7), secret).await;
    let answer = scenario.log_in(&phone(7), secret).await;
    let Tokens { access, refresh } = Tokens::of(&answer);
    scenario.refresh(&refresh).await.expect(200);
    let change = json!({ "currentPassword": secret, "newPassword": "an even better one" }).to_string();
    let changed = client.send(Request::new("POST", "/api/users/me/password").json(change)).await;
    let client = scenario.bearer(Tokens::of(&changed).access);
    scenario.await_idle().await;
    let (me, log) = (client.me().await, scenario.log());
    assert!(me.get("password").is_none() && !me.to_string().contains("argon2"), "{me}");
    for actual in [secret, "an even better one", access.as_str(), refresh.as_str(), "$argon2id$"] {
        assert!(!log.contains(actual), "the log says {actual}");
    }
    scenario.finish().await;
}

/// Players can change their name and picture, and nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn a_player_changes_name_and_picture() {
    let scenario = Scenario::start().await;
    let client = scenario.signed_up(&phone(1), PASSWORD).await;
    let change =
        async |body: Value| client.send(Request::new("PATCH", "/api/users/me").json(body.to_string())).await;
    let named = change(json!({ "userName": "Asha" })).await.expect(200);
    assert_eq!(
        (&named["data"]["userName"], &named["data"]["profilePictureId"]),
        (&"Asha".into(), &Value::Null)
    );
    let pictured = change(json!({ "profilePictureId": 7 })).await.expect(200);
    assert_eq!(
        (&pictured["data"]["userName"], &pictured["data"]["profilePictureId"]),
        (&"Asha".into(), &7.into())
    );
    let before = client.me().await;
    let more = json!({
        "userName": "Asha", "role": "operator", "isBlocked": true, "vipLevel": 9, "walletBalance": 1000,
        "phoneNo": phone(2), "userId": 1, "directReferralCount": 5, "isPhoneVerified": true,
    });
    change(more).await.expect(200);
    assert_eq!(client.me().await, before);
    scenario.finish().await;
}

/// C19, K17: a sign-up succeeds while the queue is unavailable, and the sweeper finds its follow-up work.
#[tokio::test(flavor = "multi_thread")]
async fn a_sign_up_outlives_a_queue_that_is_away() {
    let scenario = Scenario::start().await;
    let beside = Beside::login_without_queues(&scenario).await;
    let body = json!({ "phoneNo": phone(1), "password": PASSWORD }).to_string();
    let answer = beside.send(Request::new("POST", "/api/users/signup").json(body)).await;
    answer.expect(201);
    let client = scenario.session_of(&answer);
    let bonus = async || client.get("/api/wallet").await.expect(200)["data"]["bonusBalance"].clone();
    assert_eq!(bonus().await, json!(0));
    scenario.sweep_later().await;
    scenario.await_idle().await;
    assert_eq!(bonus().await, json!(25));
    scenario.finish().await;
}

/// The password is typed on a phone and on a laptop, which encode é differently.
#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_the_same_from_each_keyboard() {
    let scenario = Scenario::start().await;
    scenario.signed_up(&phone(1), "caf\u{e9} au lait").await;
    assert_eq!(scenario.log_in(&phone(1), "cafe\u{301} au lait").await.status(), 200);
    scenario.signed_up(&phone(2), "cafe\u{301} au lait").await;
    assert_eq!(scenario.log_in(&phone(2), "caf\u{e9} au lait").await.status(), 200);
    assert_eq!(scenario.log_in(&phone(2), "cafe au lait").await.status(), 401);
    scenario.finish().await;
}

/// An Argentine mobile line has one account, with and without the 9 after the country code.
#[tokio::test(flavor = "multi_thread")]
async fn a_line_with_two_numbers_signs_up_once() {
    let scenario = Scenario::start().await;
    let (first, second) = ("+54 9 11 2345 6789", "+54 11 2345 6789");
    scenario.signed_up(first, PASSWORD).await;
    let again = scenario.sign_up(&json!({ "phoneNo": second, "password": PASSWORD })).await;
    assert_eq!(again.problem(), "409 phone-number-taken phoneNo");
    for phone in [first, second] {
        assert_eq!(scenario.log_in(phone, PASSWORD).await.status(), 200, "{phone}");
    }
    scenario.finish().await;
}

/// Contacts and web pages put invisible characters around a number.
#[tokio::test(flavor = "multi_thread")]
async fn a_pasted_phone_number_is_read() {
    let scenario = Scenario::start().await;
    let client = scenario.signed_up("\u{202a}+91\u{a0}98765\u{2011}43210\u{202c}", PASSWORD).await;
    assert_eq!(client.me().await["phoneNo"], "+919876543210");
    assert_eq!(scenario.log_in("\u{2060}9876543210", PASSWORD).await.status(), 200);
    scenario.finish().await;
}
