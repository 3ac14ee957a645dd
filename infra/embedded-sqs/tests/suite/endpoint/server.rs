//! The embedded server in the test's process, over a file as in production.

use embedded_sqs::{Options, Server};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use crate::endpoint::client::Endpoint;

/// A server that runs until it is stopped or dropped.
pub(crate) struct RunningServer {
    pub(crate) url: String,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<std::io::Result<()>>,
}

impl RunningServer {
    pub(crate) async fn start(options: Options) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let server = Server::open(options).expect("the state opens");
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(server.serve(listener, async move { drop(stopped.await) }));
        Self { url, stop, serving }
    }

    pub(crate) async fn stop(self) {
        drop(self.stop);
        self.serving.await.expect("the server does not panic").expect("the server ends well");
    }
}

/// A new endpoint for each test.
pub(crate) async fn embedded() -> Option<Endpoint> {
    let folder = tempfile::tempdir().expect("a folder");
    let data = Some(folder.path().join("queues.sqlite"));
    let running = RunningServer::start(Options { data, ..Options::default() }).await;
    let mut endpoint = Endpoint::at(&running.url);
    endpoint.keeper = Some(Box::new((folder, running)));
    Some(endpoint)
}
