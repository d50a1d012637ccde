//! Files that commands read and write: downloads that are run, redirects, what is fed.

use super::Search;
use super::flow::{MOST_TEXTS, Printed, Taint};
use crate::check::Rule;
use crate::check::dangerous::bash::Kind;
use crate::check::dangerous::bash::command::{Command, Word};
use crate::check::dangerous::bash::nested::expands;
use crate::check::dangerous::bash::printed::{formatted, unescaped};
use crate::check::dangerous::bash::word::Text;
use crate::check::dangerous::bash::{judge, paths};
use crate::check::rules::bash::BASH_REMOTE_SHELL;
use crate::check::tree::{Node, children};

impl<'a> Search<'a, '_, '_, '_, '_> {
    /// What a pipeline is redirected to read, its last command does.
    pub(super) fn feed_last(&mut self, redirected: Node<'a>) {
        let Some(fed) = self.feeds(redirected) else {
            return;
        };
        let mut body = children(redirected).next();
        while let Some(node) = body {
            match Kind::of(node) {
                Kind::Command => {
                    self.feeding.insert(node.id(), fed);
                    return;
                }
                Kind::Pipeline | Kind::List => body = children(node).last(),
                _ => return,
            }
        }
    }

    /// The redirect that a redirected command reads from.
    pub(super) fn feeds(&self, node: Node<'a>) -> Option<Node<'a>> {
        children(node)
            .filter(|child| match Kind::of(*child) {
                Kind::HereString | Kind::HereDocument => true,
                Kind::FileRedirect => {
                    let written = self.script.of(*child);
                    written.starts_with('<') || written.starts_with("0<")
                }
                _ => false,
            })
            .last()
    }

    pub(super) fn printed(&self, fed: Node<'a>) -> Option<Printed<'a>> {
        if Kind::of(fed) == Kind::HereString {
            return children(fed).next().map(|word| Printed::Words(vec![word]));
        }
        let start = children(fed).find(|part| Kind::of(*part) == Kind::HereStart)?;
        let body = children(fed).find(|part| Kind::of(*part) == Kind::HereBody)?;
        Some(Printed::Body(body, expands(self.script.of(start))))
    }

    pub(super) fn prints(&mut self, base: &str, arguments: &[Word<'a>]) {
        let known: Option<Vec<&str>> = arguments.iter().map(Word::constant).collect();
        let Some(known) = known else {
            return self.make(Taint::Output);
        };
        let options = match base {
            "printf" => known.iter().take_while(|word| **word == "--").count(),
            _ => known.iter().take_while(|word| is_option(word)).count(),
        };
        let (options, known) = known.split_at(options);
        let written = arguments.get(options.len()..).unwrap_or(&[]);
        let Some(first) = written.first() else { return };
        let reads = base == "printf" || options.iter().any(|option| option.contains('e'));
        let printed = match known {
            // As it is written, which leaves the places of what is found in it.
            ["%s" | "%s\\n" | "%b" | "%b\\n", text] if base == "printf" && !text.contains('\\') => {
                written.last().map(|word| Printed::Words(vec![word.node]))
            }
            [format, rest @ ..]
                if base == "printf" && (!rest.is_empty() || format.contains(['%', '\\'])) =>
            {
                Some(Printed::Text(formatted(format, rest), first.node))
            }
            _ if reads && known.iter().any(|text| text.contains('\\')) => {
                Some(Printed::Text(unescaped(&known.join(" ")), first.node))
            }
            _ => Some(Printed::Words(
                written.iter().map(|word| word.node).collect(),
            )),
        };
        if let Some(flow) = self.flows.last_mut()
            && flow.texts.len() < MOST_TEXTS
        {
            flow.texts.extend(printed);
        }
    }

    /// `cat <<E`: what it is fed goes on.
    pub(super) fn passes(&mut self, arguments: &[Word<'a>]) {
        if arguments.iter().any(|word| word.constant() != Some("-")) {
            return;
        }
        let Some(fed) = self.fed else { return };
        let printed = self.printed(fed);
        if let Some(flow) = self.flows.last_mut() {
            flow.texts.extend(printed);
        }
    }

    /// A file that was downloaded or decoded and is now a command.
    pub(super) fn ran_file(&mut self, word: &Word<'a>, command: &Command<'a>) -> bool {
        let written = word.text.written();
        let rule = written
            .contains(['/', '$'])
            .then(|| self.rule_of_file(&word.text))
            .flatten();
        if let Some(rule) = rule {
            self.add(rule, word.node.start_byte()..command.end);
        }
        rule.is_some()
    }

    /// The rule that running a file breaks, for what was written to it.
    pub(super) fn rule_of_file(&self, text: &Text) -> Option<&'static Rule> {
        if self.reader.saved.is_empty() {
            return None;
        }
        (self.reader.saved.get(plain_path(&text.written()))).and_then(|taint| taint.rule())
    }

    pub(super) fn downloads(&mut self, base: &str, arguments: &[Word<'a>]) {
        self.make(Taint::Downloaded);
        let wget = base == "wget";
        let value_of = |long: &[&str], letter: char| {
            arguments.windows(2).find_map(|pair| {
                let [option, value] = pair else { return None };
                let option = option.constant()?;
                let short = option.starts_with('-') && !option.starts_with("--");
                let names = long.contains(&option) || short && option.ends_with(letter);
                names.then(|| value.text.written())
            })
        };
        let named = value_of(
            &["--output", "--output-document"],
            if wget { 'O' } else { 'o' },
        );
        let folder = value_of(&["--directory-prefix", "--output-dir"], 'P');
        let remote = arguments.iter().filter_map(Word::constant).any(|option| {
            let short = option.starts_with('-') && !option.starts_with("--");
            option == "--remote-name" || short && option.contains('O')
        });
        let mut files: Vec<String> = named.into_iter().collect();
        if files.is_empty() && (wget || remote) {
            let urls = arguments.iter().filter_map(Word::constant);
            let names = urls.filter_map(|url| Some(url.rsplit_once('/')?.1));
            files.extend(names.map(|name| match &folder {
                Some(folder) => format!("{folder}/{name}"),
                None => name.to_owned(),
            }));
        }
        self.saved_to(files.into_iter());
    }

    pub(super) fn saved_to(&mut self, files: impl Iterator<Item = String>) {
        let flow = self
            .flows
            .last()
            .map_or(Taint::None, |flow| flow.made.max(flow.input));
        if flow > Taint::Output {
            let files = files.filter(|file| !file.is_empty() && !file.starts_with('-'));
            let files = files.map(|file| (plain_path(&file).to_owned(), flow));
            self.reader.saved.extend(files);
        }
    }

    pub(super) fn redirect(&mut self, node: Node<'a>) {
        let written = self.script.of(node);
        let target = children(node)
            .find(|part| !matches!(Kind::of(*part), Kind::Error | Kind::FileDescriptor));
        let Some(target) = target else {
            return;
        };
        let text = self.words.text(target);
        if paths::is_socket(text.beginning()) {
            return self.add(&BASH_REMOTE_SHELL, node.byte_range());
        }
        if written.contains('>') && !written.contains(">(") {
            self.saved_to(std::iter::once(text.written()));
            let word = Word { node: target, text };
            if let Some(rule) = judge::written_to(std::iter::once(&word), false) {
                self.add(rule, node.byte_range());
            }
        }
    }
}

/// An option of `echo`.
fn is_option(word: &str) -> bool {
    word.strip_prefix('-').is_some_and(|letters| {
        !letters.is_empty() && letters.chars().all(|letter| "neE".contains(letter))
    })
}

fn plain_path(path: &str) -> &str {
    path.strip_prefix("./").unwrap_or(path)
}
