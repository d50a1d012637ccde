use super::*;
use crate::policy::{Bytes, Limit};

fn source(owner: Owner, text: &str) -> Source {
    let path = PathBuf::from(match owner {
        Owner::Administrator => "/etc/lazaret/policy.toml",
        Owner::User => "/home/u/policy.toml",
        Owner::Caller => "/tmp/policy.toml",
    });
    let text = text.to_owned();
    Source { owner, path, text }
}

fn layered(texts: &[(Owner, &str)]) -> Result<Layered, Vec<String>> {
    let sources: Vec<Source> = texts
        .iter()
        .map(|(owner, text)| source(*owner, text))
        .collect();
    layer(&sources, Some(&["python-eval"]))
        .map_err(|problems| problems.iter().map(ToString::to_string).collect())
}

#[test]
fn later_files_move_what_they_name_and_origins_tell() {
    let layered = layered(&[
        (
            Owner::Administrator,
            "[limits]\nmemory = { max = '2g' }\npids.default = 50\n",
        ),
        (
            Owner::User,
            "pull = 'never'\n[limits]\nmemory = { default = '1g' }\n",
        ),
        (Owner::Caller, "pull = 'always'\n"),
    ])
    .expect("a policy");
    let limits = &layered.policy.limits;
    assert_eq!(
        limits.memory,
        Limit::new(Bytes::mib(1024), Bytes::mib(2048))
    );
    assert_eq!(limits.pids, Limit::new(50, 1000));
    let origin = |key: &str| {
        let origin = &layered.origins[key];
        (origin.path.display().to_string(), origin.line)
    };
    assert_eq!(
        origin("limits.memory.max"),
        ("/etc/lazaret/policy.toml".to_owned(), 2)
    );
    assert_eq!(
        origin("limits.memory.default"),
        ("/home/u/policy.toml".to_owned(), 3)
    );
    assert_eq!(origin("pull"), ("/tmp/policy.toml".to_owned(), 1));
    assert!(!layered.origins.contains_key("network"));
}

#[test]
fn ceilings_of_the_administrator_bind_later_files() {
    let administrator = (Owner::Administrator, "[limits]\nmemory = { max = '2g' }\n");
    for text in ["limits.memory.max = '3g'", "limits.memory.default = '3g'"] {
        let problems = layered(&[administrator, (Owner::User, text)]).expect_err("refused");
        assert!(
            problems[0].contains("\"3g\" is more than /etc/lazaret/policy.toml"),
            "{problems:?}"
        );
    }
    // What only the defaults bound, a later file may raise.
    let raised = layered(&[administrator, (Owner::User, "limits.pids.max = 5000")]);
    assert_eq!(raised.expect("a policy").policy.limits.pids.max, 5000);
}

#[test]
fn locked_keys_cannot_be_named_again() {
    let administrator = (
        Owner::Administrator,
        "lock = ['images', 'checks.off', 'rules.python-eval', 'limits.timeout']\npull = 'never'",
    );
    for text in [
        "images.python = 'x'",
        "checks.off = []",
        "rules.python-eval = 'off'",
        "limits.timeout.default = 1",
    ] {
        let problems = layered(&[administrator, (Owner::Caller, text)]).expect_err("refused");
        assert!(problems[0].contains("has locked"), "{problems:?}");
    }
    assert!(layered(&[administrator, (Owner::Caller, "pull = 'missing'")]).is_ok());
    let problems = layered(&[(Owner::User, "lock = ['pull']")]).expect_err("refused");
    assert!(
        problems[0].contains("only the administrator"),
        "{problems:?}"
    );
    let problems = layered(&[(Owner::Administrator, "lock = ['pul']")]).expect_err("refused");
    assert!(problems[0].contains("`pull`"), "{problems:?}");
}

#[test]
fn every_mistake_is_told_with_its_line() {
    let text = "pull = 'sometimes'\n[limits]\nmemroy = { default = '1g' }\npids = { default = 9, max = 8 }\nmemory = '1g'\n[rules]\npython-evil = 'off'\n";
    let problems = layered(&[(Owner::User, text)]).expect_err("refused");
    let starts = [
        "line 1: pull",
        "line 3: limits.memroy.default",
        "line 4: limits.pids",
        "line 5: limits.memory",
        "line 7: rules.python-evil",
    ];
    for start in starts {
        assert!(
            problems.iter().any(|problem| problem.starts_with(start)),
            "{start}: {problems:#?}"
        );
    }
    assert_eq!(problems.len(), starts.len(), "{problems:#?}");
}

#[test]
fn what_is_no_toml_has_a_line_too() {
    let problems = layered(&[(Owner::User, "pull = 'never'\n[limits\n")]).expect_err("refused");
    assert!(problems[0].starts_with("line 2:"), "{problems:?}");
}
