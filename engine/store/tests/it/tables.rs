//! Tables: atomicity over several of them, schemas, units, values.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float32Array,
    Float64Array, Int32Array, Int64Array, LargeStringArray, ListArray, RecordBatch, StringArray, StructArray,
    TimestampMicrosecondArray, TimestampNanosecondArray, UInt64Array,
};
use arrow::datatypes::{DataType, Field, Float64Type, Int8Type, Int32Type, Schema, TimeUnit};
use outcrop_store::{MergePolicy, StoreError, View};
use outcrop_types::LengthUnit;
use outcrop_types::field::{unit, with_unit};
use outcrop_types::tables::{self, TableName};

use crate::{append, depths, log_schema, new_project, open, parquet_files, rows, values};

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, c)| (n, c, true))).unwrap()
}

#[tokio::test]
async fn several_tables_change_together() {
    let dir = tempfile::tempdir().unwrap();
    let project = new_project(&dir.path().join("p")).await;
    let (logs, tops) = (TableName::public("logs"), TableName::public("tops"));
    let before = project.snapshot().await.unwrap();
    let tx = project.begin("ada", "import", "both").await.unwrap();
    for (table, md) in [(&logs, 1.0), (&tops, 2.0)] {
        let mut writer = tx.write(table, log_schema()).await.unwrap();
        writer.write(&depths("A", &[md])).unwrap();
        tx.append(writer.finish().unwrap());
    }
    let object = tx.put_object(&"ab".repeat(32), "original".into()).await.unwrap();
    assert_eq!(std::fs::read(project.folder().join(object)).unwrap(), b"original");
    assert!(tx.put_object("AB", "x".into()).await.is_err());
    assert!(!project.snapshot().await.unwrap().has_table(&logs));
    let commit = tx.commit().await.unwrap();
    assert_eq!(commit.number, 1);
    assert_eq!(commit.tables["logs"].rows, 1);
    let after = project.snapshot().await.unwrap();
    assert_eq!(after.tables(), [logs.clone(), tops]);
    assert!(before.tables().is_empty());

    // A transaction that ends without a commit leaves nothing behind.
    let files = parquet_files(project.folder());
    {
        let tx = project.begin("ada", "import", "gone").await.unwrap();
        let mut writer = tx.write(&logs, log_schema()).await.unwrap();
        writer.write(&depths("B", &[9.0])).unwrap();
        tx.append(writer.finish().unwrap());
        let mut unfinished = tx.write(&logs, log_schema()).await.unwrap();
        unfinished.write(&depths("B", &[9.0])).unwrap();
        assert_eq!(parquet_files(project.folder()), files + 2);
    }
    assert_eq!(parquet_files(project.folder()), files);
    // Nothing to do makes no commit.
    let same = project.begin("ada", "x", "y").await.unwrap().commit().await.unwrap();
    assert_eq!(same.number, 1);
}

