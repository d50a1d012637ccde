//! How scripts end by themselves: exit codes that look like ours stay the script's, and signals
//! have names (32, 33).

#![expect(clippy::indexing_slicing, reason = "what is not there fails the test")]

use crate::harness::{Engine, Lazaret, docker, podman};

const CODES: [u8; 13] = [0, 1, 2, 124, 125, 126, 127, 128, 130, 137, 139, 143, 255];

#[track_caller]
fn every_code_is_the_scripts(engine: &'static Engine, name: &str, script: &str) {
    for code in CODES {
        let code_text = code.to_string();
        let lazaret = Lazaret::new(engine)
            .run(name, script.as_bytes())
            .script_args(&[&code_text]);
        let lazaret = lazaret.args(&["--format", "json"]);
        let ran = lazaret.output().exits(code.into());
        let document = ran.document();
        let status = if code == 0 { "succeeded" } else { "failed" };
        assert_eq!(document["status"], status, "{code}: {ran}");
        assert_eq!(document["exit_code"], code, "{code}: {ran}");
        assert_eq!(document["executed"], "yes", "{code}: {ran}");
        assert!(document["signal"].is_null(), "{code}: {ran}");
    }
}

/// 32, Python.
#[test]
fn every_exit_code_of_python_is_the_scripts_own() {
    let Some(engine) = docker() else { return };
    every_code_is_the_scripts(
        engine,
        "script.py",
        "import sys\nsys.exit(int(sys.argv[1]))",
    );
}

/// 32, bash, where 137 is an exit code and SIGKILL alike.
#[test]
fn every_exit_code_of_bash_is_the_scripts_own() {
    let Some(engine) = docker() else { return };
    every_code_is_the_scripts(engine, "script.sh", "exit $1");
}

/// 32, on Podman.
#[test]
fn every_exit_code_on_podman_is_the_scripts_own() {
    let Some(engine) = podman() else { return };
    every_code_is_the_scripts(
        engine,
        "script.py",
        "import sys\nsys.exit(int(sys.argv[1]))",
    );
    every_code_is_the_scripts(engine, "script.sh", "exit $1");
}

/// 32: a shell that passes on what its child died of has exited with a code.
#[test]
fn a_childs_signal_is_not_the_scripts() {
    let Some(engine) = docker() else { return };
    for (script, code) in [
        ("bash -c 'kill -KILL $$'; exit $?", 137),
        ("bash -c 'kill -SEGV $$'\nexit $?", 139),
        ("bash -c 'kill -TERM $$'\nexit $?", 143),
    ] {
        let ran = Lazaret::bash(engine, script)
            .args(&["--format", "json"])
            .output()
            .exits(code);
        assert_eq!(ran.document()["status"], "failed", "{ran}");
    }
}

/// 33: the signal is named, in both languages, also when it comes at once.
#[test]
fn signals_are_named() {
    for (engine, signals) in [
        (
            docker(),
            [
                "SEGV", "ABRT", "FPE", "KILL", "TERM", "HUP", "INT", "PIPE", "USR1",
            ]
            .as_slice(),
        ),
        (podman(), &["KILL", "TERM", "ABRT"]),
    ] {
        let Some(engine) = engine else { continue };
        for signal in signals {
            let name = format!("SIG{signal}");
            // Python itself catches SIGINT and ignores SIGPIPE.
            let python = format!(
                "import os, signal\nsignal.signal(signal.{name}, signal.SIG_DFL)\n\
                                  os.kill(os.getpid(), signal.{name})"
            )
            .replace("signal.signal(signal.SIGKILL, signal.SIG_DFL)\n", "");
            for (file, script) in [
                ("script.py", python),
                ("script.sh", format!("kill -{signal} $$")),
            ] {
                let lazaret = Lazaret::new(engine)
                    .run(file, script.as_bytes())
                    .unchecked();
                let ran = lazaret.args(&["--format", "json"]).output();
                let document = ran.document();
                assert_eq!(document["status"], "signaled", "{name} {file}: {ran}");
                assert_eq!(document["signal"], name.as_str(), "{file}: {ran}");
                assert!(document["exit_code"].is_null(), "{name} {file}: {ran}");
                assert!(ran.code > 128, "{name} {file}: {ran}");
            }
        }
    }
}

/// 33: real crashes, not only signals that were sent.
#[test]
fn crashes_are_signals() {
    let Some(engine) = docker() else { return };
    for (script, signal) in [
        ("import ctypes\nctypes.string_at(0)", "SIGSEGV"),
        ("import os\nos.abort()", "SIGABRT"),
    ] {
        let document = Lazaret::python(engine, script).unchecked().json();
        assert_eq!(document["signal"], signal, "{document:#}");
    }
}

/// `SystemExit` with things that are no number.
#[test]
fn pythons_other_exits_are_codes() {
    let Some(engine) = docker() else { return };
    for (script, code) in [
        ("import sys\nsys.exit('words')", 1),
        ("import sys\nsys.exit(None)", 0),
        ("import sys\nsys.exit(-1)", 255),
        ("import sys\nsys.exit(256)", 0),
        ("import os\nos._exit(42)", 42),
    ] {
        Lazaret::python(engine, script)
            .unchecked()
            .output()
            .exits(code);
    }
}
