//! Random tables for the macro, written by `generate.rs`.

use http4k_ws::{PolyHandler, Request, routes};

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
        OPTIONS "/<r0..>" => http(|req: Request| said(0, req)),
        POST "/b/é" => http(|req: Request| said(1, req)),
        HEAD "/<p2_0>/é/<p2_2>/<r2..>" => http(|req: Request| said(2, req)),
        "/" => http(|req: Request| said(3, req)),
        GET "/b/a/a" => http(|req: Request| said(4, req)),
        HEAD "/b/b/é/<r5..>" => http(|req: Request| said(5, req)),
        GET | PUT "/" => http(|req: Request| said(6, req)),
        OPTIONS "/<p7_0>/<p7_1>" => http(|req: Request| said(7, req)),
        "/a/<p8_1>/b" => mount(routes! {
            DELETE | PURGE "/b/a" => http(|req: Request| said(9, req)),
            HEAD "/a/<p10_1>/<p10_2>" => http(|req: Request| said(10, req)),
        }),
    }
}

fn table_1() -> PolyHandler {
    routes! {
        POST "/<p0_0>/<p0_1>/<r0..>" => http(|req: Request| said(0, req)),
        "/<r1..>" => ws(|req: Request| talked(1, req)),
        GET "/b" => http(|req: Request| said(2, req)),
        "/é" => http(|req: Request| said(3, req)),
        HEAD "/<r4..>" => http(|req: Request| said(4, req)),
        "/b/b/<p5_2>" => mount(routes! {
            GET "/<p6_0>/b/<p6_2>" => http(|req: Request| said(6, req)),
            GET "/" => http(|req: Request| said(7, req)),
            DELETE | PURGE "/b/<p8_1>/a/<r8..>" => http(|req: Request| said(8, req)),
        }),
        HEAD "/a/a/é" => http(|req: Request| said(9, req)),
        "/<p10_0>" => ws(|req: Request| talked(10, req)),
        GET | PUT "/<p11_0>" => http(|req: Request| said(11, req)),
        DELETE | PURGE "/é/b" => http(|req: Request| said(12, req)),
        GET "/é/<r13..>" => http(|req: Request| said(13, req)),
        GET "/a" => http(|req: Request| said(14, req)),
        "/<p15_0>/b/<p15_2>" => mount(routes! {
            "/b/a" => mount(routes! {
                GET "/" => http(|req: Request| said(17, req)),
                GET "/b/<p18_1>" => http(|req: Request| said(18, req)),
                DELETE | PURGE "/<p19_0>/a/é" => http(|req: Request| said(19, req)),
                "/a" => ws(|req: Request| talked(20, req)),
            }),
            DELETE | PURGE "/<p21_0>" => http(|req: Request| said(21, req)),
            "/" => mount(routes! {
                GET "/<p23_0>/é/b" => http(|req: Request| said(23, req)),
                GET "/<p24_0>" => http(|req: Request| said(24, req)),
                "/a/b/b" => ws(|req: Request| talked(25, req)),
                "/é/b/<r26..>" => ws(|req: Request| talked(26, req)),
                GET "/<r27..>" => http(|req: Request| said(27, req)),
            }),
        }),
        "/é/é" => mount(routes! {
            "/a/<r29..>" => ws(|req: Request| talked(29, req)),
            HEAD "/<p30_0>" => http(|req: Request| said(30, req)),
        }),
    }
}

fn table_2() -> PolyHandler {
    routes! {
        "/b/b" => ws(|req: Request| talked(0, req)),
        HEAD "/<p1_0>/b/<p1_2>" => http(|req: Request| said(1, req)),
        "/a" => mount(routes! {
            GET "/<p3_0>/a/é" => http(|req: Request| said(3, req)),
            DELETE | PURGE "/<p4_0>/a/é" => http(|req: Request| said(4, req)),
            GET "/é/b" => http(|req: Request| said(5, req)),
            "/<p6_0>/b/<r6..>" => http(|req: Request| said(6, req)),
        }),
        DELETE | PURGE "/<r7..>" => http(|req: Request| said(7, req)),
        "/<p8_0>/b/b" => ws(|req: Request| talked(8, req)),
        HEAD "/<p9_0>" => http(|req: Request| said(9, req)),
        GET "/b/<p10_1>" => http(|req: Request| said(10, req)),
        HEAD "/" => http(|req: Request| said(11, req)),
        "/<p12_0>" => ws(|req: Request| talked(12, req)),
        "/é/<p13_1>/<r13..>" => ws(|req: Request| talked(13, req)),
        "/<p14_0>/<p14_1>/<p14_2>/<r14..>" => http(|req: Request| said(14, req)),
    }
}

fn table_3() -> PolyHandler {
    routes! {
        OPTIONS "/<p0_0>" => http(|req: Request| said(0, req)),
        "/<p1_0>" => ws(|req: Request| talked(1, req)),
        POST "/<p2_0>/a" => http(|req: Request| said(2, req)),
        "/<p3_0>" => http(|req: Request| said(3, req)),
        "/b" => mount(routes! {
            "/b/a" => http(|req: Request| said(5, req)),
            "/" => mount(routes! {
                HEAD "/<p7_0>/<p7_1>/a" => http(|req: Request| said(7, req)),
                OPTIONS "/" => http(|req: Request| said(8, req)),
                GET "/é/a/b" => http(|req: Request| said(9, req)),
            }),
            "/<p10_0>" => ws(|req: Request| talked(10, req)),
        }),
        "/b" => ws(|req: Request| talked(11, req)),
    }
}

