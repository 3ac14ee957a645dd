//! [`Mounted`]: a file system that is mounted for a fault.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A mounted file system. It is unmounted on drop, at the latest when nothing uses it any longer.
pub(crate) struct Mounted {
    at: PathBuf,
    is_ended: bool,
}

impl Mounted {
    /// Mounts a source with these arguments of `mount`. `None` where that is not possible, as without root.
    pub(crate) fn mount(arguments: &[&str], source: &Path, at: &Path) -> Option<Self> {
        let is_mounted = run(Command::new("mount").args(arguments).arg(source).arg(at));
        is_mounted.then(|| Self { at: at.to_owned(), is_ended: false })
    }

    /// Unmounts it at once.
    ///
    /// # Panics
    /// If something still uses it.
    pub(crate) fn end(mut self) {
        assert!(run(Command::new("umount").arg(&self.at)), "something uses {}", self.at.display());
        self.is_ended = true;
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        if !self.is_ended && !run(Command::new("umount").arg("--lazy").arg(&self.at)) {
            eprintln!("warning: {} is still mounted", self.at.display());
        }
    }
}

/// Returns `true` if the command ran and succeeded.
pub(crate) fn run(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}
