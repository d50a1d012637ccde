//! The order of the rooms: a room may use those above it, never one below.

use std::path::{Path, PathBuf};

/// From the top floor down, as the documentation of the crate draws it.
const ROOMS: [&str; 12] = [
    "text", "language", "policy", "check", "protocol", "plan", "outcome", "engine", "audit",
    "sandbox", "render", "cli",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The rooms that a source names with `crate::`, in code and not in comments.
fn used(text: &str) -> Vec<String> {
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let mut rooms = Vec::new();
    for line in code {
        for after in line.split("crate::").skip(1) {
            rooms.push(
                after
                    .chars()
                    .take_while(|character| character.is_ascii_lowercase() || *character == '_')
                    .collect(),
            );
        }
    }
    rooms
}

#[test]
fn no_room_uses_one_below_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let floor = |room: &str| ROOMS.iter().position(|known| *known == room);
    for file in files {
        let relative = file.strip_prefix(&root).expect("below src");
        let room = relative
            .iter()
            .next()
            .expect("a name")
            .to_str()
            .expect("UTF-8")
            .trim_end_matches(".rs");
        if ["main", "lib"].contains(&room) {
            continue;
        }
        let own =
            floor(room).unwrap_or_else(|| panic!("{} is in no known room", relative.display()));
        let text = std::fs::read_to_string(&file).expect("a source");
        for used in used(&text) {
            let below = floor(&used).is_some_and(|used| used > own);
            assert!(
                !below,
                "{} uses crate::{used}, which lies below it",
                relative.display()
            );
        }
    }
}

#[test]
fn the_pure_rooms_touch_no_world() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let worldly = [
        "std::fs",
        "std::env",
        "std::net",
        "std::process",
        "Instant::now",
        "SystemTime",
        "tokio::",
    ];
    for room in [
        "text", "language", "policy", "check", "protocol", "plan", "outcome", "render",
    ] {
        let mut files = Vec::new();
        sources(&root.join(room), &mut files);
        for file in files.iter().filter(|file| !file.ends_with("tests.rs")) {
            let text = std::fs::read_to_string(file).expect("a source");
            let code = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"));
            for line in code {
                let found = worldly.iter().find(|word| line.contains(**word));
                let allowed = file.ends_with("policy/mod.rs")
                    && line.contains("std::fs::read_to_string(path)");
                assert!(found.is_none() || allowed, "{}: {line}", file.display());
            }
        }
    }
}