fn table_4() -> PolyHandler {
    routes! {
        GET | PUT "/<p0_0>/a/b" => http(|req: Request| said(0, req)),
        GET "/a/<p1_1>" => http(|req: Request| said(1, req)),
        POST "/a" => http(|req: Request| said(2, req)),
        HEAD "/<r3..>" => http(|req: Request| said(3, req)),
        "/b/é/a" => mount(routes! {
            GET "/<p5_0>" => http(|req: Request| said(5, req)),
            GET | PUT "/b" => http(|req: Request| said(6, req)),
            POST "/<r7..>" => http(|req: Request| said(7, req)),
            "/é/b" => ws(|req: Request| talked(8, req)),
            GET "/" => http(|req: Request| said(9, req)),
        }),
        GET "/" => http(|req: Request| said(10, req)),
        "/<p11_0>/é" => ws(|req: Request| talked(11, req)),
        "/<r12..>" => ws(|req: Request| talked(12, req)),
        GET "/b" => http(|req: Request| said(13, req)),
        "/b/<p14_1>/<r14..>" => http(|req: Request| said(14, req)),
        GET "/é/<p15_1>/a/<r15..>" => http(|req: Request| said(15, req)),
    }
}

fn table_5() -> PolyHandler {
    routes! {
        GET "/" => http(|req: Request| said(0, req)),
        HEAD "/<p1_0>/<p1_1>/<r1..>" => http(|req: Request| said(1, req)),
        "/b/b/<r2..>" => ws(|req: Request| talked(2, req)),
        GET "/<p3_0>/é/<p3_2>" => http(|req: Request| said(3, req)),
        GET "/b/b/é/<r4..>" => http(|req: Request| said(4, req)),
        "/é/b" => ws(|req: Request| talked(5, req)),
        DELETE | PURGE "/b/<p6_1>/<p6_2>" => http(|req: Request| said(6, req)),
    }
}

fn table_6() -> PolyHandler {
    routes! {
        POST "/b/a/<r0..>" => http(|req: Request| said(0, req)),
        OPTIONS "/" => http(|req: Request| said(1, req)),
        GET "/a/<p2_1>/b" => http(|req: Request| said(2, req)),
        "/<p3_0>/<p3_1>/b" => http(|req: Request| said(3, req)),
        GET "/<p4_0>" => http(|req: Request| said(4, req)),
        "/b/<p5_1>/b/<r5..>" => ws(|req: Request| talked(5, req)),
    }
}

fn table_7() -> PolyHandler {
    routes! {
        GET | PUT "/" => http(|req: Request| said(0, req)),
        DELETE | PURGE "/" => http(|req: Request| said(1, req)),
        "/<p2_0>/a" => mount(routes! {
            "/b/<p3_1>" => http(|req: Request| said(3, req)),
            HEAD "/b/<p4_1>/é" => http(|req: Request| said(4, req)),
            HEAD "/" => http(|req: Request| said(5, req)),
            HEAD "/<p6_0>/a" => http(|req: Request| said(6, req)),
            GET "/a/a/<r7..>" => http(|req: Request| said(7, req)),
            "/<p8_0>/é/<p8_2>" => ws(|req: Request| talked(8, req)),
        }),
        GET "/b/<r9..>" => http(|req: Request| said(9, req)),
        "/" => ws(|req: Request| talked(10, req)),
        "/<r11..>" => ws(|req: Request| talked(11, req)),
        "/<p12_0>" => ws(|req: Request| talked(12, req)),
        POST "/b" => http(|req: Request| said(13, req)),
        "/b/<p14_1>" => ws(|req: Request| talked(14, req)),
        GET | PUT "/a/<p15_1>" => http(|req: Request| said(15, req)),
        POST "/<p16_0>/<p16_1>" => http(|req: Request| said(16, req)),
    }
}

fn table_8() -> PolyHandler {
    routes! {
        "/é/<p0_1>/<r0..>" => ws(|req: Request| talked(0, req)),
        OPTIONS "/b/b/a/<r1..>" => http(|req: Request| said(1, req)),
        "/b/<p2_1>" => ws(|req: Request| talked(2, req)),
        "/" => ws(|req: Request| talked(3, req)),
        "/b/<p4_1>" => mount(routes! {
            "/b" => http(|req: Request| said(5, req)),
            POST "/b" => http(|req: Request| said(6, req)),
            GET "/<p7_0>/é" => http(|req: Request| said(7, req)),
        }),
    }
}

fn table_9() -> PolyHandler {
    routes! {
        GET | PUT "/" => http(|req: Request| said(0, req)),
        "/b" => ws(|req: Request| talked(1, req)),
        DELETE | PURGE "/b/é/<r2..>" => http(|req: Request| said(2, req)),
        GET "/<r3..>" => http(|req: Request| said(3, req)),
        GET "/<p4_0>/<r4..>" => http(|req: Request| said(4, req)),
        POST "/a/b/b" => http(|req: Request| said(5, req)),
        DELETE | PURGE "/" => http(|req: Request| said(6, req)),
        "/b/b/<r7..>" => http(|req: Request| said(7, req)),
    }
}

