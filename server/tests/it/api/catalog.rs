//! Projects, tables, functions.

use outcrop_proto::v1::catalog_service_client::CatalogServiceClient;
use outcrop_proto::v1::function_service_client::FunctionServiceClient;
use outcrop_proto::v1::project_service_client::ProjectServiceClient;
use outcrop_proto::v1::{
    GetTableRequest, ListCommitsRequest, ListFunctionsRequest, ListNodeTypesRequest, ListProjectsRequest,
    ListTablesRequest, Role, TableKind,
};
use tonic::Code;

use super::nobody;
use crate::serving::Serving;

#[tokio::test(flavor = "multi_thread")]
async fn projects_and_their_commits() {
    let server = Serving::copy_with(Serving::second).await;
    let mut client = ProjectServiceClient::new(nobody(&server).await);
    let listed = client.list_projects(ListProjectsRequest {}).await.unwrap().into_inner();
    assert_eq!(listed.projects.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["demo_field", "second"]);
    let first = &listed.projects[0];
    assert_eq!(
        (first.title.as_str(), first.length_unit.as_str(), first.crs.as_str()),
        ("demo field", "m", "EPSG:23031")
    );
    assert_eq!(first.role(), Role::Admin);
    assert_eq!(listed.user, "tester");
    let request = ListCommitsRequest { limit: 1, ..Default::default() };
    let commits = client.list_commits(request).await.unwrap().into_inner().commits;
    assert_eq!((commits.len(), commits[0].number, commits[0].operation.as_str()), (1, first.commit, "import"));
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_with_units_and_statistics() {
    let server = Serving::demo().await;
    let mut client = CatalogServiceClient::new(nobody(&server).await);
    let tables = client.list_tables(ListTablesRequest::default()).await.unwrap().into_inner().tables;
    let wells = tables.iter().find(|t| t.name == "wells").unwrap();
    assert_eq!((wells.schema.as_str(), wells.kind(), wells.rows), ("public", TableKind::Table, Some(9)));
    let trajectories = tables.iter().find(|t| t.name == "trajectories").unwrap();
    assert_eq!((trajectories.kind(), trajectories.rows), (TableKind::View, None));
    assert!(tables.iter().all(|t| t.kind() != TableKind::System));
    let request = GetTableRequest {
        schema: "public".to_owned(),
        table: "logs".to_owned(),
        statistics: true,
        ..Default::default()
    };
    let logs = client.get_table(request).await.unwrap().into_inner();
    let gr = logs.columns.iter().find(|c| c.name == "gr").unwrap();
    assert_eq!((gr.unit.as_str(), gr.r#type.as_str()), ("gAPI", "Float64"));
    let statistics = gr.statistics.clone().unwrap();
    let (min, max) = (statistics.min.unwrap(), statistics.max.unwrap());
    let (min, max, mean) = (min.parse::<f64>().unwrap(), max.parse::<f64>().unwrap(), statistics.mean.unwrap());
    assert!(min < mean && mean < max && statistics.distinct > 100, "{min} {mean} {max}");
    let well = logs.columns.iter().find(|c| c.name == "well").unwrap().statistics.clone().unwrap();
    assert_eq!((well.distinct, well.nulls, well.mean), (9, 0, None));
    let request = GetTableRequest { table: "nothing".to_owned(), ..Default::default() };
    assert_eq!(client.get_table(request).await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_and_node_types_with_schemas() {
    let server = Serving::demo().await;
    let mut client = FunctionServiceClient::new(nobody(&server).await);
    let request = ListFunctionsRequest { kind: "operator".to_owned() };
    let operators = client.list_functions(request).await.unwrap().into_inner().functions;
    let krige = operators.iter().find(|f| f.name == "krige").unwrap();
    let schema: serde_json::Value = serde_json::from_str(&krige.parameters_schema).unwrap();
    assert!(schema["properties"]["cell_size"].is_object(), "{schema}");
    let types = client.list_node_types(ListNodeTypesRequest {}).await.unwrap().into_inner().node_types;
    assert!(operators.iter().all(|o| types.iter().any(|t| t.name == o.name)), "every operator is a node");
    assert!(types.iter().any(|t| t.name == "write_table"));
}
