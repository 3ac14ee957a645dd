//! [`run`]: one socket, from its opening to its `bye`.

use crate::Hub;
use crate::authenticate::{Denial, check_account, problem, verify};
use crate::members::Socket;
use axum::extract::ws::{CloseFrame, Message};
use evens_contracts::{
    ByeFrame, ClientMessage, EventFrame, LIVE_FRAME_BYTES_MAX, LIVE_MESSAGE_BYTES_MAX, LiveEvent,
    LiveRequest, MessageFault, Problem, ProblemFrame, Rate, SnapshotFrame,
};
use evens_live::{ByeReason, Connection, KnownRevisions, Outgoing, Reply, Request, Room, Session};
use evens_runtime::{Context, stopped};
use futures::{Sink, SinkExt, Stream, StreamExt};
use serde::Serialize;
use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// The maximum time in which a client reads nothing of a frame.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);

/// The maximum time for the last frame. A slow client does not get it.
const BYE_TIMEOUT: Duration = Duration::from_secs(1);

/// Clients that are sent away together come back within this time, at random moments.
const RETRY_WITHIN_MS: u64 = 10_000;

/// The end of a socket.
enum End {
    /// The server ends it.
    Bye(ByeReason, Duration),
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

/// A socket and its connection.
struct Client<'a, W, F> {
    hub: &'a Hub,
    context: &'a Context,
    socket: Arc<Socket>,
    wire: W,
    on_message: F,
    connection: Connection,
}

/// Serves a socket until it ends. The client is made before the future, which would otherwise hold the wire twice for
/// as long as the socket is open.
pub(crate) fn run<'a>(
    hub: &'a Hub,
    context: &'a Context,
    wire: impl Wire + 'a,
    on_message: impl Fn() + Send + Sync + 'a,
) -> impl Future<Output = ()> + Send + 'a {
    on_message();
    let connection = Connection::opened(context.clock.now());
    let mut client = Client { hub, context, socket: hub.open(), wire, on_message, connection };
    async move {
        let Err(end) = client.serve().await;
        hub.close(&client.socket, &client.rooms());
        context.metrics.socket_ended(match &end {
            End::Bye(reason, _) => reason.as_str(),
            End::Gone => "left",
        });
        if let End::Bye(reason, retry_after) = end {
            let _ = timeout(BYE_TIMEOUT, Box::pin(client.say_bye(reason, retry_after))).await;
        }
    }
}

impl<W: Wire, F: Fn() + Send + Sync> Client<'_, W, F> {
    async fn serve(&mut self) -> Result<std::convert::Infallible, End> {
        let mut stopped = pin!(stopped(self.hub.stop.clone()));
        loop {
            let (ends_at, reason) = match self.connection.session() {
                None => (self.connection.hello_until(), ByeReason::NoHello),
                Some(session) => (session.expires_at, ByeReason::TokenExpired),
            };
            let left = ends_at.duration_since(self.context.clock.now());
            // Calls of the table are large futures: in a box, they take memory only while the socket is not idle.
            tokio::select! {
                biased;
                () = &mut stopped => {
                    let retry_after = Duration::from_millis(rand::random_range(0..=RETRY_WITHIN_MS));
                    return Err(End::Bye(ByeReason::GoingAway, retry_after));
                }
                () = sleep(left.max(jiff::SignedDuration::ZERO).unsigned_abs()) => return Err(reason.into()),
                // A budget limits messages, so events get their turn.
                received = self.wire.next() => match received {
                    None | Some(Ok(Message::Close(_))) => return Err(End::Gone),
                    // A message that is too large or has too many fragments, or a broken protocol. A client that is
                    // gone does not hear why.
                    Some(Err(_)) => return Err(ByeReason::Malformed.into()),
                    Some(Ok(message)) => {
                        (self.on_message)();
                        Box::pin(self.receive(message)).await?;
                    }
                },
                () = self.socket.wake.notified() => Box::pin(self.flush()).await?,
            }
        }
    }

    async fn receive(&mut self, message: Message) -> Result<(), End> {
        self.connection.count_unnamed()?;
        if let Some(session) = self.connection.session() {
            self.count(session, 1).await?;
        }
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
        let (request, known) = match request {
            LiveRequest::Hello { token, rooms, known } => {
                let session = match verify(self.context, &token) {
                    Ok(session) => session,
                    Err(denial) => return self.deny(reference, denial).await,
                };
                // Later messages are counted when they arrive. This is the first one whose user is known.
                let is_first = self.connection.session().is_none();
                self.count(session, usize::from(is_first) + known.extra_messages()).await?;
                self.hub.admit(&self.socket, session);
                if let Err(denial) = check_account(self.context, session).await {
                    return self.deny(reference, denial).await;
                }
                (Request::Hello(session, rooms), known)
            }
            LiveRequest::Sync(known) => {
                if let Some(session) = self.connection.session() {
                    self.count(session, known.extra_messages()).await?;
                    if let Err(denial) = check_account(self.context, session).await {
                        return self.deny(reference, denial).await;
                    }
                }
                (Request::Sync, known)
            }
            LiveRequest::Subscribe(rooms) => (Request::Subscribe(rooms), KnownRevisions::default()),
            LiveRequest::Unsubscribe(rooms) => (Request::Unsubscribe(rooms), KnownRevisions::default()),
            LiveRequest::Ping => (Request::Ping, KnownRevisions::default()),
        };
        let before = self.rooms();
        match self.connection.receive(request, self.context.clock.now()) {
            Reply::Bye(reason) => Err(reason.into()),
            Reply::Refused(refusal) => self.refuse(reference, problem(&refusal)).await,
            Reply::Snapshot(rooms) => {
                // The rooms come first: a change while the snapshot is read is sent after it.
                self.hub.set_rooms(&self.socket, &before, &self.rooms());
                if let Some(session) = self.connection.session() {
                    self.count(session, Room::extra_messages(&rooms)).await?;
                }
                self.send_snapshot(reference, &rooms, &known).await
            }
        }
    }

    /// Takes messages out of the user's budget.
    async fn count(&mut self, session: Session, messages: usize) -> Result<(), End> {
        let Self { context, .. } = self;
        let (user, now) = (session.user.to_string(), context.clock.now());
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
        let session = self.connection.live_session(now)?;
        let rooms: Vec<_> = self.connection.rooms().cloned().collect();
        self.send(&SnapshotFrame::new(reference, (now, session.expires_at), &rooms, events, more)).await
    }

    /// Sends the events in the outbox.
    async fn flush(&mut self) -> Result<(), End> {
        if let Some(reason) = self.socket.bye.get() {
            return Err((*reason).into());
        }
        loop {
            let next = {
                let mut outbox = self.socket.outbox.lock().unwrap_or_else(PoisonError::into_inner);
                outbox.take(LIVE_FRAME_BYTES_MAX, LiveEvent::bytes)
            };
            match next {
                Outgoing::Nothing => return Ok(()),
                Outgoing::Events { events, conflated } => {
                    self.connection.live_session(self.context.clock.now())?;
                    self.send(&EventFrame::new(events, conflated)).await?;
                    self.context.metrics.frame_sent(conflated);
                }
                Outgoing::Snapshot => {
                    let rooms: Vec<_> = self.connection.rooms().cloned().collect();
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

    fn rooms(&self) -> BTreeSet<Room> {
        self.connection.rooms().cloned().collect()
    }
}
