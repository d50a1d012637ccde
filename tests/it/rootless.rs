//! Rootless Podman on cgroups v1, where the engine drops every limit with a warning: refused by
//! name, or accepted by policy and told in every result (37, 38).

use serde_json::Value;

use crate::harness::{Engine, Lazaret, Ran, rootless};

/// The engine's warning, which comes before the script's first byte on stderr.
const WARNING: &str = "Resource limits are not supported";

/// A run under a policy that accepts these breaches.
fn accepting(engine: &'static Engine, accept: &str, name: &str, script: &str) -> Lazaret {
    let lazaret = Lazaret::new(engine).run(name, script.as_bytes());
    lazaret.policy_key(&format!("accept = [{accept}]"))
}

fn breaches(document: &Value, accepted: bool) -> Vec<&str> {
    let breaches = document["breaches"].as_array().expect("breaches").iter();
    let breaches = breaches.filter(|breach| breach["accepted"] == accepted);
    breaches
        .map(|breach| breach["name"].as_str().expect("a name"))
        .collect()
}

fn json(lazaret: Lazaret) -> (Ran, Value) {
    let ran = lazaret.args(&["--format", "json"]).output();
    let document = ran.document();
    (ran, document)
}

/// 37: each limit that does not hold is named, and nothing was delivered.
#[test]
fn it_is_refused_naming_each_limit() {
    let Some(engine) = rootless() else { return };
    for (name, script) in [("script.py", "print('ran')"), ("script.sh", "echo ran")] {
        let (ran, document) = json(accepting(engine, "", name, script));
        assert_eq!(ran.code, 125, "{ran}");
        assert_eq!(document["status"], "refused", "{ran}");
        assert_eq!(document["executed"], "no", "{ran}");
        assert_eq!(document["stdout"], "", "{ran}");
        for limit in ["memory", "pids", "cpu"] {
            assert!(
                breaches(&document, false).contains(&limit),
                "{limit}: {ran}"
            );
        }
        assert_eq!(document["cleanup"]["removed"], true, "{ran}");
    }
}

/// 37: accepting some leaves the others.
#[test]
fn accepting_some_is_not_enough() {
    let Some(engine) = rootless() else { return };
    let (ran, document) = json(accepting(
        engine,
        "'memory', 'pids'",
        "script.py",
        "print('ran')",
    ));
    assert_eq!(ran.code, 125, "{ran}");
    assert_eq!(breaches(&document, false), ["cpu"], "{ran}");
    let message = document["message"].as_str().expect("a message");
    assert!(
        message.contains("cpu: promised") && !message.contains("memory: promised"),
        "{message}"
    );
}

/// 37: with all accepted it runs, and the result says what did not hold.
#[test]
fn accepted_it_runs_and_says_so() {
    let Some(engine) = rootless() else { return };
    for (name, script) in [("script.py", "print('ran')"), ("script.sh", "echo ran")] {
        let accept = "'memory', 'pids', 'cpu'";
        let (ran, document) = json(accepting(engine, accept, name, script));
        assert_eq!(ran.code, 0, "{ran}");
        assert_eq!(document["status"], "succeeded", "{ran}");
        assert_eq!(document["stdout"], "ran\n", "{ran}");
        assert_eq!(breaches(&document, false), [] as [&str; 0], "{ran}");
        for limit in ["memory", "pids", "cpu"] {
            assert!(breaches(&document, true).contains(&limit), "{limit}: {ran}");
        }
        // Figures of a container without limits of its own would be the host's.
        assert!(
            document["resources"]["peak_memory_bytes"].is_null(),
            "{ran}"
        );
        let ran = accepting(engine, accept, name, script).output().exits(0);
        assert_eq!(ran.stdout, "ran\n", "{ran}");
        for limit in ["memory", "pids", "cpu"] {
            let line = format!("lazaret: accepted by the policy: {limit} does not hold: ");
            assert!(ran.stderr.contains(&line), "{line}{ran}");
        }
    }
}

/// 38: the engine's warning is not the script's stderr, whether that is empty or not.
#[test]
fn the_engines_warning_is_not_the_scripts() {
    let Some(engine) = rootless() else { return };
    for (name, script, stderr) in [
        (
            "script.py",
            "import sys\nprint('err', file=sys.stderr)\nsys.exit(3)",
            "err\n",
        ),
        ("script.sh", "printf err >&2; exit 3", "err"),
        ("script.sh", "exit 3", ""),
    ] {
        let accept = "'memory', 'pids', 'cpu'";
        let (ran, document) = json(accepting(engine, accept, name, script));
        assert_eq!(ran.code, 3, "{ran}");
        assert_eq!(document["stderr"], stderr, "{ran}");
        let ran = accepting(engine, accept, name, script).output().exits(3);
        assert!(!ran.stderr.contains(WARNING), "{ran}");
        assert!(ran.stderr.starts_with(stderr), "{ran}");
    }
    // The engine does warn; otherwise nothing was shown here.
    let (_, document) = json(accepting(
        engine,
        "'memory', 'pids', 'cpu'",
        "script.py",
        "",
    ));
    let argv: Vec<&str> = document["argv"]
        .as_array()
        .expect("argv")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let warned = engine.command(&argv[1..]).output().expect("podman starts");
    assert!(
        String::from_utf8_lossy(&warned.stderr).contains(WARNING),
        "{warned:?}"
    );
}

/// What isolates cannot be accepted away.
#[test]
fn isolation_cannot_be_accepted_away() {
    let Some(engine) = rootless() else { return };
    for name in ["network", "uid", "capabilities", "mount", "seccomp", "all"] {
        let (ran, document) = json(accepting(
            engine,
            &format!("'{name}'"),
            "script.py",
            "print('ran')",
        ));
        assert_eq!(ran.code, 2, "{ran}");
        assert_eq!(document["error_kind"], "bad-policy", "{ran}");
    }
}
