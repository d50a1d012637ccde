//! One walk over the tree: scopes, bindings, and the places to judge.

use super::names;
use super::scope::{Binding, ScopeKind, Scopes, Value, canonical};
use super::{Fields, Kind};
use crate::check::tree::{Node, Script, Step, Walk, children};

/// A call, with the value of its `shell` argument if it has one.
pub(super) struct Call<'tree> {
    pub(super) node: Node<'tree>,
    pub(super) scope: usize,
    pub(super) shell: Option<Node<'tree>>,
}

/// What the walk found.
pub(super) struct Facts<'tree, 'text> {
    pub(super) scopes: Scopes<'tree, 'text>,
    pub(super) calls: Vec<Call<'tree>>,
    /// Names and attributes that are mentioned, not called, and could be a banned function.
    pub(super) mentions: Vec<(Node<'tree>, usize)>,
    /// Attributes that lead into the interpreter.
    pub(super) internals: Vec<Node<'tree>>,
}

/// What a node is to its parent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Load,
    Callee,
    Bind,
    /// Not a name of a scope, or dealt with at the parent.
    Done,
}

struct Frame {
    kind: Kind,
    role: Role,
    /// How many children have been entered.
    entered: usize,
    outer: Option<(usize, usize)>,
}

struct Gather<'tree, 'text, 'script> {
    script: &'script Script<'text>,
    fields: &'static Fields,
    facts: Facts<'tree, 'text>,
    frames: Vec<Frame>,
    calls: Vec<usize>,
    scope: usize,
    conditions: usize,
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
            conditions: 0,
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

