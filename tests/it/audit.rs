//! The audit log: written before delivery, whole whatever is killed, and no run without it.
mod writers;

use std::path::Path;
use std::process::{Child, Stdio};

use serde_json::Value;

use crate::fake_engine::Fake;
use crate::harness::{Lazaret, docker, none, podman};
use crate::running::until;

fn records(log: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(log.join("audit.jsonl")).expect("a log");
    let record = |line: &str| serde_json::from_str(line).expect("a record");
    text.lines().map(record).collect()
}

/// A command on the same log.
fn on(log: &Path, arguments: &[&str]) -> Lazaret {
    let policy = format!("audit.directory = '{}'\n", log.display());
    Lazaret::new(none()).only_policy(&policy).args(arguments)
}

#[test]
fn a_run_has_an_intent_and_a_result_in_one_chain() {
    for engine in [docker(), podman()].into_iter().flatten() {
        let lazaret = Lazaret::python(engine, "print('hello')\nraise SystemExit(3)");
        lazaret.output().exits(3);
        let log = lazaret.audit();
        let [intent, result] = records(&log).try_into().expect("two records");
        assert_eq!(
            (&intent["kind"], &result["kind"]),
            (&"intent".into(), &"result".into())
        );
        assert_eq!(intent["run"], result["run"]);
        assert_eq!(intent["script"]["bytes"], 34);
        assert!(
            intent["line"]
                .as_str()
                .expect("a line")
                .contains("--read-only")
        );
        assert_eq!(intent["seccomp_sha256"].as_str().map(str::len), Some(64));
        assert_eq!(
            (&result["status"], &result["exit_code"]),
            (&"failed".into(), &3.into())
        );
        assert_eq!(result["stdout_bytes"], 6);
        assert_eq!(result["limits"]["attested"]["pids"], 100);
        assert!(
            !intent.to_string().contains("hello"),
            "no byte of the script"
        );
        on(&log, &["audit", "verify"]).output().exits(0);
        let listed = on(&log, &["history"]).json();
        assert_eq!(listed["runs"][0]["status"], "failed", "{listed:#}");
        let run = intent["run"].as_str().expect("an id");
        let story = on(&log, &["history", "show", run]).output().exits(0);
        assert!(story.stdout.contains("the command line"), "{story}");
    }
}

#[test]
fn what_cannot_be_logged_does_not_run() {
    let Some(engine) = docker() else { return };
    let nowhere = "audit.directory = \"/proc/nowhere\"";
    let lazaret = Lazaret::python(engine, "print('ran')").policy_key(nowhere);
    let ran = lazaret.args(&["--format", "json"]).output().exits(125);
    let document = ran.document();
    assert_eq!(document["status"], "unavailable", "{ran}");
    assert_eq!(document["error_kind"], "audit-unwritable", "{ran}");
    assert_eq!(
        (&document["executed"], &document["stdout"]),
        (&"no".into(), &"".into())
    );
    assert_eq!(document["cleanup"]["removed"], true, "{ran}");
    let relaxed = format!("{nowhere}\naudit.required = false");
    let lazaret = Lazaret::python(engine, "print('ran')").policy_key(&relaxed);
    let document = lazaret.json();
    assert_eq!(document["stdout"], "ran\n", "{document:#}");
    assert_eq!(
        document["notices"][0]["code"], "audit-unwritten",
        "{document:#}"
    );
}

/// A folder with a configuration of the engines' command that says nothing.
fn a_configuration() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("config.json"), "{}").expect("a file");
    folder
}

/// What the records say of engine, image and container is what the engine itself says.
#[test]
fn the_records_name_engine_image_and_container() {
    for engine in [docker(), podman()].into_iter().flatten() {
        // With a configuration of its own it is an engine that no run before has met.
        let fresh = a_configuration();
        let fresh = fresh.path().to_str().expect("UTF-8");
        let lazaret =
            Lazaret::python(engine, "import time\ntime.sleep(3)").env("DOCKER_CONFIG", fresh);
        let running = lazaret.spawn();
        let mut seen = String::new();
        until("the container is there", || {
            let name = intent_name(&lazaret.audit());
            let filter = format!("name={}", name.unwrap_or_else(|| "lazaret-none".to_owned()));
            let format = [
                "ps",
                "--no-trunc",
                "--format",
                "{{.ID}}",
                "--filter",
                &filter,
            ];
            engine.ask(&format).trim().clone_into(&mut seen);
            !seen.is_empty()
        });
        let output = running.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{output:?}");
        let [intent, result] = records(&lazaret.audit()).try_into().expect("two records");
        let version = match engine.name {
            "docker" => engine.ask(&["version", "--format", "{{.Server.Version}}"]),
            _ => engine.ask(&["version", "--format", "{{.Client.Version}}"]),
        };
        let image = intent["image"].as_str().expect("an image");
        let id = engine.ask(&["image", "inspect", "--format", "{{.Id}}", image]);
        let id = format!("sha256:{}", id.trim().trim_start_matches("sha256:"));
        assert_eq!(result["engine"]["version"], version.trim(), "{result:#}");
        assert!(result["engine"]["host"].is_string(), "{result:#}");
        assert_eq!(result["image_id"], id.as_str(), "{result:#}");
        assert_eq!(result["unknown"], serde_json::json!({}), "{result:#}");
        // A container may be ready before the engine has answered: then the intent says so.
        for (known, name) in [
            (&intent["engine"]["version"], "engine.version"),
            (&intent["image_id"], "image_id"),
        ] {
            assert_ne!(
                known.is_null(),
                intent["unknown"][name].is_null(),
                "{intent:#}"
            );
        }
        assert_eq!(intent["container_id"], Value::Null, "not known yet");
        assert_eq!(result["container_id"], seen.as_str());
    }
}

