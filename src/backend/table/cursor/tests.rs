use proptest::prelude::*;

use super::*;
use crate::auth::UserId;
use crate::tenancy::TenantResolver;

const KIND: Kind = Kind::new("EXAMPLE");

fn partition(tenant: &str, subject: &str) -> UserPartition {
    let tenant = TenantResolver::named_by_operator(tenant).unwrap();
    UserPartition::new(&tenant, UserId::derive(&tenant, "none", subject))
}

proptest! {
    #[test]
    fn a_cursor_opens_in_its_own_list_and_in_no_other(id: u128) {
        let (own, id) = (partition("acme", "a"), Uuid::from_u128(id));
        let text = Cursor::new(&own, KIND, id).to_string();
        prop_assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
        let cursor = Cursor::try_from(text).unwrap();
        prop_assert_eq!(cursor.open(&own, KIND), Some(id));
        prop_assert_eq!(cursor.open(&own, Kind::new("OTHER")), None);
        prop_assert_eq!(cursor.open(&partition("acme", "b"), KIND), None);
        prop_assert_eq!(cursor.open(&partition("demo", "a"), KIND), None);
    }

    #[test]
    fn a_cursor_of_which_one_bit_is_changed_opens_nowhere(id: u128, bit in 0_usize..25 * 8) {
        let own = partition("acme", "a");
        let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(Cursor::new(&own, KIND, Uuid::from_u128(id)).to_string()).unwrap();
        prop_assert_eq!(bytes.len(), 25);
        bytes[bit / 8] ^= 1 << (bit % 8);
        let cursor = Cursor::try_from(BASE64_URL_SAFE_NO_PAD.encode(bytes)).ok();
        let opened = cursor.and_then(|cursor| cursor.open(&own, KIND));
        prop_assert_eq!(opened, None);
    }

    #[test]
    fn any_text_is_a_cursor_or_is_not_but_never_more(text in ".{0,60}") {
        if let Ok(cursor) = Cursor::try_from(text.clone()) {
            prop_assert_eq!(cursor.to_string(), text);
        }
    }

    #[test]
    fn what_has_another_length_is_no_cursor(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        let text = BASE64_URL_SAFE_NO_PAD.encode([&[VERSION], bytes.as_slice()].concat());
        prop_assert_eq!(Cursor::try_from(text).is_ok(), bytes.len() == 16 + SEAL_LENGTH);
    }
}
