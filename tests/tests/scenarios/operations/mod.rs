//! Operating the system, and its behaviour with hostile clients and failing engines.

mod compat;
mod corrupt;
mod cors;
mod dead_letter_counts;
pub(crate) mod dead_letters;
mod engine_ends;
pub(crate) mod engine_ports;
mod hardening;
mod history;
mod odd_inputs;
pub(crate) mod one_address;
mod one_box;
mod output;
mod pages;
mod rate_limits;
mod recent;
pub(crate) mod staff_search;
pub(crate) mod sweep;
mod traces;
pub(crate) mod user_commands;
pub(crate) mod watched;
pub(crate) mod way_out;
