//! Maps: a gridded surface, its contours, wells and outlines in a projected coordinate system.

mod frame;
mod furniture;
mod grid;
mod labels;
mod layers;
mod surface;
mod symbols;

use crate::color::Rgb;
use crate::error::Result;
use crate::style::{Dash, Paper};

/// A map in projected coordinates, both axes at the same scale.
///
/// Coordinates are in [`length_unit`](Map::length_unit), x to the east and y to the north.
/// The frame covers the grid, the points and the lines, with a small margin.
///
/// ```
/// use outcrop_plot::map::{Grid, Map, Points};
/// let grid = Grid {
///     x0: 450_000.0, y0: 6_470_000.0, dx: 100.0, dy: 100.0, nx: 3, ny: 2,
///     values: vec![2100.0, 2110.0, 2120.0, 2105.0, 2115.0, f64::NAN],
///     label: "Depth, top sand".into(), unit: Some("m".into()),
///     ..Grid::default()
/// };
/// let wells = Points { x: vec![450_100.0], y: vec![6_470_050.0], label: vec![Some("A-1".into())], ..Points::default() };
/// let map = Map {
///     title: "Top sand".into(), crs: Some("EPSG:23031".into()), length_unit: "m".into(),
///     grid: Some(grid), points: vec![wells], ..Map::default()
/// };
/// assert!(map.to_svg()?.starts_with("<svg"));
/// # Ok::<(), outcrop_plot::PlotError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Map {
    /// Title above the map.
    pub title: String,
    /// A second, smaller line.
    pub subtitle: Option<String>,
    /// Label of the x axis, without unit ("Easting"); empty for none.
    pub x_label: String,
    /// Label of the y axis, without unit ("Northing"); empty for none.
    pub y_label: String,
    /// Name of the coordinate reference system; `None` is written as "CRS not stated".
    pub crs: Option<String>,
    /// Unit of x and y ("m", "ft"); empty is written as "unit not stated".
    pub length_unit: String,
    /// The surface.
    pub grid: Option<Grid>,
    /// Wells and other points, drawn over the lines.
    pub points: Vec<Points>,
    /// Outlines, faults, contacts, drawn over the surface.
    pub lines: Vec<Polyline>,
    /// Provenance: where the data is from and how it was made.
    pub footer: Option<String>,
    /// Colour of the page.
    pub paper: Paper,
}

/// A regular grid of values, drawn in colour; the nodes are the centres of the cells.
///
/// Its directions may be turned against the map's, as those of a seismic survey are: see [`rotation`](Grid::rotation) and
/// [`Grid::from_steps`].
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// x of the first node.
    pub x0: f64,
    /// y of the first node.
    pub y0: f64,
    /// Distance of the nodes along x; must be positive.
    pub dx: f64,
    /// Distance of the nodes along y; must be positive.
    pub dy: f64,
    /// Degrees that the grid is turned anticlockwise about its first node: its x runs so far north of the map's, its y
    /// a quarter turn anticlockwise from there.
    pub rotation: f64,
    /// Nodes along the grid's x.
    pub nx: usize,
    /// Nodes along the grid's y.
    pub ny: usize,
    /// `nx * ny` values, x fastest, the southern row first; NaN is undefined and not drawn.
    pub values: Vec<f64>,
    /// What the values are, for the colour bar.
    pub label: String,
    /// Unit of the values; `None` is written as "unit not stated", an empty text (for values without a unit) as nothing.
    pub unit: Option<String>,
    /// Name of the colour map, see [`crate::color::ColorMap::by_name`].
    pub color_map: String,
    /// Values at the two ends of the colour map; `None` takes the range of the data.
    /// Values outside are drawn in the colour of the nearer end, and the bar says so.
    pub range: Option<(f64, f64)>,
    /// Turn the colour map round, so that its first colour is at the highest value. Meant for
    /// depths: the colour bar then runs downwards and relief is shaded with high values low.
    pub reverse: bool,
    /// Contour lines.
    pub contours: Contours,
    /// Relief shading with a light from the north west, on top of the colours.
    pub shading: bool,
    /// Interpolate the colours between the nodes (bilinear) instead of drawing cells; the footer says so.
    pub smooth: bool,
}

