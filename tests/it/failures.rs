//! Engines that fail: absent, unreachable, silent, garbled, refusing, lying. Nearly all of it on
//! the fake engine (35, 36, 52).

#![expect(clippy::indexing_slicing, reason = "what is not there fails the test")]

use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::{Pid, getpgid};
use serde_json::Value;

use crate::fake_engine::Fake;
use crate::harness::{Lazaret, Ran, docker};
use crate::running::{Running, guards, until};

/// Bounded patience, so that a deadline shows.
const IMPATIENT: &str = "\n[limits]\nstartup = 1\nengine_command = 1\n";

#[track_caller]
fn unavailable(lazaret: Lazaret, kind: &str) -> (Ran, Value) {
    let ran = lazaret.args(&["--format", "json"]).output();
    let document = ran.document();
    assert_eq!(ran.code, 125, "{ran}");
    assert_eq!(document["status"], "unavailable", "{ran}");
    assert_eq!(document["executed"], "no", "{ran}");
    assert_eq!(document["error_kind"], kind, "{ran}");
    (ran, document)
}

fn message(document: &Value) -> &str {
    document["message"].as_str().expect("a message")
}

/// 35: the daemon is down. The engine's own words, and what to do.
#[test]
fn a_daemon_that_is_down() {
    let Some(fake) = Fake::new("silent") else {
        return;
    };
    let fake = fake.with("FAKE_DOCKER_DAEMON", "down");
    let (_, document) = unavailable(fake.python("print(1)"), "daemon-unreachable");
    let message = message(&document);
    assert!(
        message.contains("Cannot connect to the Docker daemon at unix:///run/fake.sock"),
        "{message}"
    );
    assert!(
        message.contains("start its service") && message.contains("DOCKER_HOST"),
        "{message}"
    );
    assert_eq!(document["cleanup"]["removed"], true, "{document:#}");
}

/// 35: the real command, with no daemon behind its socket.
#[test]
fn a_real_command_without_a_daemon() {
    let Some(engine) = docker() else { return };
    let lazaret =
        Lazaret::python(engine, "print(1)").env("DOCKER_HOST", "unix:///nonexistent/docker.sock");
    let (_, document) = unavailable(lazaret, "daemon-unreachable");
    assert!(
        message(&document).contains("unix:///nonexistent/docker.sock"),
        "{document:#}"
    );
}

/// 35: the socket may not be used.
#[test]
fn a_socket_without_permission() {
    let Some(fake) = Fake::new("silent") else {
        return;
    };
    let fake = fake.with("FAKE_DOCKER_DAEMON", "denied");
    let (_, document) = unavailable(fake.python("print(1)"), "daemon-unreachable");
    let message = message(&document);
    assert!(message.contains("connect: permission denied"), "{message}");
    assert!(message.contains("join the group"), "{message}");
}

/// 35: a command that is named and not there. No other is tried, whoever named it.
#[test]
fn a_command_that_is_absent() {
    let Some(engine) = docker() else { return };
    let script = || Lazaret::python(engine, "print(1)");
    for (lazaret, origin) in [
        (script().args(&["--engine", "lazaret-nosuch"]), "--engine"),
        (
            script().args(&["--engine", "/nonexistent/docker"]),
            "--engine",
        ),
        (
            script().env("LAZARET_ENGINE", "lazaret-nosuch"),
            "LAZARET_ENGINE",
        ),
        (
            script()
                .env("LAZARET_ENGINE", "")
                .policy("\n[engine]\ncommand = \"lazaret-nosuch\"\n"),
            "the policy",
        ),
    ] {
        let (_, document) = unavailable(lazaret, "engine-not-found");
        assert!(
            message(&document).contains(&format!("named by {origin}")),
            "{document:#}"
        );
        assert!(document["engine"].is_null(), "{document:#}");
    }
}

/// 35: neither docker nor podman in PATH.
#[test]
fn no_engine_at_all() {
    let Some(engine) = docker() else { return };
    let empty = tempfile::tempdir().expect("a folder");
    let path = empty.path().to_str().expect("UTF-8");
    let lazaret = Lazaret::python(engine, "print(1)")
        .env("LAZARET_ENGINE", "")
        .env("PATH", path);
    let (_, document) = unavailable(lazaret, "engine-not-found");
    assert!(
        message(&document).contains("neither `docker` nor `podman`"),
        "{document:#}"
    );
}

