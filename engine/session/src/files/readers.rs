//! The functions in FROM that read files, as the reference lists them.

use serde_json::{Map, Value as Json, json};

/// A function in FROM that reads files.
pub(crate) struct Reader {
    /// SQL name.
    pub(crate) name: &'static str,
    /// The call in one line.
    pub(crate) signature: &'static str,
    /// One line for people.
    pub(crate) summary: &'static str,
    /// What its rows and columns are; Markdown.
    doc: &'static str,
    /// What it takes besides the path: name, and one line for people. In lists, as readers share theirs.
    options: &'static [(&'static str, &'static str)],
    /// Statements that run on the demo project, one a line; the last one shows rows.
    pub(crate) example: &'static str,
}

const PATH: (&str, &str) = (
    "path",
    "A file, a folder, or a pattern in single quotes: `*` is any part of a name, `**` any folders, `{a,b}` one of several",
);

const LAS: &[(&str, &str)] = &[
    ("null", "The number that stands for no value; left out, the file's NULL and the usual ones beside it"),
    ("encoding", "Encoding of the text, such as 'windows-1252'; left out, detected"),
];

const TABLE: &[(&str, &str)] = &[
    ("delimiter", "What is between cells: ',', ';', 'tab', 'blank' …; left out, detected"),
    (
        "columns",
        "Columns by their places in the line, where nothing separates them: '1-8:well, 9-16:md [m], 17-:surface'. Characters are counted \
         from 1; the name behind the colon may be left out; '7=8' is no column but asks for an 8 there: other lines are passed over",
    ),
    ("header", "Whether the first row names the columns; left out, detected"),
    ("skip_rows", "Rows before the table that are not read; 0 where it is left out"),
    ("encoding", "Encoding of the text, such as 'windows-1252'; left out, detected"),
    ("null", "A text that stands for no value, besides the empty one; may be given several times"),
    ("decimal_comma", "Whether numbers are written 1234,5; left out, detected"),
];

const SEGY: &[(&str, &str)] = &[
    ("inline_byte", "Byte of the trace header, counted from 1, that holds the inline: 189, or 189:4 with its width"),
    ("crossline_byte", "The same for the crossline"),
    ("x_byte", "The same for the easting of the trace"),
    ("y_byte", "The same for the northing"),
    ("cdp_byte", "The same for the number of the common depth point"),
    ("offset_byte", "The same for the offset"),
    ("shotpoint_byte", "The same for the shotpoint"),
    ("geometry", "3d, 3d_prestack, 2d, 2d_prestack, single_trace or unknown"),
    ("byte_order", "big, little or pair-swapped"),
    ("sample_format", "A code of the standard (1 IBM float, 5 float32 …) or a name: ibm, float32, int16 …"),
    ("samples", "Samples of a trace"),
    ("sample_interval", "From sample to sample, in ms for time, m or ft for depth"),
    ("start", "Where the first sample is, in the same unit"),
    ("domain", "time, depth or frequency"),
    ("extended_headers", "Extended text headers, each of 3200 bytes, before the traces"),
    ("damaged", "Whether a file that ends within a trace is read up to there; false where it is left out"),
    ("kind", "segy or su, where the file itself does not tell"),
];

