//! Positions in the log of a topic.

use std::fmt;
use std::str::FromStr;

/// A place in the log of a topic: behind the entry that has it.
///
/// The text of a position is `<epoch>-<offset>`, with the epoch as 16 hexadecimal digits and the
/// offset as a decimal number. Clients should treat it as opaque, keep that of the last entry, and
/// send it back to resume. The engine starts a new epoch whenever it may have lost entries. So
/// positions of different epochs cannot be compared.
///
/// # Examples
///
/// ```
/// use http4k_ws::topics::Position;
///
/// let position: Position = "00000000000000af-42".parse().unwrap();
/// assert_eq!(position, Position::new(0xAF, 42));
/// assert_eq!(position.to_string(), "00000000000000af-42");
/// assert!("af-42".parse::<Position>().is_err());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Position {
    epoch: u64,
    offset: u64,
}

impl Position {
    /// Creates a position. An engine does this; a program receives positions.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::Position;
    ///
    /// assert_eq!(Position::new(0xAF, 42).to_string(), "00000000000000af-42");
    /// ```
    pub const fn new(epoch: u64, offset: u64) -> Self {
        Self { epoch, offset }
    }

    /// Returns the epoch of the log, which is a random number.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::Topics;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), http4k_ws::topics::PublishError> {
    /// let tea = Topics::<String>::new("room").topic("tea");
    /// let first = tea.publish("7".to_owned()).await?;
    /// let second = tea.publish("8".to_owned()).await?;
    /// assert_eq!(first.epoch(), second.epoch());
    /// # Ok(())
    /// # }
    /// ```
    pub const fn epoch(self) -> u64 {
        self.epoch
    }

    /// Returns the offset of the entry within its epoch. The first entry has 1 or more, and 0 is
    /// the place before it.
    ///
    /// # Examples
    ///
    /// ```
    /// use http4k_ws::topics::Topics;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), http4k_ws::topics::PublishError> {
    /// let tea = Topics::<String>::new("room").topic("tea");
    /// let before = tea.position().await?.offset();
    /// assert!(tea.publish("7".to_owned()).await?.offset() > before);
    /// # Ok(())
    /// # }
    /// ```
    pub const fn offset(self) -> u64 {
        self.offset
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}-{}", self.epoch, self.offset)
    }
}

impl fmt::Debug for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is not a [`Position`].
///
/// # Examples
///
/// ```
/// use http4k_ws::topics::Position;
///
/// assert!("0123456789abcdef-7".parse::<Position>().is_ok());
/// let error = "7".parse::<Position>().unwrap_err();
/// assert!(error.to_string().starts_with("a position has 16 hexadecimal digits"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a position has 16 hexadecimal digits, `-` and a decimal number")]
pub struct PositionError(());

impl FromStr for Position {
    type Err = PositionError;

    fn from_str(text: &str) -> Result<Self, PositionError> {
        let read = || {
            let (epoch, offset) = text.split_once('-')?;
            let position = Self {
                epoch: u64::from_str_radix(epoch, 16).ok()?,
                offset: offset.parse().ok()?,
            };
            // Only one text for each position: no signs, no further zeros, no capitals.
            (position.to_string() == text).then_some(position)
        };
        read().ok_or(PositionError(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_survives_its_text() {
        for position in [Position::new(0, 0), Position::new(u64::MAX, u64::MAX)] {
            assert_eq!(position.to_string().parse(), Ok(position));
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "-",
            "0-0",
            "0000000000000000",
            "0000000000000000-",
            "0000000000000000--1",
            "+000000000000000-1",
            "0000000000000000-+1",
            "0000000000000000-01",
            "00000000000000AF-1",
            "0000000000000000-18446744073709551616",
            "0000000000000000-1 ",
            "00000000000000000-1",
        ] {
            assert!(text.parse::<Position>().is_err(), "{text}");
        }
    }
}
