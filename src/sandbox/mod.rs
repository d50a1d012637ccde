//! Request, check, plan, engine, attestation, delivery, outcome: the only place that knows all
//! floors.
//!
//! It decides nothing that a room above it can decide, and starts nothing itself. Whatever happens
//! after the request is understood becomes an [`Outcome`], never an error.

mod attempt;
mod audit;
mod diagnosis;
mod doctor;
mod hostile;
mod keeping;
mod story;
mod traces;
mod verdicts;

pub use diagnosis::{Check, Diagnosis, Health, OptionFor};
pub use story::unstarted;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use self::traces::Traces;
use crate::audit::Caller;
use crate::engine::{self, Engine, EngineError, Leftover, Patience, Watcher};
use crate::language::Language;
use crate::outcome::{Outcome, Verdict};
use crate::plan::{Identity, Order, Plan, plan};
use crate::policy::{Ask, Limits, NotPermitted, Notice, Policy, Seccomp};
use crate::protocol::{Nonce, Payload};

/// Runs scripts under one policy. Cheap to make; keep one for many runs, since it remembers what it
/// has learnt of images.
#[derive(Debug)]
pub struct Sandbox {
    policy: Policy,
    engine: Option<(String, &'static str)>,
    caller: Caller,
    covered: Mutex<BTreeMap<String, Vec<String>>>,
}

/// A script to run, with everything it gets.
#[derive(Debug, Clone)]
pub struct Request {
    /// The script, byte for byte; must be UTF-8 to pass the checks.
    pub script: Vec<u8>,
    /// Its language.
    pub language: &'static Language,
    /// Its arguments; without NUL.
    pub arguments: Vec<Vec<u8>>,
    /// Its standard input.
    pub stdin: Vec<u8>,
    /// Limits it asks for.
    pub ask: Ask,
}

/// How a run is watched and ended from outside.
#[derive(Debug, Clone, Default)]
pub struct Watch {
    /// Cancels the run; the container is removed before the outcome comes.
    pub cancel: CancellationToken,
    /// Sees output as it comes.
    pub watcher: Option<Watcher>,
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The request asks for more than the policy permits.
    #[error(transparent)]
    NotPermitted(#[from] NotPermitted),
    /// There is no engine to plan for.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl PlanError {
    /// The same as a verdict.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::NotPermitted(error) => verdicts::invalid("not-permitted", error.to_string()),
            Self::Engine(error) => verdicts::unavailable(error),
        }
    }
}

impl Request {
    /// A script without arguments or input, under the policy's own limits.
    #[must_use]
    pub fn new(language: &'static Language, script: impl Into<Vec<u8>>) -> Self {
        Self {
            script: script.into(),
            language,
            arguments: Vec::new(),
            stdin: Vec::new(),
            ask: Ask::default(),
        }
    }
}

