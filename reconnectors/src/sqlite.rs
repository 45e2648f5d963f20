//! SQLite: a file, or a database in memory whose contents travel.

use std::collections::BTreeMap;
use std::path::Path;

use cerial::{Auth, Connect, Error, ErrorKind, Failure, Reach, Reconnector, Result, Secret};
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags};
use serde::{Deserialize, Serialize};

/// How an SQLite database is opened: the file or memory, mode, pragmas, attached databases.
///
/// A file that does not exist is created by the first connection, never by a reconnection: the file that was there
/// may be missing in another directory or on another machine, and an empty database in its place would hide that.
/// The contents of a database in memory travel, up to [`Sqlite::carry_limit`]. Temporary tables, and functions,
/// collations and hooks that were registered, do not. An open transaction is an error when the value is serialized.
///
/// ```
/// # fn main() -> cerial::Result<()> {
/// use cerial::Live;
/// use cerial_reconnectors::Sqlite;
/// let db = Live::open(Sqlite::memory().pragma("foreign_keys", 1), None)?;
/// assert_eq!(db.get()?.query_row("pragma foreign_keys", [], |row| row.get::<_, i64>(0)).unwrap(), 1);
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sqlite {
    /// None for a database in memory.
    file: Option<String>,
    mode: Mode,
    pragmas: BTreeMap<String, Pragma>,
    attached: Vec<Attached>,
    carry_limit: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Mode {
    Create,
    ReadWrite,
    ReadOnly,
}

/// The value of a pragma.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[doc(hidden)]
pub enum Pragma {
    Int(i64),
    Text(String),
}

impl From<i64> for Pragma {
    fn from(value: i64) -> Pragma {
        Pragma::Int(value)
    }
}

impl From<&str> for Pragma {
    fn from(value: &str) -> Pragma {
        Pragma::Text(value.to_owned())
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Attached {
    name: String,
    /// None for one in memory.
    file: Option<String>,
}

/// The pragmas that belong to a connection and are kept. What is in the file (journal mode, encoding) is not here.
/// `query_only` is last: nothing can be set behind it.
const PRAGMAS: &[&str] = &[
    "busy_timeout",
    "cache_size",
    "foreign_keys",
    "locking_mode",
    "mmap_size",
    "recursive_triggers",
    "secure_delete",
    "synchronous",
    "temp_store",
    "query_only",
];

impl Sqlite {
    /// A database in a file, created where it does not exist. Never read as a `file:` URI.
    pub fn file(path: impl AsRef<Path>) -> Sqlite {
        Sqlite { file: Some(path.as_ref().to_string_lossy().into_owned()), ..Sqlite::memory() }
    }

    /// A database in memory.
    pub fn memory() -> Sqlite {
        Sqlite {
            file: None,
            mode: Mode::Create,
            pragmas: BTreeMap::new(),
            attached: Vec::new(),
            carry_limit: 256 << 20,
        }
    }

    /// Opens the file only where it exists.
    #[must_use]
    pub fn existing(mut self) -> Sqlite {
        self.mode = Mode::ReadWrite;
        self
    }

    /// Opens the file for reading only.
    #[must_use]
    pub fn read_only(mut self) -> Sqlite {
        self.mode = Mode::ReadOnly;
        self
    }

    /// Sets a pragma of the connection: `busy_timeout`, `cache_size`, `foreign_keys`, `locking_mode`, `mmap_size`,
    /// `query_only`, `recursive_triggers`, `secure_delete`, `synchronous`, `temp_store`.
    #[must_use]
    pub fn pragma(mut self, name: &str, value: impl Into<Pragma>) -> Sqlite {
        self.pragmas.insert(name.to_lowercase(), value.into());
        self
    }

    /// Sets how many bytes of databases in memory may travel; 256 MiB if not set. More is an error.
    #[must_use]
    pub fn carry_limit(mut self, bytes: u64) -> Sqlite {
        self.carry_limit = bytes;
        self
    }

    fn open(&self) -> Result<Connection> {
        let Some(file) = &self.file else {
            return Connection::open_in_memory().map_err(|error| failed(&error));
        };
        if self.mode != Mode::Create && !Path::new(file).exists() {
            return Err(Error::connect(Failure::Other, format!("there is no database file at `{file}`"))
                .with_help("bring the file to that path, or open another one with `Live::open`"));
        }
        let access = match self.mode {
            Mode::Create => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
            Mode::ReadWrite => OpenFlags::SQLITE_OPEN_READ_WRITE,
            Mode::ReadOnly => OpenFlags::SQLITE_OPEN_READ_ONLY,
        };
        // No URI: its parameters (a key among them) would be lost, and stand in error messages.
        let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Connection::open_with_flags(file, flags).map_err(|error| failed(&error))
    }

    fn attach(&self, db: &Connection) -> Result<()> {
        for Attached { name, file } in &self.attached {
            if let Some(file) = file
                && !Path::new(file).exists()
            {
                return Err(Error::connect(
                    Failure::Other,
                    format!("there is no attached database file at `{file}`"),
                ));
            }
            let file = file.as_deref().unwrap_or(":memory:");
            db.execute("attach database ?1 as ?2", (file, name)).map_err(|error| failed(&error))?;
        }
        Ok(())
    }

    /// Sets the pragmas. Only known names reach SQLite: a recipe may come from a stranger.
    fn set_pragmas(&self, db: &Connection) -> Result<()> {
        if let Some(name) = self.pragmas.keys().find(|name| !PRAGMAS.contains(&name.as_str())) {
            return Err(Error::connect(
                Failure::Other,
                format!("the pragma `{name}` is none of a connection"),
            )
            .with_help(format!("those are kept: {}", PRAGMAS.join(", "))));
        }
        for name in PRAGMAS {
            let value = match self.pragmas.get(*name) {
                None => continue,
                Some(Pragma::Int(value)) => Value::Integer(*value),
                Some(Pragma::Text(value)) => Value::Text(value.clone()),
            };
            db.pragma_update(None, name, value).map_err(|error| failed(&error))?;
        }
        Ok(())
    }

    /// The databases whose contents must travel.
    fn in_memory(&self) -> Vec<&str> {
        let main = self.file.is_none().then_some("main");
        let attached = self.attached.iter().filter(|attached| attached.file.is_none());
        main.into_iter().chain(attached.map(|attached| attached.name.as_str())).collect()
    }
}

impl Reconnector for Sqlite {
    type Live = Connection;
    const KEY: &'static str = "rusqlite";
    const ALIASES: &'static [&'static str] = &["rusqlite::Connection", "sqlite3.Connection"];
    const AUTH: Auth = Auth::None;

    fn connect(&self, cx: &Connect<'_>) -> Result<Connection> {
        let db = self.open()?;
        db.busy_timeout(cx.left()).map_err(|error| failed(&error))?;
        // SQLite opens lazily: this reads the file's head, so that what is no database fails here.
        db.query_row("pragma schema_version", [], |_| Ok(())).map_err(|error| failed(&error))?;
        // What rusqlite sets on a new connection; a pragma that is kept goes over it.
        db.busy_timeout(std::time::Duration::from_secs(5)).map_err(|error| failed(&error))?;
        self.attach(&db)?;
        self.set_pragmas(&db)?;
        Ok(db)
    }

    fn place(&self) -> String {
        self.file.clone().unwrap_or_else(|| ":memory:".to_owned())
    }

    fn reach(&self) -> Reach {
        match &self.file {
            Some(file) => Reach::File(file.clone()),
            None => match self.attached.iter().find_map(|attached| attached.file.clone()) {
                Some(file) => Reach::File(file),
                None => Reach::Memory,
            },
        }
    }

    fn observe(&mut self, db: &mut Connection) -> Result<()> {
        if !db.is_autocommit() {
            return Err(open_transaction(self));
        }
        // From now on the file exists: a reconnection must not make an empty one in its place.
        if let Some(path) = db.path().filter(|path| !path.is_empty()) {
            self.file = Some(path.to_owned());
            if self.mode == Mode::Create {
                self.mode = Mode::ReadWrite;
            }
        }
        if self.file.is_some() && db.is_readonly("main").unwrap_or(false) {
            self.mode = Mode::ReadOnly;
        }
        for name in PRAGMAS {
            match db.pragma_query_value(None, name, |row| row.get::<_, Value>(0)) {
                Ok(Value::Integer(value)) => self.pragmas.insert((*name).to_owned(), Pragma::Int(value)),
                Ok(Value::Text(value)) => self.pragmas.insert((*name).to_owned(), Pragma::Text(value)),
                // Some have no value for a database in memory.
                _ => self.pragmas.remove(*name),
            };
        }
        self.attached = attached(db).map_err(|error| unwritable(self, &error))?;
        Ok(())
    }

    fn adopt(db: &mut Connection) -> Result<Sqlite> {
        let mut recipe = Sqlite::memory();
        recipe.observe(db)?;
        Ok(recipe)
    }

    fn from_url(url: &str) -> Result<(Sqlite, Option<Secret>)> {
        let wrong = |message: &str| Error::new(ErrorKind::Credentials, message);
        let Some(rest) = url.strip_prefix("sqlite:") else {
            return Err(wrong("want a URL of sqlite, `sqlite:path/to/file` or `sqlite::memory:`"));
        };
        let path = rest.strip_prefix("//").unwrap_or(rest);
        match path {
            ":memory:" => Ok((Sqlite::memory(), None)),
            "" => {
                Err(wrong("a sqlite URL names a file: `sqlite:path/to/file`, or memory: `sqlite::memory:`"))
            }
            _ if path.contains('?') => {
                Err(wrong("the parameters of a sqlite URL are not known: set pragmas instead"))
            }
            _ => Ok((Sqlite::file(path), None)),
        }
    }

    fn carry(&self, db: &mut Connection) -> Result<Option<Vec<u8>>> {
        if !db.is_autocommit() {
            return Err(open_transaction(self));
        }
        let mut recipe = self.clone();
        recipe.attached = attached(db).map_err(|error| unwritable(self, &error))?;
        let mut contents: Vec<(String, Vec<u8>)> = Vec::new();
        let mut total = 0;
        for name in recipe.in_memory() {
            let bytes = db.serialize(name).map_err(|error| unwritable(self, &error))?;
            total += bytes.len() as u64;
            if total > self.carry_limit {
                return Err(Error::new(
                    ErrorKind::Limit,
                    format!("the database in memory takes more than {} bytes", self.carry_limit),
                )
                .with_help("raise it with `Sqlite::carry_limit`, or keep the database in a file"));
            }
            contents.push((name.to_owned(), bytes.to_vec()));
        }
        if contents.is_empty() { Ok(None) } else { cerial::serialize(&contents).map(Some) }
    }

    fn restore(&self, db: &mut Connection, state: &[u8]) -> Result<()> {
        let contents: Vec<(String, Vec<u8>)> = cerial::deserialize(state)?;
        let known = self.in_memory();
        for (name, bytes) in contents {
            if !known.contains(&name.as_str()) {
                return Err(Error::rebuild(format!("contents of a database `{name}` that is not in memory")));
            }
            db.deserialize_read_exact(name.as_str(), bytes.as_slice(), bytes.len(), false)
                .and_then(|()| db.pragma_query_value(Some(name.as_str()), "schema_version", |_| Ok(())))
                .map_err(|error| Error::rebuild(format!("the contents are no SQLite database: {error}")))?;
        }
        // Contents that are put in bring a fresh page cache with its own settings.
        self.set_pragmas(db)
    }
}

fn attached(db: &Connection) -> rusqlite::Result<Vec<Attached>> {
    let mut list = db.prepare("pragma database_list")?;
    let rows = list.query_map([], |row| Ok((row.get::<_, String>(1)?, row.get::<_, Option<String>>(2)?)))?;
    let mut out = Vec::new();
    for row in rows {
        let (name, file) = row?;
        if name != "main" && name != "temp" {
            out.push(Attached { name, file: file.filter(|file| !file.is_empty()) });
        }
    }
    Ok(out)
}

/// What kept a database from being opened.
fn failed(error: &rusqlite::Error) -> Error {
    use rusqlite::ErrorCode;
    let failure = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Failure::Timeout,
        _ => Failure::Other,
    };
    Error::connect(failure, error)
}

fn unwritable(recipe: &Sqlite, error: &rusqlite::Error) -> Error {
    Error::new(ErrorKind::Unwritable, format!("cannot read the state of `{}`: {error}", recipe.place()))
}

fn open_transaction(recipe: &Sqlite) -> Error {
    Error::new(ErrorKind::Unwritable, format!("a transaction is open on `{}`", recipe.place()))
        .with_help("commit it or roll it back first: a transaction cannot travel")
}
