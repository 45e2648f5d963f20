//! The packages that the project is built on, each at the work it is there for. (libloading comes with dynamic plugins.)
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use suitkaise::reconnectors::{Postgres, Redis, Sqlite};
use suitkaise::{Cerial, Credentials, Live, Secret, cerial, reconnect_all};

fn var(name: &str) -> String {
    let name = format!("SUITKAISE_TEST_{name}");
    std::env::var(&name)
        .unwrap_or_else(|_| panic!("{name} is not set: run the tests with `cargo xtask test`"))
}

#[derive(Serialize, Deserialize, Debug, PartialEq, Clone)]
#[serde(tag = "kind")]
enum Setting {
    Flag { on: bool },
    Text { value: String },
    Table { rows: BTreeMap<String, Vec<f64>> },
}

fn settings() -> Vec<Setting> {
    let rows = BTreeMap::from([("a".to_owned(), vec![0.5, -1.0]), ("b".to_owned(), vec![])]);
    vec![Setting::Flag { on: true }, Setting::Text { value: "é".into() }, Setting::Table { rows }]
}

#[test]
fn serde_types_go_over_the_bridge_as_fields_and_at_the_doors() {
    #[derive(Cerial)]
    struct Config {
        settings: Vec<Setting>,
    }
    let bytes = cerial::serialize(&Config { settings: settings() }).unwrap();
    assert_eq!(cerial::deserialize::<Config>(&bytes).unwrap().settings, settings());
    let bytes = cerial::serialize(&cerial::Serde(&settings())).unwrap();
    assert_eq!(cerial::deserialize::<cerial::Serde<Vec<Setting>>>(&bytes).unwrap().0, settings());
}

#[test]
fn erased_serde_values_go_over_the_bridge() {
    let erased: Vec<Box<dyn erased_serde::Serialize>> =
        settings().into_iter().map(|s| Box::new(s) as _).collect();
    let bytes = cerial::serialize(&cerial::Serde(&erased)).unwrap();
    assert_eq!(cerial::deserialize::<cerial::Serde<Vec<Setting>>>(&bytes).unwrap().0, settings());
}

#[test]
fn inventory_finds_the_plugins_of_linked_crates() {
    let registry = cerial::Registry::global();
    assert!(
        registry.handler_keys().iter().any(|key| key.ends_with("Regex")),
        "{:?}",
        registry.handler_keys()
    );
    assert!(registry.reconnector_list().contains(&"postgres::Client"), "{:?}", registry.reconnector_list());
}

#[typetag::serde(tag = "type")]
trait Rule: std::fmt::Debug {
    fn allows(&self, n: i64) -> bool;
}
#[derive(Serialize, Deserialize, Debug)]
struct Above {
    limit: i64,
}
#[derive(Serialize, Deserialize, Debug)]
struct Both {
    rules: Vec<Box<dyn Rule>>,
}
#[typetag::serde]
impl Rule for Above {
    fn allows(&self, n: i64) -> bool {
        n > self.limit
    }
}
#[typetag::serde]
impl Rule for Both {
    fn allows(&self, n: i64) -> bool {
        self.rules.iter().all(|rule| rule.allows(n))
    }
}

#[test]
fn typetag_objects_are_fields_like_any_other() {
    #[derive(Cerial)]
    struct Policy {
        rule: Box<dyn Rule>,
        named: BTreeMap<String, Box<dyn Rule>>,
    }
    let both = |limit| Both { rules: vec![Box::new(Above { limit }), Box::new(Above { limit: 1 })] };
    let policy = Policy {
        rule: Box::new(both(5)),
        named: BTreeMap::from([("low".to_owned(), Box::new(Above { limit: 0 }) as Box<dyn Rule>)]),
    };
    let back: Policy = cerial::deserialize(&cerial::serialize(&policy).unwrap()).unwrap();
    assert!(back.rule.allows(6) && !back.rule.allows(5));
    assert!(back.named["low"].allows(1) && !back.named["low"].allows(0));
}

#[test]
fn rusqlite_connections_come_back_with_their_contents() {
    #[derive(Cerial)]
    struct App {
        memory: Live<Sqlite>,
    }
    let mut app = App { memory: Live::open(Sqlite::memory(), None).unwrap() };
    app.memory
        .get_mut()
        .unwrap()
        .execute_batch("create table t (x); insert into t values (41), (1);")
        .unwrap();
    let mut back: App = cerial::deserialize(&cerial::serialize(&app).unwrap()).unwrap();
    reconnect_all(&back, ()).into_result().unwrap();
    let sum: i64 =
        back.memory.get_mut().unwrap().query_row("select sum(x) from t", [], |row| row.get(0)).unwrap();
    assert_eq!(sum, 42);
}

#[test]
fn postgres_clients_come_back_by_their_recipe() {
    #[derive(Cerial)]
    struct App {
        db: Live<Postgres>,
    }
    let recipe = Postgres::new(var("POSTGRES_HOST"), var("POSTGRES_DATABASE"))
        .port(var("POSTGRES_PORT").parse().unwrap())
        .user(var("POSTGRES_USER"));
    let secret = Secret::from(var("POSTGRES_PASSWORD"));
    let app = App { db: Live::open(recipe, &secret).unwrap() };
    let bytes = cerial::serialize(&app).unwrap();
    let mut back: App = cerial::deserialize(&bytes).unwrap();
    reconnect_all(&back, Credentials::new().with("psycopg2.Connection", "*", secret)).into_result().unwrap();
    let one: i32 = back.db.get_mut().unwrap().query_one("select 1", &[]).unwrap().get(0);
    assert_eq!(one, 1);
}

#[test]
fn redis_connections_come_back_in_their_database() {
    #[derive(Cerial)]
    struct App {
        cache: Live<Redis>,
    }
    let recipe = Redis::new(var("REDIS_HOST")).port(var("REDIS_PORT").parse().unwrap()).database(5);
    let secret = Secret::from(var("REDIS_PASSWORD"));
    let mut app = App { cache: Live::open(recipe, &secret).unwrap() };
    redis::cmd("SET").arg("packages").arg("redis").exec(app.cache.get_mut().unwrap()).unwrap();
    let mut back: App = cerial::deserialize(&cerial::serialize(&app).unwrap()).unwrap();
    reconnect_all(&back, Credentials::new().with("redis::Client", "cache", secret)).into_result().unwrap();
    let value: String = redis::cmd("GET").arg("packages").query(back.cache.get_mut().unwrap()).unwrap();
    assert_eq!(value, "redis");
}
