//! From facts to a verdict. One function, no clock, no engine; every branch is tested here.
//!
//! Never by text or by one number: first what we did ourselves, then the marks with the nonce, then
//! what the engine's records say. Exit codes of the engine's command stay questions.

use std::time::Duration;

use super::{Evidence, Executed, Problem, Status, signal_name};
use crate::protocol::{Ending, SyntaxError, Trailer};

/// Why we ended the run ourselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// The deadline passed.
    Deadline,
    /// The caller cancelled.
    Cancelled,
}

/// How the engine's command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CliEnd {
    /// By itself, with a code that may be the engine's or the script's.
    Exit(i32),
    /// Of a signal.
    Signal(i32),
    /// It had to be killed by us.
    Killed,
}

/// What the engine's own records say of a container that left no trailer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Events {
    /// The kernel's OOM killer acted in it.
    pub oom: bool,
    /// Somebody had it killed or removed.
    pub killed: bool,
    /// It ended, with this code.
    pub died: Option<i32>,
}

/// What is known of a run whose payload was sent.
#[derive(Debug, Clone)]
pub struct Facts {
    /// We ended it.
    pub stop: Option<Stop>,
    /// A begin mark came: a statement may have run.
    pub begun: bool,
    /// The interpreter's parser refused the script.
    pub syntax: Option<SyntaxError>,
    /// The trailer on stdout.
    pub stdout_trailer: Option<Trailer>,
    /// The trailer on stderr.
    pub stderr_trailer: Option<Trailer>,
    /// A line with the nonce came that no launcher writes.
    pub garbled: bool,
    /// Bytes behind a trailer.
    pub surplus: u64,
    /// How the engine's command ended.
    pub cli: CliEnd,
    /// The engine's records, asked for only where no trailer came.
    pub events: Option<Events>,
    /// From delivery to the end.
    pub ran_for: Duration,
    /// The deadline.
    pub timeout: Duration,
}

/// A status with its evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What came of it.
    pub status: Status,
    /// Whether the script ran.
    pub executed: Executed,
    /// The script's exit code.
    pub exit_code: Option<u8>,
    /// The signal that ended the script.
    pub signal: Option<u8>,
    /// What went wrong.
    pub problem: Option<Problem>,
    /// What was seen.
    pub evidence: Vec<Evidence>,
}

impl Verdict {
    /// A verdict on a request of which nothing ran.
    #[must_use]
    pub fn not_run(status: Status, kind: &'static str, message: String) -> Self {
        let mut verdict = Self::of(status, Executed::No);
        verdict.problem = Some(Problem { kind, message });
        verdict
    }

    fn of(status: Status, executed: Executed) -> Self {
        Self {
            status,
            executed,
            exit_code: None,
            signal: None,
            problem: None,
            evidence: Vec::new(),
        }
    }

    fn problem(mut self, kind: &'static str, message: impl Into<String>) -> Self {
        self.problem = Some(Problem {
            kind,
            message: message.into(),
        });
        self
    }

    fn saw(mut self, code: &'static str, detail: impl Into<String>) -> Self {
        self.evidence.push(Evidence {
            code,
            detail: detail.into(),
        });
        self
    }
}

/// The verdict on a run whose payload was sent.
#[must_use]
pub fn conclude(facts: &Facts) -> Verdict {
    let trailer = facts
        .stdout_trailer
        .as_ref()
        .or(facts.stderr_trailer.as_ref());
    let verdict = match (facts.stop, &facts.syntax, trailer) {
        (_, Some(error), _) => rejected(error),
        (Some(Stop::Cancelled), None, _) => Verdict::of(Status::Cancelled, executed(facts))
            .problem("cancelled", "the caller cancelled the run"),
        (Some(Stop::Deadline), None, _) => timed_out(facts),
        (None, None, Some(trailer)) => ended(trailer, facts),
        (None, None, None) => vanished(facts),
    };
    note_kills(note_oddities(verdict, facts), trailer)
}

fn executed(facts: &Facts) -> Executed {
    if facts.begun {
        Executed::Yes
    } else {
        Executed::Unknown
    }
}

fn rejected(error: &SyntaxError) -> Verdict {
    let mut verdict = Verdict::of(Status::Rejected, Executed::No);
    let at = if error.line == 0 {
        String::new()
    } else {
        format!("line {}: ", error.line)
    };
    let reason = crate::text::single_line(&error.reason);
    verdict = verdict.problem("syntax", format!("{at}{reason}"));
    verdict.saw(
        "interpreter",
        "the interpreter's own parser refused the script before its first statement",
    )
}

fn timed_out(facts: &Facts) -> Verdict {
    let limit = format!("the deadline of {} s passed", facts.timeout.as_secs_f64());
    if !facts.begun {
        let message = format!("{limit}, and the container never said that the script had begun");
        return Verdict::of(Status::Lost, Executed::Unknown).problem("no-begin", message);
    }
    Verdict::of(Status::TimedOut, Executed::Yes)
        .problem(
            "timeout",
            format!("{limit}; ask for a longer timeout, or do less in one script"),
        )
        .saw(
            "deadline",
            format!("ended {:.3} s after delivery", facts.ran_for.as_secs_f64()),
        )
}

