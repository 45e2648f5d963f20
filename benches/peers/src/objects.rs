//! Trait objects: ours beside Fory's, and typetag's over each format.

use crate::bench::{Bench, SIDES, best, find, row};
use crate::data::{Point, Rng};
use crate::{contender, leak};

macro_rules! shapes {
    ($($item:item)*) => {$(
        #[derive(Clone, cerial::Cerial, serde::Serialize, serde::Deserialize, fory::ForyStruct)]
        $item
    )*};
}

shapes! {
    pub struct Circle { x: f64, y: f64, r: f64 }
    pub struct Rect { x: f64, y: f64, w: f64, h: f64 }
    pub struct Poly { name: String, points: Vec<Point> }
}

macro_rules! area {
    ($(#[$attr:meta])* $name:ident $(: $super:path)?) => {
        $(#[$attr])*
        pub trait $name $(: $super)? {
            fn area(&self) -> f64;
        }
        $(#[$attr])*
        impl $name for Circle {
            fn area(&self) -> f64 {
                self.x + self.y + self.r
            }
        }
        $(#[$attr])*
        impl $name for Rect {
            fn area(&self) -> f64 {
                self.x + self.y + self.w * self.h
            }
        }
        $(#[$attr])*
        impl $name for Poly {
            fn area(&self) -> f64 {
                self.name.len() as f64 + self.points.iter().map(|p| p.x + p.y).sum::<f64>()
            }
        }
    };
}
area!(
    #[cerial::object]
    Shape
);
area!(
    #[typetag::serde]
    Tagged
);
area!(ForyShape: fory::ForyObject);
fory::register_trait_type!(ForyShape, Circle, Rect, Poly);

macro_rules! boxes {
    ($dyn:path, $n:expr) => {{
        let mut r = Rng(11);
        let all = (0..$n).map(|_| -> Box<dyn $dyn> {
            let kind = r.below(3);
            let mut unit = || f64::from(r.unit());
            match kind {
                0 => Box::new(Circle { x: unit(), y: unit(), r: unit() }),
                1 => Box::new(Rect { x: unit(), y: unit(), w: unit(), h: unit() }),
                _ => {
                    let n = 3 + r.below(4);
                    let name = r.word(8);
                    let mut unit = || f64::from(r.unit());
                    Box::new(Poly { name, points: (0..n).map(|_| Point { x: unit(), y: unit() }).collect() })
                }
            }
        });
        let all: &'static Vec<Box<dyn $dyn>> = leak(all.collect());
        all
    }};
}

pub fn rows(bench: &mut Bench) {
    if !bench.wants("objects") {
        return;
    }
    type Ours = Vec<Box<dyn Shape>>;
    type Typetag = Vec<Box<dyn Tagged>>;
    type Fory = Vec<Box<dyn ForyShape>>;
    let ours = boxes!(Shape, 10_000);
    let typetag = boxes!(Tagged, 10_000);
    let want: f64 = ours.iter().map(|s| s.area()).sum();
    let mut all = Vec::new();
    for (name, mode) in
        [("cerial compact", cerial::Mode::Compact), ("cerial portable", cerial::Mode::Portable)]
    {
        let options: &'static cerial::Options = leak(cerial::Options::new().mode(mode));
        all.push(contender(
            name,
            ours,
            |v: &Ours, b| options.serialize_into(v, b).expect("ours writes"),
            |b| -> Ours { options.deserialize(b).expect("ours reads") },
            |back| back.iter().map(|s| s.area()).sum::<f64>() == want,
        ));
    }
    let right = |back: &Typetag| back.iter().map(|s| s.area()).sum::<f64>() == want;
    all.push(contender(
        "typetag + postcard",
        typetag,
        |v: &Typetag, b| *b = postcard::to_extend(v, std::mem::take(b)).expect("writes"),
        |b| -> Typetag { postcard::from_bytes(b).expect("reads") },
        right,
    ));
    all.push(contender(
        "typetag + ciborium",
        typetag,
        |v: &Typetag, b| ciborium::into_writer(v, b).expect("writes"),
        |b| -> Typetag { ciborium::from_reader(b).expect("reads") },
        right,
    ));
    all.push(contender(
        "typetag + serde_json",
        typetag,
        |v: &Typetag, b| serde_json::to_writer(b, v).expect("writes"),
        |b| -> Typetag { serde_json::from_slice(b).expect("reads") },
        right,
    ));
    all.push(contender(
        "typetag + sonic-rs",
        typetag,
        |v: &Typetag, b| sonic_rs::to_writer(b, v).expect("writes"),
        |b| -> Typetag { sonic_rs::from_slice(b).expect("reads") },
        right,
    ));
    let var = bincode::config::standard();
    all.push(contender(
        "typetag + bincode",
        typetag,
        move |v: &Typetag, b| {
            bincode::serde::encode_into_std_write(v, b, var).expect("writes");
        },
        move |b| -> Typetag { bincode::serde::decode_from_slice(b, var).expect("reads").0 },
        right,
    ));
    all.push(contender(
        "typetag + rmp",
        typetag,
        |v: &Typetag, b| rmp_serde::encode::write(b, v).expect("writes"),
        |b| -> Typetag { rmp_serde::from_slice(b).expect("reads") },
        right,
    ));
    let modes = [("fory", false, false), ("fory compatible", false, true), ("fory xlang", true, true)];
    for (name, xlang, compatible) in modes {
        let fory = crate::fory(xlang, compatible, |f| {
            f.register::<Circle>(100)?;
            f.register::<Rect>(101)?;
            f.register::<Poly>(102)?;
            f.register::<Point>(103)
        });
        let fory = fory.expect("fory registers the types");
        all.push(contender(
            name,
            boxes!(ForyShape, 10_000),
            |v: &Fory, b| {
                fory.serialize_to(b, v).expect("writes");
            },
            |b| -> Fory { fory.deserialize(b).expect("reads") },
            |back| back.iter().map(|s| s.area()).sum::<f64>() == want,
        ));
    }
    let figures = bench.workload("objects", "10,000 boxes of 3 types", all);
    let Some(ours) = find(&figures, "cerial compact") else { return };
    for (side, of) in SIDES {
        for peer in ["fory", "typetag"] {
            if let Some(other) = best(&figures, of, |f| f.name.starts_with(peer)) {
                row(
                    &format!("objects {side} compact, {peer}"),
                    "ns",
                    of(ours),
                    Some((of(other), other.name)),
                );
            }
        }
    }
}
