//! The lines that a job writes.

use chrono::{DateTime, SubsecRound, Utc};
use serde::{Deserialize, Serialize};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::save::next_revision;
use crate::database::args;
use crate::error::{MetaError, Result};
use crate::open::Meta;

/// The longest text of a line, in bytes; the rest is cut off.
const LONGEST: usize = 16 * 1024;

/// Lines written by one statement: five values each, of the 32766 that SQLite takes.
const AT_ONCE: usize = 500;

/// A line of a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// When.
    pub time: DateTime<Utc>,
    /// How grave: `error`, `warn`, `info`, `debug`.
    pub level: String,
    /// What. More than 16 KiB are cut off.
    pub text: String,
}

/// A line with its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogRecord {
    /// Its number in the log of the job, from 1 without a gap.
    pub seq: i64,
    /// The line.
    #[serde(flatten)]
    pub line: LogLine,
}

impl Meta {
    /// Adds a line to the log of a job.
    ///
    /// # Errors
    /// No such job.
    pub async fn log_line(&self, job: Uuid, level: &str, text: &str, time: DateTime<Utc>) -> Result<()> {
        self.append_log(job, &[LogLine { time, level: level.to_owned(), text: text.to_owned() }]).await
    }

    /// Adds lines to the log of a job, all or none; one call for many lines is much cheaper than a call each.
    ///
    /// # Errors
    /// No such job.
    pub async fn append_log(&self, job: Uuid, lines: &[LogLine]) -> Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        let id = job.to_string();
        let mut tx = self.pools.write().await?;
        let sql = "UPDATE jobs SET log_seq = log_seq + $2 WHERE id = $1 RETURNING log_seq";
        let last = tx.row(sql, args![&*id, lines.len() as i64]).await?;
        let last = last.ok_or(MetaError::NoJob { id: job })?.int("log_seq")?;
        let mut seq = last - lines.len() as i64;
        for lines in lines.chunks(AT_ONCE) {
            let mut args = Vec::with_capacity(lines.len() * 5);
            let mut places = Vec::with_capacity(lines.len());
            for line in lines {
                seq += 1;
                let n = args.len();
                places.push(format!("(${}, ${}, ${}, ${}, ${})", n + 1, n + 2, n + 3, n + 4, n + 5));
                args.extend(args![&*id, seq, line.time.trunc_subsecs(6), &*line.level, cut(&line.text)]);
            }
            let values = places.join(", ");
            // Safe: numbers of placeholders.
            tx.run(AssertSqlSafe(format!("INSERT INTO job_logs (job, seq, time, level, text) VALUES {values}")), args)
                .await?;
        }
        let revision = next_revision(&mut tx).await?;
        tx.run("UPDATE jobs SET revision = $2 WHERE id = $1", args![&*id, revision]).await?;
        tx.commit().await?;
        self.wake(revision);
        Ok(())
    }

    /// The lines of a job's log after a number, at most 10000; 0 for the first ones.
    ///
    /// # Errors
    /// The database fails.
    pub async fn log_lines(&self, job: Uuid, after_seq: i64) -> Result<Vec<LogRecord>> {
        let sql = "SELECT seq, time, level, text FROM job_logs WHERE job = $1 AND seq > $2 ORDER BY seq LIMIT 10000";
        let rows = self.pools.rows(sql, args![job.to_string(), after_seq]).await?;
        let read = rows.iter().map(|row| {
            let line = LogLine { time: row.time("time")?, level: row.text("level")?, text: row.text("text")? };
            Ok(LogRecord { seq: row.int("seq")?, line })
        });
        read.collect()
    }
}

/// The text, or its beginning.
fn cut(text: &str) -> String {
    if text.len() <= LONGEST {
        return text.to_owned();
    }
    let end = (0..=LONGEST).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    format!("{} … ({} bytes in all)", text.get(..end).unwrap_or_default(), text.len())
}