#[tokio::test]
async fn units_and_every_kept_type_survive() {
    let dir = tempfile::tempdir().unwrap();
    let project = new_project(&dir.path().join("p")).await;
    let table = TableName::public("types");
    let list = ListArray::from_iter_primitive::<Float64Type, _, _>(vec![Some(vec![Some(1.0), None]), None]);
    let inner = Fields::from(vec![with_unit(Field::new("z", DataType::Float64, true), "ft")]);
    let nested = StructArray::new(inner, vec![Arc::new(Float64Array::from(vec![1.5, 2.5]))], None);
    let data = batch(vec![
        ("b", Arc::new(BooleanArray::from(vec![Some(true), None]))),
        ("i", Arc::new(Int32Array::from(vec![i32::MIN, 7]))),
        ("f", Arc::new(Float32Array::from(vec![0.1, 1e30]))),
        ("d", Arc::new(Float64Array::from(vec![0.1 + 0.2, 1e-300]))),
        ("n", Arc::new(Decimal128Array::from(vec![12345, -1]).with_precision_and_scale(10, 2).unwrap())),
        ("day", Arc::new(Date32Array::from(vec![0, 20_000]))),
        ("at", Arc::new(TimestampMicrosecondArray::from(vec![1, 1_700_000_000_123_456]).with_timezone("UTC"))),
        ("bin", Arc::new(BinaryArray::from_vec(vec![b"\x00\xff", b""]))),
        ("text", Arc::new(StringArray::from(vec![Some("ø\"\\\n"), None]))),
        ("list", Arc::new(list)),
        ("nested", Arc::new(nested)),
        ("big", Arc::new(LargeStringArray::from(vec!["x", "y"]))),
        ("dict", Arc::new(vec!["a", "b"].into_iter().collect::<DictionaryArray<Int8Type>>())),
        ("u", Arc::new(UInt64Array::from(vec![1, i64::MAX as u64]))),
    ]);
    append(&project, &table, &data).await.unwrap();
    let cold = open(project.folder()).await;
    let kept = project.snapshot().await.unwrap().table(&table).await.unwrap();
    let opened = cold.snapshot().await.unwrap().table(&table).await.unwrap();
    // What the writer remembers is what a reader finds.
    assert_eq!(kept.schema, opened.schema);
    let found = rows(&opened);
    for name in ["b", "i", "f", "d", "n", "day", "at", "bin", "text"] {
        assert_eq!(found.column_by_name(name).unwrap(), data.column_by_name(name).unwrap(), "{name}");
    }
    let list = found.column_by_name("list").unwrap().as_list::<i32>();
    assert!(list.is_null(1) && list.value(0).is_null(1));
    let DataType::Struct(fields) = opened.schema.field_with_name("nested").unwrap().data_type() else { panic!() };
    assert_eq!(unit(&fields[0]), Some("ft"));
    for (name, expected) in [("big", DataType::Utf8), ("dict", DataType::Utf8), ("u", DataType::Int64)] {
        assert_eq!(opened.schema.field_with_name(name).unwrap().data_type(), &expected);
    }
    let bounds = &opened.files[0].statistics["d"];
    assert!(bounds.min.as_ref().unwrap().as_primitive::<Float64Type>().value(0) <= 1e-300);
    assert!(bounds.max.as_ref().unwrap().as_primitive::<Float64Type>().value(0) >= 0.1 + 0.2);
    assert_eq!(opened.files[0].statistics["text"].null_count, Some(1));
    assert_eq!(opened.rows, 2);

    // The project's own tables come back as they are declared.
    let tx = project.begin("ada", "create", "all").await.unwrap();
    let own = [
        (TableName::public("wells"), tables::wells(LengthUnit::Metre)),
        (TableName::outcrop("imports"), tables::imports()),
        (TableName::outcrop("lineage"), tables::lineage()),
    ];
    for (name, schema) in &own {
        tx.create_table(name, schema, false).await.unwrap();
    }
    tx.commit().await.unwrap();
    let cold = open(project.folder()).await.snapshot().await.unwrap();
    for (name, schema) in &own {
        let opened = cold.table(name).await.unwrap();
        assert_eq!(&opened.schema, schema, "{name}");
        assert_eq!(opened.rows, 0);
    }
}

use arrow::datatypes::Fields;

#[tokio::test]
async fn timestamps_without_a_zone_and_finer_ones() {
    let dir = tempfile::tempdir().unwrap();
    let project = new_project(&dir.path().join("p")).await;
    let table = TableName::public("times");
    append(&project, &table, &depths("A", &[1.0])).await.unwrap();
    // Added later: the protocol of the table is raised then.
    let data = batch(vec![
        ("well", Arc::new(StringArray::from(vec!["B"]))),
        ("local", Arc::new(TimestampNanosecondArray::from(vec![1_000_000_999]))),
    ]);
    append(&project, &table, &data).await.unwrap();
    append(&project, &table, &data).await.unwrap();
    let opened = open(project.folder()).await.snapshot().await.unwrap().table(&table).await.unwrap();
    let field = opened.schema.field_with_name("local").unwrap();
    assert_eq!(field.data_type(), &DataType::Timestamp(TimeUnit::Microsecond, None));
    assert_eq!(opened.rows, 3);
}

