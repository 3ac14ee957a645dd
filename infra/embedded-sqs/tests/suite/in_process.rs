//! Calls by types in the server's own process. They share its threads.

use std::{sync::mpsc, thread, time::Duration};

use embedded_sqs::{
    CallError, Client, Options, Server,
    core::requests::{CreateQueue, QueueName, ReceiveMessage},
};
use tokio::{net::TcpListener, runtime::Builder, sync::oneshot};

/// Asks again after each empty answer, until a receive fails.
async fn receive_until_it_fails(client: Client, wait_seconds: i64) -> CallError {
    let create = CreateQueue { queue_name: "q".to_owned(), ..CreateQueue::default() };
    let url = client.call(|core, now| core.create_queue(create, now)).await.expect("a queue");
    let request = ReceiveMessage {
        queue: QueueName::from_url(&url),
        wait_time_seconds: Some(wait_seconds),
        ..ReceiveMessage::default()
    };
    loop {
        match client.receive(&request).await {
            Ok(deliveries) => assert!(deliveries.is_empty(), "nobody sends"),
            Err(error) => return error,
        }
    }
}

/// A server and a caller on one thread. The server stops while the caller receives.
fn stop_during_receives(wait_seconds: i64) -> CallError {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let server = Server::open(Options::default()).expect("the state opens");
        let receiving = tokio::spawn(receive_until_it_fails(server.client(), wait_seconds));
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(server.serve(listener, async move { drop(stopped.await) }));
        tokio::task::yield_now().await;
        drop(stop);
        serving.await.expect("no panic").expect("the server ends well");
        receiving.await.expect("no panic")
    })
}

#[test]
fn a_caller_that_receives_in_a_loop_does_not_keep_the_server_from_stopping() {
    for wait_seconds in [0, 20] {
        let (sender, ended) = mpsc::channel();
        // The thread outlives a failing test: nothing can end a loop that never waits.
        thread::spawn(move || sender.send(stop_during_receives(wait_seconds)));
        let error = ended.recv_timeout(Duration::from_secs(10)).expect("the server stops in time");
        assert!(matches!(error, CallError::Unavailable(_)), "{error}");
    }
}
