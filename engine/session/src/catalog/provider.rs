//! Catalogue, schemas and tables as the planner asks for them; tables open when they are asked for.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::catalog::{CatalogProvider, CatalogProviderList, SchemaProvider, TableProvider};
use datafusion::common::Result;
use datafusion::logical_expr::TableType;
use outcrop_store::Snapshot;
use outcrop_types::tables::TableName;

use super::information::{self, InformationSchema};
use super::{LISTS, lists, stored_table, views};
use crate::error::external;
use crate::seismic;
use crate::session::Session;

/// A name for `logs` as they are stored, in the schema `outcrop`; it is in no list.
const STORED_LOGS: &str = "stored_logs";

/// The one catalogue of a session: its project at a commit.
#[derive(Debug, Clone)]
pub(crate) struct ProjectCatalogs {
    name: String,
    at: At,
}

/// A session at a commit; without a project, only the engine's own lists.
#[derive(Debug, Clone)]
pub(crate) struct At {
    pub(super) session: Session,
    pub(super) snapshot: Option<Snapshot>,
    /// The views that are being opened, outermost first.
    opening: Vec<TableName>,
}

impl ProjectCatalogs {
    pub(crate) fn new(session: Session, snapshot: Option<Snapshot>, opening: Vec<TableName>) -> Self {
        Self::of(At::new(session, snapshot, opening))
    }

    pub(super) fn of(at: At) -> Self {
        ProjectCatalogs { name: at.session.catalog().to_owned(), at }
    }
}

impl CatalogProviderList for ProjectCatalogs {
    fn register_catalog(&self, _: String, _: Arc<dyn CatalogProvider>) -> Option<Arc<dyn CatalogProvider>> {
        None
    }

    fn catalog_names(&self) -> Vec<String> {
        vec![self.name.clone()]
    }

    fn catalog(&self, name: &str) -> Option<Arc<dyn CatalogProvider>> {
        (name == self.name).then(|| Arc::new(self.at.clone()) as Arc<dyn CatalogProvider>)
    }
}

impl At {
    pub(super) fn new(session: Session, snapshot: Option<Snapshot>, opening: Vec<TableName>) -> Self {
        At { session, snapshot, opening }
    }

    /// What a schema holds, stored and computed.
    fn names(&self, schema: &str) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        if schema == "outcrop" {
            names.extend(LISTS.iter().map(|l| (*l).to_owned()));
        }
        if let Some(snapshot) = &self.snapshot {
            let stored = snapshot.tables().into_iter().chain(snapshot.views().map(|(name, _)| name));
            names.extend(stored.filter(|t| t.schema == schema).map(|t| t.name));
            names.extend(
                views::BUILT_IN
                    .iter()
                    .filter(|v| v.available(snapshot))
                    .map(|v| v.name())
                    .filter(|t| t.schema == schema)
                    .map(|t| t.name),
            );
        }
        names
    }

    /// Whether a name is a view, the user's or one that every project has.
    pub(super) fn is_view(&self, name: &TableName) -> bool {
        self.snapshot.as_ref().is_some_and(|snapshot| {
            !snapshot.has_table(name)
                && (snapshot.view(name).is_some()
                    || views::BUILT_IN.iter().any(|v| v.name() == *name && v.available(snapshot)))
        })
    }
}

impl CatalogProvider for At {
    fn schema_names(&self) -> Vec<String> {
        let mut names: BTreeSet<String> = ["public", "outcrop"].map(str::to_owned).into();
        if let Some(snapshot) = &self.snapshot {
            // The bricks and headers of volumes are no tables for people; they answer to their names all the same.
            let inner = [seismic::BRICKS, seismic::HEADERS];
            names.extend(snapshot.tables().into_iter().map(|t| t.schema).filter(|s| !inner.contains(&s.as_str())));
            names.extend(snapshot.views().map(|(name, _)| name.schema));
        }
        names.into_iter().collect()
    }

    fn schema(&self, name: &str) -> Option<Arc<dyn SchemaProvider>> {
        if name == information::NAME {
            return Some(Arc::new(InformationSchema::new(self.clone())));
        }
        let inner = name == seismic::BRICKS || name == seismic::HEADERS;
        (inner || self.schema_names().iter().any(|n| n == name))
            .then(|| Arc::new(ProjectSchema { name: name.to_owned(), at: self.clone() }) as Arc<dyn SchemaProvider>)
    }
}

#[derive(Debug)]
struct ProjectSchema {
    name: String,
    at: At,
}

#[async_trait]
impl SchemaProvider for ProjectSchema {
    fn table_names(&self) -> Vec<String> {
        self.at.names(&self.name).into_iter().collect()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        let table = TableName::new(&self.name, name);
        if let Some(snapshot) = &self.at.snapshot {
            // The table without what is computed along well paths, for what reads it as it is.
            if table == TableName::outcrop(STORED_LOGS) {
                let logs = TableName::public("logs");
                return stored_table(&self.at.session, snapshot, &logs).await.map(Some).map_err(external);
            }
            if snapshot.has_table(&table) {
                return super::table(&self.at.session, snapshot, &table).await.map(Some).map_err(external);
            }
            if let Some(view) = snapshot.view(&table) {
                return views::open(&self.at.session, snapshot, &table, &view.sql, &self.at.opening).await.map(Some);
            }
            if let Some(built_in) = views::BUILT_IN.iter().find(|v| v.name() == table && v.available(snapshot)) {
                return views::open_built_in(&self.at.session, snapshot, built_in, &self.at.opening).await.map(Some);
            }
        }
        if self.name == "outcrop" {
            return lists::open(&self.at.session, self.at.snapshot.as_ref(), name).await;
        }
        Ok(None)
    }

    /// Without opening it: SHOW TABLES lists a view too whose query no longer works.
    async fn table_type(&self, name: &str) -> Result<Option<TableType>> {
        let view = self.at.is_view(&TableName::new(&self.name, name));
        Ok(self.table_exist(name).then_some(if view { TableType::View } else { TableType::Base }))
    }

    fn table_exist(&self, name: &str) -> bool {
        self.at.names(&self.name).contains(name)
    }
}
