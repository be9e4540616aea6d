//! Random blocks for the macro, written by `fallbacks.rs`.

use http4k_ws::{PolyHandler, Request, routes};

use super::fallbacks::marked;
use super::{http as said, ws as talked};

pub(super) fn apps() -> Vec<PolyHandler> {
    vec![
        table_0(),
        table_1(),
        table_2(),
        table_3(),
        table_4(),
        table_5(),
        table_6(),
        table_7(),
        table_8(),
        table_9(),
        table_10(),
        table_11(),
        table_12(),
        table_13(),
        table_14(),
        table_15(),
        table_16(),
        table_17(),
        table_18(),
        table_19(),
        table_20(),
        table_21(),
        table_22(),
        table_23(),
        table_24(),
        table_25(),
        table_26(),
        table_27(),
        table_28(),
        table_29(),
        table_30(),
        table_31(),
        table_32(),
        table_33(),
        table_34(),
        table_35(),
        table_36(),
        table_37(),
        table_38(),
        table_39(),
    ]
}

fn table_0() -> PolyHandler {
    routes! {
        _ => ws(|req: Request| talked(1, req)),
        "/a" with(marked(2)) => {
            _ => ws(|req: Request| talked(3, req)),
            "/b" => {
                _ => http(|req: Request| said(4, req)),
                "/b" with(marked(5)) => {
                    _ => http(|req: Request| said(6, req)),
                },
            },
        },
        "/a" => {
            "/" => {
                _ => http(|req: Request| said(7, req)),
                "/b" with(marked(8)) => {
                    _ => http(|req: Request| said(9, req)),
                },
            },
        },
        "/" => {
            "/b" with(marked(12)) => {
                "/" => {
                },
                "/a/b" with(marked(13)) => {
                    _ => http(|req: Request| said(14, req)),
                },
                "/a" with(marked(15)) => {
                },
            },
        },
    }
}

fn table_1() -> PolyHandler {
    routes! {
        _ => http(|req: Request| said(2, req)),
        "/a" => {
            _ => http(|req: Request| said(3, req)),
            "/" => {
                _ => ws(|req: Request| talked(4, req)),
            },
        },
        "/a/b" with(marked(5)) => {
            "/" with(marked(6)) => {
                _ => ws(|req: Request| talked(7, req)),
                "/" => {
                    _ => http(|req: Request| said(8, req)),
                },
                "/a/b" => {
                    _ => http(|req: Request| said(9, req)),
                },
            },
        },
    }
}

fn table_2() -> PolyHandler {
    routes! {
        _ => http(|req: Request| said(1, req)),
        "/b" => {
            _ => http(|req: Request| said(2, req)),
        },
        "/b" => {
            _ => http(|req: Request| said(3, req)),
            _ => ws(|req: Request| talked(4, req)),
        },
        "/" => {
            "/a/b" with(marked(5)) => {
            },
            "/a" with(marked(6)) => {
                _ => http(|req: Request| said(7, req)),
                "/a" => {
                    _ => ws(|req: Request| talked(8, req)),
                },
                "/" => {
                },
            },
        },
    }
}

fn table_3() -> PolyHandler {
    routes! {
        _ => http(|req: Request| said(2, req)),
        "/a" => {
            _ => ws(|req: Request| talked(3, req)),
            "/a" => {
                "/b" => {
                    _ => http(|req: Request| said(4, req)),
                },
            },
            "/" => {
                "/b" with(marked(5)) => {
                    _ => http(|req: Request| said(6, req)),
                },
                "/b" with(marked(7)) => {
                    _ => ws(|req: Request| talked(8, req)),
                },
                "/b" with(marked(9)) => {
                    _ => http(|req: Request| said(10, req)),
                },
            },
            "/a" => {
                "/a" => {
                },
                "/b" with(marked(11)) => {
                    _ => ws(|req: Request| talked(12, req)),
                },
                "/a/b" => {
                    _ => http(|req: Request| said(13, req)),
                },
            },
        },
        "/a" => {
            "/a/b" => {
            },
        },
    }
}

fn table_4() -> PolyHandler {
    routes! {
        _ => http(|req: Request| said(1, req)),
    }
}

