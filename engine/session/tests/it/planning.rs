//! Plans grow no faster than what is asked: `curve_values` over many curves, UNIONs of many branches.

use std::fmt::Write;
use std::sync::Arc;

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use outcrop_import::{ImportOptions, NoWatch, Status};
use outcrop_session::{Session, SessionBuilder};
use outcrop_store::{Project, ProjectSettings, Root, Roots};
use outcrop_types::LengthUnit;
use tempfile::TempDir;

use crate::field;

/// Curves that become columns of `logs`, with their units.
const STANDARD: [(&str, &str); 30] = [
    ("GR", "gAPI"),
    ("CGR", "gAPI"),
    ("SP", "mV"),
    ("CALI", "in"),
    ("BS", "in"),
    ("DCAL", "in"),
    ("RHOB", "g/cm3"),
    ("DRHO", "g/cm3"),
    ("NPHI", "v/v"),
    ("DPHI", "v/v"),
    ("PHIE", "v/v"),
    ("PHIT", "v/v"),
    ("VSH", "v/v"),
    ("SW", "v/v"),
    ("PEF", "b/e"),
    ("DT", "us/ft"),
    ("DTS", "us/ft"),
    ("RT", "ohm.m"),
    ("RDEP", "ohm.m"),
    ("RMED", "ohm.m"),
    ("RSHA", "ohm.m"),
    ("RXO", "ohm.m"),
    ("MINV", "ohm.m"),
    ("MNOR", "ohm.m"),
    ("VP", "m/s"),
    ("VS", "m/s"),
    ("THOR", "ppm"),
    ("URAN", "ppm"),
    ("TENS", "lbf"),
    ("TEMP", "degC"),
];
/// Curves that become none.
const OTHERS: usize = 30;

/// A well with 60 curves of three values each, and one with two.
async fn many_curves() -> (TempDir, Session) {
    let mut las = "~V\nVERS. 2.0 :\nWRAP. NO :\n~W\nSTRT.M 1 :\nSTOP.M 3 :\nSTEP.M 1 :\nNULL. -999.25 :\nWELL. MANY :\n~C\nDEPT.M :\n"
        .to_owned();
    for (name, unit) in STANDARD {
        writeln!(las, "{name}.{unit} :").unwrap();
    }
    for i in 0..OTHERS {
        writeln!(las, "ODD{i:02}.XYZ :").unwrap();
    }
    las.push_str("~A\n");
    for depth in 1..=3 {
        let values: Vec<String> = (0..STANDARD.len() + OTHERS).map(|i| format!("{}", i + depth)).collect();
        writeln!(las, "{depth} {}", values.join(" ")).unwrap();
    }
    let few = "~V\nVERS. 2.0 :\nWRAP. NO :\n~W\nSTRT.M 1 :\nSTOP.M 2 :\nSTEP.M 1 :\nNULL. -999.25 :\nWELL. FEW :\n\
               ~C\nDEPT.M :\nGR.gAPI :\nODD00.XYZ :\n~A\n1 50 1\n2 -999.25 2\n";
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("many.las"), las).unwrap();
    std::fs::write(folder.path().join("few.las"), few).unwrap();
    let roots = Roots::folders(vec![Root::writable(folder.path())]).unwrap();
    let settings = ProjectSettings::new("p", LengthUnit::Metre);
    let project = Project::init(&roots, folder.path().join("p.outcrop"), settings, "tester").await.unwrap();
    let files = ["many.las", "few.las"].map(str::to_owned);
    let report =
        outcrop_import::import(&project, &roots, folder.path(), &files, &ImportOptions::default(), Arc::new(NoWatch))
            .await
            .unwrap();
    assert_eq!(report.count(Status::Imported), 2, "{report:?}");
    let session = SessionBuilder::new(roots, folder.path()).project(project).build().unwrap();
    (folder, session)
}

/// The lines of a query's physical plan.
async fn physical(session: &Session, sql: &str) -> Vec<String> {
    let explained = field::rows(session, &format!("EXPLAIN {sql}")).await;
    let plans = field::texts(&explained, "plan");
    plans.last().unwrap().lines().map(|line| line.trim().to_owned()).collect()
}

/// The columns that a line of a plan reads of a file; none where it reads no file.
fn columns(line: &str) -> Option<Vec<&str>> {
    let (_, from) = line.strip_prefix("DataSourceExec")?.split_once("projection=[")?;
    Some(from.split_once(']')?.0.split(", ").collect())
}

async fn count(session: &Session, sql: &str) -> i64 {
    let rows = field::rows(session, &format!("SELECT CAST(count(*) AS DOUBLE) AS n FROM ({sql})")).await;
    field::numbers(&rows, "n")[0] as i64
}

