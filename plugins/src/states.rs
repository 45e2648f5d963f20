//! Handlers in a line each: a value, its state, and the way there and back.

/// A handler whose state is made without fail; `$rebuild` gives a `Result` whose error says why it makes no value.
#[allow(unused_macros, reason = "each family that uses it stands behind a feature")]
macro_rules! states {
    ($($(#[$doc:meta])* $handler:ident, $value:ty as $state:ty, $key:literal, $extract:expr, $rebuild:expr;)*) => {$(
        $(#[$doc])*
        pub struct $handler;
        impl cerial::Handler for $handler {
            type Value = $value;
            type State = $state;
            const KEY: &'static str = $key;
            fn extract(value: &$value, _: &mut cerial::Extract) -> cerial::Result<$state> {
                let extract: fn(&$value) -> $state = $extract;
                Ok(extract(value))
            }
            fn rebuild(state: $state, _: &mut cerial::Rebuild) -> cerial::Result<$value> {
                #[allow(clippy::redundant_closure_call, reason = "the closure is the macro's argument")]
                ($rebuild)(state).map_err(cerial::Error::rebuild)
            }
        }
    )*};
}
#[allow(unused_imports, reason = "as above")]
pub(crate) use states;

/// What cannot go wrong.
#[allow(dead_code, reason = "as above")]
pub(crate) fn fine<T>(value: T) -> Result<T, std::convert::Infallible> {
    Ok(value)
}
