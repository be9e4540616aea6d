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
        "/é/<p2_1>/<p2_2>" => mount(routes! {
            DELETE | PURGE "/é" => http(|req: Request| said(3, req)),
            "/b/<r4..>" => ws(|req: Request| talked(4, req)),
            HEAD "/b/b/é/<r5..>" => http(|req: Request| said(5, req)),
            GET | PUT "/" => http(|req: Request| said(6, req)),
        }),
        "/<r7..>" => ws(|req: Request| talked(7, req)),
        DELETE | PURGE "/a/b/a" => http(|req: Request| said(8, req)),
        GET "/b/<p9_1>" => http(|req: Request| said(9, req)),
        GET | PUT "/é/b/é/<r10..>" => http(|req: Request| said(10, req)),
        "/a/<p11_1>/b" => http(|req: Request| said(11, req)),
        "/é/é" => http(|req: Request| said(12, req)),
        GET "/" => http(|req: Request| said(13, req)),
    }
}

fn table_1() -> PolyHandler {
    routes! {
        "/b" => ws(|req: Request| talked(0, req)),
        DELETE | PURGE "/<p1_0>/b/a" => http(|req: Request| said(1, req)),
        "/é/<p2_1>/b" => mount(routes! {
            "/<p3_0>/a/b" => ws(|req: Request| talked(3, req)),
            "/<p4_0>" => mount(routes! {
                POST "/é/é" => http(|req: Request| said(5, req)),
                GET "/" => http(|req: Request| said(6, req)),
                HEAD "/a/a/a" => http(|req: Request| said(7, req)),
                OPTIONS "/<p8_0>/<p8_1>" => http(|req: Request| said(8, req)),
            }),
            "/b/<p9_1>/b" => mount(routes! {
                GET "/b" => http(|req: Request| said(10, req)),
                "/a/é/<p11_2>/<r11..>" => ws(|req: Request| talked(11, req)),
                HEAD "/<r12..>" => http(|req: Request| said(12, req)),
                "/é/<p13_1>/b/<r13..>" => ws(|req: Request| talked(13, req)),
                OPTIONS "/a/b/b" => http(|req: Request| said(14, req)),
                POST "/b/<r15..>" => http(|req: Request| said(15, req)),
            }),
            "/b/<p16_1>/a" => mount(routes! {
                "/b/b/<p17_2>" => http(|req: Request| said(17, req)),
                GET "/b/<r18..>" => http(|req: Request| said(18, req)),
                GET | PUT "/<p19_0>" => http(|req: Request| said(19, req)),
                DELETE | PURGE "/é/b" => http(|req: Request| said(20, req)),
            }),
            HEAD "/<p21_0>/<p21_1>" => http(|req: Request| said(21, req)),
            HEAD "/<r22..>" => http(|req: Request| said(22, req)),
        }),
        GET "/<p23_0>" => http(|req: Request| said(23, req)),
        "/é/<p2_1>/b" => mount(routes! {
            "/<p25_0>/b" => ws(|req: Request| talked(25, req)),
            GET "/<p26_0>/b/é/<r26..>" => http(|req: Request| said(26, req)),
            "/a/b/<p27_2>" => ws(|req: Request| talked(27, req)),
        }),
        POST "/" => http(|req: Request| said(28, req)),
        OPTIONS "/<p29_0>/b/b/<r29..>" => http(|req: Request| said(29, req)),
        HEAD "/<p30_0>/b/<p30_2>" => http(|req: Request| said(30, req)),
        "/é/<p2_1>/b" => mount(routes! {
            GET "/<p32_0>/a/é" => http(|req: Request| said(32, req)),
            DELETE | PURGE "/<p33_0>/a/é" => http(|req: Request| said(33, req)),
            GET "/é/b" => http(|req: Request| said(34, req)),
            "/<p35_0>/b/<r35..>" => http(|req: Request| said(35, req)),
        }),
        "/é/é" => ws(|req: Request| talked(36, req)),
        "/<p37_0>" => ws(|req: Request| talked(37, req)),
        HEAD "/<p38_0>" => http(|req: Request| said(38, req)),
    }
}

fn table_2() -> PolyHandler {
    routes! {
        HEAD "/<p0_0>" => http(|req: Request| said(0, req)),
        POST "/<p1_0>/é" => http(|req: Request| said(1, req)),
        "/b/b/<p2_2>" => mount(routes! {
            "/<p3_0>/<p3_1>/<r3..>" => http(|req: Request| said(3, req)),
            GET "/<p4_0>/<p4_1>/b" => http(|req: Request| said(4, req)),
            DELETE | PURGE "/" => http(|req: Request| said(5, req)),
            OPTIONS "/" => http(|req: Request| said(6, req)),
            "/<p7_0>/<p7_1>" => ws(|req: Request| talked(7, req)),
            "/é" => ws(|req: Request| talked(8, req)),
        }),
        "/b/<p9_1>/<p9_2>" => http(|req: Request| said(9, req)),
        GET | PUT "/<p10_0>/a/b" => http(|req: Request| said(10, req)),
        GET "/a/<p11_1>" => http(|req: Request| said(11, req)),
        POST "/a" => http(|req: Request| said(12, req)),
        HEAD "/<r13..>" => http(|req: Request| said(13, req)),
        "/" => ws(|req: Request| talked(14, req)),
        "/<p15_0>/é" => ws(|req: Request| talked(15, req)),
        "/<r16..>" => ws(|req: Request| talked(16, req)),
        GET "/b" => http(|req: Request| said(17, req)),
    }
}