impl<'tree, 'text> Gather<'tree, 'text, '_> {
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
            Kind::Call => self.call(node),
            Kind::Keyword => self.keyword(node),
            Kind::Import | Kind::ImportFrom => {
                self.import(node, kind);
                walk.prune();
            }
            Kind::FutureImport => walk.prune(),
            Kind::Assignment => self.assignment(node),
            Kind::Named => self.walrus(node),
            Kind::Global => self.global(node),
            Kind::Delete => self.delete(node),
            Kind::DottedName if role == Role::Bind => self.capture(node),
            _ => self.scopes_and_conditions(node, kind),
        }
    }

    fn leave(&mut self) {
        let Some(frame) = self.frames.pop() else {
            return;
        };
        if let Some((scope, conditions)) = frame.outer {
            (self.scope, self.conditions) = (scope, conditions);
        }
        match frame.kind {
            Kind::Call => drop(self.calls.pop()),
            kind if is_condition(kind) => self.conditions = self.conditions.saturating_sub(1),
            _ => {}
        }
    }

    fn role(&mut self, kind: Kind, field: u16) -> Role {
        let fields = self.fields;
        let Some(parent) = self.frames.last_mut() else {
            return Role::Load;
        };
        parent.entered += 1;
        let (inherited, first) = (parent.role, parent.entered == 1);
        let bind_if = |bind: bool| if bind { Role::Bind } else { Role::Load };
        match parent.kind {
            Kind::Call if field == fields.function => Role::Callee,
            Kind::Attribute if field == fields.attribute => Role::Done,
            Kind::Assignment if field == fields.left && inherited == Role::Done => Role::Done,
            Kind::Assignment | Kind::Augmented | Kind::For | Kind::ForIn => {
                bind_if(field == fields.left)
            }
            Kind::Function | Kind::Class | Kind::Keyword | Kind::Named if field == fields.name => {
                Role::Done
            }
            Kind::Parameters | Kind::LambdaParameters | Kind::SplatPattern | Kind::AsTarget => {
                Role::Bind
            }
            Kind::DefaultParameter | Kind::TypedDefault => bind_if(field == fields.name),
            Kind::TypedParameter => bind_if(field != fields.type_),
            Kind::AsPattern => bind_if(!first && kind == Kind::Identifier),
            Kind::KeywordPattern if first => Role::Done,
            Kind::Global | Kind::Nonlocal | Kind::Delete => Role::Done,
            Kind::DottedName | Kind::ExpressionList => inherited,
            Kind::ClassPattern if first => Role::Load,
            kind_ if is_target(kind_) => inherited,
            _ => bind_if(kind == Kind::DottedName),
        }
    }

    fn identifier(&mut self, node: Node<'tree>, role: Role) {
        let name = self.script.of(node);
        match role {
            Role::Bind => self.bind(name, node.start_byte(), None),
            Role::Load => self.facts.mentions.push((node, self.scope)),
            Role::Callee | Role::Done => {}
        }
    }

    fn attribute(&mut self, node: Node<'tree>, role: Role) {
        let Some(attribute) = node.child_by_field_id(self.fields.attribute) else {
            return;
        };
        let name = self.script.of(attribute);
        if names::INTERNALS.contains(&name) {
            self.facts.internals.push(attribute);
        }
        if role == Role::Load && names::could_be(name) {
            self.facts.mentions.push((node, self.scope));
        }
    }

    fn call(&mut self, node: Node<'tree>) {
        self.calls.push(self.facts.calls.len());
        self.facts.calls.push(Call {
            node,
            scope: self.scope,
            shell: None,
        });
    }

    fn keyword(&mut self, node: Node<'tree>) {
        let name = node.child_by_field_id(self.fields.name);
        if name.is_some_and(|name| self.script.of(name) == "shell")
            && let Some(call) = self
                .calls
                .last()
                .and_then(|at| self.facts.calls.get_mut(*at))
        {
            call.shell = node.child_by_field_id(self.fields.value);
        }
    }

    /// `name = expression`, and pairs of `a, b = c, d`.
    fn assignment(&mut self, node: Node<'tree>) {
        let left = node.child_by_field_id(self.fields.left);
        let right = node.child_by_field_id(self.fields.right);
        let (Some(left), Some(right)) = (left, right) else {
            return;
        };
        match (Kind::of(left), Kind::of(right)) {
            (Kind::Identifier, _) => self.bind_expression(left, right),
            (
                Kind::PatternList | Kind::TuplePattern | Kind::ListPattern,
                Kind::ExpressionList | Kind::Tuple | Kind::List,
            ) => {
                for (target, value) in children(left).zip(children(right)) {
                    if Kind::of(target) == Kind::Identifier {
                        self.bind_expression(target, value);
                    }
                }
                return;
            }
            _ => return,
        }
        if let Some(frame) = self.frames.last_mut() {
            frame.role = Role::Done;
        }
    }

    fn bind_expression(&mut self, target: Node<'tree>, value: Node<'tree>) {
        let name = self.script.of(target);
        let (at, value) = (value.end_byte(), Value::Expression(value, self.scope));
        // The right side still sees what the name meant before.
        self.bind(name, at, Some(value));
    }

    fn walrus(&mut self, node: Node<'tree>) {
        let name = node.child_by_field_id(self.fields.name);
        let value = node.child_by_field_id(self.fields.value);
        let (Some(name), Some(value)) = (name, value) else {
            return;
        };
        let binding = Binding {
            name: self.script.of(name),
            at: name.start_byte(),
            conditional: true,
            value: Some(Value::Expression(value, self.scope)),
        };
        let scope = self.facts.scopes.statement_scope(self.scope);
        self.facts.scopes.bind(scope, binding);
    }

    fn global(&mut self, node: Node<'tree>) {
        for name in children(node) {
            let name = self.script.of(name);
            self.facts.scopes.global(self.scope, name);
        }
    }

    /// `del name` in a module lets the builtin of that name through again.
    fn delete(&mut self, node: Node<'tree>) {
        for name in children(node).filter(|child| Kind::of(*child) == Kind::Identifier) {
            let text = self.script.of(name);
            let builtin = Value::Known(super::scope::qualified("builtins", text));
            self.bind(text, name.start_byte(), Some(builtin));
        }
    }

    /// `case name:` binds, `case module.name:` compares.
    fn capture(&mut self, node: Node<'tree>) {
        if children(node).nth(1).is_some()
            && let Some(frame) = self.frames.last_mut()
        {
            frame.role = Role::Done;
        }
    }

    fn import(&mut self, node: Node<'tree>, kind: Kind) {
        let module = node.child_by_field_id(self.fields.module);
        let relative = module.is_some_and(|module| Kind::of(module) == Kind::RelativeImport);
        let from = module.map(|module| canonical(self.script.of(module)));
        for child in children(node).filter(|child| Some(*child) != module) {
            match (Kind::of(child), from) {
                (Kind::Wildcard, Some(from)) if !relative => {
                    self.facts.scopes.wildcard(self.scope, from);
                }
                (Kind::DottedName | Kind::Aliased, _) => {
                    self.imported(child, from, relative && kind == Kind::ImportFrom);
                }
                _ => {}
            }
        }
    }

    fn imported(&mut self, node: Node<'tree>, from: Option<&str>, relative: bool) {
        let alias = node.child_by_field_id(self.fields.alias);
        let name = node.child_by_field_id(self.fields.name).unwrap_or(node);
        let whole = self.script.of(name);
        let first = whole.split('.').next().unwrap_or(whole);
        let value = match (from, alias) {
            (Some(from), _) => super::scope::qualified(from, whole),
            (None, Some(_)) => canonical(whole).to_owned(),
            (None, None) => canonical(first).to_owned(),
        };
        let bound = alias.map_or(first, |alias| self.script.of(alias));
        let value = (!relative).then_some(Value::Known(value));
        self.bind(bound, node.start_byte(), value);
    }

    fn scopes_and_conditions(&mut self, node: Node<'tree>, kind: Kind) {
        let opened = match kind {
            Kind::Function | Kind::Lambda => ScopeKind::Function,
            Kind::Class => ScopeKind::Class,
            Kind::ListComprehension
            | Kind::SetComprehension
            | Kind::DictionaryComprehension
            | Kind::Generator => ScopeKind::Comprehension,
            _ => {
                self.conditions += usize::from(is_condition(kind));
                return;
            }
        };
        if let Some(name) = node.child_by_field_id(self.fields.name) {
            let text = self.script.of(name);
            self.bind(text, name.start_byte(), None);
        }
        if let Some(frame) = self.frames.last_mut() {
            frame.outer = Some((self.scope, self.conditions));
        }
        self.scope = self.facts.scopes.open(opened, Some(self.scope));
        self.conditions = 0;
    }

    fn bind(&mut self, name: &'text str, at: usize, value: Option<Value<'tree>>) {
        let binding = Binding {
            name,
            at,
            conditional: self.conditions > 0,
            value,
        };
        self.facts.scopes.bind(self.scope, binding);
    }
}

const fn is_condition(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::If | Kind::For | Kind::While | Kind::Try | Kind::Match
    )
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
