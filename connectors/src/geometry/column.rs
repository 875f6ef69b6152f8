//! The Arrow column of geometries.

use std::sync::Arc;

use arrow::array::{ArrayRef, BinaryBuilder};
use arrow::datatypes::{DataType, Field};
use outcrop_types::field;

use super::{Geometry, wkb};

/// Key of the name of an Arrow extension type.
pub const EXTENSION_NAME: &str = "ARROW:extension:name";
/// Key of what an Arrow extension type says of itself.
pub const EXTENSION_METADATA: &str = "ARROW:extension:metadata";
/// Key of the unit of z on a column of geometries that no column of z stands beside.
pub const Z_UNIT: &str = "outcrop.z_unit";
/// The extension type of WKB (GeoArrow 0.2).
pub const GEOARROW_WKB: &str = "geoarrow.wkb";

/// The field of a geometry column: binary WKB, with the coordinate reference system (`EPSG:28350`, `OGC:CRS84`) where it is known.
pub fn geometry_field(crs: Option<&str>, description: &str) -> Field {
    let of = field::described("geometry", DataType::Binary, true, description);
    let of = field::with(of, EXTENSION_NAME, GEOARROW_WKB);
    // A code of an authority holds no quotes (see `stated_crs`); anything else is written without what would break the JSON.
    let metadata = match crs {
        Some(crs) => {
            let plain: String = crs.chars().filter(|c| !c.is_control() && !matches!(c, '"' | '\\')).collect();
            format!(r#"{{"crs":"{plain}","crs_type":"authority_code"}}"#)
        }
        None => "{}".to_owned(),
    };
    field::with(of, EXTENSION_METADATA, &metadata)
}

/// The geometries as WKB; a missing one is null.
pub fn geometry_array<'a>(geometries: impl Iterator<Item = Option<&'a Geometry>>) -> ArrayRef {
    let mut builder = BinaryBuilder::new();
    let mut buffer = Vec::new();
    for geometry in geometries {
        match geometry {
            Some(geometry) => {
                buffer.clear();
                wkb::encode(geometry, &mut buffer);
                builder.append_value(&buffer);
            }
            None => builder.append_null(),
        }
    }
    Arc::new(builder.finish())
}
