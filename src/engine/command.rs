//! Engine commands that are not runs: `version`, `kill`, `rm`, `ps`, `image inspect`, `pull`.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};

use super::spawn::{Pipes, spawn};
use super::{Engine, EngineError};

/// An answer is at most this long; what comes beyond is read and dropped.
const LONGEST_ANSWER: usize = 256 * 1024;

/// What an engine command answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// It exited 0.
    pub success: bool,
    /// Its standard output.
    pub stdout: Vec<u8>,
    /// Its standard error.
    pub stderr: Vec<u8>,
}

impl Engine {
    /// Runs an engine command to its end.
    ///
    /// Cancel-safe: dropped, it kills the command.
    ///
    /// # Errors
    /// The command could not be started, or gave no answer in time.
    pub async fn ask(&self, arguments: &[&str], patience: Duration) -> Result<Answer, EngineError> {
        let argv = [&[self.program.as_str()], arguments].concat();
        self.answer(&argv, patience).await
    }

    /// The same for what nobody waits for: the command yields the processor to everything else, a
    /// container that is being started above all.
    pub(super) async fn ask_aside(
        &self,
        arguments: &[&str],
        patience: Duration,
    ) -> Result<Answer, EngineError> {
        let Ok(nice) = which::which("nice") else {
            return self.ask(arguments, patience).await;
        };
        let nice = nice.to_string_lossy();
        let argv = [&[&*nice, "-n", "19", &self.program], arguments].concat();
        self.answer(&argv, patience).await
    }

    async fn answer(&self, argv: &[&str], patience: Duration) -> Result<Answer, EngineError> {
        let failed = |source| EngineError::Spawn {
            path: self.program.clone().into(),
            source,
        };
        let mut child = spawn(argv, Pipes::Outputs).map_err(failed)?;
        let (mut stdout, mut stderr) = (child.stdout.take(), child.stderr.take());
        let whole = async {
            let (stdout, stderr) = tokio::join!(read(&mut stdout), read(&mut stderr));
            let status = child.wait().await?;
            Ok(Answer {
                success: status.success(),
                stdout,
                stderr,
            })
        };
        match tokio::time::timeout(patience, whole).await {
            Ok(answer) => answer.map_err(failed),
            Err(_) => Err(EngineError::Silent {
                command: argv.join(" "),
                patience,
            }),
        }
    }
}

async fn read(stream: &mut Option<impl AsyncRead + Unpin>) -> Vec<u8> {
    let mut kept = Vec::new();
    let Some(stream) = stream else {
        return kept;
    };
    let mut buffer = vec![0; 8192];
    while let Ok(length @ 1..) = stream.read(&mut buffer).await {
        let room = LONGEST_ANSWER - kept.len();
        kept.extend_from_slice(buffer.get(..length.min(room)).unwrap_or_default());
    }
    kept
}
