//! Reading the whole log: is every record there, unchanged and in its place?

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;

use super::chain::{Fault, Head};
use super::log::{AuditError, Log};

/// What reading the whole log has shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Where the chain stands behind the last good record.
    pub head: Head,
    /// The first line that is not as it was written.
    pub bad: Option<BadLine>,
    /// Whether the anchor stands in the log; `None` without one.
    pub anchored: Option<bool>,
}

/// A line that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// Which file.
    pub file: PathBuf,
    /// 1-based.
    pub line: u64,
    /// What is wrong with it.
    pub fault: Fault,
}

impl Report {
    /// Nothing was changed, and nothing that the anchor knows is missing.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.bad.is_none() && self.anchored != Some(false)
    }
}

/// Reads every record, from the first on. `anchor` is a head that was noted elsewhere: its record
/// must stand in the log.
///
/// # Errors
/// A file cannot be read.
pub fn verify(log: &Log, anchor: Option<Head>) -> Result<Report, AuditError> {
    let mut report = Report {
        head: Head::START,
        bad: None,
        anchored: anchor.map(|anchor| anchor == Head::START),
    };
    for path in log.files()? {
        report.read(path, anchor)?;
        if report.bad.is_some() {
            break;
        }
    }
    Ok(report)
}

impl Report {
    fn read(&mut self, path: PathBuf, anchor: Option<Head>) -> Result<(), AuditError> {
        let failed = |source| AuditError::File {
            what: "read",
            path: path.clone(),
            source,
        };
        let mut reader = BufReader::with_capacity(1 << 16, File::open(&path).map_err(failed)?);
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            if reader.read_until(b'\n', &mut line).map_err(failed)? == 0 {
                break;
            }
            match self.follow(&line) {
                Ok(head) => self.head = head,
                Err(fault) => {
                    self.bad = Some(BadLine {
                        file: path,
                        line: number,
                        fault,
                    });
                    break;
                }
            }
            if anchor == Some(self.head) {
                self.anchored = Some(true);
            }
        }
        Ok(())
    }

    fn follow(&self, line: &[u8]) -> Result<Head, Fault> {
        let line = line.strip_suffix(b"\n").ok_or(Fault::Torn)?;
        self.head.follow(line)
    }
}
