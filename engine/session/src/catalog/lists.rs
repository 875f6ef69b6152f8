//! The engine's own lists, schema `outcrop`: made when they are asked for. Lists of imports are stored tables.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow::datatypes::{DataType, Schema, SchemaRef};
use datafusion::catalog::{MemTable, TableProvider};
use datafusion::common::Result;
use outcrop_connectors::formats::FORMATS;
use outcrop_store::Snapshot;
use outcrop_types::field::described;
use outcrop_types::tables::{self, TableName};

use crate::error::external;
use crate::functions;
use crate::session::Session;
use crate::statement::written;

/// Their names.
pub(crate) const LISTS: &[&str] = &[
    "commits",
    "datasets",
    "formats",
    "functions",
    "imports",
    "import_issues",
    "lineage",
    "node_types",
    "seismic_volumes",
    "workflows",
];

/// A list by name; `None` where there is none of that name.
pub(super) async fn open(
    session: &Session,
    snapshot: Option<&Snapshot>,
    name: &str,
) -> Result<Option<Arc<dyn TableProvider>>> {
    let batch = match name {
        "functions" => functions::batch(&session.functions())?,
        "formats" => formats()?,
        "datasets" => datasets(snapshot).await?,
        "node_types" => crate::workflow::node_types(session)?,
        "workflows" => crate::workflow::workflows(session).await?,
        "commits" => commits(snapshot).await?,
        "seismic_volumes" => crate::seismic::volumes(snapshot).await?,
        // Stored once there is something to store; until then an empty table of the same form.
        "imports" => RecordBatch::new_empty(tables::imports()),
        "import_issues" => RecordBatch::new_empty(tables::import_issues()),
        "lineage" => RecordBatch::new_empty(tables::lineage()),
        _ => return Ok(None),
    };
    Ok(Some(Arc::new(MemTable::try_new(batch.schema(), vec![vec![batch]])?)))
}

fn schema(fields: &[(&str, DataType, &str)]) -> SchemaRef {
    Arc::new(Schema::new(fields.iter().map(|(n, t, d)| described(n, t.clone(), true, d)).collect::<Vec<_>>()))
}

fn texts<'a>(values: impl Iterator<Item = &'a str>) -> ArrayRef {
    Arc::new(values.map(Some).collect::<StringArray>())
}

fn counts(values: impl Iterator<Item = u64>) -> ArrayRef {
    Arc::new(values.map(|v| i64::try_from(v).ok()).collect::<Int64Array>())
}

/// The formats that are read, then those that are only written.
fn formats() -> Result<RecordBatch> {
    let schema = schema(&[
        ("name", DataType::Utf8, "Short name"),
        ("title", DataType::Utf8, "What it is"),
        ("endings", DataType::Utf8, "Usual endings of its files"),
        ("import", DataType::Utf8, "What `outcrop import` makes of it"),
        ("query", DataType::Utf8, "How SQL reads it in place"),
        (
            "write",
            DataType::Utf8,
            "Endings that COPY … TO and `outcrop export` write it under; null where it is not written",
        ),
    ]);
    let dotted = |endings: &[&str]| endings.iter().map(|e| format!(".{e}")).collect::<Vec<_>>().join(" ");
    let written = written();
    let writes = |name: &str| written.iter().find(|w| w.name == name).map(|w| dotted(w.endings));
    let mut rows: Vec<[Option<String>; 6]> = Vec::new();
    for f in FORMATS {
        let said = [f.name, f.title, &dotted(f.endings), f.import, f.query].map(|text| Some(text.to_owned()));
        let [name, title, endings, import, query] = said;
        rows.push([name, title, endings, import, query, writes(f.name)]);
    }
    for w in written.iter().filter(|w| !FORMATS.iter().any(|f| f.name == w.name)) {
        let endings = Some(dotted(w.endings));
        rows.push([Some(w.name.to_owned()), Some(w.title.to_owned()), endings.clone(), None, None, endings]);
    }
    let column = |place: usize| -> ArrayRef {
        Arc::new(rows.iter().map(|row| row.get(place).and_then(Option::as_deref)).collect::<StringArray>())
    };
    Ok(RecordBatch::try_new(schema, (0..6).map(column).collect())?)
}

async fn datasets(snapshot: Option<&Snapshot>) -> Result<RecordBatch> {
    let schema = schema(&[
        ("schema_name", DataType::Utf8, "Schema"),
        ("table_name", DataType::Utf8, "Table"),
        ("row_count", DataType::Int64, "Rows"),
        ("bytes", DataType::Int64, "Size of its files"),
        ("files", DataType::Int64, "Number of its files"),
        ("version", DataType::Int64, "Version in its Delta log"),
    ]);
    let mut rows: Vec<(TableName, [u64; 4])> = Vec::new();
    if let Some(snapshot) = snapshot {
        for name in snapshot.tables() {
            let table = snapshot.table(&name).await.map_err(external)?;
            let bytes = table.files.iter().map(|f| f.size).sum();
            rows.push((name, [table.rows, bytes, table.files.len() as u64, table.version]));
        }
    }
    Ok(RecordBatch::try_new(
        schema,
        vec![
            texts(rows.iter().map(|(n, _)| n.schema.as_str())),
            texts(rows.iter().map(|(n, _)| n.name.as_str())),
            counts(rows.iter().map(|(_, v)| v[0])),
            counts(rows.iter().map(|(_, v)| v[1])),
            counts(rows.iter().map(|(_, v)| v[2])),
            counts(rows.iter().map(|(_, v)| v[3])),
        ],
    )?)
}

async fn commits(snapshot: Option<&Snapshot>) -> Result<RecordBatch> {
    let schema = schema(&[
        ("number", DataType::Int64, "Commit; use it in VERSION AS OF"),
        ("at", tables::timestamp(), "When"),
        ("author", DataType::Utf8, "Who"),
        ("operation", DataType::Utf8, "What kind of change"),
        ("message", DataType::Utf8, "Why, or the statement"),
        ("tables", DataType::Int64, "Tables of the project then"),
        ("engine_version", DataType::Utf8, "Version of the program"),
    ]);
    let history = match snapshot {
        Some(s) => s.project().history().await.map_err(external)?,
        None => Vec::new(),
    };
    let times: TimestampMicrosecondArray = history.iter().map(|c| c.time().map(|t| t.timestamp_micros())).collect();
    Ok(RecordBatch::try_new(
        schema,
        vec![
            counts(history.iter().map(|c| c.number)),
            Arc::new(times.with_timezone("UTC")),
            texts(history.iter().map(|c| c.author.as_str())),
            texts(history.iter().map(|c| c.operation.as_str())),
            texts(history.iter().map(|c| c.message.as_str())),
            counts(history.iter().map(|c| c.tables.len() as u64)),
            texts(history.iter().map(|c| c.engine_version.as_str())),
        ],
    )?)
}
