//! One walk over the tree: scopes, and the places to judge. What is bound is read in `bind`.

use super::names;
use super::scope::{Arm, EVERYWHERE, ScopeKind, Scopes};
use super::{Fields, Kind};
use crate::check::tree::{Node, Script, Step, Walk, children};

/// A call, with the value of its `shell` argument if it has one.
pub(super) struct Call<'tree> {
    pub(super) node: Node<'tree>,
    pub(super) scope: usize,
    pub(super) shell: Option<Node<'tree>>,
    /// Whether it hands arguments on to what it is given.
    pub(super) hands_on: bool,
}

/// Something that is mentioned and not called.
pub(super) struct Mention<'tree> {
    pub(super) node: Node<'tree>,
    pub(super) scope: usize,
    /// Whether it is an argument of a call.
    pub(super) given: bool,
}

/// How many clauses of one statement are counted; each of them counts anew.
const MOST_CLAUSES: usize = 8;

/// What the walk found.
pub(super) struct Facts<'tree, 'text> {
    pub(super) scopes: Scopes<'tree, 'text>,
    pub(super) calls: Vec<Call<'tree>>,
    /// Names, attributes and items that are mentioned and could be a banned function.
    pub(super) mentions: Vec<Mention<'tree>>,
    /// Attributes that may lead into the interpreter, and the name `__builtins__`.
    pub(super) internals: Vec<(Node<'tree>, usize)>,
}

/// What a node is to its parent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Load,
    /// An argument of a call.
    Given,
    Callee,
    /// What an attribute is taken of.
    Object,
    Bind,
    /// Not a name of a scope, or dealt with at the parent.
    Done,
}

pub(super) struct Frame {
    pub(super) kind: Kind,
    pub(super) role: Role,
    /// How many children have been entered.
    entered: usize,
    outer: Option<Outer>,
}

/// What holds again once a node is left.
#[derive(Clone, Copy)]
struct Outer {
    scope: usize,
    reach: usize,
    loops: usize,
    arm: Option<Arm>,
}

pub(super) struct Gather<'tree, 'text, 'script> {
    pub(super) script: &'script Script<'text>,
    pub(super) fields: &'static Fields,
    pub(super) facts: Facts<'tree, 'text>,
    pub(super) frames: Vec<Frame>,
    calls: Vec<usize>,
    pub(super) scope: usize,
    /// Where the innermost branch ends, or [`EVERYWHERE`].
    pub(super) reach: usize,
    pub(super) loops: usize,
    /// The innermost branch, where one like it is always taken.
    pub(super) arm: Option<Arm>,
}

impl<'tree, 'text> Facts<'tree, 'text> {
    pub(super) fn of(script: &'tree Script<'text>) -> Self {
        let mut gather = Gather {
            script,
            fields: Fields::get(),
            facts: Self {
                scopes: Scopes::new(),
                calls: Vec::new(),
                mentions: Vec::new(),
                internals: Vec::new(),
            },
            frames: Vec::new(),
            calls: Vec::new(),
            scope: 0,
            reach: EVERYWHERE,
            loops: 0,
            arm: None,
        };
        let mut walk = Walk::of(script.root());
        while let Some(step) = walk.next() {
            match step {
                Step::Enter(node, field) => gather.enter(node, field, &mut walk),
                Step::Leave => gather.leave(),
            }
        }
        gather.facts
    }
}

impl<'tree> Gather<'tree, '_, '_> {
    fn enter(&mut self, node: Node<'tree>, field: u16, walk: &mut Walk<'tree>) {
        let kind = Kind::of(node);
        let role = self.role(kind, field);
        self.frames.push(Frame {
            kind,
            role,
            entered: 0,
            outer: None,
        });
        match kind {
            Kind::Identifier => self.identifier(node, role),
            Kind::Attribute => self.attribute(node, role),
            Kind::Subscript if role != Role::Callee => self.mention(node, role),
            Kind::Call => self.call(node),
            Kind::Keyword => self.keyword(node),
            Kind::Import | Kind::ImportFrom => {
                self.import(node, kind);
                walk.prune();
            }
            Kind::FutureImport => walk.prune(),
            Kind::Assignment => self.assignment(node),
            Kind::Augmented => self.augmented(node),
            Kind::Named => self.walrus(node),
            Kind::Global | Kind::Nonlocal => self.elsewhere(node, kind),
            Kind::Delete => self.delete(node),
            Kind::Return => self.returned(node),
            Kind::DefaultParameter | Kind::TypedDefault => self.default(node),
            Kind::DottedName if role == Role::Bind => self.capture(node),
            _ => self.scopes_and_branches(node, kind),
        }
    }

