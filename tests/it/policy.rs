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

#[test]
fn weak_settings_are_valid_and_warned_of() {
    let ran = check("accept = [\"memory\"]\nchecks.off = [\"secrets\"]\naudit.enabled = false\n");
    assert_eq!(ran.status.code(), Some(0));
    let told = text(&ran.stdout);
    for weakness in ["accept:", "checks.off:", "audit.enabled:", "images.python:"] {
        assert!(told.contains(weakness), "{weakness}: {told}");
    }
}
