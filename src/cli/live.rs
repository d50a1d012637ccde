//! The script's streams as they come, in text mode.
//!
//! A thread of its own writes, because a reader that does not keep up must block neither deadlines
//! nor clean-up. A closed stdout cancels the run, as SIGPIPE would end a program. A reader that
//! stalls, a pager for one, is waited for as by any program, until a signal says otherwise.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::output;
use crate::engine::{Event, Watcher};
use crate::protocol::Channel;
use crate::text::safe_for_terminal;

/// Events that wait for the writer; each is at most 64 KiB.
const WAITING: usize = 16;

/// How long a reader that stalls is waited for once the run is cancelled.
const PATIENCE: Duration = Duration::from_secs(2);

/// The thread that writes.
pub(super) struct Live {
    written: oneshot::Receiver<()>,
    cancel: CancellationToken,
}

impl Live {
    /// Starts it.
    pub(super) fn start(cancel: CancellationToken) -> (Self, Watcher) {
        let (watcher, events) = mpsc::channel(WAITING);
        let (done, written) = oneshot::channel();
        let token = cancel.clone();
        std::thread::spawn(move || {
            write(events, &token);
            // Nobody waits any more if the reader stalled for too long.
            let _ = done.send(());
        });
        (Self { written, cancel }, watcher)
    }

    /// Waits until everything is written; every watcher must have been dropped.
    pub(super) async fn finish(self) {
        let stalled = async {
            self.cancel.cancelled().await;
            tokio::time::sleep(PATIENCE).await;
        };
        tokio::select! {
            // A writer that panicked is done too.
            _ = self.written => {}
            () = stalled => output::message("nobody reads the output: the rest of it is dropped"),
        }
    }
}

fn write(mut events: mpsc::Receiver<Event>, cancel: &CancellationToken) {
    let mut stdout = Sink::new(std::io::stdout());
    let mut stderr = Sink::new(std::io::stderr());
    while let Some(event) = events.blocking_recv() {
        let written = match event {
            Event::Output(Channel::Stdout, bytes) => stdout.write(&bytes),
            Event::Output(Channel::Stderr, bytes) => stderr.write(&bytes),
            Event::Pulling(image) => {
                output::message(&format!("pulling {image}, which may take minutes"));
                Ok(())
            }
        };
        if written.is_err() {
            cancel.cancel();
            return;
        }
    }
    let _ = stdout.finish().and(stderr.finish());
}

/// A pipe or file gets the bytes as they are; a terminal gets them made safe, character by character
/// however the chunks are cut.
struct Sink<W> {
    writer: W,
    for_a_person: bool,
    cut: Vec<u8>,
}

impl<W: Write + IsTerminal> Sink<W> {
    fn new(writer: W) -> Self {
        Self {
            for_a_person: writer.is_terminal(),
            writer,
            cut: Vec::new(),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        if self.for_a_person {
            self.cut.extend_from_slice(bytes);
            let whole = whole_characters(&self.cut);
            let later = self.cut.split_off(whole);
            let ready = std::mem::replace(&mut self.cut, later);
            self.show(&ready)?;
        } else {
            self.writer.write_all(bytes)?;
        }
        self.writer.flush()
    }

    fn show(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.writer
            .write_all(safe_for_terminal(&String::from_utf8_lossy(bytes)).as_bytes())
    }

    fn finish(&mut self) -> std::io::Result<()> {
        let rest = std::mem::take(&mut self.cut);
        self.show(&rest)?;
        self.writer.flush()
    }
}

/// How many bytes do not end inside a character that more bytes may complete.
fn whole_characters(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    let mut whole = 0;
    while let Err(error) = std::str::from_utf8(rest) {
        let Some(bad) = error.error_len() else {
            return whole + error.valid_up_to();
        };
        let step = error.valid_up_to() + bad;
        whole += step;
        rest = rest.get(step..).unwrap_or_default();
    }
    whole + rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_unfinished_character_waits() {
        assert_eq!(whole_characters("aé".as_bytes()), 3);
        assert_eq!(whole_characters(b"a\xc3"), 1);
        assert_eq!(whole_characters(b"\xff\xffa\xf0\x9f"), 3);
        assert_eq!(whole_characters(b""), 0);
    }
}
