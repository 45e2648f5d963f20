//! Decimal numbers of `rust_decimal`.

use rust_decimal::Decimal;

use crate::states::states;

states! {
    /// `rust_decimal::Decimal`: text with all its places, as its serde form.
    DecimalHandler, Decimal as String, "rust_decimal::Decimal", Decimal::to_string, |s: String| Decimal::from_str_exact(&s);
}
