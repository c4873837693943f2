//! For programs that are not async: the same surface, waiting in place of awaiting.
//!
//! `send_blocking()` on every request, `blocking()` on walks over pages, and [`wait`] for anything else. One
//! thread in the background drives the connections of all clients, so waiting works everywhere.
//!
//! ```no_run
//! # fn f(client: lockstep_runtime::Client) -> lockstep_runtime::Result<()> {
//! use lockstep_runtime::{Binary, blocking};
//!
//! let accounts = client.get("/api/accounts").send_blocking()?;
//! let picture = client.get("/media/1").reply::<Binary>().send_blocking()?;
//! blocking::wait(picture.save("picture.jpg"))??;
//! # let _ = accounts; Ok(()) }
//! ```

use std::future::Future;
use std::sync::OnceLock;
use std::sync::mpsc;
use std::thread::ThreadId;

use tokio::runtime::{Builder, Handle};

use crate::error::{Error, Result, Trouble};
use crate::reply::Reply;
use crate::request::Request;
use crate::response::Response;
use crate::send::Pending;

/// Sends `request` and waits. Generated code calls this.
///
/// # Errors
/// Whatever sending gives.
pub fn send<R: Reply>(request: Request) -> Result<Response<R::Value>> {
    wait(Pending::<R>::new(request))?
}

/// Runs any future of this crate to its end, and gives what it gives.
///
/// # Errors
/// [`Error::Configuration`] when the background thread cannot be started, or is itself the one that would wait:
/// a hook runs there, and may not send a request of its own this way.
pub fn wait<F>(work: F) -> Result<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let background = background()?;
    if std::thread::current().id() == background.thread {
        return Err(Error::configuration(
            "a hook cannot wait for another request: everything else would stand still",
        ));
    }
    let (sender, receiver) = mpsc::sync_channel(1);
    background.handle.spawn(async move {
        // The receiver waits below, and goes only with this very thread.
        let _ = sender.send(work.await);
    });
    receiver
        .recv()
        .map_err(|_| Error::Transport(Trouble::new("the request panicked in the background")))
}

struct Background {
    handle: Handle,
    thread: ThreadId,
}

/// The thread that drives everything, started at first use.
fn background() -> Result<&'static Background> {
    static BACKGROUND: OnceLock<std::result::Result<Background, String>> = OnceLock::new();
    let start = || {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| error.to_string())?;
        let handle = runtime.handle().clone();
        let thread = std::thread::Builder::new()
            .name("lockstep-blocking".to_owned())
            .spawn(move || runtime.block_on(std::future::pending::<()>()))
            .map_err(|error| error.to_string())?;
        Ok(Background { handle, thread: thread.thread().id() })
    };
    let started = BACKGROUND.get_or_init(start).as_ref();
    started.map_err(|error| Error::configuration(format!("no background thread: {error}")))
}
