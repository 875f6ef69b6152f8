//! All formats, and what a file is by its first bytes.

use crate::format::{Format, Read};
use crate::{geojson, iesx, rms, segy, surface};

/// Well logs, Log ASCII Standard.
pub static LAS: Format = Format {
    name: "las",
    title: "Well logs, Log ASCII Standard 1.2, 2.0 and 3.0 (log data)",
    endings: &["las"],
    import: "wells, curves, logs, curve_values",
    query: "'file.las', read_las, inspect_las",
    recognise: |prefix| has_section(&plain(prefix)),
    read: Read::Las,
};

/// Wells of RMS.
pub static RMS_WELL: Format = Format {
    name: "rms_well",
    title: "Wells and blocked wells of RMS",
    endings: &["w", "bw", "rmswell"],
    import: "wells, curves, logs, curve_values",
    query: "'file.w', read_las, inspect_las",
    recognise: rms::well::recognise,
    read: Read::Las,
};

/// SEG-Y.
pub static SEGY: Format = Format {
    name: "segy",
    title: "Seismic traces, SEG-Y rev 0, 1, 2.0 and 2.1",
    endings: &["sgy", "segy"],
    import: "seismic.*",
    query: "'file.sgy', read_segy, inspect_segy",
    recognise: |prefix| segy::recognise(prefix, None),
    read: Read::Seismic,
};

/// Seismic Unix, which has no mark of its own: its ending says that a file may be one.
pub static SEISMIC_UNIX: Format = Format {
    name: "seismic_unix",
    title: "Seismic traces, Seismic Unix",
    endings: &["su"],
    import: "seismic.*",
    query: "'file.su', read_segy, inspect_segy",
    recognise: |_| false,
    read: Read::Seismic,
};

/// Parquet.
pub static PARQUET: Format = Format {
    name: "parquet",
    title: "Apache Parquet",
    endings: &["parquet", "pq"],
    import: "not yet",
    query: "'file.parquet', read_parquet",
    recognise: |prefix| prefix.starts_with(b"PAR1"),
    read: Read::Parquet,
};

/// Text tables.
pub static TABLE: Format = Format {
    name: "table",
    title: "Text tables of wells, tops, surveys, checkshots, cores, production, points, lines and faults: comma, tab, semicolon or blank separated, or of fixed width",
    endings: &["csv", "tsv", "txt", "dat", "tab", "dev"],
    import: "wells, tops, surveys, checkshots, cores, production, points.*, lines.*, polygons.*, faults.*",
    query: "'file.csv', read_csv, inspect_csv",
    recognise: is_text,
    read: Read::Text,
};

/// Every format, in the order they are asked: those with a mark at their first bytes before those of text, and text tables, which are what is
/// left of text, last.
pub static FORMATS: &[&Format] = &[
    &PARQUET,
    &SEGY,
    &SEISMIC_UNIX,
    &surface::rms::FORMAT,
    &surface::surfer::FORMAT,
    &surface::storm::FORMAT,
    &LAS,
    &RMS_WELL,
    &geojson::FORMAT,
    &surface::irap::FORMAT,
    &surface::zmap::FORMAT,
    &surface::cps3::FORMAT,
    &surface::esri::FORMAT,
    &surface::gxf::FORMAT,
    &rms::points::FORMAT,
    &rms::attributes::FORMAT,
    &iesx::FORMAT,
    &TABLE,
];

