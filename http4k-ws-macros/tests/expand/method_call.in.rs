"/rooms/<room>" => ws(hub.join(ws, room)),