    fn leave(&mut self) {
        let Some(frame) = self.frames.pop() else {
            return;
        };
        if let Some(outer) = frame.outer {
            (self.scope, self.reach, self.loops) = (outer.scope, outer.reach, outer.loops);
            self.arm = outer.arm;
        }
        if frame.kind == Kind::Call {
            self.calls.pop();
        }
    }

    fn role(&mut self, kind: Kind, field: u16) -> Role {
        let fields = self.fields;
        let class = self.grandparent() == Some(Kind::Class);
        let Some(parent) = self.frames.last_mut() else {
            return Role::Load;
        };
        parent.entered += 1;
        let (inherited, first) = (parent.role, parent.entered == 1);
        let bind_if = |bind: bool| if bind { Role::Bind } else { Role::Load };
        match parent.kind {
            Kind::Call if field == fields.function => Role::Callee,
            Kind::Arguments if !class => Role::Given,
            Kind::Attribute if field == fields.attribute => Role::Done,
            Kind::Attribute => Role::Object,
            Kind::Comparison if kind == Kind::Identifier || kind == Kind::Attribute => Role::Done,
            Kind::Assignment | Kind::Augmented
                if field == fields.left && inherited == Role::Done =>
            {
                Role::Done
            }
            Kind::Assignment if field == fields.type_ => Role::Load,
            Kind::Assignment | Kind::Augmented | Kind::For | Kind::ForIn => {
                bind_if(field == fields.left)
            }
            Kind::Function | Kind::Class | Kind::Keyword | Kind::Named if field == fields.name => {
                Role::Done
            }
            Kind::Keyword => Role::Given,
            Kind::Parameters | Kind::LambdaParameters | Kind::SplatPattern | Kind::AsTarget => {
                Role::Bind
            }
            Kind::DefaultParameter | Kind::TypedDefault if inherited == Role::Done => {
                if field == fields.name {
                    Role::Done
                } else {
                    Role::Load
                }
            }
            Kind::DefaultParameter | Kind::TypedDefault => bind_if(field == fields.name),
            Kind::TypedParameter => bind_if(field != fields.type_),
            Kind::AsPattern => bind_if(!first && kind == Kind::Identifier),
            Kind::Except if field == fields.alias => Role::Bind,
            Kind::KeywordPattern if first => Role::Done,
            Kind::Global | Kind::Nonlocal | Kind::Delete => Role::Done,
            Kind::DottedName | Kind::ExpressionList => inherited,
            Kind::ClassPattern if first => Role::Load,
            parent if is_target(parent) => match inherited {
                Role::Given | Role::Callee | Role::Object => Role::Load,
                other => other,
            },
            _ => bind_if(kind == Kind::DottedName),
        }
    }

    fn grandparent(&self) -> Option<Kind> {
        let at = self.frames.len().checked_sub(2)?;
        Some(self.frames.get(at)?.kind)
    }

    fn identifier(&mut self, node: Node<'tree>, role: Role) {
        let name = self.script.of(node);
        match role {
            Role::Bind => self.target(node, name),
            Role::Load | Role::Given => self.mention(node, role),
            Role::Object if names::is_library(name) => self.mention(node, role),
            Role::Callee | Role::Object | Role::Done => {}
        }
        if name == "__builtins__" && matches!(role, Role::Load | Role::Given) {
            self.facts.internals.push((node, self.scope));
        }
    }

    fn attribute(&mut self, node: Node<'tree>, role: Role) {
        let Some(attribute) = node.child_by_field_id(self.fields.attribute) else {
            return;
        };
        let name = self.script.of(attribute);
        if super::internals::is_internal(name) {
            self.facts.internals.push((node, self.scope));
        }
        if matches!(role, Role::Load | Role::Given | Role::Object) && names::could_be(name) {
            self.mention(node, role);
        }
    }

