//! Sections of LAS 3.0 beside the log data: picks, surveys, cores, tests, perforations and all others a file had.
//!
//! What a LAS file stated is kept value by value in `outcrop.las_sections` and is written again as it was, with the log
//! set of the file. Rows of `tops`, `surveys` and the tables of intervals that came from elsewhere, or whose table was
//! changed by SQL since, are written from the tables, with the first log set of their well.

use std::collections::HashSet;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use arrow::util::display::array_value_to_string;
use outcrop_connectors::las::{HeaderItem, SectionValue, Topic, WriteSection};
use outcrop_store::Snapshot;
use outcrop_types::tables::TableName;
use outcrop_types::{Issue, field};

use super::{collect, number, quoted, text};
use crate::error::SessionError;
use crate::session::Session;

/// The tables whose rows are sections of a LAS file.
const TABLES: [(Topic, &str); 5] = [
    (Topic::Tops, "tops"),
    (Topic::Inclinometry, "surveys"),
    (Topic::Core, "core_intervals"),
    (Topic::Test, "tests"),
    (Topic::Perforations, "perforations"),
];

/// Tables with rows of wells that no section reads back as.
const WITHOUT_SECTION: [&str; 2] = ["cores", "checkshots"];

/// What has been written of an export, and what is to be written from the tables.
pub(super) struct Sections {
    snapshot: Option<Snapshot>,
    /// Topics whose tables SQL has changed since they were imported.
    changed: HashSet<Topic>,
    /// Wells, with the files their exported log sets came from.
    files: HashSet<(String, String)>,
    done_files: HashSet<(String, String)>,
    done_wells: HashSet<String>,
}

/// The sections of a log set, and what is not among them.
#[derive(Default)]
pub(super) struct OfLogSet {
    pub(super) sections: Vec<WriteSection>,
    pub(super) issues: Vec<Issue>,
}

impl Sections {
    /// Looks at what SQL has changed. `files` are the wells of the export with the files of their log sets.
    pub(super) async fn load(session: &Session, files: HashSet<(String, String)>) -> Result<Self, SessionError> {
        let snapshot = match session.project() {
            Some(project) => Some(project.snapshot().await?),
            None => None,
        };
        let mut sections = Sections {
            snapshot,
            changed: HashSet::new(),
            files,
            done_files: HashSet::new(),
            done_wells: HashSet::new(),
        };
        if sections.has(&TableName::outcrop("lineage")) {
            for batch in collect(session, "SELECT DISTINCT table_name FROM outcrop.lineage").await? {
                for name in (0..batch.num_rows()).filter_map(|row| text(&batch, "table_name", row)) {
                    sections.changed.extend(TABLES.iter().find(|(_, table)| *table == name).map(|(topic, _)| *topic));
                }
            }
        }
        Ok(sections)
    }

    fn has(&self, table: &TableName) -> bool {
        self.snapshot.as_ref().is_some_and(|s| s.has_table(table))
    }

    /// The sections to write with a log set; each is written once in an export. `tvd` says that the index is a vertical
    /// depth, as a ~Tops section counts its depths the way the index does.
    pub(super) async fn of(
        &mut self,
        session: &Session,
        well: &str,
        files: &[String],
        tvd: bool,
    ) -> Result<OfLogSet, SessionError> {
        let mut written = OfLogSet::default();
        for file in files {
            if self.done_files.insert((well.to_owned(), file.clone())) {
                written.sections.extend(self.kept(session, well, file).await?);
            }
        }
        if self.done_wells.insert(well.to_owned()) {
            self.rows_of_tables(session, well, tvd, &mut written).await?;
        }
        Ok(written)
    }

