//! From text to segments, by the rules of [`http4k_ws_grammar`].

use http4k_ws_grammar::{Kind, Mistake, Rule, Segment, parse};

use super::error::UriTemplateError;
use super::{TemplateSegment, UriTemplate};

/// Returns the segments of `template`, or the first rule that it breaks, from left to right.
pub(super) fn segments(template: &str) -> Result<Vec<TemplateSegment>, UriTemplateError> {
    let mut segments = Vec::new();
    for segment in parse(template) {
        let segment = segment
            .map(owned)
            .map_err(|mistake| error(template, mistake))?;
        check_name(template, &segments, &segment)?;
        segments.push(segment);
    }
    check_count(template, &segments)?;
    Ok(segments)
}

fn owned(segment: Segment<'_>) -> TemplateSegment {
    let text = segment.text.into();
    match segment.kind {
        Kind::Literal => TemplateSegment::Literal(text),
        Kind::Param => TemplateSegment::Parameter {
            name: text,
            of_type: segment.of_type.map(Into::into),
        },
        Kind::Rest => TemplateSegment::Rest { name: text },
    }
}

fn error(template: &str, mistake: Mistake<'_>) -> UriTemplateError {
    let segment = template[mistake.range].into();
    let template = template.into();
    match mistake.rule {
        Rule::LeadingSlash => UriTemplateError::NoLeadingSlash { template },
        Rule::FinalSlash => UriTemplateError::TrailingSlash { template },
        Rule::EmptySegment => UriTemplateError::EmptySegment { template },
        Rule::Style { instead } => UriTemplateError::OtherStyle {
            template,
            segment,
            instead,
        },
        Rule::Closed => UriTemplateError::Unclosed { template, segment },
        Rule::WholeSegment => UriTemplateError::NotWhole { template, segment },
        Rule::Name(name) | Rule::UntypedRest(name) => UriTemplateError::BadName {
            template,
            name: name.into(),
        },
        Rule::Type(name) => UriTemplateError::NoType {
            template,
            name: name.into(),
        },
        Rule::RestLast(name) => UriTemplateError::RestNotLast {
            template,
            name: name.into(),
        },
        Rule::DotSegment => UriTemplateError::DotSegment { template },
        Rule::Character(character) => UriTemplateError::BadCharacter {
            template,
            character,
        },
    }
}

fn check_name(
    template: &str,
    before: &[TemplateSegment],
    segment: &TemplateSegment,
) -> Result<(), UriTemplateError> {
    match segment.name() {
        Some(name) if before.iter().any(|other| other.name() == Some(name)) => {
            Err(UriTemplateError::DuplicateName {
                template: template.into(),
                name: name.into(),
            })
        }
        _ => Ok(()),
    }
}

fn check_count(template: &str, segments: &[TemplateSegment]) -> Result<(), UriTemplateError> {
    let count = segments.iter().filter_map(TemplateSegment::name).count();
    if count > UriTemplate::MAX_PARAMETERS {
        return Err(UriTemplateError::TooManyParameters {
            template: template.into(),
            count,
        });
    }
    Ok(())
}