fn table_5() -> PolyHandler {
    routes! {
        _ => http(|req: Request| said(1, req)),
        "/a" => {
            "/a" with(marked(2)) => {
                _ => http(|req: Request| said(3, req)),
                _ => ws(|req: Request| talked(4, req)),
            },
            "/a" with(marked(5)) => {
            },
            "/" => {
                "/" => {
                },
            },
        },
        "/a" with(marked(6)) => {
            "/b" with(marked(7)) => {
                _ => ws(|req: Request| talked(8, req)),
                "/b" => {
                    _ => http(|req: Request| said(9, req)),
                },
            },
        },
        "/a/b" with(marked(10)) => {
        },
    }
}

fn table_6() -> PolyHandler {
    routes! {
        "/" => {
            _ => http(|req: Request| said(2, req)),
            "/b" with(marked(3)) => {
                _ => http(|req: Request| said(4, req)),
                "/b" with(marked(5)) => {
                    _ => ws(|req: Request| talked(6, req)),
                },
                "/a" with(marked(7)) => {
                    _ => http(|req: Request| said(8, req)),
                },
                "/a" with(marked(9)) => {
                },
            },
            "/" => {
                "/a/b" with(marked(10)) => {
                },
                "/a" => {
                    _ => http(|req: Request| said(11, req)),
                    _ => ws(|req: Request| talked(12, req)),
                },
                "/a" with(marked(13)) => {
                    _ => http(|req: Request| said(14, req)),
                    _ => ws(|req: Request| talked(15, req)),
                },
            },
        },
        "/b" with(marked(16)) => {
            _ => http(|req: Request| said(17, req)),
            _ => ws(|req: Request| talked(18, req)),
            "/a/b" with(marked(19)) => {
                "/b" with(marked(20)) => {
                },
                "/b" => {
                    _ => http(|req: Request| said(21, req)),
                },
                "/a/b" with(marked(22)) => {
                },
            },
            "/a" => {
                _ => http(|req: Request| said(24, req)),
                "/a" => {
                    _ => http(|req: Request| said(28, req)),
                },
                "/a/b" with(marked(29)) => {
                },
            },
        },
    }
}

fn table_7() -> PolyHandler {
    routes! {
        "/a" with(marked(2)) => {
            _ => http(|req: Request| said(3, req)),
            "/a/b" => {
                _ => http(|req: Request| said(4, req)),
                _ => ws(|req: Request| talked(5, req)),
            },
            "/a" => {
                _ => ws(|req: Request| talked(6, req)),
                "/a" => {
                },
            },
            "/a/b" => {
                _ => http(|req: Request| said(9, req)),
                "/b" with(marked(10)) => {
                },
                "/a/b" with(marked(11)) => {
                },
            },
        },
        "/a" => {
        },
        "/a" with(marked(12)) => {
            "/a" with(marked(13)) => {
                _ => http(|req: Request| said(14, req)),
                _ => ws(|req: Request| talked(15, req)),
            },
            "/" with(marked(16)) => {
            },
        },
    }
}

fn table_8() -> PolyHandler {
    routes! {
        _ => ws(|req: Request| talked(2, req)),
    }
}

fn table_9() -> PolyHandler {
    routes! {
        _ => http(|req: Request| said(1, req)),
        "/b" => {
            "/" => {
            },
            "/b" => {
                _ => http(|req: Request| said(2, req)),
                _ => ws(|req: Request| talked(3, req)),
                "/b" => {
                    _ => http(|req: Request| said(4, req)),
                },
            },
            "/b" => {
                _ => http(|req: Request| said(5, req)),
                "/b" with(marked(6)) => {
                    _ => http(|req: Request| said(7, req)),
                },
                "/" with(marked(8)) => {
                },
            },
        },
        "/a/b" => {
            _ => http(|req: Request| said(9, req)),
            "/a/b" => {
                _ => http(|req: Request| said(10, req)),
                _ => ws(|req: Request| talked(11, req)),
            },
            "/a/b" with(marked(12)) => {
                _ => http(|req: Request| said(13, req)),
                "/a" => {
                    _ => http(|req: Request| said(14, req)),
                },
                "/a" => {
                    _ => http(|req: Request| said(15, req)),
                },
            },
        },
    }
}

