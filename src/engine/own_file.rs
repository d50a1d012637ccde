//! Files of Lazaret's own in directories that nobody else may write to.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

/// A directory that another user made or may write to could show us one file and the engine another.
pub(super) fn owned(directory: &Path) -> io::Result<()> {
    let about = fs::symlink_metadata(directory)?;
    if about.is_dir() && about.uid() == nix::unistd::getuid().as_raw() && about.mode() & 0o022 == 0
    {
        return Ok(());
    }
    Err(io::Error::other("the directory is not this user's own"))
}

/// Makes the directory if it is not there, and the file in it anew. Whoever reads the file meanwhile
/// reads the old one or the new one, whole.
pub(super) fn place(path: &Path, text: &str) -> io::Result<()> {
    let directory = path.parent().unwrap_or(path);
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)?;
    owned(directory)?;
    // Of this call alone: other processes and threads may write at the same moment.
    let fresh = path.with_extension(format!("{}.new", uuid::Uuid::now_v7()));
    let mut file: File = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&fresh)?;
    file.write_all(text.as_bytes())?;
    fs::rename(&fresh, path)
}
