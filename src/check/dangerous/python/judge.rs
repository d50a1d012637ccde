//! The verdict on each place that was gathered.

use std::collections::HashSet;

use super::Kind;
use super::gather::{Call, Facts, Mention};
use super::internals::{Spelling, is_gate};
use super::names::{HIDDEN_MODULES, Load, Meaning, could_be, meaning, method};
use super::resolve::{Resolver, Thing};
use crate::check::Rule;
use crate::check::dangerous::shown;
use crate::check::notes::Notes;
use crate::check::rules::python::{
    PYTHON_CODE_OBJECT, PYTHON_COMPUTED_IMPORT, PYTHON_DYNAMIC_IMPORT, PYTHON_GETATTR_DUNDER,
    PYTHON_INTERNALS, PYTHON_NETWORK, PYTHON_PICKLE, PYTHON_PROCESS, PYTHON_SUBPROCESS_SHELL,
    PYTHON_YAML_LOAD,
};
use crate::check::tree::{Node, Script};

/// Functions that look at what they are given and call nothing.
const LOOKERS: [&str; 9] = [
    "isinstance",
    "issubclass",
    "hasattr",
    "callable",
    "id",
    "repr",
    "print",
    "str",
    "type",
];

pub(super) fn judge(script: &Script<'_>, facts: &Facts<'_, '_>, notes: &mut Notes<'_>) {
    let mut judge = Judge {
        resolver: Resolver::new(script, &facts.scopes),
        notes,
        found: HashSet::new(),
    };
    for call in &facts.calls {
        judge.call(call);
    }
    for mention in &facts.mentions {
        judge.mention(mention);
    }
    for (node, scope) in &facts.internals {
        if judge.resolver.leads_on(*node, *scope) {
            judge.internal(*node);
        }
    }
}

struct Judge<'all, 'tree, 'text, 'policy> {
    resolver: Resolver<'all, 'tree, 'text>,
    notes: &'all mut Notes<'policy>,
    /// Rules and the places where they have spoken.
    found: HashSet<(&'static str, usize)>,
}

impl<'tree> Judge<'_, 'tree, '_, '_> {
    fn call(&mut self, call: &Call<'tree>) {
        let Some(function) = call.node.child_by_field_id(self.resolver.fields.function) else {
            return;
        };
        if !self.is_worth_a_look(function) && call.shell.is_none() && !call.hands_on {
            return;
        }
        let mut things = self.resolver.things(function, call.scope);
        things.extend(self.resolver.called_by_name(&things, call));
        things.extend(self.resolver.bases(&things));
        let mut names = things.iter().filter_map(|thing| match thing {
            Thing::Named(name) => Some(name.as_str()),
            _ => None,
        });
        let known = names
            .find_map(|name| Some((name, meaning(name)?)))
            .or_else(|| self.method(function));
        match known {
            Some((name, meaning)) => self.known(call, function, name, meaning),
            None => self.handed_on(call),
        }
    }

    /// What a method means of an object that nothing is known of.
    fn method(&self, function: Node<'tree>) -> Option<(&'static str, Meaning)> {
        let fields = self.resolver.fields;
        let attribute = function.child_by_field_id(fields.attribute)?;
        let name = self.resolver.script.of(attribute);
        Some(("", method(name)?))
    }

    fn known(&mut self, call: &Call<'tree>, function: Node<'tree>, name: &str, meaning: Meaning) {
        match meaning {
            Meaning::Banned(rule) | Meaning::Called(rule) => self.add(rule, function, name),
            Meaning::Subprocess if self.resolver.uses_shell(call) => {
                self.add(&PYTHON_SUBPROCESS_SHELL, function, name);
            }
            Meaning::Program if self.resolver.starts_shell(call) => {
                self.add(&PYTHON_SUBPROCESS_SHELL, function, name);
            }
            Meaning::Subprocess | Meaning::Program => self.add(&PYTHON_PROCESS, function, name),
            Meaning::AttributeByName => self.attribute_by_name(call, function, name),
            Meaning::ImportModule => self.import_module(call, function),
            Meaning::Load(load) if self.resolver.loads_objects(call, load) => {
                self.add(load.rule(), function, name);
            }
            Meaning::Load(_) => {}
            Meaning::Socket if self.resolver.is_local_socket(call) => {}
            Meaning::HostLookup if self.resolver.is_own_host(call) => {}
            Meaning::Socket | Meaning::HostLookup => self.add(&PYTHON_NETWORK, function, name),
        }
    }

