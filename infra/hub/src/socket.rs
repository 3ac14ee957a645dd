//! [`run`]: one socket, from its opening to its `bye`.

use crate::Hub;
use crate::authenticate::{Denial, check_account, problem, verify};
use crate::members::Socket;
use axum::extract::ws::{CloseFrame, Message};
use evens_contracts::{
    ByeFrame, ClientMessage, EventFrame, LIVE_FRAME_BYTES_MAX, LIVE_MESSAGE_BYTES_MAX, LiveEvent,
    LiveRequest, MessageFault, Problem, ProblemFrame, Rate, SnapshotFrame,
};
use evens_live::{ByeReason, Connection, KnownRevisions, OutgoingFrame, Reply, Request, Room, return_within};
use evens_runtime::{Context, stopped};
use futures::{Sink, SinkExt, Stream, StreamExt};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::pin::pin;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// The maximum time in which a client reads nothing of a frame.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);

/// The maximum time for the last frame. A slow client gets none.
const BYE_TIMEOUT: Duration = Duration::from_secs(1);

/// The end of a socket.
enum End {
    /// The server ends it.
    Bye(ByeReason, Duration),
    /// The client has closed the WebSocket.
    Left,
    /// The client is gone.
    Gone,
}

impl From<ByeReason> for End {
    fn from(reason: ByeReason) -> Self {
        Self::Bye(reason, Duration::ZERO)
    }
}

/// The messages of a client and to it, such as those of a WebSocket.
pub trait Wire:
    Stream<Item = Result<Message, axum::Error>> + Sink<Message, Error = axum::Error> + Send + Unpin
{
}

impl<W> Wire for W where
    W: Stream<Item = Result<Message, axum::Error>> + Sink<Message, Error = axum::Error> + Send + Unpin
{
}

/// The connection under a wire.
pub trait Transport: Send + Sync {
    /// Takes one more message. Called when a message may arrive, and after each one.
    fn take_message(&self);

    /// Gives up a client that does not read: when the wire is dropped, nothing is kept that waits for the client.
    fn give_up(&self);
}

/// A socket and its wire.
struct Client<'a, W, T> {
    hub: &'a Hub,
    context: &'a Context,
    socket: Arc<Socket>,
    wire: W,
    transport: T,
}

/// Serves a socket until it ends. The client is made before the future, which would otherwise hold the wire twice for
/// as long as the socket is open.
pub(crate) fn run<'a>(
    hub: &'a Hub,
    context: &'a Context,
    wire: impl Wire + 'a,
    transport: impl Transport + 'a,
    hello_within: SignedDuration,
) -> impl Future<Output = ()> + Send + 'a {
    transport.take_message();
    let mut client = Client { hub, context, socket: hub.open(hello_within), wire, transport };
    async move {
        let Err(end) = client.serve().await;
        hub.close(&client.socket);
        context.metrics.socket_ended(match &end {
            End::Bye(reason, _) => reason.as_str(),
            End::Left | End::Gone => "left",
        });
        let _ = match end {
            // A frame would only wait behind those that the client has not read.
            End::Bye(ByeReason::Slow, _) => return client.transport.give_up(),
            End::Bye(reason, retry_after) => {
                timeout(BYE_TIMEOUT, Box::pin(client.say_bye(reason, retry_after))).await
            }
            End::Left => timeout(BYE_TIMEOUT, Box::pin(client.answer_close())).await,
            End::Gone => Ok(()),
        };
    }
}

