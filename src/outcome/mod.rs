//! What came of a request, as a value: a status, and the evidence for it.
//!
//! Pure. [`conclude`] decides from facts that the engine gathered; nothing here asks anybody
//! anything. A refused script and a run that ended badly are outcomes, never errors.

mod capture;
mod conclude;
mod status;

use std::time::Duration;

use serde::Serialize;

pub use capture::{Capture, Captured};
pub use conclude::{CliEnd, Events, Facts, Stop, Verdict, conclude};
pub use status::{Executed, Status, signal_name};

use crate::check::Finding;
use crate::policy::{Ask, Limits, Notice};
use crate::protocol::attestation::{Breach, Figures, Proof};

/// What came of one request. Fields that do not apply are `None` or empty.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The run's id, in the container's name too.
    pub id: String,
    /// The status, whether the script ran, its exit code or signal, what went wrong, and the evidence.
    pub verdict: Verdict,
    /// Things to know though nothing failed, such as a clamped timeout.
    pub notices: Vec<Notice>,
    /// The script's standard output.
    pub stdout: Captured,
    /// The script's standard error.
    pub stderr: Captured,
    /// What the checks found.
    pub findings: Vec<Finding>,
    /// Every promise beside what the container showed.
    pub proofs: Vec<Proof>,
    /// Promises that did not hold, accepted ones included.
    pub breaches: Vec<Breach>,
    /// The limits, as asked, as settled, and as the container proved them.
    pub limits: Option<LimitsTold>,
    /// How long each part took.
    pub timings: Timings,
    /// What the run used, as the launcher claims.
    pub resources: Option<Resources>,
    /// When the request came, RFC 3339, UTC.
    pub started_at: String,
    /// The engine, where one was found.
    pub engine: Option<EngineTold>,
    /// The image.
    pub image: Option<String>,
    /// SHA-256 of the seccomp profile that the engine was given, where it was ours.
    pub seccomp_sha256: Option<String>,
    /// The container's name.
    pub container: Option<String>,
    /// Whether the container is gone.
    pub cleanup: Option<Cleanup>,
    /// The exact command line.
    pub argv: Option<Vec<String>>,
}

/// The limits of a run from three sides.
#[derive(Debug, Clone, Serialize)]
pub struct LimitsTold {
    /// What the caller asked for; null is the policy's default.
    pub requested: Ask,
    /// What was settled.
    pub effective: Limits,
    /// What the container proved; null before it proved anything.
    pub attested: Option<Figures>,
}

/// How long each part took; `None` where it was not reached.
#[derive(Debug, Clone, Copy, Default)]
pub struct Timings {
    /// The checks.
    pub check: Option<Duration>,
    /// From the engine's command to the whole attestation.
    pub startup: Option<Duration>,
    /// Judging the attestation.
    pub attestation: Option<Duration>,
    /// From delivery to the script's end.
    pub run: Option<Duration>,
    /// Everything.
    pub total: Duration,
}

/// What the run used. Claims of the launcher, useful and no evidence.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Resources {
    /// Peak memory of the container in bytes; null where the kernel does not tell it of the container alone.
    pub peak_memory_bytes: Option<u64>,
    /// CPU time in seconds; null where the kernel does not tell it of the container alone.
    pub cpu_seconds: Option<f64>,
    /// Wall time of the script in seconds.
    pub wall_seconds: f64,
    /// Processes that the kernel's OOM killer ended.
    pub oom_kills: u64,
}

/// The engine that was used.
#[derive(Debug, Clone, Serialize)]
pub struct EngineTold {
    /// `docker` or `podman`.
    pub kind: &'static str,
    /// The command's path.
    pub path: String,
}

/// What became of the container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cleanup {
    /// It is gone: the engine's command ended by itself, or its absence was verified.
    pub removed: bool,
    /// How it went, or what to do by hand.
    pub detail: String,
}

/// Something seen that bears on the verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// Stable name, such as `oom-kill`.
    pub code: &'static str,
    /// What was seen; safe text.
    pub detail: String,
}

/// What went wrong, where something did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Stable name, such as `daemon-unreachable`.
    pub kind: &'static str,
    /// What failed, why, and what to do; safe text.
    pub message: String,
}

impl Outcome {
    /// An outcome of which nothing is known but the verdict.
    #[must_use]
    pub fn new(id: String, started_at: String, verdict: Verdict) -> Self {
        Self {
            id,
            verdict,
            notices: Vec::new(),
            stdout: Captured::default(),
            stderr: Captured::default(),
            findings: Vec::new(),
            proofs: Vec::new(),
            breaches: Vec::new(),
            limits: None,
            timings: Timings::default(),
            resources: None,
            started_at,
            engine: None,
            image: None,
            seccomp_sha256: None,
            container: None,
            cleanup: None,
            argv: None,
        }
    }
}
