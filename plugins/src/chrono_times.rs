//! Times of `chrono`, as its own serde form: text by ISO 8601, to the nanosecond.

use cerial::{Error, Extract, Handler, Rebuild, Result};
use chrono::{
    DateTime, FixedOffset, Local, Month, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, Utc, Weekday,
};

use crate::states::states;

states! {
    /// `chrono::NaiveDate`: text.
    ChronoDateHandler, NaiveDate as String, "chrono::NaiveDate", |v| format!("{v:?}"), |s: String| s.parse::<NaiveDate>();
    /// `chrono::NaiveTime`: text, leap seconds as a second 60.
    ChronoTimeHandler, NaiveTime as String, "chrono::NaiveTime", |v| format!("{v:?}"), |s: String| s.parse::<NaiveTime>();
    /// `chrono::NaiveDateTime`: text.
    ChronoDateTimeHandler, NaiveDateTime as String, "chrono::NaiveDateTime", |v| format!("{v:?}"),
        |s: String| s.parse::<NaiveDateTime>();
    /// `chrono::DateTime<Utc>`: text.
    ChronoUtcHandler, DateTime<Utc> as String, "chrono::DateTime<Utc>", |v| format!("{v:?}"),
        |s: String| s.parse::<DateTime<Utc>>();
    /// `chrono::FixedOffset`: seconds east.
    ChronoOffsetHandler, FixedOffset as i32, "chrono::FixedOffset", FixedOffset::local_minus_utc,
        |s| FixedOffset::east_opt(s).ok_or_else(|| format!("{s} seconds are more than a day"));
    /// `chrono::TimeDelta`: seconds, rounded down, and nanoseconds behind them.
    ChronoDeltaHandler, TimeDelta as (i64, i32), "chrono::TimeDelta", seconds, |s| delta(s).ok_or("no such duration");
    /// `chrono::Weekday`: its short English name.
    ChronoWeekdayHandler, Weekday as String, "chrono::Weekday", Weekday::to_string, |s: String| s.parse::<Weekday>();
    /// `chrono::Month`: its English name.
    ChronoMonthHandler, Month as String, "chrono::Month", |v| v.name().to_owned(),
        |s: String| s.parse::<Month>().map_err(|_| format!("`{s}` is no month"));
}

fn seconds(v: &TimeDelta) -> (i64, i32) {
    // Both parts have the sign of the whole; the form counts nanoseconds upwards.
    match v.subsec_nanos() {
        nanos @ 0.. => (v.num_seconds(), nanos),
        nanos => (v.num_seconds() - 1, nanos + 1_000_000_000),
    }
}

fn delta((secs, nanos): (i64, i32)) -> Option<TimeDelta> {
    TimeDelta::new(secs, u32::try_from(nanos).ok()?)
}

/// Text of a time with an offset; one of odd seconds has no form in ISO 8601.
fn text<Z: chrono::TimeZone>(v: &DateTime<Z>) -> Result<String> {
    match v.offset().fix().local_minus_utc() % 60 {
        0 => Ok(format!("{:?}", v.fixed_offset())),
        _ => Err(Error::extract("an offset of odd seconds has no text: use `to_utc()`")),
    }
}

/// `chrono::DateTime<FixedOffset>`: text with its offset.
pub struct ChronoFixedHandler;
impl Handler for ChronoFixedHandler {
    type Value = DateTime<FixedOffset>;
    type State = String;
    const KEY: &'static str = "chrono::DateTime<FixedOffset>";
    fn extract(v: &DateTime<FixedOffset>, _: &mut Extract) -> Result<String> {
        text(v)
    }
    fn rebuild(s: String, _: &mut Rebuild) -> Result<DateTime<FixedOffset>> {
        s.parse().map_err(|e: chrono::ParseError| Error::rebuild(e))
    }
}

/// `chrono::DateTime<Local>`: text with the writer's offset; the same instant, in the reader's own zone.
pub struct ChronoLocalHandler;
impl Handler for ChronoLocalHandler {
    type Value = DateTime<Local>;
    type State = String;
    const KEY: &'static str = "chrono::DateTime<Local>";
    fn extract(v: &DateTime<Local>, _: &mut Extract) -> Result<String> {
        text(v)
    }
    fn rebuild(s: String, _: &mut Rebuild) -> Result<DateTime<Local>> {
        s.parse().map_err(|e: chrono::ParseError| Error::rebuild(e))
    }
}
