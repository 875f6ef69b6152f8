//! Workflows: problems, previews, SQL, revisions.

use std::path::Path;

use outcrop_proto::v1::workflow_service_client::WorkflowServiceClient;
use outcrop_proto::v1::{
    CheckWorkflowRequest, ExplainNodeRequest, GetWorkflowRequest, ListWorkflowsRequest, PreviewNodeRequest,
    SaveWorkflowRequest,
};
use serde_json::Value;
use tonic::Code;

use super::query::collect;
use super::{Known, nobody};
use crate::serving::Serving;

/// A workflow of the library.
pub fn library(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../queries/workflows").join(name);
    std::fs::read_to_string(path).unwrap()
}

async fn client(server: &Serving) -> WorkflowServiceClient<Known> {
    WorkflowServiceClient::new(nobody(server).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn problems_are_told_by_node_and_parameter() {
    let server = Serving::demo().await;
    let mut client = client(&server).await;
    let request = CheckWorkflowRequest { document: library("net_pay.json"), ..Default::default() };
    let right = client.check_workflow(request).await.unwrap().into_inner();
    assert!(right.faultless, "{}", right.compilation);
    assert_eq!(right.content_hash.len(), 64);
    let document = library("net_pay.json").replace("net_pay", "no_such_operator");
    let request = CheckWorkflowRequest { document, ..Default::default() };
    let wrong = client.check_workflow(request).await.unwrap().into_inner();
    assert!(!wrong.faultless);
    let told: Value = serde_json::from_str(&wrong.compilation).unwrap();
    assert!(told["problems"].as_array().unwrap().iter().any(|p| p["node"] == "pay"), "{told:#}");
    let request = CheckWorkflowRequest { document: "{".to_owned(), ..Default::default() };
    assert_eq!(client.check_workflow(request).await.unwrap_err().code(), Code::InvalidArgument);
    let request = CheckWorkflowRequest {
        document: library("net_pay.json"),
        parameters: "{\"phi_min\": \"much\"}".to_owned(),
        ..Default::default()
    };
    let status = client.check_workflow(request).await.unwrap_err();
    assert!(status.message().contains("phi_min"), "{status:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_shows_its_rows_and_its_sql() {
    let server = Serving::demo().await;
    let mut client = client(&server).await;
    let document = library("net_pay.json");
    let request = PreviewNodeRequest {
        document: document.clone(),
        node: "samples".to_owned(),
        row_limit: 7,
        ..Default::default()
    };
    let (batches, end) = collect(client.preview_node(request).await.unwrap().into_inner()).await;
    assert_eq!((end.rows, end.truncated), (7, true));
    assert!(batches[0].num_columns() > 2);
    let request = ExplainNodeRequest { document, node: "pay".to_owned(), ..Default::default() };
    let told = client.explain_node(request).await.unwrap().into_inner();
    assert!(told.sql.contains("WITH") && told.plan.contains("<- node"), "{}\n{}", told.sql, told.plan);
}

#[tokio::test(flavor = "multi_thread")]
async fn revisions_are_kept() {
    let server = Serving::copy().await;
    let mut client = client(&server).await;
    let document = library("log_qc.json");
    let save = |document: &str| SaveWorkflowRequest { document: document.to_owned(), ..Default::default() };
    let first = client.save_workflow(save(&document)).await.unwrap().into_inner();
    let again = client.save_workflow(save(&document)).await.unwrap().into_inner();
    assert_eq!((first.revision, again.revision), (1, 1));
    let other = document.replace("\"x\": 880", "\"x\": 881");
    assert_ne!(other, document);
    let second = client.save_workflow(save(&other)).await.unwrap().into_inner();
    assert_eq!(second.revision, 2);
    let listed = client.list_workflows(ListWorkflowsRequest::default()).await.unwrap().into_inner().revisions;
    assert_eq!(listed.iter().map(|r| r.revision).collect::<Vec<_>>(), [1, 2]);
    assert!(listed.iter().all(|r| r.author == "tester" && !r.saved.is_empty()));
    let request = GetWorkflowRequest { id: first.id.clone(), revision: 1, ..Default::default() };
    let stored = client.get_workflow(request).await.unwrap().into_inner();
    assert!(stored.document.contains("\"x\": 880"));
    let request = GetWorkflowRequest { id: "nothing".to_owned(), ..Default::default() };
    assert_eq!(client.get_workflow(request).await.unwrap_err().code(), Code::NotFound);
}
