//! Bricks read.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use outcrop_connectors::segy::ReadAt;
use parquet::basic::{Compression, Encoding};
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader};
use parquet::file::reader::{ChunkReader, Length};
use rayon::prelude::*;

use super::description::Description;
use super::page::{self, Split};
use super::streams::Unpacker;
use super::writer::{FIRST_BRICK, LEVEL};
use crate::volume::check;
use crate::{Meter, SampleAxis, SeismicError, Volume};

/// A stored volume, or a coarser level of one. Cheap to clone.
#[derive(Clone)]
pub struct BrickVolume {
    bricks: Arc<Bricks>,
    level: u32,
    axis: SampleAxis,
    columns: u32,
}

impl std::fmt::Debug for BrickVolume {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let d = &self.bricks.description;
        write!(f, "BrickVolume({} x {} x {}, level {})", d.rows, d.columns, d.axis.count, self.level)
    }
}

struct Bricks {
    description: Description,
    files: Vec<(String, Arc<dyn ReadAt>)>,
    /// The bricks of each level, in their order.
    pages: Vec<Vec<Page>>,
}

/// Where a brick is.
#[derive(Debug, Clone, Copy)]
struct Page {
    file: u32,
    size: u32,
    offset: u64,
}

/// A file as the Parquet library wants it.
struct Source<'a>(&'a dyn ReadAt);

impl Length for Source<'_> {
    fn len(&self) -> u64 {
        self.0.length()
    }
}

impl ChunkReader for Source<'_> {
    type T = std::io::Cursor<Bytes>;

    fn get_read(&self, start: u64) -> parquet::errors::Result<Self::T> {
        let length = usize::try_from(self.0.length().saturating_sub(start)).unwrap_or(0);
        Ok(std::io::Cursor::new(self.get_bytes(start, length)?))
    }

    fn get_bytes(&self, start: u64, length: usize) -> parquet::errors::Result<Bytes> {
        if start.checked_add(length as u64).is_none_or(|end| end > self.0.length()) {
            return Err(parquet::errors::ParquetError::EOF("the file ends too early".to_owned()));
        }
        let mut bytes = vec![0; length];
        self.0.read_at(start, &mut bytes).map_err(|e| parquet::errors::ParquetError::External(Box::new(e)))?;
        Ok(bytes.into())
    }
}

impl BrickVolume {
    /// Opens the files (path for messages, bytes) of a volume, in any order. Footers are read, bricks are not.
    ///
    /// # Errors
    /// Files that are no bricks of such a volume, or do not have all of them.
    pub fn open(description: Description, files: Vec<(String, Arc<dyn ReadAt>)>) -> Result<Self, SeismicError> {
        let levels = description.levels + 1;
        let mut pages: Vec<Vec<(u64, Page)>> = vec![Vec::new(); levels as usize];
        for (number, (path, source)) in files.iter().enumerate() {
            let metadata = ParquetMetaDataReader::new()
                .with_page_index_policy(PageIndexPolicy::Required)
                .parse_and_finish(&Source(&**source))
                .map_err(SeismicError::parquet(path))?;
            let (level, first) =
                place(&metadata).ok_or_else(|| SeismicError::damaged(path, "it is no file of bricks"))?;
            let Some(pages) = pages.get_mut(level as usize) else {
                return Err(SeismicError::damaged(path, format!("it is of level {level}, the volume has {levels}")));
            };
            let file = u32::try_from(number).unwrap_or(u32::MAX);
            collect(&metadata, description.values(), file, first, pages)
                .map_err(|reason| SeismicError::damaged(path, reason))?;
        }
        let mut ordered = Vec::with_capacity(pages.len());
        for (level, mut pages) in pages.into_iter().enumerate() {
            pages.sort_unstable_by_key(|(brick, _)| *brick);
            let expected = description.count(u32::try_from(level).unwrap_or(u32::MAX));
            let all = pages.iter().zip(0..).all(|((brick, _), number)| *brick == number);
            if !all || pages.len() as u64 != expected {
                let path = files.first().map_or("the volume", |(path, _)| path);
                let reason = format!("level {level} has {} bricks where {expected} were expected", pages.len());
                return Err(SeismicError::damaged(path, reason));
            }
            ordered.push(pages.into_iter().map(|(_, page)| page).collect());
        }
        let (axis, columns) = (description.axis.clone(), description.columns);
        Ok(BrickVolume { bricks: Arc::new(Bricks { description, files, pages: ordered }), level: 0, axis, columns })
    }

    /// The layout of the whole volume.
    pub fn description(&self) -> &Description {
        &self.bricks.description
    }

    /// A coarser level of the same volume, the coarsest one where there is none so coarse; 0 is the volume itself. Slots of a level
    /// count its own rows and columns, see [`Description::grid_of`].
    #[must_use]
    pub fn level(&self, level: u32) -> BrickVolume {
        let level = level.min(self.bricks.description.levels);
        BrickVolume {
            bricks: Arc::clone(&self.bricks),
            level,
            axis: self.bricks.description.axis_of(level),
            columns: self.bricks.description.grid_of(level).1,
        }
    }