impl Sandbox {
    /// A sandbox under a policy.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        let engine = policy.engine.command.clone();
        Self {
            engine: engine.map(|command| (command, "the policy")),
            policy,
            caller: audit::caller(),
            covered: Mutex::default(),
        }
    }

    /// Uses this engine's command, a name in `PATH` or a path, instead of the policy's. `origin` says
    /// in messages who named it, such as `--engine`.
    #[must_use]
    pub fn with_engine(mut self, command: impl Into<String>, origin: &'static str) -> Self {
        self.engine = Some((command.into(), origin));
        self
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Checks a script, and if nothing blocks it, runs it in a container that has proved its limits.
    ///
    /// Must be called within a Tokio runtime with time and I/O. Not cancel-safe in the strict sense:
    /// dropped, the engine's command is killed and the guard process removes the container; to have
    /// the clean-up confirmed, cancel by [`Watch::cancel`] and await the outcome.
    pub async fn run(&self, request: &Request, watch: &Watch) -> Outcome {
        let started = Instant::now();
        let mut outcome = story::begin();
        let mut traces = Traces::default();
        outcome.verdict = match self.story(request, watch, &mut outcome, &mut traces).await {
            Ok(verdict) | Err(verdict) => verdict,
        };
        outcome.timings.total = started.elapsed();
        self.record(request, &mut outcome, &mut traces);
        outcome
    }

    /// The exact command line of a run, for reading and pasting: the one that [`Sandbox::run`] would
    /// use, with a name and a label that say that a person started it.
    ///
    /// # Errors
    /// More is asked for than the policy permits, or no engine is found.
    pub async fn plan(
        &self,
        language: &'static Language,
        ask: &Ask,
    ) -> Result<(Plan, Engine), PlanError> {
        let patience = Patience::of(&self.policy);
        let (limits, _) = self.settle(ask)?;
        let engine = self.find(&patience).await?;
        let covered = self.covered(self.policy.image(language));
        let identity = Identity {
            name: format!("lazaret-{}", uuid::Uuid::now_v7()),
            labels: vec![
                ("lazaret".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
                ("lazaret.owner".to_owned(), engine::BY_HAND.to_owned()),
            ],
        };
        let plan = self.order(&engine, language, &limits, &covered, &identity)?;
        Ok((plan, engine))
    }

    /// Every container of Lazaret's that the engine has; unless `dry_run`, those that nobody waits for
    /// are removed.
    ///
    /// # Errors
    /// No engine is found, or it gives no answer.
    pub async fn reap(&self, dry_run: bool) -> Result<Vec<Leftover>, EngineError> {
        let patience = Patience::of(&self.policy);
        let engine = self.find(&patience).await?;
        let mut leftovers = engine.leftovers(self.longest(), &patience).await?;
        if !dry_run {
            for leftover in &mut leftovers {
                engine.reap(leftover, &patience).await;
            }
        }
        Ok(leftovers)
    }

    /// All that a run would send to stdin: the launcher's second part, and what is delivered to it, with
    /// a fresh nonce.
    ///
    /// # Errors
    /// More is asked for than the policy permits, or the system has no randomness.
    pub fn payload(
        &self,
        request: &Request,
    ) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
        let (limits, _) = self.policy.settle(&request.ask)?;
        let launcher = crate::protocol::launcher(request.language).text;
        let payload = self.encode(request, &limits, &nonce()?);
        Ok([launcher.as_bytes(), &payload].concat())
    }

    /// What an engine's command talks to, in words.
    pub async fn host(&self, engine: &Engine) -> String {
        engine.host(&Patience::of(&self.policy)).await
    }

    async fn find(&self, patience: &Patience) -> Result<Engine, EngineError> {
        let named = self
            .engine
            .as_ref()
            .map(|(command, origin)| (command.as_str(), *origin));
        engine::find(named, patience.command).await
    }

    /// The policy's settling, and the host's: Docker refuses more CPUs than there are.
    fn settle(&self, ask: &Ask) -> Result<(Limits, Vec<Notice>), NotPermitted> {
        let (mut limits, mut notices) = self.policy.settle(ask)?;
        let here = std::thread::available_parallelism().map_or(u32::MAX, |count| {
            u32::try_from(count.get()).unwrap_or(u32::MAX)
        });
        let all = crate::policy::Cpus::from_millis(here.saturating_mul(1000));
        if limits.cpus > all {
            limits.cpus = all;
            let message = format!("the CPU limit was clamped to {all}, all that this host has");
            notices.push(Notice {
                code: "cpus-clamped",
                message,
            });
        }
        Ok((limits, notices))
    }

    fn order(
        &self,
        engine: &Engine,
        language: &'static Language,
        limits: &Limits,
        covered: &[String],
        identity: &Identity,
    ) -> Result<Plan, EngineError> {
        let seccomp = match self.policy.engine.seccomp {
            Seccomp::Lazaret => Some(engine::seccomp_file()?),
            Seccomp::Engine => None,
        };
        Ok(plan(&Order {
            program: &engine.program,
            dialect: engine.dialect,
            language,
            image: self.policy.image(language),
            limits,
            runtime: self.policy.engine.runtime.as_deref(),
            seccomp: seccomp.as_deref(),
            covered,
            identity,
            lifetime: self.lifetime(limits),
        }))
    }

    /// Longer than any honest run, with all its patience used up.
    fn lifetime(&self, limits: &Limits) -> Duration {
        let patience = Patience::of(&self.policy);
        let ending =
            patience.grace * 2 + patience.after_kill + patience.settle + patience.command * 3;
        patience.startup * 2 + limits.timeout * 2 + ending
    }

    /// Longer than any run that this policy permits, from its request to its end.
    fn longest(&self) -> Duration {
        let mut limits = self
            .policy
            .settle(&Ask::default())
            .map(|(limits, _)| limits);
        if let Ok(limits) = &mut limits {
            limits.timeout = self.policy.limits.timeout.max;
        }
        let run = limits.map_or(Duration::from_secs(24 * 3600), |limits| {
            self.lifetime(&limits)
        });
        run + self.policy.limits.pull
    }

    fn encode(&self, request: &Request, limits: &Limits, nonce: &Nonce) -> Vec<u8> {
        let payload = Payload {
            nonce,
            timeout: limits.timeout,
            grace: self.policy.limits.grace,
            script: &request.script,
            arguments: &request.arguments,
            stdin: &request.stdin,
        };
        payload.encode()
    }

    fn covered(&self, image: &str) -> Vec<String> {
        let covered = self
            .covered
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        covered.get(image).cloned().unwrap_or_default()
    }

    fn cover(&self, image: &str, volumes: Vec<String>) {
        let mut covered = self
            .covered
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        covered.insert(image.to_owned(), volumes);
    }
}

fn nonce() -> Result<Nonce, getrandom::Error> {
    let mut random = [0; 16];
    getrandom::fill(&mut random)?;
    Ok(Nonce::new(random))
}
