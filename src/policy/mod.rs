//! What may run and how much of everything it gets: typed defaults, the policy file, and what a
//! request may tighten.
//!
//! Pure but for [`load`], which reads one named file. A policy is never looked for in the working
//! directory, which an agent may write to. Knows nothing of engines or scripts.

mod file;
pub mod image;
mod key;
mod known;
pub mod layers;
mod limit;
mod settle;
mod units;

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;

use self::layers::{Owner, Source};
pub use key::{Key, keys};
pub use known::nearest;
pub use limit::{Accept, Level, Limit, Network, Pull, Seccomp};
pub use settle::{Ask, Limits, NotPermitted, Notice};
pub use units::{Bytes, Cpus, ParseUnitError, parse_seconds};

/// Everything an operator decides. [`Policy::default`] is what holds where nobody decided.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Policy {
    /// Limits of each run.
    pub limits: LimitSettings,
    /// The network that scripts get.
    pub network: Network,
    /// The engine that is used.
    pub engine: EngineSettings,
    /// Images by language name; a language without an entry uses its table row's.
    pub images: BTreeMap<String, String>,
    /// When an image is pulled.
    pub pull: Pull,
    /// Limits whose breach is accepted on this host; every result then carries the breach.
    pub accept: BTreeSet<Accept>,
    /// The audit log.
    pub audit: AuditSettings,
    /// Layers of checks that are switched off, by name: `size`, `syntax`, `secrets`, `dangerous`. The
    /// interpreter's own parser in the container keeps the last word on syntax all the same.
    pub checks_off: BTreeSet<String>,
    /// Levels of rules by id, where they differ from the rule's own.
    pub rules: BTreeMap<String, Level>,
    /// Where a file has set a ceiling, for messages.
    #[serde(skip)]
    pub ceilings: Ceilings,
}

/// Where files have set ceilings. What holds does not depend on it: policies are equal that differ in
/// nothing else.
#[derive(Debug, Clone, Default)]
pub struct Ceilings(BTreeMap<String, String>);

impl PartialEq for Ceilings {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Ceilings {
    /// ` by FILE:LINE`, or nothing where the ceiling of that limit is built in.
    fn by(&self, limit: &str) -> String {
        let place = self.0.get(&format!("limits.{limit}.max"));
        place.map_or_else(String::new, |place| format!(" by {place}"))
    }
}

/// Limits of a run; those a request may move carry a ceiling.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LimitSettings {
    /// Memory of the container, tmpfs included.
    pub memory: Limit<Bytes>,
    /// Swap beyond memory; the engine's `--memory-swap` is the sum of both.
    pub swap: Limit<Bytes>,
    /// CPUs, in thousandths.
    pub cpus: Limit<Cpus>,
    /// Relative CPU weight; 1024 is the engines' own default and adds no flag.
    pub cpu_shares: Limit<u64>,
    /// Processes and threads.
    pub pids: Limit<u64>,
    /// Open files of a process.
    pub open_files: Limit<u64>,
    /// Size of `/work`, the script's working directory and home.
    pub work: Limit<Bytes>,
    /// Size of `/tmp`.
    pub tmp: Limit<Bytes>,
    /// Size of `/dev/shm`.
    pub shm: Limit<Bytes>,
    /// From delivery to the end of the script; a larger request is clamped.
    #[serde(serialize_with = "limit::seconds")]
    pub timeout: Limit<Duration>,
    /// What is kept of each output stream, half of it head and half tail.
    pub output: Limit<Bytes>,
    /// The user's stdin and files together.
    pub input: Bytes,
    /// Characters of a script.
    pub script_characters: usize,
    /// From starting the engine's command to the container's proof.
    #[serde(serialize_with = "units::seconds")]
    pub startup: Duration,
    /// An engine command such as `version`, `kill`, `rm`, `ps`.
    #[serde(serialize_with = "units::seconds")]
    pub engine_command: Duration,
    /// A pull of one image.
    #[serde(serialize_with = "units::seconds")]
    pub pull: Duration,
    /// Between SIGTERM and the next step when time is up.
    #[serde(serialize_with = "units::seconds")]
    pub grace: Duration,
}

/// Which engine, and how it is called.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct EngineSettings {
    /// A command name or path; without one `docker`, then `podman`, is looked for in `PATH`.
    pub command: Option<String>,
    /// The OCI runtime, `--runtime` of `run`: `runc`, `crun`, `runsc`, …
    pub runtime: Option<String>,
    /// Whose seccomp profile filters system calls.
    pub seccomp: Seccomp,
}

/// The log of what ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditSettings {
    /// Whether one is kept.
    pub enabled: bool,
    /// Its directory; without one `audit` in the state directory: `/var/lib/lazaret` for root, else
    /// `~/.local/state/lazaret`.
    pub directory: Option<String>,
    /// Whether nothing runs where it cannot be written.
    pub required: bool,
    /// A file of it that has grown to this is set aside.
    pub rotate: Bytes,
    /// Whether scripts and outputs are kept next to it, in plain.
    pub store: bool,
    /// How much of them; the oldest go first.
    pub store_max: Bytes,
}

impl Default for AuditSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            directory: None,
            required: true,
            rotate: Bytes::mib(64),
            store: false,
            store_max: Bytes::mib(256),
        }
    }
}

