//! Nothing outlives its run: whatever kills Lazaret, the container goes (48, 49, 53).

use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::harness::{Engine, Lazaret, docker, podman};
use crate::running::{Process, Running, exists, guards, processes, until};

fn engines() -> impl Iterator<Item = &'static Engine> {
    [docker(), podman()].into_iter().flatten()
}

const READY: &str = "import time\nprint('ready', flush=True)\nwhile True: time.sleep(9)";

/// The container, its guard and the engine's command are gone for good.
#[track_caller]
fn everything_goes(engine: &Engine, container: &str) {
    until("the container is gone", || !exists(engine, container));
    // After a killed Lazaret it looks for a while whether the engine creates the container late.
    until("its guard is gone", || guards(container).is_empty());
    until("every process that names it is gone", || {
        let names = |process: &Process| process.argv.iter().any(|word| word.contains(container));
        !processes().iter().any(names)
    });
    assert!(!exists(engine, container), "{container} came back");
}

fn ready(engine: &'static Engine) -> Running {
    let mut running = Running::start(Lazaret::python(engine, READY));
    running.prints("ready");
    running
}

/// 48: SIGKILL while the script runs, to Lazaret alone and to the engine's command with it.
#[test]
fn killed_while_running() {
    let mut containers = Vec::new();
    for engine in engines() {
        for with_its_command in [false, true] {
            let running = ready(engine);
            let (container, cli) = (running.container(), running.cli().pid);
            assert!(exists(engine, &container));
            running.signal(Signal::SIGKILL);
            if with_its_command {
                kill(Pid::from_raw(cli), Signal::SIGKILL).expect("it is there");
            }
            containers.push((engine, container));
        }
    }
    for (engine, container) in containers {
        everything_goes(engine, &container);
    }
}

/// 48: SIGKILL before the engine has created the container: as soon as its command is there. On
/// Docker to that command as well; Podman's, killed while it creates, leaves processes of its own
/// that nobody can find by the container's name.
#[test]
fn killed_before_the_container_is_created() {
    let mut containers = Vec::new();
    for (engine, with_its_command) in [(docker(), false), (docker(), true), (podman(), false)] {
        let Some(engine) = engine else { continue };
        let running = Running::start(Lazaret::python(engine, READY));
        let (container, cli) = (running.container(), running.cli().pid);
        running.signal(Signal::SIGKILL);
        if with_its_command {
            let _ = kill(Pid::from_raw(cli), Signal::SIGKILL);
        }
        containers.push((engine, container));
    }
    for (engine, container) in containers {
        everything_goes(engine, &container);
    }
}

/// 48: SIGKILL as soon as the engine knows the name: created, or just started.
#[test]
fn killed_when_the_container_is_created() {
    let mut containers = Vec::new();
    for engine in engines() {
        let running = Running::start(Lazaret::python(engine, READY));
        let container = running.container();
        until("the container is created", || exists(engine, &container));
        running.signal(Signal::SIGKILL);
        containers.push((engine, container));
    }
    for (engine, container) in containers {
        everything_goes(engine, &container);
    }
}

/// Waits for the process that Podman starts for a container before the container itself.
fn podman_creates(container: &str) {
    until("conmon", || {
        let is_it = |process: &Process| {
            let has = |word: &str| process.argv.iter().any(|argument| argument == word);
            process
                .argv
                .first()
                .is_some_and(|program| program.ends_with("conmon"))
                && has(container)
        };
        processes().iter().any(is_it)
    });
}

/// Sends a signal to three runs while Podman creates their containers, and gives the names.
fn ended_while_podman_creates(engine: &'static Engine, signal: Signal) -> Vec<String> {
    let one = |_| {
        let mut running = Running::start(Lazaret::python(engine, READY));
        let container = running.container();
        podman_creates(&container);
        running.signal(signal);
        running.ends();
        container
    };
    (0..3).map(one).collect()
}

/// 49: SIGTERM while Podman creates the container leaves no process of it behind.
#[test]
fn terminated_while_podman_creates_the_container() {
    let Some(engine) = podman() else { return };
    for container in ended_while_podman_creates(engine, Signal::SIGTERM) {
        everything_goes(engine, &container);
    }
}

