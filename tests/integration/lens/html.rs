//! Empty inputs and checkboxes, as HTML forms send them.

use http4k_ws::lens::{Form, Query, WebForm, With};
use http4k_ws::message::RequestExt;
use http4k_ws::{FromRequest, IntoRequest, Method, Request, routes};
use serde::Deserialize;

use super::{blank, now};

/// Two types, one by the derive and one by serde, that read the same.
#[derive(Debug, Clone, PartialEq, FromRequest)]
struct Derived {
    #[form]
    name: String,
    #[form(empty_as_none)]
    age: Option<u8>,
    #[form("mail", checkbox)]
    agreed: bool,
}

#[derive(Debug, PartialEq, Deserialize)]
struct OfSerde {
    name: String,
    #[serde(default, deserialize_with = "http4k_ws::lens::empty_as_none")]
    age: Option<u8>,
    #[serde(
        default,
        rename = "mail",
        deserialize_with = "http4k_ws::lens::checkbox"
    )]
    agreed: bool,
}

fn form(body: &'static str) -> Request {
    let request = (Method::POST, "/derived", body).into_request().unwrap();
    request.with_header("content-type", "application/x-www-form-urlencoded")
}

#[test]
fn an_empty_input_and_a_checkbox_are_read() {
    async fn derived(form: Derived) -> String {
        format!("{:?} {:?} {}", form.name, form.age, form.agreed)
    }
    async fn of_serde(Form(form): Form<OfSerde>) -> String {
        format!("{:?} {:?} {}", form.name, form.age, form.agreed)
    }
    let app = routes! {
        POST "/derived" => http(derived(_)),
        POST "/serde" => http(of_serde(_)),
    };
    for (body, expected) in [
        ("name=&age=&mail=on", "\"\" None true"),
        ("name=x&age=30", "\"x\" Some(30) false"),
        ("name=x&mail=true", "\"x\" None true"),
        ("name=x&mail=off", "\"x\" None false"),
        ("name=x&mail=", "\"x\" None false"),
    ] {
        for path in ["/derived", "/serde"] {
            let response = app.test_http(form(body).with_uri(path.parse().unwrap()));
            assert_eq!(response.body(), expected, "{path} {body}");
        }
    }
    for body in [
        "name=x&age=old",
        "name=x&age=+",
        "name=x&mail=perhaps",
        "age=&mail=on",
    ] {
        for path in ["/derived", "/serde"] {
            let response = app.test_http(form(body).with_uri(path.parse().unwrap()));
            assert_eq!(response.status(), 400, "{path} {body}");
        }
    }
}

#[test]
fn a_built_form_is_read_back() {
    for (agreed, age, body) in [
        (true, Some(3), "name=x&age=3&mail=on"),
        (false, None, "name=x"),
    ] {
        let sent = Derived {
            name: "x".into(),
            age,
            agreed,
        };
        let mut request = blank().with(sent.clone()).unwrap();
        assert_eq!(request.body(), body);
        assert_eq!(now(Derived::from_request(&mut request)).unwrap(), sent);
    }
}

#[test]
fn lenses_read_and_set_both_in_forms_and_queries() {
    let (age, agreed) = (Query::int("age").empty_as_none(), Query::checkbox("agreed"));
    let request = "/?age=&agreed=on".into_request().unwrap();
    assert_eq!(
        (age.get(&request), agreed.get(&request)),
        (Ok(None), Ok(true))
    );
    let request = request.with((age.of(Some(7)), agreed.of(false))).unwrap();
    assert_eq!(request.uri(), "/?age=7");
    let request = request.with((age.of(None), agreed.of(true))).unwrap();
    assert_eq!(request.uri(), "/?agreed=on");

    let form = WebForm::from_iter([("age", " "), ("agreed", "x")]);
    let age = Form::int("age").empty_as_none();
    assert_eq!(age.get(&form).unwrap_err().status(), 400);
    assert_eq!(
        Form::checkbox("agreed").get(&form).unwrap_err().status(),
        400
    );
    assert!(!age.meta().is_required() && !Form::checkbox("agreed").meta().is_required());
}