impl Default for LimitSettings {
    fn default() -> Self {
        Self {
            memory: Limit::new(Bytes::mib(512), Bytes::mib(4096)),
            swap: Limit::new(Bytes::mib(0), Bytes::mib(0)),
            cpus: Limit::new(Cpus::from_millis(1000), Cpus::from_millis(4000)),
            cpu_shares: Limit::new(1024, 1024),
            pids: Limit::new(100, 1000),
            open_files: Limit::new(1024, 1024),
            work: Limit::new(Bytes::mib(64), Bytes::mib(1024)),
            tmp: Limit::new(Bytes::mib(64), Bytes::mib(1024)),
            shm: Limit::new(Bytes::mib(16), Bytes::mib(256)),
            timeout: Limit::new(Duration::from_secs(60), Duration::from_secs(300)),
            output: Limit::new(Bytes::mib(1), Bytes::mib(16)),
            input: Bytes::mib(16),
            script_characters: 10_000,
            startup: Duration::from_secs(30),
            engine_command: Duration::from_secs(10),
            pull: Duration::from_secs(600),
            grace: Duration::from_secs(1),
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            limits: LimitSettings::default(),
            network: Network::None,
            engine: EngineSettings::default(),
            images: BTreeMap::new(),
            pull: Pull::Missing,
            accept: BTreeSet::new(),
            audit: AuditSettings::default(),
            checks_off: BTreeSet::new(),
            rules: BTreeMap::new(),
            ceilings: Ceilings::default(),
        }
    }
}

impl Policy {
    /// The image that scripts of a language run in.
    #[must_use]
    pub fn image(&self, language: &crate::language::Language) -> &str {
        self.images
            .get(language.name)
            .map_or(language.image, String::as_str)
    }

    /// The level a rule has here, `own` where the policy does not name it.
    #[must_use]
    pub fn level(&self, rule: &str, own: Level) -> Level {
        self.rules.get(rule).copied().unwrap_or(own)
    }

    /// Reads a policy from the text of a file, over the defaults.
    ///
    /// # Errors
    /// Unknown keys, wrong types, values that make no sense together: each with its line where TOML
    /// knows it. What rules there are, this room does not know: any id passes.
    pub fn from_toml(text: &str) -> Result<Self, PolicyError> {
        file::read(text, None)
    }

    /// As [`Self::from_toml`], where the ids of all rules are known: `check::rules()` has them.
    ///
    /// # Errors
    /// Also the id of a rule that does not exist, with its line and the nearest that does.
    pub fn from_toml_with(text: &str, rules: &[&str]) -> Result<Self, PolicyError> {
        file::read(text, Some(rules))
    }
}

/// Why a policy could not be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The file could not be read.
    #[error("failed to read the policy {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The text is not a policy; the message shows the line.
    #[error("the policy is not valid: {0}")]
    Syntax(String),
    /// Values that are well formed and make no sense.
    #[error("the policy is not valid: {0}")]
    Value(String),
    /// Every mistake in the files of a layered policy.
    #[error("{}", layers::told(.0))]
    Mistakes(Vec<layers::Problem>),
    /// A file of the administrator's that others could write.
    #[error(
        "the policy {path} must belong to root and be writable by nobody else, or it would bind nobody: chown root {path}; chmod go-w {path}",
        path = path.display()
    )]
    Unsafe {
        /// The file.
        path: PathBuf,
    },
    /// A mistake in a named file.
    #[error("the policy {path} is not valid: {reason}")]
    In {
        /// The file.
        path: PathBuf,
        /// What is wrong, with its line where TOML knows it.
        reason: String,
    },
}

/// Reads a policy file, over the defaults.
///
/// # Errors
/// As [`Policy::from_toml`], with the file's name; also when it cannot be read.
pub fn load(path: &Path) -> Result<Policy, PolicyError> {
    in_file(path, Policy::from_toml)
}

/// As [`load`], where the ids of all rules are known: `check::rules()` has them.
///
/// # Errors
/// As [`Policy::from_toml_with`], with the file's name; also when it cannot be read.
pub fn load_with(path: &Path, rules: &[&str]) -> Result<Policy, PolicyError> {
    in_file(path, |text| Policy::from_toml_with(text, rules))
}

/// Reads a file of policy. One that is not there says nothing, unless the caller has named it.
///
/// # Errors
/// It cannot be read, or is the administrator's and others could have written it.
pub fn source(owner: Owner, path: &Path) -> Result<Option<Source>, PolicyError> {
    let read = |source| PolicyError::Read {
        path: path.to_owned(),
        source,
    };
    let text = match std::fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound && owner != Owner::Caller => {
            return Ok(None);
        }
        text => text.map_err(read)?,
    };
    if owner == Owner::Administrator {
        let about = path.metadata().map_err(read)?;
        if about.uid() != 0 || about.mode() & 0o022 != 0 {
            let path = path.to_owned();
            return Err(PolicyError::Unsafe { path });
        }
    }
    let path = path.to_owned();
    Ok(Some(Source { owner, path, text }))
}

fn in_file(
    path: &Path,
    read: impl Fn(&str) -> Result<Policy, PolicyError>,
) -> Result<Policy, PolicyError> {
    let text = std::fs::read_to_string(path).map_err(|source| PolicyError::Read {
        path: path.to_owned(),
        source,
    })?;
    read(&text).map_err(|error| match error {
        PolicyError::Syntax(reason) | PolicyError::Value(reason) => PolicyError::In {
            path: path.to_owned(),
            reason,
        },
        other => other,
    })
}
