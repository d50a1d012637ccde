//! Programs and what they do with code. Data.

/// What a command is to the search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Runs its arguments as code.
    Eval,
    /// Fetches from the network.
    Download,
    /// A shell.
    Shell,
    /// Another language's interpreter.
    Interpreter,
    /// Runs a file in this shell.
    Source,
}

/// A program that runs the command in its arguments.
pub(super) struct Wrapper {
    pub(super) name: &'static str,
    /// Options that take the next word.
    pub(super) with_value: &'static [&'static str],
    /// Words of its own before the command.
    pub(super) operands: usize,
}

const fn wrapper(
    name: &'static str,
    with_value: &'static [&'static str],
    operands: usize,
) -> Wrapper {
    Wrapper {
        name,
        with_value,
        operands,
    }
}

pub(super) static WRAPPERS: [Wrapper; 20] = [
    wrapper("command", &[], 0),
    wrapper("builtin", &[], 0),
    wrapper("exec", &["-a"], 0),
    wrapper("time", &["-f", "-o"], 0),
    wrapper(
        "sudo",
        &[
            "-u", "-g", "-h", "-p", "-C", "-D", "-R", "-T", "-U", "-r", "-t",
        ],
        0,
    ),
    wrapper("doas", &["-u", "-C"], 0),
    wrapper("env", &["-u", "-C", "-S", "--unset", "--chdir"], 0),
    wrapper("nohup", &[], 0),
    wrapper("nice", &["-n", "--adjustment"], 0),
    wrapper("ionice", &["-c", "-n"], 0),
    wrapper("timeout", &["-s", "-k", "--signal", "--kill-after"], 1),
    wrapper("stdbuf", &["-i", "-o", "-e"], 0),
    wrapper("setsid", &[], 0),
    wrapper("unshare", &[], 0),
    wrapper("chroot", &[], 1),
    wrapper("busybox", &[], 0),
    wrapper("torsocks", &[], 0),
    wrapper("proxychains", &["-f"], 0),
    wrapper("flock", &["-w", "-E"], 1),
    wrapper("su-exec", &[], 1),
];

const DOWNLOADS: [&str; 8] = [
    "curl", "wget", "fetch", "aria2c", "http", "https", "xh", "GET",
];
const SHELLS: [&str; 9] = [
    "sh", "bash", "dash", "zsh", "ksh", "ash", "mksh", "fish", "rbash",
];
const INTERPRETERS: [&str; 8] = [
    "python", "pypy", "perl", "ruby", "node", "php", "lua", "deno",
];

/// What a program is, by the last part of its path, versions left out (`python3.11`).
pub(super) fn role(name: &str) -> Option<Role> {
    match name {
        "eval" => return Some(Role::Eval),
        "source" | "." => return Some(Role::Source),
        _ => {}
    }
    let base = name.rsplit('/').next().unwrap_or(name);
    let program = base.trim_end_matches(|character: char| {
        character.is_ascii_digit() || matches!(character, '.' | '-')
    });
    if DOWNLOADS.contains(&base) {
        Some(Role::Download)
    } else if SHELLS.contains(&program) {
        Some(Role::Shell)
    } else if INTERPRETERS.contains(&program) {
        Some(Role::Interpreter)
    } else {
        None
    }
}
