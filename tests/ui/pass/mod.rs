//! Programs that the macros must accept.
//!
//! They are written as users write them: `pub` in private modules, fields that only the macros use,
//! and closures where a function would do.
#![allow(unreachable_pub, dead_code, clippy::all)]

mod borrowed_of_the_call;
mod calls;
mod closures;
mod contract_test;
mod derives;
mod expression;
mod filters;
mod first_guesses;
mod first_hour;
mod grammar;
mod macro_front;
mod mounted_functions;
mod natural_arguments;
mod natural_guesses;
mod newcomer_tables;
mod parentheses;
mod parts;
mod sink_ext;
mod tested_links;
