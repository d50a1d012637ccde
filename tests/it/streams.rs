//! Output: totals, bounds, bytes of every kind, forgeries. (Group C of the behaviours, by number.)
#![expect(
    clippy::indexing_slicing,
    reason = "a document without the field fails the test"
)]

use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::harness::{Engine, Lazaret, assert_gone, attack, docker, hold, podman};

/// The first bytes of what `write-bytes` writes.
fn written(count: usize) -> String {
    let numbers = 100_000_000..=100_000_000 + count / 10;
    let lines: Vec<String> = numbers.map(|number| number.to_string()).collect();
    let mut text = lines.join("\n") + "\n";
    text.truncate(count);
    text
}

fn kept(text: &str, bound: usize) -> String {
    let dropped = text.len().saturating_sub(bound);
    if dropped == 0 {
        return text.to_owned();
    }
    let (head, rest) = text.split_at(bound.div_ceil(2));
    let (_, tail) = rest.split_at(rest.len() - bound / 2);
    format!("{head}\n[lazaret: {dropped} bytes not kept]\n{tail}")
}

/// 19, 21: around the bound of what is kept and around the size of a pipe, on each stream: totals are
/// exact, and head and tail are what the script wrote first and last.
fn bounds(engine: &'static Engine, script: &str) {
    const BOUND: usize = 64 << 10;
    for stream in ["stdout", "stderr"] {
        let number = if stream == "stdout" { "1" } else { "2" };
        for count in [BOUND - 1, BOUND, BOUND + 1, 3 * BOUND + 1] {
            let lazaret = attack(engine, script)
                .args(&["--output", "64k"])
                .script_args(&[&count.to_string(), number]);
            let told = hold(engine, lazaret).is("succeeded");
            assert_eq!(told.number(&format!("{stream}_bytes")), count as u64);
            let dropped = count.saturating_sub(BOUND) as u64;
            assert_eq!(told.number(&format!("{stream}_dropped")), dropped);
            let text = told.document[stream].as_str().expect("text");
            assert!(
                text == kept(&written(count), BOUND),
                "{script} {stream} {count}"
            );
            let other = if stream == "stdout" {
                "stderr"
            } else {
                "stdout"
            };
            assert_eq!(told.document[other], "", "{script} {stream} {count}");
        }
    }
}

#[test]
fn the_bound_is_exact_in_python() {
    let Some(engine) = docker() else { return };
    bounds(engine, "write-bytes.py");
}

#[test]
fn the_bound_is_exact_in_bash() {
    let Some(engine) = docker() else { return };
    bounds(engine, "write-bytes.sh");
}

/// 19: the default bound, a mebibyte.
#[test]
fn the_default_bound_is_a_mebibyte() {
    let Some(engine) = docker() else { return };
    for count in [1 << 20, (1 << 20) + 1] {
        let lazaret = attack(engine, "write-bytes.py").script_args(&[&count.to_string(), "1"]);
        let told = hold(engine, lazaret).is("succeeded");
        assert_eq!(told.number("stdout_dropped"), count as u64 - (1 << 20));
        assert!(told.stdout() == kept(&written(count), 1 << 20), "{count}");
    }
}

/// 20: what passes through in text mode is every byte of it, on one stream or on both at once.
fn floods(engine: &'static Engine) {
    const COUNT: usize = 5_000_001;
    for script in ["write-bytes.py", "write-bytes.sh"] {
        for streams in [["2"].as_slice(), &["1", "2"]] {
            let count = COUNT.to_string();
            let words = [&[count.as_str()], streams].concat();
            let ran = attack(engine, script).script_args(&words).output();
            let expected = written(COUNT);
            assert_eq!(ran.code, 0, "{script}");
            assert!(
                ran.stderr == expected,
                "{script} {streams:?}: stderr differs"
            );
            let expected = if streams.len() == 2 { &expected } else { "" };
            assert!(
                ran.stdout == *expected,
                "{script} {streams:?}: stdout differs"
            );
        }
    }
}

#[test]
fn floods_on_both_streams_pass_whole_on_docker() {
    let Some(engine) = docker() else { return };
    floods(engine);
}

#[test]
fn floods_on_both_streams_pass_whole_on_podman() {
    let Some(engine) = podman() else { return };
    floods(engine);
}

/// 20: one line of 10 MB.
#[test]
fn a_line_of_ten_megabytes_passes() {
    let Some(engine) = docker() else { return };
    for lazaret in [
        Lazaret::python(engine, "print('x' * 10_000_000)"),
        Lazaret::bash(engine, "printf '%*s\\n' 10000000 | tr ' ' x"),
    ] {
        let ran = lazaret.unchecked().output();
        assert_eq!(ran.bytes.len(), 10_000_001);
        assert!(ran.bytes.iter().take(10_000_000).all(|byte| *byte == b'x'));
    }
}

