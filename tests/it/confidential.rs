//! What a caller gives (script, stdin, arguments) is nowhere on the host while it runs: in no
//! process's arguments or environment, in no record of the engine, in no file.
//!
//! The script's own processes are left out: a program's arguments are in its argv, and a container's
//! processes are processes of the host. They are told by their PID namespace.

#![expect(clippy::indexing_slicing, reason = "what is not there fails the test")]

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;

use crate::harness::{Engine, Lazaret, docker, podman};
use crate::running::{Running, processes, until};

/// Three words that exist nowhere else.
struct Markers {
    script: String,
    stdin: String,
    argument: String,
}

impl Markers {
    fn new() -> Self {
        let unique = tempfile::tempdir().expect("a folder");
        let unique = unique
            .path()
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .replace('.', "");
        let marker = |kind| format!("lazaret-marker-{kind}-{unique}");
        Self {
            script: marker("script"),
            stdin: marker("stdin"),
            argument: marker("argument"),
        }
    }

    #[track_caller]
    fn absent_from(&self, bytes: &[u8], place: &str) {
        for marker in [&self.script, &self.stdin, &self.argument] {
            let found = memchr::memmem::find(bytes, marker.as_bytes()).is_some();
            assert!(
                !found,
                "{marker} is in {place}: {}",
                String::from_utf8_lossy(bytes)
            );
        }
    }
}

fn engines() -> impl Iterator<Item = &'static Engine> {
    [docker(), podman()].into_iter().flatten()
}

/// A script that has read its stdin, prints `ready`, and waits.
fn start(engine: &'static Engine, language: &str, markers: &Markers, tmpdir: &Path) -> Running {
    let (name, script) = match language {
        "python" => (
            "script.py",
            format!(
                "import sys, time\nx = '{}'\nassert len(sys.argv[1]) > 9 and len(sys.stdin.read()) > 9\nprint('ready')\ntime.sleep(999)",
                markers.script
            ),
        ),
        _ => (
            "script.sh",
            format!(
                "x={}; read -r y; [[ ${{#1}} -gt 9 && ${{#y}} -gt 9 ]] && echo ready; sleep 999",
                markers.script
            ),
        ),
    };
    let lazaret = Lazaret::new(engine)
        .run(name, script.as_bytes())
        .unchecked();
    let input = lazaret.file("input", format!("{}\n", markers.stdin).as_bytes());
    let lazaret = lazaret
        .args(&["--stdin", input.to_str().expect("UTF-8")])
        .script_args(&[&markers.argument])
        .env("TMPDIR", tmpdir.to_str().expect("UTF-8"));
    let mut running = Running::start(lazaret);
    running.prints("ready");
    running
}

/// Arguments and environments of every process of the host, as `ps` shows them to anybody.
#[test]
fn no_process_of_the_host_carries_them() {
    let tmpdir = tempfile::tempdir().expect("a folder");
    for engine in engines() {
        for language in ["python", "bash"] {
            let markers = Markers::new();
            let running = start(engine, language, &markers, tmpdir.path());
            let cli = running.cli().pid;
            let (mut seen, mut inside) = (Vec::new(), 0);
            for process in processes() {
                // The user typed the arguments there.
                if process.pid == running.pid() {
                    continue;
                }
                let Some(bytes) = arguments_and_environment(process.pid) else {
                    continue;
                };
                if in_our_namespace(process.pid) {
                    markers.absent_from(&bytes, &format!("{:?}", process.argv));
                    seen.push(process.pid);
                } else if memchr::memmem::find(&bytes, markers.argument.as_bytes()).is_some() {
                    inside += 1;
                }
            }
            assert!(
                seen.contains(&cli),
                "the engine's own command was looked at"
            );
            assert!(
                inside >= 1,
                "the script's process was there, with its argument"
            );
        }
    }
}

fn arguments_and_environment(pid: i32) -> Option<Vec<u8>> {
    let arguments = std::fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    // A kernel thread has no environment, and one that is not dumpable shows none to others.
    let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
    Some([arguments, environment].concat())
}

