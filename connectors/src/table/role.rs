//! What tables and columns are: kinds, roles, and the names by which files call them.

use std::fmt;
use std::str::FromStr;

use super::error::TableError;

/// What a row of the table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A well.
    Wells,
    /// A pick of a surface in a well.
    Tops,
    /// A station of a deviation survey.
    Surveys,
    /// A pair of depth and seismic travel time in a well.
    Checkshots,
    /// A sample of a core with what was measured on it.
    Cores,
    /// What a well produced or injected in a period.
    Production,
    /// A point with coordinates and values.
    Points,
    /// An id and what it stands for.
    Dictionary,
    /// Something else, or nothing that could be told.
    Unknown,
}

impl Kind {
    const ALL: [Kind; 9] = [
        Kind::Wells,
        Kind::Tops,
        Kind::Surveys,
        Kind::Checkshots,
        Kind::Cores,
        Kind::Production,
        Kind::Points,
        Kind::Dictionary,
        Kind::Unknown,
    ];

    /// `wells`, `tops`, `surveys`, `checkshots`, `cores`, `production`, `points`, `dictionary` or `unknown`.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Wells => "wells",
            Kind::Tops => "tops",
            Kind::Surveys => "surveys",
            Kind::Checkshots => "checkshots",
            Kind::Cores => "cores",
            Kind::Production => "production",
            Kind::Points => "points",
            Kind::Dictionary => "dictionary",
            Kind::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = TableError;
    fn from_str(text: &str) -> Result<Self, TableError> {
        let wanted = key(text);
        Kind::ALL
            .into_iter()
            .find(|k| k.as_str() == wanted || k.as_str().strip_suffix('s') == Some(wanted.as_str()))
            .ok_or_else(|| TableError::UnknownKind {
                kind: text.to_owned(),
                valid: Kind::ALL.map(Kind::as_str).join(", "),
            })
    }
}

macro_rules! roles {
    ($($role:ident $name:literal $doc:literal [$($synonym:literal)*];)*) => {
        /// What a column is to geoscience.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Role { $(#[doc = $doc] $role),* }

        impl Role {
            /// Every role.
            pub const ALL: &'static [Role] = &[$(Role::$role),*];

            /// The name by which options refer to the role, such as `md`.
            pub fn as_str(self) -> &'static str {
                match self { $(Role::$role => $name),* }
            }

            /// The names files use, as [`key`]s, the surest first.
            pub(crate) fn synonyms(self) -> &'static [&'static str] {
                match self { $(Role::$role => &[$($synonym),*]),* }
            }
        }
    };
}

