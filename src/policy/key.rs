//! Every key of a policy file: its name, what it means, how it is read and how it is shown.
//!
//! The one table that reading, `lazaret policy show` and the commented default policy go by.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeValue, ValueDeserializer};

use super::units::Seconds;
use super::{Bytes, Cpus, Network, Policy, Pull, Seccomp};

/// A value as it stands in a file.
pub(super) type Given<'a> = Spanned<DeValue<'a>>;

/// One key.
pub struct Key {
    /// Its whole name, such as `limits.memory.default`.
    pub name: &'static str,
    /// What it decides, for people.
    pub meaning: &'static str,
    /// Its value in a policy, as TOML; `None` where it is not set and has no default.
    pub show: fn(&Policy) -> Option<String>,
    pub(super) read: fn(&mut Policy, &Given<'_>) -> Result<(), String>,
}

/// A pair of keys: what holds where a request says nothing, and what no request may exceed.
pub struct Pair {
    /// `limits.….default`
    pub default: Key,
    /// `limits.….max`
    pub max: Key,
    /// Whether the first policy permits more than the second.
    pub(super) permits_more: fn(&Policy, &Policy) -> bool,
    /// Whether the default is above the ceiling.
    pub(super) is_crossed: fn(&Policy) -> bool,
    pub(super) raise_max: fn(&mut Policy),
    pub(super) lower_default: fn(&mut Policy),
}

/// Reads a value as a type, whose own words say what is wanted.
pub(super) fn typed<T: DeserializeOwned>(given: &Given<'_>) -> Result<T, String> {
    T::deserialize(ValueDeserializer::from(given.clone()))
        .map_err(|error| error.message().to_owned())
}

trait Shown {
    fn shown(&self) -> String;
}

impl Shown for Bytes {
    fn shown(&self) -> String {
        quoted(&self.to_string())
    }
}

impl Shown for Cpus {
    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Shown for u64 {
    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Shown for usize {
    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Shown for Duration {
    fn shown(&self) -> String {
        self.as_secs_f64().to_string()
    }
}

/// A TOML string.
pub(super) fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.map(quoted).collect();
    format!("[{}]", names.join(", "))
}

impl From<Seconds> for Duration {
    fn from(seconds: Seconds) -> Self {
        seconds.0
    }
}

macro_rules! pair {
    ($field:ident, $type:ty, $meaning:literal) => {
        Pair {
            default: Key {
                name: concat!("limits.", stringify!($field), ".default"),
                meaning: $meaning,
                show: |policy| Some(policy.limits.$field.default.shown()),
                read: |policy, given| {
                    policy.limits.$field.default = typed::<$type>(given)?.into();
                    Ok(())
                },
            },
            max: Key {
                name: concat!("limits.", stringify!($field), ".max"),
                meaning: "what no request may exceed",
                show: |policy| Some(policy.limits.$field.max.shown()),
                read: |policy, given| {
                    policy.limits.$field.max = typed::<$type>(given)?.into();
                    Ok(())
                },
            },
            permits_more: |one, other| one.limits.$field.max > other.limits.$field.max,
            is_crossed: |policy| policy.limits.$field.default > policy.limits.$field.max,
            raise_max: |policy| policy.limits.$field.max = policy.limits.$field.default,
            lower_default: |policy| policy.limits.$field.default = policy.limits.$field.max,
        }
    };
}

macro_rules! bound {
    ($field:ident, $type:ty, $meaning:literal) => {
        Key {
            name: concat!("limits.", stringify!($field)),
            meaning: $meaning,
            show: |policy| Some(policy.limits.$field.shown()),
            read: |policy, given| {
                policy.limits.$field = typed::<$type>(given)?.into();
                Ok(())
            },
        }
    };
}

/// Limits that a request may move within a ceiling.
pub static PAIRS: [Pair; 11] = [
    pair!(
        memory,
        Bytes,
        "memory of the container, files in /work and /tmp included"
    ),
    pair!(swap, Bytes, "swap beyond memory"),
    pair!(cpus, Cpus, "CPUs"),
    pair!(
        cpu_shares,
        u64,
        "weight beside other containers; 1024 is the engine's own"
    ),
    pair!(pids, u64, "processes and threads"),
    pair!(open_files, u64, "open files of a process"),
    pair!(
        work,
        Bytes,
        "size of /work, the script's working directory and home"
    ),
    pair!(tmp, Bytes, "size of /tmp"),
    pair!(shm, Bytes, "size of /dev/shm"),
    pair!(
        timeout,
        Seconds,
        "seconds from delivery; a longer request is clamped, and the result says so"
    ),
    pair!(
        output,
        Bytes,
        "kept of each stream, half head and half tail; totals are exact"
    ),
];

/// Every other key with a fixed name.
pub static KEYS: [Key; 21] = [
    Key {
        name: "network",
        meaning: "the network that scripts get: none",
        show: |policy| match policy.network {
            Network::None => Some(quoted("none")),
        },
        read: |policy, given| {
            policy.network = typed(given)?;
            Ok(())
        },
    },
    Key {
        name: "pull",
        meaning: "when an image is pulled: missing, never, always",
        show: |policy| {
            Some(quoted(match policy.pull {
                Pull::Missing => "missing",
                Pull::Never => "never",
                Pull::Always => "always",
            }))
        },
        read: |policy, given| {
            policy.pull = typed(given)?;
            Ok(())
        },
    },
    Key {
        name: "accept",
        meaning: "limits that may fail on this host: memory, swap, pids, cpu",
        show: |policy| Some(list(policy.accept.iter().map(|accept| accept.name()))),
        read: |policy, given| {
            policy.accept = typed(given)?;
            Ok(())
        },
    },
    bound!(input, Bytes, "stdin and arguments together"),
    bound!(script_characters, usize, "characters of a script"),
    bound!(
        startup,
        Seconds,
        "seconds from the engine's command to the container's proof"
    ),
    bound!(
        engine_command,
        Seconds,
        "seconds for an engine command such as kill"
    ),
    bound!(pull, Seconds, "seconds for a pull"),
    bound!(
        grace,
        Seconds,
        "seconds between SIGTERM and what comes after it"
    ),
    Key {
        name: "engine.command",
        meaning: "the engine's command; otherwise --engine, LAZARET_ENGINE, docker, podman",
        show: |policy| policy.engine.command.as_deref().map(quoted),
        read: |policy, given| {
            policy.engine.command = Some(program(given)?);
            Ok(())
        },
    },
    Key {
        name: "engine.runtime",
        meaning: "the OCI runtime, such as runsc, gVisor's",
        show: |policy| policy.engine.runtime.as_deref().map(quoted),
        read: |policy, given| {
            policy.engine.runtime = Some(program(given)?);
            Ok(())
        },
    },
    Key {
        name: "engine.seccomp",
        meaning: "whose seccomp profile filters system calls: lazaret, engine",
        show: |policy| {
            Some(quoted(match policy.engine.seccomp {
                Seccomp::Lazaret => "lazaret",
                Seccomp::Engine => "engine",
            }))
        },
        read: |policy, given| {
            policy.engine.seccomp = typed(given)?;
            Ok(())
        },
    },
    Key {
        name: "audit.enabled",
        meaning: "whether a log is kept of what ran",
        show: |policy| Some(policy.audit.enabled.to_string()),
        read: |policy, given| {
            policy.audit.enabled = typed(given)?;
            Ok(())
        },
    },
    Key {
        name: "audit.directory",
        meaning: "its directory, an absolute path; otherwise /var/lib/lazaret/audit for root, else\n# ~/.local/state/lazaret/audit",
        show: |policy| policy.audit.directory.as_deref().map(quoted),
        read: |policy, given| {
            policy.audit.directory = Some(absolute(given)?);
            Ok(())
        },
    },
    Key {
        name: "audit.required",
        meaning: "whether nothing runs where the log cannot be written",
        show: |policy| Some(policy.audit.required.to_string()),
        read: |policy, given| {
            policy.audit.required = typed(given)?;
            Ok(())
        },
    },
    Key {
        name: "audit.rotate",
        meaning: "a file of the log that has grown to this is set aside",
        show: |policy| Some(policy.audit.rotate.shown()),
        read: |policy, given| {
            policy.audit.rotate = typed(given)?;
            Ok(())
        },
    },
    Key {
        name: "audit.store",
        meaning: "whether scripts and their outputs are kept next to the log, in plain on this host's disk",
        show: |policy| Some(policy.audit.store.to_string()),
        read: |policy, given| {
            policy.audit.store = typed(given)?;
            Ok(())
        },
    },
    Key {
        name: "audit.store_max",
        meaning: "how much of them; the oldest go first",
        show: |policy| Some(policy.audit.store_max.shown()),
        read: |policy, given| {
            policy.audit.store_max = typed(given)?;
            Ok(())
        },
    },
    Key {
        name: "checks.off",
        meaning: "layers of checks that are switched off: size, syntax, secrets, dangerous",
        show: |policy| Some(list(policy.checks_off.iter().map(String::as_str))),
        read: |policy, given| {
            let layers: BTreeSet<super::file::LayerName> = typed(given)?;
            policy.checks_off = layers
                .into_iter()
                .map(super::file::LayerName::name)
                .collect();
            Ok(())
        },
    },
    Key {
        name: "images",
        meaning: "the image of each language; pin digests, a hostile image can lie about its limits",
        show: |_| None,
        read: |_, _| Err("write a table: [images], then python = \"…\"".to_owned()),
    },
    Key {
        name: "rules",
        meaning: "levels of rules: block, warn, off",
        show: |_| None,
        read: |_, _| Err("write a table: [rules], then python-process = \"block\"".to_owned()),
    },
];

fn program(given: &Given<'_>) -> Result<String, String> {
    let name: String = typed(given)?;
    if name.is_empty() || name.starts_with('-') {
        return Err(format!(
            "`{name}` cannot be a program's name; leave the key out to use the default"
        ));
    }
    Ok(name)
}

/// A relative path would be looked for in the working directory.
fn absolute(given: &Given<'_>) -> Result<String, String> {
    let path: String = typed(given)?;
    if path.starts_with('/') {
        return Ok(path);
    }
    Err(format!(
        "`{path}` is relative to who knows what; write an absolute path"
    ))
}

/// Every key with a fixed name, in the order in which they are shown.
pub fn keys() -> impl Iterator<Item = &'static Key> {
    let pairs = PAIRS.iter().flat_map(|pair| [&pair.default, &pair.max]);
    KEYS.iter().take(3).chain(pairs).chain(KEYS.iter().skip(3))
}
