//! Geometries as text of GeoJSON.

use std::fmt::Write;

use crate::geometry::{Geometry, Position};

/// Adds a geometry as GeoJSON (RFC 7946, 3.1). Numbers are written shortest, so that they read back as they were.
///
/// # Errors
/// Where a coordinate is not finite, which JSON cannot say.
pub fn write_geometry(geometry: &Geometry, out: &mut String) -> Result<(), String> {
    let name = match geometry {
        Geometry::Point(_) => "Point",
        Geometry::MultiPoint(_) => "MultiPoint",
        Geometry::LineString(_) => "LineString",
        Geometry::MultiLineString(_) => "MultiLineString",
        Geometry::Polygon(_) => "Polygon",
        Geometry::MultiPolygon(_) => "MultiPolygon",
        Geometry::Collection(parts) => {
            out.push_str(r#"{"type":"GeometryCollection","geometries":"#);
            list(parts, out, write_geometry)?;
            out.push('}');
            return Ok(());
        }
    };
    out.push_str(r#"{"type":""#);
    out.push_str(name);
    out.push_str(r#"","coordinates":"#);
    match geometry {
        Geometry::Point(None) => out.push_str("[]"),
        Geometry::Point(Some(p)) => position(p, out)?,
        Geometry::MultiPoint(list) | Geometry::LineString(list) => positions(list, out)?,
        Geometry::MultiLineString(lists) | Geometry::Polygon(lists) => list(lists, out, |l, out| positions(l, out))?,
        Geometry::MultiPolygon(polygons) => {
            list(polygons, out, |rings, out| list(rings, out, |l, out| positions(l, out)))?;
        }
        Geometry::Collection(_) => {}
    }
    out.push('}');
    Ok(())
}

fn list<T>(items: &[T], out: &mut String, each: impl Fn(&T, &mut String) -> Result<(), String>) -> Result<(), String> {
    out.push('[');
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        each(item, out)?;
    }
    out.push(']');
    Ok(())
}

fn positions(items: &[Position], out: &mut String) -> Result<(), String> {
    list(items, out, position)
}

fn position(p: &Position, out: &mut String) -> Result<(), String> {
    let finite = p.x.is_finite() && p.y.is_finite() && p.z.is_none_or(f64::is_finite);
    let wrong = || format!("a coordinate is not finite (x {}, y {})", p.x, p.y);
    if !finite {
        return Err(wrong());
    }
    let written = match p.z {
        Some(z) => write!(out, "[{},{},{}]", p.x, p.y, z),
        None => write!(out, "[{},{}]", p.x, p.y),
    };
    written.map_err(|_| wrong())
}
