//! Several SEG-Y files as one: a survey that was written as a file for each inline, or in parts.

use std::sync::Arc;

use outcrop_connectors::segy::{OpenOptions, ReadAt, SegyError, SegyFile};

use crate::SeismicError;

/// The headers of the first file, and the traces of all of them one after another.
struct Joined {
    /// Parts of the files: where each begins here, where it begins in its file, and the file.
    parts: Vec<(u64, u64, Arc<dyn ReadAt>)>,
    length: u64,
}

impl ReadAt for Joined {
    fn length(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SegyError> {
        let cut = |offset, length| SegyError::CutWhileOpen { offset, length };
        if offset.checked_add(buffer.len() as u64).is_none_or(|end| end > self.length) {
            return Err(cut(offset, buffer.len() as u64));
        }
        let (mut at, mut rest) = (offset, buffer);
        while !rest.is_empty() {
            let part = self.parts.partition_point(|(begins, ..)| *begins <= at).saturating_sub(1);
            let Some((begins, within, file)) = self.parts.get(part) else {
                return Err(cut(at, rest.len() as u64));
            };
            let end = self.parts.get(part + 1).map_or(self.length, |(begins, ..)| *begins);
            let take = usize::try_from(end - at).unwrap_or(usize::MAX).min(rest.len());
            let (now, later) = rest.split_at_mut(take);
            file.read_at(within + (at - begins), now)?;
            at += take as u64;
            rest = later;
        }
        Ok(())
    }

    fn intact(&self) -> Result<(), SegyError> {
        self.parts.iter().try_for_each(|(.., file)| file.intact())
    }
}

/// Opens files (path for messages, bytes) as one, their traces in the order of the files. A single file is opened as it is.
///
/// # Errors
/// A file that can't be read, with its path; files that differ in byte order, sample format or length of traces, or that have bytes
/// behind their last trace.
pub fn open_joined(
    files: Vec<(String, Arc<dyn ReadAt>)>,
    options: &OpenOptions,
) -> Result<SegyFile, (String, SeismicError)> {
    let mut opened = Vec::with_capacity(files.len());
    for (path, source) in files {
        match SegyFile::open(Arc::clone(&source), options) {
            Ok(file) => opened.push((path, source, file)),
            Err(error) => return Err((path, error.into())),
        }
    }
    let Some((_, first_source, first)) = opened.first() else {
        return Err((String::new(), SeismicError::Request("no file was named".to_owned())));
    };
    if opened.len() == 1 {
        return Ok(first.clone());
    }
    let layout = first.layout();
    let mut parts = vec![(0, 0, Arc::clone(first_source))];
    let mut length = layout.start;
    for (path, source, file) in &opened {
        let other = file.layout();
        let same = (other.order, other.format, other.stride(), other.samples(), other.kind);
        if same != (layout.order, layout.format, layout.stride(), layout.samples(), layout.kind)
            || other.stride().is_none()
        {
            let message = format!(
                "it can't be read together with {}: its traces have {} samples of {}, {}-endian, those of the other file {} of {}, {}-endian. \
                 Read or import it by itself",
                opened.first().map_or("", |(path, ..)| path),
                other.samples(),
                other.format.name(),
                other.order.name(),
                layout.samples(),
                layout.format.name(),
                layout.order.name()
            );
            return Err((path.clone(), SeismicError::Request(message)));
        }
        if other.end != other.length {
            let message =
                "it has bytes behind its last trace, so that it can't be read together with others; read it by itself";
            return Err((path.clone(), SeismicError::Request(message.to_owned())));
        }
        parts.push((length, other.start, Arc::clone(source)));
        length += other.end - other.start;
    }
    let name = opened.first().map(|(path, ..)| path.clone()).unwrap_or_default();
    // The number of samples is that of the files, whatever the headers of later ones say.
    let options = OpenOptions { samples: Some(layout.samples()), ..options.clone() };
    SegyFile::open(Arc::new(Joined { parts, length }), &options).map_err(|e| (name, e.into()))
}
