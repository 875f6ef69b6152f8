//! Seismic volumes as tables: a row is a trace, its samples are read when they are asked for.

mod cache;
mod codec;
mod export;
pub(crate) mod file;
pub(crate) mod inspect;
mod rows;
mod stored;
mod volumes;

pub(crate) use cache::Volumes;
pub(crate) use codec::TracesWire;
pub use export::ExportedVolume;
pub(crate) use stored::StoredVolume;
pub(crate) use volumes::volumes;

/// Schema of the tables of traces.
pub(crate) const TRACES: &str = "seismic";
/// Schema of the tables of bricks, which are no tables for people.
pub(crate) const BRICKS: &str = "seismic_bricks";
/// Schema of the tables of trace headers as they are in the file.
pub(crate) const HEADERS: &str = "seismic_headers";

/// Whether a table is part of a volume with bricks, and may not be changed by itself.
pub(crate) fn is_part(snapshot: &outcrop_store::Snapshot, table: &outcrop_types::tables::TableName) -> bool {
    let schema = table.schema.as_str();
    let bricks = outcrop_types::tables::TableName::new(BRICKS, &table.name);
    schema == BRICKS || schema == HEADERS || (schema == TRACES && snapshot.has_table(&bricks))
}

/// The tables that go when a table is dropped: of a volume all three.
pub(crate) fn parts(
    snapshot: &outcrop_store::Snapshot,
    table: &outcrop_types::tables::TableName,
) -> Vec<outcrop_types::tables::TableName> {
    let mut all = vec![table.clone()];
    if table.schema == TRACES {
        let others = [BRICKS, HEADERS].map(|schema| outcrop_types::tables::TableName::new(schema, &table.name));
        all.extend(others.into_iter().filter(|t| snapshot.has_table(t)));
    }
    all
}
