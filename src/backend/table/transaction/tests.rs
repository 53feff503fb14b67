//! Changes and events with colliding ids, which nothing outside the crate can make, and large entities.

use axum::extract::FromRequestParts as _;
use axum::http::Request;
use clap::{Args as _, FromArgMatches as _};
use serde::Deserialize;
use serde_json::json;

use super::*;
use crate::analytics::EventName;
use crate::auth::UserId;
use crate::config::{Settings, TableConfig};
use crate::dev::Engine;
use crate::http::RequestContext;
use crate::table::{Kind, Meter, Remembered, Table, Version};
use crate::tenancy::{TenantId, TenantResolver};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Thing {
    id: Uuid,
    version: Version,
}

impl Entity for Thing {
    const KIND: Kind = Kind::new("THING");

    fn id(&self) -> Uuid {
        self.id
    }

    fn version(&self) -> Version {
        self.version
    }
}

impl Thing {
    fn new() -> Self {
        Self { id: Uuid::now_v7(), version: 1 }
    }

    fn next(&self) -> Self {
        Self { version: self.version + 1, ..self.clone() }
    }
}

/// So large that a page of them is more than DynamoDB reads at once.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Large {
    id: Uuid,
    version: Version,
    text: String,
}

impl Entity for Large {
    const KIND: Kind = Kind::new("LARGE");

    fn id(&self) -> Uuid {
        self.id
    }

    fn version(&self) -> Version {
        self.version
    }
}

struct World {
    table: UserTable,
    tenant: TenantId,
    user: UserId,
    _engine: Option<Engine>,
}

impl World {
    async fn new() -> Self {
        let endpoint = std::env::var("TEST_DYNAMODB_ENDPOINT");
        let engine = if endpoint.is_ok() { None } else { Some(Engine::start(None).await.unwrap()) };
        let endpoint = endpoint.unwrap_or_else(|_| engine.as_ref().unwrap().endpoint().to_owned());
        let name = format!("test-{}", Uuid::now_v7());
        let arguments = ["test", "--dynamodb-table", &name, "--dynamodb-endpoint", &endpoint];
        // Ignores the environment of the shell that runs the tests.
        let command = Settings::augment_args(clap::Command::new("test")).mut_args(|argument| argument.env(None));
        let matches = command.get_matches_from(arguments);
        let config = TableConfig::from_settings(&Settings::from_arg_matches(&matches).unwrap()).unwrap();
        let table = Table::connect(&config).await;
        table.create().await.unwrap();
        let tenant = TenantResolver::named_by_operator("acme").unwrap();
        let user = UserId::derive(&tenant, "none", "public");
        let table = table.of_user(&tenant, user, &Meter::default());
        Self { table, tenant, user, _engine: engine }
    }

    async fn event(&self, name: EventName) -> Event {
        let (mut parts, ()) = Request::new(()).into_parts();
        let Ok(context) = RequestContext::from_request_parts(&mut parts, &()).await;
        Event::new(name, json!({}), self.tenant.clone(), self.user, context.id.clone())
    }

    async fn written(&self, event: &Event) -> Option<serde_json::Value> {
        let key = Key::event(&event.tenant, event.id);
        self.table.table.get(&self.table.meter, &key).await.unwrap()
    }
}

