//! Progress and cancellation.

use crate::FileOutcome;

/// Follows an import from outside. Methods are called from several threads and should return at once.
pub trait Watch: Sync {
    /// What the patterns name: files and their bytes. Called before anything is read, and again when the
    /// import starts over because another one was faster: then all files are counted anew.
    fn total(&self, files: usize, bytes: u64) {
        let _ = (files, bytes);
    }

    /// A file is done with, one way or the other. Nothing of it is in the project before the commit.
    fn done(&self, file: &FileOutcome) {
        let _ = file;
    }

    /// How far a large file is, in bytes of its work, of `total`. Called often.
    fn part(&self, done: u64, total: u64) {
        let _ = (done, total);
    }

    /// Whether to stop. Asked before each file and each stage; nothing is committed then.
    fn cancelled(&self) -> bool {
        false
    }

    /// What is done now, in a few words.
    fn stage(&self, what: &str) {
        let _ = what;
    }
}

/// Follows nothing and never cancels.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoWatch;

impl Watch for NoWatch {}
