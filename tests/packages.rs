//! Packages of users: the README's, some that rename the library, and tables of other packages.
//!
//! The packages are copied to the build folder and use the versions that are locked here, so that the
//! network is not needed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The folder of the copied packages, one copy for all tests of this file.
fn copied() -> &'static Path {
    static COPIED: OnceLock<PathBuf> = OnceLock::new();
    COPIED.get_or_init(copy_packages)
}

fn copy_packages() -> PathBuf {
    let to = Path::new(env!("CARGO_TARGET_TMPDIR")).join("packages");
    copy(&Path::new(ROOT).join("tests/fixtures/packages"), &to);
    write_readme_package(&to);
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

/// The text between a fence that opens with `language` and its end, in the README.
fn readme_block(language: &str) -> &'static str {
    let readme = include_str!("../README.md");
    let (_, block) = readme
        .split_once(&format!("```{language}\n"))
        .expect("the README has the block");
    block.split_once("\n```").expect("the block ends").0
}

/// Writes a package from the README's manifest lines and its program.
fn write_readme_package(folder: &Path) {
    let library = Path::new(ROOT).join("http4k-ws").display().to_string();
    let published = r#"version = "0.1""#;
    let dependencies = readme_block("toml");
    assert!(dependencies.contains(published), "{dependencies}");
    let dependencies = dependencies.replacen(published, &format!("path = {library:?}"), 1);
    let manifest = format!("[package]\nname = \"readme\"\nedition = \"2024\"\n\n{dependencies}\n");
    let source = folder.join("readme/src");
    fs::create_dir_all(&source).expect("the build folder is writable");
    fs::write(folder.join("readme/Cargo.toml"), manifest).expect("a manifest");
    fs::write(source.join("main.rs"), readme_block("rust,no_run")).expect("a program");
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
fn the_first_program_builds_from_the_lines_of_the_readme() {
    let tests = cargo("test", "readme", copied());
    let errors = String::from_utf8_lossy(&tests.stderr);
    assert!(tests.status.success(), "{errors}");
    let report = String::from_utf8_lossy(&tests.stdout);
    assert!(report.contains("3 passed"), "{report}");
}

#[test]
fn the_library_may_have_any_name_and_tables_work_across_packages() {
    let folder = copied();
    let shop = cargo("run", "shop", folder);
    let errors = String::from_utf8_lossy(&shop.stderr);
    assert!(shop.status.success(), "{errors}");

    let clash = cargo("check", "clash", folder);
    let errors = String::from_utf8_lossy(&clash.stderr);
    assert!(!clash.status.success());
    for part in [
        "`GET /users/<id>` (`one` of `users::api`) is never matched",
        "`/users/<_name>` (`name` here) takes its requests",
        "clash/src/main.rs:6:21",
    ] {
        assert!(errors.contains(part), "{part}: {errors}");
    }
}
