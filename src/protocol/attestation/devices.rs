//! `/dev`: nothing but what every container has.

use super::{Attestation, Breach, breach};

const HARMLESS: [&str; 16] = [
    "console", "core", "fd", "full", "mqueue", "null", "ptmx", "pts", "random", "shm", "stderr",
    "stdin", "stdout", "tty", "urandom", "zero",
];

pub(super) fn judge(attestation: &Attestation, breaches: &mut Vec<Breach>) {
    let Some(devices) = attestation.section("devices") else {
        breaches.push(breach("devices", "harmless ones alone", "unreadable"));
        return;
    };
    let others: Vec<&str> = devices
        .iter()
        .map(String::as_str)
        .filter(|device| !HARMLESS.contains(device))
        .collect();
    if !others.is_empty() {
        breaches.push(breach("devices", "harmless ones alone", others.join(" ")));
    }
}
