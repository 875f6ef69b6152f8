//! Views: the user's, and those that every project has over its stored tables.

use std::sync::Arc;

use datafusion::catalog::TableProvider;
use datafusion::common::Result;
use datafusion::datasource::ViewTable;
use datafusion::logical_expr::LogicalPlan;
use outcrop_store::Snapshot;
use outcrop_types::field;
use outcrop_types::tables::TableName;

use super::crs;
use super::curve_values::{CurveValues, KEYS};
use crate::error::external;
use crate::session::Session;
use crate::statement;

/// A view that every project has as soon as its tables are there.
pub(crate) struct BuiltIn {
    name: &'static str,
    /// Tables it needs.
    needs: &'static [&'static str],
    sql: Sql,
}

enum Sql {
    Fixed(&'static str),
    /// Made from the columns of `logs`.
    CurveValues,
    /// Paths of the wells that have surveys.
    Trajectories,
    /// Picks on those paths.
    Picks,
}

/// Where values of curves that are not columns of `logs` are stored.
pub(super) const OTHER_VALUES: &str = "outcrop.other_curve_values";

/// Stations with what a position needs. A well has the survey that was imported last. Azimuths from true or magnetic north
/// are turned to grid north by the convergence and declination stated with them; where these are not known they give no x
/// and y, as they would be turned against the map. Nor do well heads in another system than the project's, which x and y
/// therefore state. Azimuths of which nobody says the north are taken as from grid north, which the import told.
pub(super) async fn stations(snapshot: &Snapshot) -> Result<String> {
    let crs = match &snapshot.project().settings().crs {
        Some(crs) => format!("WHERE coalesce(crs, '{crs}') = '{crs}' "),
        None => String::new(),
    };
    let wells = snapshot.table(&TableName::public("wells")).await.map_err(external)?;
    let system = crs::of_paths(snapshot, &wells);
    let head = |name: &str| crs::stated(name, name, system.as_ref());
    // A table that was made by SQL, or by an earlier version, may lack some columns.
    let surveys = snapshot.table(&TableName::public("surveys")).await.map_err(external)?;
    let stated = |name: &str, kind: &str| match surveys.schema.field_with_name(name) {
        Ok(_) => name.to_owned(),
        Err(_) => format!("CAST(NULL AS {kind})"),
    };
    let (north, file) = (stated("north_reference", "VARCHAR"), stated("file", "VARCHAR"));
    let (declination, convergence) = (stated("declination", "DOUBLE"), stated("convergence", "DOUBLE"));
    let turned = "CASE WHEN coalesce(s.turn, 0.0) = 0.0 THEN s.azimuth ELSE (s.azimuth + s.turn + 1080.0) % 360.0 END";
    Ok(format!(
        "SELECT s.well, s.md, s.inclination, {turned} AS azimuth, h.x, h.y, w.datum_elevation FROM \
         (SELECT well, md, inclination, azimuth, {file} AS file, CASE coalesce({north}, 'grid') WHEN 'grid' THEN 0.0 \
         WHEN 'true' THEN 0.0 - {convergence} WHEN 'magnetic' THEN {declination} - {convergence} END AS turn FROM surveys) s \
         JOIN (SELECT well, file, row_number() OVER (PARTITION BY well ORDER BY last_commit DESC NULLS LAST, file) AS newest FROM \
         (SELECT s.well, s.file, max(i.commit) AS last_commit FROM (SELECT well, {file} AS file FROM surveys) s \
         LEFT JOIN outcrop.imports i ON i.sha256 = s.file AND i.status = 'imported' \
         GROUP BY s.well, s.file)) f ON f.well = s.well AND (f.file IS NOT DISTINCT FROM s.file) AND f.newest = 1 \
         LEFT JOIN ({ELEVATIONS}) w ON w.well = s.well \
         LEFT JOIN (SELECT well, {} AS x, {} AS y FROM (SELECT well, {}, {} FROM wells {crs}) GROUP BY well) h \
         ON h.well = s.well AND s.turn IS NOT NULL",
        the_one("x", "min(x) = max(x) AND min(y) = max(y)"),
        the_one("y", "min(x) = max(x) AND min(y) = max(y)"),
        head("x"),
        head("y"),
    ))
}

/// The elevation of the datum of every well. A well that has several rows in `wells` has it where they agree: a path is
/// not to be made of each station several times, and nothing says which row is right.
pub(super) const ELEVATIONS: &str = "SELECT well, CASE WHEN min(datum_elevation) = max(datum_elevation) THEN min(datum_elevation) END AS datum_elevation \
     FROM wells GROUP BY well";

/// The value of a column that the rows of a group agree in.
fn the_one(column: &str, agree: &str) -> String {
    format!("CASE WHEN {agree} THEN min({column}) END")
}

/// Whether there are surveys to compute paths from.
pub(crate) fn has_paths(snapshot: &Snapshot) -> bool {
    ["outcrop.imports", "surveys", "wells"].iter().all(|t| snapshot.has_table(&TableName::from_key(t)))
}

pub(crate) const BUILT_IN: &[BuiltIn] = &[
    BuiltIn { name: "curve_values", needs: &["curves"], sql: Sql::CurveValues },
    BuiltIn { name: "trajectories", needs: &["outcrop.imports", "surveys", "wells"], sql: Sql::Trajectories },
    BuiltIn {
        name: "parameters",
        needs: &["outcrop.log_headers"],
        sql: Sql::Fixed(
            "SELECT well, log_set, mnemonic, unit, value, description, file FROM outcrop.log_headers WHERE section = 'parameter'",
        ),
    },
    BuiltIn { name: "tops_xyz", needs: &["tops"], sql: Sql::Picks },
    BuiltIn {
        name: "zones",
        needs: &["tops"],
        sql: Sql::Fixed(
            // The picks of several people make one succession, unless a surface of the well was picked more than once.
            "SELECT well, surface AS zone, interpreter, md AS top_md, \
             lead(md) OVER (PARTITION BY well, CASE WHEN most > 1 THEN interpreter END ORDER BY md, surface) AS base_md, \
             lead(surface) OVER (PARTITION BY well, CASE WHEN most > 1 THEN interpreter END ORDER BY md, surface) AS base_surface \
             FROM (SELECT well, surface, interpreter, md, max(n) OVER (PARTITION BY well) AS most FROM \
             (SELECT well, surface, interpreter, md, count(*) OVER (PARTITION BY well, surface) AS n FROM tops WHERE md IS NOT NULL))",
        ),
    },
];

impl BuiltIn {
    pub(crate) fn name(&self) -> TableName {
        TableName::public(self.name)
    }

