//! Names of coordinate reference systems, as files write them.

/// What a file states about its coordinate reference system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatedCrs {
    /// A code of an authority.
    Code(Crs),
    /// Words that are no code; kept as they are.
    Words(String),
}

/// A code of an authority: `EPSG:28350`, `OGC:CRS84`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crs(String);

impl Crs {
    /// Longitude and latitude on WGS 84, in this order: the system of RFC 7946.
    pub fn crs84() -> Self {
        Crs("OGC:CRS84".to_owned())
    }

    /// `EPSG:28350`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Crs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Reads `EPSG:28350`, `urn:ogc:def:crs:EPSG::28350`, `urn:ogc:def:crs:OGC:1.3:CRS84` and
/// `http://www.opengis.net/def/crs/EPSG/0/28350`.
pub fn stated_crs(text: &str) -> StatedCrs {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    let path = ["urn:ogc:def:crs:", "urn:x-ogc:def:crs:"].iter().find_map(|p| lower.strip_prefix(p)).or_else(|| {
        ["http://www.opengis.net/def/crs/", "https://www.opengis.net/def/crs/"]
            .iter()
            .find_map(|p| lower.strip_prefix(p))
    });
    let mut parts = path.unwrap_or(&lower).split([':', '/']).filter(|p| !p.is_empty());
    let (authority, code) = (parts.next(), parts.next_back());
    match (authority, code) {
        (Some("epsg"), Some(code)) if !code.is_empty() && code.bytes().all(|b| b.is_ascii_digit()) => {
            StatedCrs::Code(Crs(format!("EPSG:{}", code)))
        }
        (Some("ogc"), Some("crs84")) => StatedCrs::Code(Crs::crs84()),
        _ => StatedCrs::Words(text.to_owned()),
    }
}

/// Codes of EPSG that are longitude and latitude in degrees, of those that files of the field use. Not every geographic system
/// is here; where one is not, its columns are called x and y, which is never wrong.
const GEOGRAPHIC: &[&str] = &[
    "4148", "4167", "4170", "4171", "4189", "4202", "4203", "4225", "4230", "4258", "4267", "4269", "4272", "4277",
    "4283", "4289", "4313", "4314", "4322", "4326", "4490", "4612", "4617", "4618", "4674", "4755", "4979", "6318",
    "6783", "7844", "8999",
];

/// Whether a system is known to be longitude and latitude in degrees.
pub fn is_geographic(crs: &Crs) -> bool {
    crs.as_str() == "OGC:CRS84" || crs.as_str().strip_prefix("EPSG:").is_some_and(|c| GEOGRAPHIC.contains(&c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_in_every_form() {
        for text in [
            "EPSG:28350",
            "urn:ogc:def:crs:EPSG::28350",
            "urn:ogc:def:crs:EPSG:9.8:28350",
            "http://www.opengis.net/def/crs/EPSG/0/28350",
        ] {
            assert_eq!(stated_crs(text), StatedCrs::Code(Crs("EPSG:28350".to_owned())), "{text}");
        }
        assert_eq!(stated_crs("urn:ogc:def:crs:OGC:1.3:CRS84"), StatedCrs::Code(Crs::crs84()));
        assert_eq!(stated_crs("ED50 / UTM 31N"), StatedCrs::Words("ED50 / UTM 31N".to_owned()));
        assert_eq!(stated_crs("EPSG:"), StatedCrs::Words("EPSG:".to_owned()));
    }
}
