//! The names that the analyses know.

/// Methods of std (and of whoever follows its names) that change nothing they are called on, whatever holds it.
///
/// A user's type may have a method of the same name that does change something through a cell. The names here are those
/// where that would break every reader's expectation; all others count as writes.
const PURE: &[&str] = &[
    "abs",
    "all",
    "and",
    "any",
    "as_bytes",
    "as_deref",
    "as_micros",
    "as_millis",
    "as_nanos",
    "as_os_str",
    "as_path",
    "as_ref",
    "as_secs",
    "as_secs_f64",
    "as_slice",
    "as_str",
    "bytes",
    "capacity",
    "ceil",
    "chain",
    "char_indices",
    "chars",
    "checked_add",
    "checked_div",
    "checked_duration_since",
    "checked_mul",
    "checked_sub",
    "chunks",
    "clamp",
    "clone",
    "cloned",
    "cmp",
    "collect",
    "concat",
    "contains",
    "contains_key",
    "copied",
    "count",
    "difference",
    "display",
    "duration_since",
    "elapsed",
    "ends_with",
    "enumerate",
    "eq",
    "filter",
    "filter_map",
    "find",
    "find_map",
    "flat_map",
    "flatten",
    "floor",
    "fold",
    "for_each",
    "ge",
    "gt",
    "inspect",
    "intersection",
    "into",
    "into_iter",
    "is_dir",
    "is_empty",
    "is_err",
    "is_finite",
    "is_nan",
    "is_none",
    "is_none_or",
    "is_ok",
    "is_some",
    "is_some_and",
    "iter",
    "join",
    "keys",
    "le",
    "len",
    "lines",
    "load",
    "lt",
    "map",
    "map_err",
    "map_or",
    "map_or_else",
    "map_while",
    "max",
    "max_by",
    "max_by_key",
    "min",
    "min_by",
    "min_by_key",
    "ne",
    "nth_back",
    "ok",
    "ok_or",
    "ok_or_else",
    "or_else",
    "partial_cmp",
    "partition",
    "partition_point",
    "position",
    "pow",
    "powf",
    "powi",
    "product",
    "rem_euclid",
    "rev",
    "round",
    "rposition",
    "saturating_add",
    "saturating_mul",
    "saturating_sub",
    "scan",
    "signum",
    "skip",
    "skip_while",
    "split",
    "split_whitespace",
    "sqrt",
    "starts_with",
    "step_by",
    "strip_prefix",
    "strip_suffix",
    "sum",
    "take_while",
    "to_bits",
    "to_lowercase",
    "to_owned",
    "to_path_buf",
    "to_string",
    "to_uppercase",
    "to_vec",
    "total_cmp",
    "trim",
    "try_fold",
    "try_into",
    "union",
    "unwrap",
    "unwrap_or",
    "unwrap_or_default",
    "unwrap_or_else",
    "unzip",
    "expect",
    "values",
    "windows",
    "wrapping_add",
    "wrapping_mul",
    "wrapping_sub",
    "zip",
];

/// Look-ups that std answers through `&self`, but some caches through `&mut self`: they are pure only where `self` is
/// not exclusive.
const PURE_SHARED: &[&str] =
    &["binary_search", "first", "get", "get_key_value", "last", "nth", "peek", "range", "take"];

/// Pure methods that call what they are given, with what they are called on.
const HIGHER: &[&str] = &[
    "all",
    "and_then",
    "any",
    "filter",
    "filter_map",
    "find",
    "find_map",
    "flat_map",
    "fold",
    "for_each",
    "inspect",
    "is_none_or",
    "is_some_and",
    "map",
    "map_err",
    "map_or",
    "map_or_else",
    "map_while",
    "max_by",
    "max_by_key",
    "min_by",
    "min_by_key",
    "ok_or_else",
    "or_else",
    "partition",
    "partition_point",
    "position",
    "rposition",
    "scan",
    "skip_while",
    "take_while",
    "try_fold",
    "unwrap_or_else",
];