#[track_caller]
fn refused(result: Result<(), TableError>) -> Refusal {
    match result {
        Err(TableError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_second_event_under_one_key_is_refused_together_with_its_change() {
    let world = World::new().await;
    let (first, second) = (Thing::new(), Thing::new());
    let event = world.event(EventName::ExampleCreated).await;
    world.table.transaction().create(&first).commit(&event).await.unwrap();
    let written = world.written(&event).await.unwrap();

    let mut forged = world.event(EventName::ExampleDeleted).await;
    forged.id = event.id;
    assert_eq!(refused(world.table.transaction().create(&second).commit(&forged).await).write, 1);
    assert_eq!(refused(world.table.transaction().replace(&first.next()).commit(&forged).await).write, 1);
    let delete = world.table.transaction().delete::<Thing>(first.id, &Versions::Any);
    assert_eq!(refused(delete.commit(&forged).await).write, 1);

    assert_eq!(world.table.get::<Thing>(second.id).await.unwrap(), None);
    assert_eq!(world.table.get::<Thing>(first.id).await.unwrap(), Some(first));
    assert_eq!(world.written(&event).await, Some(written));
}

#[tokio::test]
async fn a_refused_change_writes_no_event_and_tells_what_stands_there() {
    let world = World::new().await;
    let thing = Thing::new();
    let created = world.event(EventName::ExampleCreated).await;
    world.table.transaction().create(&thing).commit(&created).await.unwrap();
    let absent = Thing::new();
    let event = world.event(EventName::ExampleChanged).await;
    let cases = [
        (world.table.transaction().create(&thing), Some(&thing)),
        (world.table.transaction().replace(&thing.next().next()), Some(&thing)),
        // A change that forgot to count is no change: nothing is overwritten unseen.
        (world.table.transaction().replace(&thing), Some(&thing)),
        (world.table.transaction().replace(&absent.next()), None),
        (world.table.transaction().delete::<Thing>(thing.id, &Versions::OneOf(vec![2, 3])), Some(&thing)),
        (world.table.transaction().delete::<Thing>(thing.id, &Versions::OneOf(Vec::new())), Some(&thing)),
        (world.table.transaction().delete::<Thing>(thing.id, &Versions::Any.others()), Some(&thing)),
        (world.table.transaction().delete::<Thing>(absent.id, &Versions::NoneOf(Vec::new())), None),
        (world.table.transaction().delete::<Thing>(absent.id, &Versions::Any), None),
        (world.table.transaction().delete::<Thing>(absent.id, &Versions::OneOf(vec![0, 1])), None),
    ];
    for (transaction, found) in cases {
        let refusal = refused(transaction.commit(&event).await);
        assert_eq!(refusal.write, 0);
        assert_eq!(refusal.found::<Thing>().unwrap().as_ref(), found);
        assert_eq!(world.written(&event).await, None);
    }
    assert_eq!(world.table.get::<Thing>(thing.id).await.unwrap(), Some(thing));
}

#[tokio::test]
async fn a_repeated_request_is_known_wherever_its_record_stands() {
    let world = World::new().await;
    let (first, second) = (Thing::new(), Thing::new());
    let request = Remembered::new("create_thing", &"input", first.id).unwrap();
    let event = world.event(EventName::ExampleCreated).await;
    world.table.transaction().create(&first).remember("key", &request).commit(&event).await.unwrap();
    let event = world.event(EventName::ExampleCreated).await;
    let repeated = refused(world.table.transaction().create(&second).remember("key", &request).commit(&event).await);
    assert!(repeated.is_repeat && repeated.write == 1);
    assert_eq!(repeated.found().unwrap(), Some(request.clone()));
    let taken = refused(world.table.transaction().create(&first).remember("other", &request).commit(&event).await);
    assert!(!taken.is_repeat);
}

#[tokio::test]
async fn an_entity_cannot_take_the_names_that_the_table_itself_uses() {
    #[derive(Serialize, Deserialize)]
    struct Record {
        ttl: u32,
    }
    impl Entity for Record {
        const KIND: Kind = Kind::new("RECORD");

        fn id(&self) -> Uuid {
            Uuid::nil()
        }

        fn version(&self) -> Version {
            1
        }
    }
    let world = World::new().await;
    let event = world.event(EventName::ExampleCreated).await;
    let refused = world.table.transaction().create(&Record { ttl: 3600 }).commit(&event).await;
    assert!(matches!(refused, Err(TableError::Reserved("ttl"))), "{refused:?}");
    assert_eq!(world.written(&event).await, None);
}

#[tokio::test]
async fn of_several_writes_all_happen_or_none() {
    let world = World::new().await;
    let (first, second) = (Thing::new(), Thing::new());
    let event = world.event(EventName::ExampleCreated).await;
    let both = world.table.transaction().create(&first).replace(&second.next());
    assert_eq!(refused(both.commit(&event).await).write, 1);
    assert_eq!(world.table.get::<Thing>(first.id).await.unwrap(), None);
    assert_eq!(world.written(&event).await, None);
    world.table.transaction().create(&first).create(&second).commit(&event).await.unwrap();
    assert_eq!(world.table.get::<Thing>(second.id).await.unwrap(), Some(second));
    assert!(world.written(&event).await.is_some());
}

#[tokio::test]
async fn a_list_of_more_than_a_megabyte_goes_on_where_dynamodb_stopped() {
    let world = World::new().await;
    let mut expected = Vec::new();
    for _ in 0..12 {
        let large = Large { id: Uuid::now_v7(), version: 1, text: "x".repeat(150_000) };
        let event = world.event(EventName::ExampleCreated).await;
        world.table.transaction().create(&large).commit(&event).await.unwrap();
        expected.insert(0, large.id);
    }
    let (mut ids, mut pages, mut after) = (Vec::new(), 0, None);
    loop {
        let page = world.table.list::<Large>(100, after).await.unwrap();
        ids.extend(page.items.iter().map(Large::id));
        pages += 1;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!((ids, pages), (expected, 2));
}
