//! The procedure: what is tried, in which order, and what is taken.

use super::affine::{self, AffineMap};
use super::coordinates::{self, CoordinateFields, CoordinateUnit, MeasurementSystem, Positions};
use super::grid::Occupancy;
use super::line2d::{self, Line};
use super::lines::{self, Pair, Tried, word};
use super::profile::Profile;
use super::{
    Axis, Corner, Geometry, GeometryFields, GeometryKind, GeometryOptions, SortOrder, choice, considered, report,
};
use crate::segy::field::{TraceField, scaled};
use crate::segy::headers::Headers;
use crate::segy::{SegyError, hints};

/// The least that must speak for a grid of inlines and crosslines.
const ENOUGH: f64 = 0.5;
/// The least that must speak for a line.
const ENOUGH_OF_LINE: f64 = 0.4;
/// Pairs of fields that are tried on all traces.
const TRIED: usize = 3;

/// What the caller states, as fields.
struct Stated {
    inline: Option<TraceField>,
    crossline: Option<TraceField>,
    cdp: Option<TraceField>,
    shotpoint: Option<TraceField>,
    offset: Option<TraceField>,
    coordinates: Option<CoordinateFields>,
}

impl Stated {
    fn new(headers: &Headers<'_>, options: &GeometryOptions) -> Result<Self, SegyError> {
        let field = |place: Option<super::FieldPlace>| match place {
            None => Ok(None),
            Some(place) => {
                let field = place.field()?;
                if !headers.has(&field) {
                    return Err(SegyError::Request(format!(
                        "byte {place} was stated, which is not within the {} bytes of headers that each trace has",
                        headers.width
                    )));
                }
                Ok(Some(field))
            }
        };
        let near = |place: super::FieldPlace, by: i32| super::FieldPlace {
            byte: u16::try_from(i32::from(place.byte) + by).unwrap_or(0),
            width: place.width,
        };
        let width = |place: super::FieldPlace| place.field().map(|f| f.kind.width() as i32);
        let (x, y) = match (options.x, options.y) {
            (None, None) => (None, None),
            (Some(x), None) => (Some(x), Some(near(x, width(x)?))),
            (None, Some(y)) => (Some(near(y, -width(y)?)), Some(y)),
            both => both,
        };
        let coordinates = field(x)?.zip(field(y)?);
        Ok(Stated {
            inline: field(options.inline)?,
            crossline: field(options.crossline)?,
            cdp: field(options.cdp)?,
            shotpoint: field(options.shotpoint)?,
            offset: field(options.offset)?,
            coordinates: coordinates.map(|(x, y)| CoordinateFields { x, y, prior: 1.0, stated: true }),
        })
    }
}

