//! A statement that changes the project.

use outcrop_session::{Answer, Session};
use serde_json::{Value as Json, json};

use super::board::Board;
use crate::error::Refusal;

pub(super) async fn run(session: &Session, sql: &str, board: &Board) -> Result<Json, Refusal> {
    match session.sql_watched(sql, board).await? {
        Answer::Done { message, rows, commit } => {
            board.line("info", message.clone());
            Ok(json!({"message": message, "rows": rows, "commit": commit}))
        }
        Answer::Rows(_) => Err(Refusal::Invalid(
            "a job is a statement that changes something; to keep the rows of a query write CREATE TABLE name AS SELECT …".to_owned(),
        )),
    }
}
