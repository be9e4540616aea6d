//! Parts as the fields of a struct.

use http4k_ws::contract_test;
use http4k_ws::lens::{LensFailure, MultipartBody, Part};
use http4k_ws::prelude::*;
use http4k_ws::testing::contract::Backend;
use serde_json::{Value, json};

use super::{file, form, raw, text};

#[derive(FromRequest)]
struct Upload {
    #[query]
    album: Option<String>,
    #[part]
    title: String,
    #[part("year", max = 4)]
    taken: u16,
    #[part(default = 3)]
    stars: u8,
    #[part]
    tag: Vec<String>,
    #[part(checkbox)]
    public: bool,
    #[part(empty_as_none)]
    price: Option<f64>,
    #[part(max = 8)]
    photo: Part,
    #[part]
    thumbnail: Option<Part>,
    #[part(max = 4)]
    notes: Vec<Part>,
}

async fn upload(upload: Upload) -> Result<String, http4k_ws::lens::MultipartError> {
    let mut shown = format!(
        "{:?} {} {} {} {:?} {} {:?}",
        upload.album,
        upload.title,
        upload.taken,
        upload.stars,
        upload.tag,
        upload.public,
        upload.price
    );
    let files = [Some(upload.photo), upload.thumbnail].into_iter().flatten();
    for part in files.chain(upload.notes) {
        let head = format!(" {:?} {:?} ", part.file_name(), part.content_type());
        shown.push_str(&head);
        shown.push_str(&part.text().await?);
    }
    Ok(shown)
}

fn app() -> PolyHandler {
    routes! { POST "/upload" => http(upload(_)) }
}

fn failures(response: &Response) -> Value {
    assert_eq!(
        response.header("content-type"),
        Some("application/problem+json")
    );
    let body = response.body().as_bytes().expect("a body");
    let problem: Value = serde_json::from_slice(body).expect("JSON");
    problem["failures"].clone()
}

/// The names of the parts that failed, and their causes.
fn causes(response: &Response) -> Vec<(String, String)> {
    let failures = failures(response);
    let failures = failures.as_array().expect("failures").iter();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    failures
        .map(|failure| {
            let cause = text(&failure["cause"]);
            let shown = if cause.is_empty() {
                text(&failure["kind"])
            } else {
                cause
            };
            (text(&failure["name"]), shown)
        })
        .collect()
}

#[contract_test(app())]
fn every_field_is_read(backend: &impl Backend) {
    let least = [
        text("title", "cats"),
        text("year", "2026"),
        file("photo", "a.png", "PNG"),
    ];
    let least: Vec<&str> = least.iter().map(String::as_str).collect();
    let response = backend.http(form("/upload", &least));
    assert_eq!(
        response.body(),
        "None cats 2026 3 [] false None Some(\"a.png\") Some(\"text/plain\") PNG"
    );

    let all = [
        text("title", "cats \u{1f600}"),
        text("ignored", "x"),
        file("ignored", "x", "x"),
        text("year", "1"),
        text("stars", "5"),
        text("tag", "a"),
        text("tag", ""),
        text("public", "on"),
        text("price", ""),
        file("photo", "../x/a.png", "--X\r\n-"),
        file("thumbnail", "", ""),
        file("notes", "n", "1\r\n"),
        text("notes", "22"),
    ];
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let response = backend.http(form("/upload?album=7", &all));
    assert_eq!(
        response.body(),
        "Some(\"7\") cats \u{1f600} 1 5 [\"a\", \"\"] true None Some(\"a.png\") Some(\"text/plain\") \
         --X\r\n- Some(\"n\") Some(\"text/plain\") 1\r\n None None 22"
    );
}

#[contract_test(app())]
fn all_failures_are_in_one_response(backend: &impl Backend) {
    let parts = [
        text("year", "old"),
        text("stars", "1"),
        text("stars", "2"),
        file("tag", "a", "b"),
        text("price", "high"),
    ];
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let response = backend.http(form("/upload", &parts));
    assert_eq!(response.status(), 400);
    let of = |name: &str, cause: &str| (name.to_owned(), cause.to_owned());
    assert_eq!(
        causes(&response),
        [
            of("stars", "it is sent twice"),
            of("tag", "it is a file"),
            of("title", "missing"),
            of("year", "invalid digit found in string"),
            of("price", "invalid float literal"),
            of("photo", "missing"),
        ]
    );
}

