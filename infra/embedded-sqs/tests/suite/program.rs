//! The program: starting, stopping, and the state after `kill -9`.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use aws_sdk_sqs::{
    Client, Config,
    config::{Credentials, Region, retry::RetryConfig},
    types::{Message, MessageSystemAttributeName, QueueAttributeName},
};

struct Program {
    process: Child,
    url: String,
}

impl Program {
    fn start(data: &Path) -> Self {
        Self::start_on("127.0.0.1:0", data)
    }

    fn start_on(listen: &str, data: &Path) -> Self {
        let mut process = command(listen, data).spawn().expect("the program starts");
        let mut url = String::new();
        let output = process.stdout.take().expect("standard output is piped");
        BufReader::new(output).read_line(&mut url).expect("it says where it is");
        Self { process, url: url.trim().to_owned() }
    }

    /// Sends SIGKILL.
    fn kill(mut self) {
        self.process.kill().expect("it runs");
        self.process.wait().expect("it is gone");
    }

    fn client(&self) -> Client {
        let config = Config::builder()
            .behavior_version_latest()
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .endpoint_url(&self.url)
            .retry_config(RetryConfig::disabled())
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build();
        Client::from_conf(config)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already. A failing test must not leave it running.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn command(listen: &str, data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_embedded-sqs"));
    command.args(["--listen", listen]).arg("--data").arg(data).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

async fn create(client: &Client, name: &str, attributes: &[(QueueAttributeName, &str)]) -> String {
    let mut request =
        client.create_queue().queue_name(name).attributes(QueueAttributeName::FifoQueue, "true");
    for (attribute, value) in attributes {
        request = request.attributes(attribute.clone(), *value);
    }
    request.send().await.expect("the queue is created").queue_url.expect("it has a URL")
}

async fn send(client: &Client, queue: &str, group: &str, body: &str) -> Option<String> {
    let request =
        client.send_message().queue_url(queue).message_group_id(group).message_deduplication_id(body);
    request.message_body(body).send().await.expect("the message is accepted").message_id
}

async fn receive(client: &Client, queue: &str, messages_max: i32, wait_seconds: i32) -> Vec<Message> {
    let request = client.receive_message().queue_url(queue).max_number_of_messages(messages_max);
    let request = request
        .wait_time_seconds(wait_seconds)
        .message_system_attribute_names(MessageSystemAttributeName::All);
    request.send().await.expect("the receive is accepted").messages.unwrap_or_default()
}

async fn delete(client: &Client, queue: &str, message: &Message) {
    let request = client.delete_message().queue_url(queue).set_receipt_handle(message.receipt_handle.clone());
    request.send().await.expect("the message is deleted");
}

fn bodies(messages: &[Message]) -> Vec<&str> {
    messages.iter().filter_map(Message::body).collect()
}

fn system_attribute<'a>(message: &'a Message, name: &MessageSystemAttributeName) -> &'a str {
    message
        .attributes
        .as_ref()
        .and_then(|attributes| attributes.get(name))
        .expect("all of them were asked for")
}

fn receive_counts(messages: &[Message]) -> Vec<&str> {
    let count = |message| system_attribute(message, &MessageSystemAttributeName::ApproximateReceiveCount);
    messages.iter().map(count).collect()
}

#[tokio::test]
async fn everything_that_was_answered_survives_a_kill() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("queues.sqlite");
    let program = Program::start(&data);
    let client = program.client();
    let queue = create(&client, "q.fifo", &[(QueueAttributeName::VisibilityTimeout, "10")]).await;
    for body in ["1", "2", "3", "4"] {
        send(&client, &queue, "g", body).await;
    }
    let first_id = send(&client, &queue, "h", "5").await;
    let asked_at = Instant::now();
    let received = receive(&client, &queue, 3, 0).await;
    assert_eq!(bodies(&received), ["1", "2", "3"]);
    delete(&client, &queue, &received[0]).await;
    program.kill();

    let program = Program::start(&data);
    let client = program.client();
    assert_eq!(send(&client, &queue, "h", "5").await, first_id, "the window is still open");
    assert_eq!(bodies(&receive(&client, &queue, 10, 0).await), ["5"], "the other group is still in flight");
    delete(&client, &queue, &received[1]).await;
    let again = receive(&client, &queue, 10, 20).await;
    assert_eq!(bodies(&again), ["3", "4"], "in order, when the timeout of before ends");
    assert_eq!(receive_counts(&again), ["2", "1"]);
    assert!(asked_at.elapsed() >= Duration::from_millis(9900), "after {:?}", asked_at.elapsed());
}