impl<W: Wire, T: Transport> Client<'_, W, T> {
    async fn serve(&mut self) -> Result<std::convert::Infallible, End> {
        let mut stopped = pin!(stopped(self.hub.stop.clone()));
        loop {
            let (ends_at, reason) = self.time_limit();
            let left = ends_at.duration_since(self.context.clock.now());
            // Calls of the table are large futures: in a box, they take memory only while the socket is not idle.
            tokio::select! {
                biased;
                () = &mut stopped => {
                    let within = return_within(self.hub.sockets_at_stop());
                    let retry_after = rand::random_range(Duration::ZERO..=within);
                    return Err(End::Bye(ByeReason::GoingAway, retry_after));
                }
                () = sleep(left.max(SignedDuration::ZERO).unsigned_abs()) => return Err(reason.into()),
                // A budget limits messages, so events get their turn.
                received = self.wire.next() => match received {
                    None => return Err(End::Gone),
                    Some(Ok(Message::Close(_))) => return Err(End::Left),
                    // A message that is too large or has too many fragments, or a broken protocol. A client that is
                    // gone does not hear why.
                    Some(Err(_)) => return Err(ByeReason::Malformed.into()),
                    Some(Ok(message)) => {
                        self.transport.take_message();
                        Box::pin(self.receive(message)).await?;
                    }
                },
                () = self.socket.wake.notified() => Box::pin(self.flush()).await?,
            }
        }
    }

    /// The time at which the socket ends unless the client says `hello`, again or for the first time.
    fn time_limit(&self) -> (Timestamp, ByeReason) {
        let connection = self.connection();
        match connection.session() {
            None => (connection.hello_until(), ByeReason::NoHello),
            Some(session) => (session.expires_at, ByeReason::TokenExpired),
        }
    }

    async fn receive(&mut self, message: Message) -> Result<(), End> {
        self.connection().count_unnamed()?;
        self.count(1).await?;
        let text = match message {
            Message::Text(text) if text.len() <= LIVE_MESSAGE_BYTES_MAX => text,
            // The library answers a ping, and nothing follows from either.
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
            Message::Text(_) | Message::Binary(_) | Message::Close(_) => {
                return Err(ByeReason::Malformed.into());
            }
        };
        let ClientMessage { reference, request } = match ClientMessage::parse(text.as_bytes()) {
            Ok(message) => message,
            Err(MessageFault::Malformed) => return Err(ByeReason::Malformed.into()),
            Err(MessageFault::Refused { reference, problem }) => {
                return self.refuse(reference, *problem).await;
            }
        };
        let nothing = KnownRevisions::default();
        match request {
            LiveRequest::Hello { token, rooms, known } => self.hello(reference, &token, rooms, &known).await,
            LiveRequest::Sync(known) => {
                self.count(known.extra_messages()).await?;
                match self.denial().await {
                    Some(denial) => self.deny(reference, denial).await,
                    None => self.carry_out(reference, Request::Sync, &known).await,
                }
            }
            LiveRequest::Subscribe(rooms) => {
                let is_of_staff = rooms.iter().any(Room::is_of_staff);
                match if is_of_staff { self.denial().await } else { None } {
                    Some(denial) => self.deny(reference, denial).await,
                    None => self.carry_out(reference, Request::Subscribe(rooms), &nothing).await,
                }
            }
            LiveRequest::Unsubscribe(rooms) => {
                self.carry_out(reference, Request::Unsubscribe(rooms), &nothing).await
            }
            LiveRequest::Ping => self.carry_out(reference, Request::Ping, &nothing).await,
        }
    }

    async fn hello(
        &mut self,
        reference: Option<String>,
        token: &str,
        rooms: Vec<Room>,
        known: &KnownRevisions,
    ) -> Result<(), End> {
        let session = match verify(self.context, token) {
            Ok(session) => session,
            Err(denial) => return self.deny(reference, denial).await,
        };
        let is_first = self.connection().user().is_none();
        let offered = self.connection().offer(session, self.context.clock.now());
        if let Err(reply) = offered {
            return self.answer(reference, reply, known).await;
        }
        // Later messages are counted when they arrive. This is the first one whose user is known.
        self.count(usize::from(is_first) + known.extra_messages()).await?;
        self.hub.name(&self.socket);
        if let Err(denial) = check_account(self.context, session).await {
            self.connection().withdraw_offer();
            return self.deny(reference, denial).await;
        }
        self.carry_out(reference, Request::Hello(session, rooms), known).await
    }

    /// The reason for which the account no longer permits the session.
    async fn denial(&mut self) -> Option<Denial> {
        let session = self.connection().session()?;
        check_account(self.context, session).await.err()
    }

    async fn carry_out(
        &mut self,
        reference: Option<String>,
        request: Request,
        known: &KnownRevisions,
    ) -> Result<(), End> {
        let (before, had_session) = (self.socket.rooms(), self.connection().session().is_some());
        let reply = self.connection().receive(request, self.context.clock.now());
        let session = self.connection().session();
        if let (false, Some(session)) = (had_session, session) {
            self.hub.limit_sockets(session);
        }
        // The rooms come first: a change while the snapshot is read is sent after it.
        self.hub.follow_rooms(&self.socket, &before);
        self.answer(reference, reply, known).await
    }

    async fn answer(
        &mut self,
        reference: Option<String>,
        reply: Reply,
        known: &KnownRevisions,
    ) -> Result<(), End> {
        match reply {
            Reply::Bye(reason) => Err(reason.into()),
            Reply::Refused(refusal) => self.refuse(reference, problem(&refusal)).await,
            Reply::Snapshot(rooms) => {
                self.count(Room::extra_messages(&rooms)).await?;
                self.send_snapshot(reference, &rooms, known).await
            }
        }
    }

    /// Takes messages out of the budget of the user, if there is one.
    async fn count(&mut self, messages: usize) -> Result<(), End> {
        let Some(user) = self.connection().user() else { return Ok(()) };
        let Self { context, .. } = self;
        let (user, now) = (user.to_string(), context.clock.now());
        for _ in 0..messages {
            match context.rates.take(&context.store, Rate::Live, &user, now).await {
                Ok(Some(quota)) if !quota.is_within => {
                    return Err(End::Bye(ByeReason::TooManyMessages, quota.reset_after));
                }
                // If the table does not answer, the message is not counted: it only reads.
                Ok(_) | Err(_) => {}
            }
        }
        Ok(())
    }

    async fn deny(&mut self, reference: Option<String>, denial: Denial) -> Result<(), End> {
        match denial.bye() {
            Some(reason) => Err(reason.into()),
            None => self.refuse(reference, Problem::unavailable()).await,
        }
    }

    async fn refuse(&mut self, reference: Option<String>, problem: Problem) -> Result<(), End> {
        self.send(&ProblemFrame::new(reference, problem)).await
    }

    async fn send_snapshot(
        &mut self,
        reference: Option<String>,
        rooms: &[Room],
        known: &KnownRevisions,
    ) -> Result<(), End> {
        let (events, more) = match self.hub.snapshot(self.context, rooms, known).await {
            Ok(read) => read,
            Err(error) => {
                let error = evens_runtime::telemetry::chain(&error);
                tracing::warn!(error, "Could not read a snapshot for a socket");
                return self.refuse(reference, Problem::unavailable()).await;
            }
        };
        let now = self.context.clock.now();
        let session = self.connection().live_session(now)?;
        let rooms = self.rooms();
        self.send(&SnapshotFrame::new(reference, (now, session.expires_at), &rooms, events, more)).await
    }

    /// Sends the events in the outbox.
    async fn flush(&mut self) -> Result<(), End> {
        loop {
            // Also between two frames: a client that reads slowly gets nothing more once its socket is closed.
            let ended = self.connection().ended();
            if let Some(reason) = ended {
                return Err(reason.into());
            }
            let next = {
                let mut outbox = self.socket.outbox.lock().unwrap_or_else(PoisonError::into_inner);
                outbox.take(LIVE_FRAME_BYTES_MAX, LiveEvent::bytes)
            };
            match next {
                OutgoingFrame::Nothing => return Ok(()),
                OutgoingFrame::Events { events, conflated } => {
                    self.connection().live_session(self.context.clock.now())?;
                    self.send(&EventFrame::new(events, conflated)).await?;
                    self.context.metrics.frame_sent(conflated);
                }
                OutgoingFrame::Snapshot => {
                    let rooms = self.rooms();
                    self.send_snapshot(None, &rooms, &KnownRevisions::default()).await?;
                }
            }
        }
    }

    async fn send(&mut self, frame: &impl Serialize) -> Result<(), End> {
        // A frame is made of strings and numbers, which always become JSON.
        let text = serde_json::to_string(frame).unwrap_or_default();
        match timeout(SEND_TIMEOUT, self.wire.send(Message::text(text))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::Gone),
            Err(_elapsed) => Err(ByeReason::Slow.into()),
        }
    }

    async fn say_bye(&mut self, reason: ByeReason, retry_after: Duration) {
        let text = serde_json::to_string(&ByeFrame::new(reason, retry_after)).unwrap_or_default();
        let frame = CloseFrame { code: reason.close_code(), reason: reason.as_str().into() };
        if self.wire.send(Message::text(text)).await.is_ok() {
            let _ = self.wire.send(Message::Close(Some(frame))).await;
            // The client's answer to it: closing before it is read could take the last frame from the client.
            while let Some(Ok(_)) = self.wire.next().await {}
        }
    }

    /// Sends the answer to the client's close frame, which the library has made.
    async fn answer_close(&mut self) {
        let _ = self.wire.close().await;
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.socket.connection()
    }

    fn rooms(&self) -> Vec<Room> {
        self.connection().rooms().cloned().collect()
    }
}
