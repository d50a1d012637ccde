//! Policy in layers: the administrator's file, the user's, the caller's.
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A machine with files of its own in /etc/lazaret: an overlay in a mount namespace that only its
/// commands see.
struct Machine {
    folder: tempfile::TempDir,
}

impl Machine {
    fn new(administrators: &str, users: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let machine = Self { folder };
        for part in ["upper/lazaret", "work", "home/.config/lazaret", "here"] {
            std::fs::create_dir_all(machine.path(part)).expect("a folder");
        }
        std::fs::write(machine.path("upper/lazaret/policy.toml"), administrators).expect("a file");
        std::fs::write(machine.path("home/.config/lazaret/policy.toml"), users).expect("a file");
        machine
    }

    fn path(&self, part: &str) -> PathBuf {
        self.folder.path().join(part)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let script = r#"mount -t tmpfs none "$1/work" && mkdir "$1/work/u" "$1/work/w" && cp -a "$1/upper/." "$1/work/u" &&
            mount -t overlay none -o "lowerdir=/etc,upperdir=$1/work/u,workdir=$1/work/w" /etc && cd "$1/here" && shift && exec "$@""#;
        Command::new("unshare")
            .args([
                "--mount",
                "--propagation",
                "private",
                "sh",
                "-c",
                script,
                "sh",
            ])
            .arg(self.folder.path())
            .arg(env!("CARGO_BIN_EXE_lazaret"))
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path("home"))
            .output()
            .expect("unshare starts")
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn each_value_has_its_origin() {
    let machine = Machine::new(
        "lock = [\"pull\"]\npull = \"never\"\nlimits.memory.max = \"2g\"\n",
        "limits.memory.default = \"1g\"\n",
    );
    // A policy in the working directory is nobody's.
    std::fs::write(machine.path("here/policy.toml"), "pull = \"always\"").expect("a file");
    let shown = machine.run(&["policy", "show"]);
    let shown = text(&shown.stdout) + &text(&shown.stderr);
    for (value, origin) in [
        ("pull = \"never\" ", "# /etc/lazaret/policy.toml:2, locked"),
        (
            "limits.memory.max = \"2g\" ",
            "# /etc/lazaret/policy.toml:3",
        ),
        (
            "limits.memory.default = \"1g\" ",
            "/home/.config/lazaret/policy.toml:1",
        ),
        ("limits.pids.default = 100 ", "# built in"),
    ] {
        let line = shown.lines().find(|line| line.starts_with(value));
        assert!(
            line.is_some_and(|line| line.contains(origin)),
            "{value}: {shown}"
        );
    }
}

#[test]
fn what_the_administrator_binds_nobody_loosens() {
    let machine = Machine::new("lock = [\"checks.off\"]\nlimits.memory.max = \"2g\"\n", "");
    for (policy, words) in [
        ("checks.off = [\"dangerous\"]\n", "has locked `checks.off`"),
        (
            "limits.memory.max = \"3g\"\n",
            "\"3g\" is more than /etc/lazaret/policy.toml permits",
        ),
    ] {
        let file = machine.path("own.toml");
        std::fs::write(&file, policy).expect("a file");
        let script = machine.path("here/script.py");
        std::fs::write(&script, "print(1)\n").expect("a file");
        let file = file.to_str().expect("UTF-8");
        let ran = machine.run(&["run", "--policy", file, script.to_str().expect("UTF-8")]);
        assert_eq!(ran.status.code(), Some(2), "{}", text(&ran.stderr));
        assert!(text(&ran.stderr).contains(words), "{}", text(&ran.stderr));
    }
}

#[test]
fn an_administrators_file_that_others_may_write_to_binds_nobody_and_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let machine = Machine::new("pull = \"never\"\n", "");
    let file = machine.path("upper/lazaret/policy.toml");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o666)).expect("opened");
    let ran = machine.run(&["policy", "show"]);
    assert_eq!(ran.status.code(), Some(2));
    assert!(
        text(&ran.stderr).contains("chmod go-w /etc/lazaret/policy.toml"),
        "{}",
        text(&ran.stderr)
    );
}

