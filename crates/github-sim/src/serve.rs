//! The server: from a request to an answer, with limits, faults, conditional requests and counts on the way.

mod answer;
mod apps;
pub(crate) mod commits;
mod connection;
pub(crate) mod contents;
mod control;
mod delivery;
mod dispatch;
mod events;
mod filter;
mod graphql;
mod issues;
mod listing;
mod repositories;
mod request;
mod root;
mod route;
mod search;
mod sending;
mod stargazers;
mod steps;
mod traffic;
mod users;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use url::Url;

use crate::Error;
use crate::auth::Installations;
use crate::faults::{Fault, FaultBox};
use crate::limits::Limiter;
use crate::options::{LimitOptions, SimOptions};
use crate::stats::{Counters, RequestRecord, Stats};
use crate::world::World;
use connection::{Connection, Listener};

/// A running simulated GitHub. It stops when it is dropped or [`Sim::stop`] is called.
#[derive(Debug)]
pub struct Sim {
    shared: Arc<Shared>,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<std::io::Result<()>>,
}

type Hook = Box<dyn FnOnce(&mut World) + Send>;

/// What all requests share.
pub(crate) struct Shared {
    pub(crate) options: SimOptions,
    world: RwLock<World>,
    faults: Mutex<FaultBox>,
    limiter: Mutex<Limiter>,
    counters: Mutex<Counters>,
    installations: Mutex<Installations>,
    hooks: Mutex<Vec<(u64, Hook)>>,
    requests: AtomicU64,
    connections: Arc<AtomicUsize>,
    started: Instant,
    /// Exhausted GraphQL limits so far.
    pub(crate) graphql_refusals: AtomicU64,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Shared").field("options", &self.options).finish_non_exhaustive()
    }
}

impl Sim {
    /// Starts to serve on `options.listen`.
    ///
    /// # Errors
    /// When the address is taken.
    pub async fn start(world: World, options: SimOptions) -> Result<Self, Error> {
        let (shared, listener, address) = prepare(world, options).await?;
        let (stop, stopped) = oneshot::channel::<()>();
        let app = router(Arc::clone(&shared));
        let server = tokio::spawn(async move {
            let service = app.into_make_service_with_connect_info::<Connection>();
            let wait = async {
                // A dropped sender stops the server too.
                let _ = stopped.await;
            };
            axum::serve(listener, service).with_graceful_shutdown(wait).await
        });
        Ok(Self { shared, address, stop: Some(stop), server })
    }

    /// The address of the API, for example `http://127.0.0.1:4321/`. `api/v3/` under it is the same API.
    pub fn url(&self) -> Url {
        let text = format!("http://{}/", self.address);
        // An address is always a good host.
        Url::parse(&text).unwrap_or_else(|_| unreachable!("{text} is a URL"))
    }

    /// The world, to read. Do not hold it over an `await`: requests that change it wait.
    pub fn world(&self) -> RwLockReadGuard<'_, World> {
        self.shared.world()
    }

    /// The world, to change. Do not hold it over an `await`: all requests wait.
    pub fn world_mut(&self) -> RwLockWriteGuard<'_, World> {
        self.shared.world_mut()
    }

    /// Counts since the start or the last reset.
    pub fn stats(&self) -> Stats {
        self.shared.counters().stats.clone()
    }

    /// Starts counting anew.
    pub fn reset_stats(&self) {
        self.shared.counters().reset();
    }

    /// The last 10,000 requests, oldest first.
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.shared.counters().log.iter().cloned().collect()
    }

    /// Connections that are open. One whose peer died is open until all it sent is answered.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Replaces all faults; their counts begin anew.
    pub fn set_faults(&self, faults: impl IntoIterator<Item = Fault>) {
        self.shared.faults().set(faults.into_iter().collect());
    }

    /// Replaces the limits; what was used stays used.
    pub fn set_limits(&self, limits: LimitOptions) {
        self.shared.limiter().set_options(limits);
    }

    /// Runs a closure on the world just after the k-th request from now (1 is the next one) was answered from it,
    /// before the answer is sent: what it changes is seen by every later request and by none before.
    pub fn on_request(&self, k: u64, change: impl FnOnce(&mut World) + Send + 'static) {
        let number = self.shared.requests.load(Ordering::SeqCst) + k;
        lock(&self.shared.hooks).push((number, Box::new(change)));
    }

    /// Stops serving; requests under way have a second to end.
    pub async fn stop(mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if tokio::time::timeout(Duration::from_secs(1), &mut self.server).await.is_err() {
            self.server.abort();
        }
    }
}

/// Serves until the process ends; `started` is told the API's address once it listens.
///
/// # Errors
/// When the address is taken, or the listener fails.
pub async fn serve_forever(world: World, options: SimOptions, started: impl FnOnce(SocketAddr)) -> Result<(), Error> {
    let (shared, listener, address) = prepare(world, options).await?;
    started(address);
    let service = router(shared).into_make_service_with_connect_info::<Connection>();
    axum::serve(listener, service).await.map_err(Error::Serve)
}

async fn prepare(world: World, options: SimOptions) -> Result<(Arc<Shared>, Listener, SocketAddr), Error> {
    let address = options.listen;
    let failed = |source| Error::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    tracing::debug!(address = %bound, repositories = world.repositories.len(), "simulated github listens");
    let shared = Shared {
        world: RwLock::new(world),
        faults: Mutex::new(FaultBox::new(options.faults.clone(), options.fault_seed)),
        limiter: Mutex::new(Limiter::new(options.limits.clone())),
        counters: Mutex::default(),
        installations: Mutex::default(),
        hooks: Mutex::default(),
        requests: AtomicU64::new(0),
        connections: Arc::default(),
        started: Instant::now(),
        graphql_refusals: AtomicU64::new(0),
        options,
    };
    let listener = Listener::new(listener, Arc::clone(&shared.connections));
    Ok((Arc::new(shared), listener, bound))
}

fn router(shared: Arc<Shared>) -> Router {
    Router::new().fallback(delivery::handle).with_state(shared)
}

impl Shared {
    pub(crate) fn world(&self) -> RwLockReadGuard<'_, World> {
        self.world.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn world_mut(&self) -> RwLockWriteGuard<'_, World> {
        self.world.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn counters(&self) -> MutexGuard<'_, Counters> {
        lock(&self.counters)
    }

    pub(crate) fn limiter(&self) -> MutexGuard<'_, Limiter> {
        lock(&self.limiter)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, FaultBox> {
        lock(&self.faults)
    }

    pub(crate) fn installations(&self) -> MutexGuard<'_, Installations> {
        lock(&self.installations)
    }

    /// Milliseconds since the server's start.
    pub(crate) fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    pub(crate) fn next_request(&self) -> u64 {
        self.requests.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// Runs the hooks that wait for this request.
    pub(crate) fn run_hooks(&self, number: u64) {
        let due: Vec<Hook> = {
            let mut hooks = lock(&self.hooks);
            let all = std::mem::take(&mut *hooks);
            let (due, later) = all.into_iter().partition(|(at, _)| *at <= number);
            *hooks = later;
            due.into_iter().map(|(_, hook): (u64, Hook)| hook).collect()
        };
        if due.is_empty() {
            return;
        }
        let mut world = self.world_mut();
        for hook in due {
            hook(&mut world);
        }
    }
}

// A panic elsewhere (a failed assertion in a test's hook) must not hide behind a poisoned lock.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
