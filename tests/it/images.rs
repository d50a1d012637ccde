//! Images that are missing, misnamed, empty, or come with settings of their own (34).

#![expect(clippy::indexing_slicing, reason = "what is not there fails the test")]

use serde_json::Value;

use crate::harness::{Engine, Lazaret, docker, podman};
use crate::running::exists;

fn engines() -> impl Iterator<Item = &'static Engine> {
    [docker(), podman()].into_iter().flatten()
}

/// The engine's policy with another image for Python.
fn with_image(engine: &'static Engine, image: &str, pull: &str, script: &str) -> Lazaret {
    let lines = engine.policy();
    let lines = lines.lines().map(|line| {
        if line.starts_with("python = ") {
            format!("python = '{image}'\n")
        } else {
            format!("{line}\n")
        }
    });
    let policy: String = lines.collect();
    assert!(policy.contains(image), "{policy}");
    Lazaret::python(engine, script).only_policy(&format!("pull = '{pull}'\n{policy}"))
}

#[track_caller]
fn unavailable(lazaret: Lazaret, engine: &Engine, kind: &str) -> Value {
    let ran = lazaret.args(&["--format", "json"]).output().exits(125);
    let document = ran.document();
    assert_eq!(document["status"], "unavailable", "{ran}");
    assert_eq!(document["executed"], "no", "{ran}");
    assert_eq!(document["error_kind"], kind, "{ran}");
    let container = document["container"].as_str().expect("a name");
    assert!(!exists(engine, container), "{ran}");
    document
}

/// 34: not there, and the policy pulls none.
#[test]
fn a_missing_image_that_may_not_be_pulled() {
    for engine in engines() {
        let lazaret = with_image(
            engine,
            "localhost/lazaret-test/nosuch:1",
            "never",
            "print(1)",
        );
        let document = unavailable(lazaret, engine, "image-missing");
        let message = document["message"].as_str().expect("a message");
        assert!(
            message.contains("localhost/lazaret-test/nosuch:1"),
            "{message}"
        );
        assert!(message.contains("pull or build it"), "{message}");
    }
}

/// 34: a digest that is not there.
#[test]
fn a_digest_that_is_not_there() {
    for engine in engines() {
        let image = format!("localhost/lazaret-test/python@sha256:{}", "0".repeat(64));
        unavailable(
            with_image(engine, &image, "never", "print(1)"),
            engine,
            "image-missing",
        );
    }
}

/// 34: not there, and no registry has it: the engine's own words, and what to do.
#[test]
fn a_missing_image_that_cannot_be_pulled() {
    for engine in engines() {
        // Port 1 of this host: nobody listens, and no name is looked up.
        let image = "127.0.0.1:1/lazaret-test/nosuch:1";
        let document = unavailable(
            with_image(engine, image, "missing", "print(1)"),
            engine,
            "pull-failed",
        );
        let message = document["message"].as_str().expect("a message");
        assert!(message.contains("connection refused"), "{message}");
    }
}

/// 34: in text mode the pull is announced on stderr, and its progress never appears as the script's.
#[test]
fn a_pull_is_announced() {
    let Some(engine) = docker() else { return };
    let lazaret = with_image(
        engine,
        "127.0.0.1:1/lazaret-test/nosuch:1",
        "missing",
        "print(1)",
    );
    let ran = lazaret.output().exits(125);
    assert_eq!(ran.stdout, "", "{ran}");
    assert!(
        ran.stderr
            .starts_with("lazaret: pulling 127.0.0.1:1/lazaret-test/nosuch:1"),
        "{ran}"
    );
    assert!(
        ran.stderr
            .lines()
            .filter(|line| line.starts_with("lazaret: "))
            .count()
            >= 2,
        "{ran}"
    );
}

/// 34: a reference that is none, or looks like a flag, is a mistake in the policy.
#[test]
fn bad_references_are_invalid() {
    let Some(engine) = docker() else { return };
    for image in [
        "--privileged",
        "-v",
        "UPPER CASE",
        "a b",
        "",
        "x;y",
        "../up",
    ] {
        let lazaret = Lazaret::python(engine, "print(1)")
            .only_policy(&format!("[images]\npython = '{image}'\n"));
        let ran = lazaret.args(&["--format", "json"]).output().exits(2);
        let document = ran.document();
        assert_eq!(document["error_kind"], "bad-policy", "{image:?}: {ran}");
        assert!(
            document["message"]
                .as_str()
                .expect("a message")
                .contains("images.python"),
            "{ran}"
        );
    }
}

