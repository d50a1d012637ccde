//! The steps of a run in their order. Each either goes on or ends the story with a verdict.

use std::time::Instant;

use super::traces::Traces;
use super::verdicts::{invalid, unavailable, unless_cancelled};
use super::{Request, Sandbox, Watch, attempt, nonce};
use crate::check;
use crate::engine::{Delivery, Patience, Started};
use crate::outcome::{
    EngineTold, Executed, LimitsTold, Outcome, Resources, Status, Verdict, conclude,
};
use crate::policy::{Bytes, Limits};
use crate::protocol::Trailer;

/// An outcome of which nothing is known but the verdict, with a new id and the time of now.
///
/// For requests that never reach a sandbox: a policy that cannot be read, a script that is not there.
#[must_use]
pub fn unstarted(verdict: Verdict) -> Outcome {
    let id = uuid::Uuid::now_v7().to_string();
    Outcome::new(id, jiff::Timestamp::now().to_string(), verdict)
}

pub(super) fn begin() -> Outcome {
    let verdict = Verdict::not_run(
        Status::Unavailable,
        "unfinished",
        "the run did not come to its end".to_owned(),
    );
    unstarted(verdict)
}

fn too_large(bytes: usize, name: &str, bound: Bytes) -> Verdict {
    let message = format!(
        "script, stdin and arguments are {bytes} bytes, more than this run may have ({name}: {bound})"
    );
    invalid("input-too-large", message)
}

/// Two files in a tmpfs take whole pages, and the folder one.
const ROUNDING: usize = 3 * 4096;

impl Sandbox {
    pub(super) async fn story(
        &self,
        request: &Request,
        watch: &Watch,
        outcome: &mut Outcome,
        traces: &mut Traces,
    ) -> Result<Verdict, Verdict> {
        self.check(request, outcome)?;
        let limits = self.limits(request, outcome)?;
        let patience = Patience::of(&self.policy);
        let engine = unless_cancelled(watch, self.find(&patience))
            .await?
            .map_err(|error| unavailable(&error))?;
        outcome.engine = Some(EngineTold {
            kind: engine.dialect.name(),
            path: engine.program.clone(),
        });
        outcome.image = Some(self.policy.image(request.language).to_owned());
        let attempt = attempt::Attempt {
            sandbox: self,
            request,
            engine: &engine,
            limits: &limits,
            patience,
            watch,
        };
        let started = attempt.trusted_container(outcome, traces).await?;
        self.deliver(request, started, &limits, watch, outcome)
            .await
    }

    fn check(&self, request: &Request, outcome: &mut Outcome) -> Result<(), Verdict> {
        let started = Instant::now();
        let report = check::check_bytes(&request.script, request.language, &self.policy);
        outcome.timings.check = Some(started.elapsed());
        let rejection = report.verdict().map(|finding| {
            Verdict::not_run(Status::Rejected, finding.layer.name(), finding.told())
        });
        outcome.findings = report.findings;
        rejection.map_or(Ok(()), Err)
    }

    fn limits(&self, request: &Request, outcome: &mut Outcome) -> Result<Limits, Verdict> {
        if request
            .arguments
            .iter()
            .any(|argument| argument.contains(&0))
        {
            let message =
                "an argument holds a NUL character, which no program can be given".to_owned();
            return Err(invalid("bad-argument", message));
        }
        let given = request.stdin.len() + request.arguments.iter().map(Vec::len).sum::<usize>();
        let bound = self.policy.limits.input;
        if given > bound.as_usize() {
            return Err(too_large(given, "limits.input", bound));
        }
        let (limits, notices) = self
            .settle(&request.ask)
            .map_err(|error| invalid("not-permitted", error.to_string()))?;
        let landing = request.script.len() + request.stdin.len() + ROUNDING;
        if landing > limits.work.as_usize() {
            return Err(too_large(
                landing,
                "limits.work, where both land",
                limits.work,
            ));
        }
        outcome.notices.extend(notices);
        outcome.limits = Some(LimitsTold {
            requested: request.ask.clone(),
            effective: limits.clone(),
            attested: None,
        });
        Ok(limits)
    }

    async fn deliver(
        &self,
        request: &Request,
        started: Started<'_>,
        limits: &Limits,
        watch: &Watch,
        outcome: &mut Outcome,
    ) -> Result<Verdict, Verdict> {
        let nonce = match nonce() {
            Ok(nonce) => nonce,
            Err(error) => {
                outcome.cleanup = Some(started.abandon().await);
                let message = format!("the system gave no random numbers: {error}");
                return Err(Verdict::not_run(
                    Status::Unavailable,
                    "no-randomness",
                    message,
                ));
            }
        };
        let delivery = Delivery {
            payload: self.encode(request, limits, &nonce),
            nonce: &nonce,
            launcher: request.language.launcher,
            timeout: limits.timeout,
            output: limits.output.as_usize(),
            watcher: watch.watcher.clone(),
        };
        let ended = started.deliver(delivery, &watch.cancel).await;
        let verdict = conclude(&ended.facts);
        let trailer = ended
            .facts
            .stdout_trailer
            .as_ref()
            .or(ended.facts.stderr_trailer.as_ref());
        outcome.resources = trailer.map(|trailer| resources(trailer, outcome));
        if verdict.executed != Executed::No {
            outcome.timings.run = Some(ended.facts.ran_for);
        }
        outcome.stdout = ended.stdout;
        outcome.stderr = ended.stderr;
        outcome.cleanup = Some(ended.cleanup);
        Ok(verdict)
    }
}

/// Where the container has no memory or CPU limit of its own, the kernel's figures are those of
/// others too.
fn resources(trailer: &Trailer, outcome: &Outcome) -> Resources {
    let holds = |name: &str| !outcome.breaches.iter().any(|breach| breach.name == name);
    Resources {
        peak_memory_bytes: (holds("memory") && trailer.peak_bytes > 0)
            .then_some(trailer.peak_bytes),
        cpu_seconds: holds("cpu").then_some(trailer.cpu.as_secs_f64()),
        wall_seconds: trailer.wall.as_secs_f64(),
        oom_kills: trailer.oom_kills,
    }
}
