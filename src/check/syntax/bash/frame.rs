//! What the recogniser has open: one stack for the grammar and for the words, so that no nesting
//! of commands in words in commands can exhaust the program's own.

/// Something that has begun and has not ended yet.
#[derive(Debug, Clone)]
pub(super) enum Frame {
    /// Commands up to what ends them.
    List(List),
    Simple(Simple),
    /// A redirection whose target comes next.
    Redirect(Redirect),
    For {
        opened: usize,
        step: ForStep,
    },
    Case {
        opened: usize,
        step: CaseStep,
    },
    Function {
        opened: usize,
        step: FunctionStep,
    },
    /// `[[ … ]]`, or a `( … )` in it.
    Condition {
        opened: usize,
        nested: bool,
        step: ConditionStep,
    },
    /// `name=( … )`
    Array {
        opened: usize,
    },
    /// `((`, which may turn out to be two subshells.
    Arithmetic {
        opened: usize,
        here_documents: usize,
    },
    Word(Word),
    Pair(Pair),
}

#[derive(Debug, Clone)]
pub(super) struct List {
    pub(super) kind: ListKind,
    /// Where the whole construct begins: the `if` of an `else`.
    pub(super) opened: usize,
    /// Where the keyword stands after which this list begins: the `else`.
    pub(super) keyword: usize,
    pub(super) phase: Phase,
    /// Here-documents with a smaller number belong to commands outside.
    pub(super) here_documents: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ListKind {
    Script,
    /// `$( … )`, `<( … )`
    Substitution,
    Subshell,
    Group,
    /// From `if` or `elif` to `then`.
    If,
    Then,
    Else,
    /// From `while` or `until` to `do`.
    While,
    Do,
    /// `for … { … }`
    ForGroup,
    CaseBody,
}

/// How far a list has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// No command yet.
    Empty,
    /// A command may follow.
    Ready,
    /// `&&` or `||` wants a command.
    Operator,
    /// `|` wants a command, and no `!`.
    Pipe,
    /// `!`, which may stand alone.
    Prefix,
    /// `time`, which may as well and has options.
    Timed,
    /// A simple command ended.
    After,
    /// A compound command ended: redirections may follow.
    AfterCompound,
    /// So they did: what follows is no keyword any more.
    AfterRedirection,
}

impl Phase {
    /// Whether a command may begin here.
    pub(super) const fn wants_command(self) -> bool {
        matches!(
            self,
            Self::Empty | Self::Ready | Self::Operator | Self::Pipe | Self::Prefix | Self::Timed
        )
    }

    /// Whether the list may end here; an empty one is for its construct to judge.
    pub(super) const fn may_end(self) -> bool {
        !matches!(
            self,
            Self::Operator | Self::Pipe | Self::Prefix | Self::Timed
        )
    }
}

#[derive(Debug, Clone, Default)]
pub(super) struct Simple {
    /// Words that are neither assignments nor part of redirections.
    pub(super) words: usize,
    /// Nothing but one word so far, so `(` makes it a function.
    pub(super) only_a_name: bool,
    pub(super) start: usize,
    /// The command is one whose arguments may be `name=( … )`.
    pub(super) declares: bool,
    /// Begun by `coproc`, whose first word may be a name.
    pub(super) coprocess: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Redirect {
    pub(super) at: usize,
    pub(super) operator: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ForStep {
    Name,
    /// After the name.
    Named,
    /// After the name and a line's end.
    NamedLine,
    Words,
    /// What ends the head was read; `do` must come.
    Do,
    /// After `for (( … ))`.
    Arithmetic,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CaseStep {
    Word,
    In,
    /// A pattern, `(` or `esac`.
    Clause,
    /// After `(` or `|`.
    Pattern,
    AfterPattern,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FunctionStep {
    /// After `function`.
    Name,
    /// After `function name`.
    Named,
    /// After `function name (`.
    Open,
    /// After `name (`.
    Close,
    Body,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ConditionStep {
    Term,
    /// After an operator like `-f`.
    Operand,
    /// After a word that may be the left side of an operator.
    Left,
    Right,
    /// The right side of `=~`.
    Expression,
    After,
}

/// A word that is being read.
#[expect(
    clippy::struct_excessive_bools,
    reason = "what may come and what has come, each on its own"
)]
#[derive(Debug, Clone, Default)]
pub(super) struct Word {
    pub(super) start: usize,
    /// Neither quoted nor expanded, so it may be a keyword.
    pub(super) plain: bool,
    /// `name=(` opens a list here.
    pub(super) assigns: bool,
    /// `name[` opens an index here.
    pub(super) subscripts: bool,
    /// `[` at its very beginning is an index.
    pub(super) indexes: bool,
    /// A `[` was read.
    pub(super) bracketed: bool,
    /// A `=` was read.
    pub(super) equals: bool,
    /// What stands before the first `=` may be assigned to.
    pub(super) assignment: bool,
    /// In it `(` and `|` are those of a regular expression.
    pub(super) expression: bool,
}

/// Text up to a closing character, read without regard to commands.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    pub(super) opened: usize,
    pub(super) open: u8,
    pub(super) close: u8,
    pub(super) depth: usize,
    pub(super) rules: Rules,
    pub(super) semicolons: usize,
}

/// What counts inside a pair, as bash's `parse_matched_pair` has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rules {
    /// `'…'`
    Literal,
    /// `$'…'` and `` `…` ``: a backslash protects, and that is all.
    Escapes,
    /// `"…"`
    Quotes,
    /// `((…))`, `$((…))` and `$[…]`: of the expansions, `$(…)` alone.
    Arithmetic,
    /// `${…}` and the index of an array: every expansion.
    Expansion,
    /// The parentheses of patterns: quotes alone.
    Pattern,
}
