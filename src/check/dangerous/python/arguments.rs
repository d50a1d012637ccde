//! What the arguments of a call decide: a shell, a loader, a family of sockets.

use super::Kind;
use super::constant::Constant;
use super::gather::Call;
use super::names::Load;
use super::resolve::{Resolver, Thing};
use crate::check::tree::{Node, children};

/// How many arguments of a call are read.
const MOST_ARGUMENTS: usize = 24;

/// The place of `shell` among the arguments of `subprocess.Popen`.
const SHELL_PLACE: usize = 8;

const SHELLS: [&str; 8] = ["sh", "bash", "dash", "zsh", "ksh", "ash", "csh", "fish"];

/// Programs that run the one behind them.
const WRAPPERS: [&str; 8] = [
    "doas", "env", "exec", "nice", "nohup", "setsid", "stdbuf", "sudo",
];

/// How many words of a program and its arguments are read.
const MOST_WORDS: usize = 8;

impl<'tree> Resolver<'_, 'tree, '_> {
    pub(super) fn arguments(&self, call: Node<'tree>) -> Vec<Node<'tree>> {
        let arguments = call.child_by_field_id(self.fields.arguments);
        let arguments = arguments.filter(|node| Kind::of(*node) == Kind::Arguments);
        arguments
            .into_iter()
            .flat_map(children)
            .take(MOST_ARGUMENTS)
            .collect()
    }

    /// The value of a keyword argument.
    pub(super) fn keyword(&self, call: Node<'tree>, name: &str) -> Option<Node<'tree>> {
        let arguments = self.arguments(call).into_iter();
        let mut keywords = arguments.filter(|argument| Kind::of(*argument) == Kind::Keyword);
        let keyword = keywords.find(|keyword| {
            let own = keyword.child_by_field_id(self.fields.name);
            own.is_some_and(|own| self.script.of(own) == name)
        });
        keyword?.child_by_field_id(self.fields.value)
    }

    fn positional(&self, call: Node<'tree>, place: usize) -> Option<Node<'tree>> {
        let argument = self.arguments(call).get(place).copied()?;
        (Kind::of(argument) != Kind::Keyword).then_some(argument)
    }

    /// Whether a call of a function of `subprocess` uses a shell.
    pub(super) fn uses_shell(&self, call: &Call<'tree>) -> bool {
        let place = self.positional(call.node, SHELL_PLACE);
        let place = place.filter(|node| Kind::of(*node) != Kind::Splat);
        let shell = call.shell.or(place);
        shell.is_some_and(|value| !self.is_false(value, call.scope))
            || self.shell_in_splat(call)
            || self.names_shell(call)
    }

    /// `['bash', '-c', text]` and `['sh']`: a shell that reads what is no file.
    fn names_shell(&self, call: &Call<'tree>) -> bool {
        let first = self.positional(call.node, 0);
        let first = first.or_else(|| self.keyword(call.node, "args"));
        first.is_some_and(|first| starts_with_shell(&self.first_words(first, call.scope)))
    }

    /// What a list of words begins with, as far as that is constant.
    fn first_words(&self, list: Node<'tree>, scope: usize) -> Vec<Option<String>> {
        // `['sh', '-c'] + more`
        let first = match Kind::of(list) {
            Kind::Binary => list.child_by_field_id(self.fields.left).unwrap_or(list),
            _ => list,
        };
        let literal = self
            .things(first, scope)
            .into_iter()
            .find_map(|thing| match thing {
                Thing::Literal(list, scope)
                    if matches!(Kind::of(list), Kind::List | Kind::Tuple) =>
                {
                    Some((list, scope))
                }
                _ => None,
            });
        if let Some((list, scope)) = literal {
            let words = children(list).take(MOST_WORDS);
            return words.map(|word| self.constant(word, scope)).collect();
        }
        let text = |item| match item {
            Constant::Text(text) => Some(text),
            _ => None,
        };
        match self.value(first, scope) {
            Some(Constant::Items(items)) => items.into_iter().map(text).take(MOST_WORDS).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether another function that starts a program is told to start a shell with `-c`.
    pub(super) fn starts_shell(&self, call: &Call<'tree>) -> bool {
        let mut words = Vec::new();
        for argument in self.arguments(call.node) {
            match Kind::of(argument) {
                Kind::List | Kind::Tuple => words.extend(children(argument).take(3)),
                _ => words.push(argument),
            }
        }
        let words: Vec<_> = (words.into_iter().take(MOST_ARGUMENTS))
            .filter_map(|word| self.constant(word, call.scope))
            .collect();
        words.iter().any(|word| is_shell(word))
            && words
                .iter()
                .any(|word| word.starts_with('-') && word.ends_with('c'))
    }

    /// `**{'shell': True}`, `kwargs={'shell': True}`, also through a name.
    fn shell_in_splat(&self, call: &Call<'tree>) -> bool {
        let splats = self.arguments(call.node).into_iter();
        let splats = splats.filter(|argument| Kind::of(*argument) == Kind::Splat);
        let given = splats.filter_map(|splat| children(splat).next());
        let kwargs = self.keyword(call.node, "kwargs");
        given
            .chain(kwargs)
            .any(|given| self.shell_in(given, call.scope) || self.shell_set(given))
    }

    /// `options['shell'] = True`, with `options` handed on later.
    fn shell_set(&self, given: Node<'tree>) -> bool {
        Kind::of(given) == Kind::Identifier
            && (self.scopes.shells(self.script.of(given)).iter())
                .any(|(value, scope)| !self.is_false(*value, *scope))
    }

    fn shell_in(&self, given: Node<'tree>, scope: usize) -> bool {
        self.things(given, scope).iter().any(|thing| match thing {
            Thing::Literal(dictionary, scope) => {
                let keyword = self.keyword(*dictionary, "shell");
                keyword.is_some_and(|shell| !self.is_false(shell, *scope))
                    || self.pair_shell(*dictionary, *scope)
            }
            _ => false,
        })
    }

    fn pair_shell(&self, dictionary: Node<'tree>, scope: usize) -> bool {
        children(dictionary).take(MOST_ARGUMENTS).any(|pair| {
            let key = pair.child_by_field_id(self.fields.key);
            let value = pair.child_by_field_id(self.fields.value);
            let key = key.and_then(|key| self.constant(key, scope));
            key.as_deref() == Some("shell")
                && value.is_some_and(|value| !self.is_false(value, scope))
        })
    }

    /// Whether a call hands a function of `subprocess` on together with a shell.
    pub(super) fn hands_shell_on(&self, call: &Call<'tree>) -> bool {
        let shell = call.shell;
        shell.is_some_and(|value| !self.is_false(value, call.scope)) || self.shell_in_splat(call)
    }

    /// Whether a call that loads data may make any object.
    pub(super) fn loads_objects(&self, call: &Call<'tree>, load: Load) -> bool {
        let node = call.node;
        match load {
            Load::Yaml => {
                let loader = self.keyword(node, "Loader").or(self.positional(node, 1));
                !loader.is_some_and(|loader| self.is_safe_loader(loader, call.scope))
            }
            Load::Torch => {
                let only = self.keyword(node, "weights_only");
                let only = only.and_then(|only| self.value(only, call.scope));
                only.is_none_or(|only| only.is_false())
            }
            Load::Numpy => {
                let allowed = self.keyword(node, "allow_pickle");
                let allowed = allowed.or(self.positional(node, 2));
                allowed.is_some_and(|allowed| !self.is_false(allowed, call.scope))
            }
        }
    }

    fn is_safe_loader(&self, loader: Node<'tree>, scope: usize) -> bool {
        let things = self.things(loader, scope);
        let mut relevant = things.iter().filter(|thing| match thing {
            Thing::Named(name) => !name.starts_with("builtins."),
            _ => true,
        });
        let safe = |thing: &Thing<'tree>| match thing {
            Thing::Named(name) => name.ends_with("SafeLoader") || name.ends_with("BaseLoader"),
            Thing::Definition(class, _) => {
                let bases = class.child_by_field_id(self.fields.superclasses);
                bases.is_some_and(|bases| self.script.of(bases).contains("SafeLoader"))
            }
            _ => false,
        };
        relevant.next().is_some_and(safe) && relevant.all(safe)
    }

    /// Whether a socket stays inside the container.
    pub(super) fn is_local_socket(&self, call: &Call<'tree>) -> bool {
        let family = self.keyword(call.node, "family");
        let Some(family) = family.or(self.positional(call.node, 0)) else {
            return false;
        };
        let names = self.names(family, call.scope);
        names.iter().any(|name| name == "socket.AF_UNIX")
    }

    /// Whether the address asked for is one that every container knows: its own.
    pub(super) fn is_own_host(&self, call: &Call<'tree>) -> bool {
        let host = self.keyword(call.node, "host");
        let Some(host) = host.or(self.positional(call.node, 0)) else {
            return false;
        };
        if let Some(function) = host.child_by_field_id(self.fields.function) {
            let names = self.names(function, call.scope);
            return names.iter().any(|name| name == "socket.gethostname");
        }
        let name = self.constant(host, call.scope);
        name.is_some_and(|name| name == "localhost" || name == "::1" || name.starts_with("127."))
    }
}

/// Whether words are those of a shell that reads what is no file, also behind `env` and its like.
fn starts_with_shell(words: &[Option<String>]) -> bool {
    let mut words = words.iter().map(Option::as_deref).peekable();
    while let Some(Some(program)) = words.next() {
        let name = program.rsplit('/').next().unwrap_or(program);
        if !WRAPPERS.contains(&name) {
            let is_option = |word: Option<&str>| word.is_some_and(|word| word.starts_with('-'));
            return is_shell(program) && words.next().is_none_or(is_option);
        }
        let is_own = |word: &str| word.starts_with('-') || word.contains('=');
        while words.peek().is_some_and(|word| word.is_some_and(is_own)) {
            words.next();
        }
    }
    false
}

fn is_shell(program: &str) -> bool {
    let name = program.rsplit('/').next().unwrap_or(program);
    SHELLS.contains(&name)
}
