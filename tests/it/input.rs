//! What a script gets: its text, stdin and arguments, byte for byte (26 to 31).

use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::process::Stdio;

use crate::harness::{Engine, Lazaret, Ran, docker, podman};
use crate::running::Running;

fn engines() -> impl Iterator<Item = &'static Engine> {
    [docker(), podman()].into_iter().flatten()
}

/// Runs a script with stdin.
#[track_caller]
fn with_stdin(engine: &'static Engine, name: &str, script: &str, stdin: &[u8]) -> Ran {
    let lazaret = Lazaret::new(engine)
        .run(name, script.as_bytes())
        .unchecked();
    lazaret.args(&["--stdin", "-"]).stdin(stdin).output()
}

// ---- the script ------------------------------------------------------------------------------------------------

/// 26: nothing, white space, comments: they run and do nothing.
#[test]
fn scripts_that_say_nothing_succeed() {
    let Some(engine) = docker() else { return };
    for script in ["", "\n", " \n\t\n\n", "# only\n# comments"] {
        for name in ["script.py", "script.sh"] {
            let ran = Lazaret::new(engine)
                .run(name, script.as_bytes())
                .output()
                .exits(0);
            assert_eq!(
                (ran.stdout.as_str(), ran.stderr.as_str()),
                ("", ""),
                "{script:?}: {ran}"
            );
        }
    }
}

/// A Python script of exactly that many characters, most of them of three bytes, that prints how
/// many it has.
fn of_length(characters: usize) -> String {
    let code = "print(len(open(__file__, encoding='utf-8').read()))\n# ";
    let filler = characters - code.chars().count();
    format!("{code}{}", "魚".repeat(filler))
}

/// 26: exactly 10 000 characters pass, one more does not; characters are counted, not bytes.
#[test]
fn characters_are_counted_not_bytes() {
    let Some(engine) = docker() else { return };
    let ran = Lazaret::python(engine, &of_length(10_000))
        .output()
        .exits(0);
    assert_eq!(ran.stdout, "10000\n", "{ran}");
    let document = Lazaret::python(engine, &of_length(10_001)).json();
    assert_eq!(document["status"], "rejected", "{document:#}");
    assert_eq!(
        document["findings"][0]["rule"], "size-characters",
        "{document:#}"
    );
}

/// 26: a NUL is refused before any engine is asked; so are bytes that are not UTF-8.
#[test]
fn scripts_that_are_not_text_are_rejected() {
    let Some(engine) = docker() else { return };
    for (name, script, rule) in [
        ("script.py", b"print(1)\0\n".as_slice(), "size-nul"),
        ("script.sh", b"echo a\0b\n", "size-nul"),
        ("script.py", b"print('\xff')\n", "size-utf8"),
    ] {
        let document = Lazaret::new(engine).run(name, script).json();
        assert_eq!(document["status"], "rejected", "{document:#}");
        assert_eq!(document["findings"][0]["rule"], rule, "{document:#}");
        assert!(document["container"].is_null(), "{document:#}");
    }
}

/// 26: with the checks off, the interpreters themselves still get exactly what was given: Python
/// refuses a NUL, and no statement runs.
#[test]
fn a_nul_is_refused_by_pythons_parser_too() {
    let Some(engine) = docker() else { return };
    let document = Lazaret::python(engine, "print('ran')\n\0\n")
        .unchecked()
        .json();
    assert_eq!(document["status"], "rejected", "{document:#}");
    assert_eq!(document["executed"], "no", "{document:#}");
    assert_eq!(document["stdout"], "", "{document:#}");
}

/// 26: a byte order mark, CRLF and a missing final newline are no obstacle to Python.
#[test]
fn python_takes_a_bom_crlf_and_no_final_newline() {
    let Some(engine) = docker() else { return };
    let script = "\u{feff}if True:\r\n    print('a')\r\nprint('b')";
    let ran = Lazaret::python(engine, script).output().exits(0);
    assert_eq!(ran.stdout, "a\nb\n", "{ran}");
}

/// 26: bash takes a CR as part of a word, as it always does, and a person is warned.
#[test]
fn bash_gets_what_was_written_and_a_warning_tells_of_crlf() {
    let Some(engine) = docker() else { return };
    let ran = Lazaret::bash(engine, "echo a\r\necho b").output().exits(0);
    assert_eq!(ran.stdout, "a\r\nb\n", "{ran}");
    assert!(ran.stderr.contains("warning[bash-crlf]"), "{ran}");
    let ran = Lazaret::bash(engine, "\u{feff}echo a\n").output();
    assert!(ran.stderr.contains("warning[bash-bom]"), "{ran}");
}

