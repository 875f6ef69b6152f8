//! What the program is called with.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use outcrop_types::{Crs, DatumName, LengthUnit};

/// SQL for the subsurface.
///
/// A project holds wells, logs, tops and surveys as tables:
///
///   outcrop init field.outcrop --unit m --crs EPSG:23031
///   outcrop import -p field.outcrop wells/ tops.csv surveys.csv
///   outcrop sql -p field.outcrop -c "SELECT well, count(*) FROM logs GROUP BY well"
///   outcrop plot map -p field.outcrop --surface "Top Reservoir" -o map.png
///
/// Files can be queried without a project:
///
///   outcrop sql -c "SELECT * FROM 'wells/**/*.las' LIMIT 10"
#[derive(Parser)]
#[command(name = "outcrop", version, verbatim_doc_comment, max_term_width = 110, disable_help_subcommand = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Args)]
#[command(next_help_heading = "For every command")]
pub(crate) struct Global {
    /// The project folder; left out, the one this folder is in, or the only *.outcrop in it
    #[arg(short, long, global = true, env = "OUTCROP_PROJECT", value_name = "FOLDER")]
    pub(crate) project: Option<PathBuf>,
    /// Reach only this folder and what is below it (may be given several times); left out, the whole file system
    #[arg(long, global = true, value_name = "FOLDER")]
    pub(crate) root: Vec<PathBuf>,
    /// Memory that queries may hold at a time, such as 4GiB; left out, two thirds of the machine's
    #[arg(long, global = true, value_name = "SIZE", value_parser = bytes)]
    pub(crate) memory: Option<usize>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    Init(Init),
    Import(Import),
    Sql(Sql),
    Export(Export),
    Inspect(Inspect),
    Plot(Plot),
    Info(Info),
    History(History),
    Diff(Diff),
    Restore(Restore),
    Gc(Gc),
    Functions(Functions),
    Demo(Demo),
    Completions(Completions),
    Help(Help),
}

/// What Tab completes in a shell: prints the script for it
#[derive(Args)]
#[command(after_help = "\
Examples:
  outcrop completions bash > ~/.local/share/bash-completion/completions/outcrop
  outcrop completions zsh > \"${fpath[1]}/_outcrop\"
  outcrop completions fish > ~/.config/fish/completions/outcrop.fish")]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

/// Help for a command, or the page of a SQL function with an example that runs
#[derive(Args)]
#[command(after_help = "\
Examples:
  outcrop help krige
  outcrop help plot map")]
pub(crate) struct Help {
    /// A command or a function
    pub(crate) topic: Vec<String>,
}

/// Make a project
///
/// Lengths and depths are kept in one unit, which imports convert to. The CRS and the vertical datum are stated here
/// or stay unknown; they are never guessed.
#[derive(Args)]
#[command(after_help = "Example:\n  outcrop init field.outcrop --unit m --crs EPSG:23031 --datum KB")]
pub(crate) struct Init {
    /// Folder of the project, such as field.outcrop
    pub(crate) folder: PathBuf,
    /// Its name; left out, the folder's
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Unit that lengths and depths are kept in: m or ft
    #[arg(long, default_value = "m")]
    pub(crate) unit: LengthUnit,
    /// CRS of x and y, such as EPSG:23031
    #[arg(long)]
    pub(crate) crs: Option<Crs>,
    /// What measured depth is counted from unless a file says otherwise: KB, RT, DF, GL or MSL
    #[arg(long)]
    pub(crate) datum: Option<DatumName>,
}

/// Bring files into the project: well logs, surfaces, features, and tables of wells, tops, surveys, checkshots, cores, production and points
///
/// All go into one commit, or none where the import is ended. Paths may be files, folders and patterns ('wells/**/*.las'); what each file is, is found by looking into it.
/// Whatever was assumed or could not be read is listed in outcrop.imports and outcrop.import_issues.
#[derive(Args)]
#[command(after_help = "\
Examples:
  outcrop import logs/ tops.csv surveys.csv -m \"the wells of 2024\"
  outcrop import picks.txt --kind tops --map x=Easting --map y=Northing --unit md=ft
  outcrop import top_reservoir.gri --z-kind depth --z-unit m")]