fn in_our_namespace(pid: i32) -> bool {
    let of = |pid: &str| std::fs::read_link(format!("/proc/{pid}/ns/pid")).ok();
    of(&pid.to_string()) == of("self")
}

/// The engine's records: the container as it is inspected, and the events.
#[test]
fn no_record_of_the_engine_carries_them() {
    let tmpdir = tempfile::tempdir().expect("a folder");
    for engine in engines() {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .expect("after 1970")
            .as_secs()
            - 1;
        let markers = Markers::new();
        let running = start(engine, "python", &markers, tmpdir.path());
        let container = running.container();
        let inspected = engine.ask(&["inspect", &container]);
        assert!(inspected.contains(&container), "{inspected}");
        markers.absent_from(inspected.as_bytes(), "inspect");
        let since = format!("--since={since}");
        let filter = format!("container={container}");
        let mut events = String::new();
        until("the engine tells of the container", || {
            let now = SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .expect("after 1970")
                .as_secs();
            // Events of the second that is named are left out, so the next one is.
            let until = format!("--until={}", now + 1);
            events = engine.ask(&["events", &since, &until, "--filter", &filter]);
            events.contains("create")
        });
        markers.absent_from(events.as_bytes(), "events");
        let logs = engine
            .command(&["logs", &container])
            .output()
            .expect("the engine's command starts");
        markers.absent_from(&logs.stdout, "logs");
        markers.absent_from(&logs.stderr, "logs");
    }
}

/// Files: the folder for temporary files, and all that the engine keeps of this container.
#[test]
fn no_file_of_the_host_carries_them() {
    for engine in engines() {
        let tmpdir = tempfile::tempdir().expect("a folder");
        let markers = Markers::new();
        let running = start(engine, "python", &markers, tmpdir.path());
        assert_eq!(files_below(tmpdir.path()), [] as [PathBuf; 0], "TMPDIR");
        let inspected = engine.ask(&["inspect", &running.container()]);
        let inspected: Value = serde_json::from_str(&inspected).expect("JSON");
        let folders = folders_of(engine, &inspected[0]);
        let files: Vec<PathBuf> = folders
            .iter()
            .flat_map(|folder| files_below(folder))
            .collect();
        assert!(!files.is_empty(), "{folders:?}");
        for file in files {
            if let Ok(bytes) = std::fs::read(&file) {
                markers.absent_from(&bytes, &file.to_string_lossy());
            }
        }
    }
}

/// Where an engine keeps what belongs to one container: its configuration, and what it wrote.
fn folders_of(engine: &Engine, container: &Value) -> Vec<PathBuf> {
    let id = container["Id"].as_str().expect("an id");
    let written = container["GraphDriver"]["Data"]["UpperDir"].as_str();
    let written = written.map(PathBuf::from);
    let asked = if engine.name == "docker" {
        let root = engine.ask(&["info", "--format", "{{.DockerRootDir}}"]);
        vec![PathBuf::from(root.trim()).join("containers").join(id)]
    } else {
        let roots = engine.ask(&[
            "info",
            "--format",
            "{{.Store.GraphRoot}}\n{{.Store.RunRoot}}",
        ]);
        let below = |root: &str| PathBuf::from(root).join("overlay-containers").join(id);
        roots.trim().lines().map(below).collect()
    };
    asked.into_iter().chain(written).collect()
}

/// Regular files below a folder.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let (mut files, mut found) = (
        Vec::new(),
        entries.map(|entry| entry.path()).collect::<Vec<_>>(),
    );
    while let Some(path) = found.pop() {
        let Ok(kind) = std::fs::symlink_metadata(&path).map(|data| data.file_type()) else {
            continue;
        };
        if kind.is_dir() {
            let entries = std::fs::read_dir(&path).into_iter().flatten().flatten();
            found.extend(entries.map(|entry| entry.path()));
        } else if kind.is_file() {
            files.push(path);
        }
    }
    files
}
