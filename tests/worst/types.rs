//! Every shape of struct and enum, generic types, every attribute of the derive.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::rc::Rc;

use serde::{Deserialize, Serialize};
use suitkaise::cerial::{Extract, Handler, Rebuild, Serde, Via};
use suitkaise::{Cerial, cerial};

use crate::build::Build;
use crate::checks::Checks;
use crate::part::{Noun, part};

#[derive(Cerial, Debug, PartialEq)]
struct Unit;
#[derive(Cerial, Debug, PartialEq)]
struct Empty {}
#[derive(Cerial, Debug, PartialEq)]
struct Newtype(String);
#[derive(Cerial, Debug, PartialEq)]
#[cerial(transparent)]
struct Meters {
    value: f64,
}
#[derive(Cerial, Debug, PartialEq)]
struct Generic<T, U = u8> {
    items: Vec<Option<T>>,
    other: U,
}
#[derive(Cerial, Debug, PartialEq)]
enum Choice<T> {
    Unit,
    Empty(),
    Tuple(u8, T),
    Named { deep: Box<Choice<T>>, list: Vec<Choice<T>> },
}
#[derive(Cerial, Debug, PartialEq, Clone, Copy)]
enum Flag {
    Off = 3,
    On = 9,
}
#[derive(Cerial, Debug, PartialEq, Clone, Copy)]
#[cerial(pod)]
#[repr(C)]
struct Vertex {
    at: [f32; 3],
    color: u32,
}

/// A type of somebody else.
#[derive(Debug, PartialEq, Clone)]
struct Money(i64);
struct MoneyHandler;
impl Handler for MoneyHandler {
    type Value = Money;
    type State = (String, i64);
    const KEY: &'static str = "worst::Money";
    fn extract(money: &Money, _: &mut Extract) -> cerial::Result<Self::State> {
        Ok(("EUR".into(), money.0))
    }
    fn rebuild((_, cents): Self::State, _: &mut Rebuild) -> cerial::Result<Money> {
        Ok(Money(cents))
    }
}
cerial::plugin! { name: "worst", handlers: [MoneyHandler], reconnectors: [] }

#[derive(Serialize, Deserialize, Debug, PartialEq, Clone)]
#[serde(tag = "kind")]
enum Tagged {
    Flag { on: bool },
    Table { rows: BTreeMap<String, Vec<i32>> },
}
#[derive(Serialize, Deserialize, Debug, PartialEq, Clone)]
#[serde(untagged)]
enum Untagged {
    Number(i64),
    Text(String),
    Pair(u8, String),
}
#[derive(Serialize, Deserialize, Debug, PartialEq, Clone)]
struct Flat {
    id: u8,
    #[serde(flatten)]
    rest: BTreeMap<String, Untagged>,
}

fn seven() -> u8 {
    7
}

#[derive(Cerial)]
pub struct Types {
    plain: (Unit, Empty, Newtype, Meters),
    generic: Generic<Generic<String>, Rc<str>>,
    choices: Vec<Choice<Option<u16>>>,
    flags: [Flag; 2],
    mesh: Vec<Vertex>,
    #[cerial(rename = "other", alias = "older")]
    renamed: u8,
    #[cerial(skip, default = seven)]
    skipped: u8,
    #[cerial(with = MoneyHandler)]
    with: Money,
    leaf: Vec<Money>,
    via: Generic<Via<Money>>,
    serde: Vec<Tagged>,
    #[cerial(serde)]
    flat: Flat,
    untagged: Serde<Vec<Untagged>>,
}

fn choice(cx: &mut Build, depth: u32) -> Choice<Option<u16>> {
    match cx.rng.u8(..if depth == 0 { 3 } else { 5 }) {
        0 => Choice::Unit,
        1 => Choice::Empty(),
        2 => Choice::Tuple(cx.rng.u8(..), Some(cx.rng.u16(..)).filter(|n| n % 3 > 0)),
        _ => Choice::Named {
            deep: Box::new(choice(cx, depth - 1)),
            list: cx.some(3, |cx| choice(cx, depth - 1)),
        },
    }
}

impl Noun for Types {
    const NAME: &'static str = "types";

    fn new(cx: &mut Build) -> Types {
        let inner =
            |cx: &mut Build| Generic { items: cx.some(2, |cx| Some(cx.text(3))), other: cx.rng.u8(..) };
        let untagged = |cx: &mut Build| match cx.rng.u8(..3) {
            0 => Untagged::Number(cx.rng.i64(..)),
            1 => Untagged::Text(cx.text(4)),
            _ => Untagged::Pair(cx.rng.u8(..), cx.text(3)),
        };
        Types {
            plain: (Unit, Empty {}, Newtype(cx.text(5)), Meters { value: cx.rng.f64() }),
            generic: Generic { items: cx.some(3, |cx| Some(inner(cx))), other: cx.pool.text.clone() },
            choices: cx.some(4, |cx| choice(cx, 3)),
            flags: [Flag::On, Flag::Off],
            mesh: cx.some(20, |cx| Vertex { at: [cx.rng.f32(), -0.0, 1.0], color: cx.rng.u32(..) }),
            renamed: cx.rng.u8(..),
            skipped: 1,
            with: Money(cx.rng.i64(..)),
            leaf: cx.some(3, |cx| Money(cx.rng.i64(..))),
            via: Generic { items: vec![None, Some(Via(Money(cx.rng.i64(..))))], other: 0 },
            serde: vec![
                Tagged::Flag { on: cx.rng.bool() },
                Tagged::Table { rows: BTreeMap::from([(cx.text(3), cx.some(3, |cx| cx.rng.i32(..)))]) },
            ],
            flat: Flat {
                id: 1,
                rest: BTreeMap::from([("x".into(), untagged(cx)), ("y".into(), untagged(cx))]),
            },
            untagged: Serde(cx.some(4, untagged)),
        }
    }

    fn verify(&self, came: &Types, checks: &mut Checks<'_>) {
        checks.same("plain", &came.plain, &self.plain);
        checks.same("generic", &came.generic, &self.generic);
        checks.that("generic's text is the pool's", Rc::ptr_eq(&came.generic.other, &checks.pool.text));
        checks.same("choices", &came.choices, &self.choices);
        checks.same("flags", came.flags.map(|flag| flag as u8), [9, 3]);
        checks.same("mesh", &came.mesh, &self.mesh);
        checks.same("renamed", came.renamed, self.renamed);
        checks.same("skipped", came.skipped, 7);
        checks.same("with", &came.with, &self.with);
        checks.same("leaf", &came.leaf, &self.leaf);
        let cents =
            |list: &Generic<Via<Money>>| list.items.iter().map(|m| m.as_ref().map(|m| m.0.0)).collect();
        checks.same::<Vec<_>>("via", cents(&came.via), cents(&self.via));
        checks.same("serde", &came.serde, &self.serde);
        checks.same("flat", &came.flat, &self.flat);
        checks.same("untagged", &came.untagged.0, &self.untagged.0);
    }
}
part!(Types);
