use std::time::Duration;

use super::*;

#[test]
fn each_key_has_its_own_share_and_learns_when_to_come_again() {
    let rate = Rate::new(2, Quota::per_second).unwrap();
    for _ in 0..2 {
        rate.check(&"acme".to_owned()).unwrap();
    }
    let Err(Error::RateLimited { retry_after }) = rate.check(&"acme".to_owned()) else { panic!("no limit") };
    assert!(retry_after > Duration::ZERO && retry_after <= Duration::from_millis(500), "{retry_after:?}");
    rate.check(&"demo".to_owned()).unwrap();
}

#[test]
fn keys_that_do_not_ask_any_more_are_forgotten() {
    let rate = Rate::new(1000, Quota::per_second).unwrap();
    for number in 0..5_000 {
        rate.check(&format!("made-up-{number}")).unwrap();
    }
    let started = Instant::now();
    while rate.limiter.len() > 10 {
        assert!(started.elapsed() < Duration::from_secs(10), "{} are remembered", rate.limiter.len());
        std::thread::sleep(Duration::from_millis(50));
        rate.check(&"acme".to_owned()).unwrap();
    }
}
