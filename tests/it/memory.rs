//! Memory, files and disk. (Group B of the behaviours, by number.)
#![expect(
    clippy::indexing_slicing,
    reason = "a document without the field fails the test"
)]

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Child;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::harness::{Engine, Told, attack, docker, hold, podman};

/// 13: more memory than the limit is told as that, with the kernel's own count as evidence.
fn too_much_memory(engine: &'static Engine) {
    for script in ["memory-at-once.py", "memory-at-once.sh"] {
        let lazaret = attack(engine, script).args(&["--memory", "64m"]);
        let told = hold(engine, lazaret).is("out_of_memory");
        assert!(told.shows("oom-kill"), "{:#}", told.document);
        assert_eq!(told.document["exit_code"], Value::Null, "{script}");
        assert_eq!(told.document["signal"], "SIGKILL", "{script}");
        assert_eq!(told.stdout(), "", "{script}");
    }
}

#[test]
fn too_much_memory_is_told_as_that_on_docker() {
    let Some(engine) = docker() else { return };
    too_much_memory(engine);
}

#[test]
fn too_much_memory_is_told_as_that_on_podman() {
    let Some(engine) = podman() else { return };
    too_much_memory(engine);
    // conmon's note of it: engines' commands are started where no file can be.
    let note = std::path::Path::new("oom");
    assert!(!note.exists(), "the engine left a file in our directory");
}

/// 13: without an OOM kill, 137 and SIGKILL are the script's own doing.
#[test]
fn a_plain_137_is_not_taken_for_it() {
    let Some(engine) = docker() else { return };
    for script in ["die-at-once.py", "die-at-once.sh"] {
        let told = hold(engine, attack(engine, script).script_args(&["SIGKILL"])).is("signaled");
        assert!(!told.shows("oom-kill"), "{:#}", told.document);
    }
}

/// 13: a script that makes its launcher the larger one has the witness killed: what happened is then
/// in the engine's records, and the result says so.
#[test]
fn the_launcher_as_the_oom_killers_victim_is_not_lost() {
    let Some(engine) = docker() else { return };
    let lazaret = attack(engine, "make-launcher-the-victim.py").args(&["--memory", "32m"]);
    let told = hold(engine, lazaret);
    let document = &told.document;
    let status = document["status"].as_str().expect("a status");
    // Docker 20.10 does not always record the OOM of process 1, but always its death.
    assert!(
        ["out_of_memory", "signaled"].contains(&status),
        "{document:#}"
    );
    assert_eq!(document["signal"], "SIGKILL", "{document:#}");
    assert!(
        told.shows("oom-event") || told.shows("died-event"),
        "{document:#}"
    );
}

/// 14: a child is killed, and its parent goes on: a success that says so.
#[test]
fn a_child_out_of_memory_is_noted() {
    let Some(engine) = docker() else { return };
    for (script, said) in [
        ("memory-by-child.py", "child: -9\n"),
        ("memory-by-child.sh", "child: 137\n"),
    ] {
        let lazaret = attack(engine, script).args(&["--memory", "64m"]);
        let told = hold(engine, lazaret).is("succeeded");
        assert!(told.shows("oom-kill"), "{:#}", told.document);
        assert_eq!(told.stdout(), said, "{script}");
    }
}

/// 15: swap does not double the limit: slow growth ends below it.
#[test]
fn slow_growth_ends_at_the_limit() {
    let Some(engine) = docker() else { return };
    for script in ["memory-slowly.py", "memory-slowly.sh"] {
        let lazaret = attack(engine, script).args(&["--memory", "64m"]);
        let told = hold(engine, lazaret).is("out_of_memory");
        let last = told.stdout().lines().last().expect("a count");
        let mebibytes: u64 = last.parse().expect("a number");
        assert!((32..64).contains(&mebibytes), "{script}: {mebibytes} MiB");
        let peak = told.document["resources"]["peak_memory_bytes"].as_u64();
        assert!(peak.is_some_and(|peak| peak <= 64 << 20), "{script}");
    }
}

/// What the engine has on disk for the container that a lazaret command has running: the bytes of its
/// own layer, and the path of its log. `None` while there is no such container.
fn on_disk(engine: &Engine, lazaret: &Child) -> Option<(String, String)> {
    let owner = format!("/{}/", lazaret.id());
    let format = "{{.ID}} {{.Label \"lazaret.owner\"}}";
    let filter = "label=lazaret";
    let listed = engine.ask(&["ps", "--no-trunc", "--filter", filter, "--format", format]);
    let line = listed.lines().find(|line| line.contains(&owner))?;
    let (container, _) = line.split_once(' ')?;
    let format = "{{.SizeRw}} {{.LogPath}}";
    let mut inspect = engine.command(&["inspect", "--size", "--format", format, container]);
    let answer = inspect.output().expect("the engine's command starts");
    let answer = String::from_utf8_lossy(&answer.stdout).into_owned();
    let (size, log) = answer.trim_end_matches('\n').split_once(' ')?;
    Some((size.to_owned(), log.to_owned()))
}

/// Nothing in the container's layer, and no log.
fn nothing() -> (String, String) {
    ("0".to_owned(), String::new())
}

