//! `lazaret.result/1`: what came of a run, as one JSON object. Fields that do not apply are null.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::Value;

use crate::check::Finding;
use crate::outcome::{
    Captured, Cleanup, EngineTold, Evidence, Executed, LimitsTold, Outcome, Resources, Status,
    Timings, signal_name,
};
use crate::policy::Notice;
use crate::protocol::attestation::Breach;

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    id: &'a str,
    status: Status,
    executed: Executed,
    success: bool,
    exit_code: Option<u8>,
    signal: Option<String>,
    timed_out: bool,
    validation_error: Option<&'a str>,
    error_kind: Option<&'static str>,
    message: Option<&'a str>,
    notices: &'a [Notice],
    stdout: String,
    stderr: String,
    stdout_bytes: u64,
    stderr_bytes: u64,
    stdout_dropped: u64,
    stderr_dropped: u64,
    stdout_base64: Option<String>,
    stderr_base64: Option<String>,
    findings: &'a [Finding],
    evidence: &'a [Evidence],
    breaches: &'a [Breach],
    limits: Option<&'a LimitsTold>,
    analysis: Option<Value>,
    output: Option<Value>,
    timings: Milliseconds,
    resources: Option<&'a Resources>,
    started_at: &'a str,
    engine: Option<&'a EngineTold>,
    image: Option<&'a str>,
    container: Option<&'a str>,
    cleanup: Option<&'a Cleanup>,
    argv: Option<&'a [String]>,
}

#[derive(Serialize)]
struct Milliseconds {
    check_ms: Option<f64>,
    startup_ms: Option<f64>,
    attestation_ms: Option<f64>,
    run_ms: Option<f64>,
    total_ms: f64,
}

/// The document, on one line without its end.
///
/// A stream's text has U+FFFD where the bytes are not UTF-8; `…_base64` then has the kept bytes as
/// they were.
#[must_use]
pub fn result_document(outcome: &Outcome) -> String {
    let verdict = &outcome.verdict;
    let message = verdict
        .problem
        .as_ref()
        .map(|problem| problem.message.as_str());
    let document = Document {
        schema: "lazaret.result/1",
        id: &outcome.id,
        status: verdict.status,
        executed: verdict.executed,
        success: verdict.status == Status::Succeeded,
        exit_code: verdict.exit_code,
        signal: verdict.signal.map(signal_name),
        timed_out: verdict.status == Status::TimedOut,
        validation_error: message.filter(|_| verdict.status == Status::Rejected),
        error_kind: verdict.problem.as_ref().map(|problem| problem.kind),
        message,
        notices: &outcome.notices,
        stdout: outcome.stdout.text(),
        stderr: outcome.stderr.text(),
        stdout_bytes: outcome.stdout.total,
        stderr_bytes: outcome.stderr.total,
        stdout_dropped: outcome.stdout.dropped(),
        stderr_dropped: outcome.stderr.dropped(),
        stdout_base64: raw(&outcome.stdout),
        stderr_base64: raw(&outcome.stderr),
        findings: &outcome.findings,
        evidence: &verdict.evidence,
        breaches: &outcome.breaches,
        limits: outcome.limits.as_ref(),
        analysis: None,
        output: None,
        timings: milliseconds(&outcome.timings),
        resources: outcome.resources.as_ref(),
        started_at: &outcome.started_at,
        engine: outcome.engine.as_ref(),
        image: outcome.image.as_deref(),
        container: outcome.container.as_deref(),
        cleanup: outcome.cleanup.as_ref(),
        argv: outcome.argv.as_deref(),
    };
    super::table::json(&document)
}

fn raw(stream: &Captured) -> Option<String> {
    (!stream.is_text()).then(|| STANDARD.encode(stream.bytes()))
}

fn milliseconds(timings: &Timings) -> Milliseconds {
    let ms = |duration: Duration| (duration.as_secs_f64() * 1e6).round() / 1e3;
    Milliseconds {
        check_ms: timings.check.map(ms),
        startup_ms: timings.startup.map(ms),
        attestation_ms: timings.attestation.map(ms),
        run_ms: timings.run.map(ms),
        total_ms: ms(timings.total),
    }
}