fn table_10() -> PolyHandler {
    routes! {
        _ => http(|req: Request| said(1, req)),
        _ => ws(|req: Request| talked(2, req)),
        "/a/b" with(marked(3)) => {
            "/" => {
                _ => http(|req: Request| said(4, req)),
                "/a" => {
                },
            },
        },
        "/b" => {
            "/b" => {
                _ => http(|req: Request| said(7, req)),
                _ => ws(|req: Request| talked(8, req)),
                "/a" with(marked(9)) => {
                },
            },
        },
    }
}

fn table_11() -> PolyHandler {
    routes! {
        "/" with(marked(2)) => {
            "/a" with(marked(3)) => {
                _ => http(|req: Request| said(4, req)),
            },
            "/b" with(marked(5)) => {
                _ => http(|req: Request| said(6, req)),
            },
        },
        "/" with(marked(9)) => {
            "/a" with(marked(10)) => {
            },
        },
    }
}

fn table_12() -> PolyHandler {
    routes! {
        _ => http(|req: Request| said(1, req)),
        _ => ws(|req: Request| talked(2, req)),
        "/a" => {
            "/a" with(marked(3)) => {
                _ => http(|req: Request| said(4, req)),
            },
            "/a" => {
                _ => ws(|req: Request| talked(5, req)),
                "/" with(marked(6)) => {
                },
                "/b" => {
                    _ => http(|req: Request| said(7, req)),
                    _ => ws(|req: Request| talked(8, req)),
                },
                "/a" with(marked(9)) => {
                },
            },
            "/a" with(marked(10)) => {
            },
        },
        "/a" with(marked(11)) => {
            "/" => {
                "/" => {
                },
            },
            "/a/b" => {
                "/" => {
                },
                "/a/b" with(marked(12)) => {
                    _ => http(|req: Request| said(13, req)),
                },
            },
            "/" => {
                _ => http(|req: Request| said(14, req)),
                "/b" => {
                    _ => http(|req: Request| said(15, req)),
                },
                "/" with(marked(16)) => {
                },
                "/a" => {
                },
            },
        },
        "/a" => {
            _ => http(|req: Request| said(17, req)),
        },
    }
}

fn table_13() -> PolyHandler {
    routes! {
        "/a" with(marked(2)) => {
            _ => http(|req: Request| said(3, req)),
            "/b" => {
                _ => ws(|req: Request| talked(4, req)),
            },
            "/a" with(marked(5)) => {
            },
        },
    }
}

fn table_14() -> PolyHandler {
    routes! {
        _ => http(|req: Request| said(2, req)),
        "/b" with(marked(17)) => {
            _ => http(|req: Request| said(18, req)),
            _ => ws(|req: Request| talked(19, req)),
            "/a" with(marked(20)) => {
                _ => http(|req: Request| said(21, req)),
            },
            "/a" => {
                _ => http(|req: Request| said(22, req)),
            },
            "/a/b" => {
                _ => ws(|req: Request| talked(23, req)),
                "/a/b" with(marked(24)) => {
                    _ => http(|req: Request| said(25, req)),
                },
                "/a" => {
                    _ => http(|req: Request| said(26, req)),
                },
            },
        },
        "/a" with(marked(27)) => {
            _ => http(|req: Request| said(28, req)),
            "/b" with(marked(29)) => {
                _ => http(|req: Request| said(30, req)),
                "/b" with(marked(31)) => {
                    _ => http(|req: Request| said(32, req)),
                },
            },
        },
    }
}

fn table_15() -> PolyHandler {
    routes! {
        _ => http(|req: Request| said(1, req)),
    }
}

