//! What clients are told of projects, tables, columns, keys, types and of the server.

use arrow::array::{Array, AsArray, BinaryArray, RecordBatch};
use arrow::datatypes::{DataType, Field, Int32Type, Schema, UInt32Type};
use arrow_flight::sql::{
    Any, CommandGetCrossReference, CommandGetDbSchemas, CommandGetExportedKeys, CommandGetImportedKeys,
    CommandGetPrimaryKeys, CommandGetTables, CommandGetXdbcTypeInfo, SqlInfo, XdbcDataType,
};
use arrow_flight::{FlightInfo, IpcMessage};
use prost::Message;

use super::{fetch, texts, update};
use crate::serving::{Client, Serving, WELLS};

/// The rows of a list. Its ticket is an Any, without which DBeaver shows no catalogues.
async fn list(client: &mut Client, info: FlightInfo) -> RecordBatch {
    let ticket = info.endpoint[0].ticket.clone().unwrap();
    assert!(Any::decode(ticket.ticket).unwrap().type_url.starts_with("type.googleapis.com/arrow.flight.protocol.sql."));
    fetch(client, info).await.unwrap()
}

async fn tables(client: &mut Client, wanted: CommandGetTables) -> RecordBatch {
    let info = client.get_tables(wanted).await.unwrap();
    list(client, info).await
}

fn text(name: &str, nullable: bool) -> Field {
    Field::new(name, DataType::Utf8, nullable)
}

