//! Serde types from pairs of names and texts: queries, forms, headers, cookies, path parameters.
//!
//! A field is parsed as its type. Serde hides that type in one case: behind `flatten`, `untagged`
//! and an internal or adjacent tag it first buffers the values, and never reads buffered text as a
//! number. These steps read such types without guessing:
//!
//! 1. Every buffered value is offered as text. A type that reads text receives its text, so that
//!    `"1"` never becomes a number by mistake.
//! 2. A refused text is recognized by its address, since all texts are in one buffer that the
//!    deserializer lends. The error contains the type that was expected.
//! 3. A refused text that parses as the expected type is offered as a value of that type, and the
//!    whole is read again. Errors that serde drops, such as those of the first variants of an
//!    untagged enum, are recorded too, so that the first variant that matches is the one that is
//!    read. A text that is expected as a list of one value and as that value is offered as the
//!    first of the two, and as the other if that fails.
//! 4. A value that two variants read as different types, so that step 3 finds no order between
//!    them, is refused.
//!
//! Types without buffered values are read once. Others need one more pass for each refused field.
//!
//! The crate `serde_html_form` reads lists and options as well, but hands buffered values to serde
//! as texts, so that a number behind `flatten` or a tag is refused. Its errors have no name of a
//! field, and a field for one value silently takes one of several. Each place here has its own rule
//! for repeated values ([`table::Repeated`]), and 10,000 pairs are read in linear time.

pub(super) mod alike;
mod de;
mod error;
mod offer;
mod table;
mod text;
mod unreadable;
mod values;

use std::collections::{HashMap, HashSet};

use serde::de::DeserializeOwned;

use self::error::Refused;
pub(super) use self::error::{PairError, recording};
use self::table::{Batch, Table};
pub(super) use self::unreadable::{unreadable, unreadable_path};
use super::failure::{Failure, LensFailure, LensFailureKind};
use super::message_part::Cause;
use super::meta::{Location, name_of};

/// A name and its text.
pub(super) type Pair = (String, Result<String, Cause>);

/// The number of fields that a form, or any other source of pairs, may have.
pub(super) const MAX_FIELDS: usize = 10_000;

/// The maximum number of passes over a type.
const MAX_PASSES: usize = 300;

/// The number of equal refusals after which all texts behind are offered as the expected type,
/// since they are probably a map or a list of numbers. A batch that is wrong is reverted.
const MANY: usize = 8;

/// Reads `T` from `pairs`. A field that is an `Option` may be missing. A list has all values of its
/// name. Any other type has one value, or that of the rule [`table::Repeated`] for `location`.
pub(super) fn read<T: DeserializeOwned>(
    pairs: impl IntoIterator<Item = Pair>,
    location: Location,
) -> Result<T, LensFailure> {
    let mut table = Table::new(bounded::<T>(pairs, location)?, location);
    let mut search = Search::default();
    // The value that was read before some of its texts were offered as another type.
    let mut before = None;
    for _ in 0..MAX_PASSES {
        let (outcome, refused) = recording(table.range(), || table.read::<T>());
        if refused.is_128_bit {
            let cause = "serde cannot read 128-bit integers behind `flatten`, `untagged` or `tag`";
            return Err(unfit::<T>(location, cause));
        }
        let goes_on = search.refine(&mut table, outcome.as_ref().err(), &refused);
        match outcome {
            Ok(value) if goes_on => before = Some(value),
            Ok(_) if before.is_some() && search.is_ambiguous => {
                return Err(unfit::<T>(location, AMBIGUOUS));
            }
            Ok(value) => return Ok(value),
            Err(_) if goes_on || table.try_others() => {}
            Err(error) => return before.ok_or_else(|| table.failure::<T>(error)),
        }
    }
    let kind = LensFailureKind::Invalid;
    let failure = Failure::new(kind, location, name_of::<T>(), "valid");
    Err(failure
        .with_cause("too many of its texts are numbers")
        .into())
}

const AMBIGUOUS: &str = "its untagged variants read the same text as different types; \
                         write `#[serde(tag = \"…\")]`";

fn bounded<T>(
    pairs: impl IntoIterator<Item = Pair>,
    location: Location,
) -> Result<Vec<Pair>, LensFailure> {
    let pairs: Vec<Pair> = pairs.into_iter().take(MAX_FIELDS + 1).collect();
    if pairs.len() > MAX_FIELDS {
        let kind = LensFailureKind::Invalid;
        let failure = Failure::new(kind, location, name_of::<T>(), "shorter");
        return Err(failure.with_cause(too_many()).into());
    }
    Ok(pairs)
}

/// Returns the cause of a failure to read more than [`MAX_FIELDS`] fields.
pub(super) fn too_many() -> Cause {
    format!("it has more than {MAX_FIELDS} fields").into()
}

/// Returns the failure of a type that no pairs can be read as. The program is to blame.
fn unfit<T>(location: Location, cause: impl Into<Cause>) -> LensFailure {
    let kind = LensFailureKind::Invalid;
    let failure = Failure::new(kind, location, name_of::<T>(), "readable from text");
    LensFailure::from(failure.with_cause(cause)).in_program()
}

/// The state of steps 3 and 4 from one pass to the next.
#[derive(Default)]
struct Search {
    /// Every type that was expected in place of a text.
    expected: Vec<String>,
    /// The number of passes that ended with each expected type.
    ended: HashMap<String, usize>,
    /// The values that were offered as numbers because those before them were numbers.
    batch: Batch,
    /// A batch was wrong, so that no other is tried.
    without_batches: bool,
    /// A type that reads text has refused a number.
    is_ambiguous: bool,
}

impl Search {
    /// Offers refused texts as other types. Returns `true` if another pass is needed.
    fn refine(&mut self, table: &mut Table, end: Option<&PairError>, refused: &Refused) -> bool {
        let mut changed = false;
        for refusal in &refused.texts {
            if !self.expected.contains(&refusal.expected) {
                self.expected.push(refusal.expected.clone());
            }
            changed |= table.reform(refusal);
        }
        let wrong = refused.forms.iter();
        let wrong = wrong.filter(|(_, expected)| !self.expected.contains(expected));
        let wrong: HashSet<_> = wrong.map(|(form, _)| form.key()).collect();
        self.is_ambiguous = !wrong.is_empty();
        let refused_lists = refused.is_list && end.is_some() && !changed && self.batch.has_lists();
        if (self.is_ambiguous || refused_lists) && !self.batch.is_empty() {
            if table.settle(&mut self.batch, &wrong) == 0 {
                table.revert(std::mem::take(&mut self.batch));
                self.without_batches = true;
            }
            return true;
        }
        if let Some(refusal) = end.and_then(PairError::refusal) {
            let ended = self.ended.entry(refusal.expected.clone()).or_default();
            *ended += 1;
            if changed && *ended >= MANY && !self.without_batches {
                self.batch.extend(table.reform_behind(refusal));
            }
        }
        changed
    }
}

#[cfg(test)]
mod tests;