fn table_16() -> PolyHandler {
    routes! {
        _ => http(|req: Request| said(1, req)),
        "/" => {
        },
        "/a" with(marked(2)) => {
            _ => http(|req: Request| said(3, req)),
            "/a/b" with(marked(4)) => {
                _ => http(|req: Request| said(5, req)),
                _ => ws(|req: Request| talked(6, req)),
                "/" => {
                },
                "/a" => {
                },
            },
        },
        "/a" with(marked(7)) => {
            _ => http(|req: Request| said(8, req)),
            "/a" => {
                _ => http(|req: Request| said(9, req)),
                _ => ws(|req: Request| talked(10, req)),
                "/a/b" => {
                    _ => http(|req: Request| said(11, req)),
                },
                "/a/b" with(marked(15)) => {
                },
            },
            "/" with(marked(16)) => {
                "/a" with(marked(17)) => {
                    _ => http(|req: Request| said(18, req)),
                },
                "/a" with(marked(19)) => {
                    _ => http(|req: Request| said(20, req)),
                },
                "/a/b" with(marked(21)) => {
                    _ => http(|req: Request| said(22, req)),
                },
            },
            "/a" with(marked(23)) => {
                _ => http(|req: Request| said(24, req)),
                "/a/b" with(marked(25)) => {
                },
                "/a" => {
                    _ => http(|req: Request| said(26, req)),
                    _ => ws(|req: Request| talked(27, req)),
                },
            },
        },
    }
}

fn table_17() -> PolyHandler {
    routes! {}
}

fn table_18() -> PolyHandler {
    routes! {
        "/a" with(marked(2)) => {
            "/a" with(marked(3)) => {
                "/a" with(marked(4)) => {
                },
            },
            "/a" => {
                _ => http(|req: Request| said(5, req)),
                _ => ws(|req: Request| talked(6, req)),
            },
        },
        "/a/b" => {
            _ => http(|req: Request| said(7, req)),
            "/a" => {
                _ => http(|req: Request| said(8, req)),
                "/b" => {
                },
            },
            "/a/b" => {
                _ => ws(|req: Request| talked(11, req)),
                "/b" => {
                    _ => http(|req: Request| said(12, req)),
                },
                "/" with(marked(13)) => {
                },
            },
            "/b" with(marked(14)) => {
                "/b" with(marked(15)) => {
                },
                "/a" with(marked(16)) => {
                },
                "/a" => {
                    _ => http(|req: Request| said(17, req)),
                },
            },
        },
        "/a/b" => {
            "/a/b" with(marked(18)) => {
                _ => http(|req: Request| said(19, req)),
                _ => ws(|req: Request| talked(20, req)),
                "/a" => {
                },
                "/a" => {
                    _ => ws(|req: Request| talked(21, req)),
                },
                "/b" with(marked(22)) => {
                    _ => http(|req: Request| said(23, req)),
                },
            },
            "/b" with(marked(24)) => {
                "/b" with(marked(25)) => {
                },
                "/a" => {
                    _ => http(|req: Request| said(26, req)),
                },
            },
        },
    }
}

fn table_19() -> PolyHandler {
    routes! {
        _ => http(|req: Request| said(2, req)),
        "/a/b" with(marked(3)) => {
            "/a/b" => {
                _ => http(|req: Request| said(4, req)),
                "/a/b" => {
                },
                "/a/b" with(marked(5)) => {
                },
                "/" with(marked(6)) => {
                },
            },
            "/a/b" with(marked(7)) => {
                "/a/b" => {
                    _ => ws(|req: Request| talked(8, req)),
                },
                "/a" with(marked(9)) => {
                },
            },
        },
    }
}

fn table_20() -> PolyHandler {
    routes! {
        _ => http(|req: Request| said(1, req)),
        "/" => {
            _ => ws(|req: Request| talked(2, req)),
        },
        "/a/b" => {
            _ => http(|req: Request| said(5, req)),
            "/a" with(marked(6)) => {
                _ => ws(|req: Request| talked(7, req)),
                "/" with(marked(8)) => {
                },
            },
        },
    }
}

fn table_21() -> PolyHandler {
    routes! {
        _ => http(|req: Request| said(2, req)),
        "/" => {
            "/b" with(marked(3)) => {
                _ => http(|req: Request| said(4, req)),
                _ => ws(|req: Request| talked(5, req)),
                "/b" => {
                    _ => http(|req: Request| said(6, req)),
                },
                "/a/b" => {
                    _ => http(|req: Request| said(7, req)),
                },
            },
            "/b" => {
                _ => http(|req: Request| said(8, req)),
                _ => ws(|req: Request| talked(9, req)),
                "/a/b" with(marked(10)) => {
                    _ => ws(|req: Request| talked(11, req)),
                },
            },
        },
        "/a" with(marked(12)) => {
            _ => http(|req: Request| said(13, req)),
            _ => ws(|req: Request| talked(14, req)),
        },
        "/a/b" => {
        },
    }
}

