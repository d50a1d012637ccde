//! Every exit code of the command line.
//!
//! | code | means |
//! | --- | --- |
//! | 0 | the script exited 0; `check` accepted every file |
//! | 1 | `check` rejected something |
//! | 2 | the request makes no sense: usage, unknown language, unreadable file, bad policy |
//! | 65 | the script's output breaks the contract it was asked to keep |
//! | 75 | no free place; try again later |
//! | 123 | lost: what the script did is unknown |
//! | 124 | the deadline passed |
//! | 125 | the container was refused, or the engine is unavailable: nothing ran |
//! | 126 | a check rejected the script, or approval was denied: nothing ran |
//! | 130 | cancelled |
//! | 137 | out of memory |
//! | 128 + n | the script died of signal n |
//! | any | the script's own code |

use crate::outcome::{Outcome, Status};

/// Everything went well.
pub(super) const OK: u8 = 0;
/// `check` rejected something.
pub(super) const REJECTED_BY_CHECK: u8 = 1;
/// The request makes no sense.
pub(super) const INVALID: u8 = 2;
/// There is no engine to plan for.
pub(super) const UNAVAILABLE: u8 = 125;

/// The exit code that tells of an outcome.
pub(super) fn code(outcome: &Outcome) -> u8 {
    let verdict = &outcome.verdict;
    match verdict.status {
        Status::Succeeded => OK,
        Status::Failed => verdict.exit_code.unwrap_or(1),
        Status::Signaled => 128_u8.saturating_add(verdict.signal.unwrap_or(0)),
        Status::TimedOut => 124,
        Status::OutOfMemory => 137,
        Status::Cancelled => 130,
        Status::InvalidOutput => 65,
        Status::Rejected | Status::Denied => 126,
        Status::Refused | Status::Unavailable => UNAVAILABLE,
        Status::Busy => 75,
        Status::Lost => 123,
        Status::Invalid => INVALID,
    }
}

/// Whether the code of an outcome is the script's own.
pub(super) fn is_the_scripts(status: Status) -> bool {
    matches!(status, Status::Succeeded | Status::Failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Verdict;

    fn outcome(status: Status, exit_code: Option<u8>, signal: Option<u8>) -> Outcome {
        let mut verdict = Verdict::not_run(status, "test", String::new());
        verdict.exit_code = exit_code;
        verdict.signal = signal;
        Outcome::new(String::new(), String::new(), verdict)
    }

    #[test]
    fn every_status_has_the_documented_code() {
        let documented = [
            (Status::Succeeded, 0),
            (Status::Failed, 3),
            (Status::Signaled, 139),
            (Status::TimedOut, 124),
            (Status::OutOfMemory, 137),
            (Status::Cancelled, 130),
            (Status::InvalidOutput, 65),
            (Status::Rejected, 126),
            (Status::Refused, 125),
            (Status::Unavailable, 125),
            (Status::Denied, 126),
            (Status::Busy, 75),
            (Status::Lost, 123),
            (Status::Invalid, 2),
        ];
        assert_eq!(documented.map(|(status, _)| status), Status::ALL);
        for (status, expected) in documented {
            assert_eq!(
                code(&outcome(status, Some(3), Some(11))),
                expected,
                "{status:?}"
            );
        }
    }
}
