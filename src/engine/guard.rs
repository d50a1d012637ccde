//! The guard: a process that removes the container when we are killed with SIGKILL.
//!
//! A shell that waits on a pipe from us. When the pipe closes without a good-bye, or the deadline
//! passes, it removes the container, several times over, because the engine's command may still be
//! creating it. At first only what runs: a command that lost its stdin ends by itself, and Podman
//! leaves processes that no `rm` finds where a container is removed while it is created. It ignores the signals of terminals and sessions.

use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, ChildStdin};

use super::spawn::{Pipes, spawn};
use super::{Engine, EngineError};

/// Run by setsid(1) in a session of its own, whose group it ends at last.
///
/// `$1` is the engine's command, `$2` the container's name, `$3` the deadline in seconds.
const SCRIPT: &str = r#"
trap '' HUP INT TERM
running() { [ "$("$1" ps --quiet --filter "name=$2" --filter status=running)" ]; }
remove() {
    for pause in 1 1 2; do sleep "$pause"; running "$1" "$2" && "$1" rm --force "$2"; done
    for pause in 4 8; do sleep "$pause"; "$1" rm --force "$2"; done
}
(sleep "$3"; remove "$1" "$2"; kill -9 0) &
read -r word
[ "$word" = done ] || remove "$1" "$2"
kill -9 0
"#;

/// The guard of one container.
#[derive(Debug)]
pub(super) struct Guard {
    pipe: Option<ChildStdin>,
    _process: Child,
}

impl Guard {
    /// Starts it, before the container is started.
    pub(super) fn start(
        engine: &Engine,
        name: &str,
        deadline: Duration,
    ) -> Result<Self, EngineError> {
        let seconds = deadline.as_secs().saturating_add(1).to_string();
        let shell = [
            "sh",
            "-c",
            SCRIPT,
            "lazaret-guard",
            &engine.program,
            name,
            &seconds,
        ];
        let argv = [&["setsid"], shell.as_slice()].concat();
        let mut process = spawn(&argv, Pipes::Input).map_err(|source| EngineError::Spawn {
            path: "setsid".into(),
            source,
        })?;
        Ok(Self {
            pipe: process.stdin.take(),
            _process: process,
        })
    }

    /// The container is gone for certain: the guard may go too.
    pub(super) async fn dismiss(mut self) {
        if let Some(mut pipe) = self.pipe.take() {
            // A guard that is gone already needs no good-bye.
            let _ = pipe.write_all(b"done\n").await;
        }
    }
}
