//! The same route, moved to this library.

use std::sync::Arc;

use http4k_ws::prelude::*;

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

async fn show(names: Names, id: usize, Query(page): Query<Page>) -> Result<Json<User>, StatusCode> {
    let name = names.get(id).cloned().ok_or(StatusCode::NOT_FOUND)?;
    let friends = names.iter().filter(|friend| **friend != name);
    let friends = friends.take(page.limit).cloned().collect();
    Ok(Json(User { name, friends }))
}

routes! {
    pub(crate) fn app(names: Names) -> PolyHandler {
        GET "/users/<id>" => http(show(names, id, _)),
    }
}