/// 34: an image without a shell, or without the interpreter: the message names the program.
#[test]
fn an_image_without_what_every_image_needs() {
    for engine in engines() {
        for (image, missing) in [
            ("localhost/lazaret-test/empty:1", "sh"),
            (
                "localhost/lazaret-test/bash:5.2",
                "the image has no python3",
            ),
        ] {
            let lazaret = with_image(engine, image, "never", "print(1)");
            let document = unavailable(lazaret, engine, "container-failed");
            let message = document["message"].as_str().expect("a message");
            assert!(message.contains(missing), "{document:#}");
            assert!(message.contains("must have `sh`"), "{document:#}");
            assert_eq!(document["cleanup"]["removed"], true, "{document:#}");
        }
    }
}

/// 34: with the shell and the tools of an Alpine image, which cannot have an interpreter wait, a script sees the same.
#[test]
fn an_image_with_busybox() {
    for engine in engines() {
        let script = "import os, signal, sys\n\
                      print(os.listdir(), sys.argv, signal.getsignal(signal.SIGINT) is signal.default_int_handler)\n\
                      print(open('/proc/self/oom_score_adj').read().strip(), sorted(os.environ.keys() & {'PWD', 'SHLVL'}))\n\
                      sys.exit(3)\n";
        let image = "localhost/lazaret-test/busybox-python:1";
        let ran = with_image(engine, image, "never", script)
            .unchecked()
            .output();
        let expected = "['script.py'] ['/work/script.py'] True\n500 []\n";
        assert_eq!(ran.stdout, expected, "{ran}");
        ran.exits(3);
    }
}

/// 34: an image's own entry point is not run.
#[test]
fn an_image_with_an_entry_point() {
    for engine in engines() {
        let lazaret = with_image(
            engine,
            "localhost/lazaret-test/entrypoint:1",
            "never",
            "print('mine')",
        );
        let ran = lazaret.output().exits(0);
        assert_eq!(
            (ran.stdout.as_str(), ran.stderr.as_str()),
            ("mine\n", ""),
            "{ran}"
        );
    }
}

/// 34: an image's volume is no way to the host's disk, and none is left behind.
#[test]
fn an_image_with_a_volume() {
    let script = "import os\nprint(os.path.isdir('/data'))\ntry:\n    open('/data/x', 'w')\n    print('WRITTEN')\n\
                  except OSError as error: print(error.strerror)\n\
                  print([line.split()[8:] for line in open('/proc/self/mountinfo') if ' /data ' in line])";
    for engine in engines() {
        let lazaret =
            with_image(engine, "localhost/lazaret-test/volume:1", "never", script).unchecked();
        let ran = lazaret.args(&["--format", "json"]).output().exits(0);
        let document = ran.document();
        let stdout = document["stdout"].as_str().expect("text");
        // Docker has the volume covered; Podman is told to leave it out.
        let refused = if engine.name == "docker" {
            "Read-only file system"
        } else {
            "No such file or directory"
        };
        assert!(
            !stdout.contains("WRITTEN") && stdout.contains(refused),
            "{ran}"
        );
        let container = document["container"].as_str().expect("a name");
        assert!(!exists(engine, container), "{ran}");
        assert_eq!(volumes_of(engine, container), [] as [String; 0], "{ran}");
    }
}

/// Anonymous volumes that the engine made for a container, by its own records: others run tests at
/// the same time, so a list of volumes would prove nothing.
fn volumes_of(engine: &Engine, container: &str) -> Vec<String> {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .expect("after 1970");
    let (since, until) = (
        format!("--since={}", now.as_secs() - 60),
        format!("--until={}", now.as_secs() + 1),
    );
    let format = if engine.name == "docker" {
        "{{json .}}"
    } else {
        "json"
    };
    let events = engine.ask(&[
        "events",
        &since,
        &until,
        "--filter",
        "type=volume",
        "--format",
        format,
    ]);
    let listed = engine.ask(&["volume", "ls", "--quiet"]);
    let of_ours = |line: &&str| line.contains(container);
    let made = events
        .lines()
        .filter(of_ours)
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let names = made.filter_map(|event| event.pointer("/Actor/ID")?.as_str().map(str::to_owned));
    names
        .filter(|name| listed.contains(name.as_str()))
        .collect()
}
