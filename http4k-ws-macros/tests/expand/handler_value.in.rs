GET "/" => http(home),
"/ws" => ws(talk),
