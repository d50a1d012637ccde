//! Ctrl-C and its like cancel a run; the container is gone before we are.

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Cancels the token at SIGINT, SIGTERM or SIGHUP, for as long as the runtime lives.
pub(super) fn cancel_on_signals(cancel: &CancellationToken) {
    for kind in [
        SignalKind::interrupt(),
        SignalKind::terminate(),
        SignalKind::hangup(),
    ] {
        // Without a handler the signal ends us, and the guard removes the container.
        let Ok(mut signals) = signal(kind) else {
            continue;
        };
        let cancel = cancel.clone();
        tokio::spawn(async move {
            signals.recv().await;
            cancel.cancel();
        });
    }
}
