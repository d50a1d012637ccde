//! From the payload to the verified end: one loop over output, input, exit, deadline and
//! cancellation. What it has gathered lives outside its futures, so that none of it is lost when
//! another branch of the `select!` wins.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::start::DRAIN;
use super::{Container, Started};
use crate::engine::guard::WATCH_AFTER;
use crate::engine::ladder::{Ladder, Rung};
use crate::engine::{Event, Watcher};
use crate::language::Launcher;
use crate::outcome::{Capture, Captured, Cleanup, CliEnd, Facts, Stop};
use crate::protocol::{Channel, Mark, Nonce, Part, Reader, SyntaxError, Trailer};

/// What is delivered, and how the run is watched.
#[derive(Debug)]
pub struct Delivery<'a> {
    /// The encoded payload.
    pub payload: Vec<u8>,
    /// Its nonce.
    pub nonce: &'a Nonce,
    /// Whose marks these are.
    pub launcher: Launcher,
    /// From delivery.
    pub timeout: Duration,
    /// Kept of each stream, in bytes.
    pub output: usize,
    /// Who sees the output as it comes.
    pub watcher: Option<Watcher>,
}

/// A run that has ended, and whose container is gone or loudly said not to be.
#[derive(Debug)]
pub struct Ended {
    /// What is known.
    pub facts: Facts,
    /// The script's standard output.
    pub stdout: Captured,
    /// The script's standard error.
    pub stderr: Captured,
    /// Whether the container is gone.
    pub cleanup: Cleanup,
}

/// What came out so far.
struct Gathered {
    stdout: Lane,
    stderr: Lane,
    begun: bool,
    syntax: Option<SyntaxError>,
    garbled: bool,
    surplus: u64,
    unseen: VecDeque<Event>,
    watched: bool,
}

struct Lane {
    reader: Reader,
    capture: Capture,
    trailer: Option<Trailer>,
}

impl Lane {
    fn new(delivery: &Delivery<'_>) -> Self {
        Self {
            reader: Reader::new(delivery.nonce, delivery.launcher),
            capture: Capture::new(delivery.output),
            trailer: None,
        }
    }
}

impl Gathered {
    fn new(delivery: &Delivery<'_>) -> Self {
        Self {
            stdout: Lane::new(delivery),
            stderr: Lane::new(delivery),
            begun: false,
            syntax: None,
            garbled: false,
            surplus: 0,
            unseen: VecDeque::new(),
            watched: delivery.watcher.is_some(),
        }
    }

    /// Takes a chunk; an empty one is the stream's end.
    fn take(&mut self, channel: Channel, chunk: &[u8]) {
        let lane = match channel {
            Channel::Stdout => &mut self.stdout,
            Channel::Stderr => &mut self.stderr,
        };
        let take = |part: Part<'_>| match part {
            Part::Preamble(_) => {}
            Part::Script(bytes) => {
                lane.capture.push(bytes);
                if self.watched {
                    self.unseen
                        .push_back(Event::Output(channel, bytes.to_vec()));
                }
            }
            Part::Surplus(bytes) => self.surplus += bytes.len() as u64,
            Part::Mark(Mark::Begin) => self.begun = true,
            Part::Mark(Mark::Syntax(error)) => self.syntax = Some(error),
            Part::Mark(Mark::End(trailer)) => lane.trailer = Some(trailer),
            Part::Mark(Mark::Garbled) => self.garbled = true,
        };
        if chunk.is_empty() {
            lane.reader.finish(take);
        } else {
            lane.reader.feed(chunk, take);
        }
    }

    /// The result is known, or somebody forges: either way the container's time is over.
    fn is_over(&self) -> bool {
        self.stdout.trailer.is_some()
            || self.stderr.trailer.is_some()
            || self.syntax.is_some()
            || self.garbled
    }

    fn has_report(&self) -> bool {
        self.stdout.trailer.is_some() || self.stderr.trailer.is_some() || self.syntax.is_some()
    }
}

/// The state of one run.
struct Run<'a, 'b> {
    container: &'b mut Container<'a>,
    gathered: Gathered,
    watcher: Option<Watcher>,
    ladder: Ladder,
    stop: Option<Stop>,
    delivered_at: Instant,
    ended_at: Option<Instant>,
    /// The guard watches the deadline.
    guarded: bool,
}

impl Started<'_> {
    /// Sends the payload, runs the script, and returns when the container is gone.
    ///
    /// The deadline counts from the moment when the whole payload is sent.
    pub async fn deliver(self, mut delivery: Delivery<'_>, cancel: &CancellationToken) -> Ended {
        let mut container = self.container;
        let payload = std::mem::take(&mut delivery.payload);
        container.cli.stdin.add(payload);
        let mut run = Run {
            gathered: Gathered::new(&delivery),
            watcher: delivery.watcher.clone(),
            // Sending is bounded too: a container that never reads ends as one that never begins.
            ladder: Ladder::new(Instant::now() + container.patience.startup + delivery.timeout),
            stop: None,
            delivered_at: Instant::now(),
            ended_at: None,
            guarded: false,
            container: &mut container,
        };
        run.drive(&delivery, cancel).await;
        run.show_the_rest().await;
        let (gathered, stop) = (run.gathered, run.stop);
        let ran_for = run.ended_at.unwrap_or_else(Instant::now) - run.delivered_at;
        finish(container, gathered, stop, ran_for, delivery.timeout).await
    }
}

