//! The pairs to read, grouped by name, and the form that each text is offered in.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use serde::de::DeserializeOwned;

use super::de::Top;
use super::error::{Blamed, PairError, Refusal};
use super::{Cause, Failure, LensFailure, Location, Pair, unfit};

/// The reading of several values of one name as a type that holds one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Repeated {
    /// They are refused: dropping one of them could hide what a proxy or a filter has seen.
    Refused,
    /// The first counts. A browser sends the cookie with the longest path first (RFC 6265 §5.4).
    First,
    /// The last counts: the parameter of the innermost mounted application.
    Last,
    /// They are joined with commas, which has the same meaning in a header (RFC 9110 §5.3).
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

/// The form in which a buffered text is offered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Form {
    Text,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
}

/// A name or a value: its bytes in the buffer, and its form.
#[derive(Debug)]
pub(super) struct Piece {
    bytes: Range<usize>,
    group: usize,
    pub(super) form: Form,
}

/// The values of one name.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) name: usize,
    /// The piece of each value, or of the error that it has.
    pub(super) values: Vec<usize>,
    /// The piece of the values joined, if there are several and their place joins them.
    pub(super) joined: Option<usize>,
    /// A buffer is offered the list of the values, even if it has one element.
    pub(super) is_list: bool,
}

/// The pairs to read.
#[derive(Debug)]
pub(super) struct Table {
    location: Location,
    pub(super) repeated: Repeated,
    /// Every text, each followed by a zero byte: also empty texts have an address of their own.
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
            form: Form::Text,
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

    pub(super) fn text(&self, piece: usize) -> &str {
        &self.buffer[self.pieces[piece].bytes.clone()]
    }

    pub(super) fn is_broken(&self, piece: usize) -> bool {
        self.causes.contains_key(&piece)
    }

    /// The place of the texts in memory.
    pub(super) fn range(&self) -> Range<usize> {
        let start = self.buffer.as_ptr().addr();
        start..start + self.buffer.len()
    }

    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, PairError> {
        T::deserialize(Top(self))
    }

    /// The piece that was refused.
    fn piece(&self, refusal: &Refusal) -> Option<usize> {
        let start = refusal.address.start.checked_sub(self.range().start)?;
        let at = self
            .pieces
            .binary_search_by_key(&start, |piece| piece.bytes.start);
        let piece = at.ok()?;
        (self.pieces[piece].bytes.len() == refusal.address.len()).then_some(piece)
    }

    /// Offers a refused text as what was expected. Returns `true` if it has a form that is new.
    pub(super) fn reform(&mut self, refusal: &Refusal) -> bool {
        let Some(piece) = self.piece(refusal) else {
            return false;
        };
        if is_list(&refusal.expected) {
            let group = self.pieces[piece].group;
            return !std::mem::replace(&mut self.groups[group].is_list, true);
        }
        self.offer(piece, &refusal.expected)
    }

    fn offer(&mut self, piece: usize, expected: &str) -> bool {
        let form = form(self.text(piece), expected);
        match form {
            Some(form) if self.pieces[piece].form == Form::Text => {
                self.pieces[piece].form = form;
                true
            }
            _ => false,
        }
    }

    /// Offers all texts behind a refused one as what was expected in its place.
    pub(super) fn reform_behind(&mut self, refusal: &Refusal) -> Vec<usize> {
        let Some(refused) = self.piece(refusal) else {
            return Vec::new();
        };
        let is_name = self.is_name(refused);
        (refused + 1..self.pieces.len())
            .filter(|piece| self.is_name(*piece) == is_name)
            .collect::<Vec<_>>()
            .into_iter()
            .filter(|piece| self.offer(*piece, &refusal.expected))
            .collect()
    }

    fn is_name(&self, piece: usize) -> bool {
        self.groups[self.pieces[piece].group].name == piece
    }

    pub(super) fn revert(&mut self, pieces: &[usize]) {
        for piece in pieces {
            self.pieces[*piece].form = Form::Text;
        }
    }

    /// The failure that an error is reported as.
    pub(super) fn failure<T>(&mut self, error: PairError) -> LensFailure {
        let whole = || Cow::from(crate::lens::name_of::<T>());
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
        let expected = expected.unwrap_or_else(|| "as its type says".into());
        let failure = Failure::new(error.kind, self.location, name, expected);
        match cause {
            Some(cause) => failure.with_cause(cause).into(),
            None => failure.into(),
        }
    }
}

/// The reason why a struct inside a struct is not read from pairs.
pub(super) const NESTED: &str =
    "a text is never a struct or a map; write `#[serde(flatten)]` on the field, or read JSON";

/// Returns `true` if these words of serde's describe a list.
fn is_list(expected: &str) -> bool {
    [
        "a sequence",
        "a tuple",
        "tuple struct",
        "an array",
        "a list",
        "a set",
    ]
    .iter()
    .any(|words| expected.starts_with(words))
}

fn is_structure(expected: &str) -> bool {
    expected == "a map" || expected.starts_with("struct ")
}

const INTEGERS: [&str; 10] = [
    "i8", "i16", "i32", "i64", "isize", "u8", "u16", "u32", "u64", "usize",
];

/// The form in which a text is what was expected.
fn form(text: &str, expected: &str) -> Option<Form> {
    let bool = || text.parse().ok().map(Form::Bool);
    let unsigned = || text.parse().ok().map(Form::Unsigned);
    let signed = || text.parse().ok().map(Form::Signed);
    let float = || text.parse().ok().map(Form::Float);
    match expected {
        "a boolean" => bool(),
        "f32" | "f64" => float(),
        integer if INTEGERS.contains(&integer) => unsigned().or_else(signed),
        "unit" | "a string" => None,
        structure if is_structure(structure) => None,
        // A type with a visitor of its own, such as a time in seconds.
        _ => bool().or_else(unsigned).or_else(signed).or_else(float),
    }
}

type Described = (Option<Cow<'static, str>>, Option<Cause>);

/// The words for a refused text that can't be what was expected, as for a field that is not
/// buffered.
fn refused(text: &str, expected: &str, cause: Option<Cause>) -> Described {
    let (kind, parsed): (_, Result<(), Cause>) = match expected {
        "a boolean" => (
            "boolean",
            text.parse::<bool>().map(drop).map_err(Into::into),
        ),
        "f32" | "f64" => ("number", text.parse::<f64>().map(drop).map_err(Into::into)),
        integer if INTEGERS.contains(&integer) => {
            ("integer", text.parse::<i64>().map(drop).map_err(Into::into))
        }
        "a character" => ("character", Ok(())),
        other => return (Some(other.to_owned().into()), cause),
    };
    (Some(kind.into()), parsed.err().or(cause))
}
