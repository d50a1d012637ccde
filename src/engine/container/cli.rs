//! The engine's `run` command as a child process: its three pipes, and how it ended.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout};

use crate::engine::spawn::{Pipes, spawn};
use crate::outcome::CliEnd;

const CHUNK: usize = 64 * 1024;

/// The child, with each pipe present until it is closed.
#[derive(Debug)]
pub(super) struct Cli {
    pub(super) process: Process,
    pub(super) stdin: Feed,
    pub(super) stdout: Pipe<ChildStdout>,
    pub(super) stderr: Pipe<ChildStderr>,
}

/// The process apart from its pipes, so that a `select!` can wait for all of them at once.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    ended: Option<CliEnd>,
}

/// A pipe that is read until its end, and then for ever pending: fit for a `select!`.
#[derive(Debug)]
pub(super) struct Pipe<R> {
    reader: Option<R>,
    buffer: Vec<u8>,
}

impl<R: AsyncRead + Unpin> Pipe<R> {
    fn new(reader: Option<R>) -> Self {
        Self {
            reader,
            buffer: vec![0; CHUNK],
        }
    }

    /// Whether more may come.
    fn is_open(&self) -> bool {
        self.reader.is_some()
    }

    /// The next bytes; empty once, at the end. Cancel-safe.
    pub(super) async fn next(&mut self) -> &[u8] {
        let Some(reader) = &mut self.reader else {
            return std::future::pending().await;
        };
        let length = reader.read(&mut self.buffer).await.unwrap_or(0);
        if length == 0 {
            self.reader = None;
        }
        self.buffer.get(..length).unwrap_or_default()
    }
}

/// The pipe that is written to, and what it has not been given yet.
#[derive(Debug)]
pub(super) struct Feed {
    writer: Option<ChildStdin>,
    bytes: Vec<u8>,
    sent: usize,
}

impl Feed {
    fn new(writer: Option<ChildStdin>) -> Self {
        Self {
            writer,
            bytes: Vec::new(),
            sent: 0,
        }
    }

    /// Puts these bytes behind those that are still to be sent.
    pub(super) fn add(&mut self, bytes: Vec<u8>) {
        self.bytes.drain(..self.sent);
        self.sent = 0;
        if self.bytes.is_empty() {
            self.bytes = bytes;
        } else {
            self.bytes.extend(bytes);
        }
    }

    /// Sends the next part; true when that was the last. For ever pending where there is nothing to
    /// send. Cancel-safe.
    pub(super) async fn send(&mut self) -> bool {
        let rest = self.bytes.get(self.sent..).unwrap_or_default();
        let Some(pipe) = self.writer.as_mut().filter(|_| !rest.is_empty()) else {
            return std::future::pending().await;
        };
        // A launcher that ended early closes its end: what there is to say about it, its marks say.
        self.sent += pipe.write(rest).await.unwrap_or(rest.len());
        self.sent == self.bytes.len()
    }

    /// Nothing more comes.
    pub(super) fn close(&mut self) {
        self.writer = None;
    }
}

impl Cli {
    pub(super) fn start(argv: &[String]) -> io::Result<Self> {
        let mut child = spawn(argv, Pipes::All)?;
        Ok(Self {
            stdin: Feed::new(child.stdin.take()),
            stdout: Pipe::new(child.stdout.take()),
            stderr: Pipe::new(child.stderr.take()),
            process: Process { child, ended: None },
        })
    }

    /// The reading ends of both outputs, once more.
    pub(super) fn outputs(&self) -> io::Result<[OwnedFd; 2]> {
        let again = |end: Option<BorrowedFd<'_>>| match end {
            Some(end) => end.try_clone_to_owned(),
            None => Err(io::Error::from(io::ErrorKind::BrokenPipe)),
        };
        let stdout = self.stdout.reader.as_ref().map(AsFd::as_fd);
        let stderr = self.stderr.reader.as_ref().map(AsFd::as_fd);
        Ok([again(stdout)?, again(stderr)?])
    }

    /// Reads and drops what comes until the command has ended. Cancel-safe.
    pub(super) async fn over(&mut self) {
        while self.process.ended.is_none() {
            tokio::select! {
                _ = self.process.end() => {}
                _ = self.stdout.next() => {}
                _ = self.stderr.next() => {}
            }
        }
    }

    /// The command has ended and nobody holds its pipes.
    pub(super) fn is_over(&self) -> bool {
        self.process.ended.is_some() && !self.stdout.is_open() && !self.stderr.is_open()
    }
}

impl Process {
    /// How it ended, once it has. For ever pending after that, so that a `select!` sees it once.
    pub(super) async fn end(&mut self) -> CliEnd {
        if self.ended.is_some() {
            return std::future::pending().await;
        }
        let end = match self.child.wait().await {
            Ok(status) => cli_end(status),
            Err(_) => CliEnd::Killed,
        };
        self.ended = Some(end);
        end
    }

    pub(super) fn ended(&self) -> Option<CliEnd> {
        self.ended
    }

    /// SIGTERM, which the engine's command forwards to process 1 of the container.
    pub(super) fn terminate(&self) {
        let pid = self.child.id().and_then(|pid| i32::try_from(pid).ok());
        if let Some(pid) = pid {
            // It may have ended just now; then there is nobody to tell.
            let _ = kill(Pid::from_raw(pid), Signal::SIGTERM);
        }
    }

    /// SIGKILL, and its end.
    pub(super) async fn kill(&mut self) {
        if self.ended.is_none() {
            // It may have ended by itself meanwhile.
            let _ = self.child.kill().await;
            self.ended = Some(CliEnd::Killed);
        }
    }
}

fn cli_end(status: ExitStatus) -> CliEnd {
    match (status.code(), status.signal()) {
        (Some(code), _) => CliEnd::Exit(code),
        (None, signal) => CliEnd::Signal(signal.unwrap_or(0)),
    }
}
