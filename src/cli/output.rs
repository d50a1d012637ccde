//! stdout and stderr of the command line.

use std::io::{IsTerminal as _, Write as _};

use super::exit;

/// A result, on stdout. Whether somebody still reads it is not our affair: a closed pipe ends quietly.
pub(super) fn result(text: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
}

/// A command's whole answer: a result, or why there is none, which is the request's fault.
pub(super) fn told(answer: Result<String, String>) -> u8 {
    match answer {
        Ok(text) => {
            result(&text);
            exit::OK
        }
        Err(why) => {
            message(&why);
            exit::INVALID
        }
    }
}

/// Bytes as they are, on stdout.
pub(super) fn bytes(bytes: &[u8]) {
    let mut stdout = std::io::stdout().lock();
    let _ = stdout.write_all(bytes).and_then(|()| stdout.flush());
}

/// A message of ours, on stderr, one `lazaret: ` before it; made safe for a terminal.
pub(super) fn message(text: &str) {
    message_as_is(&format!(
        "lazaret: {}\n",
        crate::text::safe_for_terminal(text)
    ));
}

/// Text that is safe already, on stderr.
pub(super) fn message_as_is(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// Whether colours may be used on stdout: a terminal, and no `NO_COLOR` (<https://no-color.org>).
pub(super) fn coloured_stdout() -> bool {
    std::io::stdout().is_terminal() && no_color_is_unset()
}

/// As [`coloured_stdout`], for stderr.
pub(super) fn coloured_stderr() -> bool {
    std::io::stderr().is_terminal() && no_color_is_unset()
}

fn no_color_is_unset() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
