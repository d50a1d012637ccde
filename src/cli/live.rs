//! The script's streams as they come, in text mode.
//!
//! A thread of its own writes, because a reader that does not keep up must block neither deadlines
//! nor clean-up. A closed stdout cancels the run, as SIGPIPE would end a program.

use std::io::{IsTerminal, Write};
use std::thread::JoinHandle;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::output;
use crate::engine::{Event, Watcher};
use crate::protocol::Channel;
use crate::text::safe_for_terminal;

/// Events that wait for the writer; each is at most 64 KiB.
const WAITING: usize = 16;

/// The thread that writes.
pub(super) struct Live {
    thread: JoinHandle<()>,
}

impl Live {
    /// Starts it.
    pub(super) fn start(cancel: CancellationToken) -> (Self, Watcher) {
        let (watcher, events) = mpsc::channel(WAITING);
        let thread = std::thread::spawn(move || write(events, &cancel));
        (Self { thread }, watcher)
    }

    /// Waits until everything is written; every watcher must have been dropped.
    pub(super) fn finish(self) {
        // A panic of the writer has been reported by the panic hook.
        let _ = self.thread.join();
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
