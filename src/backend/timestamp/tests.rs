use jiff::SignedDuration;
use proptest::prelude::*;
use uuid::NoContext;

use super::*;

fn read(text: &str) -> Result<Millis, serde_json::Error> {
    serde_json::from_value(text.into())
}

proptest! {
    #[test]
    fn times_read_as_utc_with_three_decimals_and_read_back_the_same(millis in -62_135_596_800_000_i64..253_402_207_200_000) {
        let text = Millis(Timestamp::from_millisecond(millis).unwrap()).to_string();
        let shape: String = text.chars().map(|char| if char.is_ascii_digit() { '0' } else { char }).collect();
        prop_assert_eq!(shape, "0000-00-00T00:00:00.000Z");
        prop_assert_eq!(read(&text).unwrap().0.as_millisecond(), millis);
    }

    #[test]
    fn the_order_of_texts_is_the_order_of_times(left in 0_i64..253_402_207_200_000, right in 0_i64..253_402_207_200_000) {
        let [left_time, right_time] = [left, right].map(|millis| Millis(Timestamp::from_millisecond(millis).unwrap()));
        prop_assert_eq!(left_time.to_string().cmp(&right_time.to_string()), left.cmp(&right));
    }

    #[test]
    fn a_time_within_a_millisecond_reads_as_the_millisecond(nanos in 0_i128..4_000_000_000_000_000_000) {
        let time = Timestamp::from_nanosecond(nanos).unwrap();
        let text = Millis(time).to_string();
        let read = read(&text).unwrap().0;
        prop_assert!((SignedDuration::ZERO..SignedDuration::from_millis(1)).contains(&time.duration_since(read)));
    }

    #[test]
    fn an_id_tells_when_it_was_made_to_the_millisecond(millis in 0_u64..253_402_207_200_000) {
        let time = uuid::Timestamp::from_unix(NoContext, millis / 1000, u32::try_from(millis % 1000).unwrap() * 1_000_000);
        let told = Millis::of(Uuid::new_v7(time)).0;
        prop_assert_eq!(u64::try_from(told.as_millisecond()).unwrap(), millis);
    }
}

#[test]
fn an_id_without_a_time_was_made_at_the_epoch() {
    for id in [Uuid::nil(), Uuid::max(), Uuid::from_u128(1), Uuid::new_v5(&Uuid::NAMESPACE_DNS, b"a")] {
        assert_eq!(Millis::of(id).to_string(), "1970-01-01T00:00:00.000Z");
    }
}

#[test]
fn the_latest_time_that_an_id_can_tell_is_a_time() {
    let latest = uuid::Builder::from_unix_timestamp_millis((1 << 48) - 1, &[0xff; 10]).into_uuid();
    assert_eq!(Millis::of(latest), Millis(Timestamp::MAX));
}

#[test]
fn a_day_ends_at_midnight_utc() {
    let day = |text: &str| read(text).unwrap().day().to_string();
    assert_eq!(day("2026-01-31T23:59:59.999Z"), "2026-01-31");
    assert_eq!(day("2026-02-01T00:00:00.000Z"), "2026-02-01");
    assert_eq!(day("2026-01-31T23:59:59.999-01:00"), "2026-02-01");
}

#[test]
fn what_is_no_time_is_refused() {
    for text in ["", "now", "2026-01-31", "2026-01-31T00:00:00", "2026-02-30T00:00:00Z", "1"] {
        assert!(read(text).is_err(), "{text}");
    }
}
