//! Many writers on one log, some of them killed by SIGKILL: no record that was acknowledged is lost.
//!
//! A writer is this test program itself, started again. It notes in a file each record whose writing
//! has returned; what it noted must be in the log whatever happens to it.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use lazaret::audit::{Durability, Fault, Head, Log, Report, verify};
use serde_json::{Value, json};

use crate::running::until;

/// Small enough that a rotation happens in the midst of it.
const ROTATE: u64 = 4 << 20;

/// What a writer is told, by a variable of its environment: `FOLDER WRITER RECORDS FILLER`.
const ORDER: &str = "LAZARET_TEST_WRITER";

struct Order {
    folder: PathBuf,
    writer: u64,
    records: u64,
    filler: usize,
}

impl Order {
    fn log(&self) -> Log {
        log(&self.folder)
    }

    /// Where it notes what has been written.
    fn notes(&self) -> PathBuf {
        self.folder.join(format!("notes-{}", self.writer))
    }

    fn noted(&self) -> u64 {
        let text = fs::read_to_string(self.notes()).unwrap_or_default();
        text.lines().count() as u64
    }

    fn start(&self) -> Child {
        let own = std::env::current_exe().expect("this program");
        let order = format!(
            "{} {} {} {}",
            self.folder.display(),
            self.writer,
            self.records,
            self.filler
        );
        let mut command = Command::new(own);
        command
            .args([
                "--exact",
                "audit::writers::writes_as_it_is_told",
                "--ignored",
            ])
            .env(ORDER, order)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit());
        command.spawn().expect("a writer starts")
    }
}

fn log(folder: &Path) -> Log {
    Log::new(folder.join("audit"), ROTATE)
}

#[test]
#[ignore = "the body of a writer, which the other tests start"]
fn writes_as_it_is_told() {
    let order = std::env::var(ORDER).expect("an order");
    let mut words = order.split(' ');
    let mut word = || words.next().expect("a word");
    let order = Order {
        folder: word().into(),
        writer: word().parse().expect("a number"),
        records: word().parse().expect("a number"),
        filler: word().parse().expect("a number"),
    };
    let mut options = OpenOptions::new();
    let notes = options.append(true).create(true).open(order.notes());
    let mut notes = notes.expect("a file");
    let (log, filler) = (order.log(), "x".repeat(order.filler));
    for at in 0..order.records {
        let record = json!({"kind": "test", "writer": order.writer, "at": at, "filler": filler});
        // As runs do: the one record is on the disk before anything goes on, the other only written.
        let durability = match at % 2 {
            0 => Durability::OnDisk,
            _ => Durability::Written,
        };
        log.append_fields(&record.to_string(), durability)
            .expect("written");
        notes
            .write_all(format!("{at}\n").as_bytes())
            .expect("noted");
    }
}

/// Which records of the writers stand in the log, each of them once.
fn found(log: &Log) -> BTreeSet<(u64, u64)> {
    let mut found = BTreeSet::new();
    for file in log.files().expect("files") {
        let text = fs::read_to_string(file).expect("text");
        for line in text.lines() {
            let record: Value = serde_json::from_str(line).expect("JSON");
            let number = |key| record.get(key).and_then(Value::as_u64);
            if let (Some(writer), Some(at)) = (number("writer"), number("at")) {
                assert!(found.insert((writer, at)), "twice: {writer} {at}");
            }
        }
    }
    found
}

/// Whole, or torn at its very end.
fn whole_or_torn(log: &Log) -> Report {
    let report = verify(log, None).expect("read");
    if let Some(bad) = &report.bad {
        assert_eq!(bad.fault, Fault::Torn, "{report:?}");
        let last = log.files().expect("files").pop();
        assert_eq!(Some(&bad.file), last.as_ref(), "{report:?}");
        let text = fs::read(&bad.file).expect("bytes");
        let lines = text.split(|byte| *byte == b'\n').count() as u64;
        assert_eq!(bad.line, lines, "the last line: {report:?}");
    }
    report
}

/// Another record mends what is torn and loses nothing.
fn mended(log: &Log, before: &Report) -> Head {
    let head = log.append(&json!({"kind": "test"})).expect("appended");
    let report = verify(log, Some(head)).expect("read");
    assert!(report.is_whole(), "{report:?}");
    let repairs = u64::from(before.bad.is_some());
    assert!(
        head.count > before.head.count + repairs,
        "{before:?}, {head}"
    );
    head
}

#[test]
fn eight_writers_of_a_thousand_records_some_killed_lose_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let order = |writer| Order {
        folder: folder.path().to_owned(),
        writer,
        records: 1000,
        filler: if writer % 2 == 0 { 1500 } else { 60_000 },
    };
    let orders: Vec<Order> = (0..8).map(order).collect();
    let mut writers: Vec<Child> = orders.iter().map(Order::start).collect();
    for (order, writer) in orders.iter().zip(&mut writers) {
        if order.writer % 2 == 1 {
            until("it has written some", || order.noted() >= order.writer * 50);
            writer.kill().expect("killed");
        }
    }
    for (order, mut writer) in orders.iter().zip(writers) {
        let ended = writer.wait().expect("it ends");
        assert_eq!(ended.success(), order.writer % 2 == 0, "{ended:?}");
    }
    let log = log(folder.path());
    let report = whole_or_torn(&log);
    let head = mended(&log, &report);
    let found = found(&log);
    for order in &orders {
        let noted = order.noted();
        let killed = order.writer % 2 == 1;
        assert!(if killed { noted < 1000 } else { noted == 1000 }, "{noted}");
        for at in 0..noted {
            assert!(found.contains(&(order.writer, at)), "{} {at}", order.writer);
        }
    }
    assert!(log.files().expect("files").len() > 2, "it was rotated");
    assert!(head.count > 4500, "{head}");
}

/// A writer that is killed within its write leaves half a line. Records are large here, so that
/// this happens at all.
#[test]
fn a_line_torn_by_a_kill_is_named_and_mended() {
    for attempt in 1..=200 {
        let folder = tempfile::tempdir().expect("a folder");
        let log = log(folder.path());
        for at in 0..20 {
            let record = json!({"kind": "test", "writer": 0, "at": at});
            log.append(&record).expect("appended");
        }
        let order = Order {
            folder: folder.path().to_owned(),
            writer: 1,
            records: 1000,
            filler: 3 << 20,
        };
        let mut writer = order.start();
        until("it has written one", || order.noted() >= 1);
        std::thread::sleep(Duration::from_micros(attempt * 500));
        writer.kill().expect("killed");
        writer.wait().expect("it ends");
        let report = whole_or_torn(&log);
        mended(&log, &report);
        let found = found(&log);
        assert!((0..20).all(|at| found.contains(&(0, at))));
        assert!((0..order.noted()).all(|at| found.contains(&(1, at))));
        if report.bad.is_some() {
            return;
        }
    }
    panic!("200 kills, and not one within a write");
}
