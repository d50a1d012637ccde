//! Getting a container that may be trusted with a script.
//!
//! The hot path is one engine command, the run itself. A missing image, or an image whose volumes
//! must be covered, shows by a failure; it is mended, and the start is tried again. The script
//! waits outside all that time.

use std::time::Instant;

use tokio_util::sync::CancellationToken;

use super::traces::Traces;
use super::verdicts::{cancelled, unavailable, unless_cancelled};
use super::{Request, Sandbox, Watch};
use crate::engine::{
    Container, Engine, EngineError, Event, Patience, StartFailure, Started, identity,
};
use crate::outcome::{Cleanup, Outcome, Status, Verdict};
use crate::plan::seccomp;
use crate::policy::{Limits, Pull, Seccomp};
use crate::protocol::attestation::{Breach, Promise, judge, prove};
use crate::text::Hash;

/// Everything an attempt needs.
#[derive(Clone, Copy)]
pub(super) struct Attempt<'a> {
    pub(super) sandbox: &'a Sandbox,
    pub(super) request: &'a Request,
    pub(super) engine: &'a Engine,
    pub(super) limits: &'a Limits,
    pub(super) patience: Patience,
    pub(super) watch: &'a Watch,
}

impl<'a> Attempt<'a> {
    /// A container that has proved every promise, or all but those whose breach the policy accepts.
    pub(super) async fn trusted_container(
        &self,
        outcome: &mut Outcome,
        traces: &mut Traces,
    ) -> Result<Started<'a>, Verdict> {
        let mut pull = self.sandbox.policy.pull;
        if pull == Pull::Always {
            self.announce_pull().await;
            let pulled = self.engine.pull(self.image(), &self.patience);
            unless_cancelled(self.watch, pulled)
                .await?
                .map_err(|error| unavailable(&error))?;
        }
        loop {
            match self.start(outcome, traces).await {
                Ok((started, Err(verdict))) => {
                    outcome.cleanup = Some(started.abandon().await);
                    return Err(verdict);
                }
                Ok((started, Ok(()))) => {
                    if let Some(started) = self.judge(started, outcome).await? {
                        return Ok(started);
                    }
                }
                Err(failure) => {
                    self.mend(failure, pull, outcome).await?;
                    // One pull is enough: what is still missing after it is an error.
                    pull = Pull::Never;
                }
            }
        }
    }

    fn image(&self) -> &'a str {
        self.sandbox.policy.image(self.request.language)
    }

    async fn announce_pull(&self) {
        if let Some(watcher) = &self.watch.watcher {
            // A watcher that is gone need not be told.
            let _ = watcher.send(Event::Pulling(self.image().to_owned())).await;
        }
    }

    /// A container that has attested, and whether its start is in the audit log.
    async fn start(
        &self,
        outcome: &mut Outcome,
        traces: &mut Traces,
    ) -> Result<(Started<'a>, Result<(), Verdict>), StartFailure> {
        let lifetime = self.sandbox.lifetime(self.limits);
        let identity = identity(&outcome.id, lifetime);
        let covered = self.sandbox.covered(self.image());
        let not_started = |error| StartFailure::Error(error, nothing_started());
        let plan = self
            .sandbox
            .order(
                self.engine,
                self.request.language,
                self.limits,
                &covered,
                &identity,
            )
            .map_err(not_started)?;
        outcome.seccomp_sha256 = (self.sandbox.policy.engine.seccomp == Seccomp::Lazaret)
            .then(|| Hash::of(seccomp::profile().as_bytes()).to_string());
        outcome.container = Some(plan.name.clone());
        outcome.argv = Some(plan.argv());
        let container =
            Container::open(self.engine, &plan, lifetime, self.patience).map_err(not_started)?;
        if self.sandbox.policy.audit.enabled {
            traces.ask(self.engine, self.image(), self.patience);
        }
        let ready = CancellationToken::new();
        let attesting = async {
            let started = container.attest(&self.watch.cancel).await;
            ready.cancel();
            started
        };
        let intent = self
            .sandbox
            .intend(self.request, outcome, traces, ready.cancelled());
        let (started, written) = tokio::join!(attesting, intent);
        let logged = written.or_else(|message| self.sandbox.unwritten(&message, outcome));
        let started = started?;
        traces.identify(&started.attestation);
        outcome.timings.startup = Some(started.startup);
        Ok((started, logged))
    }

    /// The container, if it holds what was promised; `None` if another start will do better.
    async fn judge(
        &self,
        started: Started<'a>,
        outcome: &mut Outcome,
    ) -> Result<Option<Started<'a>>, Verdict> {
        let begun = Instant::now();
        let covered = self.sandbox.covered(self.image());
        let promise = Promise::new(self.limits, &covered);
        let (proofs, figures) = prove(&started.attestation, &promise);
        let breaches = judge(&proofs, &self.sandbox.policy.accept);
        outcome.timings.attestation = Some(begun.elapsed());
        if let Some(limits) = &mut outcome.limits {
            limits.attested = Some(figures);
        }
        let broken = breaches.iter().any(|breach| !breach.accepted);
        let has_mount = breaches.iter().any(|breach| breach.name == "mount");
        outcome.breaches = breaches;
        outcome.proofs = proofs;
        if !broken {
            return Ok(Some(started));
        }
        outcome.cleanup = Some(started.abandon().await);
        if has_mount && covered.is_empty() && self.cover_volumes().await {
            return Ok(None);
        }
        Err(refused(&outcome.breaches))
    }

    /// Whether the image has volumes, which the next start will cover.
    async fn cover_volumes(&self) -> bool {
        match self.engine.volumes(self.image(), &self.patience).await {
            Ok(volumes) if !volumes.is_empty() => {
                self.sandbox.cover(self.image(), volumes);
                true
            }
            _ => false,
        }
    }

    /// `Ok` if what made the start fail has been mended.
    async fn mend(
        &self,
        failure: StartFailure,
        pull: Pull,
        outcome: &mut Outcome,
    ) -> Result<(), Verdict> {
        match failure {
            StartFailure::Ended(words, cleanup) => {
                outcome.cleanup = Some(cleanup.clone());
                let announce = async || self.announce_pull().await;
                let explained = self.engine.explain_failure(
                    self.image(),
                    pull,
                    &words,
                    &self.patience,
                    announce,
                );
                let explained = unless_cancelled(self.watch, explained).await?;
                // An engine that does not answer has started nothing.
                let unreachable = matches!(explained, Err(EngineError::Unreachable { .. }));
                outcome.cleanup = Some(if unreachable {
                    nothing_started()
                } else {
                    cleanup
                });
                explained.map_err(|error| unavailable(&error))
            }
            StartFailure::Error(error, cleanup) => {
                outcome.cleanup = Some(cleanup);
                Err(unavailable(&error))
            }
            StartFailure::Cancelled(cleanup) => {
                outcome.cleanup = Some(cleanup);
                Err(cancelled())
            }
        }
    }
}

fn nothing_started() -> Cleanup {
    Cleanup {
        removed: true,
        detail: "no container was started".to_owned(),
    }
}

fn refused(breaches: &[Breach]) -> Verdict {
    let broken = breaches.iter().filter(|breach| !breach.accepted);
    let list: Vec<String> = broken
        .map(|breach| {
            format!(
                "{}: promised {}, seen {}",
                breach.name, breach.promised, breach.seen
            )
        })
        .collect();
    let message = format!(
        "the container did not prove what the policy demands, so the script was not delivered: {}",
        list.join("; ")
    );
    Verdict::not_run(Status::Refused, "not-attested", message)
}
