//! Children of test binaries.
//!
//! A test binary's `main` is libtest's, so a child of it is started with the arguments that make libtest run one test
//! alone, and that test is where the child calls `init`. It works the same under `cargo test` and under nextest. A test
//! with `harness = false` has a `main` of its own and needs only `init()`.

/// The one test of a binary in which its children live. Made by [`test_support!`](crate::test_support).
#[doc(hidden)]
#[derive(Debug)]
pub struct Helper {
    /// The module that holds it, with the crate's name first.
    pub module: &'static str,
}

inventory::collect!(Helper);

/// Lets the tests of this binary start children. Once per test binary, at the root of `tests/x.rs` or in a
/// `#[cfg(test)]` module; it adds a test of the name `suitkaise_child` that passes at once.
///
/// # Examples
/// ```
/// suitkaise_processing::test_support!();
/// // tests that start children
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! test_support {
    () => {
        #[test]
        fn suitkaise_child() {
            $crate::init();
        }

        $crate::__private::inventory::submit! { $crate::__private::Helper { module: module_path!() } }
    };
}

/// The name of the helper test, as libtest knows it.
pub(crate) fn helper() -> Option<String> {
    let helper = inventory::iter::<Helper>.into_iter().next()?;
    // libtest leaves the crate's name out.
    Some(match helper.module.split_once("::") {
        Some((_, module)) => format!("{module}::suitkaise_child"),
        None => "suitkaise_child".into(),
    })
}
