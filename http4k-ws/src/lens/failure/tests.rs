use super::LensFailureKind::{Invalid, Missing, Unsupported};
use super::*;

fn failure(kind: LensFailureKind) -> Failure {
    Failure::new(kind, Location::Query, "page", "integer")
}

#[test]
fn each_kind_has_its_text() {
    let cases = [
        (Missing, "query `page` is required"),
        (Invalid, "query `page` must be integer"),
        (Unsupported, "query `page` has a format that is not integer"),
    ];
    for (kind, text) in cases {
        assert_eq!(failure(kind).to_string(), text);
        let caused = failure(kind).with_cause("because");
        assert_eq!(caused.to_string(), format!("{text}: because"));
    }
}

#[test]
fn the_kind_and_status_of_all_follow_the_worst() {
    let cases: [(&[LensFailureKind], LensFailureKind, u16); 5] = [
        (&[Missing], Missing, 400),
        (&[Invalid], Invalid, 400),
        (&[Missing, Invalid, Missing], Invalid, 400),
        (&[Missing, Unsupported, Invalid], Unsupported, 415),
        (&[Unsupported], Unsupported, 415),
    ];
    for (kinds, kind, status) in cases {
        let all = kinds
            .iter()
            .map(|kind| LensFailure::from(failure(*kind)))
            .reduce(LensFailure::and)
            .unwrap();
        assert_eq!(all.kind(), kind, "{kinds:?}");
        assert_eq!(all.status(), status, "{kinds:?}");
        assert_eq!(all.failures().len(), kinds.len());
        assert_eq!(all.clone().in_response().status(), 502);
        assert_eq!(all.in_writing().in_response().status(), 500);
    }
}

#[test]
fn a_body_over_its_limit_is_a_413() {
    let cause = BodyError::TooLarge { limit: 5 };
    let too_large = LensFailure::from(failure(Invalid).with_cause(cause));
    assert_eq!(too_large.status(), 413);
    assert_eq!(
        LensFailure::from(failure(Missing)).and(too_large).status(),
        413
    );
}

#[test]
fn equality_compares_all_fields_and_the_text_of_the_cause() {
    let caused = |cause: &str| failure(Invalid).with_cause(cause);
    assert_eq!(caused("a"), caused("a"));
    assert_ne!(caused("a"), caused("b"));
    assert_ne!(caused("a"), failure(Invalid));
    assert_ne!(failure(Missing), failure(Invalid));
    let cause = caused("a").cause().map(ToString::to_string);
    assert_eq!(cause.as_deref(), Some("a"));
}

#[test]
fn a_close_frame_truncates_the_reason_between_characters() {
    let long = failure(Invalid).with_cause("é".repeat(100));
    let status = LensFailure::from(long).ws_status();
    assert_eq!(status.code(), 1007);
    assert!(matches!(status.reason().len(), 122 | 123), "{status}");
    assert!(status.reason().ends_with("éé"));
    let short = LensFailure::from(failure(Missing));
    assert_eq!(short.ws_status().reason(), "query `page` is required");
    let own = short.in_writing().ws_status();
    assert_eq!((own.code(), own.reason()), (1011, "internal error"));
}