#[contract_test(app())]
fn a_part_over_its_limit_is_named(backend: &impl Backend) {
    for (part, name, limit) in [
        (file("photo", "a", "123456789"), "photo", 8),
        (text("year", "20260"), "year", 4),
        (file("notes", "a", "12345"), "notes", 4),
    ] {
        let response = backend.http(form("/upload", &[&part]));
        assert_eq!(response.status(), 413);
        let expected = json!([{
            "kind": "invalid", "location": "form", "name": name, "expected": "part",
            "cause": format!("the body is longer than the limit of {limit} bytes"),
        }]);
        assert_eq!(failures(&response), expected);
    }
}

#[contract_test(app())]
fn a_body_that_is_no_form_is_refused(backend: &impl Backend) {
    let of_type = |content_type: &str| {
        let request = Request::post("/upload").header("content-type", content_type);
        backend.http(request.body(Body::from("title=cats")).expect("a request"))
    };
    for content_type in [
        "application/x-www-form-urlencoded",
        "application/json",
        "multipart/form-data",
        "multipart/mixed; boundary=X",
    ] {
        let response = of_type(content_type);
        assert_eq!(response.status(), 415, "{content_type}");
        assert_eq!(causes(&response)[0].0, "form");
    }
    assert_eq!(backend.http((Method::POST, "/upload")).status(), 415);

    for (body, cause) in [
        ("", "the body ends in front of the last boundary"),
        (
            "title=cats",
            "the body does not start with the boundary (RFC 2046 §5.1.1)",
        ),
        ("--X\r\n", "the body ends in front of the last boundary"),
        (
            "--X\r\nX: 1\r\n\r\na\r\n--X--",
            "the head of a part is not valid: Content-Disposition is missing",
        ),
    ] {
        let response = backend.http(raw("/upload", body));
        assert_eq!(response.status(), 400, "{body:?}");
        assert_eq!(causes(&response)[0], ("form".to_owned(), cause.to_owned()));
    }
    let response = backend.http(raw("/upload", "--X--"));
    let names: Vec<String> = causes(&response)
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names, ["title", "year", "photo"]);
}

fn filled() -> Upload {
    Upload {
        album: None,
        title: "a\r\nb".into(),
        taken: 1999,
        stars: 1,
        tag: vec!["x".into(), "y".into()],
        public: true,
        price: Some(0.5),
        photo: Part::new("PNG").with_file_name("a \"b\".png"),
        thumbnail: Some(Part::new("t").with_content_type("image/png")),
        notes: vec![Part::new("1"), Part::new("2").with_file_name("n")],
    }
}

#[contract_test(app())]
fn a_client_sends_the_struct_itself(backend: &impl Backend) {
    let request = Request::post("/upload")
        .body(Body::empty())
        .expect("a request");
    let response = backend.http(request.with(filled()).expect("a form"));
    assert_eq!(
        response.body(),
        "None a\r\nb 1999 1 [\"x\", \"y\"] true Some(0.5) Some(\"a \\\"b\\\".png\") None PNG \
         None Some(\"image/png\") t None None 1 Some(\"n\") None 2"
    );
}

/// As an argument that may be missing, or whose failure the handler receives.
#[test]
fn a_form_may_be_an_optional_argument() {
    #[derive(FromRequest)]
    struct Named {
        #[part]
        name: String,
    }
    async fn named(named: Result<Named, LensFailure>) -> String {
        named.map_or_else(|failure| failure.to_string(), |named| named.name)
    }
    let app = routes! { POST "/" => http(named(_)) };
    let send = |form: MultipartBody| {
        let request = Request::post("/").body(Body::empty()).expect("a request");
        app.test_http(request.with(form).expect("a form"))
    };
    assert_eq!(send(MultipartBody::new().text("name", "ann")).body(), "ann");
    assert_eq!(send(MultipartBody::new()).body(), "form `name` is required");
}
