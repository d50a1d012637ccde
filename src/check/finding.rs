//! What the checks say.

use std::ops::Range;
use std::sync::Arc;

use serde::Serialize;

use crate::language::Language;
use crate::policy::Level;
use crate::text::LineIndex;

/// The layers of checks, in the order in which they name the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Layer {
    /// Too many characters, or characters no script may hold.
    Size,
    /// Not a script of its language.
    Syntax,
    /// Holds a credential.
    Secrets,
    /// Calls what a script here has no business calling.
    Dangerous,
}

impl Layer {
    /// Its name in documents.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Size => "size",
            Self::Syntax => "syntax",
            Self::Secrets => "secrets",
            Self::Dangerous => "dangerous",
        }
    }
}

/// One thing a check found, with its place.
///
/// Lines and columns are 1-based, columns counted in characters; the end is exclusive. A secret is
/// never in `message`: it is masked there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Stable id of the rule, such as `python-eval`.
    pub rule: &'static str,
    /// Which layer spoke.
    pub layer: Layer,
    /// `block` or `warn`; a rule that is off finds nothing.
    pub level: Level,
    /// What was found and why it matters, for people; safe text of one line.
    pub message: String,
    /// 1-based line of the first character.
    pub line: usize,
    /// 1-based column of the first character.
    pub column: usize,
    /// Line of the position behind the last character.
    pub end_line: usize,
    /// Column of the position behind the last character.
    pub end_column: usize,
    /// Further places that explain it, such as where a bracket opened or a name was imported; at
    /// most [`MOST_RELATED`](super::MOST_RELATED).
    pub related: Vec<Related>,
    /// The place in bytes, for carets.
    #[serde(skip)]
    pub span: Range<usize>,
    /// Every place of the script, in bytes, that nobody may be shown with a finding: the secrets
    /// that were found and their copies. The same for all findings of one report.
    #[serde(skip)]
    pub hidden: Arc<[Range<usize>]>,
}

/// A further place of a finding, and what it has to do with it. Counted as a [`Finding`]'s own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Related {
    /// What is there, for people; safe text of one line, never a secret.
    pub message: String,
    /// 1-based line of the first character.
    pub line: usize,
    /// 1-based column of the first character.
    pub column: usize,
    /// Line of the position behind the last character.
    pub end_line: usize,
    /// Column of the position behind the last character.
    pub end_column: usize,
    /// The place in bytes, for carets.
    #[serde(skip)]
    pub span: Range<usize>,
}

impl Related {
    /// A place at a byte range of the indexed text.
    #[must_use]
    pub fn at(index: &LineIndex<'_>, span: Range<usize>, message: String) -> Self {
        let (start, end) = (index.position(span.start), index.position(span.end));
        Self {
            message,
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            span,
        }
    }
}

impl Finding {
    /// A finding at a byte range of the indexed text, with no further places.
    #[must_use]
    pub fn at(
        index: &LineIndex<'_>,
        span: Range<usize>,
        rule: &'static str,
        layer: Layer,
        level: Level,
        message: String,
    ) -> Self {
        let (start, end) = (index.position(span.start), index.position(span.end));
        Self {
            rule,
            layer,
            level,
            message,
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            related: Vec::new(),
            span,
            hidden: Arc::default(),
        }
    }

    /// Place and message in one line.
    #[must_use]
    pub fn told(&self) -> String {
        format!(
            "line {}, column {}: {}",
            self.line, self.column, self.message
        )
    }
}

/// What the checks say of one script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The script's language.
    pub language: &'static Language,
    /// Only the interpreter in the container can tell whether the syntax is right.
    pub undecided: bool,
    /// Everything found, in the order of layers, then of places.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether nothing blocks the script.
    #[must_use]
    pub fn accepted(&self) -> bool {
        self.verdict().is_none()
    }

    /// The finding that names the verdict: the first that blocks, in the order of layers.
    #[must_use]
    pub fn verdict(&self) -> Option<&Finding> {
        self.findings
            .iter()
            .find(|finding| finding.level == Level::Block)
    }
}
