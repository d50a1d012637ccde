//! `lazaret doctor`: fit, or not and what to do.
#![expect(
    clippy::indexing_slicing,
    reason = "a document without the field fails the test"
)]

use std::path::Path;
use std::process::Output;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use crate::fake_engine::Fake;
use crate::harness::{Engine, Lazaret, Ran, docker, none, podman, rootless};

fn check<'a>(document: &'a Value, id: &str) -> &'a Value {
    let checks = document["checks"].as_array().expect("checks");
    let found = checks.iter().find(|check| check["id"] == id);
    found.unwrap_or_else(|| panic!("{id}: {document:#}"))
}

fn doctor(lazaret: Lazaret) -> (Ran, Value) {
    let ran = lazaret.args(&["doctor", "--format", "json"]).output();
    let document = ran.document();
    (ran, document)
}

/// Pastes the command that a check prints into a shell of the engine's environment, as another
/// directory's, with the command under test as `lazaret`.
#[track_caller]
pub fn paste(engine: &Engine, check: &Value) -> Output {
    let command = check["command"]
        .as_array()
        .unwrap_or_else(|| panic!("no command: {check:#}"));
    let words = command.iter().map(|word| word.as_str().expect("text"));
    let line = shlex::try_join(words).expect("shell words");
    let mut shell = engine.program(Path::new("/bin/sh"));
    let built = Path::new(env!("CARGO_BIN_EXE_lazaret"))
        .parent()
        .expect("a folder");
    let path = engine
        .environment
        .get("PATH")
        .map_or("/usr/bin:/bin", String::as_str);
    shell.env("PATH", format!("{}:{path}", built.display()));
    shell.args(["-c", &line]).current_dir("/");
    shell.output().expect("sh starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A doctor whose policy is named on its command line: what it prints must name it too.
fn by_option(lazaret: &Lazaret) -> Lazaret {
    let policy = lazaret.folder().join("policy.toml");
    Lazaret::new(none()).args(&["doctor", "--policy", policy.to_str().expect("UTF-8")])
}

#[test]
fn the_command_at_a_weak_policy_shows_where_it_comes_from() {
    let lazaret = Lazaret::new(none()).only_policy("audit.enabled = false\n");
    lazaret.command();
    let document = by_option(&lazaret).json();
    let output = paste(none(), check(&document, "policy"));
    assert!(output.status.success(), "{output:?}");
    let shown = text(&output.stdout);
    let line = shown
        .lines()
        .find(|line| line.starts_with("audit.enabled = false"));
    let file = lazaret.folder().join("policy.toml");
    let origin = format!("{}:1", file.display());
    assert!(line.is_some_and(|line| line.contains(&origin)), "{shown}");
}

#[test]
fn the_command_at_a_broken_log_names_its_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("audit");
    let policy = format!("audit.directory = '{}'\n", log.display());
    let lazaret = Lazaret::new(none())
        .only_policy(&policy)
        .run("script.py", b"eval(input())\n");
    for _ in 0..2 {
        lazaret.output().exits(126);
    }
    let document = by_option(&lazaret).json();
    let whole = check(&document, "audit-log");
    assert_eq!(
        (&whole["health"], &whole["command"]),
        (&"ok".into(), &Value::Null)
    );
    let path = log.join("audit.jsonl");
    let records = std::fs::read_to_string(&path).expect("a log");
    std::fs::write(&path, records.replacen("python", "pythom", 1)).expect("changed");
    let document = by_option(&lazaret).json();
    let broken = check(&document, "audit-log");
    assert_eq!(broken["health"], "fail", "{broken}");
    let output = paste(none(), broken);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(
        text(&output.stdout).contains("audit.jsonl:1: the record was changed"),
        "{output:?}"
    );
}

/// What cannot be written to is not fit, whoever may read it.
#[test]
fn a_log_that_cannot_be_written_is_told() {
    let Some(engine) = docker() else { return };
    let nowhere = "audit.directory = \"/proc/nowhere\"";
    let (ran, document) = doctor(Lazaret::new(engine).policy_key(nowhere));
    assert_eq!((ran.code, &document["fit"]), (1, &false.into()), "{ran}");
    let log = check(&document, "audit-log");
    assert_eq!(log["health"], "fail", "{log}");
    assert!(
        log["mend"]
            .as_str()
            .is_some_and(|mend| mend.contains("audit.directory")),
        "{log}"
    );
}

/// A service that was started for a test, and ends with it.
struct Service(std::process::Child);

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Docker's command on Podman's service loses exit codes (a bare `docker run --rm` there returns 0 for
/// a script that exits 5): told, with what to use instead.
#[test]
fn podmans_service_behind_dockers_command_is_told() {
    let (Some(docker), Some(podman)) = (docker(), podman()) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let socket = folder.path().join("podman.sock");
    let host = format!("unix://{}", socket.display());
    let mut service = podman.command(&["system", "service", "--time=60", &host]);
    let service = Service(service.spawn().expect("podman starts"));
    crate::running::until("the socket", || socket.exists());
    let (ran, document) = doctor(Lazaret::new(docker).env("DOCKER_HOST", &host));
    assert_eq!((ran.code, &document["fit"]), (1, &false.into()), "{ran}");
    let told = check(&document, "engine-service");
    assert_eq!(told["health"], "fail", "{told}");
    assert!(
        told["mend"]
            .as_str()
            .is_some_and(|mend| mend.contains("--engine podman")),
        "{told}"
    );
    drop(service);
}

/// The fake's every script ends with 0, whatever it is: an exit code that comes back as another is
/// told, and no hostile script is tried on such an engine.
#[test]
fn an_exit_code_that_does_not_come_back_is_told() {
    let Some(fake) = Fake::attesting(&[]) else {
        return;
    };
    let Some(engine) = docker() else { return };
    let lazaret =
        fake.dress(Lazaret::new(engine))
            .args(&["doctor", "--hostile", "--format", "json"]);
    let program = crate::fake_engine::program();
    let ran = lazaret.args(&["--engine", &program]).output();
    let document = ran.document();
    assert_eq!((ran.code, &document["fit"]), (1, &false.into()), "{ran}");
    assert_eq!(
        check(&document, "attestation-python")["health"],
        "ok",
        "{ran}"
    );
    assert_eq!(
        check(&document, "exit-code-python")["health"],
        "fail",
        "{ran}"
    );
    assert_eq!(
        attacks(&document),
        [("hostile-python", "fail"), ("hostile-bash", "fail")]
    );
}

/// There is no registry here: the engine understands the command, and asks for that very image.
#[test]
fn the_command_at_a_missing_image_pulls_it() {
    for engine in [docker(), podman()].into_iter().flatten() {
        let policy = "images.bash = 'localhost:1/lazaret-test/nosuch:1'\n";
        let (_, document) = doctor(Lazaret::new(engine).only_policy(policy));
        let missing = check(&document, "image-bash");
        assert_eq!(missing["health"], "warn", "{missing}");
        let output = paste(engine, missing);
        let said = text(&output.stderr);
        assert!(
            said.contains("localhost:1") && said.contains("refused"),
            "{said}"
        );
    }
}

/// What it says of the limits that this host cannot hold, in the policy, makes it fit.
#[test]
fn the_setting_at_missing_limits_makes_the_host_fit() {
    let Some(engine) = rootless() else { return };
    let (_, document) = doctor(Lazaret::new(engine));
    let mend = check(&document, "engine-limits")["mend"]
        .as_str()
        .expect("advice");
    let (_, setting) = mend.split_once("accept = ").expect("a setting");
    let (setting, _) = setting.split_once(']').expect("a list");
    let lazaret = Lazaret::new(engine).policy_key(&format!("accept = {setting}]"));
    let (ran, document) = doctor(lazaret);
    assert_eq!((ran.code, &document["fit"]), (0, &true.into()), "{ran}");
    assert_eq!(check(&document, "engine-limits")["health"], "warn", "{ran}");
}

#[test]
fn a_fit_host_is_told_line_by_line() {
    for engine in [docker(), podman()].into_iter().flatten() {
        let (ran, document) = doctor(Lazaret::new(engine));
        assert_eq!((ran.code, &document["fit"]), (0, &true.into()), "{ran}");
        for language in ["python", "bash"] {
            let attestation = check(&document, &format!("attestation-{language}"));
            let proofs = attestation["proofs"].as_array().expect("proofs");
            assert!(proofs.len() > 20 && proofs.iter().all(|proof| proof["holds"] == true));
            let code = check(&document, &format!("exit-code-{language}"));
            assert_eq!(code["health"], "ok", "{code}");
            let image = check(&document, &format!("image-{language}"));
            assert_eq!(image["health"], "ok", "{image}");
        }
        assert_eq!(check(&document, "audit-log")["health"], "ok");
    }
}

#[test]
fn rootless_on_cgroups_v1_is_not_fit_and_says_how_to_be() {
    let Some(engine) = rootless() else { return };
    let (ran, document) = doctor(Lazaret::new(engine));
    assert_eq!((ran.code, &document["fit"]), (1, &false.into()), "{ran}");
    let limits = check(&document, "engine-limits");
    assert_eq!(limits["health"], "fail", "{limits}");
    assert!(
        limits["mend"]
            .as_str()
            .expect("advice")
            .contains("unified_cgroup_hierarchy")
    );
    let attestation = check(&document, "attestation-python");
    for limit in ["memory", "cpu", "pids"] {
        assert!(
            attestation["seen"].as_str().expect("words").contains(limit),
            "{attestation}"
        );
    }
}

/// Bombs and floods of two engines at once would be a test of the machine.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn hostile(lazaret: Lazaret) -> (Lazaret, Ran, Value) {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let lazaret = lazaret.args(&["doctor", "--hostile", "--format", "json"]);
    let lazaret = lazaret.patient();
    let ran = lazaret.output();
    let document = ran.document();
    (lazaret, ran, document)
}

/// The checks that ran a hostile script, by id, with how they came out.
fn attacks(document: &Value) -> Vec<(&str, &str)> {
    let checks = document["checks"].as_array().expect("checks").iter();
    let told = checks.map(|check| {
        let text = |field: &str| check[field].as_str().expect("text");
        (text("id"), text("health"))
    });
    told.filter(|(id, _)| id.starts_with("hostile-")).collect()
}

fn every_hostile_script_fails(engine: &'static Engine) {
    let (_, ran, document) = hostile(Lazaret::new(engine));
    let attacks = attacks(&document);
    assert!(attacks.len() > 40, "{ran}");
    for (id, health) in attacks {
        assert_eq!(health, "ok", "{:#}", check(&document, id));
    }
    assert_eq!((ran.code, &document["fit"]), (0, &true.into()), "{ran}");
}

#[test]
fn every_hostile_script_fails_on_docker() {
    let Some(engine) = docker() else { return };
    every_hostile_script_fails(engine);
}

#[test]
fn every_hostile_script_fails_on_podman() {
    let Some(engine) = podman() else { return };
    every_hostile_script_fails(engine);
}

/// What no attestation can see, a filter that lets through more than ours, the hostile scripts find.
#[test]
fn a_hostile_script_that_succeeds_is_told() {
    let Some(engine) = docker() else { return };
    // Its policy must be there when the command is pasted.
    let weak = Lazaret::new(engine).policy("\n[engine]\nseccomp = \"engine\"\n");
    let (_weak, ran, document) = hostile(weak);
    assert_eq!((ran.code, &document["fit"]), (1, &false.into()), "{ran}");
    let attestation = check(&document, "attestation-python");
    assert_eq!(attestation["health"], "ok", "{attestation:#}");
    let calls = check(&document, "hostile-system-calls-python");
    assert_eq!(calls["health"], "fail", "{calls:#}");
    let seen = calls["seen"].as_str().expect("words");
    assert!(
        seen.contains("IT SUCCEEDED: ") && seen.contains("memfd_create (0)"),
        "{seen}"
    );
    assert_eq!(calls["mend"], "engine.seccomp = \"lazaret\" in the policy");
    let others = attacks(&document)
        .into_iter()
        .filter(|(_, health)| *health != "ok");
    assert_eq!(
        others.collect::<Vec<_>>(),
        [("hostile-system-calls-python", "fail")]
    );
    // Its story, by the command as it is printed.
    let story = text(&paste(engine, calls).stdout);
    assert!(
        story.contains("the command line") && story.contains("succeeded"),
        "{story}"
    );
}

/// A host that cannot limit processes or memory gets no fork bomb and no hog from us, also where its
/// operator accepts that; the others are tried.
#[test]
fn what_a_host_cannot_limit_is_not_tried_on_it() {
    let Some(engine) = rootless() else { return };
    let accept = "accept = [\"memory\", \"swap\", \"pids\", \"cpu\"]";
    let (_, ran, document) = hostile(Lazaret::new(engine).policy_key(accept));
    let bombs = [
        "fork-bomb",
        "thread-bomb",
        "children",
        "memory-",
        "fills-disk",
    ];
    for (id, health) in attacks(&document) {
        let told = check(&document, id);
        let is_bomb = bombs.iter().any(|bomb| id.contains(bomb));
        let seen = told["seen"].as_str().expect("words");
        assert_eq!(health, if is_bomb { "warn" } else { "ok" }, "{told:#}");
        assert_eq!(seen.contains("not tried: refused"), is_bomb, "{told:#}");
    }
    assert_eq!((ran.code, &document["fit"]), (0, &true.into()), "{ran}");
}

#[test]
fn without_an_engine_it_says_so() {
    let lazaret = Lazaret::new(none()).env("PATH", "/nonexistent");
    let (ran, document) = doctor(lazaret);
    assert_eq!(ran.code, 1, "{ran}");
    assert_eq!(check(&document, "engine-found")["health"], "fail", "{ran}");
}