fn table_22() -> PolyHandler {
    routes! {
        _ => http(|req: Request| said(2, req)),
        "/a" with(marked(3)) => {
            "/a" => {
            },
            "/a" with(marked(4)) => {
                _ => http(|req: Request| said(5, req)),
                _ => ws(|req: Request| talked(6, req)),
            },
        },
        "/a/b" with(marked(8)) => {
            _ => http(|req: Request| said(9, req)),
            "/a" => {
                "/" => {
                    _ => http(|req: Request| said(10, req)),
                },
            },
        },
        "/a" => {
        },
    }
}

fn table_23() -> PolyHandler {
    routes! {
        "/a" => {
            _ => http(|req: Request| said(2, req)),
            "/" with(marked(5)) => {
            },
            "/" with(marked(6)) => {
                "/b" => {
                    _ => ws(|req: Request| talked(7, req)),
                },
                "/a" => {
                },
            },
        },
        "/a" with(marked(8)) => {
            "/" with(marked(9)) => {
                _ => http(|req: Request| said(10, req)),
                "/a" with(marked(11)) => {
                    _ => http(|req: Request| said(12, req)),
                },
                "/a" => {
                    _ => http(|req: Request| said(13, req)),
                },
            },
            "/a" => {
                _ => ws(|req: Request| talked(15, req)),
                "/b" => {
                    _ => http(|req: Request| said(16, req)),
                    _ => ws(|req: Request| talked(17, req)),
                },
                "/a" with(marked(18)) => {
                    _ => http(|req: Request| said(19, req)),
                },
            },
            "/a" => {
                _ => http(|req: Request| said(22, req)),
            },
        },
    }
}

fn table_24() -> PolyHandler {
    routes! {
        "/a/b" => {
            _ => ws(|req: Request| talked(1, req)),
            "/a" with(marked(2)) => {
                "/a" with(marked(3)) => {
                    _ => http(|req: Request| said(4, req)),
                },
            },
            "/" with(marked(5)) => {
                "/b" => {
                },
                "/" => {
                },
                "/" with(marked(6)) => {
                    _ => http(|req: Request| said(7, req)),
                },
            },
            "/b" with(marked(8)) => {
                "/a" with(marked(9)) => {
                },
                "/b" => {
                    _ => http(|req: Request| said(10, req)),
                },
            },
        },
        "/a" => {
            _ => http(|req: Request| said(11, req)),
            "/a" => {
                _ => ws(|req: Request| talked(12, req)),
                "/a/b" with(marked(13)) => {
                },
            },
        },
    }
}

fn table_25() -> PolyHandler {
    routes! {
        "/a/b" => {
        },
        "/a" => {
            _ => http(|req: Request| said(2, req)),
            "/a" => {
                _ => http(|req: Request| said(3, req)),
                "/a" => {
                    _ => http(|req: Request| said(4, req)),
                },
                "/a" => {
                    _ => http(|req: Request| said(5, req)),
                },
                "/a/b" with(marked(6)) => {
                    _ => http(|req: Request| said(7, req)),
                    _ => ws(|req: Request| talked(8, req)),
                },
            },
            "/a" => {
                _ => ws(|req: Request| talked(9, req)),
            },
        },
    }
}

fn table_26() -> PolyHandler {
    routes! {
        _ => ws(|req: Request| talked(2, req)),
        "/a/b" with(marked(3)) => {
            "/a/b" => {
                "/a" => {
                    _ => ws(|req: Request| talked(4, req)),
                },
                "/a" with(marked(5)) => {
                    _ => http(|req: Request| said(6, req)),
                    _ => ws(|req: Request| talked(7, req)),
                },
                "/" => {
                    _ => http(|req: Request| said(8, req)),
                },
            },
        },
        "/a/b" => {
            _ => http(|req: Request| said(9, req)),
            "/b" => {
            },
            "/a" => {
                _ => http(|req: Request| said(10, req)),
                _ => ws(|req: Request| talked(11, req)),
                "/b" => {
                },
            },
        },
    }
}

