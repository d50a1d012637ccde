//! SARIF 2.1.0, the format of code scanners.
//!
//! Source: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html>.
//! One run, all rules with their manual, the results of every file in order. No source text is
//! quoted, so that no secret is; nothing in it depends on the time or the machine. Braces in
//! messages stay as they are: no message has arguments, and no reader known to us undoubles them.

mod shape;

use std::collections::{HashMap, HashSet};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use self::shape::{
    Artifact, ArtifactLocation, Configuration, Driver, Fingerprints, Id, Invocation, Location, Log,
    Notification, Override, PhysicalLocation, Properties, Region, ReportingDescriptor, Run,
    SarifResult, Tags, Text, Tool, linkless,
};
use super::fingerprint::fingerprints;
use crate::check::{Finding, Report, Rule, rules};
use crate::policy::{Level, Policy};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// All but letters, digits, `-`, `.`, `_`, `~` and the slash between folders. A colon too: in the
/// first part of a relative reference it would end a scheme.
const ENCODED: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// What one file adds to the document.
pub struct SarifFile {
    artifact: Artifact,
    results: Vec<SarifResult>,
    notification: Option<Notification>,
}

impl SarifFile {
    /// A file that was checked. The path is taken as it is, bytes that are not UTF-8 included.
    #[must_use]
    pub fn checked(path: &[u8], script: &str, report: &Report) -> Self {
        let uri = uri(path);
        let fingerprints = fingerprints(script, &report.findings);
        let findings = report.findings.iter().zip(fingerprints);
        let properties = Properties {
            language: report.language.name,
            accepted: report.accepted(),
            undecided: report.undecided,
        };
        Self {
            results: findings
                .map(|(finding, fingerprint)| result(&uri, finding, fingerprint))
                .collect(),
            artifact: Artifact {
                location: ArtifactLocation { uri },
                properties: Some(properties),
            },
            notification: None,
        }
    }

    /// A file that could not be checked, with a stable name of the reason and its text.
    #[must_use]
    pub fn unreadable(path: &[u8], kind: &str, message: &str) -> Self {
        let location = ArtifactLocation { uri: uri(path) };
        let notification = Notification {
            level: "error",
            descriptor: Id {
                id: kind.to_owned(),
                index: None,
            },
            message: Text::plain(message),
            locations: vec![Location::whole(location.clone())],
        };
        Self {
            artifact: Artifact {
                location,
                properties: None,
            },
            results: Vec::new(),
            notification: Some(notification),
        }
    }
}

/// A document that grows file by file.
pub struct Sarif {
    rules: Vec<ReportingDescriptor>,
    overrides: Vec<Override>,
    indices: HashMap<&'static str, usize>,
    artifacts: Vec<Artifact>,
    /// The URIs of the artifacts.
    places: HashSet<String>,
    results: Vec<SarifResult>,
    notifications: Vec<Notification>,
}

impl Sarif {
    /// A document without files, with every rule at its own level and what the policy makes of it.
    #[must_use]
    pub fn new(policy: &Policy) -> Self {
        Self {
            rules: rules().map(descriptor).collect(),
            overrides: overrides(policy),
            indices: rules()
                .enumerate()
                .map(|(index, rule)| (rule.id, index))
                .collect(),
            artifacts: Vec::new(),
            places: HashSet::new(),
            results: Vec::new(),
            notifications: Vec::new(),
        }
    }

    /// Adds a file behind those that are there. Of a file that was named twice there is one
    /// artifact: the schema wants them to differ.
    pub fn add(&mut self, file: SarifFile) {
        if self.places.insert(file.artifact.location.uri.clone()) {
            self.artifacts.push(file.artifact);
        }
        self.notifications.extend(file.notification);
        for mut result in file.results {
            result.rule_index = self.indices.get(result.rule_id).copied();
            self.results.push(result);
        }
    }

    /// The document, on one line without its end.
    #[must_use]
    pub fn document(self) -> String {
        let invocation = Invocation {
            execution_successful: self.notifications.is_empty(),
            tool_execution_notifications: self.notifications,
            rule_configuration_overrides: self.overrides,
        };
        let driver = Driver {
            name: "Lazaret",
            version: env!("CARGO_PKG_VERSION"),
            rules: self.rules,
        };
        super::table::json(&Log {
            schema: SCHEMA,
            version: "2.1.0",
            runs: [Run {
                tool: Tool { driver },
                invocations: [invocation],
                column_kind: "unicodeCodePoints",
                artifacts: self.artifacts,
                results: self.results,
            }],
        })
    }
}

/// A reference relative to where the command was called, or a `file:` URI of an absolute path.
fn uri(path: &[u8]) -> String {
    let mut relative = path;
    while let Some(rest) = relative.strip_prefix(b"./") {
        let slashes = rest.iter().take_while(|byte| **byte == b'/').count();
        relative = rest.get(slashes..).unwrap_or_default();
    }
    let scheme = if relative.starts_with(b"/") {
        "file://"
    } else {
        ""
    };
    format!("{scheme}{}", percent_encode(relative, &ENCODED))
}

fn result(uri: &str, finding: &Finding, fingerprint: String) -> SarifResult {
    let artifact = ArtifactLocation {
        uri: uri.to_owned(),
    };
    let related = finding.related.iter().enumerate();
    SarifResult {
        rule_id: finding.rule,
        rule_index: None,
        level: level(finding.level),
        message: Text::plain(&finding.message),
        locations: vec![Location {
            id: None,
            message: None,
            physical_location: PhysicalLocation {
                artifact_location: artifact.clone(),
                region: Some(Region::of_finding(finding)),
            },
        }],
        related_locations: related
            .map(|(at, related)| Location {
                id: Some(at + 1),
                message: Some(Text::plain(&related.message)),
                physical_location: PhysicalLocation {
                    artifact_location: artifact.clone(),
                    region: Some(Region::of_related(related)),
                },
            })
            .collect(),
        partial_fingerprints: Fingerprints { line: fingerprint },
    }
}

const fn level(level: Level) -> &'static str {
    match level {
        Level::Block => "error",
        Level::Warn => "warning",
        Level::Off => "none",
    }
}

fn configuration(at: Level) -> Configuration {
    Configuration {
        enabled: at != Level::Off,
        level: level(at),
    }
}

fn descriptor(rule: &'static Rule) -> ReportingDescriptor {
    let help = format!("{}. Instead: {}.", rule.why, rule.instead);
    let markdown = format!("**Why:** {}\n\n**Instead:** {}\n", rule.why, rule.instead);
    ReportingDescriptor {
        id: rule.id,
        short_description: Text::plain(rule.what),
        full_description: Text::plain(rule.why),
        help: Text {
            text: linkless(&help),
            markdown: Some(linkless(&markdown)),
        },
        default_configuration: configuration(rule.level),
        properties: Tags {
            tags: ["security", rule.layer.name()],
        },
    }
}

/// The rules whose level is another under the policy.
fn overrides(policy: &Policy) -> Vec<Override> {
    let rules = rules().enumerate().map(|(index, rule)| {
        let here = rule.level_under(policy);
        let descriptor = Id {
            id: rule.id.to_owned(),
            index: Some(index),
        };
        (here != rule.level).then(|| Override {
            configuration: configuration(here),
            descriptor,
        })
    });
    rules.flatten().collect()
}

#[cfg(test)]
mod tests;
