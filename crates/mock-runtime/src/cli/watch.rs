//! `--watch`: a document that is read again whenever its file changes.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::{Log, SpecReader};
use crate::service::Service;

/// How often the file is looked at. It is asked for its date only, which works on every disk.
const EVERY: Duration = Duration::from_millis(200);

/// Ends when the file holds another document that can be served. Why one cannot goes into the log.
pub(super) async fn changed(path: &Path, read: SpecReader, log: &Log) -> Arc<Service> {
    let mut last = state(path);
    loop {
        tokio::time::sleep(EVERY).await;
        let now = state(path);
        // A file that is gone is most often about to be put in place again.
        if now == last || now.is_none() {
            continue;
        }
        // Whoever writes may not be done yet.
        tokio::time::sleep(EVERY).await;
        last = state(path);
        if last != now {
            last = None;
            continue;
        }
        let owned = path.to_owned();
        let document = tokio::task::spawn_blocking(move || read(&owned)).await;
        match document.unwrap_or_else(|error| Err(error.to_string())) {
            Ok((data, _)) => {
                let count = data.routes.operations.len();
                log.write(&format!("read {} again: operations: {count}\n", path.display()));
                return Arc::new(Service::new(data));
            }
            Err(error) => {
                let shown = path.display();
                log.write(&format!(
                    "{shown} cannot be served; the last document stays:\n{error}\n"
                ));
            }
        }
    }
}

/// When a file was changed, and how long it is.
fn state(path: &Path) -> Option<(SystemTime, u64)> {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}
