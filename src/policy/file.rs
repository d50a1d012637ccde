//! A policy file: TOML in which everything is optional, laid over the defaults.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;

use super::units::Seconds;
use super::{Accept, Bytes, Cpus, Level, Limit, LimitSettings, Network, Policy, PolicyError, Pull};
use crate::language::Language;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    limits: LimitsTable,
    #[serde(default)]
    engine: EngineTable,
    #[serde(default)]
    images: BTreeMap<String, String>,
    #[serde(default)]
    checks: ChecksTable,
    #[serde(default)]
    rules: BTreeMap<Spanned<String>, Level>,
    network: Option<Network>,
    pull: Option<Pull>,
    accept: Option<BTreeSet<Accept>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct EngineTable {
    command: Option<String>,
    runtime: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct ChecksTable {
    #[serde(default)]
    off: BTreeSet<LayerName>,
}

/// The layers of `check`, which lies below this room.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
enum LayerName {
    Size,
    Syntax,
    Secrets,
    Dangerous,
}

impl LayerName {
    fn name(self) -> String {
        match self {
            Self::Size => "size",
            Self::Syntax => "syntax",
            Self::Secrets => "secrets",
            Self::Dangerous => "dangerous",
        }
        .to_owned()
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct LimitsTable {
    memory: Ceiling<Bytes>,
    swap: Ceiling<Bytes>,
    cpus: Ceiling<Cpus>,
    cpu_shares: Ceiling<u64>,
    pids: Ceiling<u64>,
    open_files: Ceiling<u64>,
    work: Ceiling<Bytes>,
    tmp: Ceiling<Bytes>,
    shm: Ceiling<Bytes>,
    timeout: Ceiling<Seconds>,
    output: Ceiling<Bytes>,
    input: Option<Bytes>,
    script_characters: Option<usize>,
    startup: Option<Seconds>,
    engine_command: Option<Seconds>,
    pull: Option<Seconds>,
    grace: Option<Seconds>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ceiling<T> {
    default: Option<T>,
    max: Option<T>,
}

impl<T> Default for Ceiling<T> {
    fn default() -> Self {
        Self {
            default: None,
            max: None,
        }
    }
}

/// A policy from a file's text; of rules only those of `known` may be named, where it is given.
pub(super) fn read(text: &str, known: Option<&[&str]>) -> Result<Policy, PolicyError> {
    let file: File = toml::from_str(text)
        .map_err(|error| PolicyError::Syntax(error.to_string().trim_end().to_owned()))?;
    if let Some(known) = known {
        super::known::refuse_unknown(text, file.rules.keys(), known)?;
    }
    let builtin = Policy::default();
    check_images(&file.images)?;
    let limits = limits(&file.limits)?;
    refuse_zeros(&limits)?;
    Ok(Policy {
        limits,
        network: file.network.unwrap_or(builtin.network),
        engine: super::EngineSettings {
            command: not_empty("engine.command", file.engine.command)?,
            runtime: not_empty("engine.runtime", file.engine.runtime)?,
        },
        images: file.images,
        pull: file.pull.unwrap_or(builtin.pull),
        accept: file.accept.unwrap_or(builtin.accept),
        checks_off: file.checks.off.into_iter().map(LayerName::name).collect(),
        rules: file
            .rules
            .into_iter()
            .map(|(id, level)| (id.into_inner(), level))
            .collect(),
    })
}

fn limits(table: &LimitsTable) -> Result<LimitSettings, PolicyError> {
    let builtin = LimitSettings::default();
    let timeout = Limit::new(
        Seconds(builtin.timeout.default),
        Seconds(builtin.timeout.max),
    );
    let timeout = over("timeout", timeout, &table.timeout)?;
    Ok(LimitSettings {
        memory: over("memory", builtin.memory, &table.memory)?,
        swap: over("swap", builtin.swap, &table.swap)?,
        cpus: over("cpus", builtin.cpus, &table.cpus)?,
        cpu_shares: over("cpu_shares", builtin.cpu_shares, &table.cpu_shares)?,
        pids: over("pids", builtin.pids, &table.pids)?,
        open_files: over("open_files", builtin.open_files, &table.open_files)?,
        work: over("work", builtin.work, &table.work)?,
        tmp: over("tmp", builtin.tmp, &table.tmp)?,
        shm: over("shm", builtin.shm, &table.shm)?,
        timeout: Limit::new(timeout.default.0, timeout.max.0),
        output: over("output", builtin.output, &table.output)?,
        input: table.input.unwrap_or(builtin.input),
        script_characters: table.script_characters.unwrap_or(builtin.script_characters),
        startup: duration(table.startup, builtin.startup),
        engine_command: duration(table.engine_command, builtin.engine_command),
        pull: duration(table.pull, builtin.pull),
        grace: duration(table.grace, builtin.grace),
    })
}

/// Engines and tmpfs take zero for "no limit".
fn refuse_zeros(limits: &LimitSettings) -> Result<(), PolicyError> {
    let smallest = [
        ("memory", limits.memory.default.get()),
        ("pids", limits.pids.default),
        ("open_files", limits.open_files.default),
        ("work", limits.work.default.get()),
        ("tmp", limits.tmp.default.get()),
        ("shm", limits.shm.default.get()),
    ];
    match smallest.iter().find(|(_, value)| *value == 0) {
        Some((name, _)) => Err(PolicyError::Value(format!(
            "limits.{name}: 0 would be no limit at all; write more than 0"
        ))),
        None => Ok(()),
    }
}

/// A file that names one of the two moves the other with it where it must: a default above the
/// built-in ceiling raises the ceiling, a ceiling below the built-in default lowers the default.
fn over<T: PartialOrd + Copy>(
    name: &str,
    builtin: Limit<T>,
    given: &Ceiling<T>,
) -> Result<Limit<T>, PolicyError> {
    let smaller = |a: T, b: T| if a < b { a } else { b };
    let larger = |a: T, b: T| if a > b { a } else { b };
    match (given.default, given.max) {
        (None, None) => Ok(builtin),
        (Some(default), None) => Ok(Limit::new(default, larger(default, builtin.max))),
        (None, Some(max)) => Ok(Limit::new(smaller(builtin.default, max), max)),
        (Some(default), Some(max)) if default > max => Err(PolicyError::Value(format!(
            "limits.{name}: the default is above the max; lower the one or raise the other"
        ))),
        (Some(default), Some(max)) => Ok(Limit::new(default, max)),
    }
}

fn duration(given: Option<Seconds>, builtin: Duration) -> Duration {
    given.map_or(builtin, |seconds| seconds.0)
}

fn not_empty(name: &str, given: Option<String>) -> Result<Option<String>, PolicyError> {
    match given {
        Some(value) if value.is_empty() || value.starts_with('-') => {
            Err(PolicyError::Value(format!(
                "{name}: `{value}` cannot be a program's name; leave the key out to use the default"
            )))
        }
        other => Ok(other),
    }
}

fn check_images(images: &BTreeMap<String, String>) -> Result<(), PolicyError> {
    for (language, image) in images {
        if Language::by_name(language).is_none() {
            return Err(PolicyError::Value(format!(
                "images.{language}: no such language; there are: {}",
                Language::names()
            )));
        }
        if let Err(reason) = super::image::check(image) {
            return Err(PolicyError::Value(format!("images.{language}: {reason}")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        Policy::from_toml(text).expect_err("a refusal").to_string()
    }

    #[test]
    fn an_empty_file_is_the_default_policy() {
        assert_eq!(Policy::from_toml("").expect("a policy"), Policy::default());
    }

    #[test]
    fn a_full_file_moves_what_it_names() {
        let policy = Policy::from_toml(
            "pull = 'never'\nchecks.off = ['dangerous']\naccept = ['memory', 'pids']\n[limits]\nmemory = { default = '1g' }\n\
             timeout = { max = 20 }\nstartup = '5s'\n[images]\npython = 'py@sha256:aa'\n\
             [engine]\ncommand = 'podman'\nruntime = 'runc'\n[rules]\npython-eval = 'warn'\n",
        )
        .expect("a policy");
        assert_eq!(
            policy.limits.memory,
            Limit::new(Bytes::mib(1024), Bytes::mib(4096))
        );
        assert_eq!(
            policy.limits.timeout,
            Limit::new(Duration::from_secs(20), Duration::from_secs(20))
        );
        assert_eq!(policy.level("python-eval", Level::Block), Level::Warn);
        assert_eq!(policy.engine.runtime.as_deref(), Some("runc"));
        assert!(policy.accept.contains(&Accept::Pids));
        assert!(policy.checks_off.contains("dangerous"));
    }

    #[test]
    fn unknown_keys_are_refused_with_their_line() {
        let message = refusal("[limits]\nmemroy = { default = '1g' }\n");
        assert!(
            message.contains("line 2") && message.contains("memroy"),
            "{message}"
        );
        assert!(refusal("sandbox = 'off'").contains("sandbox"));
        assert!(refusal("checks.off = ['all']").contains("dangerous"));
        assert!(refusal("[limits]\nmemory = { maximum = 1 }").contains("maximum"));
    }

    #[test]
    fn values_that_make_no_sense_are_refused() {
        assert!(refusal("[limits]\npids = { default = 9, max = 8 }").contains("limits.pids"));
        assert!(refusal("[limits]\nmemory = { default = 'lots' }").contains("512m"));
        assert!(refusal("[limits]\npids = { default = 0 }").contains("limits.pids"));
        assert!(refusal("[limits]\ntmp = { max = 0 }").contains("limits.tmp"));
        assert!(refusal("[images]\nperl = 'x'").contains("python, bash"));
        assert!(refusal("[images]\nbash = '--privileged'").contains("images.bash"));
        assert!(refusal("[engine]\ncommand = ''").contains("engine.command"));
    }

    #[test]
    fn shared_network_namespaces_are_refused() {
        for network in ["host", "container:x", "bridge"] {
            assert!(refusal(&format!("network = '{network}'")).contains("none"));
        }
    }
}