    /// A name that nothing binds and no table has resolves to nothing that is.
    fn is_worth_a_look(&self, function: Node<'tree>) -> bool {
        let resolver = &self.resolver;
        let name = match Kind::of(function) {
            Kind::Attribute => function.child_by_field_id(resolver.fields.attribute),
            Kind::Identifier => Some(function),
            _ => return true,
        };
        name.is_some_and(|name| {
            let name = resolver.script.of(name);
            could_be(name) || resolver.scopes.is_callable(name)
        })
    }

    fn mention(&mut self, mention: &Mention<'tree>) {
        if !self.could_matter(mention.node) {
            return;
        }
        let names = self.resolver.names(mention.node, mention.scope);
        let known = names.iter().find_map(|name| Some((name, meaning(name)?)));
        let rule = match known.map(|(_, meaning)| meaning) {
            Some(Meaning::Banned(rule)) => rule,
            Some(meaning) if mention.given && !Self::is_a_type(known) => {
                match meaning.handed_on() {
                    Some(rule) => rule,
                    None => return,
                }
            }
            _ => return,
        };
        // Where it is handed on with a shell, that has been said.
        let shell = (PYTHON_SUBPROCESS_SHELL.id, mention.node.start_byte());
        if let Some((name, _)) = known
            && !self.found.contains(&shell)
            && !(mention.given && self.is_looked_at(mention.node))
        {
            self.add(rule, mention.node, name);
        }
    }

    /// Most names of a script are neither a table's nor imported.
    fn could_matter(&self, node: Node<'tree>) -> bool {
        let resolver = &self.resolver;
        match Kind::of(node) {
            Kind::Identifier => {
                let name = resolver.script.of(node);
                could_be(name) || resolver.scopes.is_alias(name)
            }
            Kind::Subscript => {
                let value = node.child_by_field_id(resolver.fields.value);
                value.is_some_and(|value| self.holds_names(value))
            }
            _ => true,
        }
    }

    /// Whether an expression looks like a dictionary of names.
    fn holds_names(&self, value: Node<'tree>) -> bool {
        let resolver = &self.resolver;
        let last = match Kind::of(value) {
            Kind::Call => value.child_by_field_id(resolver.fields.function),
            Kind::Attribute => value.child_by_field_id(resolver.fields.attribute),
            Kind::Identifier => Some(value),
            _ => None,
        };
        last.is_some_and(|last| {
            let name = resolver.script.of(last);
            let names = [
                "globals",
                "locals",
                "vars",
                "__dict__",
                "__builtins__",
                "__globals__",
                "modules",
            ];
            names.contains(&name) || resolver.scopes.is_alias(name)
        })
    }

    /// Whether what is handed on is a class, which is more often asked about than called;
    /// `subprocess.Popen` alone is handed on to be called.
    fn is_a_type(known: Option<(&String, Meaning)>) -> bool {
        let Some((name, meaning)) = known else {
            return false;
        };
        let last = name.rsplit('.').next().unwrap_or(name);
        let class = last.starts_with(char::is_uppercase) || last == "zipimporter";
        class && !matches!(meaning, Meaning::Subprocess)
    }

    /// Whether something is handed to a function that only looks at it.
    fn is_looked_at(&self, node: Node<'tree>) -> bool {
        let call = node.parent().and_then(Node::parent);
        let function = call.and_then(|call| call.child_by_field_id(self.resolver.fields.function));
        function.is_some_and(|function| LOOKERS.contains(&self.resolver.script.of(function)))
    }

