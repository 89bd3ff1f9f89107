//! The report folder and the terminal's summary, made from `study::Results` and nothing else.

pub mod data;
pub mod folder;
pub mod html;
pub mod metric;
pub mod names;
#[cfg(test)]
pub(crate) mod sample;
pub mod terminal;
