"/feed/<topic>" => sse(feed(sse, topic, hub)),
POST "/ask" => sse(ask(sse, req, _)),
"/watch/<room>" => sse(hub.watch(sse, &room)),
"/all" => sse(all),
