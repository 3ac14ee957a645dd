//! Long polls of the embedded server: when they wake, and what happens after their clients disconnect.

use std::time::{Duration, Instant};

use aws_sdk_sqs::types::{
    Message,
    QueueAttributeName::{
        ApproximateNumberOfMessages, DelaySeconds, MessageRetentionPeriod, RedrivePolicy, VisibilityTimeout,
    },
};
use embedded_sqs::Options;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinHandle,
    time::{sleep, timeout},
};

use crate::endpoint::{
    client::{Endpoint, Queue, bodies, receive_count, redrive_to},
    server::{RunningServer, embedded},
};

/// The longest delay of a wake-up on a busy machine. A poll that is not woken takes longer.
const SOON: Duration = Duration::from_secs(15);

/// Starts a poll that reports its end time.
fn poll(queue: &Queue) -> JoinHandle<(Vec<Message>, Instant)> {
    let queue = queue.clone();
    tokio::spawn(async move { (queue.receive_within(10, 20).await, Instant::now()) })
}

/// Gives a poll time to arrive. If it arrives later, its message is already there, so no result depends on this.
async fn let_poll_arrive() {
    sleep(Duration::from_millis(30)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poll_wakes_within_five_milliseconds_of_a_send() {
    let endpoint = embedded().await.expect("it is always there");
    let queue = endpoint.fifo_queue([]).await;
    let mut wakes: Vec<Duration> = Vec::new();
    let is_prompt = |wake: &Duration| *wake < Duration::from_millis(5);
    for number in 0..200 {
        if number >= 20 && wakes.iter().any(is_prompt) {
            break;
        }
        let poll = poll(&queue);
        let_poll_arrive().await;
        let body = number.to_string();
        let sent_at = Instant::now();
        queue.send(&body, &body, &body).await;
        let (received, received_at) = poll.await.expect("the poll ends well");
        assert_eq!(bodies(&received), [body]);
        wakes.push(received_at - sent_at);
    }
    // Other tests share the processors, so the shortest delay counts. A server that polls at intervals would have no
    // short one.
    assert!(wakes.iter().any(is_prompt), "{wakes:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_poller_of_many_gets_a_message_of_as_many() {
    let endpoint = embedded().await.expect("it is always there");
    let queue = endpoint.fifo_queue([]).await;
    for round in 0..5 {
        let polls: Vec<_> = (0..10)
            .map(|_| {
                let queue = queue.clone();
                tokio::spawn(async move { queue.receive_within(1, 20).await })
            })
            .collect();
        for number in 0..10 {
            let body = format!("{round}-{number}");
            queue.send(&body, &body, &body).await;
        }
        for poll in polls {
            let received = timeout(SOON, poll).await.expect("no wake-up is lost");
            assert_eq!(received.expect("the poll ends well").len(), 1);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poll_wakes_when_time_alone_makes_a_message_receivable() {
    let endpoint = embedded().await.expect("it is always there");
    let delayed = endpoint.fifo_queue([(DelaySeconds, "1")]).await;
    let timed_out = endpoint.fifo_queue([(VisibilityTimeout, "1")]).await;
    let started_at = Instant::now();
    delayed.send("g", "1", "1").await;
    timed_out.send("g", "1", "1").await;
    assert_eq!(timed_out.receive(1).await.len(), 1);
    for poll in [poll(&delayed), poll(&timed_out)] {
        let (received, received_at) = poll.await.expect("the poll ends well");
        assert_eq!(bodies(&received), ["1"]);
        let waited = received_at - started_at;
        assert!((Duration::from_millis(999)..SOON).contains(&waited), "waited {waited:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poll_wakes_for_a_changed_visibility_and_for_a_dead_letter() {
    let endpoint = embedded().await.expect("it is always there");
    let dead_letters = endpoint.fifo_queue([]).await;
    let redrive = redrive_to(&dead_letters, 2).await;
    let queue = endpoint.fifo_queue([(RedrivePolicy, redrive.as_str())]).await;
    queue.send("g", "1", "1").await;
    let received = queue.receive(1).await;

    let waiting = poll(&queue);
    let_poll_arrive().await;
    queue.change_visibility(&received[0], 0).await;
    let (received, _) = timeout(SOON, waiting).await.expect("it wakes").expect("it ends well");
    assert_eq!(receive_count(&received[0]), "2");

    let waiting_for_dead_letters = poll(&dead_letters);
    let_poll_arrive().await;
    queue.change_visibility(&received[0], 0).await;
    assert!(queue.receive(1).await.is_empty());
    let (dead, _) = timeout(SOON, waiting_for_dead_letters).await.expect("it wakes").expect("it ends well");
    assert_eq!(bodies(&dead), ["1"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poller_that_is_gone_takes_no_message_with_it() {
    let endpoint = embedded().await.expect("it is always there");
    let queue = endpoint.fifo_queue([]).await;
    for number in 0..50 {
        abandon_poll(&queue.url).await;
        let body = number.to_string();
        queue.send(&body, &body, &body).await;
        let received = queue.receive_within(1, 20).await;
        assert_eq!(bodies(&received), [body], "the poller that left has it");
        assert_eq!(receive_count(&received[0]), "1");
    }
    assert_eq!(queue.attribute(ApproximateNumberOfMessages).await, "0");
}

/// Sends a receive that would wait, and disconnects. Returns when the server has closed the connection too: until then
/// it may still send a message to this poller, as to any poller whose answer is lost on the way.
async fn abandon_poll(queue_url: &str) {
    let address = queue_url.trim_start_matches("http://").split('/').next().expect("a URL has a host");
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    let body = format!(r#"{{"QueueUrl":"{queue_url}","WaitTimeSeconds":20}}"#);
    let request = format!(
        "POST / HTTP/1.1\r\nhost: {address}\r\nx-amz-target: AmazonSQS.ReceiveMessage\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.expect("the server reads");
    let_poll_arrive().await;
    stream.shutdown().await.expect("the server listens");
    let mut answer = Vec::new();
    timeout(SOON, stream.read_to_end(&mut answer))
        .await
        .expect("the server notices")
        .expect("it closes well");
    assert!(answer.is_empty(), "{}", String::from_utf8_lossy(&answer));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopping_server_answers_its_pollers_at_once() {
    let running = RunningServer::start(Options::default()).await;
    let endpoint = Endpoint::at(&running.url);
    let queue = endpoint.fifo_queue([(MessageRetentionPeriod, "60")]).await;
    let waiting = poll(&queue);
    // Here the result does depend on it: a later poll would find no server.
    sleep(Duration::from_secs(1)).await;
    // The server would cut off a blocking poll after ten seconds.
    timeout(Duration::from_secs(9), running.stop()).await.expect("no poll holds the server up");
    let (received, _) = waiting.await.expect("the poll ends well");
    assert!(received.is_empty());
}
