//! `/dev`: nothing but what every container has.

use super::{Attestation, Proofs};

const HARMLESS: [&str; 16] = [
    "console", "core", "fd", "full", "mqueue", "null", "ptmx", "pts", "random", "shm", "stderr",
    "stdin", "stdout", "tty", "urandom", "zero",
];

pub(super) fn prove(attestation: &Attestation, proofs: &mut Proofs) {
    let devices = attestation.section("devices");
    let others: Vec<&str> = devices
        .unwrap_or_default()
        .iter()
        .map(String::as_str)
        .filter(|device| !HARMLESS.contains(device))
        .collect();
    let seen = match devices {
        None => "unreadable".to_owned(),
        Some(_) if others.is_empty() => "harmless ones alone".to_owned(),
        Some(_) => others.join(" "),
    };
    let holds = devices.is_some() && others.is_empty();
    proofs.add("devices", "harmless ones alone", seen, holds);
}
