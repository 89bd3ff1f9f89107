//! The replication in which a client fared worst, for those who want to see it along time.

use super::answer::compared_clients;
use super::{PerReplication, Results};
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

fn of_client(rows: &PerReplication, client: usize) -> Option<Worst> {
    let of = |figure: Figure| rows.figure(client, figure).into_iter().map(|value| value.unwrap_or(0.0));
    let never = of(Figure::EventsLost).zip(of(Figure::EventsPending)).map(|(lost, pending)| lost + pending);
    let own = rows.numbers().zip(never.zip(of(Figure::LatencyMax)));
    let own = own.map(|(number, (never, most_s))| Worst { client, replication: number + 1, never, most_s });
    own.reduce(|worst, one| if (one.never, one.most_s) > (worst.never, worst.most_s) { one } else { worst })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::ReplicationRow;

    #[test]
    fn what_never_came_is_worse_than_what_came_late() {
        let row = |replication: u32, lost: f64, most_s: f64| {
            let mut figures = vec![None; Figure::ALL.len()];
            figures[Figure::EventsLost.index()] = Some(lost);
            figures[Figure::LatencyMax.index()] = Some(most_s);
            ReplicationRow { replication, client: 0, figures }
        };
        let number = |rows: &[ReplicationRow]| {
            of_client(&rows.iter().cloned().collect(), 0).map(|worst| worst.replication)
        };
        assert_eq!(
            number(&[row(0, 0.0, 9.0), row(1, 1.0, 2.0), row(2, 1.0, 3.0), row(3, 1.0, 3.0)]),
            Some(3)
        );
        assert_eq!(number(&[row(0, 0.0, 9.0), row(1, 0.0, 10.0)]), Some(2));
        assert_eq!(number(&[]), None);
    }
}