fn table_10() -> PolyHandler {
    routes! {
        OPTIONS "/a/b/<p0_2>" => http(|req: Request| said(0, req)),
        OPTIONS "/é" => http(|req: Request| said(1, req)),
        "/b/<p2_1>/<r2..>" => http(|req: Request| said(2, req)),
        "/a" => http(|req: Request| said(3, req)),
        "/<p4_0>" => ws(|req: Request| talked(4, req)),
        "/a/<r5..>" => http(|req: Request| said(5, req)),
        "/<p6_0>/b" => ws(|req: Request| talked(6, req)),
        "/<r7..>" => ws(|req: Request| talked(7, req)),
        "/b/<p8_1>/<p8_2>" => mount(routes! {
            GET | PUT "/a/<p9_1>/b/<r9..>" => http(|req: Request| said(9, req)),
            OPTIONS "/" => http(|req: Request| said(10, req)),
        }),
        "/b/b" => ws(|req: Request| talked(11, req)),
        GET "/é" => http(|req: Request| said(12, req)),
        DELETE | PURGE "/<p13_0>/é" => http(|req: Request| said(13, req)),
    }
}

fn table_11() -> PolyHandler {
    routes! {
        POST "/" => http(|req: Request| said(0, req)),
        GET "/" => http(|req: Request| said(1, req)),
        "/é/é" => mount(routes! {
            OPTIONS "/" => http(|req: Request| said(3, req)),
            "/a/<p4_1>/b" => mount(routes! {
                OPTIONS "/<p5_0>" => http(|req: Request| said(5, req)),
                DELETE | PURGE "/a/b/<p6_2>" => http(|req: Request| said(6, req)),
                "/<p7_0>/a" => mount(routes! {
                    GET "/b/<p8_1>" => http(|req: Request| said(8, req)),
                    GET "/<r9..>" => http(|req: Request| said(9, req)),
                    HEAD "/<p10_0>" => http(|req: Request| said(10, req)),
                    GET "/a/<p11_1>" => http(|req: Request| said(11, req)),
                    OPTIONS "/<r12..>" => http(|req: Request| said(12, req)),
                }),
            }),
        }),
        GET "/<p13_0>/<p13_1>" => http(|req: Request| said(13, req)),
        GET "/b" => http(|req: Request| said(14, req)),
        HEAD "/<p15_0>/b" => http(|req: Request| said(15, req)),
        OPTIONS "/é" => http(|req: Request| said(16, req)),
    }
}

fn table_12() -> PolyHandler {
    routes! {
        "/a/b" => http(|req: Request| said(0, req)),
        "/b/<p1_1>" => ws(|req: Request| talked(1, req)),
        "/<p2_0>/<p2_1>" => mount(routes! {
            POST "/<p3_0>/b/b" => http(|req: Request| said(3, req)),
            "/a" => ws(|req: Request| talked(4, req)),
        }),
        GET "/<r5..>" => http(|req: Request| said(5, req)),
        "/" => ws(|req: Request| talked(6, req)),
        "/<p7_0>" => ws(|req: Request| talked(7, req)),
        "/é/<p8_1>/<r8..>" => ws(|req: Request| talked(8, req)),
        GET "/b/b/<p9_2>" => http(|req: Request| said(9, req)),
        "/b/é/a" => ws(|req: Request| talked(10, req)),
    }
}

fn table_13() -> PolyHandler {
    routes! {
        POST "/<p0_0>" => http(|req: Request| said(0, req)),
        GET "/b/<p1_1>/<p1_2>" => http(|req: Request| said(1, req)),
        "/b/a/b" => mount(routes! {
            "/b/<p3_1>/b" => mount(routes! {
                OPTIONS "/é/<p4_1>/<p4_2>" => http(|req: Request| said(4, req)),
                GET "/<p5_0>" => http(|req: Request| said(5, req)),
                GET "/b" => http(|req: Request| said(6, req)),
                GET "/b/b/<p7_2>" => http(|req: Request| said(7, req)),
            }),
            POST "/" => http(|req: Request| said(8, req)),
        }),
        OPTIONS "/<p9_0>/<p9_1>/é" => http(|req: Request| said(9, req)),
        "/<p10_0>/a/<p10_2>" => ws(|req: Request| talked(10, req)),
    }
}

fn table_14() -> PolyHandler {
    routes! {
        "/b" => ws(|req: Request| talked(0, req)),
        GET "/<p1_0>/<p1_1>" => http(|req: Request| said(1, req)),
        POST "/é/b/é" => http(|req: Request| said(2, req)),
        HEAD "/b/b" => http(|req: Request| said(3, req)),
        "/" => ws(|req: Request| talked(4, req)),
        HEAD "/b/<p5_1>" => http(|req: Request| said(5, req)),
    }
}

fn table_15() -> PolyHandler {
    routes! {
        GET | PUT "/a/<p0_1>/<p0_2>" => http(|req: Request| said(0, req)),
        GET | PUT "/" => http(|req: Request| said(1, req)),
        "/<p2_0>/<p2_1>" => ws(|req: Request| talked(2, req)),
        OPTIONS "/a/<p3_1>/<r3..>" => http(|req: Request| said(3, req)),
        DELETE | PURGE "/" => http(|req: Request| said(4, req)),
        GET "/b/<r5..>" => http(|req: Request| said(5, req)),
        OPTIONS "/b" => http(|req: Request| said(6, req)),
        DELETE | PURGE "/<p7_0>/<r7..>" => http(|req: Request| said(7, req)),
    }
}

