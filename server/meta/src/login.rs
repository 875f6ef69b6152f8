//! Login by name and password, and the lock after wrong ones.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::database::args;
use crate::error::{MetaError, Result};
use crate::names::LONGEST_NAME;
use crate::open::Meta;
use crate::password::{failed, is_password};
use crate::time;
use crate::users::User;

/// Wrong passwords that have no consequence: people mistype.
const FREE: i64 = 5;

/// The longest lock.
const LONGEST_LOCK: Duration = Duration::from_secs(15 * 60);

/// After this time without a wrong password the earlier ones are forgotten.
const FORGOTTEN: Duration = Duration::from_secs(24 * 3600);

/// How long a name is locked after so many wrong passwords: not at all up to the fifth, then 2, 4, 8 … seconds, at most 15 minutes.
fn lock_after(failures: i64) -> Option<Duration> {
    let over = failures.saturating_sub(FREE - 1);
    let over = u32::try_from(over.max(0)).unwrap_or(u32::MAX);
    (over > 0).then(|| Duration::from_secs(2u64.saturating_pow(over)).min(LONGEST_LOCK))
}

impl Meta {
    /// The user of a name and password; none if there is no such user, they are disabled or have no password, or the password
    /// is wrong. Which of these it is can be told neither from the answer nor from its time.
    ///
    /// From the fifth wrong password in a row on, the name is locked for 2 seconds, then 4, 8 and so on up to 15 minutes, whether
    /// there is such a user or not. A right password, or [`Meta::set_password`], ends that; so does a day without a wrong one.
    ///
    /// # Errors
    /// The name is locked ([`MetaError::Locked`]), even to the right password; the database fails.
    pub async fn verify_password(&self, name: &str, password: &str) -> Result<Option<User>> {
        // The lock is looked at with the permit in hand: guesses that come all at once see the ones before them.
        let permit = Arc::new(self.hashing.clone().acquire_owned().await.map_err(failed)?);
        let countable = name.len() <= LONGEST_NAME;
        let sql = "SELECT failures, locked_until FROM login_failures WHERE name = $1";
        let earlier = if countable { self.pools.row(sql, args![name]).await? } else { None };
        if let Some(earlier) = &earlier {
            let failures = earlier.int("failures")?;
            if let Some(until) = earlier.time_or_null("locked_until")?.filter(|until| *until > time::now()) {
                return Err(MetaError::Locked { name: name.to_owned(), failures, until });
            }
        }
        let sql = "SELECT password FROM users WHERE name = $1 AND enabled = 1";
        let hash = match self.pools.row(sql, args![name]).await? {
            Some(row) => row.text_or_null("password")?,
            None => None,
        };
        let right = is_password(password, hash, permit.clone()).await?;
        // Right or wrong, the same statements run.
        let mut tx = self.pools.write().await?;
        let now = time::now();
        if right {
            tx.run("UPDATE users SET last_login = $2 WHERE name = $1", args![name, now]).await?;
            tx.run("DELETE FROM login_failures WHERE name = $1", args![name]).await?;
        } else if countable {
            count_failure(&mut tx, name, now).await?;
        }
        tx.commit().await?;
        if right { self.user(name).await } else { Ok(None) }
    }
}

/// Counts a wrong password and locks the name after many.
async fn count_failure(tx: &mut crate::database::Write, name: &str, now: DateTime<Utc>) -> Result<()> {
    let forgotten = time::micros(now).saturating_sub(FORGOTTEN.as_micros() as i64);
    tx.run("DELETE FROM login_failures WHERE last < $1", args![forgotten]).await?;
    let counted = tx.row(
        "INSERT INTO login_failures (name, failures, last) VALUES ($1, 1, $2)
         ON CONFLICT (name) DO UPDATE SET failures = login_failures.failures + 1, last = excluded.last
         RETURNING failures",
        args![name, now],
    );
    let failures = counted.await?.map_or(Ok(1), |row| row.int("failures"))?;
    let until = lock_after(failures).map(|wait| time::after(now, wait));
    tx.run("UPDATE login_failures SET locked_until = $2 WHERE name = $1", args![name, until]).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_grow_to_their_cap() {
        let seconds = |failures| lock_after(failures).map(|d| d.as_secs());
        assert_eq!([0, 1, 4].map(seconds), [None; 3]);
        assert_eq!([5, 6, 7, 13, 14, 15].map(seconds), [2, 4, 8, 512, 900, 900].map(Some));
        assert_eq!(seconds(i64::MAX), Some(900));
    }
}