/// 35: `run` says nothing: the start-up deadline, and the container is removed.
#[test]
fn a_run_that_says_nothing() {
    let Some(fake) = Fake::new("silent") else {
        return;
    };
    let (ran, document) = unavailable(fake.python("print(1)").policy(IMPATIENT), "startup-timeout");
    assert!(message(&document).contains("within 1 s"), "{document:#}");
    assert!(
        ran.took >= Duration::from_secs(1) && ran.took < Duration::from_secs(20),
        "{ran}"
    );
    assert_eq!(fake.containers(), [] as [&str; 0], "{ran}");
    assert_eq!(document["cleanup"]["removed"], true, "{ran}");
}

/// 35: the command hangs at the very first question.
#[test]
fn a_command_that_hangs_on_its_version() {
    let Some(fake) = Fake::new("silent") else {
        return;
    };
    let fake = fake.with("FAKE_DOCKER_HANG", "--version");
    let (ran, document) = unavailable(fake.python("print(1)").policy(IMPATIENT), "engine-silent");
    assert!(
        message(&document).contains("--version` gave no answer within 1 s"),
        "{ran}"
    );
    assert!(ran.took < Duration::from_secs(20), "{ran}");
    assert_eq!(fake.asked("run"), 0, "{ran}");
}

/// 35: the daemon hangs when it is asked why a start failed.
#[test]
fn a_daemon_that_hangs_on_questions() {
    let Some(fake) = Fake::new("silent") else {
        return;
    };
    let fake = fake
        .with("FAKE_DOCKER_IMAGE", "missing")
        .with("FAKE_DOCKER_HANG", "version ps");
    let (ran, document) = unavailable(fake.python("print(1)").policy(IMPATIENT), "engine-silent");
    assert!(ran.took < Duration::from_secs(20), "{ran}");
    // `ps` hangs too: whether something is left cannot be known, and that is said.
    assert_eq!(document["cleanup"]["removed"], false, "{ran}");
}

/// 35: the command is killed before it says anything.
#[test]
fn a_command_that_is_killed_at_once() {
    let Some(fake) = Fake::new("killed") else {
        return;
    };
    let (ran, _) = unavailable(fake.python("print(1)"), "container-failed");
    assert_eq!(fake.containers(), [] as [&str; 0], "{ran}");
}

/// 35: text that is no attestation, then an end.
#[test]
fn garbage() {
    let Some(fake) = Fake::new("garbage") else {
        return;
    };
    unavailable(fake.python("print(1)"), "container-failed");
}

/// 35: garbage without end, as lines and as 10 MB in one line: cut off at once, not at the deadline.
#[test]
fn garbage_without_end() {
    for run in ["endless-garbage", "flood"] {
        let Some(fake) = Fake::new(run) else { return };
        let (ran, document) = unavailable(fake.python("print(1)"), "no-attestation");
        assert!(ran.took < Duration::from_secs(20), "{ran}");
        assert!(message(&document).len() < 10_000, "{ran}");
        assert_eq!(fake.containers(), [] as [&str; 0], "{ran}");
    }
}

/// The recorded attestation as it is: the fake is trusted and gets the script. Without this, the
/// next test would prove nothing.
#[test]
fn an_honest_attestation_gets_the_script() {
    let Some(fake) = Fake::attesting(&[]) else {
        return;
    };
    let ran = fake.python("print('the script')").output().exits(0);
    assert_eq!(ran.stdout, "ready\n", "{ran}");
    let received = String::from_utf8_lossy(&fake.received()).into_owned();
    assert!(received.contains("print('the script')"), "{received}");
    // Beside the run itself, the question that a shell script called docker cannot spare, and what the
    // audit log wants to know, for which nothing waits.
    let asked = commands(&fake);
    let (needed, beside) = asked.split_at(2);
    assert_eq!(needed, ["argv --version", "argv run"], "{ran}");
    for command in beside {
        assert!(
            ["argv version", "argv image"].contains(&command.as_str()),
            "{asked:?}"
        );
    }
}

/// Without a log there is no more than that.
#[test]
fn one_engine_command_is_all_that_a_run_needs() {
    let Some(fake) = Fake::attesting(&[]) else {
        return;
    };
    let lazaret = fake.python("print(1)").policy_key("audit.enabled = false");
    let ran = lazaret.output().exits(0);
    assert_eq!(commands(&fake), ["argv --version", "argv run"], "{ran}");
}

fn commands(fake: &Fake) -> Vec<String> {
    let first_words = |line: &String| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    fake.log().iter().map(first_words).collect()
}

