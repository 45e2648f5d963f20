//! Reconnectors for live resources, and the executor that connects them in parallel.
//!
//! A *recipe* ([`Sqlite`], [`Postgres`], [`Redis`], [`Tcp`]) is a small serde struct that says how a resource is
//! connected and holds no secret. [`cerial::Live`] keeps it beside the connection; only the recipe travels.
//! [`reconnect_all`] connects every placeholder of a value that arrived, many at a time, under one deadline, and says
//! in a report what came of each.
//!
//! | feature | recipe | connection | key |
//! |---|---|---|---|
//! | `sqlite` (default) | [`Sqlite`] | `rusqlite::Connection` | `rusqlite` |
//! | `tcp` (default) | [`Tcp`] | `std::net::TcpStream` | `std::net::TcpStream` |
//! | `file` (default) | [`OpenFile`] | `std::fs::File` | `std::fs::File` |
//! | `file` (default) | [`OpenReader`] | `std::io::BufReader<File>` | `std::io::BufReader<File>` |
//! | `file` (default) | [`OpenWriter`] | `std::io::BufWriter<File>` | `std::io::BufWriter<File>` |
//! | `tempfile` | [`TempFile`] | `tempfile::NamedTempFile` | `tempfile::NamedTempFile` |
//! | `postgres` | [`Postgres`] | `postgres::Client` | `postgres::Client` |
//! | `redis` | [`Redis`] | `redis::Connection` | `redis::Client` |
//!
//! Of the original's reconnectors, `DbReconnector` is the first row and the last two, and `SocketReconnector` the
//! second. The Python keys of the original are aliases (`psycopg2.Connection`, `redis.Redis`, `sqlite3.Connection`,
//! `socket.socket`), in credentials and in bytes.

#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![cfg_attr(
    not(all(
        feature = "sqlite",
        feature = "tcp",
        feature = "file",
        feature = "tempfile",
        feature = "postgres",
        feature = "redis"
    )),
    expect(rustdoc::broken_intra_doc_links, reason = "the table names every feature's recipe")
)]

mod executor;
mod io_failure;
mod local;
#[cfg(feature = "postgres")]
mod patience;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "redis")]
mod redis;
#[cfg(any(feature = "postgres", feature = "redis"))]
mod split_url;
#[cfg(feature = "sqlite")]
mod sqlite;

pub use executor::{Reconnect, reconnect_all};
#[cfg(feature = "file")]
pub use local::file::{OpenFile, OpenReader, OpenWriter};
#[cfg(feature = "tcp")]
pub use local::tcp::Tcp;
#[cfg(feature = "tempfile")]
pub use local::temp_file::TempFile;
#[cfg(feature = "postgres")]
pub use postgres::{Postgres, Tls};
#[cfg(feature = "redis")]
pub use redis::Redis;
#[cfg(feature = "sqlite")]
pub use sqlite::Sqlite;

/// Adds the reconnectors of this crate to a registry; `inventory` finds it by itself.
pub fn register(builder: &mut cerial::RegistryBuilder) {
    builder.origin("reconnectors", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
    #[cfg(feature = "postgres")]
    builder.reconnector::<Postgres>();
    #[cfg(feature = "redis")]
    builder.reconnector::<Redis>();
    #[cfg(feature = "sqlite")]
    builder.reconnector::<Sqlite>();
    #[cfg(feature = "tcp")]
    builder.reconnector::<Tcp>();
    #[cfg(feature = "file")]
    builder.reconnector::<OpenFile>().reconnector::<OpenReader>().reconnector::<OpenWriter>();
    #[cfg(feature = "tempfile")]
    builder.reconnector::<TempFile>();
}

// By hand, because `plugin!` takes a list that features cannot thin out.
cerial::__private::inventory::submit! { cerial::PluginEntry { register } }
