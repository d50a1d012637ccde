//! Precision and recall of the checks on labelled scripts; `fixtures/sets/README.md` tells the format.
//!
//! Needs no engine. The sets judge the rules: this file knows none of them by name.

mod placeholders;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use lazaret::check::{Layer, check};
use lazaret::language::Language;
use lazaret::policy::Policy;
use regex::Regex;

use placeholders::expand;

static HEADER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^#### (?:(good)|bad ([0-9]+(?:[,|][0-9]+)*)): (.+)$").expect("a pattern")
});

/// A folder of cases and the bounds that its layer must keep.
struct Set {
    folder: &'static str,
    language: &'static str,
    layer: Layer,
    precision: f64,
    recall: f64,
}

const SETS: [Set; 4] = [
    Set {
        folder: "dangerous-python",
        language: "python",
        layer: Layer::Dangerous,
        precision: 0.98,
        recall: 0.95,
    },
    Set {
        folder: "dangerous-bash",
        language: "bash",
        layer: Layer::Dangerous,
        precision: 0.98,
        recall: 0.95,
    },
    Set {
        folder: "secrets-python",
        language: "python",
        layer: Layer::Secrets,
        precision: 0.97,
        recall: 0.93,
    },
    Set {
        folder: "secrets-bash",
        language: "bash",
        layer: Layer::Secrets,
        precision: 0.97,
        recall: 0.93,
    },
];

/// One script and where findings must begin: a line of each group. No group: nowhere at all.
struct Case {
    name: String,
    place: String,
    needed: Vec<BTreeSet<usize>>,
    script: String,
}

/// How the cases of a category, or of a set, came out.
#[derive(Default)]
struct Tally {
    right_bad: usize,
    missed: usize,
    /// Bad cases with a finding, on whichever line.
    noticed: usize,
    right_good: usize,
    false_alarms: usize,
    /// Findings in bad cases on lines that no label names.
    elsewhere: usize,
    wrong: Vec<String>,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.right_bad += other.right_bad;
        self.missed += other.missed;
        self.noticed += other.noticed;
        self.right_good += other.right_good;
        self.false_alarms += other.false_alarms;
        self.elsewhere += other.elsewhere;
        self.wrong.extend(other.wrong);
    }

    fn precision(&self) -> f64 {
        ratio(self.noticed, self.noticed + self.false_alarms)
    }

    fn recall(&self) -> f64 {
        ratio(self.right_bad, self.right_bad + self.missed)
    }

    fn row(&self, name: &str) -> String {
        format!(
            "{name:<38} {:>5} {:>6} {:>5} {:>6} {:>9.3} {:>7.3} {:>9}",
            self.right_bad,
            self.missed,
            self.right_good,
            self.false_alarms,
            self.precision(),
            self.recall(),
            self.elsewhere,
        )
    }

    fn judge(&mut self, case: &Case, set: &Set) {
        let language = Language::by_name(set.language).expect("a language");
        let report = check(&case.script, language, &Policy::default());
        let findings = report.findings.iter().filter(|one| one.layer == set.layer);
        let found: Vec<(usize, &str)> = findings.map(|one| (one.line, one.rule)).collect();
        if case.needed.is_empty() {
            self.judge_good(case, &found);
        } else {
            self.judge_bad(case, &found);
        }
    }

    fn judge_good(&mut self, case: &Case, found: &[(usize, &str)]) {
        if found.is_empty() {
            self.right_good += 1;
        } else {
            self.false_alarms += 1;
            let line = format!("false alarm {}: {}: {found:?}", case.place, case.name);
            self.wrong.push(line);
        }
    }

    fn judge_bad(&mut self, case: &Case, found: &[(usize, &str)]) {
        let on = |lines: &BTreeSet<usize>| found.iter().any(|(line, _)| lines.contains(line));
        self.noticed += usize::from(!found.is_empty());
        if case.needed.iter().all(on) {
            self.right_bad += 1;
        } else {
            self.missed += 1;
            let needed: Vec<String> = case.needed.iter().map(|one| format!("{one:?}")).collect();
            self.wrong.push(format!(
                "missed      {}: {}: lines {} needed, found {found:?}",
                case.place,
                case.name,
                needed.join(" and ")
            ));
        }
        let labelled = |line: usize| case.needed.iter().any(|lines| lines.contains(&line));
        let others = found.iter().filter(|(line, _)| !labelled(*line));
        self.elsewhere += others.count();
    }
}

