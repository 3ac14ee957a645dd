//! [`LiveSocket`]: a client of the live channel. Every event that it hears is compared with the document of the API.

use crate::{Client, Document, Scenario, Violation};
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::LazyLock;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

/// A WebSocket at `/live`.
#[derive(Debug)]
pub struct LiveSocket {
    wire: WebSocketStream<TcpStream>,
}

impl LiveSocket {
    /// Opens a socket, which has not said anything.
    pub async fn open(api: SocketAddr) -> Self {
        Self::try_open(api, None).await.expect("an upgrade")
    }

    /// The same from a page of that origin.
    ///
    /// # Errors
    /// The HTTP status of a refusal.
    pub async fn try_open(api: SocketAddr, origin: Option<&str>) -> Result<Self, u16> {
        Self::open_with(api, origin, 64 * 1_024).await
    }

    /// Opens a socket for whose bytes the client has a buffer of that size.
    async fn open_with(api: SocketAddr, origin: Option<&str>, buffer: u32) -> Result<Self, u16> {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(buffer).expect("a buffer");
        let stream = socket.connect(api).await.expect("a connection");
        let mut request = format!("ws://{api}/live").into_client_request().expect("a request");
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse().expect("an origin"));
        }
        match client_async(request, stream).await {
            Ok((wire, _)) => Ok(Self { wire }),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("neither an upgrade nor a refusal: {error}"),
        }
    }

    /// Opens a socket whose client can hold only few bytes that it has not read.
    pub async fn open_narrow(api: SocketAddr) -> Self {
        Self::open_with(api, None, 2_048).await.expect("an upgrade")
    }

    /// Sends a message; the version is added.
    pub async fn say(&mut self, mut message: Value) {
        message["v"] = json!(1);
        self.say_text(message.to_string()).await;
    }

    /// Sends a text, whatever it is.
    pub async fn say_text(&mut self, text: impl Into<String>) {
        // A socket that the server has closed says so when it is read.
        let _ = self.wire.send(Message::text(text.into())).await;
    }

    /// Sends bytes, which are no message of the protocol.
    pub async fn say_bytes(&mut self, bytes: Vec<u8>) {
        let _ = self.wire.send(Message::binary(bytes)).await;
    }

    /// Begins a message and sends so many empty fragments of it.
    pub async fn say_empty_fragments(&mut self, count: usize) {
        let fragment = |kind| Message::Frame(Frame::message(Vec::new(), OpCode::Data(kind), false));
        let _ = self.wire.send(fragment(Data::Text)).await;
        for _ in 0..count {
            if self.wire.send(fragment(Data::Continue)).await.is_err() {
                return;
            }
        }
    }

    /// Sends the beginning of a frame, and nothing more.
    pub async fn say_half_a_frame(&mut self) {
        // A masked text of 100 bytes, of which 3 follow.
        let bytes = [0x81, 0x80 | 0x64, 0, 0, 0, 0, b'{', b'"', b'v'];
        self.wire.get_mut().write_all(&bytes).await.expect("an open socket");
    }

    /// The next frame.
    pub async fn hear(&mut self) -> Value {
        self.hear_if_open().await.expect("a frame before the end")
    }

    /// The next frame; none where the connection ends.
    pub async fn hear_if_open(&mut self) -> Option<Value> {
        loop {
            let received = timeout(Scenario::DEADLINE, self.wire.next()).await.expect("a frame in time");
            match received {
                Some(Ok(Message::Text(text))) => {
                    let frame = serde_json::from_str(&text).expect("JSON");
                    check_events(&frame);
                    return Some(frame);
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    /// Sends a message and hears the answer to it. Pushes that come before it are dropped.
    pub async fn ask(&mut self, mut message: Value) -> Value {
        message["ref"] = json!("asked");
        self.say(message).await;
        loop {
            let frame = self.hear().await;
            if frame["ref"] == "asked" {
                return frame;
            }
            assert!(frame["bye"].is_null(), "the server said {frame}");
        }
    }

    /// Hears frames until one holds an event like that.
    pub async fn await_event(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let frame = self.hear().await;
            let found = frame["events"].as_array().into_iter().flatten().find(|event| wanted(event));
            if let Some(event) = found {
                return event.clone();
            }
            assert!(frame["bye"].is_null(), "the server said {frame}");
        }
    }

    /// Closes the connection with this code. Returns the code of the server's answer, or `None` without one.
    pub async fn close(&mut self, code: u16) -> Option<u16> {
        let frame = CloseFrame { code: code.into(), reason: "".into() };
        self.wire.send(Message::Close(Some(frame))).await.expect("an open socket");
        loop {
            match timeout(Scenario::DEADLINE, self.wire.next()).await.expect("an answer in time") {
                Some(Ok(Message::Close(frame))) => return frame.map(|frame| frame.code.into()),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    }

    /// Reads to the end of the connection. Returns the number of messages, and whether the server has reset the
    /// connection.
    pub async fn read_out(&mut self) -> (usize, bool) {
        let mut messages = 0;
        loop {
            match timeout(Scenario::DEADLINE, self.wire.next()).await.expect("an end in time") {
                Some(Ok(_)) => messages += 1,
                Some(Err(Error::Io(error))) => return (messages, error.kind() == ErrorKind::ConnectionReset),
                Some(Err(_)) | None => return (messages, false),
            }
        }
    }

    /// Hears frames until the server ends the connection: the reason, and the close code.
    pub async fn await_bye(&mut self) -> (String, u16) {
        let mut reason = String::new();
        loop {
            let received = timeout(Scenario::DEADLINE, self.wire.next()).await.expect("an end in time");
            match received {
                Some(Ok(Message::Text(text))) => {
                    let frame: Value = serde_json::from_str(&text).expect("JSON");
                    if let Some(said) = frame["bye"]["reason"].as_str() {
                        said.clone_into(&mut reason);
                    }
                }
                Some(Ok(Message::Close(frame))) => {
                    return (reason, frame.map_or(0, |frame| frame.code.into()));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return (reason, 0),
            }
        }
    }
}

/// Panics if an event in the frame is not as published.
fn check_events(frame: &Value) {
    static DOCUMENT: LazyLock<Document> = LazyLock::new(|| Document(evens_contracts::openapi()));
    for event in frame["events"].as_array().into_iter().flatten() {
        if let Err(Violation(fault)) = DOCUMENT.check_schema("LiveEvent", event) {
            panic!("an event that is not as published: {fault}");
        }
    }
}

impl Client {
    /// The first message of a socket, with the client's token.
    pub fn hello(&self, rooms: &[&str]) -> Value {
        let token = self.token.as_deref().unwrap_or_default();
        json!({ "type": "hello", "token": token, "rooms": rooms })
    }

    /// Opens a socket that is in these rooms and in the client's own; and the answer to its first message.
    pub async fn socket(&self, rooms: &[&str]) -> (LiveSocket, Value) {
        let mut socket = LiveSocket::open(self.api).await;
        let answer = socket.ask(self.hello(rooms)).await;
        assert_eq!(answer["ok"], true, "{answer}");
        (socket, answer)
    }
}