/// 26: no final newline, a here-document that ends the file, a last line that is a comment.
#[test]
fn a_missing_final_newline_changes_nothing() {
    for engine in engines() {
        let ran = Lazaret::bash(engine, "cat <<X\nin\nX").output().exits(0);
        assert_eq!(ran.stdout, "in\n", "{ran}");
        let ran = Lazaret::python(engine, "print('x')\nif True: # end")
            .output()
            .exits(126);
        assert_eq!(ran.stdout, "", "{ran}");
    }
}

/// 30: a traceback shows the script's path, the line and the source line.
#[test]
fn a_traceback_shows_line_and_source() {
    for engine in engines() {
        let script = "def deep():\n    return 1 / 0  # here\n\ndeep()\n";
        let ran = Lazaret::python(engine, script).output().exits(1);
        for words in [
            "  File \"/work/script.py\", line 4, in <module>\n    deep()\n",
            "  File \"/work/script.py\", line 2, in deep\n    return 1 / 0  # here\n",
            "ZeroDivisionError: division by zero\n",
        ] {
            assert!(ran.stderr.contains(words), "{words}{ran}");
        }
        let ran = Lazaret::bash(engine, "true\nnosuch-command\n")
            .output()
            .exits(127);
        let words = "/work/script.sh: line 2: nosuch-command: command not found\n";
        assert_eq!(ran.stderr, words, "{ran}");
    }
}

/// 30: `multiprocessing` with spawn, which imports the script anew from its file.
#[test]
fn multiprocessing_with_spawn_works() {
    let script = "import multiprocessing as mp\ndef square(x): return x * x\n\
                  if __name__ == '__main__':\n    with mp.get_context('spawn').Pool(2) as pool:\n        \
                  print(pool.map(square, range(5)))\n";
    for engine in engines() {
        let ran = Lazaret::python(engine, script)
            .unchecked()
            .output()
            .exits(0);
        assert_eq!(ran.stdout, "[0, 1, 4, 9, 16]\n", "{ran}");
    }
}

// ---- stdin -----------------------------------------------------------------------------------------------------

/// 27: without `--stdin` there is nothing to read: EOF at once, never the script.
#[test]
fn without_stdin_there_is_eof() {
    for engine in engines() {
        let script =
            "cat; read -r x; echo \"read: $? <$x>\"; bash -c cat; wc -c </dev/stdin\n: never this";
        let ran = Lazaret::bash(engine, script).output().exits(0);
        assert_eq!(ran.stdout, "read: 1 <>\n0\n", "{ran}");
        let script = "import sys, subprocess\nprint(repr(sys.stdin.read()))\nsubprocess.run(['cat'])\n\
                      try: input()\nexcept EOFError: print('EOF')\n";
        let ran = Lazaret::python(engine, script)
            .unchecked()
            .output()
            .exits(0);
        assert_eq!(ran.stdout, "''\nEOF\n", "{ran}");
    }
}

/// 27: with `--stdin`, every reader gets the user's bytes, one after the other, and then EOF.
#[test]
fn stdin_is_the_users() {
    for engine in engines() {
        let script = "read -r x; echo \"first <$x>\"; bash -c 'read -r y; echo \"second <$y>\"'; cat; read -r z; echo \"$?\"";
        let ran = with_stdin(engine, "script.sh", script, b"one\ntwo\nthree\nfour").exits(0);
        assert_eq!(
            ran.stdout, "first <one>\nsecond <two>\nthree\nfour1\n",
            "{ran}"
        );
        let script = "import sys\nprint(input())\nprint(repr(sys.stdin.read()))";
        let ran = with_stdin(engine, "script.py", script, "ein\nzw\u{f6}i\n".as_bytes()).exits(0);
        assert_eq!(ran.stdout, "ein\n'zw\u{f6}i\\n'\n", "{ran}");
    }
}

/// 27: a file for stdin, with bytes of every value.
#[test]
fn stdin_may_be_a_file_of_any_bytes() {
    let Some(engine) = docker() else { return };
    let all: Vec<u8> = (0..=255).collect();
    let lazaret = Lazaret::bash(engine, "cat");
    let file = lazaret.file("input", &all);
    let ran = lazaret
        .args(&["--stdin", file.to_str().expect("UTF-8")])
        .output()
        .exits(0);
    assert_eq!(ran.bytes, all, "{ran}");
}

