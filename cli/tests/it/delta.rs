//! Tables of a project are Delta tables that other programs read: Polars and DuckDB, by their own reading of the log.

use std::path::Path;
use std::process::Command;

use super::{ok, value};

/// Compares every table, as it is in its Delta log, with the Parquet file that the program wrote of it.
const OTHERS: &str = r#"
import json, sys
import duckdb, polars as pl
from deltalake import DeltaTable
from polars.testing import assert_frame_equal

by_extension = True
con = duckdb.connect()
try:
    con.execute("INSTALL delta")
    con.execute("LOAD delta")
except duckdb.Error:
    by_extension = False

for table in json.load(open("tables.json")):
    folder = f"{sys.argv[1]}/tables/{table['schema_name']}/{table['table_name']}"
    for file, version in [(f"{table['table_name']}.parquet", None)] + table.get("older", []):
        expected = pl.read_parquet(file)
        shown = f"{folder} version {version}"

        found = pl.read_delta(folder, version=version)
        assert found.columns == expected.columns, shown
        assert_frame_equal(found, expected, check_row_order=False, check_exact=True)
        assert pl.scan_delta(folder, version=version).select(pl.len()).collect().item() == len(expected), shown

        delta = DeltaTable(folder, version=version)
        if by_extension and version is None:
            relation = f"delta_scan('{folder}')"
        else:
            arrow = delta.to_pyarrow_dataset()
            relation = "arrow"

        for a, b in [(relation, f"'{file}'"), (f"'{file}'", relation)]:
            rest = con.execute(f"SELECT count(*) FROM (SELECT * FROM {a} EXCEPT ALL SELECT * FROM {b})").fetchone()[0]
            assert rest == 0, f"{shown}: {rest} rows of {a} are not in {b}"
        # The log's statistics leave out files, never rows.
        for name, kind in expected.schema.items():
            if not (kind.is_numeric() or kind.is_temporal() or kind == pl.String):
                continue
            for bound in (expected[name].min(), expected[name].max()):
                if bound is None or bound != bound:
                    continue
                wanted = expected.filter(pl.col(name) == bound)
                found = pl.scan_delta(folder, version=version).filter(pl.col(name) == bound).collect()
                assert_frame_equal(found, wanted, check_row_order=False, check_exact=True)
                if kind.is_numeric() or kind == pl.String:
                    quoted = name.replace('"', '""')
                    query = f'SELECT count(*) FROM {relation} WHERE "{quoted}" = ?'
                    assert con.execute(query, [bound]).fetchone()[0] == len(wanted), f"{shown}: {name} = {bound}"
    print(folder, len(expected))
print("delta extension" if by_extension else "arrow")
"#;

fn sql(folder: &Path, text: &str) {
    ok(folder, &["sql", "-c", text]);
}

#[test]
fn polars_and_duckdb_read_the_tables() {
    let Some(peers) = std::env::var_os("OUTCROP_PEERS") else {
        println!("skipped: OUTCROP_PEERS not set");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    ok(folder.path(), &["demo", "field", "--wells", "8", "--bin", "200"]);
    let at = &folder.path().join("field");
    // Files that were rewritten, added and taken out, columns of every kind, and more versions than a checkpoint needs.
    sql(at, "UPDATE tops SET md = md + 0.5 WHERE surface = 'Top Reservoir'");
    sql(at, "COPY (SELECT * FROM tops) TO 'tops_then.parquet'");
    let then = value(at, "SELECT version FROM outcrop.datasets WHERE table_name = 'tops'");
    sql(at, "DELETE FROM tops WHERE well IN (SELECT well FROM wells ORDER BY well LIMIT 2)");
    sql(at, "DELETE FROM logs WHERE well = 'OUT-3' AND gr > 60");
    sql(
        at,
        "MERGE INTO wells USING (SELECT 'NEW-1' AS well, 'New' AS name) s ON wells.well = s.well \
         WHEN NOT MATCHED THEN INSERT (well, name) VALUES (s.well, s.name)",
    );
    sql(
        at,
        "CREATE TABLE kinds AS SELECT * FROM (VALUES (1, 1.5, true, 'ä\"''b', DATE '2026-01-31', TIMESTAMP '2026-01-31T12:00:00.123456'), \
         (2, NULL, NULL, NULL, NULL, NULL), (3, CAST('NaN' AS DOUBLE), false, '', DATE '1900-01-01', TIMESTAMP '1969-12-31T23:59:59')) \
         AS v(i, x, yes, \"Größe [m]\", day, at)",
    );
    sql(
        at,
        "CREATE TABLE parts AS SELECT i, [x, x + 1] AS list, arrow_cast(x, 'Decimal128(10, 2)') AS exact, arrow_cast(i, 'Int16') AS small FROM kinds WHERE i < 3",
    );
    sql(at, "INSERT INTO kinds (i, x) VALUES (4, -1e300)");
    sql(at, "CREATE TABLE emptied AS SELECT * FROM kinds");
    sql(at, "TRUNCATE emptied");
    sql(at, "CREATE TABLE counter AS SELECT 0 AS n");
    for _ in 0..22 {
        sql(at, "UPDATE counter SET n = n + 1");
    }
    sql(at, "INSERT INTO counter VALUES (100)");
    ok(at, &["restore", "2", "--table", "logs"]);

    let listed =
        ok(at, &["sql", "--format", "csv", "-c", "SELECT schema_name, table_name FROM outcrop.datasets ORDER BY 1, 2"]);
    let mut tables = Vec::new();
    for line in listed.lines().skip(1) {
        let (schema, table) = line.split_once(',').unwrap();
        // What SQL shows of a volume has its samples, which its tables keep in bricks: they are not to be compared by rows.
        if schema.starts_with("seismic") {
            continue;
        }
        // The depths along the wells' paths are computed when `logs` is asked; the table has those of the files.
        let stored = if table == "logs" { "outcrop.stored_logs".to_owned() } else { format!("{schema}.{table}") };
        sql(at, &format!("COPY (SELECT * FROM {stored}) TO '{table}.parquet'"));
        let mut entry = serde_json::json!({ "schema_name": schema, "table_name": table });
        if table == "tops" {
            entry["older"] = serde_json::json!([["tops_then.parquet", then.parse::<u64>().unwrap()]]);
        }
        tables.push(entry);
    }
    assert!(tables.len() >= 11, "{listed}");
    std::fs::write(at.join("tables.json"), serde_json::Value::from(tables).to_string()).unwrap();
    let python = Path::new(&peers).join("bin/python");
    let project = at.join("field.outcrop");
    let output = Command::new(python).args(["-c", OTHERS]).arg(&project).current_dir(at).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{told}\n{}", String::from_utf8_lossy(&output.stderr));
    println!("{told}");
}
