//! Values of the crates that know calendars.

use chrono::{DateTime, FixedOffset, Local, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};

fn utc() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2024, 2, 29, 23, 59, 59).unwrap() + TimeDelta::nanoseconds(123_456_789)
}

crate::entries! {
    "chrono::NaiveDate": handler NaiveDate =
        [NaiveDate::from_ymd_opt(2024, 2, 29).unwrap(), NaiveDate::MIN, NaiveDate::MAX];
    "chrono::NaiveTime": handler NaiveTime =
        [NaiveTime::MIN, NaiveTime::from_hms_nano_opt(23, 59, 59, 1_999_999_999).unwrap()];
    "chrono::NaiveDateTime": handler NaiveDateTime = [utc().naive_utc(), NaiveDateTime::MIN, NaiveDateTime::MAX];
    "chrono::DateTime<Utc>": handler DateTime<Utc> = [utc(), DateTime::UNIX_EPOCH];
    "chrono::DateTime<FixedOffset>": handler DateTime<FixedOffset> =
        [utc().with_timezone(&FixedOffset::west_opt(5 * 3600 + 1800).unwrap())],
        |a, b| a == b && a.offset() == b.offset();
    "chrono::DateTime<Local>": now DateTime<Local> = [utc().with_timezone(&Local)];
    "chrono::FixedOffset": handler FixedOffset = [FixedOffset::east_opt(3601).unwrap()];
    "chrono::TimeDelta": handler TimeDelta = [TimeDelta::nanoseconds(-1), TimeDelta::seconds(5), TimeDelta::MIN, TimeDelta::MAX];
    "chrono::Weekday": handler chrono::Weekday = [chrono::Weekday::Mon, chrono::Weekday::Sun];
    "chrono::Month": handler chrono::Month = [chrono::Month::January, chrono::Month::December];

    "jiff::Timestamp": handler jiff::Timestamp = [jiff::Timestamp::UNIX_EPOCH, jiff::Timestamp::MIN, jiff::Timestamp::MAX];
    "jiff::Zoned": handler jiff::Zoned = ["2024-07-01T12:00:00.5-04:00[America/New_York]".parse().unwrap()],
        |a: &jiff::Zoned, b: &jiff::Zoned| a == b && a.time_zone() == b.time_zone();
    "jiff::civil::Date": handler jiff::civil::Date = [jiff::civil::Date::MIN, jiff::civil::date(2024, 2, 29)];
    "jiff::civil::Time": handler jiff::civil::Time = [jiff::civil::Time::MAX];
    "jiff::civil::DateTime": handler jiff::civil::DateTime = [jiff::civil::DateTime::MAX];
    "jiff::Span": handler jiff::Span = [jiff::Span::new(), jiff::Span::new().years(-1).hours(-50).nanoseconds(-7)],
        |a, b| a.fieldwise() == b.fieldwise();
    "jiff::SignedDuration": handler jiff::SignedDuration = [jiff::SignedDuration::from_nanos(-1), jiff::SignedDuration::MAX];

    "time::Date": handler time::Date = [time::Date::MIN, time::Date::MAX];
    "time::Time": handler time::Time = [time::Time::MIDNIGHT, time::Time::MAX];
    "time::PrimitiveDateTime": handler time::PrimitiveDateTime = [time::PrimitiveDateTime::MAX];
    "time::UtcDateTime": handler time::UtcDateTime = [time::UtcDateTime::UNIX_EPOCH];
    "time::OffsetDateTime": handler time::OffsetDateTime =
        [time::OffsetDateTime::UNIX_EPOCH.to_offset(time::UtcOffset::from_hms(-5, -30, -1).unwrap())],
        |a, b| a == b && a.offset() == b.offset();
    "time::UtcOffset": handler time::UtcOffset = [time::UtcOffset::from_hms(1, 2, 3).unwrap()];
    "time::Duration": handler time::Duration = [time::Duration::nanoseconds(-1), time::Duration::MIN, time::Duration::MAX];
    "time::Month": handler time::Month = [time::Month::January, time::Month::December];
    "time::Weekday": handler time::Weekday = [time::Weekday::Monday, time::Weekday::Sunday];
}
