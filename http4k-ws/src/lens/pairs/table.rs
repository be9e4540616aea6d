//! The pairs to read, grouped by name, and the type as which each text is offered.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use serde::de::DeserializeOwned;

use super::de::Top;
use super::error::{Blamed, PairError, Refusal};
use super::offer::{NESTED, Offer, is_list, is_structure, offer, refused};
use super::{Pair, unfit};
use crate::lens::failure::{Failure, LensFailure};
use crate::lens::message_part::Cause;
use crate::lens::meta::{Location, name_of};

/// The rule for several values of one name if the type holds one value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Repeated {
    /// They are refused. A proxy or a filter may have read another of them than the handler would.
    Refused,
    /// The first is read. A browser sends the cookie with the longest path first (RFC 6265 §5.4).
    First,
    /// The last is read, which is the parameter of the innermost mounted application.
    Last,
    /// They are joined with commas, which does not change the meaning of a header (RFC 9110 §5.3).
    Joined,
}

impl Repeated {
    fn of(location: Location) -> Self {
        match location {
            Location::Cookie => Self::First,
            Location::Path => Self::Last,
            Location::Header => Self::Joined,
            _ => Self::Refused,
        }
    }
}

/// A name or a value: its bytes in the buffer, and its offer.
#[derive(Debug)]
pub(super) struct Piece {
    bytes: Range<usize>,
    group: usize,
    pub(super) offer: Offer,
    /// A batch has offered it as a wrong type, so that no other batch includes it.
    is_settled: bool,
}

/// The values of one name.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) name: usize,
    /// The piece of each value, or of the error that it has.
    pub(super) values: Vec<usize>,
    /// The piece of the values joined, if there are several and their place joins them.
    pub(super) joined: Option<usize>,
    /// A buffer receives the list of the values, even if it has one element.
    pub(super) is_list: bool,
    /// The second reading of an only value, as a list or as one value.
    other: Other,
}

/// The state of the second reading of an only value, beside the one that is offered.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Other {
    None,
    Found,
    Tried,
}

impl Group {
    fn found_other(&mut self) {
        if self.other == Other::None {
            self.other = Other::Found;
        }
    }
}

/// Texts that were offered as the type that was expected of those before them.
#[derive(Debug, Default)]
pub(super) struct Batch {
    texts: Vec<usize>,
    /// The groups that were offered as lists.
    lists: Vec<usize>,
}

impl Batch {
    pub(super) fn is_empty(&self) -> bool {
        self.texts.is_empty() && self.lists.is_empty()
    }

    pub(super) fn has_lists(&self) -> bool {
        !self.lists.is_empty()
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.texts.extend(other.texts);
        self.lists.extend(other.lists);
    }
}

/// The pairs to read.
#[derive(Debug)]
pub(super) struct Table {
    location: Location,
    pub(super) repeated: Repeated,
    /// Every text, each followed by a zero byte, so that empty texts have distinct addresses too.
    buffer: String,
    pub(super) pieces: Vec<Piece>,
    pub(super) groups: Vec<Group>,
    /// The group and the value of each pair, in the order of the message.
    pub(super) order: Vec<(usize, usize)>,
    /// The errors of values that are not text.
    causes: HashMap<usize, Cause>,
}

impl Table {
    pub(super) fn new(pairs: Vec<Pair>, location: Location) -> Self {
        let mut table = Self {
            location,
            repeated: Repeated::of(location),
            buffer: String::new(),
            pieces: Vec::with_capacity(2 * pairs.len()),
            groups: Vec::new(),
            order: Vec::with_capacity(pairs.len()),
            causes: HashMap::new(),
        };
        let mut known: HashMap<String, usize> = HashMap::new();
        for (name, value) in pairs {
            let group = *known.entry(name).or_insert_with_key(|name| {
                let name = table.add(name, table.groups.len());
                table.groups.push(Group {
                    name,
                    values: Vec::new(),
                    joined: None,
                    is_list: false,
                    other: Other::None,
                });
                table.groups.len() - 1
            });
            let value = match value {
                Ok(text) => table.add(&text, group),
                Err(cause) => {
                    let piece = table.add("", group);
                    table.causes.insert(piece, cause);
                    piece
                }
            };
            table.groups[group].values.push(value);
            table.order.push((group, value));
        }
        if table.repeated == Repeated::Joined {
            table.join();
        }
        table
    }

    fn add(&mut self, text: &str, group: usize) -> usize {
        let start = self.buffer.len();
        self.buffer.push_str(text);
        self.pieces.push(Piece {
            bytes: start..self.buffer.len(),
            group,
            offer: Offer::Text,
            is_settled: false,
        });
        self.buffer.push('\0');
        self.pieces.len() - 1
    }

    fn join(&mut self) {
        for group in 0..self.groups.len() {
            let values = &self.groups[group].values;
            if values.len() > 1 && values.iter().all(|value| !self.is_broken(*value)) {
                let texts: Vec<&str> = values.iter().map(|value| self.text(*value)).collect();
                let joined = texts.join(", ");
                self.groups[group].joined = Some(self.add(&joined, group));
            }
        }
    }

    pub(super) fn is_path(&self) -> bool {
        self.location == Location::Path
    }

    pub(super) fn text(&self, piece: usize) -> &str {
        &self.buffer[self.pieces[piece].bytes.clone()]
    }

    pub(super) fn is_broken(&self, piece: usize) -> bool {
        self.causes.contains_key(&piece)
    }

