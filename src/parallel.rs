//! Runs work on all cores, or in sequence where the feature `parallel` is off, as in a browser. The figures are the
//! same.

#[cfg(feature = "parallel")]
use rayon::prelude::*;

/// Calls `act` on each item.
pub(crate) fn for_each<T: Send>(items: &mut [T], act: impl Fn(&mut T) + Send + Sync) {
    #[cfg(feature = "parallel")]
    items.par_iter_mut().for_each(act);
    #[cfg(not(feature = "parallel"))]
    items.iter_mut().for_each(act);
}

/// The results of `make` for each item, in the same order.
pub(crate) fn map<T: Send, R: Send>(items: Vec<T>, make: impl Fn(T) -> R + Send + Sync) -> Vec<R> {
    #[cfg(feature = "parallel")]
    return items.into_par_iter().map(make).collect();
    #[cfg(not(feature = "parallel"))]
    return items.into_iter().map(make).collect();
}