#[tokio::test]
async fn columns_widen_and_never_change_type_in_silence() {
    let dir = tempfile::tempdir().unwrap();
    let project = new_project(&dir.path().join("p")).await;
    let logs = TableName::public("logs");
    append(&project, &logs, &depths("A", &[1.0])).await.unwrap();
    let more = batch(vec![
        ("GR", Arc::new(Float64Array::from(vec![80.0]))),
        ("WELL", Arc::new(StringArray::from(vec!["B"]))),
        ("Md", Arc::new(Int64Array::from(vec![2]))),
    ]);
    append(&project, &logs, &more).await.unwrap();
    let opened = open(project.folder()).await.snapshot().await.unwrap();
    let names: Vec<String> =
        opened.table(&logs).await.unwrap().schema.fields().iter().map(|f| f.name().clone()).collect();
    assert_eq!(names, ["well", "md", "GR"]);
    assert_eq!(values(&opened, &logs, "md").await, [1.0, 2.0]);
    assert_eq!(values(&opened, &logs, "GR").await, [80.0]);
    assert_eq!(values(&project.snapshot_at(1).await.unwrap(), &logs, "md").await, [1.0]);

    let text =
        batch(vec![("well", Arc::new(StringArray::from(vec!["C"]))), ("md", Arc::new(StringArray::from(vec!["x"])))]);
    let error = append(&project, &logs, &text).await.unwrap_err();
    assert!(matches!(&error, StoreError::ColumnType { column, .. } if column == "md"), "{error}");
    assert!(error.to_string().contains("Float64") && error.to_string().contains("Utf8"), "{error}");

    let feet = Arc::new(Schema::new(vec![
        Field::new("well", DataType::Utf8, false),
        with_unit(Field::new("md", DataType::Float64, true), "ft"),
    ]));
    let feet = RecordBatch::try_new(feet, depths("C", &[3.0]).columns().to_vec()).unwrap();
    let error = append(&project, &logs, &feet).await.unwrap_err().to_string();
    assert!(error.contains("`md`") && error.contains(" m,") && error.contains(" ft;"), "{error}");

    let twice = batch(vec![("a", Arc::new(Int64Array::from(vec![1]))), ("A", Arc::new(Int64Array::from(vec![1])))]);
    let error = append(&project, &TableName::public("t"), &twice).await.unwrap_err();
    assert!(matches!(error, StoreError::DuplicateColumn { .. }), "{error}");

    let nameless = batch(vec![("md", Arc::new(Float64Array::from(vec![5.0])))]);
    let error = append(&project, &logs, &nameless).await.unwrap_err();
    assert!(matches!(&error, StoreError::RequiredColumn { column, .. } if column == "well"), "{error}");

    // Replacing is the explicit way to another type.
    let tx = project.begin("ada", "replace", "types").await.unwrap();
    let mut writer = tx.write_new(&logs, text.schema()).unwrap();
    writer.write(&text).unwrap();
    tx.replace(writer.finish().unwrap());
    tx.commit().await.unwrap();
    let replaced = open(project.folder()).await.snapshot().await.unwrap().table(&logs).await.unwrap();
    assert_eq!(replaced.schema.field_with_name("md").unwrap().data_type(), &DataType::Utf8);
    assert_eq!(replaced.rows, 1);
    assert_eq!(values(&project.snapshot_at(2).await.unwrap(), &logs, "md").await, [1.0, 2.0]);
}

#[tokio::test]
async fn a_value_that_does_not_fit_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let project = new_project(&dir.path().join("p")).await;
    let table = TableName::public("narrow");
    let narrow =
        batch(vec![("f", Arc::new(Float32Array::from(vec![1.0]))), ("i", Arc::new(Int32Array::from(vec![1])))]);
    append(&project, &table, &narrow).await.unwrap();
    for (column, values) in [
        ("f", Arc::new(Float64Array::from(vec![0.1, 1e300])) as ArrayRef),
        ("i", Arc::new(Int64Array::from(vec![5, 1 << 40]))),
        ("i", Arc::new(Float64Array::from(vec![2.0, 2.5]))),
        ("i", Arc::new(UInt64Array::from(vec![1, u64::MAX]))),
    ] {
        let error = append(&project, &table, &batch(vec![(column, values)])).await.unwrap_err();
        assert!(matches!(&error, StoreError::ValueDoesNotFit { row: 2, column: c, .. } if c == column), "{error}");
    }
    let fits = batch(vec![
        ("f", Arc::new(Float64Array::from(vec![0.1, f64::INFINITY, f64::NAN]))),
        ("i", Arc::new(Float64Array::from(vec![Some(2.0), Some(-3.0), None]))),
    ]);
    append(&project, &table, &fits).await.unwrap();
    assert_eq!(parquet_files(project.folder()), 2);
    let dictionary: DictionaryArray<Int8Type> =
        DictionaryArray::new(vec![0i8, 0].into(), Arc::new(Float64Array::from(vec![1e300])));
    let error = append(&project, &table, &batch(vec![("f", Arc::new(dictionary))])).await.unwrap_err();
    assert!(matches!(error, StoreError::ValueDoesNotFit { row: 1, .. }), "{error}");
    let null = batch(vec![("n", Arc::new(arrow::array::NullArray::new(1)))]);
    let error = append(&project, &TableName::public("t"), &null).await.unwrap_err().to_string();
    assert!(error.contains("`n`") && error.contains("CAST"), "{error}");
}

