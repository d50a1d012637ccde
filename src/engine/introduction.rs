//! What an engine says of itself and of an image, for the records of a run.
//!
//! Asked beside a container's start, in commands of their own, one after the other: two at once
//! would take both processors of a small machine from the start itself. Nothing is remembered from
//! one run to the next: an engine may be upgraded, and a tag moved, at any moment.

use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::error::said;
use super::{Engine, Patience};
use crate::plan::Dialect;

/// An engine as it introduced itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Introduction {
    /// Its version; for Docker the daemon's.
    pub version: String,
    /// What its command talks to, in words: a variable of the environment, a context, or this host.
    pub host: String,
}

/// What has been answered so far: nothing yet, an answer, or why there is none.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// The engine.
    pub engine: Option<Result<Introduction, String>>,
    /// The image's id, `sha256:…`.
    pub image: Option<Result<String, String>>,
}

/// Questions that are being asked. Dropped, it kills the command that is at work.
#[derive(Debug)]
pub struct Enquiry {
    answers: watch::Receiver<Answers>,
    task: JoinHandle<()>,
}

impl Enquiry {
    /// Begins to ask; each question has the patience of an engine command. Must be called within a
    /// Tokio runtime.
    #[must_use]
    pub fn start(engine: &Engine, image: &str, patience: Patience) -> Self {
        let (engine, image) = (engine.clone(), image.to_owned());
        let (answered, answers) = watch::channel(Answers::default());
        let task = tokio::spawn(async move {
            let told = engine.introduction(&patience).await;
            answered.send_modify(|answers| answers.engine = Some(told));
            let told = engine.image_digest(&image, &patience).await;
            answered.send_modify(|answers| answers.image = Some(told));
        });
        Self { answers, task }
    }

    /// What has been answered by now.
    #[must_use]
    pub fn so_far(&self) -> Answers {
        self.answers.borrow().clone()
    }

    /// Waits until everything is answered. Cancel-safe.
    pub async fn complete(&self) {
        // It fails once nobody asks any more; then there is nothing to wait for.
        let _ = self
            .answers
            .clone()
            .wait_for(|answers| answers.image.is_some())
            .await;
    }
}

impl Drop for Enquiry {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Engine {
    /// One command gives version and context.
    async fn introduction(&self, patience: &Patience) -> Result<Introduction, String> {
        let format = match self.dialect {
            Dialect::Docker => "{{.Server.Version}} {{.Client.Context}}",
            Dialect::Podman => {
                "{{if .Server}}{{.Server.Version}}{{else}}{{.Client.Version}}{{end}} -"
            }
        };
        let answer = self
            .ask_aside(&["version", "--format", format], patience.command)
            .await
            .map_err(|error| error.to_string())?;
        let told = said(&answer.stdout);
        match told.split_once(' ') {
            Some((version, context)) if answer.success => Ok(Introduction {
                version: version.to_owned(),
                host: self.host_or_context(context),
            }),
            _ => Err(format!("the engine said: {}", said(&answer.stderr))),
        }
    }

    async fn image_digest(&self, image: &str, patience: &Patience) -> Result<String, String> {
        let arguments = ["image", "inspect", "--format", "{{.Id}}", image];
        let answer = self
            .ask_aside(&arguments, patience.command)
            .await
            .map_err(|error| error.to_string())?;
        let id = said(&answer.stdout);
        match digest(&id) {
            Some(digest) if answer.success => Ok(digest),
            Some(_) | None => Err(format!("the engine said: {id} {}", said(&answer.stderr))),
        }
    }
}

/// `sha256:` and 64 digits; Podman leaves out the first part.
fn digest(id: &str) -> Option<String> {
    let digits = id.strip_prefix("sha256:").unwrap_or(id);
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    (digits.len() == 64 && digits.bytes().all(is_digit)).then(|| format!("sha256:{digits}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_form() {
        let digits = "9c".repeat(32);
        let whole = format!("sha256:{digits}");
        assert_eq!(digest(&digits).as_ref(), Some(&whole));
        assert_eq!(digest(&whole), Some(whole));
        for other in ["", "sha256:", "9c", "latest", &"9C".repeat(32)] {
            assert_eq!(digest(other), None, "{other}");
        }
    }
}
