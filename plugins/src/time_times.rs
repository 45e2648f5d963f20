//! Times of the crate `time`, as its own serde form for binary formats: numbers side by side.

use time::error::ComponentRange;
use time::{Date, Duration, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcDateTime, UtcOffset, Weekday};

use crate::states::states;

/// Year and day of the year.
type Day = (i32, u16);
/// Hour, minute, second, nanosecond.
type Clock = (u8, u8, u8, u32);
/// [`Day`] and [`Clock`].
type DayClock = (i32, u16, u8, u8, u8, u32);

states! {
    /// `time::Date`: year, day of the year.
    TimeDateHandler, Date as Day, "time::Date", |v| v.to_ordinal_date(), |(y, d)| Date::from_ordinal_date(y, d);
    /// `time::Time`: hour, minute, second, nanosecond.
    TimeTimeHandler, Time as Clock, "time::Time", |v| v.as_hms_nano(), |(h, m, s, n)| Time::from_hms_nano(h, m, s, n);
    /// `time::PrimitiveDateTime`: date and time.
    TimePrimitiveHandler, PrimitiveDateTime as DayClock, "time::PrimitiveDateTime", |v| parts(v.date(), v.time()), whole;
    /// `time::UtcDateTime`: date and time.
    TimeUtcHandler, UtcDateTime as DayClock, "time::UtcDateTime", |v| parts(v.date(), v.time()),
        |s| whole(s).map(PrimitiveDateTime::as_utc);
    /// `time::OffsetDateTime`: date and time where it is, and hours, minutes, seconds of its offset.
    TimeOffsetDateTimeHandler, OffsetDateTime as (i32, u16, u8, u8, u8, u32, i8, i8, i8), "time::OffsetDateTime",
        |v| {
            let (y, d, h, m, s, n) = parts(v.date(), v.time());
            let (oh, om, os) = v.offset().as_hms();
            (y, d, h, m, s, n, oh, om, os)
        },
        |(y, d, h, m, s, n, oh, om, os)| {
            let offset = UtcOffset::from_hms(oh, om, os)?;
            whole((y, d, h, m, s, n)).map(|v| v.assume_offset(offset))
        };
    /// `time::UtcOffset`: hours, minutes, seconds.
    TimeOffsetHandler, UtcOffset as (i8, i8, i8), "time::UtcOffset", |v| v.as_hms(), |(h, m, s)| UtcOffset::from_hms(h, m, s);
    /// `time::Duration`: seconds and nanoseconds, of one sign.
    TimeDurationHandler, Duration as (i64, i32), "time::Duration", |v| (v.whole_seconds(), v.subsec_nanoseconds()),
        |(secs, nanos): (i64, i32)| match nanos.unsigned_abs() {
            0..1_000_000_000 if secs == 0 || nanos == 0 || (secs < 0) == (nanos < 0) => Ok(Duration::new(secs, nanos)),
            _ => Err(format!("{secs} seconds and {nanos} nanoseconds are no duration")),
        };
    /// `time::Month`: 1 to 12.
    TimeMonthHandler, Month as u8, "time::Month", |v| u8::from(*v), Month::try_from;
    /// `time::Weekday`: 1, Monday, to 7.
    TimeWeekdayHandler, Weekday as u8, "time::Weekday", |v| v.number_from_monday(), |day| match day {
        1..=7 => Ok(Weekday::Monday.nth_next(day - 1)),
        _ => Err(format!("no day of the week has the number {day}")),
    };
}

fn parts(date: Date, time: Time) -> DayClock {
    let ((y, d), (h, m, s, n)) = (date.to_ordinal_date(), time.as_hms_nano());
    (y, d, h, m, s, n)
}

fn whole((y, d, h, m, s, n): DayClock) -> Result<PrimitiveDateTime, ComponentRange> {
    Ok(PrimitiveDateTime::new(Date::from_ordinal_date(y, d)?, Time::from_hms_nano(h, m, s, n)?))
}