fn table_16() -> PolyHandler {
    routes! {
        "/" => ws(|req: Request| talked(0, req)),
        GET "/" => http(|req: Request| said(1, req)),
        "/b/a/a" => ws(|req: Request| talked(2, req)),
        HEAD "/<p3_0>/b/é/<r3..>" => http(|req: Request| said(3, req)),
        "/a/<p4_1>/b" => mount(routes! {
            "/" => http(|req: Request| said(5, req)),
            "/b/<p6_1>" => ws(|req: Request| talked(6, req)),
            OPTIONS "/" => http(|req: Request| said(7, req)),
            HEAD "/" => http(|req: Request| said(8, req)),
        }),
        "/a" => ws(|req: Request| talked(9, req)),
        "/" => http(|req: Request| said(10, req)),
        GET | PUT "/é/<r11..>" => http(|req: Request| said(11, req)),
        "/<p12_0>/é/<p12_2>" => mount(routes! {
            POST "/<p13_0>" => http(|req: Request| said(13, req)),
            "/b" => http(|req: Request| said(14, req)),
        }),
        OPTIONS "/a/a/<p15_2>/<r15..>" => http(|req: Request| said(15, req)),
        "/b/é/b" => mount(routes! {
            "/" => ws(|req: Request| talked(17, req)),
            "/b/<r18..>" => ws(|req: Request| talked(18, req)),
            GET "/<p19_0>/<p19_1>" => http(|req: Request| said(19, req)),
            "/b/<p20_1>/<r20..>" => ws(|req: Request| talked(20, req)),
            GET | PUT "/" => http(|req: Request| said(21, req)),
        }),
        HEAD "/<p22_0>/a/b" => http(|req: Request| said(22, req)),
        POST "/a" => http(|req: Request| said(23, req)),
        DELETE | PURGE "/<p24_0>" => http(|req: Request| said(24, req)),
        GET "/<p25_0>/<p25_1>" => http(|req: Request| said(25, req)),
        GET "/b" => http(|req: Request| said(26, req)),
    }
}

fn table_17() -> PolyHandler {
    routes! {
        "/a/a/é" => ws(|req: Request| talked(0, req)),
        "/<p1_0>/a/<p1_2>" => http(|req: Request| said(1, req)),
        OPTIONS "/<p2_0>/<p2_1>" => http(|req: Request| said(2, req)),
        "/b" => mount(routes! {
            GET "/<p4_0>/<p4_1>" => http(|req: Request| said(4, req)),
            DELETE | PURGE "/b" => http(|req: Request| said(5, req)),
            GET "/é/b/<r6..>" => http(|req: Request| said(6, req)),
        }),
        DELETE | PURGE "/a/<r7..>" => http(|req: Request| said(7, req)),
        GET "/" => http(|req: Request| said(8, req)),
        GET "/a" => http(|req: Request| said(9, req)),
        DELETE | PURGE "/<r10..>" => http(|req: Request| said(10, req)),
    }
}

fn table_18() -> PolyHandler {
    routes! {
        GET "/" => http(|req: Request| said(0, req)),
        "/é" => ws(|req: Request| talked(1, req)),
        "/<p2_0>" => ws(|req: Request| talked(2, req)),
        GET "/b/a/<p3_2>" => http(|req: Request| said(3, req)),
        "/" => ws(|req: Request| talked(4, req)),
        DELETE | PURGE "/b/<p5_1>" => http(|req: Request| said(5, req)),
        POST "/b/<p6_1>" => http(|req: Request| said(6, req)),
        "/" => mount(routes! {
            DELETE | PURGE "/é" => http(|req: Request| said(8, req)),
            "/b/<p9_1>/b/<r9..>" => ws(|req: Request| talked(9, req)),
        }),
    }
}

fn table_19() -> PolyHandler {
    routes! {
        GET "/b/é" => http(|req: Request| said(0, req)),
        GET "/b/<r1..>" => http(|req: Request| said(1, req)),
        "/<p2_0>/b" => ws(|req: Request| talked(2, req)),
        "/é/<p3_1>" => http(|req: Request| said(3, req)),
        "/<p4_0>/<p4_1>/<r4..>" => http(|req: Request| said(4, req)),
        DELETE | PURGE "/<p5_0>/b/a" => http(|req: Request| said(5, req)),
    }
}

fn table_20() -> PolyHandler {
    routes! {
        "/" => mount(routes! {
            GET "/" => http(|req: Request| said(1, req)),
            GET "/a/<p2_1>" => http(|req: Request| said(2, req)),
            "/é/b/<p3_2>" => http(|req: Request| said(3, req)),
            "/b" => ws(|req: Request| talked(4, req)),
        }),
        GET "/b/<p5_1>/b" => http(|req: Request| said(5, req)),
        HEAD "/a" => http(|req: Request| said(6, req)),
        "/<p7_0>/b" => ws(|req: Request| talked(7, req)),
        "/b/é/é/<r8..>" => ws(|req: Request| talked(8, req)),
        GET "/b/b/a/<r9..>" => http(|req: Request| said(9, req)),
        GET "/b/<r10..>" => http(|req: Request| said(10, req)),
        DELETE | PURGE "/a/<p11_1>" => http(|req: Request| said(11, req)),
    }
}

fn table_21() -> PolyHandler {
    routes! {
        "/a/b/b" => mount(routes! {
            "/" => ws(|req: Request| talked(1, req)),
            POST "/<r2..>" => http(|req: Request| said(2, req)),
            POST "/a/é/b" => http(|req: Request| said(3, req)),
            "/<p4_0>/b/<p4_2>/<r4..>" => ws(|req: Request| talked(4, req)),
        }),
        GET "/a/a/<r5..>" => http(|req: Request| said(5, req)),
        "/é/b" => ws(|req: Request| talked(6, req)),
        "/" => mount(routes! {
            "/<r8..>" => ws(|req: Request| talked(8, req)),
            "/" => ws(|req: Request| talked(9, req)),
        }),
        GET "/" => http(|req: Request| said(10, req)),
        GET | PUT "/<p11_0>/a/é" => http(|req: Request| said(11, req)),
        "/b" => ws(|req: Request| talked(12, req)),
        "/é/<p13_1>/a" => ws(|req: Request| talked(13, req)),
        HEAD "/a/a" => http(|req: Request| said(14, req)),
    }
}

