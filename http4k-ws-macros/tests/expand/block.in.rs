"/api/<team>" with(logged(), auth()) => {
    "/members/<id>" with(own()) => http(member(team, id)),
    _ => http(missing(team)),
}
_ => http(not_found),
