//! The async twin.
#![allow(clippy::unwrap_used, reason = "tests")]
#![allow(missing_docs, unreachable_pub, reason = "the types stand for a library's")]

use std::collections::HashMap;
use std::task::Poll;
use std::time::Duration;

use suitkaise_sk::{blocking, sk};

#[derive(Default)]
pub struct Store {
    cache: HashMap<String, String>,
    loads: u32,
}

#[sk(asynced)]
impl Store {
    /// Loads a file once.
    pub fn load(&mut self, path: &str) -> std::io::Result<usize> {
        let text = std::fs::read_to_string(path)?;
        self.loads += 1;
        let size = text.len();
        self.cache.insert(path.to_owned(), text);
        Ok(size)
    }

    pub fn loads(&self) -> u32 {
        self.loads
    }

    pub fn nap(&self, time: Duration) -> u32 {
        std::thread::sleep(time);
        self.loads
    }

    #[blocking]
    pub fn marked(&self) -> bool {
        true
    }

    #[blocking]
    pub fn fail(&mut self) {
        self.loads += 1;
        std::panic::resume_unwind(Box::new("failed"));
    }

    pub fn forget(&mut self, path: &str) -> bool {
        self.cache.remove(path).is_some()
    }
}

#[tokio::test]
async fn only_blocking_methods_of_the_twin_are_async() {
    let mut store = AsyncStore::new(Store::default());
    assert!(store.load("Cargo.toml").await.unwrap() > 0);
    assert!(store.load("/no/such").await.is_err());
    assert_eq!(store.loads(), 1);
    assert!(store.marked().await);
    assert!(store.forget("Cargo.toml"));
    assert_eq!(store.with(|s| s.cache.len()), 0);
}

#[tokio::test]
async fn a_dropped_call_loses_nothing() {
    let store = AsyncStore::new(Store { loads: 3, ..Store::default() });
    let late = tokio::time::timeout(Duration::from_millis(5), store.nap(Duration::from_millis(100))).await;
    assert!(late.is_err());
    let (a, b) = tokio::join!(store.nap(Duration::ZERO), store.nap(Duration::ZERO));
    assert_eq!((a, b, store.loads()), (3, 3, 3));
}

#[tokio::test]
async fn a_call_may_be_spawned() {
    let store = std::sync::Arc::new(AsyncStore::new(Store::default()));
    let spawned = tokio::spawn(async move { store.nap(Duration::ZERO).await });
    assert_eq!(spawned.await.unwrap(), 0);
}

#[tokio::test]
async fn a_call_that_panics_poisons_nothing() {
    let mut store = AsyncStore::new(Store::default());
    assert!(panics(store.fail()).await);
    assert_eq!((store.loads(), store.nap(Duration::ZERO).await), (1, 1));
    assert!(!store.forget("nothing"));
}

/// Whether the future panics.
async fn panics<T>(future: impl Future<Output = T>) -> bool {
    let mut future = Box::pin(future);
    std::future::poll_fn(move |cx| {
        let polled = std::panic::AssertUnwindSafe(|| future.as_mut().poll(cx));
        std::panic::catch_unwind(polled).map_or(Poll::Ready(true), |poll| poll.map(|_| false))
    })
    .await
}