pub(crate) struct Import {
    /// Files, folders or patterns
    #[arg(required = true)]
    pub(crate) paths: Vec<String>,
    /// What the files are: las, wells, tops, surveys, checkshots, cores, production, points, lines, polygons or faults
    #[arg(long)]
    pub(crate) kind: Option<outcrop_import::Kind>,
    /// Column that plays a role, such as x=Easting or md="Measured Depth" (may be given several times)
    #[arg(long, value_name = "ROLE=COLUMN", value_parser = pair)]
    pub(crate) map: Vec<(String, String)>,
    /// Unit of a column or role where the file does not say, such as md=ft (may be given several times)
    #[arg(long, value_name = "COLUMN=UNIT", value_parser = pair)]
    pub(crate) unit: Vec<(String, String)>,
    /// A value that means "no reading" (may be given several times)
    #[arg(long, allow_hyphen_values = true)]
    pub(crate) null: Vec<String>,
    /// Delimiter of text tables: comma, tab, semicolon, pipe or whitespace
    #[arg(long)]
    pub(crate) delimiter: Option<outcrop_connectors::table::Delimiter>,
    /// Columns of text tables by their places in the line, such as 1-8:well,9-16:md,17-:surface; 7=8 asks for an 8 there
    #[arg(long, value_name = "PLACES")]
    pub(crate) columns: Option<outcrop_connectors::table::FixedColumns>,
    /// CRS of x and y in these files, where it is not the project's
    #[arg(long)]
    pub(crate) crs: Option<Crs>,
    /// Well of surveys, checkshots, cores and tops that do not name one
    #[arg(long)]
    pub(crate) well: Option<String>,
    /// North that azimuths of surveys are from: grid, true or magnetic
    #[arg(long)]
    pub(crate) north: Option<outcrop_import::North>,
    /// Degrees from true to magnetic north at the wells of surveys, east positive
    #[arg(long, value_name = "DEGREES", allow_hyphen_values = true, value_parser = degrees)]
    pub(crate) declination: Option<f64>,
    /// Degrees from true to grid north at the wells of surveys, east positive
    #[arg(long, value_name = "DEGREES", allow_hyphen_values = true, value_parser = degrees)]
    pub(crate) convergence: Option<f64>,
    /// What z of surfaces is, which hardly any format says: depth, elevation, time, thickness or property
    #[arg(long, value_name = "KIND")]
    pub(crate) z_kind: Option<outcrop_types::ZKind>,
    /// Unit of z of surfaces and features, where the file does not say; the same as --unit z=UNIT
    #[arg(long, value_name = "UNIT")]
    pub(crate) z_unit: Option<String>,
    /// Name of the table for points, surfaces, lines, polygons or faults, or of the seismic volume; left out, the file's. Several
    /// seismic files with one name become one volume
    #[arg(long)]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) segy: Segy,
    /// Copy seismic files into the project; else they are known by path and checksum
    #[arg(long)]
    pub(crate) keep_original: bool,
    /// A table of mnemonics that goes before the built-in one
    #[arg(long, value_name = "FILE")]
    pub(crate) mnemonics: Option<PathBuf>,
    /// Why, for the history
    #[arg(short, long, default_value = "")]
    pub(crate) message: String,
}

/// What is stated of seismic files rather than left to find out.
#[derive(Args)]
#[command(next_help_heading = "Seismic files (SEG-Y, Seismic Unix)")]
pub(crate) struct Segy {
    /// Byte of inline numbers in the trace header, counted from 1: 189, or 17:2 with its width
    #[arg(long, value_name = "BYTE")]
    pub(crate) inline_byte: Option<String>,
    /// Byte of crossline numbers
    #[arg(long, value_name = "BYTE")]
    pub(crate) crossline_byte: Option<String>,
    /// Byte of eastings
    #[arg(long, value_name = "BYTE")]
    pub(crate) x_byte: Option<String>,
    /// Byte of northings
    #[arg(long, value_name = "BYTE")]
    pub(crate) y_byte: Option<String>,
    /// Byte of CDP numbers
    #[arg(long, value_name = "BYTE")]
    pub(crate) cdp_byte: Option<String>,
    /// Byte of offsets
    #[arg(long, value_name = "BYTE")]
    pub(crate) offset_byte: Option<String>,
    /// Byte of shotpoint numbers
    #[arg(long, value_name = "BYTE")]
    pub(crate) shotpoint_byte: Option<String>,
    /// Sample format, whatever the header says: a code of the standard, or ibm, float32, int16 …
    #[arg(long, value_name = "FORMAT")]
    pub(crate) sample_format: Option<String>,
    /// Byte order: big, little or pair-swapped
    #[arg(long, value_name = "ORDER")]
    pub(crate) byte_order: Option<String>,
    /// What samples lie along: time, depth or frequency
    #[arg(long)]
    pub(crate) domain: Option<String>,
    /// Distance between samples, in ms, or m or ft for depth
    #[arg(long, value_name = "STEP")]
    pub(crate) sample_interval: Option<String>,
    /// Where the first sample is, in ms, or m or ft for depth
    #[arg(long, allow_hyphen_values = true)]
    pub(crate) start: Option<String>,
    /// What the traces are: 3d, 3d_prestack, 2d, 2d_prestack, single_trace or unknown
    #[arg(long, value_name = "KIND")]
    pub(crate) geometry: Option<String>,
    /// Read the whole traces of a file that is cut off
    #[arg(long)]
    pub(crate) damaged: bool,
}

