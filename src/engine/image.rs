//! Images: whether one is there, its volumes, pulling it; and why a start failed.

use super::error::said;
use super::{Engine, EngineError, Patience};
use crate::plan::Dialect;
use crate::policy::Pull;

/// How an engine runs containers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confinement {
    /// The version of cgroups on its host: `1` or `2`.
    pub cgroups: String,
    /// Without root's rights on its host.
    pub rootless: bool,
}

impl Engine {
    /// Why a container did not start, asked step by step: the engine, then the image, then the
    /// container itself. `words` is what the engine's command said.
    ///
    /// `Ok` means that the image was missing and has been pulled: another start may succeed.
    ///
    /// # Errors
    /// The cause.
    pub async fn explain_failure(
        &self,
        image: &str,
        pull: Pull,
        words: &[u8],
        patience: &Patience,
        pulling: impl AsyncFnOnce(),
    ) -> Result<(), EngineError> {
        self.answers(patience).await?;
        if self.has_image(image, patience).await? {
            return Err(EngineError::ContainerFailed { said: said(words) });
        }
        match pull {
            Pull::Never => Err(EngineError::ImageMissing {
                image: image.to_owned(),
            }),
            Pull::Missing | Pull::Always => {
                pulling().await;
                self.pull(image, patience).await
            }
        }
    }

    /// Whether the engine answers at all.
    async fn answers(&self, patience: &Patience) -> Result<(), EngineError> {
        self.version(patience).await.map(|_| ())
    }

    /// The engine's version; for Docker the daemon's.
    ///
    /// # Errors
    /// It does not answer.
    pub async fn version(&self, patience: &Patience) -> Result<String, EngineError> {
        let format = match self.dialect {
            Dialect::Docker => "{{.Server.Version}}",
            Dialect::Podman => "{{.Client.Version}}",
        };
        let answer = self
            .ask(&["version", "--format", format], patience.command)
            .await?;
        if answer.success && !answer.stdout.trim_ascii().is_empty() {
            return Ok(said(&answer.stdout));
        }
        let words = said(&answer.stderr);
        let hint = hint(&words);
        Err(EngineError::Unreachable { said: words, hint })
    }

    /// Whether Docker's command talks to Podman's service, which takes another's options and loses exit
    /// codes.
    ///
    /// # Errors
    /// It does not answer.
    pub async fn is_podmans_service(&self, patience: &Patience) -> Result<bool, EngineError> {
        if self.dialect == Dialect::Podman {
            return Ok(false);
        }
        let format = "{{json .Server.Components}}";
        let arguments = ["version", "--format", format];
        let answer = self.ask(&arguments, patience.command).await?;
        Ok(memchr::memmem::find(&answer.stdout, b"Podman Engine").is_some())
    }

    /// How the engine runs containers.
    ///
    /// # Errors
    /// It does not answer.
    pub async fn confinement(&self, patience: &Patience) -> Result<Confinement, EngineError> {
        let format = match self.dialect {
            Dialect::Docker => "{{.CgroupVersion}} {{.SecurityOptions}}",
            Dialect::Podman => "{{.Host.CgroupsVersion}} rootless={{.Host.Security.Rootless}}",
        };
        let answer = self
            .ask(&["info", "--format", format], patience.command)
            .await?;
        let told = said(&answer.stdout);
        let (cgroups, rest) = told.split_once(' ').unwrap_or((&told, ""));
        Ok(Confinement {
            cgroups: cgroups.trim_start_matches('v').to_owned(),
            rootless: rest.contains("name=rootless") || rest == "rootless=true",
        })
    }

    /// The id of an image, `None` if the engine does not have it.
    ///
    /// # Errors
    /// The engine gave no answer.
    pub async fn image_id(
        &self,
        image: &str,
        patience: &Patience,
    ) -> Result<Option<String>, EngineError> {
        let arguments = ["image", "inspect", "--format", "{{.Id}}", image];
        let answer = self.ask(&arguments, patience.command).await?;
        Ok(answer.success.then(|| said(&answer.stdout)))
    }

    async fn has_image(&self, image: &str, patience: &Patience) -> Result<bool, EngineError> {
        Ok(self.image_id(image, patience).await?.is_some())
    }

    /// Pulls an image.
    ///
    /// # Errors
    /// The registry or the engine refused, or took too long.
    pub async fn pull(&self, image: &str, patience: &Patience) -> Result<(), EngineError> {
        let answer = self.ask(&["pull", "--quiet", image], patience.pull).await?;
        if answer.success {
            return Ok(());
        }
        Err(EngineError::PullFailed {
            image: image.to_owned(),
            said: said(&answer.stderr),
        })
    }

    /// The paths that an image declares as volumes.
    ///
    /// # Errors
    /// The engine does not answer.
    pub async fn volumes(
        &self,
        image: &str,
        patience: &Patience,
    ) -> Result<Vec<String>, EngineError> {
        let arguments = [
            "image",
            "inspect",
            "--format",
            "{{json .Config.Volumes}}",
            image,
        ];
        let answer = self.ask(&arguments, patience.command).await?;
        Ok(volumes(&answer.stdout))
    }
}

/// Paths that can stand in a `--tmpfs` option; another one stays a breach.
fn volumes(json: &[u8]) -> Vec<String> {
    let Ok(serde_json::Value::Object(volumes)) = serde_json::from_slice(json) else {
        return Vec::new();
    };
    let plain = |path: &String| path.starts_with('/') && !path.contains([':', ',', '\n', '\0']);
    volumes
        .into_iter()
        .map(|(path, _)| path)
        .filter(plain)
        .collect()
}

/// What to do, guessed from the engine's words. A guess is good enough for advice.
fn hint(words: &str) -> &'static str {
    if words.contains("permission denied") {
        "you may not use its socket: join the group that may (often `docker`), or use rootless Podman"
    } else {
        "start its service (often `systemctl start docker`), or check DOCKER_HOST and the docker context"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn volumes_are_paths_and_nothing_else() {
        assert_eq!(
            volumes(br#"{"/data":{},"/b:rw":{},"relative":{}}"#),
            ["/data"]
        );
        assert_eq!(volumes(b"null"), [] as [&str; 0]);
        assert_eq!(volumes(b"garbage"), [] as [&str; 0]);
    }
}
