//! The handshake: a name and a password for a token, which later calls carry.
//!
//! The name and password come in the header `authorization: Basic …`, or, with older clients, as a message. The token goes back in the
//! header `authorization: Bearer …` and as the answer's message.

use std::sync::Arc;

use arrow_flight::{BasicAuth, HandshakeRequest, HandshakeResponse};
use bytes::Bytes;
use outcrop_meta::Identity;
use prost::Message;
use tonic::metadata::MetadataValue;
use tonic::{Request, Response, Status, Streaming};

use super::asking::{Flight, bearer};
use super::service::Messages;
use crate::caller::{Authentication, Caller, Credentials, identify};
use crate::error::Refusal;

impl Flight {
    /// Logs somebody in.
    pub(super) async fn login(
        &self,
        request: Request<Streaming<HandshakeRequest>>,
    ) -> Result<Response<Messages<HandshakeResponse>>, Status> {
        let known = request.extensions().get::<Caller>().map(|caller| caller.user.clone());
        let refused = request.extensions().get::<Arc<Refusal>>().cloned();
        let given = bearer(request.metadata()).map(str::to_owned);
        let token = match (known, given) {
            // Whoever has a token keeps it: it may allow less than its user may do.
            (Some(_), Some(token)) => token,
            (Some(user), None) => self.app.logins.begin(&user),
            (None, _) => match credentials(request.into_inner()).await? {
                Some((name, password)) => self.token(name, password).await?,
                None => {
                    let text =
                        refused.map_or_else(|| "give a name and a password".to_owned(), |refused| refused.to_string());
                    return Err(Status::unauthenticated(text));
                }
            },
        };
        let header = MetadataValue::try_from(format!("Bearer {token}"))
            .map_err(|_| Status::internal("the token is no header"))?;
        let message = HandshakeResponse { protocol_version: 0, payload: Bytes::from(token) };
        let mut response: Response<Messages<HandshakeResponse>> =
            Response::new(Box::pin(futures::stream::iter([Ok(message)])));
        response.metadata_mut().insert("authorization", header);
        Ok(response)
    }

    async fn token(&self, name: String, password: String) -> Result<String, Refusal> {
        let app = &self.app;
        // The server of a desktop knows no names: its token is the password.
        let desktop = matches!(app.authentication, Authentication::Token(_));
        let credentials =
            if desktop { Credentials::Bearer(password.clone()) } else { Credentials::Basic(name, password.clone()) };
        let Identity { user, .. } = identify(&app.authentication, &app.meta, &app.logins, credentials).await?;
        Ok(if desktop { password } else { app.logins.begin(&user) })
    }
}

/// The name and password that come as a message.
async fn credentials(mut messages: Streaming<HandshakeRequest>) -> Result<Option<(String, String)>, Status> {
    let Some(first) = messages.message().await? else { return Ok(None) };
    if first.payload.is_empty() {
        return Ok(None);
    }
    let auth = BasicAuth::decode(first.payload)
        .map_err(|_| Status::unauthenticated("the handshake's message is no name and password (BasicAuth)"))?;
    Ok(Some((auth.username, auth.password)))
}
