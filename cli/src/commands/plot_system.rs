//! The one coordinate reference system of a map.

use anyhow::{Result, bail};
use arrow::array::RecordBatch;
use arrow::datatypes::{Field, Schema};
use outcrop_connectors::geometry::{EXTENSION_METADATA, StatedCrs, stated_crs};
use outcrop_types::field;

use super::plot::texts;

/// A layer of a map and the system that its coordinates state, if any.
#[derive(Debug, Clone)]
pub(super) struct Stated {
    /// What the layer is, for messages: `--faults`.
    pub(super) layer: &'static str,
    pub(super) crs: Option<String>,
    /// Rows that state none, where others of the layer do.
    pub(super) bare: usize,
}

/// The system that the coordinates of a query state: that of the geometry, else of the rows in a column `crs`, else of x.
pub(super) fn stated(layer: &'static str, batch: &RecordBatch) -> Result<Stated> {
    let schema = batch.schema();
    if let Some(crs) = schema.fields().iter().find(|f| is_geometry(f)).and_then(|f| of_geometry(f)) {
        return Ok(Stated { layer, crs: Some(crs), bare: 0 });
    }
    let named = texts(batch, "crs")?.unwrap_or_default();
    // Rows that lie nowhere are not drawn.
    let lies = texts(batch, "x")?;
    let there = |row: usize| lies.as_ref().is_none_or(|x| x.get(row).is_some_and(Option::is_some));
    let named = named.into_iter().enumerate().filter(|(row, _)| there(*row)).map(|(_, crs)| crs).collect();
    of_rows(layer, named, of_schema(&schema))
}

/// The system of rows by what each states in a column `crs`, and by what the fields of their coordinates state.
///
/// # Errors
/// Rows in several systems.
pub(super) fn of_rows(layer: &'static str, rows: Vec<Option<String>>, of_fields: Option<String>) -> Result<Stated> {
    let all = rows.len();
    let mut named: Vec<String> = rows.into_iter().flatten().filter(|c| !c.trim().is_empty()).collect();
    let bare = all - named.len();
    named.sort();
    named.dedup();
    if let [first, second, ..] = named.as_slice() {
        bail!(
            "{layer}: the rows are in {} coordinate systems, among them {first} and {second}, and a map shows one; choose \
             with WHERE crs = '{first}' in {}, or transform them with transform_crs",
            named.len(),
            if layer == "wells" { "--points" } else { "the query" }
        );
    }
    Ok(match named.pop().map(|c| code(&c)) {
        // Rows that state none are as the fields state, if these do.
        Some(crs) if of_fields.as_ref().is_some_and(|f| same(f, &crs)) => Stated { layer, crs: Some(crs), bare: 0 },
        Some(crs) => Stated { layer, crs: Some(crs), bare },
        None => Stated { layer, crs: of_fields, bare: 0 },
    })
}

/// The system that the fields of coordinates state.
pub(super) fn of_schema(schema: &Schema) -> Option<String> {
    let find = |name: &str| schema.fields().iter().find(|f| f.name().eq_ignore_ascii_case(name));
    let of_axis = |f: &Field| f.metadata().get(field::CRS).filter(|c| !c.is_empty()).map(|c| code(c));
    let geometry = schema.fields().iter().find(|f| is_geometry(f)).and_then(|f| of_geometry(f));
    geometry.or_else(|| find("x").and_then(|f| of_axis(f))).or_else(|| find("y").and_then(|f| of_axis(f)))
}

fn is_geometry(field: &Field) -> bool {
    field.name().eq_ignore_ascii_case("geometry")
}

/// What GeoArrow's metadata say: a code, or PROJJSON whose `id` has one.
fn of_geometry(field: &Field) -> Option<String> {
    let metadata: serde_json::Value = serde_json::from_str(field.metadata().get(EXTENSION_METADATA)?).ok()?;
    let crs = metadata.get("crs")?;
    if let Some(text) = crs.as_str() {
        return Some(code(text)).filter(|c| !c.is_empty());
    }
    let id = crs.get("id")?;
    let number = id.get("code")?;
    let number = number.as_str().map_or_else(|| number.to_string(), str::to_owned);
    Some(format!("{}:{number}", id.get("authority")?.as_str()?))
}

