//! Many pieces of work at once, their results one after the other in the order they were asked for.
//!
//! As many threads as there are processors. A thread that is far ahead of the first result that is
//! still missing waits, so that what waits to be taken stays bounded. Knows nothing of the work.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How far ahead of the first missing result work is begun, for each thread.
const AHEAD: usize = 16;

/// As much as the first thread of a program has: parsers are hungry.
const STACK: usize = 8 * 1024 * 1024;

/// How often somebody who waits is told so.
const TICK: Duration = Duration::from_millis(100);

/// What comes of the work.
pub(super) enum Event<T> {
    /// The result of the next piece; `None` where the work panicked.
    Done(Option<T>),
    /// Still waiting for it.
    Waiting,
}

/// Does `count` pieces of work, numbered from 0, and tells of each in that order.
pub(super) fn in_order<T: Send>(
    count: usize,
    work: impl Fn(usize) -> T + Sync,
    mut tell: impl FnMut(Event<T>),
) {
    let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
    let threads = processors.min(count);
    let queue = Queue::new(count, threads * AHEAD);
    std::thread::scope(|scope| {
        let start = |_: &usize| {
            let thread = std::thread::Builder::new().stack_size(STACK);
            thread.spawn_scoped(scope, || queue.serve(&work)).is_ok()
        };
        // Where the system has no more threads, those that it has do the work.
        let started = (0..threads).filter(start).count();
        for number in 0..count {
            if started == 0 {
                tell(Event::Done(attempt(&work, number)));
                continue;
            }
            let result = queue.take(number, || tell(Event::Waiting));
            tell(Event::Done(result));
        }
    });
}

/// A panic in one piece is not the end of the others.
fn attempt<T>(work: impl Fn(usize) -> T, number: usize) -> Option<T> {
    catch_unwind(AssertUnwindSafe(|| work(number))).ok()
}

struct Queue<T> {
    count: usize,
    ahead: usize,
    state: Mutex<State<T>>,
    changed: Condvar,
}

struct State<T> {
    /// The next piece to begin.
    next: usize,
    /// How many results were taken.
    taken: usize,
    /// Results that wait for those before them.
    done: BTreeMap<usize, Option<T>>,
}

impl<T> Queue<T> {
    fn new(count: usize, ahead: usize) -> Self {
        Self {
            count,
            ahead,
            state: Mutex::new(State {
                next: 0,
                taken: 0,
                done: BTreeMap::new(),
            }),
            changed: Condvar::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        // Nothing that can panic runs while it is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a thread does: one piece after the other, until none is left.
    fn serve(&self, work: &impl Fn(usize) -> T) {
        while let Some(number) = self.begin() {
            let result = attempt(work, number);
            self.state().done.insert(number, result);
            self.changed.notify_all();
        }
    }

    fn begin(&self) -> Option<usize> {
        let too_far = |state: &mut State<T>| {
            state.next < self.count && state.next >= state.taken + self.ahead
        };
        let waited = self.changed.wait_while(self.state(), too_far);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        let number = state.next;
        state.next = (number + 1).min(self.count);
        (number < self.count).then_some(number)
    }

    fn take(&self, number: usize, mut waiting: impl FnMut()) -> Option<T> {
        loop {
            let missing = |state: &mut State<T>| !state.done.contains_key(&number);
            let waited = self.changed.wait_timeout_while(self.state(), TICK, missing);
            let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
            if let Some(result) = state.done.remove(&number) {
                state.taken = number + 1;
                drop(state);
                self.changed.notify_all();
                return result;
            }
            drop(state);
            waiting();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn all<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<Option<T>> {
        let mut results = Vec::new();
        in_order(count, work, |event| {
            if let Event::Done(result) = event {
                results.push(result);
            }
        });
        results
    }

    #[test]
    fn results_come_in_order_however_long_each_takes() {
        let slow_first = |number: usize| {
            let spins = if number.is_multiple_of(7) { 200_000 } else { 1 };
            (0..spins).for_each(|spin| {
                std::hint::black_box(spin);
            });
            number
        };
        let expected: Vec<Option<usize>> = (0..500).map(Some).collect();
        assert_eq!(all(500, slow_first), expected);
        assert_eq!(all(0, slow_first), []);
        assert_eq!(all(1, slow_first), [Some(0)]);
    }

    #[test]
    fn a_panic_is_the_end_of_one_piece_only() {
        let results = all(100, |number| {
            assert_ne!(number, 3, "this one panics");
            number
        });
        assert_eq!(
            (results[3], results[4], results.len()),
            (None, Some(4), 100)
        );
    }

    /// The first piece ends only if the second is done meanwhile.
    #[test]
    fn pieces_are_done_at_once() {
        if std::thread::available_parallelism().map_or(1, NonZero::get) == 1 {
            return;
        }
        let (second, done) = std::sync::mpsc::channel();
        let ends = (Mutex::new(second), Mutex::new(done));
        let results = all(2, |number| {
            if number == 1 {
                return ends.0.lock().expect("a lock").send(()).is_ok();
            }
            let done = ends.1.lock().expect("a lock");
            done.recv_timeout(Duration::from_secs(60)).is_ok()
        });
        assert_eq!(results, [Some(true), Some(true)]);
    }

    /// However slow the first piece is, the others do not pile up behind it.
    #[test]
    fn nobody_runs_far_ahead() {
        let begun = AtomicUsize::new(0);
        let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
        let most = processors * AHEAD;
        let first_is_slow = |number: usize| {
            begun.fetch_add(1, Ordering::SeqCst);
            // With a single thread nobody can be ahead.
            while number == 0 && processors > 1 && begun.load(Ordering::SeqCst) < most {
                std::thread::yield_now();
            }
            begun.load(Ordering::SeqCst)
        };
        let results = all(most * 10, first_is_slow);
        assert!(results[0].expect("a result") <= most, "{results:?}");
    }

    #[test]
    fn who_waits_is_told() {
        let (told, heard) = std::sync::mpsc::channel();
        let heard = Mutex::new(heard);
        let mut waited = false;
        let until_told = |_| heard.lock().expect("a lock").recv().expect("a word");
        in_order(1, until_told, |event| match event {
            Event::Waiting => {
                waited = true;
                told.send(()).expect("somebody listens");
            }
            Event::Done(result) => assert_eq!(result, Some(())),
        });
        assert!(waited);
    }
}
