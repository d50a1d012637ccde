//! Files of policy laid over each other and over the defaults, each value with its origin.
//!
//! The administrator's file comes first and binds: a `max` that it names is a ceiling for every later
//! file, and what it lists under `lock` no later file may name. All mistakes of all files are told
//! together, each with its line.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;

use toml::de::{DeTable, DeValue};

use super::key::{Given, KEYS, Key, PAIRS, Pair, keys, quoted, typed};
use super::known::nearest;
use super::{Level, Network, Policy, Seccomp};
use crate::language::Language;

/// Whose file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// The administrator of the machine: binds the others.
    Administrator,
    /// The user.
    User,
    /// Whoever called Lazaret, by `--policy` or `LAZARET_POLICY`.
    Caller,
}

/// A file of policy that has been read.
#[derive(Debug, Clone)]
pub struct Source {
    /// Whose it is.
    pub owner: Owner,
    /// Where it stands.
    pub path: PathBuf,
    /// What it says.
    pub text: String,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The file.
    pub path: PathBuf,
    /// The line, 1-based.
    pub line: usize,
    /// It cannot be named again by a later file.
    pub locked: bool,
}

/// A mistake in a file of policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub path: PathBuf,
    /// The line, 1-based.
    pub line: usize,
    /// What is wrong, and what to do.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}: {}", self.line, self.message)
    }
}

/// The policy that holds, and where each value that differs from the defaults comes from.
#[derive(Debug, Clone)]
pub struct Layered {
    /// The policy.
    pub policy: Policy,
    /// By key, such as `limits.memory.max`; what is not here is built in.
    pub origins: BTreeMap<String, Origin>,
}

/// All of them, for a message.
pub(super) fn told(problems: &[Problem]) -> String {
    let line = |problem: &Problem| {
        let path = problem.path.display();
        format!("the policy {path} is not valid: {problem}")
    };
    problems.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Lays the files over the defaults, in this order. Of rules only those of `rules` may be named, where
/// it is given.
///
/// # Errors
/// Every mistake in every file.
pub fn layer(sources: &[Source], rules: Option<&[&str]>) -> Result<Layered, Vec<Problem>> {
    let mut pile = Pile {
        policy: Policy::default(),
        origins: BTreeMap::new(),
        ceilings: None,
        locks: BTreeSet::new(),
        problems: Vec::new(),
        rules,
    };
    for source in sources {
        pile.add(source);
    }
    if !pile.problems.is_empty() {
        return Err(pile.problems);
    }
    pile.policy.ceilings = ceilings(&pile.origins);
    Ok(Layered {
        policy: pile.policy,
        origins: pile.origins,
    })
}

/// A policy without a file, as callers of the library make it, has no place to name.
fn ceilings(origins: &BTreeMap<String, Origin>) -> super::Ceilings {
    let unnamed = |origin: &Origin| origin.path.as_os_str().is_empty();
    let places = origins
        .iter()
        .filter(|(name, origin)| name.strip_suffix(".max").is_some() && !unnamed(origin));
    let place = |origin: &Origin| {
        let path = crate::text::single_line(&origin.path.display().to_string());
        format!("{path}:{}", origin.line)
    };
    super::Ceilings(
        places
            .map(|(name, origin)| (name.clone(), place(origin)))
            .collect(),
    )
}

/// What binds later files.
struct Ceilings {
    policy: Policy,
    named: BTreeSet<String>,
    path: PathBuf,
}

struct Pile<'a> {
    policy: Policy,
    origins: BTreeMap<String, Origin>,
    ceilings: Option<Ceilings>,
    locks: BTreeSet<String>,
    problems: Vec<Problem>,
    rules: Option<&'a [&'a str]>,
}

/// A value with the whole name of its key.
struct Leaf<'a, 'b> {
    name: String,
    given: &'b Given<'a>,
    line: usize,
}

