//! Operators' commands on accounts: `evens user`.

use crate::exchange::operate_rounds::audit_lines;
use evens_ledger::UserId;
use evens_tests::{Answer, Exit, Process, Request, Scenario, phone};
use serde_json::{Value, json};
use std::os::unix::fs::{MetadataExt, PermissionsExt};

pub(crate) const PHONE: &str = "+919876500001";
pub(crate) const OTHER_PHONE: &str = "+919876500002";
pub(crate) const PASSWORD: &str = "correct horse";

/// Runs a command beside the process of the scenario.
pub(crate) async fn run(scenario: &Scenario, arguments: &[&str]) -> Exit {
    Process::run(scenario.folder(), arguments, &[]).await
}

async fn post(scenario: &Scenario, path: &str, body: Value) -> Answer {
    scenario.visitor().send(Request::new("POST", path).json(body.to_string())).await
}

/// The player in an answer to a sign-up or login, with their client.
pub(crate) struct Player {
    account: Value,
    refresh_token: String,
    client: evens_tests::Client,
}

impl std::ops::Deref for Player {
    type Target = evens_tests::Client;

    fn deref(&self) -> &Self::Target {
        &self.client
    }
}

fn player(scenario: &Scenario, answer: &Answer) -> Player {
    assert!(answer.status() < 300, "{answer:?}");
    let data = answer.json()["data"].clone();
    let text = |name: &str| data["tokens"][name].as_str().unwrap().to_owned();
    let user = data["user"]["userId"].as_u64().unwrap();
    let mut client = scenario.bearer(text("accessToken"));
    client.user = evens_ledger::UserId::new(user).unwrap();
    Player { account: data["user"].clone(), refresh_token: text("refreshToken"), client }
}

pub(crate) async fn signed_up(scenario: &Scenario, phone: &str, referred_by: Option<&str>) -> Player {
    let mut body = json!({ "phoneNo": phone, "password": PASSWORD, "userName": "Asha" });
    if let Some(code) = referred_by {
        body["referredBy"] = code.into();
    }
    player(scenario, &post(scenario, "/api/users/signup", body).await)
}

async fn logged_in(scenario: &Scenario, phone: &str) -> Player {
    let body = json!({ "phoneNo": phone, "password": PASSWORD });
    player(scenario, &post(scenario, "/api/users/login", body).await)
}

async fn shown(scenario: &Scenario, user: &str) -> Value {
    let said = run(scenario, &["user", "show", user, "--json"]).await;
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    serde_json::from_str(&said.stdout).unwrap()
}