#[tokio::test(flavor = "multi_thread")]
async fn values_of_many_curves_are_one_plan() {
    let (_folder, session) = many_curves().await;
    let all = "SELECT * FROM curve_values";
    assert_eq!(count(&session, all).await, 3 * 60 + 1 + 2);
    let plan = physical(&session, all).await;
    assert!(plan.len() <= 8, "{plan:#?}");
    assert_eq!(plan.iter().filter(|l| l.starts_with("DataSourceExec")).count(), 2, "logs and the others: {plan:#?}");

    // One curve: its column, and no other.
    let one = "SELECT * FROM curve_values WHERE curve = 'GR'";
    assert_eq!(count(&session, one).await, 4);
    let plan = physical(&session, one).await;
    let logs: Vec<Vec<&str>> = plan.iter().filter_map(|l| columns(l)).filter(|c| c.contains(&"gr")).collect();
    assert_eq!(logs, [["well", "log_set", "md", "tvd", "tvdss", "gr"]], "{plan:#?}");
    // A curve that is no column of logs: logs are not read at all.
    let odd = "SELECT * FROM curve_values WHERE curve = 'ODD00'";
    assert_eq!(count(&session, odd).await, 5);
    let plan = physical(&session, odd).await;
    assert_eq!(plan.iter().filter(|l| l.starts_with("DataSourceExec")).count(), 1, "{plan:#?}");

    // One well: its curves, and its part of the files.
    let well = "SELECT * FROM curve_values WHERE well = 'FEW'";
    assert_eq!(count(&session, well).await, 3);
    let plan = physical(&session, well).await;
    let scans: Vec<&String> = plan.iter().filter(|l| l.starts_with("DataSourceExec")).collect();
    assert!(
        scans.len() == 2 && scans.iter().all(|l| l.contains("pruning_predicate") && l.contains("FEW")),
        "{plan:#?}"
    );
    assert!(scans.iter().all(|l| !columns(l).unwrap().contains(&"rhob")), "{plan:#?}");
    // Conditions of other kinds choose too, and all of them hold.
    // The values of RDEP reach 21, of RMED 22; RSHA and RXO begin there.
    assert_eq!(count(&session, "SELECT * FROM curve_values WHERE curve LIKE 'R%' AND value > 20").await, 1 + 2 + 3 + 3);
    assert_eq!(count(&session, "SELECT * FROM curve_values WHERE curve IN ('GR', 'ODD01') AND \"index\" = 2").await, 2);
    assert_eq!(count(&session, "SELECT * FROM curve_values WHERE curve = 'NONE'").await, 0);
}

/// The query that is shown as the definition of the view gives its rows.
#[tokio::test(flavor = "multi_thread")]
async fn curve_values_are_as_defined() {
    let session = field::session().await;
    let shown =
        field::rows(&session, "SELECT definition FROM information_schema.views WHERE table_name = 'curve_values'")
            .await;
    let definition = field::texts(&shown, "definition").remove(0);
    let view = "SELECT well, log_set, curve, \"index\", value, text FROM curve_values";
    let all = count(&session, view).await;
    assert!(all > 1000);
    assert_eq!(count(&session, &definition).await, all);
    assert_eq!(count(&session, &format!("({view}) EXCEPT ({definition})")).await, 0);
    assert_eq!(count(&session, &format!("({definition}) EXCEPT ({view})")).await, 0);
}

/// Each branch adds as many nodes as the one before it; an alias is never inside another, as the engine looks at the
/// inner one twice.
#[tokio::test(flavor = "multi_thread")]
async fn a_union_of_many_branches_stays_small() {
    let session = field::session().await;
    let units = ["md", "gr", "rhob", "dt"];
    let branches: Vec<String> =
        (0..40).map(|i| format!("SELECT well, {} AS value FROM logs", units[i % units.len()])).collect();
    let sql = branches.join(" UNION ALL ");
    let (state, plan) = session.plan(&sql).await.unwrap();
    let optimised = state.optimize(&plan).unwrap();
    for plan in [plan, optimised] {
        let (mut nodes, mut deepest) = (0usize, 0usize);
        plan.apply(|node| {
            nodes += 1;
            for expr in node.expressions() {
                let mut depth = 0;
                expr.apply(|_| {
                    depth += 1;
                    Ok(TreeNodeRecursion::Continue)
                })?;
                deepest = deepest.max(depth);
            }
            Ok(TreeNodeRecursion::Continue)
        })
        .unwrap();
        assert!(nodes <= 4 * branches.len(), "{nodes} nodes for {} branches", branches.len());
        assert!(deepest <= 4, "an expression of {deepest} parts, where each is a column under another name");
    }
    assert_eq!(count(&session, &sql).await, 40 * count(&session, "SELECT well FROM logs").await);
}
