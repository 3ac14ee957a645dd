//! `evens verify`: output and exit codes, beside a running system and without one, on correct and on manipulated books.

use crate::system::{System, number, string, text};
use evens_ledger::Invariant;
use evens_players::Role;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};
use std::time::Duration;

/// Users 1 and 2 are matched in `demo` over 4 of 10 and 4. 6 of user 1 are still unmatched.
async fn played() -> System {
    let system = System::started().await;
    system.bet(1, "demo", "A", 10).await;
    system.bet(2, "demo", "B", 4).await;
    system.wait_for_matches("demo", "SETTLED", 1).await;
    system
}

async fn close(system: &System, round: &str) {
    let reason = json!({ "reason": "betting is over" });
    system.post(9, Role::Operator, &format!("/api/rounds/{round}/close"), &reason).await;
}

/// Closes the round, and waits until no bet in it can be matched and its seed is public.
async fn close_and_publish(system: &System, round: &str) {
    close(system, round).await;
    let is_public = async || {
        let rounds = system.records("round").await;
        rounds.iter().any(|found| text(found, "round") == round && !text(found, "seed").is_empty())
    };
    system.wait_for(&format!("the seed of {round}"), is_public).await;
}

/// The number of times that players bet while the command reads.
const CHANGES_MAX: u32 = 10;

/// The report on the books of [`played`]. `…` stands for periods of games, which the clock opens.
const IN_ORDER: &str = "\
The table evens-local holds 2 wallets, 5 entries, 0 transfers, 0 deposits, 0 withdrawals, 2 bets, 1 waiting, 1 matches, 1 rounds, 0 game-bets, … periods, … seeds, 2 fundings.
In progress: 1 unmatched bets, 0 unsettled matches, 0 bets against the house, 0 sign-ups.
Sum of wallets, stakes at risk and system accounts: 0.

  M1  holds         Wallets, stakes at risk and system accounts sum to exactly zero.
  M2  holds         No wallet balance is ever negative.
  M3  holds         An idempotency key moves money at most once, forever.
  M4  holds         Entries of a wallet are numbered without gaps, each continues the previous one, and the last equals the balance.
  M5  holds         A match joins exactly equal amounts on side A and side B.
  M6  holds         Every bet reaches SETTLED or REFUNDED.
  M7  holds         The outcome follows from a secret whose hash was public before the first bet.
  M8  none seen     No request reads or moves the wallet of a user other than the token's subject.
  M9  holds         Start amounts and contributions of a jackpot equal its wins, pool, meters and reserve; no win exceeds its pool.
  LOG holds         Lines of the audit log are numbered without gaps, each continues the previous one, and every act has a line.
  DAY holds         The books up to the end of each sealed day still match its seal, and no seal is missing.

The books are in order.
";