/// What a file is.
#[derive(Debug, Clone)]
pub enum Recognised {
    /// Of this format.
    As(&'static Format),
    /// Of none; what it seems to be and what to do.
    Other(String),
}

/// Beginnings of formats that cannot be read, with their names.
static SIGNATURES: &[(&[u8], &str)] = &[
    (b"PK\x03\x04", "a ZIP archive or an Office document: unpack it, or save the sheet as CSV"),
    (b"\xD0\xCF\x11\xE0", "an Office document: save the sheet as CSV"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xFF\xD8\xFF", "a picture"),
    (b"II*\0", "a TIFF picture or grid"),
    (b"MM\0*", "a TIFF picture or grid"),
    (b"\x1F\x8B", "a gzip archive: unpack it"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x89HDF", "an HDF5 file"),
];

/// As [`recognise`], for a file whose name and length are known: both tell Seismic Unix, which begins with nothing but numbers.
pub fn recognise_file(prefix: &[u8], name: &str, length: Option<u64>) -> Recognised {
    let ending = name.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase()).unwrap_or_default();
    if SEISMIC_UNIX.endings.contains(&ending.as_str()) && segy::recognise_seismic_unix(prefix, length) {
        return Recognised::As(&SEISMIC_UNIX);
    }
    recognise(prefix)
}

/// Recognises a file by its first bytes, [`crate::PREFIX`] of them or, of a smaller file, all.
pub fn recognise(prefix: &[u8]) -> Recognised {
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
    if is_usgs_dem(prefix) {
        return not_read(
            "a digital elevation model of the USGS (DEM; GDAL makes a grid of it that is read: `gdal_translate -of AAIGrid`)",
        );
    }
    match FORMATS.iter().find(|f| (f.recognise)(prefix)) {
        Some(format) => Recognised::As(format),
        None => not_read("a binary file"),
    }
}

fn not_read(what: &str) -> Recognised {
    Recognised::Other(format!(
        "it is {what}, which is not a format Outcrop reads yet; `SELECT * FROM outcrop.formats` lists them"
    ))
}

/// The first record of a USGS DEM: 1024 characters without a line end in older files, numbers at fixed places: level, pattern and
/// plane system of the elevations, later their units and the number of sides of the area, which is four.
fn is_usgs_dem(prefix: &[u8]) -> bool {
    let number = |at: usize| {
        let text = std::str::from_utf8(prefix.get(at..at + 6)?).ok()?;
        (!text.ends_with(' ')).then(|| text.trim_start().parse::<u32>().ok()).flatten()
    };
    let within = |at: usize, most: u32| number(at).is_some_and(|n| n <= most);
    within(144, 4)
        && within(150, 2)
        && within(156, 3)
        && within(528, 3)
        && within(534, 2)
        && number(540) == Some(4)
        && !prefix.iter().take(546).any(|b| matches!(b, b'\n' | b'\r' | b'\t'))
}

/// UTF-16 has zero bytes, but only every second one; real binary files have control characters as well.
fn is_text(prefix: &[u8]) -> bool {
    let text = plain(prefix);
    let control = text.iter().filter(|b| **b < 0x20 && !matches!(**b, b'\t' | b'\n' | b'\r' | 0x0C | 0x1A)).count();
    control * 100 <= text.len()
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

    fn name(prefix: &[u8]) -> String {
        match recognise(prefix) {
            Recognised::As(format) => format.name.to_owned(),
            Recognised::Other(text) => text,
        }
    }

    #[test]
    fn content_decides() {
        assert_eq!(name(b"# made by x\n~Version\nVERS. 2.0 :\n"), "las");
        assert_eq!(name(b"\xFF\xFE~\0V\0\n\0"), "las");
        assert_eq!(name(b"well,md\nA,~1\n"), "table");
        assert!(name(b"LASF\0\0").contains("LiDAR"));
        assert!(name(&[0, 1, 2, 3, 4, 5, 6, 7]).contains("binary"));
        assert_eq!(name(b""), "table");
        let mut dem = format!("{:<144}{:>6}{:>6}{:>6}{:>6}", "MOUNT ST. HELENS", 1, 1, 1, 10);
        dem.push_str(&"   0.000000000000000D+00".repeat(15));
        dem.push_str("     2     2     4   0.557945011821133D+06");
        assert!(name(dem.as_bytes()).contains("digital elevation model"), "{}", name(dem.as_bytes()));
        assert_eq!(name(dem.replace("     2     2     4", "     2     2     5").as_bytes()), "table");
        assert_eq!(name(b"PAR1"), "parquet");
        assert_eq!(name(b"DSAA\n2 2\n"), "surfer");
    }
}