impl Segy {
    /// As the reader takes them.
    pub(crate) fn options(&self) -> anyhow::Result<outcrop_seismic::SegyOptions> {
        let mut options = outcrop_seismic::SegyOptions::default();
        let damaged = self.damaged.then(|| "true".to_owned());
        let stated = [
            ("inline_byte", &self.inline_byte),
            ("crossline_byte", &self.crossline_byte),
            ("x_byte", &self.x_byte),
            ("y_byte", &self.y_byte),
            ("cdp_byte", &self.cdp_byte),
            ("offset_byte", &self.offset_byte),
            ("shotpoint_byte", &self.shotpoint_byte),
            ("sample_format", &self.sample_format),
            ("byte_order", &self.byte_order),
            ("domain", &self.domain),
            ("sample_interval", &self.sample_interval),
            ("start", &self.start),
            ("geometry", &self.geometry),
            ("damaged", &damaged),
        ];
        for (name, value) in stated {
            if let Some(value) = value {
                let named = |e: String| anyhow::anyhow!("--{}: {e}", name.replace('_', "-"));
                options.set(name, value).map_err(named)?;
            }
        }
        Ok(options)
    }
}

/// Ask in SQL: one statement, a file, or a prompt
///
/// Without -c and -f, a prompt: statements end with `;`, `\?` lists what else can be typed, Ctrl-C cancels a statement
/// that runs, Ctrl-D leaves. Where standard input is no terminal, the statements are read from it.
#[derive(Args)]
#[command(after_help = "\
Examples:
  outcrop sql -c \"SELECT well, avg(gr) FROM logs GROUP BY well\" --format csv > gr.csv
  outcrop sql -c \"SELECT * FROM 'wells/*.las' LIMIT 10\"
  outcrop sql -f report.sql")]
pub(crate) struct Sql {
    /// The statement (or several, separated by `;`)
    #[arg(short, long)]
    pub(crate) command: Option<String>,
    /// A file of statements, separated by `;`
    #[arg(short, long, value_name = "FILE", conflicts_with = "command")]
    pub(crate) file: Option<PathBuf>,
    /// How rows are written
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    /// Rows shown by --format table, markdown and expanded; the others are counted
    #[arg(long, default_value_t = 1000)]
    pub(crate) rows: usize,
}

/// Write logs, a table or a query into files
///
/// `logs` with a .las file are whole log sets, one file each: with the header they were imported with, in the units of
/// their files, every digit kept. Anything else is the rows of a table or query, in the format the ending says; .las
/// takes columns well, md (or tvd, tvdss) and curves.
#[derive(Args)]
#[command(after_help = "\
Examples:
  outcrop export logs --well OUT-1 -o out.las
  outcrop export logs -o 'las/{well}_{log_set}.las' --las-version 3.0
  outcrop export logs --well OUT-1 --original -o out.las
  outcrop export tops -o tops.csv
  outcrop export \"(SELECT well, md, gr FROM logs)\" -o 'gr/{well}.las'")]
pub(crate) struct Export {
    /// `logs`, the name of a table, or a query in parentheses
    pub(crate) what: String,
    /// File to write; the ending says how (.las, .csv, .parquet, .arrow, .json, .geojson). {well} and {log_set} in it
    /// make a LAS file for each
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: String,
    /// Well of the logs (may be given several times); left out, all
    #[arg(long, value_name = "NAME")]
    pub(crate) well: Vec<String>,
    /// Log set of the logs; left out, all
    #[arg(long, value_name = "NAME")]
    pub(crate) log_set: Option<String>,
    /// The file a log set was imported from, byte for byte, instead of a new one from the tables
    #[arg(long)]
    pub(crate) original: bool,
    /// Version of LAS: 2.0 or 3.0; left out, 2.0, and 3.0 where there is text
    #[arg(long, value_name = "VERSION", value_enum)]
    pub(crate) las_version: Option<LasVersion>,
    /// The number that means "no reading" in LAS files; left out, that of the file a log set came from
    #[arg(long, value_name = "NUMBER", value_parser = finite, allow_hyphen_values = true)]
    pub(crate) null: Option<f64>,
}

/// A version of LAS that is written.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LasVersion {
    /// Numbers only
    #[value(name = "2.0", alias = "2")]
    V20,
    /// Text too
    #[value(name = "3.0", alias = "3")]
    V30,
}

/// How rows are written.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Aligned columns; on a screen wide cells are cut
    Table,
    /// Comma separated, with a header; lists and structs as JSON text
    Csv,
    /// One JSON object a line, with every column; what is no number (NaN) is null
    Json,
    /// A Markdown table
    Markdown,
    /// A line for each column of each row
    Expanded,
    /// Arrow IPC stream, of one result
    Arrow,
    /// Parquet file, of one result
    Parquet,
}

