//! The log's lines from the last to the first, without reading what may be passed over.
//!
//! Knows of a record only where it begins, its kind, its run, and how long the line before it is.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;
use std::sync::Arc;

use nix::fcntl::{PosixFadviseAdvice, posix_fadvise};

use super::log::{AuditError, failed};

/// Read of a line at once: enough for a whole result, and of an intent for all that tells whose it is.
const ENOUGH: usize = 3 * 1024;

const STEP: u64 = 256 * 1024;

/// What every record begins with.
const BEGINNING: &[u8] = b"{\"schema\":\"";

/// A line of a file, as far as it has been read.
pub(super) struct Line {
    file: Arc<File>,
    start: u64,
    length: usize,
    bytes: Vec<u8>,
}

impl Line {
    /// A record's kind stands right behind what the chain writes before it.
    pub(super) fn is_kind(&self, kind: &[u8]) -> bool {
        field(&self.bytes, b",\"kind\":\"").is_some_and(|value| value == kind)
    }

    /// Whose it is.
    pub(super) fn run(&self) -> Option<&[u8]> {
        field(&self.bytes, b",\"run\":\"")
    }

    /// All of it.
    pub(super) fn whole(mut self) -> io::Result<Vec<u8>> {
        let read = self.bytes.len();
        self.bytes.resize(self.length, 0);
        if let Some(rest) = self.bytes.get_mut(read..) {
            self.file.read_exact_at(rest, self.start + read as u64)?;
        }
        Ok(self.bytes)
    }
}

/// The lines of several files, the last line of the last file first.
///
/// Each record tells how long the line before it is, so an intent, which is long, need not be read to
/// be passed over. Where what stands there is no record, the line's beginning is looked for.
pub(super) struct Backwards {
    files: Vec<PathBuf>,
    open: Option<Open>,
}

/// A file, and how much of it has not been given yet.
struct Open {
    file: Arc<File>,
    path: PathBuf,
    end: u64,
    /// How long the line that ends there is, with its newline, as the one behind it says.
    last: Option<u64>,
    /// From where on the kernel has been told to read ahead.
    ahead: u64,
}

/// Who has read that much will read more: the kernel, which guesses forwards only, is told so.
const AHEAD: u64 = 4 * 1024 * 1024;

/// Linux takes no more of one advice than its own window.
const PIECE: u64 = 128 * 1024;

impl Backwards {
    pub(super) fn new(files: Vec<PathBuf>) -> Self {
        Self { files, open: None }
    }

    fn open_next(&mut self) -> Option<Result<(), AuditError>> {
        let path = self.files.pop()?;
        let opened = File::open(&path).and_then(|file| Ok((file.metadata()?.len(), file)));
        Some(match opened {
            Ok((end, file)) => {
                self.open = Some(Open {
                    file: Arc::new(file),
                    path,
                    end,
                    last: None,
                    ahead: end.saturating_sub(AHEAD),
                });
                Ok(())
            }
            Err(source) => Err(failed("read", &path)(source)),
        })
    }
}

impl Iterator for Backwards {
    type Item = Result<Line, AuditError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Some(open) = self.open.as_mut().filter(|open| open.end > 0) else {
                match self.open_next()? {
                    Ok(()) => continue,
                    Err(error) => return Some(Err(error)),
                }
            };
            match open.line() {
                Ok(line) if line.length == 0 => {}
                Ok(line) => return Some(Ok(line)),
                Err(source) => {
                    let error = failed("read", &open.path)(source);
                    self.open = None;
                    return Some(Err(error));
                }
            }
        }
    }
}

impl Open {
    /// The last line that has not been given; an empty one where there is nothing but a newline.
    fn line(&mut self) -> io::Result<Line> {
        let told = self.last.take().and_then(|last| self.end.checked_sub(last));
        let line = match told.map(|start| self.record_at(start)).transpose()? {
            Some(Some(line)) => line,
            _ => self.searched()?,
        };
        self.end = line.start;
        self.last = before(&line.bytes);
        self.read_ahead();
        Ok(line)
    }

    /// Without it, every short read of a file that is not in memory waits for the disk.
    fn read_ahead(&mut self) {
        while self.ahead > 0 && self.end <= self.ahead + AHEAD / 2 {
            let from = self.ahead.saturating_sub(PIECE);
            let (Ok(offset), Ok(length)) = (i64::try_from(from), i64::try_from(self.ahead - from))
            else {
                return;
            };
            let advice = PosixFadviseAdvice::POSIX_FADV_WILLNEED;
            // Advice that is not taken costs time and nothing else.
            let _ = posix_fadvise(&*self.file, offset, length, advice);
            self.ahead = from;
        }
    }

    /// The line from there to the end, if a record begins there.
    fn record_at(&self, start: u64) -> io::Result<Option<Line>> {
        let length = usize::try_from(self.end - start).unwrap_or(usize::MAX);
        let Some(length) = length.checked_sub(1) else {
            return Ok(None);
        };
        let mut bytes = vec![0; length.min(ENOUGH)];
        self.file.read_exact_at(&mut bytes, start)?;
        let line = Line {
            file: Arc::clone(&self.file),
            start,
            length,
            bytes,
        };
        let is_one = line.bytes.starts_with(BEGINNING) && !line.bytes.contains(&b'\n');
        Ok(is_one.then_some(line))
    }

    /// The line that ends there, from behind the newline before it.
    fn searched(&self) -> io::Result<Line> {
        let mut bytes = Vec::new();
        let mut start = self.end;
        while start > 0 {
            let from = start.saturating_sub(STEP);
            let mut piece = vec![0; usize::try_from(start - from).unwrap_or_default()];
            self.file.read_exact_at(&mut piece, from)?;
            // The newline at the line's own end is not the one before it.
            let own = usize::from(start == self.end && piece.ends_with(b"\n"));
            piece.truncate(piece.len() - own);
            start = from;
            if let Some(at) = memchr::memrchr(b'\n', &piece) {
                start += at as u64 + 1;
                piece.drain(..=at);
                piece.append(&mut bytes);
                bytes = piece;
                break;
            }
            piece.append(&mut bytes);
            bytes = piece;
        }
        Ok(Line {
            file: Arc::clone(&self.file),
            start,
            length: bytes.len(),
            bytes,
        })
    }
}

/// How long the line before this one is; `None` where it does not tell, or there is none.
fn before(line: &[u8]) -> Option<u64> {
    let head = line.get(..line.len().min(400))?;
    let key = b",\"before\":";
    let at = memchr::memmem::find(head, key)? + key.len();
    let digits = head.get(at..)?.split(|byte| *byte == b',').next()?;
    let before = std::str::from_utf8(digits).ok()?.parse().ok()?;
    (before > 0).then_some(before)
}

/// The value of a field of the record's own, found without reading all of it. Before these two stands
/// nothing that anybody chooses.
fn field<'a>(line: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    let head = line.get(..line.len().min(400))?;
    let at = memchr::memmem::find(head, key)? + key.len();
    let rest = line.get(at..)?;
    rest.get(..memchr::memchr(b'"', rest)?)
}
