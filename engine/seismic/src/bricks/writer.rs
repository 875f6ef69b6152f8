//! Bricks written.

use std::fs::File;
use std::io::BufWriter;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float32Array};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use outcrop_connectors::segy::{FileBytes, ReadAt};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::{Compression, Encoding};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use rayon::prelude::*;

use super::description::Description;
use super::levels::LevelSource;
use super::{BrickVolume, Presence};
use crate::{Meter, SeismicError};

/// Key of a file's level in its footer.
pub(super) const LEVEL: &str = "outcrop.level";
/// Key of the number of a file's first brick in its footer.
pub(super) const FIRST_BRICK: &str = "outcrop.first_brick";

/// Bytes of values in a row group: large enough for a page index that is small beside it, small enough for several in memory.
const ROW_GROUP: usize = 32 << 20;
/// Bytes of values in a file.
const FILE: usize = 1 << 30;

/// Where the samples to write come from.
pub trait BrickSource: Sync {
    /// Puts the samples of the traces at `rows` × `columns` into `out`, trace after trace, all samples of the axis each; rows begin
    /// `width` traces apart, which may be more than there are columns. Places without a trace stay as they are, which is 0.
    ///
    /// # Errors
    /// What can't be read.
    fn fill(&self, rows: Range<u32>, columns: Range<u32>, width: usize, out: &mut [f32]) -> Result<(), SeismicError>;
}

/// A file of bricks that was written.
#[derive(Debug, Clone)]
pub struct WrittenFile {
    /// What the caller knows it by: its place among the files it has opened, from 0.
    pub number: usize,
    /// Its rows: values of all bricks, the filling at the edges included.
    pub rows: u64,
}

/// A file that is opened for writing: its path for messages, and a second handle to read what was written.
pub struct NewFile {
    /// Path, for messages.
    pub path: String,
    /// The file, empty, open for writing and reading.
    pub file: File,
}

/// Writes a volume and its coarser levels, several row groups at a time. `open` makes a new file each time it is called; the
/// result names them in that order. The meter counts the bricks and bytes of values that were put down.
///
/// # Errors
/// What the source can't read, files that can't be written, [`SeismicError::Cancelled`].
pub fn write_volume(
    description: &Description,
    presence: Presence,
    source: &dyn BrickSource,
    open: &mut dyn FnMut() -> Result<NewFile, SeismicError>,
    meter: &dyn Meter,
) -> Result<Vec<WrittenFile>, SeismicError> {
    let mut written = Vec::new();
    let mut readable: Vec<(String, Arc<dyn ReadAt>)> = Vec::new();
    let mut presence = presence;
    write_level(description, 0, source, open, meter, &mut written, &mut readable)?;
    for level in 1..=description.levels {
        // What is there of the volume so far serves to make the next level.
        let finer = Description { levels: level - 1, ..description.clone() };
        let finer = BrickVolume::open(finer, readable.clone())?.level(level - 1);
        let source = LevelSource::new(finer, description, level, &presence, meter);
        write_level(description, level, &source, open, meter, &mut written, &mut readable)?;
        presence = presence.halved();
    }
    Ok(written)
}

fn write_level(
    description: &Description,
    level: u32,
    source: &dyn BrickSource,
    open: &mut dyn FnMut() -> Result<NewFile, SeismicError>,
    meter: &dyn Meter,
    written: &mut Vec<WrittenFile>,
    readable: &mut Vec<(String, Arc<dyn ReadAt>)>,
) -> Result<(), SeismicError> {
    let [down, across, along] = description.bricks(level);
    let columns = u64::from(down) * u64::from(across);
    let bytes = description.values() * 4 * along as usize;
    // Brick columns of a row group and of a file.
    let group = (ROW_GROUP / bytes).max(1) as u64;
    let file = group * (FILE / ROW_GROUP).max(1) as u64;
    let wave = rayon::current_num_threads().max(1) * 2;
    let mut start = 0;
    while start < columns {
        let end = (start + file).min(columns);
        let NewFile { path, file } = open()?;
        let io = |e: std::io::Error| SeismicError::Io { path: path.clone(), source: e };
        let reader = file.try_clone().map_err(io)?;
        let fail = SeismicError::parquet(&path);
        let (mut writer, factory) = file_writer(description, level, start * u64::from(along), file).map_err(&fail)?;
        let groups: Vec<Range<u64>> =
            (start..end).step_by(group as usize).map(|first| first..(first + group).min(end)).collect();
        for (of_wave, groups) in groups.chunks(wave).enumerate() {
            let encode = |(number, columns): (usize, &Range<u64>)| {
                let number = of_wave * wave + number;
                row_group(description, level, columns.clone(), source, &factory, number, meter, &path)
            };
            let chunks: Vec<ArrowColumnChunk> =
                groups.par_iter().enumerate().map(encode).collect::<Result<_, SeismicError>>()?;
            for chunk in chunks {
                let mut group = writer.next_row_group().map_err(&fail)?;
                chunk.append_to_row_group(&mut group).map_err(&fail)?;
                group.close().map_err(&fail)?;
            }
        }
        let metadata = writer.close().map_err(&fail)?;
        let rows = u64::try_from(metadata.file_metadata().num_rows()).unwrap_or(0);
        written.push(WrittenFile { number: written.len(), rows });
        readable.push((path.clone(), Arc::new(FileBytes::new(reader)?)));
        start = end;
    }
    Ok(())
}