fn intent_name(log: &Path) -> Option<String> {
    let text = std::fs::read_to_string(log.join("audit.jsonl")).ok()?;
    let record: Value = serde_json::from_str(text.lines().next()?).ok()?;
    Some(record.get("container")?.as_str()?.to_owned())
}

/// An engine that does not say what it is runs scripts all the same, and the record says why it does
/// not know.
#[test]
fn an_engine_that_will_not_say_is_not_waited_for() {
    let Some(fake) = Fake::attesting(&[]) else {
        return;
    };
    let fake = fake.with("FAKE_DOCKER_HANG", "version image");
    let lazaret = fake.python("print(1)");
    let ran = lazaret.output().exits(0);
    assert!(ran.took < std::time::Duration::from_secs(5), "{ran}");
    let [intent, result] = records(&lazaret.audit()).try_into().expect("two records");
    assert_eq!(intent["engine"]["version"], Value::Null);
    assert_eq!(
        intent["unknown"]["image_id"],
        "the engine had not answered when the container was ready"
    );
    assert_eq!(
        result["unknown"]["engine.version"],
        "the engine had not answered when the run was over"
    );
    assert_eq!(result["container_id"].as_str().map(str::len), Some(64));
}

/// What an engine said serves other runs for a while; a name that stands for another image now is
/// noticed by the layers that the container shows.
#[test]
fn a_name_that_was_moved_to_another_image_is_asked_for_anew() {
    const MOVING: &str = "localhost/lazaret-test/moving:1";
    for engine in [docker(), podman()].into_iter().flatten() {
        let fresh = a_configuration();
        let fresh = fresh.path().to_str().expect("UTF-8");
        let told = |image: &str| {
            engine.ask(&["tag", image, MOVING]);
            let policy = format!("[images]\npython = \"{MOVING}\"\n");
            let lazaret = Lazaret::python(engine, "import time\ntime.sleep(2)")
                .only_policy(&policy)
                .env("DOCKER_CONFIG", fresh);
            lazaret.output().exits(0);
            let [_, result] = records(&lazaret.audit()).try_into().expect("two records");
            let id = engine.ask(&["image", "inspect", "--format", "{{.Id}}", image]);
            let id = format!("sha256:{}", id.trim().trim_start_matches("sha256:"));
            assert_eq!(result["image_id"], id.as_str(), "{result:#}");
            result["asked_at"].clone()
        };
        let first = told("localhost/lazaret-test/entrypoint:1");
        assert_eq!(
            first,
            told("localhost/lazaret-test/entrypoint:1"),
            "nothing has changed"
        );
        let moved = told("localhost/lazaret-test/busybox-python:1");
        assert_ne!(first, moved, "the container shows other layers");
        engine.ask(&["rmi", MOVING]);
    }
}

/// Scripts and outputs are kept where the policy wants it, and only then.
#[test]
fn scripts_and_outputs_are_stored_if_the_policy_says_so() {
    let Some(engine) = docker() else { return };
    let script = "import sys\nprint('out')\nprint('err', file=sys.stderr)";
    let without = Lazaret::python(engine, script);
    without.output().exits(0);
    assert!(!without.audit().join("store").exists(), "off by default");

    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("audit");
    let keys = format!("audit.directory = '{}'\naudit.store = true", log.display());
    let lazaret = Lazaret::python(engine, script).policy_key(&keys);
    lazaret.output().exits(0);
    let [intent, result] = records(&log).try_into().expect("two records");
    assert_eq!(intent["stored"]["script"], intent["script"]["sha256"]);
    assert_eq!(intent["stored"]["stdout"], Value::Null, "nothing came yet");
    for (what, content) in [("script", script), ("stdout", "out\n"), ("stderr", "err\n")] {
        let name = result["stored"][what].as_str().expect("a name");
        let kept = std::fs::read_to_string(log.join("store").join(name));
        assert_eq!(kept.expect("kept"), content);
    }
    let run = intent["run"].as_str().expect("an id");
    let story = on(&log, &["history", "show", run]).output().exits(0);
    let name = result["stored"]["stdout"].as_str().expect("a name");
    let path = log.join("store").join(name);
    assert!(
        story.stdout.contains(path.to_str().expect("UTF-8")),
        "{story}"
    );
    std::fs::remove_file(&path).expect("removed");
    let story = on(&log, &["history", "show", run]).args(&["--format", "json"]);
    let document = story.output().exits(0).document();
    assert_eq!(document["stored"][1]["what"], "stdout", "{document:#}");
    assert_eq!(document["stored"][1]["present"], false, "{document:#}");
}

