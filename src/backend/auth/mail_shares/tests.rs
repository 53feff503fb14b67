use super::*;

fn address(text: &str) -> Address {
    text.parse().unwrap()
}

#[test]
fn an_hour_has_ten_mails_for_each_client_and_mailbox() {
    let shares = MailShares::default();
    let client = Some(ClientAddress([192, 0, 2, 1].into()));
    let start = Instant::now();
    let take = |client, text: &str, after| shares.take(client, address(text), start + after).map(MailShare::spend);
    for number in 0..10 {
        let tagged = format!("ada+{number}@example.com");
        assert!(take(client, &tagged, Duration::from_mins(number)).is_some());
    }
    assert_eq!(take(client, "ada@example.com", Duration::from_mins(59)), None);
    assert!(take(client, "bob@example.com", Duration::from_mins(59)).is_some());
    assert!(take(None, "ada@example.com", Duration::from_mins(59)).is_some());
    assert!(take(client, "ada@example.com", HOUR).is_some(), "the first is an hour old");
    assert_eq!(take(client, "ada@example.com", HOUR), None);
}

#[test]
fn what_is_not_spent_is_given_back() {
    let shares = MailShares::default();
    let take = || shares.take(None, address("ada@example.com"), Instant::now());
    let held: Vec<_> = (0..MAILS_AN_HOUR).map_while(|_| take()).collect();
    assert_eq!(held.len(), MAILS_AN_HOUR);
    assert!(take().is_none());
    drop(held);
    assert!(take().is_some());
}

#[test]
fn what_is_given_back_is_the_share_itself_and_no_other_of_the_hour() {
    let shares = MailShares::default();
    let start = Instant::now();
    let take = |after| shares.take(None, address("ada@example.com"), start + after);
    take(Duration::ZERO).unwrap().spend();
    drop(take(HOUR / 2));
    let later = (0..=MAILS_AN_HOUR).map_while(|_| take(HOUR).map(MailShare::spend));
    assert_eq!(later.count(), MAILS_AN_HOUR);
}

#[test]
fn mailboxes_that_got_no_mail_for_an_hour_are_forgotten() {
    let shares = MailShares::default();
    let start = Instant::now();
    for number in 0..100 {
        shares.take(None, address(&format!("made-up-{number}@example.com")), start).unwrap().spend();
    }
    shares.take(None, address("ada@example.com"), start + HOUR).unwrap().spend();
    assert_eq!(shares.lock().times.len(), 1);
}
