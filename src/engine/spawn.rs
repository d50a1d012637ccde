//! The one place where processes are started.
//!
//! Every child gets the environment of this process, which is the caller's own: an engine's command
//! needs `PATH`, `HOME`, `DOCKER_HOST` and whatever else its user set. Nothing of a script, its
//! stdin or its arguments is ever in a child's argv or environment.

#![expect(clippy::disallowed_methods, reason = "the one spawn site")]

use std::ffi::OsStr;
use std::io;
use std::os::fd::OwnedFd;
use std::process::Stdio;

use tokio::process::{Child, Command};

/// What a child's standard streams are.
#[derive(Debug)]
pub(super) enum Pipes {
    /// All three are pipes: a run.
    All,
    /// Standard output and error are: an engine command.
    Outputs,
    /// Standard input is, and in the place of the others these are held open: the guard.
    Guard([OwnedFd; 2]),
}

/// Starts a program in a process group of its own, so that a terminal's Ctrl-C reaches us alone.
///
/// Dropping the child kills it, but for the guard, which is there to outlive us.
pub(super) fn spawn(argv: &[impl AsRef<OsStr>], pipes: Pipes) -> io::Result<Child> {
    let Some((program, arguments)) = argv.split_first() else {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "an empty command line",
        ));
    };
    let mut command = Command::new(program);
    command.args(arguments);
    match pipes {
        Pipes::All => command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped()),
        Pipes::Outputs => command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped()),
        Pipes::Guard([first, second]) => {
            command.stdin(Stdio::piped()).stdout(first).stderr(second);
            return command.process_group(0).spawn();
        }
    };
    // Podman's conmon notes an OOM as a file `oom` where its command was started: nobody, root
    // neither, can create a file here.
    command.current_dir("/proc");
    command.kill_on_drop(true).process_group(0).spawn()
}
