//! The figures of every replication and client.
//!
//! A run of a hundred thousand replications has millions of them, and its report needs all: the table of replications has a
//! row for each, and intervals compare them. So only the last of them are in memory where there is a [`scratch`] for the
//! others. What is written there is in order of client and figure, since most readers ask for one figure of one client.

use super::ReplicationRow;
use crate::figure::Figure;
use crate::scratch::{self, Scratch};
use std::sync::Arc;

/// Figures in memory, at eight bytes each.
const HELD: usize = 1 << 20;

/// The figures of every replication and client, replication by replication.
#[derive(Clone, Debug, Default)]
pub struct PerReplication {
    /// The number of each replication.
    numbers: Vec<u32>,
    clients: usize,
    /// What is in the scratch, in order.
    written: Vec<Written>,
    /// The figures of all further replications, client by client. [`ABSENT`] where there is none.
    held: Vec<f64>,
    place: Place,
}

/// No figure; none is ever not a number.
const ABSENT: f64 = f64::NAN;

/// Where figures go that are too many for memory.
#[derive(Clone, Debug, Default)]
enum Place {
    /// They stay in memory.
    #[default]
    Memory,
    Unopened(scratch::Open),
    Scratch(Arc<dyn Scratch>),
    /// It takes no more, and has what was written before.
    Full(Arc<dyn Scratch>),
}

/// Figures of consecutive replications in the scratch: column by column, one for each client and figure.
#[derive(Clone, Copy, Debug)]
struct Written {
    at: u64,
    replications: usize,
}

impl PerReplication {
    /// None yet. Where they are many, most of them go to the scratch.
    pub(super) fn in_scratch(open: Option<scratch::Open>) -> Self {
        Self { place: open.map_or(Place::Memory, Place::Unopened), ..Self::default() }
    }

    /// Adds the figures of the next replication, client by client in the order of [`Figure::ALL`].
    pub(super) fn push(&mut self, number: u32, clients: &[Vec<Option<f64>>]) {
        self.clients = clients.len();
        self.numbers.push(number);
        self.held.extend(clients.iter().flatten().map(|figure| figure.unwrap_or(ABSENT)));
        if self.held.len() >= HELD {
            self.write();
        }
    }

    /// How many replications.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// The number of each replication.
    pub fn numbers(&self) -> impl Iterator<Item = u32> + '_ {
        self.numbers.iter().copied()
    }

    /// A figure of a client in each replication; None where it is null.
    pub fn figure(&self, client: usize, figure: Figure) -> Vec<Option<f64>> {
        if client >= self.clients {
            return Vec::new();
        }
        let column = client * Figure::ALL.len() + figure.index();
        let mut all = Vec::with_capacity(self.len());
        for written in &self.written {
            all.extend(self.read(written.at + written.bytes(column), written.replications));
        }
        all.extend(self.held.iter().skip(column).step_by(self.width()).copied());
        all.into_iter().map(present).collect()
    }

    /// A row for each replication and client, replication by replication.
    pub fn rows(&self) -> impl Iterator<Item = ReplicationRow> + '_ {
        let written = self.written.iter().flat_map(|written| self.by_replication(*written));
        let held = self.held.chunks(self.width().max(1)).map(<[f64]>::to_vec);
        self.numbers.iter().zip(written.chain(held)).flat_map(|(&replication, figures)| {
            let row = move |(client, figures): (usize, &[f64])| ReplicationRow {
                replication,
                client,
                figures: figures.iter().copied().map(present).collect(),
            };
            figures.chunks(Figure::ALL.len()).enumerate().map(row).collect::<Vec<_>>()
        })
    }

    /// Figures of one replication.
    const fn width(&self) -> usize {
        self.clients * Figure::ALL.len()
    }

    /// Moves what is in memory to the scratch. Where that refuses it, memory must do.
    fn write(&mut self) {
        if let Place::Unopened(open) = self.place {
            self.place = open().map_or(Place::Memory, |scratch| Place::Scratch(scratch.into()));
        }
        let Place::Scratch(scratch) = &self.place else { return };
        let at = self.written.last().map_or(0, |last| last.at + last.bytes(self.width()));
        let replications = self.held.len() / self.width();
        let columns =
            (0..self.width()).flat_map(|column| self.held.iter().skip(column).step_by(self.width()));
        let bytes: Vec<u8> = columns.flat_map(|figure| figure.to_le_bytes()).collect();
        if scratch.write(at, &bytes).is_ok() {
            self.written.push(Written { at, replications });
            self.held.clear();
        } else {
            self.place = Place::Full(Arc::clone(scratch));
        }
    }

    fn read(&self, at: u64, count: usize) -> Vec<f64> {
        let (Place::Scratch(scratch) | Place::Full(scratch)) = &self.place else { return Vec::new() };
        let mut bytes = vec![0; count * size_of::<f64>()];
        scratch.read(at, &mut bytes).expect("what was written to the temporary file is read back");
        let (figures, _) = bytes.as_chunks();
        figures.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect()
    }

    fn by_replication(&self, written: Written) -> impl Iterator<Item = Vec<f64>> + use<> {
        let columns = self.read(written.at, written.replications * self.width());
        (0..written.replications)
            .map(move |number| columns.iter().skip(number).step_by(written.replications).copied().collect())
    }
}

