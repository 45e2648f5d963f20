//! Live resources: databases with what is in them, sockets with their options, those that may not be touched.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::rc::Rc;
use std::sync::OnceLock;
use std::time::Duration;

use suitkaise::cerial::Reconnector;
use suitkaise::reconnectors::{Postgres, Redis, Sqlite, Tcp};
use suitkaise::{Cerial, Live};

use crate::build::Build;
use crate::checks::Checks;
use crate::part::{Noun, part};

/// Stands in the URL that the recipes are made from, and nowhere else.
pub const CANARY: &str = "canary-of-the-worst";
/// The host that the test's policy denies.
pub const DENIED: &str = "denied.invalid";

#[derive(Cerial)]
pub struct Resources {
    memory: Live<Sqlite>,
    file: Live<Sqlite>,
    attribute: BTreeMap<String, Vec<Live<Sqlite>>>,
    shared: (Rc<Live<Sqlite>>, Rc<Live<Sqlite>>),
    tcp: Option<Live<Tcp>>,
    denied: (Live<Postgres>, Option<Live<Redis>>),
}

/// A port of this process that takes connections and says nothing.
fn port() -> u16 {
    static PORT: OnceLock<u16> = OnceLock::new();
    *PORT.get_or_init(|| {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = listener.local_addr().expect("it has an address").port();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // Open until the other side closes.
                std::thread::spawn(move || std::io::copy(&mut &stream, &mut std::io::sink()));
            }
        });
        port
    })
}

fn database(recipe: Sqlite, sql: &str) -> Live<Sqlite> {
    let live = Live::open(recipe, None).expect("SQLite opens");
    live.get().expect("it is open").execute_batch(sql).expect("the statements are good");
    live
}

/// The first column of the first row.
fn ask(live: &Live<Sqlite>, sql: &str) -> Result<i64, String> {
    let connection = live.get().map_err(|error| error.to_string())?;
    connection.query_row(sql, [], |row| row.get(0)).map_err(|error| error.to_string())
}

impl Noun for Resources {
    const NAME: &'static str = "resources";

    fn new(cx: &mut Build) -> Resources {
        let rows = cx.rng.u8(1..20);
        let memory = database(
            Sqlite::memory().pragma("foreign_keys", 1),
            &format!(
                "create table kinds (id integer primary key, name text not null);
                 create table things (id integer primary key, kind integer references kinds, at real);
                 create index by_kind on things (kind);
                 insert into kinds values (1, 'a'), (2, 'b');
                 with recursive n(i) as (select 1 union all select i + 1 from n where i < {rows})
                 insert into things select i, 1 + i % 2, i * 0.5 from n;"
            ),
        );
        let path = cx.folder.join(format!("{}.sqlite", cx.seed));
        let file = database(
            Sqlite::file(path).pragma("busy_timeout", 700),
            "pragma journal_mode = memory; pragma synchronous = off;
             create table if not exists t (x integer); delete from t; insert into t values (40), (2);",
        );
        let one = Rc::new(database(Sqlite::memory(), "create table t (x)"));
        let small = |n: u8| database(Sqlite::memory(), &format!("create table t as select {n} as x"));
        // A socket costs a port for a minute: one seed in eight has one.
        let tcp = cx.seed.is_multiple_of(8).then(|| {
            let wait = Duration::from_millis(cx.rng.u64(1..9) * 100);
            let recipe = Tcp::new("127.0.0.1", port()).nodelay(cx.rng.bool()).read_timeout(wait);
            Live::open(recipe, None).expect("the port takes connections")
        });
        let url = format!("postgres://ann:{CANARY}@{DENIED}:5433/db");
        let (postgres, secret) = Postgres::from_url(&url).expect("a URL");
        assert!(secret.is_some());
        Resources {
            memory,
            file,
            attribute: BTreeMap::from([("shards".into(), vec![small(cx.rng.u8(..)), small(7)])]),
            shared: (one.clone(), one),
            tcp,
            denied: (
                Live::placeholder(postgres),
                Some(Live::placeholder(Redis::new(DENIED).database(cx.rng.i64(..9)))),
            ),
        }
    }

    fn verify(&self, came: &Resources, checks: &mut Checks<'_>) {
        for sql in [
            "select count(*) from things",
            "select sum(id * kind) from things",
            "select count(*) from things where kind = 2",
            "pragma foreign_keys",
            "select count(*) from sqlite_master where type = 'index'",
        ] {
            checks.same(sql, ask(&came.memory, sql), ask(&self.memory, sql));
        }
        let broken = ask(&came.memory, "insert into things values (1000, 99, 0) returning id");
        checks.that("the foreign key holds", broken.is_err());
        checks.same("file's rows", ask(&came.file, "select sum(x) from t"), Ok(42));
        checks.same("file's pragma", ask(&came.file, "pragma busy_timeout"), Ok(700));
        for (came, sent) in came.attribute["shards"].iter().zip(&self.attribute["shards"]) {
            checks.that("shard is alive", came.is_alive());
            checks.same("shard", ask(came, "select x from t"), ask(sent, "select x from t"));
        }
        checks.that("shared is one", Rc::ptr_eq(&came.shared.0, &came.shared.1));
        let put = came.shared.0.get().map(|db| db.execute_batch("insert into t values (1)").is_ok());
        checks.same("shared takes", put.ok(), Some(true));
        checks.same("shared shows", ask(&came.shared.1, "select count(*) from t"), Ok(1));
        checks.same("tcp", came.tcp.is_some(), self.tcp.is_some());
        if let (Some(came), Some(sent)) = (&came.tcp, &self.tcp)
            && let (Some(came), Ok(sent)) = (checks.ok("tcp connects", came.get()), sent.get())
        {
            checks.that("tcp's peer", came.peer_addr().is_ok_and(|peer| peer.ip().is_loopback()));
            checks.same("tcp's nodelay", came.nodelay().ok(), sent.nodelay().ok());
            checks.same("tcp's timeout", came.read_timeout().ok(), sent.read_timeout().ok());
        }
        checks.that("denied stays a placeholder", !came.denied.0.is_alive());
        checks.same("denied", came.denied.0.recipe(), self.denied.0.recipe());
        let place = |live: &Resources| live.denied.1.as_ref().map(|live| live.recipe().place());
        checks.same("denied too", place(came), place(self));
    }
}
part!(Resources);
