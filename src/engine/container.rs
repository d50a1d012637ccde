//! One container, from the engine's command to its verified absence.
//!
//! [`Container::start`] gives a container that waits for its payload and what it attested;
//! [`Started::deliver`] runs the script; [`Started::abandon`] ends it undelivered. Dropping any of
//! them kills the engine's command, and the guard removes the container.

mod cli;
mod delivery;
mod start;

use std::time::SystemTime;

use tokio::time::Instant;

pub use delivery::{Delivery, Ended};
pub use start::StartFailure;

use self::cli::Cli;
use super::guard::Guard;
use super::removal::remove;
use super::{Engine, EngineError, Patience};
use crate::outcome::Cleanup;
use crate::plan::Plan;
use crate::protocol::attestation::Attestation;

/// A container that was asked for and has proved nothing yet.
#[derive(Debug)]
pub struct Container<'a> {
    engine: &'a Engine,
    patience: Patience,
    name: String,
    cli: Cli,
    guard: Guard,
    asked_at: SystemTime,
    started_at: Instant,
}

/// A container that has attested and waits for its payload.
#[derive(Debug)]
pub struct Started<'a> {
    container: Container<'a>,
    /// What it says of its limits.
    pub attestation: Attestation,
    /// From the engine's command to the whole attestation.
    pub startup: std::time::Duration,
}

impl<'a> Container<'a> {
    /// Starts the engine's command, then the guard. Killed between the two, we leave a container that
    /// was never delivered to, and whose launcher ends when its stdin does.
    ///
    /// # Errors
    /// One of the two programs could not be started.
    pub fn open(
        engine: &'a Engine,
        plan: &Plan,
        lifetime: std::time::Duration,
        patience: Patience,
    ) -> Result<Self, EngineError> {
        let failed = |source| EngineError::Spawn {
            path: engine.program.clone().into(),
            source,
        };
        let mut cli = Cli::start(&plan.argv()).map_err(failed)?;
        cli.stdin.add(plan.launcher.clone().into_bytes());
        let outputs = cli.outputs().map_err(failed)?;
        let guard = Guard::start(engine, &plan.name, lifetime, outputs)?;
        Ok(Self {
            engine,
            patience,
            name: plan.name.clone(),
            cli,
            guard,
            asked_at: SystemTime::now(),
            started_at: Instant::now(),
        })
    }

    /// Ends a container that waits for its payload, or is still being made: without its stdin the
    /// launcher ends, and the engine's command removes the container and ends too. Only a command
    /// that does not is killed; killing Podman while it creates a container would leave processes
    /// that no `rm` finds. `looks` is how often the absence must be seen.
    async fn dismiss(mut self, looks: usize) -> Cleanup {
        self.cli.stdin.close();
        // Whether it ended shows in the next step.
        let _ = tokio::time::timeout(self.patience.settle, self.cli.over()).await;
        self.remove(looks).await
    }

    /// The container is gone, or we say that it is not.
    async fn remove(mut self, looks: usize) -> Cleanup {
        self.cli.process.kill().await;
        let cleanup = remove(self.engine, &self.name, &self.patience, looks).await;
        if cleanup.removed {
            self.guard.dismiss().await;
        }
        cleanup
    }
}

impl Started<'_> {
    /// Ends the container undelivered: its launcher never saw a script.
    pub async fn abandon(self) -> Cleanup {
        self.container.dismiss(1).await
    }
}
