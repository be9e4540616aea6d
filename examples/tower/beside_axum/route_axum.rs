//! A route with a path, a query, JSON and an error, in axum.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Json;
use axum::routing::get;
use serde::{Deserialize, Serialize};

#[derive(Serialize)]
struct User {
    name: String,
    friends: Vec<String>,
}

#[derive(Deserialize)]
struct Page {
    limit: usize,
}

type Names = Arc<Vec<String>>;

async fn show(
    State(names): State<Names>,
    Path(id): Path<usize>,
    Query(page): Query<Page>,
) -> Result<Json<User>, StatusCode> {
    let name = names.get(id).cloned().ok_or(StatusCode::NOT_FOUND)?;
    let friends = names.iter().filter(|friend| **friend != name);
    let friends = friends.take(page.limit).cloned().collect();
    Ok(Json(User { name, friends }))
}

pub(crate) fn app(names: Names) -> Router {
    Router::new()
        .route("/users/{id}", get(show))
        .with_state(names)
}
