//! What COMMENT ON says of tables and views is told where they are described.

use outcrop_session::{Answer, Session};

use crate::field;

/// The notices of DESCRIBE.
async fn told(session: &Session, name: &str) -> Vec<String> {
    match session.sql(&format!("DESCRIBE {name}")).await.unwrap() {
        Answer::Rows(rows) => {
            let notices = rows.notices();
            rows.collect().await.unwrap();
            notices.take()
        }
        Answer::Done { message, .. } => panic!("{message}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn describe_tells_the_comment() {
    let (_folder, session) = field::copy().await;
    field::run(&session, "CREATE VIEW deep AS SELECT * FROM tops WHERE md > 2000").await.unwrap();
    assert!(told(&session, "tops").await.is_empty());
    field::run(&session, "COMMENT ON TABLE tops IS 'Picks of the 2024 study, not yet reviewed'").await.unwrap();
    field::run(&session, "COMMENT ON VIEW deep IS 'Below the salt'").await.unwrap();
    assert_eq!(told(&session, "tops").await, ["tops: Picks of the 2024 study, not yet reviewed"]);
    assert_eq!(told(&session, "public.tops").await, ["public.tops: Picks of the 2024 study, not yet reviewed"]);
    assert_eq!(told(&session, "deep").await, ["deep: Below the salt"]);
    for (name, expected) in [("wells", 0), ("trajectories", 0), ("'tops.csv'", 0), ("outcrop.formats", 0)] {
        assert_eq!(told(&session, name).await.len(), expected, "{name}");
    }
    let listed = field::rows(
        &session,
        "SELECT table_name, description FROM information_schema.tables WHERE description IS NOT NULL ORDER BY table_name",
    )
    .await;
    assert_eq!(field::texts(&listed, "table_name"), ["deep", "tops"]);
    assert_eq!(field::texts(&listed, "description"), ["Below the salt", "Picks of the 2024 study, not yet reviewed"]);
    field::run(&session, "COMMENT ON TABLE tops IS NULL").await.unwrap();
    assert!(told(&session, "tops").await.is_empty());
}