/// Look into files before an import: what they hold, what they would become, what is odd
#[derive(Args)]
pub(crate) struct Inspect {
    /// Files, folders or patterns
    #[arg(required = true)]
    pub(crate) paths: Vec<String>,
    /// Columns of text tables by their places in the line, such as 1-8:well,9-16:md,17-:surface; 7=8 asks for an 8 there
    #[arg(long, value_name = "PLACES")]
    pub(crate) columns: Option<outcrop_connectors::table::FixedColumns>,
    #[command(flatten)]
    pub(crate) segy: Segy,
}

/// Draw a map or a log plot
#[derive(Args)]
pub(crate) struct Plot {
    #[command(subcommand)]
    pub(crate) what: PlotWhat,
}

#[derive(Subcommand)]
pub(crate) enum PlotWhat {
    Map(PlotMap),
    Log(PlotLog),
    Section(PlotSection),
    Crossplot(PlotCrossplot),
    Histogram(PlotHistogram),
}

/// Where a chart's samples come from
#[derive(Args)]
pub(crate) struct Samples {
    /// Take the rows of this query; left out, those of logs
    #[arg(long, value_name = "SQL", conflicts_with_all = ["well", "condition"])]
    pub(crate) sql: Option<String>,
    /// Only these wells, such as OUT-1,OUT-2
    #[arg(long, value_name = "WELLS", value_delimiter = ',')]
    pub(crate) well: Vec<String>,
    /// Only samples that meet a condition in SQL, such as "gr < 75 AND md > 1900"
    #[arg(long = "where", value_name = "CONDITION")]
    pub(crate) condition: Option<String>,
    /// Zones of the project instead of samples alone: adds the column `zone`, by measured depth
    #[arg(long, conflicts_with = "sql")]
    pub(crate) zones: bool,
}

/// Readings of one kind against those of another
///
/// Samples come from logs or a query. Colours show a column: numbers along a colour bar, texts such as well or zone as
/// classes. The usual directions of density and resistivity are taken where the ends are not given: give --y-range from
/// the lower to the upper end for others.
#[derive(Args)]
#[command(after_help = "\
Examples:
  outcrop plot crossplot --x nphi --y rhob --color gr -o nd.png
  outcrop plot crossplot --x gr --y rt --log-y --density --where \"md > 1900\" -o gr_rt.svg
  outcrop plot crossplot --x phi --y k --log-y --regression exponential --sql \"SELECT * FROM cores\" -o k_phi.pdf")]
pub(crate) struct PlotCrossplot {
    /// File to write: .svg, .png or .pdf
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Column or expression to the right
    #[arg(long, value_name = "COLUMN")]
    pub(crate) x: String,
    /// Column or expression upwards
    #[arg(long, value_name = "COLUMN")]
    pub(crate) y: String,
    /// Column that gives the colours
    #[arg(long, value_name = "COLUMN", conflicts_with = "density")]
    pub(crate) color: Option<String>,
    /// Count the samples in hexagons instead of drawing each
    #[arg(long)]
    pub(crate) density: bool,
    /// A regression line with its equation: linear, logarithmic (of x), exponential (of log y) or power
    #[arg(long, value_enum)]
    pub(crate) regression: Option<Regression>,
    /// Ends of the x axis, left and right, such as -0.05,0.45
    #[arg(long, value_name = "LEFT,RIGHT", value_parser = range, allow_hyphen_values = true)]
    pub(crate) x_range: Option<(f64, f64)>,
    /// Ends of the y axis, lower and upper, such as 3,2
    #[arg(long, value_name = "LOWER,UPPER", value_parser = range, allow_hyphen_values = true)]
    pub(crate) y_range: Option<(f64, f64)>,
    /// Ends of the colour bar
    #[arg(long, value_name = "LOW,HIGH", value_parser = range, allow_hyphen_values = true, requires = "color")]
    pub(crate) color_range: Option<(f64, f64)>,
    /// A logarithmic x axis
    #[arg(long)]
    pub(crate) log_x: bool,
    /// A logarithmic y axis
    #[arg(long)]
    pub(crate) log_y: bool,
    /// One of Crameri's colour maps: batlow, vik, davos, lapaz, roma …; `_r` behind it turns it round
    #[arg(long, value_name = "NAME", default_value = "batlow")]
    pub(crate) color_map: String,
    /// Title above; left out, what is drawn
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,
    #[command(flatten)]
    pub(crate) samples: Samples,
}

/// How often readings occur, with their statistics
///
/// P10, P50 and P90 are by exceedance: P90 is the value that 90 % of the samples exceed.
#[derive(Args)]
#[command(after_help = "\
Examples:
  outcrop plot histogram --x gr -o gr.png
  outcrop plot histogram --x rt --log --by well --cumulative -o rt.svg
  outcrop plot histogram --x porosity --width 0.01 --by zone --zones --percent -o phi.pdf")]