/// 16: every writable place has an end, in bytes and in files; nothing of it is on the host's disk.
#[test]
fn filling_every_place_touches_no_disk() {
    let Some(engine) = docker() else { return };
    // Text mode: the script's output shows when it is done, and it then waits to be looked at.
    let lazaret = attack(engine, "fill-disk.py")
        .args(&["--timeout", "100"])
        .script_args(&["600"]);
    let mut child = lazaret.spawn();
    let stdout = child.stdout.take().expect("a pipe");
    let lines = BufReader::new(stdout).lines();
    let said: Vec<String> = lines
        .map(|line| line.expect("text"))
        .take_while(|line| line != "full")
        .collect();
    assert_eq!(on_disk(engine, &child), Some(nothing()));
    nix::sys::signal::kill(
        nix::unistd::Pid::from_raw(i32::try_from(child.id()).expect("a PID")),
        nix::sys::signal::Signal::SIGTERM,
    )
    .expect("it runs");
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    let expected = [
        "/tmp 1 TiB ENOSPC",
        "/tmp 64 MiB ENOSPC",
        "/work 1 TiB ENOSPC",
        "/work 63 MiB ENOSPC",
        "/dev/shm 1 TiB ENOSPC",
        "/dev/shm 16 MiB ENOSPC",
    ];
    assert_eq!(said.get(..6), Some(expected.map(str::to_owned).as_slice()));
    let files = said.get(6..).unwrap_or_default();
    assert_eq!(files.len(), 2, "{said:?}");
    for line in files {
        let words: Vec<&str> = line.split(' ').collect();
        let [_, count, "files", "ENOSPC"] = words.as_slice() else {
            panic!("{line}");
        };
        assert!(
            count.parse::<u32>().is_ok_and(|count| count < 4096),
            "{line}"
        );
    }
}

/// 16: Podman's tmpfs has no bound on files, so the bound is memory.
#[test]
fn a_million_files_end_at_the_memory_limit_on_podman() {
    let Some(engine) = podman() else { return };
    let lazaret = attack(engine, "many-inodes.py").args(&["--memory", "64m"]);
    let told = hold(engine, lazaret).is("out_of_memory");
    assert!(told.shows("oom-kill"), "{:#}", told.document);
}

/// The peak of a process's memory in KiB, as the kernel tells while it lives.
fn peak_memory(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_ascii_whitespace().nth(1)?.parse().ok()
}

/// 17: a flood that is counted to the last byte and kept nowhere: not in our memory, and not in a log.
fn flood(engine: &'static Engine, megabytes: u64) {
    let lazaret = attack(engine, "flood.sh")
        .args(&["--timeout", "250", "--format", "json"])
        .script_args(&[&megabytes.to_string()]);
    let started = Instant::now();
    let mut child = lazaret.spawn();
    let mut stdout = child.stdout.take().expect("a pipe");
    let reader = std::thread::spawn(move || {
        let mut document = String::new();
        stdout.read_to_string(&mut document).map(|_| document)
    });
    let (mut peak, mut looked) = (0, None);
    while child.try_wait().expect("a child").is_none() {
        // The peak only grows: the last look before the end is the peak of the run.
        peak = peak.max(peak_memory(child.id()).unwrap_or(0));
        looked = on_disk(engine, &child).or(looked);
        std::thread::sleep(Duration::from_millis(200)); // a pace, not a wait
    }
    let document = reader.join().expect("the reader ends").expect("text");
    let document = serde_json::from_str(&document).expect("one JSON document");
    let told = Told::new(engine, document, started.elapsed()).is("succeeded");
    assert_eq!(told.number("stdout_bytes"), megabytes * 1_000_000);
    assert_eq!(told.stderr(), "went on\n");
    assert!((1..30 << 10).contains(&peak), "{peak} KiB");
    assert_eq!(looked, Some(nothing()));
}

/// 17, as much as the time of a test run allows.
#[test]
fn a_flood_fills_neither_memory_nor_disk() {
    let Some(engine) = docker() else { return };
    flood(engine, 2_000);
}

/// 17, in full: 44 s on a quiet machine of two cores.
#[test]
#[ignore = "takes a minute; `cargo test --test it -- --ignored ten_gigabytes`"]
fn ten_gigabytes_fill_neither_memory_nor_disk() {
    let Some(engine) = docker() else { return };
    flood(engine, 10_000);
}

/// 18: files beyond the limit are refused inside.
#[test]
fn open_files_have_an_end() {
    let Some(engine) = docker() else { return };
    let told = hold(engine, attack(engine, "open-files.py")).is("succeeded");
    // Three of the 1024 are the script's streams.
    assert_eq!(told.stdout(), "1021 EMFILE\n");
}

/// 18: an error of the interpreter and a crash of the process are two things.
#[test]
fn recursion_and_stack_overflow_are_told_apart() {
    let Some(engine) = docker() else { return };
    let told = hold(engine, attack(engine, "recursion.py")).is("failed");
    assert_eq!(told.number("exit_code"), 1);
    assert!(told.stderr().contains("RecursionError"));
    for script in ["stack-overflow.py", "stack-overflow.sh"] {
        let told = hold(engine, attack(engine, script)).is("signaled");
        assert_eq!(told.document["signal"], "SIGSEGV", "{script}");
    }
}
