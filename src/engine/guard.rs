//! The guard: a process that removes the container when we are killed with SIGKILL.
//!
//! A shell that waits on a pipe from us. When the pipe closes without a good-bye, or the deadline
//! passes, it removes the container, several times over, because the engine's command may still be
//! creating it. At first only what runs: a command that lost its stdin ends by itself, and Podman
//! leaves processes that no `rm` finds where a container is removed while it is created. A terminal's
//! signals do not reach its process group, and it ignores what ends a session.

use std::os::fd::OwnedFd;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, ChildStdin};

use super::spawn::{Pipes, spawn};
use super::{Engine, EngineError};

/// It ends its own process group at last.
///
/// `$1` is the engine's command, `$2` the container's name, `$3` the deadline in seconds, which it
/// watches once it is told `watch`: most runs are over before that, and spare two processes.
const SCRIPT: &str = r#"
trap '' HUP INT TERM
running() { [ "$("$1" ps --quiet --filter "name=$2" --filter status=running 2>/dev/null)" ]; }
remove() {
    for pause in 1 1 2; do sleep "$pause"; running "$1" "$2" && "$1" rm --force "$2" >/dev/null 2>&1; done
    for pause in 4 8; do sleep "$pause"; "$1" rm --force "$2" >/dev/null 2>&1; done
}
while read -r word; do
    case $word in
        watch) (sleep "$3"; remove "$1" "$2"; kill -9 0) & ;;
        done) kill -9 0 ;;
    esac
done
remove "$1" "$2"
kill -9 0
"#;

/// How old a run is when the guard begins to watch its deadline.
pub(super) const WATCH_AFTER: Duration = Duration::from_secs(1);

/// The guard of one container.
#[derive(Debug)]
pub(super) struct Guard {
    pipe: Option<ChildStdin>,
    _process: Child,
}

impl Guard {
    /// Starts it. It holds the outputs of the engine's command open when we are gone: writing to a
    /// broken pipe would kill the command, Podman's in the middle of creating a container.
    pub(super) fn start(
        engine: &Engine,
        name: &str,
        deadline: Duration,
        outputs: [OwnedFd; 2],
    ) -> Result<Self, EngineError> {
        let seconds = deadline.as_secs().saturating_add(1).to_string();
        let argv = [
            "sh",
            "-c",
            SCRIPT,
            "lazaret-guard",
            &engine.program,
            name,
            &seconds,
        ];
        let spawned = spawn(&argv, Pipes::Guard(outputs));
        let mut process = spawned.map_err(|source| EngineError::Spawn {
            path: "sh".into(),
            source,
        })?;
        Ok(Self {
            pipe: process.stdin.take(),
            _process: process,
        })
    }

    /// From now on it acts at the deadline too, should we be stopped and not killed.
    pub(super) async fn watch(&mut self) {
        self.tell(b"watch\n").await;
    }

    /// The container is gone for certain: the guard may go too.
    pub(super) async fn dismiss(mut self) {
        self.tell(b"done\n").await;
    }

    async fn tell(&mut self, word: &[u8]) {
        if let Some(pipe) = &mut self.pipe {
            // A guard that is gone hears nothing; the nets below it hold.
            let _ = pipe.write_all(word).await;
        }
    }
}