    /// `partial(subprocess.run, shell=True)` and the like.
    fn handed_on(&mut self, call: &Call<'tree>) {
        if !self.resolver.hands_shell_on(call) {
            return;
        }
        for argument in self.resolver.arguments(call.node).into_iter().take(4) {
            let argument = self.resolver.unkeyed(argument);
            let names = self.resolver.names(argument, call.scope);
            let subprocess = names
                .iter()
                .find(|name| matches!(meaning(name), Some(Meaning::Subprocess)));
            if let Some(name) = subprocess {
                self.add(&PYTHON_SUBPROCESS_SHELL, argument, name);
            }
        }
    }

    fn attribute_by_name(&mut self, call: &Call<'tree>, function: Node<'tree>, name: &str) {
        let arguments = self.resolver.arguments(call.node);
        let sets = matches!(name, "builtins.setattr" | "builtins.delattr");
        let defaulted = !sets && arguments.len() > 2;
        let gate = arguments.into_iter().take(2).any(|argument| {
            let spelling = match Kind::of(argument) {
                Kind::String if !sets => Spelling::Plain,
                Kind::String | Kind::Identifier | Kind::Attribute => Spelling::Named,
                _ => Spelling::Hidden,
            };
            let text = self.resolver.constant(argument, call.scope);
            text.is_some_and(|text| {
                let mut parts = text.split('.');
                parts.any(|part| is_gate(part, spelling, defaulted))
            })
        });
        if gate {
            self.add(&PYTHON_GETATTR_DUNDER, function, "");
        }
        // The attribute itself, where nobody calls it at once.
        let names = self.resolver.names(call.node, call.scope);
        for name in names {
            if let Some(Meaning::Banned(rule)) = meaning(&name) {
                self.add(rule, call.node, &name);
            }
        }
    }

    fn import_module(&mut self, call: &Call<'tree>, function: Node<'tree>) {
        let Some(module) = self.resolver.arguments(call.node).first().copied() else {
            return;
        };
        let module = self.resolver.unkeyed(module);
        match self.resolver.constant(module, call.scope) {
            Some(name) if is_hidden_module(&name) => {
                self.add(&PYTHON_DYNAMIC_IMPORT, function, &name);
            }
            Some(_) => {}
            None => self.add(&PYTHON_COMPUTED_IMPORT, function, ""),
        }
    }

    fn internal(&mut self, node: Node<'tree>) {
        let fields = self.resolver.fields;
        let attribute = node.child_by_field_id(fields.attribute).unwrap_or(node);
        let rule = match self.resolver.script.of(attribute) {
            "__code__" | "co_code" => &PYTHON_CODE_OBJECT,
            _ => &PYTHON_INTERNALS,
        };
        self.add(rule, attribute, "");
    }

    fn add(&mut self, rule: &'static Rule, node: Node<'tree>, name: &str) {
        if !self.found.insert((rule.id, node.start_byte())) {
            return;
        }
        let written = self.resolver.script.of(node);
        let name = name.strip_prefix("builtins.").unwrap_or(name);
        let meant = if name.is_empty() || name == written {
            String::new()
        } else {
            format!(" (`{}`)", shown(name))
        };
        let message = format!("`{}`{meant}: {}", shown(written), rule.why);
        self.notes.add(rule, node.byte_range(), message);
    }
}

impl Meaning {
    /// The rule that speaks where a function is handed to another that will call it.
    fn handed_on(self) -> Option<&'static Rule> {
        match self {
            Self::Banned(rule) | Self::Called(rule) => Some(rule),
            Self::Subprocess | Self::Program => Some(&PYTHON_PROCESS),
            Self::ImportModule => Some(&PYTHON_COMPUTED_IMPORT),
            Self::Load(Load::Numpy) | Self::AttributeByName | Self::Socket => None,
            Self::HostLookup => Some(&PYTHON_NETWORK),
            Self::Load(load) => Some(load.rule()),
        }
    }
}

impl Load {
    const fn rule(self) -> &'static Rule {
        match self {
            Self::Yaml => &PYTHON_YAML_LOAD,
            Self::Torch | Self::Numpy => &PYTHON_PICKLE,
        }
    }
}

fn is_hidden_module(name: &str) -> bool {
    let first = name.split(['.', ':']).next().unwrap_or("");
    HIDDEN_MODULES.contains(&first)
}
