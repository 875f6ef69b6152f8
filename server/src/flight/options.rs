//! Options of a client's session: which project it means.
//!
//! A session is a cookie, `arrow_flight_session_id`, that the first SetSessionOptions gives; or, for clients that keep no cookies,
//! the token of their handshake, which is theirs alone. (An API token is not: several programs may use it.)

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use arrow_flight::sql::Any;
use bytes::Bytes;
use prost::Message;
use tonic::metadata::{MetadataMap, MetadataValue};
use tonic::{Request, Status};

use super::asking::{Flight, bearer, caller};
use super::options_wire::{CloseResult, Closed, GetResult, OptionValue, SetError, SetRequest, SetResult, Value, Wrong};
use crate::caller::Caller;
use crate::error::Refusal;

/// The name of the cookie, as the protocol has it.
const COOKIE: &str = "arrow_flight_session_id";
/// How long a session is kept that is not used.
const IDLE: Duration = Duration::from_secs(12 * 3600);
/// Sessions that one user may have.
const MOST: usize = 1000;

/// The sessions of all users.
#[derive(Debug, Default)]
pub(super) struct Options {
    sessions: Mutex<HashMap<String, Kept>>,
}

#[derive(Debug)]
struct Kept {
    user: String,
    catalog: Option<String>,
    used: Instant,
}

impl Options {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Kept>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The project that the session of a request is set to.
    pub(super) fn catalog(&self, user: &str, metadata: &MetadataMap) -> Option<String> {
        let mut sessions = self.lock();
        let kept = keys(metadata).into_iter().find(|key| sessions.get(key).is_some_and(|s| s.is_of(user)))?;
        let kept = sessions.get_mut(&kept)?;
        kept.used = Instant::now();
        kept.catalog.clone()
    }

    /// Sets the project. Gives the cookie where the session is a new one.
    fn set(&self, user: &str, metadata: &MetadataMap, catalog: Option<String>) -> Option<String> {
        let mut sessions = self.lock();
        let now = Instant::now();
        sessions.retain(|_, s| now.duration_since(s.used) < IDLE);
        let mut keys = keys(metadata);
        keys.retain(|key| !key.starts_with("cookie ") || sessions.get(key).is_some_and(|s| s.is_of(user)));
        let cookie = (!keys.iter().any(|key| key.starts_with("cookie "))).then(|| uuid::Uuid::new_v4().to_string());
        keys.extend(cookie.iter().map(|id| format!("cookie {id}")));
        for key in keys {
            let of_user = || sessions.iter().filter(|(_, s)| s.user == user);
            if of_user().count() >= MOST
                && let Some(oldest) = of_user().min_by_key(|(_, s)| s.used).map(|(key, _)| key.clone())
            {
                sessions.remove(&oldest);
            }
            sessions.insert(key, Kept { user: user.to_owned(), catalog: catalog.clone(), used: now });
        }
        cookie
    }

    fn close(&self, user: &str, metadata: &MetadataMap) -> bool {
        let mut sessions = self.lock();
        let keys = keys(metadata);
        let own: Vec<String> =
            keys.into_iter().filter(|key| sessions.get(key).is_some_and(|s| s.is_of(user))).collect();
        own.iter().for_each(|key| drop(sessions.remove(key)));
        !own.is_empty()
    }
}

impl Kept {
    fn is_of(&self, user: &str) -> bool {
        self.user == user && self.used.elapsed() < IDLE
    }
}

/// What the session of a request may be kept by.
fn keys(metadata: &MetadataMap) -> Vec<String> {
    let cookies = metadata.get_all("cookie").iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(';'));
    let id = cookies.filter_map(|c| c.trim().split_once('=')).find(|(name, _)| *name == COOKIE);
    let token = bearer(metadata).filter(|token| token.starts_with("ocl_"));
    let cookie = id.map(|(_, id)| format!("cookie {}", id.trim_matches('"')));
    cookie.into_iter().chain(token.map(|token| format!("token {token}"))).collect()
}

/// The answer to an action: its message, and a cookie to set.
pub(super) type Answer = (Bytes, Option<MetadataValue<tonic::metadata::Ascii>>);

