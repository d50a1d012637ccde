//! Past runs, from the log: newest first, each with its beginning and its end put together.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;
use std::sync::Arc;

use nix::fcntl::{PosixFadviseAdvice, posix_fadvise};
use serde::{Deserialize, Serialize};

use super::log::{AuditError, Log, failed};

/// A run, as its last record tells.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub struct Entry {
    /// The run's id.
    pub run: String,
    /// When the record was written, RFC 3339.
    pub time: String,
    /// Who ran it; null where the system has no name for the number.
    pub user: Option<String>,
    /// The script.
    pub script: EntryScript,
    /// The image.
    pub image: Option<String>,
    /// The status; null where no end was recorded: Lazaret was killed, or still runs.
    pub status: Option<String>,
    /// The script's own exit code.
    pub exit_code: Option<i64>,
    /// The signal that it died of.
    pub signal: Option<String>,
    /// What went wrong.
    pub problem: Option<EntryProblem>,
    /// How long each part took.
    pub timings: Option<EntryTimings>,
}

/// The script of an entry.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub struct EntryScript {
    /// Of its bytes.
    pub sha256: String,
    /// How many there are.
    pub bytes: u64,
    /// Its language's name.
    pub language: String,
}

/// What went wrong in a run.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub struct EntryProblem {
    /// Stable name.
    pub kind: String,
    /// For people.
    pub message: String,
}

/// How long each part of a run took, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, Serialize)]
pub struct EntryTimings {
    /// From the engine's command to the proof.
    pub startup_ms: Option<f64>,
    /// The script.
    pub run_ms: Option<f64>,
    /// Everything.
    pub total_ms: f64,
}

/// Every run of the log, newest first. Intents whose run has ended are not even read. Lines that are no record of a run are passed over: saying what
/// is wrong with a log is `verify`'s.
///
/// # Errors
/// The log's directory cannot be read.
pub fn history(log: &Log) -> Result<impl Iterator<Item = Result<Entry, AuditError>>, AuditError> {
    let mut ended = BTreeSet::new();
    let live = log.live();
    let entries = Backwards::new(log.files()?).filter_map(move |line| {
        let line = match line {
            Ok(line) => line,
            Err(error) => return Some(Err(error)),
        };
        // An intent is long, and of no interest if its run has ended.
        if line.is_kind(b"intent") && ended.remove(run_of(&line.bytes)?) {
            return None;
        }
        let is_result = line.is_kind(b"result");
        let bytes = match line.whole() {
            Ok(bytes) => bytes,
            Err(source) => return Some(Err(failed("read", &live)(source))),
        };
        let entry: Entry = serde_json::from_slice(&bytes).ok()?;
        if is_result {
            ended.insert(entry.run.clone().into_bytes());
        }
        Some(Ok(entry))
    });
    Ok(entries)
}

/// Every record of one run, as written, oldest first. `id` may be the beginning of the run's id.
///
/// # Errors
/// The log cannot be read.
pub fn story(log: &Log, id: &str) -> Result<Vec<serde_json::Value>, AuditError> {
    let mut records = Vec::new();
    let mut run: Option<Vec<u8>> = None;
    for line in Backwards::new(log.files()?) {
        let line = line?;
        let Some(found) = run_of(&line.bytes) else {
            continue;
        };
        let is_it = run
            .as_ref()
            .map_or_else(|| found.starts_with(id.as_bytes()), |run| run == found);
        if !is_it {
            continue;
        }
        run = Some(found.to_vec());
        let is_first = line.is_kind(b"intent");
        let bytes = line.whole().map_err(failed("read", &log.live()))?;
        records.extend(serde_json::from_slice::<serde_json::Value>(&bytes).ok());
        if is_first {
            break;
        }
    }
    records.reverse();
    Ok(records)
}

/// A record's kind stands right behind what the chain writes before it.
fn is_kind(line: &[u8], kind: &[u8]) -> bool {
    field(line, b",\"kind\":\"").is_some_and(|value| value == kind)
}

fn run_of(line: &[u8]) -> Option<&[u8]> {
    field(line, b",\"run\":\"")
}

/// The value of a field of the record's own, found without reading all of it. Before these two stands
/// nothing that anybody chooses.
fn field<'a>(line: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    let head = line.get(..line.len().min(400))?;
    let at = memchr::memmem::find(head, key)? + key.len();
    let rest = line.get(at..)?;
    rest.get(..memchr::memchr(b'"', rest)?)
}