fn table_27() -> PolyHandler {
    routes! {
        "/b" => {
        },
        "/b" with(marked(2)) => {
            "/b" with(marked(3)) => {
                "/" with(marked(4)) => {
                    _ => http(|req: Request| said(5, req)),
                    _ => ws(|req: Request| talked(6, req)),
                },
                "/a/b" with(marked(7)) => {
                },
            },
            "/b" => {
                _ => http(|req: Request| said(8, req)),
            },
            "/b" => {
                "/a/b" => {
                },
                "/" => {
                },
                "/" => {
                },
            },
        },
    }
}

fn table_28() -> PolyHandler {
    routes! {
        _ => http(|req: Request| said(1, req)),
    }
}

fn table_29() -> PolyHandler {
    routes! {
        "/a" with(marked(1)) => {
            _ => http(|req: Request| said(2, req)),
        },
    }
}

fn table_30() -> PolyHandler {
    routes! {
        "/b" => {
        },
        "/b" => {
            _ => http(|req: Request| said(2, req)),
            "/a/b" => {
            },
            "/a/b" with(marked(3)) => {
                _ => http(|req: Request| said(4, req)),
            },
            "/a/b" => {
                "/a" => {
                },
                "/a" with(marked(5)) => {
                    _ => http(|req: Request| said(6, req)),
                    _ => ws(|req: Request| talked(7, req)),
                },
            },
        },
    }
}

fn table_31() -> PolyHandler {
    routes! {
        _ => http(|req: Request| said(2, req)),
        "/a/b" => {
            _ => http(|req: Request| said(3, req)),
            "/a/b" => {
                "/b" with(marked(4)) => {
                    _ => ws(|req: Request| talked(5, req)),
                },
                "/b" => {
                    _ => http(|req: Request| said(6, req)),
                },
            },
            "/a" with(marked(7)) => {
                _ => http(|req: Request| said(8, req)),
                _ => ws(|req: Request| talked(9, req)),
                "/a" with(marked(10)) => {
                    _ => http(|req: Request| said(11, req)),
                },
                "/a/b" => {
                    _ => http(|req: Request| said(12, req)),
                    _ => ws(|req: Request| talked(13, req)),
                },
                "/a" with(marked(14)) => {
                    _ => http(|req: Request| said(15, req)),
                },
            },
        },
        "/a" with(marked(16)) => {
            _ => http(|req: Request| said(17, req)),
            "/a" => {
                _ => ws(|req: Request| talked(20, req)),
                "/a" with(marked(21)) => {
                    _ => ws(|req: Request| talked(22, req)),
                },
                "/b" with(marked(23)) => {
                },
                "/a" => {
                    _ => http(|req: Request| said(24, req)),
                },
            },
            "/a" => {
                "/a" with(marked(25)) => {
                    _ => http(|req: Request| said(26, req)),
                },
            },
        },
    }
}

fn table_32() -> PolyHandler {
    routes! {
        "/b" => {
            _ => http(|req: Request| said(2, req)),
            "/b" with(marked(5)) => {
                _ => http(|req: Request| said(6, req)),
                "/" with(marked(10)) => {
                },
                "/a" with(marked(11)) => {
                    _ => http(|req: Request| said(12, req)),
                },
            },
        },
    }
}

fn table_33() -> PolyHandler {
    routes! {
        "/a/b" => {
            _ => http(|req: Request| said(1, req)),
            "/a/b" => {
            },
        },
        "/b" => {
            "/" => {
                "/" => {
                    _ => http(|req: Request| said(4, req)),
                    _ => ws(|req: Request| talked(5, req)),
                },
                "/b" => {
                },
                "/a/b" => {
                    _ => http(|req: Request| said(6, req)),
                },
            },
            "/a/b" => {
                _ => http(|req: Request| said(7, req)),
                "/a" => {
                    _ => http(|req: Request| said(8, req)),
                },
            },
            "/a/b" with(marked(9)) => {
            },
        },
        "/a" => {
            "/a" with(marked(10)) => {
                _ => ws(|req: Request| talked(11, req)),
                "/b" with(marked(12)) => {
                },
                "/a" => {
                },
            },
            "/a" => {
                _ => http(|req: Request| said(13, req)),
                "/b" => {
                    _ => http(|req: Request| said(14, req)),
                },
                "/a" => {
                },
            },
            "/a/b" => {
                _ => ws(|req: Request| talked(15, req)),
            },
        },
    }
}

