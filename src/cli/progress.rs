//! How far a long piece of work is, on stderr, for people only: on a terminal, and from one second
//! on.

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Who waits for less is not shown anything.
const PATIENCE: Duration = Duration::from_secs(1);

const TEMPLATE: &str = "lazaret: checked {pos} of {len} {bar:30} {elapsed}";

pub(super) struct Progress {
    started: Instant,
    total: u64,
    /// Whether there is a person to show it to.
    wanted: bool,
    bar: Option<ProgressBar>,
    done: u64,
}

impl Progress {
    /// Of so many pieces, none is done.
    pub(super) fn new(total: usize) -> Self {
        Self {
            started: Instant::now(),
            total: total as u64,
            wanted: std::io::stderr().is_terminal(),
            bar: None,
            done: 0,
        }
    }

    /// Nothing new, but time passes.
    pub(super) fn tick(&mut self) {
        if self.wanted && self.bar.is_none() && self.started.elapsed() >= PATIENCE {
            self.bar = Some(bar(self.total));
        }
        if let Some(bar) = &self.bar {
            bar.set_position(self.done);
            bar.tick();
        }
    }

    /// One more is done; whatever is printed for it goes above the bar.
    pub(super) fn step(&mut self, print: impl FnOnce()) {
        self.done += 1;
        match &self.bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
        self.tick();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar(total: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
    match ProgressStyle::with_template(TEMPLATE) {
        Ok(style) => bar.with_style(style.progress_chars("=> ")),
        // A unit test reads the template.
        Err(_) => bar,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_is_one() {
        assert!(ProgressStyle::with_template(TEMPLATE).is_ok());
    }

    #[test]
    fn nobody_is_shown_anything_before_a_second_has_passed() {
        let mut progress = Progress::new(3);
        progress.wanted = true;
        let mut printed = 0;
        progress.step(|| printed += 1);
        assert!(progress.bar.is_none() && printed == 1 && progress.done == 1);
    }
}