/// 28: stdin is no terminal, and `/dev/stdin` opens.
#[test]
fn stdin_is_no_terminal_and_dev_stdin_opens() {
    for engine in engines() {
        let script = "import os, sys\nprint([os.isatty(fd) for fd in (0, 1, 2)], sys.stdin.isatty())\n\
                      print(open('/dev/stdin').read())";
        let ran = with_stdin(engine, "script.py", script, b"in").exits(0);
        assert_eq!(ran.stdout, "[False, False, False] False\nin\n", "{ran}");
        let script = "test -t 0 || echo none; cat /dev/stdin";
        let ran = with_stdin(engine, "script.sh", script, b"in").exits(0);
        assert_eq!(ran.stdout, "none\nin", "{ran}");
    }
}

/// 28: 64 KiB − 1, 0 and + 1 of stdin, the size of a pipe, arrive whole.
#[test]
fn stdin_around_the_size_of_a_pipe_arrives_whole() {
    let Some(engine) = docker() else { return };
    let data: Vec<u8> = (0..65_537_u32)
        .map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    for length in [65_535, 65_536, 65_537] {
        let script = "import hashlib, sys\nd = sys.stdin.buffer.read()\nprint(len(d), hashlib.sha256(d).hexdigest())";
        let expected = sha256(&data[..length]);
        let ran = with_stdin(engine, "script.py", script, &data[..length]).exits(0);
        assert_eq!(ran.stdout, format!("{length} {expected}\n"), "{ran}");
        let ran = with_stdin(engine, "script.sh", "cat", &data[..length]).exits(0);
        assert_eq!(sha256(&ran.bytes), expected, "{length}: {ran}");
    }
}

/// By sha256sum(1), so that the two sides share no code.
fn sha256(bytes: &[u8]) -> String {
    let mut command = std::process::Command::new("sha256sum");
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("sha256sum");
    child
        .stdin
        .take()
        .expect("a pipe")
        .write_all(bytes)
        .expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    String::from_utf8_lossy(&output.stdout)
        .split(' ')
        .next()
        .expect("a sum")
        .to_owned()
}

/// 28: 30 MiB that nobody reads: a script that exits 0 has exited 0, on its first line too.
#[test]
fn unread_stdin_changes_nothing() {
    let much = vec![b'x'; 30 * 1024 * 1024];
    for engine in engines() {
        for (name, script, code) in [
            ("script.py", "print('done')", 0),
            ("script.sh", "exit 3\necho never", 3),
        ] {
            let lazaret = Lazaret::new(engine)
                .run(name, script.as_bytes())
                .args(&["--stdin", "-"]);
            let lazaret = lazaret
                .policy("\n[limits]\ninput = '32m'\nwork = { default = '48m' }\n")
                .stdin(&much);
            let ran = lazaret.output().exits(code);
            assert_eq!(ran.stderr, "", "{ran}");
        }
    }
}

/// 28: stdin beyond the bound is told, and nothing runs.
#[test]
fn stdin_beyond_the_bound_is_invalid() {
    let Some(engine) = docker() else { return };
    let lazaret =
        Lazaret::python(engine, "print('ran')").args(&["--stdin", "-", "--format", "json"]);
    let lazaret = lazaret.policy("\n[limits]\ninput = '1k'\n");
    let ran = lazaret.stdin(&[b'x'; 1025]).output().exits(2);
    let document = ran.document();
    assert_eq!(document["error_kind"], "input-too-large", "{ran}");
    assert_eq!(document["executed"], "no", "{ran}");
}

/// Stdin that the bound permits and `/work` cannot hold: the script never began, and that is what
/// is told.
#[test]
fn stdin_that_does_not_fit_into_work_is_not_lost() {
    for engine in engines() {
        for name in ["script.py", "script.sh"] {
            let lazaret = Lazaret::new(engine)
                .run(name, b"echo = 'ran'\n")
                .args(&["--stdin", "-", "--format", "json"]);
            let lazaret = lazaret.policy("\n[limits]\ninput = '16m'\nwork = { default = '4m' }\n");
            let ran = lazaret
                .unchecked()
                .stdin(&vec![b'x'; 8 * 1024 * 1024])
                .output();
            assert_eq!(ran.document()["executed"], "no", "{name}: {ran}");
        }
    }
}

/// `run` never reads a pipe that it merely inherited: it ends while that is still open.
#[test]
fn an_inherited_stdin_is_not_waited_for() {
    let Some(engine) = docker() else { return };
    let lazaret = Lazaret::bash(engine, "cat; echo done");
    let mut command = lazaret.command();
    let child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut running = Running::of(child.expect("lazaret starts"));
    let mut kept_open = running.stdin.take().expect("a pipe");
    kept_open
        .write_all(b"never asked for\n")
        .expect("room in the pipe");
    let ended = running.ends();
    assert_eq!(
        (ended.code, ended.stdout.as_str()),
        (0, "done\n"),
        "{ended:?}"
    );
    drop(kept_open);
}

