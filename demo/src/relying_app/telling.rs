//! Instants and spans as people read them. `static/demo.js` continues the same wording as the seconds pass.

use abide_rp::Instant;

/// `14:03:27 UTC`.
pub(super) fn time_of_day(instant: Instant) -> String {
    written(instant, "%H:%M:%S UTC")
}

/// For the `datetime` attribute: `2026-11-23T14:03:27Z`.
pub(super) fn machine_readable(instant: Instant) -> String {
    written(instant, "%Y-%m-%dT%H:%M:%SZ")
}

fn written(instant: Instant, form: &str) -> String {
    jiff::Timestamp::from_second(instant).map_or_else(|_| instant.to_string(), |at| at.strftime(form).to_string())
}

/// `1 d 3 h`, `2 h 5 min`, `9 min 41 s`, `12 s`; negative spans read as none.
pub(super) fn span(seconds: Instant) -> String {
    let seconds = seconds.max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match (days, hours, minutes) {
        (1.., ..) => format!("{days} d {} h", hours % 24),
        (_, 1.., _) => format!("{hours} h {} min", minutes % 60),
        (_, _, 1..) => format!("{minutes} min {} s", seconds % 60),
        _ => format!("{seconds} s"),
    }
}

/// How far `instant` is from `now`: `in 9 min 41 s`, `12 s ago`.
pub(super) fn distance(instant: Instant, now: Instant) -> String {
    if instant > now {
        format!("in {}", span(instant.saturating_sub(now)))
    } else {
        format!("{} ago", span(now.saturating_sub(instant)))
    }
}

#[cfg(test)]
mod tests {
    use super::{distance, machine_readable, span, time_of_day};

    #[test]
    fn spans_read_well() {
        let cases = [(-5, "0 s"), (59, "59 s"), (60, "1 min 0 s"), (3_725, "1 h 2 min"), (97_200, "1 d 3 h")];
        for (seconds, text) in cases {
            assert_eq!(span(seconds), text);
        }
        assert_eq!((distance(10, 0), distance(0, 10)), ("in 10 s".to_owned(), "10 s ago".to_owned()));
    }

    #[test]
    fn instants_read_well() {
        assert_eq!(time_of_day(1_800_000_000), "08:00:00 UTC");
        assert_eq!(machine_readable(1_800_000_000), "2027-01-15T08:00:00Z");
    }
}
