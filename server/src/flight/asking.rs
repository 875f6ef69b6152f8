//! Who asks, and for which project.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{ObjectName, visit_relations};
use outcrop_session::Session;
use tonic::metadata::MetadataMap;
use tonic::{Request, Status};

use super::options::Options;
use crate::app::App;
use crate::caller::Caller;
use crate::error::Refusal;

/// The header that names a project.
const PROJECT: &str = "x-project";

/// What Flight SQL works with.
#[derive(Debug)]
pub(super) struct Flight {
    pub(super) app: Arc<App>,
    pub(super) statements: super::prepared::Statements,
    pub(super) options: Options,
}

/// Who asks.
#[derive(Debug, Clone)]
pub(super) struct Asking {
    pub(super) caller: Caller,
    /// The project; the server's first where there is none.
    pub(super) project: Option<String>,
}

impl Flight {
    /// Who sends a request, and the project that they mean: that of the header, else the one of their session's options.
    pub(super) fn asking<T>(&self, request: &Request<T>) -> Result<Asking, Status> {
        let caller = caller(request)?;
        let header = request.metadata().get(PROJECT).and_then(|v| v.to_str().ok()).map(str::to_owned);
        let project = header.filter(|p| !p.is_empty());
        let project = project.or_else(|| self.options.catalog(&caller.user, request.metadata()));
        Ok(Asking { caller, project })
    }

    /// A session for whoever asks.
    pub(super) async fn session(&self, asking: &Asking) -> Result<Session, Refusal> {
        self.app.session(&asking.caller, asking.project.as_deref()).await
    }

    /// The same for a statement, which may name another project: programs that list all of them write
    /// `"other"."public"."wells"`.
    pub(super) async fn session_of(&self, asking: Asking, sql: &str) -> Result<(Asking, Session), Refusal> {
        let session = self.session(&asking).await?;
        let named = match session.parse(sql) {
            Ok(statements) => self.named(&statements),
            // What is wrong with it is said when it is run.
            Err(_) => None,
        };
        match named {
            Some(name) if name != session.catalog() => {
                let asking = asking.of(Some(&name));
                let session = self.session(&asking).await?;
                Ok((asking, session))
            }
            _ => Ok((asking, session)),
        }
    }

    /// The one project that the tables of statements are said to be of.
    fn named(&self, statements: &[Statement]) -> Option<String> {
        let mut names = BTreeSet::new();
        let mut look = |relation: &ObjectName| {
            if let [project, _, _] = relation.0.as_slice()
                && let Some(part) = project.as_ident()
            {
                let name = if part.quote_style.is_some() { part.value.clone() } else { part.value.to_lowercase() };
                if self.app.projects.contains_key(&name) {
                    names.insert(name);
                }
            }
            ControlFlow::<()>::Continue(())
        };
        for statement in statements {
            let statement = match statement {
                Statement::Explain(explain) => &*explain.statement,
                other => other,
            };
            if let Statement::Statement(sql) = statement {
                let _ = visit_relations(&**sql, &mut look);
            }
        }
        names.pop_first().filter(|_| names.is_empty())
    }
}

impl Asking {
    /// The same for another project, where one is named.
    pub(super) fn of(mut self, project: Option<&str>) -> Self {
        if let Some(project) = project.filter(|p| !p.is_empty()) {
            self.project = Some(project.to_owned());
        }
        self
    }
}

/// The caller that the port has found out.
pub(super) fn caller<T>(request: &Request<T>) -> Result<Caller, Status> {
    let known = request.extensions().get::<Caller>().cloned();
    known.ok_or_else(|| Status::unauthenticated("this server does not know who asks"))
}

/// The bearer token of a request.
pub(super) fn bearer(metadata: &MetadataMap) -> Option<&str> {
    let (scheme, token) = metadata.get("authorization")?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Refuses what belongs to a transaction: there are none.
pub(super) fn no_transaction(id: Option<&[u8]>) -> Result<(), Refusal> {
    match id {
        Some(id) if !id.is_empty() => Err(Refusal::Unsupported(NO_TRANSACTIONS.to_owned())),
        _ => Ok(()),
    }
}

/// Why there are no transactions.
pub(super) const NO_TRANSACTIONS: &str = "there are no transactions here: every statement that changes something is a commit of its own, \
     whole or not at all; leave autocommit on";
