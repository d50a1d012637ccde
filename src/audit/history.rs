//! Past runs, from the log: newest first, each with its beginning and its end put together.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::backwards::Backwards;
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

/// Every run of the log, newest first. Intents whose run has ended are not even read. Lines that are no
/// record of a run are passed over: saying what is wrong with a log is `verify`'s.
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
        if line.is_kind(b"intent") && ended.remove(line.run()?) {
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
        let Some(found) = line.run() else {
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
