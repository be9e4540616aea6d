"/rooms/<room>" => ws(hub.join(ws, room)),
GET "/rooms/<room>" => http(hub.count(room)),