/// 48: and neither does SIGKILL, after which the guard removes it.
#[test]
fn killed_while_podman_creates_the_container() {
    let Some(engine) = podman() else { return };
    for container in ended_while_podman_creates(engine, Signal::SIGKILL) {
        everything_goes(engine, &container);
    }
}

/// 48: SIGKILL to Lazaret and to the engine's command under a script that ignores every signal and
/// has tried to stop and kill every process it can reach, its parent included.
#[test]
fn killed_under_a_script_that_resists() {
    let python = "\
import os, signal, time
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
for number in (signal.SIGSTOP, signal.SIGKILL):
    try: os.kill(1, number)
    except OSError: pass
if os.fork() == 0: os.setsid()
print('ready', flush=True)
while True: time.sleep(9)
";
    let bash = "\
trap '' HUP INT TERM QUIT USR1 USR2 TSTP
kill -STOP 1; kill -STOP $PPID; kill -KILL 1
setsid sleep inf & echo ready
while :; do sleep 9; done
";
    let mut containers = Vec::new();
    for engine in engines() {
        for (name, script) in [("script.py", python), ("script.sh", bash)] {
            let lazaret = Lazaret::new(engine)
                .run(name, script.as_bytes())
                .unchecked();
            let mut running = Running::start(lazaret);
            running.prints("ready");
            let (container, cli) = (running.container(), running.cli().pid);
            running.signal(Signal::SIGKILL);
            kill(Pid::from_raw(cli), Signal::SIGKILL).expect("it is there");
            containers.push((engine, container));
        }
    }
    for (engine, container) in containers {
        everything_goes(engine, &container);
    }
}

/// 48: SIGKILL when the script has said its last word, and its container is about to be removed.
#[test]
fn killed_when_the_script_is_over() {
    let mut containers = Vec::new();
    for engine in engines() {
        for _ in 0..3 {
            let mut running = Running::start(Lazaret::python(engine, "print('over')"));
            let container = running.container();
            running.prints("over");
            running.signal(Signal::SIGKILL);
            containers.push((engine, container));
        }
    }
    for (engine, container) in containers {
        everything_goes(engine, &container);
    }
}

/// 49: SIGINT, SIGTERM and SIGHUP: 130, and the container is gone when Lazaret is.
#[test]
fn signals_leave_nothing() {
    for engine in engines() {
        for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
            let mut running = Running::start(Lazaret::python(engine, READY));
            running.prints("ready");
            let container = running.container();
            running.signal(signal);
            let ended = running.ends();
            assert!(!exists(engine, &container), "{signal}: {ended:?}");
            assert_eq!(ended.code, 130, "{signal}: {ended:?}");
            assert!(
                ended.stderr.contains("lazaret: cancelled: "),
                "{signal}: {ended:?}"
            );
            everything_goes(engine, &container);
        }
    }
}

/// 49: the same under a script that ignores SIGTERM, in bounded time; what it printed is kept.
#[test]
fn a_signal_ends_a_script_that_ignores_it() {
    for engine in engines() {
        for (name, script) in [
            (
                "script.py",
                "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('ready', flush=True)\nwhile True: time.sleep(9)",
            ),
            (
                "script.sh",
                "trap '' TERM INT; echo ready; while :; do sleep 9; done",
            ),
        ] {
            let mut running = Running::start(
                Lazaret::new(engine)
                    .run(name, script.as_bytes())
                    .unchecked(),
            );
            running.prints("ready");
            let container = running.container();
            let start = Instant::now();
            running.signal(Signal::SIGTERM);
            let ended = running.ends();
            assert!(
                start.elapsed() < Duration::from_secs(30),
                "{:?}",
                start.elapsed()
            );
            assert!(!exists(engine, &container), "{name}: {ended:?}");
            assert_eq!(
                (ended.code, ended.stdout.as_str()),
                (130, "ready\n"),
                "{name}: {ended:?}"
            );
        }
    }
}

/// 49: a signal before the script begins: nothing ran, and nothing is left.
#[test]
fn a_signal_during_start_leaves_nothing() {
    for engine in engines() {
        let lazaret = Lazaret::python(engine, READY).args(&["--format", "json"]);
        let mut running = Running::start(lazaret);
        let container = running.container();
        running.signal(Signal::SIGTERM);
        let ended = running.ends();
        assert!(!exists(engine, &container), "{ended:?}");
        assert_eq!(ended.code, 130, "{ended:?}");
        let document: serde_json::Value =
            serde_json::from_str(&ended.stdout).expect("one document");
        assert_eq!(document["status"], "cancelled", "{ended:?}");
        assert_eq!(document["cleanup"]["removed"], true, "{ended:?}");
        everything_goes(engine, &container);
    }
}

