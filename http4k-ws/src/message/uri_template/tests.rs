use super::*;

const TABLE: &str = include_str!("templates.txt");

/// The lines of the table: a template, a path and an outcome.
fn cases() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    TABLE
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let mut columns = line.splitn(3, '|').map(str::trim);
            let mut next = || columns.next().expect("a line has three columns");
            (next(), next(), next())
        })
}

/// The outcome in the library, in the words of the table.
fn outcome(template: &str, path: &str) -> String {
    let template = match UriTemplate::parse(template) {
        Ok(template) => template,
        Err(error) => {
            let debug = format!("{error:?}");
            let variant = debug.split([' ', '{']).next().unwrap_or_default();
            return format!("error {variant}");
        }
    };
    match template.extract(path) {
        Err(_) => "bad encoding".into(),
        Ok(None) => "no".into(),
        Ok(Some(captures)) if captures.is_empty() => "match".into(),
        Ok(Some(captures)) => {
            let pairs: Vec<_> = captures
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            pairs.join("; ")
        }
    }
}

#[test]
fn the_table_of_cases_holds() {
    let mut wrong = Vec::new();
    for (template, path, expected) in cases() {
        let found = outcome(template, path);
        if found != expected {
            wrong.push(format!("{template} | {path}: {found}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cases().count() > 100, "the table was read");
}

#[test]
fn matches_agrees_with_extract() {
    for (template, path, outcome) in cases() {
        if let Ok(template) = UriTemplate::parse(template) {
            assert_eq!(template.matches(path), outcome != "no", "{template} {path}");
        }
    }
}

#[test]
fn filled_values_are_extracted_again() {
    let values = [
        "a",
        "a b",
        "a/b",
        "%2F",
        "é😀",
        "?#&=+",
        "\"<>\\^`{|}",
        "a:b@c",
        "~-._",
    ];
    let one = UriTemplate::parse("/x/<v>/y").unwrap();
    let rest = UriTemplate::parse("/x/<v..>").unwrap();
    for value in values.into_iter().chain(["", "/", "a//b/", "/a"]) {
        let path = rest.fill(&[("v", value)]).unwrap();
        assert!(path.parse::<http::Uri>().is_ok(), "{path}");
        let captures = rest.extract(&path).unwrap().unwrap();
        assert_eq!(captures, [("v", value.into())], "{path}");
    }
    for value in values {
        let path = one.fill(&[("v", value)]).unwrap();
        assert!(path.parse::<http::Uri>().is_ok(), "{path}");
        let captures = one.extract(&path).unwrap().unwrap();
        assert_eq!(captures, [("v", value.into())], "{path}");
    }
}

#[test]
fn every_matching_path_of_the_table_is_extracted_again_after_filling() {
    for (template, path, _) in cases() {
        let Ok(template) = UriTemplate::parse(template) else {
            continue;
        };
        let Ok(Some(captures)) = template.extract(path) else {
            continue;
        };
        let values: Vec<_> = captures
            .iter()
            .map(|(name, value)| (*name, &**value))
            .collect();
        let filled = match template.fill(&values) {
            Ok(filled) => filled,
            // A server reads these paths, and no client sends them.
            Err(UriFillError::DotSegment { .. }) => {
                assert!(path.split('/').any(|segment| matches!(segment, "." | "..")));
                continue;
            }
            Err(UriFillError::Host { .. }) => {
                assert!(path.starts_with("//"), "{path}");
                continue;
            }
            Err(error) => panic!("{template} {path}: {error}"),
        };
        assert_eq!(
            template.extract(&filled).unwrap().unwrap(),
            captures,
            "{filled}"
        );
    }
}

#[test]
fn errors_of_filling_name_the_parameter() {
    let template = UriTemplate::parse("/<a>/<b..>").unwrap();
    let cases: &[(&[(&str, &str)], &str)] = &[
        (&[("b", "")], "template `/<a>/<b..>` needs a value for `a`"),
        (&[("a", "1")], "template `/<a>/<b..>` needs a value for `b`"),
        (
            &[("a", ""), ("b", "")],
            "the value for `a` in template `/<a>/<b..>` is empty",
        ),
        (
            &[("a", "1"), ("b", ""), ("c", "")],
            "template `/<a>/<b..>` lacks a parameter `c`",
        ),
        (
            &[("a", ".."), ("b", "")],
            "the value `..` for `a` in template `/<a>/<b..>` has the segment `.` or `..`, \
             which clients resolve before they send the path",
        ),
        (
            &[("a", "1"), ("b", "x/../y")],
            "the value `x/../y` for `b` in template `/<a>/<b..>` has the segment `.` or `..`, \
             which clients resolve before they send the path",
        ),
    ];
    for (values, expected) in cases {
        let error = template.fill(values).unwrap_err();
        assert_eq!(error.to_string(), *expected);
    }
    assert_eq!(template.fill(&[("b", ""), ("a", "1")]).unwrap(), "/1");
    assert_eq!(UriTemplate::parse("/").unwrap().fill(&[]).unwrap(), "/");
    let literal = UriTemplate::parse("/café/a:b").unwrap();
    assert_eq!(literal.fill(&[]).unwrap(), "/caf%C3%A9/a:b");
    let root = UriTemplate::parse("/<all..>").unwrap();
    assert_eq!(root.fill(&[("all", "")]).unwrap(), "/");
    assert_eq!(
        root.fill(&[("all", "/host")]).unwrap_err().to_string(),
        "the value `/host` for `all` in template `/<all..>` makes a path that starts with `//`, \
         which clients read as a host"
    );
}

#[test]
fn errors_contain_the_remedy() {
    let cases = [
        (
            "/users/{id}",
            "`{id}` in template `/users/{id}` is not a parameter here; write `<id>`",
        ),
        (
            "/:id",
            "`:id` in template `/:id` is not a parameter here; write `<id>`",
        ),
        (
            "/{id:\\d+}",
            "`{id:\\d+}` in template `/{id:\\d+}` is not a parameter here; write `<id>`",
        ),
        (
            "/{f:.*}",
            "`{f:.*}` in template `/{f:.*}` is not a parameter here; write `<f..>`",
        ),
        (
            "/{*f}",
            "`{*f}` in template `/{*f}` is not a parameter here; write `<f..>`",
        ),
        (
            "/*",
            "`*` in template `/*` is not a parameter here; write `<rest..>`",
        ),
        (
            "/<id",
            "`<id` in template `/<id` is never closed; write `<id>`",
        ),
        ("/a b", "' ' in template `/a b` is not allowed in a path"),
        (
            "/<r..>/b",
            "`<r..>` in template `/<r..>/b` is not the last segment",
        ),
    ];
    for (template, expected) in cases {
        let error = UriTemplate::parse(template).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn a_template_is_displayed_as_written() {
    let template: UriTemplate = "/users/<id:u64>".parse().unwrap();
    assert_eq!(template.to_string(), "/users/<id:u64>");
    assert_eq!(format!("{template:?}"), "UriTemplate(\"/users/<id:u64>\")");
    assert_eq!(template.parameters().collect::<Vec<_>>(), ["id"]);
    let typed = TemplateSegment::Parameter {
        name: "id".into(),
        of_type: Some("u64".into()),
    };
    let literal = TemplateSegment::Literal("users".into());
    assert_eq!(template.segments(), [literal, typed]);
}