roles! {
    Well "well" "Name of the wellbore." ["wellborename" "npdwellborename" "wellbore" "boreholename" "borehole" "wellname" "wellnm" "wname" "wellidentifier" "wellid" "wellno" "wellnumber" "well" "wellborecode" "holeid" "bhid" "hole"];
    Uwi "uwi" "Unique well identifier or API number." ["uwi" "uwiapi" "apiuwi" "uwibb" "uwid" "uniquewellid" "uniquewellidentifier" "api" "apino" "apinum" "apinumber" "apiwellnumber" "apiwellno" "wellapi" "api10" "api12" "api14" "ubhi"];
    WellId "well_id" "Number that stands for a well of another table." ["sitid" "siteid" "wellkey" "wellindex" "npdidwellbore"];
    X "x" "Easting." ["xutme" "easting" "eastings" "xcoord" "xcoordinate" "coordx" "utmx" "utme" "utmeasting" "ewutm" "surfacex" "surfx" "xsurface" "xloc" "xlocation" "xwell" "wellheadx" "xworld" "xfeet" "xmeters" "x"];
    Y "y" "Northing." ["yutmn" "northing" "northings" "ycoord" "ycoordinate" "coordy" "utmy" "utmn" "utmnorthing" "nsutm" "surfacey" "surfy" "ysurface" "yloc" "ylocation" "ywell" "wellheady" "yworld" "yfeet" "ymeters" "y"];
    Lon "lon" "Longitude in degrees, east positive." ["longitude" "lon" "long" "lng" "londd" "longdd" "longitudedd" "surfacelongitude" "surflong" "ewdecdeg" "ewdesdeg" "x4326" "lonwgs84" "longitudewgs84"];
    Lat "lat" "Latitude in degrees, north positive." ["latitude" "lat" "latdd" "latitudedd" "surfacelatitude" "surflat" "nsdecdeg" "y4326" "latwgs84" "latitudewgs84"];
    Z "z" "Third coordinate as the file has it: depth or elevation." ["ztvdss" "z" "zcoord" "zcoordinate" "zvalue" "elevation" "elev"];
    Md "md" "Measured depth." ["md" "measureddepth" "measdepth" "mdkb" "mdrkb" "mdrt" "mddf" "depthmd" "mdepth" "pickmd" "topmd" "mdtop" "depthmeasured" "dept" "depth" "pickdepth" "topdepth" "depthtop" "pick"];
    Tvd "tvd" "True vertical depth below the well's datum." ["tvd" "tvdkb" "tvdrkb" "tvdrt" "tvddf" "trueverticaldepth" "truevertdepth" "verticaldepth" "depthtvd" "picktvd" "toptvd"];
    Tvdss "tvdss" "True vertical depth against mean sea level." ["tvdss" "sstvd" "tvdsubsea" "subseatvd" "subseadepth" "tvdmsl" "tvdssl" "subsea" "depthtvdss" "trueverticaldepthsubsea" "sstvdepth"];
    DatumElevation "datum_elevation" "Elevation of the datum of measured depth above mean sea level." ["kb" "kbelev" "kbelevation" "elevkb" "ekb" "kbe" "rkb" "kellybushing" "kellybushingelevation" "kellybushelevation" "kellybushingelev" "rt" "rtelev" "rtelevation" "ert" "rotarytable" "rotarytableelevation" "df" "dfelev" "dfelevation" "edf" "drillfloorelevation" "datumelevation" "datumelev" "elevdatum" "refelev" "referenceelevation" "welldatumvalue"];
    DatumName "datum" "What measured depth is counted from." ["datumname" "datumtype" "welldatumname" "elevref" "elevationreference" "depthreference" "depthdatum" "elevtype" "datum"];
    GroundElevation "ground_elevation" "Elevation of the ground or sea bed at the well." ["gl" "glelev" "glelevation" "egl" "groundlevel" "groundelevation" "groundlevelelevation" "grelev"];
    Td "td" "Total depth, measured." ["totaldepth" "td" "tdmd" "mdtd" "totalmeasureddepth" "totaldepthmd" "finaldepth" "drilleddepth" "tdm" "bhmd"];
    Operator "operator" "Operating company." ["drillingoperator" "operator" "operatorname" "currentoperator" "company" "opername" "oper"];
    Field "field" "Field." ["field" "fieldname" "fieldnm"];
    Crs "crs" "Coordinate reference system or geodetic datum." ["crs" "epsg" "coordinatesystem" "coordsys" "geodeticdatum" "horizontaldatum" "projection" "srs"];
    UtmZone "utm_zone" "Zone of UTM coordinates." ["utmzone" "zoneutm"];
    Surface "surface" "Name of the surface picked." ["surfacename" "topname" "pickname" "markername" "horizonname" "formationname" "formname" "surface" "horizon" "marker" "formation" "tops" "top" "picks" "pick" "stratunit" "stratigraphicunit" "lithostratigraphicunit" "lithostrat" "lsuname" "unitname" "strat" "fm" "zonename" "name"];
    SurfaceId "surface_id" "Number that stands for a surface of another table." ["horid" "horizonid" "surfaceid" "markerid" "topid" "pickid" "formationid" "formid" "stratid"];
    Interpreter "interpreter" "Who picked it." ["interpreter" "intrp" "interp" "pickedby" "interpretedby" "author" "geologist" "source" "username"];
    Confidence "confidence" "Confidence or quality of a pick, as the source states it." ["confidencefactor" "confidence" "quality" "pickquality" "qlf" "qlt" "qual" "certainty" "reliability"];
    Inclination "inclination" "Angle from the vertical, degrees." ["inclination" "incl" "inc" "incdeg" "drift" "driftangle" "dev" "devi" "deviation" "hdev" "angle"];
    Azimuth "azimuth" "Direction, degrees clockwise from north." ["azimuth" "azim" "azi" "az" "azideg" "hazi" "aziminuth" "bearing" "azimuthgn" "azimgn" "azign" "azgn" "azimuthgrid" "azimuthgridnorth" "azimgrid" "azigrid" "gridazimuth" "azimuthtn" "azimtn" "azitn" "aztn" "azimuthtrue" "azimuthtruenorth" "azimtrue" "azitrue" "trueazimuth" "azimuthmn" "azimmn" "azimn" "azmn" "azimuthmag" "azimuthmagnetic" "azimuthmagneticnorth" "azimmag" "azimag" "magneticazimuth" "magazimuth" "direction"];
    NorthReference "north_reference" "Which north azimuths are from: true, grid or magnetic." ["northreference" "northref" "azimuthreference" "azimuthref" "azireference" "azref"];
    Declination "declination" "Angle from true to magnetic north, degrees, east positive." ["declination" "magneticdeclination" "magdeclination" "magdec"];
    Convergence "convergence" "Angle from true to grid north, degrees, east positive." ["convergence" "gridconvergence" "meridianconvergence"];
    Dx "dx" "Offset to the east of the well head." ["dx" "ew" "eastwest" "eastoffset" "offseteast" "deltax" "east" "xoffset" "departure" "xoff"];
    Dy "dy" "Offset to the north of the well head." ["dy" "ns" "northsouth" "northoffset" "offsetnorth" "deltay" "north" "yoffset" "yoff"];
    Dls "dls" "Dogleg severity." ["dls" "dogleg" "doglegseverity" "dlseverity" "dogleg30m" "dogleg100ft"];
    Twt "twt" "Two-way time." ["twt" "twtpicked" "twtms" "twowaytime" "twowaytraveltime" "timetwt" "twtauto"];
    Owt "owt" "One-way time." ["owt" "owtms" "onewaytime" "onewaytraveltime" "timeowt"];
    TravelTime "travel_time" "Travel time that does not say whether it is one-way or two-way." ["traveltime" "seismictime" "checkshottime" "timems" "time"];
    Core "core" "Number of a core of the well." ["corenumber" "coreno" "corenr" "coreid" "core"];
    Sample "sample" "Number or name of a sample or plug of a core." ["samplenumber" "sampleno" "samplenr" "sampleid" "plugnumber" "plugno" "plugnr" "plugid" "plug" "sample"];
    Date "date" "Date of a period of production: its first day, or its last, or the month." [];
    Start "start" "First day of a period." [];
    End "end" "Last day of a period." [];
    Year "year" "Year of a period." [];
    Month "month" "Month of a period, with a column of years." [];
    Day "day" "Day of the month, with columns of years and months." [];
    PeriodDays "period_days" "Days of a period." [];
    DaysOn "days_on" "Days of a period on which the well flowed." [];
    HoursOn "hours_on" "Hours of a period in which the well flowed." [];
    Stream "stream" "What is produced or injected: product, phase, kind of flow." [];
    Zone "zone" "Zone, reservoir, pool or completion that flowed." [];
    Oil "oil" "Volume of oil of a period." [];
    Gas "gas" "Volume of gas of a period." [];
    Water "water" "Volume of water of a period." [];
    Condensate "condensate" "Volume of condensate of a period." [];
    WaterInjection "water_injection" "Volume of water injected in a period." [];
    GasInjection "gas_injection" "Volume of gas injected in a period." [];
    OilRate "oil_rate" "Rate of oil." [];
    GasRate "gas_rate" "Rate of gas." [];
    WaterRate "water_rate" "Rate of water." [];
    CondensateRate "condensate_rate" "Rate of condensate." [];
    WaterInjectionRate "water_injection_rate" "Rate of water injected." [];
    GasInjectionRate "gas_injection_rate" "Rate of gas injected." [];
    CumOil "cum_oil" "Oil up to the end of a period." [];
    CumGas "cum_gas" "Gas up to the end of a period." [];
    CumWater "cum_water" "Water up to the end of a period." [];
    CumCondensate "cum_condensate" "Condensate up to the end of a period." [];
    CumWaterInjection "cum_water_injection" "Water injected up to the end of a period." [];
    CumGasInjection "cum_gas_injection" "Gas injected up to the end of a period." [];
    Volume "volume" "Volume of a period, of what the stream names." [];
    VolumeUnit "volume_unit" "Unit of the volume of each row." [];
    PolyId "poly_id" "Number or name that tells the lines or polygons of a table of positions apart." ["polyid" "polygonid" "polylineid" "polygonnumber" "polynumber" "stickid" "sticknumber" "faultstickid"];
    Id "id" "A key whose meaning another table gives." ["id"];
    Value "value" "A further column: an attribute or a measurement." [];
}