/// A run that floods its stdout, of which nobody reads a byte, when the pipe is full.
fn unread(
    engine: &'static Engine,
    timeout: &str,
) -> (Lazaret, Running, std::process::ChildStdout, String) {
    let flood = "import sys\nwhile True: sys.stdout.write('x' * 65536)";
    let lazaret = Lazaret::python(engine, flood).unchecked();
    let lazaret = lazaret.args(&["--timeout", timeout]);
    let mut child = lazaret.spawn();
    let unread = child.stdout.take().expect("a pipe");
    let running = Running::of(child);
    let container = running.container();
    until("the pipe is full", || waiting_in(&unread) >= 32 * 1024);
    (lazaret, running, unread, container)
}

/// 49: nobody reads our stdout, and the script floods it: a signal ends the run all the same.
#[test]
fn a_reader_that_stalls_does_not_outlast_a_signal() {
    for engine in engines() {
        let (_files, mut running, _unread, container) = unread(engine, "60");
        running.signal(Signal::SIGTERM);
        let ended = running.ends();
        assert_eq!(ended.code, 130, "{ended:?}");
        assert!(!exists(engine, &container), "{ended:?}");
    }
}

/// The deadline holds for the container, whoever reads. We wait for a reader that may be a pager,
/// until it reads on, and then tell the outcome.
#[test]
fn a_reader_that_stalls_does_not_hold_up_the_deadline() {
    for engine in engines() {
        let (_files, mut running, mut unread, container) = unread(engine, "1");
        until("the container is gone", || !exists(engine, &container));
        std::io::copy(&mut unread, &mut std::io::sink()).expect("the rest of it");
        let ended = running.ends();
        assert_eq!(ended.code, 124, "{ended:?}");
        assert!(ended.stderr.contains("lazaret: timed_out: "), "{ended:?}");
    }
}

/// How many bytes wait in a pipe.
fn waiting_in(pipe: &std::process::ChildStdout) -> usize {
    use std::os::fd::AsRawFd as _;
    // FIONREAD without unsafe code: a reader of its own shows it on Linux.
    let info = std::process::Command::new("/usr/bin/python3")
        .args(["-c", "import fcntl, struct, termios; print(struct.unpack('i', fcntl.ioctl(0, termios.FIONREAD, b'    '))[0])"])
        .stdin(std::fs::File::open(format!("/proc/self/fd/{}", pipe.as_raw_fd())).expect("the pipe"))
        .output()
        .expect("python3");
    String::from_utf8_lossy(&info.stdout)
        .trim()
        .parse()
        .expect("a number")
}

/// 53: an ordinary run, whatever its outcome, leaves no guard, no process and no container.
#[test]
fn honest_runs_leave_nothing() {
    for engine in engines() {
        for (script, arguments) in [
            ("print(1)", [].as_slice()),
            ("raise SystemExit(3)", &[]),
            ("while True: pass", &["--timeout", "0.3"]),
            ("import os; os.kill(os.getpid(), 9)", &[]),
        ] {
            let document = Lazaret::python(engine, script)
                .unchecked()
                .args(arguments)
                .json();
            let container = document["container"].as_str().expect("a name");
            assert!(!exists(engine, container), "{document:#}");
            assert_eq!(document["cleanup"]["removed"], true, "{document:#}");
            everything_goes(engine, container);
        }
    }
}

/// 53: our own folder for temporary files stays empty.
#[test]
fn nothing_is_left_in_tmpdir() {
    let Some(engine) = docker() else { return };
    let tmpdir = tempfile::tempdir().expect("a folder");
    let path = tmpdir.path().to_str().expect("UTF-8");
    for script in ["print(1)", "while True: pass"] {
        let _ = Lazaret::python(engine, script)
            .env("TMPDIR", path)
            .args(&["--timeout", "1"])
            .output();
    }
    assert_eq!(
        std::fs::read_dir(tmpdir.path()).expect("a folder").count(),
        0
    );
}
