//! The table of outcomes: for each status, the JSON document, the exit code and a person's stderr
//! tell one story, in both formats and in the `--result` file.

#![expect(clippy::indexing_slicing, reason = "what is not there fails the test")]

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use crate::harness::{Engine, Lazaret, Ran, docker, podman};
use crate::running::{Ended, Running, exists, processes, until};

/// What a status promises.
struct Promise {
    status: &'static str,
    executed: &'static str,
    /// Of the process.
    code: i32,
    /// Of the script.
    exit_code: Option<u8>,
    signal: Option<&'static str>,
    error_kind: Option<&'static str>,
    /// On a person's stderr; every word of it behind `lazaret: `.
    said: &'static str,
}

impl Promise {
    fn new(status: &'static str, executed: &'static str, code: i32) -> Self {
        Self {
            status,
            executed,
            code,
            exit_code: None,
            signal: None,
            error_kind: None,
            said: "",
        }
    }

    fn exit_code(mut self, code: u8) -> Self {
        self.exit_code = Some(code);
        self
    }

    fn signal(mut self, name: &'static str) -> Self {
        self.signal = Some(name);
        self
    }

    fn says(mut self, kind: &'static str, said: &'static str) -> Self {
        (self.error_kind, self.said) = (Some(kind), said);
        self
    }

    /// The code is the script's own, so nobody needs to be told.
    fn is_the_scripts_code(&self) -> bool {
        ["succeeded", "failed"].contains(&self.status)
    }

    #[track_caller]
    fn holds_for_the_document(&self, document: &Value, story: &str) {
        let told = |field: &str| {
            document
                .get(field)
                .unwrap_or_else(|| panic!("no {field}: {story}"))
        };
        assert_eq!(told("schema"), "lazaret.result/1", "{story}");
        assert_eq!(told("status"), self.status, "{story}");
        assert_eq!(told("executed"), self.executed, "{story}");
        assert_eq!(told("success"), self.is_success(), "{story}");
        assert_eq!(told("timed_out"), (self.status == "timed_out"), "{story}");
        assert_eq!(*told("exit_code"), Value::from(self.exit_code), "{story}");
        assert_eq!(*told("signal"), Value::from(self.signal), "{story}");
        assert_eq!(*told("error_kind"), Value::from(self.error_kind), "{story}");
        assert_eq!(
            told("message").is_null(),
            self.error_kind.is_none(),
            "{story}"
        );
        let rejected = self.status == "rejected";
        assert_eq!(told("validation_error").is_string(), rejected, "{story}");
        if !told("container").is_null() {
            assert_eq!(told("cleanup")["removed"], true, "{story}");
        }
    }

    fn is_success(&self) -> bool {
        self.status == "succeeded"
    }

    #[track_caller]
    fn holds_for_a_person(&self, stderr: &str, story: &str) {
        if self.is_the_scripts_code() {
            assert!(!stderr.contains("lazaret:"), "{story}");
        } else {
            let line = format!("lazaret: {}: ", self.status);
            assert!(stderr.contains(&line), "{line}{story}");
            assert!(stderr.contains(self.said), "{}{story}", self.said);
        }
    }
}

/// Runs one case three ways: in text with `--result`, in JSON, and compares all of it.
#[track_caller]
fn agree(make: impl Fn() -> Lazaret, promise: &Promise) -> (Ran, Value) {
    let lazaret = make();
    let result = lazaret.file("result.json", b"");
    let text = lazaret.args(&["--result", result.to_str().expect("UTF-8")]);
    let ran = text.output();
    let file = std::fs::read_to_string(result).expect("the result file");
    let written: Value = serde_json::from_str(&file).expect("one JSON document");
    let story = format!("{ran}\n--- result\n{written:#}");
    assert_eq!(ran.code, promise.code, "{story}");
    promise.holds_for_a_person(&ran.stderr, &story);
    promise.holds_for_the_document(&written, &story);
    assert_eq!(written["stdout"], ran.stdout, "{story}");

    let json = make().args(&["--format", "json"]).output();
    let document = json.document();
    assert_eq!(json.code, promise.code, "{json}");
    promise.holds_for_the_document(&document, &json.to_string());
    assert_eq!(document["stdout"], written["stdout"], "{story}{json}");
    (ran, document)
}

