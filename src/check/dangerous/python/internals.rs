//! Attributes that lead into the interpreter: which are named at all, and which of their uses lead
//! further than an ordinary script goes.

use super::Kind;
use super::resolve::{CLIMB, Resolver, Thing};
use crate::check::tree::{Node, children};

/// What is worth a look, sorted.
const INTERNALS: [&str; 18] = [
    "__base__",
    "__bases__",
    "__builtins__",
    "__closure__",
    "__code__",
    "__globals__",
    "__mro__",
    "__subclasses__",
    "ag_frame",
    "cell_contents",
    "co_code",
    "cr_frame",
    "f_builtins",
    "f_globals",
    "f_locals",
    "gi_frame",
    "mro",
    "tb_frame",
];

/// What of a code object tells about a function and does not change it.
const DESCRIPTIONS: [&str; 9] = [
    "co_argcount",
    "co_filename",
    "co_firstlineno",
    "co_flags",
    "co_kwonlyargcount",
    "co_name",
    "co_posonlyargcount",
    "co_qualname",
    "co_varnames",
];

/// What modules say about themselves.
const SELF_DESCRIPTIONS: [&str; 6] = [
    "__name__",
    "__file__",
    "__doc__",
    "__package__",
    "__version__",
    "__module__",
];

/// What functions may do with a module of builtins that is handed to them.
const LOOKERS: [&str; 9] = [
    "dir",
    "hasattr",
    "getattr",
    "help",
    "id",
    "isinstance",
    "print",
    "repr",
    "type",
];

pub(super) fn is_internal(name: &str) -> bool {
    name == "__builtins__" || INTERNALS.binary_search(&name).is_ok()
}

/// Names that text must not spell for `getattr` and its like, whatever else is given.
pub(super) fn is_gate(name: &str) -> bool {
    matches!(
        name,
        "__subclasses__"
            | "__globals__"
            | "__builtins__"
            | "__code__"
            | "__closure__"
            | "__import__"
            | "__bases__"
            | "__base__"
            | "__mro__"
            | "f_globals"
            | "f_builtins"
            | "gi_frame"
            | "cr_frame"
            | "tb_frame"
    )
}

/// Names of the language that scripts ask for by text as a matter of course.
pub(super) fn is_description(name: &str) -> bool {
    SELF_DESCRIPTIONS.contains(&name)
        || matches!(
            name,
            "__qualname__"
                | "__annotations__"
                | "__all__"
                | "__author__"
                | "__slots__"
                | "__iter__"
                | "__next__"
                | "__len__"
                | "__call__"
                | "__enter__"
                | "__exit__"
                | "__str__"
                | "__repr__"
                | "__signature__"
                | "__wrapped__"
                | "__path__"
                | "__cause__"
                | "__context__"
                | "__traceback__"
                | "__dataclass_fields__"
        )
}

impl<'tree> Resolver<'_, 'tree, '_> {
    /// Whether the use of an internal attribute, or of the name `__builtins__`, leads on.
    pub(super) fn leads_on(&self, node: Node<'tree>, scope: usize) -> bool {
        let attribute = node.child_by_field_id(self.fields.attribute);
        let Some(attribute) = attribute else {
            return self.builtins_leads_on(node, scope);
        };
        let next = self.next_attribute(node);
        match self.script.of(attribute) {
            "__globals__" | "__closure__" | "f_builtins" | "co_code" => true,
            "f_globals" | "__builtins__" => !self.is_described(node, scope),
            "__code__" => self.is_target(node) || next == Some("replace") || next_is_data(next),
            "__subclasses__" => self.is_walk(node, scope),
            "gi_frame" | "cr_frame" | "ag_frame" | "tb_frame" => {
                matches!(
                    next,
                    Some("f_back" | "f_globals" | "f_builtins" | "f_locals")
                )
            }
            "__bases__" | "__base__" | "__mro__" | "mro" => self.climbs(node, scope),
            _ => false,
        }
    }

