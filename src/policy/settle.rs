//! What a request asks for, held against the policy: the limits of one run.

use std::time::Duration;

use serde::Serialize;

use super::{Bytes, Ceilings, Cpus, Limit, Policy, units};

/// What a caller would like moved. Nothing asked is the policy's default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Ask {
    /// Memory of the container.
    pub memory: Option<Bytes>,
    /// Swap beyond memory.
    pub swap: Option<Bytes>,
    /// CPUs.
    pub cpus: Option<Cpus>,
    /// Processes and threads.
    pub pids: Option<u64>,
    /// Time from delivery; beyond the ceiling it is clamped, and a notice says so.
    #[serde(serialize_with = "units::optional_seconds")]
    pub timeout: Option<Duration>,
    /// Size of `/tmp`.
    pub tmp: Option<Bytes>,
    /// Size of `/work`.
    pub work: Option<Bytes>,
    /// What is kept of each output stream.
    pub output: Option<Bytes>,
}

/// The limits of one run, settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(
    missing_docs,
    reason = "each field is documented at its namesake in LimitSettings"
)]
pub struct Limits {
    pub memory: Bytes,
    pub swap: Bytes,
    pub cpus: Cpus,
    pub cpu_shares: u64,
    pub pids: u64,
    pub open_files: u64,
    pub work: Bytes,
    pub tmp: Bytes,
    pub shm: Bytes,
    #[serde(serialize_with = "units::seconds")]
    pub timeout: Duration,
    pub output: Bytes,
}

/// Something the caller should know though nothing failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// Stable name, such as `timeout-clamped`.
    pub code: &'static str,
    /// For people.
    pub message: String,
}

/// A request that the policy does not permit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotPermitted {
    /// Beyond a ceiling.
    #[error(
        "{name} {asked} is more than this policy permits ({max}{by}); ask for less, or have the operator raise \
         limits.{name}.max"
    )]
    TooMuch {
        /// The limit.
        name: &'static str,
        /// What was asked for.
        asked: String,
        /// The ceiling.
        max: String,
        /// ` by FILE:LINE` where a file has set it, else nothing.
        by: String,
    },
    /// Engines take zero for "no limit".
    #[error("{name} 0 would be no limit at all; ask for more than 0")]
    Zero {
        /// The limit.
        name: &'static str,
    },
}

impl Policy {
    /// The limits of a run that asks for `ask`.
    ///
    /// # Errors
    /// A limit other than the timeout is asked for beyond its ceiling, or as zero.
    pub fn settle(&self, ask: &Ask) -> Result<(Limits, Vec<Notice>), NotPermitted> {
        let (settled, notice) = self.settled(ask).map_err(|error| self.with_origin(error))?;
        Ok((settled, notice.into_iter().collect()))
    }

    /// Whose ceiling it is.
    fn with_origin(&self, error: NotPermitted) -> NotPermitted {
        match error {
            NotPermitted::TooMuch {
                name, asked, max, ..
            } => NotPermitted::TooMuch {
                name,
                asked,
                max,
                by: self.ceilings.by(name),
            },
            zero @ NotPermitted::Zero { .. } => zero,
        }
    }

    fn settled(&self, ask: &Ask) -> Result<(Limits, Option<Notice>), NotPermitted> {
        let limits = &self.limits;
        let (timeout, notice) = clamp_timeout(limits.timeout, ask.timeout, &self.ceilings);
        let settled = Limits {
            memory: above_zero("memory", limits.memory, ask.memory)?,
            swap: within("swap", limits.swap, ask.swap)?,
            cpus: within("cpus", limits.cpus, ask.cpus)?,
            cpu_shares: limits.cpu_shares.default,
            pids: above_zero("pids", limits.pids, ask.pids)?,
            open_files: limits.open_files.default,
            work: above_zero("work", limits.work, ask.work)?,
            tmp: above_zero("tmp", limits.tmp, ask.tmp)?,
            shm: limits.shm.default,
            timeout,
            output: within("output", limits.output, ask.output)?,
        };
        Ok((settled, notice))
    }
}

fn within<T: PartialOrd + Copy + std::fmt::Display>(
    name: &'static str,
    limit: Limit<T>,
    ask: Option<T>,
) -> Result<T, NotPermitted> {
    match ask {
        Some(asked) if asked > limit.max => Err(NotPermitted::TooMuch {
            name,
            asked: asked.to_string(),
            max: limit.max.to_string(),
            by: String::new(),
        }),
        Some(asked) => Ok(asked),
        None => Ok(limit.default),
    }
}

fn above_zero<T: PartialOrd + Copy + std::fmt::Display + Default>(
    name: &'static str,
    limit: Limit<T>,
    ask: Option<T>,
) -> Result<T, NotPermitted> {
    match within(name, limit, ask)? {
        zero if zero == T::default() => Err(NotPermitted::Zero { name }),
        other => Ok(other),
    }
}

fn clamp_timeout(
    limit: Limit<Duration>,
    ask: Option<Duration>,
    ceilings: &Ceilings,
) -> (Duration, Option<Notice>) {
    let Some(asked) = ask else {
        return (limit.default, None);
    };
    if asked <= limit.max {
        return (asked, None);
    }
    let message = format!(
        "the timeout was clamped to {} s, the most this policy permits{}",
        limit.max.as_secs_f64(),
        ceilings.by("timeout"),
    );
    let notice = Notice {
        code: "timeout-clamped",
        message,
    };
    (limit.max, Some(notice))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asking_for_nothing_gives_the_defaults() {
        let (limits, notices) = Policy::default().settle(&Ask::default()).expect("limits");
        assert_eq!(limits.memory, Bytes::mib(512));
        assert_eq!(limits.timeout, Duration::from_secs(60));
        assert!(notices.is_empty());
    }

    #[test]
    fn a_timeout_beyond_the_ceiling_is_clamped_and_told() {
        let ask = Ask {
            timeout: Some(Duration::from_secs(900)),
            ..Ask::default()
        };
        let (limits, notices) = Policy::default().settle(&ask).expect("limits");
        assert_eq!(limits.timeout, Duration::from_secs(300));
        assert_eq!(
            notices.first().map(|notice| notice.code),
            Some("timeout-clamped")
        );
    }

    #[test]
    fn zero_is_no_limit_and_refused() {
        for ask in [
            Ask {
                memory: Some(Bytes::new(0)),
                ..Ask::default()
            },
            Ask {
                pids: Some(0),
                ..Ask::default()
            },
            Ask {
                work: Some(Bytes::new(0)),
                ..Ask::default()
            },
            Ask {
                tmp: Some(Bytes::new(0)),
                ..Ask::default()
            },
        ] {
            let refusal = Policy::default().settle(&ask).expect_err("a refusal");
            assert!(matches!(refusal, NotPermitted::Zero { .. }), "{refusal}");
        }
    }

    #[test]
    fn other_limits_beyond_their_ceilings_are_refused() {
        let ask = Ask {
            pids: Some(100_000),
            ..Ask::default()
        };
        let refusal = Policy::default().settle(&ask).expect_err("a refusal");
        assert_eq!(
            refusal.to_string(),
            "pids 100000 is more than this policy permits (1000); ask for less, or have the operator raise limits.pids.max"
        );
    }
}
