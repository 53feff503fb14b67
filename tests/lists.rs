//! Pages, limits and cursors.

use crate::support::{App, Tenant};

/// Creates that many examples; their ids, newest first.
async fn examples(tenant: &Tenant, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for number in 0..count {
        ids.push(tenant.create(&format!("number {number}")).await["id"].as_str().unwrap().to_owned());
    }
    ids.reverse();
    ids
}

/// The ids page by page, until there is no next page.
async fn pages(tenant: &Tenant, limit: usize) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut path = format!("/api/example?limit={limit}");
    loop {
        let page = tenant.get(&path).await.expect(200);
        assert_eq!(page.as_object().unwrap().len(), 2, "{page}");
        let items = page["data"].as_array().unwrap();
        pages.push(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect());
        match page["page"]["next"].as_str() {
            Some(next) => path = format!("/api/example?limit={limit}&cursor={next}"),
            None => return pages,
        }
    }
}

#[tokio::test]
async fn pages_join_to_the_whole_list_newest_first_and_the_last_is_never_empty() {
    let acme = App::spawn().await.tenant("acme");
    assert_eq!(pages(&acme, 3).await, [[""; 0]], "an empty list is one empty page");
    let ids = examples(&acme, 6).await;
    for limit in [1, 2, 3, 4, 5, 6, 7, 100] {
        let pages = pages(&acme, limit).await;
        assert_eq!(pages, ids.chunks(limit).collect::<Vec<_>>(), "limit {limit}");
    }
}

#[tokio::test]
async fn a_page_has_20_items_unless_the_client_says_otherwise() {
    let acme = App::spawn().await.tenant("acme");
    let ids = examples(&acme, 21).await;
    let page = acme.get("/api/example").await.expect(200);
    assert_eq!(page["data"].as_array().unwrap().len(), 20);
    assert_eq!(page["data"][0]["id"], ids[0].as_str());
    let rest = format!("/api/example?cursor={}", page["page"]["next"].as_str().unwrap());
    let rest = acme.get(&rest).await.expect(200);
    assert_eq!(rest["data"][0]["id"], ids[20].as_str());
    assert!(rest["page"]["next"].is_null());
}

#[tokio::test]
async fn limits_outside_of_1_to_100_are_refused() {
    let acme = App::spawn().await.tenant("acme");
    for limit in ["1", "100", "007"] {
        acme.get(&format!("/api/example?limit={limit}")).await.expect(200);
    }
    for limit in ["0", "101", "256", "-1", "1.5", "1e1", "", "%20", "9999999999999999999999", "abc", "%00", "0x1", "१"]
    {
        let error = acme.get(&format!("/api/example?limit={limit}")).await.fails(400, "invalid_input");
        assert_eq!(error["fields"]["limit"], "must be a whole number from 1 to 100", "{limit}");
    }
}

#[tokio::test]
async fn a_cursor_goes_on_where_its_page_ended_whatever_came_or_went() {
    let acme = App::spawn().await.tenant("acme");
    let ids = examples(&acme, 4).await;
    let page = acme.get("/api/example?limit=2").await.expect(200);
    let rest = format!("/api/example?cursor={}", page["page"]["next"].as_str().unwrap());
    acme.create("newer").await;
    acme.delete(&format!("/api/example/{}", ids[1])).await.expect(200); // the one that the cursor names
    let rest = acme.get(&rest).await.expect(200);
    let listed: Vec<_> = rest["data"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect();
    assert_eq!(listed, ids[2..]);
}