impl Written {
    /// Bytes of so many columns.
    const fn bytes(self, columns: usize) -> u64 {
        (columns * self.replications * size_of::<f64>()) as u64
    }
}

fn present(figure: f64) -> Option<f64> {
    (!figure.is_nan()).then_some(figure)
}

impl PartialEq for PerReplication {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.rows().eq(other.rows())
    }
}

/// From rows that are replication by replication, and client by client in each.
impl FromIterator<ReplicationRow> for PerReplication {
    fn from_iter<T: IntoIterator<Item = ReplicationRow>>(rows: T) -> Self {
        let mut all = Self::default();
        let mut rows = rows.into_iter().peekable();
        while let Some(first) = rows.next() {
            let number = first.replication;
            let mut clients = vec![first.figures];
            while let Some(next) = rows.next_if(|row| row.replication == number && row.client > 0) {
                clients.push(next.figures);
            }
            all.push(number, &clients);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;
    use std::sync::Mutex;

    /// Room for so many bytes.
    #[derive(Debug)]
    struct Room(usize, Mutex<Vec<u8>>);

    impl Scratch for Room {
        fn write(&self, at: u64, bytes: &[u8]) -> io::Result<()> {
            let mut all = self.1.lock().unwrap();
            if at as usize + bytes.len() > self.0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            assert_eq!(all.len(), at as usize, "one after the other");
            all.extend(bytes);
            Ok(())
        }

        fn read(&self, at: u64, bytes: &mut [u8]) -> io::Result<()> {
            bytes.copy_from_slice(&self.1.lock().unwrap()[at as usize..][..bytes.len()]);
            Ok(())
        }
    }

    /// Two clients whose figures are all different, some of them null or infinite.
    fn filled(open: Option<scratch::Open>, replications: u32) -> PerReplication {
        let figures = Figure::ALL.len() as u32;
        let value = |number: u32| match number % 97 {
            3 => None,
            5 => Some(f64::INFINITY),
            _ => Some(f64::from(number)),
        };
        let mut all = PerReplication::in_scratch(open);
        for number in 0..replications {
            let client = |client: u32| {
                (0..figures).map(|figure| value((number * 2 + client) * figures + figure)).collect()
            };
            all.push(number + 7, &[client(0), client(1)]);
        }
        all
    }

    /// Whether the scratch takes all, a part or nothing, and where there is none.
    #[test]
    fn every_figure_is_read_back_wherever_it_is() {
        let replications = 5 * HELD as u32 / 2 / (2 * Figure::ALL.len() as u32);
        let memory = filled(None, replications);
        assert_eq!(
            (memory.len(), memory.held.len()),
            (replications as usize, replications as usize * memory.width())
        );
        let opens: [scratch::Open; 4] = [
            || Ok(Box::new(Room(usize::MAX, Mutex::default()))),
            || Ok(Box::new(Room(3 * HELD * size_of::<f64>() / 2, Mutex::default()))),
            || Ok(Box::new(Room(0, Mutex::default()))),
            || Err(io::ErrorKind::PermissionDenied.into()),
        ];
        for (open, written) in opens.into_iter().zip([2, 1, 0, 0]) {
            let all = filled(Some(open), replications);
            assert_eq!(all.written.len(), written);
            assert_eq!(
                all.held.len(),
                (all.len() - all.written.iter().map(|one| one.replications).sum::<usize>()) * all.width()
            );
            assert!(all == memory);
            assert_eq!(all.rows().count(), 2 * replications as usize);
            for figure in [Figure::ALL[0], Figure::ALL[Figure::ALL.len() - 1], Figure::LatencyP99] {
                let rows = memory.rows().filter(|row| row.client == 1);
                let column: Vec<Option<f64>> = rows.map(|row| row.figures[figure.index()]).collect();
                assert_eq!(all.figure(1, figure), column);
            }
            let again: PerReplication = all.rows().collect();
            assert!(again == memory);
        }
    }

    #[test]
    fn without_replications_or_clients_there_are_no_figures() {
        let none = PerReplication::default();
        assert!(none.is_empty() && none.rows().next().is_none());
        assert!(none.figure(0, Figure::LatencyP50).is_empty());
        assert!(filled(None, 3).figure(2, Figure::LatencyP50).is_empty());
    }
}