    fn mention(&mut self, node: Node<'tree>, role: Role) {
        self.facts.mentions.push(Mention {
            node,
            scope: self.scope,
            given: role == Role::Given,
        });
    }

    fn call(&mut self, node: Node<'tree>) {
        self.calls.push(self.facts.calls.len());
        self.facts.calls.push(Call {
            node,
            scope: self.scope,
            shell: None,
            hands_on: false,
        });
    }

    fn keyword(&mut self, node: Node<'tree>) {
        let name = node.child_by_field_id(self.fields.name);
        let name = name.map_or("", |name| self.script.of(name));
        let call = self.calls.last().copied();
        let Some(call) = call.and_then(|at| self.facts.calls.get_mut(at)) else {
            return;
        };
        match name {
            "shell" => call.shell = node.child_by_field_id(self.fields.value),
            "kwargs" => call.hands_on = true,
            _ => {}
        }
    }

    /// What opens a scope, and what may not happen or may happen again.
    fn scopes_and_branches(&mut self, node: Node<'tree>, kind: Kind) {
        let opened = match kind {
            Kind::Function | Kind::Lambda => ScopeKind::Function,
            Kind::Class => ScopeKind::Class,
            Kind::ListComprehension
            | Kind::SetComprehension
            | Kind::DictionaryComprehension
            | Kind::Generator => ScopeKind::Comprehension,
            Kind::For | Kind::While | Kind::Except | Kind::Case | Kind::Elif | Kind::Else => {
                return self.branch(node, kind);
            }
            Kind::Block if matches!(self.grandparent(), Some(Kind::If | Kind::Try)) => {
                return self.branch(node, kind);
            }
            _ => return,
        };
        let scope = (self.facts.scopes).open(opened, Some(self.scope));
        if matches!(kind, Kind::Function | Kind::Class) {
            self.define(node, scope);
        }
        if kind == Kind::Lambda
            && let Some(body) = node.child_by_field_id(self.fields.body)
        {
            self.facts.scopes.opened(node, scope);
            self.facts.scopes.returns(scope, body);
        }
        self.remember();
        (self.scope, self.reach, self.loops) = (scope, EVERYWHERE, 0);
        self.arm = None;
    }

    fn branch(&mut self, node: Node<'tree>, kind: Kind) {
        self.remember();
        self.arm = self.arm_of(node, kind);
        self.reach = node.end_byte();
        self.loops += usize::from(matches!(kind, Kind::For | Kind::While));
    }

    /// The branch that a node is of an `if` with an `else`, or of a `try`.
    ///
    /// What a `try` binds is bound where nothing was raised, else what its `except` clauses bind.
    fn arm_of(&self, node: Node<'tree>, kind: Kind) -> Option<Arm> {
        let statement = node.parent()?;
        let (mut clauses, mut has_else) = (0, false);
        for part in children(statement) {
            match Kind::of(part) {
                Kind::Elif | Kind::Except => clauses += 1,
                Kind::Else => has_else = true,
                _ => {}
            }
            if clauses > MOST_CLAUSES {
                return None;
            }
        }
        let (arms, start) = match Kind::of(statement) {
            Kind::If if has_else => (2 + clauses, node.start_byte()),
            Kind::Try if clauses > 0 => match kind {
                Kind::Except => (1 + clauses, node.start_byte()),
                _ => (1 + clauses, statement.start_byte()),
            },
            _ => return None,
        };
        Some(Arm {
            statement: statement.id(),
            end: statement.end_byte(),
            reach: self.reach,
            arms,
            start,
        })
    }

    fn remember(&mut self) {
        let outer = Outer {
            scope: self.scope,
            reach: self.reach,
            loops: self.loops,
            arm: self.arm,
        };
        if let Some(frame) = self.frames.last_mut() {
            frame.outer = Some(outer);
        }
    }
}

/// Kinds whose children are targets where they are a target themselves.
const fn is_target(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::PatternList
            | Kind::TuplePattern
            | Kind::ListPattern
            | Kind::ListSplatPattern
            | Kind::DictionarySplatPattern
            | Kind::ListSplat
            | Kind::Tuple
            | Kind::List
            | Kind::Parenthesized
    )
}