pub(crate) const READERS: &[Reader] = &[
    Reader {
        name: "read_las",
        signature: "read_las(path, [null => …], [encoding => …])",
        summary: "Well logs (Log ASCII Standard) as rows; path may be a pattern such as 'wells/**/*.las'",
        doc: "A row is a depth of a file. `file` and `well` come first; then there is a column for each mnemonic, under that name in \
            lower case, in the unit of the file, which DESCRIBE shows: nothing is converted and no mnemonic is made another. Files of a \
            pattern share columns by name; one that has a column in another unit is an error that names both files. Where only some \
            wells are asked for, the other files are not read.\n\n\
            A path in quotes alone, `FROM 'a.las'`, reads the same without options.",
        options: LAS,
        example: "SELECT well, count(gr) AS samples, avg(gr) AS gr FROM read_las('las/OUT-[1-3].las') GROUP BY well ORDER BY well",
    },
    Reader {
        name: "read_csv",
        signature: "read_csv(path, [delimiter => …], [columns => …], [header => true], [skip_rows => 0], [encoding => …], [null => …], [decimal_comma => false])",
        summary: "A text table: comma, tab, semicolon or blank separated, or of stated columns of fixed width; what is not given is detected",
        doc: "A row of the file is a row. Columns are under their names in lower case, with the unit that a heading such as `md [m]` or a \
            row of units states. A column is numbers where all its values are, else text. Files of a pattern must have the same columns.\n\n\
            Columns of fixed width are stated with `columns`: `read_csv('cards.dat', columns => '1-6:log, 7=8, 15-23:surface, 24-29:depth')`. \
            A line that ends before a column is NULL there.",
        options: TABLE,
        example: "SELECT * FROM read_csv('tops.csv', delimiter => ',', header => true) ORDER BY well, md LIMIT 5",
    },
    Reader {
        name: "read_parquet",
        signature: "read_parquet(path)",
        summary: "Parquet files",
        doc: "Columns are as they are stored, units in the metadata of the fields, as COPY writes them. Row groups and pages that \
            cannot match a condition are not read. A pattern reads several files as one table; a column that some of them lack is NULL there.",
        options: &[],
        example: "COPY (SELECT well, md, gr, rhob FROM logs WHERE well = 'OUT-1') TO 'out-1.parquet';\n\
            SELECT * FROM read_parquet('out-1.parquet') WHERE gr > 100 ORDER BY md LIMIT 5",
    },
    Reader {
        name: "read_surface",
        signature: "read_surface(path)",
        summary: "A gridded surface as its nodes: i, j, x, y, z; IRAP classic, RMS binary, ZMAP+, CPS-3, Surfer, Esri ASCII, GXF, STORM",
        doc: "A row is a node: `i` counts along the columns of the grid and `j` along its rows, `x` and `y` are its place, also where the \
            grid is turned, and `z` is the value, NULL where the file has none. The format is told by the content. Units are known only \
            where the format states them. The grid comes along in the metadata, so that COPY writes the same grid again.",
        options: &[],
        example: "COPY (SELECT i, j, x, y, value AS z FROM grid((SELECT x, y, tvdss FROM tops_xyz WHERE surface = 'Top Reservoir'), cell_size => 500)) TO 'top.irap';\n\
            SELECT count(*) AS nodes, min(z) AS shallowest, max(z) AS deepest FROM read_surface('top.irap')",
    },
    Reader {
        name: "read_segy",
        signature: "read_segy(path, [inline_byte => …], [crossline_byte => …], [x_byte => …], [y_byte => …], [cdp_byte => …], [offset_byte => …], [shotpoint_byte => …], [geometry => …], [byte_order => …], [sample_format => …], [samples => …], [sample_interval => …], [start => …], [domain => …], [extended_headers => …], [damaged => false], [kind => …])",
        summary: "Seismic traces (SEG-Y, Seismic Unix) as rows with their samples; what is not given is detected. Several files of one form are read as one",
        doc: "A row is a trace: what it is known by (inline, crossline, offset, x, y …), and `samples`, a list of its amplitudes. Conditions on \
            the other columns are applied first, so that only the samples of traces that are asked for are read. `inspect_segy` shows \
            what would be detected, with its confidence.",
        options: SEGY,
        example: "SELECT inline, crossline, x, y, cardinality(samples) AS samples FROM read_segy('seismic/cube.sgy') ORDER BY inline, crossline LIMIT 5",
    },
    Reader {
        name: "inspect_segy",
        signature: "inspect_segy(path, [the options of read_segy])",
        summary: "A row per seismic file: traces, samples, interval, format, lines, amplitudes, geometry with its confidence, warnings",
        doc: "Amplitudes are of at most 100 000 traces, which `amplitude_traces` counts. With an option of `read_segy` it shows what the file \
            is under that reading.",
        options: SEGY,
        example: "SELECT trace_count, samples_per_trace, sample_interval, axis_unit, inline_min, inline_max, geometry, confidence FROM inspect_segy('seismic/cube.sgy')",
    },
    Reader {
        name: "read_features",
        signature: "read_features(path, [kind => points | lines | polygons | faults])",
        summary: "Points, lines, polygons or faults with their attributes and geometry as WKB; GeoJSON, IRAP and RMS points and polygons, IESX horizons",
        doc: "A row is a feature: its attributes under their names, and `geometry` as WKB for the `st_…` functions; points have \
            `x`, `y` and, where the file has it, `z` too. The coordinate reference system that a file states is in the metadata.",
        options: &[(
            "kind",
            "points, lines, polygons or faults, of a file that has several; left out, the file must have one kind only",
        )],
        example: "COPY (SELECT well, x, y, td FROM wells) TO 'heads.geojson';\n\
            SELECT well, x, y, td FROM read_features('heads.geojson', kind => 'points') ORDER BY well LIMIT 5",
    },
    Reader {
        name: "inspect_surface",
        signature: "inspect_surface(path)",
        summary: "A row per column of a surface or of features: unit, nulls, min, max, mean, and the grid",
        doc: "The file is read whole, and nothing is imported. What the format states of the grid (nodes, steps, rotation) is in words beside each column.",
        options: &[],
        example: "COPY (SELECT i, j, x, y, value AS z FROM grid((SELECT x, y, tvdss FROM tops_xyz WHERE surface = 'Top Reservoir'), cell_size => 500)) TO 'top.irap';\n\
            SELECT * FROM inspect_surface('top.irap')",
    },
    Reader {
        name: "inspect_las",
        signature: "inspect_las(path, [null => …], [encoding => …])",
        summary: "A row per curve: mnemonic, unit, description, samples, nulls, min, max, mean",
        doc: "Mnemonics and units are as the file writes them; the numbers are of all samples, which are read for it. The index is a curve too.",
        options: LAS,
        example: "SELECT * FROM inspect_las('las/OUT-7.las')",
    },
    Reader {
        name: "inspect_csv",
        signature: "inspect_csv(path, [the options of read_csv])",
        summary: "A row per column: type, unit, role, nulls, min, max, mean",
        doc: "`role` is what an import would take the column for (well, md, surface …); NULL where it would not know.",
        options: TABLE,
        example: "SELECT * FROM inspect_csv('surveys.csv')",
    },
];

impl Reader {
    /// What it takes: name, and one line for people.
    fn parameters(&self) -> impl Iterator<Item = &(&'static str, &'static str)> {
        std::iter::once(&PATH).chain(self.options)
    }

    /// What it takes and gives; Markdown.
    pub(crate) fn notes(&self) -> String {
        let rows: String = self.parameters().map(|(name, doc)| format!("| `{name}` | {doc} |\n")).collect();
        format!("| parameter | |\n|---|---|\n{rows}\n{}", self.doc)
    }

    /// Its parameters as a JSON Schema.
    pub(crate) fn json_schema(&self) -> Json {
        let properties: Map<String, Json> =
            self.parameters().map(|(name, doc)| ((*name).to_owned(), json!({ "description": doc }))).collect();
        json!({"title": self.name, "description": self.summary, "type": "object", "properties": properties,
            "required": ["path"], "additionalProperties": false})
    }

    /// The names of what it takes besides the path.
    pub(super) fn options(&self) -> Vec<&'static str> {
        self.options.iter().map(|(name, _)| *name).collect()
    }
}