/// A system by its code where the text has one.
pub(super) fn code(text: &str) -> String {
    match stated_crs(text) {
        StatedCrs::Code(crs) => crs.as_str().to_owned(),
        StatedCrs::Words(words) => words,
    }
}

/// Longitude and latitude on WGS 84 have two names; on a map both are east to the right.
pub(super) fn same(a: &str, b: &str) -> bool {
    let plain = |c: &str| if c.eq_ignore_ascii_case("OGC:CRS84") { "EPSG:4326".to_owned() } else { c.to_uppercase() };
    plain(a) == plain(b)
}

/// The system of the map: that which all layers state, else the project's. Layers that state none are taken to be in the
/// project's.
///
/// # Errors
/// A layer that states another: nothing is transformed in silence. A layer, or rows of one, that state none on a map in a
/// system that is not the project's: nobody knows where they lie.
pub(super) fn system(project: Option<&str>, layers: &[Stated]) -> Result<Option<String>> {
    let first = layers.iter().find_map(|l| Some((l.layer, l.crs.as_deref()?)));
    // In a project the map is in the project's, unless all layers agree on another, or none has to do with the project's,
    // as those of files.
    let agreed = |crs: &str| layers.iter().all(|l| l.crs.as_deref().is_some_and(|c| same(c, crs)));
    let concerned =
        |project: &str| layers.iter().any(|l| l.crs.as_deref().is_none_or(|c| same(c, project)) || l.bare > 0);
    let (by, crs) = match (project, first) {
        (Some(project), None) => return Ok(Some(project.to_owned())),
        (Some(project), Some((_, crs))) if !agreed(crs) && concerned(project) => ("the project", project),
        (_, Some(first)) => first,
        (None, None) => return Ok(None),
    };
    let other = layers.iter().find_map(|l| Some((l.layer, l.crs.as_deref().filter(|c| !same(c, crs))?)));
    if let Some((layer, other)) = other {
        bail!(
            "{layer} is in {other}, and the map in {crs} by {by}: a map shows one coordinate system and transforms nothing. \
             x and y are transformed in the query, by transform_crs(x, y, '{other}', '{crs}')['x'] AS x and …['y'] AS y; \
             geometries in their file before it is read, for example by ogr2ogr -t_srs {crs}"
        );
    }
    let known = project.is_some_and(|p| same(p, crs));
    if let Some(Stated { layer, bare, .. }) = layers.iter().find(|l| !known && (l.crs.is_none() || l.bare > 0)) {
        let what = match bare {
            0 => format!("{layer} states"),
            1 => format!("1 row of {layer} states"),
            n => format!("{n} rows of {layer} state"),
        };
        bail!(
            "{what} no coordinate system, and the map is in {crs} by {by}. Where x and y are in {crs} too, say so in the query: \
             SELECT …, '{crs}' AS crs FROM …; else transform them first with transform_crs, or leave them out"
        );
    }
    Ok(Some(crs.to_owned()))
}

#[cfg(test)]
mod tests {
    use arrow::datatypes::DataType;

    use super::*;

    fn layer(crs: &str) -> Stated {
        Stated { layer: "--faults", crs: (!crs.is_empty()).then(|| crs.to_owned()), bare: 0 }
    }