#[tokio::test(flavor = "multi_thread")]
async fn catalogs_and_schemas() {
    let serving = Serving::copy_with(Serving::second).await;
    let mut client = serving.client().await;
    let info = client.get_catalogs().await.unwrap();
    let batch = list(&mut client, info).await;
    assert_eq!(batch.schema().as_ref(), &Schema::new(vec![text("catalog_name", false)]));
    assert_eq!(texts(&batch, "catalog_name"), ["demo_field", "second"]);

    let mut schemas = async |catalog: Option<&str>, pattern: Option<&str>| {
        let wanted = CommandGetDbSchemas {
            catalog: catalog.map(str::to_owned),
            db_schema_filter_pattern: pattern.map(str::to_owned),
        };
        let info = client.get_db_schemas(wanted).await.unwrap();
        list(&mut client, info).await
    };
    let batch = schemas(None, None).await;
    let wanted = Schema::new(vec![text("catalog_name", true), text("db_schema_name", false)]);
    assert_eq!(batch.schema().as_ref(), &wanted);
    let of_one = schemas(Some("second"), None).await;
    assert_eq!(texts(&of_one, "db_schema_name"), ["information_schema", "outcrop", "public", "seismic"]);
    assert_eq!(batch.num_rows(), 8);
    assert_eq!(texts(&schemas(Some("second"), Some("p%")).await, "db_schema_name"), ["public"]);
    assert_eq!(schemas(Some(""), None).await.num_rows(), 0);
    assert_eq!(schemas(Some("third"), None).await.num_rows(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_by_name_and_type() {
    let serving = Serving::demo().await;
    let mut client = serving.client().await;
    let all = tables(&mut client, CommandGetTables::default()).await;
    let wanted = [
        text("catalog_name", true),
        text("db_schema_name", true),
        text("table_name", false),
        text("table_type", false),
    ];
    assert_eq!(all.schema().as_ref(), &Schema::new(wanted.to_vec()));
    let rows: Vec<[String; 3]> = texts(&all, "db_schema_name")
        .into_iter()
        .zip(texts(&all, "table_name"))
        .zip(texts(&all, "table_type"))
        .map(|((schema, table), kind)| [schema, table, kind])
        .collect();
    let has = |row: [&str; 3]| rows.iter().any(|r| r.iter().map(String::as_str).eq(row));
    assert!(has(["public", "wells", "TABLE"]) && has(["public", "tops_xyz", "VIEW"]), "{rows:?}");
    assert!(has(["information_schema", "tables", "SYSTEM TABLE"]) && has(["outcrop", "commits", "SYSTEM TABLE"]));
    assert!(rows.iter().all(|[.., kind]| ["TABLE", "VIEW", "SYSTEM TABLE"].contains(&kind.as_str())));
    assert!(rows.is_sorted_by_key(|[schema, table, _]| (schema.clone(), table.clone())));

    let of =
        |pattern: &str| CommandGetTables { table_name_filter_pattern: Some(pattern.to_owned()), ..Default::default() };
    assert_eq!(texts(&tables(&mut client, of("well_")).await, "table_name"), ["wells"]);
    let views = CommandGetTables { table_types: vec!["VIEW".to_owned()], ..of("%s%") };
    assert!(texts(&tables(&mut client, views).await, "table_type").iter().all(|t| t == "VIEW"));
    let elsewhere = CommandGetTables { catalog: Some("no".to_owned()), ..Default::default() };
    assert_eq!(tables(&mut client, elsewhere).await.num_rows(), 0);
    let info = client.get_table_types().await.unwrap();
    let types = list(&mut client, info).await;
    assert_eq!(types.schema().as_ref(), &Schema::new(vec![text("table_type", false)]));
    assert_eq!(texts(&types, "table_type"), ["SYSTEM TABLE", "TABLE", "VIEW"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_through_the_schema_of_tables() {
    let serving = Serving::copy().await;
    let mut client = serving.client().await;
    update(&mut client, "COMMENT ON COLUMN logs.gr IS 'natural gamma radiation'").await;
    // A view that no longer works is in the list all the same.
    update(&mut client, "CREATE TABLE base (a BIGINT)").await;
    update(&mut client, "CREATE VIEW broken AS SELECT * FROM base").await;
    update(&mut client, "DROP TABLE base").await;
    let wanted = CommandGetTables {
        include_schema: true,
        db_schema_filter_pattern: Some("public".to_owned()),
        ..Default::default()
    };
    let batch = tables(&mut client, wanted).await;
    assert_eq!(batch.schema().field(4), &Field::new("table_schema", DataType::Binary, false));
    let schemas = batch.column(4).as_any().downcast_ref::<BinaryArray>().unwrap();
    let schema_of = |table: &str| {
        let row = texts(&batch, "table_name").iter().position(|t| t == table).unwrap();
        Schema::try_from(IpcMessage(schemas.value(row).to_vec().into())).unwrap()
    };
    assert!(schema_of("broken").fields().is_empty());
    let logs = schema_of("logs");
    let said = |column: &str, key: &str| {
        let field = logs.field_with_name(column).unwrap();
        field.metadata().get(key).cloned()
    };
    assert_eq!(said("md", "outcrop.unit").as_deref(), Some("m"));
    assert_eq!(said("md", "ARROW:FLIGHT:SQL:TYPE_NAME").as_deref(), Some("DOUBLE"));
    assert_eq!(said("md", "ARROW:FLIGHT:SQL:PRECISION").as_deref(), Some("15"));
    assert_eq!(said("well", "ARROW:FLIGHT:SQL:TYPE_NAME").as_deref(), Some("VARCHAR"));
    assert_eq!(said("well", "ARROW:FLIGHT:SQL:TABLE_NAME").as_deref(), Some("logs"));
    let remarks = said("gr", "ARROW:FLIGHT:SQL:REMARKS").unwrap();
    assert!(remarks.starts_with("natural gamma radiation ["), "{remarks}");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_empty_lists() {
    let serving = Serving::demo().await;
    let mut client = serving.client().await;
    let table = || "wells".to_owned();
    let info = client.get_primary_keys(CommandGetPrimaryKeys { table: table(), ..Default::default() }).await.unwrap();
    let primary = list(&mut client, info).await;
    let names: Vec<String> = primary.schema().fields().iter().map(|f| f.name().clone()).collect();
    assert_eq!(names, ["catalog_name", "db_schema_name", "table_name", "column_name", "key_name", "key_sequence"]);
    let infos = [
        client.get_exported_keys(CommandGetExportedKeys { table: table(), ..Default::default() }).await.unwrap(),
        client.get_imported_keys(CommandGetImportedKeys { table: table(), ..Default::default() }).await.unwrap(),
        client
            .get_cross_reference(CommandGetCrossReference {
                pk_table: table(),
                fk_table: table(),
                ..Default::default()
            })
            .await
            .unwrap(),
    ];
    for info in infos {
        let keys = list(&mut client, info).await;
        assert_eq!((keys.num_rows(), keys.num_columns()), (0, 13));
        assert_eq!(keys.schema().field(12), &Field::new("delete_rule", DataType::UInt8, false));
    }
    assert_eq!(primary.num_rows(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn sql_info() {
    let serving = Serving::demo().await;
    let mut client = serving.client().await;
    let info = client.get_sql_info(Vec::new()).await.unwrap();
    let all = list(&mut client, info).await;
    let names: Vec<u32> = all.column(0).as_primitive::<UInt32Type>().values().to_vec();
    // All of the protocol's: from 0 to 11, 100, 101, and 500 to 576. Tableau looks for many of them.
    let missing: Vec<u32> = (0..=11)
        .filter(|n| ![6, 7].contains(n))
        .chain(100..=101)
        .chain(500..=576)
        .filter(|n| !names.contains(n))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    let asked =
        vec![SqlInfo::FlightSqlServerName, SqlInfo::SqlIdentifierQuoteChar, SqlInfo::FlightSqlServerTransaction];
    let info = client.get_sql_info(asked).await.unwrap();
    let some = list(&mut client, info).await;
    let value = |row: usize| arrow::util::display::array_value_to_string(some.column(1), row).unwrap();
    assert_eq!(some.num_rows(), 3);
    assert!(value(0).contains("Outcrop") && value(1).contains("=0") && value(2).contains('"'), "{some:?}");
}

/// Names of functions that clients are told of are functions that there are.
#[tokio::test(flavor = "multi_thread")]
async fn functions_of_sql_info_are_there() {
    let serving = Serving::demo().await;
    let mut client = serving.client().await;
    let known = texts(
        &super::rows(&mut client, "SELECT DISTINCT routine_name FROM information_schema.routines").await,
        "routine_name",
    );
    let grammar = ["position", "extract", "coalesce", "substring", "current_timestamp"];
    for kind in [
        SqlInfo::SqlNumericFunctions,
        SqlInfo::SqlStringFunctions,
        SqlInfo::SqlDatetimeFunctions,
        SqlInfo::SqlSystemFunctions,
    ] {
        let info = client.get_sql_info(vec![kind]).await.unwrap();
        let batch = list(&mut client, info).await;
        let list = batch.column(1).as_any().downcast_ref::<arrow::array::UnionArray>().unwrap().value(0);
        let list = list.as_list::<i32>().value(0);
        for name in list.as_string::<i32>().iter().flatten() {
            let name = name.to_lowercase();
            assert!(known.contains(&name) || grammar.contains(&name.as_str()), "{name}");
        }
    }
    for sql in
        ["ceil(1.5)", "position('b' IN 'abc')", "substring('abc' FROM 2)", "current_timestamp", "coalesce(NULL, 1)"]
    {
        assert_eq!(super::rows(&mut client, &format!("SELECT {sql}")).await.num_rows(), 1, "{sql}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn type_info() {
    let serving = Serving::demo().await;
    let mut client = serving.client().await;
    let info = client.get_xdbc_type_info(CommandGetXdbcTypeInfo { data_type: None }).await.unwrap();
    let all = list(&mut client, info).await;
    assert_eq!(all.num_columns(), 19);
    let codes = all.column(1).as_primitive::<Int32Type>();
    assert!(codes.values().is_sorted());
    let wanted = CommandGetXdbcTypeInfo { data_type: Some(XdbcDataType::XdbcVarchar as i32) };
    let info = client.get_xdbc_type_info(wanted).await.unwrap();
    assert_eq!(texts(&list(&mut client, info).await, "type_name"), ["VARCHAR"]);
    // Every type that a column is said to have is in the list.
    let names = texts(&all, "type_name");
    let wanted = CommandGetTables { include_schema: true, ..Default::default() };
    let batch = tables(&mut client, wanted).await;
    let mut columns = 0;
    for schema in batch.column(4).as_binary::<i32>().iter().flatten() {
        for field in Schema::try_from(IpcMessage(schema.to_vec().into())).unwrap().fields() {
            columns += 1;
            let name = &field.metadata()["ARROW:FLIGHT:SQL:TYPE_NAME"];
            assert!(names.contains(name), "{name} of {field}");
        }
    }
    assert!(columns > 100 && WELLS > 0);
}
