//! 42: the host's memory, disks, kernel log and processes, and process 1, are out of sight.

use serde_json::{Value, json};

use crate::harness::{Engine, attack, docker, hold, podman};

fn nothing_of_the_host_can_be_read(engine: &'static Engine) {
    let told = hold(engine, attack(engine, "look-at-kernel.py")).is("succeeded");
    let report = told.report();
    for (path, size) in report["files"].as_object().expect("an object") {
        // A count of keys by user is all that is readable: 42 bytes and more of digits.
        let readable = size.as_u64().is_some_and(|size| size > 0);
        assert!(
            !readable || path == "/proc/key-users",
            "{path}: {size} bytes"
        );
    }
    for (path, names) in report["directories"].as_object().expect("an object") {
        assert!(
            *names == Value::Null || *names == json!([]),
            "{path}: {names}"
        );
    }
    assert_eq!(report["block devices"], json!([]));
    assert_eq!(
        report["addresses"],
        json!(["0000000000000000"]),
        "kernel addresses"
    );
    let [process, parent] = [&report["own"][0], &report["own"][1]];
    assert_eq!(*parent, 1);
    assert_eq!(report["processes"], json!([1, process]));
    let devices = [
        "/dev/console",
        "/dev/full",
        "/dev/null",
        "/dev/ptmx",
        "/dev/pts/ptmx",
        "/dev/random",
        "/dev/stderr",
        "/dev/stdin",
        "/dev/stdout",
        "/dev/tty",
        "/dev/urandom",
        "/dev/zero",
        "/dev/core",
    ];
    for device in report["devices"].as_array().expect("a list") {
        let known = device
            .as_str()
            .is_some_and(|device| devices.contains(&device));
        assert!(known, "{device}");
    }
}

#[test]
fn nothing_of_the_host_can_be_read_on_docker() {
    let Some(engine) = docker() else { return };
    nothing_of_the_host_can_be_read(engine);
}

#[test]
fn nothing_of_the_host_can_be_read_on_podman() {
    let Some(engine) = podman() else { return };
    nothing_of_the_host_can_be_read(engine);
}
