//! PostgreSQL by the blocking `postgres` client.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::io;

use cerial::{Auth, Connect, Error, ErrorKind, Failure, Reach, Reconnector, Result, Secret};
use postgres::config::SslMode;
use postgres::error::SqlState;
use postgres::{Client, Config, NoTls};
use serde::{Deserialize, Serialize};

use crate::io_failure;
use crate::patience::within;
use crate::split_url;

/// How a PostgreSQL session is connected: host, port, user, database, TLS mode, and the settings of the session.
///
/// What was `SET` in the session (search path, time zone, timeouts, application name) is read back when the value is
/// serialized and set again when it is reconnected. Prepared statements, LISTEN channels, temporary tables and
/// advisory locks are lost; an open transaction is an error.
///
/// This crate brings no TLS library: a mode that demands TLS is an error of [`Failure::Tls`].
///
/// ```no_run
/// # fn main() -> cerial::Result<()> {
/// use cerial::{Live, Secret};
/// use cerial_reconnectors::Postgres;
/// let secret = Secret::from_env("DB_PASSWORD")?;
/// let mut db = Live::open(Postgres::new("db.internal", "app").user("svc").session("search_path", "sales"), &secret)?;
/// db.get_mut()?.query("select 1", &[]).map_err(cerial::Error::other)?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Postgres {
    host: String,
    port: u16,
    user: Option<String>,
    database: String,
    tls: Tls,
    application_name: Option<String>,
    session: BTreeMap<String, String>,
}

/// Whether the connection is encrypted: `sslmode` of libpq.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Tls {
    /// Never.
    Disable,
    /// Where both sides can.
    #[default]
    Prefer,
    /// Always, whoever the server is.
    Require,
    /// Always, with a certificate of a known authority.
    VerifyCa,
    /// Always, with a certificate of a known authority for this host.
    VerifyFull,
}

impl Postgres {
    /// A database on a host, on port 5432. A host that begins with `/` is the directory of a Unix socket.
    pub fn new(host: impl Into<String>, database: impl Into<String>) -> Postgres {
        Postgres {
            host: host.into(),
            port: 5432,
            user: None,
            database: database.into(),
            tls: Tls::default(),
            application_name: None,
            session: BTreeMap::new(),
        }
    }

    /// Sets the port.
    #[must_use]
    pub fn port(mut self, port: u16) -> Postgres {
        self.port = port;
        self
    }

    /// Sets the user. Without one it is the operating system's.
    #[must_use]
    pub fn user(mut self, user: impl Into<String>) -> Postgres {
        self.user = Some(user.into());
        self
    }

    /// Sets whether the connection is encrypted.
    #[must_use]
    pub fn tls(mut self, tls: Tls) -> Postgres {
        self.tls = tls;
        self
    }

    /// Sets the name under which the server lists the session.
    #[must_use]
    pub fn application_name(mut self, name: impl Into<String>) -> Postgres {
        self.application_name = Some(name.into());
        self
    }

    /// Sets a setting of the session, as `SET name TO value` does.
    #[must_use]
    pub fn session(mut self, name: impl Into<String>, value: impl Into<String>) -> Postgres {
        self.session.insert(name.into(), value.into());
        self
    }

    fn config(&self, cx: &Connect<'_>) -> Result<Config> {
        let mut config = Config::new();
        config.host(&self.host).port(self.port).dbname(&self.database).connect_timeout(cx.left());
        config.ssl_mode(match self.tls {
            Tls::Disable => SslMode::Disable,
            Tls::Prefer => SslMode::Prefer,
            mode => {
                return Err(Error::tls(format!(
                    "the TLS mode {mode:?} needs a TLS library, and this build has none"
                ))
                .with_help("use `Tls::Disable` or `Tls::Prefer` on a network that you trust, or a tunnel"));
            }
        });
        if let Some(user) = &self.user {
            config.user(user);
        }
        if let Some(name) = &self.application_name {
            config.application_name(name);
        }
        if let Some(password) = cx.password() {
            config.password(password);
        }
        Ok(config)
    }
}

