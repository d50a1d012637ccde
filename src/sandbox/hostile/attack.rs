//! What is known of a hostile script: what it tries, under which limits, and what must come of it.

use std::time::Duration;

use serde_json::Value;

use crate::outcome::Status;
use crate::policy::{Accept, Bytes};

/// A hostile script and what must come of it.
#[derive(Debug)]
pub(super) struct Attack {
    /// Its name among those of its language.
    pub(super) name: &'static str,
    /// The name of its language.
    pub(super) language: &'static str,
    /// What it tries, for people.
    pub(super) tries: &'static str,
    pub(super) script: &'static str,
    pub(super) arguments: &'static [&'static str],
    /// Limits that it would overrun: without them it is not tried.
    pub(super) needs: &'static [Accept],
    pub(super) memory: Bytes,
    pub(super) timeout: Duration,
    /// What may come of it.
    pub(super) statuses: &'static [Status],
    /// How it shows that it got nothing.
    pub(super) held: Held,
    /// What mends it, where more is known than the story of the run.
    pub(super) mend: Option<&'static str>,
}

/// How a script that has run shows that it got nothing.
#[derive(Debug)]
pub(super) enum Held {
    /// By its status alone.
    Status,
    /// It says each of these words.
    Says(&'static [&'static str]),
    /// It never says that.
    NeverSays(&'static str),
    /// It prints exactly that.
    Prints(&'static str),
    /// It exits with that code.
    Exits(u8),
    /// A line for each thing it could do, and a last one `tried N`.
    InVain,
    /// As many bytes of it were counted, and at most what may be kept was.
    Counted(u64),
    /// The kernel's count of processes that it killed for memory is not zero.
    OomNoted,
    /// It prints a JSON document, of which this finds what it could do.
    Reports(fn(&Value) -> Vec<String>),
}

impl Attack {
    pub(super) const fn new(
        name: &'static str,
        language: &'static str,
        tries: &'static str,
        script: &'static str,
    ) -> Self {
        Self {
            name,
            language,
            tries,
            script,
            arguments: &[],
            needs: &[],
            memory: Bytes::mib(256),
            timeout: Duration::from_secs(60),
            statuses: &[Status::Succeeded],
            held: Held::Status,
            mend: None,
        }
    }

    /// The deadline must end it, which is that many seconds.
    pub(super) const fn times_out(mut self, seconds: u64) -> Self {
        self.timeout = Duration::from_secs(seconds);
        self.statuses = &[Status::TimedOut];
        self
    }

    /// It has that many seconds.
    pub(super) const fn timeout(mut self, seconds: u64) -> Self {
        self.timeout = Duration::from_secs(seconds);
        self
    }

    pub(super) const fn ends(mut self, statuses: &'static [Status]) -> Self {
        self.statuses = statuses;
        self
    }

    pub(super) const fn held(mut self, held: Held) -> Self {
        self.held = held;
        self
    }

    pub(super) const fn argument(mut self, arguments: &'static [&'static str]) -> Self {
        self.arguments = arguments;
        self
    }

    /// It overruns these limits.
    pub(super) const fn overruns(mut self, limits: &'static [Accept]) -> Self {
        self.needs = limits;
        self
    }

    pub(super) const fn memory(mut self, mebibytes: u64) -> Self {
        self.memory = Bytes::mib(mebibytes);
        self
    }

    pub(super) const fn mend(mut self, mend: &'static str) -> Self {
        self.mend = Some(mend);
        self
    }

    /// The id of its check, such as `hostile-fork-bomb-python`.
    pub(super) fn id(&self) -> String {
        format!("hostile-{}-{}", self.name, self.language)
    }

    pub(super) fn needs(&self, limit: &str) -> bool {
        self.needs.iter().any(|needed| needed.name() == limit)
    }
}
