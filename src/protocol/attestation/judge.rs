//! The promise, and every breach of it.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Attestation, Figures, breach, cgroup, devices, mounts, status};
use crate::language::Launcher;
use crate::policy::{Accept, Bytes, Cpus, Limits};

/// The user and group that scripts run as; `nobody` by number, because an image may lack the name.
const NOBODY: u32 = 65534;

/// What the container must prove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// All four user ids.
    pub uid: u32,
    /// All four group ids.
    pub gid: u32,
    /// Memory, at most.
    pub memory: Bytes,
    /// Swap beyond memory, at most.
    pub swap: Bytes,
    /// CPUs, at most.
    pub cpus: Cpus,
    /// Processes and threads, at most.
    pub pids: u64,
    /// Open files of a process, at most.
    pub open_files: u64,
    /// Size of `/work`, at most.
    pub work: Bytes,
    /// Size of `/tmp`, at most.
    pub tmp: Bytes,
    /// Size of `/dev/shm`, at most.
    pub shm: Bytes,
    /// Where an image's volumes are covered by a read-only tmpfs.
    pub covered: Vec<String>,
    /// The Python launcher also proves that the script cannot look into it.
    pub launcher: Launcher,
    /// Breaches that the operator accepts on this host.
    pub accept: BTreeSet<Accept>,
}

/// A promise that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Breach {
    /// Stable name, such as `memory`.
    pub name: &'static str,
    /// What was promised.
    pub promised: String,
    /// What the container showed; one line of safe text.
    pub seen: String,
    /// The policy accepts it on this host.
    pub accepted: bool,
}

impl Promise {
    /// The promise of a run under these limits.
    #[must_use]
    pub fn new(
        limits: &Limits,
        launcher: Launcher,
        covered: &[String],
        accept: &BTreeSet<Accept>,
    ) -> Self {
        Self {
            uid: NOBODY,
            gid: NOBODY,
            memory: limits.memory,
            swap: limits.swap,
            cpus: limits.cpus,
            pids: limits.pids,
            open_files: limits.open_files,
            work: limits.work,
            tmp: limits.tmp,
            shm: limits.shm,
            covered: covered.to_vec(),
            launcher,
            accept: accept.clone(),
        }
    }
}

/// Holds an attestation against a promise: every breach, and the limits that were proved.
///
/// The container may be trusted with a script if no breach is left that the policy does not accept.
#[must_use]
pub fn judge(attestation: &Attestation, promise: &Promise) -> (Vec<Breach>, Figures) {
    let figures = Figures::read(attestation);
    let mut breaches = Vec::new();
    status::judge(attestation, promise, &mut breaches);
    mounts::judge(attestation, promise, &mut breaches);
    devices::judge(attestation, &mut breaches);
    network(attestation, &mut breaches);
    cgroup::judge(&figures, promise, &mut breaches);
    launcher(attestation, promise, &mut breaches);
    for breach in &mut breaches {
        breach.accepted =
            acceptable(breach.name).is_some_and(|limit| promise.accept.contains(&limit));
    }
    (breaches, figures)
}

fn acceptable(name: &str) -> Option<Accept> {
    match name {
        "memory" => Some(Accept::Memory),
        "swap" => Some(Accept::Swap),
        "pids" => Some(Accept::Pids),
        "cpu" => Some(Accept::Cpu),
        _ => None,
    }
}

/// `/proc/net/dev` has two header lines and a line for each interface.
fn network(attestation: &Attestation, breaches: &mut Vec<Breach>) {
    let interfaces: Option<Vec<&str>> = attestation.section("net").map(|lines| {
        let interfaces = lines.iter().skip(2).filter_map(|line| line.split_once(':'));
        interfaces.map(|(name, _)| name.trim()).collect()
    });
    match interfaces.as_deref() {
        Some(["lo"]) => {}
        Some(others) => breaches.push(breach(
            "network",
            "loopback alone",
            format!("interfaces {}", others.join(" ")),
        )),
        None => breaches.push(breach("network", "loopback alone", "unreadable")),
    }
}

fn launcher(attestation: &Attestation, promise: &Promise, breaches: &mut Vec<Breach>) {
    let says = |line: &str| {
        attestation
            .section("launcher")
            .is_some_and(|lines| lines.iter().any(|said| said == line))
    };
    if !says("pid 1") {
        breaches.push(breach("launcher", "process 1", "another process"));
    }
    if promise.launcher == Launcher::Python && !says("dumpable 0") {
        breaches.push(breach(
            "launcher",
            "closed to the script's eyes",
            "dumpable",
        ));
    }
}

#[cfg(test)]
mod tests;
