//! The gRPC API.

mod access;
mod catalog;
mod files;
mod jobs;
mod port;
mod query;
mod users;
mod web;
mod workflows;

use std::time::{Duration, Instant};

use outcrop_proto::v1::job_service_client::JobServiceClient;
use outcrop_proto::v1::user_service_client::UserServiceClient;
use outcrop_proto::v1::{CreateTokenRequest, GetJobRequest, Job, JobState, Role};
use tonic::Request;
use tonic::metadata::MetadataValue;
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;

use crate::serving::Serving;

/// Says who a client is.
#[derive(Clone)]
pub struct Login(Option<MetadataValue<tonic::metadata::Ascii>>);

impl Interceptor for Login {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, tonic::Status> {
        if let Some(value) = &self.0 {
            request.metadata_mut().insert("authorization", value.clone());
        }
        Ok(request)
    }
}

/// A channel with a login.
pub type Known = InterceptedService<Channel, Login>;

/// A channel of nobody.
pub async fn nobody(server: &Serving) -> Known {
    InterceptedService::new(server.channel().await, Login(None))
}

/// A channel with a token.
pub async fn with_token(server: &Serving, token: &str) -> Known {
    let value = format!("Bearer {token}").parse().unwrap();
    InterceptedService::new(server.channel().await, Login(Some(value)))
}

/// A channel of one of the users of [`Serving::with_users`], by name and password.
pub async fn known(server: &Serving, user: &str) -> Known {
    use base64::Engine;
    let basic = base64::prelude::BASE64_STANDARD.encode(format!("{user}:{user}-password"));
    InterceptedService::new(server.channel().await, Login(Some(format!("Basic {basic}").parse().unwrap())))
}

/// A new token of a user, made by themselves.
pub async fn token(server: &Serving, user: &str, limit: Role) -> String {
    let mut users = UserServiceClient::new(known(server, user).await);
    let request = CreateTokenRequest { label: "test".to_owned(), role_limit: limit.into(), ..Default::default() };
    users.create_token(request).await.unwrap().into_inner().secret
}

/// Waits for a job's end.
pub async fn ended(jobs: &mut JobServiceClient<Known>, id: &str) -> Job {
    let begun = Instant::now();
    loop {
        let job = jobs.get_job(GetJobRequest { job_id: id.to_owned() }).await.unwrap().into_inner().job.unwrap();
        if !matches!(job.state(), JobState::Queued | JobState::Running) {
            return job;
        }
        assert!(begun.elapsed() < Duration::from_secs(90), "{job:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
