//! How much is logged: levels and their filters.

#[cfg(any(feature = "log", feature = "tracing"))]
use crate::states::states;

/// State of a level or of a filter of `log`.
#[cfg(feature = "log")]
#[derive(cerial::Cerial, Clone, Copy)]
#[cerial(name = "log::LevelFilter")]
#[doc(hidden)]
pub enum Level {
    #[cerial(rename = "OFF")]
    Off,
    #[cerial(rename = "ERROR")]
    Error,
    #[cerial(rename = "WARN")]
    Warn,
    #[cerial(rename = "INFO")]
    Info,
    #[cerial(rename = "DEBUG")]
    Debug,
    #[cerial(rename = "TRACE")]
    Trace,
}

#[cfg(feature = "log")]
fn state(filter: log::LevelFilter) -> Level {
    match filter {
        log::LevelFilter::Off => Level::Off,
        log::LevelFilter::Error => Level::Error,
        log::LevelFilter::Warn => Level::Warn,
        log::LevelFilter::Info => Level::Info,
        log::LevelFilter::Debug => Level::Debug,
        log::LevelFilter::Trace => Level::Trace,
    }
}

#[cfg(feature = "log")]
fn filter(state: Level) -> log::LevelFilter {
    match state {
        Level::Off => log::LevelFilter::Off,
        Level::Error => log::LevelFilter::Error,
        Level::Warn => log::LevelFilter::Warn,
        Level::Info => log::LevelFilter::Info,
        Level::Debug => log::LevelFilter::Debug,
        Level::Trace => log::LevelFilter::Trace,
    }
}

#[cfg(feature = "log")]
states! {
    /// `log::Level`: its name, as its serde form.
    LogLevelHandler, log::Level as Level, "log::Level", |v| state(v.to_level_filter()),
        |s| filter(s).to_level().ok_or("`OFF` is no level");
    /// `log::LevelFilter`: its name, as its serde form.
    LogLevelFilterHandler, log::LevelFilter as Level, "log::LevelFilter", |v| state(*v),
        |s| crate::states::fine(filter(s));
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
