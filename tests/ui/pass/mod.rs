//! Programs that the macros must accept.
//!
//! They are written as users write them: `pub` in private modules, and fields that only the macros use.
#![allow(unreachable_pub, dead_code)]

mod calls;
mod contract_test;
mod expression;
mod filters;
mod first_hour;
mod grammar;
mod macro_front;
mod mounted_functions;
mod natural_arguments;
mod newcomer_tables;
mod sink_ext;
