//! Who may ask, and what they may do.

use arrow_flight::{BasicAuth, HandshakeRequest};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use futures::stream;
use prost::Message;
use tonic::{Code, Request};

use super::{one, refused_as, rows, update};
use crate::serving::Serving;

#[tokio::test(flavor = "multi_thread")]
async fn a_name_and_a_password_for_a_token() {
    let serving = Serving::with_users().await;
    let mut client = serving.client().await;
    refused_as(client.execute("SELECT 1".to_owned(), None).await, Code::Unauthenticated, "say who you are");
    assert!(client.handshake("engineer", "wrong-password").await.is_err());
    assert!(client.handshake("nobody", "nobody-password").await.is_err());
    refused_as(client.execute("SELECT 1".to_owned(), None).await, Code::Unauthenticated, "say who you are");
    let payload = client.handshake("engineer", "engineer-password").await.unwrap();
    assert_eq!(Some(&String::from_utf8(payload.to_vec()).unwrap()), client.token());
    assert_eq!(one(&rows(&mut client, "SELECT 1").await), "1");
    client.set_token("ocl_nothing".to_owned());
    refused_as(client.execute("SELECT 1".to_owned(), None).await, Code::Unauthenticated, "expired or been revoked");
}

/// As the first clients of Flight do it: the name and password as a message, the token in a header of its own.
#[tokio::test(flavor = "multi_thread")]
async fn the_older_handshake() {
    let serving = Serving::with_users().await;
    let mut client = serving.client().await;
    let mut shake = async |password: &str| {
        let auth = BasicAuth { username: "viewer".to_owned(), password: password.to_owned() };
        let request = HandshakeRequest { protocol_version: 0, payload: auth.encode_to_vec().into() };
        client.inner_mut().handshake(stream::iter([request])).await
    };
    assert_eq!(shake("wrong").await.unwrap_err().code(), Code::Unauthenticated);
    let answer = shake("viewer-password").await.unwrap().into_inner().message().await.unwrap().unwrap();
    let client = serving.client().await;
    let mut request = Request::new(arrow_flight::Empty {});
    let value = tonic::metadata::MetadataValue::from_bytes(&answer.payload);
    request.metadata_mut().insert_bin("auth-token-bin", value);
    assert!(client.into_inner().list_actions(request).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn basic_with_every_request() {
    let serving = Serving::with_users().await;
    let mut client = serving.client().await;
    client.set_header("authorization", format!("Basic {}", BASE64_STANDARD.encode("viewer:viewer-password")));
    assert_eq!(one(&rows(&mut client, "SELECT 1").await), "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_reads() {
    let serving = Serving::with_users().await;
    let mut engineer = serving.client_of("engineer").await;
    update(&mut engineer, "CREATE TABLE notes (a BIGINT)").await;
    let mut viewer = serving.client_of("viewer").await;
    assert_eq!(one(&rows(&mut viewer, "SELECT count(*) FROM notes").await), "0");
    let insert = "INSERT INTO notes VALUES (1)";
    refused_as(viewer.execute_update(insert.to_owned(), None).await, Code::PermissionDenied, "INSERT");
    refused_as(viewer.execute(insert.to_owned(), None).await, Code::PermissionDenied, "INSERT");
    let mut prepared = viewer.prepare(insert.to_owned(), None).await.unwrap();
    refused_as(prepared.execute_update().await, Code::PermissionDenied, "INSERT");
    refused_as(prepared.execute().await, Code::PermissionDenied, "INSERT");
    let count: arrow::array::ArrayRef = std::sync::Arc::new(arrow::array::Int64Array::from(vec![1, 2]));
    let values = arrow::array::RecordBatch::try_from_iter([("a", count)]).unwrap();
    let mut prepared = viewer.prepare("INSERT INTO notes VALUES (?)".to_owned(), None).await.unwrap();
    prepared.set_parameters(values.clone()).unwrap();
    refused_as(prepared.execute_update().await, Code::PermissionDenied, "INSERT");
    let command = arrow_flight::sql::CommandStatementIngest { table: "notes".to_owned(), ..Default::default() };
    let sent = viewer.execute_ingest(command, stream::iter([Ok(values)])).await;
    refused_as(sent, Code::PermissionDenied, "INSERT");
    for sql in ["DELETE FROM notes", "DROP TABLE notes", "COPY notes TO 'x.csv'"] {
        let refused = viewer.execute_update(sql.to_owned(), None).await;
        refused_as(refused, Code::PermissionDenied, "viewer may read this project");
    }
    assert_eq!(one(&rows(&mut engineer, "SELECT count(*) FROM notes").await), "0");
    // What the engineer did is theirs.
    let author = "SELECT author FROM outcrop.commits ORDER BY number DESC LIMIT 1";
    assert_eq!(one(&rows(&mut viewer, author).await), "engineer");
}

/// Where nobody is asked, a client that logs in all the same is let in.
#[tokio::test(flavor = "multi_thread")]
async fn any_login_where_nobody_is_asked() {
    let serving = Serving::demo().await;
    let mut client = serving.client().await;
    client.handshake("whoever", "whatever").await.unwrap();
    assert_eq!(one(&rows(&mut client, "SELECT 1").await), "1");
}

/// A desktop's server has a token; a driver that knows only passwords gives it as one.
#[tokio::test(flavor = "multi_thread")]
async fn the_token_of_a_desktop() {
    let token = outcrop_server::Authentication::Token("secret".to_owned());
    let serving = Serving::copy_with(|options| options.authentication = token).await;
    let mut client = serving.client().await;
    assert!(client.execute("SELECT 1".to_owned(), None).await.is_err());
    client.set_token("secret".to_owned());
    assert_eq!(one(&rows(&mut client, "SELECT 1").await), "1");
    let auth = BasicAuth { username: String::new(), password: "secret".to_owned() };
    let request = HandshakeRequest { protocol_version: 0, payload: auth.encode_to_vec().into() };
    let mut client = serving.client().await;
    assert!(client.inner_mut().handshake(stream::iter([request])).await.is_ok());
}
