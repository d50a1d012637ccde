//! Whether a container is really gone, as the engine says and as the host's own process table says.
#![expect(
    clippy::indexing_slicing,
    reason = "a document without the field fails the test"
)]

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;

use super::Engine;

/// Fails unless the container that a result names is absent from `ps --all`, whatever its state was.
#[track_caller]
pub fn assert_gone(engine: &Engine, document: &Value) {
    let name = document["container"]
        .as_str()
        .expect("the result names its container");
    assert_eq!(document["cleanup"]["removed"], true, "{document:#}");
    let filter = format!("name={name}");
    let listed = engine.ask(&["ps", "--all", "--quiet", "--filter", &filter]);
    assert_eq!(listed, "", "{name} is still there: {document:#}");
}

/// A word that no other run has among its script's arguments.
pub fn marker() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("marker-{}-{count}-end", std::process::id())
}

/// How many processes of the host run a script with that word among its arguments, in whatever
/// container. The engine's commands and lazaret do not count.
pub fn processes_with(marker: &str) -> usize {
    let processes = std::fs::read_dir("/proc").expect("/proc").flatten();
    let of_the_script = |entry: &std::fs::DirEntry| {
        let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line);
        let mut words = line.split('\0');
        words
            .by_ref()
            .any(|word| word == "/work/script.py" || word == "/work/script.sh")
            && words.any(|word| word == marker)
    };
    processes.filter(of_the_script).count()
}