/// The script from our own stdin: `-`.
#[test]
fn a_script_may_come_on_stdin() {
    let Some(engine) = docker() else { return };
    let lazaret = Lazaret::new(engine).args(&["run", "--language", "python", "-"]);
    let ran = lazaret
        .stdin(b"import sys\nprint(repr(sys.stdin.read()))")
        .output()
        .exits(0);
    assert_eq!(ran.stdout, "''\n", "{ran}");
    let lazaret = Lazaret::new(engine).args(&["run", "-", "--format", "json"]);
    let document = lazaret
        .stdin(b"#!/usr/bin/env bash\necho \"$0\"")
        .output()
        .document();
    assert_eq!(document["stdout"], "/work/script.sh\n", "{document:#}");
    let lazaret = Lazaret::new(engine).args(&["run", "-", "--stdin", "-", "--language", "bash"]);
    let ran = lazaret.stdin(b"echo ran").output().exits(2);
    assert!(
        ran.stderr.contains("cannot both come from our stdin"),
        "{ran}"
    );
}

// ---- arguments -------------------------------------------------------------------------------------------------

/// 31: every argument literally, in both languages.
#[test]
fn arguments_pass_literally() {
    let arguments: Vec<OsString> = [
        b"plain".as_slice(),
        b"",
        b"a b",
        b" lead",
        b"trail ",
        b"'",
        b"\"",
        b"\\",
        b"\\x41",
        b"$HOME",
        b"$(id)",
        b"`id`",
        b";reboot",
        b"a\nb",
        b"\n",
        b"-c",
        b"--",
        b"--timeout",
        b"*",
        b"\t\r",
        b"\xff\xfe",
        "fish \u{1f41f}".as_bytes(),
        b"%s",
        b"\x01\x7f",
        b"=",
        b"",
    ]
    .iter()
    .map(|bytes| OsStr::from_bytes(bytes).to_owned())
    .collect();
    let expected: Vec<u8> = arguments
        .iter()
        .flat_map(|word| [word.as_bytes(), b"\0"].concat())
        .collect();
    let python = "import os, sys\nfor word in sys.argv[1:]: sys.stdout.buffer.write(os.fsencode(word) + b'\\0')";
    for engine in engines() {
        for (name, script) in [
            ("script.py", python),
            ("script.sh", "printf '%s\\0' \"$@\""),
        ] {
            let lazaret = Lazaret::new(engine).run(name, script.as_bytes());
            let output = lazaret
                .command()
                .arg("--")
                .args(&arguments)
                .output()
                .expect("lazaret starts");
            let shown = String::from_utf8_lossy(&output.stdout);
            assert_eq!(
                output.stdout,
                expected,
                "{name}: {shown:?}, {}",
                String::from_utf8_lossy(&output.stderr)
            );
            assert!(output.status.success());
        }
    }
}

/// 31: as long an argument as Linux passes to any program.
#[test]
fn a_long_argument_passes() {
    let Some(engine) = docker() else { return };
    let long = "x".repeat(128 * 1024 - 1);
    for (name, script) in [
        ("script.py", "import sys\nprint(len(sys.argv[1]))"),
        ("script.sh", "echo ${#1}"),
    ] {
        let lazaret = Lazaret::new(engine)
            .run(name, script.as_bytes())
            .script_args(&[&long]);
        let ran = lazaret.output();
        assert_eq!(
            (ran.code, ran.stdout.as_str()),
            (0, "131071\n"),
            "{}",
            ran.stderr
        );
    }
}

/// 31: odd names of script files; the script in the container is always `/work/script.…`.
#[test]
fn odd_file_names_are_no_matter() {
    let Some(engine) = docker() else { return };
    for name in [
        "with space.py",
        "-leading.py",
        "semi;colon.py",
        "new\nline.py",
        "quote'\".py",
        "\u{1b}[31mred.py",
    ] {
        let ran = Lazaret::new(engine)
            .run(name, b"print(__file__)")
            .output()
            .exits(0);
        assert_eq!(ran.stdout, "/work/script.py\n", "{ran}");
        // Named in a message, it is made safe.
        let ran = Lazaret::new(engine)
            .run(name, b"eval('x')")
            .output()
            .exits(126);
        assert!(!ran.stderr.contains('\u{1b}'), "{ran}");
    }
}
