//! Dangerous calls in Python.
//!
//! Two steps: one walk gathers scopes, what names are bound to, and every place where something is
//! called or mentioned; then each place is resolved to qualified names and judged. A name counts
//! as what it may be: a binding that happens only under a condition does not hide a builtin.

mod arguments;
mod bind;
mod called;
mod clients;
mod constant;
mod decode;
mod gather;
mod internals;
mod judge;
mod names;
mod plain;
mod resolve;
mod scope;
mod table;

use crate::check::notes::Notes;
use crate::check::parser::Fuel;
use crate::check::syntax;
use crate::check::tree::{Script, fields, kinds};
use crate::language::Grammar;

kinds!(Grammar::Python, Kind {
    Identifier = "identifier",
    Attribute = "attribute",
    Call = "call",
    Arguments = "argument_list",
    Keyword = "keyword_argument",
    Splat = "dictionary_splat",
    Dictionary = "dictionary",
    Pair = "pair",
    Subscript = "subscript",
    Parenthesized = "parenthesized_expression",
    Conditional = "conditional_expression",
    Named = "named_expression",
    Binary = "binary_operator",
    String = "string",
    StringStart = "string_start",
    StringEnd = "string_end",
    Interpolation = "interpolation",
    Concatenated = "concatenated_string",
    True = "true",
    False = "false",
    None = "none",
    Integer = "integer",
    Import = "import_statement",
    ImportFrom = "import_from_statement",
    FutureImport = "future_import_statement",
    RelativeImport = "relative_import",
    Wildcard = "wildcard_import",
    Aliased = "aliased_import",
    DottedName = "dotted_name",
    Assignment = "assignment",
    Augmented = "augmented_assignment",
    For = "for_statement",
    ForIn = "for_in_clause",
    While = "while_statement",
    If = "if_statement",
    Try = "try_statement",
    Match = "match_statement",
    Function = "function_definition",
    Class = "class_definition",
    Lambda = "lambda",
    ListComprehension = "list_comprehension",
    SetComprehension = "set_comprehension",
    DictionaryComprehension = "dictionary_comprehension",
    Generator = "generator_expression",
    Parameters = "parameters",
    LambdaParameters = "lambda_parameters",
    DefaultParameter = "default_parameter",
    TypedParameter = "typed_parameter",
    TypedDefault = "typed_default_parameter",
    PatternList = "pattern_list",
    TuplePattern = "tuple_pattern",
    ListPattern = "list_pattern",
    ListSplatPattern = "list_splat_pattern",
    DictionarySplatPattern = "dictionary_splat_pattern",
    ListSplat = "list_splat",
    Tuple = "tuple",
    List = "list",
    ExpressionList = "expression_list",
    AsPattern = "as_pattern",
    AsTarget = "as_pattern_target",
    ClassPattern = "class_pattern",
    KeywordPattern = "keyword_pattern",
    SplatPattern = "splat_pattern",
    Global = "global_statement",
    Nonlocal = "nonlocal_statement",
    Delete = "delete_statement",
    Return = "return_statement",
    Statement = "expression_statement",
    Except = "except_clause",
    Case = "case_clause",
    Elif = "elif_clause",
    Else = "else_clause",
    Block = "block",
    Comparison = "comparison_operator",
    Boolean = "boolean_operator",
    Await = "await",
    Unary = "unary_operator",
    Slice = "slice",
    Set = "set",
    Float = "float",
    Content = "string_content",
    Decorator = "decorator",
});

fields!(Grammar::Python, Fields {
    alias = "alias",
    arguments = "arguments",
    attribute = "attribute",
    body = "body",
    expression = "expression",
    format = "format_specifier",
    function = "function",
    key = "key",
    left = "left",
    module = "module_name",
    name = "name",
    object = "object",
    operator = "operator",
    right = "right",
    superclasses = "superclasses",
    subscript = "subscript",
    type_ = "type",
    value = "value",
});

#[cfg(test)]
mod tests;

pub(super) fn check(script: &Script<'_>, fuel: &Fuel, notes: &mut Notes<'_>) {
    match plain::spelled(script.text, script.root()) {
        Some(text) => {
            let reading = syntax::read(&text, Grammar::Python);
            if let Some(script) = Script::parse(&text, Grammar::Python, &reading, fuel) {
                read(&script, notes);
            }
        }
        None => read(script, notes),
    }
}

fn read(script: &Script<'_>, notes: &mut Notes<'_>) {
    let facts = gather::Facts::of(script);
    judge::judge(script, &facts, notes);
}
