//! Projects and their commits.

use outcrop_meta::Role;
use outcrop_proto::v1::project_service_server::ProjectService;
use outcrop_proto::v1::{
    Commit, GetProjectRequest, GetProjectResponse, ListCommitsRequest, ListCommitsResponse, ListProjectsRequest,
    ListProjectsResponse, Project,
};
use tonic::{Request, Response, Status};

use super::{Service, caller, given, role_message, stamp};
use crate::app::Served;
use crate::error::Refusal;

impl Service {
    async fn project_message(&self, served: &Served, role: Role) -> Result<Project, Refusal> {
        let settings = served.project.settings();
        let head = served.project.head().await.map_err(|e| Refusal::Session(e.into()))?;
        Ok(Project {
            name: served.name.clone(),
            title: settings.name,
            length_unit: settings.length_unit.symbol().to_owned(),
            crs: settings.crs.map(|crs| crs.as_str().to_owned()).unwrap_or_default(),
            commit: head.number,
            role: role_message(role).into(),
        })
    }
}

#[tonic::async_trait]
impl ProjectService for Service {
    async fn list_projects(
        &self,
        request: Request<ListProjectsRequest>,
    ) -> Result<Response<ListProjectsResponse>, Status> {
        let caller = caller(&request)?;
        let mut projects = Vec::new();
        for served in self.app.projects.values() {
            if let Some(role) = self.app.role(&caller, &served.name).await? {
                projects.push(self.project_message(served, role).await?);
            }
        }
        let version = env!("CARGO_PKG_VERSION").to_owned();
        Ok(Response::new(ListProjectsResponse { projects, user: caller.user, version }))
    }

    async fn get_project(&self, request: Request<GetProjectRequest>) -> Result<Response<GetProjectResponse>, Status> {
        let caller = caller(&request)?;
        let (served, role) = self.app.project(&caller, given(&request.get_ref().project)).await?;
        Ok(Response::new(GetProjectResponse { project: Some(self.project_message(&served, role).await?) }))
    }

    async fn list_commits(
        &self,
        request: Request<ListCommitsRequest>,
    ) -> Result<Response<ListCommitsResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let (served, _) = self.app.project(&caller, given(&asked.project)).await?;
        let limit = if asked.limit == 0 { 100 } else { asked.limit as usize };
        let history = served.project.history().await.map_err(|e| Refusal::Session(e.into()))?;
        let mut commits: Vec<_> =
            history.into_iter().filter(|c| asked.before == 0 || c.number < asked.before).collect();
        commits.sort_by_key(|c| std::cmp::Reverse(c.number));
        let commits = commits.into_iter().take(limit).map(|c| Commit {
            number: c.number,
            time: c.time().map(stamp),
            author: c.author.clone(),
            operation: c.operation.clone(),
            message: c.message.clone(),
        });
        Ok(Response::new(ListCommitsResponse { commits: commits.collect() }))
    }
}