impl Run<'_, '_> {
    async fn drive(&mut self, delivery: &Delivery<'_>, cancel: &CancellationToken) {
        let mut drain: Option<Instant> = None;
        loop {
            let cli = &mut self.container.cli;
            let reading = self.gathered.unseen.is_empty();
            let until = drain.map_or(self.ladder.until, |drain| drain.min(self.ladder.until));
            tokio::select! {
                chunk = cli.stdout.next(), if reading => {
                    self.gathered.take(Channel::Stdout, chunk);
                }
                chunk = cli.stderr.next(), if reading => {
                    self.gathered.take(Channel::Stderr, chunk);
                }
                all = cli.stdin.send() => {
                    if all {
                        self.delivered(delivery.timeout);
                    }
                }
                () = show(self.watcher.as_ref(), &mut self.gathered.unseen) => {}
                () = tokio::time::sleep_until(self.delivered_at + WATCH_AFTER), if !self.guarded => {
                    self.guarded = true;
                    self.container.guard.watch().await;
                }
                _ = cli.process.end() => drain = Some(Instant::now() + DRAIN),
                () = tokio::time::sleep_until(until) => {
                    if drain.is_some() || self.ladder.rung == Rung::Removing {
                        return;
                    }
                    self.climb().await;
                }
                () = cancel.cancelled(), if self.stop.is_none() && !self.gathered.has_report() => {
                    self.stop = Some(Stop::Cancelled);
                    self.terminate();
                }
            }
            self.notice_the_end();
            if self.container.cli.is_over() {
                return;
            }
        }
    }

    fn delivered(&mut self, timeout: Duration) {
        self.container.cli.stdin.close();
        self.delivered_at = Instant::now();
        if self.ladder.rung == Rung::Running {
            self.ladder = Ladder::new(self.delivered_at + timeout);
        }
    }

    fn notice_the_end(&mut self) {
        if self.ended_at.is_none()
            && (self.gathered.is_over() || self.container.cli.process.ended().is_some())
        {
            let now = Instant::now();
            self.ended_at = Some(now);
            self.ladder.settle(now, &self.container.patience);
        }
    }

    fn terminate(&mut self) {
        self.ladder
            .terminate(Instant::now(), &self.container.patience);
        self.container.cli.process.terminate();
        self.container.cli.stdin.close();
    }

    /// The time of a rung has passed.
    async fn climb(&mut self) {
        let rung = self.ladder.rung;
        self.ladder.climb(Instant::now(), &self.container.patience);
        match rung {
            Rung::Running => {
                self.stop = Some(Stop::Deadline);
                self.terminate();
            }
            Rung::Terminating => self.kill().await,
            // What follows is the removal, which `finish` does.
            Rung::Settling | Rung::Killing | Rung::Removing => self.ladder.until = Instant::now(),
        }
    }

    /// `kill NAME`, while both streams are drained: a full pipe would hold the engine up.
    async fn kill(&mut self) {
        let Container {
            engine,
            name,
            patience,
            cli,
            ..
        } = &mut *self.container;
        let arguments = ["kill", name.as_str()];
        let kill = engine.ask(&arguments, patience.command);
        tokio::pin!(kill);
        loop {
            tokio::select! {
                // A refusal is told by `finish`, which looks whether the container is gone.
                _ = &mut kill => return,
                chunk = cli.stdout.next() => self.gathered.take(Channel::Stdout, chunk),
                chunk = cli.stderr.next() => self.gathered.take(Channel::Stderr, chunk),
            }
        }
    }

    /// What the watcher has not seen yet, as far as it takes it soon.
    async fn show_the_rest(&mut self) {
        let patience = Duration::from_secs(1);
        while !self.gathered.unseen.is_empty() {
            let shown = show(self.watcher.as_ref(), &mut self.gathered.unseen);
            if tokio::time::timeout(patience, shown).await.is_err() {
                return;
            }
        }
    }
}

/// Hands the oldest event to the watcher; for ever pending where there is none.
async fn show(watcher: Option<&Watcher>, unseen: &mut VecDeque<Event>) {
    let Some(watcher) = watcher.filter(|_| !unseen.is_empty()) else {
        return std::future::pending().await;
    };
    // A watcher that is gone sees nothing; the capture has it all.
    let place = watcher.reserve().await.ok();
    if let (Some(event), Some(place)) = (unseen.pop_front(), place) {
        place.send(event);
    }
}

async fn finish(
    container: Container<'_>,
    gathered: Gathered,
    stop: Option<Stop>,
    ran_for: Duration,
    timeout: Duration,
) -> Ended {
    let ended = container.cli.process.ended();
    let by_itself = matches!(ended, Some(CliEnd::Exit(_)));
    // Without a report and without our doing, the engine's records may know; they must be asked
    // before our own removal writes into them.
    let events = if gathered.has_report() || stop.is_some() {
        None
    } else {
        container
            .engine
            .events(&container.name, container.asked_at, &container.patience)
            .await
    };
    let cleanup = if by_itself && stop.is_none() && gathered.has_report() {
        container.guard.dismiss().await;
        Cleanup {
            removed: true,
            detail: "the engine's command removed it and ended".to_owned(),
        }
    } else {
        container.remove(1).await
    };
    let facts = Facts {
        stop,
        begun: gathered.begun,
        syntax: gathered.syntax,
        stdout_trailer: gathered.stdout.trailer,
        stderr_trailer: gathered.stderr.trailer,
        garbled: gathered.garbled,
        surplus: gathered.surplus,
        cli: ended.unwrap_or(CliEnd::Killed),
        events,
        ran_for,
        timeout,
    };
    Ended {
        facts,
        stdout: gathered.stdout.capture.finish(),
        stderr: gathered.stderr.capture.finish(),
        cleanup,
    }
}
