//! Which engine is used: the flag, `LAZARET_ENGINE`, the policy, `docker`, `podman`; and Podman
//! behind docker's name.

use crate::harness::{Lazaret, docker, podman};

/// A shell script called docker that calls Podman, as Debian's `podman-docker` installs it, is
/// recognised and driven as Podman.
#[test]
fn podman_behind_the_name_docker() {
    let Some(engine) = podman() else { return };
    let docker = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/fixtures/engine/podman-docker/docker"
    );
    for (name, script) in [
        ("script.py", "import sys\nprint('ran')\nsys.exit(5)"),
        ("script.sh", "echo ran; exit 5"),
    ] {
        let lazaret = Lazaret::new(engine).run(name, script.as_bytes());
        let ran = lazaret
            .args(&["--engine", docker, "--format", "json"])
            .output()
            .exits(5);
        let document = ran.document();
        assert_eq!(document["engine"]["kind"], "podman", "{ran}");
        assert_eq!(document["engine"]["path"], docker, "{ran}");
        assert_eq!(document["stdout"], "ran\n", "{ran}");
        assert_eq!(document["stderr"], "", "{ran}");
    }
}

/// The flag goes over `LAZARET_ENGINE`, which goes over the policy.
#[test]
fn the_flag_then_the_variable_then_the_policy() {
    let Some(engine) = docker() else { return };
    let path = |lazaret: Lazaret| {
        let document = lazaret.json();
        assert_eq!(document["status"], "succeeded", "{document:#}");
        document["engine"]["path"]
            .as_str()
            .expect("a path")
            .to_owned()
    };
    let script = || Lazaret::python(engine, "print(1)");
    let wrong_policy = "\n[engine]\ncommand = 'lazaret-nosuch'\n";
    let found = path(script().env("LAZARET_ENGINE", ""));
    assert!(
        found.ends_with("/docker"),
        "docker comes before podman: {found}"
    );
    assert_eq!(
        path(
            script()
                .policy(wrong_policy)
                .env("LAZARET_ENGINE", "docker")
        ),
        found
    );
    let flag = script()
        .policy(wrong_policy)
        .env("LAZARET_ENGINE", "lazaret-nosuch");
    assert_eq!(path(flag.args(&["--engine", &found])), found);
    assert_eq!(
        path(
            script()
                .policy("\n[engine]\ncommand = 'docker'\n")
                .env("LAZARET_ENGINE", "")
        ),
        found
    );
}
