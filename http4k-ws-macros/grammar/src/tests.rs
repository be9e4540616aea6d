//! The rules as tables of cases.

use crate::{Kind, Pattern, Reach, Rule, accepts, covers, overlap, parse, pieces};

/// A template; a final `!` stands for a mount.
fn pattern(text: &str) -> Pattern<'_> {
    match text.strip_suffix('!') {
        Some(template) => Pattern {
            template,
            is_mount: true,
        },
        None => Pattern {
            template: text,
            is_mount: false,
        },
    }
}

/// For each two: the same shape, the first covers the second, the second covers the first.
#[test]
fn shape_and_cover_hold_for_the_table() {
    for (one, other, shape, first, second) in [
        ("/", "/", true, true, true),
        ("/", "/a", false, false, false),
        ("/a", "/a", true, true, true),
        ("/a", "/b", false, false, false),
        ("/a", "/a/b", false, false, false),
        ("/<x>", "/a", false, true, false),
        ("/<x>", "/<y>", true, true, true),
        ("/<x: u8>", "/<y>", true, true, true),
        ("/<x>/b", "/a/<y>", false, false, false),
        ("/<x>/b", "/<y>/b", true, true, true),
        ("/<x>", "/a/b", false, false, false),
        ("/<all..>", "/", false, true, false),
        ("/<all..>", "/a/b", false, true, false),
        ("/<all..>", "/a/<all..>", false, true, false),
        ("/a/<all..>", "/a", false, true, false),
        ("/a/<all..>", "/a/<rest..>", true, true, true),
        ("/a/<all..>", "/<x>/<rest..>", false, false, true),
        ("/a/<all..>", "/ab", false, false, false),
        ("/<x>", "/<all..>", false, false, true),
        ("/!", "/", false, true, false),
        ("/!", "/a/<x>", false, true, false),
        ("/a!", "/a", false, true, false),
        ("/a!", "/a!", true, true, true),
        ("/a!", "/a/<all..>", true, true, true),
        ("/a!", "/a/b!", false, true, false),
        ("/a!", "/<x>!", false, false, true),
        ("/a/<x>", "/a!", false, false, true),
    ] {
        let (one, other) = (pattern(one), pattern(other));
        assert_eq!(one.has_shape_of(other), shape, "{one:?} {other:?}");
        assert_eq!(other.has_shape_of(one), shape, "{other:?} {one:?}");
        assert_eq!(one.covers(other), first, "{one:?} {other:?}");
        assert_eq!(other.covers(one), second, "{other:?} {one:?}");
    }
}

/// The first of each two wins, in any order of declaration.
#[test]
fn precedence_holds_for_the_table() {
    for (first, second) in [
        ("/a", "/<x>"),
        ("/a", "/<all..>"),
        ("/<x>", "/<all..>"),
        ("/a/<x>", "/<x>/b"),
        ("/a/<all..>", "/<x>/b"),
        ("/<x>/<y>", "/<x>/<all..>"),
        ("/a/b", "/a!"),
        ("/a/<all..>", "/a!"),
        ("/a", "/a!"),
        ("/a!", "/<x>/b"),
        ("/a/b!", "/a!"),
        ("/<x>", "/!"),
    ] {
        let (first, second) = (pattern(first), pattern(second));
        assert!(first.precedes(second), "{first:?} {second:?}");
        assert!(!second.precedes(first), "{second:?} {first:?}");
    }
    let mount = pattern("/a!");
    assert!(mount.precedes(mount), "of two mounts the first");
}

#[test]
fn a_path_is_followed_prefix_by_prefix() {
    let route = pattern("/api/<version>/users");
    let inside = route.follow("/api/v1", Reach::START);
    assert_eq!(inside, Reach::To("/api/<version>".len()));
    assert!(route.ends_at(route.follow("/users", inside)));
    assert_eq!(route.follow("/rooms", inside), Reach::Apart);
    assert_eq!(route.follow("/users/<id>", inside), Reach::Apart);
    assert_eq!(route.follow("/users", Reach::Apart), Reach::Apart);
    let mount = pattern("/api!");
    assert_eq!(mount.follow("/api/v1", Reach::START), Reach::All);
    assert_eq!(mount.follow("/users", Reach::All), Reach::All);
}