/// Where the checks found a secret, neither the script nor what it printed reaches the store; nor
/// does any rejected script.
#[test]
fn secrets_and_rejected_scripts_are_not_stored() {
    let Some(engine) = docker() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("audit");
    let keys = format!("audit.directory = '{}'\naudit.store = true", log.display());
    let password = "correct-Horse7battery";
    let script = format!("password = '{password}'\nprint(password)");
    let rejected = Lazaret::python(engine, &script).policy_key(&keys);
    rejected.output().exits(126);
    let rule = &records(&log)[0]["findings"][0]["rule"];
    let rule = rule.as_str().expect("a rule that found it");
    let warned = Lazaret::python(engine, &script)
        .policy_key(&keys)
        .policy(&format!("\n[rules]\n{rule} = 'warn'\n"));
    let ran = warned.output().exits(0);
    assert!(ran.stdout.contains(password), "it ran: {ran}");
    assert!(
        !log.join("store").exists(),
        "{:?}",
        std::fs::read_dir(log.join("store"))
    );
    let records = records(&log);
    let result = records.last().expect("a record");
    assert_eq!(result["stored"], Value::Null);
    let why = result["unknown"]["stored"].as_str().expect("a reason");
    assert!(why.contains("found a secret"), "{why}");
}

/// Where the script cannot be stored though the policy wants it, it is not delivered.
#[test]
fn what_cannot_be_stored_does_not_run() {
    let Some(engine) = docker() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("audit");
    std::fs::create_dir(&log).expect("a folder");
    std::fs::write(log.join("store"), "in the way").expect("a file");
    let keys = format!("audit.directory = '{}'\naudit.store = true", log.display());
    let lazaret = Lazaret::python(engine, "print('ran')").policy_key(&keys);
    let ran = lazaret.args(&["--format", "json"]).output().exits(125);
    let document = ran.document();
    assert_eq!(document["error_kind"], "audit-unwritable", "{ran}");
    assert_eq!(document["executed"], "no", "{ran}");
    assert_eq!(document["cleanup"]["removed"], true, "{ran}");
}

/// A run that the checks reject: a record, and no engine.
fn start(lazaret: &Lazaret) -> Child {
    let mut command = lazaret.command();
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.spawn().expect("lazaret starts")
}

#[test]
fn eight_writers_some_of_them_killed_leave_a_chain() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("audit");
    let policy = format!("audit.directory = '{}'\n", log.display());
    let lazaret = Lazaret::new(none())
        .only_policy(&policy)
        .run("script.py", b"eval(input())\n");
    let mut killed = 0;
    for round in 0..60 {
        let mut writers: Vec<Child> = (0..8).map(|_| start(&lazaret)).collect();
        for (at, writer) in writers.iter_mut().enumerate() {
            if at % 2 == 0 {
                // Somewhere between its start and its end.
                std::thread::sleep(std::time::Duration::from_micros(round * 150));
                killed += u32::from(writer.kill().is_ok());
            }
        }
        for mut writer in writers {
            writer.wait().expect("it ends");
        }
    }
    lazaret.output().exits(126);
    let verified = on(&log, &["audit", "verify"]).json();
    assert_eq!(verified["whole"], true, "{verified:#}");
    let count = verified["records"].as_u64().expect("a number");
    assert!(
        killed > 100 && count > 240,
        "{killed} killed, {count} records"
    );
    let head = on(&log, &["audit", "head"]).output().exits(0).stdout;
    on(&log, &["audit", "verify", "--anchor", head.trim()])
        .output()
        .exits(0);
}

#[test]
fn a_change_is_named_with_its_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("audit");
    let policy = format!("audit.directory = '{}'\n", log.display());
    let lazaret = Lazaret::new(none())
        .only_policy(&policy)
        .run("script.py", b"eval(input())\n");
    for _ in 0..3 {
        lazaret.output().exits(126);
    }
    let path = log.join("audit.jsonl");
    let text = std::fs::read_to_string(&path).expect("a log");
    std::fs::write(&path, text.replacen("\"number\":2", "\"number\":9", 1)).expect("changed");
    let ran = on(&log, &["audit", "verify"]).output().exits(1);
    assert!(
        ran.stdout.contains("audit.jsonl:2: the record was changed"),
        "{ran}"
    );
    let mut lines: Vec<&str> = text.lines().collect();
    lines.remove(1);
    std::fs::write(&path, lines.join("\n") + "\n").expect("removed");
    let ran = on(&log, &["audit", "verify"]).output().exits(1);
    assert!(
        ran.stdout
            .contains("audit.jsonl:2: the record does not follow"),
        "{ran}"
    );
}