impl Reconnector for Postgres {
    type Live = Client;
    const KEY: &'static str = "postgres::Client";
    const ALIASES: &'static [&'static str] =
        &["psycopg2.Connection", "psycopg.Connection", "psycopg2.extensions.connection"];
    const AUTH: Auth = Auth::Optional;

    fn connect(&self, cx: &Connect<'_>) -> Result<Client> {
        let config = self.config(cx)?;
        let session = self.session.clone();
        within(cx, move || {
            let mut client = config.connect(NoTls).map_err(|error| failed(&error))?;
            for (name, value) in &session {
                client.execute("select set_config($1, $2, false)", &[name, value]).map_err(|error| {
                    let reason = words(&error);
                    Error::connect(
                        Failure::Other,
                        format!("cannot set `{name}` in the new session: {reason}"),
                    )
                })?;
            }
            Ok(client)
        })
    }

    fn place(&self) -> String {
        let user = self.user.as_ref().map(|user| format!("{user}@")).unwrap_or_default();
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        format!("{user}{host}:{}/{}", self.port, self.database)
    }

    fn reach(&self) -> Reach {
        if self.host.starts_with('/') {
            Reach::File(self.host.clone())
        } else {
            Reach::Host(self.host.clone())
        }
    }

    fn observe(&mut self, client: &mut Client) -> Result<()> {
        // In a transaction `now()` is its beginning; a statement alone begins with itself.
        let alone = match client.simple_query("select now() = statement_timestamp()") {
            Ok(messages) => messages.iter().any(|message| match message {
                postgres::SimpleQueryMessage::Row(row) => row.get(0) == Some("t"),
                _ => false,
            }),
            Err(error) if error.code() == Some(&SqlState::IN_FAILED_SQL_TRANSACTION) => false,
            // A connection that died meanwhile: the recipe stays as it is.
            Err(_) => return Ok(()),
        };
        if !alone {
            return Err(Error::new(
                ErrorKind::Unwritable,
                format!("a transaction is open on {}", self.place()),
            )
            .with_help("commit it or roll it back first: a transaction cannot travel"));
        }
        // The client's own encoding is the driver's business; what only a new session may set cannot be set again.
        let set = "select name, setting from pg_settings where source in ('client', 'session') \
                   and context in ('user', 'superuser') and name not in ('client_encoding', 'application_name')";
        if let Ok(rows) = client.query(set, &[]) {
            self.session = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        }
        if let Ok(row) = client.query_one("select current_setting('application_name')", &[]) {
            self.application_name = Some(row.get::<_, String>(0)).filter(|name| !name.is_empty());
        }
        Ok(())
    }

    fn is_alive(&self, client: &mut Client) -> bool {
        !client.is_closed()
    }

    fn from_url(url: &str) -> Result<(Postgres, Option<Secret>)> {
        let (url, secret) = split_url::split(url, &["postgres", "postgresql"])?;
        let host = url.host()?.unwrap_or_else(|| "localhost".to_owned());
        let database = match (url.path()?, url.user()?) {
            (path, Some(user)) if path.is_empty() => user,
            (path, _) => path,
        };
        let mut recipe = Postgres::new(host, database).port(url.port().unwrap_or(5432));
        recipe.user = url.user()?;
        for (name, value) in url.parameters() {
            recipe = match (name.as_str(), value.as_str()) {
                ("sslmode", "disable") => recipe.tls(Tls::Disable),
                ("sslmode", "allow" | "prefer") => recipe.tls(Tls::Prefer),
                ("sslmode", "require") => recipe.tls(Tls::Require),
                ("sslmode", "verify-ca") => recipe.tls(Tls::VerifyCa),
                ("sslmode", "verify-full") => recipe.tls(Tls::VerifyFull),
                ("application_name", name) => recipe.application_name(name),
                ("user", user) => recipe.user(user),
                (name, _) => {
                    return Err(split_url::wrong(format!("the parameter `{name}` of the URL is not known")));
                }
            };
        }
        Ok((recipe, secret))
    }
}

/// Sorts the driver's error by what it means.
fn failed(error: &postgres::Error) -> Error {
    let reason = words(error);
    if let Some(code) = error.code() {
        let failure = match code {
            code if code.code().starts_with("28") => Failure::Rejected,
            &SqlState::CANNOT_CONNECT_NOW | &SqlState::TOO_MANY_CONNECTIONS => Failure::Unreachable,
            _ => Failure::Other,
        };
        return Error::connect(failure, reason);
    }
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(io) = inner.downcast_ref::<io::Error>() {
            return io_failure::error(io);
        }
        cause = inner.source();
    }
    // The driver has no kinds for these.
    if reason.contains("password missing") {
        return Error::secret_missing("the server asks for a password");
    }
    if reason.contains("TLS") {
        return Error::tls(reason);
    }
    if reason.contains("timed out") {
        return Error::timed_out(reason);
    }
    Error::connect(if error.is_closed() { Failure::Unreachable } else { Failure::Other }, reason)
}

/// The server's own words, or the driver's down to the cause.
fn words(error: &postgres::Error) -> String {
    match error.as_db_error() {
        Some(db) => db.message().to_owned(),
        None => match error.source() {
            Some(cause) => format!("{error}: {cause}"),
            None => error.to_string(),
        },
    }
}
