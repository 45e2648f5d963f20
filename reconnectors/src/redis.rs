//! Redis and Valkey by the blocking `redis` client.

use cerial::{Auth, Connect, Error, ErrorKind, Failure, Reach, Reconnector, Result, Secret};
use redis::{
    Connection, ConnectionAddr, ConnectionLike, IntoConnectionInfo, ProtocolVersion, RedisConnectionInfo,
    RedisError, Value,
};
use serde::{Deserialize, Serialize};

use crate::split_url;

/// How a Redis connection is made: host, port, ACL user, database number, protocol.
///
/// The database that was chosen with `SELECT`, and the user of `AUTH`, are read back when the value is serialized.
/// Watched keys and subscriptions are lost; an open `MULTI` is an error.
///
/// ```no_run
/// # fn main() -> cerial::Result<()> {
/// use cerial::{Live, Secret};
/// use cerial_reconnectors::Redis;
/// let secret = Secret::from_env("REDIS_PASSWORD")?;
/// let mut cache = Live::open(Redis::new("cache.internal").database(3), &secret)?;
/// redis::cmd("SET").arg("k").arg(1).exec(cache.get_mut()?).map_err(cerial::Error::other)?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Redis {
    host: String,
    port: u16,
    user: Option<String>,
    database: i64,
    resp3: bool,
}

impl Redis {
    /// Database 0 on a host, on port 6379. A host that begins with `/` is the path of a Unix socket.
    pub fn new(host: impl Into<String>) -> Redis {
        Redis { host: host.into(), port: 6379, user: None, database: 0, resp3: false }
    }

    /// Sets the port.
    #[must_use]
    pub fn port(mut self, port: u16) -> Redis {
        self.port = port;
        self
    }

    /// Sets the ACL user.
    #[must_use]
    pub fn user(mut self, user: impl Into<String>) -> Redis {
        self.user = Some(user.into());
        self
    }

    /// Sets the number of the database.
    #[must_use]
    pub fn database(mut self, number: i64) -> Redis {
        self.database = number;
        self
    }

    /// Speaks version 3 of the protocol.
    #[must_use]
    pub fn resp3(mut self, on: bool) -> Redis {
        self.resp3 = on;
        self
    }

    fn address(&self) -> ConnectionAddr {
        if self.host.starts_with('/') {
            ConnectionAddr::Unix(self.host.clone().into())
        } else {
            ConnectionAddr::Tcp(self.host.clone(), self.port)
        }
    }
}

