//! Files mapped into memory, safe against being cut while they are open.
//!
//! A read of a mapped page that its file no longer has ends a program with SIGBUS, and no check beforehand can exclude it. So the
//! signal is handled: where it comes from a file mapped here, the page is replaced by zeros, the file is marked, and reading goes on;
//! whoever read asks [`MappedFile::intact`] before the numbers are used. Any other cause is left to who handled the signal before.
#![allow(unsafe_code)]

use std::fs::File;
use std::io;

use memmap2::Mmap;

/// A file mapped for reading. Its length is what it was when it was mapped.
#[derive(Debug)]
pub struct MappedFile {
    map: Mmap,
    #[cfg(unix)]
    place: signal::Place,
}

impl MappedFile {
    /// Maps a file; fails for what can't be mapped (an empty file, a pipe) and where too many files are mapped.
    pub(crate) fn new(file: &File) -> io::Result<Self> {
        // SAFETY: bytes of a map may change when another program writes into the file; they are only ever read as numbers, every
        // pattern of which is valid. That the file may be cut is what this module is for.
        let map = unsafe { Mmap::map(file)? };
        if map.is_empty() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "an empty file"));
        }
        #[cfg(unix)]
        let place = signal::Place::take(map.as_ptr() as usize, map.len())?;
        Ok(MappedFile {
            map,
            #[cfg(unix)]
            place,
        })
    }

    /// Whether every byte read so far was there. Where this is false the file has been cut since it was mapped, and what was read from
    /// it may be zeros in place of data.
    pub fn intact(&self) -> bool {
        #[cfg(unix)]
        return !self.place.broken();
        #[cfg(not(unix))]
        true
    }
}

impl AsRef<[u8]> for MappedFile {
    fn as_ref(&self) -> &[u8] {
        &self.map
    }
}

#[cfg(unix)]
mod signal {
    //! The handler of SIGBUS, and the places it answers for.

    use std::io;
    use std::mem::MaybeUninit;
    use std::ptr;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    /// Files mapped at a time, in the whole program.
    const PLACES: usize = 4096;

    struct Entry {
        start: AtomicUsize,
        end: AtomicUsize,
        broken: AtomicBool,
    }

    static ENTRIES: [Entry; PLACES] =
        [const { Entry { start: AtomicUsize::new(0), end: AtomicUsize::new(0), broken: AtomicBool::new(false) } };
            PLACES];

    /// The handler that was there before, and the size of a page.
    static BEFORE: OnceLock<(libc::sigaction, usize)> = OnceLock::new();

    /// A mapped range of addresses.
    #[derive(Debug)]
    pub(super) struct Place(usize);

    impl Place {
        pub(super) fn take(start: usize, length: usize) -> io::Result<Self> {
            install()?;
            for (number, entry) in ENTRIES.iter().enumerate() {
                // 1 marks an entry that is being filled: no address is in 1..0.
                if entry.start.compare_exchange(0, 1, Ordering::AcqRel, Ordering::Relaxed).is_ok() {
                    entry.broken.store(false, Ordering::Relaxed);
                    entry.end.store(start + length, Ordering::Release);
                    entry.start.store(start, Ordering::Release);
                    return Ok(Place(number));
                }
            }
            Err(io::Error::other(format!("{PLACES} files are mapped already")))
        }

        pub(super) fn broken(&self) -> bool {
            ENTRIES.get(self.0).is_some_and(|e| e.broken.load(Ordering::Acquire))
        }
    }

    impl Drop for Place {
        fn drop(&mut self) {
            if let Some(entry) = ENTRIES.get(self.0) {
                entry.end.store(0, Ordering::Release);
                entry.start.store(0, Ordering::Release);
            }
        }
    }

    fn install() -> io::Result<()> {
        static INSTALLED: OnceLock<Result<(), i32>> = OnceLock::new();
        let done = INSTALLED.get_or_init(|| {
            // SAFETY: plain calls of the system with structures that are filled in; the handler uses only what signals allow.
            unsafe {
                let page = usize::try_from(libc::sysconf(libc::_SC_PAGESIZE)).unwrap_or(4096);
                let mut before = MaybeUninit::<libc::sigaction>::zeroed();
                if libc::sigaction(libc::SIGBUS, ptr::null(), before.as_mut_ptr()) != 0 {
                    return Err(io::Error::last_os_error().raw_os_error().unwrap_or(0));
                }
                let _ = BEFORE.set((before.assume_init(), page));
                let mut action = MaybeUninit::<libc::sigaction>::zeroed().assume_init();
                action.sa_sigaction = handle as *const () as usize;
                action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
                libc::sigemptyset(&mut action.sa_mask);
                if libc::sigaction(libc::SIGBUS, &action, ptr::null_mut()) != 0 {
                    return Err(io::Error::last_os_error().raw_os_error().unwrap_or(0));
                }
            }
            Ok(())
        });
        done.map_err(io::Error::from_raw_os_error)
    }

    extern "C" fn handle(signal: libc::c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
        let Some((before, page)) = BEFORE.get() else { return };
        // SAFETY: the system gives a valid structure, and a fault has an address.
        let address = unsafe { (*info).si_addr() } as usize;
        for entry in &ENTRIES {
            let (start, end) = (entry.start.load(Ordering::Acquire), entry.end.load(Ordering::Acquire));
            if start <= 1 || address < start || address >= end {
                continue;
            }
            entry.broken.store(true, Ordering::Release);
            // SAFETY: the page lies within a map of this program's own, which stays in place while it is read.
            let replaced = unsafe {
                libc::mmap(
                    (address & !(page - 1)) as *mut libc::c_void,
                    *page,
                    libc::PROT_READ,
                    libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED,
                    -1,
                    0,
                )
            };
            if replaced != libc::MAP_FAILED {
                return;
            }
        }
        // Not ours: whoever was there before answers, and the default is to end the program when the access is tried again.
        // SAFETY: what is called is what the system would have called.
        unsafe {
            let default = before.sa_sigaction == libc::SIG_DFL || before.sa_sigaction == libc::SIG_IGN;
            if default {
                libc::sigaction(signal, before, ptr::null_mut());
            } else if before.sa_flags & libc::SA_SIGINFO != 0 {
                let call: extern "C" fn(libc::c_int, *mut libc::siginfo_t, *mut libc::c_void) =
                    std::mem::transmute(before.sa_sigaction);
                call(signal, info, context);
            } else {
                let call: extern "C" fn(libc::c_int) = std::mem::transmute(before.sa_sigaction);
                call(signal);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::MappedFile;

    #[test]
    fn a_file_cut_while_mapped_is_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("cube");
        std::fs::write(&path, vec![7u8; 3 << 20]).unwrap();
        let map = MappedFile::new(&std::fs::File::open(&path).unwrap()).unwrap();
        let other = MappedFile::new(&std::fs::File::open(&path).unwrap()).unwrap();
        assert_eq!(map.as_ref().len(), 3 << 20);
        assert!(map.as_ref()[1 << 20] == 7 && map.intact());
        std::fs::File::options().write(true).open(&path).unwrap().set_len(1000).unwrap();
        assert_eq!(map.as_ref()[2 << 20], 0);
        assert!(!map.intact());
        // Each map stands for itself: the other has not been read beyond its end.
        assert!(other.as_ref()[10] == 7 && other.intact());
        drop(map);
        std::fs::write(&path, vec![8u8; 1 << 20]).unwrap();
        let again = MappedFile::new(&std::fs::File::open(&path).unwrap()).unwrap();
        assert!(again.intact() && again.as_ref()[(1 << 20) - 1] == 8);
    }
}
