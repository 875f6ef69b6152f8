//! The objects of GeoJSON, read in one pass: features are kept as they come, whatever the order of the members.
//!
//! Everything a geometry must be is checked while it is read, so that an error has the line at which reading stood.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};
use serde_json::Value;

use super::exact::{self, unmarked};
use crate::geometry::{Geometry, Position};

/// The names a `type` can have.
pub(super) const GEOMETRIES: [&str; 7] =
    ["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"];

/// A feature: a geometry with properties.
#[derive(Debug, Default)]
pub(super) struct Feature {
    /// Its `id`, a text or a number.
    pub id: Option<Value>,
    /// Its geometry; `None` where it is null or absent.
    pub geometry: Option<Geometry>,
    /// Its properties, in the order of the file.
    pub properties: Vec<(String, Value)>,
    /// Names of members that GeoJSON does not know.
    pub foreign: Vec<String>,
    /// Positions with more than three numbers: the further ones were left out.
    pub long_positions: usize,
}

/// A value of the file: one, or one a line in newline-delimited GeoJSON.
#[derive(Debug, Default)]
pub(super) struct Document {
    /// Its features; a bare geometry is one without properties.
    pub features: Vec<Feature>,
    /// `name` of a collection, as GDAL writes it.
    pub name: Option<String>,
    /// `crs` of the GeoJSON of 2008; `Some(Null)` where it says that there is none.
    pub crs: Option<Value>,
    /// Other members, `bbox` among them.
    pub foreign: Vec<(String, Value)>,
}

/// Numbers in lists in lists: coordinates before the type is known.
enum Nested {
    Number(f64),
    Position(Position, bool),
    List(Vec<Nested>),
}

impl<'de> Deserialize<'de> for Nested {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Coordinates;
        impl<'de> Visitor<'de> for Coordinates {
            type Value = Nested;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("coordinates: numbers in lists, such as [4.5, 58.2]")
            }
            fn visit_f64<E: Error>(self, v: f64) -> Result<Nested, E> {
                Ok(Nested::Number(v))
            }
            #[allow(clippy::cast_precision_loss)] // a coordinate is a double
            fn visit_i64<E: Error>(self, v: i64) -> Result<Nested, E> {
                Ok(Nested::Number(v as f64))
            }
            #[allow(clippy::cast_precision_loss)] // a coordinate is a double
            fn visit_u64<E: Error>(self, v: u64) -> Result<Nested, E> {
                Ok(Nested::Number(v as f64))
            }
            fn visit_str<E: Error>(self, v: &str) -> Result<Nested, E> {
                match exact::number(v) {
                    Some(number) => Ok(Nested::Number(number)),
                    None => Err(E::invalid_type(Unexpected::Str(v), &self)),
                }
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Nested, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element::<Nested>()? {
                    items.push(item);
                }
                if items.is_empty() || !items.iter().any(|i| matches!(i, Nested::Number(_))) {
                    return Ok(Nested::List(items));
                }
                let numbers: Vec<f64> = items
                    .iter()
                    .map(|i| match i {
                        Nested::Number(n) => Ok(*n),
                        _ => Err(A::Error::custom("a position mixes numbers and lists; expected [x, y] or [x, y, z]")),
                    })
                    .collect::<Result<_, _>>()?;
                match numbers[..] {
                    [x, y] => Ok(Nested::Position(Position { x, y, z: None }, false)),
                    [x, y, z] => Ok(Nested::Position(Position { x, y, z: Some(z) }, false)),
                    [x, y, z, ..] => Ok(Nested::Position(Position { x, y, z: Some(z) }, true)),
                    _ => Err(A::Error::custom(format!(
                        "a position has {} number(s); expected two or three, [x, y] or [x, y, z]",
                        numbers.len()
                    ))),
                }
            }
        }
        deserializer.deserialize_any(Coordinates)
    }
}

/// Coordinates of the depth a type asks for.
struct Shape<'a> {
    kind: &'a str,
    long: usize,
}

