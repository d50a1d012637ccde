//! What an engine says of itself and of an image, for the records of a run.
//!
//! Asked beside a container's start, in commands of their own, one after the other, and kept for a
//! short while (`memory`).

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::error::said;
use super::memory::{self, Word};
use super::{Engine, Patience};
use crate::plan::Dialect;
use crate::protocol::attestation::Attestation;
use crate::text::Hash;

/// What has been answered so far: nothing yet, an answer, or why there is none.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// The engine: its version, and what its command talks to, in words.
    pub engine: Option<Result<(String, String), String>>,
    /// The image's id, `sha256:…`.
    pub image: Option<Result<String, String>>,
    /// When both were told.
    pub asked_at: Option<Timestamp>,
}

/// Questions that have been answered a short while ago, or are being asked. Dropped, it kills the
/// command that is at work.
#[derive(Debug)]
pub struct Enquiry {
    engine: Engine,
    image: String,
    patience: Patience,
    key: String,
    answers: watch::Receiver<Answers>,
    /// What was kept, until the container shows other layers.
    recalled: Option<Word>,
    layers: Option<String>,
    task: Option<JoinHandle<()>>,
}

impl Enquiry {
    /// Recalls the answers, or begins to ask; each question has the patience of an engine command.
    /// Must be called within a Tokio runtime.
    #[must_use]
    pub fn start(engine: &Engine, image: &str, patience: Patience) -> Self {
        let key = memory::key(engine, image);
        let recalled = memory::recall(&key);
        let (_, answers) = watch::channel(recalled.as_ref().map(told).unwrap_or_default());
        let mut enquiry = Self {
            engine: engine.clone(),
            image: image.to_owned(),
            patience,
            key,
            answers,
            recalled,
            layers: None,
            task: None,
        };
        if enquiry.recalled.is_none() {
            enquiry.ask();
        }
        enquiry
    }

    fn ask(&mut self) {
        let (engine, image, patience) = (self.engine.clone(), self.image.clone(), self.patience);
        let (answered, answers) = watch::channel(Answers::default());
        self.answers = answers;
        self.task = Some(tokio::spawn(async move {
            let told = engine.introduction(&patience).await;
            answered.send_modify(|answers| answers.engine = Some(told));
            let told = engine.image_digest(&image, &patience).await;
            answered.send_modify(|answers| {
                answers.image = Some(told);
                answers.asked_at = Some(Timestamp::now());
            });
        }));
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

    /// Looks at the layers that the container shows: if they are others than those of the image that
    /// was told of, the engine is asked anew.
    pub fn compare(&mut self, attestation: &Attestation) {
        self.layers = layers(attestation, self.engine.dialect);
        let recalled = self.recalled.as_ref();
        if recalled.is_some_and(|word| word.layers != self.layers) {
            self.recalled = None;
            self.ask();
        }
    }

    /// Keeps fresh answers for the next runs.
    pub fn keep(&self) {
        if self.recalled.is_some() {
            return;
        }
        let Answers {
            engine: Some(Ok((version, host))),
            image: Some(Ok(image_id)),
            asked_at: Some(asked_at),
        } = self.so_far()
        else {
            return;
        };
        let layers = self.layers.clone();
        let word = Word {
            version,
            host,
            image_id,
            layers,
            asked_at,
        };
        memory::remember(&self.key, &word);
    }
}

fn told(word: &Word) -> Answers {
    Answers {
        engine: Some(Ok((word.version.clone(), word.host.clone()))),
        image: Some(Ok(word.image_id.clone())),
        asked_at: Some(word.asked_at),
    }
}

impl Drop for Enquiry {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

/// The hash of the layers below the container's own, as an overlay file system lists them; `None` with
/// another file system.
fn layers(attestation: &Attestation, dialect: Dialect) -> Option<String> {
    let mounts = attestation.section("/proc/self/mountinfo")?;
    let root = mounts
        .iter()
        .find(|line| line.split(' ').nth(4) == Some("/"))?;
    let (_, options) = root.split_once("lowerdir=")?;
    let lower = options.split(',').next()?;
    let of_the_image = match dialect {
        // The first is made for each container.
        Dialect::Docker => lower.split_once(':')?.1,
        Dialect::Podman => lower,
    };
    Some(Hash::of(of_the_image.as_bytes()).to_string())
}

impl Engine {
    /// Its version and what its command talks to: one command gives both.
    async fn introduction(&self, patience: &Patience) -> Result<(String, String), String> {
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
            Some((version, context)) if answer.success => {
                Ok((version.to_owned(), self.host_or_context(context)))
            }
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

    fn shown(lower: &str, dialect: Dialect) -> Option<String> {
        let text = format!(
            "/proc/self/mountinfo:1 2 0:39 / / ro - overlay overlay rw,lowerdir={lower},upperdir=/x\n"
        );
        layers(&Attestation::parse(&text), dialect)
    }

    #[test]
    fn layers_are_those_of_the_image() {
        let docker = |lower| shown(lower, Dialect::Docker);
        assert_eq!(docker("l/INIT1:l/A:l/B"), docker("l/INIT2:l/A:l/B"));
        assert_ne!(docker("l/INIT1:l/A:l/B"), docker("l/INIT1:l/C:l/B"));
        assert_eq!(docker("l/INIT1"), None);
        let podman = |lower| shown(lower, Dialect::Podman);
        assert_ne!(podman("l/A:l/B"), podman("l/C:l/B"));
        assert!(podman("l/A").is_some());
        assert_eq!(layers(&Attestation::default(), Dialect::Podman), None);
    }

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