fn table_22() -> PolyHandler {
    routes! {
        GET "/a/b" => http(|req: Request| said(0, req)),
        GET "/" => http(|req: Request| said(1, req)),
        HEAD "/a/é" => http(|req: Request| said(2, req)),
        "/" => mount(routes! {
            "/<p4_0>/<r4..>" => ws(|req: Request| talked(4, req)),
            "/" => http(|req: Request| said(5, req)),
            GET "/<p6_0>" => http(|req: Request| said(6, req)),
        }),
        GET | PUT "/<p7_0>/é/b" => http(|req: Request| said(7, req)),
        OPTIONS "/a" => http(|req: Request| said(8, req)),
        GET "/é" => http(|req: Request| said(9, req)),
        DELETE | PURGE "/" => http(|req: Request| said(10, req)),
        "/<p11_0>/<p11_1>/<p11_2>" => ws(|req: Request| talked(11, req)),
        "/b/<p12_1>/<p12_2>" => ws(|req: Request| talked(12, req)),
        "/é/<p13_1>/b" => mount(routes! {
            GET "/<r14..>" => http(|req: Request| said(14, req)),
            GET | PUT "/a" => http(|req: Request| said(15, req)),
            DELETE | PURGE "/<p16_0>/b" => http(|req: Request| said(16, req)),
            GET "/<p17_0>" => http(|req: Request| said(17, req)),
        }),
        "/b/é/é" => mount(routes! {
            POST "/" => http(|req: Request| said(19, req)),
            "/<r20..>" => http(|req: Request| said(20, req)),
            "/" => ws(|req: Request| talked(21, req)),
            DELETE | PURGE "/" => http(|req: Request| said(22, req)),
        }),
        OPTIONS "/<p23_0>/é" => http(|req: Request| said(23, req)),
        OPTIONS "/b" => http(|req: Request| said(24, req)),
        "/é/é" => ws(|req: Request| talked(25, req)),
    }
}

fn table_23() -> PolyHandler {
    routes! {
        GET | PUT "/é" => http(|req: Request| said(0, req)),
        "/b" => ws(|req: Request| talked(1, req)),
        "/b/<p2_1>/<p2_2>" => ws(|req: Request| talked(2, req)),
        "/b/<p3_1>/<p3_2>" => mount(routes! {
            GET "/a/<r4..>" => http(|req: Request| said(4, req)),
            "/<p5_0>/<p5_1>/a" => ws(|req: Request| talked(5, req)),
        }),
        HEAD "/é/<r6..>" => http(|req: Request| said(6, req)),
        "/<p7_0>/a/<p7_2>" => ws(|req: Request| talked(7, req)),
        GET | PUT "/<p8_0>/b" => http(|req: Request| said(8, req)),
        OPTIONS "/b/b" => http(|req: Request| said(9, req)),
        DELETE | PURGE "/é" => http(|req: Request| said(10, req)),
        "/<p11_0>/b/<p11_2>" => mount(routes! {
            GET "/<r12..>" => http(|req: Request| said(12, req)),
            GET "/<p13_0>/é" => http(|req: Request| said(13, req)),
        }),
        GET "/<p14_0>" => http(|req: Request| said(14, req)),
        "/a/b" => mount(routes! {
            "/<p16_0>/é/b" => ws(|req: Request| talked(16, req)),
            "/<p17_0>" => mount(routes! {
                GET | PUT "/é/<p18_1>/<p18_2>/<r18..>" => http(|req: Request| said(18, req)),
                GET "/<p19_0>/b/<p19_2>/<r19..>" => http(|req: Request| said(19, req)),
                "/b/b/<p20_2>" => ws(|req: Request| talked(20, req)),
                GET | PUT "/<p21_0>/é/<r21..>" => http(|req: Request| said(21, req)),
                "/b/é" => ws(|req: Request| talked(22, req)),
            }),
        }),
        OPTIONS "/a" => http(|req: Request| said(23, req)),
        POST "/<r24..>" => http(|req: Request| said(24, req)),
    }
}

fn table_24() -> PolyHandler {
    routes! {
        "/" => mount(routes! {
            "/<p1_0>/é" => ws(|req: Request| talked(1, req)),
            "/" => ws(|req: Request| talked(2, req)),
            OPTIONS "/<p3_0>" => http(|req: Request| said(3, req)),
            "/<p4_0>/<p4_1>" => ws(|req: Request| talked(4, req)),
        }),
        "/<p5_0>" => ws(|req: Request| talked(5, req)),
        GET "/é" => http(|req: Request| said(6, req)),
        DELETE | PURGE "/<p7_0>/<r7..>" => http(|req: Request| said(7, req)),
        POST "/b/b/<r8..>" => http(|req: Request| said(8, req)),
        "/<p9_0>/é/<p9_2>" => mount(routes! {
            DELETE | PURGE "/a/<p10_1>/<p10_2>" => http(|req: Request| said(10, req)),
            DELETE | PURGE "/b/b/a" => http(|req: Request| said(11, req)),
            "/é" => ws(|req: Request| talked(12, req)),
            POST "/<p13_0>/b/<p13_2>" => http(|req: Request| said(13, req)),
        }),
        OPTIONS "/b/<p14_1>/é/<r14..>" => http(|req: Request| said(14, req)),
        GET | PUT "/b/<p15_1>/b" => http(|req: Request| said(15, req)),
    }
}

