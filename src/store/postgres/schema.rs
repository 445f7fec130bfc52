//! The schema and its versions.
//!
//! A migration is one file; its number is its place in [`MIGRATIONS`], and the database says in `abide_schema` how many
//! it has had. All that are missing run in one transaction under the lock of that one row, so that two at a time do no
//! harm and half a schema never stands. A file that was released is never changed: a correction is a new file.
//!
//! Our own dozen lines and not sqlx's migrator: that one takes advisory locks and keeps types that not every engine of
//! this protocol has.

use super::connect_error::{ConnectError, explained};
use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Error};

/// What leads from one version to the next, in order.
const MIGRATIONS: &[&str] = &[include_str!("migrations/0001_records.sql"), include_str!("migrations/0002_marks.sql")];

/// The version this program works with.
pub const SCHEMA: i64 = MIGRATIONS.len() as i64;

/// What `migrate` did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migrated {
    /// The version that was found; 0 is an empty database.
    pub from: i64,
    /// The version that is there now.
    pub to: i64,
}

/// How a database stands to this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Nothing of ours is in it.
    Empty,
    /// To be migrated.
    Older,
    /// As it should be.
    Right,
    /// Beyond us.
    Newer,
}

fn standing(found: i64) -> Standing {
    match found {
        ..=0 => Standing::Empty,
        found if found < SCHEMA => Standing::Older,
        SCHEMA => Standing::Right,
        _ => Standing::Newer,
    }
}

/// Makes sure that the schema is the one this program works with. An empty database gets it; an older one does not:
/// nodes of the version before may still be working on it, so somebody has to say when.
pub(super) async fn check(connection: &mut PgConnection, place: &str) -> Result<(), ConnectError> {
    let found = found(connection).await.map_err(|error| explained(place, &error))?;
    match standing(found) {
        Standing::Right => Ok(()),
        Standing::Empty => migrate(connection, place).await.map(drop),
        Standing::Older => Err(ConnectError::Older { place: place.to_owned(), found }),
        Standing::Newer => Err(ConnectError::Newer { place: place.to_owned(), found }),
    }
}

async fn found(connection: &mut PgConnection) -> Result<i64, Error> {
    match sqlx::query_scalar("SELECT version FROM abide_schema WHERE id = 1").fetch_optional(connection).await {
        Ok(version) => Ok(version.unwrap_or(0)),
        Err(error) if has_code(&error, &["42P01"]) => Ok(0),
        Err(error) => Err(error),
    }
}

fn has_code(error: &Error, codes: &[&str]) -> bool {
    error.as_database_error().and_then(|refusal| refusal.code()).is_some_and(|code| codes.contains(&&*code))
}

/// Brings the database to [`SCHEMA`].
pub(super) async fn migrate(connection: &mut PgConnection, place: &str) -> Result<Migrated, ConnectError> {
    // Two that make the first table at the same time: the loser meets its traces and tries again.
    const TRACES: [&str; 4] = ["23505", "42P07", "40001", "40P01"];
    for _ in 0..5 {
        match attempt(connection).await {
            Ok(done) if done.from > SCHEMA => {
                return Err(ConnectError::Newer { place: place.to_owned(), found: done.from });
            }
            Ok(done) => return Ok(done),
            Err(error) if has_code(&error, &TRACES) => tracing::debug!(%error, "another migration is under way"),
            Err(error) => return Err(explained(place, &error)),
        }
    }
    let why = "another migration is under way; try again when it is done".to_owned();
    Err(ConnectError::Refused { place: place.to_owned(), why })
}

async fn attempt(connection: &mut PgConnection) -> Result<Migrated, Error> {
    const FIRST: &str =
        "CREATE TABLE IF NOT EXISTS abide_schema (id bigint NOT NULL PRIMARY KEY, version bigint NOT NULL)";
    let from = found(connection).await?;
    if from >= SCHEMA {
        return Ok(Migrated { from, to: from });
    }
    if from == 0 {
        sqlx::raw_sql(FIRST).execute(&mut *connection).await?;
        sqlx::raw_sql("INSERT INTO abide_schema (id, version) VALUES (1, 0) ON CONFLICT (id) DO NOTHING")
            .execute(&mut *connection)
            .await?;
    }
    let mut transaction = connection.begin().await?;
    let from: i64 = sqlx::query_scalar("SELECT version FROM abide_schema WHERE id = 1 FOR UPDATE")
        .fetch_one(&mut *transaction)
        .await?;
    for migration in MIGRATIONS.iter().skip(usize::try_from(from).unwrap_or(0)) {
        sqlx::raw_sql(*migration).execute(&mut *transaction).await?;
    }
    if from < SCHEMA {
        sqlx::query("UPDATE abide_schema SET version = $1 WHERE id = 1")
            .bind(SCHEMA)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok(Migrated { from, to: from.max(SCHEMA) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_judged() {
        assert_eq!(standing(0), Standing::Empty);
        assert_eq!(standing(SCHEMA), Standing::Right);
        assert_eq!(standing(SCHEMA + 1), Standing::Newer);
        assert!((1..SCHEMA).all(|version| standing(version) == Standing::Older));
    }
}
