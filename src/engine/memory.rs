//! What engines said of themselves a short while ago, so that not every run has to ask.
//!
//! Asking takes two starts of the engine's command, 80 ms of processor time, which a run on a small
//! machine would wait for. An answer serves for ten minutes, and only while nothing has changed that
//! can be seen without asking: the command's file, where it points (environment, Docker's
//! configuration, the daemon's socket), the image's reference, and the layers that the container
//! itself shows. Every record tells when the engine said so.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::own_file::{owned, place};
use super::{Engine, places};
use crate::text::Hash;

/// An engine's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// The engine's version; for Docker the daemon's.
    pub version: String,
    /// What its command talks to, in words: a variable of the environment, a context, or this host.
    pub host: String,
    /// The image's id, `sha256:…`.
    pub image_id: String,
    /// The hash of the layers that a container of that image showed, where it shows them.
    pub layers: Option<String>,
    /// When it was said.
    pub asked_at: Timestamp,
}

const SERVES: SignedDuration = SignedDuration::from_mins(10);
/// A file beyond it is not ours.
const LARGEST: u64 = 16 * 1024;

/// Under what an answer is kept: all that can be seen of the engine, and the image's reference.
pub(super) fn key(engine: &Engine, image: &str) -> String {
    let mut seen = vec![image.to_owned(), stamp(Path::new(&engine.program))];
    for name in [
        "DOCKER_HOST",
        "DOCKER_CONTEXT",
        "DOCKER_CONFIG",
        "CONTAINER_HOST",
        "CONTAINER_CONNECTION",
        "CONTAINERS_CONF",
    ] {
        let value = std::env::var(name).unwrap_or_default();
        if let Some(socket) = value.strip_prefix("unix://") {
            seen.push(stamp(Path::new(socket)));
        }
        seen.push(format!("{name}={value}"));
    }
    seen.push(stamp(Path::new("/var/run/docker.sock")));
    seen.extend(docker_configuration().as_deref().map(stamp));
    Hash::of(seen.join("\n").as_bytes()).to_string()
}

/// Where `docker context use` writes.
fn docker_configuration() -> Option<PathBuf> {
    let named = std::env::var_os("DOCKER_CONFIG").map(PathBuf::from);
    let home = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".docker"));
    Some(named.or_else(home)?.join("config.json"))
}

/// Which file it is, and when it last changed in any way.
fn stamp(path: &Path) -> String {
    let path_shown = path.display();
    match fs::metadata(path) {
        Ok(about) => format!(
            "{path_shown} {} {} {} {}.{}",
            about.dev(),
            about.ino(),
            about.size(),
            about.ctime(),
            about.ctime_nsec()
        ),
        Err(_) => format!("{path_shown} is not there"),
    }
}

/// What was said under this key, if it still serves.
pub(super) fn recall(key: &str) -> Option<Word> {
    kept(&file(key)?, Timestamp::now())
}

/// Keeps an answer. Where it cannot be kept, the next run asks again.
pub(super) fn remember(key: &str, word: &Word) {
    let (Some(file), Ok(text)) = (file(key), serde_json::to_string(word)) else {
        return;
    };
    if place(&file, &text).is_ok() {
        forget_what_no_longer_serves(&file);
    }
}

/// A file for each key: many processes may write at once.
fn file(key: &str) -> Option<PathBuf> {
    let directory = places::state_directory()?.join("engines");
    Some(directory.join(format!("{key}.json")))
}

fn kept(file: &Path, now: Timestamp) -> Option<Word> {
    owned(file.parent()?).ok()?;
    let is_ours = fs::symlink_metadata(file).ok()?.len() <= LARGEST;
    let text = is_ours.then(|| fs::read(file).ok())??;
    let word: Word = serde_json::from_slice(&text).ok()?;
    let age = now.duration_since(word.asked_at);
    (!age.is_negative() && age <= SERVES).then_some(word)
}

fn forget_what_no_longer_serves(fresh: &Path) {
    let Some(entries) = fresh.parent().and_then(|folder| fs::read_dir(folder).ok()) else {
        return;
    };
    for entry in entries.flatten() {
        let written = entry.metadata().and_then(|about| about.modified());
        let age = written.ok().and_then(|written| written.elapsed().ok());
        if age.is_some_and(|age| age > SERVES.unsigned_abs()) {
            // Somebody else may have been quicker.
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(asked_at: Timestamp) -> Word {
        Word {
            version: "20.10".to_owned(),
            host: "this host".to_owned(),
            image_id: "sha256:0".to_owned(),
            layers: None,
            asked_at,
        }
    }

    #[test]
    fn a_word_serves_for_ten_minutes() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("key.json");
        let now = Timestamp::from_second(1_795_300_000).expect("a time");
        place(&file, &serde_json::to_string(&word(now)).expect("text")).expect("placed");
        assert_eq!(kept(&file, now + SERVES), Some(word(now)));
        let second = SignedDuration::from_secs(1);
        assert_eq!(kept(&file, now + SERVES + second), None);
        assert_eq!(kept(&file, now - second), None, "a clock was set back");
    }

    #[test]
    fn what_is_no_word_is_none() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("key.json");
        assert_eq!(kept(&file, Timestamp::now()), None);
        for text in ["", "[]", "{\"version\": 1}"] {
            place(&file, text).expect("placed");
            assert_eq!(kept(&file, Timestamp::now()), None, "{text}");
        }
    }

    #[test]
    fn another_command_or_image_is_another_key() {
        let engine = |program: &str| Engine {
            program: program.to_owned(),
            dialect: crate::plan::Dialect::Docker,
        };
        let one = key(&engine("/bin/sh"), "a:1");
        assert_eq!(one, key(&engine("/bin/sh"), "a:1"));
        assert_ne!(one, key(&engine("/bin/sh"), "a:2"));
        assert_ne!(one, key(&engine("/bin/cat"), "a:1"));
    }
}
