//! Calls of Python that take credentials by position: `getenv(name, default)`,
//! `login(user, password)`, `add_argument('--password', default=…)`.

use super::name::{Credential, credential};
use super::python::{Fields, Kind, constant, judge, name_of};
use super::python_values::values;
use super::value::{Place, is_secret};
use super::{Found, named};
use crate::check::tree::{Node, Script, children};

/// A name and what to take where it is missing, or what to set it to.
const NAMED: [&str; 15] = [
    "getenv",
    "putenv",
    "setenv",
    "get",
    "pop",
    "setdefault",
    "config",
    "env",
    "getattr",
    "setattr",
    "__setattr__",
    "DEFINE_string",
    "set",
    "get_env",
    "environ",
];
/// A user and a password.
const LOGINS: [&str; 9] = [
    "HTTPBasicAuth",
    "HTTPDigestAuth",
    "HTTPProxyAuth",
    "BasicAuth",
    "DigestAuth",
    "PlainCredentials",
    "login",
    "basic_auth",
    "UsernamePasswordCredential",
];
/// What is done with a password that is given first.
const DEEDS: [&str; 9] = [
    "set_password",
    "setPassword",
    "make_password",
    "check_password",
    "hash_password",
    "verify_password",
    "generate_password_hash",
    "set_passphrase",
    "setpassword",
];
/// How many arguments are looked at.
const MOST_ARGUMENTS: usize = 16;

pub(super) fn call(script: &Script<'_>, node: Node<'_>, found: &mut Vec<Found>) {
    let fields = Fields::get();
    let function = node.child_by_field_id(fields.function);
    let arguments = node.child_by_field_id(fields.arguments);
    let (Some(function), Some(arguments)) = (function, arguments) else {
        return;
    };
    let whole = script.of(function);
    let name = whole.rsplit('.').next().unwrap_or(whole);
    let arguments: Vec<Node<'_>> = children(arguments).take(MOST_ARGUMENTS).collect();
    let password = |at: usize, place, found: &mut Vec<Found>| {
        if let Some(value) = arguments.get(at) {
            judge(
                script,
                "a password",
                Credential::Password,
                *value,
                place,
                found,
            );
        }
    };
    if NAMED.contains(&name) {
        set(script, &arguments, found);
    } else if LOGINS.contains(&name) {
        password(1, Place::Entry, found);
    } else if name == "add_password" {
        password(3, Place::Entry, found);
    } else if matches!(name, "create_user" | "create_superuser") {
        password(2, Place::Loose, found);
    } else if matches!(whole, "cx_Oracle.connect" | "oracledb.connect") {
        password(1, Place::Entry, found);
    } else if name == "compare_digest" {
        compared(script, &arguments, found);
    } else if name == "b64encode" {
        login(script, &arguments, found);
    } else if matches!(whole, "pymysql.connect" | "MySQLdb.connect") {
        password(2, Place::Entry, found);
    } else if name == "connect"
        && arguments
            .get(1)
            .is_some_and(|port| Kind::of(*port) == Kind::Integer)
    {
        password(3, Place::Entry, found);
    } else if DEEDS.contains(&name) || matches!(whole, "hmac.new" | "Fernet" | "fernet.Fernet") {
        password(0, Place::Loose, found);
    } else if matches!(whole, "jwt.encode" | "jwt.decode") {
        password(1, Place::Loose, found);
    }
    default(script, &arguments, found);
}

/// `compare_digest(api_key, 'secret')`, in either order.
fn compared(script: &Script<'_>, arguments: &[Node<'_>], found: &mut Vec<Found>) {
    let [one, other] = arguments else { return };
    let (name, value) = if Kind::of(*one) == Kind::String {
        (other, one)
    } else {
        (one, other)
    };
    if Kind::of(*name) != Kind::String {
        constant(script, *name, *value, Place::Entry, found);
    }
}

/// `b64encode(b'me:secret')`, as a header for HTTP wants it.
fn login(script: &Script<'_>, arguments: &[Node<'_>], found: &mut Vec<Found>) {
    for value in arguments
        .first()
        .into_iter()
        .flat_map(|first| values(script, *first))
    {
        let text = value.text();
        if let Some((user, password)) = text.split_once(':')
            && !text.contains(char::is_whitespace)
            && is_secret(password, Credential::Password, Place::Loose)
        {
            let place = user.len() + 1..text.len();
            found.extend(value.placed(named("a password", place)));
        }
    }
}

/// The argument behind one that names a credential.
fn set(script: &Script<'_>, arguments: &[Node<'_>], found: &mut Vec<Found>) {
    for pair in arguments.windows(2).take(2) {
        let [name, value] = pair else { continue };
        if Kind::of(*name) == Kind::String
            && let Some(name) = name_of(script, *name)
            && let Some(kind) = credential(name)
        {
            judge(script, name, kind, *value, Place::Entry, found);
        }
    }
}

/// `default=` beside a text that names a credential.
fn default(script: &Script<'_>, arguments: &[Node<'_>], found: &mut Vec<Found>) {
    let fields = Fields::get();
    let value = arguments.iter().find_map(|argument| {
        let name = argument
            .child_by_field_id(fields.name)
            .filter(|_| Kind::of(*argument) == Kind::Keyword)?;
        (script.of(name) == "default").then(|| argument.child_by_field_id(fields.value))?
    });
    let Some(value) = value else { return };
    let named = arguments
        .iter()
        .filter(|argument| Kind::of(**argument) == Kind::String)
        .filter_map(|argument| name_of(script, *argument))
        .find_map(|name| Some((name, credential(name.trim_start_matches('-'))?)));
    if let Some((name, kind)) = named {
        judge(script, name, kind, value, Place::Entry, found);
    }
}
