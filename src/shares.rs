//! Work on many things of which none needs another, shared out to threads. What comes of it is the same on one.

/// Tables, alarms and their like that are worth a thread of their own.
const A_THREAD: usize = 200;

/// The threads that this machine runs at the same time.
pub fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Shares a list out to so many threads at most; what comes of each share, in the order of the list.
pub fn of<'t, T: Sync, R: Send>(
    items: &'t [T],
    threads: usize,
    work: impl Fn(&'t [T]) -> R + Sync,
) -> Vec<R> {
    of_least(items, A_THREAD, threads, work)
}

/// As [`of`], of things of which so many are worth a thread.
pub fn of_least<'t, T: Sync, R: Send>(
    items: &'t [T],
    least: usize,
    threads: usize,
    work: impl Fn(&'t [T]) -> R + Sync,
) -> Vec<R> {
    let size = items.len().div_ceil(threads.max(1)).max(least);
    let mut shares = items.chunks(size);
    let own = shares.next().unwrap_or_default();
    let work = &work;
    std::thread::scope(|scope| {
        let others: Vec<_> = shares
            .map(|share| scope.spawn(move || work(share)))
            .collect();
        let own = work(own);
        let others = others.into_iter().map(|other| {
            other
                .join()
                .expect("a panic here is one of ours, and ends the run as it would on one thread")
        });
        std::iter::once(own).chain(others).collect()
    })
}
