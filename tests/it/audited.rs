//! What the audit log says, happened as it says: the command line pasted, and the intent on the disk
//! before the script is in the container (56).
use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;

use crate::harness::{Engine, Lazaret, docker, podman};
use crate::running::{Running, exists, until};

fn engines() -> impl Iterator<Item = &'static Engine> {
    [docker(), podman()].into_iter().flatten()
}

fn records(log: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(log.join("audit.jsonl")).unwrap_or_default();
    let record = |line: &str| serde_json::from_str(line).expect("a record");
    text.lines().map(record).collect()
}

/// The line from the log, in a shell, with the payload on its stdin.
fn paste(engine: &Engine, line: &str, payload: &[u8]) -> String {
    let mut shell = engine.program(Path::new("/bin/sh"));
    shell
        .args(["-c", line])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = shell.stderr(Stdio::piped()).spawn().expect("sh starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(payload).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_audited_line_starts_the_same_container() {
    // What a container shows of itself; pasted, it must be the same.
    let script = "import os\nfor name in ('status', 'mountinfo', 'limits', 'cgroup'):\n    \
        wanted = ('Cap', 'Uid', 'Seccomp', 'NoNewPrivs', 'Max')\n    \
        print(*(line for line in open(f'/proc/self/{name}') if line.startswith(wanted)), sep='')\n\
        print(os.uname().nodename, sorted(os.listdir('/')))\n";
    for engine in engines() {
        let lazaret = Lazaret::python(engine, script).unchecked();
        let ran = lazaret.output().exits(0);
        let intent = records(&lazaret.audit()).remove(0);
        assert_eq!(intent["kind"], "intent");
        let file = lazaret.folder().join("script.py");
        let payload = Lazaret::new(engine)
            .unchecked()
            .args(&["payload", file.to_str().expect("UTF-8")])
            .output()
            .exits(0);
        let line = intent["line"].as_str().expect("a line");
        let argv = intent["argv"].as_array().expect("an array").iter();
        let argv: Vec<&str> = argv.map(|word| word.as_str().expect("text")).collect();
        assert_eq!(shlex::split(line).expect("shell words"), argv);
        let pasted = paste(engine, line, &payload.bytes);
        let (_, said) = pasted
            .split_once(":begin\n")
            .unwrap_or_else(|| panic!("{pasted}"));
        assert!(said.starts_with(&ran.stdout), "{said}\n---\n{}", ran.stdout);
        assert!(ran.stdout.contains("NoNewPrivs:\t1"), "{ran}");
        assert!(!exists(
            engine,
            intent["container"].as_str().expect("a name")
        ));
    }
}

/// The log is locked by another: the container waits, proved and empty. As soon as the intent is on
/// the disk, the script runs.
#[test]
fn nothing_is_delivered_before_the_intent_is_on_the_disk() {
    for engine in engines() {
        let script = "import time\nprint('ready', flush=True)\nwhile True: time.sleep(9)";
        let lazaret = Lazaret::python(engine, script);
        let log = lazaret.audit();
        std::fs::create_dir_all(&log).expect("a folder");
        std::os::unix::fs::chown(&log, Some(0), Some(0)).expect("our own");
        std::fs::set_permissions(&log, std::fs::Permissions::from_mode(0o700)).expect("set");
        let lock = File::create(log.join("lock")).expect("a lock");
        lock.lock().expect("locked");
        let mut running = Running::start(lazaret);
        let container = running.container();
        until("the container runs", || {
            let filter = format!("name={container}");
            let only = [
                "ps",
                "--quiet",
                "--filter",
                &filter,
                "--filter",
                "status=running",
            ];
            !engine.ask(&only).is_empty()
        });
        // Far longer than a delivery takes once the container runs.
        std::thread::sleep(Duration::from_secs(2));
        assert!(!running.has_printed("ready"), "delivered without a record");
        assert!(records(&log).is_empty());
        lock.unlock().expect("unlocked");
        running.prints("ready");
        let [intent] = records(&log).try_into().expect("one record");
        assert_eq!(
            (&intent["kind"], &intent["container"]),
            (&"intent".into(), &container.into())
        );
        running.signal(nix::sys::signal::Signal::SIGTERM);
        running.ends();
    }
}