/// `plan` and `payload` are of the same layers as `run`.
#[test]
fn a_plan_and_a_payload_are_of_all_layers() {
    let administrators = "limits.memory.max = \"256m\"\nlimits.timeout.max = 20\nimages.bash = \"the/administrators:1\"\n";
    let machine = Machine::new(
        administrators,
        "limits.pids.default = 7\nlimits.grace = 3\n",
    );
    let own = machine.path("own.toml");
    std::fs::write(&own, "limits.work.default = \"5m\"\n").expect("a file");
    let own = own.to_str().expect("UTF-8");
    let planned = machine.run(&["plan", "bash", "--engine", "docker", "--policy", own]);
    let line = text(&planned.stdout);
    assert!(planned.status.success(), "{}", text(&planned.stderr));
    for word in [
        "--memory 256m",
        "--pids-limit 7",
        "size=5m",
        "the/administrators:1",
    ] {
        assert!(line.contains(word), "{word}: {line}");
    }
    let script = machine.path("here/script.py");
    std::fs::write(&script, "print(1)\n").expect("a file");
    let script = script.to_str().expect("UTF-8");
    let payload = machine.run(&["payload", "--timeout", "900", script]);
    let payload = text(&payload.stdout);
    let header: Vec<&str> = payload
        .lines()
        .find(|line| line.starts_with("lazaret-payload/"))
        .unwrap_or_default()
        .split(' ')
        .collect();
    // `lazaret-payload/1 NONCE TIMEOUT_MS GRACE_MS …`: clamped by the one, moved by the other.
    assert_eq!(
        header.get(2..4),
        Some(["20000", "3000"].as_slice()),
        "{payload}"
    );
    for command in [["plan", "python"], ["payload", script]] {
        let mut words = command.to_vec();
        words.extend(["--memory", "1g"]);
        if command[0] == "plan" {
            words.extend(["--engine", "docker"]);
        }
        let refused = machine.run(&words);
        assert_eq!(refused.status.code(), Some(2), "{words:?}");
        let told = text(&refused.stderr);
        assert!(
            told.contains("256m by /etc/lazaret/policy.toml:1"),
            "{told}"
        );
    }
}

/// What a run asks for beyond a ceiling is refused or clamped, and the result says by whose.
#[test]
fn a_ceiling_is_told_with_its_file() {
    let machine = Machine::new("limits.memory.max = \"256m\"\n", "limits.pids.max = 50\n");
    let script = machine.path("here/script.py");
    std::fs::write(&script, "print(1)\n").expect("a file");
    let script = script.to_str().expect("UTF-8");
    for (asked, words) in [
        (["--memory", "1g"], "(256m by /etc/lazaret/policy.toml:1)"),
        (["--pids", "60"], "(50 by "),
        (["--cpus", "99"], "(4);"),
    ] {
        let mut arguments = vec!["run", "--format", "json", script];
        arguments.extend(asked);
        let ran = machine.run(&arguments);
        let document: serde_json::Value = serde_json::from_slice(&ran.stdout).expect("a document");
        assert_eq!(
            (ran.status.code(), &document["status"]),
            (Some(2), &"invalid".into())
        );
        let message = document["message"].as_str().expect("words");
        assert!(message.contains(words), "{words}: {message}");
    }
}

/// A ceiling below the default lowers it, and a default above the ceiling raises that: where they moved
/// from is told.
#[test]
fn a_value_that_another_moved_has_its_origin() {
    let machine = Machine::new(
        "limits.memory.max = \"256m\"\n",
        "limits.pids.default = 5000\n",
    );
    let shown = text(&machine.run(&["policy", "show"]).stdout);
    for (value, origin) in [
        (
            "limits.memory.default = \"256m\" ",
            "# /etc/lazaret/policy.toml:1",
        ),
        (
            "limits.pids.max = 5000 ",
            "/home/.config/lazaret/policy.toml:1",
        ),
    ] {
        let line = shown.lines().find(|line| line.starts_with(value));
        assert!(
            line.is_some_and(|line| line.contains(origin)),
            "{value}: {shown}"
        );
    }
}

