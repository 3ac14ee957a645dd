//! Many sockets of one process: they are opened, join rooms, and wait for an event.

use anyhow::{Context, bail, ensure};
use futures::{SinkExt, StreamExt, TryStreamExt, stream};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::sleep;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

pub(super) type Socket = WebSocketStream<TcpStream>;

/// The number of sockets that are opened at once.
const AT_ONCE: usize = 64;

const ATTEMPTS_MAX: usize = 100;
const ATTEMPT_PAUSE: Duration = Duration::from_millis(100);

/// The open files of each process besides sockets of the live channel.
const OTHER_FILES: u64 = 2_048;

/// A client's buffer for reading. The library's default of 128 KiB is cleared before each read, which takes longer than
/// the read.
const READ_BUFFER_BYTES: usize = 4_096;

/// Raises the limit of open files, of which each socket is one. `evens` raises its own in the same way.
pub(super) fn raise_file_limit(sockets: usize) -> anyhow::Result<()> {
    let needed = u64::try_from(sockets)?.saturating_add(OTHER_FILES);
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    if let Some(maximum) = maximum.filter(|maximum| *maximum < needed) {
        bail!(
            "{sockets} sockets need {needed} open files, and the hard limit is {maximum}\n\
             hint: raise it as root, with `ulimit -Hn {needed}`, or open fewer sockets with --users"
        );
    }
    Ok(setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })?)
}

/// Opens a socket for each token, and hears that it is open.
pub(super) async fn open(api: SocketAddr, tokens: &[String]) -> anyhow::Result<Vec<Socket>> {
    let each = stream::iter(tokens.to_vec()).map(|token| open_one(api, token));
    each.buffer_unordered(AT_ONCE).try_collect().await
}

/// Opens one socket.
pub(super) async fn open_one(api: SocketAddr, token: String) -> anyhow::Result<Socket> {
    let stream = TcpStream::connect(api).await?;
    let config = WebSocketConfig::default().read_buffer_size(READ_BUFFER_BYTES);
    let url = format!("ws://{api}/live");
    let (mut socket, _) = client_async_with_config(url, stream, Some(config)).await?;
    ask(&mut socket, json!({ "v": 1, "type": "hello", "token": token })).await?;
    Ok(socket)
}

/// The same after a cut. The server may not have noticed yet that the old sockets are gone, so clients try again.
pub(super) async fn open_again(api: SocketAddr, tokens: &[String]) -> anyhow::Result<Vec<Socket>> {
    let each = stream::iter(tokens.to_vec()).map(|token| async move {
        for _ in 0..ATTEMPTS_MAX {
            if let Ok(socket) = open_one(api, token.clone()).await {
                return Ok(socket);
            }
            sleep(ATTEMPT_PAUSE).await;
        }
        open_one(api, token).await
    });
    each.buffer_unordered(AT_ONCE).try_collect().await
}

/// Puts all sockets into a room.
pub(super) async fn join(all: &mut [Socket], room: &str) -> anyhow::Result<()> {
    let message = json!({ "v": 1, "type": "subscribe", "rooms": [room] });
    let each = stream::iter(all.iter_mut()).map(|socket| ask(socket, message.clone()));
    each.buffer_unordered(AT_ONCE).try_collect().await
}

async fn ask(socket: &mut Socket, message: Value) -> anyhow::Result<()> {
    socket.send(Message::text(message.to_string())).await?;
    let answer = socket.next().await.context("no answer")??;
    ensure!(answer.to_text()?.contains(r#""ok":true"#), "the message was refused: {answer}");
    Ok(())
}

/// Waits until each socket has an event with this id.
pub(super) async fn await_event(all: &mut [Socket], id: &str) -> anyhow::Result<()> {
    let count = all.len();
    let each = stream::iter(all.iter_mut()).map(|socket| async move {
        loop {
            let frame = socket.next().await.context("a socket was closed")??;
            if frame.to_text()?.contains(id) {
                return anyhow::Ok(());
            }
        }
    });
    each.buffer_unordered(count.max(1)).try_collect().await
}
