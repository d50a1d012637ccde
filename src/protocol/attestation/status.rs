//! `/proc/self/status` and `/proc/self/limits`: who the launcher is and what it may do. (proc(5))

use super::{Attestation, Breach, Promise, breach};

const CAPABILITY_SETS: [&str; 5] = ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"];

pub(super) fn judge(attestation: &Attestation, promise: &Promise, breaches: &mut Vec<Breach>) {
    identity(attestation, promise, breaches);
    privileges(attestation, breaches);
    process_limits(attestation, promise, breaches);
}

fn field<'a>(attestation: &'a Attestation, name: &str) -> Option<&'a str> {
    attestation
        .section("status")?
        .iter()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
        .map(str::trim)
}

fn identity(attestation: &Attestation, promise: &Promise, breaches: &mut Vec<Breach>) {
    for (name, key, id) in [("uid", "Uid", promise.uid), ("gid", "Gid", promise.gid)] {
        let seen = field(attestation, key).unwrap_or("unreadable");
        let ids: Vec<&str> = seen.split_ascii_whitespace().collect();
        let wanted = id.to_string();
        if ids.len() != 4 || ids.iter().any(|seen| *seen != wanted) {
            breaches.push(breach(name, format!("{id} in all four"), seen));
        }
    }
    let groups = field(attestation, "Groups").unwrap_or("unreadable");
    let own = promise.gid.to_string();
    if groups.split_ascii_whitespace().any(|group| group != own) {
        breaches.push(breach("groups", format!("none but {own}"), groups));
    }
}

fn privileges(attestation: &Attestation, breaches: &mut Vec<Breach>) {
    for set in CAPABILITY_SETS {
        let seen = field(attestation, set).unwrap_or("unreadable");
        if seen.is_empty() || seen.bytes().any(|digit| digit != b'0') {
            breaches.push(breach("capabilities", "none", format!("{set} {seen}")));
        }
    }
    // Seccomp 2 is SECCOMP_MODE_FILTER.
    for (name, key, wanted) in [
        ("no-new-privileges", "NoNewPrivs", "1"),
        ("seccomp", "Seccomp", "2"),
    ] {
        let seen = field(attestation, key).unwrap_or("unreadable");
        if seen != wanted {
            breaches.push(breach(name, format!("{key} {wanted}"), seen));
        }
    }
}

fn process_limits(attestation: &Attestation, promise: &Promise, breaches: &mut Vec<Breach>) {
    let rows = [
        ("open-files", "Max open files", promise.open_files),
        ("core-dumps", "Max core file size", 0),
    ];
    for (name, row, most) in rows {
        let seen = hard_limit(attestation, row).unwrap_or("unreadable");
        if seen.parse::<u64>().ok().is_none_or(|limit| limit > most) {
            breaches.push(breach(name, format!("at most {most}"), seen));
        }
    }
}

/// The columns are the name, the soft limit, the hard limit and the unit.
fn hard_limit<'a>(attestation: &'a Attestation, row: &str) -> Option<&'a str> {
    attestation
        .section("limits")?
        .iter()
        .find_map(|line| line.strip_prefix(row))?
        .split_ascii_whitespace()
        .nth(1)
}