pub(crate) struct PlotHistogram {
    /// File to write: .svg, .png or .pdf
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Column or expression
    #[arg(long, value_name = "COLUMN")]
    pub(crate) x: String,
    /// Column whose values have a colour each, such as well or zone
    #[arg(long, value_name = "COLUMN")]
    pub(crate) by: Option<String>,
    /// How many bins
    #[arg(long, value_name = "N", conflicts_with = "width", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) bins: Option<u32>,
    /// Width of the bins, at its multiples; with --log, how many in a decade
    #[arg(long, value_name = "WIDTH", value_parser = positive, allow_hyphen_values = true)]
    pub(crate) width: Option<f64>,
    /// Ends of the axis
    #[arg(long, value_name = "LEFT,RIGHT", value_parser = range, allow_hyphen_values = true)]
    pub(crate) range: Option<(f64, f64)>,
    /// A logarithmic axis
    #[arg(long)]
    pub(crate) log: bool,
    /// Per cent of the samples instead of how many
    #[arg(long)]
    pub(crate) percent: bool,
    /// The part of the samples up to a value, as a line
    #[arg(long)]
    pub(crate) cumulative: bool,
    /// Title above; left out, what is drawn
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,
    #[command(flatten)]
    pub(crate) samples: Samples,
}

/// Wells side by side, their tops joined
///
/// Depth is measured depth unless --depth says otherwise; --flatten hangs the wells on a top. Tops that a neighbour does not
/// have end in the gap. Distances between wells are those of their heads.
#[derive(Args)]
#[command(after_help = "\
Examples:
  outcrop plot section OUT-1 OUT-2 OUT-3 --depth tvdss -o section.png
  outcrop plot section OUT-1 OUT-4 --flatten \"Top Reservoir\" --from -50 --to 150 --template triple -o flat.pdf
  outcrop plot section --volume cube --inline 1061 --well OUT-1 -o inline.png
  outcrop plot section --volume cube OUT-1 OUT-4 OUT-9 --display both -o line.png
  outcrop plot section --volume cube --slice 1600 --color-map grayC -o slice.png")]
pub(crate) struct PlotSection {
    /// The wells from left to right, as the table wells names them; with --volume the section runs through them
    #[arg(required_unless_present = "volume")]
    pub(crate) wells: Vec<String>,
    #[command(flatten)]
    pub(crate) seismic: SeismicSectionArguments,
    /// File to write: .svg, .png or .pdf
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// What depth is drawn against: md, tvd or tvdss
    #[arg(long, value_enum, default_value_t = Depth::Md)]
    pub(crate) depth: Depth,
    /// Hang the wells on this top; --from and --to then count from it
    #[arg(long, value_name = "TOP")]
    pub(crate) flatten: Option<String>,
    /// Only these tops
    #[arg(long, value_name = "TOPS", value_delimiter = ',')]
    pub(crate) tops: Vec<String>,
    /// Curves to draw, such as GR,RT; left out, those of --template
    #[arg(long, value_delimiter = ',')]
    pub(crate) curves: Vec<String>,
    /// Layout: standard, triple, resistivity or sonic, or a file of tracks (.toml)
    #[arg(long, value_name = "NAME|FILE", default_value = "resistivity")]
    pub(crate) template: String,
    /// First depth, in the project's unit; left out, the first sample
    #[arg(long, value_name = "DEPTH", value_parser = finite, allow_hyphen_values = true)]
    pub(crate) from: Option<f64>,
    /// Last depth, in the project's unit; left out, the last sample
    #[arg(long, value_name = "DEPTH", value_parser = finite, allow_hyphen_values = true)]
    pub(crate) to: Option<f64>,
    /// Gaps in proportion to the distances between the wells
    #[arg(long)]
    pub(crate) to_scale: bool,
    /// Do not fill between the tops
    #[arg(long)]
    pub(crate) no_fill: bool,
    /// Title above; left out, the wells
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,
}

/// What is drawn of a seismic volume.
#[derive(Args)]
#[command(next_help_heading = "Seismic sections")]
pub(crate) struct SeismicSectionArguments {
    /// Draw a section of this volume of the project, or of this SEG-Y file, in place of logs
    #[arg(long, value_name = "NAME|FILE")]
    pub(crate) volume: Option<String>,
    /// The inline
    #[arg(long, requires = "volume")]
    pub(crate) inline: Option<i64>,
    /// The crossline
    #[arg(long, requires = "volume", conflicts_with = "inline")]
    pub(crate) crossline: Option<i64>,
    /// A map of the samples at this time or depth
    #[arg(long, value_name = "TIME|DEPTH", requires = "volume", conflicts_with_all = ["inline", "crossline"], value_parser = finite)]
    pub(crate) slice: Option<f64>,
    /// Colours, wiggles, or both
    #[arg(long, value_enum, default_value_t = SeismicDisplay::Density)]
    pub(crate) display: SeismicDisplay,
    /// A surface in the domain of the volume, drawn as a line (may be given several times)
    #[arg(long, value_name = "TABLE", requires = "volume")]
    pub(crate) horizon: Vec<String>,
    /// A well drawn on the section, by its checkshots where the volume is in time (may be given several times)
    #[arg(long, value_name = "WELL", requires = "volume")]
    pub(crate) well: Vec<String>,
    /// How far a well may be from the section, in the unit of x
    #[arg(long, default_value_t = 200.0, value_parser = finite)]
    pub(crate) within: f64,
    /// Colour map: vik, grayC, romaO, batlow …
    #[arg(long, value_name = "NAME")]
    pub(crate) color_map: Option<String>,
    /// Per cent of the amplitudes that the colours hold
    #[arg(long, value_name = "PERCENT", default_value_t = 98.0, value_parser = finite)]
    pub(crate) clip: f64,
}

