"/ws/<name>" => ws(chat(ws, name, hub)),
"/choose/<name>" => ws(choose(name)),
