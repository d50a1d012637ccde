//! The small types of a policy.

use std::time::Duration;

use serde::{Deserialize, Serialize, Serializer};

/// A value with the ceiling up to which a request may move it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Limit<T> {
    /// What holds where a request says nothing.
    pub default: T,
    /// What no request may exceed.
    pub max: T,
}

impl<T> Limit<T> {
    /// A default and its ceiling.
    pub const fn new(default: T, max: T) -> Self {
        Self { default, max }
    }
}

/// How severe a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The rule is not asked.
    Off,
    /// Told, and the script runs.
    Warn,
    /// The script is rejected.
    Block,
}

impl Level {
    /// Its name in documents and policies.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Warn => "warn",
            Self::Block => "block",
        }
    }
}

/// The network a script gets. `host` and `container:…` share namespaces and are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Network {
    /// Loopback alone.
    None,
}

/// When an image is pulled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pull {
    /// Where the engine does not have it.
    Missing,
    /// Never: a missing image is an error.
    Never,
    /// Before every run.
    Always,
}

/// Whose seccomp profile filters system calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Seccomp {
    /// Ours, made for scripts.
    #[default]
    Lazaret,
    /// The engine's own, made for services.
    Engine,
}

/// A limit whose breach an operator may accept on a host that cannot hold it.
///
/// Deliberately few: what isolates (uid, capabilities, mounts, network, seccomp) cannot be waived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Accept {
    /// The memory limit.
    Memory,
    /// The swap limit.
    Swap,
    /// The limit of processes.
    Pids,
    /// The CPU limit.
    Cpu,
}

impl Accept {
    /// Its name in policies and breaches.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Swap => "swap",
            Self::Pids => "pids",
            Self::Cpu => "cpu",
        }
    }
}

/// Serialises a limit of time as seconds.
pub(super) fn seconds<S: Serializer>(
    limit: &Limit<Duration>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    Limit::new(limit.default.as_secs_f64(), limit.max.as_secs_f64()).serialize(serializer)
}