/// How the traces of a section are drawn.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum SeismicDisplay {
    /// Variable density
    Density,
    /// Wiggles with variable area
    Wiggle,
    /// Wiggles over colours
    Both,
}

/// A depth.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Depth {
    /// Measured depth
    Md,
    /// True vertical depth below the well's datum
    Tvd,
    /// True vertical depth below mean sea level
    Tvdss,
}

/// The form of a regression.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Regression {
    /// y = a + b x
    Linear,
    /// y = a + b log10 x
    Logarithmic,
    /// log10 y = a + b x
    Exponential,
    /// log10 y = a + b log10 x
    Power,
}

/// A map: a surface with contours, wells, labels
///
/// With --surface the picks of a surface are kriged; with --grid the rows of a query are drawn; with neither, the wells.
/// All is in one CRS: the project's, or that which every layer states. Nothing is transformed in silence: a layer in another
/// CRS is an error. A map takes 25 million nodes at most.
#[derive(Args)]
#[command(after_help = "\
Examples:
  outcrop plot map --surface \"Top Reservoir\" -o map.png
  outcrop plot map --grid \"SELECT * FROM krige((SELECT x, y, phi FROM porosity), cell_size => 200)\" \\
      --label Porosity --unit v/v -o porosity.pdf
  outcrop plot map --surface \"Top Reservoir\" --faults \"SELECT geometry FROM 'faults.geojson'\" \\
      --post \"SELECT x, y, tvdss FROM tops_xyz WHERE surface = 'Top Reservoir'\" -o top.png")]
pub(crate) struct PlotMap {
    /// File to write: .svg, .png or .pdf
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Krige the picks of this surface, at their true vertical depth below sea level, and draw the result
    #[arg(long, value_name = "NAME")]
    pub(crate) surface: Option<String>,
    /// Draw the rows of a query instead: x, y and a value on a regular grid, along the axes or turned, as krige, grid and the
    /// tables of surfaces give them
    #[arg(long, value_name = "SQL", conflicts_with = "surface")]
    pub(crate) grid: Option<String>,
    /// The column of --grid that is drawn; left out, estimate, value or z
    #[arg(long, value_name = "COLUMN", conflicts_with = "surface")]
    pub(crate) value: Option<String>,
    /// What the values are, for the colour bar, such as "Porosity"; left out, the column's name
    #[arg(long, value_name = "TEXT")]
    pub(crate) label: Option<String>,
    /// Unit of the values of --grid, where the query does not carry one
    #[arg(long, conflicts_with = "surface")]
    pub(crate) unit: Option<String>,
    /// Unit of x and y, where the queries do not carry one
    #[arg(long, value_name = "UNIT", conflicts_with = "surface")]
    pub(crate) xy_unit: Option<String>,
    /// Points to draw: a query with x, y and, if wanted, a label; left out, the picks of --surface, or the wells (with --grid
    /// those on the surface and around it)
    #[arg(long, value_name = "SQL")]
    pub(crate) points: Option<String>,
    /// Lines to draw, such as contacts and outlines: a query or table of lines with geometry, or of x, y and if wanted a part
    /// and a name (may be given several times)
    #[arg(long, value_name = "SQL|TABLE")]
    pub(crate) lines: Vec<String>,
    /// Faults to draw, as --lines
    #[arg(long, value_name = "SQL|TABLE")]
    pub(crate) faults: Vec<String>,
    /// Polygons to draw, filled lightly, as --lines
    #[arg(long, value_name = "SQL|TABLE")]
    pub(crate) polygons: Vec<String>,
    /// Column of --polygons that gives their colours: texts have one each, numbers are put in steps of --color-map
    #[arg(long, value_name = "COLUMN", requires = "polygons")]
    pub(crate) color: Option<String>,
    /// Values to write beside their places: a query of x, y and a value
    #[arg(long, value_name = "SQL|TABLE")]
    pub(crate) post: Option<String>,
    /// Distance between the nodes of --surface, in the project's unit; left out, a hundredth of the extent
    #[arg(long, value_name = "LENGTH", conflicts_with = "grid", value_parser = positive, allow_hyphen_values = true)]
    pub(crate) cell_size: Option<f64>,
    /// Krige every node of --surface from this many of the nearest picks; left out, from all where there are 500 or
    /// fewer, else from 16
    #[arg(long, value_name = "N", conflicts_with = "grid", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) neighbours: Option<u32>,
    /// Contour interval, in the unit of the values; left out, a round one; 0 for none
    #[arg(long, value_name = "STEP", value_parser = not_negative, allow_hyphen_values = true)]
    pub(crate) contours: Option<f64>,
    /// One of Crameri's colour maps: batlow, vik, davos, lapaz, roma …; `_r` behind it turns it round
    #[arg(long, value_name = "NAME", default_value = "batlow")]
    pub(crate) color_map: String,
    /// The values of --grid are depths: deep values at the lower end of the colour bar
    #[arg(long)]
    pub(crate) depth: bool,
    /// Title above the map; left out, the surface's or the project's name
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,
}

