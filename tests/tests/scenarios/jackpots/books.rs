//! Jackpots in an export: their movements, and the data that these follow from.

use super::{agree, amount_of, ask, contribute, started, terms, win_body};
use crate::operations::user_commands::run;
use serde_json::json;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Runs a verifier from `docs/books` over an export. Returns its verdict and output, or `None` without Python.
fn says(verifier: &str, folder: &Path) -> Option<(bool, String)> {
    let script = format!("{}/../docs/books/{verifier}", env!("CARGO_MANIFEST_DIR"));
    let output = Command::new("python3").arg(script).arg(folder).output().ok()?;
    Some((output.status.success(), String::from_utf8(output.stdout).unwrap()))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auditor_makes_jackpots_again_from_an_export() {
    let scenario = started().await;
    let operator = scenario.operator();
    contribute(&scenario, "op-1", json!({ "minor": 400 })).await.expect(200);
    ask(&operator, "POST", "minor/win", win_body("part", Some("500"))).await.expect(200);
    agree(&scenario, "minor", terms(1, 2_000)).await;
    ask(&operator, "POST", "minor/win", win_body("all", None)).await.expect(200);
    assert_eq!(amount_of(&scenario, 0).await.to_string(), "2000");
    let folder = tempfile::tempdir().unwrap();
    let books = folder.path().join("books");
    let exported = run(&scenario, &["export", books.to_str().unwrap()]).await;
    assert_eq!(exported.code, Some(0), "{exported:?}");
    let Some(said) = says("verify_books.py", &books) else {
        return eprintln!("skipped: there is no python3 to run docs/books/verify_books.py");
    };
    assert!(said.0, "{}", said.1);
    let in_order = (true, "The jackpots are in order: 2 wins.\n".to_owned());
    assert_eq!(says("verify_jackpots.py", &books), Some(in_order));
    let file = books.join("jackpots.jsonl");
    let rows = fs::read_to_string(&file).unwrap();
    #[rustfmt::skip]
    let changes = [
        (r#""number":"2""#,          r#""number":"3""#),
        (r#""operation":"part""#,    r#""operation":"none""#),
        (r#""user":"41""#,           r#""user":"42""#),
        (r#""amount":"500""#,        r#""amount":"501""#),
        (r#""poolBefore":"1300""#,   r#""poolBefore":"1301""#),
        (r#""refill":"100""#,        r#""refill":"99""#),
        (r#""startAmount":"2000""#,  r#""startAmount":"2001""#),
    ];
    for (from, to) in changes {
        assert!(rows.contains(from), "{from}: {rows}");
        fs::write(&file, rows.replacen(from, to, 1)).unwrap();
        let (is_right, said) = says("verify_jackpots.py", &books).unwrap();
        assert!(!is_right, "{to}: {said}");
    }
    let terms_alone: String =
        rows.split_inclusive('\n').filter(|row| row.contains(r#""kind":"terms""#)).collect();
    fs::write(&file, terms_alone).unwrap();
    assert_eq!(says("verify_jackpots.py", &books).map(|said| said.0), Some(false));
    scenario.finish().await;
}
