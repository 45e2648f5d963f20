//! `handle!`: an instance of a generic handler.

/// Registers instances of a generic handler, each under a key of its own: a handler is found by its type and its key,
/// so that of a generic type there is one for each argument.
///
/// ```
/// use cerial::{Cerial, Extract, Handler, Rebuild, Result};
/// use std::marker::PhantomData;
///
/// pub struct Pair<T>(T, T);                          // a generic type of some other crate
///
/// pub struct PairHandler<T>(PhantomData<T>);
/// impl<T: Cerial + Clone + 'static> Handler for PairHandler<T> {
///     type Value = Pair<T>;
///     type State = (T, T);
///     const KEY: &'static str = "acme::Pair";
///     fn extract(v: &Pair<T>, _: &mut Extract) -> Result<(T, T)> { Ok((v.0.clone(), v.1.clone())) }
///     fn rebuild((a, b): (T, T), _: &mut Rebuild) -> Result<Pair<T>> { Ok(Pair(a, b)) }
/// }
/// cerial::handle! {
///     PairHandler<u32> as "acme::Pair<u32>";
///     PairHandler<String> as "acme::Pair<String>";
/// }
///
/// #[derive(Cerial)]
/// struct Both { numbers: Pair<u32>, names: Vec<Pair<String>> }
///
/// # fn main() -> Result<()> {
/// let both = Both { numbers: Pair(1, 2), names: vec![Pair("a".into(), "b".into())] };
/// let back: Both = cerial::deserialize(&cerial::serialize(&both)?)?;
/// assert_eq!((back.numbers.1, back.names[0].0.as_str()), (2, "a"));
/// # Ok(()) }
/// ```
#[macro_export]
macro_rules! handle {
    ($($handler:ty as $key:literal);* $(;)?) => {$(
        const _: () = {
            struct Instance;
            impl $crate::Handler for Instance {
                type Value = <$handler as $crate::Handler>::Value;
                type State = <$handler as $crate::Handler>::State;
                const KEY: &'static str = $key;
                fn extract(value: &Self::Value, cx: &mut $crate::Extract) -> $crate::Result<Self::State> {
                    <$handler as $crate::Handler>::extract(value, cx)
                }
                fn rebuild(state: Self::State, cx: &mut $crate::Rebuild) -> $crate::Result<Self::Value> {
                    <$handler as $crate::Handler>::rebuild(state, cx)
                }
            }
            fn register(builder: &mut $crate::RegistryBuilder) {
                let package = ::core::env!("CARGO_PKG_NAME");
                builder.origin(package, package, ::core::env!("CARGO_PKG_VERSION"));
                builder.handler::<Instance>();
            }
            $crate::__private::inventory::submit! { $crate::PluginEntry { register } }
        };
    )*};
}
