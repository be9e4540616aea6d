//! Serde types from pairs of names and texts: a query, a form, headers, cookies, path parameters.
//!
//! A field is parsed as the type that it has. Serde hides that type in one case: behind
//! `flatten`, `untagged` and an internal or adjacent tag it first buffers the values, and
//! buffered text is never read as a number. These steps read such types without guessing:
//!
//! 1. Every buffered value is offered as text. A type that reads text gets its text, so that
//!    `"1"` is never taken for a number by mistake.
//! 2. A refused text is recognized by its address, since all texts lie in one buffer that the
//!    deserializer lends out. The error says what was expected in its place.
//! 3. A refused text that can be what was expected is offered as that, and the type is read again.
//!    Errors that serde drops, as of the first variants of an untagged enum, count too, so that
//!    the first variant that fits is the one that is read. A text that can be a list of one value
//!    and that value is offered as the first of the two, and as the other one if that fails.
//! 4. A value that two variants read differently, so that step 3 finds no order between them, is
//!    refused.
//!
//! Types without buffered values are read once. Others take one more pass for each refused field.

mod de;
mod error;
mod offer;
mod table;

use std::collections::{HashMap, HashSet};

use serde::de::DeserializeOwned;

use self::error::Refused;
pub(super) use self::error::{PairError, recording};
use self::table::{Batch, Table};
use super::failure::{Failure, LensFailure, LensFailureKind};
use super::message_part::Cause;
use super::meta::{Location, name_of};

/// A name, and the text that it has.
pub(super) type Pair = (String, Result<String, Cause>);

/// The number of fields that a form, or any other source of pairs, may have.
pub(super) const MAX_FIELDS: usize = 10_000;

/// The number of times that a type is read until its buffered values have their forms.
const MAX_PASSES: usize = 300;

/// After so many equal refusals, all texts behind are offered as what was expected: they are a map
/// of numbers, or a list of them. A batch that turns out to be wrong is taken back.
const MANY: usize = 8;

/// Reads `T` from `pairs`. A field that is an `Option` may be missing. A list has all values of
/// its name, anything else must have one value, or as [`table::Repeated`] says for `location`.
pub(super) fn read<T: DeserializeOwned>(
    pairs: impl IntoIterator<Item = Pair>,
    location: Location,
) -> Result<T, LensFailure> {
    let mut table = Table::new(bounded::<T>(pairs, location)?, location);
    let mut search = Search::default();
    // The value that was read before some of its texts were offered in another form.
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
    let failure = Failure::new(kind, location, name_of::<T>(), "as its type says");
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

/// The cause of a failure to read more than [`MAX_FIELDS`] fields.
pub(super) fn too_many() -> Cause {
    format!("it has more than {MAX_FIELDS} fields").into()
}

/// The failure to read a type that no pairs can be read as. The program is to blame.
fn unfit<T>(location: Location, cause: impl Into<Cause>) -> LensFailure {
    let kind = LensFailureKind::Invalid;
    let failure = Failure::new(kind, location, name_of::<T>(), "readable from text");
    LensFailure::from(failure.with_cause(cause)).in_program()
}

/// The state of steps 3 and 4 from one pass to the next.
#[derive(Default)]
struct Search {
    /// Everything that was expected in the place of a text.
    expected: Vec<String>,
    /// The number of passes that each expectation has ended.
    ended: HashMap<String, usize>,
    /// The values that were offered as numbers because those before them were numbers.
    batch: Batch,
    /// A batch was wrong, so that there is no other.
    without_batches: bool,
    /// A number was refused by what reads text.
    is_ambiguous: bool,
}

impl Search {
    /// Offers what was refused in another form. Returns `true` if there is anything new to offer.
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