fn table_3() -> PolyHandler {
    routes! {
        GET "/<p0_0>/<p0_1>/<p0_2>" => http(|req: Request| said(0, req)),
        "/" => ws(|req: Request| talked(1, req)),
        GET "/<r2..>" => http(|req: Request| said(2, req)),
        "/<r3..>" => ws(|req: Request| talked(3, req)),
        OPTIONS "/b/<p4_1>" => http(|req: Request| said(4, req)),
        "/a/<p5_1>/b/<r5..>" => ws(|req: Request| talked(5, req)),
        GET "/<p6_0>/é/<p6_2>" => http(|req: Request| said(6, req)),
        GET "/b/b/é/<r7..>" => http(|req: Request| said(7, req)),
        "/é/b" => ws(|req: Request| talked(8, req)),
        DELETE | PURGE "/b/<p9_1>/<p9_2>" => http(|req: Request| said(9, req)),
        GET "/" => http(|req: Request| said(10, req)),
        "/é/é" => ws(|req: Request| talked(11, req)),
        OPTIONS "/a" => http(|req: Request| said(12, req)),
        GET "/a/<p13_1>/b" => http(|req: Request| said(13, req)),
        "/<p14_0>/<p14_1>/b" => http(|req: Request| said(14, req)),
        GET "/<p15_0>" => http(|req: Request| said(15, req)),
        "/b/<p16_1>/b/<r16..>" => ws(|req: Request| talked(16, req)),
        GET "/<p17_0>/é" => http(|req: Request| said(17, req)),
    }
}

fn table_4() -> PolyHandler {
    routes! {
        OPTIONS "/" => http(|req: Request| said(0, req)),
        "/" => mount(routes! {
            "/b/<p2_1>" => http(|req: Request| said(2, req)),
            HEAD "/b/<p3_1>/é" => http(|req: Request| said(3, req)),
            HEAD "/" => http(|req: Request| said(4, req)),
            HEAD "/<p5_0>/a" => http(|req: Request| said(5, req)),
            GET "/a/a/<r6..>" => http(|req: Request| said(6, req)),
            "/<p7_0>/é/<p7_2>" => ws(|req: Request| talked(7, req)),
        }),
        "/" => ws(|req: Request| talked(8, req)),
        "/a" => ws(|req: Request| talked(9, req)),
        "/<p10_0>" => ws(|req: Request| talked(10, req)),
        "/" => mount(routes! {
            POST "/" => http(|req: Request| said(12, req)),
            OPTIONS "/<p13_0>/b/a" => http(|req: Request| said(13, req)),
            "/<p14_0>/a" => ws(|req: Request| talked(14, req)),
            POST "/a/b/<r15..>" => http(|req: Request| said(15, req)),
        }),
        OPTIONS "/b/<p16_1>" => http(|req: Request| said(16, req)),
        "/a/<p17_1>/a" => ws(|req: Request| talked(17, req)),
        DELETE | PURGE "/b" => http(|req: Request| said(18, req)),
        GET | PUT "/<p19_0>/a/<p19_2>" => http(|req: Request| said(19, req)),
        "/<p20_0>/<p20_1>/a" => ws(|req: Request| talked(20, req)),
        OPTIONS "/b/a/b" => http(|req: Request| said(21, req)),
    }
}

fn table_5() -> PolyHandler {
    routes! {
        GET "/<p0_0>/<r0..>" => http(|req: Request| said(0, req)),
        OPTIONS "/a/é/b" => http(|req: Request| said(1, req)),
        DELETE | PURGE "/é" => http(|req: Request| said(2, req)),
        GET "/" => http(|req: Request| said(3, req)),
        GET | PUT "/<p4_0>/é/<p4_2>" => http(|req: Request| said(4, req)),
        HEAD "/<p5_0>" => http(|req: Request| said(5, req)),
        GET | PUT "/b" => http(|req: Request| said(6, req)),
        POST "/b" => http(|req: Request| said(7, req)),
        DELETE | PURGE "/" => http(|req: Request| said(8, req)),
        "/b/b/<r9..>" => http(|req: Request| said(9, req)),
        GET "/<p10_0>/a" => http(|req: Request| said(10, req)),
        DELETE | PURGE "/<p11_0>/b" => http(|req: Request| said(11, req)),
        OPTIONS "/" => http(|req: Request| said(12, req)),
        "/<p13_0>" => ws(|req: Request| talked(13, req)),
        "/a" => http(|req: Request| said(14, req)),
    }
}

fn table_6() -> PolyHandler {
    routes! {
        "/a" => ws(|req: Request| talked(0, req)),
        "/<p1_0>/b" => ws(|req: Request| talked(1, req)),
        "/<r2..>" => ws(|req: Request| talked(2, req)),
        HEAD "/b/<p3_1>/<p3_2>" => http(|req: Request| said(3, req)),
    }
}

fn table_7() -> PolyHandler {
    routes! {
        "/<r0..>" => ws(|req: Request| talked(0, req)),
        HEAD "/é" => http(|req: Request| said(1, req)),
        GET "/" => http(|req: Request| said(2, req)),
        POST "/b/<p3_1>/b" => http(|req: Request| said(3, req)),
        HEAD "/" => http(|req: Request| said(4, req)),
        GET "/<p5_0>" => http(|req: Request| said(5, req)),
        "/<p6_0>/a/a" => mount(routes! {
            "/<p7_0>" => mount(routes! {
                DELETE | PURGE "/<p8_0>/b/<p8_2>" => http(|req: Request| said(8, req)),
                "/b/<p9_1>/<p9_2>" => http(|req: Request| said(9, req)),
            }),
            "/b" => ws(|req: Request| talked(10, req)),
            GET "/" => http(|req: Request| said(11, req)),
            GET "/b" => http(|req: Request| said(12, req)),
            HEAD "/<p13_0>/b" => http(|req: Request| said(13, req)),
        }),
        GET "/é/b/b/<r14..>" => http(|req: Request| said(14, req)),
        OPTIONS "/é/é" => http(|req: Request| said(15, req)),
        "/b/<r16..>" => ws(|req: Request| talked(16, req)),
        OPTIONS "/" => http(|req: Request| said(17, req)),
        OPTIONS "/a/<p18_1>" => http(|req: Request| said(18, req)),
    }
}