    /// What a LAS file stated.
    async fn kept(&self, session: &Session, well: &str, file: &str) -> Result<Vec<WriteSection>, SessionError> {
        if !self.has(&TableName::outcrop("las_sections")) {
            return Ok(Vec::new());
        }
        let sql =
            format!("SELECT * FROM outcrop.las_sections WHERE well = {} AND file = {}", quoted(well), quoted(file));
        // A title that comes again begins to count its rows anew.
        let mut found: Vec<(String, i64, Vec<SectionValue>)> = Vec::new();
        for batch in collect(session, &sql).await? {
            let rows = batch.column_by_name("row").and_then(|c| c.as_primitive_opt::<Int64Type>()).cloned();
            for place in 0..batch.num_rows() {
                let title = text(&batch, "section", place).unwrap_or_default();
                let row = rows.as_ref().filter(|r| r.is_valid(place)).map_or(0, |r| r.value(place));
                let item = HeaderItem {
                    mnemonic: text(&batch, "column", place).unwrap_or_default(),
                    unit: text(&batch, "unit", place),
                    value: text(&batch, "value", place).unwrap_or_default(),
                    description: text(&batch, "description", place).unwrap_or_default(),
                    ..HeaderItem::default()
                };
                let value = SectionValue { row, item };
                match found.last_mut().filter(|(of, last, _)| *of == title && *last <= row) {
                    Some((_, last, values)) => {
                        *last = row;
                        values.push(value);
                    }
                    None => found.push((title, row, vec![value])),
                }
            }
        }
        let mut sections = Vec::with_capacity(found.len());
        for (title, _, values) in found {
            let topic = Topic::of(&title);
            if topic.is_some_and(|topic| self.changed.contains(&topic)) {
                continue;
            }
            let mut section = WriteSection::of_values(&title, values);
            if let (Some(topic), WriteSection::Rows { columns, .. }) = (topic, &mut section) {
                self.mark_text(topic, columns).await?;
            }
            sections.push(section);
        }
        Ok(sections)
    }

    /// Columns that were read as text say so, whatever stands in them.
    async fn mark_text(&self, topic: Topic, columns: &mut [HeaderItem]) -> Result<(), SessionError> {
        let name = TABLES.iter().find(|(of, _)| *of == topic).map(|(_, name)| TableName::public(*name));
        let (Some(snapshot), Some(name)) = (&self.snapshot, name.filter(|n| self.has(n))) else { return Ok(()) };
        let schema = snapshot.table(&name).await?.schema.clone();
        for column in columns {
            let mut same = schema
                .fields()
                .iter()
                .filter(|f| f.metadata().get(field::ORIGINAL_NAME) == Some(&column.mnemonic))
                .map(|f| f.data_type())
                .peekable();
            if same.peek().is_some() && same.all(|t| *t == DataType::Utf8) {
                column.format = Some("S".to_owned());
            }
        }
        Ok(())
    }

    /// Rows of the tables that are not among the sections of the files that are written.
    async fn rows_of_tables(
        &self,
        session: &Session,
        well: &str,
        tvd: bool,
        written: &mut OfLogSet,
    ) -> Result<(), SessionError> {
        let kept = self.kept_files(session, well).await?;
        for (topic, name) in TABLES {
            let table = TableName::public(name);
            let Some(snapshot) = self.snapshot.as_ref().filter(|s| s.has_table(&table)) else { continue };
            let schema = snapshot.table(&table).await?.schema.clone();
            let there = |column: &str| schema.field_with_name(column).is_ok();
            if !there("well") {
                continue;
            }
            let mut sql = format!("SELECT * FROM {name} WHERE well = {}", quoted(well));
            let files: Vec<String> = kept.iter().filter(|(of, _)| *of == topic).map(|(_, f)| quoted(f)).collect();
            if !files.is_empty() && !self.changed.contains(&topic) && there("file") {
                sql.push_str(&format!(" AND (file IS NULL OR file NOT IN ({}))", files.join(", ")));
            }
            if let Some(depth) = ["md", "top", "tvd", "tvdss"].into_iter().find(|c| there(c)) {
                sql.push_str(&format!(" ORDER BY \"{depth}\""));
            }
            let batches = collect(session, &sql).await?;
            let count: usize = batches.iter().map(RecordBatch::num_rows).sum();
            if count == 0 {
                continue;
            }
            match topic {
                Topic::Tops => {
                    // TOPT counts as the index does.
                    let md = if tvd { "MD" } else { "TOPT" };
                    let names = [
                        ("md", md),
                        ("tvd", if tvd { "TOPT" } else { "TVD" }),
                        ("tvdss", "TVDSS"),
                        ("surface", "TOPN"),
                        ("interpreter", "TOPSRC"),
                        ("confidence", "LVL"),
                        ("x", "X"),
                        ("y", "Y"),
                    ];
                    written.sections.extend(rows("Tops_Data", &batches, Some(&names)));
                }
                Topic::Inclinometry => survey(session, well, &batches, written).await?,
                Topic::Core => written.sections.extend(intervals("Core_Data", &batches)),
                Topic::Test => written.sections.extend(intervals("Test_Data", &batches)),
                Topic::Perforations => written.sections.extend(intervals("Perforations_Data", &batches)),
            }
        }
        for name in WITHOUT_SECTION.into_iter().filter(|name| self.has(&TableName::public(*name))) {
            let sql = format!("SELECT count(*) AS n FROM {name} WHERE well = {}", quoted(well));
            let batches = collect(session, &sql).await?;
            let of = |b: &RecordBatch| b.column_by_name("n").and_then(|c| c.as_primitive_opt::<Int64Type>()).cloned();
            let count = batches.first().and_then(of).filter(|c| !c.is_empty()).map_or(0, |c| c.value(0));
            if count > 0 {
                let text = format!(
                    "LAS has no section that is read as `{name}`: {count} rows of well `{well}` are not in the file; write \
                     them on their own: outcrop export {name} -o {name}.csv"
                );
                written.issues.push(Issue::info("rows-left-out", text));
            }
        }
        Ok(())
    }