    pub(crate) fn available(&self, snapshot: &Snapshot) -> bool {
        self.needs.iter().all(|t| snapshot.has_table(&TableName::from_key(t)))
    }

    /// The query, which depends on the columns of the tables.
    pub(crate) async fn sql(&self, snapshot: &Snapshot) -> Result<String> {
        match self.sql {
            Sql::Fixed(sql) => Ok(sql.to_owned()),
            Sql::CurveValues => curve_values(snapshot).await,
            Sql::Trajectories => {
                let stations = stations(snapshot).await?;
                Ok(format!("SELECT * FROM well_path(({stations}), by => [well], tie_in => 'vertical')"))
            }
            Sql::Picks => picks(snapshot).await,
        }
    }
}

/// Picks with their places: on the path of a well that has a survey, else as the file states them. Not by `coalesce`,
/// which would lose the units.
async fn picks(snapshot: &Snapshot) -> Result<String> {
    let tops = snapshot.table(&TableName::public("tops")).await.map_err(external)?;
    // A table that was made by SQL may lack some columns.
    let stated = |name: &str, kind: &str| match tops.schema.field_with_name(name) {
        Ok(_) => format!("t.{name}"),
        Err(_) => format!("CAST(NULL AS {kind}) AS {name}"),
    };
    let number = |name: &str| stated(name, "DOUBLE");
    let on_paths = has_paths(snapshot) && tops.schema.field_with_name("md").is_ok();
    // Where no pick states its place, all places are on paths and in the system of those.
    let system = match snapshot.table_if_there(&TableName::public("wells")).await.map_err(external)? {
        Some(wells) if on_paths && !crs::has_values(&tops, "x") && !crs::has_values(&tops, "y") => {
            crs::of_paths(snapshot, &wells)
        }
        _ => None,
    };
    let place = |name: &str| match tops.schema.field_with_name(name) {
        Ok(_) => crs::stated(&format!("t.{name}"), name, system.as_ref()),
        Err(_) => number(name),
    };
    let (interpreter, confidence) = (stated("interpreter", "VARCHAR"), stated("confidence", "VARCHAR"));
    let as_stated = format!(
        "SELECT t.well, t.surface, {}, {}, {}, {}, {}, {interpreter}, {confidence} FROM tops t",
        number("md"),
        number("tvd"),
        number("tvdss"),
        place("x"),
        place("y")
    );
    if !on_paths {
        return Ok(as_stated);
    }
    let stations = stations(snapshot).await?;
    Ok(format!(
        "SELECT t.well, t.surface, t.md, p.tvd, p.tvdss, p.x, p.y, {interpreter}, {confidence} \
         FROM tops t LEFT JOIN (SELECT * FROM well_path_at(({stations}), \
         (SELECT DISTINCT well, md FROM tops WHERE md IS NOT NULL), by => [well], tie_in => 'vertical')) p \
         ON t.well = p.well AND t.md = p.md JOIN (SELECT DISTINCT well FROM surveys) s ON s.well = t.well WHERE t.md IS NOT NULL \
         UNION ALL {as_stated} LEFT JOIN (SELECT DISTINCT well FROM surveys) s ON s.well = t.well WHERE t.md IS NULL OR s.well IS NULL"
    ))
}

/// `curve_values` as a query, for people: [`CurveValues`] gives the same rows.
async fn curve_values(snapshot: &Snapshot) -> Result<String> {
    let mut parts = Vec::new();
    if snapshot.has_table(&TableName::from_key(OTHER_VALUES)) {
        parts.push(format!("SELECT well, log_set, curve, \"index\", value, text FROM {OTHER_VALUES}"));
    }
    if let Some(logs) = snapshot.table_if_there(&TableName::public("logs")).await.map_err(external)? {
        for column in logs.schema.fields() {
            let name = column.name();
            if KEYS.contains(&name.as_str()) || field::unit(column).is_none() {
                continue;
            }
            let standard = name.to_uppercase().replace('\'', "''");
            let quoted = name.replace('"', "\"\"");
            parts.push(format!(
                "SELECT l.well, l.log_set, c.mnemonic AS curve, coalesce(l.md, l.tvd, l.tvdss) AS \"index\", l.\"{quoted}\" AS value, \
                 CAST(NULL AS VARCHAR) AS text FROM outcrop.stored_logs l JOIN curves c ON l.well = c.well AND l.log_set = c.log_set \
                 WHERE c.stored_in = 'logs' AND c.standard = '{standard}' AND l.\"{quoted}\" IS NOT NULL"
            ));
        }
    }
    if parts.is_empty() {
        parts.push(
            "SELECT well, log_set, mnemonic AS curve, CAST(NULL AS DOUBLE) AS \"index\", CAST(NULL AS DOUBLE) AS value, \
             CAST(NULL AS VARCHAR) AS text FROM curves WHERE false"
                .to_owned(),
        );
    }
    Ok(parts.join(" UNION ALL "))
}

/// A view of the user, planned at the commit of the statement that uses it.
pub(crate) async fn open(
    session: &Session,
    snapshot: &Snapshot,
    name: &TableName,
    sql: &str,
    opening: &[TableName],
) -> Result<Arc<dyn TableProvider>> {
    let plan = match plan(session, snapshot, name, sql, opening).await {
        Ok(plan) => plan,
        // Whoever reads it named the view, and may not know what it is made of.
        Err(error) => {
            return datafusion::common::plan_err!(
                "the view `{name}` cannot be read: {}. It is `{sql}`; make it anew from what there is (CREATE OR REPLACE VIEW {name} AS …), \
                 or DROP VIEW {name}",
                error.message()
            );
        }
    };
    Ok(Arc::new(ViewTable::new(plan, Some(sql.to_owned()))))
}

/// A view that every project has, likewise.
pub(crate) async fn open_built_in(
    session: &Session,
    snapshot: &Snapshot,
    view: &BuiltIn,
    opening: &[TableName],
) -> Result<Arc<dyn TableProvider>> {
    if matches!(view.sql, Sql::CurveValues) {
        return Ok(Arc::new(CurveValues::open(session, snapshot).await?));
    }
    let sql = view.sql(snapshot).await?;
    let plan = plan(session, snapshot, &view.name(), &sql, opening).await?;
    Ok(Arc::new(ViewTable::new(plan, Some(sql))))
}

async fn plan(
    session: &Session,
    snapshot: &Snapshot,
    name: &TableName,
    sql: &str,
    opening: &[TableName],
) -> Result<LogicalPlan> {
    if opening.contains(name) {
        let way: Vec<String> = opening.iter().chain([name]).map(ToString::to_string).collect();
        return datafusion::common::plan_err!(
            "the view `{name}` is made from itself ({}); DROP VIEW {name}",
            way.join(" → ")
        );
    }
    let opening = [opening, std::slice::from_ref(name)].concat();
    let mut statements = statement::dialect::parse(sql)?;
    let Some(statement) = statements.pop() else {
        return datafusion::common::plan_err!("a view has no query");
    };
    let planned = Box::pin(statement::plan_within(session, statement, Some(snapshot.clone()), opening))
        .await
        .map_err(external)?;
    Ok(planned.plan)
}