/// The report without the numbers of periods and seeds.
fn without_periods(report: &str) -> String {
    let counted = |word: &str| word.starts_with("periods") || word.starts_with("seeds");
    let words: Vec<_> = report.split(' ').collect();
    let said = |(index, word): (usize, &&str)| {
        let is_count = words.get(index + 1).is_some_and(|next| counted(next));
        if is_count { "…".to_owned() } else { (*word).to_owned() }
    };
    words.iter().enumerate().map(said).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn books_in_order_are_clean_beside_the_system_and_without_it() {
    let mut system = played().await;
    let beside = system.run(&["verify"]);
    assert_eq!((beside.code, without_periods(&beside.out).as_str()), (0, IN_ORDER), "{}", beside.err);

    let (code, mut object) = system.verify();
    let [periods, seeds] = ["periods", "seeds"].map(|kind| object["counts"][kind].take().as_u64());
    assert_eq!(seeds, periods.map(|periods| periods + 1), "one of each period, and the round's");
    let clean = |invariant: Invariant| {
        let offenders = if invariant == Invariant::M8NobodyElses { Value::Null } else { json!(0) };
        let (name, sentence) = (invariant.name(), invariant.sentence());
        json!({ "name": name, "sentence": sentence, "offenders": offenders, "first": null })
    };
    let counts = json!({
        "wallets": 2, "entries": 5, "transfers": 0, "deposits": 0, "withdrawals": 0, "bets": 2, "waiting": 1, "matches": 1, "rounds": 1, "game-bets": 0, "periods": null, "seeds": null, "fundings": 2,
    });
    let expected = json!({
        "verdict": "clean",
        "table": "evens-local",
        "looks": 1,
        "counts": counts,
        "onTheWay": { "waiting": 1, "unsettled": 0, "gameBets": 0, "signUps": 0 },
        "sum": "0",
        "invariants": Invariant::ALL.map(clean),
        "unreadable": { "offenders": 0, "first": null },
        "sealed": null,
        "undecided": [],
    });
    assert_eq!((code, object), (0, expected));

    system.stop();
    let without = system.run(&["verify"]);
    assert_eq!((without.code, without_periods(&without.out).as_str()), (0, IN_ORDER), "{}", without.err);
}

#[tokio::test]
async fn unfinished_work_violates_verify_ended() {
    let system = played().await;
    let said = system.run(&["verify", "--ended"]);
    assert_eq!(said.code, 1);
    assert!(
        said.out.contains("\n  M6  2 violations  Every bet reaches SETTLED or REFUNDED.\n"),
        "{}",
        said.out
    );
    assert!(said.out.ends_with("\nThe books are NOT in order: 2 violations.\n"), "{}", said.out);
    let sentences = |out: &str| out.lines().filter(|line| line.starts_with(&" ".repeat(20))).count();
    assert!(said.out.contains("\n                    and 1 more: evens verify --all\n"), "{}", said.out);
    let all = system.run(&["verify", "--ended", "--all"]).out;
    assert!(sentences(&all) == 2 && !all.contains("more"), "{all}");
    let (_, object) = system.verify_with(&["--ended", "--all"]);
    assert_eq!(object["violations"].as_array().map(Vec::len), Some(2), "{object}");
    close(&system, "demo").await;
    system.wait_for("the refund", async || system.records("waiting").await.is_empty()).await;
    assert_eq!(system.run(&["verify", "--ended"]).code, 0);
}

/// The violated invariants, and the first sentence of each.
fn offenders(object: &Value) -> Vec<(String, String)> {
    let invariants = object["invariants"].as_array().expect("a list").iter();
    let offending = invariants.filter(|invariant| !invariant["first"].is_null());
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    offending.map(|invariant| (text(&invariant["name"]), text(&invariant["first"]["sentence"]))).collect()
}

#[tokio::test]
async fn a_changed_balance_is_found() {
    let system = played().await;
    let held = text(&system.records("wallet").await[0], "balance");
    system.corrupt("wallet", "balance", number("1000000")).await;
    let (code, object) = system.verify();
    assert_eq!((code, &object["verdict"], &object["looks"]), (1, &json!("offenders"), &json!(2)), "{object}");
    let found = offenders(&object);
    let names: Vec<_> = found.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["M1", "M4"]);
    assert!(found[0].1.starts_with("User 1 holds 1000000, but the "), "{found:?}");
    assert!(found[0].1.ends_with(&format!(" entries come to {held}.")), "{found:?}");
}

#[tokio::test]
async fn each_corruption_is_found_as_what_it_is() {
    let mut system = played().await;
    // Enough entries to move a page of the ledger.
    for _ in 0..4 {
        system.bet(1, "demo", "A", 1).await;
    }
    let winner = text(&system.records("match").await[0], "winner");
    let loser = if winner == "A" { "B" } else { "A" };
    system.corrupt("match", "winner", string(loser)).await;
    system.corrupt("wallet", "locked", number("7")).await;
    let zeros = "0".repeat(64);
    system.corrupt("entries", "hash", string(&zeros)).await;
    system.delete("waiting").await;
    let (code, object) = system.verify();
    let found = offenders(&object);
    let names: Vec<_> = found.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!((code, names), (1, vec!["M2", "M3", "M4", "M5", "M7"]), "{object}");
    assert_eq!(found[0].1.split(" at version").next(), Some("User 1 has 7 locked"));
    assert!(found[2].1.ends_with("the stored hash is not the hash of the entry."), "{found:?}");
    let draw = format!("was won by {loser}, but must have been won by {winner}.");
    assert!(found[4].1.ends_with(&draw), "{found:?}");

    // The same without a running system, from one reading.
    system.stop();
    let (code, alone) = system.verify();
    assert_eq!((code, &alone["invariants"], &alone["looks"]), (1, &object["invariants"], &json!(1)));
}

