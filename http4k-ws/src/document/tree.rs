//! JSON whose objects keep the order in which their members were added.
//!
//! The objects of `serde_json` are sorted, or keep their order if any crate of the program asks for
//! that. A document must have the same bytes in both cases.

use std::fmt::{self, Write};

use serde_json::{Map, Value};

use super::walk::{is_of_names, is_of_schemas};

/// A JSON value with ordered objects.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Tree {
    /// A text, number, boolean or null.
    Leaf(Value),
    List(Vec<Tree>),
    Object(Members),
}

/// The members of an object, in their order.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Members(Vec<(String, Tree)>);

/// The keywords of a schema that come first, in this order. All others follow by their letters.
const KEYWORDS: &[&str] = &[
    "$ref",
    "title",
    "description",
    "type",
    "format",
    "const",
    "enum",
    "oneOf",
    "anyOf",
    "allOf",
    "properties",
    "required",
];

impl Members {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds a member.
    pub(crate) fn with(mut self, name: impl Into<String>, value: impl Into<Tree>) -> Self {
        self.push(name, value);
        self
    }

    /// Adds a member if there is a value.
    pub(crate) fn with_some<T: Into<Tree>>(self, name: &str, value: Option<T>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Adds a text, unless it is empty.
    pub(crate) fn with_text(self, name: &str, text: &str) -> Self {
        self.with_some(name, (!text.is_empty()).then_some(text))
    }

    /// Adds an object, unless it has no members.
    pub(crate) fn with_members(self, name: &str, members: Self) -> Self {
        self.with_some(name, (!members.is_empty()).then_some(members))
    }

    /// Adds a list, unless it has no items.
    pub(crate) fn with_list(self, name: &str, items: Vec<Tree>) -> Self {
        self.with_some(name, (!items.is_empty()).then_some(items))
    }

    pub(crate) fn push(&mut self, name: impl Into<String>, value: impl Into<Tree>) {
        self.0.push((name.into(), value.into()));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Tree> {
        let mut members = self.0.iter_mut();
        members.find_map(|(key, value)| (key == name).then_some(value))
    }
}

impl FromIterator<(String, Tree)> for Members {
    fn from_iter<I: IntoIterator<Item = (String, Tree)>>(members: I) -> Self {
        Self(members.into_iter().collect())
    }
}

impl IntoIterator for Members {
    type Item = (String, Tree);
    type IntoIter = std::vec::IntoIter<(String, Tree)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Tree {
    /// Returns a schema, in which well-known keywords come first.
    pub(crate) fn schema(schema: Value) -> Self {
        Self::sorted(schema, rank_of_keyword, &|keyword, value| match keyword {
            names if is_of_names(names) => {
                Self::sorted(value, |_| 0, &|_, schema| Self::schema(schema))
            }
            schemas if is_of_schemas(schemas) => Self::schema(value),
            _ => Self::from(value),
        })
    }

    /// Returns `value` with sorted objects, whose members `inner` converts.
    fn sorted(value: Value, rank: fn(&str) -> usize, inner: &dyn Fn(&str, Value) -> Self) -> Self {
        match value {
            Value::Object(members) => {
                let mut members: Vec<(String, Value)> = members.into_iter().collect();
                members.sort_by(|(a, _), (b, _)| (rank(a), a).cmp(&(rank(b), b)));
                let members = members.into_iter().map(|(name, value)| {
                    let value = inner(&name, value);
                    (name, value)
                });
                Self::Object(members.collect())
            }
            Value::Array(items) => {
                let items = items.into_iter();
                Self::List(items.map(|item| Self::sorted(item, rank, inner)).collect())
            }
            leaf => Self::Leaf(leaf),
        }
    }

    /// Returns the same value for `serde_json`.
    pub(crate) fn to_value(&self) -> Value {
        match self {
            Self::Leaf(value) => value.clone(),
            Self::List(items) => items.iter().map(Self::to_value).collect(),
            Self::Object(Members(members)) => {
                let members = members.iter();
                let members = members.map(|(name, value)| (name.clone(), value.to_value()));
                Value::Object(members.collect::<Map<_, _>>())
            }
        }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        match self {
            Self::Leaf(value) => write!(f, "{value}"),
            Self::List(items) => {
                let items = items.iter();
                write_all(f, depth, ['[', ']'], items, |item, f| {
                    item.write(f, depth + 1)
                })
            }
            Self::Object(Members(members)) => {
                let members = members.iter();
                write_all(f, depth, ['{', '}'], members, |(name, value), f| {
                    write!(f, "{}: ", Value::from(name.as_str()))?;
                    value.write(f, depth + 1)
                })
            }
        }
    }
}

/// Writes items between brackets, each on its line.
fn write_all<'t, T: 't>(
    f: &mut fmt::Formatter<'_>,
    depth: usize,
    [open, close]: [char; 2],
    items: impl ExactSizeIterator<Item = &'t T>,
    write: impl Fn(&'t T, &mut fmt::Formatter<'_>) -> fmt::Result,
) -> fmt::Result {
    f.write_char(open)?;
    let last = items.len();
    for (item, number) in items.zip(1..) {
        write!(f, "\n{:width$}", "", width = 2 * (depth + 1))?;
        write(item, f)?;
        if number < last {
            f.write_char(',')?;
        }
    }
    if last > 0 {
        write!(f, "\n{:width$}", "", width = 2 * depth)?;
    }
    f.write_char(close)
}

/// Writes the value as JSON with two spaces for each level, and without a line end at the end.
impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 0)
    }
}

