//! Versions of `semver`.

use semver::{Comparator, Version, VersionReq};

use crate::states::states;

states! {
    /// `semver::Version`: text.
    VersionHandler, Version as String, "semver::Version", Version::to_string, |s: String| s.parse::<Version>();
    /// `semver::VersionReq`: text.
    VersionReqHandler, VersionReq as String, "semver::VersionReq", VersionReq::to_string,
        |s: String| s.parse::<VersionReq>();
    /// `semver::Comparator`: text.
    ComparatorHandler, Comparator as String, "semver::Comparator", Comparator::to_string,
        |s: String| s.parse::<Comparator>();
}
