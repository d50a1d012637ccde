//! What a command did, and how a failing test tells of it.

use std::fmt;
use std::process::Output;
use std::time::Duration;

/// A command that has ended.
pub struct Ran {
    command: String,
    /// Its exit code; a signal is 128 + n.
    pub code: i32,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
    /// Its standard output, byte for byte.
    pub bytes: Vec<u8>,
    /// How long it took.
    pub took: Duration,
}

impl Ran {
    pub(super) fn new(command: String, output: Output, took: Duration) -> Self {
        use std::os::unix::process::ExitStatusExt as _;
        let code = output
            .status
            .code()
            .or_else(|| output.status.signal().map(|signal| 128 + signal));
        Self {
            command,
            code: code.unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            bytes: output.stdout,
            took,
        }
    }

    /// The one JSON document on stdout.
    #[track_caller]
    pub fn document(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("not one JSON document: {error}\n{self}"))
    }

    /// Fails unless the exit code is that.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self}");
        self
    }
}

impl fmt::Display for Ran {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            command,
            code,
            stdout,
            stderr,
            took,
            ..
        } = self;
        write!(
            formatter,
            "\nlazaret {command}\nended with {code} after {took:?}\n--- stdout\n{stdout}\n--- stderr\n{stderr}\n---"
        )
    }
}
