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

/// Reads WKB of either byte order: ISO (1000 added for z, 2000 for m, 3000 for both) and that of PostGIS (bits of the type, and
/// an SRID, which is passed over). m is left out.
///
/// # Errors
/// Where the bytes end early, name no known type, or have something behind the geometry.
pub fn decode(bytes: &[u8]) -> Result<Geometry, String> {
    let mut reader = Reader { bytes, at: 0 };
    let geometry = reader.geometry(0)?;
    if reader.at != bytes.len() {
        return Err(format!("{} bytes follow the geometry", bytes.len() - reader.at));
    }
    Ok(geometry)
}

/// Collections within collections deeper than this are no geometries of anybody.
const DEPTH: usize = 32;

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// How the numbers of a geometry are written.
#[derive(Clone, Copy)]
struct Layout {
    little: bool,
    z: bool,
    m: bool,
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let bytes = self.bytes.get(self.at..).and_then(|rest| rest.first_chunk::<N>());
        self.at += N;
        bytes.copied().ok_or_else(|| format!("it ends at byte {}, within a geometry", self.bytes.len()))
    }

    fn u32(&mut self, little: bool) -> Result<u32, String> {
        let bytes = self.take::<4>()?;
        Ok(if little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    fn f64(&mut self, little: bool) -> Result<f64, String> {
        let bytes = self.take::<8>()?;
        Ok(if little { f64::from_le_bytes(bytes) } else { f64::from_be_bytes(bytes) })
    }

    fn head(&mut self) -> Result<(u32, Layout), String> {
        let little = match self.take::<1>()? {
            [0] => false,
            [1] => true,
            [other] => return Err(format!("byte order {other} is neither 0 nor 1")),
        };
        let code = self.u32(little)?;
        let (kind, iso) = (code & 0x0FFF_FFFF, code & 0x0FFF_FFFF);
        let layout = Layout {
            little,
            z: code & 0x8000_0000 != 0 || matches!(iso / 1000, 1 | 3),
            m: code & 0x4000_0000 != 0 || matches!(iso / 1000, 2 | 3),
        };
        if code & 0x2000_0000 != 0 {
            self.u32(little)?;
        }
        Ok((kind % 1000, layout))
    }

    fn position(&mut self, layout: Layout) -> Result<Position, String> {
        let (x, y) = (self.f64(layout.little)?, self.f64(layout.little)?);
        let z = if layout.z { Some(self.f64(layout.little)?) } else { None };
        if layout.m {
            self.f64(layout.little)?;
        }
        Ok(Position { x, y, z: z.filter(|z| !z.is_nan()) })
    }

    /// A counted list; memory grows with what is there, not with what is promised.
    fn list<T>(
        &mut self,
        little: bool,
        mut each: impl FnMut(&mut Self) -> Result<T, String>,
    ) -> Result<Vec<T>, String> {
        let count = self.u32(little)?;
        let mut list = Vec::new();
        for _ in 0..count {
            list.push(each(self)?);
        }
        Ok(list)
    }

    fn positions(&mut self, layout: Layout) -> Result<Vec<Position>, String> {
        self.list(layout.little, |r| r.position(layout))
    }

    fn lists(&mut self, layout: Layout) -> Result<Vec<Vec<Position>>, String> {
        self.list(layout.little, |r| r.positions(layout))
    }

    fn geometry(&mut self, depth: usize) -> Result<Geometry, String> {
        if depth > DEPTH {
            return Err(format!("collections are nested more than {DEPTH} times"));
        }
        let (kind, layout) = self.head()?;
        let part = |what: &str| format!("a part of a geometry is not {what}");
        Ok(match kind {
            1 => {
                let p = self.position(layout)?;
                Geometry::Point((!(p.x.is_nan() && p.y.is_nan())).then_some(p))
            }
            2 => Geometry::LineString(self.positions(layout)?),
            3 => Geometry::Polygon(self.lists(layout)?),
            4 => Geometry::MultiPoint(self.list(layout.little, |r| match r.geometry(depth + 1)? {
                Geometry::Point(Some(p)) => Ok(p),
                _ => Err(part("a point")),
            })?),
            5 => Geometry::MultiLineString(self.list(layout.little, |r| match r.geometry(depth + 1)? {
                Geometry::LineString(line) => Ok(line),
                _ => Err(part("a line")),
            })?),
            6 => Geometry::MultiPolygon(self.list(layout.little, |r| match r.geometry(depth + 1)? {
                Geometry::Polygon(rings) => Ok(rings),
                _ => Err(part("a polygon")),
            })?),
            7 => Geometry::Collection(self.list(layout.little, |r| r.geometry(depth + 1))?),
            other => return Err(format!("geometry type {other} is none of points, lines, polygons and collections")),
        })
    }
}
