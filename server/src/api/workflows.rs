//! Workflows: checked, looked at, saved, run.

use outcrop_meta::Role;
use outcrop_proto::v1::run_workflow_request::Workflow;
use outcrop_proto::v1::workflow_service_server::WorkflowService;
use outcrop_proto::v1::{
    CheckWorkflowRequest, CheckWorkflowResponse, ExplainNodeRequest, ExplainNodeResponse, GetWorkflowRequest,
    GetWorkflowResponse, ListWorkflowsRequest, ListWorkflowsResponse, PreviewNodeRequest, RunWorkflowRequest,
    RunWorkflowResponse, SaveWorkflowRequest, SaveWorkflowResponse, WorkflowRevision,
};
use outcrop_session::Session;
use outcrop_workflow::{Compilation, Document, Problem, Problems, Value, Values};
use serde_json::Value as Json;
use tonic::{Request, Response, Status};

use super::query::{Parts, parts};
use super::{Service, caller, given};
use crate::error::Refusal;
use crate::jobs::{Work, WorkflowWork};
use crate::queries::{Asked, Reply};

const PREVIEW: u64 = 1000;

/// Reads a document.
fn read(text: &str) -> Result<Document, Refusal> {
    Document::read(text).map_err(|e| Refusal::Session(e.into()))
}

/// Reads the values of a workflow's parameters.
pub(crate) fn values(document: &Document, text: &str) -> Result<Values, Refusal> {
    let mut values = Values::new();
    if text.trim().is_empty() {
        return Ok(values);
    }
    let json: Json = serde_json::from_str(text).map_err(|e| {
        Refusal::Invalid(format!("the parameters are not JSON: {e}; give an object such as {{\"cutoff\": 0.1}}"))
    })?;
    let Json::Object(given) = json else {
        return Err(Refusal::Invalid("the parameters are a JSON object, such as {\"cutoff\": 0.1}".to_owned()));
    };
    for (name, json) in given {
        let value = match document.parameters.iter().find(|p| p.name == name) {
            Some(parameter) => parameter
                .value(&json)
                .map_err(|message| Refusal::Session(Problems(vec![Problem::of_parameter(&name, message)]).into()))?,
            // Compiling says which there are.
            None => Value::Text(json.to_string()),
        };
        values.insert(name, value);
    }
    Ok(values)
}

async fn compiled(session: &Session, document: &str, parameters: &str) -> Result<Compilation, Refusal> {
    let document = read(document)?;
    let values = values(&document, parameters)?;
    Ok(session.compile_workflow(&document, &values).await)
}

#[tonic::async_trait]
impl WorkflowService for Service {
    type PreviewNodeStream = Parts;