    /// Files of the export whose sections of a topic are written as they were.
    async fn kept_files(&self, session: &Session, well: &str) -> Result<HashSet<(Topic, String)>, SessionError> {
        let mut kept = HashSet::new();
        if !self.has(&TableName::outcrop("las_sections")) {
            return Ok(kept);
        }
        let sql = format!("SELECT DISTINCT section, file FROM outcrop.las_sections WHERE well = {}", quoted(well));
        for batch in collect(session, &sql).await? {
            for row in 0..batch.num_rows() {
                let Some(file) = text(&batch, "file", row) else { continue };
                if let Some(topic) = text(&batch, "section", row).and_then(|s| Topic::of(&s))
                    && self.files.contains(&(well.to_owned(), file.clone()))
                {
                    kept.insert((topic, file));
                }
            }
        }
        Ok(kept)
    }
}

/// The survey of a well. Stations of two surveys would be read as one path, so a file holds one: that which
/// `trajectories` takes, the last imported.
async fn survey(
    session: &Session,
    well: &str,
    batches: &[RecordBatch],
    written: &mut OfLogSet,
) -> Result<(), SessionError> {
    let files: HashSet<Option<String>> =
        batches.iter().flat_map(|b| (0..b.num_rows()).map(move |row| text(b, "file", row))).collect();
    let has_one = written.sections.iter().any(|s| Topic::of(s.title()) == Some(Topic::Inclinometry));
    let mut newest: Option<Option<String>> = None;
    if files.len() == 1 {
        newest = files.iter().next().cloned();
    } else {
        let sql = format!(
            "SELECT s.file FROM surveys s LEFT JOIN outcrop.imports i ON i.sha256 = s.file AND i.status = 'imported' \
             WHERE s.well = {} GROUP BY s.file ORDER BY max(i.commit) DESC NULLS LAST, s.file",
            quoted(well)
        );
        for batch in collect(session, &sql).await? {
            let mut all = (0..batch.num_rows()).map(|row| text(&batch, "file", row));
            newest = newest.or_else(|| all.find(|f| files.contains(f)));
        }
    }
    let left = if has_one { files.len() } else { files.len().saturating_sub(1) };
    if left > 0 {
        let text = format!(
            "a LAS file holds one survey of its well: {left} more of well `{well}` are not in the file; write all of them: \
             outcrop export surveys -o surveys.csv"
        );
        written.issues.push(Issue::warning("survey-left-out", text));
    }
    let (Some(newest), false) = (newest, has_one) else { return Ok(()) };
    let mut own = Vec::with_capacity(batches.len());
    for batch in batches {
        let keep: Vec<bool> = (0..batch.num_rows()).map(|row| text(batch, "file", row) == newest).collect();
        own.push(
            arrow::compute::filter_record_batch(batch, &keep.into())
                .map_err(datafusion::common::DataFusionError::from)?,
        );
    }
    let first = own.iter().find(|b| b.num_rows() > 0);
    let angle = |column: &str| first.and_then(|b| number(b, column, 0)).map(|v| v.to_string());
    let parameters = [
        (
            "I_AT",
            None,
            first.and_then(|b| text(b, "north_reference", 0)).map(|n| n.to_uppercase()),
            "NORTH OF AZIMUTHS",
        ),
        ("I_DC", Some("DEG"), angle("declination"), "MAGNETIC DECLINATION, EAST POSITIVE"),
        ("I_CV", Some("DEG"), angle("convergence"), "CONVERGENCE OF GRID NORTH, EAST POSITIVE"),
    ];
    let items: Vec<HeaderItem> = parameters
        .into_iter()
        .filter_map(|(mnemonic, unit, value, description)| {
            Some(HeaderItem {
                mnemonic: mnemonic.to_owned(),
                unit: unit.map(str::to_owned),
                value: value?,
                description: description.to_owned(),
                ..HeaderItem::default()
            })
        })
        .collect();
    if !items.is_empty() {
        written.sections.push(WriteSection::Items { title: "Inclinometry_Parameter".to_owned(), items });
    }
    let names = [("md", "MD"), ("inclination", "DEVI"), ("azimuth", "AZIM")];
    written.sections.extend(rows("Inclinometry_Data", &own, Some(&names)));
    Ok(())
}

