//! The only floor that starts processes: finding an engine, running a container, ending it for
//! certain.
//!
//! It moves bytes and signals, holds deadlines and gathers facts. It decides nothing about what
//! came of a run: that is `outcome`'s. Called by `sandbox` alone.

mod command;
mod container;
mod error;
mod events;
mod find;
mod guard;
mod image;
mod introduction;
mod ladder;
mod memory;
mod own_file;
mod owner;
pub mod places;
mod profile;
mod reap;
mod removal;
mod spawn;
mod storage;

pub use command::Answer;
pub use container::{Container, Delivery, Ended, StartFailure, Started};
pub use error::EngineError;
pub use find::{Engine, find};
pub use image::Confinement;
pub use introduction::{Answers, Enquiry};
pub use owner::{BY_HAND, Claim, identity};
pub use places::state_directory;
pub use profile::seccomp_file;
pub use reap::Leftover;
pub use removal::remove;

use std::time::Duration;

use tokio::sync::mpsc;

use crate::policy::Policy;
use crate::protocol::Channel;

/// What happens while a run goes on, for those who watch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The script wrote this.
    Output(Channel, Vec<u8>),
    /// An image is being pulled.
    Pulling(String),
}

/// Where events go. Bounded: a watcher that does not keep up slows the script, never the deadlines.
pub type Watcher = mpsc::Sender<Event>;

/// How long each step may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// From the engine's command to the whole attestation.
    pub startup: Duration,
    /// An engine command such as `kill`.
    pub command: Duration,
    /// A pull.
    pub pull: Duration,
    /// Between SIGTERM and `kill`.
    pub grace: Duration,
    /// Between `kill` and `rm -f`.
    pub after_kill: Duration,
    /// Between the script's end and the end of the engine's command, which waits for removal.
    pub settle: Duration,
}

impl Patience {
    /// The patience that a policy has.
    #[must_use]
    pub fn of(policy: &Policy) -> Self {
        Self {
            startup: policy.limits.startup,
            command: policy.limits.engine_command,
            pull: policy.limits.pull,
            grace: policy.limits.grace,
            after_kill: Duration::from_secs(5),
            settle: Duration::from_secs(3),
        }
    }
}