/// Finds the geometry; `also` are fields that the caller will need of all traces, to be read in the same pass.
pub fn survey(
    headers: &mut Headers<'_>,
    options: &GeometryOptions,
    also: &[TraceField],
) -> Result<Geometry, SegyError> {
    let stated = Stated::new(headers, options)?;
    let named = hints::named_bytes(&hints::lines(headers.file));
    let unit_codes = headers.sampled(&unit_field());
    let unit_code = unit_codes.first().copied().unwrap_or(0);
    let measurement = MeasurementSystem::of(headers.file.binary());
    let lines_stated = lines::Stated { inline: stated.inline.as_ref(), crossline: stated.crossline.as_ref() };
    let mut pairs = lines::propose(headers, &named, lines_stated);
    let mut unit = CoordinateUnit::of_code(unit_code);
    let mut candidates = choice::candidates(headers, stated.coordinates.as_ref(), &mut unit, unit_code, measurement);
    let promising: Vec<Pair> =
        pairs.iter().filter(|p| p.rejected.is_none() && p.same_as.is_none()).take(TRIED).cloned().collect();
    choice::rank(headers, &mut candidates, promising.first(), unit);
    let mut chosen = candidates.iter().find(|c| c.rejected.is_none()).map(|c| c.fields.clone());

    // Everything that matters, in one pass.
    let offset_field = stated.offset.clone().unwrap_or_else(|| word(37));
    let mut needed: Vec<TraceField> = also.to_vec();
    needed.push(offset_field.clone());
    needed.extend(chosen.iter().flat_map(|c| [c.x.clone(), c.y.clone(), coordinates::scalar_field()]));
    needed.extend(promising.iter().flat_map(|p| [p.inline.clone(), p.crossline.clone()]));
    needed.retain(|f| headers.has(f));
    headers.load(&needed)?;
    let numbers = promising.iter().flat_map(|p| [p.inline.clone(), p.crossline.clone()]);
    headers.load_numbers(&numbers.chain([offset_field.clone()]).filter(|f| headers.has(f)).collect::<Vec<_>>())?;

    let lines_or_none = stated.inline.is_some() || stated.crossline.is_some();
    let line_wanted = matches!(options.kind, Some(GeometryKind::Line2d | GeometryKind::Prestack2d))
        || (options.kind.is_none() && stated.cdp.is_some() && !lines_or_none);
    let tried = match line_wanted || headers.count <= 1 {
        true => Vec::new(),
        false => try_pairs(headers, &promising, chosen.as_ref(), unit, &offset_field, stated.offset.is_some())?,
    };
    let grid_wanted = options.kind.is_some_and(GeometryKind::is_3d) || lines_or_none;
    let mut geometry = empty(headers.count as u64);
    let taken = tried.first().filter(|t| grid_wanted || t.score >= ENOUGH).cloned();
    if taken.is_none() {
        // How coordinates fit numbers of lines counts for nothing: the usual ones.
        let usual = candidates.iter().filter(|c| c.rejected.is_none());
        chosen = usual.max_by(|a, b| a.fields.prior.total_cmp(&b.fields.prior)).map(|c| c.fields.clone());
        headers.load(&chosen.iter().flat_map(|c| [c.x.clone(), c.y.clone()]).collect::<Vec<_>>())?;
    }
    geometry.coordinates =
        chosen.as_ref().and_then(|c| Positions::all(headers, c, unit).summary(headers.count, unit_code, measurement));
    (geometry.fields.x, geometry.fields.y) =
        (chosen.as_ref().map(|c| c.x.clone()), chosen.as_ref().map(|c| c.y.clone()));
    let mut line = None;
    match taken {
        _ if headers.count <= 1 => single(headers, &stated, &mut geometry),
        Some(taken) => take_grid(headers, taken, &mut geometry),
        None => {
            let of = line2d::Stated {
                cdp: stated.cdp.as_ref(),
                shotpoint: stated.shotpoint.as_ref(),
                offset: stated.offset.as_ref(),
            };
            let chosen = chosen.as_ref();
            let found = line2d::look(headers, of, |headers| {
                chosen.and_then(|c| line2d::path(headers.count, &Positions::all(headers, c, unit)))
            })?;
            take_line(headers, &found, line_wanted, &mut geometry);
            line = Some(found);
        }
    }
    if geometry.kind.is_3d() || (geometry.kind == GeometryKind::SingleTrace && geometry.inline.is_some()) {
        place(headers, chosen.as_ref(), unit, &mut geometry);
    }
    if let Some(kind) = options.kind {
        if kind != geometry.kind {
            geometry.evidence =
                format!("stated; the headers look like {}: {}", geometry.kind.title(), geometry.evidence);
        }
        geometry.kind = kind;
    }
    let lines = stated.inline.is_some() && stated.crossline.is_some() && geometry.kind.is_3d();
    let cdp = stated.cdp.is_some() && stated.cdp == geometry.fields.cdp && !geometry.kind.is_3d();
    considered::confidence(&mut geometry, &tried, lines || cdp);
    considered::list(&mut geometry, &mut pairs, &tried, &candidates, line.as_ref());
    geometry.issues = report::issues(headers, &geometry, &tried, &unit_codes, chosen.as_ref(), options);
    Ok(geometry)
}

