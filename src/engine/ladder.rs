//! The stop ladder: what is done, and in which order, until a container is gone.
//!
//! Pure: instants come in, steps come out. SIGTERM to the engine's command, which forwards it to
//! the container; a grace period; `kill NAME`; a grace period; `rm -f NAME`. Whoever climbs it keeps
//! draining the streams.

use tokio::time::Instant;

use super::Patience;

/// Where on the ladder a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rung {
    /// It runs.
    Running,
    /// It ended; the engine's command should end by itself.
    Settling,
    /// SIGTERM was sent.
    Terminating,
    /// `kill` was asked for.
    Killing,
    /// `rm -f` was asked for: nothing comes after it.
    Removing,
}

/// A rung, and when to climb to the next.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ladder {
    pub(super) rung: Rung,
    pub(super) until: Instant,
}

impl Ladder {
    /// At the bottom, until the deadline.
    pub(super) fn new(deadline: Instant) -> Self {
        Self {
            rung: Rung::Running,
            until: deadline,
        }
    }

    /// Time is up, or the caller cancelled.
    pub(super) fn terminate(&mut self, now: Instant, patience: &Patience) {
        if matches!(self.rung, Rung::Running | Rung::Settling) {
            // The launcher ends what is left after the same grace; its report should come first.
            *self = Self {
                rung: Rung::Terminating,
                until: now + patience.grace + patience.grace / 2,
            };
        }
    }

    /// The script ended, or the engine's command did.
    pub(super) fn settle(&mut self, now: Instant, patience: &Patience) {
        if self.rung == Rung::Running {
            *self = Self {
                rung: Rung::Settling,
                until: now + patience.settle,
            };
        }
    }

    /// The current rung's time has passed: the next one.
    pub(super) fn climb(&mut self, now: Instant, patience: &Patience) {
        *self = match self.rung {
            Rung::Running => Self {
                rung: Rung::Terminating,
                until: now + patience.grace + patience.grace / 2,
            },
            Rung::Terminating => Self {
                rung: Rung::Killing,
                until: now + patience.after_kill,
            },
            Rung::Settling | Rung::Killing | Rung::Removing => Self {
                rung: Rung::Removing,
                until: now + patience.command,
            },
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn patience() -> Patience {
        Patience::of(&crate::policy::Policy::default())
    }

    #[test]
    fn the_ladder_ends_in_bounded_time() {
        let start = Instant::now();
        let mut ladder = Ladder::new(start);
        let mut rungs = Vec::new();
        let mut now = start;
        while ladder.rung != Rung::Removing {
            now = ladder.until;
            ladder.climb(now, &patience());
            rungs.push(ladder.rung);
        }
        assert_eq!(rungs, [Rung::Terminating, Rung::Killing, Rung::Removing]);
        assert_eq!(now - start, Duration::from_millis(6500));
    }

    #[test]
    fn a_run_that_ended_is_removed_without_a_signal() {
        let mut ladder = Ladder::new(Instant::now());
        ladder.settle(Instant::now(), &patience());
        assert_eq!(ladder.rung, Rung::Settling);
        ladder.climb(Instant::now(), &patience());
        assert_eq!(ladder.rung, Rung::Removing);
        ladder.settle(Instant::now(), &patience());
        ladder.terminate(Instant::now(), &patience());
        assert_eq!(ladder.rung, Rung::Removing);
    }
}
