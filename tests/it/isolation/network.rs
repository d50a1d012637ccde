//! 43: no way out, and every attempt fails at once, by an error; the loopback works.

use serde_json::json;

use crate::harness::{Engine, attack, docker, hold, podman};

fn no_way_out(engine: &'static Engine) {
    let told = hold(engine, attack(engine, "network.py")).is("succeeded");
    let report = told.report();
    let attempts = report["out"].as_object().expect("an object");
    assert!(attempts.len() >= 16, "{report:#}");
    for (attempt, told) in attempts {
        let answer = told["answer"].as_str().expect("text");
        let failed = !answer.starts_with("went through") && !answer.starts_with("TimeoutError");
        assert!(failed, "{attempt}: {answer}");
        let at_once = told["seconds"]
            .as_f64()
            .is_some_and(|seconds| seconds < 2.0);
        assert!(at_once, "{attempt}: {told}");
    }
    assert_eq!(report["interfaces"], json!(["lo"]));
    assert_eq!(report["loopback"], "hello");
}

#[test]
fn there_is_no_way_out_on_docker() {
    let Some(engine) = docker() else { return };
    no_way_out(engine);
}

#[test]
fn there_is_no_way_out_on_podman() {
    let Some(engine) = podman() else { return };
    no_way_out(engine);
}

/// The patience of each program in the script is 20 s, and so is the deadline of the run: a single
/// attempt that waits instead of failing ends it.
#[test]
fn there_is_no_way_out_of_bash() {
    let Some(engine) = docker() else { return };
    let lazaret = attack(engine, "network.sh").args(&["--timeout", "20"]);
    let told = hold(engine, lazaret).is("succeeded");
    assert_eq!(told.stdout(), "lo\nhello\n");
}