fn ended(trailer: &Trailer, facts: &Facts) -> Verdict {
    match trailer.ending {
        Ending::Exit(0) => with_code(Verdict::of(Status::Succeeded, Executed::Yes), 0),
        // A shell passes on its child's SIGKILL as 137: with an OOM kill in the container, that is the cause.
        Ending::Exit(137) if trailer.oom_kills > 0 => with_code(out_of_memory(), 137),
        Ending::Exit(code) => with_code(Verdict::of(Status::Failed, Executed::Yes), code).problem(
            "script-error",
            format!("the script exited with code {code}"),
        ),
        Ending::Signal(9) if trailer.oom_kills > 0 => with_signal(out_of_memory(), 9),
        // We slept through the deadline, and the launcher's own net held.
        Ending::Signal(_) if facts.ran_for >= facts.timeout => timed_out(facts),
        Ending::Signal(signal) => signaled(signal),
    }
}

fn with_code(mut verdict: Verdict, code: u8) -> Verdict {
    verdict.exit_code = Some(code);
    verdict
}

fn with_signal(mut verdict: Verdict, signal: u8) -> Verdict {
    verdict.signal = Some(signal);
    verdict
}

fn signaled(signal: u8) -> Verdict {
    let message = format!("the script died of {}", signal_name(signal));
    with_signal(Verdict::of(Status::Signaled, Executed::Yes), signal).problem("signal", message)
}

fn out_of_memory() -> Verdict {
    Verdict::of(Status::OutOfMemory, Executed::Yes).problem(
        "out-of-memory",
        "the script used more memory than its limit (files in /work, /tmp and /dev/shm count); \
         ask for more memory, or use less",
    )
}

/// No trailer, and we did not end it.
fn vanished(facts: &Facts) -> Verdict {
    match facts.events {
        Some(Events { oom: true, .. }) => with_signal(out_of_memory(), 9).saw(
            "oom-event",
            "the engine's records name the OOM killer; the launcher itself was hit",
        ),
        Some(Events {
            killed: false,
            died: Some(code @ 129..=192),
            ..
        }) if facts.begun => {
            let signal = u8::try_from(code - 128).unwrap_or(9);
            signaled(signal).saw(
                "died-event",
                format!("the engine's records say that the container ended with {code}"),
            )
        }
        events => lost(facts, events),
    }
}

fn lost(facts: &Facts, events: Option<Events>) -> Verdict {
    let verdict = Verdict::of(Status::Lost, Executed::Unknown).problem(
        "container-lost",
        "the script was delivered, and then the container or the engine's command vanished without a report: \
         what the script did is unknown, so running it again is not safe",
    );
    let cli = match facts.cli {
        CliEnd::Exit(code) => format!("the engine's command exited with {code}"),
        CliEnd::Signal(signal) => format!("the engine's command died of signal {signal}"),
        CliEnd::Killed => "the engine's command had to be killed".to_owned(),
    };
    let verdict = verdict.saw("cli-end", cli);
    match events {
        Some(Events { killed: true, .. }) => verdict.saw(
            "killed-event",
            "the engine's records say that somebody killed or removed the container",
        ),
        Some(Events {
            died: Some(code), ..
        }) => verdict.saw(
            "died-event",
            format!("the engine's records say that the container ended with {code}"),
        ),
        _ => verdict,
    }
}

fn note_oddities(mut verdict: Verdict, facts: &Facts) -> Verdict {
    match (&facts.stdout_trailer, &facts.stderr_trailer) {
        (Some(first), Some(second)) if first != second => {
            verdict = verdict.saw(
                "trailers-differ",
                "the trailers of stdout and stderr differ: one of them is forged",
            );
        }
        (Some(_), None) | (None, Some(_)) => {
            verdict = verdict.saw("one-trailer", "a trailer came on one stream only");
        }
        (Some(_), Some(_)) | (None, None) => {}
    }
    if facts.garbled {
        verdict = verdict.saw(
            "garbled-mark",
            "a line with the run's nonce came that no launcher writes",
        );
    }
    if facts.surplus > 0 {
        verdict = verdict.saw(
            "after-trailer",
            format!("{} bytes came behind the trailer", facts.surplus),
        );
    }
    verdict
}

fn note_kills(verdict: Verdict, trailer: Option<&Trailer>) -> Verdict {
    match trailer.map(|trailer| trailer.oom_kills) {
        Some(kills @ 1..) => verdict.saw(
            "oom-kill",
            format!("the kernel's OOM killer ended {kills} of the container's processes"),
        ),
        _ => verdict,
    }
}

#[cfg(test)]
mod tests;
