//! Scripts and outputs as files named by their SHA-256, next to the log, oldest removed beyond a bound.
//!
//! Off unless the policy asks for it: this is the one place where Lazaret writes a script's text to
//! the host's disk. Not part of the chain, which names the hashes: a file that was removed is missed
//! by nobody, and one that was changed no longer has its name's hash.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use nix::fcntl::OFlag;
use serde::Serialize;

use super::log::{AuditError, Durability, failed, sync_directory};
use crate::text::Hash;

/// What of a run is in the store, by hash; null for an empty stream and for what exceeds the bound
/// alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Stored {
    /// The script.
    pub script: Option<String>,
    /// What was kept of its standard output.
    pub stdout: Option<String>,
    /// What was kept of its standard error.
    pub stderr: Option<String>,
}

/// Where a piece that a record names stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// `script`, `stdout` or `stderr`.
    pub what: &'static str,
    /// The file.
    pub path: PathBuf,
    /// Whether it is still there.
    pub present: bool,
}

/// A directory of pieces, which is made when the first one is.
#[derive(Debug, Clone)]
pub struct Store {
    directory: PathBuf,
    most: u64,
}

/// A file of the store.
struct Piece {
    path: PathBuf,
    bytes: u64,
    written: SystemTime,
    is_fresh: bool,
}

impl Store {
    /// The store in a directory of its own, of at most `most` bytes.
    #[must_use]
    pub fn new(directory: impl Into<PathBuf>, most: u64) -> Self {
        Self {
            directory: directory.into(),
            most,
        }
    }

    /// The name that a piece will have; `None` if it is empty or exceeds the bound alone.
    #[must_use]
    pub fn name(&self, bytes: &[u8]) -> Option<String> {
        let fits = !bytes.is_empty() && bytes.len() as u64 <= self.most;
        fits.then(|| Hash::of(bytes).to_string())
    }

    /// Where the pieces stand that the records of a run name; the last record tells.
    #[must_use]
    pub fn places(&self, records: &[serde_json::Value]) -> Vec<Place> {
        let stored = records.last().and_then(|record| record.get("stored"));
        let place = |what| {
            let hash = stored?.get(what)?.as_str()?.parse().ok()?;
            let path = self.place(hash);
            let present = fs::symlink_metadata(&path).is_ok_and(|about| about.is_file());
            Some(Place {
                what,
                path,
                present,
            })
        };
        ["script", "stdout", "stderr"]
            .into_iter()
            .filter_map(place)
            .collect()
    }

    fn place(&self, hash: Hash) -> PathBuf {
        self.directory.join(hash.to_string())
    }

    /// Keeps every piece that has a name, and removes the oldest others beyond the bound. A piece that
    /// is there already counts as new.
    ///
    /// # Errors
    /// A file could not be written, or the directory is not this user's alone.
    pub fn put(&self, pieces: &[&[u8]], durability: Durability) -> Result<(), AuditError> {
        let named: Vec<(String, &[u8])> = pieces
            .iter()
            .filter_map(|bytes| Some((self.name(bytes)?, *bytes)))
            .collect();
        if named.is_empty() {
            return Ok(());
        }
        let _lock = self.lock()?;
        for (name, bytes) in &named {
            self.place_piece(name, bytes, durability)?;
        }
        if durability == Durability::OnDisk {
            sync_directory(&self.directory)?;
        }
        self.remove_oldest(|name| named.iter().any(|(fresh, _)| fresh == name))
    }

    /// One writer at a time, in a directory that nobody else may look into.
    fn lock(&self) -> Result<File, AuditError> {
        let directory = &self.directory;
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)
            .and_then(|()| private(directory))
            .map_err(failed("made", directory))?;
        let path = directory.join("lock");
        let lock = opened(&path, OpenOptions::new().append(true).create(true))?;
        lock.lock().map_err(failed("locked", &path))?;
        Ok(lock)
    }

    /// Whoever reads it sees all of it or nothing.
    fn place_piece(
        &self,
        name: &str,
        bytes: &[u8],
        durability: Durability,
    ) -> Result<(), AuditError> {
        let fresh = self.directory.join("new");
        match fs::remove_file(&fresh) {
            // Only a writer that was killed leaves one: we have the lock.
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed("removed", &fresh)(error)),
        }
        let mut file = opened(&fresh, OpenOptions::new().write(true).create_new(true))?;
        file.write_all(bytes).map_err(failed("written", &fresh))?;
        if durability == Durability::OnDisk {
            file.sync_all().map_err(failed("synced", &fresh))?;
        }
        let path = self.directory.join(name);
        fs::rename(&fresh, &path).map_err(failed("renamed", &fresh))
    }

    fn remove_oldest(&self, is_fresh: impl Fn(&str) -> bool) -> Result<(), AuditError> {
        let mut pieces = self.pieces(is_fresh)?;
        let mut total: u64 = pieces.iter().map(|piece| piece.bytes).sum();
        // The clock of a file system is coarse: what was just written goes last all the same.
        pieces.sort_by_key(|piece| (piece.is_fresh, piece.written));
        for piece in pieces {
            if total <= self.most {
                break;
            }
            fs::remove_file(&piece.path).map_err(failed("removed", &piece.path))?;
            total -= piece.bytes;
        }
        Ok(())
    }

    fn pieces(&self, is_fresh: impl Fn(&str) -> bool) -> Result<Vec<Piece>, AuditError> {
        let entries = fs::read_dir(&self.directory).map_err(failed("read", &self.directory))?;
        let piece = |entry: io::Result<fs::DirEntry>| {
            let entry = entry.ok()?;
            let name = entry.file_name().into_string().ok()?;
            name.parse::<Hash>().ok()?;
            // Of a link its own, not its target's.
            let about = entry.metadata().ok()?;
            Some(Piece {
                path: entry.path(),
                bytes: about.len(),
                written: about.modified().ok()?,
                is_fresh: is_fresh(&name),
            })
        };
        Ok(entries.filter_map(piece).collect())
    }
}

