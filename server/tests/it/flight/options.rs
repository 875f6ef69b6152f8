//! Which project a client means: by header, by option of the session.

use std::collections::HashMap;

use arrow_flight::Action;
use bytes::Bytes;
use prost::Message;
use tonic::{Code, Request};

use super::{one, refused_as, rows};
use crate::serving::{Client, Serving};

/// The messages of the protocol, as far as texts are concerned.
#[derive(Clone, PartialEq, Message)]
struct Value {
    #[prost(string, optional, tag = "1")]
    text: Option<String>,
}

#[derive(Clone, PartialEq, Message)]
struct Options {
    #[prost(map = "string, message", tag = "1")]
    options: HashMap<String, Value>,
}

#[derive(Clone, PartialEq, Message)]
struct Errors {
    #[prost(map = "string, message", tag = "1")]
    errors: HashMap<String, Number>,
}

#[derive(Clone, PartialEq, Message)]
struct Number {
    #[prost(int32, tag = "1")]
    number: i32,
}

const CATALOG: &str = "SELECT DISTINCT table_catalog FROM information_schema.tables";

/// Does an action; gives its answer and the cookie that it sets.
async fn act(client: &mut Client, name: &str, body: impl Message, cookie: Option<&str>) -> (Bytes, Option<String>) {
    let mut request = Request::new(Action::new(name, body.encode_to_vec()));
    if let Some(token) = client.token() {
        request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    }
    if let Some(cookie) = cookie {
        request.metadata_mut().insert("cookie", cookie.parse().unwrap());
    }
    let answer = client.inner_mut().do_action(request).await.unwrap();
    let cookie = answer.metadata().get("set-cookie").map(|c| c.to_str().unwrap().split(';').next().unwrap().to_owned());
    (answer.into_inner().message().await.unwrap().unwrap().body, cookie)
}

fn catalog(name: &str) -> Options {
    Options { options: [("catalog".to_owned(), Value { text: Some(name.to_owned()) })].into() }
}

#[tokio::test(flavor = "multi_thread")]
async fn by_header() {
    let serving = Serving::copy_with(Serving::second).await;
    let mut client = serving.client().await;
    assert_eq!(one(&rows(&mut client, CATALOG).await), "demo_field");
    client.set_header("x-project", "second");
    assert_eq!(one(&rows(&mut client, CATALOG).await), "second");
    client.set_header("x-project", "third");
    refused_as(client.execute("SELECT 1".to_owned(), None).await, Code::NotFound, "no project `third`");
}

/// As programs do that list all projects: by the names of tables.
#[tokio::test(flavor = "multi_thread")]
async fn by_name_of_the_table() {
    let serving = Serving::copy_with(Serving::second).await;
    let mut client = serving.client().await;
    super::update(&mut client, "CREATE TABLE \"second\".public.notes AS SELECT 1 AS a").await;
    let count = "SELECT count(*) FROM information_schema.tables WHERE table_name = 'notes'";
    assert_eq!(one(&rows(&mut client, count).await), "0");
    assert_eq!(one(&rows(&mut client, "SELECT a FROM \"second\".\"public\".\"notes\"").await), "1");
    assert!(rows(&mut client, "EXPLAIN SELECT * FROM second.public.notes").await.num_rows() > 0);
    let both = "SELECT * FROM second.public.wells a, demo_field.public.wells b";
    assert!(client.execute(both.to_owned(), None).await.is_err());
    client.set_header("x-project", "second");
    assert_eq!(one(&rows(&mut client, "SELECT count(*) FROM demo_field.public.wells").await), "9");
}

#[tokio::test(flavor = "multi_thread")]
async fn by_option_with_a_cookie() {
    let serving = Serving::copy_with(Serving::second).await;
    let mut client = serving.client().await;
    let (body, cookie) = act(&mut client, "SetSessionOptions", catalog("second"), None).await;
    assert!(Errors::decode(body).unwrap().errors.is_empty());
    let cookie = cookie.unwrap();
    assert!(cookie.starts_with("arrow_flight_session_id="));
    // Without the cookie it is another session.
    assert_eq!(one(&rows(&mut client, CATALOG).await), "demo_field");
    client.set_header("cookie", cookie.clone());
    assert_eq!(one(&rows(&mut client, CATALOG).await), "second");
    let (body, _) = act(&mut client, "GetSessionOptions", Options::default(), Some(&cookie)).await;
    assert_eq!(Options::decode(body).unwrap().options["catalog"].text.as_deref(), Some("second"));
    let (body, _) = act(&mut client, "CloseSession", Options::default(), Some(&cookie)).await;
    assert_eq!(Number::decode(body).unwrap().number, 1);
    assert_eq!(one(&rows(&mut client, CATALOG).await), "demo_field");
}

#[tokio::test(flavor = "multi_thread")]
async fn by_option_of_a_login() {
    let serving = Serving::copy_with(|options| {
        Serving::second(options);
        options.authentication = outcrop_server::Authentication::Required;
    })
    .await;
    let mut client = serving.client_of("viewer").await;
    act(&mut client, "SetSessionOptions", catalog("second"), None).await;
    assert_eq!(one(&rows(&mut client, CATALOG).await), "second");
    let mut other = serving.client_of("viewer").await;
    assert_eq!(one(&rows(&mut other, CATALOG).await), "demo_field");
    // The end of a session is the end of its login.
    act(&mut client, "CloseSession", Options::default(), None).await;
    refused_as(client.execute("SELECT 1".to_owned(), None).await, Code::Unauthenticated, "expired");
    assert_eq!(rows(&mut other, "SELECT 1").await.num_rows(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_names_and_values() {
    let serving = Serving::demo().await;
    let mut client = serving.client().await;
    let mut wanted = catalog("third");
    wanted.options.insert("colour".to_owned(), Value { text: Some("red".to_owned()) });
    wanted.options.insert("schema".to_owned(), Value { text: Some("public".to_owned()) });
    let (body, _) = act(&mut client, "SetSessionOptions", wanted, None).await;
    let errors = Errors::decode(body).unwrap().errors;
    let mut errors: Vec<_> = errors.iter().map(|(name, e)| (name.as_str(), e.number)).collect();
    errors.sort_unstable();
    assert_eq!(errors, [("catalog", 2), ("colour", 1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn actions_are_listed() {
    let serving = Serving::demo().await;
    let mut client = serving.client().await;
    let mut actions = client.inner_mut().list_actions(arrow_flight::Empty {}).await.unwrap().into_inner();
    let mut names = Vec::new();
    while let Some(action) = actions.message().await.unwrap() {
        names.push(action.r#type);
    }
    for name in ["CreatePreparedStatement", "CancelQuery", "CancelFlightInfo", "SetSessionOptions", "CloseSession"] {
        assert!(names.iter().any(|n| n == name), "{name}");
    }
    let unknown = client.do_action(Action::new("Dance", Bytes::new())).await.map(|_| ());
    refused_as(unknown, Code::Unimplemented, "Dance");
}