fn table_34() -> PolyHandler {
    routes! {
        "/a" => {
            _ => http(|req: Request| said(2, req)),
        },
        "/b" => {
            _ => http(|req: Request| said(3, req)),
            "/a" with(marked(6)) => {
                _ => http(|req: Request| said(7, req)),
                "/" with(marked(8)) => {
                },
            },
            "/b" with(marked(9)) => {
                "/a/b" with(marked(10)) => {
                    _ => ws(|req: Request| talked(11, req)),
                },
                "/a" => {
                    _ => http(|req: Request| said(12, req)),
                },
                "/a" => {
                    _ => ws(|req: Request| talked(13, req)),
                },
            },
        },
    }
}

fn table_35() -> PolyHandler {
    routes! {
        _ => http(|req: Request| said(2, req)),
        _ => ws(|req: Request| talked(3, req)),
        "/a" with(marked(4)) => {
            _ => http(|req: Request| said(5, req)),
            "/a" => {
                "/a/b" => {
                },
                "/b" with(marked(6)) => {
                    _ => http(|req: Request| said(7, req)),
                },
                "/a/b" => {
                },
            },
            "/a" with(marked(8)) => {
                _ => http(|req: Request| said(9, req)),
                "/a" with(marked(10)) => {
                },
            },
            "/a/b" with(marked(13)) => {
            },
        },
        "/a" with(marked(26)) => {
            _ => http(|req: Request| said(27, req)),
            _ => ws(|req: Request| talked(28, req)),
            "/b" with(marked(29)) => {
                "/a/b" => {
                    _ => http(|req: Request| said(30, req)),
                },
                "/a" with(marked(31)) => {
                    _ => http(|req: Request| said(32, req)),
                    _ => ws(|req: Request| talked(33, req)),
                },
                "/a/b" with(marked(34)) => {
                    _ => http(|req: Request| said(35, req)),
                },
            },
            "/" => {
            },
            "/a" with(marked(36)) => {
                _ => http(|req: Request| said(37, req)),
            },
        },
    }
}

fn table_36() -> PolyHandler {
    routes! {
        _ => ws(|req: Request| talked(2, req)),
        "/a" with(marked(3)) => {
        },
        "/" with(marked(4)) => {
            _ => http(|req: Request| said(5, req)),
            "/a" with(marked(6)) => {
                _ => ws(|req: Request| talked(7, req)),
            },
            "/" => {
                "/a" with(marked(8)) => {
                },
            },
            "/a" with(marked(9)) => {
                _ => http(|req: Request| said(10, req)),
                "/a" with(marked(11)) => {
                    _ => http(|req: Request| said(12, req)),
                    _ => ws(|req: Request| talked(13, req)),
                },
            },
        },
        "/a" => {
            _ => http(|req: Request| said(14, req)),
            _ => ws(|req: Request| talked(15, req)),
            "/a" => {
                "/a/b" with(marked(16)) => {
                },
                "/a" => {
                },
                "/" with(marked(17)) => {
                    _ => ws(|req: Request| talked(18, req)),
                },
            },
            "/" => {
                "/a/b" => {
                    _ => http(|req: Request| said(19, req)),
                    _ => ws(|req: Request| talked(20, req)),
                },
            },
            "/a/b" with(marked(21)) => {
                _ => ws(|req: Request| talked(22, req)),
                "/a/b" => {
                    _ => ws(|req: Request| talked(23, req)),
                },
                "/a" => {
                },
                "/a/b" => {
                },
            },
        },
    }
}

