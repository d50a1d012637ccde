//! `/proc/self/status` and `/proc/self/limits`: who the launcher is and what it may do. (proc(5))

use super::{Attestation, Promise, Proofs};

const CAPABILITY_SETS: [&str; 5] = ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"];

pub(super) fn prove(attestation: &Attestation, promise: &Promise, proofs: &mut Proofs) {
    identity(attestation, promise, proofs);
    privileges(attestation, proofs);
    process_limits(attestation, promise, proofs);
}

fn field<'a>(attestation: &'a Attestation, name: &str) -> Option<&'a str> {
    attestation
        .section("/proc/self/status")?
        .iter()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
        .map(str::trim)
}

fn identity(attestation: &Attestation, promise: &Promise, proofs: &mut Proofs) {
    for (name, key, id) in [("uid", "Uid", promise.uid), ("gid", "Gid", promise.gid)] {
        let seen = field(attestation, key).unwrap_or("unreadable");
        let ids: Vec<&str> = seen.split_ascii_whitespace().collect();
        let wanted = id.to_string();
        let holds = ids.len() == 4 && ids.iter().all(|seen| *seen == wanted);
        proofs.add(name, format!("{id} in all four"), seen, holds);
    }
    let groups = field(attestation, "Groups").unwrap_or("unreadable");
    let own = promise.gid.to_string();
    let holds = groups.split_ascii_whitespace().all(|group| group == own);
    proofs.add("groups", format!("none but {own}"), groups, holds);
}

fn privileges(attestation: &Attestation, proofs: &mut Proofs) {
    for set in CAPABILITY_SETS {
        let seen = field(attestation, set).unwrap_or("unreadable");
        let holds = !seen.is_empty() && seen.bytes().all(|digit| digit == b'0');
        proofs.add("capabilities", "none", format!("{set} {seen}"), holds);
    }
    // Seccomp 2 is SECCOMP_MODE_FILTER.
    for (name, key, wanted) in [
        ("no-new-privileges", "NoNewPrivs", "1"),
        ("seccomp", "Seccomp", "2"),
    ] {
        let seen = field(attestation, key).unwrap_or("unreadable");
        proofs.add(name, format!("{key} {wanted}"), seen, seen == wanted);
    }
}

fn process_limits(attestation: &Attestation, promise: &Promise, proofs: &mut Proofs) {
    let rows = [
        ("open-files", "Max open files", promise.open_files),
        ("core-dumps", "Max core file size", 0),
    ];
    for (name, row, most) in rows {
        let seen = hard_limit(attestation, row).unwrap_or("unreadable");
        let holds = seen.parse::<u64>().is_ok_and(|limit| limit <= most);
        proofs.add(name, format!("at most {most}"), seen, holds);
    }
}

/// The columns are the name, the soft limit, the hard limit and the unit.
fn hard_limit<'a>(attestation: &'a Attestation, row: &str) -> Option<&'a str> {
    attestation
        .section("/proc/self/limits")?
        .iter()
        .find_map(|line| line.strip_prefix(row))?
        .split_ascii_whitespace()
        .nth(1)
}
