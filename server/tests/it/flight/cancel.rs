//! Queries end when they are cancelled, in both forms, and when whoever asked goes away.

use arrow_flight::sql::{ActionCancelQueryRequest, ActionCancelQueryResult, Any, ProstMessageExt};
use arrow_flight::{Action, CancelFlightInfoRequest, CancelFlightInfoResult, CancelStatus, FlightInfo};
use futures::{StreamExt, TryStreamExt};
use prost::Message;
use tonic::Code;

use super::{refused_as, rows};
use crate::serving::{Client, Serving};

/// Rows without end, as far as a test is concerned.
const LONG: &str =
    "SELECT a.value, b.value FROM generate_series(1, 1000000) a CROSS JOIN generate_series(1, 1000000) b";
/// Work without end before the first row.
const BUSY: &str = "SELECT count(*) FROM generate_series(1, 10000000) a CROSS JOIN generate_series(1, 10000000) b WHERE (a.value * b.value) % 7 = 3";

async fn cancel(client: &mut Client, info: &FlightInfo) -> CancelStatus {
    let request = CancelFlightInfoRequest { info: Some(info.clone()) };
    let action = Action::new("CancelFlightInfo", request.encode_to_vec());
    let body = client.do_action(action).await.unwrap().message().await.unwrap().unwrap().body;
    CancelFlightInfoResult::decode(body).unwrap().status()
}

#[tokio::test(flavor = "multi_thread")]
async fn by_cancel_flight_info() {
    let serving = Serving::demo().await;
    let mut client = serving.client().await;
    let info = client.execute(LONG.to_owned(), None).await.unwrap();
    assert_eq!(cancel(&mut client, &info).await, CancelStatus::NotCancellable, "it does not run yet");
    let mut stream = client.do_get(info.endpoint[0].ticket.clone().unwrap()).await.unwrap();
    stream.next().await.unwrap().unwrap();
    serving.running(1).await;
    assert_eq!(cancel(&mut client, &info).await, CancelStatus::Cancelled);
    let end = loop {
        match stream.try_next().await {
            Ok(Some(_)) => {}
            other => break other.map(|_| ()),
        }
    };
    refused_as(end, Code::Cancelled, "cancelled");
    serving.running(0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_cancel_query() {
    let serving = Serving::demo().await;
    let mut client = serving.client().await;
    let info = client.execute(BUSY.to_owned(), None).await.unwrap();
    let mut other = client.clone();
    let ticket = info.endpoint[0].ticket.clone().unwrap();
    let running = tokio::spawn(async move {
        let stream = other.do_get(ticket).await?;
        stream.try_collect::<Vec<_>>().await
    });
    serving.running(1).await;
    let request = ActionCancelQueryRequest { info: info.encode_to_vec().into() };
    let action = Action::new("CancelQuery", request.as_any().encode_to_vec());
    let body = client.do_action(action).await.unwrap().message().await.unwrap().unwrap().body;
    let result: ActionCancelQueryResult = Any::decode(body).unwrap().unpack().unwrap().unwrap();
    assert_eq!(result.result, 1);
    refused_as(running.await.unwrap(), Code::Cancelled, "cancelled");
    serving.running(0).await;
}

/// Some clients open an endpoint twice.
#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_twice_at_once() {
    let serving = Serving::demo().await;
    let mut client = serving.client().await;
    let info = client.execute(LONG.to_owned(), None).await.unwrap();
    let ticket = || info.endpoint[0].ticket.clone().unwrap();
    let (mut one, mut two) = (client.do_get(ticket()).await.unwrap(), client.do_get(ticket()).await.unwrap());
    assert!(one.next().await.unwrap().is_ok() && two.next().await.unwrap().is_ok());
    serving.running(2).await;
    drop((one, two));
    serving.running(0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn others_may_not() {
    let serving = Serving::with_users().await;
    let mut engineer = serving.client_of("engineer").await;
    let info = engineer.execute(LONG.to_owned(), None).await.unwrap();
    let mut stream = engineer.do_get(info.endpoint[0].ticket.clone().unwrap()).await.unwrap();
    stream.next().await.unwrap().unwrap();
    let mut viewer = serving.client_of("viewer").await;
    assert_eq!(cancel(&mut viewer, &info).await, CancelStatus::NotCancellable);
    let mut admin = serving.client_of("admin").await;
    assert_eq!(cancel(&mut admin, &info).await, CancelStatus::Cancelled);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_goes_away_frees_its_query() {
    let serving = Serving::demo().await;
    for sql in [LONG, BUSY] {
        // The answer is dropped; the connection stays.
        let mut client = serving.client().await;
        let info = client.execute(sql.to_owned(), None).await.unwrap();
        let ticket = info.endpoint[0].ticket.clone().unwrap();
        let mut other = client.clone();
        let again = ticket.clone();
        let task = tokio::spawn(async move {
            let mut stream = other.do_get(again).await.unwrap();
            while stream.next().await.is_some() {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        });
        serving.running(1).await;
        task.abort();
        serving.running(0).await;
        // The connection breaks.
        let task = tokio::spawn(async move {
            let mut stream = client.do_get(ticket).await.unwrap();
            drop(client);
            while stream.next().await.is_some() {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        });
        serving.running(1).await;
        task.abort();
        serving.running(0).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn limits() {
    let serving = Serving::copy_with(|options| {
        options.limits.queries = 1;
        options.limits.result = Some(1 << 20);
        options.limits.time = Some(std::time::Duration::from_millis(1500));
    })
    .await;
    let mut client = serving.client().await;
    let info = client.execute(BUSY.to_owned(), None).await.unwrap();
    let mut other = client.clone();
    let running = tokio::spawn(async move { super::fetch(&mut other, info).await });
    serving.running(1).await;
    let second = client.execute("SELECT 1".to_owned(), None).await.unwrap();
    refused_as(super::fetch(&mut client, second).await, Code::ResourceExhausted, "1 queries running");
    refused_as(running.await.unwrap(), Code::DeadlineExceeded, "ran longer");
    let large = client.execute("SELECT * FROM generate_series(1, 1000000)".to_owned(), None).await.unwrap();
    refused_as(super::fetch(&mut client, large).await, Code::ResourceExhausted, "larger than");
    assert_eq!(rows(&mut client, "SELECT 1").await.num_rows(), 1);
}
