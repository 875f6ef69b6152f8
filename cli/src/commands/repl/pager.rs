//! Long results page by page.

use std::io::Write;
use std::process::{Command, Stdio};

/// Shows a text with the program that PAGER names, or `less`, which leaves at once where all fits on the screen. False where
/// there is no such program.
pub(super) fn page(text: &[u8]) -> bool {
    let mut command = match std::env::var("PAGER") {
        Ok(pager) if !pager.trim().is_empty() => {
            let mut words = pager.split_whitespace().map(str::to_owned);
            let mut command = Command::new(words.next().unwrap_or_default());
            command.args(words);
            command
        }
        _ => Command::new("less"),
    };
    if std::env::var_os("LESS").is_none() {
        // Long lines run off to the side; what fits is shown without paging; it stays on the screen.
        command.env("LESS", "SFRX");
    }
    let Ok(mut child) = command.stdin(Stdio::piped()).spawn() else { return false };
    if let Some(mut input) = child.stdin.take() {
        // Whoever leaves before the end has seen enough.
        let _ = input.write_all(text);
    }
    child.wait().is_ok()
}
