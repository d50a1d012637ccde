//! Constants under a telling name in Python: assignments, keyword arguments, defaults, dictionary
//! entries, comparisons, and what calls are given that take credentials.

use super::arguments::{self, Word};
use super::name::{Credential, credential, one_of_several};
use super::python_calls;
use super::python_values::{Gathered, literal, values};
use super::settings::{self, Piece};
use super::value::{Place, is_secret, secret_part};
use super::{Found, named, names_itself};
use crate::check::tree::{Node, Script, Step, Walk, children, fields, kinds};
use crate::language::Grammar;

kinds!(Grammar::Python, Kind {
    Assignment = "assignment",
    Augmented = "augmented_assignment",
    NamedExpression = "named_expression",
    Keyword = "keyword_argument",
    Default = "default_parameter",
    TypedDefault = "typed_default_parameter",
    Pair = "pair",
    Comparison = "comparison_operator",
    Identifier = "identifier",
    Attribute = "attribute",
    Subscript = "subscript",
    Call = "call",
    Arguments = "argument_list",
    List = "list",
    Tuple = "tuple",
    Dictionary = "dictionary",
    Set = "set",
    ExpressionList = "expression_list",
    PatternList = "pattern_list",
    ListPattern = "list_pattern",
    TuplePattern = "tuple_pattern",
    Boolean = "boolean_operator",
    Binary = "binary_operator",
    Conditional = "conditional_expression",
    Integer = "integer",
    String = "string",
    StringStart = "string_start",
    StringContent = "string_content",
    Interpolation = "interpolation",
    Concatenated = "concatenated_string",
    Parenthesized = "parenthesized_expression",
    Comment = "comment",
});

fields!(Grammar::Python, Fields {
    left = "left",
    operator = "operator",
    right = "right",
    name = "name",
    key = "key",
    value = "value",
    attribute = "attribute",
    object = "object",
    subscript = "subscript",
    function = "function",
    arguments = "arguments",
});

pub(super) fn find(script: &Script<'_>, found: &mut Vec<Found>) {
    let mut gathered = Gathered::default();
    for step in Walk::of(script.root()) {
        let Step::Enter(node, _) = step else { continue };
        let kind = Kind::of(node);
        gathered.expression(script, node, kind);
        match kind {
            Kind::StringContent => settings::find(script, node.byte_range(), Piece::Text, found),
            Kind::Comment => settings::find(script, node.byte_range(), Piece::Comment, found),
            Kind::Call => python_calls::call(script, node, found),
            Kind::List | Kind::Tuple => sequence(script, node, found),
            Kind::Comparison => compared(script, node, found),
            _ => given(script, node, kind, found),
        }
    }
    gathered.find(found);
}

/// What gives a value to a name.
fn given(script: &Script<'_>, node: Node<'_>, kind: Kind, found: &mut Vec<Found>) {
    let fields = Fields::get();
    let (name, value) = match kind {
        Kind::Assignment | Kind::Augmented => (fields.left, fields.right),
        Kind::NamedExpression | Kind::Keyword | Kind::Default | Kind::TypedDefault => {
            (fields.name, fields.value)
        }
        Kind::Pair => (fields.key, fields.value),
        _ => return,
    };
    let Some((name, value)) = node
        .child_by_field_id(name)
        .zip(node.child_by_field_id(value))
    else {
        return;
    };
    let place = match kind {
        Kind::Pair => Place::Entry,
        // The rest of a value that a line before began.
        Kind::Augmented => Place::Loose,
        _ => Place::Assigned,
    };
    if matches!(
        Kind::of(name),
        Kind::PatternList | Kind::TuplePattern | Kind::ListPattern
    ) {
        let pairs = children(name).zip(children(value));
        pairs.for_each(|(name, value)| constant(script, name, value, place, found));
    } else if matches!(
        Kind::of(value),
        Kind::List | Kind::Tuple | Kind::Dictionary | Kind::Set
    ) {
        login(script, name, value, found);
        several(script, name, value, found);
    } else {
        constant(script, name, value, place, found);
    }
}

/// `auth=('me', 'secret')`
fn login(script: &Script<'_>, name: Node<'_>, value: Node<'_>, found: &mut Vec<Found>) {
    let auth = name_of(script, name).is_some_and(|name| {
        name.rsplit('_').next().is_some_and(|last| {
            ["auth", "credentials", "creds", "login"]
                .iter()
                .any(|known| last.eq_ignore_ascii_case(known))
        })
    });
    let mut parts = children(value);
    let (Some(_), Some(password), None) = (parts.next(), parts.next(), parts.next()) else {
        return;
    };
    if auth {
        judge(
            script,
            "password",
            Credential::Password,
            password,
            Place::Entry,
            found,
        );
    }
}

