//! What a file is, by its first bytes.

/// Bytes looked at.
pub(crate) const PREFIX: usize = 16 * 1024;

/// What a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Recognised {
    /// Log ASCII Standard, or a well of RMS.
    Las,
    /// Text that may be a table.
    Text,
    /// Neither; what it seems to be and what to do.
    Other(String),
}

/// Beginnings of formats that cannot be read, with their names.
static SIGNATURES: &[(&[u8], &str)] = &[
    (b"PK\x03\x04", "a ZIP archive or an Office document: unpack it, or save the sheet as CSV"),
    (b"\xD0\xCF\x11\xE0", "an Office document: save the sheet as CSV"),
    (b"%PDF", "a PDF document"),
    (b"PAR1", "a Parquet file: query it directly, `SELECT * FROM 'file.parquet'`"),
    (b"\x89PNG", "a picture"),
    (b"\xFF\xD8\xFF", "a picture"),
    (b"II*\0", "a TIFF picture or grid"),
    (b"MM\0*", "a TIFF picture or grid"),
    (b"\x1F\x8B", "a gzip archive: unpack it"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x89HDF", "an HDF5 file"),
];

/// Recognises a file by its beginning.
pub(crate) fn recognise(prefix: &[u8]) -> Recognised {
    if prefix.starts_with(b"LASF") {
        return Recognised::Other(
            "an ASPRS LiDAR point cloud (it begins with `LASF`), not a well log, although both are called .las; \
             LiDAR is not a format Outcrop reads yet"
                .to_owned(),
        );
    }
    if let Some((_, name)) = SIGNATURES.iter().find(|(signature, _)| prefix.starts_with(signature)) {
        return not_read(name);
    }
    if prefix.get(4..8).is_some_and(|b| b == b"V1.0") {
        return not_read("a DLIS file");
    }
    // SEG-Y begins with 40 lines of text, mostly blanks, in EBCDIC: a blank is 0x40 and the first letter a C, 0xC3.
    if prefix.first() == Some(&0xC3) && prefix.iter().take(3200).filter(|b| **b == 0x40).count() > 800 {
        return not_read("a SEG-Y file");
    }
    let text = plain(prefix);
    if has_section(&text) || outcrop_connectors::rms::well::recognise(prefix) {
        return Recognised::Las;
    }
    // UTF-16 has zero bytes, but only every second one; real binary files have control characters as well.
    let control = text.iter().filter(|b| **b < 0x20 && !matches!(**b, b'\t' | b'\n' | b'\r' | 0x0C | 0x1A)).count();
    if control * 100 > text.len() {
        return not_read("a binary file");
    }
    Recognised::Text
}

fn not_read(what: &str) -> Recognised {
    Recognised::Other(format!(
        "it is {what}, which is not a format Outcrop reads yet; `SELECT * FROM outcrop.formats` lists them"
    ))
}

/// The text reduced to what decides: UTF-16 without its zero bytes, no byte order mark.
fn plain(prefix: &[u8]) -> Vec<u8> {
    let wide = prefix.starts_with(&[0xFF, 0xFE])
        || prefix.starts_with(&[0xFE, 0xFF])
        || prefix.iter().take(64).filter(|b| **b == 0).count() * 3 > prefix.len().min(64);
    let skip = match prefix {
        [0xEF, 0xBB, 0xBF, ..] => 3,
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => 2,
        _ => 0,
    };
    prefix.iter().skip(skip).copied().filter(|b| !(wide && *b == 0)).collect()
}

/// Whether a line begins a section of a well log: `~` and a letter. A table may contain `~`, but not so, and not before
/// anything else.
fn has_section(text: &[u8]) -> bool {
    text.split(|b| matches!(b, b'\n' | b'\r')).map(<[u8]>::trim_ascii_start).any(|line| {
        let letter = line.get(1).copied().unwrap_or(b' ').to_ascii_uppercase();
        line.first() == Some(&b'~') && matches!(letter, b'V' | b'W' | b'C' | b'P' | b'A' | b'O' | b'L' | b'D')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides() {
        assert_eq!(recognise(b"# made by x\n~Version\nVERS. 2.0 :\n"), Recognised::Las);
        assert_eq!(recognise(b"\xFF\xFE~\0V\0\n\0"), Recognised::Las);
        assert_eq!(recognise(b"well,md\nA,~1\n"), Recognised::Text);
        assert!(matches!(recognise(b"LASF\0\0"), Recognised::Other(text) if text.contains("LiDAR")));
        assert!(matches!(recognise(&[0, 1, 2, 3, 4, 5, 6, 7]), Recognised::Other(text) if text.contains("binary")));
        assert_eq!(recognise(b""), Recognised::Text);
    }
}
