//! Removing a container for certain, and saying so loudly where it cannot be.

use std::time::Duration;

use tokio::time::Instant;

use super::error::said;
use super::{Engine, Patience};
use crate::outcome::Cleanup;

/// Between two looks; a daemon may still be creating what a killed command asked for.
const PAUSES: [Duration; 4] = [
    Duration::ZERO,
    Duration::from_millis(300),
    Duration::from_millis(700),
    Duration::from_secs(2),
];

/// What Docker's daemon says where it is at it already. A loaded one takes its time.
const AT_WORK: &str = "is already in progress";

/// Removes a container by name and verifies that the name is gone. `looks` is how often its absence
/// must be seen: twice where the engine may still be creating it.
///
/// An engine that says that it is removing the container has as long as a start may take.
pub async fn remove(engine: &Engine, name: &str, patience: &Patience, looks: usize) -> Cleanup {
    let (mut absent, mut failures) = (0, 0);
    let mut words = String::new();
    let mut pauses = PAUSES.into_iter();
    let until = Instant::now() + patience.startup;
    while let Some(pause) = pauses.next().or_else(|| still_at_it(&words, until)) {
        tokio::time::sleep(pause).await;
        match look(engine, name, patience).await {
            Ok(Look::Absent) => absent += 1,
            Ok(Look::Present(said)) => (absent, words) = (0, said),
            Err(said) => (failures, words) = (failures + 1, said),
        }
        if absent >= looks {
            let detail = "removed; its absence was verified".to_owned();
            return Cleanup {
                removed: true,
                detail,
            };
        }
        // An engine that does not answer will not by the next pause: the guard tries for longer.
        if failures >= 2 {
            break;
        }
    }
    let program = &engine.program;
    let detail = format!(
        "the container {name} may still be there: {words}; remove it by hand: {program} rm --force {name}"
    );
    Cleanup {
        removed: false,
        detail,
    }
}

fn still_at_it(words: &str, until: Instant) -> Option<Duration> {
    let pause = Duration::from_secs(1);
    (words.contains(AT_WORK) && Instant::now() < until).then_some(pause)
}

enum Look {
    Absent,
    /// It was, and this is what the engine said when asked to remove it.
    Present(String),
}

/// Looks whether it is there, and removes it if so.
async fn look(engine: &Engine, name: &str, patience: &Patience) -> Result<Look, String> {
    if !is_there(engine, name, patience).await? {
        return Ok(Look::Absent);
    }
    let said = force(engine, name, patience).await?;
    if is_there(engine, name, patience).await? {
        Ok(Look::Present(said))
    } else {
        Ok(Look::Absent)
    }
}

async fn is_there(engine: &Engine, name: &str, patience: &Patience) -> Result<bool, String> {
    let filter = format!("name={name}");
    let arguments = ["ps", "--all", "--quiet", "--filter", &filter];
    let answer = engine
        .ask(&arguments, patience.command)
        .await
        .map_err(|error| error.to_string())?;
    if !answer.success {
        return Err(said(&answer.stderr));
    }
    Ok(!answer.stdout.trim_ascii().is_empty())
}

async fn force(engine: &Engine, name: &str, patience: &Patience) -> Result<String, String> {
    let answer = engine
        .ask(&["rm", "--force", name], patience.command)
        .await
        .map_err(|error| error.to_string())?;
    Ok(said(&answer.stderr))
}