/// Read of a line at once: enough for a whole result, and of an intent for all that tells whose it is.
const ENOUGH: usize = 3 * 1024;

const STEP: u64 = 256 * 1024;

/// What every record begins with.
const BEGINNING: &[u8] = b"{\"schema\":\"";

/// A line of a file, as far as it has been read.
struct Line {
    file: Arc<File>,
    start: u64,
    length: usize,
    bytes: Vec<u8>,
}

impl Line {
    fn is_kind(&self, kind: &[u8]) -> bool {
        is_kind(&self.bytes, kind)
    }

    /// All of it.
    fn whole(mut self) -> io::Result<Vec<u8>> {
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
struct Backwards {
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
    fn new(files: Vec<PathBuf>) -> Self {
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn logged(rotate_at: u64, records: &[serde_json::Value]) -> (tempfile::TempDir, Log) {
        let directory = tempfile::tempdir().expect("a directory");
        let log = Log::new(directory.path(), rotate_at);
        for record in records {
            log.append(record).expect("appended");
        }
        (directory, log)
    }

    fn record(kind: &str, run: &str, filler: usize) -> serde_json::Value {
        let script = json!({"sha256": "ab", "bytes": 1, "language": "python"});
        let line = "x".repeat(filler);
        json!({"kind": kind, "time": "2026-11-21T00:00:00Z", "run": run, "script": script, "line": line})
    }

    fn sorted(record: &serde_json::Value) -> String {
        // The order of the fields as `Record` has them, which a map has not.
        let text = |key: &str| record[key].to_string();
        format!(
            "{{\"kind\":{},\"time\":{},\"run\":{},\"script\":{},\"line\":{}}}",
            text("kind"),
            text("time"),
            text("run"),
            text("script"),
            text("line")
        )
    }

    fn runs(log: &Log) -> Vec<String> {
        let entries = history(log).expect("a log");
        entries.map(|entry| entry.expect("an entry").run).collect()
    }

    fn filled(rotate_at: u64) -> (tempfile::TempDir, Log) {
        let (directory, log) = logged(rotate_at, &[]);
        for (kind, run, filler) in [
            ("intent", "a", 9000),
            ("intent", "b", 700_000),
            ("result", "a", 0),
            ("intent", "c", 10),
            ("result", "b", 5000),
            ("intent", "d", 9000),
            ("result", "c", 0),
        ] {
            let fields = sorted(&record(kind, run, filler));
            log.append_fields(&fields, crate::audit::Durability::Written)
                .expect("appended");
        }
        (directory, log)
    }

    #[test]
    fn runs_that_overlap_come_once_each_newest_first() {
        for rotate_at in [u64::MAX, 1000, 1] {
            let (_directory, log) = filled(rotate_at);
            assert_eq!(runs(&log), ["c", "d", "b", "a"], "rotated at {rotate_at}");
            let story = story(&log, "b").expect("a log");
            let lines: Vec<usize> = story
                .iter()
                .map(|record| record["line"].as_str().map_or(0, str::len))
                .collect();
            assert_eq!(lines, [700_000, 5000], "each of them whole");
        }
    }

    #[test]
    fn a_log_whose_lengths_lie_is_read_all_the_same() {
        let (_directory, log) = filled(u64::MAX);
        let path = log.files().expect("files").pop().expect("a file");
        let text = std::fs::read_to_string(&path).expect("text");
        for lie in ["0", "1", "7", "99", "99999999999999999999", "\"x\""] {
            let key = "\"before\":";
            let mut changed = String::new();
            for line in text.lines() {
                let (head, rest) = line.split_once(key).expect("a length");
                let rest = rest.split_once(',').expect("more").1;
                changed += &format!("{head}{key}{lie},{rest}\n");
            }
            std::fs::write(&path, changed).expect("changed");
            assert_eq!(runs(&log), ["c", "d", "b", "a"], "{lie}");
        }
    }

    #[test]
    fn what_is_no_record_is_passed_over() {
        let (_directory, log) = filled(u64::MAX);
        let path = log.files().expect("files").pop().expect("a file");
        let text = std::fs::read_to_string(&path).expect("text");
        for (before, behind) in [("\n\n", "\n\n"), ("junk\n", "{\"torn"), ("\0\n", "x\n")] {
            std::fs::write(&path, format!("{before}{text}{behind}")).expect("changed");
            assert_eq!(runs(&log), ["c", "d", "b", "a"], "{behind:?}");
        }
        std::fs::write(&path, "").expect("emptied");
        assert_eq!(runs(&log), [""; 0]);
    }
}
