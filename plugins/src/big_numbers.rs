//! Integers of any size, of `num-bigint`.

use cerial::{Error, Extract, Handler, Rebuild, Result};
use num_bigint::{BigInt, BigUint, Sign};

/// `num_bigint::BigUint`: its digits of 32 bits, the low ones first, as its serde form.
pub struct BigUintHandler;
impl Handler for BigUintHandler {
    type Value = BigUint;
    type State = Vec<u32>;
    const KEY: &'static str = "num_bigint::BigUint";
    fn extract(v: &BigUint, _: &mut Extract) -> Result<Vec<u32>> {
        Ok(v.to_u32_digits())
    }
    fn rebuild(digits: Vec<u32>, cx: &mut Rebuild) -> Result<BigUint> {
        cx.charge(size_of_val(&*digits))?;
        Ok(BigUint::new(digits))
    }
}

/// `num_bigint::BigInt`: its sign (-1, 0, 1) and digits, as its serde form.
pub struct BigIntHandler;
impl Handler for BigIntHandler {
    type Value = BigInt;
    type State = (i8, Vec<u32>);
    const KEY: &'static str = "num_bigint::BigInt";
    fn extract(v: &BigInt, _: &mut Extract) -> Result<(i8, Vec<u32>)> {
        let (sign, digits) = v.to_u32_digits();
        let sign = match sign {
            Sign::Minus => -1,
            Sign::NoSign => 0,
            Sign::Plus => 1,
        };
        Ok((sign, digits))
    }
    fn rebuild((sign, digits): (i8, Vec<u32>), cx: &mut Rebuild) -> Result<BigInt> {
        cx.charge(size_of_val(&*digits))?;
        let sign = match sign {
            -1 => Sign::Minus,
            0 => Sign::NoSign,
            1 => Sign::Plus,
            other => return Err(Error::rebuild(format!("{other} is no sign: want -1, 0 or 1"))),
        };
        Ok(BigInt::new(sign, digits))
    }
}
