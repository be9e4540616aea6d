//! The file of approved figures: the release of the compiler, then a scenario and its figure in each line.

use std::path::PathBuf;

use super::Outcome;

pub(super) struct Approved {
    pub(super) compiler: String,
    figures: Vec<(String, f64)>,
}

impl Approved {
    fn path() -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("benches/instructions/approved.txt")
    }

    pub(super) fn read() -> Outcome<Self> {
        let text = match std::fs::read_to_string(Self::path()) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error.into()),
        };
        let mut approved = Self {
            compiler: "no compiler".to_owned(),
            figures: Vec::new(),
        };
        for line in text.lines() {
            match line.split_once(' ') {
                Some(("rustc", release)) => approved.compiler = release.trim().to_owned(),
                Some((name, figure)) => {
                    let figure = figure.trim().parse();
                    let figure = figure.map_err(|_| format!("not a figure: `{line}`"))?;
                    approved.figures.push((name.to_owned(), figure));
                }
                None => return Err(format!("not a line of approved.txt: `{line}`").into()),
            }
        }
        Ok(approved)
    }

    pub(super) fn figure(&self, scenario: &str) -> Option<f64> {
        let entry = self.figures.iter().find(|(name, _)| name == scenario);
        entry.map(|(_, figure)| *figure)
    }

    pub(super) fn set(&mut self, scenario: &str, figure: f64) {
        self.figures.retain(|(name, _)| name != scenario);
        self.figures.push((scenario.to_owned(), figure));
    }

    pub(super) fn write(&self) -> Outcome<()> {
        let mut text = format!("rustc {}\n", self.compiler);
        for (name, figure) in &self.figures {
            text += &format!("{name} {figure:.0}\n");
        }
        Ok(std::fs::write(Self::path(), text)?)
    }
}
