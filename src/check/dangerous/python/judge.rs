//! The verdict on each place that was gathered.

use super::gather::{Call, Facts};
use super::names::{HIDDEN_MODULES, Meaning, meaning};
use super::resolve::Resolver;
use super::{Fields, Kind};
use crate::check::Rule;
use crate::check::dangerous::shown;
use crate::check::notes::Notes;
use crate::check::rules::python::{
    PYTHON_COMPUTED_IMPORT, PYTHON_DYNAMIC_IMPORT, PYTHON_GETATTR_DUNDER, PYTHON_INTERNALS,
    PYTHON_PROCESS, PYTHON_SUBPROCESS_SHELL,
};
use crate::check::tree::{Node, Script, children};

pub(super) fn judge(script: &Script<'_>, facts: &Facts<'_, '_>, notes: &mut Notes<'_>) {
    let resolver = Resolver {
        script,
        scopes: &facts.scopes,
        fields: Fields::get(),
    };
    let mut judge = Judge { resolver, notes };
    for call in &facts.calls {
        judge.call(call);
    }
    for (node, scope) in &facts.mentions {
        judge.mention(*node, *scope);
    }
    for node in &facts.internals {
        judge.add(&PYTHON_INTERNALS, *node, None);
    }
}

struct Judge<'all, 'tree, 'text, 'policy> {
    resolver: Resolver<'all, 'tree, 'text>,
    notes: &'all mut Notes<'policy>,
}

impl<'tree> Judge<'_, 'tree, '_, '_> {
    fn call(&mut self, call: &Call<'tree>) {
        let Some(function) = call.node.child_by_field_id(self.resolver.fields.function) else {
            return;
        };
        if !self.is_worth_a_look(function) {
            return;
        }
        let names = self.resolver.names(function, call.scope);
        let known = names.iter().find_map(|name| Some((name, meaning(name)?)));
        match known {
            Some((name, Meaning::Banned(rule) | Meaning::Called(rule))) => {
                self.add(rule, function, Some(name));
            }
            Some((name, Meaning::Subprocess)) => self.subprocess(call, function, name),
            Some((_, Meaning::AttributeByName)) => self.attribute_by_name(call, function),
            Some((_, Meaning::ImportModule)) => self.import_module(call, function),
            None if self.ends_in(function, "__getattribute__") => {
                self.attribute_by_name(call, function);
            }
            None if call.shell.is_some() => self.handed_on(call, function),
            None => {}
        }
    }

    /// An attribute whose name is in no table resolves to nothing that is.
    fn is_worth_a_look(&self, function: Node<'tree>) -> bool {
        match Kind::of(function) {
            Kind::Attribute => {
                let attribute = function.child_by_field_id(self.resolver.fields.attribute);
                attribute.is_some_and(|attribute| {
                    let name = self.resolver.script.of(attribute);
                    super::names::could_be(name) || name == "partial"
                })
            }
            _ => true,
        }
    }

    fn ends_in(&self, function: Node<'tree>, name: &str) -> bool {
        let attribute = function.child_by_field_id(self.resolver.fields.attribute);
        attribute.is_some_and(|attribute| self.resolver.script.of(attribute) == name)
    }

    fn mention(&mut self, node: Node<'tree>, scope: usize) {
        let written = self.resolver.script.of(node);
        let is_name = Kind::of(node) == Kind::Identifier;
        // Most names of a script are neither a table's nor imported.
        if is_name && !super::names::could_be(written) && !self.resolver.scopes.is_known(written) {
            return;
        }
        let names = self.resolver.names(node, scope);
        for name in names {
            if let Some(Meaning::Banned(rule)) = meaning(&name) {
                self.add(rule, node, Some(&name));
                return;
            }
        }
    }

    fn subprocess(&mut self, call: &Call<'tree>, function: Node<'tree>, name: &str) {
        let uses_shell = call
            .shell
            .is_some_and(|value| !is_false(self.resolver.script, value))
            || self.shell_in_splat(call);
        let rule = if uses_shell {
            &PYTHON_SUBPROCESS_SHELL
        } else {
            &PYTHON_PROCESS
        };
        self.add(rule, function, Some(name));
    }

    /// `partial(subprocess.run, shell=True)` and the like.
    fn handed_on(&mut self, call: &Call<'tree>, function: Node<'tree>) {
        let Some(first) = self.arguments(call).first().copied() else {
            return;
        };
        let names = self.resolver.names(first, call.scope);
        let subprocess = names
            .iter()
            .find(|name| matches!(meaning(name), Some(Meaning::Subprocess)));
        let shell = call
            .shell
            .is_some_and(|value| !is_false(self.resolver.script, value));
        if let Some(name) = subprocess.filter(|_| shell) {
            self.add(&PYTHON_SUBPROCESS_SHELL, function, Some(name));
        }
    }

    /// `**{'shell': True}`
    fn shell_in_splat(&self, call: &Call<'tree>) -> bool {
        let fields = self.resolver.fields;
        let arguments = call.node.child_by_field_id(fields.arguments);
        arguments
            .into_iter()
            .flat_map(children)
            .filter(|argument| Kind::of(*argument) == Kind::Splat)
            .flat_map(children)
            .filter(|splat| Kind::of(*splat) == Kind::Dictionary)
            .flat_map(children)
            .any(|pair| {
                let key = pair.child_by_field_id(fields.key);
                let key = key.and_then(|key| self.resolver.constant(key, call.scope));
                let value = pair.child_by_field_id(fields.value);
                key.as_deref() == Some("shell")
                    && value.is_some_and(|value| !is_false(self.resolver.script, value))
            })
    }

    fn attribute_by_name(&mut self, call: &Call<'tree>, function: Node<'tree>) {
        let internal = self.arguments(call).into_iter().take(2).any(|argument| {
            let text = self.resolver.constant(argument, call.scope);
            text.is_some_and(|text| text.split('.').any(|part| part.starts_with("__")))
        });
        if internal {
            self.add(&PYTHON_GETATTR_DUNDER, function, None);
        }
    }

    fn import_module(&mut self, call: &Call<'tree>, function: Node<'tree>) {
        let Some(module) = self.arguments(call).first().copied() else {
            return;
        };
        match self.resolver.constant(module, call.scope) {
            Some(name) if HIDDEN_MODULES.contains(&name.split('.').next().unwrap_or("")) => {
                self.add(&PYTHON_DYNAMIC_IMPORT, function, Some(&name));
            }
            Some(_) => {}
            None => self.add(&PYTHON_COMPUTED_IMPORT, function, None),
        }
    }

    fn arguments(&self, call: &Call<'tree>) -> Vec<Node<'tree>> {
        let arguments = call.node.child_by_field_id(self.resolver.fields.arguments);
        arguments.into_iter().flat_map(children).take(3).collect()
    }

    fn add(&mut self, rule: &'static Rule, node: Node<'tree>, name: Option<&str>) {
        let written = self.resolver.script.of(node);
        let name = name.map(|name| name.strip_prefix("builtins.").unwrap_or(name));
        let meant = name.filter(|name| *name != written);
        let meant = meant
            .map(|name| format!(" (`{}`)", shown(name)))
            .unwrap_or_default();
        let message = format!("`{}`{meant}: {}", shown(written), rule.why);
        self.notes.add(rule, node.byte_range(), message);
    }
}

/// Whether an argument is a constant that Python takes for false.
fn is_false(script: &Script<'_>, value: Node<'_>) -> bool {
    match Kind::of(value) {
        Kind::False | Kind::None => true,
        Kind::Integer => script.of(value) == "0",
        _ => false,
    }
}
