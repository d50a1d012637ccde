//! The statuses, and whether the script ran.

use serde::Serialize;

/// What came of a request. Matched exhaustively everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The script exited 0.
    Succeeded,
    /// The script exited with another code.
    Failed,
    /// The script died of a signal.
    Signaled,
    /// The deadline passed.
    TimedOut,
    /// The kernel's OOM killer hit the script.
    OutOfMemory,
    /// The caller cancelled.
    Cancelled,
    /// The script exited 0, and its output breaks the contract it was asked to keep.
    InvalidOutput,
    /// A check refused the script.
    Rejected,
    /// The sandbox did not prove what the policy demands.
    Refused,
    /// The engine could not start the container.
    Unavailable,
    /// Approval was asked for and not given.
    Denied,
    /// No free place in the queue.
    Busy,
    /// Delivered, and then the engine or the container vanished.
    Lost,
    /// The request makes no sense.
    Invalid,
}

impl Status {
    /// Every status, in the order of the documentation.
    pub const ALL: [Self; 14] = [
        Self::Succeeded,
        Self::Failed,
        Self::Signaled,
        Self::TimedOut,
        Self::OutOfMemory,
        Self::Cancelled,
        Self::InvalidOutput,
        Self::Rejected,
        Self::Refused,
        Self::Unavailable,
        Self::Denied,
        Self::Busy,
        Self::Lost,
        Self::Invalid,
    ];

    /// Its name in documents.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Signaled => "signaled",
            Self::TimedOut => "timed_out",
            Self::OutOfMemory => "out_of_memory",
            Self::Cancelled => "cancelled",
            Self::InvalidOutput => "invalid_output",
            Self::Rejected => "rejected",
            Self::Refused => "refused",
            Self::Unavailable => "unavailable",
            Self::Denied => "denied",
            Self::Busy => "busy",
            Self::Lost => "lost",
            Self::Invalid => "invalid",
        }
    }
}

/// Whether a statement of the script ran. `No` means that trying again is safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Executed {
    /// It did.
    Yes,
    /// No statement ran.
    No,
    /// Nobody can tell.
    Unknown,
}

/// The name of a signal on Linux, `SIGKILL` for 9. (signal(7); the numbers are those of every
/// architecture but alpha, mips, parisc and sparc.)
#[must_use]
pub fn signal_name(signal: u8) -> String {
    const NAMES: [&str; 31] = [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
        "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
        "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];
    let name = usize::from(signal)
        .checked_sub(1)
        .and_then(|at| NAMES.get(at));
    name.map_or_else(
        || format!("SIGRTMIN+{}", signal.saturating_sub(34)),
        |name| format!("SIG{name}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_have_their_names() {
        for (number, name) in [
            (1, "SIGHUP"),
            (6, "SIGABRT"),
            (9, "SIGKILL"),
            (11, "SIGSEGV"),
            (13, "SIGPIPE"),
            (15, "SIGTERM"),
            (31, "SIGSYS"),
            (34, "SIGRTMIN+0"),
        ] {
            assert_eq!(signal_name(number), name);
        }
    }

    #[test]
    fn names_are_those_of_the_documents() {
        for status in Status::ALL {
            let written = serde_json::to_string(&status).expect("json");
            assert_eq!(written, format!("\"{}\"", status.name()));
        }
    }
}
