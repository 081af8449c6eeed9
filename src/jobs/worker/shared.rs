//! What all tasks of the worker share: reading it, showing a job as the journal has it, waking a task.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, MutexGuard, PoisonError};

use tokio::sync::Semaphore;

use super::super::journal;
use super::super::policy::Fault;
use super::super::types::{Job, JobId, Progress};
use super::{Handle, JobEvent, Shared};
use crate::draft::Product;
use crate::heygen::{Client, ErrorKind};
use crate::money::Usd;
use crate::store::StoreError;

impl Shared {
    pub(super) fn client(&self) -> Result<Client, Fault> {
        self.client.borrow().clone().ok_or_else(|| Fault {
            kind: ErrorKind::Unauthorized,
            message: "There is no API key.".to_owned(),
            param: None,
        })
    }

    /// HeyGen counts realtime sessions by themselves.
    pub(super) fn places_of(&self, product: Product) -> Arc<Semaphore> {
        Arc::clone(if product == Product::Realtime { &self.session_places } else { &self.places })
    }

    pub(super) fn lock_jobs(&self) -> MutexGuard<'_, BTreeMap<JobId, Arc<Job>>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn lock_handles(&self) -> MutexGuard<'_, HashMap<JobId, Handle>> {
        self.handles.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn lock_not_before(&self) -> MutexGuard<'_, Option<tokio::time::Instant>> {
        self.not_before.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn lock_held_unreadable(&self) -> MutexGuard<'_, Usd> {
        self.held_unreadable.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn put(&self, job: Job) {
        self.lock_jobs().insert(job.id, Arc::new(job));
    }

    /// Shows a job as the journal has it to everybody who waits for that.
    pub(super) async fn show(&self, id: JobId) -> Result<(), StoreError> {
        let record = self.store.run(move |tx| journal::get(tx, id)).await?;
        self.put(record.job);
        self.publish();
        Ok(())
    }

    pub(super) async fn reload(self: &Arc<Self>, id: JobId) -> Result<(), StoreError> {
        let record = self.store.run(move |tx| journal::get(tx, id)).await?;
        self.put(record.job);
        self.publish_soon();
        Ok(())
    }

    pub(super) fn progress(self: &Arc<Self>, id: JobId, progress: Progress) {
        {
            let mut jobs = self.lock_jobs();
            let Some(job) = jobs.get_mut(&id) else { return };
            if job.progress == progress {
                return;
            }
            Arc::make_mut(job).progress = progress;
        }
        self.publish_soon();
    }

    /// A fault of this program ended a job's task: it waits for the person, and what is on disk stays as it is.
    pub(super) async fn stopped(self: &Arc<Self>, id: JobId) {
        tracing::error!(job = %id, "the job's task ended in a fault of this program");
        let title = self.lock_jobs().get(&id).map(|job| job.title.clone()).unwrap_or_default();
        self.progress(id, Progress::Stopped);
        self.tell(JobEvent::Stopped(title)).await;
    }

    /// Shows jobs as a transaction that is committed left them.
    pub(super) fn show_all(&self, changed: impl IntoIterator<Item = Job>) {
        self.lock_jobs().extend(changed.into_iter().map(|job| (job.id, Arc::new(job))));
        self.publish();
    }

    pub(super) fn wake(&self, id: JobId) {
        if let Some(handle) = self.lock_handles().get(&id) {
            handle.wake.notify_one();
        }
    }

    pub(super) async fn tell(&self, event: JobEvent) {
        // Nobody listens only while the program closes.
        let _ = self.events.send(event).await;
    }
}