    /// Returns the address range of the texts in memory.
    pub(super) fn range(&self) -> Range<usize> {
        let start = self.buffer.as_ptr().addr();
        start..start + self.buffer.len()
    }

    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, PairError> {
        T::deserialize(Top(self))
    }

    /// Returns the piece that was refused.
    fn piece(&self, refusal: &Refusal) -> Option<usize> {
        let start = refusal.address.start.checked_sub(self.range().start)?;
        let at = self
            .pieces
            .binary_search_by_key(&start, |piece| piece.bytes.start);
        let piece = at.ok()?;
        (self.pieces[piece].bytes.len() == refusal.address.len()).then_some(piece)
    }

    /// Offers a refused text as the expected type. Returns `true` if the offer is new.
    ///
    /// A text that was expected as a list and as one value is offered as the first of the two,
    /// which is that of the first variant.
    pub(super) fn reform(&mut self, refusal: &Refusal) -> bool {
        let Some(piece) = self.piece(refusal) else {
            return false;
        };
        let is_reformed = self.pieces[piece].offer != Offer::Text;
        let group = self.pieces[piece].group;
        // One of several values is read, except by `Repeated::Refused`.
        let is_only = self.groups[group].values.len() == 1 || self.repeated != Repeated::Refused;
        if !is_list(&refusal.expected) {
            if self.groups[group].is_list && is_only {
                self.groups[group].found_other();
            }
            return self.offer(piece, &refusal.expected);
        }
        if is_reformed && is_only && !self.groups[group].is_list {
            self.groups[group].found_other();
            return false;
        }
        !std::mem::replace(&mut self.groups[group].is_list, true)
    }

    /// Offers each only value that was also expected as a list as that list, and vice versa.
    /// Returns `true` if there is such a value.
    pub(super) fn try_others(&mut self) -> bool {
        let groups = self.groups.iter_mut();
        let mut found = false;
        for group in groups.filter(|group| group.other == Other::Found) {
            group.other = Other::Tried;
            group.is_list = !group.is_list;
            found = true;
        }
        found
    }

    fn offer(&mut self, piece: usize, expected: &str) -> bool {
        match offer(self.text(piece), expected) {
            Some(offer) if self.pieces[piece].offer == Offer::Text => {
                self.pieces[piece].offer = offer;
                true
            }
            _ => false,
        }
    }

    /// Offers the texts behind a refused one as the type that was expected of it: the other values
    /// of its name if there are several, or else all texts.
    pub(super) fn reform_behind(&mut self, refusal: &Refusal) -> Batch {
        let mut batch = Batch::default();
        let Some(refused) = self.piece(refusal) else {
            return batch;
        };
        let is_name = self.is_name(refused);
        let group = self.pieces[refused].group;
        let is_list = is_list(&refusal.expected);
        let in_group = !is_list && self.groups[group].values.len() > 1;
        for piece in refused + 1..self.pieces.len() {
            let of = &self.pieces[piece];
            if of.is_settled || self.is_name(piece) != is_name || in_group && of.group != group {
                continue;
            }
            if !is_list {
                if self.offer(piece, &refusal.expected) {
                    batch.texts.push(piece);
                }
            } else if !std::mem::replace(&mut self.groups[of.group].is_list, true) {
                batch.lists.push(self.pieces[piece].group);
            }
        }
        batch
    }

    fn is_name(&self, piece: usize) -> bool {
        self.groups[self.pieces[piece].group].name == piece
    }

    /// Reverts the texts of a batch that have one of the `wrong` offers, and returns their number.
    /// A later batch excludes them.
    pub(super) fn settle(&mut self, batch: &mut Batch, wrong: &HashSet<(u8, u64)>) -> usize {
        let before = batch.texts.len();
        batch.texts.retain(|piece| {
            let piece = &mut self.pieces[*piece];
            piece.is_settled = wrong.contains(&piece.offer.key());
            if piece.is_settled {
                piece.offer = Offer::Text;
            }
            !piece.is_settled
        });
        before - batch.texts.len()
    }

    /// Reverts a batch.
    pub(super) fn revert(&mut self, batch: Batch) {
        for piece in batch.texts {
            self.pieces[piece].offer = Offer::Text;
        }
        for group in batch.lists {
            self.groups[group].is_list = false;
        }
    }

    /// Returns the failure that reports an error.
    pub(super) fn failure<T>(&mut self, error: PairError) -> LensFailure {
        let whole = || Cow::from(name_of::<T>());
        let mut name = error.name;
        let mut expected = error.expected;
        let mut cause = error.cause;
        match error.blame {
            Blamed::Type => {
                let part = name.map(|name| format!("`{name}`: ")).unwrap_or_default();
                let cause = cause.map(|cause| cause.to_string()).unwrap_or_default();
                return unfit::<T>(self.location, part + &cause);
            }
            Blamed::Text(refusal) => {
                if is_structure(&refusal.expected) {
                    return unfit::<T>(self.location, NESTED);
                }
                if let Some(piece) = self.piece(&refusal) {
                    let of = self.groups[self.pieces[piece].group].name;
                    name = name.or_else(|| Some(self.text(of).to_owned().into()));
                    (expected, cause) = refused(self.text(piece), &refusal.expected, cause);
                }
            }
            Blamed::Value(piece) => cause = self.causes.remove(&piece),
            Blamed::Field => {}
        }
        let name = name.unwrap_or_else(whole);
        let expected = expected.unwrap_or_else(|| "valid".into());
        let failure = Failure::new(error.kind, self.location, name, expected);
        match cause {
            Some(cause) => failure.with_cause(cause).into(),
            None => failure.into(),
        }
    }
}
