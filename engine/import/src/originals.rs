//! Originals: small files are kept byte for byte, some of them being written at a time.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use outcrop_store::{StoreError, Transaction};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

/// Larger originals are known by path and checksum only.
pub(crate) const LARGEST: u64 = 64 << 20;

/// KiB of originals in flight, which are in memory. Many small ones at once matter: each waits for the disk, and the disk
/// serves those that wait together.
const IN_FLIGHT: u32 = 32 << 10;

/// Puts originals while files are read.
pub(crate) struct Originals {
    transaction: Arc<Transaction>,
    runtime: Handle,
    permits: Arc<Semaphore>,
    tasks: Mutex<Vec<JoinHandle<Result<String, StoreError>>>>,
}

impl Originals {
    pub(crate) fn new(transaction: Arc<Transaction>, runtime: Handle) -> Self {
        let permits = Arc::new(Semaphore::new(IN_FLIGHT as usize));
        Originals { transaction, runtime, permits, tasks: Mutex::default() }
    }

    /// Begins to keep an original and gives its place in the project; none when it is too large. Waits while many are
    /// being written.
    pub(crate) fn keep(&self, sha256: &str, content: Bytes) -> Option<String> {
        if content.len() as u64 > LARGEST {
            return None;
        }
        // The semaphore is never closed; without a permit the original is written all the same.
        let size = u32::try_from(content.len() >> 10).unwrap_or(IN_FLIGHT).clamp(1, IN_FLIGHT);
        let permit = self.runtime.block_on(Arc::clone(&self.permits).acquire_many_owned(size)).ok();
        let (transaction, sha256) = (Arc::clone(&self.transaction), sha256.to_owned());
        let place = format!("objects/{sha256}");
        let task = self.runtime.spawn(async move {
            let put = transaction.put_object(&sha256, content).await;
            drop(permit);
            put
        });
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).push(task);
        Some(place)
    }

    /// Waits until all are there.
    pub(crate) async fn finish(&self) -> Result<(), StoreError> {
        let tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        for task in tasks {
            task.await.map_err(|e| StoreError::Task(e.to_string()))??;
        }
        Ok(())
    }
}