/// Kills the program under traffic. Accepted messages are there, deleted ones stay deleted, and groups keep their
/// order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_in_the_middle_of_traffic_loses_nothing_that_was_answered() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("queues.sqlite");
    let program = Program::start(&data);
    let queue = create(&program.client(), "q.fifo", &[(QueueAttributeName::VisibilityTimeout, "1")]).await;
    let answered: Arc<[AtomicUsize; 4]> = Arc::default();
    let sending = |group| send_until_killed(program.client(), queue.clone(), group, Arc::clone(&answered));
    let senders: Vec<_> = (0..4).map(|group| tokio::spawn(sending(group))).collect();
    let receiver = tokio::spawn(delete_until_killed(program.client(), queue.clone()));
    // On a busy machine it takes longer until every sender has several answers.
    let traffic = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        while answered.iter().any(|answered| answered.load(Ordering::Relaxed) < 10) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), traffic).await.expect("everybody is answered");
    program.kill();

    let program = Program::start(&data);
    let deleted = receiver.await.expect("the receiver ends well");
    let left = drain(&program.client(), &queue).await;
    for (group, sender) in senders.into_iter().enumerate() {
        let accepted = sender.await.expect("the sender ends well");
        assert!(accepted > 0, "the kill came too early to show anything");
        let deleted = deleted.get(&group).copied().unwrap_or_default();
        let left = left.get(&group).cloned().unwrap_or_default();
        let context = format!("group {group}: {accepted} accepted, {deleted} deleted, left {left:?}");
        // One send and one deletion may have been written without an answer.
        let first = left.first().copied().unwrap_or(accepted);
        assert!(first == deleted || first == deleted + 1, "{context}");
        let next = first + left.len();
        assert!(next == accepted || next == accepted + 1, "{context}");
        assert!(left.into_iter().eq(first..next), "{context}");
    }
}

/// Returns the number of answered sends.
async fn send_until_killed(
    client: Client,
    queue: String,
    group: usize,
    answered: Arc<[AtomicUsize; 4]>,
) -> usize {
    let mut accepted = 0;
    loop {
        let request = client.send_message().queue_url(&queue).message_group_id(format!("g{group}"));
        let request = request.message_deduplication_id(format!("{group}-{accepted}"));
        if request.message_body(accepted.to_string()).send().await.is_err() {
            return accepted;
        }
        accepted += 1;
        answered[group].store(accepted, Ordering::Relaxed);
    }
}

/// Returns the number of answered deletions by group.
async fn delete_until_killed(client: Client, queue: String) -> BTreeMap<usize, usize> {
    let mut deleted = BTreeMap::new();
    loop {
        let request = client.receive_message().queue_url(&queue).wait_time_seconds(1);
        let request = request.message_system_attribute_names(MessageSystemAttributeName::MessageGroupId);
        let Ok(received) = request.send().await else { return deleted };
        for message in received.messages() {
            let request = client.delete_message().queue_url(&queue);
            if request.set_receipt_handle(message.receipt_handle.clone()).send().await.is_err() {
                return deleted;
            }
            *deleted.entry(group_of(message)).or_default() += 1;
        }
    }
}

/// Receives everything that is left, by group and in order.
async fn drain(client: &Client, queue: &str) -> BTreeMap<usize, Vec<usize>> {
    let mut left: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    loop {
        // Longer than the visibility timeout of messages in flight at the kill.
        let received = receive(client, queue, 10, 2).await;
        if received.is_empty() {
            return left;
        }
        for message in &received {
            let number = message.body().and_then(|body| body.parse().ok()).expect("a number");
            left.entry(group_of(message)).or_default().push(number);
            delete(client, queue, message).await;
        }
    }
}

fn group_of(message: &Message) -> usize {
    let group = system_attribute(message, &MessageSystemAttributeName::MessageGroupId);
    group.strip_prefix('g').and_then(|group| group.parse().ok()).expect("a group of this test")
}

#[test]
fn a_host_name_can_be_listened_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = Program::start_on("localhost:0", &folder.path().join("queues.sqlite"));
    let is_loopback =
        ["http://127.0.0.1:", "http://[::1]:"].iter().any(|start| program.url.starts_with(start));
    assert!(is_loopback, "{}", program.url);
}

#[test]
fn a_taken_port_and_a_taken_file_are_plain_errors() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("queues.sqlite");
    let program = Program::start(&data);
    let address = program.url.trim_start_matches("http://");

    let second = command(address, &folder.path().join("other.sqlite")).output().expect("it starts");
    assert_eq!(second.status.code(), Some(1));
    let errors = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(errors.contains(&format!("error: cannot listen on {address}")), "{errors}");
    assert!(errors.contains("hint: "), "{errors}");

    let second = command("127.0.0.1:0", &data).output().expect("it starts");
    assert_eq!(second.status.code(), Some(1));
    let errors = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(errors.contains("queues.sqlite is in use by another process"), "{errors}");
}

#[tokio::test]
async fn a_signal_ends_the_program_during_a_poll() {
    for signal in ["TERM", "INT"] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut program = Program::start(&folder.path().join("queues.sqlite"));
        let client = program.client();
        let queue = create(&client, "q.fifo", &[]).await;
        let waiting = tokio::spawn(async move { receive(&client, &queue, 1, 20).await });
        // The time after which the poll is surely waiting at the server. A later one would not be answered.
        tokio::time::sleep(Duration::from_secs(1)).await;

        let id = program.process.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &id]).status().expect("kill runs").success());
        assert!(waiting.await.expect("the poll is answered").is_empty());
        let status =
            tokio::task::spawn_blocking(move || program.process.wait().map(|status| (status, program)));
        let (status, _program) = status.await.expect("it ends").expect("it ends");
        assert!(status.success(), "{signal}: {status}");
    }
}
