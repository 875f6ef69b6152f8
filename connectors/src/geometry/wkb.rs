//! Well-known binary, as ISO 13249-3 and OGC 06-103r4 write it: little endian, 1000 added to the type where there is a z.

use super::{Geometry, Position};

/// The geometry as ISO WKB. A geometry in which any position has a z is written with z; a position without one has NaN there.
pub(super) fn encode(geometry: &Geometry, out: &mut Vec<u8>) {
    let mut z = false;
    geometry.visit(&mut |p: &Position| z |= p.z.is_some());
    write(geometry, z, out);
}

fn write(geometry: &Geometry, z: bool, out: &mut Vec<u8>) {
    match geometry {
        // An empty point has no other form than NaN coordinates (GeoPackage 1.4, clause 2.1.3).
        Geometry::Point(point) => {
            head(1, z, out);
            position(&point.unwrap_or(Position { x: f64::NAN, y: f64::NAN, z: None }), z, out);
        }
        Geometry::LineString(line) => {
            head(2, z, out);
            positions(line, z, out);
        }
        Geometry::Polygon(rings) => {
            head(3, z, out);
            lists(rings, z, out);
        }
        Geometry::MultiPoint(points) => {
            head(4, z, out);
            count(points.len(), out);
            for point in points {
                head(1, z, out);
                position(point, z, out);
            }
        }
        Geometry::MultiLineString(lines) => {
            head(5, z, out);
            count(lines.len(), out);
            for line in lines {
                head(2, z, out);
                positions(line, z, out);
            }
        }
        Geometry::MultiPolygon(polygons) => {
            head(6, z, out);
            count(polygons.len(), out);
            for rings in polygons {
                head(3, z, out);
                lists(rings, z, out);
            }
        }
        Geometry::Collection(parts) => {
            head(7, z, out);
            count(parts.len(), out);
            for part in parts {
                write(part, z, out);
            }
        }
    }
}

fn head(kind: u32, z: bool, out: &mut Vec<u8>) {
    out.push(1);
    out.extend((if z { kind + 1000 } else { kind }).to_le_bytes());
}

/// WKB counts are 32 bits; a list of more positions would need a file of 64 GB and more.
fn count(n: usize, out: &mut Vec<u8>) {
    out.extend(u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes());
}

fn lists(lists: &[Vec<Position>], z: bool, out: &mut Vec<u8>) {
    count(lists.len(), out);
    for list in lists {
        positions(list, z, out);
    }
}

fn positions(list: &[Position], z: bool, out: &mut Vec<u8>) {
    count(list.len(), out);
    for p in list {
        position(p, z, out);
    }
}

fn position(p: &Position, z: bool, out: &mut Vec<u8>) {
    out.extend(p.x.to_le_bytes());
    out.extend(p.y.to_le_bytes());
    if z {
        out.extend(p.z.unwrap_or(f64::NAN).to_le_bytes());
    }
}
