"""The ADBC driver for Flight SQL against a server: python adbc_client.py URI [USER PASSWORD]

With a user, only the login; else everything on a project that may be written.
"""

import sys
import warnings

import pyarrow as pa
from adbc_driver_flightsql import ConnectionOptions, DatabaseOptions, dbapi
from adbc_driver_manager import OperationalError, ProgrammingError

uri = sys.argv[1]
# The driver says that autocommit stays on: there are no transactions.
warnings.simplefilter("ignore", Warning)


def one(cursor, sql, parameters=None):
    cursor.execute(sql, parameters)
    rows = cursor.fetchall()
    assert len(rows) == 1, (sql, rows)
    return rows[0][0]


if len(sys.argv) > 2:
    login = {"username": sys.argv[2], "password": sys.argv[3]}
    with dbapi.connect(uri, db_kwargs=login) as connection, connection.cursor() as cursor:
        assert one(cursor, "SELECT 1") == 1
    for wrong in ({**login, "password": "wrong"}, {}):
        try:
            with dbapi.connect(uri, db_kwargs=wrong) as connection, connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            raise SystemExit("let in with " + repr(wrong))
        except (OperationalError, ProgrammingError, Exception) as error:
            assert "UNAUTHENTICATED" in str(error).upper(), error
    print("logged in")
    sys.exit()

with dbapi.connect(uri, autocommit=True) as connection:
    info = connection.adbc_get_info()
    assert info["vendor_name"] == "Outcrop", info
    assert set(connection.adbc_get_table_types()) == {"TABLE", "VIEW", "SYSTEM TABLE"}

    with connection.cursor() as cursor:
        assert one(cursor, "select 1") == 1

        # Rows with units.
        cursor.execute("SELECT well, md, gr FROM logs WHERE well = 'OUT-1' ORDER BY md")
        table = cursor.fetch_arrow_table()
        assert table.num_rows > 100 and table.schema.field("md").metadata[b"outcrop.unit"] == b"m", table.schema

        # Parameters.
        assert one(cursor, "SELECT count(*) FROM wells WHERE well = ?", ("OUT-1",)) == 1
        assert one(cursor, "SELECT count(*) FROM wells WHERE well = $1 AND td > $2", ("OUT-1", 1)) == 1
        assert one(cursor, "SELECT ?", (5,)) == 5

        # Changes, one and many rows.
        cursor.execute("CREATE TABLE notes (well VARCHAR, depth DOUBLE, at TIMESTAMP)")
        cursor.execute("INSERT INTO notes VALUES (?, ?, ?)", ("OUT-1", 1.5, None))
        before = one(cursor, "SELECT max(number) FROM outcrop.commits")
        cursor.executemany("INSERT INTO notes (well, depth) VALUES (?, ?)", [(f"W{i}", float(i)) for i in range(1000)])
        assert one(cursor, "SELECT count(*) FROM notes") == 1001
        assert one(cursor, "SELECT max(number) FROM outcrop.commits") == before + 1
        cursor.execute("UPDATE notes SET depth = ? WHERE well = ?", (99.0, "W1"))
        assert one(cursor, "SELECT depth FROM notes WHERE well = 'W1'") == 99.0

        # Bulk ingest, in every mode.
        rows = pa.table({"id": [1, 2, 3], "name": ["a", "b", None], "value": [0.5, None, 2.5]})
        assert cursor.adbc_ingest("sent", rows, mode="create") == 3
        assert cursor.adbc_ingest("sent", rows, mode="append") == 3
        assert cursor.adbc_ingest("sent", rows, mode="create_append") == 3
        assert one(cursor, "SELECT count(*) FROM sent") == 9
        assert cursor.adbc_ingest("sent", rows, mode="replace") == 3
        assert one(cursor, "SELECT count(*) FROM sent") == 3
        try:
            cursor.adbc_ingest("sent", rows, mode="create")
            raise SystemExit("made twice")
        except Exception as error:
            assert "sent" in str(error), error
        many = pa.table({"id": pa.array(range(300_000)), "value": pa.array([float(i) for i in range(300_000)])})
        assert cursor.adbc_ingest("many", many.to_reader(max_chunksize=10_000), mode="create") == 300_000
        assert one(cursor, "SELECT sum(id) FROM many") == 300_000 * 299_999 // 2

        # What is wrong is said, and the connection goes on.
        try:
            cursor.execute("SELECT * FROM nothing_here")
            raise SystemExit("no error")
        except Exception as error:
            assert "nothing_here" in str(error), error
        assert one(cursor, "SELECT 2") == 2

        # All of a large answer.
        cursor.execute("SELECT value FROM generate_series(1, 2000000)")
        assert sum(batch.num_rows for batch in cursor.fetch_record_batch()) == 2_000_000

    # The catalogue.
    objects = connection.adbc_get_objects(depth="columns", table_name_filter="logs").read_all().to_pylist()
    catalog = next(c for c in objects if c["catalog_name"] == "demo_field")
    schema = next(s for s in catalog["catalog_db_schemas"] if s["db_schema_name"] == "public")
    (logs,) = schema["db_schema_tables"]
    assert logs["table_type"] == "TABLE" and logs["table_name"] == "logs", logs
    columns = {c["column_name"]: c for c in logs["table_columns"]}
    assert columns["md"]["xdbc_type_name"] == "DOUBLE" and columns["well"]["xdbc_type_name"] == "VARCHAR", columns
    schema = connection.adbc_get_table_schema("wells")
    assert "well" in schema.names, schema

# With autocommit off, the driver warns and goes on.
with dbapi.connect(uri) as connection, connection.cursor() as cursor:
    assert one(cursor, "SELECT count(*) FROM sent") == 3

# Another project: by header, and by the options of a session with cookies.
header = DatabaseOptions.RPC_CALL_HEADER_PREFIX.value + "x-project"
catalog = "SELECT DISTINCT table_catalog FROM information_schema.tables"
with dbapi.connect(uri, db_kwargs={header: "second"}, autocommit=True) as connection, connection.cursor() as cursor:
    assert one(cursor, catalog) == "second"
cookies = {DatabaseOptions.WITH_COOKIE_MIDDLEWARE.value: "true"}
with dbapi.connect(uri, db_kwargs=cookies, autocommit=True) as connection:
    connection.adbc_connection.set_options(**{ConnectionOptions.OPTION_SESSION_OPTION_PREFIX.value + "catalog": "second"})
    with connection.cursor() as cursor:
        assert one(cursor, catalog) == "second"
    assert connection.adbc_current_catalog == "second", connection.adbc_current_catalog
    connection.adbc_current_catalog = "demo_field"
    with connection.cursor() as cursor:
        assert one(cursor, catalog) == "demo_field"
print("all well")
