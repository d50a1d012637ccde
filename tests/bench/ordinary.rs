//! What a check costs on scripts that people wrote: those of this machine that are nearly as long as
//! a script may be. Prints a line for each language in criterion's form, so that one pattern reads both.
//!
//! `cargo bench --bench ordinary`

#![expect(clippy::cast_precision_loss, reason = "lengths are far below 2^52")]
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use lazaret::check::check;
use lazaret::language::Language;
use lazaret::policy::Policy;

/// Characters; what a check costs is scaled to 10 000, the longest that the default policy permits.
const LENGTHS: std::ops::RangeInclusive<usize> = 5_000..=10_000;

/// The median of so many is what the check costs.
const TRIES: usize = 15;

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => files(&path, found),
            Ok(kind) if kind.is_file() => found.push(path),
            _ => {}
        }
    }
}

/// Scripts of both languages, told by their extension or first line.
fn scripts() -> Vec<(&'static Language, String)> {
    let mut found = Vec::new();
    for folder in [
        "/usr/lib/python3",
        "/usr/lib/python3.11",
        "/usr/bin",
        "/usr/sbin",
        "/usr/share",
        "/usr/lib/git-core",
        "/etc",
    ] {
        files(Path::new(folder), &mut found);
    }
    found.sort_unstable();
    let script = |path: &PathBuf| {
        let length = std::fs::metadata(path).ok()?.len();
        if !(5_000..40_000).contains(&length) {
            return None;
        }
        let text = std::fs::read_to_string(path).ok()?;
        let shell = text.starts_with("#!/bin/sh") || text.starts_with("#!/bin/bash");
        let language = if shell {
            Language::by_name("bash")
        } else {
            Language::detect(&text, path.to_str())
        };
        LENGTHS
            .contains(&text.chars().count())
            .then_some((language?, text))
    };
    found.iter().filter_map(script).collect()
}

fn cost(language: &'static Language, text: &str, policy: &Policy) -> Duration {
    let once = |_| {
        let started = Instant::now();
        black_box(check(black_box(text), language, policy));
        started.elapsed()
    };
    let mut tries: Vec<Duration> = (0..TRIES).map(once).collect();
    tries.sort_unstable();
    let scale = 10_000.0 / text.chars().count() as f64;
    tries
        .get(TRIES / 2)
        .copied()
        .unwrap_or_default()
        .mul_f64(scale)
}

fn main() {
    let policy = Policy::default();
    let scripts = scripts();
    for name in ["python", "bash"] {
        let mine = scripts.iter().filter(|(language, _)| language.name == name);
        let mut costs: Vec<Duration> = mine
            .map(|(language, text)| cost(language, text, &policy))
            .collect();
        costs.sort_unstable();
        let at = |percent: usize| {
            let cost = costs.get(costs.len() * percent / 100).copied();
            cost.unwrap_or_default().as_secs_f64() * 1e3
        };
        println!(
            "{name}/ordinary/check of 10 000 characters ({} scripts) time: [{:.3} ms {:.3} ms {:.3} ms]",
            costs.len(),
            at(25),
            at(50),
            at(75)
        );
    }
}