/// Rows of a table of intervals, a section for each that they are of.
fn intervals(title: &str, batches: &[RecordBatch]) -> Vec<WriteSection> {
    let of = |b: &RecordBatch, row: usize| text(b, "section", row).unwrap_or_else(|| title.to_owned());
    let mut titles: Vec<String> = Vec::new();
    for batch in batches {
        for title in (0..batch.num_rows()).map(|row| of(batch, row)) {
            if !titles.contains(&title) {
                titles.push(title);
            }
        }
    }
    let mut sections = Vec::with_capacity(titles.len());
    for title in titles {
        let own = batches.iter().filter_map(|b| {
            let keep: Vec<bool> = (0..b.num_rows()).map(|row| of(b, row) == title).collect();
            arrow::compute::filter_record_batch(b, &keep.into()).ok()
        });
        sections.extend(rows(&title, &own.collect::<Vec<_>>(), None));
    }
    sections
}

/// The rows as a section, columns without a value left out. `names` are the columns to take, with their mnemonics; without
/// them every column is taken under the name it had in the file.
fn rows(title: &str, batches: &[RecordBatch], names: Option<&[(&str, &str)]>) -> Option<WriteSection> {
    let schema = batches.first()?.schema();
    let mut columns = Vec::new();
    let mut places = Vec::new();
    let chosen: Vec<(usize, String)> = match names {
        Some(names) => names.iter().filter_map(|(c, m)| Some((schema.index_of(c).ok()?, (*m).to_owned()))).collect(),
        None => {
            let own = schema
                .fields()
                .iter()
                .enumerate()
                .filter(|(_, f)| !["well", "section", "file"].contains(&f.name().as_str()));
            own.map(|(place, f)| {
                let original = f.metadata().get(field::ORIGINAL_NAME).cloned();
                (place, original.unwrap_or_else(|| f.name().to_uppercase()))
            })
            .collect()
        }
    };
    for (place, mnemonic) in chosen {
        let filled = batches.iter().filter_map(|b| b.columns().get(place)).any(|c| c.null_count() < c.len());
        let Some(of) = schema.fields().get(place).filter(|_| filled) else { continue };
        let is_text = !of.data_type().is_numeric();
        columns.push(HeaderItem {
            mnemonic,
            unit: field::unit(of).map(str::to_owned),
            description: field::description(of).unwrap_or_default().to_owned(),
            format: Some(if is_text { "S" } else { "F" }.to_owned()),
            ..HeaderItem::default()
        });
        places.push(place);
    }
    let cell = |batch: &RecordBatch, place: usize, row: usize| -> String {
        let Some(column) = batch.columns().get(place).filter(|c| c.is_valid(row)) else { return String::new() };
        match column.as_primitive_opt::<Float64Type>() {
            Some(numbers) if numbers.value(row).is_finite() => numbers.value(row).to_string(),
            Some(_) => String::new(),
            None => array_value_to_string(column, row).unwrap_or_default(),
        }
    };
    let mut rows: Vec<Vec<String>> = Vec::new();
    for batch in batches {
        for row in 0..batch.num_rows() {
            rows.push(places.iter().map(|place| cell(batch, *place, row)).collect());
        }
    }
    (!rows.is_empty() && !columns.is_empty()).then(|| WriteSection::Rows { title: title.to_owned(), columns, rows })
}
