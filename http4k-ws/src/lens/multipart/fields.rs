//! The parts of a form as the fields of a struct, for `#[derive(FromRequest)]`.
#![allow(missing_docs)]

use super::Multipart;
use super::part::Part;
use crate::lens::failure::{Failure, LensFailure, LensFailureKind};
use crate::lens::form::WebForm;
use crate::lens::meta::Location;
use crate::message::Request;

/// A field that the parts of a name are read into.
#[derive(Debug, Clone, Copy)]
pub struct PartRule {
    name: &'static str,
    is_file: bool,
    is_many: bool,
    max: u64,
}

impl PartRule {
    pub const fn text(name: &'static str, is_many: bool) -> Self {
        Self {
            name,
            is_file: false,
            is_many,
            max: u64::MAX,
        }
    }

    pub const fn file(name: &'static str, is_many: bool) -> Self {
        Self {
            is_file: true,
            ..Self::text(name, is_many)
        }
    }

    pub const fn max(self, max: u64) -> Self {
        Self { max, ..self }
    }
}

/// The parts of a form in memory.
#[derive(Debug, Default)]
pub struct Parts {
    form: WebForm,
    files: Vec<Part>,
    /// The names of the fields that failed, each with a failure of its own.
    failed: Vec<&'static str>,
}

impl Parts {
    /// Reads the parts that `rules` name, and skips all others. The failures of parts are returned
    /// together.
    ///
    /// # Errors
    ///
    /// Returns the failure of the form, or of a part over its limit, which ends the reading.
    pub(crate) async fn read(
        request: &mut Request,
        rules: &[PartRule],
    ) -> Result<(Self, Option<LensFailure>), LensFailure> {
        let mut form = Multipart::of(request)?;
        let mut texts: Vec<(String, String)> = Vec::new();
        let mut files: Vec<Part> = Vec::new();
        let mut failed = Vec::new();
        let mut failure: Option<LensFailure> = None;
        while let Some(part) = form.next_part().await? {
            let Some(rule) = rules.iter().find(|rule| rule.name == part.name()) else {
                continue;
            };
            // A file input without a file is sent as an empty part.
            let is_blank = rule.is_file && part.is_file() && part.file_name().is_none();
            let part = part.limit(rule.max).read().await?;
            if is_blank && part.in_memory().is_some_and(|bytes| bytes.is_empty()) {
                continue;
            }
            let is_second = match rule.is_file {
                true => files.iter().any(|file| file.name() == rule.name),
                false => texts.iter().any(|(name, _)| name == rule.name),
            };
            let read = if is_second && !rule.is_many {
                Err(invalid(rule, "it is sent twice"))
            } else if rule.is_file {
                files.push(part);
                Ok(())
            } else if part.is_file() {
                Err(invalid(rule, "it is a file"))
            } else {
                let text = part.text().await.map_err(LensFailure::from);
                text.map(|text| texts.push((rule.name.to_owned(), text)))
            };
            if failed.contains(&rule.name) {
                continue;
            }
            if let Err(one) = read {
                failed.push(rule.name);
                failure = Some(match failure {
                    Some(before) => before.and(one),
                    None => one,
                });
            }
        }
        let form = texts.into_iter().collect();
        let parts = Self {
            form,
            files,
            failed,
        };
        Ok((parts, failure))
    }

    /// Returns the fields with text, unless the field `name` has failed.
    pub fn form(&self, name: &str) -> Option<&WebForm> {
        (!self.failed.contains(&name)).then_some(&self.form)
    }

    /// Returns the files, unless the field `name` has failed.
    pub fn unless_failed(&mut self, name: &str) -> Option<&mut Self> {
        (!self.failed.contains(&name)).then_some(self)
    }

    pub fn file(&mut self, name: &'static str) -> Result<Part, LensFailure> {
        let file = self.optional_file(name)?;
        file.ok_or_else(|| {
            Failure::new(LensFailureKind::Missing, Location::Form, name, "file").into()
        })
    }

    pub fn optional_file(&mut self, name: &'static str) -> Result<Option<Part>, LensFailure> {
        let at = self.files.iter().position(|file| file.name() == name);
        Ok(at.map(|at| self.files.remove(at)))
    }

    pub fn files(&mut self, name: &'static str) -> Result<Vec<Part>, LensFailure> {
        let files = std::mem::take(&mut self.files).into_iter();
        let (named, others) = files.partition(|file| file.name() == name);
        self.files = others;
        Ok(named)
    }

    pub fn optional_files(&mut self, name: &'static str) -> Result<Option<Vec<Part>>, LensFailure> {
        let files = self.files(name)?;
        Ok((!files.is_empty()).then_some(files))
    }
}

fn invalid(rule: &PartRule, cause: &'static str) -> LensFailure {
    let expected = if rule.is_file { "file" } else { "text" };
    let failure = Failure::new(
        LensFailureKind::Invalid,
        Location::Form,
        rule.name,
        expected,
    );
    failure.with_cause(cause).into()
}
