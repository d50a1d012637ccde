//! 41: system calls for administrators are refused, by a filter of our own on every engine.
//!
//! What the engines' default profiles let through, as seen here, and why there is one of ours:
//! - Docker 20.10: `io_uring_setup`, `memfd_create`, ptrace of own children, `AF_VSOCK` sockets.
//! - Podman 4.3: `memfd_create`, ptrace of own children, `AF_VSOCK` sockets, `clone3`, `keyctl`, and
//!   **new user namespaces**, in which a script has every capability over what it makes itself there.

use serde_json::Value;

use crate::harness::{Engine, attack, docker, hold, podman};

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
    for (call, answer) in answers(engine) {
        assert!(is_refusal(&call, &answer), "{call}: {answer}");
    }
    super::tries_in_vain(engine, "system-calls.sh");
}