impl Pile<'_> {
    fn add(&mut self, source: &Source) {
        let earlier = self.problems.len();
        let (table, errors) = DeTable::parse_recoverable(&source.text);
        let mut torn = BTreeSet::new();
        for error in errors {
            let start = error.span().map_or(0, |span| span.start);
            let line = line_of(&source.text, start);
            // What follows from a slip of the pen is not a second one.
            if torn.insert(line) {
                self.problem(source, line, error.message().to_owned());
            }
        }
        let leaves = leaves(table.get_ref(), &source.text);
        let mut lines = BTreeMap::new();
        for leaf in leaves.iter().filter(|leaf| !torn.contains(&leaf.line)) {
            match self.read(leaf, source) {
                Ok(()) => {
                    lines.insert(leaf.name.clone(), leaf.line);
                }
                Err(message) => {
                    self.problem(source, leaf.line, format!("{}: {message}", leaf.name));
                }
            }
        }
        let moved = self.settle_pairs(source, &lines);
        self.refuse_zeros(source, &lines);
        self.remember(source, &lines);
        for (name, line) in moved {
            let origin = self.origin(source, name, line);
            self.origins.insert(name.to_owned(), origin);
        }
        let mut own = self.problems.split_off(earlier);
        own.sort_by_key(|problem| problem.line);
        self.problems.append(&mut own);
    }

    fn problem(&mut self, source: &Source, line: usize, message: String) {
        self.problems.push(Problem {
            path: source.path.clone(),
            line,
            message,
        });
    }

    fn read(&mut self, leaf: &Leaf<'_, '_>, source: &Source) -> Result<(), String> {
        if leaf.name == "lock" {
            return check_lock(leaf, source);
        }
        if let Some(lock) = self.locks.iter().find(|lock| covers(lock, &leaf.name)) {
            let holder = self.administrators();
            return Err(format!("{holder} has locked `{lock}`; take the line out"));
        }
        match leaf.name.split_once('.') {
            Some(("images", language)) => self.image(language, leaf.given),
            Some(("rules", rule)) => self.rule(rule, leaf.given),
            _ => match find(&leaf.name) {
                Some(key) => (key.read)(&mut self.policy, leaf.given),
                None => Err(unknown(&leaf.name)),
            },
        }
    }

    fn image(&mut self, language: &str, given: &Given<'_>) -> Result<(), String> {
        if Language::by_name(language).is_none() {
            let names = Language::names();
            return Err(format!("no such language; there are: {names}"));
        }
        let image: String = typed(given)?;
        super::image::check(&image)?;
        self.policy.images.insert(language.to_owned(), image);
        Ok(())
    }

    fn rule(&mut self, rule: &str, given: &Given<'_>) -> Result<(), String> {
        if self.rules.is_some_and(|known| !known.contains(&rule)) {
            let known = self.rules.unwrap_or_default().iter().copied();
            let meant = nearest(rule, known)
                .map_or_else(String::new, |near| format!("did you mean `{near}`? "));
            return Err(format!(
                "there is no such rule; {meant}`lazaret rules` lists them all"
            ));
        }
        let level: Level = typed(given)?;
        self.policy.rules.insert(rule.to_owned(), level);
        Ok(())
    }

    /// A file that names one of the two moves the other with it where it must: a default above the
    /// ceiling raises the ceiling, a ceiling below the default lowers the default. The keys that moved,
    /// each with the line that moved it.
    fn settle_pairs(
        &mut self,
        source: &Source,
        lines: &BTreeMap<String, usize>,
    ) -> Vec<(&'static str, usize)> {
        let mut moved = Vec::new();
        for pair in &PAIRS {
            let line = |key: &Key| lines.get(key.name).copied();
            let (default, max) = (line(&pair.default), line(&pair.max));
            let Some(at) = default.or(max) else { continue };
            let before = self.policy.clone();
            match (default, max, (pair.is_crossed)(&self.policy)) {
                (Some(_), None, true) => {
                    (pair.raise_max)(&mut self.policy);
                    moved.push((pair.max.name, at));
                }
                (None, Some(_), true) => {
                    (pair.lower_default)(&mut self.policy);
                    moved.push((pair.default.name, at));
                }
                (Some(_), Some(_), true) => {
                    let name = pair.default.name.trim_end_matches(".default");
                    let words = "the default is above the max; lower the one or raise the other";
                    self.problem(source, at, format!("{name}: {words}"));
                }
                _ => {}
            }
            if let Some(message) = self.beyond_ceiling(pair) {
                self.policy = before;
                self.problem(source, max.unwrap_or(at), message);
            }
        }
        moved
    }

    fn beyond_ceiling(&self, pair: &Pair) -> Option<String> {
        let ceilings = self.ceilings.as_ref()?;
        let is_beyond = ceilings.named.contains(pair.max.name)
            && (pair.permits_more)(&self.policy, &ceilings.policy);
        is_beyond.then(|| {
            let shown = |policy: &Policy| (pair.max.show)(policy).unwrap_or_default();
            format!(
                "{}: {} is more than {} permits ({}); write no more than that",
                pair.max.name,
                shown(&self.policy),
                ceilings.path.display(),
                shown(&ceilings.policy),
            )
        })
    }

    /// Engines and tmpfs take zero for "no limit".
    fn refuse_zeros(&mut self, source: &Source, lines: &BTreeMap<String, usize>) {
        let limits = &self.policy.limits;
        let values = [
            ("memory", limits.memory.default.get()),
            ("pids", limits.pids.default),
            ("open_files", limits.open_files.default),
            ("work", limits.work.default.get()),
            ("tmp", limits.tmp.default.get()),
            ("shm", limits.shm.default.get()),
        ];
        for (name, value) in values {
            let line = ["default", "max"]
                .iter()
                .find_map(|end| lines.get(&format!("limits.{name}.{end}")));
            if let (0, Some(line)) = (value, line) {
                let words = "0 would be no limit at all; write more than 0";
                self.problem(source, *line, format!("limits.{name}: {words}"));
            }
        }
    }

    fn remember(&mut self, source: &Source, lines: &BTreeMap<String, usize>) {
        if source.owner == Owner::Administrator {
            self.locks = locked(&source.text);
            self.ceilings = Some(Ceilings {
                policy: self.policy.clone(),
                named: lines.keys().cloned().collect(),
                path: source.path.clone(),
            });
        }
        for (name, line) in lines {
            let origin = self.origin(source, name, *line);
            self.origins.insert(name.clone(), origin);
        }
    }

    fn origin(&self, source: &Source, name: &str, line: usize) -> Origin {
        Origin {
            path: source.path.clone(),
            line,
            locked: self.locks.iter().any(|lock| covers(lock, name)),
        }
    }

    fn administrators(&self) -> String {
        let path = self.ceilings.as_ref().map(|ceilings| &ceilings.path);
        path.map_or_else(String::new, |path| path.display().to_string())
    }
}