fn table_8() -> PolyHandler {
    routes! {
        GET "/<p0_0>/<p0_1>/<p0_2>" => http(|req: Request| said(0, req)),
        GET "/<p1_0>" => http(|req: Request| said(1, req)),
        "/b/é/a" => ws(|req: Request| talked(2, req)),
        POST "/b" => http(|req: Request| said(3, req)),
        GET "/b/<p4_1>/<p4_2>" => http(|req: Request| said(4, req)),
        "/b/a/b" => mount(routes! {
            "/b/<p6_1>/b" => mount(routes! {
                OPTIONS "/é/<p7_1>/<p7_2>" => http(|req: Request| said(7, req)),
                GET "/<p8_0>" => http(|req: Request| said(8, req)),
                GET "/b" => http(|req: Request| said(9, req)),
                GET "/b/b/<p10_2>" => http(|req: Request| said(10, req)),
            }),
            "/<r11..>" => http(|req: Request| said(11, req)),
        }),
        HEAD "/é/b" => http(|req: Request| said(12, req)),
        "/<p13_0>/<p13_1>" => ws(|req: Request| talked(13, req)),
        "/a/<p14_1>" => ws(|req: Request| talked(14, req)),
        GET "/<p15_0>/<p15_1>" => http(|req: Request| said(15, req)),
        POST "/é/b/é" => http(|req: Request| said(16, req)),
    }
}

fn table_9() -> PolyHandler {
    routes! {
        "/<r0..>" => ws(|req: Request| talked(0, req)),
        "/a/<p1_1>/<p1_2>" => ws(|req: Request| talked(1, req)),
        HEAD "/b/<p2_1>" => http(|req: Request| said(2, req)),
        DELETE | PURGE "/b/<p3_1>/<r3..>" => http(|req: Request| said(3, req)),
        GET "/b/<p4_1>/a" => http(|req: Request| said(4, req)),
        "/b/a/a" => ws(|req: Request| talked(5, req)),
        HEAD "/<p6_0>/b/é/<r6..>" => http(|req: Request| said(6, req)),
        "/a/<p7_1>/b" => mount(routes! {
            "/" => http(|req: Request| said(8, req)),
            "/b/<p9_1>" => ws(|req: Request| talked(9, req)),
            OPTIONS "/" => http(|req: Request| said(10, req)),
            HEAD "/" => http(|req: Request| said(11, req)),
        }),
        "/<p12_0>/b/a" => ws(|req: Request| talked(12, req)),
    }
}

fn table_10() -> PolyHandler {
    routes! {
        "/b/b" => http(|req: Request| said(0, req)),
        "/b/<p1_1>/b" => http(|req: Request| said(1, req)),
        GET "/<r2..>" => http(|req: Request| said(2, req)),
        "/a/<p3_1>/a" => http(|req: Request| said(3, req)),
        "/" => ws(|req: Request| talked(4, req)),
        GET "/<p5_0>/a/é" => http(|req: Request| said(5, req)),
        HEAD "/<p6_0>/é/a" => http(|req: Request| said(6, req)),
        "/<p7_0>" => http(|req: Request| said(7, req)),
        OPTIONS "/é/é/b" => http(|req: Request| said(8, req)),
        "/é" => mount(routes! {
            POST "/<p10_0>" => http(|req: Request| said(10, req)),
            "/" => ws(|req: Request| talked(11, req)),
            GET "/é/<p12_1>" => http(|req: Request| said(12, req)),
            "/b/<r13..>" => ws(|req: Request| talked(13, req)),
            GET "/<p14_0>/<p14_1>" => http(|req: Request| said(14, req)),
        }),
        OPTIONS "/é/a/<p15_2>" => http(|req: Request| said(15, req)),
        "/b/a/<r16..>" => ws(|req: Request| talked(16, req)),
    }
}

fn table_11() -> PolyHandler {
    routes! {
        "/a/<r0..>" => ws(|req: Request| talked(0, req)),
        GET "/é/b" => http(|req: Request| said(1, req)),
        OPTIONS "/b/é/<p2_2>" => http(|req: Request| said(2, req)),
        GET "/<p3_0>" => http(|req: Request| said(3, req)),
        GET "/b" => http(|req: Request| said(4, req)),
    }
}

fn table_12() -> PolyHandler {
    routes! {
        "/a/a/é" => ws(|req: Request| talked(0, req)),
        "/<p1_0>/a/<p1_2>" => http(|req: Request| said(1, req)),
        OPTIONS "/<p2_0>/<p2_1>" => http(|req: Request| said(2, req)),
        HEAD "/b/b/b" => http(|req: Request| said(3, req)),
        DELETE | PURGE "/é/é/<r4..>" => http(|req: Request| said(4, req)),
        DELETE | PURGE "/<r5..>" => http(|req: Request| said(5, req)),
        GET "/" => http(|req: Request| said(6, req)),
        GET "/a" => http(|req: Request| said(7, req)),
    }
}