    async fn check_workflow(
        &self,
        request: Request<CheckWorkflowRequest>,
    ) -> Result<Response<CheckWorkflowResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let session = self.app.session(&caller, given(&asked.project)).await?;
        let compilation = compiled(&session, &asked.document, &asked.parameters).await?;
        Ok(Response::new(CheckWorkflowResponse {
            compilation: compilation.to_json().to_string(),
            faultless: compilation.problems.is_empty(),
            content_hash: compilation.hash.clone(),
        }))
    }

    async fn preview_node(&self, request: Request<PreviewNodeRequest>) -> Result<Response<Parts>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let project = given(&asked.project).map(str::to_owned);
        let session = self.app.session(&caller, project.as_deref()).await?;
        let compilation = compiled(&session, &asked.document, &asked.parameters).await?;
        let limit = if asked.row_limit == 0 { PREVIEW } else { asked.row_limit };
        // One more than is shown, so that it is known whether there are more.
        let sql = format!("{} LIMIT {}", sql_of(&compilation, &asked.node)?, limit.saturating_add(1));
        let id = given(&asked.query_id).map(str::to_owned);
        match self.app.run(&caller, &sql, Asked { id, project, values: None }).await? {
            Reply::Rows(rows) => Ok(Response::new(parts(rows, limit, 0)?)),
            Reply::Done { .. } => Err(Refusal::Fault("a node gave no rows".to_owned()).into()),
        }
    }

    async fn explain_node(
        &self,
        request: Request<ExplainNodeRequest>,
    ) -> Result<Response<ExplainNodeResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let session = self.app.session(&caller, given(&asked.project)).await?;
        let compilation = compiled(&session, &asked.document, &asked.parameters).await?;
        let sql = sql_of(&compilation, &asked.node)?;
        let plan = session.explain_node(&compilation, &asked.node).await.map_err(Refusal::from)?;
        Ok(Response::new(ExplainNodeResponse { plan, sql }))
    }

    async fn save_workflow(
        &self,
        request: Request<SaveWorkflowRequest>,
    ) -> Result<Response<SaveWorkflowResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let session = self.app.session(&caller, given(&asked.project)).await?;
        let document = read(&asked.document)?;
        let revision = session.save_workflow(&document).await.map_err(Refusal::from)?;
        let target = format!("{} revision {revision}", document.id);
        self.app.audit(&caller, given(&asked.project), "save workflow", &target, "ok").await;
        Ok(Response::new(SaveWorkflowResponse { id: document.id, revision }))
    }

    async fn get_workflow(
        &self,
        request: Request<GetWorkflowRequest>,
    ) -> Result<Response<GetWorkflowResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let session = self.app.session(&caller, given(&asked.project)).await?;
        let revision = Some(asked.revision).filter(|n| *n > 0);
        let stored = session.stored_workflow(&asked.id, revision).await.map_err(|e| Refusal::Missing(e.to_string()))?;
        Ok(Response::new(GetWorkflowResponse {
            id: asked.id,
            revision: stored.revision,
            document: stored.document.canonical(),
        }))
    }

    async fn list_workflows(
        &self,
        request: Request<ListWorkflowsRequest>,
    ) -> Result<Response<ListWorkflowsResponse>, Status> {
        let caller = caller(&request)?;
        let (served, _) = self.app.project(&caller, given(&request.get_ref().project)).await?;
        let session = self.app.session(&caller, given(&request.get_ref().project)).await?;
        let mut revisions = Vec::new();
        for id in served.project.workflow_ids().await.map_err(|e| Refusal::Session(e.into()))? {
            for revision in served.project.workflow_revisions(&id).await.map_err(|e| Refusal::Session(e.into()))? {
                let stored = session.stored_workflow(&id, Some(revision)).await.map_err(Refusal::from)?;
                let saved = |key: &str| {
                    let text = stored.document.saved.as_ref().and_then(|s| s.get(key)).and_then(Json::as_str);
                    text.unwrap_or_default().to_owned()
                };
                revisions.push(WorkflowRevision {
                    id: id.clone(),
                    revision,
                    title: stored.document.name.clone(),
                    author: saved("author"),
                    saved: saved("at"),
                });
            }
        }
        Ok(Response::new(ListWorkflowsResponse { revisions }))
    }

    async fn run_workflow(
        &self,
        request: Request<RunWorkflowRequest>,
    ) -> Result<Response<RunWorkflowResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let (served, role) = self.app.project(&caller, given(&asked.project)).await?;
        self.app.require(&caller, role, Role::Engineer, "running a workflow")?;
        let session = self.app.session(&caller, Some(&served.name)).await?;
        let document = match asked.workflow {
            Some(Workflow::Document(text)) => read(&text)?,
            Some(Workflow::Id(id)) => {
                let revision = Some(asked.revision).filter(|n| *n > 0);
                session.stored_workflow(&id, revision).await.map_err(|e| Refusal::Missing(e.to_string()))?.document
            }
            None => return Err(Refusal::Invalid("give a document or the id of a saved workflow".to_owned()).into()),
        };
        // What is wrong is said now, not by a job that fails.
        let values = values(&document, &asked.parameters)?;
        session.compile_workflow(&document, &values).await.faultless().map_err(|e| Refusal::Session(e.into()))?;
        let work = Work::Workflow(WorkflowWork {
            document: document.canonical(),
            parameters: asked.parameters,
            sinks: asked.sinks,
        });
        let job = self.app.submit(&caller, &served.name, &work, asked.priority, 0, &asked.idempotency_key).await?;
        Ok(Response::new(RunWorkflowResponse { job_id: job }))
    }
}

/// The SQL of a node that is ready, or what is wrong.
fn sql_of(compilation: &Compilation, node: &str) -> Result<String, Refusal> {
    compilation.sql(node, &std::collections::BTreeSet::new()).ok_or_else(|| {
        let mut problems = compilation.problems.clone();
        if compilation.node_of(node).is_none() {
            problems = vec![Problem::of_document(format!("there is no node `{node}`"))];
        }
        Refusal::Session(Problems(problems).into())
    })
}
