//! Memory, swap, CPU and PID limits from the cgroup files, versions 1 and 2.
//!
//! Sources: kernel documentation, `admin-guide/cgroup-v1/memory.rst` (hierarchical limits in
//! `memory.stat`), `scheduler/sched-bwc.rst`, `admin-guide/cgroup-v2.rst`. On version 1 the
//! hierarchical minimum counts; on version 2 ancestors cannot be seen from inside, so the
//! container's own file must suffice.

use serde::Serialize;

use super::membership::{self, VERSION_2};
use super::{Attestation, Promise, Proofs};
use crate::policy::{Bytes, Cpus};

/// The limits that the container proved; `None` where it proved none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// Memory in bytes.
    pub memory: Option<Bytes>,
    /// Swap beyond memory in bytes; 0 also where the host has none.
    pub swap: Option<Bytes>,
    /// CPUs.
    pub cpus: Option<Cpus>,
    /// Processes and threads.
    pub pids: Option<u64>,
}

impl Figures {
    pub(super) fn read(attestation: &Attestation) -> Self {
        let memory = memory(attestation);
        Self {
            memory: memory.map(Bytes::new),
            swap: swap(attestation, memory).map(Bytes::new),
            cpus: cpus(attestation).map(Cpus::from_millis),
            pids: pids(attestation),
        }
    }
}

pub(super) fn prove(figures: &Figures, promise: &Promise, proofs: &mut Proofs) {
    let mut at_most = |name, promised: String, holds: bool, seen: Option<String>| {
        let seen = seen.unwrap_or_else(|| "no limit could be read".to_owned());
        proofs.add(name, format!("at most {promised}"), seen, holds);
    };
    let Figures {
        memory,
        swap,
        cpus,
        pids,
    } = figures;
    let holds = memory.is_some_and(|limit| limit <= promise.memory);
    at_most(
        "memory",
        promise.memory.to_string(),
        holds,
        memory.map(|limit| limit.to_string()),
    );
    let holds = swap.is_some_and(|limit| limit <= promise.swap);
    at_most(
        "swap",
        promise.swap.to_string(),
        holds,
        swap.map(|limit| limit.to_string()),
    );
    let holds = cpus.is_some_and(|limit| limit <= promise.cpus);
    at_most(
        "cpu",
        promise.cpus.to_string(),
        holds,
        cpus.map(|limit| limit.to_string()),
    );
    let holds = pids.is_some_and(|limit| limit <= promise.pids);
    at_most(
        "pids",
        promise.pids.to_string(),
        holds,
        pids.map(|limit| limit.to_string()),
    );
}

fn single(attestation: &Attestation, controller: &str, file: &str) -> Option<String> {
    match membership::file(attestation, controller, file)? {
        [line] => Some(line.trim().to_owned()),
        _ => None,
    }
}

/// A line of version 1's `memory.stat`.
fn stat(attestation: &Attestation, key: &str) -> Option<u64> {
    let lines = membership::file(attestation, "memory", "memory.stat")?;
    lines.iter().find_map(|line| {
        let (name, value) = line.split_once(' ')?;
        (name == key).then(|| value.trim().parse().ok())?
    })
}

/// Version 1 writes "no limit" as the largest multiple of a page; that is a number too, and above
/// any promise.
fn memory(attestation: &Attestation) -> Option<u64> {
    single(attestation, VERSION_2, "memory.max")
        .and_then(|limit| limit.parse().ok())
        .or_else(|| stat(attestation, "hierarchical_memory_limit"))
}

fn swap(attestation: &Attestation, memory: Option<u64>) -> Option<u64> {
    if host_has_no_swap(attestation) {
        return Some(0);
    }
    if let Some(limit) = single(attestation, VERSION_2, "memory.swap.max") {
        return limit.parse().ok();
    }
    let both = stat(attestation, "hierarchical_memsw_limit")?;
    Some(both.saturating_sub(memory?))
}

/// `/proc/swaps` has a header line and a line for each area.
fn host_has_no_swap(attestation: &Attestation) -> bool {
    attestation
        .section("/proc/swaps")
        .is_some_and(|lines| matches!(lines, [header] if header.starts_with("Filename")))
}

fn cpus(attestation: &Attestation) -> Option<u32> {
    let (quota, period) = match single(attestation, VERSION_2, "cpu.max") {
        Some(line) => {
            let (quota, period) = line.split_once(' ')?;
            (quota.to_owned(), period.to_owned())
        }
        None => (
            single(attestation, "cpu", "cpu.cfs_quota_us")?,
            single(attestation, "cpu", "cpu.cfs_period_us")?,
        ),
    };
    // Unlimited is -1 in version 1 and `max` in version 2: neither is a u64.
    let (quota, period): (u64, u64) = (quota.parse().ok()?, period.parse().ok()?);
    let millis = quota.checked_mul(1000)?.checked_div(period)?;
    u32::try_from(millis).ok()
}

fn pids(attestation: &Attestation) -> Option<u64> {
    let limit = single(attestation, VERSION_2, "pids.max")
        .or_else(|| single(attestation, "pids", "pids.max"))?;
    limit.parse().ok()
}
