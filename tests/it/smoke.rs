//! The main job, on every engine.

use crate::harness::{Lazaret, docker, podman, rootless};

#[test]
fn docker_runs_both_languages() {
    let Some(engine) = docker() else { return };
    let ran = Lazaret::python(engine, "print('hello')").output().exits(0);
    assert_eq!(
        (ran.stdout.as_str(), ran.stderr.as_str()),
        ("hello\n", ""),
        "{ran}"
    );
    let ran = Lazaret::bash(engine, "echo hello; echo err >&2; exit 7")
        .output()
        .exits(7);
    assert_eq!(
        (ran.stdout.as_str(), ran.stderr.as_str()),
        ("hello\n", "err\n"),
        "{ran}"
    );
}

#[test]
fn podman_runs_both_languages() {
    let Some(engine) = podman() else { return };
    let ran = Lazaret::python(engine, "print('hello')").output().exits(0);
    assert_eq!(
        (ran.stdout.as_str(), ran.stderr.as_str()),
        ("hello\n", ""),
        "{ran}"
    );
    Lazaret::bash(engine, "exit 7").output().exits(7);
}

#[test]
fn rootless_podman_on_cgroups_1_is_refused_by_name() {
    let Some(engine) = rootless() else { return };
    let ran = Lazaret::python(engine, "print('hello')")
        .output()
        .exits(125);
    for limit in ["memory", "pids", "cpu"] {
        assert!(
            ran.stderr.contains(&format!("{limit}: promised")),
            "{limit}: {ran}"
        );
    }
}