fn table_25() -> PolyHandler {
    routes! {
        HEAD "/" => http(|req: Request| said(0, req)),
        POST "/<p1_0>/<p1_1>/b" => http(|req: Request| said(1, req)),
        OPTIONS "/é/b/b/<r2..>" => http(|req: Request| said(2, req)),
        GET "/a" => http(|req: Request| said(3, req)),
        "/é/b" => http(|req: Request| said(4, req)),
        "/b" => ws(|req: Request| talked(5, req)),
        DELETE | PURGE "/" => http(|req: Request| said(6, req)),
        OPTIONS "/" => http(|req: Request| said(7, req)),
        GET "/<r8..>" => http(|req: Request| said(8, req)),
        "/é/<p9_1>" => ws(|req: Request| talked(9, req)),
        GET "/é" => http(|req: Request| said(10, req)),
        GET | PUT "/" => http(|req: Request| said(11, req)),
        GET "/<p12_0>/a" => http(|req: Request| said(12, req)),
        "/b/<p13_1>/<p13_2>" => mount(routes! {
            GET "/<p14_0>" => http(|req: Request| said(14, req)),
            OPTIONS "/" => http(|req: Request| said(15, req)),
            OPTIONS "/<p16_0>" => http(|req: Request| said(16, req)),
            OPTIONS "/b/a/<p17_2>" => http(|req: Request| said(17, req)),
            DELETE | PURGE "/é/b/é/<r18..>" => http(|req: Request| said(18, req)),
        }),
        DELETE | PURGE "/a" => http(|req: Request| said(19, req)),
        "/é/<r20..>" => http(|req: Request| said(20, req)),
        "/<p21_0>/b/a" => mount(routes! {
            POST "/a/a/é" => http(|req: Request| said(22, req)),
            "/" => http(|req: Request| said(23, req)),
            HEAD "/<p24_0>" => http(|req: Request| said(24, req)),
            GET "/b" => http(|req: Request| said(25, req)),
        }),
        HEAD "/<r26..>" => http(|req: Request| said(26, req)),
    }
}

fn table_26() -> PolyHandler {
    routes! {
        GET "/<p0_0>/<p0_1>" => http(|req: Request| said(0, req)),
        OPTIONS "/b/<p1_1>/é" => http(|req: Request| said(1, req)),
        "/b/<p2_1>/b" => ws(|req: Request| talked(2, req)),
        GET | PUT "/<p3_0>/a" => http(|req: Request| said(3, req)),
        POST "/é/a" => http(|req: Request| said(4, req)),
        HEAD "/" => http(|req: Request| said(5, req)),
        "/é" => ws(|req: Request| talked(6, req)),
    }
}

fn table_27() -> PolyHandler {
    routes! {
        HEAD "/é/<p0_1>/b" => http(|req: Request| said(0, req)),
        GET | PUT "/é/<r1..>" => http(|req: Request| said(1, req)),
        "/" => mount(routes! {
            GET "/<p3_0>/<p3_1>" => http(|req: Request| said(3, req)),
            OPTIONS "/" => http(|req: Request| said(4, req)),
        }),
        POST "/<p5_0>/<p5_1>" => http(|req: Request| said(5, req)),
        OPTIONS "/b/<r6..>" => http(|req: Request| said(6, req)),
        GET "/b/a/a" => http(|req: Request| said(7, req)),
        GET | PUT "/<p8_0>/b" => http(|req: Request| said(8, req)),
        GET "/<p9_0>/b/<p9_2>" => http(|req: Request| said(9, req)),
        GET | PUT "/b/b" => http(|req: Request| said(10, req)),
        "/<p11_0>/b" => mount(routes! {
            DELETE | PURGE "/b/<p12_1>/<p12_2>" => http(|req: Request| said(12, req)),
            GET "/b/<p13_1>/b" => http(|req: Request| said(13, req)),
            "/b/a/b" => ws(|req: Request| talked(14, req)),
        }),
        DELETE | PURGE "/é" => http(|req: Request| said(15, req)),
        GET "/<p16_0>" => http(|req: Request| said(16, req)),
        "/<p17_0>/a/b" => ws(|req: Request| talked(17, req)),
        DELETE | PURGE "/a/é" => http(|req: Request| said(18, req)),
    }
}

fn table_28() -> PolyHandler {
    routes! {
        GET "/<p0_0>/<p0_1>" => http(|req: Request| said(0, req)),
        POST "/<p1_0>/b" => http(|req: Request| said(1, req)),
        "/" => ws(|req: Request| talked(2, req)),
        GET "/<p3_0>/b/<p3_2>" => http(|req: Request| said(3, req)),
        "/a/a" => ws(|req: Request| talked(4, req)),
        POST "/a" => http(|req: Request| said(5, req)),
        POST "/é/a" => http(|req: Request| said(6, req)),
        "/b" => ws(|req: Request| talked(7, req)),
        "/<p8_0>/é" => mount(routes! {
            POST "/" => http(|req: Request| said(9, req)),
            GET "/a/<p10_1>" => http(|req: Request| said(10, req)),
            OPTIONS "/b" => http(|req: Request| said(11, req)),
            HEAD "/b/é/<p12_2>/<r12..>" => http(|req: Request| said(12, req)),
            "/" => http(|req: Request| said(13, req)),
            DELETE | PURGE "/<r14..>" => http(|req: Request| said(14, req)),
        }),
        "/b" => mount(routes! {
            OPTIONS "/<p16_0>" => http(|req: Request| said(16, req)),
            GET "/b/a/a" => http(|req: Request| said(17, req)),
            GET | PUT "/b/é/b" => http(|req: Request| said(18, req)),
            GET "/<p19_0>/b" => http(|req: Request| said(19, req)),
            OPTIONS "/" => http(|req: Request| said(20, req)),
        }),
    }
}

