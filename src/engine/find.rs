//! Which engine is used, and which flags it understands.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

use super::{EngineError, Patience};
use crate::plan::Dialect;

/// An engine's command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Engine {
    /// Its absolute path.
    pub program: String,
    /// Which flags it understands.
    pub dialect: Dialect,
}

/// Finds the engine: the one that is named, else `docker`, else `podman` in `PATH`. Never another in
/// place of one that is named.
///
/// `named` is a command or path with whoever named it, for messages.
///
/// # Errors
/// None is found, or one that must be asked for its version gives no answer.
pub async fn find(
    named: Option<(&str, &'static str)>,
    patience: Duration,
) -> Result<Engine, EngineError> {
    let path = match named {
        Some((command, origin)) => which::which(command).map_err(|_| EngineError::NotFound {
            command: crate::text::single_line(command),
            origin,
        })?,
        None => ["docker", "podman"]
            .into_iter()
            .find_map(|command| which::which(command).ok())
            .ok_or(EngineError::NoneFound)?,
    };
    let program = path.to_string_lossy().into_owned();
    if let Some(dialect) = dialect_by_file(&path) {
        return Ok(Engine { program, dialect });
    }
    let mut engine = Engine {
        program,
        dialect: Dialect::Docker,
    };
    engine.dialect = engine.dialect_by_version(patience).await?;
    Ok(engine)
}

/// A program file called docker or podman, through links, is that. A shell script is not believed:
/// `podman-docker` installs one called docker. This spares a start of the engine's command, 20 ms.
fn dialect_by_file(path: &Path) -> Option<Dialect> {
    let real = path.canonicalize().ok()?;
    let mut magic = [0; 4];
    File::open(&real).ok()?.read_exact(&mut magic).ok()?;
    if magic != *b"\x7fELF" {
        return None;
    }
    match real.file_name()?.to_str()? {
        "docker" => Some(Dialect::Docker),
        "podman" => Some(Dialect::Podman),
        _ => None,
    }
}

impl Engine {
    /// What the command talks to, in words: a variable of the environment, a context, or this host.
    pub async fn host(&self, patience: &Patience) -> String {
        if self.dialect == Dialect::Podman || self.host_by_environment().is_some() {
            return self.host_or_context("");
        }
        match self.ask(&["context", "show"], patience.command).await {
            Ok(answer) if answer.success => {
                self.host_or_context(String::from_utf8_lossy(&answer.stdout).trim())
            }
            _ => "the docker command's default".to_owned(),
        }
    }

    /// The same where Docker's context is known.
    pub(super) fn host_or_context(&self, context: &str) -> String {
        match (self.host_by_environment(), self.dialect) {
            (Some(host), _) => host,
            (None, Dialect::Podman) => "this host".to_owned(),
            (None, Dialect::Docker) => format!("the docker context `{context}`"),
        }
    }

    fn host_by_environment(&self) -> Option<String> {
        let variables = match self.dialect {
            Dialect::Docker => ["DOCKER_HOST", "DOCKER_CONTEXT"],
            Dialect::Podman => ["CONTAINER_HOST", "CONTAINER_CONNECTION"],
        };
        variables
            .iter()
            .find_map(|name| Some(format!("{name}={}", std::env::var(name).ok()?)))
    }

    /// Podman says `podman version 4.3.1`, whatever it is called.
    async fn dialect_by_version(&self, patience: Duration) -> Result<Dialect, EngineError> {
        let answer = self.ask(&["--version"], patience).await?;
        let text = String::from_utf8_lossy(&answer.stdout).to_lowercase();
        Ok(if text.contains("podman") {
            Dialect::Podman
        } else {
            Dialect::Docker
        })
    }
}
