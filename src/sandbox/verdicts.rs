//! The verdicts of a sandbox on requests that never ran.

use super::Watch;
use crate::engine::EngineError;
use crate::outcome::{Status, Verdict};

pub(super) fn unavailable(error: &EngineError) -> Verdict {
    Verdict::not_run(Status::Unavailable, error.kind(), error.to_string())
}

pub(super) fn invalid(kind: &'static str, message: String) -> Verdict {
    Verdict::not_run(Status::Invalid, kind, message)
}

/// What comes of asking an engine, unless the caller cancels first; the question is then dropped.
pub(super) async fn unless_cancelled<T>(
    watch: &Watch,
    asking: impl Future<Output = T>,
) -> Result<T, Verdict> {
    tokio::select! {
        answer = asking => Ok(answer),
        () = watch.cancel.cancelled() => Err(cancelled()),
    }
}

pub(super) fn cancelled() -> Verdict {
    let message = "the caller cancelled the run before the script was delivered".to_owned();
    Verdict::not_run(Status::Cancelled, "cancelled", message)
}