impl Role {
    /// True when the column has to hold numbers.
    pub fn is_number(self) -> bool {
        use Role::{
            Azimuth, Convergence, DatumElevation, Declination, Dls, Dx, Dy, GroundElevation, Inclination, Lat, Lon, Md,
            Owt, Td, TravelTime, Tvd, Tvdss, Twt, X, Y, Year, Z,
        };
        self.is_amount()
            || matches!(
                self,
                X | Y
                    | Lon
                    | Lat
                    | Z
                    | Md
                    | Tvd
                    | Tvdss
                    | DatumElevation
                    | GroundElevation
                    | Td
                    | Inclination
                    | Azimuth
                    | Declination
                    | Convergence
                    | Dx
                    | Dy
                    | Dls
                    | Twt
                    | Owt
                    | TravelTime
                    | Year
            )
    }

    /// True for the roles of a table of production, which only such a table has.
    pub(crate) fn is_of_production(self) -> bool {
        (Role::Date..=Role::VolumeUnit).contains(&self)
    }

    /// True when the column holds volumes, rates or times of a period of production.
    pub(crate) fn is_amount(self) -> bool {
        matches!(self, Role::PeriodDays | Role::DaysOn | Role::HoursOn) || self.is_flow()
    }

    /// True when the column holds volumes or rates of production or injection.
    pub(crate) fn is_flow(self) -> bool {
        (Role::Oil..=Role::Volume).contains(&self)
    }

