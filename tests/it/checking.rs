//! `lazaret check`: formats, many files, hostile names, a terminal. Needs no engine.

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::command_line::on_a_terminal;
use crate::harness::{Lazaret, Ran, none};

fn check(arguments: &[&str]) -> Lazaret {
    Lazaret::new(none()).arg("check").args(arguments)
}

/// `check` of these files, made in a folder of its own.
fn of_files(files: &[(&str, &str)], arguments: &[&str]) -> Ran {
    let lazaret = check(arguments);
    let paths = files.iter().map(|(name, script)| {
        let path = lazaret.file(name, script.as_bytes());
        path.to_str().expect("UTF-8").to_owned()
    });
    let paths: Vec<String> = paths.collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    lazaret.args(&paths).output()
}

fn lines(ran: &Ran) -> Vec<Value> {
    let lines = ran.stdout.lines();
    lines
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

// ---- many files ------------------------------------------------------------------------------------------------

#[test]
fn hundreds_of_files_are_told_of_in_order() {
    let files: Vec<(String, String)> = (0..300)
        .map(|number| {
            let lines = if number % 10 == 0 { 800 } else { 1 };
            let script = format!("x = {number}\n").repeat(lines);
            (format!("{number}.py"), script)
        })
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    let ran = of_files(&files, &["--format", "json"]).exits(0);
    let told = lines(&ran);
    assert_eq!(told.len(), files.len());
    for (line, (name, _)) in told.iter().zip(&files) {
        assert!(
            line["file"]
                .as_str()
                .expect("a name")
                .ends_with(&format!("/{name}"))
        );
    }
}

/// An unreadable file is told of in its place, and the others go on.
#[test]
fn unreadable_files_do_not_stop_the_others() {
    let lazaret = check(&["--format", "json"]);
    let good = lazaret.file("good.py", b"print(1)\n");
    let good = good.to_str().expect("UTF-8");
    let folder = lazaret.folder().to_str().expect("UTF-8").to_owned();
    let huge = lazaret.folder().join("huge.py");
    let file = std::fs::File::create(&huge).expect("a file");
    // Sparse: it takes no room, and reading it would take minutes.
    file.set_len(1 << 40).expect("a terabyte");
    let files = [
        good,
        "/nonexistent.py",
        &folder,
        huge.to_str().expect("UTF-8"),
        good,
    ];
    let ran = lazaret.args(&files).output().exits(2);
    let told = lines(&ran);
    let accepted: Vec<bool> = told
        .iter()
        .filter_map(|line| line["accepted"].as_bool())
        .collect();
    assert_eq!(accepted, [true, false, false, false, true], "{ran}");
    for (line, words) in
        told.iter()
            .skip(1)
            .zip(["No such file", "name the files in it", "larger than"])
    {
        let error = line["error"].as_str().expect("an error");
        assert!(error.contains(words), "{words}: {error}");
        assert!(ran.stderr.contains(words), "{words}: {ran}");
    }
}

/// What is known is told at once, though a later file is still waited for.
#[test]
fn results_are_streamed() {
    use std::io::{BufRead as _, BufReader};
    let lazaret = check(&[]);
    let quick = lazaret.file("quick.py", b"print(1)\n");
    let pipe = lazaret.folder().join("pipe.py");
    make_pipe(&pipe);
    let (quick, slow) = (
        quick.to_str().expect("UTF-8"),
        pipe.to_str().expect("UTF-8"),
    );
    let lazaret = lazaret.args(&[quick, slow]);
    let mut child = lazaret.spawn();
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let first = lines.next().expect("a line").expect("UTF-8");
    assert!(first.ends_with("quick.py: accepted"), "{first}");
    std::fs::write(&pipe, "print(1)\n").expect("it reads");
    let last = lines.next().expect("a line").expect("UTF-8");
    assert!(last.ends_with("pipe.py: accepted"), "{last}");
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn endless_files_are_refused() {
    let ran = check(&["--language", "bash", "/dev/zero"])
        .output()
        .exits(2);
    assert!(ran.stderr.contains("larger than"), "{ran}");
}

#[test]
fn stdin_can_be_named_once() {
    let lazaret = check(&["--format", "json", "--language", "python", "-", "-"]);
    let ran = lazaret.stdin(b"eval(x)\n").output().exits(2);
    let told = lines(&ran);
    assert_eq!(told[0]["findings"][0]["rule"], "python-eval", "{ran}");
    assert!(
        told[1]["error"]
            .as_str()
            .expect("an error")
            .contains("read only once")
    );
}

#[test]
fn a_finding_has_further_places_in_json() {
    let ran = of_files(&[("a.py", "eval(x)\n")], &["--format", "json"]).exits(1);
    assert!(lines(&ran)[0]["findings"][0]["related"].is_array(), "{ran}");
}

// ---- formats for other programs ----------------------------------------------------------------------------------

#[test]
fn sarif_is_one_document_of_all_files() {
    let scripts = [
        ("good.py", "print(1)\n"),
        ("b d.py", "eval(x)\n"),
        ("c.sh", "eval \"$x\"\n"),
    ];
    let ran = of_files(&scripts, &["--format", "sarif", "/nonexistent.py"]).exits(2);
    let run = &ran.document()["runs"][0];
    let results = run["results"].as_array().expect("results");
    let rules: Vec<&str> = results
        .iter()
        .filter_map(|result| result["ruleId"].as_str())
        .collect();
    assert_eq!(rules, ["python-eval", "bash-eval"], "{ran}");
    let place = &results[0]["locations"][0]["physicalLocation"];
    let uri = place["artifactLocation"]["uri"].as_str().expect("a URI");
    assert!(
        uri.starts_with("file:///") && uri.ends_with("/b%20d.py"),
        "{uri}"
    );
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    assert_eq!(run["artifacts"].as_array().map(Vec::len), Some(4));
}

#[test]
fn artifacts_are_relative_to_where_it_was_called() {
    let lazaret = check(&["--format", "sarif"]);
    let file = lazaret.file("a.py", b"eval(x)\n");
    for name in ["a.py", "./a.py", file.to_str().expect("UTF-8")] {
        let mut command = lazaret.command();
        let output = command.arg(name).current_dir(lazaret.folder()).output();
        let output = output.expect("lazaret starts");
        let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let artifact = &document["runs"][0]["artifacts"][0];
        assert_eq!(artifact["location"]["uri"], "a.py", "{name}");
    }
}

#[test]
fn github_gets_a_command_a_finding() {
    let scripts = [("good.py", "print(1)\n"), ("bad.py", "x = 1\neval(x)\n")];
    let ran = of_files(&scripts, &["--format", "github"]).exits(1);
    assert_eq!(ran.stdout.lines().count(), 1, "{ran}");
    assert!(
        ran.stdout.starts_with("::error file=") && ran.stdout.contains(",line=2,"),
        "{ran}"
    );
}

/// A line that begins with `::`, on either stream, is a command to GitHub.
#[test]
fn hostile_names_inject_no_command() {
    let hostile = "x\n::set-env name=A::b\n##[set-env name=A]b,line=3.py";
    let missing = format!("/nonexistent/{hostile}");
    let script = [
        ("bad.py", "eval('''\n::stop-commands::x\n''')\n"),
        (hostile, "eval(x)\n"),
    ];
    let ran = of_files(&script, &["--format", "github", &missing]).exits(2);
    assert_eq!(ran.stdout.lines().count(), 3, "{ran}");
    assert!(
        ran.stdout
            .lines()
            .all(|line| line.starts_with("::error file=")),
        "{ran}"
    );
    assert_eq!(ran.stderr, "");
}

/// Nor into what is said on stderr of a file that cannot be checked, whatever the format.
#[test]
fn a_message_of_a_hostile_name_is_one_line() {
    for format in ["text", "json", "sarif"] {
        let name = "x\n::stop-commands::y\u{1b}[2J";
        let ran = of_files(&[(name, "eval(x)\n")], &["--format", format]).exits(2);
        assert_eq!(ran.stderr.lines().count(), 1, "{ran}");
        assert!(ran.stderr.contains("x\\n::stop-commands::y"), "{ran}");
        assert!(!ran.stderr.contains('\u{1b}'), "{ran}");
    }
}

#[test]
fn a_name_that_is_not_text_has_an_extension() {
    use std::os::unix::ffi::OsStrExt as _;
    let lazaret = check(&["--format", "sarif"]);
    let name = std::ffi::OsStr::from_bytes(b"\xff.py");
    std::fs::write(lazaret.folder().join(name), "eval(x)\n").expect("a file");
    let mut command = lazaret.command();
    let output = command.arg(name).current_dir(lazaret.folder()).output();
    let document: Value =
        serde_json::from_slice(&output.expect("lazaret starts").stdout).expect("JSON");
    let run = &document["runs"][0];
    assert_eq!(run["results"][0]["ruleId"], "python-eval");
    assert_eq!(run["artifacts"][0]["location"]["uri"], "%FF.py");
}

#[test]
fn a_secret_is_in_no_format() {
    let secret = ["sesame", "-12345"].concat();
    let script = format!("password = '{secret}'\n");
    for format in ["text", "json", "sarif", "github"] {
        let ran = of_files(&[("a.py", &script)], &["--format", format]).exits(1);
        assert!(ran.stdout.contains("secret-assignment"), "{ran}");
        assert!(
            !ran.stdout.contains(&secret) && !ran.stderr.contains(&secret),
            "{ran}"
        );
    }
}

/// What other tools take for permission is a comment.
#[test]
fn a_comment_suppresses_nothing() {
    let script = "import os  # nosec\n# lazaret: off\nos.system(x)  # nosec B605 # noqa: S605\n";
    let ran = of_files(&[("a.py", script)], &["--format", "json"]).exits(1);
    let findings = lines(&ran)[0]["findings"].clone();
    assert_eq!(findings[0]["rule"], "python-os-system", "{ran}");
}

// ---- a terminal ------------------------------------------------------------------------------------------------

fn make_pipe(path: &Path) {
    let made = Command::new("mkfifo").arg(path).status();
    assert!(made.expect("mkfifo of coreutils").success());
}

/// A check that waits for longer than a second, for a pipe that nobody has written to as yet.
fn slow(path: &Path) -> std::thread::JoinHandle<()> {
    make_pipe(path);
    let path = path.to_owned();
    std::thread::spawn(move || {
        let mut pipe = std::fs::File::create(path).expect("a reader");
        std::thread::sleep(std::time::Duration::from_millis(1_600));
        pipe.write_all(b"print(1)\n").expect("it reads");
    })
}

#[test]
fn progress_is_shown_on_a_terminal_from_one_second_on() {
    let lazaret = check(&[]);
    let path = lazaret.folder().join("slow.py");
    let writer = slow(&path);
    let lazaret = lazaret
        .arg(path.to_str().expect("UTF-8"))
        .env("TERM", "xterm");
    let shown = on_a_terminal(&lazaret);
    writer.join().expect("the writer ends");
    assert!(shown.contains("checked 0 of 1"), "{shown:?}");
    assert!(shown.contains("slow.py: accepted"), "{shown:?}");
}

#[test]
fn no_progress_in_pipes_and_none_for_what_is_quick() {
    let lazaret = check(&[]);
    let path = lazaret.folder().join("slow.py");
    let writer = slow(&path);
    let ran = lazaret.arg(path.to_str().expect("UTF-8")).output().exits(0);
    writer.join().expect("the writer ends");
    assert_eq!(ran.stderr, "");
    let lazaret = check(&[]);
    let quick = lazaret.file("quick.py", b"print(1)\n");
    let shown = on_a_terminal(&lazaret.arg(quick.to_str().expect("UTF-8")));
    assert!(!shown.contains("checked"), "{shown:?}");
}