    /// Reads traces of some rows of bricks into their place.
    fn read_rows(
        &self,
        slots: &[u32],
        samples: &Range<usize>,
        out: &mut [f32],
        meter: &dyn Meter,
    ) -> Result<(), SeismicError> {
        let d = &self.bricks.description;
        let [rows, columns, depth] = d.brick;
        let [_, across, along] = d.bricks(self.level);
        let (row_shift, column_shift) = (rows.trailing_zeros(), columns.trailing_zeros());
        let sorted = by_brick(slots, self.columns, row_shift, column_shift, across);
        let traces = rows as usize * columns as usize;
        let mut scratch = Scratch::default();
        let span = samples.len();
        let wanted = samples.start as u32 / depth..(samples.end as u32).div_ceil(depth).min(along);
        for of_brick in sorted.chunk_by(|a, b| a.brick == b.brick) {
            if meter.cancelled() {
                return Err(SeismicError::Cancelled);
            }
            let Some(first) = of_brick.first() else { continue };
            let mut bytes = 0;
            for k in wanted.clone() {
                let number = u64::from(first.brick) * u64::from(along) + u64::from(k);
                // The samples of the request that the brick has, as places in the brick and in the output.
                let base = (k * depth) as usize;
                let from = samples.start.max(base);
                let to = samples.end.min(base + depth as usize);
                let (values, size) = self.bricks.load(self.level, number, (to - base) * traces, &mut scratch)?;
                bytes += u64::from(size);
                let (at, target) = ((from - base) * traces, from - samples.start);
                // Traces side by side, in the brick and in the request, are read together.
                for run in of_brick.chunk_by(|a, b| b.within == a.within + 1 && b.position == a.position + 1) {
                    let Some(first) = run.first() else { continue };
                    let (at, target) = (at + first.within as usize, first.position as usize * span + target);
                    let out = out.get_mut(target..).unwrap_or_default();
                    values.rows(at, traces, to - from, run.len(), span, out);
                }
            }
            meter.read(wanted.len() as u64, bytes);
        }
        Ok(())
    }
}

impl Volume for BrickVolume {
    fn axis(&self) -> &SampleAxis {
        &self.axis
    }

    fn read(
        &self,
        slots: &[u32],
        samples: Range<usize>,
        out: &mut [f32],
        meter: &dyn Meter,
    ) -> Result<(), SeismicError> {
        let d = &self.bricks.description;
        let (rows, columns) = d.grid_of(self.level);
        check(&self.axis, slots, u64::from(rows) * u64::from(columns), &samples, out.len())?;
        if samples.is_empty() || slots.is_empty() {
            return Ok(());
        }
        // Rows of bricks share none, so that each may be read on a thread of its own into its own part of the output.
        let per_row = columns.saturating_mul(d.brick[0]);
        let mut parts = Vec::new();
        let mut rest: &mut [f32] = out;
        for slots in slots.chunk_by(|a, b| a / per_row == b / per_row) {
            let (part, after) = rest.split_at_mut(slots.len() * samples.len());
            rest = after;
            parts.push((slots, part));
        }
        parts.into_par_iter().try_for_each(|(slots, part)| self.read_rows(slots, &samples, part, meter))?;
        for (path, file) in &self.bricks.files {
            file.intact().map_err(|e| SeismicError::damaged(path, e.to_string()))?;
        }
        Ok(())
    }

    fn together(&self) -> usize {
        self.columns as usize * self.bricks.description.brick[0] as usize
    }
}

/// A trace that is asked for.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    /// Brick column: the number of the brick without its place along the samples.
    brick: u32,
    /// Trace within the brick.
    within: u32,
    /// Place in the request.
    position: u32,
}

/// The traces of a request by bricks.
fn by_brick(slots: &[u32], columns: u32, row_shift: u32, column_shift: u32, across: u32) -> Vec<Wanted> {
    let mut wanted = Vec::with_capacity(slots.len());
    // Slots mostly ascend: a division a row, not one a trace.
    let (mut row, mut start) = (0, 0u32);
    let mut sorted = true;
    let mut last = 0;
    for (slot, position) in slots.iter().zip(0u32..) {
        if slot.wrapping_sub(start) >= columns {
            row = slot / columns;
            start = row * columns;
        }
        let column = slot - start;
        let within = (row & ((1 << row_shift) - 1)) << column_shift | column & ((1 << column_shift) - 1);
        let brick = (row >> row_shift) * across + (column >> column_shift);
        sorted &= brick >= last;
        last = brick;
        wanted.push(Wanted { brick, within, position });
    }
    if sorted {
        return wanted;
    }
    // By counting, which keeps traces of a brick in their order: there are few bricks, the slots being of one row of them.
    let first = wanted.iter().map(|w| w.brick).min().unwrap_or(0);
    let most = wanted.iter().map(|w| w.brick - first).max().unwrap_or(0) as usize;
    if most > wanted.len() {
        wanted.sort_by_key(|w| w.brick);
        return wanted;
    }
    let mut places = vec![0u32; most + 2];
    for w in &wanted {
        if let Some(count) = places.get_mut((w.brick - first) as usize + 1) {
            *count += 1;
        }
    }
    let mut sum = 0;
    for place in &mut places {
        sum += *place;
        *place = sum;
    }
    let mut ordered = wanted.clone();
    for w in &wanted {
        if let Some(place) = places.get_mut((w.brick - first) as usize) {
            if let Some(target) = ordered.get_mut(*place as usize) {
                *target = *w;
            }
            *place += 1;
        }
    }
    ordered
}

