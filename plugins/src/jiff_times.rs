//! Times of `jiff`, as its own serde form: text by ISO 8601 and RFC 9557, to the nanosecond.

use jiff::civil::{Date, DateTime, Time};
use jiff::{SignedDuration, Span, Timestamp, Zoned};

use crate::states::states;

states! {
    /// `jiff::Timestamp`: text.
    JiffTimestampHandler, Timestamp as String, "jiff::Timestamp", Timestamp::to_string, |s: String| s.parse::<Timestamp>();
    /// `jiff::Zoned`: text with the zone's name; the reader looks the zone up in its own database.
    JiffZonedHandler, Zoned as String, "jiff::Zoned", Zoned::to_string, |s: String| s.parse::<Zoned>();
    /// `jiff::civil::Date`: text.
    JiffDateHandler, Date as String, "jiff::civil::Date", Date::to_string, |s: String| s.parse::<Date>();
    /// `jiff::civil::Time`: text.
    JiffTimeHandler, Time as String, "jiff::civil::Time", Time::to_string, |s: String| s.parse::<Time>();
    /// `jiff::civil::DateTime`: text.
    JiffDateTimeHandler, DateTime as String, "jiff::civil::DateTime", DateTime::to_string,
        |s: String| s.parse::<DateTime>();
    /// `jiff::Span`: text; units below a second come back added up.
    JiffSpanHandler, Span as String, "jiff::Span", Span::to_string, |s: String| s.parse::<Span>();
    /// `jiff::SignedDuration`: text.
    JiffDurationHandler, SignedDuration as String, "jiff::SignedDuration", SignedDuration::to_string,
        |s: String| s.parse::<SignedDuration>();
}
