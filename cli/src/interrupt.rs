//! Ctrl-C: the first asks the work at hand to end, the second ends the program at once.

use std::sync::OnceLock;

use tokio::sync::watch;

/// What a shell expects of a program that an interrupt ended: 128 and the signal's number.
pub(crate) const EXIT_CODE: u8 = 130;

/// How many have come since the last [`begin`].
static COUNT: OnceLock<watch::Sender<u32>> = OnceLock::new();

/// Tells of the first Ctrl-C.
pub(crate) struct Interrupt {
    count: watch::Receiver<u32>,
}

/// From here on the caller answers the first Ctrl-C; the second one ends the program, whatever is going on.
pub(crate) fn begin() -> Interrupt {
    let count = COUNT.get_or_init(|| {
        let (count, _) = watch::channel(0);
        listen(count.clone());
        count
    });
    count.send_replace(0);
    Interrupt { count: count.subscribe() }
}

impl Interrupt {
    /// Ends when a Ctrl-C has come.
    pub(crate) async fn wait(&mut self) {
        if self.count.wait_for(|n| *n > 0).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Listens on a thread of its own, so that work which blocks every other thread can still be ended. Where that thread
/// cannot be made, Ctrl-C keeps its usual meaning.
fn listen(count: watch::Sender<u32>) {
    std::thread::spawn(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_io().build() else { return };
        runtime.block_on(async move {
            while tokio::signal::ctrl_c().await.is_ok() {
                let before = count.send_replace(1);
                if before > 0 {
                    end();
                }
            }
        });
    });
}

/// What was written so far is not visible to others: a commit or a file appears whole or not at all.
#[allow(clippy::disallowed_methods, reason = "the user has asked twice, so nothing may hold this up")]
fn end() {
    std::process::exit(i32::from(EXIT_CODE));
}