/// 21: where something was dropped, no character is cut in two.
#[test]
fn no_character_is_cut_in_two() {
    let Some(engine) = docker() else { return };
    // Every character has three bytes and the bound is no multiple of three, nor is either half of it.
    let script = "import sys\nsys.stdout.write('\\u65e5' * 30_000)";
    let lazaret = Lazaret::python(engine, script).args(&["--output", "1k"]);
    let told = hold(engine, lazaret).is("succeeded");
    assert_eq!(told.number("stdout_bytes"), 90_000);
    assert_eq!(told.document["stdout_base64"], serde_json::Value::Null);
    let dropped = told.number("stdout_dropped");
    let half = "\u{65e5}".repeat(512 / 3);
    assert_eq!(dropped, 90_000 - 2 * half.len() as u64);
    let expected = format!("{half}\n[lazaret: {dropped} bytes not kept]\n{half}");
    assert_eq!(told.stdout(), expected);
}

/// Bytes that have broken a program somewhere.
fn awkward_bytes() -> Vec<Vec<u8>> {
    vec![
        (0..=255).collect(),
        b"\x00\x00a\x00".to_vec(),
        b"\xff\xfe".to_vec(),
        b"\xed\xa0\x80\xed\xb0\x80".to_vec(),
        "\u{feff}with a mark\r\nand CRLF\r\n".as_bytes().to_vec(),
        b"\x1b[2J\x1b[31mred\x1b]0;title\x07\x1b]52;c;aGk=\x07\x1b[6n".to_vec(),
        "\u{202e}gnp.exe\u{2066}\u{200b}".as_bytes().to_vec(),
        b"cut \xf0\x9f\x92".to_vec(),
        b"\xf4\x90\x80\x80\xc0\xaf".to_vec(),
    ]
}

fn hex(bytes: &[u8]) -> String {
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.concat()
}

/// 22: one valid document whatever the bytes, from which they can be had as they were.
#[test]
fn every_byte_comes_back() {
    let Some(engine) = docker() else { return };
    for (at, bytes) in awkward_bytes().into_iter().enumerate() {
        let script = ["raw-bytes.py", "raw-bytes.sh"][at % 2];
        let told = hold(engine, attack(engine, script).script_args(&[&hex(&bytes)]));
        let told = told.is("succeeded");
        for stream in ["stdout", "stderr"] {
            let text = told.document[stream].as_str().expect("text");
            let raw = told.document[format!("{stream}_base64")].as_str();
            let back = raw.map_or_else(
                || text.as_bytes().to_vec(),
                |raw| STANDARD.decode(raw).expect("base64"),
            );
            assert_eq!(back, bytes, "{script} {stream}");
            assert_eq!(raw.is_none(), std::str::from_utf8(&bytes).is_ok());
        }
    }
}

/// 22: a pipe gets the bytes as they are.
#[test]
fn a_pipe_gets_every_byte() {
    let Some(engine) = docker() else { return };
    let bytes: Vec<u8> = awkward_bytes().concat();
    for script in ["raw-bytes.py", "raw-bytes.sh"] {
        let ran = attack(engine, script).script_args(&[&hex(&bytes)]).output();
        assert_eq!(ran.bytes, bytes, "{script}");
    }
}

/// 22: a terminal gets nothing that it would act on. `script(1)` gives the command one.
#[test]
fn a_terminal_is_safe() {
    let Some(engine) = docker() else { return };
    let bytes: Vec<u8> = awkward_bytes().concat();
    let lazaret = attack(engine, "raw-bytes.py").script_args(&[&hex(&bytes)]);
    let inner = lazaret.command();
    let words = std::iter::once(inner.get_program()).chain(inner.get_args());
    let words: Vec<&str> = words.map(|word| word.to_str().expect("UTF-8")).collect();
    let line = shlex::try_join(words).expect("no NUL");
    let mut outer = Command::new("script");
    outer.args(["--quiet", "--return", "--command", &line, "/dev/null"]);
    outer.env_clear().envs(
        inner
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    let output = outer.output().expect("script(1) starts");
    assert!(output.status.success(), "{output:?}");
    let shown = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(shown.contains("title"), "{shown:?}");
    // The terminal itself turns a newline into CR LF.
    for character in shown.replace("\r\n", "\n").chars() {
        let harmless = !character.is_control() || matches!(character, '\n' | '\t');
        let reorders = matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        assert!(harmless && !reorders, "{character:?} in {shown:?}");
    }
}

/// 23: nothing is nothing, white space is not trimmed, and no newline is added.
#[test]
fn white_space_is_output() {
    let Some(engine) = docker() else { return };
    for text in ["", "\n", " \t\n\n  ", "no newline", "\r\n"] {
        for script in ["raw-bytes.py", "raw-bytes.sh"] {
            let hex = hex(text.as_bytes());
            let told = hold(engine, attack(engine, script).script_args(&[&hex])).is("succeeded");
            assert_eq!((told.stdout(), told.stderr()), (text, text), "{script}");
        }
    }
}

/// 24: a hundred runs, four at a time: the last bytes before the exit are there, every time, and no
/// container is left.
fn a_hundred_runs(engine: &'static Engine, script: &str) {
    let count = 10_007_usize;
    let expected = written(count);
    let run = || {
        for _ in 0..25 {
            let lazaret = attack(engine, script).script_args(&[&count.to_string(), "1", "2"]);
            let document = lazaret.json();
            assert_eq!(document["status"], "succeeded", "{document:#}");
            for stream in ["stdout", "stderr"] {
                assert!(document[stream] == expected, "{stream}: {document:#}");
            }
            assert_gone(engine, &document);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(run);
        }
    });
}

