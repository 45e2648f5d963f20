//! What a handler costs over a derive, and what serde costs through ours.

use crate::bench::{Bench, SIDES, best, find, row};
use crate::data::{Log, log};
use crate::{contender, leak};

/// The same value twice: once with a derive, once as another crate's, which a handler takes apart.
#[derive(Clone, Copy, PartialEq, Debug, cerial::Cerial)]
pub struct Own {
    id: u64,
    cents: i64,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Money {
    id: u64,
    cents: i64,
}

struct MoneyHandler;

impl cerial::Handler for MoneyHandler {
    type Value = Money;
    type State = (u64, i64);
    const KEY: &'static str = "bench::Money";
    fn extract(money: &Money, _: &mut cerial::Extract) -> cerial::Result<(u64, i64)> {
        Ok((money.id, money.cents))
    }
    fn rebuild((id, cents): (u64, i64), _: &mut cerial::Rebuild) -> cerial::Result<Money> {
        Ok(Money { id, cents })
    }
}
cerial::plugin! { name: "bench", handlers: [MoneyHandler], reconnectors: [] }

#[derive(PartialEq, cerial::Cerial)]
struct Handled {
    all: Vec<Money>,
}

#[derive(PartialEq, cerial::Cerial)]
struct Derived {
    all: Vec<Own>,
}

pub fn rows(bench: &Bench) {
    let options: &'static cerial::Options = leak(cerial::Options::new().mode(cerial::Mode::Compact));
    if bench.wants("handler") {
        let handled = leak(Handled { all: (0..10_000).map(|i| Money { id: i, cents: -7 }).collect() });
        let derived = leak(Derived { all: (0..10_000).map(|i| Own { id: i, cents: -7 }).collect() });
        let all = vec![
            contender(
                "cerial handler",
                handled,
                |v: &Handled, b| options.serialize_into(v, b).expect("ours writes"),
                |b| -> Handled { options.deserialize(b).expect("ours reads") },
                |back| back == handled,
            ),
            contender(
                "(derive)",
                derived,
                |v: &Derived, b| options.serialize_into(v, b).expect("ours writes"),
                |b| -> Derived { options.deserialize(b).expect("ours reads") },
                |back| back == derived,
            ),
        ];
        let figures = bench.table("handler", "10,000 values through a handler", all);
        for (side, of) in SIDES {
            if let (Some(handled), Some(derived)) =
                (find(&figures, "cerial handler"), find(&figures, "(derive)"))
            {
                let more = (of(handled) - of(derived)) / 10_000.0;
                row(&format!("handler {side}, over a derive"), "ns/value", more, None);
            }
        }
    }
    if bench.wants("serde") {
        type Logs = Vec<Log>;
        let value: &'static Logs = leak(log(10_000));
        let bridged = leak(cerial::Serde(value.clone()));
        let all = vec![
            contender(
                "cerial serde",
                bridged,
                |v: &cerial::Serde<Logs>, b| options.serialize_into(v, b).expect("ours writes"),
                |b| -> cerial::Serde<Logs> { options.deserialize(b).expect("ours reads") },
                |back| back == bridged,
            ),
            contender(
                "rmp-serde",
                value,
                |v: &Logs, b| rmp_serde::encode::write(b, v).expect("writes"),
                |b| -> Logs { rmp_serde::from_slice(b).expect("reads") },
                |back| back == value,
            ),
            contender(
                "rmp-serde named",
                value,
                |v: &Logs, b| rmp_serde::encode::write_named(b, v).expect("writes"),
                |b| -> Logs { rmp_serde::from_slice(b).expect("reads") },
                |back| back == value,
            ),
        ];
        let figures = bench.table("serde", "10,000 records through serde", all);
        let Some(ours) = find(&figures, "cerial serde") else { return };
        for (side, of) in SIDES {
            if let Some(other) = best(&figures, of, |f| f.name.starts_with("rmp")) {
                row(&format!("serde bridge {side}"), "ns", of(ours), Some((of(other), other.name)));
            }
        }
    }
}
