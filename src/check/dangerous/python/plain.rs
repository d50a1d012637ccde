//! Names in the letters that Python reads them in.
//!
//! Python takes a name for what NFKC makes of it, so `ｅｖａｌ` is `eval`. A text with such names is
//! read in plain letters, with blanks behind each name, so that every place in it stays the same.
//! Names that are no shorter so are left alone: none of them is of plain letters.

use unicode_normalization::UnicodeNormalization;

use super::Kind;
use crate::check::tree::{Node, Step, Walk};

/// The text in plain letters; none where it is already.
pub(super) fn spelled(text: &str, root: Node<'_>) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    // What is not Python, around a part of another script, is left out.
    let all = root.byte_range();
    let (mut plain, mut at) = ("\n".repeat(all.start), all.start);
    for step in Walk::of(root) {
        let Step::Enter(node, _) = step else { continue };
        if Kind::of(node) != Kind::Identifier {
            continue;
        }
        let written = text.get(node.byte_range()).unwrap_or("");
        if let Some(name) = plain_name(written) {
            plain.push_str(text.get(at..node.start_byte()).unwrap_or(""));
            plain.push_str(&name);
            plain.extend(std::iter::repeat_n(' ', written.len() - name.len()));
            at = node.end_byte();
        }
    }
    (at > all.start).then(|| plain + text.get(at..all.end).unwrap_or(""))
}

fn plain_name(written: &str) -> Option<String> {
    if written.is_ascii() {
        return None;
    }
    let name: String = written.nfkc().collect();
    (name.is_ascii() && name.len() <= written.len()).then_some(name)
}

#[cfg(test)]
mod tests {
    use crate::check::parser::Fuel;
    use crate::check::syntax;
    use crate::check::tree::Script;
    use crate::language::Grammar;

    fn spelled(text: &str) -> Option<String> {
        let reading = syntax::read(text, Grammar::Python);
        let script = Script::parse(text, Grammar::Python, &reading, &Fuel::of(text))?;
        super::spelled(text, script.root())
    }

    #[test]
    fn names_become_plain_and_no_place_moves() {
        let text = "é = 'ｅｖａｌ'\nｅｖａｌ(é)\no.𝓮𝔁(1)\n";
        let plain = "é = 'ｅｖａｌ'\neval        (é)\no.ex      (1)\n";
        assert_eq!(spelled(text).as_deref(), Some(plain));
        assert_eq!(text.len(), plain.len());
        assert_eq!(spelled("\n\nｅ()\n").as_deref(), Some("\n\ne  ()\n"));
    }

    #[test]
    fn other_letters_are_left_alone() {
        for text in [
            "eval(x)\n",
            "é\n",
            "größe = 1\n",
            "µ = 'ｅ'\n",
            "# ｅｖａｌ\n",
        ] {
            assert_eq!(spelled(text), None, "{text:?}");
        }
    }
}