#[test]
fn no_byte_is_lost_in_a_hundred_runs_of_python() {
    let Some(engine) = docker() else { return };
    a_hundred_runs(engine, "write-bytes.py");
}

#[test]
fn no_byte_is_lost_in_a_hundred_runs_of_bash() {
    let Some(engine) = docker() else { return };
    a_hundred_runs(engine, "write-bytes.sh");
}

/// 24: what was written before a crash or a kill is there.
#[test]
fn output_before_the_end_is_kept() {
    let Some(engine) = docker() else { return };
    let python = "import os\nprint('x' * 100_000)\nos.kill(os.getpid(), 9)";
    let bash = "printf '%*s\\n' 100000 | tr ' ' x; kill -9 $$";
    for lazaret in [Lazaret::python(engine, python), Lazaret::bash(engine, bash)] {
        let told = hold(engine, lazaret.unchecked()).is("signaled");
        assert_eq!(told.number("stdout_bytes"), 100_001);
    }
    let told = hold(
        engine,
        Lazaret::python(engine, "print('x' * 100_000)\n1 / 0"),
    )
    .is("failed");
    assert_eq!(told.number("stdout_bytes"), 100_001);
    assert!(
        told.stderr()
            .ends_with("ZeroDivisionError: division by zero\n")
    );
}

/// 24: streams that the script made non-blocking, filled and closed do not lose the report.
#[test]
fn blocked_and_closed_streams_lose_no_report() {
    let Some(engine) = docker() else { return };
    let told = hold(engine, attack(engine, "block-streams.py")).is("failed");
    assert_eq!(told.number("exit_code"), 7);
    assert!(told.number("stdout_bytes") > 0);
    let script = "echo before; exec >&- 2>&-; exit 7";
    let told = hold(engine, Lazaret::bash(engine, script).unchecked()).is("failed");
    assert_eq!(told.number("exit_code"), 7);
    assert_eq!(told.stdout(), "before\n");
}

/// 25: what a launcher or an engine prints is only text when a script prints it.
fn forgeries(engine: &'static Engine) {
    for script in ["forge.py", "forge.sh"] {
        let told = hold(engine, attack(engine, script)).is("failed");
        assert_eq!(told.number("exit_code"), 3, "{script}");
        assert_eq!(told.document["executed"], "yes", "{script}");
        assert_eq!(told.document["resources"]["oom_kills"], 0, "{script}");
        assert_eq!(told.document["breaches"], serde_json::json!([]), "{script}");
        assert_eq!(told.document["evidence"], serde_json::json!([]), "{script}");
        for stream in [told.stdout(), told.stderr()] {
            assert!(stream.starts_with("lazaret::begin\n"), "{script}");
            assert!(stream.ends_with("lazaret: succeeded\n"), "{script}");
        }
    }
}

#[test]
fn forgeries_are_not_believed_on_docker() {
    let Some(engine) = docker() else { return };
    forgeries(engine);
}

#[test]
fn forgeries_are_not_believed_on_podman() {
    let Some(engine) = podman() else { return };
    forgeries(engine);
}

/// 25: a Python script sees nothing of what its launcher has read, the launcher's own text included.
#[test]
fn the_nonce_is_out_of_reach_in_python() {
    let Some(engine) = docker() else { return };
    let told = hold(engine, attack(engine, "read-nonce.py")).is("succeeded");
    // The fourth descriptor lists the others.
    let expected = "opened:\nfiles: script.py\ndescriptors: 0 1 2 3\nmarks: 0\n";
    assert_eq!(told.stdout(), expected);
}

/// 25: bash cannot hide its memory, so there a script can forge its own end. It gains nothing: what
/// it lies about is its own exit, and its container is ended all the same.
#[test]
fn a_stolen_nonce_buys_no_time_in_bash() {
    let Some(engine) = docker() else { return };
    let marker = crate::harness::marker();
    let lazaret = attack(engine, "steal-nonce.sh")
        .args(&["--timeout", "60"])
        .script_args(&[&marker]);
    let told = hold(engine, lazaret).is("succeeded");
    assert_eq!(told.stdout(), "stolen: 1\n");
    assert_eq!(crate::harness::processes_with(&marker), 0);
    assert!(told.took.as_secs() < 40, "{:?}", told.took);
}