fn engines() -> impl Iterator<Item = &'static Engine> {
    [docker(), podman()].into_iter().flatten()
}

/// Row `succeeded`.
#[test]
fn succeeded() {
    let promise = Promise::new("succeeded", "yes", 0).exit_code(0);
    for engine in engines() {
        let (ran, _) = agree(|| Lazaret::python(engine, "print('out')"), &promise);
        assert_eq!(
            (ran.stdout.as_str(), ran.stderr.as_str()),
            ("out\n", ""),
            "{ran}"
        );
        let (ran, _) = agree(|| Lazaret::bash(engine, "echo out; echo err >&2"), &promise);
        assert_eq!(
            (ran.stdout.as_str(), ran.stderr.as_str()),
            ("out\n", "err\n"),
            "{ran}"
        );
    }
}

/// Row `failed`: the script's own code, and an uncaught exception's.
#[test]
fn failed() {
    let promise = |code: u8| {
        Promise::new("failed", "yes", code.into())
            .exit_code(code)
            .says("script-error", "")
    };
    for engine in engines() {
        agree(|| Lazaret::bash(engine, "echo before; exit 7"), &promise(7));
        agree(
            || Lazaret::python(engine, "print('before')\nraise SystemExit(9)"),
            &promise(9),
        );
        agree(
            || Lazaret::python(engine, "raise ValueError('x')"),
            &promise(1),
        );
    }
}

/// Row `signaled`.
#[test]
fn signaled() {
    let promise = Promise::new("signaled", "yes", 139)
        .signal("SIGSEGV")
        .says("signal", "the script died of SIGSEGV");
    let python = "import os, signal\nprint('before')\nos.kill(os.getpid(), signal.SIGSEGV)";
    for engine in engines() {
        agree(|| Lazaret::python(engine, python), &promise);
        agree(
            || Lazaret::bash(engine, "echo before; kill -SEGV $$"),
            &promise,
        );
    }
}

/// Row `timed_out`: what was printed before is kept.
#[test]
fn timed_out() {
    let promise =
        Promise::new("timed_out", "yes", 124).says("timeout", "the deadline of 0.5 s passed");
    for engine in engines() {
        let python = || Lazaret::python(engine, "print('before')\nwhile True: pass");
        let (ran, document) = agree(|| python().args(&["--timeout", "0.5"]), &promise);
        assert_eq!(ran.stdout, "before\n", "{ran}");
        assert_eq!(
            document["limits"]["requested"]["timeout"], 0.5,
            "{document:#}"
        );
        let run = document["timings"]["run_ms"].as_f64().expect("a time");
        assert!(run >= 500.0, "{document:#}");
        let bash = || Lazaret::bash(engine, "echo before; sleep inf");
        agree(|| bash().args(&["--timeout", "0.5"]), &promise);
    }
}

/// Row `out_of_memory`: with the evidence, and never as an exit code.
#[test]
fn out_of_memory() {
    let promise = Promise::new("out_of_memory", "yes", 137)
        .signal("SIGKILL")
        .says("out-of-memory", "more memory than its limit");
    let script = "print('before')\nhoard = [bytes([1]) * 1000000 for _ in range(400)]";
    for engine in engines() {
        let make = || {
            Lazaret::python(engine, script)
                .unchecked()
                .args(&["--memory", "64m"])
        };
        let (ran, document) = agree(make, &promise);
        assert!(ran.stderr.contains("OOM killer"), "{ran}");
        let evidence = document["evidence"].as_array().expect("evidence");
        assert!(
            evidence.iter().any(|seen| seen["code"] == "oom-kill"),
            "{document:#}"
        );
        assert!(
            document["resources"]["oom_kills"].as_u64() >= Some(1),
            "{document:#}"
        );
    }
}

const ENDLESS: &str = "import time\nprint('ready', flush=True)\nwhile True: time.sleep(9)";

/// Row `cancelled`, after the script began; in text and with `--result`.
#[test]
fn cancelled() {
    let promise = Promise::new("cancelled", "yes", 130).says("cancelled", "the caller cancelled");
    for engine in engines() {
        let (ended, written) =
            ended_from_outside(engine, |running| running.signal(Signal::SIGTERM));
        let story = format!("{ended:?}");
        assert_eq!(ended.code, 130, "{story}");
        promise.holds_for_a_person(&ended.stderr, &story);
        promise.holds_for_the_document(&written, &story);
        assert_eq!(written["stdout"], "ready\n", "{story}");
    }
}

