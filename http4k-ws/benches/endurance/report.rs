//! Figures, each beside its bar.

use std::fmt;

/// The result of one measurement.
#[derive(Debug, Default)]
pub(crate) struct Report(Vec<Figure>);

#[derive(Debug)]
struct Figure {
    what: String,
    seen: String,
    bar: String,
    met: bool,
}

impl Report {
    /// Adds a figure that must not exceed `bar`.
    pub(crate) fn at_most(&mut self, what: impl Into<String>, seen: f64, bar: f64, unit: &str) {
        self.0.push(Figure {
            what: what.into(),
            seen: format!("{seen:.2} {unit}"),
            bar: format!("at most {bar} {unit}"),
            met: seen <= bar,
        });
    }

    /// Adds a count that must equal this one.
    pub(crate) fn exactly(&mut self, what: impl Into<String>, seen: usize, wanted: usize) {
        self.0.push(Figure {
            what: what.into(),
            seen: seen.to_string(),
            bar: wanted.to_string(),
            met: seen == wanted,
        });
    }

    /// Adds a figure without a bar.
    pub(crate) fn figure(&mut self, what: impl Into<String>, seen: impl Into<String>) {
        self.0.push(Figure {
            what: what.into(),
            seen: seen.into(),
            bar: "-".into(),
            met: true,
        });
    }

    /// Records that the measurement did not end.
    pub(crate) fn failed(&mut self, why: &str) {
        self.0.push(Figure {
            what: "the measurement".into(),
            seen: why.into(),
            bar: "ends".into(),
            met: false,
        });
    }

    pub(crate) fn missed(&self) -> usize {
        self.0.iter().filter(|figure| !figure.met).count()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for figure in &self.0 {
            let mark = if figure.met { " " } else { "!" };
            writeln!(
                f,
                " {mark} {:<58} {:>24}   {}",
                figure.what, figure.seen, figure.bar
            )?;
        }
        Ok(())
    }
}