fn rank_of_keyword(keyword: &str) -> usize {
    let rank = KEYWORDS.iter().position(|first| *first == keyword);
    rank.unwrap_or(KEYWORDS.len())
}

/// Sorts the members of objects.
impl From<Value> for Tree {
    fn from(value: Value) -> Self {
        Self::sorted(value, |_| 0, &|_, value| Self::from(value))
    }
}

impl From<Members> for Tree {
    fn from(members: Members) -> Self {
        Self::Object(members)
    }
}

impl From<Vec<Tree>> for Tree {
    fn from(items: Vec<Tree>) -> Self {
        Self::List(items)
    }
}

impl FromIterator<Tree> for Tree {
    fn from_iter<I: IntoIterator<Item = Tree>>(items: I) -> Self {
        Self::List(items.into_iter().collect())
    }
}

macro_rules! leaf {
    ($($of:ty)*) => {$(
        impl From<$of> for Tree {
            fn from(value: $of) -> Self {
                Self::Leaf(value.into())
            }
        }
    )*};
}

leaf!(&str String bool u64 usize u16);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_keep_their_order() {
        let tree = Members::new()
            .with("z", "1\n\"")
            .with("a", vec![Tree::from(true), Members::new().into()])
            .with_text("none", "");
        let text = Tree::from(tree.clone()).to_string();
        assert_eq!(
            text,
            "{\n  \"z\": \"1\\n\\\"\",\n  \"a\": [\n    true,\n    {}\n  ]\n}"
        );
        let read: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read, Tree::from(tree).to_value());
    }

    #[test]
    fn keywords_of_schemas_come_in_their_order_and_names_by_their_letters() {
        let schema = json!({
            "required": ["b"],
            "additionalProperties": false,
            "properties": {
                "type": { "title": "T", "$ref": "#/x" },
                "b": { "minimum": 0, "type": "integer" },
            },
            "type": "object",
            "default": { "type": 1, "a": 2 },
        });
        let text = Tree::schema(schema).to_string();
        let keys: Vec<_> = text.split('"').skip(1).step_by(2).collect();
        assert_eq!(
            keys.join(" "),
            "type object properties b type integer minimum type $ref #/x title T required b \
             additionalProperties default a type"
        );
    }
}
