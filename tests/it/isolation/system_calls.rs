//! 41: system calls for administrators are refused, whether or not a filter stands before them.
//!
//! What the engines' default seccomp profiles let through, as seen here, until Lazaret brings one of
//! its own:
//! - Docker 20.10: `io_uring_setup`, `memfd_create`, ptrace of own children, `AF_VSOCK` sockets.
//! - Podman 4.3: `memfd_create`, ptrace of own children, `AF_VSOCK` sockets, `clone3`, `keyctl`, and
//!   **new user namespaces**, in which a script has every capability over what it makes itself there.

use serde_json::Value;

use crate::harness::{Engine, attack, docker, hold, podman};

/// Let through by Podman 4.3's own profile; see above.
const PODMAN_ALLOWS: [&str; 5] = [
    "unshare user",
    "unshare user, mount",
    "clone user",
    "clone3 user",
    "keyctl",
];

fn answers(engine: &'static Engine) -> Vec<(String, Value)> {
    let told = hold(engine, attack(engine, "system-calls.py")).is("succeeded");
    let report = told.report();
    let answers = report["refused"].as_object().expect("an object").clone();
    assert!(answers.len() > 55, "{report:#}");
    answers.into_iter().collect()
}

fn is_refusal(call: &str, answer: &Value) -> bool {
    let refusals: &[&str] = match call {
        // There is no terminal to begin with.
        "tiocsti" => &["ENXIO"],
        _ => &["EPERM", "ENOSYS", "EACCES"],
    };
    answer
        .as_str()
        .is_some_and(|answer| refusals.contains(&answer))
}

#[test]
fn administrators_calls_are_refused_on_docker() {
    let Some(engine) = docker() else { return };
    for (call, answer) in answers(engine) {
        assert!(is_refusal(&call, &answer), "{call}: {answer}");
    }
    super::tries_in_vain(engine, "system-calls.sh");
}

#[test]
fn administrators_calls_are_refused_on_podman() {
    let Some(engine) = podman() else { return };
    let answers = answers(engine).into_iter();
    for (call, answer) in answers.filter(|(call, _)| !PODMAN_ALLOWS.contains(&call.as_str())) {
        assert!(is_refusal(&call, &answer), "{call}: {answer}");
    }
}

#[test]
#[ignore = "Podman 4.3's own seccomp profile allows them; needs one of Lazaret's"]
fn user_namespaces_are_refused_on_podman() {
    let Some(engine) = podman() else { return };
    for (call, answer) in answers(engine) {
        assert!(is_refusal(&call, &answer), "{call}: {answer}");
    }
    super::tries_in_vain(engine, "system-calls.sh");
}
