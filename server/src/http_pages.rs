//! Plain HTTP: whether the server is well, and its figures.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::app::App;
use crate::caller::{Credentials, identify};

/// The pages.
pub(crate) fn router(app: &Arc<App>) -> Router {
    Router::new()
        .route("/", get(front))
        .route("/health", get(health))
        .route("/metrics", get(metrics))
        .with_state(Arc::clone(app))
}

async fn front(State(app): State<Arc<App>>) -> Response {
    let names: Vec<&str> = app.projects.keys().map(String::as_str).collect();
    let known = app.authentication != crate::caller::Authentication::Required;
    let served = if known { format!("Projects: {}\n", names.join(", ")) } else { String::new() };
    let text = format!(
        "Outcrop {}\n{served}Flight SQL, gRPC (outcrop.v1, with reflection) and gRPC-Web are on this port; /health and /metrics too.\n",
        env!("CARGO_PKG_VERSION")
    );
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

async fn health(State(app): State<Arc<App>>) -> Response {
    let ending = app.ending.is_cancelled();
    let stored = app.meta.ping().await;
    let fault = stored.as_ref().err().map(ToString::to_string);
    let status = if ending || fault.is_some() { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    let body = serde_json::json!({
        "status": if ending { "ending" } else if fault.is_some() { "store unavailable" } else { "ok" },
        "version": env!("CARGO_PKG_VERSION"),
    });
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

/// Figures are for those who log in, where anybody must.
async fn metrics(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let who = match Credentials::of(&headers) {
        Ok(credentials) => identify(&app.authentication, &app.meta, &app.logins, credentials).await,
        Err(refusal) => Err(refusal),
    };
    match who {
        Ok(_) => {}
        Err(refusal) => return (StatusCode::UNAUTHORIZED, format!("{refusal}\n")).into_response(),
    }
    let jobs = app.meta.job_counts().await.unwrap_or_default();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], app.metrics.text(&jobs)).into_response()
}
