//! Bricks written.

use std::fs::File;
use std::io::BufWriter;
use std::ops::Range;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use bytes::Bytes;
use lz4_flex::block::CompressError;
use outcrop_connectors::segy::{FileBytes, ReadAt};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding};
use parquet::column::writer::ColumnCloseResult;
use parquet::file::metadata::{ColumnChunkMetaData, KeyValue, OffsetIndexBuilder};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnDescPtr;
use rayon::prelude::*;

use super::description::Description;
use super::levels::LevelSource;
use super::page::{self, PageSizes};
use super::streams::Packer;
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
        presence = presence.coarser();
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
        let mut writer = file_writer(level, start * u64::from(along), file).map_err(&fail)?;
        let column = writer.schema_descr().column(0);
        let groups: Vec<Range<u64>> =
            (start..end).step_by(group as usize).map(|first| first..(first + group).min(end)).collect();
        for groups in groups.chunks(wave) {
            let encode = |columns: &Range<u64>| {
                row_group(description, level, columns.clone(), source, Arc::clone(&column), meter, &path)
            };
            let chunks: Vec<Chunk> = groups.par_iter().map(encode).collect::<Result<_, SeismicError>>()?;
            for Chunk { bytes, close } in chunks {
                let mut group = writer.next_row_group().map_err(&fail)?;
                group.append_column(&bytes, close).map_err(&fail)?;
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

fn file_writer(level: u32, first: u64, file: File) -> parquet::errors::Result<Writer> {
    let metadata = [(LEVEL, level.to_string()), (FIRST_BRICK, first.to_string())];
    let properties = WriterProperties::builder()
        .set_statistics_enabled(EnabledStatistics::None)
        .set_offset_index_disabled(false)
        .set_created_by(format!("outcrop {}", env!("CARGO_PKG_VERSION")))
        .set_key_value_metadata(Some(metadata.map(|(k, v)| KeyValue::new(k.to_owned(), v)).to_vec()))
        .build();
    let sink = BufWriter::with_capacity(1 << 20, file);
    Ok(ArrowWriter::try_new(sink, schema(), Some(properties))?.into_serialized_writer()?.0)
}

/// The one column of a row group, encoded.
struct Chunk {
    bytes: Bytes,
    close: ColumnCloseResult,
}

/// Encodes the bricks of some brick columns.
fn row_group(
    description: &Description,
    level: u32,
    columns: Range<u64>,
    source: &dyn BrickSource,
    column: ColumnDescPtr,
    meter: &dyn Meter,
    path: &str,
) -> Result<Chunk, SeismicError> {
    let size = description.size(level);
    let [_, across, along] = description.bricks(level);
    let [height, width, depth] = description.brick;
    let (samples, traces) = (size.samples as usize, height as usize * width as usize);
    let mut packer = Packer::default();
    let mut pages = Pages::default();
    let mut values = vec![0f32; traces * samples];
    let mut brick = vec![0f32; description.values()];
    for column in columns {
        if meter.cancelled() {
            return Err(SeismicError::Cancelled);
        }
        values.fill(0.0);
        let (down, right) = ((column / u64::from(across)) as u32 * height, (column % u64::from(across)) as u32 * width);
        let (rows, cols) = (down..(down + height).min(size.rows), right..(right + width).min(size.columns));
        source.fill(rows, cols, width as usize, &mut values)?;
        if level > 0 {
            values.iter_mut().for_each(|value| *value = rounded(*value));
        }
        for k in 0..along {
            let from = (k * depth) as usize;
            let own = from..(from + depth as usize).min(samples);
            if own.len() < depth as usize {
                brick.fill(0.0);
            }
            turn(&values, samples, own, traces, &mut brick);
            pages.push(&brick, &mut packer).map_err(|e| SeismicError::Request(format!("{path}: {e}")))?;
        }
        meter.read(u64::from(along), (values.len() * 4) as u64);
    }
    pages.close(column).map_err(SeismicError::parquet(path))
}

/// Puts some samples of traces, trace after trace, into a brick, sample after sample.
fn turn(values: &[f32], samples: usize, own: Range<usize>, traces: usize, brick: &mut [f32]) {
    // As many traces at a time as fill a line of the cache on the other side.
    const TOGETHER: usize = 16;
    for (block, some) in values.chunks(TOGETHER * samples).enumerate() {
        let at = block * TOGETHER;
        for (row, k) in brick.chunks_exact_mut(traces).zip(own.clone()) {
            let row = row.get_mut(at..).unwrap_or_default();
            let column = some.get(k..).unwrap_or_default().iter().step_by(samples);
            row.iter_mut().zip(column).for_each(|(place, value)| *place = *value);
        }
    }
}

/// A value of a coarser level: to 8 bits behind the leading one, as fine as the colours of a picture, in half the room.
fn rounded(value: f32) -> f32 {
    const DROPPED: u32 = 15;
    let bits = value.to_bits();
    let up = f32::from_bits((bits + (1 << (DROPPED - 1))) & !((1 << DROPPED) - 1));
    match (value.is_finite(), up.is_finite()) {
        (true, true) => up,
        // The largest numbers there are would become infinite.
        (true, false) => f32::from_bits(bits & !((1 << DROPPED) - 1)),
        (false, _) => value,
    }
}

/// The pages of a column chunk.
#[derive(Default)]
struct Pages {
    bytes: Vec<u8>,
    content: Vec<u8>,
    values: usize,
    /// Bytes of the pages unpacked, with their headers.
    unpacked: usize,
    index: OffsetIndexBuilder,
}

impl Pages {
    fn push(&mut self, values: &[f32], packer: &mut Packer) -> Result<(), CompressError> {
        self.content.clear();
        packer.pack(values, &mut self.content)?;
        let start = self.bytes.len();
        let sizes = PageSizes { uncompressed: values.len() * 4, compressed: self.content.len() };
        page::header(values.len(), sizes, &mut self.bytes);
        self.unpacked += self.bytes.len() - start + sizes.uncompressed;
        self.bytes.extend_from_slice(&self.content);
        self.index.append_row_count(signed(values.len()));
        let size = i32::try_from(self.bytes.len() - start).unwrap_or(i32::MAX);
        self.index.append_offset_and_size(signed(start), size);
        self.values += values.len();
        Ok(())
    }

    fn close(self, column: ColumnDescPtr) -> parquet::errors::Result<Chunk> {
        let metadata = ColumnChunkMetaData::builder(column)
            .set_encodings(vec![Encoding::BYTE_STREAM_SPLIT, Encoding::RLE])
            .set_compression(Compression::LZ4_RAW)
            .set_num_values(signed(self.values))
            .set_total_compressed_size(signed(self.bytes.len()))
            .set_total_uncompressed_size(signed(self.unpacked))
            .set_data_page_offset(0)
            .build()?;
        let close = ColumnCloseResult {
            bytes_written: self.bytes.len() as u64,
            rows_written: self.values as u64,
            metadata,
            bloom_filter: None,
            column_index: None,
            offset_index: Some(self.index.build()),
        };
        Ok(Chunk { bytes: self.bytes.into(), close })
    }
}

/// A size as Parquet counts it.
fn signed(size: usize) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::rounded;

    #[test]
    fn levels_keep_eight_bits() {
        for value in [1.0f32, -1.234_567_9, 3.4e38, f32::MIN_POSITIVE, 1e-42, 0.0, 65_504.7] {
            assert!((rounded(value) - value).abs() <= value.abs() / 511.0 + 1e-40, "{value}: {}", rounded(value));
            assert_eq!(rounded(value).to_bits() & 0x7fff, 0);
        }
        assert_eq!((rounded(f32::INFINITY), rounded(f32::MAX).is_finite()), (f32::INFINITY, true));
        assert!(rounded(f32::NAN).is_nan());
    }
}
