//! The polls that bring events, one loop at a time.

use super::regular::Regular;
use super::ticks::NotEmpty;
use crate::measure::{Outcome, Recorder, TraceFilter, Traced, exchange_bytes, status_of};
use crate::model::events::Events;
use crate::model::exchange::{Answer, Exchange};
use crate::model::{Arrival, Observation};
use crate::policy::channel::Channel;
use crate::policy::sizes::Sizes;
use crate::scenario::Scenario;
use crate::time::Instant;

/// Goes through one loop from each poll that brings events to the next.
pub(super) struct Walk<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) events: &'a Events,
    pub(super) regular: Regular,
    pub(super) limit: Instant,
    pub(super) sizes: Sizes,
}

impl Walk<'_> {
    /// Records the polls of one loop that bring events, and counts the ticks that are not empty polls. Returns the
    /// numbers of these ticks.
    pub(super) fn polls(
        &self,
        poll_loop: u32,
        (member, resource): (u32, u32),
        phase: Instant,
        recorder: &mut Recorder,
        not_empty: &mut NotEmpty,
    ) -> Vec<i64> {
        let Regular { interval, there, .. } = self.regular;
        let list = self.events.of(resource);
        let (mut cursor, mut number, mut ticks) = (0, 0, Vec::new());
        let first_from = |at| self.regular.first_tick(phase, at);
        while cursor < list.len() {
            let occurred = self.events.occurred()[list[cursor] as usize];
            // The first tick from `number` on whose request arrives when the event has occurred.
            number = first_from(occurred - there).max(number).max(0);
            let sent = phase + interval * number;
            if sent > self.limit {
                break;
            }
            let ended = self.fetch((poll_loop, number), sent, (member, resource), &mut cursor, recorder);
            // No poll follows the one that the end of the run interrupts.
            let next = ended.map_or(number + 1, |ended| first_from(ended).max(number + 1));
            for tick in number..next {
                not_empty.count(phase + interval * tick, recorder);
                ticks.push(tick);
            }
            if ended.is_none() {
                return ticks;
            }
            number = next;
        }
        if self.ends_under_way() {
            ticks.extend(self.unanswered(poll_loop, phase, &ticks, recorder, not_empty));
        }
        ticks
    }

    /// Whether the run can end before the last polls are answered.
    pub(super) fn ends_under_way(&self) -> bool {
        let Regular { there, back, .. } = self.regular;
        self.limit < Instant::START + self.scenario.duration + there + back
    }

    /// Records the empty poll of a loop that is under way at the end of the run, if there is one: it stays unanswered.
    /// `recorded` are ticks that are recorded already. Returns the number of its tick.
    pub(super) fn unanswered(
        &self,
        poll_loop: u32,
        phase: Instant,
        recorded: &[i64],
        recorder: &mut Recorder,
        not_empty: &mut NotEmpty,
    ) -> Option<i64> {
        let Regular { interval, there, back, .. } = self.regular;
        // The last tick before the end of the events.
        let end = Instant::START + self.scenario.duration;
        let tick = self.regular.first_tick(phase, end) - 1;
        let sent = phase + interval * tick;
        let under_way = tick >= 0 && sent <= self.limit && sent + there + back > self.limit;
        if !under_way || recorded.last() >= Some(&tick) {
            return None;
        }
        self.abort(exchange(poll_loop, tick, 0), sent, recorder);
        not_empty.count(sent, recorder);
        Some(tick)
    }

    fn abort(&self, exchange: Exchange, sent: Instant, recorder: &mut Recorder) {
        let (ended, answer) = (self.limit, Answer::Aborted);
        recorder.sent();
        let bytes = exchange_bytes(&self.sizes, Channel::Poll, 0, answer);
        recorder.observe(Observation::Ended { exchange, sent, ended, answer, events: 0 }, bytes);
    }

    /// Fetches page after page from one tick on. Returns when the last page arrives, or None where the run ends before.
    fn fetch(
        &self,
        (poll_loop, tick): (u32, i64),
        mut sent: Instant,
        (member, resource): (u32, u32),
        cursor: &mut usize,
        recorder: &mut Recorder,
    ) -> Option<Instant> {
        let Regular { there, back, pages, last_page, .. } = self.regular;
        let (sizes, page_size) = (&self.sizes, self.scenario.source.page_size);
        let list = self.events.of(resource);
        for part in 0.. {
            let (arrival, ended) = (sent + there, sent + there + back);
            let exchange = exchange(poll_loop, tick, part);
            if ended > self.limit {
                self.abort(exchange, sent, recorder);
                return None;
            }
            let left = &list[*cursor..];
            let visible = left.partition_point(|&event| self.events.occurred()[event as usize] <= arrival);
            let events = (visible as u32).min(page_size);
            let has_more = visible as u32 > events;
            for &event in &left[..events as usize] {
                let by = Arrival::POLL;
                recorder.observe(Observation::Received { event, member, at: ended, by }, (0, 0));
            }
            let answer = match events {
                0 => self.regular.nothing(),
                _ => Answer::Page { events, has_more },
            };
            recorder.sent();
            let bytes = exchange_bytes(sizes, Channel::Poll, 0, answer);
            recorder.observe(Observation::Ended { exchange, sent, ended, answer, events }, bytes);
            *cursor += events as usize;
            if !pages.ask_on(last_page, events, has_more, page_size) {
                return Some(ended);
            }
            sent = ended;
        }
        None
    }

    /// Keeps the empty polls of one loop for the swim lanes.
    pub(super) fn keep_empty(
        &self,
        poll_loop: u32,
        phase: Instant,
        not_empty: &[i64],
        recorder: &mut Recorder,
    ) {
        let Regular { interval, there, back, .. } = self.regular;
        let mut not_empty = not_empty.iter().copied().peekable();
        let ticks = (0..).map(|number| (number, phase + interval * number));
        let end = Instant::START + self.scenario.duration;
        for (number, sent) in ticks.take_while(|&(_, sent)| sent < end).take(TraceFilter::MAX) {
            if not_empty.next_if_eq(&number).is_none() {
                let exchange = exchange(poll_loop, number, 0);
                recorder.keep(Traced {
                    exchange,
                    sent,
                    ended: sent + there + back,
                    outcome: Outcome::Empty,
                    status: status_of(Channel::Poll, self.regular.nothing()),
                    events: 0,
                });
            }
        }
    }
}

const fn exchange(poll_loop: u32, tick: i64, part: u32) -> Exchange {
    Exchange { channel: Channel::Poll, party: poll_loop, number: tick as u32, part }
}
