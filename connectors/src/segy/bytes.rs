//! Bytes of a file, read at offsets: from memory, or from an open file.

use std::fs::File;

use super::SegyError;

/// A source of bytes that can be read at any offset, by several threads.
pub trait ReadAt: Send + Sync {
    /// How many bytes it has; of a file: had when it was opened.
    fn length(&self) -> u64;

    /// Fills the buffer with the bytes from `offset` on.
    ///
    /// # Errors
    /// [`SegyError::CutWhileOpen`] where there are not that many, [`SegyError::Io`] where the system can't read.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SegyError>;

    /// The bytes themselves, where they are in memory and stay valid: what is read with a stride (headers, time slices) is then read in
    /// place. `None` (the default) for sources that must be read into a buffer.
    fn view(&self) -> Option<&[u8]> {
        None
    }

    /// Whether what was read in place ([`ReadAt::view`]) so far was there: asked after reading, before the numbers are used.
    ///
    /// # Errors
    /// [`SegyError::CutWhileOpen`] where the file was cut since it was opened.
    fn intact(&self) -> Result<(), SegyError> {
        Ok(())
    }
}

/// Bytes in memory: `Vec<u8>`, `bytes::Bytes`, a map that its owner vouches for.
#[derive(Debug, Clone)]
pub struct MemoryBytes<B>(pub B);

impl<B: AsRef<[u8]> + Send + Sync> ReadAt for MemoryBytes<B> {
    fn length(&self) -> u64 {
        self.0.as_ref().len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SegyError> {
        let from = usize::try_from(offset).ok();
        let found = from.and_then(|from| self.0.as_ref().get(from..from.checked_add(buffer.len())?));
        let found = found.ok_or(SegyError::CutWhileOpen { offset, length: buffer.len() as u64 })?;
        buffer.copy_from_slice(found);
        Ok(())
    }

    fn view(&self) -> Option<&[u8]> {
        Some(self.0.as_ref())
    }
}

/// Bytes in memory that may be lost while they are read, as those of a mapped file that another program cuts; their owner knows whether
/// they have been.
#[derive(Debug, Clone)]
pub struct CheckedBytes<B> {
    /// The bytes.
    pub bytes: B,
    /// Whether all that was read of them was there.
    pub intact: fn(&B) -> bool,
}

impl<B: AsRef<[u8]> + Send + Sync> CheckedBytes<B> {
    fn all(&self) -> &[u8] {
        self.bytes.as_ref()
    }
}

impl<B: AsRef<[u8]> + Send + Sync> ReadAt for CheckedBytes<B> {
    fn length(&self) -> u64 {
        self.all().len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SegyError> {
        MemoryBytes(self.all()).read_at(offset, buffer)?;
        self.intact()
    }

    fn view(&self) -> Option<&[u8]> {
        Some(self.all())
    }

    fn intact(&self) -> Result<(), SegyError> {
        if (self.intact)(&self.bytes) {
            Ok(())
        } else {
            Err(SegyError::CutWhileOpen { offset: 0, length: self.length() })
        }
    }
}

/// An open file, read by positioned reads. It is not mapped: a map of a file that another program cuts ends the process with a signal,
/// unless who maps it sees to that (see [`CheckedBytes`]).
#[derive(Debug)]
pub struct FileBytes {
    file: File,
    length: u64,
}

impl FileBytes {
    /// Takes an open file.
    ///
    /// # Errors
    /// [`SegyError::Io`] where its length is not known.
    pub fn new(file: File) -> Result<Self, SegyError> {
        let length = file.metadata().map_err(|e| SegyError::Io { offset: 0, message: e.to_string() })?.len();
        Ok(FileBytes { file, length })
    }
}

#[cfg(unix)]
fn read_some(file: &File, buffer: &mut [u8], offset: u64) -> std::io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_some(file: &File, buffer: &mut [u8], offset: u64) -> std::io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

impl ReadAt for FileBytes {
    fn length(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SegyError> {
        let mut done = 0;
        while let Some(rest) = buffer.get_mut(done..).filter(|r| !r.is_empty()) {
            let at = offset.saturating_add(done as u64);
            match read_some(&self.file, rest, at) {
                Ok(0) => return Err(SegyError::CutWhileOpen { offset: at, length: rest.len() as u64 }),
                Ok(n) => done += n,
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                Err(e) => return Err(SegyError::Io { offset: at, message: e.to_string() }),
            }
        }
        Ok(())
    }
}
