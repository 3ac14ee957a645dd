//! [`Log`]: what is logged while a test runs, as text.

use crate::listen_everywhere;
use std::io;
use std::sync::{Arc, Mutex};
use tracing_subscriber::fmt::MakeWriter;

/// Keeps what is logged; clones share it.
#[derive(Debug, Clone)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// An empty one, in a process in which every thread listens: else what another thread says first, where nobody
    /// listens, is said to nobody from then on.
    pub fn start() -> Self {
        listen_everywhere();
        Self(Arc::default())
    }

    /// What was logged since it was taken last.
    pub fn take(&self) -> String {
        String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