/// A lock holds for the files after this one.
fn check_lock(leaf: &Leaf<'_, '_>, source: &Source) -> Result<(), String> {
    if source.owner != Owner::Administrator {
        let words = "only the administrator's policy can lock keys; take the line out";
        return Err(words.to_owned());
    }
    let names: Vec<String> = typed(leaf.given)?;
    let lockable = |name: &String| {
        keys().any(|key| covers(name, key.name)) || KEYS.iter().any(|key| covers(key.name, name))
    };
    match names.iter().find(|name| !lockable(name)) {
        Some(name) => Err(unknown(name)),
        None => Ok(()),
    }
}

/// The keys that a file locks; that they make sense has been seen to.
fn locked(text: &str) -> BTreeSet<String> {
    let (table, _) = DeTable::parse_recoverable(text);
    let leaves = leaves(table.get_ref(), text);
    let lock = leaves.iter().find(|leaf| leaf.name == "lock");
    lock.and_then(|leaf| typed(leaf.given).ok())
        .unwrap_or_default()
}

/// `limits.memory` covers itself and `limits.memory.max`.
fn covers(lock: &str, name: &str) -> bool {
    name.strip_prefix(lock)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn find(name: &str) -> Option<&'static Key> {
    keys().find(|key| key.name == name)
}

fn unknown(name: &str) -> String {
    let is_pair = PAIRS
        .iter()
        .any(|pair| pair.default.name.trim_end_matches(".default") == name);
    if is_pair {
        return "write { default = …, max = … }, or one of the two".to_owned();
    }
    nearest(name, keys().map(|key| key.name)).map_or_else(
        || "there is no such key; `lazaret policy show` lists them all".to_owned(),
        |near| format!("there is no such key; did you mean `{near}`?"),
    )
}

/// Every value that is no table, in the order of the file. Tables nest as deep as the TOML parser
/// permits, far deeper than any key.
fn leaves<'a, 'b>(table: &'b DeTable<'a>, text: &str) -> Vec<Leaf<'a, 'b>> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), table)];
    while let Some((prefix, table)) = open.pop() {
        for (key, given) in table {
            let name = format!("{prefix}{}", key.get_ref());
            match given.get_ref() {
                DeValue::Table(inner) => open.push((format!("{name}."), inner)),
                _ => found.push(Leaf {
                    name,
                    given,
                    line: line_of(text, key.span().start),
                }),
            }
        }
    }
    found.sort_by_key(|leaf| leaf.line);
    found
}

fn line_of(text: &str, at: usize) -> usize {
    let before = text.as_bytes().get(..at).unwrap_or_default();
    memchr::memchr_iter(b'\n', before).count() + 1
}

/// What an administrator should know of a policy that is valid: settings that weaken it.
#[must_use]
pub fn weaknesses(policy: &Policy) -> Vec<String> {
    let mut found = Vec::new();
    for language in &crate::language::LANGUAGES {
        let image = policy.image(language);
        if !image.contains("@sha256:") {
            found.push(format!(
                "images.{}: {} can come to mean another image; pin it: name@sha256:…",
                language.name,
                quoted(image)
            ));
        }
    }
    if !policy.accept.is_empty() {
        found.push(
            "accept: limits that do not hold are accepted; every result carries the breach"
                .to_owned(),
        );
    }
    match policy.network {
        // The only one yet; any other is a weakness, and must say which.
        Network::None => {}
    }
    if policy.engine.seccomp == Seccomp::Engine {
        found.push(
            "engine.seccomp: the engine's own profile lets through what no script needs".to_owned(),
        );
    }
    if !policy.audit.enabled {
        found.push("audit.enabled: nobody will know what ran".to_owned());
    } else if !policy.audit.required {
        found.push("audit.required: what cannot be logged runs all the same".to_owned());
    }
    if policy.audit.enabled && policy.audit.store {
        found.push(
            "audit.store: scripts and their outputs stay on this host's disk, in plain".to_owned(),
        );
    }
    for layer in &policy.checks_off {
        found.push(format!("checks.off: no script is checked for {layer}"));
    }
    for (rule, level) in &policy.rules {
        if *level != Level::Block {
            found.push(format!("rules.{rule}: {} lets it pass", level.name()));
        }
    }
    found
}

#[cfg(test)]
mod tests;
