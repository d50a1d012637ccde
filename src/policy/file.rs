//! One policy file over the defaults, for callers who name their policy themselves.

use std::path::PathBuf;

use serde::Deserialize;

use super::layers::{Owner, Source, layer};
use super::{Policy, PolicyError};

/// The layers of `check`, which lies below this room.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
pub(super) enum LayerName {
    Size,
    Syntax,
    Secrets,
    Dangerous,
}

impl LayerName {
    pub(super) fn name(self) -> String {
        match self {
            Self::Size => "size",
            Self::Syntax => "syntax",
            Self::Secrets => "secrets",
            Self::Dangerous => "dangerous",
        }
        .to_owned()
    }
}

/// A policy from a file's text; of rules only those of `known` may be named, where it is given.
pub(super) fn read(text: &str, known: Option<&[&str]>) -> Result<Policy, PolicyError> {
    let source = Source {
        owner: Owner::Caller,
        path: PathBuf::new(),
        text: text.to_owned(),
    };
    match layer(&[source], known) {
        Ok(layered) => Ok(layered.policy),
        Err(problems) => {
            let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
            Err(PolicyError::Value(told.join("\n")))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::policy::{Accept, Bytes, Level, Limit};

    fn refusal(text: &str) -> String {
        Policy::from_toml(text).expect_err("a refusal").to_string()
    }

    #[test]
    fn an_empty_file_is_the_default_policy() {
        assert_eq!(Policy::from_toml("").expect("a policy"), Policy::default());
    }

    #[test]
    fn a_full_file_moves_what_it_names() {
        let policy = Policy::from_toml(
            "pull = 'never'\nchecks.off = ['dangerous']\naccept = ['memory', 'pids']\n[limits]\nmemory = { default = '1g' }\n\
             timeout = { max = 20 }\nstartup = '5s'\n[images]\npython = 'py@sha256:aa'\n\
             [engine]\ncommand = 'podman'\nruntime = 'runc'\n[rules]\npython-eval = 'warn'\n",
        )
        .expect("a policy");
        assert_eq!(
            policy.limits.memory,
            Limit::new(Bytes::mib(1024), Bytes::mib(4096))
        );
        assert_eq!(
            policy.limits.timeout,
            Limit::new(Duration::from_secs(20), Duration::from_secs(20))
        );
        assert_eq!(policy.level("python-eval", Level::Block), Level::Warn);
        assert_eq!(policy.engine.runtime.as_deref(), Some("runc"));
        assert!(policy.accept.contains(&Accept::Pids));
        assert!(policy.checks_off.contains("dangerous"));
    }

    #[test]
    fn unknown_keys_are_refused_with_their_line() {
        let message = refusal("[limits]\nmemroy = { default = '1g' }\n");
        assert!(
            message.contains("line 2") && message.contains("memroy"),
            "{message}"
        );
        assert!(refusal("sandbox = 'off'").contains("sandbox"));
        assert!(refusal("checks.off = ['all']").contains("dangerous"));
        assert!(refusal("[limits]\nmemory = { maximum = 1 }").contains("maximum"));
    }

    #[test]
    fn values_that_make_no_sense_are_refused() {
        assert!(refusal("[limits]\npids = { default = 9, max = 8 }").contains("limits.pids"));
        assert!(refusal("[limits]\nmemory = { default = 'lots' }").contains("512m"));
        assert!(refusal("[limits]\npids = { default = 0 }").contains("limits.pids"));
        assert!(refusal("[limits]\ntmp = { max = 0 }").contains("limits.tmp"));
        assert!(refusal("[images]\nperl = 'x'").contains("python, bash"));
        assert!(refusal("[images]\nbash = '--privileged'").contains("images.bash"));
        assert!(refusal("[engine]\ncommand = ''").contains("engine.command"));
    }

    #[test]
    fn shared_network_namespaces_are_refused() {
        for network in ["host", "container:x", "bridge"] {
            assert!(refusal(&format!("network = '{network}'")).contains("none"));
        }
    }
}
