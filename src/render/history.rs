//! The audit log for people and programs: past runs, one run's story, whether the log is whole.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::audit::{Entry, EntryTimings, Place, Report};
use crate::text::single_line;

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    runs: &'a [Entry],
}

#[derive(Serialize)]
struct Story<'a> {
    schema: &'static str,
    records: &'a [Value],
    stored: &'a [Place],
}

#[derive(Serialize)]
struct Stats {
    schema: &'static str,
    runs: usize,
    by_status: BTreeMap<String, usize>,
    by_language: BTreeMap<String, usize>,
    startup_ms: Option<Percentiles>,
    run_ms: Option<Percentiles>,
}

#[derive(Serialize, Clone, Copy)]
struct Percentiles {
    p50: f64,
    p95: f64,
    p99: f64,
}

#[derive(Serialize)]
struct Verified<'a> {
    schema: &'static str,
    whole: bool,
    records: u64,
    head: String,
    anchored: Option<bool>,
    bad: Option<Bad<'a>>,
}

#[derive(Serialize)]
struct Bad<'a> {
    file: std::borrow::Cow<'a, str>,
    line: u64,
    fault: String,
}

/// `lazaret.history/1` on one line without its end, newest first.
#[must_use]
pub fn history_document(runs: &[Entry]) -> String {
    super::table::json(&Document {
        schema: "lazaret.history/1",
        runs,
    })
}

/// A line for each run under a line of titles.
#[must_use]
pub fn history_table(runs: &[Entry]) -> String {
    let rows = runs.iter().map(|run| {
        [
            run.time.get(..19).unwrap_or(&run.time).to_owned(),
            run.status
                .clone()
                .unwrap_or_else(|| "unfinished".to_owned()),
            code(run),
            run.script.language.clone(),
            milliseconds(run.timings.and_then(|timings| timings.startup_ms)),
            milliseconds(run.timings.and_then(|timings| timings.run_ms)),
            run.run.clone(),
        ]
        .map(|cell| single_line(&cell))
    });
    let titles = [
        "TIME (UTC)",
        "STATUS",
        "CODE",
        "LANGUAGE",
        "START ms",
        "RUN ms",
        "RUN",
    ];
    super::table::table(titles, rows)
}

fn code(run: &Entry) -> String {
    let code = run.exit_code.map(|code| code.to_string());
    code.or_else(|| run.signal.clone()).unwrap_or_default()
}

fn milliseconds(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| format!("{value:.0}"))
}

/// What the statistics need of each run, and no more: there may be half a million.
#[derive(Debug, Default)]
pub struct Counts {
    runs: usize,
    by_status: BTreeMap<String, usize>,
    by_language: BTreeMap<String, usize>,
    startup_ms: Vec<f64>,
    run_ms: Vec<f64>,
}

impl Counts {
    /// Counts a run.
    pub fn add(&mut self, run: &Entry) {
        self.runs += 1;
        let status = run.status.as_deref().unwrap_or("unfinished");
        for (counts, name) in [
            (&mut self.by_status, status),
            (&mut self.by_language, &run.script.language),
        ] {
            match counts.get_mut(name) {
                Some(count) => *count += 1,
                None => drop(counts.insert(name.to_owned(), 1)),
            }
        }
        let timings = run.timings;
        let times = |part: fn(EntryTimings) -> Option<f64>| timings.and_then(part);
        self.startup_ms.extend(times(|timings| timings.startup_ms));
        self.run_ms.extend(times(|timings| timings.run_ms));
    }

    fn stats(self) -> Stats {
        Stats {
            schema: "lazaret.history-stats/1",
            runs: self.runs,
            by_status: self.by_status,
            by_language: self.by_language,
            startup_ms: percentiles(self.startup_ms),
            run_ms: percentiles(self.run_ms),
        }
    }
}

/// By the nearest rank.
fn percentiles(mut values: Vec<f64>) -> Option<Percentiles> {
    values.sort_unstable_by(f64::total_cmp);
    let at = |percent: usize| {
        let rank = (values.len() * percent).div_ceil(100).max(1);
        values.get(rank - 1).copied()
    };
    Some(Percentiles {
        p50: at(50)?,
        p95: at(95)?,
        p99: at(99)?,
    })
}

