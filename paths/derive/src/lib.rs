//! Macros of suitkaise-paths: `#[autopath]`.
#![forbid(unsafe_code)]

use proc_macro::TokenStream;

mod emit;
mod options;
mod shape;

/// Makes a function's path parameters take text, paths and Skpaths alike, and hands the body clean absolute ones.
///
/// What is converted is seen from the parameter's type: `Skpath`, `PathBuf`, `&Skpath`, `&Path`; and `Vec`, `VecDeque`,
/// `HashSet`, `BTreeSet`, `[_]` slices, tuples and `Option`s of them. A caller may pass `&str`, `String`, `&Path`,
/// `PathBuf`, `Skpath` and references to them; for sequences anything that iterates over those; for an `Option` also
/// the bare path, and `()` for none. `String` and `&str` parameters are left alone unless `only` names them.
///
/// A path that cannot be resolved (a NUL, a link loop) stays as it was written, so the function sees it and its use
/// fails.
///
/// Options, separated by commas:
/// - `only(a, b)`: converts these parameters and no other; among them may be `String`s.
/// - `use_caller`: a missing `Option` path becomes the source file of the caller.
/// - `debug`: prints each conversion to stderr.
///
/// # Examples
///
/// ```
/// use std::path::{Path, PathBuf};
/// use suitkaise_paths::{Skpath, autopath};
///
/// #[autopath]
/// fn count(path: Skpath, others: Vec<PathBuf>) -> usize {
///     assert!(path.as_path().is_absolute());
///     others.len()
/// }
///
/// assert_eq!(count("data/x.txt", ["a", "b"]), 2);
/// assert_eq!(count(Path::new("x"), vec![PathBuf::from("a")]), 1);
/// ```
#[proc_macro_attribute]
pub fn autopath(options: TokenStream, item: TokenStream) -> TokenStream {
    let options = syn::parse_macro_input!(options as options::Options);
    // With an error the function stays as it was written, so that nothing else is reported about it.
    let function = syn::parse_macro_input!(item as syn::ImplItemFn);
    let as_written = quote::quote!(#function);
    let expanded = emit::expand(&options, function);
    expanded.unwrap_or_else(|error| [error.into_compile_error(), as_written].into_iter().collect()).into()
}
