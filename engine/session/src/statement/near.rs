//! Names that are not there, and which one was perhaps meant. Of columns and of functions in expressions the engine says it.

use std::ops::ControlFlow;

use datafusion::catalog::CatalogProviderList;
use datafusion::common::DataFusionError;
use datafusion::execution::SessionState;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{Query, Visit, Visitor};
use outcrop_operators::OperatorRegistry;
use outcrop_store::Snapshot;
use outcrop_types::near::slips;
use outcrop_types::tables::TableName;

use super::pass::each_query;
use crate::catalog;
use crate::files::READERS;

/// What can be called in FROM.
pub(super) fn callable(registry: &OperatorRegistry, state: &SessionState) -> Vec<String> {
    let operators = registry.iter().map(|o| o.definition().name.to_owned());
    let readers = READERS.iter().map(|r| r.name.to_owned());
    operators.chain(readers).chain(state.table_functions().keys().cloned()).collect()
}

/// ` (did you mean …?)` of a table or view that a statement changes; nothing where none is near.
pub(super) fn near_table(snapshot: &Snapshot, table: &TableName) -> String {
    let all = snapshot.tables().into_iter().chain(snapshot.views().map(|(name, _)| name));
    hint(table, all)
}

fn hint(table: &TableName, all: impl Iterator<Item = TableName>) -> String {
    let near = |candidate: TableName| {
        let name = slips(&table.name, &candidate.name)?;
        // A schema may be left out where the name is right.
        let schema = match table.schema == candidate.schema {
            true => 0,
            false if name == 0 => 1,
            false => slips(&table.schema, &candidate.schema)?,
        };
        Some((name + schema, candidate))
    };
    let found = all.filter_map(near).min_by_key(|(slips, _)| *slips);
    found.map_or_else(String::new, |(_, name)| format!(" (did you mean `{name}`?)"))
}

/// The names that a statement gives to parts of itself, by WITH.
fn parts(statement: &Statement) -> Vec<TableName> {
    #[derive(Default)]
    struct Parts(Vec<TableName>);
    impl Visitor for Parts {
        type Break = ();
        fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
            let tables = query.with.iter().flat_map(|with| &with.cte_tables);
            self.0.extend(tables.map(|part| TableName::public(&part.alias.name.value)));
            ControlFlow::Continue(())
        }
    }
    let mut found = Parts::default();
    each_query(&mut statement.clone(), &mut |sql| {
        let _ = sql.visit(&mut found);
    });
    found.0
}

/// The error with the table that was perhaps meant, where it is about one that is not there.
pub(super) fn with_table_meant(
    error: DataFusionError,
    statement: &Statement,
    catalogs: &dyn CatalogProviderList,
) -> DataFusionError {
    let missing = match error.find_root() {
        DataFusionError::Plan(text) => text.strip_prefix("table '").and_then(|rest| rest.strip_suffix("' not found")),
        _ => None,
    };
    let missing = missing.map(str::to_owned);
    let Some(missing) = missing else { return error };
    let mut names = missing.split('.').rev();
    let table = match (names.next(), names.next()) {
        (Some(table), Some(schema)) => TableName::new(schema, table),
        (Some(table), None) => TableName::public(table),
        _ => return error,
    };
    let mut all = parts(statement);
    for catalog in catalogs.catalog_names().iter().filter_map(|name| catalogs.catalog(name)) {
        for schema in catalog.schema_names() {
            let tables = catalog.schema(&schema).map(|s| s.table_names()).unwrap_or_default();
            all.extend(tables.into_iter().map(|name| TableName::new(&schema, name)));
        }
    }
    let hint = match hint(&table, all.into_iter()) {
        none if none.is_empty() && catalog::is_virtual(&table) => {
            "; the project has not the tables it is made of".to_owned()
        }
        none if none.is_empty() => "; SHOW TABLES lists those there are".to_owned(),
        hint => hint,
    };
    DataFusionError::Plan(format!("table '{missing}' not found{hint}"))
}
