//! The macros in packages that call the library by another name, and tables of other packages.
//!
//! The packages are copied to where builds go, and checked with the versions that are locked here, so that no
//! network is needed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn copied() -> PathBuf {
    let to = Path::new(env!("CARGO_TARGET_TMPDIR")).join("renamed");
    copy(&Path::new(ROOT).join("tests/fixtures/renamed"), &to);
    fs::copy(Path::new(ROOT).join("Cargo.lock"), to.join("Cargo.lock")).expect("a lock");
    to
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("builds go there");
    for entry in fs::read_dir(from).expect("a folder") {
        let from = entry.expect("an entry").path();
        let to = to.join(from.file_name().expect("a name"));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            let text = fs::read_to_string(&from).expect("a text");
            let library = Path::new(ROOT).join("http4k-ws").display().to_string();
            let text = text.replace("\"LIBRARY\"", &format!("{library:?}"));
            fs::write(to, text).expect("builds go there");
        }
    }
}

fn cargo(command: &str, package: &str, folder: &Path) -> Output {
    let cargo = std::env::var_os("CARGO").unwrap_or("cargo".into());
    Command::new(cargo)
        .args([
            command,
            "--offline",
            "--quiet",
            "--color=never",
            "-p",
            package,
        ])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .output()
        .expect("cargo runs")
}

#[test]
fn the_library_may_have_any_name_and_tables_are_known_across_packages() {
    let folder = copied();
    let shop = cargo("run", "shop", &folder);
    let errors = String::from_utf8_lossy(&shop.stderr);
    assert!(shop.status.success(), "{errors}");

    let clash = cargo("check", "clash", &folder);
    let errors = String::from_utf8_lossy(&clash.stderr);
    assert!(!clash.status.success());
    for part in [
        "`GET /users/<id>` (`one` of `users::api`) is never asked",
        "`/users/<_name>` (`name` here) takes its requests",
        "clash/src/main.rs:6:21",
    ] {
        assert!(errors.contains(part), "{part}: {errors}");
    }
}
