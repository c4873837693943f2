//! The open connections: how many there may be, and which one has to go when another client comes.
//!
//! Whoever opens connections and says nothing must not keep everybody else out, so the one that was idle for longest is
//! closed. One that waits for its reply is never touched.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// All of them.
#[derive(Debug)]
pub(crate) struct Connections {
    places: Arc<Semaphore>,
    most: usize,
    open: Mutex<HashMap<u64, Arc<Activity>>>,
    next: AtomicU64,
    start: Instant,
}

/// What one connection does.
#[derive(Debug)]
pub(crate) struct Activity {
    /// Requests that wait for their reply.
    busy: AtomicUsize,
    /// When the last one ended, in microseconds after the start.
    since: AtomicU64,
    /// Told when the connection has to go.
    pub(crate) close: Notify,
    start: Instant,
}

/// A place among the connections, given back when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    number: u64,
    connections: Arc<Connections>,
    pub(crate) activity: Arc<Activity>,
    _permit: OwnedSemaphorePermit,
}

impl Connections {
    pub(crate) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self {
            places: Arc::new(Semaphore::new(most)),
            most,
            open: Mutex::default(),
            next: AtomicU64::new(0),
            start: Instant::now(),
        })
    }

    /// A place for one more, which may cost the idlest its own. `None` when the server is gone.
    pub(crate) async fn place(self: &Arc<Self>) -> Option<OwnedSemaphorePermit> {
        if let Ok(permit) = Arc::clone(&self.places).try_acquire_owned() {
            return Some(permit);
        }
        self.close_idlest();
        Arc::clone(&self.places).acquire_owned().await.ok()
    }

    pub(crate) fn open(self: &Arc<Self>, permit: OwnedSemaphorePermit) -> Place {
        let activity = Arc::new(Activity {
            busy: AtomicUsize::new(0),
            since: AtomicU64::new(micros(self.start)),
            close: Notify::new(),
            start: self.start,
        });
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.list().insert(number, Arc::clone(&activity));
        Place { number, connections: Arc::clone(self), activity, _permit: permit }
    }

    /// Ends when all have ended.
    pub(crate) async fn ended(&self) {
        let _ = self.places.acquire_many(u32::try_from(self.most).unwrap_or(u32::MAX)).await;
    }

    fn close_idlest(&self) {
        let list = self.list();
        let idle = list.values().filter(|one| one.busy.load(Ordering::Acquire) == 0);
        if let Some(idlest) = idle.min_by_key(|one| one.since.load(Ordering::Acquire)) {
            idlest.close.notify_one();
        }
    }

    fn list(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Arc<Activity>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Activity {
    /// A request has come in whole or in part; it is under way until what this returns is dropped.
    pub(crate) fn works(self: &Arc<Self>) -> Busy {
        self.busy.fetch_add(1, Ordering::AcqRel);
        Busy(Arc::clone(self))
    }
}

/// A request that is under way.
#[derive(Debug)]
pub(crate) struct Busy(Arc<Activity>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.since.store(micros(self.0.start), Ordering::Release);
        self.0.busy.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connections.list().remove(&self.number);
    }
}

fn micros(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn the_idlest_makes_room_and_no_other() {
        let connections = Connections::new(3);
        let mut places = Vec::new();
        for _ in 0..3 {
            let permit = connections.place().await.expect("a place");
            places.push(connections.open(permit));
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        // The first one waits for a reply, so the second is the idlest, though it is younger.
        let busy = places[0].activity.works();
        let more = tokio::spawn({
            let connections = Arc::clone(&connections);
            async move { connections.place().await }
        });
        let second = Arc::clone(&places[1].activity);
        tokio::time::timeout(Duration::from_secs(5), second.close.notified())
            .await
            .expect("told to close");
        drop(places.remove(1));
        assert!(more.await.expect("no panic").is_some());
        drop(busy);
    }
}
