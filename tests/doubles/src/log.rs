//! [`Log`]: captures log output of a test as text.

use crate::listen_everywhere;
use std::io;
use std::sync::{Arc, Mutex};
use tracing_subscriber::fmt::MakeWriter;

/// Captured log output. Clones share it.
#[derive(Debug, Clone)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Starts an empty log and installs a subscriber on all threads. Otherwise a span first used on another thread
    /// would stay disabled.
    pub fn start() -> Self {
        listen_everywhere();
        Self(Arc::default())
    }

    /// Takes the output since the last call.
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
