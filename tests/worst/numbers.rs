//! Every primitive width, and what std wraps around them.

use std::cmp::{Ordering, Reverse};
use std::marker::PhantomData;
use std::num::{NonZero, Saturating, Wrapping};
use std::ops::{Bound, ControlFlow, Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};

use suitkaise::Cerial;

use crate::build::Build;
use crate::checks::Checks;
use crate::part::{Noun, part};

#[derive(Cerial)]
#[expect(clippy::type_complexity, reason = "that is the point")]
pub struct Numbers {
    unsigned: (u8, u16, u32, u64, u128, usize),
    signed: (i8, i16, i32, i64, i128, isize),
    single: [f32; 3],
    double: [f64; 4],
    flags: (bool, bool),
    letters: (char, char),
    unit: (),
    nothing: PhantomData<fn() -> Numbers>,
    maybe: (Option<u8>, Option<Option<u16>>, Option<Option<u16>>, Option<()>),
    outcome: (Result<u8, String>, Result<u8, String>),
    non_zero: (NonZero<u8>, NonZero<i64>, NonZero<u128>),
    wrapped: (Wrapping<u8>, Saturating<i32>, Reverse<u16>),
    order: (Ordering, ControlFlow<u8, String>, ControlFlow<u8, String>),
    bounds: [Bound<i32>; 3],
    ranges: (Range<u8>, RangeInclusive<i64>, RangeFrom<u32>, RangeTo<u8>, RangeToInclusive<char>, RangeFull),
}

/// A NaN with this payload.
fn nan(payload: u64) -> f64 {
    f64::from_bits(0x7ff8_0000_0000_0000 | payload & 0x7_ffff_ffff_ffff)
}

impl Noun for Numbers {
    const NAME: &'static str = "numbers";

    fn new(cx: &mut Build) -> Numbers {
        let text = cx.text(5);
        let rng = &mut cx.rng;
        let (low, high) = (rng.u8(..100), rng.u8(100..));
        let mut advanced = low..high;
        advanced.nth(usize::from(rng.u8(..20)));
        Numbers {
            unsigned: (rng.u8(..), rng.u16(..), rng.u32(..), rng.u64(..), rng.u128(..), rng.usize(..)),
            signed: (rng.i8(..), rng.i16(..), rng.i32(..), rng.i64(..), rng.i128(..), rng.isize(..)),
            single: [f32::from_bits(0x7fc0_0000 | rng.u32(..0x3f_ffff)), -0.0, f32::MIN_POSITIVE],
            double: [nan(rng.u64(..)), f64::NEG_INFINITY, rng.f64() * 1e300, 5e-324],
            flags: (rng.bool(), rng.bool()),
            letters: (rng.char(..), '\u{10ffff}'),
            unit: (),
            nothing: PhantomData,
            maybe: (Some(rng.u8(..)).filter(|n| n % 2 == 0), Some(None), Some(Some(rng.u16(..))), Some(())),
            outcome: (Ok(rng.u8(..)), Err(text.clone())),
            non_zero: (
                NonZero::new(rng.u8(1..)).expect("not zero"),
                NonZero::new(rng.i64(1..)).expect("not zero"),
                NonZero::new(rng.u128(1..)).expect("not zero"),
            ),
            wrapped: (Wrapping(rng.u8(..)), Saturating(rng.i32(..)), Reverse(rng.u16(..))),
            order: (
                [Ordering::Less, Ordering::Equal, Ordering::Greater][rng.usize(..3)],
                ControlFlow::Break(rng.u8(..)),
                ControlFlow::Continue(text),
            ),
            bounds: [Bound::Included(rng.i32(..)), Bound::Excluded(rng.i32(..)), Bound::Unbounded],
            ranges: (advanced, -5..=rng.i64(0..), rng.u32(..100).., ..rng.u8(..), ..=rng.char(..), ..),
        }
    }

    fn verify(&self, came: &Numbers, checks: &mut Checks<'_>) {
        checks.same("unsigned", came.unsigned, self.unsigned);
        checks.same("signed", came.signed, self.signed);
        checks.same("single", came.single.map(f32::to_bits), self.single.map(f32::to_bits));
        checks.same("double", came.double.map(f64::to_bits), self.double.map(f64::to_bits));
        checks.same("flags", came.flags, self.flags);
        checks.same("letters", came.letters, self.letters);
        checks.same("nothing", came.nothing, self.nothing);
        checks.same("maybe", came.maybe, self.maybe);
        checks.same("outcome", &came.outcome, &self.outcome);
        checks.same("non_zero", came.non_zero, self.non_zero);
        checks.same("wrapping adds", came.wrapped.0 + Wrapping(200), self.wrapped.0 + Wrapping(200));
        let most = Saturating(i32::MAX);
        checks.same("saturating adds", came.wrapped.1 + most, self.wrapped.1 + most);
        checks.same("reverse orders", came.wrapped.2.cmp(&Reverse(7)), self.wrapped.2.cmp(&Reverse(7)));
        checks.same("order", came.order.0, self.order.0);
        checks.same("break", came.order.1.is_break(), true);
        checks.same("continue", &came.order.2, &self.order.2);
        checks.same("bounds", came.bounds, self.bounds);
        checks.same(
            "range goes on",
            came.ranges.0.clone().collect::<Vec<_>>(),
            self.ranges.0.clone().collect(),
        );
        checks.same(
            "range inclusive",
            came.ranges.1.clone().take(3).last(),
            self.ranges.1.clone().take(3).last(),
        );
        checks.same("range from", came.ranges.2.clone().nth(9), self.ranges.2.clone().nth(9));
        checks.same("range to", came.ranges.3.contains(&100), self.ranges.3.contains(&100));
        checks.same("range to inclusive", came.ranges.4, self.ranges.4);
        checks.same("range full", came.ranges.5, self.ranges.5);
    }
}
part!(Numbers);
