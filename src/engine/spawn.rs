//! The one place where processes are started.
//!
//! Every child gets the environment of this process, which is the caller's own: an engine's command
//! needs `PATH`, `HOME`, `DOCKER_HOST` and whatever else its user set. Nothing of a script, its
//! stdin or its arguments is ever in a child's argv or environment.

#![expect(clippy::disallowed_methods, reason = "the one spawn site")]

use std::ffi::OsStr;
use std::io;
use std::process::Stdio;

use tokio::process::{Child, Command};

/// Which of a child's streams are pipes; the others are closed to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pipes {
    /// All three: a run.
    All,
    /// Standard output and error: an engine command.
    Outputs,
    /// Standard input: the guard.
    Input,
}

/// Starts a program in a process group of its own, so that a terminal's Ctrl-C reaches us alone.
///
/// Not so the guard, which ignores it and makes a session of its own: a leader of a group would have
/// to fork for that. Dropping the child kills it, but for the guard, which is there to outlive us.
pub(super) fn spawn(argv: &[impl AsRef<OsStr>], pipes: Pipes) -> io::Result<Child> {
    let Some((program, arguments)) = argv.split_first() else {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "an empty command line",
        ));
    };
    let piped = |yes: bool| if yes { Stdio::piped() } else { Stdio::null() };
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(piped(pipes != Pipes::Outputs))
        .stdout(piped(pipes != Pipes::Input))
        .stderr(piped(pipes != Pipes::Input))
        .kill_on_drop(pipes != Pipes::Input);
    if pipes != Pipes::Input {
        command.process_group(0);
    }
    command.spawn()
}
