//! The log's files: appending by many processes at once, the torn tail, rotation.
//!
//! One writer at a time, by a lock on a file of its own, so that a rotation cannot pull the lock
//! away. A record is on the disk when `append` returns. Knows nothing of what a record says.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::chain::{Fault, Head};
use super::store::Store;
use crate::text::Hash;

/// A log in a directory of its own.
#[derive(Debug, Clone)]
pub struct Log {
    directory: PathBuf,
    rotate_at: u64,
}

/// What a record must survive before the writer goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// The end of the machine.
    OnDisk,
    /// The end of this process. The next record that must be on the disk takes it along.
    Written,
}

/// Why nothing could be appended.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// A file could not be opened, locked, read, written or synced.
    #[error("the audit log {path} cannot be {what}: {source}", path = path.display())]
    File {
        /// What was tried.
        what: &'static str,
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The log's last record is not intact, so nothing can follow it.
    #[error(
        "the last record of the audit log {path} is not intact ({fault}); `lazaret audit verify` shows what stands; move the files away to begin a new log",
        path = path.display()
    )]
    Broken {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        fault: Fault,
    },
    /// A record could not be made.
    #[error("a record of the audit log could not be made: {0}")]
    Record(#[from] serde_json::Error),
}

/// A record about a tail that a killed writer left.
#[derive(Serialize)]
struct Repair {
    kind: &'static str,
    torn_bytes: u64,
    torn_sha256: String,
}

/// The live file, locked, and where its chain stands.
struct Tail {
    file: File,
    path: PathBuf,
    length: u64,
    head: Head,
    /// How long the last line of this file is, with its newline; 0 if there is none.
    last: u64,
    torn: Option<Repair>,
    _lock: File,
}

impl Log {
    /// The log in a directory, which is made when the first record is; a file that has grown to
    /// `rotate_at` bytes is set aside and a new one continues its chain.
    #[must_use]
    pub fn new(directory: impl Into<PathBuf>, rotate_at: u64) -> Self {
        Self {
            directory: directory.into(),
            rotate_at,
        }
    }

    /// Appends a record and returns when it is on the disk.
    ///
    /// # Errors
    /// It is not, and no part of it stays in the log.
    pub fn append(&self, record: &impl Serialize) -> Result<Head, AuditError> {
        self.append_fields(&serde_json::to_string(record)?, Durability::OnDisk)
    }

    /// Appends a record that has been made a JSON object already.
    ///
    /// # Errors
    /// It is not in the log, nor is any part of it.
    pub fn append_fields(&self, fields: &str, durability: Durability) -> Result<Head, AuditError> {
        let mut tail = self.open()?;
        if let Some(repair) = tail.torn.take() {
            tail.append(&serde_json::to_string(&repair)?)?;
        }
        tail.append(fields)?;
        if durability == Durability::OnDisk {
            tail.sync()?;
        }
        Ok(tail.head)
    }

    /// Its files, oldest first.
    ///
    /// # Errors
    /// The directory cannot be read; one that is not there has no files.
    pub fn files(&self) -> Result<Vec<PathBuf>, AuditError> {
        let mut files = set_aside(&self.directory)?;
        let live = self.live();
        if live.exists() {
            files.push(live);
        }
        Ok(files)
    }

    /// The store of scripts and outputs next to it, of at most `most` bytes.
    #[must_use]
    pub fn store(&self, most: u64) -> Store {
        Store::new(self.directory.join("store"), most)
    }

    pub(super) fn live(&self) -> PathBuf {
        self.directory.join("audit.jsonl")
    }

    fn open(&self) -> Result<Tail, AuditError> {
        let directory = &self.directory;
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)
            .map_err(failed("made", directory))?;
        let lock = directory.join("lock");
        let lock_file = open_private(&lock)?;
        lock_file.lock().map_err(failed("locked", &lock))?;
        let path = self.live();
        let mut tail = read_tail(directory, path, lock_file)?;
        if tail.length >= self.rotate_at {
            tail.set_aside(directory)?;
        }
        Ok(tail)
    }
}

impl Tail {
    /// Every record begins with the length of the line before it, so that who reads from the end can
    /// pass over long ones.
    fn append(&mut self, fields: &str) -> Result<(), AuditError> {
        let fields = fields.strip_prefix('{').unwrap_or(fields);
        let (mut line, head) = self
            .head
            .seal(&format!("{{\"before\":{},{fields}", self.last));
        line.push('\n');
        if let Err(source) = self.file.write_all(line.as_bytes()) {
            // Half a record would be a torn tail; should this fail too, the next writer mends it.
            let _ = self.file.set_len(self.length);
            return Err(failed("written", &self.path)(source));
        }
        self.last = line.len() as u64;
        self.length += self.last;
        self.head = head;
        Ok(())
    }

    fn sync(&self) -> Result<(), AuditError> {
        self.file.sync_data().map_err(failed("synced", &self.path))
    }

    /// Gives the file the number of its last record as a name, and goes on in a new one.
    fn set_aside(&mut self, directory: &Path) -> Result<(), AuditError> {
        let name = format!("audit-{:020}.jsonl", self.head.count);
        std::fs::rename(&self.path, directory.join(name)).map_err(failed("renamed", &self.path))?;
        self.file = open_private(&self.path)?;
        (self.length, self.last) = (0, 0);
        sync_directory(directory)
    }
}

