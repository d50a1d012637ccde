//! Programs and the options that they take credentials by; data for `arguments`.

/// Clients of `MySQL`; they ask for a password where nothing follows `-p` or `--password`.
pub(super) const MYSQL: [&str; 11] = [
    "mysql",
    "mysqldump",
    "mysqladmin",
    "mysqlimport",
    "mysqlshow",
    "mysqlcheck",
    "mysqlsh",
    "mycli",
    "mariadb",
    "mariadb-dump",
    "mariadb-admin",
];
/// Clients of `PostgreSQL`; they always ask.
pub(super) const POSTGRES: [&str; 11] = [
    "psql",
    "pg_dump",
    "pg_dumpall",
    "pg_restore",
    "pg_basebackup",
    "createdb",
    "dropdb",
    "createuser",
    "dropuser",
    "vacuumdb",
    "reindexdb",
];

/// How an option has its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// The next word.
    Next,
    /// The rest of the word.
    Attached,
    /// Either of them.
    Either,
    /// The next word or the rest, behind a name and this mark.
    Pair(char),
    /// The next word, behind `pass:`.
    Source,
    /// The last word.
    Last,
    /// The last word, unless it has a name.
    Operand,
}

/// An option of programs that is followed by a credential.
pub(super) struct Row {
    pub(super) programs: &'static [&'static str],
    /// A word that must stand among the arguments.
    pub(super) with: &'static str,
    pub(super) option: &'static str,
    pub(super) shape: Shape,
}

const fn row(
    programs: &'static [&'static str],
    with: &'static str,
    option: &'static str,
    shape: Shape,
) -> Row {
    Row {
        programs,
        with,
        option,
        shape,
    }
}

pub(super) static ROWS: [Row; 35] = [
    row(&MYSQL, "", "-p", Shape::Attached),
    row(
        &["7z", "7za", "7zr", "rar", "unrar"],
        "",
        "-p",
        Shape::Attached,
    ),
    row(&["sshpass"], "", "-p", Shape::Either),
    row(
        &[
            "docker", "podman", "buildah", "skopeo", "helm", "nerdctl", "crane", "oras", "az",
            "cf", "oc",
        ],
        "login",
        "-p",
        Shape::Next,
    ),
    row(
        &[
            "twine",
            "mongo",
            "mongosh",
            "mongodump",
            "mongorestore",
            "mongoexport",
            "mongoimport",
            "useradd",
            "usermod",
        ],
        "",
        "-p",
        Shape::Next,
    ),
    row(&["redis-cli", "valkey-cli"], "", "-a", Shape::Next),
    row(
        &[
            "sqlcmd",
            "bcp",
            "mosquitto_pub",
            "mosquitto_sub",
            "zip",
            "unzip",
            "ipmitool",
        ],
        "",
        "-P",
        Shape::Either,
    ),
    row(
        &[
            "ldapsearch",
            "ldapadd",
            "ldapmodify",
            "ldapdelete",
            "ldapwhoami",
            "ldappasswd",
        ],
        "",
        "-w",
        Shape::Either,
    ),
    row(&["curl"], "", "-u", Shape::Pair(':')),
    row(&["curl"], "", "-U", Shape::Pair(':')),
    row(&["curl"], "", "--user", Shape::Pair(':')),
    row(&["curl"], "", "--proxy-user", Shape::Pair(':')),
    row(&["http", "https", "xh"], "", "-a", Shape::Pair(':')),
    row(&["http", "https", "xh"], "", "--auth", Shape::Pair(':')),
    row(&["lftp"], "", "-u", Shape::Pair(',')),
    row(
        &["smbclient", "rpcclient", "smbget"],
        "",
        "-U",
        Shape::Pair('%'),
    ),
    row(&["openssl"], "", "-k", Shape::Next),
    row(&["openssl"], "", "-pass", Shape::Source),
    row(&["openssl"], "", "-passin", Shape::Source),
    row(&["openssl"], "", "-passout", Shape::Source),
    row(&["keytool", "jarsigner"], "", "-storepass", Shape::Next),
    row(&["keytool", "jarsigner"], "", "-keypass", Shape::Next),
    row(&["openssl"], "passwd", "", Shape::Last),
    row(&["gh"], "secret", "--body", Shape::Next),
    row(&["gh"], "secret", "-b", Shape::Next),
    row(&["ssh-keygen"], "", "-N", Shape::Next),
    row(&["ssh-keygen"], "", "-P", Shape::Next),
    row(
        &["xfreerdp", "xfreerdp3", "wlfreerdp"],
        "",
        "/p:",
        Shape::Attached,
    ),
    row(&["nmcli"], "", "password", Shape::Next),
    row(&["wpa_passphrase"], "", "", Shape::Last),
    row(&["htpasswd"], "-b", "", Shape::Last),
    row(&["rabbitmqctl"], "add_user", "", Shape::Last),
    row(&["mysqladmin"], "password", "", Shape::Last),
    row(&["rabbitmqctl"], "change_password", "", Shape::Last),
    row(&["vault"], "login", "", Shape::Operand),
];
