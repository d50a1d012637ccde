//! From the engine's command to the container's attestation.

use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Container, Started};
use crate::engine::EngineError;
use crate::engine::error::said;
use crate::outcome::{Capture, Cleanup};
use crate::protocol::attestation::{Attestation, Collector};

/// What the engine may say before the attestation, kept for a message.
const KEPT_WORDS: usize = 16 * 1024;

/// Why there is no container to deliver to. No script was sent anywhere.
#[derive(Debug)]
pub enum StartFailure {
    /// The engine's command ended by itself: the image may be missing, the daemon down. Its words.
    Ended(Vec<u8>, Cleanup),
    /// Nothing was proved in time, or what came was no attestation.
    Error(EngineError, Cleanup),
    /// The caller cancelled.
    Cancelled(Cleanup),
}

enum Beginning {
    Attested(Attestation),
    Ended,
    TimedOut,
    NoAttestation(String),
    Cancelled,
}

impl<'a> Container<'a> {
    /// Waits for the attestation.
    ///
    /// # Errors
    /// There is none; the container, if there was one, has been removed.
    pub async fn attest(mut self, cancel: &CancellationToken) -> Result<Started<'a>, StartFailure> {
        let mut words = Capture::new(KEPT_WORDS);
        let beginning = self.beginning(&mut words, cancel).await;
        let words = words.finish().bytes();
        match beginning {
            Beginning::Attested(attestation) => {
                let startup = self.started_at.elapsed();
                Ok(Started {
                    container: self,
                    attestation,
                    startup,
                })
            }
            Beginning::Ended => Err(StartFailure::Ended(words, self.remove(1).await)),
            Beginning::Cancelled => Err(StartFailure::Cancelled(self.dismiss(2).await)),
            Beginning::TimedOut => {
                let error = EngineError::StartupTimeout {
                    patience: self.patience.startup,
                    said: said(&words),
                };
                Err(StartFailure::Error(error, self.dismiss(2).await))
            }
            Beginning::NoAttestation(said) => Err(StartFailure::Error(
                EngineError::NoAttestation { said },
                self.remove(1).await,
            )),
        }
    }

    async fn beginning(&mut self, words: &mut Capture, cancel: &CancellationToken) -> Beginning {
        let mut collector = Collector::default();
        let deadline = Instant::now() + self.patience.startup;
        let mut ended_by: Option<Instant> = None;
        loop {
            let over = ended_by.unwrap_or(deadline);
            tokio::select! {
                chunk = self.cli.stdout.next() => match collector.feed(chunk) {
                    Ok(Some(attestation)) => return Beginning::Attested(attestation),
                    Ok(None) => {}
                    Err(_) => return Beginning::NoAttestation(said(collector.so_far())),
                },
                chunk = self.cli.stderr.next() => words.push(chunk),
                _ = self.cli.stdin.send() => {}
                _ = self.cli.process.end() => ended_by = Some(Instant::now() + DRAIN),
                () = tokio::time::sleep_until(over) => {
                    return if ended_by.is_some() { Beginning::Ended } else { Beginning::TimedOut };
                }
                () = cancel.cancelled() => return Beginning::Cancelled,
            }
            if self.cli.is_over() {
                return Beginning::Ended;
            }
        }
    }
}

/// Exit is not EOF: somebody may hold a pipe of a command that has ended.
pub(super) const DRAIN: Duration = Duration::from_millis(500);