/// The column of a file of bricks.
fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![Field::new("amplitude", DataType::Float32, false)]))
}

type Writer = SerializedFileWriter<BufWriter<File>>;

fn file_writer(
    description: &Description,
    level: u32,
    first: u64,
    file: File,
) -> parquet::errors::Result<(Writer, ArrowRowGroupWriterFactory)> {
    let values = description.values();
    let metadata = [(LEVEL, level.to_string()), (FIRST_BRICK, first.to_string())];
    let properties = WriterProperties::builder()
        .set_compression(Compression::LZ4_RAW)
        .set_encoding(Encoding::BYTE_STREAM_SPLIT)
        .set_dictionary_enabled(false)
        // A page is a brick: it ends by its rows alone.
        .set_write_batch_size(values)
        .set_data_page_row_count_limit(values)
        .set_data_page_size_limit(values * 8)
        .set_statistics_enabled(EnabledStatistics::None)
        .set_offset_index_disabled(false)
        .set_max_row_group_row_count(None)
        .set_created_by(format!("outcrop {}", env!("CARGO_PKG_VERSION")))
        .set_key_value_metadata(Some(metadata.map(|(k, v)| KeyValue::new(k.to_owned(), v)).to_vec()))
        .build();
    let sink = BufWriter::with_capacity(1 << 20, file);
    ArrowWriter::try_new(sink, schema(), Some(properties))?.into_serialized_writer()
}

/// Encodes the bricks of some brick columns.
#[allow(clippy::too_many_arguments)]
fn row_group(
    description: &Description,
    level: u32,
    columns: Range<u64>,
    source: &dyn BrickSource,
    factory: &ArrowRowGroupWriterFactory,
    number: usize,
    meter: &dyn Meter,
    path: &str,
) -> Result<ArrowColumnChunk, SeismicError> {
    let fail = SeismicError::parquet(path);
    let size = description.size(level);
    let [_, across, along] = description.bricks(level);
    let [height, width, depth] = description.brick;
    let (samples, traces) = (size.samples as usize, height as usize * width as usize);
    let mut writers = factory.create_column_writers(number).map_err(&fail)?;
    let Some(mut writer) = writers.pop() else {
        return Err(SeismicError::Request("a file of bricks has one column".to_owned()));
    };
    let schema = schema();
    let mut values = vec![0f32; traces * samples];
    for column in columns {
        if meter.cancelled() {
            return Err(SeismicError::Cancelled);
        }
        values.fill(0.0);
        let (down, right) = ((column / u64::from(across)) as u32 * height, (column % u64::from(across)) as u32 * width);
        let (rows, cols) = (down..(down + height).min(size.rows), right..(right + width).min(size.columns));
        source.fill(rows, cols, width as usize, &mut values)?;
        for k in 0..along {
            let from = (k * depth) as usize;
            let mut brick = Vec::with_capacity(description.values());
            for trace in values.chunks_exact(samples) {
                let own = trace.get(from..(from + depth as usize).min(samples)).unwrap_or_default();
                brick.extend_from_slice(own);
                let last = own.last().copied().unwrap_or(0.0);
                brick.extend(std::iter::repeat_n(last, depth as usize - own.len()));
            }
            let array: ArrayRef = Arc::new(Float32Array::from(brick));
            for leaf in compute_leaves(schema.field(0), &array).map_err(&fail)? {
                writer.write(&leaf).map_err(&fail)?;
            }
        }
        meter.read(u64::from(along), (values.len() * 4) as u64);
    }
    writer.close().map_err(&fail)
}
