//! chart
mod canvas;
mod compact;
pub mod font;
mod ink;
mod png;
mod style;
mod text;