/// Row `cancelled`, in JSON: still one document.
#[test]
fn cancelled_in_json() {
    let promise = Promise::new("cancelled", "yes", 130).says("cancelled", "");
    for engine in engines() {
        let marker = format!("cancelled-in-json-{}-{}", engine.name, std::process::id());
        let lazaret = Lazaret::python(engine, ENDLESS).args(&["--format", "json"]);
        let mut running = Running::start(lazaret.script_args(&[&marker]));
        // Nothing is printed before the end, but the script's process shows on the host.
        until("the script's process", || {
            processes().iter().any(|process| {
                let has = |word: &str| process.argv.iter().any(|argument| argument == word);
                has("/work/script.py") && has(&marker)
            })
        });
        running.signal(Signal::SIGINT);
        let ended = running.ends();
        let document = serde_json::from_str(&ended.stdout).expect("one JSON document");
        assert_eq!(ended.code, 130, "{ended:?}");
        promise.holds_for_the_document(&document, &ended.stdout);
    }
}

/// Row `rejected`, by each layer of the host's checks: no engine is asked.
#[test]
fn rejected_by_the_hosts_checks() {
    let Some(engine) = docker() else { return };
    let long = "x = 1\n".repeat(5000);
    for (script, layer) in [
        ("api_key = 'secret123'\n", "secrets"),
        ("eval('malicious')\n", "dangerous"),
        ("def foo(\n", "syntax"),
        (long.as_str(), "size"),
    ] {
        let promise = Promise::new("rejected", "no", 126).says(layer, "");
        let (ran, document) = agree(|| Lazaret::python(engine, script), &promise);
        assert_eq!(ran.stdout, "", "{ran}");
        assert!(
            document["container"].is_null() && document["argv"].is_null(),
            "{document:#}"
        );
        let findings = document["findings"].as_array().expect("findings");
        assert!(
            findings.iter().any(|finding| finding["layer"] == layer),
            "{document:#}"
        );
    }
    let promise = Promise::new("rejected", "no", 126).says("syntax", "");
    let bash = || Lazaret::bash(engine, "echo ran\nif [ true\n");
    let (ran, document) = agree(bash, &promise);
    assert_eq!(ran.stdout, "", "{ran}");
    assert!(document["container"].is_null(), "{document:#}");
}

/// A secret is not printed: not to a person, not in the document.
#[test]
fn a_rejected_secret_is_not_shown() {
    let Some(engine) = docker() else { return };
    let promise = Promise::new("rejected", "no", 126).says("secrets", "");
    let (ran, document) = agree(
        || Lazaret::python(engine, "api_key = 'secret123'\n"),
        &promise,
    );
    assert!(!document.to_string().contains("secret123"), "{document:#}");
    assert!(!ran.stderr.contains("secret123"), "{ran}");
}

/// Row `rejected`, by the interpreter's own parser in the container: no statement ran.
#[test]
fn rejected_by_the_interpreters_parser() {
    let promise = Promise::new("rejected", "no", 126).says("syntax", "line ");
    for engine in engines() {
        let python = || Lazaret::python(engine, "print('ran')\ndef foo(\n").unchecked();
        let (ran, document) = agree(python, &promise);
        assert_eq!(ran.stdout, "", "{ran}");
        assert!(
            document["message"]
                .as_str()
                .expect("a message")
                .starts_with("line 2: "),
            "{document:#}"
        );
        assert_eq!(
            document["evidence"][0]["code"], "interpreter",
            "{document:#}"
        );
        let bash = || Lazaret::bash(engine, "echo ran\nif [ true\n").unchecked();
        let (ran, document) = agree(bash, &promise);
        assert_eq!(ran.stdout, "", "{ran}");
        assert!(document["container"].is_string(), "{document:#}");
    }
}

/// Row `unavailable`: an engine that is not there; no other is tried in its place.
#[test]
fn unavailable() {
    let Some(engine) = docker() else { return };
    let promise =
        Promise::new("unavailable", "no", 125).says("engine-not-found", "named by --engine");
    let make = || Lazaret::python(engine, "print('ran')").args(&["--engine", "lazaret-nosuch"]);
    let (ran, document) = agree(make, &promise);
    assert_eq!(ran.stdout, "", "{ran}");
    assert!(
        document["engine"].is_null() && document["container"].is_null(),
        "{document:#}"
    );
}