    /// `__builtins__` itself: its items and attributes are judged by their names.
    fn builtins_leads_on(&self, node: Node<'tree>, scope: usize) -> bool {
        let Some(parent) = node.parent() else {
            return true;
        };
        match Kind::of(parent) {
            Kind::Subscript if parent.child_by_field_id(self.fields.value) == Some(node) => {
                let key = parent.child_by_field_id(self.fields.subscript);
                key.and_then(|key| self.constant(key, scope)).is_none()
            }
            Kind::Arguments => {
                let function = parent
                    .parent()
                    .and_then(|call| call.child_by_field_id(self.fields.function));
                function.is_none_or(|function| !LOOKERS.contains(&self.script.of(function)))
            }
            Kind::Comparison => false,
            _ => true,
        }
    }

    /// The attribute that is taken of a node.
    fn next_attribute(&self, node: Node<'tree>) -> Option<&str> {
        let parent = node.parent()?;
        let attribute = parent.child_by_field_id(self.fields.attribute)?;
        Some(self.script.of(attribute))
    }

    /// Whether a node is assigned to.
    fn is_target(&self, node: Node<'tree>) -> bool {
        let parent = node.parent();
        parent.is_some_and(|parent| {
            matches!(Kind::of(parent), Kind::Assignment | Kind::PatternList)
                && (node.field() == self.fields.left || Kind::of(parent) == Kind::PatternList)
        })
    }

    /// `frame.f_globals['__name__']` and `.get('__name__')`
    fn is_described(&self, node: Node<'tree>, scope: usize) -> bool {
        let Some(parent) = node.parent() else {
            return false;
        };
        let key = match Kind::of(parent) {
            Kind::Subscript => parent.child_by_field_id(self.fields.subscript),
            Kind::Attribute if self.next_attribute(node) == Some("get") => {
                let call = parent.parent();
                let arguments = call.and_then(|call| call.child_by_field_id(self.fields.arguments));
                arguments.and_then(|arguments| children(arguments).next())
            }
            _ => None,
        };
        key.and_then(|key| self.constant(key, scope))
            .is_some_and(|key| SELF_DESCRIPTIONS.contains(&key.as_str()))
    }

    /// Whether `__subclasses__` is asked of `object`, or of what a walk has led to.
    ///
    /// A class that the script knows by name has the script's own subclasses, which is how plugins
    /// are found.
    fn is_walk(&self, node: Node<'tree>, scope: usize) -> bool {
        let Some(object) = node.child_by_field_id(self.fields.object) else {
            return false;
        };
        let root = self.class_of(object).unwrap_or(object);
        if Kind::of(root) != Kind::Identifier {
            return true;
        }
        let bound = self.things(root, scope);
        bound.iter().any(|thing| match thing {
            Thing::Named(name) => {
                let builtin = name.strip_prefix("builtins.");
                name == CLIMB || builtin.is_some_and(is_root)
            }
            Thing::Literal(..) => true,
            _ => false,
        })
    }

    /// The object of `object.__class__` and `type(object)`.
    fn class_of(&self, node: Node<'tree>) -> Option<Node<'tree>> {
        if let Some(attribute) = node.child_by_field_id(self.fields.attribute) {
            let is_class = self.script.of(attribute) == "__class__";
            return node
                .child_by_field_id(self.fields.object)
                .filter(|_| is_class);
        }
        let function = node.child_by_field_id(self.fields.function)?;
        let arguments = node.child_by_field_id(self.fields.arguments)?;
        children(arguments)
            .next()
            .filter(|_| self.script.of(function) == "type")
    }

    /// Whether a walk up the classes begins at a literal, which no ordinary script asks about.
    fn climbs(&self, node: Node<'tree>, scope: usize) -> bool {
        let object = node.child_by_field_id(self.fields.object);
        let start = object.and_then(|object| self.class_of(object));
        start.is_some_and(|start| {
            let is_name = Kind::of(start) == Kind::Identifier;
            let things = self.things(start, scope);
            !is_name
                && things
                    .iter()
                    .any(|thing| matches!(thing, Thing::Literal(..)))
        })
    }
}

/// Classes all others come from.
fn is_root(name: &str) -> bool {
    matches!(name, "object" | "type" | "BaseException" | "Exception")
}

fn next_is_data(next: Option<&str>) -> bool {
    next.is_some_and(|next| next.starts_with("co_") && !DESCRIPTIONS.contains(&next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_sorted_for_the_search() {
        assert!(INTERNALS.is_sorted());
        assert!(INTERNALS.iter().all(|name| is_internal(name)));
        assert!(!is_internal("__class__"));
    }
}