fn table_29() -> PolyHandler {
    routes! {
        GET "/<p0_0>" => http(|req: Request| said(0, req)),
        GET "/b" => http(|req: Request| said(1, req)),
        "/b/a" => mount(routes! {
            "/" => mount(routes! {
                HEAD "/<r4..>" => http(|req: Request| said(4, req)),
                "/<p5_0>" => ws(|req: Request| talked(5, req)),
            }),
            "/" => ws(|req: Request| talked(6, req)),
            "/a/<p7_1>" => ws(|req: Request| talked(7, req)),
            POST "/<p8_0>/<p8_1>" => http(|req: Request| said(8, req)),
        }),
        "/b/<p9_1>/<p9_2>" => http(|req: Request| said(9, req)),
        GET | PUT "/<p10_0>/<p10_1>/b" => http(|req: Request| said(10, req)),
    }
}

fn table_30() -> PolyHandler {
    routes! {
        OPTIONS "/<p0_0>/a/<p0_2>" => http(|req: Request| said(0, req)),
        GET "/<p1_0>/<r1..>" => http(|req: Request| said(1, req)),
        HEAD "/b/<p2_1>/<p2_2>" => http(|req: Request| said(2, req)),
        "/" => ws(|req: Request| talked(3, req)),
        "/" => mount(routes! {
            "/a/a/<p5_2>/<r5..>" => ws(|req: Request| talked(5, req)),
            GET "/" => http(|req: Request| said(6, req)),
        }),
        GET | PUT "/b" => http(|req: Request| said(7, req)),
        GET "/é" => http(|req: Request| said(8, req)),
    }
}

fn table_31() -> PolyHandler {
    routes! {
        HEAD "/a" => http(|req: Request| said(0, req)),
        "/<p1_0>/é/a" => ws(|req: Request| talked(1, req)),
        POST "/b" => http(|req: Request| said(2, req)),
        POST "/a/b/<p3_2>" => http(|req: Request| said(3, req)),
        GET | PUT "/<p4_0>/b/a/<r4..>" => http(|req: Request| said(4, req)),
        GET "/" => http(|req: Request| said(5, req)),
        "/b/<p6_1>/<p6_2>" => ws(|req: Request| talked(6, req)),
    }
}

fn table_32() -> PolyHandler {
    routes! {
        DELETE | PURGE "/<p0_0>/<p0_1>/<r0..>" => http(|req: Request| said(0, req)),
        POST "/<p1_0>/<r1..>" => http(|req: Request| said(1, req)),
        "/é/a/<p2_2>" => http(|req: Request| said(2, req)),
        HEAD "/<p3_0>/é" => http(|req: Request| said(3, req)),
        GET "/" => http(|req: Request| said(4, req)),
        "/a" => mount(routes! {
            "/" => ws(|req: Request| talked(6, req)),
            DELETE | PURGE "/<p7_0>" => http(|req: Request| said(7, req)),
        }),
    }
}

fn table_33() -> PolyHandler {
    routes! {
        "/<p0_0>/<p0_1>" => mount(routes! {
            OPTIONS "/" => http(|req: Request| said(1, req)),
            GET "/a/<p2_1>/<p2_2>" => http(|req: Request| said(2, req)),
        }),
        GET "/b/<p3_1>/a" => http(|req: Request| said(3, req)),
        "/<p4_0>/b/b" => ws(|req: Request| talked(4, req)),
        DELETE | PURGE "/b" => http(|req: Request| said(5, req)),
        GET | PUT "/a/b" => http(|req: Request| said(6, req)),
        GET "/<p7_0>/é/<p7_2>" => http(|req: Request| said(7, req)),
        "/é/b" => http(|req: Request| said(8, req)),
        GET | PUT "/" => http(|req: Request| said(9, req)),
        "/é/b" => ws(|req: Request| talked(10, req)),
        "/<p11_0>" => ws(|req: Request| talked(11, req)),
        HEAD "/a" => http(|req: Request| said(12, req)),
    }
}

fn table_34() -> PolyHandler {
    routes! {
        "/<p0_0>/a" => http(|req: Request| said(0, req)),
        "/<p1_0>" => ws(|req: Request| talked(1, req)),
        GET "/b" => http(|req: Request| said(2, req)),
        GET "/é" => http(|req: Request| said(3, req)),
        POST "/b" => http(|req: Request| said(4, req)),
    }
}

fn table_35() -> PolyHandler {
    routes! {
        GET "/" => http(|req: Request| said(0, req)),
        OPTIONS "/b/b/<p1_2>/<r1..>" => http(|req: Request| said(1, req)),
        GET "/<p2_0>/b/b" => http(|req: Request| said(2, req)),
        OPTIONS "/<r3..>" => http(|req: Request| said(3, req)),
        "/é" => ws(|req: Request| talked(4, req)),
        GET "/<p5_0>" => http(|req: Request| said(5, req)),
    }
}