/// Tries pairs on all traces, the best first.
fn try_pairs(
    headers: &mut Headers<'_>,
    pairs: &[Pair],
    coordinates: Option<&CoordinateFields>,
    unit: CoordinateUnit,
    offset: &TraceField,
    offset_stated: bool,
) -> Result<Vec<Tried>, SegyError> {
    let number = word(25);
    let offset = headers.column(offset).varying().map(|_| offset);
    let sampled = coordinates.map(|c| Positions::sampled(headers, c, unit));
    let mut tried = Vec::new();
    for pair in pairs {
        let own = |f: &TraceField| coordinates.is_some_and(|c| f.byte == c.x.byte || f.byte == c.y.byte);
        let positions = sampled.as_ref().filter(|_| !own(&pair.inline) && !own(&pair.crossline));
        let mut found = lines::try_pair(headers, pair, offset, positions);
        if found.grid.duplicates > 0 && offset.is_none() && !offset_stated && headers.has(&number) {
            // Gathers whose traces are told apart by their number in the gather.
            headers.load(std::slice::from_ref(&number))?;
            if headers.column(&number).varying().is_some() && number != pair.crossline && number != pair.inline {
                let again = lines::try_pair(headers, pair, Some(&number), positions);
                found = if again.grid.duplicates == 0 { again } else { found };
            }
        }
        tried.push(found);
    }
    tried.sort_by(|a, b| b.score.total_cmp(&a.score));
    Ok(tried)
}

fn unit_field() -> TraceField {
    TraceField::at(89)
}

fn empty(traces: u64) -> Geometry {
    Geometry {
        kind: GeometryKind::Unknown,
        confidence: 0.0,
        evidence: String::new(),
        fields: GeometryFields::default(),
        traces,
        inline: None,
        crossline: None,
        cdp: None,
        shotpoint: None,
        shotpoint_range: None,
        shot: None,
        offset: None,
        order: SortOrder::default(),
        positions: None,
        holes: 0,
        hole_positions: Vec::new(),
        duplicates: 0,
        duplicate_traces: Vec::new(),
        fold: (0, 0),
        coordinates: None,
        map: None,
        corners: None,
        path: None,
        candidates: Vec::new(),
        issues: Vec::new(),
    }
}

fn single(headers: &Headers<'_>, stated: &Stated, geometry: &mut Geometry) {
    geometry.kind = GeometryKind::SingleTrace;
    geometry.evidence = "the file has one trace".to_owned();
    let field = |stated: &Option<TraceField>, byte: u16| stated.clone().unwrap_or_else(|| word(byte));
    let (inline, crossline) = (field(&stated.inline, 189), field(&stated.crossline, 193));
    let axis = |field: &TraceField| Axis::of_values(&Profile::of(&headers.sampled(field)), None);
    let (i, c) = (axis(&inline), axis(&crossline));
    let filled = |a: &Axis| a.first != 0 && a.first.abs() <= 1_000_000;
    if stated.inline.is_some() || (filled(&i) && filled(&c)) {
        (geometry.inline, geometry.crossline) = (Some(i), Some(c));
        (geometry.fields.inline, geometry.fields.crossline) = (Some(inline), Some(crossline));
    }
    let cdp = field(&stated.cdp, 21);
    let number = axis(&cdp);
    if filled(&number) || stated.cdp.is_some() {
        (geometry.cdp, geometry.fields.cdp) = (Some(number), Some(cdp));
    }
    (geometry.positions, geometry.fold, geometry.confidence) = (Some(1), (1, 1), 1.0);
}

fn take_grid(headers: &Headers<'_>, taken: Tried, geometry: &mut Geometry) {
    let offset = taken.offset;
    let prestack = taken.grid.fold.1 > 1 && offset.is_some();
    geometry.kind = if prestack { GeometryKind::Prestack3d } else { GeometryKind::Poststack3d };
    geometry.confidence = taken.score;
    geometry.evidence = format!("{}: {}", taken.pair.places(), taken.evidence);
    geometry.fields.inline = Some(taken.pair.inline);
    geometry.fields.crossline = Some(taken.pair.crossline);
    if let Some(offset) = offset.filter(|_| prestack) {
        geometry.offset = headers.column(&offset).varying().map(|v| Axis::of_column(v, &Profile::of(v)));
        geometry.fields.offset = Some(offset);
    }
    geometry.order = taken.order;
    geometry.inline = Some(taken.grid.inline.clone());
    geometry.crossline = Some(taken.grid.crossline.clone());
    geometry.take_counts(taken.grid);
}