/// Row `invalid`: an unknown language, a script that is not there, a limit beyond the ceiling.
#[test]
fn invalid() {
    let Some(engine) = docker() else { return };
    let script = || Lazaret::python(engine, "print('ran')");
    let promise = |kind, said| Promise::new("invalid", "no", 2).says(kind, said);
    agree(
        || script().args(&["--language", "cobol"]),
        &promise("unknown-language", "cobol"),
    );
    let nosuch = || Lazaret::new(engine).args(&["run", "/nonexistent/script.py"]);
    agree(
        nosuch,
        &promise("script-not-found", "/nonexistent/script.py"),
    );
    agree(
        || script().args(&["--memory", "100g"]),
        &promise("not-permitted", "memory 100g"),
    );
    let bad_policy = || script().only_policy("network = \"host\"\n");
    agree(bad_policy, &promise("bad-policy", "network"));
}

/// Row `lost`: the container is removed, or killed, by another hand in mid-run (36).
#[test]
fn lost() {
    for (engine, by_another_hand) in [
        (docker(), ["rm", "--force"].as_slice()),
        (docker(), &["kill"]),
        // Without it Podman asks first; see below.
        (podman(), &["rm", "--force", "--time", "0"]),
        (podman(), &["kill"]),
    ] {
        let Some(engine) = engine else { continue };
        let (ended, written) = ended_from_outside(engine, |running| {
            engine.ask(&[by_another_hand, &[&running.container()]].concat());
        });
        let promise =
            Promise::new("lost", "unknown", 123).says("container-lost", "again is not safe");
        let story = format!("{by_another_hand:?} on {}: {ended:?}", engine.name);
        assert_eq!(ended.code, 123, "{story}");
        promise.holds_for_a_person(&ended.stderr, &story);
        promise.holds_for_the_document(&written, &story);
        assert_eq!(written["stdout"], "ready\n", "{story}");
    }
}

/// Row `lost`: the engine's command is killed in mid-run, and the container is gone (36).
#[test]
fn lost_with_the_engines_command() {
    for engine in engines() {
        let mut container = String::new();
        let (ended, written) = ended_from_outside(engine, |running| {
            container = running.container();
            kill(Pid::from_raw(running.cli().pid), Signal::SIGKILL).expect("it is there");
        });
        let promise =
            Promise::new("lost", "unknown", 123).says("container-lost", "again is not safe");
        let story = format!("{}: {ended:?}", engine.name);
        assert_eq!(ended.code, 123, "{story}");
        promise.holds_for_a_person(&ended.stderr, &story);
        promise.holds_for_the_document(&written, &story);
        assert!(!exists(engine, &container), "{story}");
    }
}

/// A polite end from outside is no loss: the launcher passes the SIGTERM on, and its report comes.
#[test]
fn a_polite_removal_is_told_as_the_signal_it_was() {
    let Some(engine) = podman() else { return };
    let (ended, written) = ended_from_outside(engine, |running| {
        engine.ask(&["rm", "--force", &running.container()]);
    });
    let promise = Promise::new("signaled", "yes", 143)
        .signal("SIGTERM")
        .says("signal", "SIGTERM");
    let story = format!("{ended:?}");
    assert_eq!(ended.code, 143, "{story}");
    promise.holds_for_a_person(&ended.stderr, &story);
    promise.holds_for_the_document(&written, &story);
}

/// Runs an endless script until it is ready, has something done to it, and gives its end and the
/// document of `--result`.
#[track_caller]
fn ended_from_outside(engine: &'static Engine, act: impl FnOnce(&Running)) -> (Ended, Value) {
    let lazaret = Lazaret::python(engine, ENDLESS);
    let result = lazaret.file("result.json", b"");
    let lazaret = lazaret.args(&["--result", result.to_str().expect("UTF-8")]);
    let mut running = Running::start(lazaret);
    running.prints("ready");
    act(&running);
    let ended = running.ends();
    let file = std::fs::read_to_string(result).expect("the result file");
    let written = serde_json::from_str(&file).expect("one JSON document");
    (ended, written)
}
