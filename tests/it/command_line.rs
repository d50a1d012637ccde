//! The command line: what is printed where, and with which exit code (11, 55, 56).

use std::io::Read as _;
use std::path::Path;
use std::process::{Output, Stdio};

use serde_json::Value;

use crate::harness::{Engine, Lazaret, docker, podman};
use crate::running::{Running, exists};

// ---- plan and payload ------------------------------------------------------------------------------------------

/// 56: the printed command line, pasted into a shell and fed with the printed payload, truly runs
/// the script.
#[test]
fn a_pasted_plan_runs_the_payload() {
    for (engine, language, name, script) in [
        (
            docker(),
            "python",
            "script.py",
            "import sys\nprint('hello', sys.argv[1], sys.stdin.read())\nsys.exit(7)",
        ),
        (
            docker(),
            "bash",
            "script.sh",
            "echo hello \"$1\" \"$(cat)\"; exit 7",
        ),
        (
            podman(),
            "python",
            "script.py",
            "import sys\nprint('hello', sys.argv[1], sys.stdin.read())\nsys.exit(7)",
        ),
        (
            podman(),
            "bash",
            "script.sh",
            "echo hello \"$1\" \"$(cat)\"; exit 7",
        ),
    ] {
        let Some(engine) = engine else { continue };
        let lazaret = Lazaret::new(engine).args(&["payload"]);
        let file = lazaret.file(name, script.as_bytes());
        let lazaret = lazaret.args(&[file.to_str().expect("UTF-8"), "--stdin", "-"]);
        let payload = lazaret
            .script_args(&["it's \"me\""])
            .stdin(b"there")
            .output()
            .exits(0);
        let plan = Lazaret::new(engine)
            .args(&["plan", language])
            .output()
            .exits(0);
        let output = paste(engine, &plan.stdout, &payload.bytes);
        let stdout = String::from_utf8_lossy(&output.stdout);
        let (_, said) = stdout
            .split_once(":begin\n")
            .unwrap_or_else(|| panic!("{output:?}"));
        // Nobody waits for the attestation before the payload comes: its end may stand in here.
        assert!(said.contains("hello it's \"me\" there\n"), "{said}");
        assert!(said.contains(":end exit=7 "), "{said}");
        let container = plan
            .stdout
            .split_whitespace()
            .find(|word| word.starts_with("lazaret-"));
        assert!(!exists(engine, container.expect("a name")), "{plan}");
    }
}

