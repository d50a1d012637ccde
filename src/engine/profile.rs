//! The seccomp profile as a file, since engines take it by name.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::own_file::{owned, place};
use super::{EngineError, places};
use crate::plan::seccomp::profile;

/// The file with our profile, written if it is not there or says something else.
///
/// # Errors
/// It can be written neither to the state directory nor to the temporary one.
pub fn seccomp_file() -> Result<String, EngineError> {
    let text = profile();
    let mut failure = None;
    for directory in directories() {
        match placed(&directory, &text) {
            Ok(path) => return Ok(path),
            Err(source) => failure = Some((directory, source)),
        }
    }
    let (path, source) = failure.unwrap_or_else(|| {
        let source = io::Error::from(io::ErrorKind::NotFound);
        (PathBuf::from("HOME"), source)
    });
    Err(EngineError::Profile { path, source })
}

/// The state directory first; where that cannot be written, a directory of this user's own among the
/// temporary ones.
fn directories() -> Vec<PathBuf> {
    let state = places::state_directory();
    state
        .into_iter()
        .chain([places::temporary_directory()])
        .collect()
}

fn placed(directory: &Path, text: &str) -> io::Result<String> {
    let path = directory.join("seccomp.json");
    let Some(name) = path.to_str().filter(|name| !name.contains(',')) else {
        return Err(io::Error::other("its name is not plain text"));
    };
    if owned(directory).is_err() || fs::read_to_string(&path).ok().as_deref() != Some(text) {
        place(&path, text)?;
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn what_stands_there_is_replaced_unless_it_is_the_profile() {
        let directory = tempfile::tempdir().expect("a directory");
        let own = directory.path().join("state");
        let path = placed(&own, "one").expect("placed");
        assert_eq!(fs::read_to_string(&path).expect("text"), "one");
        fs::write(&path, "changed").expect("changed");
        assert_eq!(placed(&own, "one").expect("placed"), path);
        assert_eq!(fs::read_to_string(&path).expect("text"), "one");
        assert_eq!(
            fs::read_dir(&own).expect("a list").count(),
            1,
            "no leavings"
        );
    }

    #[test]
    fn a_directory_that_others_may_write_to_is_not_used() {
        let directory = tempfile::tempdir().expect("a directory");
        let open = directory.path().join("open");
        fs::create_dir(&open).expect("made");
        fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).expect("opened");
        assert!(placed(&open, "one").is_err());
        let link = directory.path().join("link");
        symlink(directory.path(), &link).expect("linked");
        assert!(placed(&link, "one").is_err());
    }
}