/// The phone numbers that `evens user list` prints.
async fn listed(scenario: &Scenario, arguments: &[&str]) -> Vec<String> {
    let said = run(scenario, &[&["user", "list", "--json"], arguments].concat()).await;
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let object: Value = serde_json::from_str(&said.stdout).unwrap();
    let users = object["users"].as_array().unwrap().iter();
    let phones = users.map(|user| user["phoneNo"].as_str().unwrap().to_owned());
    phones.filter(|phone| [PHONE, OTHER_PHONE].contains(&phone.as_str())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_are_listed_and_shown() {
    let scenario = Scenario::start().await;
    let first = signed_up(&scenario, PHONE, None).await;
    let code = first.account["referringCode"].as_str().unwrap();
    let second = signed_up(&scenario, OTHER_PHONE, Some(code)).await;
    logged_in(&scenario, OTHER_PHONE).await;
    scenario.await_idle().await;

    assert_eq!(listed(&scenario, &[]).await, [OTHER_PHONE, PHONE], "the newest first");
    assert_eq!(listed(&scenario, &["--limit", "1"]).await, [OTHER_PHONE]);
    assert_eq!(listed(&scenario, &["--role", "operator"]).await, Vec::<String>::new());
    assert_eq!(listed(&scenario, &["--blocked"]).await, Vec::<String>::new());
    let table = run(&scenario, &["user", "list", "--limit", "1"]).await;
    let lines: Vec<Vec<_>> =
        table.stdout.lines().map(|line| line.split_whitespace().take(5).collect()).collect();
    let id = second.user.to_string();
    assert_eq!(
        lines,
        [["id", "phone", "name", "role", "blocked"], [&id, OTHER_PHONE, "Asha", "player", "no"]]
    );
    assert!(table.stderr.contains("raise --limit for more"), "{}", table.stderr);

    let object = shown(&scenario, PHONE).await;
    let wallet = json!({ "balance": "0", "bonusBalance": "25", "lockedBalance": "0", "version": 1 });
    let referrals = json!({ "count": 1, "newest": [second.user.number()] });
    let expected = [&json!(first.user.number()), &wallet, &referrals, &json!(1), &json!(0), &Value::Null];
    let names = ["userId", "wallet", "referrals", "sessions", "streak", "referredBy"];
    assert_eq!(names.map(|name| &object[name]), expected, "{object}");
    // The user id and every spelling of the phone number find the same account.
    let object = shown(&scenario, &id).await;
    assert_eq!(object, shown(&scenario, "098765-00002").await);
    let expected = [&json!(2), &json!(1), &json!(code), &json!(first.user.number())];
    assert_eq!(["sessions", "streak", "referredBy", "referrerId"].map(|name| &object[name]), expected);
    let text = run(&scenario, &["user", "show", OTHER_PHONE]).await;
    for line in ["phone          +919876500002 (not verified)", "bonus          25", "sessions       2"] {
        assert!(text.stdout.lines().any(|said| said == line), "{line}: {}", text.stdout);
    }
    for said in [object.to_string(), text.stdout, table.stdout] {
        assert!(!said.contains("argon2"), "a hash is shown: {said}");
    }
    scenario.finish().await;
}

/// Two players meet eight times, so one of them wins at least four matches.
#[tokio::test(flavor = "multi_thread")]
async fn repeated_opponents_are_listed() {
    let scenario = Scenario::start().await;
    let users =
        [signed_up(&scenario, PHONE, None).await.user, signed_up(&scenario, OTHER_PHONE, None).await.user];
    let [one, other] = users.map(UserId::number);
    let text = run(&scenario, &["user", "opponents", PHONE]).await;
    assert_eq!((text.code, text.stdout.lines().count()), (Some(0), 1), "{text:?}");
    assert!(text.stderr.contains("No opponents"), "{}", text.stderr);
    let pair = [scenario.funded(one, "100").await, scenario.funded(other, "100").await];
    for _ in 0..8 {
        pair[0].bet("open", "A", "10").await;
        pair[1].bet("open", "B", "10").await;
        scenario.await_idle().await;
    }
    let mut listed = 0;
    for (player, opponent) in [(PHONE, other), (OTHER_PHONE, one)] {
        let said = run(&scenario, &["user", "opponents", player, "--json"]).await;
        assert_eq!(said.code, Some(0), "{}", said.stderr);
        let object: Value = serde_json::from_str(&said.stdout).unwrap();
        let Some(found) = object["data"].get(0) else { continue };
        let won = found["won"].as_u64().unwrap();
        assert!(won >= 4, "{found}");
        assert_eq!(object["data"], json!([{ "userId": opponent, "won": won, "staked": 10 * won }]));
        let text = run(&scenario, &["user", "opponents", player]).await.stdout;
        let row: Vec<_> = text.lines().nth(1).unwrap().split_whitespace().collect();
        assert_eq!(row, [opponent.to_string(), won.to_string(), (10 * won).to_string()]);
        listed += 1;
    }
    assert!(listed > 0);
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_blocks_and_unblocks() {
    let scenario = Scenario::start().await;
    let player = signed_up(&scenario, PHONE, None).await;
    let id = player.user.to_string();

    let blocked = run(&scenario, &["user", "block", PHONE]).await;
    let said =
        format!("Blocked user {id}: every request with their tokens is now refused. 1 session was ended.\n");
    assert_eq!((blocked.code, blocked.stdout.as_str()), (Some(0), said.as_str()), "{}", blocked.stderr);
    let line = blocked.stderr.lines().find(|line| line.contains("blocked user")).unwrap();
    assert!(line.contains(&format!(" blocked user {id} (was not blocked)  os.uid=")), "{line}");
    assert!(line.ends_with(&format!(" user.id={id}")), "{line}");
    assert_eq!(player.get("/api/wallet").await.problem(), "403 account-blocked -");
    let refresh = json!({ "refreshToken": player.refresh_token });
    let refreshed = post(&scenario, "/api/users/refresh", refresh).await;
    assert_eq!(refreshed.problem(), "401 session-ended -");
    assert_eq!(listed(&scenario, &["--blocked"]).await, [PHONE]);
    assert_eq!(shown(&scenario, &id).await["isBlocked"], true);

    let again = run(&scenario, &["user", "block", &id]).await;
    assert_eq!(again.stdout, format!("User {id} is already blocked. 0 sessions were ended.\n"));
    assert!(!again.stderr.contains("os.uid"), "nothing changed: {}", again.stderr);

    let unblocked = run(&scenario, &["user", "unblock", &id]).await;
    let said = format!("Unblocked user {id}, who can log in again. 0 sessions were ended.\n");
    assert_eq!(unblocked.stdout, said);
    assert!(unblocked.stderr.contains(&format!(" unblocked user {id} (was blocked)  os.uid=")));
    let again = run(&scenario, &["user", "unblock", &id]).await;
    assert_eq!(again.stdout, format!("User {id} is not blocked. Nothing changed.\n"));
    logged_in(&scenario, PHONE).await.get("/api/wallet").await.expect(200);
    // Every change has its line in the audit log, and nothing else has one.
    let log = scenario.auditor().get(Scenario::AUDIT_LOG).await.expect(200);
    let actual =
        log["data"].as_array().unwrap().iter().map(|line| {
            json!([line["actor"], line["action"], line["subject"], line["before"], line["after"]])
        });
    let lines = [
        json!(["command-line", "block-user", id, "not blocked", "blocked"]),
        json!(["command-line", "unblock-user", id, "blocked", "not blocked"]),
    ];
    assert_eq!(actual.collect::<Vec<_>>(), lines);
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_a_block_missed_does_not_live_again() {
    let scenario = Scenario::start().await;
    let player = signed_up(&scenario, PHONE, None).await;
    // As if a login had been in progress while the sessions were ended.
    scenario.set_blocked(player.user, true).await;
    let unblocked = run(&scenario, &["user", "unblock", PHONE]).await;
    let said = format!("Unblocked user {}, who can log in again. 1 session was ended.\n", player.user);
    assert_eq!((unblocked.code, unblocked.stdout), (Some(0), said), "{}", unblocked.stderr);
    let refresh = json!({ "refreshToken": player.refresh_token });
    let refreshed = post(&scenario, "/api/users/refresh", refresh).await;
    assert_eq!(refreshed.problem(), "401 session-ended -");
    logged_in(&scenario, PHONE).await.get("/api/wallet").await.expect(200);
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_author_of_a_change_does_not_come_from_a_program_in_the_path() {
    let scenario = Scenario::start().await;
    let player = signed_up(&scenario, PHONE, None).await;
    let path = scenario.folder().join("bin");
    std::fs::create_dir(&path).unwrap();
    let program = path.join("id");
    std::fs::write(&program, "#!/bin/sh\necho somebody-else\n").unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let variables = [("PATH", path.to_str().unwrap()), ("USER", "somebody-else")];
    let blocked = Process::run(scenario.folder(), &["user", "block", PHONE], &variables).await;
    let line = blocked.stderr.lines().find(|line| line.contains("blocked user")).unwrap();
    assert!(!line.contains("somebody-else"), "{line}");
    let uid = std::fs::metadata(&program).unwrap().uid();
    assert!(line.contains(&format!("  os.uid={uid} ")), "{line}");
    assert!(line.ends_with(&format!(" user.id={}", player.user)), "{line}");
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_comes_with_the_next_login_and_goes_at_once() {
    let scenario = Scenario::start().await;
    let before = signed_up(&scenario, PHONE, None).await;
    let id = before.user.to_string();
    let open = |round: &str| {
        let body = json!({ "roundId": round, "draw": "match" });
        Request::new("POST", "/api/rounds").json(body.to_string())
    };

    let given = run(&scenario, &["user", "role", PHONE, "operator"]).await;
    let said = format!(
        "Changed the role of user {id} from player to operator, effective from the next login. 1 session was ended.\n"
    );
    assert_eq!((given.code, given.stdout.as_str()), (Some(0), said.as_str()), "{}", given.stderr);
    let line = format!(" gave a role to user {id}: operator (was player)  os.uid=");
    assert!(given.stderr.contains(&line), "{}", given.stderr);
    assert_eq!(before.send(open("r-1")).await.problem(), "403 forbidden -");
    let operator = logged_in(&scenario, PHONE).await;
    assert_eq!(operator.account["role"], "operator");
    operator.send(open("r-1")).await.expect(201);
    assert_eq!(listed(&scenario, &["--role", "operator"]).await, [PHONE]);

    let again = run(&scenario, &["user", "role", &id, "operator"]).await;
    assert_eq!(again.stdout, format!("User {id} already has the role operator. 1 session was ended.\n"));
    let taken = run(&scenario, &["user", "role", &id, "player"]).await;
    assert_eq!(taken.code, Some(0), "{}", taken.stderr);
    assert_eq!(operator.send(open("r-2")).await.problem(), "403 forbidden -");
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn users_that_are_not_there_are_said_to_be_so() {
    let scenario = Scenario::start().await;
    let rows: &[(&[&str], i32, &str, &str)] = &[
        (&["user", "show", "41"], 1, "user 41 does not exist", "evens user list"),
        (&["user", "block", PHONE], 1, "no user has the phone number +919876500001", "--data"),
        (
            &["user", "unblock", "9876500001"],
            1,
            "no user has the id 9876500001 or the phone number",
            "--data",
        ),
        (&["user", "role", "asha", "oracle"], 1, "\"asha\" is neither a user id nor", "+919876543210"),
        (&["user", "role", "41", "king"], 2, "invalid value 'king'", "player, operator, oracle"),
        (&["user", "list", "--limit", "0"], 2, "is zero", "--help"),
        (&["fund", "--user", "41", "--amount", "5"], 1, "user 41 does not exist", "sign up first"),
        (&["fund", "--phone", PHONE, "--amount", "5"], 1, "no user has the phone number", "sign up first"),
        (
            &["fund", "--phone", "asha", "--amount", "5"],
            1,
            "\"asha\" has the character U+0061",
            "phone number",
        ),
        (&["fund", "--amount", "5"], 2, "--user <ID>|--phone <NUMBER>", "--help"),
        (&["fund", "--user", "1", "--phone", PHONE, "--amount", "5"], 2, "cannot be used with", "--help"),
        (&["token", "--user", "1"], 2, "unrecognized subcommand", "--help"),
    ];
    for (arguments, code, error, hint) in rows {
        let said = run(&scenario, arguments).await;
        assert_eq!((said.code, said.stdout.as_str()), (Some(*code), ""), "{arguments:?}: {said:?}");
        assert!(said.stderr.contains(error) && said.stderr.contains(hint), "{arguments:?}: {}", said.stderr);
    }
    scenario.finish().await;
}

/// D10: imported in bulk. Existing referrals are kept.
#[tokio::test(flavor = "multi_thread")]
async fn referrals_are_imported_from_a_file_once() {
    let scenario = Scenario::start().await;
    let one = signed_up(&scenario, PHONE, None).await;
    let other = signed_up(&scenario, OTHER_PHONE, None).await;
    scenario.await_idle().await;
    let file = scenario.folder().join("referrals.csv");
    let import = async |text: String| {
        std::fs::write(&file, text).unwrap();
        run(&scenario, &["import-referrals", file.to_str().unwrap()]).await
    };
    let broken = import(format!("{},{}\nnobody\n", one.user, other.user)).await;
    assert_eq!((broken.code, broken.stdout.as_str()), (Some(1), ""));
    assert!(broken.stderr.contains("line 2 is not a pair of users"), "{}", broken.stderr);
    // A file without an end is no reason to fill the memory.
    let endless = run(&scenario, &["import-referrals", "/dev/zero"]).await;
    assert_eq!(endless.code, Some(1));
    assert!(endless.stderr.contains("line 1 is longer than 200 bytes"), "{}", endless.stderr);
    assert_eq!(shown(&scenario, PHONE).await["referrals"]["count"], 0, "nothing was changed");

    let good = import(format!("{}, {OTHER_PHONE}\n\n{},{}\n", one.user, one.user, other.user)).await;
    assert_eq!(good.code, Some(0), "{}", good.stderr);
    assert_eq!(good.stdout, "Imported 1 referrals; 1 existed before, 0 were refused.\n");
    let again = import(format!("{},{}\n{},{}\n7,8\n", one.user, other.user, one.user, one.user)).await;
    assert_eq!(again.code, Some(1));
    assert_eq!(again.stdout, "Imported 0 referrals; 1 existed before, 2 were refused.\n");
    assert!(again.stderr.contains("line 2: ") && again.stderr.contains("line 3: "), "{}", again.stderr);
    let brought = shown(&scenario, PHONE).await;
    assert_eq!(brought["referrals"]["count"], 1, "{brought}");
    let actual = audit_lines(&scenario, file.to_str().unwrap()).await;
    let [good, again] = actual.as_slice() else { panic!("each file that was taken over: {actual:?}") };
    assert!(
        good.starts_with("command-line import-referrals \"by ") && good.ends_with(" -> 2 lines"),
        "{good}"
    );
    assert!(again.ends_with(" -> 3 lines"), "{again}");
    scenario.finish().await;
}

/// Of two lines about one player, the first one counts, in every run.
#[tokio::test(flavor = "multi_thread")]
async fn the_first_line_about_a_player_is_imported() {
    let scenario = Scenario::start().await;
    let referrers = [signed_up(&scenario, PHONE, None).await, signed_up(&scenario, OTHER_PHONE, None).await];
    let mut lines = Vec::new();
    let mut players = Vec::new();
    for number in 0..12 {
        let player = signed_up(&scenario, &phone(10 + number), None).await;
        lines.extend(referrers.each_ref().map(|referrer| format!("{},{}\n", referrer.user, player.user)));
        players.push(player);
    }
    scenario.await_idle().await;
    let file = scenario.folder().join("referrals.csv");
    std::fs::write(&file, lines.concat()).unwrap();
    let said = run(&scenario, &["import-referrals", file.to_str().unwrap()]).await;
    assert_eq!(said.stdout, "Imported 12 referrals; 0 existed before, 12 were refused.\n", "{}", said.stderr);
    assert_eq!(shown(&scenario, PHONE).await["referrals"]["count"], 12);
    for (position, player) in players.iter().enumerate() {
        let refused = format!(
            "line {}: user {} was referred by user {}",
            2 * position + 2,
            player.user,
            referrers[0].user
        );
        assert!(said.stderr.contains(&refused), "{}", said.stderr);
    }
    scenario.finish().await;
}

/// A spreadsheet writes a byte order mark, quotes and CRLF.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_a_spreadsheet_is_read() {
    let scenario = Scenario::start().await;
    let one = signed_up(&scenario, PHONE, None).await;
    let other = signed_up(&scenario, OTHER_PHONE, None).await;
    scenario.await_idle().await;
    let file = scenario.folder().join("referrals.csv");
    let text =
        format!("\u{feff}\"{}\",\"{OTHER_PHONE}\"\r\n\r\n{},\"{}\"\r\n", one.user, one.user, other.user);
    std::fs::write(&file, text).unwrap();
    let said = run(&scenario, &["import-referrals", file.to_str().unwrap()]).await;
    assert_eq!(said.stdout, "Imported 1 referrals; 1 existed before, 0 were refused.\n", "{}", said.stderr);
    scenario.finish().await;
}