fn table_13() -> PolyHandler {
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

fn table_14() -> PolyHandler {
    routes! {
        GET "/b/b/a" => http(|req: Request| said(0, req)),
        GET "/é/b" => http(|req: Request| said(1, req)),
        GET "/" => http(|req: Request| said(2, req)),
        "/" => http(|req: Request| said(3, req)),
        "/<p4_0>/<p4_1>/<r4..>" => http(|req: Request| said(4, req)),
        DELETE | PURGE "/<p5_0>/b/a" => http(|req: Request| said(5, req)),
        "/<p6_0>/b" => ws(|req: Request| talked(6, req)),
        "/<p7_0>/é" => ws(|req: Request| talked(7, req)),
        "/<p8_0>/é/b" => mount(routes! {
            "/b/b/b" => http(|req: Request| said(9, req)),
            "/<p10_0>" => ws(|req: Request| talked(10, req)),
            POST "/<p11_0>/<p11_1>/<p11_2>" => http(|req: Request| said(11, req)),
            "/b/<p12_1>/<p12_2>" => ws(|req: Request| talked(12, req)),
            HEAD "/<p13_0>" => http(|req: Request| said(13, req)),
            "/<p14_0>/b" => ws(|req: Request| talked(14, req)),
        }),
        "/<p15_0>/é/é/<r15..>" => ws(|req: Request| talked(15, req)),
        GET | PUT "/<p16_0>/<p16_1>" => http(|req: Request| said(16, req)),
        GET "/b/b/a/<r17..>" => http(|req: Request| said(17, req)),
        GET "/b/<r18..>" => http(|req: Request| said(18, req)),
        DELETE | PURGE "/a/<p19_1>" => http(|req: Request| said(19, req)),
    }
}

fn table_15() -> PolyHandler {
    routes! {
        "/a/b/b" => mount(routes! {
            "/" => ws(|req: Request| talked(1, req)),
            POST "/<r2..>" => http(|req: Request| said(2, req)),
            POST "/a/é/b" => http(|req: Request| said(3, req)),
            "/<p4_0>/b/<p4_2>/<r4..>" => ws(|req: Request| talked(4, req)),
        }),
        GET "/a/<p5_1>/é/<r5..>" => http(|req: Request| said(5, req)),
        "/b/<p6_1>/<p6_2>/<r6..>" => ws(|req: Request| talked(6, req)),
        "/<p7_0>" => mount(routes! {
            "/" => ws(|req: Request| talked(8, req)),
            POST "/<p9_0>/<p9_1>" => http(|req: Request| said(9, req)),
            GET "/" => http(|req: Request| said(10, req)),
            "/<p11_0>/é/b" => mount(routes! {
                "/<p12_0>/a" => ws(|req: Request| talked(12, req)),
                OPTIONS "/<p13_0>/a/<r13..>" => http(|req: Request| said(13, req)),
                HEAD "/<p14_0>" => http(|req: Request| said(14, req)),
            }),
        }),
        GET "/a/b" => http(|req: Request| said(15, req)),
        GET "/" => http(|req: Request| said(16, req)),
        HEAD "/a/é" => http(|req: Request| said(17, req)),
        OPTIONS "/é" => http(|req: Request| said(18, req)),
        OPTIONS "/b/a" => http(|req: Request| said(19, req)),
    }
}

fn table_16() -> PolyHandler {
    routes! {
        GET "/<p0_0>/<p0_1>/b" => http(|req: Request| said(0, req)),
        DELETE | PURGE "/b/<p1_1>" => http(|req: Request| said(1, req)),
        "/<p2_0>/<p2_1>/<p2_2>" => ws(|req: Request| talked(2, req)),
        "/b/<p3_1>/<p3_2>" => ws(|req: Request| talked(3, req)),
        "/é/<p4_1>/b" => mount(routes! {
            GET "/<r5..>" => http(|req: Request| said(5, req)),
            GET | PUT "/a" => http(|req: Request| said(6, req)),
            DELETE | PURGE "/<p7_0>/b" => http(|req: Request| said(7, req)),
            GET "/<p8_0>" => http(|req: Request| said(8, req)),
        }),
        HEAD "/<p9_0>/é" => http(|req: Request| said(9, req)),
        POST "/é/a" => http(|req: Request| said(10, req)),
        "/b/b" => ws(|req: Request| talked(11, req)),
        DELETE | PURGE "/<p12_0>/<p12_1>" => http(|req: Request| said(12, req)),
    }
}

fn table_17() -> PolyHandler {
    routes! {
        GET "/b/a/a" => http(|req: Request| said(0, req)),
        OPTIONS "/b" => http(|req: Request| said(1, req)),
        "/é/é" => ws(|req: Request| talked(2, req)),
        GET "/" => http(|req: Request| said(3, req)),
        POST "/b" => http(|req: Request| said(4, req)),
        GET "/<p5_0>/<p5_1>/<p5_2>" => http(|req: Request| said(5, req)),
        GET "/<p6_0>/b/a/<r6..>" => http(|req: Request| said(6, req)),
        GET "/<r7..>" => http(|req: Request| said(7, req)),
    }
}

fn table_18() -> PolyHandler {
    routes! {
        GET "/<p0_0>/a/a" => http(|req: Request| said(0, req)),
        GET "/" => http(|req: Request| said(1, req)),
        "/" => ws(|req: Request| talked(2, req)),
        GET "/é" => http(|req: Request| said(3, req)),
        OPTIONS "/<p4_0>" => http(|req: Request| said(4, req)),
        GET "/b/<p5_1>" => http(|req: Request| said(5, req)),
        GET "/a" => http(|req: Request| said(6, req)),
        "/b" => mount(routes! {
            OPTIONS "/<p8_0>/b" => http(|req: Request| said(8, req)),
            OPTIONS "/<p9_0>/<p9_1>/<p9_2>" => http(|req: Request| said(9, req)),
        }),
        "/b" => mount(routes! {
            "/<p11_0>/é/b" => ws(|req: Request| talked(11, req)),
            "/<p12_0>" => mount(routes! {
                GET | PUT "/é/<p13_1>/<p13_2>/<r13..>" => http(|req: Request| said(13, req)),
                GET "/<p14_0>/b/<p14_2>/<r14..>" => http(|req: Request| said(14, req)),
                "/b/b/<p15_2>" => ws(|req: Request| talked(15, req)),
                GET | PUT "/<p16_0>/é/<r16..>" => http(|req: Request| said(16, req)),
                "/b/é" => ws(|req: Request| talked(17, req)),
            }),
        }),
        OPTIONS "/" => http(|req: Request| said(18, req)),
        "/" => mount(routes! {
            GET | PUT "/b" => http(|req: Request| said(20, req)),
            "/b/b/<p21_2>" => ws(|req: Request| talked(21, req)),
        }),
        "/é/b/<r22..>" => ws(|req: Request| talked(22, req)),
    }
}

fn table_19() -> PolyHandler {
    routes! {
        OPTIONS "/é/<r0..>" => http(|req: Request| said(0, req)),
        "/" => ws(|req: Request| talked(1, req)),
        GET | PUT "/b/<p2_1>/b" => http(|req: Request| said(2, req)),
        "/<p3_0>/<p3_1>" => http(|req: Request| said(3, req)),
        GET "/<p4_0>" => http(|req: Request| said(4, req)),
        HEAD "/é/é" => http(|req: Request| said(5, req)),
        OPTIONS "/b/<p6_1>" => http(|req: Request| said(6, req)),
        POST "/<p7_0>/b" => http(|req: Request| said(7, req)),
        "/b/b/b" => ws(|req: Request| talked(8, req)),
        DELETE | PURGE "/" => http(|req: Request| said(9, req)),
        OPTIONS "/" => http(|req: Request| said(10, req)),
        GET "/<r11..>" => http(|req: Request| said(11, req)),
        "/é/<p12_1>" => ws(|req: Request| talked(12, req)),
        GET "/é" => http(|req: Request| said(13, req)),
        GET | PUT "/" => http(|req: Request| said(14, req)),
        GET "/<p15_0>/a" => http(|req: Request| said(15, req)),
        "/b/<p16_1>/<p16_2>" => mount(routes! {
            GET "/<p17_0>" => http(|req: Request| said(17, req)),
            OPTIONS "/" => http(|req: Request| said(18, req)),
            OPTIONS "/<p19_0>" => http(|req: Request| said(19, req)),
            OPTIONS "/b/a/<p20_2>" => http(|req: Request| said(20, req)),
            DELETE | PURGE "/é/b/é/<r21..>" => http(|req: Request| said(21, req)),
        }),
    }
}

fn table_20() -> PolyHandler {
    routes! {
        DELETE | PURGE "/" => http(|req: Request| said(0, req)),
        "/é/<r1..>" => http(|req: Request| said(1, req)),
        "/<p2_0>/b/a" => mount(routes! {
            POST "/a/a/é" => http(|req: Request| said(3, req)),
            "/" => http(|req: Request| said(4, req)),
            HEAD "/<p5_0>" => http(|req: Request| said(5, req)),
            GET "/b" => http(|req: Request| said(6, req)),
        }),
        OPTIONS "/a/a/<r7..>" => http(|req: Request| said(7, req)),
        GET | PUT "/" => http(|req: Request| said(8, req)),
        "/<p9_0>" => ws(|req: Request| talked(9, req)),
        GET "/<p10_0>/<p10_1>/<r10..>" => http(|req: Request| said(10, req)),
        "/" => http(|req: Request| said(11, req)),
        "/" => ws(|req: Request| talked(12, req)),
    }
}

fn table_21() -> PolyHandler {
    routes! {
        GET "/<p0_0>/b/é/<r0..>" => http(|req: Request| said(0, req)),
        POST "/<p1_0>/<p1_1>/b/<r1..>" => http(|req: Request| said(1, req)),
        GET "/" => http(|req: Request| said(2, req)),
        OPTIONS "/" => http(|req: Request| said(3, req)),
        POST "/<p4_0>/<p4_1>" => http(|req: Request| said(4, req)),
        OPTIONS "/b/<r5..>" => http(|req: Request| said(5, req)),
        GET "/b/a/a" => http(|req: Request| said(6, req)),
        GET | PUT "/<p7_0>/b" => http(|req: Request| said(7, req)),
        GET "/<p8_0>/b/<p8_2>" => http(|req: Request| said(8, req)),
        GET | PUT "/b/b" => http(|req: Request| said(9, req)),
    }
}

fn table_22() -> PolyHandler {
    routes! {
        "/" => mount(routes! {
            OPTIONS "/<p1_0>" => http(|req: Request| said(1, req)),
            HEAD "/" => http(|req: Request| said(2, req)),
            "/é/b/<p3_2>/<r3..>" => http(|req: Request| said(3, req)),
            GET "/" => http(|req: Request| said(4, req)),
            DELETE | PURGE "/b/<p5_1>" => http(|req: Request| said(5, req)),
        }),
        "/a/b" => ws(|req: Request| talked(6, req)),
        HEAD "/<p7_0>/<p7_1>" => http(|req: Request| said(7, req)),
        POST "/b/b" => http(|req: Request| said(8, req)),
        "/b" => mount(routes! {
            "/<p10_0>/b" => http(|req: Request| said(10, req)),
            "/a/<p11_1>/b" => ws(|req: Request| talked(11, req)),
            DELETE | PURGE "/a" => http(|req: Request| said(12, req)),
            "/a/<p13_1>/a" => mount(routes! {
                "/" => ws(|req: Request| talked(14, req)),
                GET "/a/<p15_1>/<p15_2>" => http(|req: Request| said(15, req)),
                DELETE | PURGE "/b/é" => http(|req: Request| said(16, req)),
                HEAD "/b/é" => http(|req: Request| said(17, req)),
                POST "/<p18_0>/<p18_1>/b/<r18..>" => http(|req: Request| said(18, req)),
            }),
            "/" => ws(|req: Request| talked(19, req)),
            HEAD "/" => http(|req: Request| said(20, req)),
        }),
    }
}

fn table_23() -> PolyHandler {
    routes! {
        GET | PUT "/" => http(|req: Request| said(0, req)),
        "/<p1_0>" => ws(|req: Request| talked(1, req)),
        "/<p2_0>/a/<p2_2>" => ws(|req: Request| talked(2, req)),
        "/<p3_0>/é" => mount(routes! {
            POST "/" => http(|req: Request| said(4, req)),
            GET "/a/<p5_1>" => http(|req: Request| said(5, req)),
            OPTIONS "/b" => http(|req: Request| said(6, req)),
            HEAD "/b/é/<p7_2>/<r7..>" => http(|req: Request| said(7, req)),
            "/" => http(|req: Request| said(8, req)),
            DELETE | PURGE "/<r9..>" => http(|req: Request| said(9, req)),
        }),
    }
}

fn table_24() -> PolyHandler {
    routes! {
        GET "/<p0_0>" => http(|req: Request| said(0, req)),
        GET "/<p1_0>/<p1_1>" => http(|req: Request| said(1, req)),
        POST "/b/<p2_1>" => http(|req: Request| said(2, req)),
        "/<p3_0>/é/<p3_2>" => ws(|req: Request| talked(3, req)),
        HEAD "/b/<p4_1>" => http(|req: Request| said(4, req)),
        "/é" => http(|req: Request| said(5, req)),
        "/a" => ws(|req: Request| talked(6, req)),
        "/" => ws(|req: Request| talked(7, req)),
        "/a/b" => mount(routes! {
            "/a/<p9_1>/b" => ws(|req: Request| talked(9, req)),
            HEAD "/é/b/<p10_2>" => http(|req: Request| said(10, req)),
            OPTIONS "/" => http(|req: Request| said(11, req)),
            GET "/é" => http(|req: Request| said(12, req)),
        }),
        "/<p13_0>/a/<p13_2>" => ws(|req: Request| talked(13, req)),
        "/<p14_0>/é/a" => ws(|req: Request| talked(14, req)),
        POST "/b" => http(|req: Request| said(15, req)),
        POST "/a/b/<p16_2>" => http(|req: Request| said(16, req)),
        GET | PUT "/<p17_0>/b/a/<r17..>" => http(|req: Request| said(17, req)),
        GET "/" => http(|req: Request| said(18, req)),
        "/b/<p19_1>/<p19_2>" => ws(|req: Request| talked(19, req)),
        GET | PUT "/b/<p20_1>/<p20_2>" => http(|req: Request| said(20, req)),
    }
}

fn table_25() -> PolyHandler {
    routes! {
        "/b/a/<p0_2>" => ws(|req: Request| talked(0, req)),
        "/" => ws(|req: Request| talked(1, req)),
        OPTIONS "/b/b/<p2_2>/<r2..>" => http(|req: Request| said(2, req)),
        HEAD "/<p3_0>/a/a" => http(|req: Request| said(3, req)),
        "/b/<p4_1>" => mount(routes! {
            "/b" => ws(|req: Request| talked(5, req)),
            HEAD "/<r6..>" => http(|req: Request| said(6, req)),
            HEAD "/b/<p7_1>/é" => http(|req: Request| said(7, req)),
            GET "/b" => http(|req: Request| said(8, req)),
            GET "/a" => http(|req: Request| said(9, req)),
            "/<r10..>" => http(|req: Request| said(10, req)),
        }),
        POST "/" => http(|req: Request| said(11, req)),
        DELETE | PURGE "/b" => http(|req: Request| said(12, req)),
        GET | PUT "/a/b" => http(|req: Request| said(13, req)),
        GET "/<p14_0>/é/<p14_2>" => http(|req: Request| said(14, req)),
        "/<p15_0>/<p15_1>/<r15..>" => ws(|req: Request| talked(15, req)),
        "/é/b" => http(|req: Request| said(16, req)),
        GET | PUT "/" => http(|req: Request| said(17, req)),
        "/é/b" => ws(|req: Request| talked(18, req)),
        "/<p19_0>" => ws(|req: Request| talked(19, req)),
        HEAD "/a" => http(|req: Request| said(20, req)),
        "/é/a" => http(|req: Request| said(21, req)),
        GET "/b" => http(|req: Request| said(22, req)),
    }
}

fn table_26() -> PolyHandler {
    routes! {
        "/é/<p0_1>/é" => ws(|req: Request| talked(0, req)),
        GET "/é/<p1_1>/<p1_2>" => http(|req: Request| said(1, req)),
        "/<r2..>" => ws(|req: Request| talked(2, req)),
        HEAD "/" => http(|req: Request| said(3, req)),
        GET "/a/é/é" => http(|req: Request| said(4, req)),
    }
}

fn table_27() -> PolyHandler {
    routes! {
        GET "/é" => http(|req: Request| said(0, req)),
        "/b/b" => ws(|req: Request| talked(1, req)),
        "/<p2_0>" => ws(|req: Request| talked(2, req)),
        GET "/<p3_0>/a/<p3_2>" => http(|req: Request| said(3, req)),
        OPTIONS "/b/b/<p4_2>/<r4..>" => http(|req: Request| said(4, req)),
        GET "/<p5_0>/b/b" => http(|req: Request| said(5, req)),
        OPTIONS "/<r6..>" => http(|req: Request| said(6, req)),
        "/é" => ws(|req: Request| talked(7, req)),
        GET "/<p8_0>" => http(|req: Request| said(8, req)),
        GET "/" => http(|req: Request| said(9, req)),
        DELETE | PURGE "/a" => http(|req: Request| said(10, req)),
        POST "/<p11_0>/<r11..>" => http(|req: Request| said(11, req)),
        OPTIONS "/b" => http(|req: Request| said(12, req)),
        "/<p13_0>/a/<p13_2>" => ws(|req: Request| talked(13, req)),
    }
}

fn table_28() -> PolyHandler {
    routes! {
        "/b" => http(|req: Request| said(0, req)),
        "/a/b" => http(|req: Request| said(1, req)),
        GET "/" => http(|req: Request| said(2, req)),
        GET "/<p3_0>/<p3_1>/<p3_2>" => http(|req: Request| said(3, req)),
        POST "/<p4_0>/<p4_1>/é" => http(|req: Request| said(4, req)),
        HEAD "/<p5_0>/<p5_1>" => http(|req: Request| said(5, req)),
        POST "/b" => http(|req: Request| said(6, req)),
        HEAD "/a/é/<p7_2>" => http(|req: Request| said(7, req)),
        "/é/<p8_1>/b" => mount(routes! {
            POST "/a/<p9_1>/<r9..>" => http(|req: Request| said(9, req)),
            GET "/" => http(|req: Request| said(10, req)),
        }),
        "/<p11_0>/b/a" => ws(|req: Request| talked(11, req)),
        "/é/<p12_1>/a" => ws(|req: Request| talked(12, req)),
        "/<p13_0>/<p13_1>" => ws(|req: Request| talked(13, req)),
        GET "/a/<p14_1>/<p14_2>" => http(|req: Request| said(14, req)),
        "/b/é/b" => ws(|req: Request| talked(15, req)),
    }
}

fn table_29() -> PolyHandler {
    routes! {
        POST "/" => http(|req: Request| said(0, req)),
        GET "/a/<p1_1>/b" => http(|req: Request| said(1, req)),
        "/é" => ws(|req: Request| talked(2, req)),
        POST "/b/é" => http(|req: Request| said(3, req)),
        "/a" => ws(|req: Request| talked(4, req)),
        "/<p5_0>" => http(|req: Request| said(5, req)),
        GET "/<p6_0>/é" => http(|req: Request| said(6, req)),
        "/" => ws(|req: Request| talked(7, req)),
    }
}

fn table_30() -> PolyHandler {
    routes! {
        GET | PUT "/" => http(|req: Request| said(0, req)),
        "/" => mount(routes! {
            GET "/<r2..>" => http(|req: Request| said(2, req)),
            GET "/a" => http(|req: Request| said(3, req)),
            POST "/a/<p4_1>/<r4..>" => http(|req: Request| said(4, req)),
            DELETE | PURGE "/<p5_0>/<p5_1>/b" => http(|req: Request| said(5, req)),
            OPTIONS "/b/<p6_1>" => http(|req: Request| said(6, req)),
        }),
        GET "/<p7_0>/<p7_1>" => http(|req: Request| said(7, req)),
        GET "/<p8_0>/<p8_1>/b" => http(|req: Request| said(8, req)),
        GET "/<p9_0>/<p9_1>/a" => http(|req: Request| said(9, req)),
        POST "/<p10_0>" => http(|req: Request| said(10, req)),
        "/a/b" => ws(|req: Request| talked(11, req)),
        "/b/a/b" => http(|req: Request| said(12, req)),
    }
}

fn table_31() -> PolyHandler {
    routes! {
        GET "/<p0_0>/<p0_1>/a" => http(|req: Request| said(0, req)),
        GET "/b/b/<r1..>" => http(|req: Request| said(1, req)),
        "/é/a/é" => mount(routes! {
            OPTIONS "/" => http(|req: Request| said(3, req)),
            DELETE | PURGE "/<p4_0>" => http(|req: Request| said(4, req)),
            DELETE | PURGE "/<p5_0>/<p5_1>" => http(|req: Request| said(5, req)),
            GET "/b/<p6_1>" => http(|req: Request| said(6, req)),
        }),
        GET | PUT "/<p7_0>/<p7_1>" => http(|req: Request| said(7, req)),
        GET "/b/<p8_1>/<p8_2>" => http(|req: Request| said(8, req)),
        GET "/a/é" => http(|req: Request| said(9, req)),
    }
}

fn table_32() -> PolyHandler {
    routes! {
        "/<p0_0>" => mount(routes! {
            GET | PUT "/b" => http(|req: Request| said(1, req)),
            GET "/" => http(|req: Request| said(2, req)),
            GET "/a/<p3_1>" => http(|req: Request| said(3, req)),
        }),
        "/é/b" => ws(|req: Request| talked(4, req)),
        "/é/b/b" => http(|req: Request| said(5, req)),
        GET "/b/b" => http(|req: Request| said(6, req)),
        GET | PUT "/é/<p7_1>/<p7_2>" => http(|req: Request| said(7, req)),
        "/<p0_0>" => mount(routes! {
            "/a" => ws(|req: Request| talked(9, req)),
            GET "/b/<p10_1>/<r10..>" => http(|req: Request| said(10, req)),
            POST "/" => http(|req: Request| said(11, req)),
        }),
        "/<r12..>" => http(|req: Request| said(12, req)),
    }
}

fn table_33() -> PolyHandler {
    routes! {
        GET "/b" => http(|req: Request| said(0, req)),
        GET | PUT "/" => http(|req: Request| said(1, req)),
        "/b/b/b" => ws(|req: Request| talked(2, req)),
        "/b" => mount(routes! {
            GET "/<p4_0>/é" => http(|req: Request| said(4, req)),
            OPTIONS "/<p5_0>/b/<r5..>" => http(|req: Request| said(5, req)),
            "/b/<p6_1>" => ws(|req: Request| talked(6, req)),
        }),
        GET "/é" => http(|req: Request| said(7, req)),
        "/a/<p8_1>/<r8..>" => ws(|req: Request| talked(8, req)),
        GET "/a/a/a" => http(|req: Request| said(9, req)),
        OPTIONS "/" => http(|req: Request| said(10, req)),
        GET | PUT "/<p11_0>/b/b" => http(|req: Request| said(11, req)),
    }
}

fn table_34() -> PolyHandler {
    routes! {
        GET "/" => http(|req: Request| said(0, req)),
        "/<p1_0>" => ws(|req: Request| talked(1, req)),
        GET "/b/<p2_1>" => http(|req: Request| said(2, req)),
        "/a" => mount(routes! {
            "/" => http(|req: Request| said(4, req)),
            GET "/é/b" => http(|req: Request| said(5, req)),
            HEAD "/b/<p6_1>" => http(|req: Request| said(6, req)),
        }),
        POST "/" => http(|req: Request| said(7, req)),
        GET "/b/b/<p8_2>" => http(|req: Request| said(8, req)),
        "/<p9_0>/<p9_1>" => ws(|req: Request| talked(9, req)),
        "/a" => mount(routes! {
            GET "/<p11_0>" => http(|req: Request| said(11, req)),
            HEAD "/<p12_0>/<p12_1>/<r12..>" => http(|req: Request| said(12, req)),
            "/<r13..>" => http(|req: Request| said(13, req)),
            "/<p14_0>/<p14_1>/b" => http(|req: Request| said(14, req)),
        }),
        "/é/<p15_1>" => mount(routes! {
            GET | PUT "/" => http(|req: Request| said(16, req)),
            POST "/<p17_0>/b/<p17_2>" => http(|req: Request| said(17, req)),
        }),
        OPTIONS "/" => http(|req: Request| said(18, req)),
        HEAD "/é/b/b" => http(|req: Request| said(19, req)),
        DELETE | PURGE "/é" => http(|req: Request| said(20, req)),
    }
}

fn table_35() -> PolyHandler {
    routes! {
        GET "/é/<p0_1>/<p0_2>" => http(|req: Request| said(0, req)),
        GET "/<p1_0>" => http(|req: Request| said(1, req)),
        DELETE | PURGE "/<p2_0>/a" => http(|req: Request| said(2, req)),
        GET "/" => http(|req: Request| said(3, req)),
        OPTIONS "/é/b" => http(|req: Request| said(4, req)),
        "/<p5_0>/b" => mount(routes! {
            "/" => ws(|req: Request| talked(6, req)),
            GET | PUT "/é/<r7..>" => http(|req: Request| said(7, req)),
            OPTIONS "/<p8_0>/é/é" => http(|req: Request| said(8, req)),
        }),
        OPTIONS "/<p9_0>/b" => http(|req: Request| said(9, req)),
    }
}

fn table_36() -> PolyHandler {
    routes! {
        GET "/" => http(|req: Request| said(0, req)),
        "/<p1_0>" => http(|req: Request| said(1, req)),
        POST "/b" => http(|req: Request| said(2, req)),
        OPTIONS "/a" => http(|req: Request| said(3, req)),
        OPTIONS "/" => http(|req: Request| said(4, req)),
        DELETE | PURGE "/b" => http(|req: Request| said(5, req)),
        "/a/b/<p6_2>" => ws(|req: Request| talked(6, req)),
        "/b" => ws(|req: Request| talked(7, req)),
        GET "/b/b/a" => http(|req: Request| said(8, req)),
        "/<p9_0>" => ws(|req: Request| talked(9, req)),
        GET "/<p10_0>/a/<r10..>" => http(|req: Request| said(10, req)),
        GET "/b" => http(|req: Request| said(11, req)),
        GET "/b/é" => http(|req: Request| said(12, req)),
    }
}

fn table_37() -> PolyHandler {
    routes! {
        HEAD "/b" => http(|req: Request| said(0, req)),
        OPTIONS "/<p1_0>/<p1_1>" => http(|req: Request| said(1, req)),
        GET "/b" => http(|req: Request| said(2, req)),
        "/<p3_0>" => ws(|req: Request| talked(3, req)),
    }
}

fn table_38() -> PolyHandler {
    routes! {
        "/" => ws(|req: Request| talked(0, req)),
        "/a/é" => ws(|req: Request| talked(1, req)),
        DELETE | PURGE "/<p2_0>/b" => http(|req: Request| said(2, req)),
        GET | PUT "/é/<p3_1>/é" => http(|req: Request| said(3, req)),
        DELETE | PURGE "/b/<p4_1>" => http(|req: Request| said(4, req)),
        GET "/a/b" => http(|req: Request| said(5, req)),
        GET "/é/<p6_1>/a" => http(|req: Request| said(6, req)),
        "/b/<p7_1>" => ws(|req: Request| talked(7, req)),
        "/<p8_0>/<p8_1>" => mount(routes! {
            POST "/b/é/<p9_2>" => http(|req: Request| said(9, req)),
            DELETE | PURGE "/a" => http(|req: Request| said(10, req)),
            POST "/" => http(|req: Request| said(11, req)),
        }),
        POST "/b/b/<p12_2>/<r12..>" => http(|req: Request| said(12, req)),
    }
}

fn table_39() -> PolyHandler {
    routes! {
        POST "/a" => http(|req: Request| said(0, req)),
        "/<p1_0>" => mount(routes! {
            "/b/é/é" => ws(|req: Request| talked(2, req)),
            GET "/<p3_0>" => http(|req: Request| said(3, req)),
        }),
        GET "/b/<p4_1>/b/<r4..>" => http(|req: Request| said(4, req)),
        DELETE | PURGE "/a" => http(|req: Request| said(5, req)),
        "/b/<r6..>" => http(|req: Request| said(6, req)),
        GET | PUT "/<p7_0>/<p7_1>/b" => http(|req: Request| said(7, req)),
    }
}
