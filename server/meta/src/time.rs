//! Times as they are stored: microseconds since 1970, UTC.

use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};

use crate::error::{MetaError, Result};

/// The stored form of a time.
pub(crate) fn micros(time: DateTime<Utc>) -> i64 {
    time.timestamp_micros()
}

/// The time of a stored form.
pub(crate) fn time(micros: i64) -> Result<DateTime<Utc>> {
    DateTime::from_timestamp_micros(micros)
        .ok_or_else(|| MetaError::Unreadable { what: "time", value: micros.to_string() })
}

/// Now, as exact as it is stored, so that what is given back equals what is read later.
pub(crate) fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}

/// A time some while later; the end of time where that is beyond it.
pub(crate) fn after(time: DateTime<Utc>, wait: Duration) -> DateTime<Utc> {
    chrono::Duration::from_std(wait)
        .ok()
        .and_then(|wait| time.checked_add_signed(wait))
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
        .trunc_subsecs(6)
}