impl Shape<'_> {
    fn wrong(&self, expected: &str) -> String {
        format!("the coordinates of this {} are not {expected}", self.kind)
    }

    fn position(&mut self, nested: Nested) -> Result<Position, String> {
        match nested {
            Nested::Position(p, long) => {
                self.long += usize::from(long);
                Ok(p)
            }
            _ => Err(self.wrong("positions [x, y] at the depth of lists it needs")),
        }
    }

    fn list<T>(
        &mut self,
        nested: Nested,
        mut each: impl FnMut(&mut Self, Nested) -> Result<T, String>,
    ) -> Result<Vec<T>, String> {
        match nested {
            Nested::List(items) => items.into_iter().map(|i| each(self, i)).collect(),
            _ => Err(self.wrong("lists of positions at the depth it needs")),
        }
    }

    fn positions(&mut self, nested: Nested) -> Result<Vec<Position>, String> {
        self.list(nested, Shape::position)
    }

    fn line(&mut self, nested: Nested) -> Result<Vec<Position>, String> {
        let line = self.positions(nested)?;
        if line.len() == 1 {
            return Err(format!("a line of this {} has one position; expected two or more", self.kind));
        }
        Ok(line)
    }

    fn ring(&mut self, nested: Nested) -> Result<Vec<Position>, String> {
        let ring = self.positions(nested)?;
        let closed = match (ring.first(), ring.last()) {
            (Some(a), Some(b)) => a == b,
            _ => true,
        };
        if !closed {
            return Err(format!(
                "a ring of this {} is not closed; its last position must repeat the first (RFC 7946, 3.1.6)",
                self.kind
            ));
        }
        if !ring.is_empty() && ring.len() < 4 {
            return Err(format!(
                "a ring of this {} has {} positions; expected four or more (RFC 7946, 3.1.6)",
                self.kind,
                ring.len()
            ));
        }
        Ok(ring)
    }

    fn rings(&mut self, nested: Nested) -> Result<Vec<Vec<Position>>, String> {
        self.list(nested, Shape::ring)
    }

    fn geometry(&mut self, nested: Nested) -> Result<Geometry, String> {
        Ok(match self.kind {
            "Point" => match nested {
                Nested::List(items) if items.is_empty() => Geometry::Point(None),
                nested => Geometry::Point(Some(self.position(nested)?)),
            },
            "MultiPoint" => Geometry::MultiPoint(self.positions(nested)?),
            "LineString" => Geometry::LineString(self.line(nested)?),
            "MultiLineString" => Geometry::MultiLineString(self.list(nested, Shape::line)?),
            "Polygon" => Geometry::Polygon(self.rings(nested)?),
            _ => Geometry::MultiPolygon(self.list(nested, Shape::rings)?),
        })
    }
}

/// A geometry and how many of its positions were too long.
#[derive(Debug, Default)]
struct Shaped(Option<Geometry>, usize);

/// Any object: its members say what it is.
#[derive(Default)]
struct Members {
    kind: Option<String>,
    id: Option<Value>,
    geometry: Option<Shaped>,
    properties: Vec<(String, Value)>,
    features: Option<Vec<Feature>>,
    coordinates: Option<Nested>,
    geometries: Option<Vec<Shaped>>,
    name: Option<Value>,
    crs: Option<Value>,
    foreign: Vec<(String, Value)>,
}

