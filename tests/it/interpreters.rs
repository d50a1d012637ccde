//! How a script reaches its interpreter: Python's waits for it from before there is one, bash saves
//! and parses a short script itself. Neither may show: the script runs once, is a plain file, and is
//! whole.

use crate::harness::{Engine, Lazaret, Ran, docker, podman};

fn engines() -> impl Iterator<Item = &'static Engine> {
    [docker(), podman()].into_iter().flatten()
}

/// A script that may be longer than the policy's own default, and that no check reads.
#[track_caller]
fn ran(lazaret: Lazaret) -> Ran {
    lazaret
        .unchecked()
        .policy("[limits]\nscript_characters = 200000\n")
        .output()
}

/// Ends with a traceback, and tells of itself before.
const ABOUT_ITSELF: &str = "\
import inspect, os, signal, stat, sys
def f(): return 'source'
print(sys.argv, __file__, __name__, sys.path[0], sys.flags.isolated, sys.flags.no_site)
print(os.listdir('/work'), stat.S_ISREG(os.stat(__file__).st_mode), inspect.getsource(f).strip())
print(repr(sys.stdin.read()), ascii('é'), signal.getsignal(signal.SIGINT) == signal.default_int_handler,
      signal.getsignal(signal.SIGQUIT) == signal.SIG_DFL, sorted(os.listdir('/proc/self/fd')))
print(open('/proc/self/cmdline').read().split(chr(0))[1:-1])
raise ValueError('at the end')
";

/// The waiting interpreter, and a fresh one where the waiting one will not do: scripts with
/// arguments, scripts that name their encoding, scripts larger than a page.
#[test]
fn python_sees_the_same_whichever_way_it_was_started() {
    let filler = format!("# {}\n", "x".repeat(100_000));
    for engine in engines() {
        for (head, tail, arguments) in [
            ("", "", [].as_slice()),
            ("", "", &["one", "two words"]),
            ("# -*- coding: utf-8 -*-\n", "", &[]),
            ("\u{feff}", "", &[]),
            ("", filler.as_str(), &[]),
        ] {
            let script = format!("{head}{ABOUT_ITSELF}{tail}");
            let lazaret = Lazaret::python(engine, &script)
                .args(&["--stdin", "-"])
                .stdin(b"given")
                .script_args(arguments);
            let ran = ran(lazaret).exits(1);
            let mut argv = vec!["/work/script.py"];
            argv.extend(arguments);
            let argv = format!("{argv:?}").replace('"', "'");
            let expected = format!(
                "{argv} /work/script.py __main__ /work 0 0\n\
                 ['script.py'] True def f(): return 'source'\n\
                 'given' '\\xe9' True True ['0', '1', '2', '3']\n{argv}\n"
            );
            assert_eq!(ran.stdout, expected, "{head:?} {arguments:?}: {ran}");
            for word in ["script.py\", line", "raise ValueError('at the end')"] {
                assert!(ran.stderr.contains(word), "{head:?} {arguments:?}: {ran}");
            }
        }
    }
}

/// An encoding that Python must rewind the file for is read as it says.
#[test]
fn python_reads_the_encoding_that_a_script_names() {
    let Some(engine) = docker() else { return };
    let script = "#!/usr/bin/python3\n# vim: set fileencoding=latin-1 :\nprint(ascii('é'))\n";
    let ran = ran(Lazaret::python(engine, script)).exits(0);
    assert_eq!(ran.stdout, "'\\xc3\\xa9'\n", "{ran}");
}

/// What the parser cannot bear, the interpreter says itself, where the script's stderr is.
#[test]
fn python_says_itself_what_is_too_deep_for_its_parser() {
    let Some(engine) = docker() else { return };
    let script = format!("x = {}1\n", "-".repeat(100_000));
    let ran = ran(Lazaret::python(engine, &script)).exits(1);
    assert!(ran.stderr.contains("Error"), "{ran}");
}

/// A bash script arrives whole, at and around the length up to which bash itself saves it.
#[test]
fn bash_gets_every_byte_short_or_long() {
    for engine in engines() {
        for length in [4095, 4096, 4097, 50_000] {
            for end in ["", "\n", "\n\n\n", "\\\n", "é"] {
                let head = "wc -c <\"$0\"; tail -c 3 \"$0\" | od -An -tx1\n#";
                let filler = length - head.len() - end.len();
                let script = format!("{head}{}{end}", "x".repeat(filler));
                let ran = ran(Lazaret::bash(engine, &script)).exits(0);
                let last: Vec<String> = script.as_bytes()[script.len() - 3..]
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect();
                let expected = format!("{length}\n {}\n", last.join(" "));
                assert_eq!(ran.stdout, expected, "{length} {end:?}: {ran}");
            }
        }
    }
}

/// Bash's parser has the last word before the first statement, short or long, and its look runs
/// nothing.
#[test]
fn bash_parses_before_it_runs_short_or_long() {
    let Some(engine) = docker() else { return };
    let filler = format!("# {}\n", "x".repeat(5000));
    for filler in ["", filler.as_str()] {
        for broken in [
            "if true; then\n",
            "echo 'a\n",
            "echo $(\n",
            "}\n",
            "set +n\n(",
            "x=(\n",
            "case a in\n",
            "exit 0\n)",
        ] {
            let script = format!("echo ran\n{filler}{broken}");
            let ran = ran(Lazaret::bash(engine, &script)).exits(126);
            assert_eq!(ran.stdout, "", "{broken:?}: {ran}");
            assert!(ran.stderr.contains("line "), "{broken:?}: {ran}");
        }
        let script = format!("set +n\nset +o noexec\necho once\n{filler}echo a!(b|c)*\n");
        let ran = ran(Lazaret::bash(
            engine,
            &format!("shopt -s extglob\n{script}"),
        ))
        .exits(0);
        assert_eq!(ran.stdout, "once\na!(b|c)*\n", "{ran}");
    }
}

/// A warning of Python's parser shows the line, which it reads from the file and not from the pipe.
#[test]
fn python_shows_the_line_it_warns_of() {
    for engine in engines() {
        let ran = ran(Lazaret::python(engine, "print(1or 2)\nprint(1 is 1)\n")).exits(0);
        assert_eq!(ran.stdout, "1\nTrue\n", "{ran}");
        for words in ["script.py:2: SyntaxWarning", "print(1 is 1)"] {
            assert!(ran.stderr.contains(words), "{ran}");
        }
    }
}
