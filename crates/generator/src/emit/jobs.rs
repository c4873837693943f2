//! Emitting on every core: the pieces of the emitters' work, side by side.
//!
//! A file depends on the sealed API and on no other file, so which is made first cannot be told from what comes out:
//! files and diagnostics are in the order of the jobs, whatever was finished first. This module knows nothing of what
//! a job does.

use std::sync::{Mutex, PoisonError};
use std::thread::{self, Builder, available_parallelism};

use super::File;
use crate::diagnostic::Diagnostics;

/// A piece of work: it gives its files, and says what there is to say of them.
pub(super) type Job<'a> = Box<dyn FnOnce(&mut Diagnostics) -> Vec<File> + Send + 'a>;

/// As much as a main thread has: emitters go down into schemas as deep as they are.
const STACK_BYTES: usize = 8 << 20;

/// Runs all jobs of all emitters, and gives their files in order.
pub(super) fn run(emitters: Vec<Vec<Job<'_>>>, diagnostics: &mut Diagnostics) -> Vec<File> {
    let mut waiting: Vec<Vec<(usize, Job<'_>)>> = Vec::new();
    let mut count = 0;
    for jobs in emitters {
        let first = count;
        count += jobs.len();
        waiting.push((first..).zip(jobs).collect());
    }
    // What cannot be divided starts first, and the small pieces fill up what is left.
    waiting.sort_by_key(Vec::len);
    let queue = Mutex::new(waiting.into_iter().flatten());
    let done: Mutex<Vec<Option<Done>>> = Mutex::new((0..count).map(|_| None).collect());
    // A function of its own, so that the lock is given back before the job starts.
    let next = || held(&queue).next();
    let work = || {
        while let Some((index, job)) = next() {
            let mut diagnostics = Diagnostics::new();
            let files = job(&mut diagnostics);
            held(&done)[index] = Some((files, diagnostics));
        }
    };
    let helpers =
        available_parallelism().map_or(1, usize::from).min(count) - usize::from(count > 0);
    thread::scope(|scope| {
        for _ in 0..helpers {
            // A thread that cannot be had is one less: this one does all the work if need be.
            let _ = Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work);
        }
        work();
    });
    let mut files = Vec::new();
    for (own, said) in
        done.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().flatten()
    {
        files.extend(own);
        said.into_vec().into_iter().for_each(|diagnostic| diagnostics.push(diagnostic));
    }
    files
}

type Done = (Vec<File>, Diagnostics);

/// A job that panics ends the run anyway, by the scope: what it may have left in a lock is never looked at.
fn held<T>(lock: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostic;

    #[test]
    fn what_comes_out_is_in_the_order_of_the_jobs() {
        let job = |name: usize| -> Job<'static> {
            Box::new(move |diagnostics| {
                // The later a job, the sooner it is done.
                let idle = (0..(40 - name) * 2_000).fold(0_usize, |sum, step| sum ^ step);
                diagnostics.push(Diagnostic::note("test", format!("{name}")));
                vec![File::text(format!("{name}"), idle.to_string())]
            })
        };
        let emitters = vec![(0..20).map(job).collect(), vec![job(20)], (21..40).map(job).collect()];
        let mut diagnostics = Diagnostics::new();
        let files = run(emitters, &mut diagnostics);
        let expected: Vec<String> = (0..40).map(|name| name.to_string()).collect();
        assert_eq!(files.iter().map(|file| file.path.clone()).collect::<Vec<_>>(), expected);
        let said: Vec<String> =
            diagnostics.iter().map(|diagnostic| diagnostic.message.clone()).collect();
        assert_eq!(said, expected);
    }

    #[test]
    fn nothing_to_do_is_nothing_done() {
        assert_eq!(run(Vec::new(), &mut Diagnostics::new()), Vec::new());
    }
}
