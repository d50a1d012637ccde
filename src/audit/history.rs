//! Past runs, from the log: newest first, each with its beginning and its end put together.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::log::{AuditError, Log};

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

/// Every run of the log, newest first. Lines that are no record of a run are passed over: saying what
/// is wrong with a log is `verify`'s.
///
/// # Errors
/// The log's directory cannot be read.
pub fn history(log: &Log) -> Result<impl Iterator<Item = Result<Entry, AuditError>>, AuditError> {
    let mut ended = BTreeSet::new();
    let entries = Backwards::new(log.files()?).filter_map(move |line| {
        let line = match line {
            Ok(line) => line,
            Err(error) => return Some(Err(error)),
        };
        // An intent is long, and of no interest if its run has ended.
        if is_kind(&line, b"intent") && ended.remove(run_of(&line)?) {
            return None;
        }
        let entry: Entry = serde_json::from_slice(&line).ok()?;
        if is_kind(&line, b"result") {
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
        let Some(found) = run_of(&line) else { continue };
        let is_it = run
            .as_ref()
            .map_or_else(|| found.starts_with(id.as_bytes()), |run| run == found);
        if !is_it {
            continue;
        }
        run = Some(found.to_vec());
        records.extend(serde_json::from_slice::<serde_json::Value>(&line).ok());
        if is_kind(&line, b"intent") {
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

const STEP: usize = 256 * 1024;

/// The lines of several files, the last line of the last file first.
struct Backwards {
    files: Vec<PathBuf>,
    open: Option<(File, u64)>,
    /// What has been read and not yet given, from its beginning on.
    pending: Vec<u8>,
}

impl Backwards {
    fn new(files: Vec<PathBuf>) -> Self {
        Self {
            files,
            open: None,
            pending: Vec::new(),
        }
    }

    /// Reads the piece before what is pending; `false` at the beginning of the first file.
    fn read_on(&mut self) -> Result<bool, AuditError> {
        let Some((file, from)) = &mut self.open else {
            let Some(path) = self.files.pop() else {
                return Ok(false);
            };
            let length = |path: &PathBuf| {
                let mut file = File::open(path)?;
                let length = file.seek(SeekFrom::End(0))?;
                Ok((file, length))
            };
            self.open = Some(length(&path).map_err(|source| AuditError::File {
                what: "read",
                path,
                source,
            })?);
            return Ok(true);
        };
        if *from == 0 {
            self.open = None;
            return Ok(!self.files.is_empty());
        }
        let piece = read_before(file, from).map_err(|source| AuditError::File {
            what: "read",
            path: PathBuf::from("audit.jsonl"),
            source,
        })?;
        self.pending.splice(0..0, piece);
        Ok(true)
    }
}

fn read_before(file: &mut File, from: &mut u64) -> io::Result<Vec<u8>> {
    let start = from.saturating_sub(STEP as u64);
    let mut piece = Vec::with_capacity(STEP);
    file.seek(SeekFrom::Start(start))?;
    file.take(*from - start).read_to_end(&mut piece)?;
    *from = start;
    Ok(piece)
}

impl Iterator for Backwards {
    type Item = Result<Vec<u8>, AuditError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            while self.pending.last() == Some(&b'\n') {
                self.pending.pop();
            }
            if let Some(at) = memchr::memrchr(b'\n', &self.pending) {
                let line = self.pending.split_off(at + 1);
                return Some(Ok(line));
            }
            match self.read_on() {
                Ok(true) => {}
                Ok(false) if self.pending.is_empty() => return None,
                Ok(false) => return Some(Ok(std::mem::take(&mut self.pending))),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}
