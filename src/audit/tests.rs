//! The log on a real file system.

use std::fs;
use std::io::Write as _;

use serde_json::json;

use super::{Head, Log, verify};

fn log() -> (tempfile::TempDir, Log) {
    let directory = tempfile::tempdir().expect("a directory");
    let log = Log::new(directory.path().join("audit"), u64::MAX);
    (directory, log)
}

fn fill(log: &Log, count: u64) -> Head {
    let record = |at| json!({"kind": "test", "at": at, "text": "Grüße \u{1b}[0m"});
    let mut head = Head::START;
    for at in 0..count {
        head = log.append(&record(at)).expect("appended");
    }
    head
}

fn live(log: &Log) -> std::path::PathBuf {
    log.files().expect("files").pop().expect("a live file")
}

#[test]
fn what_was_appended_verifies() {
    let (_directory, log) = log();
    let head = fill(&log, 5);
    let report = verify(&log, Some(head)).expect("read");
    assert!(report.is_whole());
    assert_eq!(report.head, head);
    assert_eq!(report.head.count, 5);
}

#[test]
fn a_log_that_is_not_there_is_empty() {
    let (_directory, log) = log();
    assert_eq!(verify(&log, None).expect("read").head, Head::START);
}

#[test]
fn a_cut_tail_is_found_by_its_anchor() {
    let (_directory, log) = log();
    let head = fill(&log, 5);
    let text = fs::read_to_string(live(&log)).expect("text");
    let kept: Vec<&str> = text.lines().take(4).collect();
    fs::write(live(&log), kept.join("\n") + "\n").expect("cut");
    assert!(verify(&log, None).expect("read").is_whole());
    assert!(!verify(&log, Some(head)).expect("read").is_whole());
}

#[test]
fn rotation_keeps_the_chain() {
    let (directory, _) = log();
    let log = Log::new(directory.path(), 1000);
    let head = fill(&log, 20);
    let files = log.files().expect("files");
    assert!(files.len() > 3, "{files:?}");
    let report = verify(&log, Some(head)).expect("read");
    assert!(report.is_whole(), "{report:?}");
    fs::remove_file(&files[1]).expect("removed");
    let report = verify(&log, None).expect("read");
    assert_eq!(report.bad.expect("a hole").file, files[2]);
}

#[test]
fn a_torn_tail_is_named_then_repaired() {
    let (_directory, log) = log();
    fill(&log, 3);
    let path = live(&log);
    let mut file = fs::OpenOptions::new()
        .append(true)
        .open(&path)
        .expect("open");
    file.write_all(b"{\"schema\":\"lazaret.audit/1\",\"num")
        .expect("torn");
    let bad = verify(&log, None).expect("read").bad.expect("torn");
    assert_eq!((bad.line, bad.fault), (4, super::Fault::Torn));
    let head = fill(&log, 1);
    assert_eq!(head.count, 5, "three, the repair, and the new one");
    assert!(verify(&log, None).expect("read").is_whole());
    assert!(
        fs::read_to_string(&path)
            .expect("text")
            .contains("\"torn_bytes\":32")
    );
}

#[test]
fn a_record_that_lacks_only_its_newline_is_kept() {
    let (_directory, log) = log();
    fill(&log, 3);
    let path = live(&log);
    let text = fs::read_to_string(&path).expect("text");
    fs::write(&path, text.trim_end()).expect("cut");
    assert_eq!(fill(&log, 1).count, 4);
    assert!(verify(&log, None).expect("read").is_whole());
}

#[test]
fn nothing_follows_a_broken_record() {
    let (_directory, log) = log();
    fill(&log, 3);
    let path = live(&log);
    let text = fs::read_to_string(&path).expect("text");
    let at = text.rfind("test").expect("there");
    let mut changed = text.into_bytes();
    changed[at] = b'T';
    fs::write(&path, changed).expect("changed");
    let error = log.append(&json!({"kind": "test"})).expect_err("refused");
    assert!(error.to_string().contains("not intact"), "{error}");
}

/// All of them: a changed newline joins two lines, or leaves the last one without an end.
#[test]
fn every_changed_byte_of_a_thousand_records_is_found() {
    let (_directory, log) = log();
    fill(&log, 1000);
    let text = fs::read(live(&log)).expect("text");
    let lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    let mut head = Head::START;
    for (at, line) in lines.iter().enumerate() {
        let body = line.strip_suffix(b"\n").expect("a newline");
        for byte in 0..body.len() {
            let mut changed = body.to_vec();
            changed[byte] ^= 1;
            assert!(head.follow(&changed).is_err(), "line {at}, byte {byte}");
        }
        let next = lines.get(at + 1).copied().unwrap_or_default();
        let joined = [body, b"\x0b", next.strip_suffix(b"\n").unwrap_or(next)].concat();
        assert!(head.follow(&joined).is_err(), "the newline of line {at}");
        head = head.follow(body).expect("whole");
    }
}

/// The same through the file, for bytes of every kind and place, with the line that is named.
#[test]
fn verify_names_the_line_of_a_changed_byte() {
    let (_directory, log) = log();
    fill(&log, 1000);
    let path = live(&log);
    let text = fs::read(&path).expect("text");
    let first = text
        .split_inclusive(|byte| *byte == b'\n')
        .next()
        .map_or(0, <[u8]>::len);
    // The whole first line, then bytes strewn over the rest, the last newline among them.
    let strewn = (first..text.len()).step_by(1499);
    for at in (0..first).chain(strewn).chain([text.len() - 1]) {
        let mut changed = text.clone();
        changed[at] ^= 1;
        fs::write(&path, &changed).expect("changed");
        let bad = verify(&log, None).expect("read").bad.expect("found");
        let line = text[..at].split(|byte| *byte == b'\n').count() as u64;
        assert_eq!(bad.line, line, "byte {at}");
    }
}

#[test]
fn the_files_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let (directory, log) = log();
    fill(&log, 1);
    let mode =
        |path: &std::path::Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode(&directory.path().join("audit")), 0o700);
    assert_eq!(mode(&live(&log)), 0o600);
}