/// `PASSWORDS = {'me': 'secret'}`, `api_keys = ['secret']`
fn several(script: &Script<'_>, name: Node<'_>, value: Node<'_>, found: &mut Vec<Found>) {
    let named = name_of(script, name).and_then(one_of_several);
    let Some((name, credential)) = named else {
        return;
    };
    // The keys of a table tell for themselves.
    if credential == Credential::Doubtful && Kind::of(value) == Kind::Dictionary {
        return;
    }
    for part in children(value).take(256) {
        let value = part
            .child_by_field_id(Fields::get().value)
            .filter(|_| Kind::of(part) == Kind::Pair);
        judge(
            script,
            name,
            credential,
            value.unwrap_or(part),
            Place::Listed,
            found,
        );
    }
}

pub(super) fn constant(
    script: &Script<'_>,
    name: Node<'_>,
    value: Node<'_>,
    place: Place,
    found: &mut Vec<Found>,
) {
    let Some(name) = name_of(script, name) else {
        return;
    };
    if let Some(credential) = credential(name) {
        judge(script, name, credential, value, place, found);
    }
}

/// Every constant that a value may turn out to be.
pub(super) fn judge(
    script: &Script<'_>,
    name: &str,
    credential: Credential,
    value: Node<'_>,
    place: Place,
    found: &mut Vec<Found>,
) {
    if Kind::of(value) == Kind::Integer {
        number(script, name, credential, value, found);
    }
    for value in values(script, value) {
        let text = value.text();
        if is_secret(text, credential, place) && !names_itself(name, text) {
            found.extend(value.placed(named(name, secret_part(text, 0..text.len()))));
        }
    }
}

/// `password = 123456`; constants in capitals number kinds and errors.
fn number(
    script: &Script<'_>,
    name: &str,
    credential: Credential,
    value: Node<'_>,
    found: &mut Vec<Found>,
) {
    let digits = script.of(value);
    let named_so = name.bytes().any(|byte| byte.is_ascii_lowercase());
    let plain = digits.len() >= 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
    if credential == Credential::Password && named_so && plain {
        found.push(named(name, value.byte_range()));
    }
}

/// `name == 'constant'`, in either order.
fn compared(script: &Script<'_>, node: Node<'_>, found: &mut Vec<Found>) {
    let (Some(left), Some(operator), Some(right)) = (node.child(0), node.child(1), node.child(2))
    else {
        return;
    };
    if !matches!(script.of(operator), "==" | "!=") {
        return;
    }
    let (name, value) = if matches!(Kind::of(left), Kind::String | Kind::Concatenated) {
        (right, left)
    } else {
        (left, right)
    };
    if Kind::of(name) != Kind::String {
        constant(script, name, value, Place::Entry, found);
    }
}

/// Words of a command, or a name and its value.
fn sequence(script: &Script<'_>, node: Node<'_>, found: &mut Vec<Found>) {
    let words: Vec<Word<'_>> = children(node).map(|part| word(script, part)).collect();
    if words.iter().filter(|word| word.text.is_some()).count() < 2 {
        return;
    }
    arguments::find(&words, found);
    if Kind::of(node) == Kind::Tuple
        && let [
            Word {
                text: Some(name), ..
            },
            Word {
                text: Some(value),
                start,
            },
        ] = words.as_slice()
        && !name.contains([':', ' '])
        && credential(name).is_some_and(|kind| is_secret(value, kind, Place::Loose))
        && !names_itself(name, value)
    {
        found.push(named(name, *start..*start + value.len()));
    }
}

fn word<'text>(script: &Script<'text>, node: Node<'_>) -> Word<'text> {
    let span = literal(node);
    Word {
        text: span.clone().and_then(|span| script.text.get(span)),
        start: span.map_or(0, |span| span.start),
    }
}

pub(super) fn name_of<'text>(script: &Script<'text>, node: Node<'_>) -> Option<&'text str> {
    let fields = Fields::get();
    match Kind::of(node) {
        Kind::Identifier => Some(script.of(node)),
        Kind::Attribute => node
            .child_by_field_id(fields.attribute)
            .map(|name| script.of(name)),
        Kind::Subscript => {
            let key = node.child_by_field_id(fields.subscript)?;
            script.text.get(literal(key)?)
        }
        Kind::String => script.text.get(literal(node)?),
        Kind::Call => {
            let arguments = node.child_by_field_id(fields.arguments)?;
            let first = children(arguments).next()?;
            (Kind::of(first) == Kind::String).then(|| script.text.get(literal(first)?))?
        }
        _ => None,
    }
}
