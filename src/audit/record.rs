//! What a record says of a run.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::store::Stored;
use crate::check::Finding;
use crate::outcome::{
    Cleanup, EngineTold, Evidence, Executed, LimitsTold, Outcome, Problem, Resources, Status,
    Timings, signal_name,
};
use crate::policy::Notice;
use crate::protocol::attestation::Breach;
use crate::text::Hash;

/// Who runs Lazaret, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Caller {
    /// The user's name; null where the system has none for the number.
    pub user: Option<String>,
    /// The user's number.
    pub uid: u32,
    /// The host's name.
    pub host: String,
}

/// The script, by what tells it from every other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScriptTold {
    /// Of its bytes.
    pub sha256: String,
    /// How many there are.
    pub bytes: usize,
    /// Its language's name.
    pub language: &'static str,
}

impl ScriptTold {
    /// Of a script.
    #[must_use]
    pub fn new(script: &[u8], language: &'static str) -> Self {
        Self {
            sha256: Hash::of(script).to_string(),
            bytes: script.len(),
            language,
        }
    }
}

/// When a record is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Before the script is delivered.
    Intent,
    /// When all is over.
    Result,
}

/// Something that was looked for: `None` where it does not apply, else what it is, or why that is
/// not known.
pub type Known<T = String> = Option<Result<T, String>>;

/// Which engine, image and container it was, exactly. An intent has what the engine had said when
/// the container was ready, a result what it had said at the end; nothing waits for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// The engine's version.
    pub version: Known,
    /// What the engine's command talks to.
    pub host: Known,
    /// The id that the image's reference stood for: `sha256:…`.
    pub image: Known,
    /// When the engine said so; it may have been for an earlier run.
    pub asked_at: Option<jiff::Timestamp>,
    /// The container's id, as its own mounts show it; never in an intent.
    pub container: Known,
    /// What of the run is in the store.
    pub stored: Known<Stored>,
}

#[derive(Debug, Serialize)]
struct EngineUsed<'a> {
    #[serde(flatten)]
    engine: &'a EngineTold,
    version: Option<&'a str>,
    host: Option<&'a str>,
}

/// A record: `intent` before the script is delivered, `result` when all is over.
#[derive(Debug, Serialize)]
pub struct Record<'a> {
    kind: Kind,
    time: String,
    run: &'a str,
    #[serde(flatten)]
    caller: &'a Caller,
    lazaret: &'static str,
    script: &'a ScriptTold,
    engine: Option<EngineUsed<'a>>,
    image: Option<&'a str>,
    image_id: Option<&'a str>,
    /// When the engine told its version, its host and the image's id.
    asked_at: Option<String>,
    /// Its name.
    container: Option<&'a str>,
    container_id: Option<&'a str>,
    /// What of the run is in the store next to the log.
    stored: Option<&'a Stored>,
    /// What should stand above and is null, with the reason.
    unknown: BTreeMap<&'static str, &'a str>,
    argv: Option<&'a [String]>,
    /// The same, quoted for a shell.
    line: Option<String>,
    seccomp_sha256: Option<&'a str>,
    findings: &'a [Finding],
    limits: Option<&'a LimitsTold>,
    #[serde(flatten)]
    ending: Option<Ending<'a>>,
}

#[derive(Debug, Serialize)]
struct Ending<'a> {
    status: Status,
    executed: Executed,
    exit_code: Option<u8>,
    signal: Option<String>,
    problem: Option<&'a Problem>,
    notices: &'a [Notice],
    evidence: &'a [Evidence],
    breaches: &'a [Breach],
    stdout_bytes: u64,
    stderr_bytes: u64,
    timings: Milliseconds,
    resources: Option<&'a Resources>,
    cleanup: Option<&'a Cleanup>,
}

#[derive(Debug, Serialize)]
struct Milliseconds {
    check_ms: Option<f64>,
    startup_ms: Option<f64>,
    run_ms: Option<f64>,
    total_ms: f64,
}

impl<'a> Record<'a> {
    /// A record of a run. The command line stands in the intent alone: it is long, and the result has
    /// the same `run`.
    #[must_use]
    pub fn new(
        kind: Kind,
        outcome: &'a Outcome,
        script: &'a ScriptTold,
        caller: &'a Caller,
        told: &'a Told,
        time: String,
    ) -> Self {
        let argv = outcome.argv.as_deref().filter(|_| kind == Kind::Intent);
        Self {
            kind,
            time,
            run: &outcome.id,
            caller,
            lazaret: env!("CARGO_PKG_VERSION"),
            script,
            engine: outcome.engine.as_ref().map(|engine| EngineUsed {
                engine,
                version: known(&told.version),
                host: known(&told.host),
            }),
            image: outcome.image.as_deref(),
            image_id: known(&told.image),
            asked_at: told.asked_at.map(|time| time.to_string()),
            container: outcome.container.as_deref(),
            container_id: known(&told.container),
            stored: told.stored.as_ref().and_then(|stored| stored.as_ref().ok()),
            unknown: unknown(kind, told),
            argv,
            line: argv.map(quoted),
            seccomp_sha256: outcome.seccomp_sha256.as_deref(),
            findings: &outcome.findings,
            limits: outcome.limits.as_ref(),
            ending: (kind == Kind::Result).then(|| ending(outcome)),
        }
    }
}

fn known(known: &Known) -> Option<&str> {
    known.as_ref()?.as_deref().ok()
}

fn unknown(kind: Kind, told: &Told) -> BTreeMap<&'static str, &str> {
    let container = match kind {
        Kind::Intent => None,
        Kind::Result => told.container.as_ref(),
    };
    let wanted = [
        ("engine.version", why(told.version.as_ref())),
        ("engine.host", why(told.host.as_ref())),
        ("image_id", why(told.image.as_ref())),
        ("container_id", why(container)),
        ("stored", why(told.stored.as_ref())),
    ];
    wanted
        .into_iter()
        .filter_map(|(name, reason)| Some((name, reason?)))
        .collect()
}

fn why<T>(known: Option<&Result<T, String>>) -> Option<&str> {
    known?.as_ref().err().map(String::as_str)
}

fn ending(outcome: &Outcome) -> Ending<'_> {
    let verdict = &outcome.verdict;
    Ending {
        status: verdict.status,
        executed: verdict.executed,
        exit_code: verdict.exit_code,
        signal: verdict.signal.map(signal_name),
        problem: verdict.problem.as_ref(),
        notices: &outcome.notices,
        evidence: &verdict.evidence,
        breaches: &outcome.breaches,
        stdout_bytes: outcome.stdout.total,
        stderr_bytes: outcome.stderr.total,
        timings: milliseconds(&outcome.timings),
        resources: outcome.resources.as_ref(),
        cleanup: outcome.cleanup.as_ref(),
    }
}

fn milliseconds(timings: &Timings) -> Milliseconds {
    let ms = |duration: Duration| (duration.as_secs_f64() * 1e6).round() / 1e3;
    Milliseconds {
        check_ms: timings.check.map(ms),
        startup_ms: timings.startup.map(ms),
        run_ms: timings.run.map(ms),
        total_ms: ms(timings.total),
    }
}

/// No word of a command line holds a NUL, the one character that cannot be quoted.
fn quoted(argv: &[String]) -> String {
    shlex::try_join(argv.iter().map(String::as_str)).unwrap_or_default()
}