#[tokio::test]
async fn a_phone_number_that_leads_to_another_account_is_found() {
    let system = played().await;
    // The operator who closes it has an account.
    close(&system, "demo").await;
    system.corrupt("login", "user", number("77")).await;
    let (code, object) = system.verify();
    let found = offenders(&object);
    let [(name, sentence)] = &found[..] else { panic!("{object}") };
    assert_eq!((code, name.as_str(), &object["invariants"][7]["offenders"]), (1, "M8", &json!(2)));
    assert!(sentence.ends_with(" leads to user 77."), "{sentence}");
    let said = system.run(&["verify"]);
    assert!(said.out.contains("\n  M8  2 violations  No request reads"), "{}", said.out);
}

#[tokio::test]
async fn an_item_that_cannot_be_read_is_an_offender() {
    let system = played().await;
    system.corrupt("round", "draw", string("dice")).await;
    let (code, object) = system.verify();
    assert_eq!(code, 1);
    let expected = json!({ "offenders": 1, "first": "the item ROUND#demo ROUND is corrupt: draw" });
    assert_eq!(object["unreadable"], expected);
    let said = system.run(&["verify"]);
    let row = "  --  1 violation   Every item can be read.\n";
    assert!(said.out.contains(row), "{}", said.out);
    assert!(said.out.contains("the item ROUND#demo ROUND is corrupt: draw\n"), "{}", said.out);
}

#[tokio::test]
async fn changes_under_way_are_no_offenders() {
    let system = played().await;
    let mut side = "A";
    for _ in 0..3 {
        // The command reads a few times at most, so the changes must end before its last read.
        let mut changes = 0;
        let said = system.run_while(&["verify"], async || {
            changes += 1;
            if changes > CHANGES_MAX {
                return tokio::time::sleep(Duration::from_millis(10)).await;
            }
            side = if side == "A" { "B" } else { "A" };
            system.bet(1, "demo", side, 1).await;
            system.bet(2, "demo", side, 1).await;
        });
        let said = said.await;
        assert_eq!(said.code, 0, "{said:?}");
    }
}

#[tokio::test]
async fn a_violation_that_changes_each_time_is_undecided() {
    let system = played().await;
    let mut locked = 1_000;
    // Changed before the first reading, which may end before the first change beside it.
    system.corrupt("wallet", "locked", number(&locked.to_string())).await;
    let said = system.run_while(&["verify", "--json"], async || {
        locked += 1;
        system.corrupt("wallet", "locked", number(&locked.to_string())).await;
    });
    let said = said.await;
    let object: Value = serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{said:?}"));
    assert_eq!(
        (said.code, &object["verdict"], &object["looks"]),
        (2, &json!("undecided"), &json!(6)),
        "{object}"
    );
    assert_eq!(object["undecided"], json!([{ "name": "M2", "subject": "user 1" }]));
    assert_eq!(offenders(&object), []);
}

#[tokio::test]
async fn verify_without_a_table_is_neither_clean_nor_broken() {
    let system = System::new();
    let said = system.run(&["verify"]);
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    let error = "error: the table evens-local is empty\n\
                 hint: select the data folder with --data, or the table with EVENS_TABLE\n";
    assert!(said.err.ends_with(error), "{}", said.err);

    let said = system.run(&["verify", "round", "demo"]);
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert!(said.err.contains("error: the round demo does not exist\nhint: "), "{}", said.err);
}

/// The output of `evens verify round demo` for that match, up to the nonces and the conclusion.
fn round_text(
    bet_match: &crate::system::Record,
    state: &str,
    hash: &str,
    seed: &str,
    recomputed: &str,
) -> String {
    let [id, bet_a, bet_b, winner] = ["match", "bet_a", "bet_b", "winner"].map(|name| text(bet_match, name));
    format!(
        "round      demo\nstate      {state}\ndraw       match, by rule 2\nseed hash  {hash}\nseed       {seed}\n\n\
         {:<38}{:<38}{:<38}state    winner  recomputed\n\
         {id}  {bet_a}  {bet_b}  SETTLED  {winner}       {recomputed}\n\n",
        "match", "bet on A", "bet on B"
    )
}

