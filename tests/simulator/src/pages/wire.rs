//! The connection between a page and a process, as the hub sees it and as the page sees it.

use axum::extract::ws::Message;
use evens_hub::Transport;
use futures::channel::mpsc;
use futures::{Sink, SinkExt, Stream, StreamExt};
use jiff::SignedDuration;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The side of a process. Dropping it loses the connection.
pub(crate) struct ServerEnd {
    from_page: mpsc::UnboundedReceiver<Message>,
    /// It holds one frame, so that the hub waits for a slow page.
    to_page: mpsc::Sender<Message>,
}

/// Nothing is between the two sides that could limit or keep messages.
pub(crate) struct NoTransport;

impl NoTransport {
    /// The time before `hello`, while most places are free.
    pub(crate) const HELLO_WITHIN: SignedDuration = SignedDuration::from_secs(10);
}

impl Transport for NoTransport {
    fn take_message(&self) {}

    fn give_up(&self) {}
}

/// The side of a page. Dropping it loses the connection and the frames under way.
pub(super) struct PageEnd {
    pub(super) to_server: mpsc::UnboundedSender<Message>,
    pub(super) from_server: mpsc::Receiver<Message>,
}

/// A new connection.
pub(super) fn connect() -> (ServerEnd, PageEnd) {
    let (to_server, from_page) = mpsc::unbounded();
    let (to_page, from_server) = mpsc::channel(0);
    (ServerEnd { from_page, to_page }, PageEnd { to_server, from_server })
}

impl Stream for ServerEnd {
    type Item = Result<Message, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.from_page.poll_next_unpin(context).map(|message| message.map(Ok))
    }
}

impl Sink<Message> for ServerEnd {
    type Error = axum::Error;

    fn poll_ready(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.to_page.poll_ready(context).map_err(axum::Error::new)
    }

    fn start_send(mut self: Pin<&mut Self>, message: Message) -> Result<(), Self::Error> {
        self.to_page.start_send(message).map_err(axum::Error::new)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.to_page.poll_flush_unpin(context).map_err(axum::Error::new)
    }

    fn poll_close(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.to_page.poll_close_unpin(context).map_err(axum::Error::new)
    }
}
