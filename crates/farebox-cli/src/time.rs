//! Times, as a person reads them.

use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds of Unix time.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// `2026-11-22`, in UTC.
pub(crate) fn date(seconds: u64) -> String {
    let (year, month, day) = civil(seconds / 86_400);
    format!("{year:04}-{month:02}-{day:02}")
}

/// `2026-11-22 03:40`, in UTC.
pub(crate) fn instant(seconds: u64) -> String {
    let of_day = seconds % 86_400;
    format!("{} {:02}:{:02}", date(seconds), of_day / 3600, of_day % 3600 / 60)
}

/// Year, month and day of a day since 1970. Years are counted from March, so that the leap day is the last of one.
fn civil(day: u64) -> (u64, u64, u64) {
    // Days since 0000-03-01.
    let day = day + 719_468;
    let (era, of_era) = (day / 146_097, day % 146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let (day, month, next) =
        (of_year - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 }, month >= 10);
    (era * 400 + year + u64::from(next), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        for (seconds, expected) in [
            (0, "1970-01-01 00:00"),
            (951_782_399, "2000-02-28 23:59"),
            (951_782_400, "2000-02-29 00:00"),
            (951_868_800, "2000-03-01 00:00"),
            (1_795_318_800, "2026-11-22 03:40"),
            (4_107_542_399, "2100-02-28 23:59"),
            (4_107_542_400, "2100-03-01 00:00"),
        ] {
            assert_eq!(instant(seconds), expected);
        }
    }
}
