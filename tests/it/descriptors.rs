//! A process that makes many runs is left with nothing of them: no descriptor, no child (53).

use std::process::Command;
use std::time::{Duration, Instant};

use lazaret::language::Language;
use lazaret::outcome::Status;
use lazaret::policy::{Ask, Policy};
use lazaret::sandbox::{Request, Sandbox, Watch};

use crate::harness::{Engine, docker, podman};
use crate::running::processes;

/// The measuring itself, in a process in which no other test runs.
const ALONE: &str = "descriptors::alone";

fn nothing_grows(engine: &'static Engine) {
    let own = std::env::current_exe().expect("this program");
    let mut command = Command::new(own);
    command.args(["--ignored", "--exact", ALONE, "--nocapture"]);
    command.env_clear().envs(&engine.environment);
    let output = command.output().expect("it starts");
    let told = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}\n{errors}");
    assert!(told.contains("12 runs, nothing grew"), "{told}\n{errors}");
}

#[test]
fn nothing_grows_with_the_runs_on_docker() {
    let Some(engine) = docker() else { return };
    nothing_grows(engine);
}

#[test]
fn nothing_grows_with_the_runs_on_podman() {
    let Some(engine) = podman() else { return };
    nothing_grows(engine);
}

fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").expect("/proc").count()
}

/// Living ones and zombies.
fn children() -> usize {
    let own = i32::try_from(std::process::id()).expect("a PID");
    processes()
        .iter()
        .filter(|process| process.parent == own)
        .count()
}

fn sandbox(folder: &std::path::Path) -> Sandbox {
    let file = std::env::var("LAZARET_POLICY").expect("a policy");
    let text = std::fs::read_to_string(file).expect("a policy");
    let audit = format!("\n[audit]\ndirectory = '{}'\n", folder.display());
    let policy = Policy::from_toml(&(text + &audit)).expect("a policy");
    let engine = std::env::var("LAZARET_ENGINE").expect("an engine");
    Sandbox::new(policy).with_engine(engine, "a test")
}

/// One run of each kind: good, bad, killed, too late, rejected.
async fn round(sandbox: &Sandbox) -> u32 {
    let python = Language::by_name("python").expect("a language");
    let runs = [
        ("print(1)", Status::Succeeded),
        ("raise SystemExit(3)", Status::Failed),
        ("import time\nwhile True: time.sleep(1)", Status::TimedOut),
        ("eval(input())", Status::Rejected),
    ];
    for (script, status) in runs {
        let mut request = Request::new(python, script);
        let timeout = Some(Duration::from_millis(500)).filter(|_| status == Status::TimedOut);
        request.ask = Ask {
            timeout,
            ..Ask::default()
        };
        let outcome = sandbox.run(&request, &Watch::default()).await;
        assert_eq!(outcome.verdict.status, status, "{:?}", outcome.verdict);
    }
    4
}

#[test]
#[ignore = "the tests above run it in a process of its own"]
fn alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(async {
        let sandbox = sandbox(folder.path());
        let mut runs = round(&sandbox).await;
        settle(0).await;
        let before = descriptors();
        for _ in 0..2 {
            runs += round(&sandbox).await;
        }
        settle(0).await;
        let after = descriptors();
        assert!(after <= before, "{before} descriptors, then {after}");
        println(&format!("{runs} runs, nothing grew"));
    });
}

/// Guards end when they are told to, a moment after the run.
async fn settle(wanted: usize) {
    let start = Instant::now();
    while children() > wanted {
        assert!(
            start.elapsed() < Duration::from_secs(30),
            "{} children",
            children()
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn println(text: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stdout(), "{text}");
}