impl Members {
    fn read<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Self, A::Error> {
        let mut m = Members::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "type" => m.kind = Some(map.next_value()?),
                "id" => m.id = map.next_value::<Option<Value>>()?.map(unmarked),
                "geometry" => m.geometry = map.next_value::<Option<Shaped>>()?,
                "properties" => m.properties = map.next_value::<Option<Properties>>()?.unwrap_or_default().0,
                "features" => m.features = Some(map.next_value()?),
                "coordinates" => m.coordinates = Some(map.next_value()?),
                "geometries" => m.geometries = Some(map.next_value()?),
                "name" => m.name = Some(unmarked(map.next_value()?)),
                "crs" => m.crs = Some(unmarked(map.next_value()?)),
                _ => m.foreign.push((key, unmarked(map.next_value()?))),
            }
        }
        Ok(m)
    }

    fn kind(&self, expected: &str) -> Result<&str, String> {
        self.kind.as_deref().ok_or_else(|| format!("this object has no `type`; expected {expected}"))
    }

    fn shaped(self) -> Result<Shaped, String> {
        let expected = GEOMETRIES.join(", ");
        let kind = self.kind(&expected)?.to_owned();
        if kind == "GeometryCollection" {
            let parts = self.geometries.ok_or("this GeometryCollection has no `geometries`")?;
            let long = parts.iter().map(|p| p.1).sum();
            return Ok(Shaped(Some(Geometry::Collection(parts.into_iter().filter_map(|p| p.0).collect())), long));
        }
        if !GEOMETRIES.contains(&kind.as_str()) {
            return Err(format!("`{kind}` is no type of geometry; expected {expected}"));
        }
        let nested = self.coordinates.ok_or_else(|| format!("this {kind} has no `coordinates`"))?;
        let mut shape = Shape { kind: &kind, long: 0 };
        let geometry = shape.geometry(nested)?;
        Ok(Shaped(Some(geometry), shape.long))
    }

    fn feature(self) -> Result<Feature, String> {
        let Shaped(geometry, long_positions) = self.geometry.unwrap_or_default();
        let mut foreign: Vec<String> = self.foreign.into_iter().map(|(n, _)| n).filter(|n| n != "bbox").collect();
        if self.name.is_some() {
            foreign.push("name".to_owned());
        }
        Ok(Feature { id: self.id, geometry, properties: self.properties, foreign, long_positions })
    }

    fn document(self) -> Result<Document, String> {
        let kind = self.kind("FeatureCollection, Feature or a geometry")?.to_owned();
        match kind.as_str() {
            "FeatureCollection" => {
                let features = self.features.ok_or("this FeatureCollection has no `features`")?;
                let name = match self.name {
                    Some(Value::String(name)) => Some(name),
                    _ => None,
                };
                Ok(Document { features, name, crs: self.crs, foreign: self.foreign })
            }
            "Feature" => {
                let (crs, bbox) = (self.crs.clone(), self.foreign.iter().find(|(n, _)| n == "bbox").cloned());
                Ok(Document { features: vec![self.feature()?], name: None, crs, foreign: bbox.into_iter().collect() })
            }
            _ if !GEOMETRIES.contains(&kind.as_str()) => Err(format!(
                "`{kind}` is no type of GeoJSON; expected FeatureCollection, Feature, {}",
                GEOMETRIES.join(", ")
            )),
            _ => {
                let (crs, foreign) = (self.crs.clone(), self.foreign.clone());
                let Shaped(geometry, long_positions) = self.shaped()?;
                let feature = Feature { geometry, long_positions, ..Feature::default() };
                Ok(Document { features: vec![feature], name: None, crs, foreign })
            }
        }
    }
}

/// Reads an object by a function of its members; what that refuses is an error at the line where the object ends.
macro_rules! object {
    ($type:ty, $expecting:literal, $make:expr) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Object;
                impl<'de> Visitor<'de> for Object {
                    type Value = $type;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expecting)
                    }
                    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<$type, A::Error> {
                        let make: fn(Members) -> Result<$type, String> = $make;
                        make(Members::read(&mut map)?).map_err(A::Error::custom)
                    }
                }
                deserializer.deserialize_map(Object)
            }
        }
    };
}

object!(Shaped, "a geometry", Members::shaped);
object!(Document, "an object of GeoJSON", Members::document);
object!(Feature, "a Feature", |m| match m.kind("Feature")? {
    "Feature" => m.feature(),
    other => Err(format!("`{other}` stands in `features`; expected Feature")),
});

/// Properties in the order of the file.
#[derive(Debug, Default)]
struct Properties(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Properties {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Properties;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("properties: an object of names and values")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Properties, A::Error> {
                let mut properties = Vec::new();
                while let Some((name, value)) = map.next_entry()? {
                    properties.push((name, unmarked(value)));
                }
                Ok(Properties(properties))
            }
        }
        deserializer.deserialize_map(Object)
    }
}