/// The logs of a well in tracks
///
/// Curves go into the usual tracks by their mnemonics, with the usual scales where their unit is known; tops are drawn
/// across them.
#[derive(Args)]
#[command(after_help = "\
Examples:
  outcrop plot log OUT-1 -o log.png
  outcrop plot log OUT-1 --template triple --from 1900 --to 2100 --scale 500 -o log.pdf
  outcrop plot log OUT-1 --template tracks.toml -o log.png

A file of tracks:
  [[track]]
  width = 40                      # mm
  [[track.curve]]
  mnemonic = \"GR\"
  left = 0                        # ends of the scale; left out, from the data
  right = 150
  color = \"#2E7D32\"
  fill = \"left\"                 # left, right, or the mnemonic of another curve of the track
  fill_color = \"#E3F0E1\"
  [[track]]
  [[track.curve]]
  mnemonic = \"RT\"
  log = true
  left = 0.2
  right = 2000
  dash = \"dashed\"               # solid, dashed, dotted, dashdot")]
pub(crate) struct PlotLog {
    /// The well, as the table wells names it
    pub(crate) well: String,
    /// File to write: .svg, .png or .pdf
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Curves to draw, such as GR,RHOB,NPHI; left out, all of the log set
    #[arg(long, value_delimiter = ',')]
    pub(crate) curves: Vec<String>,
    /// Layout: standard (every curve), triple, resistivity or sonic, or a file of tracks (.toml)
    #[arg(long, value_name = "NAME|FILE", default_value = "standard")]
    pub(crate) template: String,
    /// The log set; left out, the one with most samples
    #[arg(long)]
    pub(crate) log_set: Option<String>,
    /// First measured depth, in the project's unit; left out, the first sample
    #[arg(long, value_name = "DEPTH", value_parser = finite, allow_hyphen_values = true)]
    pub(crate) from: Option<f64>,
    /// Last measured depth, in the project's unit; left out, the last sample
    #[arg(long, value_name = "DEPTH", value_parser = finite, allow_hyphen_values = true)]
    pub(crate) to: Option<f64>,
    /// Scale of the depth axis, such as 500 for 1:500; left out, all on one page
    #[arg(long, value_name = "N", value_parser = positive, allow_hyphen_values = true)]
    pub(crate) scale: Option<f64>,
}

/// What is in the project: settings, tables, the last commit
#[derive(Args)]
pub(crate) struct Info {}

/// The project's commits, newest first
#[derive(Args)]
pub(crate) struct History {
    /// How many commits
    #[arg(short = 'n', long, default_value_t = 20)]
    pub(crate) number: usize,
}

/// How the tables of two commits differ
///
/// Rows are compared with all their values. Rows of one key that are in both commits with other values are changed; the
/// key of wells, curves, logs, tops and surveys is known, that of other tables can be given with --key.
#[derive(Args)]
#[command(after_help = "\
Examples:
  outcrop diff 3
  outcrop diff 3 5 --table tops --rows")]
pub(crate) struct Diff {
    /// The older commit, as `outcrop history` numbers it
    pub(crate) commit: u64,
    /// The newer one; left out, the newest
    pub(crate) other: Option<u64>,
    /// Only this table or view (may be given several times)
    #[arg(long, value_name = "TABLE")]
    pub(crate) table: Vec<String>,
    /// Columns that identify a row, such as well,surface
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',', requires = "table")]
    pub(crate) key: Vec<String>,
    /// Show the rows too: `-` is how the older commit has them, `+` the newer
    #[arg(long)]
    pub(crate) rows: bool,
    /// How rows are written
    #[arg(long, value_enum, default_value_t = Format::Table, requires = "rows")]
    pub(crate) format: Format,
    /// Rows shown of a table at most; the others are counted
    #[arg(long, default_value_t = 1000, value_name = "N")]
    pub(crate) most: usize,
}

/// Bring back what an earlier commit had, in a new commit
///
/// Nothing of the history goes: the commits in between stay, and can be restored themselves. Without --table all tables
/// and views become what they were, those made since are dropped.
#[derive(Args)]
#[command(after_help = "\
Examples:
  outcrop restore 3 --table tops
  outcrop restore 3")]
