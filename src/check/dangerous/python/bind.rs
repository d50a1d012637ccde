//! What the statements and expressions that bind a name bind it to.

use super::gather::{Gather, Role};
use super::names::{canonical, qualified};
use super::scope::{Binding, ScopeKind, Value};
use super::{Fields, Kind};
use crate::check::tree::{Node, children};

impl<'tree, 'text> Gather<'tree, 'text, '_> {
    pub(super) fn bind(&mut self, name: &'text str, at: usize, value: Option<Value<'tree>>) {
        let binding = Binding {
            name,
            at,
            reach: self.reach,
            again: self.loops > 0,
            arm: self.arm,
            value,
        };
        self.facts.scopes.bind(self.scope, binding);
    }

    /// `name = expression`, pairs of `a, b = c, d`, and `self.name = expression`.
    pub(super) fn assignment(&mut self, node: Node<'tree>) {
        let left = node.child_by_field_id(self.fields.left);
        let right = node.child_by_field_id(self.fields.right);
        let (Some(left), Some(right)) = (left, right) else {
            return;
        };
        match Kind::of(left) {
            Kind::Identifier => self.bind_expression(left, right),
            Kind::PatternList | Kind::TuplePattern | Kind::ListPattern => {
                self.unpacked(left, right);
            }
            Kind::Attribute => return self.stored(left, right),
            Kind::Subscript => return self.item_set(left, right),
            _ => return,
        }
        if let Some(frame) = self.frames.last_mut() {
            frame.role = Role::Done;
        }
    }

    /// Pairs as far as they are pairs; what is not a name binds as an assignment of its own would.
    fn unpacked(&mut self, left: Node<'tree>, right: Node<'tree>) {
        let pairs = matches!(
            Kind::of(right),
            Kind::ExpressionList | Kind::Tuple | Kind::List
        );
        let mut values = children(right);
        for target in children(left) {
            let value = if pairs { values.next() } else { None };
            match (Kind::of(target), value) {
                (Kind::Identifier, Some(value)) => self.bind_expression(target, value),
                _ => self.bind_names_below(target),
            }
        }
    }

    /// The names of a target inside another, `b` and `c` of `a, (b, *c) = …`, to something unknown.
    fn bind_names_below(&mut self, target: Node<'tree>) {
        let mut open = vec![target];
        while let Some(node) = open.pop() {
            match Kind::of(node) {
                Kind::Identifier => self.bind(self.script.of(node), node.start_byte(), None),
                Kind::TuplePattern | Kind::ListPattern | Kind::ListSplatPattern => {
                    open.extend(children(node));
                }
                _ => {}
            }
        }
    }

    /// A name that is a target: of a `for`, of something that is known to be in its iterable.
    pub(super) fn target(&mut self, node: Node<'tree>, name: &'text str) {
        let parent = node.parent().filter(|parent| {
            node.field() == self.fields.left && matches!(Kind::of(*parent), Kind::For | Kind::ForIn)
        });
        let iterable = parent.and_then(|parent| parent.child_by_field_id(self.fields.right));
        let value = iterable.map(|iterable| Value::Element(iterable, self.scope));
        self.bind(name, node.start_byte(), value);
    }

    fn bind_expression(&mut self, target: Node<'tree>, value: Node<'tree>) {
        let name = self.script.of(target);
        // The right side still sees what the name meant before.
        let (at, value) = (value.end_byte(), Value::Expression(value, self.scope));
        self.bind(name, at, Some(value));
    }

    /// `name += expression`, which is an expression of its own.
    pub(super) fn augmented(&mut self, node: Node<'tree>) {
        let left = node.child_by_field_id(self.fields.left);
        if let Some(left) = left.filter(|left| Kind::of(*left) == Kind::Identifier) {
            self.bind_expression(left, node);
            if let Some(frame) = self.frames.last_mut() {
                frame.role = Role::Done;
            }
        }
    }

    fn stored(&mut self, left: Node<'tree>, right: Node<'tree>) {
        let object = left.child_by_field_id(self.fields.object);
        let attribute = left.child_by_field_id(self.fields.attribute);
        let (Some(object), Some(attribute)) = (object, attribute) else {
            return;
        };
        if matches!(self.script.of(object), "self" | "cls")
            && let Some(class) = self.facts.scopes.above(self.scope, ScopeKind::Class)
        {
            let value = Value::Expression(right, self.scope);
            let name = self.script.of(attribute);
            self.facts.scopes.store(class, name, value);
        }
    }

    /// `options['shell'] = expression`
    fn item_set(&mut self, left: Node<'tree>, right: Node<'tree>) {
        let object = left.child_by_field_id(self.fields.value);
        let key = left.child_by_field_id(self.fields.subscript);
        let (Some(object), Some(key)) = (object, key) else {
            return;
        };
        if matches!(self.script.of(key), "'shell'" | "\"shell\"")
            && Kind::of(object) == Kind::Identifier
        {
            let name = self.script.of(object);
            self.facts.scopes.set_shell(name, right, self.scope);
        }
    }

    pub(super) fn walrus(&mut self, node: Node<'tree>) {
        let name = node.child_by_field_id(self.fields.name);
        let value = node.child_by_field_id(self.fields.value);
        let (Some(name), Some(value)) = (name, value) else {
            return;
        };
        let binding = Binding {
            name: self.script.of(name),
            at: name.start_byte(),
            // Behind `and`, `or` and `if` nothing is bound.
            reach: 0,
            again: true,
            arm: None,
            value: Some(Value::Expression(value, self.scope)),
        };
        let scope = self.facts.scopes.statement_scope(self.scope);
        self.facts.scopes.bind(scope, binding);
    }

    /// `global` and `nonlocal`.
    pub(super) fn elsewhere(&mut self, node: Node<'tree>, kind: Kind) {
        for name in children(node) {
            let name = self.script.of(name);
            match kind {
                Kind::Nonlocal => self.facts.scopes.nonlocal(self.scope, name),
                _ => self.facts.scopes.global(self.scope, name),
            }
        }
    }

    /// `del name` in a module lets the builtin of that name through again.
    pub(super) fn delete(&mut self, node: Node<'tree>) {
        for name in children(node) {
            let names = [name]
                .into_iter()
                .filter(|_| Kind::of(name) == Kind::Identifier);
            let listed = children(name).filter(|_| Kind::of(name) == Kind::ExpressionList);
            for name in names.chain(listed) {
                let text = self.script.of(name);
                let builtin = Value::Known(qualified("builtins", text));
                self.bind(text, name.start_byte(), Some(builtin));
            }
        }
    }

    /// `return expression`
    pub(super) fn returned(&mut self, node: Node<'tree>) {
        if let Some(value) = children(node).next() {
            self.facts.scopes.returns(self.scope, value);
        }
    }

    /// `name=expression` of a function's parameters; the expression belongs to the scope outside.
    pub(super) fn default(&mut self, node: Node<'tree>) {
        let name = node.child_by_field_id(self.fields.name);
        let value = node.child_by_field_id(self.fields.value);
        if let (Some(name), Some(value)) = (name, value)
            && Kind::of(name) == Kind::Identifier
        {
            let outside = self.facts.scopes.parent(self.scope);
            let expression = Value::Expression(value, outside);
            self.bind(self.script.of(name), name.start_byte(), Some(expression));
            if let Some(frame) = self.frames.last_mut() {
                frame.role = Role::Done;
            }
        }
    }

    /// A function or class, whose name is bound outside the scope that it opens.
    pub(super) fn define(&mut self, node: Node<'tree>, opened: usize) {
        if let Some(name) = node.child_by_field_id(self.fields.name) {
            let definition = Value::Definition(node, opened);
            self.bind(self.script.of(name), name.start_byte(), Some(definition));
        }
    }

    /// `case name:` binds, `case module.name:` compares.
    pub(super) fn capture(&mut self, node: Node<'tree>) {
        if children(node).nth(1).is_some()
            && let Some(frame) = self.frames.last_mut()
        {
            frame.role = Role::Done;
        }
    }

    pub(super) fn import(&mut self, node: Node<'tree>, kind: Kind) {
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
        let Fields { alias, name, .. } = self.fields;
        let alias = node.child_by_field_id(*alias);
        let name = node.child_by_field_id(*name).unwrap_or(node);
        let whole = self.script.of(name);
        let first = whole.split('.').next().unwrap_or(whole);
        let value = match (from, alias) {
            (Some(from), _) => qualified(from, whole),
            (None, Some(_)) => canonical(whole).to_owned(),
            (None, None) => canonical(first).to_owned(),
        };
        let bound = alias.map_or(first, |alias| self.script.of(alias));
        let value = (!relative).then_some(Value::Known(value));
        self.bind(bound, node.start_byte(), value);
    }
}
