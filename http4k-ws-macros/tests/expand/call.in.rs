/// Shows one user.
GET | HEAD "/users/<id: u64>/<tab>" as user => http(show(id, tab, _, db, &config.site, 20, req)),
