//! An embedded engine that cannot continue ends the process, which logs the reason and leaves the restart to its
//! supervisor.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName;
use evens_runtime::{Clients, Endpoints};
use evens_tests::{Addresses, Process, Scenario, await_until, binary};
use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// Starts the program with a file size limit of 8 MiB (16 MiB in shells that count in KiB). Writes beyond it fail with
/// another error than a full disk, and the process does not wait for such an error to pass.
const LIMITED: &str = r#"ulimit -f 16384; trap "" XFSZ; exec "$0" "$@""#;

/// The size of one message in bytes. All messages together exceed the limit.
const MESSAGE_SIZE: usize = 200_000;
const MESSAGES: usize = 120;

async fn serve_limited(folder: &Path) -> (Child, Addresses) {
    let data = folder.join("data");
    let mut command = Command::new("sh");
    command.args(["-c", LIMITED]).arg(binary());
    command.args(["serve", "--listen", "127.0.0.1:0", "--drain-seconds", "600", "--data"]).arg(&data);
    command.env("RUST_LOG", "warn").stdout(Stdio::null()).kill_on_drop(true);
    command.stderr(File::create(folder.join("log")).unwrap());
    let child = command.spawn().unwrap();
    let addresses = await_until("it serves", Scenario::DEADLINE, async || {
        let read = fs::read(data.join("engines.json")).ok()?;
        serde_json::from_slice::<Addresses>(&read).ok().filter(|found| found.api.is_some())
    });
    (child, addresses.await)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_whose_queues_cannot_be_written_ends_and_can_be_started_again() {
    let folder = tempfile::tempdir().unwrap();
    let (mut child, addresses) = serve_limited(folder.path()).await;
    let sqs = client(&addresses);
    let queue = sqs.create_queue().queue_name("filler").send().await.unwrap().queue_url.unwrap();
    let mut kept = 0;
    for _ in 0..MESSAGES {
        let message = sqs.send_message().queue_url(&queue).message_body("m".repeat(MESSAGE_SIZE));
        if message.send().await.is_err() {
            break;
        }
        kept += 1;
    }
    assert!((1..MESSAGES).contains(&kept), "{kept} messages were kept");
    let ended = timeout(Duration::from_mins(1), child.wait()).await.expect("it ends").unwrap();
    let log = fs::read_to_string(folder.path().join("log")).unwrap();
    assert_eq!(ended.code(), Some(1), "{log}");
    assert!(log.contains("a change could not be written"), "{log}");

    // Every acknowledged message is there.
    let (process, addresses) = Process::serve(folder.path(), &[]).await;
    let sqs = client(&addresses);
    let queue = sqs.get_queue_url().queue_name("filler").send().await.unwrap().queue_url.unwrap();
    let count = QueueAttributeName::ApproximateNumberOfMessages;
    let answer = sqs.get_queue_attributes().queue_url(queue).attribute_names(count.clone());
    let counted = answer.send().await.unwrap().attributes.unwrap()[&count].clone();
    assert_eq!(counted, kept.to_string());
    assert_eq!(process.terminate().await, Some(0));
}

fn client(addresses: &Addresses) -> Client {
    let (dynamodb, sqs) = (Some(addresses.dynamodb.clone()), Some(addresses.sqs.clone()));
    let endpoints = Endpoints { dynamodb, sqs, ..Endpoints::default() };
    Clients::connect_as(&addresses.identity(), &endpoints).unwrap().sqs
}
