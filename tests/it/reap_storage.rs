//! `lazaret reap` and what Podman keeps in its storage of a container whose creation was cut off (48).
#![expect(
    clippy::indexing_slicing,
    reason = "a document without the field fails the test"
)]

use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::harness::{Engine, Lazaret, podman, repository};
use crate::reap::fate;

/// Podman with storage of its own, in which every container is cut off: its database knows none.
struct Elsewhere {
    podman: &'static Engine,
    folder: tempfile::TempDir,
}

const IMAGE: &str = "localhost/lazaret-test/bash:5.2";

impl Elsewhere {
    fn new(podman: &'static Engine, names: &[(&str, u64)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let elsewhere = Self { podman, folder };
        elsewhere.load();
        for (name, _) in names {
            elsewhere.ask(&["create", "--name", name, "--network", "none", IMAGE, "true"]);
        }
        for database in ["libpod/bolt_state.db", "db.sql"] {
            // Which of the two there is depends on Podman's version.
            let _ = std::fs::remove_file(elsewhere.path("root").join(database));
        }
        elsewhere.date(names);
        assert_eq!(elsewhere.ask(&["ps", "--all", "--quiet"]), "");
        elsewhere
    }

    fn path(&self, part: &str) -> std::path::PathBuf {
        self.folder.path().join(part)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let program = repository().join("fixtures/engine/podman-elsewhere");
        let mut command = self.podman.program(&program);
        command
            .args(arguments)
            .env("PODMAN_ELSEWHERE", self.folder.path());
        command
    }

    fn ask(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().expect("podman starts");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {stderr}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn load(&self) {
        let mut save = self.podman.command(&["save", "--quiet", IMAGE]);
        let mut save = save.stdout(Stdio::piped()).spawn().expect("podman starts");
        let image = save.stdout.take().expect("a pipe");
        let loaded = self.command(&["load", "--quiet"]).stdin(image).output();
        assert!(loaded.expect("podman starts").status.success());
        save.wait().expect("podman ends");
    }

    /// Says of each that it was created at that time.
    fn date(&self, names: &[(&str, u64)]) {
        let path = self.path("root/overlay-containers/containers.json");
        let text = std::fs::read_to_string(&path).expect("the storage's list");
        let mut rows: Value = serde_json::from_str(&text).expect("a list");
        for row in rows.as_array_mut().expect("a list") {
            let name = row["names"][0].as_str().expect("a name");
            let created = names.iter().find(|(named, _)| *named == name);
            let created = created.expect("one of ours").1;
            let time = jiff::Timestamp::from_second(i64::try_from(created).expect("a time"));
            row["created"] = json!(time.expect("a time").to_string());
        }
        std::fs::write(&path, rows.to_string()).expect("written");
    }

    fn reap(&self, arguments: &[&str]) -> Value {
        let program = repository().join("fixtures/engine/podman-elsewhere");
        Lazaret::new(self.podman)
            .args(&["reap", "--engine", program.to_str().expect("UTF-8")])
            .args(arguments)
            .env(
                "PODMAN_ELSEWHERE",
                self.folder.path().to_str().expect("UTF-8"),
            )
            .json()
    }

    /// The names of all that is kept.
    fn kept(&self) -> String {
        self.ask(&["ps", "--all", "--external", "--format", "{{.Names}}"])
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        // The storage is a mount of its own; a folder with one could not be removed.
        let storage = self.path("root/overlay");
        let _ = Command::new("umount")
            .arg(storage)
            .stderr(Stdio::null())
            .status();
    }
}

fn name(seconds: u64) -> String {
    let time = uuid::Timestamp::from_unix(uuid::NoContext, seconds, 0);
    format!("lazaret-{}", uuid::Uuid::new_v7(time))
}

#[test]
fn what_podman_keeps_of_a_container_that_was_never_made_goes() {
    let Some(podman) = podman() else { return };
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.unwrap_or(Duration::ZERO).as_secs();
    let yesterday = now - 86_400;
    let (cut_off, unfinished, misnamed) = (name(yesterday), name(now), name(now - 40_000));
    let look_alike = "lazaret-look-alike";
    let elsewhere = Elsewhere::new(
        podman,
        &[
            (&cut_off, yesterday),
            (&unfinished, now),
            // A name of ours that somebody gave to a container of another time.
            (&misnamed, yesterday),
            (look_alike, yesterday),
        ],
    );

    let shown = elsewhere.reap(&["--dry-run"]);
    let told = fate(&shown, &cut_off).expect("listed");
    assert_eq!(
        (&told["state"], &told["claim"]["kind"]),
        (&"storage".into(), &"cut-off".into())
    );
    assert_eq!(told["removed"], Value::Null, "a dry run removes nothing");
    assert!(elsewhere.kept().contains(&cut_off));

    let done = elsewhere.reap(&[]);
    assert_eq!(
        fate(&done, &cut_off).expect("listed")["removed"],
        true,
        "{done:#}"
    );
    let left = fate(&done, &unfinished).expect("listed");
    assert_eq!(
        (&left["claim"]["kind"], &left["removed"]),
        (&"unfinished".into(), &Value::Null)
    );
    assert!(
        fate(&done, &misnamed).is_none() && fate(&done, look_alike).is_none(),
        "{done:#}"
    );
    let kept = elsewhere.kept();
    assert!(!kept.contains(&cut_off), "{kept}");
    for name in [unfinished.as_str(), &misnamed, look_alike] {
        assert!(kept.contains(name), "{name}: {kept}");
    }
}
