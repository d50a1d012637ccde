//! 40: what can be written to is what was promised, by path and by a walk over everything.

use serde_json::json;

use crate::harness::{Engine, attack, docker, hold, podman};

/// Every place where a file can be made, and every file that can be opened for writing.
///
/// `/dev/mqueue` holds POSIX message queues of this container's own IPC namespace, within
/// `RLIMIT_MSGQUEUE`. The files in `/proc` are `/dev/null` under other names, by which the engines
/// mask what would tell of the host, and pressure triggers, which watch and change nothing.
fn only_scratch_is_writable(engine: &'static Engine) {
    let told = hold(
        engine,
        attack(engine, "writable.py").args(&["--timeout", "60"]),
    );
    let report = told.is("succeeded").report();
    assert!(
        report["seen"].as_u64().is_some_and(|seen| seen > 5000),
        "the walk was cut short"
    );
    assert_eq!(
        report["directories"],
        json!(["/dev/mqueue", "/dev/shm", "/tmp", "/work"])
    );
    let files = report["files"].as_array().expect("a list").iter();
    let files: Vec<&str> = files.map(|file| file.as_str().expect("a path")).collect();
    let harmless = [
        "/dev/full",
        "/dev/null",
        "/dev/ptmx",
        "/dev/pts/ptmx",
        "/dev/random",
        "/dev/tty",
        "/dev/urandom",
        "/dev/zero",
        "/proc/kcore",
        "/proc/keys",
        "/proc/latency_stats",
        "/proc/pressure/cpu",
        "/proc/pressure/io",
        "/proc/pressure/memory",
        "/proc/sched_debug",
        "/proc/timer_list",
        "/proc/timer_stats",
        "/work/script.py",
    ];
    let others: Vec<&&str> = files
        .iter()
        .filter(|file| !harmless.contains(*file))
        .collect();
    assert!(others.is_empty(), "{others:?}");
    assert!(files.contains(&"/work/script.py"), "the walk tries nothing");
}

#[test]
fn only_scratch_is_writable_on_docker() {
    let Some(engine) = docker() else { return };
    only_scratch_is_writable(engine);
}

#[test]
fn only_scratch_is_writable_on_podman() {
    let Some(engine) = podman() else { return };
    only_scratch_is_writable(engine);
}

fn the_kernel_takes_no_settings(engine: &'static Engine) {
    let told = hold(engine, attack(engine, "write-to-kernel.py")).is("succeeded");
    let report = told.report();
    let answers = report.as_object().expect("an object");
    assert!(answers.len() > 40, "{report:#}");
    for (path, answer) in answers {
        let answer = answer.as_str().unwrap_or_default();
        // ENOENT is no refusal, but nothing was written either: not every kernel has every file.
        assert!(
            ["EROFS", "EACCES", "EPERM", "ENOENT"].contains(&answer),
            "{path}: {answer}"
        );
    }
    for path in ["/etc/passwd", "/usr/probe", "/proc/sys/kernel/core_pattern"] {
        assert_ne!(answers[path], "ENOENT", "{path} was not tried");
    }
}

#[test]
fn the_kernel_takes_no_settings_on_docker() {
    let Some(engine) = docker() else { return };
    the_kernel_takes_no_settings(engine);
    super::tries_in_vain(engine, "write-to-kernel.sh");
}

#[test]
fn the_kernel_takes_no_settings_on_podman() {
    let Some(engine) = podman() else { return };
    the_kernel_takes_no_settings(engine);
    super::tries_in_vain(engine, "write-to-kernel.sh");
}

/// 46: the second of two runs sees nothing of the first: no file, no shared memory, no process.
fn nothing_stays(engine: &'static Engine) {
    let told = hold(engine, attack(engine, "leave.py")).is("succeeded");
    assert_eq!(
        told.stdout(),
        "shared memory: True\nsemaphore: True\nmessage queue: True\n"
    );
    let told = hold(engine, attack(engine, "look-for-leavings.py")).is("succeeded");
    let report = told.report();
    let empty = json!({"/work": ["script.py"], "/tmp": [], "/dev/shm": [], "/dev/mqueue": []});
    assert_eq!(report["files"], empty);
    assert_eq!(report["shared"], json!([-1, -1, -1]));
    let processes = report["processes"].as_array().expect("a list");
    assert_eq!(
        processes.len(),
        2,
        "more than the launcher and the script: {report:#}"
    );
}

#[test]
fn nothing_stays_for_the_next_run_on_docker() {
    let Some(engine) = docker() else { return };
    nothing_stays(engine);
}

#[test]
fn nothing_stays_for_the_next_run_on_podman() {
    let Some(engine) = podman() else { return };
    nothing_stays(engine);
}
