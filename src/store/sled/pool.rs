//! The few threads that may block on the store.
//!
//! sled's calls block: on its one transaction lock, on reading a page, on a full write buffer. They run here, so that
//! no worker of the server stands still, and on few threads, so that a crowd of requests does not become a crowd of
//! threads with stacks and allocator arenas of their own.

use std::io;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

type Job = Box<dyn FnOnce() + Send>;

/// Jobs that may wait or run at one time. Who comes later waits in line before queueing, without a job in memory.
const PLACES: u32 = 1024;

/// The threads and their queue. Dropping it ends them once the queue is empty.
pub(super) struct Pool {
    jobs: mpsc::Sender<Job>,
    places: Arc<Semaphore>,
}

impl Pool {
    /// Starts the threads: as many as there are cores, from two to eight.
    pub(super) fn start() -> io::Result<Pool> {
        let threads = thread::available_parallelism().map_or(2, usize::from).clamp(2, 8);
        let (jobs, queue) = mpsc::channel::<Job>();
        let queue = Arc::new(Mutex::new(queue));
        for number in 0..threads {
            let queue = Arc::clone(&queue);
            thread::Builder::new().name(format!("store-{number}")).spawn(move || work(&queue))?;
        }
        Ok(Pool { jobs, places: Arc::new(Semaphore::new(PLACES as usize)) })
    }

    /// Runs `job` on one of the threads; none if it did not come to its end.
    ///
    /// A caller who gives up before the job has begun takes it back; one that has begun runs to its end.
    pub(super) async fn run<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let place = Arc::clone(&self.places).acquire_owned().await.ok()?;
        self.submit(Some(place), job).await
    }

    /// Waits until no job is waiting or running, and takes no more.
    pub(super) async fn close(&self) {
        let all = self.places.acquire_many(PLACES).await;
        self.places.close();
        drop(all);
    }

    /// Runs a job in a pool that is closed.
    pub(super) async fn last<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        self.submit(None, job).await
    }

    async fn submit<T: Send + 'static>(
        &self,
        place: Option<OwnedSemaphorePermit>,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        let job = move || {
            // In either case the job, and what it holds, is gone before its place is free.
            if answer.is_closed() {
                drop(job);
            } else {
                // Nobody listening any more is no matter: what the job did stands.
                let _ = answer.send(job());
            }
            drop(place);
        };
        self.jobs.send(Box::new(job)).ok()?;
        answered.await.ok()
    }
}

fn work(queue: &Mutex<mpsc::Receiver<Job>>) {
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match next {
            Ok(job) => job(),
            Err(mpsc::RecvError) => return,
        }
    }
}