/// As it happens under load: the waiting interpreter ends early, its shell reaps it in passing, and
/// another process is still there; or it does not get as far as its pipe. Either way an interpreter is
/// started for the script, which hears nothing of it.
#[test]
fn a_waiting_interpreter_that_does_not_wait_is_replaced() {
    let unseen = [
        ("exec env ", "exec false "),
        (
            "early=$!",
            "early=$!\ni=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done\n[ -w /work ] && : &",
        ),
        ("echo attested", "echo attested; sleep 0.5"),
    ];
    let late = [(
        "mkfifo /work",
        "sh -c 'sleep 0.2; exec mkfifo \"$0\"' /work",
    )];
    for engine in [docker(), podman()].into_iter().flatten() {
        let lazaret = Lazaret::new(engine).args(&["payload"]);
        let script = b"import time\ntime.sleep(0.4)\nprint('hello')";
        let file = lazaret.file("script.py", script);
        let file = file.to_str().expect("UTF-8");
        let payload = lazaret.args(&[file]).output().exits(0);
        for change in [unseen.as_slice(), &late] {
            let mut words = vec!["-c".to_owned(), "exec \"$@\"".to_owned(), "sh".to_owned()];
            words.extend(changed_plan(engine, change));
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let output = shell(engine, &words, &payload.bytes);
            let [stdout, stderr] =
                [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
            assert!(stdout.contains("hello\n"), "{stdout}");
            assert!(stdout.contains(":end exit=0 "), "{stdout}");
            assert!(stderr.contains(":begin\nlazaret:"), "{stderr}");
        }
    }
}

/// Python's command line with these replacements, each of which must find its place.
fn changed_plan(engine: &'static Engine, change: &[(&str, &str)]) -> Vec<String> {
    let plan = Lazaret::new(engine).args(&["plan", "python"]).json();
    let argv = plan.get("argv").and_then(Value::as_array);
    let mut argv: Vec<String> = argv
        .expect("argv")
        .iter()
        .map(|word| word.as_str().expect("text").to_owned())
        .collect();
    for (from, to) in change {
        let word = argv.iter_mut().find(|word| word.contains(from));
        let word = word.expect(from);
        *word = word.replace(from, to);
    }
    argv
}

fn paste(engine: &Engine, text: &str, input: &[u8]) -> Output {
    shell(engine, &["-c", text], input)
}

fn shell(engine: &Engine, arguments: &[&str], input: &[u8]) -> Output {
    use std::io::Write as _;
    let mut shell = engine.program(Path::new("/bin/sh"));
    shell
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = shell.spawn().expect("sh starts");
    child
        .stdin
        .take()
        .expect("a pipe")
        .write_all(input)
        .expect("it reads");
    child.wait_with_output().expect("it ends")
}

/// 56: two plans differ in the container's name alone, and a run's argv is a plan's but for name
/// and labels.
#[test]
fn a_plan_is_what_a_run_does() {
    let Some(engine) = docker() else { return };
    let plan = || Lazaret::new(engine).args(&["plan", "python"]).json();
    let words = |document: &Value| -> Vec<String> {
        let argv = document["argv"].as_array().expect("argv").iter();
        let argv: Vec<&str> = argv.map(|word| word.as_str().expect("text")).collect();
        let own = |at: usize| at > 0 && ["--name", "--label"].contains(&argv[at - 1]);
        let kept = argv
            .iter()
            .enumerate()
            .filter(|(at, word)| !own(*at) && **word != "--label");
        kept.map(|(_, word)| (*word).to_owned()).collect()
    };
    let (first, second) = (plan(), plan());
    assert_ne!(first["argv"], second["argv"]);
    assert_eq!(words(&first), words(&second));
    assert_eq!(
        words(&Lazaret::python(engine, "print(1)").json()),
        words(&first)
    );
    assert_eq!(
        words(&Lazaret::python(engine, "print('another')").json()),
        words(&first)
    );
}

/// `--dry-run` prints that same command line; a script that is rejected has none.
#[test]
fn a_dry_run_prints_the_plan() {
    let Some(engine) = docker() else { return };
    let ran = Lazaret::python(engine, "print('ran')")
        .arg("--dry-run")
        .output()
        .exits(0);
    assert!(ran.stdout.contains("--network none"), "{ran}");
    assert!(!ran.stdout.contains("print('ran')"), "{ran}");
    let ran = Lazaret::python(engine, "eval('x')")
        .arg("--dry-run")
        .output()
        .exits(126);
    assert_eq!(ran.stdout, "", "{ran}");
}

// ---- JSON ------------------------------------------------------------------------------------------------------

/// 55: one JSON document on stdout, whatever happens, and nothing else there.
#[test]
fn json_is_one_document_whatever_happens() {
    let Some(engine) = docker() else { return };
    let script = || Lazaret::python(engine, "print('ran')");
    let empty = || Lazaret::new(engine);
    for (lazaret, status, kind, code) in [
        (script().args(&["--timeout", "0"]), "invalid", "usage", 2),
        (script().args(&["--no-such-flag"]), "invalid", "usage", 2),
        (script().args(&["--format", "yaml"]), "invalid", "usage", 2),
        (empty().args(&["run"]), "invalid", "usage", 2),
        (
            empty().args(&["run", "/nonexistent.py"]),
            "invalid",
            "script-not-found",
            2,
        ),
        (
            empty().args(&["run", "/"]),
            "invalid",
            "script-unreadable",
            2,
        ),
        (
            empty().run("script.txt", b"hello"),
            "invalid",
            "unknown-language",
            2,
        ),
        (
            script().args(&["--stdin", "/nonexistent"]),
            "invalid",
            "stdin-unreadable",
            2,
        ),
        (
            script().args(&["--policy", "/nonexistent"]),
            "invalid",
            "bad-policy",
            2,
        ),
        (script().only_policy("nonsense"), "invalid", "bad-policy", 2),
        (
            script().args(&["--engine", "lazaret-nosuch"]),
            "unavailable",
            "engine-not-found",
            125,
        ),
        (
            script().args(&["--dry-run", "--engine", "lazaret-nosuch"]),
            "unavailable",
            "engine-not-found",
            125,
        ),
        (
            script().args(&["--dry-run", "--memory", "100g"]),
            "invalid",
            "not-permitted",
            2,
        ),
    ] {
        let ran = lazaret.args(&["--format", "json"]).output();
        let document = ran.document();
        assert_eq!(document["schema"], "lazaret.result/1", "{ran}");
        assert_eq!(document["status"], status, "{ran}");
        assert_eq!(document["error_kind"], kind, "{ran}");
        assert_eq!(document["executed"], "no", "{ran}");
        assert_eq!(ran.code, code, "{ran}");
        assert_eq!(ran.stdout.lines().count(), 1, "{ran}");
    }
}

/// Every field of a result is there, null where it does not apply.
#[test]
fn a_result_has_every_field() {
    let Some(engine) = docker() else { return };
    let documents = [
        Lazaret::python(engine, "print(1)").json(),
        Lazaret::python(engine, "eval('x')").json(),
        Lazaret::new(engine)
            .args(&["run", "/nonexistent.py"])
            .json(),
    ];
    let fields = |document: &Value| -> Vec<String> {
        document
            .as_object()
            .expect("an object")
            .keys()
            .cloned()
            .collect()
    };
    let all = "schema id status executed success exit_code signal timed_out validation_error error_kind notices stdout stderr \
               stdout_bytes stderr_bytes stdout_dropped stderr_dropped stdout_base64 stderr_base64 findings evidence breaches \
               limits analysis output timings resources started_at engine image container cleanup argv";
    for document in &documents {
        assert_eq!(fields(document), fields(&documents[0]));
        for field in all.split_whitespace() {
            assert!(document.get(field).is_some(), "{field}: {document:#}");
        }
    }
}

/// The result file cannot be written: told, and the script's streams are as ever.
#[test]
fn a_result_file_that_cannot_be_written() {
    let Some(engine) = docker() else { return };
    let ran = Lazaret::python(engine, "print('ran')")
        .args(&["--result", "/nonexistent/result"])
        .output();
    assert_ne!(ran.code, 0, "{ran}");
    assert!(ran.stderr.contains("/nonexistent/result"), "{ran}");
    // 2 says that nothing ran: then nothing may have run.
    assert!(ran.code != 2 || ran.stdout.is_empty(), "{ran}");
}

// ---- broken pipes ----------------------------------------------------------------------------------------------

/// 55: the reader goes away in mid-flood: a quiet end, and no container.
#[test]
fn a_reader_that_goes_away_ends_the_run() {
    for engine in [docker(), podman()].into_iter().flatten() {
        let flood = "import sys\nwhile True: sys.stdout.write('x' * 65536)";
        let lazaret = Lazaret::python(engine, flood).unchecked();
        let mut child = lazaret.spawn();
        let mut stdout = child.stdout.take().expect("a pipe");
        let mut running = Running::of(child);
        let mut first = [0];
        stdout.read_exact(&mut first).expect("one byte");
        let container = running.container();
        drop(stdout);
        let ended = running.ends();
        assert_eq!(first, *b"x");
        assert!(!exists(engine, &container), "{ended:?}");
        assert!(
            !ended.stderr.contains("panicked") && ended.stderr.lines().count() <= 1,
            "{ended:?}"
        );
        assert_ne!(ended.code, 0, "{ended:?}");
    }
}

/// 55: nobody reads the document, the list or the help: a quiet end.
#[test]
fn a_closed_stdout_is_no_panic() {
    let Some(engine) = docker() else { return };
    for lazaret in [
        Lazaret::python(engine, "print('x' * 1000000)").args(&["--format", "json"]),
        Lazaret::new(engine).arg("languages"),
        Lazaret::new(engine).args(&["plan", "bash"]),
        Lazaret::new(engine).arg("--help"),
    ] {
        let mut command = lazaret.command();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("lazaret starts");
        drop(child.stdout.take());
        let ended = Running::of(child).ends();
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{ended:?}");
    }
}

// ---- limits and policy -----------------------------------------------------------------------------------------

/// 11: what is no duration is a usage error, and says what would be one.
#[test]
fn timeouts_that_are_none() {
    let Some(engine) = docker() else { return };
    for timeout in [
        "0", "-1", "nan", "inf", "-inf", "", "soon", "1e400", "0.0", "1 s", "0x10",
    ] {
        let ran = Lazaret::python(engine, "print('ran')")
            .arg(&format!("--timeout={timeout}"))
            .output()
            .exits(2);
        assert_eq!(ran.stdout, "", "{timeout}: {ran}");
        assert!(ran.stderr.contains("--timeout"), "{timeout}: {ran}");
    }
    // Apart from the flag, where it could be taken for another flag.
    let ran = Lazaret::python(engine, "print('ran')")
        .args(&["--timeout", "-1"])
        .output()
        .exits(2);
    assert!(ran.stderr.contains("duration"), "{ran}");
}

/// 11: beyond the ceiling it is clamped, and both kinds of reader are told.
#[test]
fn a_timeout_beyond_the_ceiling_is_clamped_and_told() {
    let Some(engine) = docker() else { return };
    let script = || Lazaret::python(engine, "print('ran')").args(&["--timeout", "9999"]);
    let document = script().json();
    assert_eq!(document["status"], "succeeded", "{document:#}");
    assert_eq!(
        document["notices"][0]["code"], "timeout-clamped",
        "{document:#}"
    );
    assert_eq!(
        document["limits"]["requested"]["timeout"], 9999.0,
        "{document:#}"
    );
    assert_eq!(
        document["limits"]["effective"]["timeout"], 300.0,
        "{document:#}"
    );
    let ran = script().output().exits(0);
    assert!(
        ran.stderr
            .contains("lazaret: the timeout was clamped to 300 s"),
        "{ran}"
    );
    assert_eq!(ran.stdout, "ran\n", "{ran}");
}

/// Other limits beyond their ceilings, and sizes that are none.
#[test]
fn limits_beyond_the_policy_are_invalid() {
    let Some(engine) = docker() else { return };
    for (flag, value, named) in [
        ("--memory", "100g", "limits.memory.max"),
        ("--pids", "1001", "limits.pids.max"),
        ("--work", "2g", "limits.work.max"),
        ("--tmp", "2g", "limits.tmp.max"),
        ("--swap", "1m", "limits.swap.max"),
        ("--output", "1g", "limits.output.max"),
        ("--cpus", "999", "limits.cpus.max"),
    ] {
        let ran = Lazaret::python(engine, "print('ran')")
            .args(&[flag, value])
            .output()
            .exits(2);
        assert!(
            ran.stderr.contains("lazaret: invalid: ") && ran.stderr.contains(named),
            "{ran}"
        );
        assert_eq!(ran.stdout, "", "{ran}");
    }
    for (flag, value) in [
        ("--memory", "lots"),
        ("--memory", "-1"),
        ("--memory", "0"),
        ("--work", "0"),
        ("--tmp", "0"),
        ("--pids", "0"),
        ("--cpus", "0"),
        ("--cpus", "nan"),
    ] {
        let ran = Lazaret::python(engine, "print('ran')")
            .arg(&format!("{flag}={value}"))
            .output()
            .exits(2);
        assert_eq!(ran.stdout, "", "{ran}");
    }
}

/// A mistake in a policy is told with file, line and key.
#[test]
fn policies_with_mistakes() {
    let Some(engine) = docker() else { return };
    for (policy, words) in [
        (
            "pull = 'never'\n[limits]\nmemroy = { default = '1g' }\n",
            ["line 3", "memroy"],
        ),
        ("network = \"host\"\n", ["line 1", "host"]),
        ("network = \"container:x\"\n", ["line 1", "container:x"]),
        ("[images]\nperl = 'x'\n", ["images.perl", "python, bash"]),
        ("privileged = true\n", ["line 1", "privileged"]),
    ] {
        let ran = Lazaret::python(engine, "print('ran')")
            .only_policy(policy)
            .output()
            .exits(2);
        assert!(ran.stderr.contains("policy.toml"), "{ran}");
        for word in words {
            assert!(ran.stderr.contains(word), "{word}: {ran}");
        }
        assert_eq!(ran.stdout, "", "{ran}");
    }
}

/// A policy in the working directory, where an agent may write, is not read.
#[test]
fn the_working_directory_has_no_say() {
    let Some(engine) = docker() else { return };
    let lazaret = Lazaret::python(engine, "eval('1')");
    for name in ["policy.toml", "lazaret.toml", ".lazaret.toml"] {
        // The harness names its own policy, so the first is not the one in force here.
        if name != "policy.toml" {
            lazaret.file(name, b"[checks]\noff = ['dangerous']\n");
        }
    }
    let script = lazaret.file("script.py", b"eval('1')");
    let mut command = lazaret.command();
    command
        .current_dir(script.parent().expect("a folder"))
        .env_remove("LAZARET_POLICY");
    std::fs::write(
        script.with_file_name("policy.toml"),
        "[checks]\noff = ['dangerous']\n",
    )
    .expect("a file");
    let output = command.output().expect("lazaret starts");
    assert_eq!(output.status.code(), Some(126), "{output:?}");
}

// ---- check and languages ---------------------------------------------------------------------------------------

/// `check`: every file in the order of arguments, a JSON line each; the worst decides the code.
#[test]
fn check_tells_of_every_file_in_order() {
    let Some(engine) = docker() else { return };
    let check = |files: &[(&str, Option<&str>)]| {
        let lazaret = Lazaret::new(engine).arg("check");
        let paths = files.iter().map(|(name, script)| match script {
            Some(script) => lazaret
                .file(name, script.as_bytes())
                .to_string_lossy()
                .into_owned(),
            None => format!("/nonexistent/{name}"),
        });
        let paths: Vec<String> = paths.collect();
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let ran = lazaret.args(&paths).args(&["--format", "json"]).output();
        let lines = ran
            .stdout
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"));
        let lines: Vec<Value> = lines.collect();
        assert_eq!(lines.len(), paths.len(), "{ran}");
        for (line, path) in lines.iter().zip(&paths) {
            assert_eq!(line["schema"], "lazaret.check/1", "{ran}");
            assert_eq!(line["file"], *path, "{ran}");
        }
        let accepted = lines
            .iter()
            .map(|line| line["accepted"].as_bool().expect("a truth"));
        (ran.code, accepted.collect::<Vec<bool>>())
    };
    let (good, bad, shell) = (
        ("good.py", Some("print(1)")),
        ("bad.py", Some("eval('x')")),
        ("a.sh", Some("echo 1")),
    );
    assert_eq!(check(&[good, shell]), (0, vec![true, true]));
    assert_eq!(check(&[shell, bad, good]), (1, vec![true, false, true]));
    assert_eq!(
        check(&[bad, ("nosuch.py", None), good]),
        (2, vec![false, false, true])
    );
    assert_eq!(check(&[("what.txt", Some("hello"))]), (2, vec![false]));
}

/// `check` in text: the source line with a caret under the exact span.
#[test]
fn check_shows_a_caret_under_the_span() {
    let Some(engine) = docker() else { return };
    let lazaret = Lazaret::new(engine).args(&["check", "-", "--language", "python"]);
    let ran = lazaret
        .stdin("é = eval('y')\n".as_bytes())
        .output()
        .exits(1);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    let source = lines
        .iter()
        .position(|line| line.contains("é = eval('y')"))
        .expect("the source line");
    let column = |text: &str, what| {
        text.chars()
            .take_while(|character| *character != what)
            .count()
    };
    let (shown, carets) = (lines[source], lines[source + 1]);
    assert_eq!(column(carets, '^'), column(shown, 'v') - 1, "{ran}");
    assert!(
        !ran.stdout.contains('\u{1b}'),
        "colours only on a terminal: {ran}"
    );
}

/// `languages`: a table, and a document.
#[test]
fn languages_are_listed() {
    let Some(engine) = docker() else { return };
    let ran = Lazaret::new(engine).arg("languages").output().exits(0);
    assert!(
        ran.stdout.contains("python") && ran.stdout.contains("bash"),
        "{ran}"
    );
    let document = Lazaret::new(engine).arg("languages").json();
    assert!(document.to_string().contains("python"), "{document:#}");
}

/// Help and version on stdout with 0; nothing typed is a usage error.
#[test]
fn help_and_version() {
    let Some(engine) = docker() else { return };
    for arguments in [
        ["--help"].as_slice(),
        &["--version"],
        &["run", "--help"],
        &["check", "--help"],
    ] {
        let ran = Lazaret::new(engine).args(arguments).output().exits(0);
        assert!(!ran.stdout.is_empty() && ran.stderr.is_empty(), "{ran}");
    }
    Lazaret::new(engine).output().exits(2);
    Lazaret::new(engine).arg("frobnicate").output().exits(2);
}

// ---- a terminal ------------------------------------------------------------------------------------------------

/// Runs it on a terminal of its own, by script(1), and gives all that appears there.
pub fn on_a_terminal(lazaret: &Lazaret) -> String {
    let command = lazaret.command();
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<&str> = words.map(|word| word.to_str().expect("UTF-8")).collect();
    let line = shlex::try_join(words).expect("no NUL");
    let mut script = std::process::Command::new("script");
    script.env_clear();
    for (name, value) in command.get_envs() {
        script.env(name, value.expect("a value"));
    }
    script
        .args(["-qec", &line, "/dev/null"])
        .stdin(Stdio::null());
    let output = script.output().expect("script(1) of util-linux");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What a script prints reaches a terminal with its control characters made visible; a pipe gets
/// the bytes as they are.
#[test]
fn a_terminal_is_safe_from_the_script() {
    let Some(engine) = docker() else { return };
    let hostile = "\u{1b}[31mred\u{1b}]0;title\u{7}\u{9b}2J\u{202e}x\u{8}\u{7f}";
    let script = format!("import sys\nprint({hostile:?})\nprint({hostile:?}, file=sys.stderr)")
        .replace("\\u{1b}", "\\x1b")
        .replace("\\u{7}", "\\x07")
        .replace("\\u{9b}", "\\x9b")
        .replace("\\u{202e}", "\\u202e")
        .replace("\\u{8}", "\\x08")
        .replace("\\u{7f}", "\\x7f");
    let lazaret = || Lazaret::python(engine, &script).unchecked();
    let shown = on_a_terminal(&lazaret());
    assert_eq!(shown.matches("[31mred").count(), 2, "{shown:?}");
    for dangerous in ['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}', '\u{8}', '\u{7f}'] {
        assert!(!shown.contains(dangerous), "{dangerous:?} in {shown:?}");
    }
    let ran = lazaret().output().exits(0);
    assert_eq!(ran.stdout, format!("{hostile}\n"), "{ran}");
    assert_eq!(ran.stderr, format!("{hostile}\n"), "{ran}");
}

/// Colours on a terminal, none with `NO_COLOR`.
#[test]
fn no_color_is_honoured() {
    let Some(engine) = docker() else { return };
    let check = |lazaret: Lazaret| {
        let file = lazaret.file("bad.py", b"eval('x')\n");
        on_a_terminal(&lazaret.args(&["check", file.to_str().expect("UTF-8")]))
    };
    let coloured = check(Lazaret::new(engine));
    assert!(
        coloured.contains("\u{1b}[") && coloured.contains("eval"),
        "{coloured:?}"
    );
    let plain = check(Lazaret::new(engine).env("NO_COLOR", "1"));
    assert!(
        !plain.contains('\u{1b}') && plain.contains("eval"),
        "{plain:?}"
    );
}
