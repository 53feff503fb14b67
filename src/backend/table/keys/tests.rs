use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::tenancy::TenantResolver;

/// Names that are prefixes of each other as far as names can be.
const KINDS: [Kind; 6] = [
    Kind::new("E"),
    Kind::new("EX"),
    Kind::new("EXAMPLE"),
    Kind::new("EXAMPLE_"),
    Kind::new("EXAMPLES"),
    Kind::new("_"),
];

/// Something that has a key.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Thing {
    User,
    Entity(usize, Uuid),
    Idempotency(String),
    Login(TokenHash),
    LoginRate,
    Session(TokenHash),
    Event(Uuid),
}

fn tenant(label: &str) -> TenantId {
    TenantResolver::named_by_operator(label).unwrap()
}

fn user(id: Uuid) -> UserId {
    serde_json::from_value(json!(id)).unwrap()
}

fn key(label: &str, user_id: Uuid, thing: &Thing) -> Key {
    let (tenant, user) = (tenant(label), user(user_id));
    let partition = UserPartition::new(&tenant, user);
    match thing {
        Thing::User => Key::user(&tenant, user),
        Thing::Entity(kind, id) => partition.entity(KINDS[*kind], *id),
        Thing::Idempotency(text) => partition.idempotency(text),
        Thing::Login(token) => partition.login(token),
        Thing::LoginRate => partition.login_rate(),
        Thing::Session(token) => partition.session(token),
        Thing::Event(id) => Key::event(&tenant, *id),
    }
}

/// Few and short, so that equal and almost equal ones meet often.
fn label() -> impl Strategy<Value = String> {
    prop_oneof!["[a-c0-1]{1,3}", "[a-b]-{1,3}[a-b]", Just("users".to_owned()), Just("a".repeat(63))]
}

fn id() -> impl Strategy<Value = Uuid> {
    prop_oneof![(0_u128..3).prop_map(Uuid::from_u128), any::<u128>().prop_map(Uuid::from_u128), Just(Uuid::max())]
}

/// UUIDv7s of all days up to the year 9999, whose text order and time order must be the same, and of few days, so that
/// equal and almost equal ones meet.
fn event_id() -> impl Strategy<Value = Uuid> {
    let any_day = (0_u64..253_402_300_799_000, any::<[u8; 10]>());
    let few_days = ((0_u64..3).prop_map(|day| day * 86_400_000), (0_u8..3).prop_map(|random| [random; 10]));
    let same_day = (Just(0), any::<[u8; 10]>());
    prop_oneof![any_day, few_days, same_day]
        .prop_map(|(millis, random)| uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
}

fn thing() -> impl Strategy<Value = Thing> {
    prop_oneof![
        Just(Thing::User),
        (0..KINDS.len(), id()).prop_map(|(kind, id)| Thing::Entity(kind, id)),
        "[#A-Z0-9]{0,8}".prop_map(Thing::Idempotency),
        any::<u8>().prop_map(|byte| Thing::Login([byte; 32])),
        any::<u8>().prop_map(|byte| Thing::Session([byte; 32])),
        Just(Thing::LoginRate),
        event_id().prop_map(Thing::Event),
    ]
}

proptest! {
    #[test]
    fn no_two_things_have_one_key(
        left in (label(), id(), thing()), right in (label(), id(), thing()),
    ) {
        // Events are the tenant's, whoever caused them.
        let same_user = left.1 == right.1 || matches!(left.2, Thing::Event(_));
        let same = left.0 == right.0 && left.2 == right.2 && same_user;
        prop_assert_eq!(key(&left.0, left.1, &left.2) == key(&right.0, right.1, &right.2), same);
    }

    #[test]
    fn no_partition_begins_with_another(
        left in (label(), id(), thing()), right in (label(), id(), thing()),
    ) {
        let (left_key, right_key) = (key(&left.0, left.1, &left.2), key(&right.0, right.1, &right.2));
        let (left_partition, right_partition) = (left_key.partition, right_key.partition);
        if left.0 != right.0 {
            prop_assert_ne!(&left_partition, &right_partition);
        }
        prop_assert!(left_partition == right_partition || !left_partition.starts_with(&right_partition));
        let of_tenant = format!("TENANT#{}#", left.0);
        prop_assert_eq!(right_partition.starts_with(&of_tenant), left.0 == right.0);
    }

    #[test]
    fn what_lists_a_kind_finds_no_other(kind in 0..KINDS.len(), (label, user, thing) in (label(), id(), thing())) {
        let key = key(&label, user, &thing);
        let listed = key.sort.starts_with(&UserPartition::prefix(KINDS[kind]));
        prop_assert_eq!(listed, matches!(thing, Thing::Entity(of, _) if of == kind));
    }

    #[test]
    fn an_event_lies_in_one_of_the_partitions_of_its_day(label in label(), id in event_id()) {
        let tenant = tenant(&label);
        let partition = Key::event(&tenant, id).partition;
        let of_day = event_partitions(&tenant, Millis::of(id).day());
        prop_assert_eq!(of_day.filter(|shard| *shard == partition).count(), 1);
    }

    #[test]
    fn events_of_a_shard_are_in_the_order_of_time(left in event_id(), right in event_id()) {
        let tenant = tenant("acme");
        let (left_key, right_key) = (Key::event(&tenant, left), Key::event(&tenant, right));
        if Millis::of(left) < Millis::of(right) {
            prop_assert!(left_key.sort < right_key.sort);
        }
    }
}

#[test]
fn keys_are_what_the_data_model_says() {
    let id: Uuid = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
    let tenant = tenant("acme");
    let user = user(Uuid::nil());
    let partition = UserPartition::new(&tenant, user);
    let text = |key: Key| format!("{} | {}", key.partition, key.sort);
    let nil = Uuid::nil();
    let [entity, idempotency, user, event] = [
        partition.entity(Kind::new("EXAMPLE"), id),
        partition.idempotency("key"),
        Key::user(&tenant, user),
        Key::event(&tenant, id),
    ]
    .map(text);
    assert_eq!(entity, format!("TENANT#acme#USER#{nil} | EXAMPLE#{id}"));
    let sha256 = "2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683";
    assert_eq!(idempotency, format!("TENANT#acme#USER#{nil} | IDEMPOTENCY#{sha256}"));
    assert_eq!(user, format!("TENANT#acme#USERS | USER#{nil}"));
    assert_eq!(event, format!("TENANT#acme#EVENTS#2023-06-30#3 | {id}"));
}

#[test]
fn events_are_spread_over_all_shards() {
    let tenant = tenant("acme");
    let mut found: Vec<_> = (0..200).map(|_| Key::event(&tenant, Uuid::now_v7()).partition).collect();
    found.sort();
    found.dedup();
    assert!(found.len() >= usize::from(EVENT_SHARDS), "{found:?}");
}
