//! What Podman keeps of a container whose creation was cut off: a layer in its storage under our
//! name, of which `podman ps` says nothing without `--external`. It runs nothing, and its name can
//! not be used again.
//!
//! Podman keeps no labels of it. Ours is therefore only what has a name as we make them, with a time
//! in it that fits the time at which it was created, and nobody waits for it when no run takes so
//! long. Docker has nothing of the kind.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Deserialize;

use super::error::said;
use super::owner::{Claim, id_of};
use super::reap::Leftover;
use super::{Engine, EngineError, Patience};
use crate::plan::Dialect;

/// A row of `podman ps --external --format json`, as far as it matters.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Row {
    id: String,
    #[serde(default)]
    names: Option<Vec<String>>,
    state: String,
    /// Seconds since 1970.
    created: i64,
}

const LIST: [&str; 7] = [
    "ps",
    "--all",
    "--external",
    "--format",
    "json",
    "--filter",
    "name=lazaret-",
];

impl Engine {
    /// What is kept of containers of ours. `longest` is more than any run takes from its request to
    /// its end, pulls included.
    pub(super) async fn kept(
        &self,
        longest: Duration,
        patience: &Patience,
    ) -> Result<Vec<Leftover>, EngineError> {
        if self.dialect != Dialect::Podman {
            return Ok(Vec::new());
        }
        let answer = self.ask(&LIST, patience.command).await?;
        let unclear = |words: &[u8]| EngineError::Unreachable {
            said: said(words),
            hint: "see to its service, then try again",
        };
        if !answer.success {
            return Err(unclear(&answer.stderr));
        }
        kept(&answer.stdout, longest, SystemTime::now()).ok_or_else(|| unclear(&answer.stdout))
    }

    /// Removes it and verifies that it is gone.
    pub(super) async fn remove_kept(&self, leftover: &mut Leftover, patience: &Patience) {
        let asked = self
            .ask(&["rm", "--force", &leftover.container], patience.command)
            .await;
        let words = match asked {
            Ok(answer) => said(&answer.stderr),
            Err(error) => error.to_string(),
        };
        // Whatever its age: it is there or not.
        let there = self.kept(Duration::ZERO, patience).await;
        let is_it = |kept: &Leftover| kept.container == leftover.container;
        let gone = there.is_ok_and(|kept| !kept.iter().any(is_it));
        leftover.removed = Some(gone);
        leftover.detail = if gone {
            "removed; its absence was verified".to_owned()
        } else {
            let (program, id) = (&self.program, &leftover.container);
            format!("it may still be there: {words}; remove it by hand: {program} rm --force {id}")
        };
    }
}

/// `None` if that is no list: what cannot be read may hold anything. A row of another form is none of
/// ours.
fn kept(listed: &[u8], longest: Duration, now: SystemTime) -> Option<Vec<Leftover>> {
    // Some versions print `null` for an empty list.
    let rows: Option<Vec<serde_json::Value>> = serde_json::from_slice(listed).ok()?;
    let rows = rows.unwrap_or_default().into_iter();
    let rows = rows.filter_map(|row| serde_json::from_value(row).ok());
    Some(rows.filter_map(|row| leftover(row, longest, now)).collect())
}

/// A clock that was read twice, and a whole second of rounding.
const ROUNDING: Duration = Duration::from_secs(2);

fn leftover(row: Row, longest: Duration, now: SystemTime) -> Option<Leftover> {
    if !row.state.eq_ignore_ascii_case("storage") {
        return None;
    }
    let name = row.names?.into_iter().next()?;
    let (seconds, _) = id_of(&name)?.get_timestamp()?.to_unix();
    let named = UNIX_EPOCH + Duration::from_secs(seconds);
    let created = UNIX_EPOCH + Duration::from_secs(u64::try_from(row.created).ok()?);
    let waited = (created + ROUNDING).duration_since(named).ok()?;
    // Longer than any pull: somebody else gave it an old name of ours.
    if waited > WAITS + ROUNDING {
        return None;
    }
    let age = now.duration_since(created).unwrap_or_default();
    let claim = if age > longest {
        Claim::CutOff
    } else {
        Claim::Unfinished
    };
    Some(Leftover {
        container: row.id,
        name,
        state: "storage".to_owned(),
        detail: claim.to_string(),
        claim,
        removed: None,
    })
}

/// From a request to its container, at most: a pull, and two starts.
const WAITS: Duration = Duration::from_secs(3600);

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-21 22:25:32, as its name says too.
    const NAME: &str = "lazaret-01a20036-f8bc-7db6-a4aa-94705e54ea75";
    const CREATED: u64 = 1_795_299_932;

    fn listed(name: &str, state: &str, created: u64) -> Vec<u8> {
        // As Podman 4.3.1 prints it, but for fields that nobody reads.
        let row = serde_json::json!([{
            "Command": ["storage"], "Created": created, "Id": "d6006e08", "Labels": null,
            "Names": [name], "State": state, "Status": "Storage",
        }]);
        row.to_string().into_bytes()
    }

    fn claimed(listed: &[u8], age: u64) -> Option<Claim> {
        let now = UNIX_EPOCH + Duration::from_secs(CREATED + age);
        let found = kept(listed, Duration::from_secs(400), now);
        found
            .expect("a list")
            .into_iter()
            .next()
            .map(|leftover| leftover.claim)
    }

    #[test]
    fn it_is_left_alone_until_no_run_could_wait_for_it() {
        let ours = listed(NAME, "storage", CREATED);
        assert_eq!(claimed(&ours, 1), Some(Claim::Unfinished));
        assert_eq!(claimed(&ours, 400), Some(Claim::Unfinished));
        assert_eq!(claimed(&ours, 401), Some(Claim::CutOff));
        assert!(Claim::CutOff.permits_removal() && !Claim::Unfinished.permits_removal());
    }

    #[test]
    fn what_only_looks_like_ours_is_not() {
        let old = 9999;
        for name in [
            "lazaret-test",
            "web",
            // A version 4 has no time, and we make none.
            "lazaret-b0a3ff7c-1a2c-45a1-81fd-28ec1a6a1bef",
            // Another time than that of its creation.
            "lazaret-01a1ff7c-1a2c-75a1-81fd-28ec1a6a1bef",
        ] {
            assert_eq!(
                claimed(&listed(name, "storage", CREATED), old),
                None,
                "{name}"
            );
        }
        for state in ["running", "created", "exited"] {
            assert_eq!(claimed(&listed(NAME, state, CREATED), old), None, "{state}");
        }
        // Created before it was named, and long after.
        for created in [CREATED - 60, CREATED + 7200] {
            assert_eq!(claimed(&listed(NAME, "storage", created), old), None);
        }
    }

    #[test]
    fn what_is_no_list_may_hold_anything() {
        let kept = |text: &str| kept(text.as_bytes(), Duration::ZERO, UNIX_EPOCH);
        for none in ["null", "[]", "[{\"Id\": 1}]", "[7]"] {
            assert_eq!(kept(none), Some(Vec::new()), "{none}");
        }
        for unclear in ["", "{}", "Error: no", "[{\"Id\": \"cut off"] {
            assert_eq!(kept(unclear), None, "{unclear}");
        }
    }
}