impl Default for Grid {
    fn default() -> Self {
        Self {
            x0: 0.0,
            y0: 0.0,
            dx: 1.0,
            dy: 1.0,
            rotation: 0.0,
            nx: 0,
            ny: 0,
            values: Vec::new(),
            label: String::new(),
            unit: None,
            color_map: "batlow".into(),
            range: None,
            reverse: false,
            contours: Contours::Auto,
            shading: false,
            smooth: false,
        }
    }
}

/// Which contour lines to draw.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Contours {
    /// No lines.
    None,
    /// A round interval that gives about twelve lines.
    #[default]
    Auto,
    /// A fixed interval in the unit of the values; every fifth line is an index contour.
    Step(f64),
    /// These levels, all drawn as index contours.
    Levels(Vec<f64>),
}

/// A set of points with one symbol.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Points {
    /// x of each point.
    pub x: Vec<f64>,
    /// y of each point; a point with a NaN coordinate is left out and counted in the footer.
    pub y: Vec<f64>,
    /// A label for each point, or empty for no labels at all.
    pub label: Vec<Option<String>>,
    /// Values that colour the symbols on the grid's scale (on their own when there is no grid);
    /// NaN is drawn hollow.
    pub value: Option<Vec<f64>>,
    /// What the values are, for the colour bar of a map without a grid.
    pub value_label: Option<String>,
    /// Unit of the values, for the colour bar of a map without a grid; `None` is written as "unit not stated". Where there is a grid the
    /// values must be in the grid's unit: another unit given here is an error.
    pub value_unit: Option<String>,
    /// The symbol.
    pub symbol: Symbol,
    /// Name in the legend; `None` leaves it out.
    pub name: Option<String>,
    /// Colour of the symbols where `value` does not say; `None` is dark slate.
    pub color: Option<Rgb>,
}

/// How a point is drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Symbol {
    /// A circle with four ticks: the plain well symbol of subsurface maps.
    #[default]
    Well,
    /// A filled circle.
    Dot,
    /// An upright cross.
    Cross,
    /// A filled triangle.
    Triangle,
    /// A filled square.
    Square,
    /// A filled diamond.
    Diamond,
}

/// A line or, closed, an outline; NaN separates parts, each of which is open or closed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Polyline {
    /// x of each vertex; NaN starts a new part.
    pub x: Vec<f64>,
    /// y of each vertex; NaN starts a new part.
    pub y: Vec<f64>,
    /// Join the last vertex of each part to its first.
    pub closed: bool,
    /// Name in the legend; `None` leaves it out.
    pub name: Option<String>,
    /// How the line is drawn.
    pub style: LineStyle,
}

/// Colour, width and dash of a line.
#[derive(Debug, Clone, PartialEq)]
pub struct LineStyle {
    /// Colour of the line.
    pub color: Rgb,
    /// Width in px (1/96 inch).
    pub width: f64,
    /// Dash pattern.
    pub dash: Dash,
    /// Colour of the inside of a closed line.
    pub fill: Option<Rgb>,
    /// How strong the fill is: 0 (not seen) to 1 (hides what is below).
    pub strength: f64,
}

impl Default for LineStyle {
    fn default() -> Self {
        Self { color: Rgb::SLATE, width: 1.5, dash: Dash::Solid, fill: None, strength: 0.2 }
    }
}

impl Map {
    /// Draws the map as SVG text, 96 px to the inch.
    ///
    /// # Errors
    /// Nothing to draw (no grid, point or line with a finite coordinate), a grid that is all
    /// NaN, arrays of different lengths, steps or ranges that are not positive, an unknown
    /// colour map.
    pub fn to_svg(&self) -> Result<String> {
        layers::draw(self)
    }
}
