//! The services of `outcrop.v1` (`server/proto`), one file each, and how they share what they need.

mod catalog;
mod functions;
mod imports;
mod jobs;
mod plots;
mod projects;
mod query;
mod users;
mod workflows;

pub(crate) use workflows::values as workflow_values;

use std::sync::Arc;

use outcrop_meta::Role;
use outcrop_proto::v1;
use tonic::service::RoutesBuilder;
use tonic::{Request, Status};

use crate::app::App;
use crate::caller::Caller;
use crate::error::Refusal;

/// All services, with reflection and health.
pub(crate) fn services(app: &Arc<App>) -> RoutesBuilder {
    let mut routes = tonic::service::Routes::builder();
    let most = app.limits.message;
    let service = Service { app: Arc::clone(app) };
    routes
        .add_service(
            v1::project_service_server::ProjectServiceServer::new(service.clone()).max_decoding_message_size(most),
        )
        .add_service(
            v1::catalog_service_server::CatalogServiceServer::new(service.clone()).max_decoding_message_size(most),
        )
        .add_service(v1::query_service_server::QueryServiceServer::new(service.clone()).max_decoding_message_size(most))
        .add_service(
            v1::function_service_server::FunctionServiceServer::new(service.clone()).max_decoding_message_size(most),
        )
        .add_service(
            v1::import_service_server::ImportServiceServer::new(service.clone()).max_decoding_message_size(most),
        )
        .add_service(
            v1::workflow_service_server::WorkflowServiceServer::new(service.clone()).max_decoding_message_size(most),
        )
        .add_service(v1::job_service_server::JobServiceServer::new(service.clone()).max_decoding_message_size(most))
        .add_service(v1::plot_service_server::PlotServiceServer::new(service.clone()).max_decoding_message_size(most))
        .add_service(v1::user_service_server::UserServiceServer::new(service).max_decoding_message_size(most));
    let (_, health) = tonic_health::server::health_reporter();
    routes.add_service(health);
    // The two versions that tools ask for. What they read was made by the build of this program: it is as it should be.
    if let Ok(newer) = reflection().build_v1() {
        routes.add_service(newer);
    }
    if let Ok(older) = reflection().build_v1alpha() {
        routes.add_service(older);
    }
    routes
}

/// A builder of reflection over this API and health.
fn reflection() -> tonic_reflection::server::Builder<'static> {
    tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(v1::FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
}

/// What implements every service.
#[derive(Clone)]
pub(crate) struct Service {
    pub(crate) app: Arc<App>,
}

/// Who sends a request.
fn caller<T>(request: &Request<T>) -> Result<Caller, Status> {
    request
        .extensions()
        .get::<Caller>()
        .cloned()
        .ok_or_else(|| Refusal::Unknown("say who you are: `authorization: Bearer <token>`".to_owned()).into())
}

/// A name that may be left out.
fn given(text: &str) -> Option<&str> {
    Some(text).filter(|t| !t.is_empty())
}

fn role_message(role: Role) -> v1::Role {
    match role {
        Role::Viewer => v1::Role::Viewer,
        Role::Engineer => v1::Role::Engineer,
        Role::Admin => v1::Role::Admin,
    }
}

fn role_of(number: i32) -> Option<Role> {
    match v1::Role::try_from(number) {
        Ok(v1::Role::Viewer) => Some(Role::Viewer),
        Ok(v1::Role::Engineer) => Some(Role::Engineer),
        Ok(v1::Role::Admin) => Some(Role::Admin),
        _ => None,
    }
}

fn stamp(time: chrono::DateTime<chrono::Utc>) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: time.timestamp(),
        nanos: i32::try_from(time.timestamp_subsec_nanos()).unwrap_or(0),
    }
}
