//! What the script's functions are: which names they hide, which run their arguments, and which
//! start themselves without end.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::Kind;
use super::names::{SPECIAL, wrapper_named};
use crate::check::tree::{Node, Script, Step, Walk, children};

struct Function {
    start: usize,
    body: Range<usize>,
    /// Defined whatever happens.
    always: bool,
    /// Runs its arguments, this many words left out.
    runs: Option<usize>,
    shifts: usize,
    bomb: bool,
}

/// All functions of a script.
#[derive(Default)]
pub(super) struct Functions {
    known: HashMap<String, Function>,
    bodies: Vec<Range<usize>>,
    unset: HashSet<String>,
    posix: bool,
}

/// A function whose body is being read.
struct Body<'text> {
    name: &'text str,
    depth: usize,
    in_background: bool,
    /// Pipelines in which the function has been met, and whether in one of them twice.
    pipelines: HashSet<u32>,
    twice: bool,
    guarded: bool,
}

impl Functions {
    pub(super) fn of(script: &Script<'_>) -> Self {
        let mut functions = Self {
            posix: is_posix(script.text),
            ..Self::default()
        };
        let mut open: Vec<Node<'_>> = Vec::new();
        let mut bodies: Vec<Body<'_>> = Vec::new();
        for step in Walk::of(script.root()) {
            let Step::Enter(node, _) = step else {
                open.pop();
                if bodies.last().is_some_and(|body| body.depth == open.len()) {
                    functions.close(bodies.pop());
                }
                continue;
            };
            match Kind::of(node) {
                Kind::Function => bodies.extend(functions.define(script, node, open.len())),
                Kind::Command => functions.command(script, node, &open, bodies.last_mut()),
                Kind::Unset => {
                    let names = children(node).map(|name| script.of(name).to_owned());
                    functions.unset.extend(names);
                }
                _ => {}
            }
            open.push(node);
        }
        functions
    }

    /// Whether a command of that name at that place is a function of the script.
    pub(super) fn hides(&self, name: &str, at: usize) -> bool {
        let Some(function) = self.known.get(name) else {
            return false;
        };
        let defined = function.start < at || self.in_body(at);
        let special = SPECIAL.contains(&name);
        function.always && defined && !self.unset.contains(name) && !(special && self.posix)
    }

    pub(super) fn in_body(&self, at: usize) -> bool {
        self.bodies.iter().any(|body| body.contains(&at))
    }

    /// Whether functions of the script begin with that, as those of `"command_$1"` do.
    pub(super) fn have_prefix(&self, prefix: &str) -> bool {
        !prefix.is_empty() && self.known.keys().any(|name| name.starts_with(prefix))
    }

    pub(super) fn is_runner(&self, name: &str) -> bool {
        self.runner(name).is_some()
    }

    /// How many words stand before those that a function runs.
    pub(super) fn runner(&self, name: &str) -> Option<usize> {
        self.known.get(name)?.runs
    }

    /// Functions that start themselves twice or in the background.
    pub(super) fn is_bomb(&self, name: &str) -> bool {
        self.known.get(name).is_some_and(|function| function.bomb)
    }

    fn define<'text>(
        &mut self,
        script: &Script<'text>,
        node: Node<'_>,
        depth: usize,
    ) -> Option<Body<'text>> {
        let name = script.of(children(node).next()?);
        let function = Function {
            start: node.start_byte(),
            body: node.byte_range(),
            always: depth == 1,
            runs: None,
            shifts: 0,
            bomb: false,
        };
        self.bodies.push(function.body.clone());
        self.known.insert(name.to_owned(), function);
        Some(Body {
            name,
            depth,
            in_background: false,
            pipelines: HashSet::new(),
            twice: false,
            guarded: false,
        })
    }

    fn close(&mut self, body: Option<Body<'_>>) {
        if let Some(body) = body
            && let Some(function) = self.known.get_mut(body.name)
        {
            function.bomb = body.twice || body.in_background && !body.guarded;
        }
    }

    fn command(
        &mut self,
        script: &Script<'_>,
        node: Node<'_>,
        open: &[Node<'_>],
        body: Option<&mut Body<'_>>,
    ) {
        let Some(body) = body else { return };
        let name = children(node)
            .find(|child| Kind::of(*child) == Kind::CommandName)
            .map_or("", |name| script.of(name));
        if matches!(name, "$FUNCNAME" | "${FUNCNAME[0]}" | "\"$FUNCNAME\"") || name == body.name {
            body.met(script, node, open);
        }
        let Some(function) = self.known.get_mut(body.name) else {
            return;
        };
        if name == "shift" && function.runs.is_none() {
            function.shifts += 1;
        }
        if runs_arguments(script, node, name) {
            function.runs = Some(function.shifts);
        }
    }
}

impl Body<'_> {
    /// The function's own name is a command in it.
    fn met(&mut self, script: &Script<'_>, node: Node<'_>, open: &[Node<'_>]) {
        let inner = open.get(self.depth..).unwrap_or(&[]);
        let mut below = node;
        for outer in inner.iter().rev().take(8) {
            match Kind::of(*outer) {
                Kind::Pipeline => self.twice |= !self.pipelines.insert(outer.id()),
                Kind::If | Kind::Case | Kind::List | Kind::While => self.guarded = true,
                _ => {}
            }
            self.in_background |= in_background(script, *outer, below);
            below = *outer;
        }
    }
}

/// Whether `&` follows a child of a node.
pub(super) fn in_background(script: &Script<'_>, parent: Node<'_>, child: Node<'_>) -> bool {
    let after = script
        .text
        .get(child.end_byte()..parent.end_byte().max(child.end_byte()))
        .unwrap_or("");
    let mark = after.trim_start_matches([' ', '\t']);
    mark.starts_with('&') && !mark.starts_with("&&") && !mark.starts_with("&>")
}

fn runs_arguments(script: &Script<'_>, node: Node<'_>, name: &str) -> bool {
    const ARGUMENTS: [&str; 6] = ["\"$@\"", "$@", "$*", "\"${@}\"", "\"$*\"", "${@}"];
    if ARGUMENTS.contains(&name) {
        return true;
    }
    wrapper_named(name).is_some()
        && children(node)
            .map(|word| script.of(word))
            .find(|word| word.contains('$'))
            .is_some_and(|word| ARGUMENTS.contains(&word))
}

/// Whether functions do not hide special builtins: in `sh`, and where the script asks for it.
fn is_posix(text: &str) -> bool {
    let first = text.lines().next().unwrap_or("");
    first.starts_with("#!") && first.trim_end().ends_with("/sh") || text.contains("posix")
}