/// An attestation with one limit tampered with: refused, and not one byte was delivered.
#[test]
fn a_tampered_attestation_gets_nothing() {
    for (from, to, name) in [
        (
            ":hierarchical_memory_limit 536870912",
            ":hierarchical_memory_limit 536870913",
            "memory",
        ),
        ("NoNewPrivs:\t1", "NoNewPrivs:\t0", "no-new-privileges"),
        ("Seccomp:\t2", "Seccomp:\t0", "seccomp"),
        (
            "CapEff:\t0000000000000000",
            "CapEff:\t0000000000000001",
            "capabilities",
        ),
        (
            "Uid:\t65534\t65534\t65534\t65534",
            "Uid:\t65534\t65534\t0\t65534",
            "uid",
        ),
    ] {
        let Some(fake) = Fake::attesting(&[(from, to)]) else {
            return;
        };
        let ran = fake
            .python("print('the script')")
            .args(&["--format", "json"])
            .output();
        let document = ran.document();
        assert_eq!(ran.code, 125, "{name}: {ran}");
        assert_eq!(document["status"], "refused", "{name}: {ran}");
        assert_eq!(document["executed"], "no", "{name}: {ran}");
        let breaches = document["breaches"].as_array().expect("breaches");
        assert_eq!(breaches.len(), 1, "{name}: {ran}");
        assert_eq!(breaches[0]["accepted"], false, "{name}: {ran}");
        assert_eq!(breaches[0]["name"], name, "{ran}");
        assert_eq!(fake.received(), b"", "{name}: {ran}");
        assert_eq!(fake.containers(), [] as [&str; 0], "{name}: {ran}");
    }
}

/// 36: the command is killed, or the daemon dies, after delivery.
#[test]
fn lost_in_mid_run() {
    for (script, removed) in [("killed", true), ("daemon-dies", false)] {
        let Some(fake) = Fake::attesting(&[]) else {
            return;
        };
        let fake = fake.with("FAKE_DOCKER_SCRIPT", script);
        let ran = fake
            .python("print(1)")
            .policy(IMPATIENT)
            .args(&["--format", "json"])
            .output();
        let document = ran.document();
        assert_eq!(ran.code, 123, "{script}: {ran}");
        assert_eq!(document["status"], "lost", "{script}: {ran}");
        assert_eq!(document["executed"], "unknown", "{script}: {ran}");
        assert_eq!(document["stdout"], "ready\n", "{script}: {ran}");
        assert_eq!(document["cleanup"]["removed"], removed, "{script}: {ran}");
        assert_eq!(fake.containers().is_empty(), removed, "{script}: {ran}");
    }
}

/// The ladder: SIGTERM to the command, then `kill NAME`, and the container is gone.
#[test]
fn the_stop_ladder_is_climbed_in_order() {
    let Some(fake) = Fake::attesting(&[]) else {
        return;
    };
    let fake = fake.with("FAKE_DOCKER_SCRIPT", "stubborn");
    let ran = fake
        .python("print(1)")
        .args(&["--timeout", "0.5"])
        .output()
        .exits(124);
    let log = fake.log();
    let place = |start: &str| log.iter().position(|line| line.starts_with(start));
    let (term, kill) = (place("signal TERM"), place("argv kill "));
    assert!(term.is_some() && term < kill, "{log:#?}{ran}");
    assert_eq!(ran.stdout, "ready\n", "{ran}");
    assert_eq!(fake.containers(), [] as [&str; 0], "{ran}");
}

/// 52: `kill` is refused: `rm` ends it.
#[test]
fn a_refused_kill_is_followed_by_removal() {
    for (variable, value) in [("FAKE_DOCKER_REFUSE", "kill"), ("FAKE_DOCKER_HANG", "kill")] {
        let Some(fake) = Fake::attesting(&[]) else {
            return;
        };
        let fake = fake
            .with("FAKE_DOCKER_SCRIPT", "stubborn")
            .with(variable, value);
        let lazaret = fake.python("print(1)").policy(IMPATIENT);
        let ran = lazaret
            .args(&["--timeout", "0.5", "--format", "json"])
            .output()
            .exits(124);
        assert_eq!(ran.document()["cleanup"]["removed"], true, "{value}: {ran}");
        assert_eq!(fake.containers(), [] as [&str; 0], "{value}: {ran}");
        assert!(
            fake.asked("kill") >= 1 && fake.asked("rm") >= 1,
            "{value}: {ran}"
        );
    }
}