    /// True when the column holds a length: coordinates of a projection, depths, elevations, offsets.
    pub fn is_length(self) -> bool {
        self.is_number()
            && !matches!(self, Role::Lon | Role::Lat | Role::Inclination | Role::Azimuth | Role::Dls)
            && !matches!(self, Role::Declination | Role::Convergence)
            && !self.is_of_production()
            && !self.is_time()
    }

    /// True when the column holds a seismic travel time.
    pub fn is_time(self) -> bool {
        matches!(self, Role::Twt | Role::Owt | Role::TravelTime)
    }

    /// True when the column names something: its values are text whatever they look like.
    pub fn is_identifier(self) -> bool {
        matches!(
            self,
            Role::Well
                | Role::Uwi
                | Role::Operator
                | Role::Field
                | Role::Surface
                | Role::Interpreter
                | Role::Crs
                | Role::DatumName
        )
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = TableError;

    /// Reads a role's name, or any of the names files use for it where only one role has it.
    fn from_str(text: &str) -> Result<Self, TableError> {
        let wanted = key(text);
        if let Some(role) = Role::ALL.iter().find(|r| key(r.as_str()) == wanted) {
            return Ok(*role);
        }
        let mut by_synonym = Role::ALL.iter().filter(|r| r.synonyms().contains(&wanted.as_str()));
        match (by_synonym.next(), by_synonym.next()) {
            (Some(role), None) => Ok(*role),
            _ => Err(TableError::UnknownRole {
                role: text.to_owned(),
                valid: Role::ALL.iter().map(|r| r.as_str()).collect::<Vec<_>>().join(", "),
            }),
        }
    }
}

/// A name reduced to lower-case letters and digits, so that `Measured_Depth` and `MEASURED DEPTH` are the same.
pub(crate) fn key(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Prefixes that a source puts before every name: the Norwegian Offshore Directorate's `wlb` (wellbore).
const PREFIXES: &[&str] = &["wlb"];

/// The roles a column name may stand for, each with the place of the name among the role's synonyms (0 is the surest).
pub(crate) fn roles_of_name(name: &str) -> Vec<(Role, usize)> {
    let full = key(name);
    let short = PREFIXES.iter().find_map(|p| full.strip_prefix(p)).unwrap_or(&full);
    Role::ALL
        .iter()
        .filter_map(|role| role.synonyms().iter().position(|s| *s == short).map(|rank| (*role, rank)))
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn synonyms_are_keys() {
        for role in Role::ALL {
            for synonym in role.synonyms() {
                assert_eq!(key(synonym), *synonym);
            }
            assert_eq!(role.as_str().parse::<Role>().unwrap(), *role);
        }
    }

    #[test]
    fn names_are_recognised_ignoring_case_and_punctuation() {
        assert_eq!(roles_of_name("Measured Depth")[0].0, Role::Md);
        assert_eq!(roles_of_name("X_UTME")[0].0, Role::X);
        assert_eq!(roles_of_name("wlbTotalDepth")[0].0, Role::Td);
        assert!(roles_of_name("Porosity").is_empty());
    }
}