#[test]
fn templates_that_are_apart_at_once_are_apart_when_followed() {
    let templates = [
        "/",
        "/a",
        "/b",
        "/ab",
        "/b/a",
        "/<x>",
        "/<x>/a",
        "/<x>/b",
        "/<all..>",
        "/a/<all..>",
        "//",
    ];
    let mut apart = 0;
    for one in templates {
        let inside = [
            Reach::START,
            pattern(one).follow("/<x>", Reach::START),
            Reach::Apart,
            Reach::All,
        ];
        for (reach, other) in inside
            .iter()
            .flat_map(|reach| templates.map(|other| (reach, other)))
        {
            if pattern(one).is_apart_at_once(other, *reach) {
                apart += 1;
                let followed = pattern(one).follow(other, *reach);
                assert_eq!(followed, Reach::Apart, "{one} along {other} from {reach:?}");
            }
        }
    }
    assert!(apart > 20, "only {apart} pairs are apart at once");
    assert!(pattern("/a/<x>").is_apart_at_once("/b/<x>", Reach::START));
}

#[test]
fn methods_overlap_or_cover_as_in_the_table() {
    for (one, other, overlaps, is_cover) in [
        (&["GET"] as &[&str], &["GET"] as &[&str], true, true),
        (&["GET"], &["POST"], false, false),
        (&["GET"], &[], false, false),
        (&[], &["GET"], false, true),
        (&[], &[], true, true),
        (&["GET"], &["HEAD"], false, true),
        (&["HEAD"], &["GET"], false, false),
        (&["GET", "PUT"], &["PUT"], true, true),
        (&["GET", "PUT"], &["PUT", "POST"], true, false),
        (&["PURGE"], &["PURGE"], true, true),
        (&["PURGE"], &["BAN"], false, false),
    ] {
        assert_eq!(overlap(one, other), overlaps, "{one:?} {other:?}");
        assert_eq!(overlap(other, one), overlaps, "{other:?} {one:?}");
        assert_eq!(covers(one, other), is_cover, "{one:?} {other:?}");
    }
    assert!(accepts(&[], "PURGE") && accepts(&["GET"], "HEAD") && !accepts(&["HEAD"], "GET"));
}

#[test]
fn pieces_match_the_parsed_segments() {
    for template in [
        "/",
        "/a",
        "/a/<b>/<c: Vec<u8>>/<d..>",
        "/<_x>/é",
        "/< a : u8 >/< b.. >",
        "/<r#type>/<größe..>",
    ] {
        let segments: Vec<_> = parse(template).into_iter().map(Result::unwrap).collect();
        let found = pieces(template).map(|piece| (piece.kind, piece.text(template)));
        let expected = segments.iter().map(|segment| (segment.kind, segment.text));
        assert_eq!(
            found.collect::<Vec<_>>(),
            expected.collect::<Vec<_>>(),
            "{template}"
        );
    }
}

#[test]
fn a_mistake_has_the_range_to_change() {
    for (template, rule, wrong) in [
        ("users", Rule::LeadingSlash, "u"),
        ("/users/", Rule::FinalSlash, "/"),
        ("/a//b", Rule::EmptySegment, "//"),
        ("/<id", Rule::Closed, "<id"),
        ("/x/v<id>", Rule::WholeSegment, "v<id>"),
        ("/<a><b>", Rule::WholeSegment, "<a><b>"),
        ("/<a-b>", Rule::Name("a-b"), "<a-b>"),
        ("/<a:>", Rule::Type("a"), "<a:>"),
        ("/<a: u8..>", Rule::UntypedRest("a: u8.."), "<a: u8..>"),
        ("/<a..>/b", Rule::RestLast("a"), "b"),
        ("/<a..>/", Rule::RestLast("a"), "/"),
        ("/a/..", Rule::DotSegment, ".."),
        ("/aé?b", Rule::Character('?'), "?"),
    ] {
        let mistakes: Vec<_> = parse(template)
            .into_iter()
            .filter_map(Result::err)
            .collect();
        let [mistake] = mistakes.as_slice() else {
            panic!("{template} has {mistakes:?}");
        };
        assert_eq!(mistake.rule, rule, "{template}");
        assert_eq!(&template[mistake.range.clone()], wrong, "{template}");
    }
    for (template, instead) in [
        ("/{id}", "<id>"),
        ("/{id:\\d+}", "<id>"),
        ("/[id]", "<id>"),
        ("/:id", "<id>"),
        ("/:", "<name>"),
        ("/*rest", "<rest..>"),
        ("/**", "<rest..>"),
        ("/{*path}", "<path..>"),
        ("/{path:.*}", "<path..>"),
        ("/{path...}", "<path..>"),
    ] {
        let rule = parse(template).remove(0).unwrap_err().rule;
        let instead = instead.to_owned();
        assert_eq!(rule, Rule::Style { instead }, "{template}");
    }
}

#[test]
fn kinds_are_ordered_by_precedence() {
    assert!(Kind::Literal < Kind::Param && Kind::Param < Kind::Rest);
}