/// 52: a loaded daemon is at the removal for longer than we would try: it is waited for.
#[test]
fn a_slow_removal_is_waited_for() {
    let Some(fake) = Fake::attesting(&[]) else {
        return;
    };
    let fake = fake
        .with("FAKE_DOCKER_SCRIPT", "stubborn")
        .with("FAKE_DOCKER_REFUSE", "kill")
        .with("FAKE_DOCKER_SLOW_RM", "6");
    let lazaret = fake.python("print(1)").policy("\n[limits]\nstartup = 30\n");
    let lazaret = lazaret.args(&["--timeout", "0.5", "--format", "json"]);
    let ran = lazaret.output().exits(124);
    assert_eq!(ran.document()["cleanup"]["removed"], true, "{ran}");
    assert_eq!(fake.containers(), [] as [&str; 0], "{ran}");
    assert_eq!(fake.asked("rm"), 7, "{ran}");
}

/// 52: `kill` and `rm` are refused, or hang: loud, by name, with the command to type.
#[test]
fn a_refused_removal_is_loud() {
    for (variable, said) in [
        ("FAKE_DOCKER_REFUSE", "resource busy"),
        ("FAKE_DOCKER_HANG", "no answer within 1 s"),
    ] {
        let Some(fake) = Fake::attesting(&[]) else {
            return;
        };
        let fake = fake
            .with("FAKE_DOCKER_SCRIPT", "stubborn")
            .with(variable, "kill rm");
        let lazaret = fake.python("print(1)").policy(IMPATIENT);
        let result = lazaret.file("result.json", b"");
        let lazaret = lazaret.args(&[
            "--timeout",
            "0.5",
            "--result",
            result.to_str().expect("UTF-8"),
        ]);
        let ran = lazaret.output().exits(124);
        let file = std::fs::read_to_string(result).expect("the result");
        let document: Value = serde_json::from_str(&file).expect("one document");
        let left = fake.containers();
        let [name] = left.as_slice() else {
            panic!("{left:?}{ran}")
        };
        assert_eq!(document["container"], name.as_str(), "{document:#}");
        assert_eq!(document["cleanup"]["removed"], false, "{document:#}");
        let detail = document["cleanup"]["detail"].as_str().expect("a detail");
        assert!(detail.contains(said), "{detail}");
        assert!(detail.contains(&format!("rm --force {name}")), "{detail}");
        assert!(
            ran.stderr.contains("lazaret: NOT CLEANED UP: ") && ran.stderr.contains(name),
            "{ran}"
        );
        // The guard goes on trying after us; here it can never succeed.
        for guard in guards(name) {
            let group = getpgid(Some(Pid::from_raw(guard.pid)));
            let _ = group.and_then(|group| killpg(group, Signal::SIGKILL));
        }
    }
}

/// 49: a signal during a pull, which may take minutes, ends it at once.
#[test]
fn a_signal_during_a_pull() {
    let Some(fake) = Fake::new("silent") else {
        return;
    };
    let fake = fake
        .with("FAKE_DOCKER_IMAGE", "missing")
        .with("FAKE_DOCKER_HANG", "pull");
    let lazaret = fake.python("print(1)");
    let mut running = Running::start(lazaret.args(&["--format", "json"]));
    until("the pull", || fake.asked("pull") == 1);
    running.signal(Signal::SIGTERM);
    let ended = running.ends();
    assert_eq!(ended.code, 130, "{ended:?}");
    let document: Value = serde_json::from_str(&ended.stdout).expect("one document");
    assert_eq!(document["status"], "cancelled", "{ended:?}");
    assert_eq!(document["executed"], "no", "{ended:?}");
}

/// 49: a signal while the command hangs at start.
#[test]
fn a_signal_before_the_container_attests() {
    let Some(fake) = Fake::new("silent") else {
        return;
    };
    let mut running = Running::start(fake.python("print(1)").args(&["--format", "json"]));
    until("the run", || fake.asked("run") == 1);
    running.signal(Signal::SIGINT);
    let ended = running.ends();
    assert_eq!(ended.code, 130, "{ended:?}");
    let document: Value = serde_json::from_str(&ended.stdout).expect("one document");
    assert_eq!(
        (&document["status"], &document["executed"]),
        (&"cancelled".into(), &"no".into())
    );
    assert_eq!(document["cleanup"]["removed"], true, "{ended:?}");
    assert_eq!(fake.containers(), [] as [&str; 0], "{ended:?}");
}

/// `--dry-run` asks the engine what it is, and starts nothing.
#[test]
fn a_dry_run_runs_nothing() {
    let Some(fake) = Fake::attesting(&[]) else {
        return;
    };
    let ran = fake.python("print(1)").arg("--dry-run").output().exits(0);
    assert!(ran.stdout.contains("--cap-drop ALL"), "{ran}");
    assert_eq!(fake.asked("run"), 0, "{:?}", fake.log());
    assert_eq!(fake.containers(), [] as [&str; 0]);
}
