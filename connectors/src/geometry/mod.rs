//! Geometries and the column that holds them: WKB with GeoArrow metadata.

mod column;
mod crs;
mod wkb;

pub use column::{EXTENSION_METADATA, EXTENSION_NAME, GEOARROW_WKB, Z_UNIT, geometry_array, geometry_field};
pub use crs::{Crs, StatedCrs, is_geographic, stated_crs};
pub use wkb::decode;

/// A place: x and y (or longitude and latitude), and z where the file has it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Position {
    /// Easting or longitude.
    pub x: f64,
    /// Northing or latitude.
    pub y: f64,
    /// Third coordinate, as the file has it: no sign or datum is assumed.
    pub z: Option<f64>,
}

/// A geometry of the Simple Features model (OGC 06-103r4).
#[derive(Debug, Clone, PartialEq)]
pub enum Geometry {
    /// A point; `None` is an empty one.
    Point(Option<Position>),
    /// Several points.
    MultiPoint(Vec<Position>),
    /// A line.
    LineString(Vec<Position>),
    /// Several lines.
    MultiLineString(Vec<Vec<Position>>),
    /// A polygon: the outer ring first, then the holes.
    Polygon(Vec<Vec<Position>>),
    /// Several polygons.
    MultiPolygon(Vec<Vec<Vec<Position>>>),
    /// Several geometries of any kind.
    Collection(Vec<Geometry>),
}

/// What a geometry is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Points.
    Points,
    /// Lines.
    Lines,
    /// Polygons.
    Polygons,
}

impl Geometry {
    /// What it is made of; of a collection the part of the highest dimension, and `None` where it is empty.
    pub fn family(&self) -> Option<Family> {
        match self {
            Geometry::Point(_) | Geometry::MultiPoint(_) => Some(Family::Points),
            Geometry::LineString(_) | Geometry::MultiLineString(_) => Some(Family::Lines),
            Geometry::Polygon(_) | Geometry::MultiPolygon(_) => Some(Family::Polygons),
            Geometry::Collection(parts) => parts.iter().filter_map(Geometry::family).max(),
        }
    }

    /// Whether it is a collection of more than one family.
    pub fn is_mixed(&self) -> bool {
        match self {
            Geometry::Collection(parts) => {
                let family = self.family();
                parts.iter().any(|p| p.is_mixed() || p.family().is_some() && p.family() != family)
            }
            _ => false,
        }
    }

    /// Calls `see` with every position, in order.
    pub fn visit(&self, see: &mut impl FnMut(&Position)) {
        match self {
            Geometry::Point(point) => point.iter().for_each(see),
            Geometry::MultiPoint(points) | Geometry::LineString(points) => points.iter().for_each(see),
            Geometry::MultiLineString(lists) | Geometry::Polygon(lists) => lists.iter().flatten().for_each(see),
            Geometry::MultiPolygon(polygons) => polygons.iter().flatten().flatten().for_each(see),
            Geometry::Collection(parts) => {
                for part in parts {
                    part.visit_dyn(see);
                }
            }
        }
    }

    /// Changes every position.
    pub fn change(&mut self, with: &mut dyn FnMut(&mut Position)) {
        match self {
            Geometry::Point(point) => point.iter_mut().for_each(with),
            Geometry::MultiPoint(points) | Geometry::LineString(points) => points.iter_mut().for_each(with),
            Geometry::MultiLineString(lists) | Geometry::Polygon(lists) => lists.iter_mut().flatten().for_each(with),
            Geometry::MultiPolygon(polygons) => polygons.iter_mut().flatten().flatten().for_each(with),
            Geometry::Collection(parts) => parts.iter_mut().for_each(|part| part.change(with)),
        }
    }

    /// [`Self::visit`] of a part: through a trait object, since collections nest without an end known at compile time.
    fn visit_dyn(&self, see: &mut dyn FnMut(&Position)) {
        self.visit(&mut |p: &Position| see(p));
    }
}