/// Pure methods whose result holds nothing of what they were called on.
const PLAIN_RESULT: &[&str] = &[
    "all",
    "any",
    "as_micros",
    "as_millis",
    "as_nanos",
    "as_secs",
    "as_secs_f64",
    "capacity",
    "cmp",
    "contains",
    "contains_key",
    "count",
    "elapsed",
    "ends_with",
    "eq",
    "ge",
    "gt",
    "is_dir",
    "is_empty",
    "is_err",
    "is_finite",
    "is_nan",
    "is_none",
    "is_none_or",
    "is_ok",
    "is_some",
    "is_some_and",
    "le",
    "len",
    "lt",
    "ne",
    "partial_cmp",
    "position",
    "rposition",
    "starts_with",
    "to_bits",
    "to_string",
    "total_cmp",
];

/// Free and associated functions that change nothing they are given.
const PURE_CALLS: &[&str] = &[
    "Arc::clone",
    "Arc::new",
    "Arc::ptr_eq",
    "Box::new",
    "Cell::new",
    "Mutex::new",
    "Rc::clone",
    "Rc::new",
    "Rc::ptr_eq",
    "RefCell::new",
    "RwLock::new",
    "String::from",
    "Vec::from",
    "Cow::Borrowed",
    "Cow::Owned",
    "PathBuf::from",
    "cmp::max",
    "cmp::min",
    "drop",
    "mem::size_of_val",
    "Clone::clone",
    "From::from",
    "Into::into",
];

/// Macros whose arguments are expressions that they only read.
const READING_MACROS: &[&str] = &[
    "assert",
    "assert_eq",
    "assert_ne",
    "concat",
    "dbg",
    "debug",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "eprint",
    "eprintln",
    "error",
    "format",
    "format_args",
    "info",
    "panic",
    "print",
    "println",
    "trace",
    "unreachable",
    "vec",
    "warn",
];

/// Methods of std's containers that change the container, and hand what it holds to nobody but `Ord`, `Eq` and `Hash`.
const FILL: &[&str] = &[
    "append",
    "clear",
    "dedup",
    "extend",
    "extend_from_slice",
    "insert",
    "push",
    "push_back",
    "push_front",
    "push_str",
    "reserve",
    "reverse",
    "rotate_left",
    "rotate_right",
    "sort",
    "sort_unstable",
    "swap",
    "truncate",
    // These call what they are given, whose body is in sight.
    "dedup_by_key",
    "retain",
    "sort_by",
    "sort_by_key",
    "sort_unstable_by",
    "sort_unstable_by_key",
];

const STD_CONTAINERS: &[&str] =
    &["BTreeMap", "BTreeSet", "BinaryHeap", "HashMap", "HashSet", "String", "Vec", "VecDeque"];

pub(super) fn fills_a_container(method: &str) -> bool {
    FILL.contains(&method)
}

pub(super) fn is_std_container(name: &str) -> bool {
    STD_CONTAINERS.contains(&name)
}

pub(super) fn is_pure(method: &str, exclusive: bool) -> bool {
    PURE.contains(&method)
        || (HIGHER.contains(&method) && method == "and_then")
        || (!exclusive && PURE_SHARED.contains(&method))
}

pub(super) fn calls_its_argument(method: &str) -> bool {
    HIGHER.contains(&method)
}

pub(super) fn has_plain_result(method: &str) -> bool {
    PLAIN_RESULT.contains(&method)
}

/// A tuple struct or a variant, which holds what it is given; not a `CONSTANT`, which may be any function.
pub(super) fn is_constructor(name: &str) -> bool {
    name.starts_with(char::is_uppercase) && (name.len() == 1 || name.contains(char::is_lowercase))
}

/// What stands behind a type's name and changes nothing: `String::as_str`, `Vec::new`, `f64::MIN`.
pub(super) fn is_known_item(name: &str) -> bool {
    is_pure(name, true)
        || matches!(name, "from" | "new" | "MIN" | "MAX" | "ZERO" | "INFINITY" | "NEG_INFINITY" | "EPSILON")
}

/// `path` is the last two segments, or the only one.
pub(super) fn is_pure_call(path: &str) -> bool {
    let last = path.rsplit("::").next().unwrap_or(path);
    is_constructor(last) || PURE_CALLS.contains(&path)
}

pub(super) fn is_reading_macro(name: &str) -> bool {
    READING_MACROS.contains(&name)
}
