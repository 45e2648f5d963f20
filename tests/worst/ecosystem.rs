//! Types of other crates, behind their features.

use chrono::{Datelike, Timelike};
use suitkaise::Cerial;

use crate::build::Build;
use crate::checks::Checks;
use crate::part::{Noun, part};

#[derive(Cerial)]
pub struct Ecosystem {
    bytes: bytes::Bytes,
    date: chrono::NaiveDate,
    moment: chrono::DateTime<chrono::Utc>,
    span: chrono::TimeDelta,
    ordered: indexmap::IndexMap<String, Option<u8>, std::hash::RandomState>,
    big: num_bigint::BigInt,
    decimal: rust_decimal::Decimal,
    version: semver::Version,
    wanted: semver::VersionReq,
    small: smallvec::SmallVec<[u16; 4]>,
}

impl Noun for Ecosystem {
    const NAME: &'static str = "ecosystem";

    fn new(cx: &mut Build) -> Ecosystem {
        let seconds = cx.rng.i64(-(1 << 35)..1 << 35);
        let moment = chrono::DateTime::from_timestamp(seconds, cx.rng.u32(..1_000_000_000)).expect("a time");
        let digits = format!("-{}{:030}", cx.rng.u128(1..), cx.rng.u64(..));
        Ecosystem {
            bytes: cx.some(40, |cx| cx.rng.u8(..)).into(),
            date: moment.date_naive(),
            moment,
            span: chrono::TimeDelta::milliseconds(cx.rng.i64(0..1 << 40)),
            ordered: cx.some(6, |cx| (cx.text(4), Some(cx.rng.u8(..)))).into_iter().collect(),
            big: digits.parse().expect("digits"),
            decimal: rust_decimal::Decimal::from_i128_with_scale(cx.rng.i64(..).into(), cx.rng.u32(..20)),
            version: semver::Version::new(1, cx.rng.u64(..9), cx.rng.u64(..)),
            wanted: semver::VersionReq::parse("^1.2, <1.6").expect("a requirement"),
            small: cx.some(9, |cx| cx.rng.u16(..)).into(),
        }
    }

    fn verify(&self, came: &Ecosystem, checks: &mut Checks<'_>) {
        checks.same("bytes", came.bytes.slice(..), self.bytes.slice(..));
        checks.same("weekday", came.date.weekday(), self.date.weekday());
        checks.same("nanosecond", came.moment.nanosecond(), self.moment.nanosecond());
        checks.same("a span later", came.moment + came.span, self.moment + self.span);
        checks.that("in its order", came.ordered.iter().eq(self.ordered.iter()));
        checks.same("big", &came.big + 1, &self.big + 1);
        checks.same("big's sign", came.big.sign(), num_bigint::Sign::Minus);
        checks.same("decimal", (came.decimal, came.decimal.scale()), (self.decimal, self.decimal.scale()));
        checks.same("matches", came.wanted.matches(&came.version), (2..6).contains(&self.version.minor));
        checks.same("small", (&came.small, came.small.spilled()), (&self.small, self.small.len() > 4));
    }
}
part!(Ecosystem);
