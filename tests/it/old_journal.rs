//! A journal of the first format, with jobs on their way: opened by this version, each goes on.

use reelmeter::jobs::types::{JobId, JobState};
use reelmeter::money::Usd;
use reelmeter::store::StoreError;
use rusqlite::{Connection, params};

use crate::rig::{Rig, Studio};

const FORMAT_1: &str = include_str!("../../src/store/format_1.sql");
/// The columns the first format had.
const COLUMNS: &str = "id, product, title, project, state, draft, quoted, rate, hold, charge, duration, error, files, \
     remote_id, endpoint, request, idempotency_key, sends, first_sent_at, credential, web_plan, target, portrait_url, \
     created_at, changed_at";

/// Writes the journal at `path` as the first format had it.
fn to_format_1(path: &std::path::Path) {
    let old = path.with_extension("old");
    let connection = Connection::open(&old).unwrap();
    connection.execute_batch(FORMAT_1).unwrap();
    connection.execute("ATTACH ?1 AS new", params![path.to_string_lossy()]).unwrap();
    connection
        .execute_batch(&format!(
            "INSERT INTO jobs ({COLUMNS}) SELECT {COLUMNS} FROM new.jobs;
             INSERT INTO uploads SELECT * FROM new.uploads;
             INSERT INTO ledger (at, job_id, kind, product, project, amount, card_date, quantity, rate)
                 SELECT at, job_id, kind, product, project, amount, card_date, quantity, rate FROM new.ledger;
             INSERT INTO wallet (at, balance) VALUES (1, '25');
             DETACH new;
             PRAGMA user_version = 1;"
        ))
        .unwrap();
    // What drafts of that time did not have yet.
    let ids: Vec<(String, String)> = {
        let mut statement = connection.prepare("SELECT id, draft FROM jobs").unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    };
    for (id, draft) in ids {
        let mut draft: serde_json::Value = serde_json::from_str(&draft).unwrap();
        for (holder, fields) in [("voice", ["starfish", ""]), ("audio", ["address", "has_audio"])] {
            if let Some(holder) = draft.get_mut(holder).and_then(serde_json::Value::as_object_mut) {
                for field in fields {
                    holder.remove(field);
                }
            }
        }
        connection.execute("UPDATE jobs SET draft = ?2 WHERE id = ?1", params![id, draft.to_string()]).unwrap();
    }
    drop(connection);
    for leftover in ["db", "db-wal", "db-shm"] {
        let _ = std::fs::remove_file(path.with_extension(leftover));
    }
    std::fs::rename(old, path).unwrap();
}

#[tokio::test]
async fn jobs_of_the_first_format_go_on_from_wherever_they_were() {
    let rig = Rig::start().await;
    let path = rig.folder.path().join("studio.db");
    // Submitted, never taken up: one for each state.
    let states = [JobState::Held, JobState::Submitting, JobState::Running, JobState::Downloading];
    let mut jobs: Vec<(JobId, JobState)> = Vec::new();
    for state in states {
        let draft = rig.draft(&format!("Old {}", state.word())).await;
        jobs.push((rig.submit(&draft).unwrap(), state));
    }
    // What the first version would have sent for those that are with HeyGen.
    let now = crate::rig::now();
    for (id, state) in &jobs {
        let (id, state) = (*id, *state);
        let record = rig.studio.store.run(move |tx| reelmeter::jobs::journal::get(tx, id)).await.unwrap();
        if state == JobState::Held {
            continue;
        }
        let key = reelmeter::heygen::IdempotencyKey::new(record.idempotency_key.clone()).unwrap();
        let body = record.request.clone().unwrap().into();
        let created = rig.client.send_paid(reelmeter::heygen::PaidEndpoint::Videos, body, &key).await.unwrap();
        let credential = rig.client.fingerprint();
        rig.studio
            .store
            .run(move |tx| {
                reelmeter::jobs::journal::count_send(tx, id, now, &credential)?;
                if state != JobState::Submitting {
                    reelmeter::jobs::journal::set_remote_id(tx, id, &created.remote_id)?;
                }
                reelmeter::jobs::journal::move_to(tx, id, &[JobState::Held], state, now, "")
            })
            .await
            .unwrap();
    }
    let Rig { folder, sandbox, client, keys, studio } = rig;
    studio.close().await;
    drop(crate::rig::open_once_free(&path).await);
    to_format_1(&path);
    let studio = Studio::open(folder.path(), keys.subscribe()).await;
    let rig = Rig { folder, sandbox, client, keys, studio };
    for (id, state) in jobs {
        let job = rig.ended(id).await;
        assert_eq!(job.state, JobState::Done, "{}: {:?}", state.word(), job.error);
        assert!(job.charge.is_some_and(|charge| charge > Usd::ZERO) && job.files.video.is_some(), "{}", state.word());
    }
    assert_eq!(rig.charges().await.len(), 4, "each was paid once");
    let units: Vec<String> = rig
        .studio
        .store
        .transaction::<_, StoreError>(|tx| {
            let mut statement = tx.prepare("SELECT DISTINCT unit FROM ledger WHERE kind = 'charge'")?;
            let rows = statement.query_map([], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .unwrap();
    assert_eq!(units, ["s"]);
}