impl Reconnector for Redis {
    type Live = Connection;
    const KEY: &'static str = "redis::Client";
    const ALIASES: &'static [&'static str] =
        &["redis::Connection", "redis.Redis", "redis.StrictRedis", "valkey.Valkey"];
    const AUTH: Auth = Auth::Optional;

    fn connect(&self, cx: &Connect<'_>) -> Result<Connection> {
        let mut settings = RedisConnectionInfo::default().set_db(self.database);
        if self.resp3 {
            settings = settings.set_protocol(ProtocolVersion::RESP3);
        }
        if let Some(user) = &self.user {
            settings = settings.set_username(user);
        }
        if let Some(password) = cx.password() {
            settings = settings.set_password(password);
        }
        let info = self
            .address()
            .into_connection_info()
            .map_err(|error| failed(&error))?
            .set_redis_settings(settings);
        let client = redis::Client::open(info).map_err(|error| failed(&error))?;
        client.get_connection_with_timeout(cx.left()).map_err(|error| failed(&error))
    }

    fn place(&self) -> String {
        let user = self.user.as_ref().map(|user| format!("{user}@")).unwrap_or_default();
        match self.address() {
            ConnectionAddr::Unix(path) => format!("{user}{}/{}", path.display(), self.database),
            _ if self.host.contains(':') => format!("{user}[{}]:{}/{}", self.host, self.port, self.database),
            _ => format!("{user}{}:{}/{}", self.host, self.port, self.database),
        }
    }

    fn reach(&self) -> Reach {
        if self.host.starts_with('/') {
            Reach::File(self.host.clone())
        } else {
            Reach::Host(self.host.clone())
        }
    }

    fn observe(&mut self, connection: &mut Connection) -> Result<()> {
        // The driver does not follow a `SELECT` that the user sent: the server knows. Before 6.2, or without the
        // right to ask, the recipe stays as it is.
        let Ok(info) = redis::cmd("CLIENT").arg("INFO").query::<Value>(connection) else { return Ok(()) };
        let info = match info {
            // In RESP2 `QUEUED` is a status like `OK`.
            Value::SimpleString(status) if status == "QUEUED" => {
                return Err(Error::new(
                    ErrorKind::Unwritable,
                    format!("a MULTI is open on {}", self.place()),
                )
                .with_help("send EXEC or DISCARD first: a transaction cannot travel"));
            }
            Value::BulkString(info) => String::from_utf8_lossy(&info).into_owned(),
            Value::VerbatimString { text, .. } => text,
            _ => return Ok(()),
        };
        for (name, value) in info.split_whitespace().filter_map(|word| word.split_once('=')) {
            match name {
                "db" => self.database = value.parse().unwrap_or(self.database),
                "user" => self.user = Some(value.to_owned()).filter(|user| user != "default"),
                _ => {}
            }
        }
        Ok(())
    }

    /// A server that wants a password lets a connection without one stand, and refuses its first command.
    fn probe(&self, connection: &mut Connection, cx: &Connect<'_>) -> Result<()> {
        connection.set_read_timeout(Some(cx.left())).map_err(|error| failed(&error))?;
        redis::cmd("PING").exec(connection).map_err(|error| failed(&error))?;
        connection.set_read_timeout(None).map_err(|error| failed(&error))
    }

    fn is_alive(&self, connection: &mut Connection) -> bool {
        connection.is_open()
    }

    fn from_url(url: &str) -> Result<(Redis, Option<Secret>)> {
        let (url, secret) = split_url::split(url, &["redis", "valkey", "rediss"])?;
        if url.scheme() == "rediss" {
            return Err(Error::tls("`rediss` needs a TLS library, and this build has none"));
        }
        let mut recipe = Redis::new(url.host()?.unwrap_or_else(|| "localhost".to_owned()));
        recipe.port = url.port().unwrap_or(6379);
        recipe.user = url.user()?;
        let path = url.path()?;
        if !path.is_empty() {
            recipe.database = path
                .parse()
                .map_err(|_| split_url::wrong("the path of a redis URL is the number of a database"))?;
        }
        for (name, value) in url.parameters() {
            recipe = match (name.as_str(), value.as_str()) {
                ("protocol", "2" | "resp2") => recipe.resp3(false),
                ("protocol", "3" | "resp3") => recipe.resp3(true),
                (name, _) => {
                    return Err(split_url::wrong(format!("the parameter `{name}` of the URL is not known")));
                }
            };
        }
        Ok((recipe, secret))
    }
}

/// Sorts the driver's error by what it means.
fn failed(error: &RedisError) -> Error {
    let reason = error.to_string();
    let says = |word: &str| error.code() == Some(word) || reason.contains(word);
    // With a database other than 0 the missing password shows as a refused switch.
    if says("NOAUTH") || reason.contains("Authentication required") {
        return Error::secret_missing("the server asks for a password");
    }
    if says("WRONGPASS") || says("NOPERM") || error.kind() == redis::ErrorKind::AuthenticationFailed {
        return Error::rejected(tidy(error, &reason));
    }
    if error.is_timeout() {
        return Error::timed_out("the server accepted and did not answer");
    }
    if error.is_io_error()
        || error.is_connection_refusal()
        || error.is_connection_dropped()
        || says("LOADING")
    {
        return Error::unreachable(tidy(error, &reason));
    }
    Error::connect(Failure::Other, tidy(error, &reason))
}

/// The server's own words where it has some, else the driver's without the system's number.
fn tidy(error: &RedisError, reason: &str) -> String {
    let text = error.detail().unwrap_or(reason);
    let text = text.split(" (os error").next().unwrap_or(text);
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}