fn table_36() -> PolyHandler {
    routes! {
        GET | PUT "/" => http(|req: Request| said(0, req)),
        OPTIONS "/b/b" => http(|req: Request| said(1, req)),
        DELETE | PURGE "/<p2_0>/é" => http(|req: Request| said(2, req)),
        HEAD "/" => http(|req: Request| said(3, req)),
        DELETE | PURGE "/b" => http(|req: Request| said(4, req)),
        DELETE | PURGE "/a" => http(|req: Request| said(5, req)),
        POST "/<p6_0>/<r6..>" => http(|req: Request| said(6, req)),
        GET | PUT "/<p7_0>" => http(|req: Request| said(7, req)),
        OPTIONS "/b" => http(|req: Request| said(8, req)),
        "/<p9_0>/a/<p9_2>" => ws(|req: Request| talked(9, req)),
        GET "/<p10_0>/b/b/<r10..>" => http(|req: Request| said(10, req)),
        "/" => http(|req: Request| said(11, req)),
    }
}

fn table_37() -> PolyHandler {
    routes! {
        OPTIONS "/<p0_0>/<p0_1>" => http(|req: Request| said(0, req)),
        GET "/<p1_0>/<p1_1>" => http(|req: Request| said(1, req)),
        POST "/<p2_0>/<p2_1>/é" => http(|req: Request| said(2, req)),
        HEAD "/<p3_0>/<p3_1>" => http(|req: Request| said(3, req)),
        POST "/b" => http(|req: Request| said(4, req)),
        HEAD "/a/é/<p5_2>" => http(|req: Request| said(5, req)),
        "/é/<p6_1>/b" => mount(routes! {
            POST "/a/<p7_1>/<r7..>" => http(|req: Request| said(7, req)),
            GET "/" => http(|req: Request| said(8, req)),
        }),
        "/<p9_0>/<p9_1>" => mount(routes! {
            GET | PUT "/<p10_0>" => http(|req: Request| said(10, req)),
            POST "/b/<p11_1>" => http(|req: Request| said(11, req)),
            POST "/<p12_0>/<p12_1>" => http(|req: Request| said(12, req)),
            "/<p13_0>/é/<r13..>" => ws(|req: Request| talked(13, req)),
            "/<p14_0>/<p14_1>" => http(|req: Request| said(14, req)),
        }),
    }
}

fn table_38() -> PolyHandler {
    routes! {
        "/é/b/<p0_2>" => ws(|req: Request| talked(0, req)),
        HEAD "/" => http(|req: Request| said(1, req)),
        OPTIONS "/b" => http(|req: Request| said(2, req)),
        OPTIONS "/b/<p3_1>" => http(|req: Request| said(3, req)),
        GET "/" => http(|req: Request| said(4, req)),
        "/" => http(|req: Request| said(5, req)),
        OPTIONS "/b/<p6_1>/<p6_2>/<r6..>" => http(|req: Request| said(6, req)),
        "/b/<p7_1>/<p7_2>" => ws(|req: Request| talked(7, req)),
        GET "/<p8_0>/<p8_1>/<p8_2>" => http(|req: Request| said(8, req)),
        GET | PUT "/<p9_0>" => http(|req: Request| said(9, req)),
        GET "/b/<p10_1>" => http(|req: Request| said(10, req)),
        "/a/<p11_1>" => mount(routes! {
            OPTIONS "/<p12_0>" => http(|req: Request| said(12, req)),
            OPTIONS "/<p13_0>/<p13_1>" => http(|req: Request| said(13, req)),
            HEAD "/b" => http(|req: Request| said(14, req)),
            DELETE | PURGE "/b" => http(|req: Request| said(15, req)),
            "/a" => mount(routes! {
                "/<p17_0>/a/<p17_2>" => mount(routes! {
                    "/<p18_0>" => mount(routes! {
                        GET "/<p19_0>" => http(|req: Request| said(19, req)),
                        GET "/é/b" => http(|req: Request| said(20, req)),
                    }),
                    OPTIONS "/a/<r21..>" => http(|req: Request| said(21, req)),
                    "/a/<p22_1>/<p22_2>" => ws(|req: Request| talked(22, req)),
                    HEAD "/b/<r23..>" => http(|req: Request| said(23, req)),
                    OPTIONS "/" => http(|req: Request| said(24, req)),
                }),
                "/<p25_0>/<p25_1>" => ws(|req: Request| talked(25, req)),
                GET "/b/<p26_1>/a" => http(|req: Request| said(26, req)),
                "/" => ws(|req: Request| talked(27, req)),
                "/<p28_0>/<r28..>" => ws(|req: Request| talked(28, req)),
            }),
            "/é" => ws(|req: Request| talked(29, req)),
        }),
        "/é" => ws(|req: Request| talked(30, req)),
        GET "/<p31_0>/b/b" => http(|req: Request| said(31, req)),
        POST "/a/<p32_1>" => http(|req: Request| said(32, req)),
        POST "/" => http(|req: Request| said(33, req)),
        "/a/b" => ws(|req: Request| talked(34, req)),
        "/b/a/b" => http(|req: Request| said(35, req)),
    }
}

fn table_39() -> PolyHandler {
    routes! {
        GET "/<p0_0>/<p0_1>/a" => http(|req: Request| said(0, req)),
        GET "/b/b/<r1..>" => http(|req: Request| said(1, req)),
        "/é/a/é" => mount(routes! {
            OPTIONS "/" => http(|req: Request| said(3, req)),
            DELETE | PURGE "/<p4_0>" => http(|req: Request| said(4, req)),
            DELETE | PURGE "/<p5_0>/<p5_1>" => http(|req: Request| said(5, req)),
            GET "/b/<p6_1>" => http(|req: Request| said(6, req)),
        }),
        GET | PUT "/é/<p7_1>" => http(|req: Request| said(7, req)),
        GET "/b/<p8_1>/<p8_2>" => http(|req: Request| said(8, req)),
        GET "/a/é" => http(|req: Request| said(9, req)),
    }
}