impl Flight {
    /// SetSessionOptions: `catalog` takes the name of a project, `schema` takes `public` only.
    pub(super) async fn set_options(&self, request: &Request<arrow_flight::Action>) -> Result<Answer, Status> {
        let caller = caller(request)?;
        let wanted: SetRequest = body(&request.get_ref().body)?;
        let mut errors = HashMap::new();
        for (name, value) in &wanted.options {
            if let Some(wrong) = self.wrong(&caller, name, value).await? {
                errors.insert(name.clone(), SetError { wrong: wrong.into() });
            }
        }
        let catalog = wanted.options.get("catalog").filter(|_| !errors.contains_key("catalog"));
        let cookie = catalog.and_then(|value| {
            let catalog = text(value).filter(|c| !c.is_empty()).map(str::to_owned);
            self.options.set(&caller.user, request.metadata(), catalog)
        });
        let cookie = cookie.map(|id| MetadataValue::try_from(format!("{COOKIE}={id}; HttpOnly; Path=/")));
        let cookie = cookie.transpose().map_err(|_| Status::internal("the cookie is no header"))?;
        Ok((SetResult { errors }.encode_to_vec().into(), cookie))
    }

    async fn wrong(&self, caller: &Caller, name: &str, value: &OptionValue) -> Result<Option<Wrong>, Status> {
        Ok(match (name, text(value)) {
            ("catalog", Some(project)) => match self.app.project(caller, Some(project)).await {
                Ok(_) => None,
                Err(Refusal::Missing(_)) => Some(Wrong::Value),
                Err(error) => return Err(error.into()),
            },
            ("schema", Some("public")) => None,
            ("catalog" | "schema", None) if value.value.is_none() => None,
            ("catalog" | "schema", _) => Some(Wrong::Value),
            _ => Some(Wrong::Name),
        })
    }

    /// GetSessionOptions.
    pub(super) fn get_options(&self, request: &Request<arrow_flight::Action>) -> Result<Answer, Status> {
        let asking = self.asking(request)?;
        let catalog = asking.project.unwrap_or_else(|| self.app.first.clone());
        let texts = [("catalog", catalog), ("schema", "public".to_owned())];
        let options = texts.map(|(name, text)| (name.to_owned(), OptionValue { value: Some(Value::Text(text)) }));
        Ok((GetResult { options: options.into() }.encode_to_vec().into(), None))
    }

    /// CloseSession: the options are forgotten, and a login ends.
    pub(super) fn close_session(&self, request: &Request<arrow_flight::Action>) -> Result<Answer, Status> {
        let caller = caller(request)?;
        self.options.close(&caller.user, request.metadata());
        if let Some(token) = bearer(request.metadata()) {
            self.app.logins.end(token);
        }
        let gone = MetadataValue::from_static("arrow_flight_session_id=; Max-Age=0; Path=/");
        Ok((CloseResult { status: Closed::Done.into() }.encode_to_vec().into(), Some(gone)))
    }
}

fn text(value: &OptionValue) -> Option<&str> {
    match &value.value {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}

/// A message that comes as it is, or, as some clients send it, within an Any.
fn body<M: Message + Default>(body: &Bytes) -> Result<M, Refusal> {
    let bytes = match Any::decode(body.clone()) {
        Ok(any) if any.type_url.starts_with("type.googleapis.com/") => any.value,
        _ => body.clone(),
    };
    M::decode(bytes).map_err(|e| Refusal::Invalid(format!("the action's message: {e}")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn metadata(name: &'static str, value: &str) -> MetadataMap {
        let mut metadata = MetadataMap::new();
        metadata.insert(name, value.parse().unwrap());
        metadata
    }

    #[test]
    fn a_session_is_a_cookie() {
        let options = Options::default();
        let id = options.set("ann", &MetadataMap::new(), Some("north".to_owned())).unwrap();
        let with = metadata("cookie", &format!("other=1; {COOKIE}={id}"));
        assert_eq!(options.catalog("ann", &with).as_deref(), Some("north"));
        assert_eq!(options.catalog("bob", &with), None);
        assert_eq!(options.catalog("ann", &MetadataMap::new()), None);
        assert_eq!(options.set("ann", &with, Some("south".to_owned())), None);
        assert_eq!(options.catalog("ann", &with).as_deref(), Some("south"));
        assert!(options.close("ann", &with));
        assert_eq!(options.catalog("ann", &with), None);
    }

    #[test]
    fn a_login_is_a_session_and_an_api_token_is_not() {
        let options = Options::default();
        let login = metadata("authorization", "Bearer ocl_abc");
        options.set("ann", &login, Some("north".to_owned()));
        assert_eq!(options.catalog("ann", &login).as_deref(), Some("north"));
        let token = metadata("authorization", "Bearer oct_abc");
        options.set("ann", &token, Some("north".to_owned()));
        assert_eq!(options.catalog("ann", &token), None);
    }
}
