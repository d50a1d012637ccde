//! `lazaret completions` and `lazaret man`: generated from what can be typed, so that they are never
//! behind it.

use std::io;

use clap::{Command, CommandFactory as _};

use super::args::{Arguments, CompletionsOptions, ManOptions};
use super::{exit, output};

pub(super) fn completions(options: &CompletionsOptions) -> u8 {
    let mut script = Vec::new();
    clap_complete::generate(
        options.shell,
        &mut Arguments::command(),
        "lazaret",
        &mut script,
    );
    output::bytes(&script);
    exit::OK
}

pub(super) fn man(options: &ManOptions) -> u8 {
    let mut command = Arguments::command();
    command.build();
    let Some(command) = find(&command, &options.command) else {
        let words = crate::text::single_line(&options.command.join(" "));
        output::message(&format!(
            "there is no command `{words}`; `lazaret --help` lists them all"
        ));
        return exit::INVALID;
    };
    match page(command) {
        Ok(page) => {
            output::bytes(&page);
            exit::OK
        }
        Err(error) => {
            output::message(&format!("the page could not be written: {error}"));
            exit::INVALID
        }
    }
}

/// The command that these words lead to.
fn find<'a>(command: &'a Command, words: &[String]) -> Option<&'a Command> {
    words
        .iter()
        .try_fold(command, |command, word| command.find_subcommand(word))
}

fn page(command: &Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_page_and_nothing_else_has() {
        let mut command = Arguments::command();
        command.build();
        for subcommand in command.get_subcommands() {
            let words = [subcommand.get_name().to_owned()];
            let found = find(&command, &words).expect("a command");
            let page = String::from_utf8(page(found).expect("a page")).expect("text");
            assert!(page.contains(".SH SYNOPSIS"), "{words:?}");
        }
        assert!(find(&command, &["nothing".to_owned()]).is_none());
    }
}