/// Where the chain stands, with what a killed writer left cut away or made whole.
fn read_tail(directory: &Path, path: PathBuf, lock: File) -> Result<Tail, AuditError> {
    let is_new = !path.exists();
    let mut file = open_private(&path)?;
    if is_new {
        sync_directory(directory)?;
    }
    let length = file.seek(SeekFrom::End(0)).map_err(failed("read", &path))?;
    let (end, fragment) = last_newline(&mut file, length).map_err(failed("read", &path))?;
    let mut tail = Tail {
        head: Head::START,
        length: end,
        last: 0,
        torn: None,
        _lock: lock,
        file,
        path,
    };
    tail.head = if end > 0 {
        let line = last_line(&mut tail.file, end).map_err(failed("read", &tail.path))?;
        tail.last = line.len() as u64 + 1;
        head_after(&line, &tail.path)?
    } else {
        head_of_newest(directory)?
    };
    tail.mend(&fragment)?;
    Ok(tail)
}

impl Tail {
    /// A record that lacks only its newline gets it; anything else is cut away, and told.
    fn mend(&mut self, fragment: &[u8]) -> Result<(), AuditError> {
        if fragment.is_empty() {
            return Ok(());
        }
        let failed = failed("mended", &self.path);
        if let Ok(head) = self.head.follow(fragment) {
            self.file.write_all(b"\n").map_err(failed)?;
            self.last = fragment.len() as u64 + 1;
            self.length += self.last;
            self.head = head;
            return Ok(());
        }
        self.file.set_len(self.length).map_err(failed)?;
        self.torn = Some(Repair {
            kind: "repair",
            torn_bytes: fragment.len() as u64,
            torn_sha256: Hash::of(fragment).to_string(),
        });
        Ok(())
    }
}

fn head_after(line: &[u8], path: &Path) -> Result<Head, AuditError> {
    Head::after(line).map_err(|fault| AuditError::Broken {
        path: path.to_owned(),
        fault,
    })
}

fn head_of_newest(directory: &Path) -> Result<Head, AuditError> {
    let Some(path) = set_aside(directory)?.pop() else {
        return Ok(Head::START);
    };
    let mut file = File::open(&path).map_err(failed("opened", &path))?;
    let length = file.seek(SeekFrom::End(0)).map_err(failed("read", &path))?;
    let (end, _) = last_newline(&mut file, length).map_err(failed("read", &path))?;
    let line = last_line(&mut file, end).map_err(failed("read", &path))?;
    head_after(&line, &path)
}

/// Files that a rotation has set aside, oldest first: their names have a fixed width.
fn set_aside(directory: &Path) -> Result<Vec<PathBuf>, AuditError> {
    let entries = match std::fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(failed("read", directory))?,
    };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| is_set_aside(name)).collect();
    names.sort_unstable();
    Ok(names.iter().map(|name| directory.join(name)).collect())
}

fn is_set_aside(name: &str) -> bool {
    let number = name
        .strip_prefix("audit-")
        .and_then(|rest| rest.strip_suffix(".jsonl"));
    number.is_some_and(|number| number.len() == 20 && number.bytes().all(|b| b.is_ascii_digit()))
}

const STEP: u64 = 64 * 1024;

/// Where the last newline ends, 0 if there is none, and the bytes behind it.
fn last_newline(file: &mut File, length: u64) -> io::Result<(u64, Vec<u8>)> {
    let mut behind = Vec::new();
    let mut from = length;
    while from > 0 {
        let piece = read_before(file, &mut from)?;
        if let Some(at) = memchr::memrchr(b'\n', &piece) {
            let end = from + at as u64 + 1;
            let mut fragment = piece.get(at + 1..).unwrap_or_default().to_vec();
            fragment.append(&mut behind);
            return Ok((end, fragment));
        }
        behind.splice(0..0, piece);
    }
    Ok((0, behind))
}

/// The line that ends at `end`, without its newline.
fn last_line(file: &mut File, end: u64) -> io::Result<Vec<u8>> {
    last_newline(file, end.saturating_sub(1)).map(|(_, line)| line)
}

fn read_before(file: &mut File, from: &mut u64) -> io::Result<Vec<u8>> {
    let start = from.saturating_sub(STEP);
    let mut piece = Vec::new();
    file.seek(SeekFrom::Start(start))?;
    file.take(*from - start).read_to_end(&mut piece)?;
    *from = start;
    Ok(piece)
}

/// For reading and appending, by its owner alone.
fn open_private(path: &Path) -> Result<File, AuditError> {
    OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)
        .map_err(failed("opened", path))
}

/// A new name is on the disk only when its directory is.
pub(super) fn sync_directory(directory: &Path) -> Result<(), AuditError> {
    File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(failed("synced", directory))
}

pub(super) fn failed(
    what: &'static str,
    path: &Path,
) -> impl FnOnce(io::Error) -> AuditError + use<> {
    let path = path.to_owned();
    move |source| AuditError::File { what, path, source }
}
