//! What is known of bytes on their way through pipelines.

use std::ops::Range;

use crate::check::Rule;
use crate::check::rules::bash::{BASH_RUN_DECODED, BASH_RUN_DOWNLOAD, BASH_RUN_OUTPUT};
use crate::check::tree::Node;

/// Where text comes from, the worse the greater.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::check::dangerous::bash) enum Taint {
    /// Nothing, files, and text that is written in the script.
    #[default]
    None,
    /// What some command computes.
    Output,
    Decoded,
    Downloaded,
}

impl Taint {
    pub(super) const fn rule(self) -> Option<&'static Rule> {
        match self {
            Self::None => None,
            Self::Output => Some(&BASH_RUN_OUTPUT),
            Self::Decoded => Some(&BASH_RUN_DECODED),
            Self::Downloaded => Some(&BASH_RUN_DOWNLOAD),
        }
    }
}

/// How many printed texts are kept for an interpreter behind them.
pub(super) const MOST_TEXTS: usize = 32;

/// What the bytes on a pipeline's way are known to be.
#[derive(Clone, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts, of this stage and of those before it"
)]
pub(super) struct Flow<'tree> {
    /// What the current stage reads.
    pub(super) input: Taint,
    /// What the stages so far have made.
    pub(super) made: Taint,
    /// Text written in the script that the stages so far print.
    pub(super) texts: Vec<Printed<'tree>>,
    /// The same of the stages before this one.
    pub(super) fed: Vec<Printed<'tree>>,
    /// The stages so far list what lies in a root.
    pub(super) roots: bool,
    pub(super) fed_roots: bool,
    /// A shell that reads what it runs is one of the stages so far.
    pub(super) shell: bool,
    pub(super) fed_by_shell: bool,
}

#[derive(Clone)]
pub(super) enum Printed<'tree> {
    Words(Vec<Node<'tree>>),
    Body(Node<'tree>, bool),
    /// Text that is made of what stands at that node.
    Text(String, Node<'tree>),
}

/// A place whose output some interpreter runs.
#[derive(Clone)]
pub(super) struct Sink {
    pub(super) span: Range<usize>,
    /// Less than this is no matter.
    pub(super) least: Taint,
    /// What to say of mere output.
    pub(super) output: &'static Rule,
}