    #[test]
    fn a_map_has_one_system() -> Result<()> {
        let of =
            |project: Option<&str>, crs: &[&str]| system(project, &crs.iter().map(|c| layer(c)).collect::<Vec<_>>());
        assert_eq!(of(Some("EPSG:23031"), &["", "EPSG:23031"])?.as_deref(), Some("EPSG:23031"));
        // All in another one: the map is in that.
        assert_eq!(of(Some("EPSG:23031"), &["EPSG:28350", "epsg:28350"])?.as_deref(), Some("EPSG:28350"));
        assert_eq!(of(None, &["OGC:CRS84", "EPSG:4326"])?.as_deref(), Some("OGC:CRS84"));
        assert_eq!(of(None, &[""])?, None);
        // Nobody knows where a layer lies that states none, but in a project that does.
        for crs in [["", "EPSG:28350"], ["EPSG:28350", ""]] {
            let text = of(None, &crs).err().map(|e| e.to_string()).unwrap_or_default();
            assert!(
                text.contains("--faults states no coordinate system") && text.contains("'EPSG:28350' AS crs"),
                "{text}"
            );
        }
        for (project, crs) in [(Some("EPSG:23031"), &["", "EPSG:28350"]), (None, &["EPSG:23031", "EPSG:28350"])] {
            let text = of(project, crs).err().map(|e| e.to_string()).unwrap_or_default();
            assert!(
                text.contains("EPSG:28350") && text.contains("EPSG:23031") && text.contains("transform_crs"),
                "{text}"
            );
        }
        // The layer that is not in the project's system is the one to transform, whichever comes first.
        for crs in [["EPSG:28350", "EPSG:23031"], ["EPSG:23031", "EPSG:28350"]] {
            let text = of(Some("EPSG:23031"), &crs).err().map(|e| e.to_string()).unwrap_or_default();
            assert!(text.contains("is in EPSG:28350, and the map in EPSG:23031 by the project"), "{text}");
        }
        // Files that state systems of their own have nothing to do with the project's.
        let text =
            of(Some("EPSG:23031"), &["EPSG:28350", "EPSG:28351"]).err().map(|e| e.to_string()).unwrap_or_default();
        assert!(text.contains("is in EPSG:28351, and the map in EPSG:28350 by --faults"), "{text}");
        Ok(())
    }

    #[test]
    fn rows_that_state_no_system_are_counted() -> Result<()> {
        let rows = |crs: &[&str]| crs.iter().map(|c| (!c.is_empty()).then(|| (*c).to_owned())).collect::<Vec<_>>();
        let mixed = of_rows("--points", rows(&["EPSG:28350", "", "EPSG:28350", ""]), None)?;
        assert_eq!((mixed.crs.as_deref(), mixed.bare), (Some("EPSG:28350"), 2));
        let text = system(None, std::slice::from_ref(&mixed)).err().map(|e| e.to_string()).unwrap_or_default();
        assert!(text.contains("2 rows of --points state no coordinate system"), "{text}");
        assert_eq!(system(Some("EPSG:28350"), &[mixed])?.as_deref(), Some("EPSG:28350"));
        // What the fields state holds for all rows.
        let known = of_rows("--points", rows(&["EPSG:28350", ""]), Some("EPSG:28350".to_owned()))?;
        assert_eq!(known.bare, 0);
        assert!(of_rows("--points", rows(&["EPSG:28350", "EPSG:28351"]), None).is_err());
        Ok(())
    }

    #[test]
    fn geometries_state_a_code_or_projjson() {
        let of = |metadata: &str| {
            let field = Field::new("geometry", DataType::Binary, true);
            of_schema(&Schema::new(vec![field::with(field, EXTENSION_METADATA, metadata)]))
        };
        assert_eq!(of(r#"{"crs":"EPSG:28350","crs_type":"authority_code"}"#).as_deref(), Some("EPSG:28350"));
        assert_eq!(of(r#"{"crs":{"id":{"authority":"EPSG","code":23031}}}"#).as_deref(), Some("EPSG:23031"));
        assert_eq!(of(r#"{"crs":{"id":{"authority":"OGC","code":"CRS84"}}}"#).as_deref(), Some("OGC:CRS84"));
        assert_eq!(of("{}"), None);
        assert_eq!(of(r#"{"crs":null}"#), None);
    }
}