fn take_line(headers: &Headers<'_>, line: &Line, wanted: bool, geometry: &mut Geometry) {
    let certain = line.score >= ENOUGH_OF_LINE || wanted;
    geometry.kind = match (certain, line.prestack) {
        (true, true) => GeometryKind::Prestack2d,
        (true, false) => GeometryKind::Line2d,
        (false, _) => GeometryKind::Unknown,
    };
    geometry.confidence = if certain { line.score } else { 0.0 };
    geometry.evidence = line.evidence.clone();
    let field = |n: &Option<line2d::Numbering>| n.as_ref().map(|n| n.field.clone());
    let axis = |n: &Option<line2d::Numbering>| n.as_ref().map(|n| n.axis.clone());
    if certain {
        geometry.fields.cdp = field(&line.cdp);
        geometry.fields.shotpoint = field(&line.shotpoint);
        geometry.fields.shot = field(&line.shot);
        geometry.fields.offset = field(&line.offset);
        geometry.cdp = axis(&line.cdp);
        geometry.shotpoint = axis(&line.shotpoint);
        geometry.shot = axis(&line.shot);
        geometry.offset = axis(&line.offset);
        geometry.order = line.order.clone();
        geometry.path = line.path.clone();
        if let Some(grid) = &line.grid {
            geometry.take_counts(grid.clone());
        }
    }
    if let (Some(field), Some(axis)) = (&geometry.fields.shotpoint, &geometry.shotpoint) {
        let scalar =
            if field.byte == 197 { headers.sampled(&TraceField::at(201)).first().copied().unwrap_or(1) } else { 1 };
        geometry.shotpoint_range =
            Some((scaled(axis.first as f64, scalar.into()), scaled(axis.last as f64, scalar.into())));
    }
}

impl Geometry {
    fn take_counts(&mut self, grid: Occupancy) {
        self.positions = Some(grid.positions);
        self.holes = grid.missing();
        self.hole_positions = grid.holes;
        self.duplicates = grid.duplicates;
        self.duplicate_traces = grid.duplicate_traces;
        self.fold = grid.fold;
    }
}

/// Fits the map to all traces, and places the corners by it.
fn place(headers: &Headers<'_>, fields: Option<&CoordinateFields>, unit: CoordinateUnit, geometry: &mut Geometry) {
    let (Some(coordinates), Some(inline), Some(crossline)) = (fields, &geometry.inline, &geometry.crossline) else {
        return;
    };
    let (Some(i), Some(c)) = (&geometry.fields.inline, &geometry.fields.crossline) else { return };
    let positions = Positions::all(headers, coordinates, unit);
    let (il, xl) = (headers.column(i), headers.column(c));
    geometry.map = affine::fit(&positions.on(il, xl, headers.count), inline, crossline);
    if let (Some(map), Some(found)) = (&geometry.map, &mut geometry.coordinates) {
        // A trace at 0, 0 has coordinates where the others put it there.
        let limit = map.spacing().unwrap_or(0.0) / 2.0;
        let at_origin = |trace: usize| {
            let (x, y) = map.xy(f64::from(il.number(trace)), f64::from(xl.number(trace)));
            positions.get(trace).is_none() && x.hypot(y) <= limit
        };
        if found.missing > 0 {
            found.missing -= (0..headers.count).filter(|t| at_origin(*t)).count() as u64;
        }
    }
    let corner = |map: &AffineMap, inline: i64, crossline: i64| {
        let (x, y) = map.xy(inline as f64, crossline as f64);
        Corner { inline, crossline, x, y }
    };
    geometry.corners = geometry.map.as_ref().map(|map| {
        [
            corner(map, inline.first, crossline.first),
            corner(map, inline.first, crossline.last),
            corner(map, inline.last, crossline.first),
            corner(map, inline.last, crossline.last),
        ]
    });
}