pub(crate) struct Restore {
    /// The commit, as `outcrop history` numbers it
    pub(crate) commit: u64,
    /// Only this table or view (may be given several times)
    #[arg(long, value_name = "TABLE")]
    pub(crate) table: Vec<String>,
}

/// Remove files that no commit names
///
/// Writers that were killed leave such files behind; they do no harm but take space. What any commit names stays, the
/// oldest too.
#[derive(Args)]
#[command(after_help = "Example:\n  outcrop gc --dry-run")]
pub(crate) struct Gc {
    /// Keep files younger than this, such as 12h or 7d: an import that is at work has not named its files yet
    #[arg(long, value_name = "AGE", default_value = "24h", value_parser = age)]
    pub(crate) keep: std::time::Duration,
    /// Only say what would be removed
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// What can be called in SQL: the list, or the page of one function
#[derive(Args)]
pub(crate) struct Functions {
    /// A function or operator, such as krige, for its page
    pub(crate) name: Option<String>,
    /// The engine's general functions too
    #[arg(long)]
    pub(crate) all: bool,
    /// Write the reference pages into this folder
    #[arg(long, value_name = "FOLDER")]
    pub(crate) markdown: Option<PathBuf>,
}

/// Make a synthetic field, import it and work it from end to end
#[derive(Args)]
pub(crate) struct Demo {
    /// Folder to make
    #[arg(default_value = "demo-field")]
    pub(crate) folder: PathBuf,
    /// How many wells; fewer than 8 make no variogram
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u16).range(8..=9999))]
    pub(crate) wells: u16,
    /// Distance between the traces of the seismic cube, m: 50 makes 59 MB, 200 makes 4 MB
    #[arg(long, default_value_t = 50.0, value_name = "METRES", value_parser = finite)]
    pub(crate) bin: f64,
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((a, b)) if !a.trim().is_empty() && !b.trim().is_empty() => Ok((a.trim().to_owned(), b.trim().to_owned())),
        _ => Err(format!("`{text}`: expected NAME=VALUE, such as x=Easting")),
    }
}

fn degrees(text: &str) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| format!("`{text}`: expected degrees, such as -1.25"))?;
    if (-180.0..=180.0).contains(&value) { Ok(value) } else { Err(format!("{value}: expected -180 to 180 degrees")) }
}

fn age(text: &str) -> Result<std::time::Duration, String> {
    let (number, unit) = text.split_at(text.find(|c: char| c.is_alphabetic()).unwrap_or(text.len()));
    let seconds = match unit {
        "m" | "min" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => 0,
    };
    match number.trim().parse::<u64>().ok().and_then(|n| n.checked_mul(seconds)) {
        Some(age) if seconds > 0 => Ok(std::time::Duration::from_secs(age)),
        _ => Err(format!("`{text}`: expected an age such as 30m, 12h or 7d")),
    }
}

fn finite(text: &str) -> Result<f64, String> {
    text.trim()
        .parse::<f64>()
        .ok()
        .filter(|v| v.is_finite())
        .ok_or_else(|| format!("`{text}`: expected a number such as 250"))
}

/// Two different finite numbers, such as `0,150`.
fn range(text: &str) -> Result<(f64, f64), String> {
    let expected = || format!("expected two different numbers such as 0,150, found `{text}`");
    let (a, b) = text.split_once(',').ok_or_else(expected)?;
    let (a, b): (f64, f64) = (a.trim().parse().map_err(|_| expected())?, b.trim().parse().map_err(|_| expected())?);
    if a.is_finite() && b.is_finite() && a != b { Ok((a, b)) } else { Err(expected()) }
}

fn positive(text: &str) -> Result<f64, String> {
    finite(text).ok().filter(|v| *v > 0.0).ok_or_else(|| format!("`{text}`: expected a number above 0, such as 250"))
}

fn not_negative(text: &str) -> Result<f64, String> {
    finite(text).ok().filter(|v| *v >= 0.0).ok_or_else(|| format!("`{text}`: expected 0 or a number above it"))
}

fn bytes(text: &str) -> Result<usize, String> {
    let lower = text.trim().to_lowercase();
    let (number, unit) = lower.split_at(lower.find(|c: char| c.is_alphabetic()).unwrap_or(lower.len()));
    let factor: f64 = match unit.trim_end_matches("ib").trim_end_matches('b') {
        "" => 1.0,
        "k" => 1024.0,
        "m" => 1_048_576.0,
        "g" => 1_073_741_824.0,
        _ => return Err(format!("`{text}`: expected a size such as 512MiB or 4GiB")),
    };
    match number.trim().parse::<f64>() {
        Ok(n) if n * factor >= 1_048_576.0 => Ok((n * factor) as usize),
        _ => Err(format!("`{text}`: expected a size of at least 1MiB, such as 512MiB or 4GiB")),
    }
}