/// What is used again from brick to brick.
#[derive(Default)]
struct Scratch {
    stored: Vec<u8>,
    unpacker: Unpacker,
}

impl Bricks {
    /// A brick's values, those before `wanted` at least, and its stored bytes.
    fn load<'a>(
        &'a self,
        level: u32,
        number: u64,
        wanted: usize,
        scratch: &'a mut Scratch,
    ) -> Result<(Split<'a>, u32), SeismicError> {
        let page = usize::try_from(number).ok().and_then(|n| self.pages.get(level as usize)?.get(n)).copied();
        let missing = || SeismicError::damaged("the volume", format!("brick {number} of level {level} is missing"));
        let page = page.ok_or_else(missing)?;
        let (path, file) = self.files.get(page.file as usize).ok_or_else(missing)?;
        let stored: &[u8] = match file.view() {
            Some(all) => usize::try_from(page.offset)
                .ok()
                .and_then(|from| all.get(from..from.checked_add(page.size as usize)?))
                .ok_or_else(|| SeismicError::damaged(path, "it is shorter than its index says"))?,
            None => {
                scratch.stored.resize(page.size as usize, 0);
                file.read_at(page.offset, &mut scratch.stored)?;
                scratch.stored.as_slice()
            }
        };
        let wrong = |reason: &str| SeismicError::damaged(path, format!("brick {number} of level {level}: {reason}"));
        let sizes = page::sizes(stored).ok_or_else(|| wrong("its header is not that of a data page"))?;
        if sizes.uncompressed != self.description.values() * 4 {
            return Err(wrong(&format!("it has {} bytes", sizes.uncompressed)));
        }
        // The header is what the compressed bytes leave of the page.
        let content = stored.len().checked_sub(sizes.compressed).and_then(|header| stored.get(header..));
        let content = content.ok_or_else(|| wrong("it is longer than its index says"))?;
        let streams =
            scratch.unpacker.unpack(content, self.description.values(), wanted).map_err(|reason| wrong(&reason))?;
        Ok((Split::new(streams), page.size))
    }
}

/// The level of a file, and its first brick.
fn place(metadata: &ParquetMetaData) -> Option<(u32, u64)> {
    let pairs = metadata.file_metadata().key_value_metadata()?;
    let value = |key: &str| pairs.iter().find(|p| p.key == key)?.value.as_deref();
    Some((value(LEVEL)?.parse().ok()?, value(FIRST_BRICK)?.parse().ok()?))
}

/// The pages of a file, with the numbers of their bricks.
fn collect(
    metadata: &ParquetMetaData,
    values: usize,
    file: u32,
    first: u64,
    pages: &mut Vec<(u64, Page)>,
) -> Result<(), String> {
    let index = metadata.offset_index().ok_or("it has no offset index")?;
    let mut brick = first;
    for (group, columns) in metadata.row_groups().iter().zip(index) {
        let ([chunk], [offsets]) = (group.columns(), columns.as_slice()) else {
            return Err("it has not one column".to_owned());
        };
        if chunk.compression() != Compression::LZ4_RAW || !chunk.encodings().any(|e| e == Encoding::BYTE_STREAM_SPLIT) {
            return Err(format!(
                "its pages are {} under {}, not BYTE_STREAM_SPLIT under LZ4_RAW",
                chunk.encodings().map(|e| e.to_string()).collect::<Vec<_>>().join(" and "),
                chunk.compression()
            ));
        }
        let locations = offsets.page_locations();
        if u64::try_from(group.num_rows()).ok() != (locations.len() as u64).checked_mul(values as u64) {
            return Err(format!("{} values lie in {} pages", group.num_rows(), locations.len()));
        }
        for location in locations {
            let (Ok(offset), Ok(size)) = (u64::try_from(location.offset), u32::try_from(location.compressed_page_size))
            else {
                return Err("its offset index has negative places".to_owned());
            };
            pages.push((brick, Page { file, size, offset }));
            brick += 1;
        }
    }
    Ok(())
}
