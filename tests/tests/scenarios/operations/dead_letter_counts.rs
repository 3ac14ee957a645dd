//! The numbers of an act on all dead letters that match a filter.

use crate::operations::dead_letters::{act_on_all, await_letters, listed, settle_nothing, text};
use evens_contracts::Queue;
use evens_tests::Scenario;
use serde_json::{Value, json};

/// The number that a dry run gives is the number that is sent. Letters without a job are counted apart: they use up
/// nothing of the limit, and can only be deleted.
#[tokio::test(flavor = "multi_thread")]
async fn letters_without_a_job_use_up_nothing_of_the_limit() {
    let scenario = Scenario::start().await;
    // The oldest ones contain no job.
    for number in 0..3 {
        scenario.put_dead_letter(Queue::Settle, "41", &format!("no job {number}")).await;
    }
    let job = serde_json::to_string(&settle_nothing()).unwrap();
    for _ in 0..2 {
        scenario.put_dead_letter(Queue::Settle, "41", &job).await;
    }
    await_letters(&scenario, "?queue=settle", 5).await;
    let body = |action: &str, limit: usize, dry: bool| json!({ "action": action, "queue": "settle", "limit": limit, "dryRun": dry, "reason": "mended" });
    let outcomes = |answer: &Value| -> Vec<String> {
        answer["data"].as_array().unwrap().iter().map(|one| text(one, "outcome").to_owned()).collect()
    };
    let counts =
        |answer: &Value| [&answer["matched"], &answer["unsendable"], &answer["unseen"]].map(Value::as_u64);
    let tried = act_on_all(&scenario, &body("redrive", 1, true)).await;
    assert_eq!(
        (outcomes(&tried), counts(&tried)),
        (vec!["would-redrive".to_owned()], [Some(5), Some(3), Some(0)])
    );
    let tried = act_on_all(&scenario, &body("redrive", 1_000, true)).await;
    assert_eq!(outcomes(&tried), ["would-redrive"; 2]);
    let tried = act_on_all(&scenario, &body("delete", 1_000, true)).await;
    assert_eq!((outcomes(&tried).len(), counts(&tried)), (5, [Some(5), Some(0), Some(0)]));
    let sent = act_on_all(&scenario, &body("redrive", 2, false)).await;
    assert_eq!(
        (outcomes(&sent), counts(&sent)),
        (vec!["redriven".to_owned(); 2], [Some(5), Some(3), Some(0)])
    );
    for letter in listed(&scenario, "?error=malformed").await {
        assert_eq!(letter["jobId"], json!(null), "{letter}");
    }
    assert_eq!(listed(&scenario, "?error=malformed").await.len(), 3, "they stay");
    // The match of the jobs does not exist, so they were given up anew.
    scenario.await_idle().await;
    scenario.delete_dead_letters(Queue::Settle).await;
    scenario.finish_despite(&["Gave up job settle"]).await;
}
