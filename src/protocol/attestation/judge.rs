//! The promise, and every breach of it.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Attestation, Figures, Proofs, cgroup, devices, mounts, status};
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
}

/// A promise beside what the container showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proof {
    /// Stable name, such as `memory`.
    pub name: &'static str,
    /// What was promised.
    pub promised: String,
    /// What the container showed; one line of safe text.
    pub seen: String,
    /// Whether that is what was promised.
    pub holds: bool,
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
    pub fn new(limits: &Limits, covered: &[String]) -> Self {
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
        }
    }
}

/// Holds an attestation against a promise: every promise beside what was seen, and the limits that
/// were proved.
#[must_use]
pub fn prove(attestation: &Attestation, promise: &Promise) -> (Vec<Proof>, Figures) {
    let figures = Figures::read(attestation);
    let mut proofs = Proofs::default();
    status::prove(attestation, promise, &mut proofs);
    mounts::prove(attestation, promise, &mut proofs);
    devices::prove(attestation, &mut proofs);
    network(attestation, &mut proofs);
    cgroup::prove(&figures, promise, &mut proofs);
    launcher(attestation, &mut proofs);
    (proofs.0, figures)
}

/// The promises that do not hold.
///
/// The container may be trusted with a script if no breach is left that the policy does not accept.
#[must_use]
pub fn judge(proofs: &[Proof], accept: &BTreeSet<Accept>) -> Vec<Breach> {
    let broken = proofs.iter().filter(|proof| !proof.holds);
    let breach = |proof: &Proof| Breach {
        name: proof.name,
        promised: proof.promised.clone(),
        seen: proof.seen.clone(),
        accepted: acceptable(proof.name).is_some_and(|limit| accept.contains(&limit)),
    };
    broken.map(breach).collect()
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
fn network(attestation: &Attestation, proofs: &mut Proofs) {
    let interfaces: Option<Vec<&str>> = attestation.section("/proc/net/dev").map(|lines| {
        let interfaces = lines.iter().skip(2).filter_map(|line| line.split_once(':'));
        interfaces.map(|(name, _)| name.trim()).collect()
    });
    let seen = match &interfaces {
        Some(names) => format!("interfaces {}", names.join(" ")),
        None => "unreadable".to_owned(),
    };
    let holds = interfaces.is_some_and(|names| names == ["lo"]);
    proofs.add("network", "loopback alone", seen, holds);
}

fn launcher(attestation: &Attestation, proofs: &mut Proofs) {
    let is_first = attestation
        .section("launcher")
        .is_some_and(|lines| lines == ["pid 1"]);
    let seen = if is_first {
        "process 1"
    } else {
        "another process"
    };
    proofs.add("launcher", "process 1", seen, is_first);
}

#[cfg(test)]
mod tests;
