//! What the reports of hostile scripts say that they could do. An answer is looked at by what it is,
//! so a kernel that lacks a call altogether has refused it too.

use serde_json::{Map, Value};

/// What is not there could not be read or made, and so is harmless.
fn entries<'a>(report: &'a Value, name: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    report
        .get(name)
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(Map::iter)
}

/// A report without its main part proves nothing.
fn missing(report: &Value, names: &[&str]) -> Vec<String> {
    let absent = names.iter().filter(|name| report.get(**name).is_none());
    absent
        .map(|name| format!("no report of `{name}`"))
        .collect()
}

/// System calls that are not refused: any other error means that the call was looked at.
pub(super) fn system_calls(report: &Value) -> Vec<String> {
    let refused = |call: &str, answer: &Value| match answer.as_str() {
        Some("EPERM" | "ENOSYS" | "EACCES") => true,
        // There is no terminal to begin with.
        Some("ENXIO") => call == "tiocsti",
        _ => false,
    };
    let mut got = missing(report, &["refused"]);
    let done = entries(report, "refused").filter(|(call, answer)| !refused(call, answer));
    got.extend(done.map(|(call, answer)| format!("{call} ({answer})")));
    got
}

/// Files outside the scratch directories that could be opened for writing.
pub(super) fn opened(report: &Value) -> Vec<String> {
    let Some(answers) = report.as_object().filter(|answers| answers.len() > 20) else {
        return vec!["no report".to_owned()];
    };
    let opened = answers.iter().filter(|(_, answer)| *answer == "opened");
    opened
        .map(|(path, _)| format!("{path} was opened for writing"))
        .collect()
}

const NOBODY: &str = "65534 65534 65534 65534";
const NOTHING: &str = "0000000000000000";

/// Privileges that it has or could get, itself or by way of a setuid program.
pub(super) fn privileges(report: &Value) -> Vec<String> {
    let expected = [
        ("Uid", NOBODY),
        ("Gid", NOBODY),
        ("CapPrm", NOTHING),
        ("CapEff", NOTHING),
        ("CapBnd", NOTHING),
        ("CapAmb", NOTHING),
        ("NoNewPrivs", "1"),
        ("Seccomp", "2"),
    ];
    let mut got = missing(report, &["own", "su", "attempts"]);
    // An image without su has no `su` to become.
    let processes = ["own", "su"].into_iter();
    for process in processes.filter(|name| report.get(name).is_some_and(Value::is_object)) {
        let status = report.get(process).unwrap_or(&Value::Null);
        let wrong = expected
            .iter()
            .filter(|(name, value)| status.get(name) != Some(&(*value).into()));
        got.extend(wrong.map(|(name, _)| format!("{process}: {name} is {}", of(status, name))));
    }
    let done = entries(report, "attempts").filter(|(_, answer)| *answer == "done");
    got.extend(done.map(|(attempt, _)| attempt.clone()));
    got
}

fn of(value: &Value, name: &str) -> String {
    value
        .get(name)
        .map_or_else(|| "not told".to_owned(), Value::to_string)
}

/// Ways out that went through, or on which something waited for an answer.
pub(super) fn network(report: &Value) -> Vec<String> {
    let mut got = missing(report, &["out", "interfaces"]);
    for (attempt, told) in entries(report, "out") {
        let answer = of(told, "answer");
        let waited = told
            .get("seconds")
            .and_then(Value::as_f64)
            .is_none_or(|took| took > 5.0);
        if answer.contains("went through") || answer.contains("TimeoutError") || waited {
            got.push(format!("{attempt}: {answer}"));
        }
    }
    if report.get("interfaces") != Some(&serde_json::json!(["lo"])) {
        got.push(format!("interfaces {}", of(report, "interfaces")));
    }
    got
}

/// Memory, disks and processes of the host that it could read.
pub(super) fn kernel(report: &Value) -> Vec<String> {
    let mut got = missing(report, &["files", "directories", "block devices"]);
    // A count of keys by user is all that /proc/key-users holds.
    let is_read = |(path, size): &(&String, &Value)| {
        size.as_u64().is_some_and(|size| size > 0) && *path != "/proc/key-users"
    };
    let files = entries(report, "files").filter(is_read);
    got.extend(files.map(|(path, _)| format!("{path} was read")));
    let is_listed = |names: &Value| names.as_array().is_some_and(|names| !names.is_empty());
    let directories = entries(report, "directories").filter(|(_, names)| is_listed(names));
    got.extend(directories.map(|(path, _)| format!("{path} was listed")));
    if report.get("block devices").is_some_and(is_listed) {
        got.push(format!("block devices {}", of(report, "block devices")));
    }
    got
}

/// Sockets and the name of the host.
pub(super) fn host(report: &Value) -> Vec<String> {
    let mut got = missing(report, &["sockets", "host name"]);
    if report
        .get("sockets")
        .is_some_and(|sockets| *sockets != serde_json::json!([]))
    {
        got.push(format!("sockets {}", of(report, "sockets")));
    }
    if report
        .get("host name")
        .is_some_and(|names| *names != serde_json::json!(["lazaret", "lazaret"]))
    {
        got.push(format!("the host's name {}", of(report, "host name")));
    }
    got
}

/// What the run before this one left behind.
pub(super) fn leavings(report: &Value) -> Vec<String> {
    let mut got = missing(report, &["files", "shared", "processes"]);
    let left = |names: &Value| {
        let names = names.as_array().map(Vec::as_slice).unwrap_or_default();
        names.iter().any(|name| name != "script.py")
    };
    let files = entries(report, "files").filter(|(_, names)| left(names));
    got.extend(files.map(|(place, names)| format!("{place} has {names}")));
    if report
        .get("shared")
        .is_some_and(|shared| *shared != serde_json::json!([-1, -1, -1]))
    {
        got.push("memory that the run before shared".to_owned());
    }
    let processes = report.get("processes").and_then(Value::as_array);
    let sleeps = |process: &Value| process.as_str().is_some_and(|line| line.contains("12345"));
    if processes.is_some_and(|processes| processes.iter().any(sleeps)) {
        got.push("a process of the run before".to_owned());
    }
    got
}
