//! An operator in one file: what it takes to add one, and everywhere it then appears.

use std::sync::Arc;

use arrow::array::Float64Array;
use arrow::datatypes::{DataType, Field};
use datafusion::common::Result;
use outcrop_operators::{Call, Column, Definition, Input, Operator, Output, OutputColumn, Parameter, Planned, Rows};
use outcrop_session::Session;
use outcrop_types::field::with_unit;

use crate::field::{builder, demo, error, numbers, rows, texts};

#[derive(Debug)]
struct Doubled(Definition);

impl Doubled {
    fn new() -> Self {
        Doubled(Definition {
            name: "doubled",
            group: "Test",
            summary: "Twice every value",
            doc: "`2 value`, or `factor` times it.",
            example: "SELECT * FROM doubled((SELECT td FROM wells))",
            inputs: vec![Input::new("data", "Values", vec![Column::number("value", "What is doubled").sole()])],
            parameters: vec![Parameter::positive("factor", "Another factor").default(2.0)],
            output: vec![OutputColumn { name: "twice", unit: "unit of the value", doc: "The double" }],
        })
    }
}

impl Operator for Doubled {
    fn definition(&self) -> &Definition {
        &self.0
    }

    fn output(&self, planned: &Planned<'_>) -> Result<Vec<Field>> {
        Ok(vec![with_unit(Field::new("twice", DataType::Float64, true), planned.unit("data", "value"))])
    }

    fn run(&self, call: &Call, inputs: &[Rows], output: &mut Output) -> Result<()> {
        let factor = call.number_or("factor", 2.0);
        let values: Float64Array = inputs[0].numbers("value").iter().map(|v| Some(factor * v)).collect();
        output.emit(vec![Arc::new(values)])
    }
}

async fn session() -> Session {
    builder(demo().await).await.operator(Arc::new(Doubled::new())).build().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_runs_in_sql() {
    let session = session().await;
    let td = numbers(&rows(&session, "SELECT td FROM wells ORDER BY td").await, "td");
    let doubled = rows(&session, "SELECT twice FROM doubled((SELECT td FROM wells)) ORDER BY twice").await;
    assert_eq!(numbers(&doubled, "twice"), td.iter().map(|v| 2.0 * v).collect::<Vec<_>>());
    assert_eq!(doubled.schema().field(0).metadata()["outcrop.unit"], "m");

    let three =
        rows(&session, "SELECT d.twice AS v FROM doubled((SELECT td FROM wells), factor => 3) AS d ORDER BY v").await;
    assert_eq!(numbers(&three, "v"), td.iter().map(|v| 3.0 * v).collect::<Vec<_>>());

    let by =
        rows(&session, "SELECT well, twice FROM doubled((SELECT well, td FROM wells), by => [well]) ORDER BY twice")
            .await;
    assert_eq!(numbers(&by, "twice"), numbers(&doubled, "twice"));
    assert_eq!(by.num_columns(), 2);

    let nested =
        rows(&session, "SELECT sum(twice) AS v FROM doubled((SELECT twice FROM doubled((SELECT td FROM wells))))")
            .await;
    assert!((numbers(&nested, "v")[0] - 4.0 * td.iter().sum::<f64>()).abs() < 1e-6);

    let message = error(&session, "SELECT * FROM doubled((SELECT td FROM wells), faktor => 3)").await;
    assert!(message.contains("faktor") && message.contains("doubled takes: data, factor, by"), "{message}");
    let message = error(&session, "SELECT * FROM doubled((SELECT td FROM wells), factor => -3)").await;
    assert!(message.contains("`factor` expects a number above 0"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_in_the_lists() {
    let session = session().await;
    let listed = rows(&session, "SELECT * FROM outcrop.functions WHERE name = 'doubled'").await;
    assert_eq!(listed.num_rows(), 1);
    assert_eq!(texts(&listed, "kind"), ["operator"]);
    assert_eq!(texts(&listed, "family"), ["Test"]);
    assert_eq!(texts(&listed, "signature"), ["doubled(data, [factor => 2], [by => […]])"]);
    assert_eq!(texts(&listed, "summary"), ["Twice every value"]);

    let schema: serde_json::Value = serde_json::from_str(&texts(&listed, "parameters")[0]).unwrap();
    assert_eq!(schema["properties"]["factor"]["exclusiveMinimum"], 0.0);
    assert_eq!(schema["properties"]["factor"]["default"], 2.0);
    assert_eq!(schema["x-inputs"][0]["columns"][0]["name"], "value");
    assert_eq!(schema["additionalProperties"], false);

    let entry = session.functions().into_iter().find(|f| f.name == "doubled").unwrap();
    assert_eq!(entry.doc, "`2 value`, or `factor` times it.");
    assert_eq!(entry.definition.unwrap().output[0].name, "twice");
    // The example that the page shows is a statement.
    assert!(rows(&session, &entry.example).await.num_rows() > 0);

    // Another session does not have it.
    let without = error(&crate::field::session().await, "SELECT * FROM doubled((SELECT td FROM wells))").await;
    assert!(without.contains("doubled"), "{without}");
}