#[tokio::test]
async fn the_secrets_of_an_open_round_stay_secret() {
    let system = played().await;
    let bet_match = system.records("match").await.swap_remove(0);
    let (secret, hash) = (
        text(&system.records("seed").await[0], "seed"),
        text(&system.records("round").await[0], "seed_hash"),
    );
    let [id, bet_a, bet_b, winner] = ["match", "bet_a", "bet_b", "winner"].map(|name| text(&bet_match, name));
    let nonces = ["nonce_a", "nonce_b"].map(|name| text(&bet_match, name));
    assert!(nonces.iter().all(|nonce| nonce.len() == 64), "{nonces:?}");
    let open = system.run(&["verify", "round", "demo"]);
    let shown = round_text(&bet_match, "OPEN", &hash, "not public until the round has closed", "-");
    let conclusion = "Nothing was recomputed: the seed is not public until the round has closed.\n";
    assert_eq!((open.code, &open.out), (0, &format!("{shown}{conclusion}")));
    let all = system.run(&["verify", "round", "demo", "--json"]);
    let books = system.run(&["verify", "--json"]);
    for said in [&open, &all, &books] {
        for hidden in [&secret, &nonces[0], &nonces[1]] {
            assert!(!said.out.contains(hidden) && !said.err.contains(hidden), "{said:?}");
        }
    }

    close_and_publish(&system, "demo").await;
    let closed = system.run(&["verify", "round", "demo"]);
    let mut of_bets =
        [(&bet_a, &nonces[0]), (&bet_b, &nonces[1])].map(|(bet, nonce)| format!("{bet}  {nonce}\n"));
    of_bets.sort();
    let shown = round_text(&bet_match, "CLOSED", &hash, &secret, &winner);
    let [first, second] = of_bets;
    let conclusion = "Every draw agrees with the public seed or the oracle.\n";
    let expected = format!("{shown}{:<38}nonce\n{first}{second}\n{conclusion}", "bet");
    assert_eq!((closed.code, closed.out), (0, expected));
    let all = system.run(&["verify", "round", "demo", "--json"]);
    let object: Value = serde_json::from_str(&all.out).expect("an object");
    let actual = ["nonceA", "nonceB"].map(|name| &object["matches"][0][name]);
    assert_eq!((actual, &object["drawRule"]), ([&json!(nonces[0]), &json!(nonces[1])], &json!(2)));

    let loser = if winner == "A" { "B" } else { "A" };
    system.corrupt("match", "winner", string(loser)).await;
    let rigged = system.run(&["verify", "round", "demo"]);
    assert_eq!(rigged.code, 1);
    let fault = format!(
        "The match {id} was won by {loser}, but must have been won by {winner}.\nThe draws are NOT in order.\n"
    );
    assert!(rigged.out.ends_with(&fault), "{}", rigged.out);

    // A round from before nonces were introduced: its draws do not use them.
    system.corrupt("round", "draw_rule", number("1")).await;
    let old = system.run(&["verify", "round", "demo"]);
    assert!(old.out.contains("\ndraw       match, by rule 1\n"), "{}", old.out);
    assert!(!old.out.contains(&nonces[0]) && !old.out.contains(&nonces[1]), "{}", old.out);
}

#[tokio::test]
async fn the_result_of_an_oracle_is_checked_by_its_signature() {
    let system = System::started().await;
    let oracle = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).expect("32 bytes");
    let public_key = base64(oracle.public_key().as_ref());
    let round = json!({
        "roundId": "derby", "draw": "oracle", "oracle": { "name": "referee", "publicKey": public_key },
    });
    system.post(9, Role::Operator, "/api/rounds", &round).await;
    system.bet(1, "derby", "A", 5).await;
    system.bet(2, "derby", "B", 5).await;
    system.wait_for_matches("derby", "JOINED", 1).await;
    close_and_publish(&system, "derby").await;
    let signature = base64(oracle.sign(b"evens-result\nderby\nA").as_ref());
    let result = json!({ "winner": "A", "signature": signature });
    system.post(8, Role::Oracle, "/api/rounds/derby/result", &result).await;
    system.wait_for_matches("derby", "SETTLED", 1).await;

    let round = |code: i32| {
        let said = system.run(&["verify", "round", "derby", "--json"]);
        assert_eq!(said.code, code, "{said:?}");
        serde_json::from_str::<Value>(&said.out).expect("an object")
    };
    let object = round(0);
    assert_eq!(object["oracle"], json!({ "name": "referee", "publicKey": public_key }));
    assert_eq!(object["outcome"]["signature"], json!(signature));
    assert_eq!(object["matches"][0]["recomputed"], json!("A"));
    assert_eq!(system.verify().0, 0);

    system.corrupt("round", "signature", string(&"00".repeat(64))).await;
    let object = round(1);
    let fault = "has the outcome A, but no signature of referee for it";
    assert_eq!((&object["faults"], &object["offenders"]), (&json!([fault]), &json!(1)));
    assert_eq!(offenders(&system.verify().1), [("M7".to_owned(), format!("The round derby {fault}."))]);
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::prelude::BASE64_STANDARD.encode(bytes)
}