/// By its owner alone, and never through a link that somebody put there.
fn opened(path: &Path, options: &mut OpenOptions) -> Result<File, AuditError> {
    options
        .mode(0o600)
        .custom_flags(OFlag::O_NOFOLLOW.bits())
        .open(path)
        .map_err(failed("opened", path))
}

fn private(directory: &Path) -> io::Result<()> {
    let about = fs::symlink_metadata(directory)?;
    let own = about.uid() == nix::unistd::getuid().as_raw();
    if about.is_dir() && own && about.mode() & 0o777 & !0o700 == 0 {
        return Ok(());
    }
    Err(io::Error::other(
        "it is not a directory of this user's alone (chmod 700)",
    ))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn store(most: u64) -> (tempfile::TempDir, Store) {
        let directory = tempfile::tempdir().expect("a directory");
        let store = Store::new(directory.path().join("audit/store"), most);
        (directory, store)
    }

    fn path(store: &Store, bytes: &[u8]) -> PathBuf {
        store.place(Hash::of(bytes))
    }

    #[test]
    fn a_piece_is_its_owners_alone_and_named_by_its_hash() {
        let (_directory, store) = store(1000);
        for durability in [Durability::OnDisk, Durability::Written] {
            store.put(&[b"one", b""], durability).expect("kept");
        }
        let kept = path(&store, b"one");
        let name = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed";
        assert!(kept.ends_with(name), "{kept:?}");
        assert_eq!(fs::read(&kept).expect("there"), b"one");
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!(mode(&kept), 0o600);
        assert_eq!(mode(kept.parent().expect("a parent")), 0o700);
        let names = fs::read_dir(kept.parent().expect("a parent")).expect("a list");
        assert_eq!(names.count(), 2, "the piece and the lock");
    }

    #[test]
    fn the_oldest_go_and_what_is_put_again_is_new() {
        let (_directory, store) = store(10);
        let put = |bytes: &[u8]| {
            store.put(&[bytes], Durability::Written).expect("kept");
            std::thread::sleep(std::time::Duration::from_millis(20));
        };
        for bytes in [b"aaaa", b"bbbb", b"aaaa", b"cccc"] {
            put(bytes);
        }
        let is_there = |bytes: &[u8]| path(&store, bytes).exists();
        assert!(is_there(b"aaaa") && is_there(b"cccc"));
        assert!(!is_there(b"bbbb"));
        assert_eq!(store.name(&[0; 11]), None, "larger than the bound");
        put(&[0; 11]);
        assert!(is_there(b"aaaa") && is_there(b"cccc"));
        put(&[0; 10]);
        assert!(is_there(&[0; 10]) && !is_there(b"aaaa") && !is_there(b"cccc"));
    }

    #[test]
    fn what_a_killed_writer_left_and_what_is_no_piece_is_no_hindrance() {
        let (_directory, store) = store(4);
        store.put(&[b"aaaa"], Durability::Written).expect("kept");
        let directory = path(&store, b"aaaa").with_file_name("");
        fs::write(directory.join("new"), "half of some").expect("left");
        fs::write(directory.join("README"), "not a piece").expect("left");
        store.put(&[b"bbbb"], Durability::Written).expect("kept");
        assert_eq!(fs::read(path(&store, b"bbbb")).expect("there"), b"bbbb");
        assert!(!path(&store, b"aaaa").exists());
        assert!(directory.join("README").exists());
    }

    #[test]
    fn no_link_is_followed() {
        let (directory, store) = store(1000);
        let victim = directory.path().join("victim");
        fs::write(&victim, "precious").expect("written");
        store.put(&[b"one"], Durability::Written).expect("kept");
        // In the place of a piece: the link is replaced, not what it names.
        fs::remove_file(path(&store, b"one")).expect("removed");
        symlink(&victim, path(&store, b"one")).expect("linked");
        store.put(&[b"one"], Durability::Written).expect("kept");
        assert!(
            path(&store, b"one")
                .symlink_metadata()
                .expect("there")
                .is_file()
        );
        // In the place of the lock or the new file: refused, or taken away.
        symlink(&victim, path(&store, b"one").with_file_name("new")).expect("linked");
        store.put(&[b"two"], Durability::Written).expect("kept");
        let lock = path(&store, b"one").with_file_name("lock");
        fs::remove_file(&lock).expect("removed");
        symlink(&victim, &lock).expect("linked");
        assert!(store.put(&[b"three"], Durability::Written).is_err());
        assert_eq!(fs::read_to_string(&victim).expect("there"), "precious");
    }

    #[test]
    fn a_directory_that_others_may_look_into_is_not_used() {
        let (directory, store) = store(1000);
        let audit = directory.path().join("audit");
        fs::create_dir(&audit).expect("made");
        let elsewhere = directory.path().join("elsewhere");
        fs::create_dir(&elsewhere).expect("made");
        symlink(&elsewhere, audit.join("store")).expect("linked");
        assert!(store.put(&[b"one"], Durability::Written).is_err());
        fs::remove_file(audit.join("store")).expect("removed");
        fs::create_dir(audit.join("store")).expect("made");
        let open = fs::Permissions::from_mode(0o755);
        fs::set_permissions(audit.join("store"), open).expect("opened");
        assert!(store.put(&[b"one"], Durability::Written).is_err());
    }
}
