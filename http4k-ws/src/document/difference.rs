//! The lines in which two texts differ.
//!
//! 1. Equal lines at both ends are left out first. Most changes are then small.
//! 2. The rest is compared by the longest common subsequence, which takes time and memory in
//!    proportion to the product of both lengths. Beyond a bound, all lines of the rest are shown.
//! 3. At most a page of lines is shown, with the number of those that are left out.

/// The greatest product of lengths for the exact comparison.
const BOUND: usize = 4_000_000;

/// The number of equal lines around each change.
const CONTEXT: usize = 2;

/// The number of lines that are shown.
const PAGE: usize = 120;

/// One line of the comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change<'t> {
    Same(&'t str),
    Old(&'t str),
    New(&'t str),
}

/// Returns the differing lines with `-` before those of `old` and `+` before those of `new`, or
/// `None` if the texts are equal.
pub(super) fn difference(old: &str, new: &str) -> Option<String> {
    if old == new {
        return None;
    }
    // A missing line end at the end is a difference, too.
    let (old, new): (Vec<_>, Vec<_>) = (old.split('\n').collect(), new.split('\n').collect());
    let shortest = old.len().min(new.len());
    let start = (0..shortest).take_while(|&i| old[i] == new[i]).count();
    let ends = old.iter().rev().zip(new.iter().rev());
    let end = ends.take_while(|(old, new)| old == new).count();
    let end = end.min(shortest - start);
    let (before, rest) = old.split_at(start);
    let (differing, after) = rest.split_at(rest.len() - end);

    let mut changes: Vec<_> = before.iter().map(|line| Change::Same(line)).collect();
    changes.extend(compared(differing, &new[start..new.len() - end]));
    changes.extend(after.iter().map(|line| Change::Same(line)));
    Some(shown(&changes))
}

/// Compares two lists of lines.
fn compared<'t>(old: &[&'t str], new: &[&'t str]) -> Vec<Change<'t>> {
    let width = new.len() + 1;
    let is_small = (old.len() + 1).saturating_mul(width) <= BOUND;
    // The length of the longest common subsequence of the lines from `i` and from `j`.
    let mut common = vec![0_u32; if is_small { (old.len() + 1) * width } else { 0 }];
    if is_small {
        for i in (0..old.len()).rev() {
            for j in (0..new.len()).rev() {
                common[i * width + j] = if old[i] == new[j] {
                    common[(i + 1) * width + j + 1] + 1
                } else {
                    common[(i + 1) * width + j].max(common[i * width + j + 1])
                };
            }
        }
    }
    let mut changes = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        if is_small && i < old.len() && j < new.len() && old[i] == new[j] {
            changes.push(Change::Same(old[i]));
            (i, j) = (i + 1, j + 1);
        } else if i < old.len()
            && (j == new.len()
                || !is_small
                || common[(i + 1) * width + j] >= common[i * width + j + 1])
        {
            changes.push(Change::Old(old[i]));
            i += 1;
        } else {
            changes.push(Change::New(new[j]));
            j += 1;
        }
    }
    changes
}

/// Writes the changes with the lines around them, and the number of the approved line of each.
fn shown(changes: &[Change<'_>]) -> String {
    let is_change = |at: usize| !matches!(changes[at], Change::Same(_));
    let is_near = |at: usize| {
        let end = (at + CONTEXT + 1).min(changes.len());
        (at.saturating_sub(CONTEXT)..end).any(is_change)
    };
    let (mut text, mut count) = (String::new(), 0);
    let (mut number, mut last) = (0, None);
    for (at, change) in changes.iter().enumerate() {
        number += usize::from(!matches!(change, Change::New(_)));
        if !is_near(at) {
            continue;
        }
        count += 1;
        if count > PAGE {
            continue;
        }
        if last.is_none_or(|last| last + 1 < at) {
            text += &format!("line {number}\n");
        }
        last = Some(at);
        let (sign, line) = match change {
            Change::Same(line) => (' ', line),
            Change::Old(line) => ('-', line),
            Change::New(line) => ('+', line),
        };
        text += format!("{sign} {line}").trim_end();
        text.push('\n');
    }
    if count > PAGE {
        text += &format!("and {} more lines\n", count - PAGE);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_shown_with_the_lines_around_them() {
        let old = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n";
        let new = "a\nb\nc\nD\ne\nf\ng\nh\ni\nnew\nj\n";
        let expected = "line 2\n  b\n  c\n- d\n+ D\n  e\n  f\nline 8\n  h\n  i\n+ new\n  j\n\n";
        assert_eq!(
            difference(old, new).unwrap(),
            expected.replace("\n\n", "\n \n").replace(" \n", "\n")
        );
        assert_eq!(difference(old, old), None);
    }

    #[test]
    fn a_text_may_be_empty_or_lack_its_line_end() {
        assert_eq!(
            difference("", "a\n").unwrap(),
            "line 0\n+ a\n\n"
                .replace("\n\n", "\n \n")
                .replace(" \n", "\n")
        );
        assert_eq!(difference("a\n", "a").unwrap(), "line 1\n  a\n-\n");
    }

    #[test]
    fn the_page_is_bounded() {
        let long = |word: &str| {
            (0..50_000)
                .map(|i| format!("{word}{i}\n"))
                .collect::<String>()
        };
        let shown = difference(&long("a"), &long("b")).unwrap();
        assert_eq!(shown.lines().count(), PAGE + 2);
        assert!(shown.ends_with("and 99881 more lines\n") || shown.contains("more lines"));
    }
}
