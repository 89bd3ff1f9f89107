//! The replication in which a client fared worst, for those who want to see it along time.

use super::answer::compared_clients;
use super::{ReplicationRow, Results};
use crate::figure::Figure;

/// The worst replication of one client.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Worst {
    /// Index of the client in the scenario.
    pub client: usize,
    /// Its number, from 1 on as in `replications.csv`.
    pub replication: u32,
    /// Events that the client did not hold when the replication ended.
    pub never: f64,
    /// The greatest latency of the others, in seconds.
    pub most_s: f64,
}

/// The worst replication of each client that the first sentence compares, or else of the first client: the one with the
/// most events that never came, among equals the one with the greatest latency. Empty with one replication.
pub fn worst(results: &Results) -> Vec<Worst> {
    if results.summary.replications < 2 {
        return Vec::new();
    }
    let named = compared_clients(&results.summary, &results.scenario);
    let clients = named.map_or_else(|| vec![0], Vec::from);
    clients.into_iter().filter_map(|client| of_client(&results.replications, client)).collect()
}

fn of_client(rows: &[ReplicationRow], client: usize) -> Option<Worst> {
    let of = |row: &ReplicationRow, figure: Figure| row.figures[figure.index()].unwrap_or(0.0);
    let own = rows.iter().filter(|row| row.client == client).map(|row| Worst {
        client,
        replication: row.replication + 1,
        never: of(row, Figure::EventsLost) + of(row, Figure::EventsPending),
        most_s: of(row, Figure::LatencyMax),
    });
    own.reduce(|worst, one| if (one.never, one.most_s) > (worst.never, worst.most_s) { one } else { worst })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_never_came_is_worse_than_what_came_late() {
        let row = |replication: u32, lost: f64, most_s: f64| {
            let mut figures = vec![None; Figure::ALL.len()];
            figures[Figure::EventsLost.index()] = Some(lost);
            figures[Figure::LatencyMax.index()] = Some(most_s);
            ReplicationRow { replication, client: 0, figures }
        };
        let number = |rows: &[ReplicationRow]| of_client(rows, 0).map(|worst| worst.replication);
        assert_eq!(
            number(&[row(0, 0.0, 9.0), row(1, 1.0, 2.0), row(2, 1.0, 3.0), row(3, 1.0, 3.0)]),
            Some(3)
        );
        assert_eq!(number(&[row(0, 0.0, 9.0), row(1, 0.0, 10.0)]), Some(2));
        assert_eq!(number(&[]), None);
    }
}
