//! What each role may call: every method of every service.

use outcrop_proto::v1;
use tonic::{Code, Request, Status};

use super::{Known, known};
use crate::serving::Serving;

/// The code with which a call ends; a stream by its first message.
fn code<T>(result: Result<T, Status>) -> Code {
    result.map_or_else(|status| status.code(), |_| Code::Ok)
}

/// Everything that changes something, called with what would do no harm if it were allowed.
async fn changes(channel: Known) -> Vec<(&'static str, Code)> {
    use v1::import_service_client::ImportServiceClient as Imports;
    use v1::job_service_client::JobServiceClient as Jobs;
    use v1::query_service_client::QueryServiceClient as Queries;
    use v1::workflow_service_client::WorkflowServiceClient as Workflows;
    let mut calls = Vec::new();
    let mut queries = Queries::new(channel.clone());
    for sql in [
        "CREATE TABLE a AS SELECT 1 AS b",
        "INSERT INTO tops (well) SELECT 'x' WHERE false",
        "UPDATE wells SET td = td WHERE false",
        "DELETE FROM wells WHERE false",
        "MERGE INTO wells USING (SELECT 'x' AS well) s ON wells.well = s.well WHEN MATCHED THEN DELETE",
        "TRUNCATE TABLE a",
        "DROP TABLE IF EXISTS a",
        "CREATE VIEW v AS SELECT 1 AS b",
        "DROP VIEW IF EXISTS v",
        "COMMENT ON TABLE wells IS 'x'",
        "COPY wells TO 'wells.csv'",
    ] {
        let request = v1::QueryRequest { sql: sql.to_owned(), ..Default::default() };
        calls.push((sql, code(queries.query(request).await)));
    }
    let document = super::workflows::library("log_qc.json");
    let mut workflows = Workflows::new(channel.clone());
    let save = v1::SaveWorkflowRequest { document: document.clone(), ..Default::default() };
    calls.push(("SaveWorkflow", code(workflows.save_workflow(save).await)));
    let workflow = Some(v1::run_workflow_request::Workflow::Document(document));
    let run = v1::RunWorkflowRequest { workflow, ..Default::default() };
    calls.push(("RunWorkflow", code(workflows.run_workflow(run).await)));
    let submit = v1::SubmitQueryRequest { sql: "DROP TABLE IF EXISTS a".to_owned(), ..Default::default() };
    calls.push(("SubmitQuery", code(Jobs::new(channel.clone()).submit_query(submit).await)));
    let path = v1::FileSource { source: Some(v1::file_source::Source::Path("las".to_owned())) };
    let import = v1::ImportFilesRequest { files: vec![path], ..Default::default() };
    calls.push(("ImportFiles", code(Imports::new(channel).import_files(import).await)));
    calls
}

/// Everything that only reads.
async fn reads(channel: Known) -> Vec<(&'static str, Code)> {
    use v1::catalog_service_client::CatalogServiceClient as Catalog;
    use v1::function_service_client::FunctionServiceClient as Functions;
    use v1::import_service_client::ImportServiceClient as Imports;
    use v1::job_service_client::JobServiceClient as Jobs;
    use v1::project_service_client::ProjectServiceClient as Projects;
    use v1::query_service_client::QueryServiceClient as Queries;
    use v1::workflow_service_client::WorkflowServiceClient as Workflows;
    let mut calls = Vec::new();
    let mut projects = Projects::new(channel.clone());
    calls.push(("ListProjects", code(projects.list_projects(v1::ListProjectsRequest {}).await)));
    calls.push(("GetProject", code(projects.get_project(v1::GetProjectRequest::default()).await)));
    calls.push(("ListCommits", code(projects.list_commits(v1::ListCommitsRequest::default()).await)));
    let mut catalog = Catalog::new(channel.clone());
    calls.push(("ListTables", code(catalog.list_tables(v1::ListTablesRequest::default()).await)));
    let table = v1::GetTableRequest { table: "wells".to_owned(), ..Default::default() };
    calls.push(("GetTable", code(catalog.get_table(table).await)));
    let mut functions = Functions::new(channel.clone());
    calls.push(("ListFunctions", code(functions.list_functions(v1::ListFunctionsRequest::default()).await)));
    calls.push(("ListNodeTypes", code(functions.list_node_types(v1::ListNodeTypesRequest {}).await)));
    let mut queries = Queries::new(channel.clone());
    for sql in ["SELECT * FROM wells", "EXPLAIN SELECT 1", "DESCRIBE wells", "SHOW TABLES"] {
        let request = v1::QueryRequest { sql: sql.to_owned(), ..Default::default() };
        calls.push((sql, code(queries.query(request).await)));
    }
    let mut workflows = Workflows::new(channel.clone());
    let check = v1::CheckWorkflowRequest { document: super::workflows::library("log_qc.json"), ..Default::default() };
    calls.push(("CheckWorkflow", code(workflows.check_workflow(check).await)));
    calls.push(("ListWorkflows", code(workflows.list_workflows(v1::ListWorkflowsRequest::default()).await)));
    calls.push(("ListJobs", code(Jobs::new(channel.clone()).list_jobs(v1::ListJobsRequest::default()).await)));
    calls
        .push(("ListFormats", code(Imports::new(channel).list_formats(Request::new(v1::ListFormatsRequest {})).await)));
    calls
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_reads_and_changes_nothing() {
    let server = Serving::with_users().await;
    let before = server.project().await.head().await.unwrap().number;
    for (call, code) in reads(known(&server, "viewer").await).await {
        assert_eq!(code, Code::Ok, "{call}");
    }
    for (call, code) in changes(known(&server, "viewer").await).await {
        assert_eq!(code, Code::PermissionDenied, "{call}");
    }
    assert_eq!(server.project().await.head().await.unwrap().number, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engineer_changes_the_project() {
    let server = Serving::with_users().await;
    for (call, code) in changes(known(&server, "engineer").await).await {
        assert_eq!(code, Code::Ok, "{call}");
    }
}