fn table_37() -> PolyHandler {
    routes! {
        _ => http(|req: Request| said(2, req)),
        "/b" => {
            _ => ws(|req: Request| talked(3, req)),
            "/b" with(marked(4)) => {
            },
            "/a" => {
                _ => http(|req: Request| said(5, req)),
                _ => ws(|req: Request| talked(6, req)),
                "/b" with(marked(7)) => {
                },
                "/a/b" => {
                    _ => http(|req: Request| said(8, req)),
                    _ => ws(|req: Request| talked(9, req)),
                },
            },
            "/" with(marked(10)) => {
                _ => http(|req: Request| said(11, req)),
            },
        },
        "/a" => {
            "/b" => {
                _ => http(|req: Request| said(12, req)),
                "/a" => {
                    _ => http(|req: Request| said(13, req)),
                },
            },
            "/b" with(marked(14)) => {
                "/b" with(marked(15)) => {
                    _ => ws(|req: Request| talked(16, req)),
                },
                "/b" with(marked(17)) => {
                },
            },
            "/a/b" with(marked(18)) => {
                "/a/b" with(marked(19)) => {
                    _ => http(|req: Request| said(20, req)),
                    _ => ws(|req: Request| talked(21, req)),
                },
            },
        },
        "/b" => {
            "/a" with(marked(22)) => {
                _ => http(|req: Request| said(23, req)),
                "/b" => {
                    _ => http(|req: Request| said(24, req)),
                },
            },
            "/" with(marked(25)) => {
                "/" => {
                },
                "/" => {
                },
            },
            "/a" with(marked(26)) => {
                _ => http(|req: Request| said(27, req)),
            },
        },
    }
}

fn table_38() -> PolyHandler {
    routes! {
        _ => http(|req: Request| said(2, req)),
        "/" => {
            "/b" with(marked(3)) => {
                _ => http(|req: Request| said(4, req)),
                "/a/b" => {
                    _ => http(|req: Request| said(5, req)),
                },
                "/a/b" with(marked(6)) => {
                },
            },
            "/b" with(marked(7)) => {
                "/a" => {
                    _ => http(|req: Request| said(8, req)),
                },
            },
            "/a" => {
                _ => http(|req: Request| said(9, req)),
                "/a/b" with(marked(10)) => {
                },
                "/a/b" => {
                    _ => ws(|req: Request| talked(11, req)),
                },
                "/b" with(marked(12)) => {
                    _ => http(|req: Request| said(13, req)),
                },
            },
        },
        "/a" with(marked(14)) => {
            _ => ws(|req: Request| talked(15, req)),
            "/" with(marked(16)) => {
                _ => http(|req: Request| said(17, req)),
                "/a" with(marked(18)) => {
                    _ => ws(|req: Request| talked(19, req)),
                },
                "/a" with(marked(20)) => {
                    _ => http(|req: Request| said(21, req)),
                },
            },
            "/a/b" with(marked(22)) => {
                _ => http(|req: Request| said(23, req)),
            },
            "/b" with(marked(24)) => {
                _ => http(|req: Request| said(25, req)),
                "/a" => {
                    _ => http(|req: Request| said(26, req)),
                    _ => ws(|req: Request| talked(27, req)),
                },
                "/a/b" => {
                },
                "/a" with(marked(28)) => {
                    _ => ws(|req: Request| talked(29, req)),
                },
            },
        },
        "/a" with(marked(30)) => {
            "/a/b" => {
                "/a" with(marked(31)) => {
                },
                "/b" => {
                    _ => http(|req: Request| said(32, req)),
                },
            },
        },
    }
}

fn table_39() -> PolyHandler {
    routes! {
        "/a/b" with(marked(2)) => {
            _ => http(|req: Request| said(3, req)),
            "/a" => {
                _ => http(|req: Request| said(4, req)),
                "/a/b" with(marked(5)) => {
                },
            },
        },
        "/a/b" with(marked(6)) => {
            _ => http(|req: Request| said(7, req)),
            "/a/b" with(marked(8)) => {
                "/b" with(marked(9)) => {
                    _ => ws(|req: Request| talked(10, req)),
                },
                "/b" => {
                    _ => ws(|req: Request| talked(11, req)),
                },
            },
            "/a" => {
                "/a/b" with(marked(12)) => {
                    _ => http(|req: Request| said(13, req)),
                },
                "/" => {
                },
            },
        },
        "/a" with(marked(14)) => {
        },
    }
}