#[expect(clippy::cast_precision_loss, reason = "hundreds of cases")]
fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        1.0
    } else {
        part as f64 / whole as f64
    }
}

/// `2,5|6`: line 2, and line 5 or 6.
fn lines(given: &str) -> Vec<BTreeSet<usize>> {
    let group = |group: &str| {
        let numbers = group.split('|').map(str::parse);
        numbers.map(|line| line.expect("a line")).collect()
    };
    given.split(',').map(group).collect()
}

/// The cases of a file, in its order.
fn cases(file: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(file).expect("a readable file");
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let mut cases: Vec<Case> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if let Some(header) = HEADER.captures(line) {
            let needed = header.get(2).map(|given| lines(given.as_str()));
            cases.push(Case {
                name: header[3].to_owned(),
                place: format!("{name}:{}", number + 1),
                needed: needed.unwrap_or_default(),
                script: String::new(),
            });
            continue;
        }
        assert!(!line.starts_with("#### "), "{name}:{}: {line}", number + 1);
        let case = cases.last_mut().expect("a header comes first");
        case.script.extend([line, "\n"]);
    }
    for case in &mut cases {
        case.script = expand(&case.script, &case.name);
    }
    cases
}

/// The files of a set, in the order of their names.
fn files(set: &Set) -> Vec<PathBuf> {
    let sets = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/sets");
    let folder = std::fs::read_dir(sets.join(set.folder)).expect("a folder of cases");
    let mut files: Vec<PathBuf> = folder
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    files
}

/// Runs the check on every case of a set and tells how each category came out.
fn measure(set: &Set) -> Tally {
    let mut whole = Tally::default();
    eprintln!(
        "\n{:<38} {:>5} {:>6} {:>5} {:>6} {:>9} {:>7} {:>9}",
        set.folder, "found", "missed", "clean", "alarms", "precision", "recall", "elsewhere"
    );
    for file in files(set) {
        let mut tally = Tally::default();
        for case in cases(&file) {
            tally.judge(&case, set);
        }
        eprintln!(
            "{}",
            tally.row(&file.file_stem().unwrap_or_default().to_string_lossy())
        );
        whole.add(tally);
    }
    eprintln!("{}", whole.row("all"));
    whole
}

/// Holds a set to its bounds.
fn hold(folder: &str) {
    let set = SETS.iter().find(|set| set.folder == folder);
    let set = set.expect("a set");
    let tally = measure(set);
    for wrong in &tally.wrong {
        eprintln!("{wrong}");
    }
    assert!(tally.right_bad + tally.missed >= 100, "cases are missing");
    assert!(
        tally.right_good + tally.false_alarms >= 100,
        "cases are missing"
    );
    assert!(
        tally.precision() >= set.precision && tally.recall() >= set.recall,
        "{folder}: precision {:.3} (at least {}), recall {:.3} (at least {})",
        tally.precision(),
        set.precision,
        tally.recall(),
        set.recall
    );
}

#[test]
fn dangerous_python_is_told_from_harmless() {
    hold("dangerous-python");
}

#[test]
fn dangerous_bash_is_told_from_harmless() {
    hold("dangerous-bash");
}

#[test]
fn secrets_in_python_are_told_from_the_rest() {
    hold("secrets-python");
}

#[test]
fn secrets_in_bash_are_told_from_the_rest() {
    hold("secrets-bash");
}