/// An empty `LAZARET_POLICY` and one in the working directory name nothing; both layers that stand in
/// fixed places are read without any.
#[test]
fn a_broken_layer_stops_every_command() {
    let machine = Machine::new("pull = 'never'\n", "network = \"host\"\n");
    let script = machine.path("here/script.py");
    std::fs::write(&script, "print(1)\n").expect("a file");
    let script = script.to_str().expect("UTF-8");
    for command in [
        vec!["run", script],
        vec!["check", script],
        vec!["plan", "--engine", "docker"],
        vec!["payload", script],
        vec!["policy", "show"],
        vec!["rules"],
        vec!["languages"],
        vec!["doctor"],
        vec!["reap"],
        vec!["history"],
        vec!["audit", "verify"],
    ] {
        let ran = machine.run(&command);
        assert_eq!(
            ran.status.code(),
            Some(2),
            "{command:?}: {}",
            text(&ran.stdout)
        );
        let told = text(&ran.stderr);
        let names =
            told.contains("home/.config/lazaret/policy.toml") && told.contains("line 1: network");
        assert!(names, "{command:?}: {told}");
    }
}

fn check(text: &str) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    let file: &Path = &folder.path().join("policy.toml");
    std::fs::write(file, text).expect("a file");
    Command::new(env!("CARGO_BIN_EXE_lazaret"))
        .args(["policy", "check"])
        .arg(file)
        .output()
        .expect("lazaret starts")
}

#[test]
fn every_mistake_of_a_file_has_its_line() {
    let ran =
        check("pull = \"sometimes\"\n\n[limits]\nmemroy.max = 1\n[rules]\npython-evil = \"off\"\n");
    assert_eq!(ran.status.code(), Some(1));
    let told = text(&ran.stdout);
    for mistake in [
        ":1: error: pull",
        ":4: error: limits.memroy.max",
        ":6: error: rules.python-evil",
    ] {
        assert!(told.contains(mistake), "{mistake}: {told}");
    }
    assert_eq!(told.lines().count(), 3, "{told}");
}

/// What is no TOML hides nothing of what is.
#[test]
fn every_slip_of_the_pen_has_its_line_too() {
    let ran = check(
        "pull = 'never\naccept = [\"all\"]\n[limits]\npids.max = = 3\nmemory.max = 'lots'\n[engine]\ncomand = 'x'\n",
    );
    assert_eq!(ran.status.code(), Some(1));
    let told = text(&ran.stdout);
    for line in [
        ":1: error: ",
        ":2: error: accept",
        ":4: error: ",
        ":5: error: limits.memory.max",
        ":7: error: engine.comand",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
    assert_eq!(told.lines().count(), 5, "{told}");
}

#[test]
fn weak_settings_are_valid_and_warned_of() {
    let ran = check(
        "accept = [\"memory\"]\nchecks.off = [\"secrets\"]\naudit.enabled = false\nengine.seccomp = \"engine\"\nrules.python-eval = \"off\"\n",
    );
    assert_eq!(ran.status.code(), Some(0));
    let told = text(&ran.stdout);
    for weakness in [
        "accept:",
        "checks.off:",
        "audit.enabled:",
        "images.python:",
        "engine.seccomp:",
        "rules.python-eval:",
    ] {
        assert!(told.contains(weakness), "{weakness}: {told}");
    }
    // A network that scripts could use is no weak setting, there is none.
    assert_eq!(check("network = \"bridge\"\n").status.code(), Some(1));
    let digests = "images.python = \"p@sha256:00\"\nimages.bash = \"b@sha256:00\"\n";
    let told = text(&check(digests).stdout);
    assert!(!told.contains("warning"), "{told}");
}
