//! Leftovers: containers of ours that nobody waits for any more.
//!
//! Ours is what has our name and our labels both: an image can bring labels of its own, and anybody
//! may choose a name that looks like ours. What a living process owns is never touched.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use serde::Serialize;

use super::error::said;
use super::owner::{Claim, Here, claim};
use super::removal::remove;
use super::{Engine, EngineError, Patience};

/// A container with our name and labels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Leftover {
    /// Its id.
    pub container: String,
    /// Its name.
    pub name: String,
    /// As the engine calls it, such as `created`, `running` or `exited`.
    pub state: String,
    /// Whether somebody waits for it.
    pub claim: Claim,
    /// Whether it was removed; `None` if that was not tried.
    pub removed: Option<bool>,
    /// Why it was left, or what the removal said.
    pub detail: String,
}

/// One line for each container, in a form that Docker and Podman share.
const FORMAT: &str = "{{.Id}}\t{{.Name}}\t{{.State.Status}}\t{{json .Config.Labels}}";

impl Engine {
    /// Every container of ours, in any state, with who claims it, and what Podman keeps of those whose
    /// creation was cut off. Nothing is removed. `longest` is more than any run takes.
    ///
    /// # Errors
    /// The engine gave no answer.
    pub async fn leftovers(
        &self,
        longest: Duration,
        patience: &Patience,
    ) -> Result<Vec<Leftover>, EngineError> {
        let mut leftovers = self.labelled(patience).await?;
        leftovers.extend(self.kept(longest, patience).await?);
        Ok(leftovers)
    }

    async fn labelled(&self, patience: &Patience) -> Result<Vec<Leftover>, EngineError> {
        let ids = self.ids(patience).await?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut arguments = vec!["inspect", "--format", FORMAT];
        arguments.extend(ids.iter().map(String::as_str));
        // Containers end all the time: what is gone by now shows on stderr alone.
        let answer = self.ask(&arguments, patience.command).await?;
        let here = Here::look();
        let lines = String::from_utf8_lossy(&answer.stdout).into_owned();
        Ok(lines
            .lines()
            .filter_map(|line| leftover(line, &here))
            .collect())
    }

    /// Removes a leftover whose claim permits it, and verifies that it is gone.
    pub async fn reap(&self, leftover: &mut Leftover, patience: &Patience) {
        if !leftover.claim.permits_removal() {
            return;
        }
        if leftover.claim == Claim::CutOff {
            return self.remove_kept(leftover, patience).await;
        }
        let cleanup = remove(self, &leftover.name, patience, 1).await;
        leftover.removed = Some(cleanup.removed);
        leftover.detail = cleanup.detail;
    }

    async fn ids(&self, patience: &Patience) -> Result<Vec<String>, EngineError> {
        let arguments = [
            "ps",
            "--all",
            "--quiet",
            "--no-trunc",
            "--filter",
            "label=lazaret.owner",
        ];
        let answer = self.ask(&arguments, patience.command).await?;
        if !answer.success {
            return Err(EngineError::Unreachable {
                said: said(&answer.stderr),
                hint: "see to its service, then try again",
            });
        }
        let text = String::from_utf8_lossy(&answer.stdout).into_owned();
        Ok(text.split_whitespace().map(str::to_owned).collect())
    }
}

fn leftover(line: &str, here: &Here) -> Option<Leftover> {
    let mut parts = line.splitn(4, '\t');
    let (container, name, state) = (parts.next()?, parts.next()?, parts.next()?);
    let name = name.trim_start_matches('/');
    let labels: BTreeMap<String, String> = serde_json::from_str(parts.next()?).ok()?;
    let claim = claim(name, &labels, here, SystemTime::now())?;
    Some(Leftover {
        container: container.to_owned(),
        name: name.to_owned(),
        state: state.to_owned(),
        detail: claim.to_string(),
        claim,
        removed: None,
    })
}
