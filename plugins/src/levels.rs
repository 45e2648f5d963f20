//! How much is logged: levels and their filters.

#[cfg(any(feature = "log", feature = "tracing"))]
use crate::states::states;

#[cfg(feature = "log")]
states! {
    /// `log::Level`: its name, as its serde form.
    LogLevelHandler, log::Level as String, "log::Level", log::Level::to_string, |s: String| s.parse::<log::Level>();
    /// `log::LevelFilter`: its name, as its serde form.
    LogLevelFilterHandler, log::LevelFilter as String, "log::LevelFilter", log::LevelFilter::to_string,
        |s: String| s.parse::<log::LevelFilter>();
}

#[cfg(feature = "tracing")]
states! {
    /// `tracing::Level`: its name.
    TracingLevelHandler, tracing_core::Level as String, "tracing::Level", tracing_core::Level::to_string,
        |s: String| s.parse::<tracing_core::Level>();
    /// `tracing::level_filters::LevelFilter`: its name.
    TracingLevelFilterHandler, tracing_core::LevelFilter as String, "tracing::LevelFilter",
        tracing_core::LevelFilter::to_string, |s: String| s.parse::<tracing_core::LevelFilter>();
}
