//! Reading scripts, and stdin for scripts.

use std::io::Read;
use std::path::Path;

use crate::language::Language;
use crate::text::single_line;

/// Far beyond any script that passes; what is larger is refused unread.
const LARGEST_SCRIPT: u64 = 4 * 1024 * 1024;

/// Why there is no script to work on; with a stable name.
#[derive(Debug)]
pub(super) struct InputError {
    pub(super) kind: &'static str,
    pub(super) message: String,
}

fn error(kind: &'static str, message: String) -> InputError {
    InputError { kind, message }
}

/// The file's name as documents have it.
pub(super) fn name(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The file's name for messages, on one line: what follows a line end in it would be read as a
/// message of its own, and by GitHub as a command.
pub(super) fn shown(path: &Path) -> String {
    single_line(&path.to_string_lossy())
}

/// The script's bytes; `-` is our own stdin.
pub(super) fn script(path: &Path) -> Result<Vec<u8>, InputError> {
    if std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() > LARGEST_SCRIPT) {
        return Err(too_large(path));
    }
    let bytes = read(path, LARGEST_SCRIPT).map_err(|source| unreadable(path, &source))?;
    if bytes.len() as u64 > LARGEST_SCRIPT {
        return Err(too_large(path));
    }
    Ok(bytes)
}

fn too_large(path: &Path) -> InputError {
    let name = shown(path);
    let message = format!("the script {name} is larger than {LARGEST_SCRIPT} bytes");
    error("script-too-large", message)
}

fn unreadable(path: &Path, source: &std::io::Error) -> InputError {
    let (kind, hint) = match source.kind() {
        std::io::ErrorKind::NotFound => ("script-not-found", ""),
        std::io::ErrorKind::IsADirectory => ("script-unreadable", "; name the files in it"),
        _ => ("script-unreadable", ""),
    };
    let name = shown(path);
    error(
        kind,
        format!("failed to read the script {name}: {source}{hint}"),
    )
}

/// Stdin for the script: nothing unless it was asked for. One byte more than the bound is read, so
/// that what exceeds it can be told.
pub(super) fn stdin(path: Option<&Path>, bound: u64) -> Result<Vec<u8>, InputError> {
    let Some(path) = path else {
        return Ok(Vec::new());
    };
    read(path, bound).map_err(|source| {
        error(
            "stdin-unreadable",
            format!(
                "failed to read {} for the script's stdin: {source}",
                shown(path)
            ),
        )
    })
}

/// At most one byte more than the bound, whatever the size of the file.
fn read(path: &Path, bound: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        std::io::stdin()
            .lock()
            .take(bound + 1)
            .read_to_end(&mut bytes)?;
    } else {
        std::fs::File::open(path)?
            .take(bound + 1)
            .read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// The language that is named, or that the script tells.
pub(super) fn language(
    named: Option<&str>,
    script: &[u8],
    path: &Path,
) -> Result<&'static Language, InputError> {
    let there_are = format!("there are: {}", Language::names());
    if let Some(named) = named {
        return Language::by_name(named).ok_or_else(|| {
            error(
                "unknown-language",
                format!("unknown language `{named}`; {there_are}"),
            )
        });
    }
    let first = script.get(..script.len().min(256)).unwrap_or_default();
    // Of a name that is not UTF-8 the extension is still one.
    let name = path.to_string_lossy();
    Language::detect(&String::from_utf8_lossy(first), Some(&name)).ok_or_else(|| {
        let message = format!("neither a #! line nor an extension tells the language of {}; name it with --language; {there_are}", shown(path));
        error("unknown-language", message)
    })
}