/// `lazaret.history-stats/1` on one line without its end.
#[must_use]
pub fn history_stats_document(counts: Counts) -> String {
    super::table::json(&counts.stats())
}

/// Counts and percentiles for people.
#[must_use]
pub fn history_stats_table(counts: Counts) -> String {
    let stats = counts.stats();
    let mut shown = format!("{} runs\n\n", stats.runs);
    for (title, counts) in [
        ("STATUS", &stats.by_status),
        ("LANGUAGE", &stats.by_language),
    ] {
        let rows = counts
            .iter()
            .map(|(name, count)| [single_line(name), count.to_string()]);
        shown += &super::table::table([title, "RUNS"], rows);
        shown.push('\n');
    }
    let times = [("start-up", stats.startup_ms), ("run", stats.run_ms)];
    let rows = times.into_iter().filter_map(|(name, values)| {
        let values = values?;
        let [p50, p95, p99] =
            [values.p50, values.p95, values.p99].map(|value| format!("{value:.0}"));
        Some([name.to_owned(), p50, p95, p99])
    });
    shown + &super::table::table(["ms", "p50", "p95", "p99"], rows)
}

/// `lazaret.story/1` on one line without its end: the records of one run as written, and where what
/// was kept of it stands.
#[must_use]
pub fn story_document(records: &[Value], stored: &[Place]) -> String {
    super::table::json(&Story {
        schema: "lazaret.story/1",
        records,
        stored,
    })
}

/// The story of one run for people; the command line last, ready to paste.
#[must_use]
pub fn story_text(records: &[Value], stored: &[Place]) -> String {
    let mut shown = String::new();
    for record in records {
        let Some(fields) = record.as_object() else {
            continue;
        };
        let told = |name: &str| !matches!(name, "schema" | "argv" | "line" | "kind" | "stored");
        let kind = fields
            .get("kind")
            .and_then(Value::as_str)
            .unwrap_or_default();
        shown += &format!("{}\n", single_line(kind));
        for (name, value) in fields
            .iter()
            .filter(|(name, value)| told(name) && !value.is_null())
        {
            let value = match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            shown += &format!("  {name:<16} {}\n", single_line(&value));
        }
    }
    if !stored.is_empty() {
        shown += "stored\n";
    }
    for place in stored {
        let path = single_line(&place.path.display().to_string());
        let gone = if place.present { "" } else { " (removed)" };
        shown += &format!("  {:<16} {path}{gone}\n", place.what);
    }
    let line = records
        .iter()
        .find_map(|record| record.get("line")?.as_str());
    let line = line.map_or_else(String::new, |line| {
        format!(
            "the command line\n{}\n",
            crate::text::safe_for_terminal(line)
        )
    });
    shown + &line
}

/// Whether the log is whole, in a line.
#[must_use]
pub fn verify_text(report: &Report) -> String {
    let count = report.head.count;
    match (&report.bad, report.anchored) {
        (Some(bad), _) => format!(
            "{}:{}: {}; the {count} records before it are whole",
            single_line(&bad.file.display().to_string()),
            bad.line,
            bad.fault
        ),
        (None, Some(false)) => format!(
            "the anchor is not in the log: what it stood for was cut off or rewritten; {count} records are whole in themselves"
        ),
        (None, _) => format!("whole: {count} records, head {}", report.head),
    }
}

/// `lazaret.audit-verify/1` on one line without its end.
#[must_use]
pub fn verify_document(report: &Report) -> String {
    super::table::json(&Verified {
        schema: "lazaret.audit-verify/1",
        whole: report.is_whole(),
        records: report.head.count,
        head: report.head.to_string(),
        anchored: report.anchored,
        bad: report.bad.as_ref().map(|bad| Bad {
            file: bad.file.to_string_lossy(),
            line: bad.line,
            fault: bad.fault.to_string(),
        }),
    })
}
