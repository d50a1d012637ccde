//! Why a container could not be started.

use std::path::PathBuf;
use std::time::Duration;

/// The engine could not do what was asked. The engine's own words are kept, made safe for a terminal.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum EngineError {
    #[error(
        "no container engine found: neither `docker` nor `podman` is in PATH (a shell alias cannot be seen from \
         a program); install one, or name its command with --engine, LAZARET_ENGINE or engine.command in the policy"
    )]
    NoneFound,
    #[error(
        "the engine `{command}`, named by {origin}, is not an executable program in PATH (a shell alias cannot be \
         seen from a program); no other is tried in its place: install it or name another"
    )]
    NotFound {
        command: String,
        origin: &'static str,
    },
    #[error("failed to start {path}: {source}")]
    Spawn {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("`{command}` gave no answer within {} s; the engine hangs: see to its service, then try again", patience.as_secs_f64())]
    Silent { command: String, patience: Duration },
    #[error("the engine does not answer: {said}\n{hint}")]
    Unreachable { said: String, hint: &'static str },
    #[error(
        "the image {image} is not there, and the policy pulls none (pull = \"never\"): pull or build it, or name another in the policy (images)"
    )]
    ImageMissing { image: String },
    #[error(
        "failed to pull the image {image}: {said}\npull or build it by hand, or name another in the policy (images)"
    )]
    PullFailed { image: String, said: String },
    #[error(
        "the seccomp profile cannot be written to {path}: {source}; make a directory there that this user owns and nobody else may write to, or leave the engine its own profile: engine.seccomp = \"engine\" in the policy"
    )]
    Profile {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error(
        "the container did not start: {said}\n(an image must have `sh`, `grep` and its language's interpreter)"
    )]
    ContainerFailed { said: String },
    #[error("the container proved nothing within {} s of start-up; the engine said: {said}", patience.as_secs_f64())]
    StartupTimeout { patience: Duration, said: String },
    #[error("the container wrote something that is no attestation: {said}")]
    NoAttestation { said: String },
}

impl EngineError {
    /// A stable name.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::NoneFound | Self::NotFound { .. } => "engine-not-found",
            Self::Spawn { .. } => "spawn-failed",
            Self::Silent { .. } => "engine-silent",
            Self::Unreachable { .. } => "daemon-unreachable",
            Self::ImageMissing { .. } => "image-missing",
            Self::PullFailed { .. } => "pull-failed",
            Self::Profile { .. } => "profile-unwritable",
            Self::ContainerFailed { .. } => "container-failed",
            Self::StartupTimeout { .. } => "startup-timeout",
            Self::NoAttestation { .. } => "no-attestation",
        }
    }
}

/// An engine's words, safe for a terminal and of bearable length; its last words, which name the cause.
pub(super) fn said(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(crate::text::tail(bytes, 2000)).into_owned();
    let text = crate::text::safe_for_terminal(text.trim());
    if text.is_empty() {
        "(nothing)".to_owned()
    } else {
        text
    }
}
