//! Attributes that lead into the interpreter: which are named at all, and which of their uses lead
//! further than an ordinary script goes.

use super::Kind;
use super::resolve::{CLIMB, Resolver, Thing};
use crate::check::tree::{Node, children};

/// What is worth a look, sorted.
const INTERNALS: [&str; 15] = [
    "__base__",
    "__bases__",
    "__builtins__",
    "__closure__",
    "__code__",
    "__globals__",
    "__mro__",
    "__subclasses__",
    "ag_frame",
    "co_code",
    "cr_frame",
    "f_builtins",
    "f_globals",
    "gi_frame",
    "mro",
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

/// Whether an attribute's name, asked for by text, leads into the interpreter.
///
/// `hidden` text was put together, which no ordinary script does to spell a name of the language;
/// `named` text stands elsewhere in the script; `defaulted` is asked for in case it is there.
pub(super) fn is_gate(name: &str, text: Spelling, defaulted: bool) -> bool {
    let dunder = name.starts_with("__") && name.ends_with("__") && name.len() > 4;
    let always = matches!(
        name,
        "__globals__" | "__subclasses__" | "__builtins__" | "__import__"
    );
    let walks = matches!(
        name,
        "__class__" | "__base__" | "__bases__" | "__mro__" | "__code__" | "__closure__"
    );
    match text {
        Spelling::Hidden => dunder || is_internal(name),
        _ if always => true,
        Spelling::Named => walks && !defaulted,
        Spelling::Plain => dunder && !defaulted && !is_description(name),
    }
}

/// How a constant text is written.
#[derive(Clone, Copy)]
pub(super) enum Spelling {
    /// A string at the place.
    Plain,
    /// A name of a string, or a string whose meaning for the language is another's affair.
    Named,
    /// Put together.
    Hidden,
}

/// Names of the language that scripts ask for by text as a matter of course.
const DESCRIPTIONS_OF_OBJECTS: [&str; 22] = [
    "__all__",
    "__annotations__",
    "__author__",
    "__call__",
    "__cause__",
    "__context__",
    "__dataclass_fields__",
    "__enter__",
    "__exit__",
    "__func__",
    "__iter__",
    "__len__",
    "__next__",
    "__path__",
    "__qualname__",
    "__repr__",
    "__signature__",
    "__slots__",
    "__str__",
    "__traceback__",
    "__wrapped__",
    "__init__",
];

fn is_description(name: &str) -> bool {
    SELF_DESCRIPTIONS.contains(&name) || DESCRIPTIONS_OF_OBJECTS.contains(&name)
}

impl<'tree> Resolver<'_, 'tree, '_> {
    /// Whether the use of an internal attribute, or of the name `__builtins__`, leads on.
    pub(super) fn leads_on(&self, node: Node<'tree>, scope: usize) -> bool {
        let attribute = node.child_by_field_id(self.fields.attribute);
        let Some(attribute) = attribute else {
            return self.builtins_leads_on(node, scope);
        };
        if node
            .parent()
            .is_some_and(|parent| Kind::of(parent) == Kind::Comparison)
        {
            return false;
        }
        let next = self.next_attribute(node);
        match self.script.of(attribute) {
            "__globals__" | "__closure__" | "f_builtins" | "co_code" => true,
            "f_globals" | "__builtins__" => {
                !self.is_described(node, scope) && !self.is_for_source_lines(node)
            }
            "__code__" => self.is_replaced(node) || next == Some("replace") || next_is_data(next),
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
            // Alone, as a statement, it is asked for to see whether it is there.
            Kind::Comparison | Kind::Statement => false,
            _ => true,
        }
    }

    /// The attribute that is taken of a node.
    fn next_attribute(&self, node: Node<'tree>) -> Option<&str> {
        let parent = node.parent()?;
        let attribute = parent.child_by_field_id(self.fields.attribute)?;
        Some(self.script.of(attribute))
    }

    /// Whether a node is assigned to, and not as an attribute of the script's own objects.
    fn is_replaced(&self, node: Node<'tree>) -> bool {
        let object = node.child_by_field_id(self.fields.object);
        let own = object.is_some_and(|object| self.script.of(object) == "self");
        let parent = node.parent().filter(|_| !own);
        parent.is_some_and(|parent| match Kind::of(parent) {
            Kind::Assignment => node.field() == self.fields.left,
            kind => kind == Kind::PatternList,
        })
    }

    /// `linecache` takes the names of a frame to find the source of its module.
    fn is_for_source_lines(&self, node: Node<'tree>) -> bool {
        let call = node.parent().and_then(Node::parent);
        let function = call.and_then(|call| call.child_by_field_id(self.fields.function));
        function.is_some_and(|function| self.script.of(function).starts_with("linecache."))
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
        if !matches!(Kind::of(root), Kind::Identifier | Kind::Attribute) {
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