#[tokio::test]
async fn drop_create_again_and_views() {
    let dir = tempfile::tempdir().unwrap();
    let project = new_project(&dir.path().join("p")).await;
    let (logs, view) = (TableName::public("logs"), TableName::public("v"));
    append(&project, &logs, &depths("A", &[1.0])).await.unwrap();
    let tx = project.begin("ada", "drop", "").await.unwrap();
    tx.drop_table(&logs).await.unwrap();
    let sql = View { sql: "SELECT 1".to_owned(), description: None };
    tx.put_view(&view, sql.clone(), false).unwrap();
    tx.commit().await.unwrap();
    assert!(!project.snapshot().await.unwrap().has_table(&logs));
    assert_eq!(project.snapshot().await.unwrap().view(&view), Some(&sql));

    let tx = project.begin("ada", "create", "").await.unwrap();
    assert!(matches!(tx.drop_table(&logs).await.unwrap_err(), StoreError::NoSuchTable { .. }));
    assert!(tx.put_view(&view, sql.clone(), false).is_err());
    let other = Schema::new(vec![Field::new("x", DataType::Int32, true)]);
    tx.create_table(&logs, &other, false).await.unwrap();
    assert!(matches!(tx.create_table(&logs, &other, false).await.unwrap_err(), StoreError::AlreadyExists { .. }));
    tx.create_table(&logs, &log_schema(), true).await.unwrap();
    assert!(tx.drop_view(&view) && !tx.drop_view(&view));
    tx.commit().await.unwrap();
    let now = open(project.folder()).await.snapshot().await.unwrap();
    assert_eq!(now.table(&logs).await.unwrap().rows, 0);
    assert_eq!(now.table(&logs).await.unwrap().schema.fields().len(), 1);
    assert!(now.view(&view).is_none());
    assert_eq!(values(&project.snapshot_at(1).await.unwrap(), &logs, "md").await, [1.0]);

    let tx = project.begin("ada", "view", "").await.unwrap();
    tx.put_view(&logs, sql, true).unwrap();
    assert!(matches!(tx.commit().await.unwrap_err(), StoreError::AlreadyExists { .. }));
}

#[tokio::test]
async fn steps_of_one_transaction_see_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let project = new_project(&dir.path().join("p")).await;
    let (logs, imports) = (TableName::public("logs"), TableName::outcrop("imports"));
    append(&project, &logs, &depths("A", &[1.0, 2.0])).await.unwrap();
    let tx = project.begin("ada", "many", "").await.unwrap();
    tx.add_columns(&logs, &Schema::new(vec![Field::new("gr", DataType::Float64, false)])).await.unwrap();
    let gr =
        batch(vec![("well", Arc::new(StringArray::from(vec!["B"]))), ("Gr", Arc::new(Float32Array::from(vec![50.0])))]);
    tx.append_rows(&logs, gr, None).await.unwrap();
    tx.upsert(&logs, &["well", "md"], depths("A", &[2.0, 3.0]), MergePolicy::Fill).await.unwrap();
    let row =
        batch(vec![("commit", Arc::new(Int64Array::from(vec![None]))), ("n", Arc::new(Int32Array::from(vec![1])))]);
    tx.append_rows(&imports, row, Some("commit")).await.unwrap();
    let commit = tx.commit().await.unwrap();
    let now = open(project.folder()).await.snapshot().await.unwrap();
    assert_eq!(values(&now, &logs, "md").await, [1.0, 2.0, 3.0]);
    assert_eq!(values(&now, &logs, "gr").await, [50.0]);
    assert_eq!(now.table(&logs).await.unwrap().files.len(), 1);
    let imports = rows(&now.table(&imports).await.unwrap());
    let number = imports.column_by_name("commit").unwrap().as_primitive::<arrow::datatypes::Int64Type>().value(0);
    assert_eq!(number, commit.number as i64);
    assert_eq!(imports.column_by_name("n").unwrap().as_primitive::<Int32Type>().value(0), 1);
    // The files of the steps that a later step rewrote are gone: those of two commits stay.
    assert_eq!(parquet_files(project.folder()), 3);
}

#[tokio::test]
async fn columns_may_have_any_name() {
    let dir = tempfile::tempdir().unwrap();
    let project = new_project(&dir.path().join("p")).await;
    let table = TableName::public("odd");
    let names = ["Depth (m)", "a.b", "ø;{}", "x=1,2", "\"q\"", "tab\tnew\nline", " "];
    let data = batch(names.iter().map(|n| (*n, Arc::new(Float64Array::from(vec![1.0, 2.0])) as ArrayRef)).collect());
    append(&project, &table, &data).await.unwrap();
    append(&project, &table, &data).await.unwrap();
    let snapshot = open(project.folder()).await.snapshot().await.unwrap();
    let opened = snapshot.table(&table).await.unwrap();
    for name in names {
        assert_eq!(values(&snapshot, &table, name).await, [1.0, 1.0, 2.0, 2.0], "{name}");
        let statistics = &opened.files[0].statistics[name];
        assert_eq!(statistics.null_count, Some(0), "{name}");
        assert!(statistics.max.as_ref().unwrap().as_primitive::<Float64Type>().value(0) >= 2.0, "{name}");
    }
}
