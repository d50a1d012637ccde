//! Running a hostile script, and what its result says.
#![expect(
    clippy::indexing_slicing,
    reason = "a document without the field fails the test"
)]

use std::time::{Duration, Instant};

use serde_json::Value;

use super::{Engine, Lazaret, assert_gone, repository};

/// `lazaret run` of a script under `fixtures/scripts/hostile`, with the checks switched off.
pub fn attack(engine: &'static Engine, script: &str) -> Lazaret {
    let path = repository().join("fixtures/scripts/hostile").join(script);
    let content =
        std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let (_, extension) = script.rsplit_once('.').expect("an extension");
    Lazaret::new(engine)
        .run(&format!("script.{extension}"), &content)
        .unchecked()
}

/// Runs it to its end; its container is gone afterwards.
#[track_caller]
pub fn hold(engine: &'static Engine, attack: Lazaret) -> Told {
    let started = Instant::now();
    let document = attack.json();
    Told::new(engine, document, started.elapsed())
}

/// The result of a run.
pub struct Told {
    /// The JSON document.
    pub document: Value,
    /// How long the command took.
    pub took: Duration,
}

impl Told {
    /// A result whose container is gone.
    #[track_caller]
    pub fn new(engine: &'static Engine, document: Value, took: Duration) -> Self {
        assert_gone(engine, &document);
        Self { document, took }
    }

    /// Fails unless that is the status.
    #[track_caller]
    pub fn is(self, status: &str) -> Self {
        assert_eq!(self.document["status"], status, "{:#}", self.document);
        self
    }

    /// What was kept of the script's standard output.
    pub fn stdout(&self) -> &str {
        self.document["stdout"].as_str().expect("a string")
    }

    /// What was kept of the script's standard error.
    pub fn stderr(&self) -> &str {
        self.document["stderr"].as_str().expect("a string")
    }

    /// A whole number of the document.
    pub fn number(&self, field: &str) -> u64 {
        self.document[field].as_u64().expect("a whole number")
    }

    /// From delivery to the script's end.
    pub fn run_ms(&self) -> f64 {
        self.document["timings"]["run_ms"]
            .as_f64()
            .expect("the script ran")
    }

    /// Whether the result carries that evidence.
    pub fn shows(&self, code: &str) -> bool {
        let evidence = self.document["evidence"].as_array().expect("a list");
        evidence.iter().any(|item| item["code"] == code)
    }

    /// The JSON document that the script itself printed.
    #[track_caller]
    pub fn report(&self) -> Value {
        serde_json::from_str(self.stdout())
            .unwrap_or_else(|error| panic!("{error}: {:#}", self.document))
    }
}
